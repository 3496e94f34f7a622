"""What the clinic file says where an option is left out: language, paper, rule files."""

import os
from pathlib import Path
from typing import Any

from meso_schedule.base.errors import Fault, InputError, key_path
from meso_schedule.cli.environment import clinic_path, find_clinic
from meso_schedule.cli.formats import read_language
from meso_schedule.cli.options import Given
from meso_schedule.clinic.clinic import Clinic


def defaulted(given: Given, clinic: Clinic | None) -> Given:
    """Return what was typed, with what the clinic file says of the options that were left out.

    Raises:
        InputError: When rule files that it names are not there.
    """
    if clinic is None:
        return given
    said: dict[str, Any] = {"language": clinic.language, "paper": clinic.paper}
    if not given.get("rules") and "rules" in given:
        said["rules"] = _rules(clinic, given.get("clinic"))
    left_out = (name for name in said if name in given and given[name] in (None, []))
    return {**given, **{name: said[name] for name in left_out}}


def patient_language(given: Given, kept: str | None, clinic: Clinic | None) -> str:
    """Return the code of the language of a course's documents.

    Args:
        given: What was typed, without what the clinic file says.
        kept: The language kept with the course.
        clinic: What the clinic file in use says.
    """
    return read_language(given["language"] or kept or (clinic.language if clinic else None))


def rules_in_use(rules: list[str] | None, clinic: str | None = None) -> list[str]:
    """Return the rule files in use: those given, else those that the clinic file names.

    Args:
        rules: What `--rules` says.
        clinic: What `--clinic` says.

    Raises:
        InputError: When the clinic file is faulty, or rule files that it names are not there.
    """
    return rules or _rules(find_clinic(clinic), clinic)


def rules_beside(path: Path, rules: tuple[str, ...]) -> list[str]:
    """Return rule files as seen from the clinic file that names them.

    Raises:
        InputError: With every one that is not there.
    """
    found = [str(path.parent / name) for name in rules]
    faults = [
        Fault(
            "unreadable",
            f"There is no {place}.",
            str(path),
            key_path(["rules", number]),
            name,
            "Write the path of a rule file or folder, seen from the clinic file.",
        )
        for number, (name, place) in enumerate(zip(rules, found, strict=True))
        if not os.path.exists(place)
    ]
    if faults:
        raise InputError(faults)
    return found


def _rules(clinic: Clinic | None, given: str | None) -> list[str]:
    path = clinic_path(given)
    return rules_beside(path, clinic.rules) if clinic and path else []
