"""Files that a command writes: never those that it reads, nor the book."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from meso_schedule.base.private_files import check_targets
from meso_schedule.book.storage.book_places import files_of
from meso_schedule.cli.environment import book_address, clinic_path
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.rules.catalogue import rule_files

# Every option and argument that names a file to be read, and what that file is.
INPUTS = {
    "request": "the request",
    "clinic": "the clinic file",
    "rules": "a rule file",
    "busy": "a calendar",
    "batch": "the jobs",
    "plan": "the plan",
    "head_file": "the kept end of the book",
}


def check_outputs(
    targets: Sequence[Path], given: Mapping[str, Any], clinic: Clinic | None = None
) -> dict[Path, str]:
    """Refuse files that a command must not write, before any work is done.

    Args:
        targets: The files.
        given: Everything that was typed, by the names of the command's parameters.
        clinic: The clinic in use, whose logo is read too.

    Returns:
        The files that are never replaced, each with what it is.

    Raises:
        InputError: When one of them is a target, or a target exists and may not be replaced.
        EnvironmentFault: When the folder of a target is missing.
    """
    spared = dict(_spared(given, clinic))
    check_targets(targets, force=given["force"], spared=spared)
    return spared


def _spared(given: Mapping[str, Any], clinic: Clinic | None) -> Iterator[tuple[Path, str]]:
    yield from files_of(book_address(given.get("book"))).items()
    for name, what in INPUTS.items():
        value = given.get(name) or []
        names = [value] if isinstance(value, str) else value
        found = rule_files(names) if name == "rules" else map(Path, names)
        yield from ((path, what) for path in found)
    if clinic and (path := clinic_path(given["clinic"])):
        yield path, INPUTS["clinic"]
        if clinic.logo:
            yield path.parent / clinic.logo, "the logo"
