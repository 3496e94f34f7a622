"""From options and a request file to one `CourseRequest`, strictly."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from meso_schedule.base.errors import Fault, InputError, shortened
from meso_schedule.base.source_files import is_own_pipe, read_limited, refuse
from meso_schedule.base.text_files import MAX_BYTES, decode, parse_json, parse_toml
from meso_schedule.cli.environment import STANDARD_INPUT, open_input, today
from meso_schedule.cli.error_messages import COMMAND_LINE, placing
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.request import FIELDS, CourseRequest
from meso_schedule.course.request_reading import checked_request, text_faults

_COUNT = re.compile(r"-?[0-9]{1,9}")


class Asked(NamedTuple):
    """A request, and for each of its fields the file it came from, if any."""

    request: CourseRequest
    origins: Mapping[str, str]

    def day_of_asking(self, clinic: Clinic | None) -> date:
        """Return the day given, else today."""
        return self.request.as_of or today(clinic)


def read_asked(options: Mapping[str, Any], request_file: str | None = None) -> Asked:
    """Read options, and the request file if there is one, into one request.

    Args:
        options: Values by the names of a request; None and empty lists are not given.
        request_file: JSON or TOML; `-` is standard input.

    Raises:
        PlacedError: With every fault, each with its place.
    """
    faults: list[Fault] = []
    given = dict(_typed(options, faults))
    filed: dict[str, Any] = {}
    source = STANDARD_INPUT if request_file == "-" else str(request_file)
    if request_file is not None:
        filed = read_request_file(request_file)
    origins = {name: source for name in filed if name not in given}
    faults += text_faults(given)
    with placing(origins):
        if broken := list(text_faults(filed)):
            raise InputError(broken)
        if not faults:
            faults += _disagreements(given, filed, source)
        return Asked(checked_request({**filed, **given}, faults), origins)


def first_day(request: CourseRequest, as_of: date) -> date:
    """Return the first day on which a session may be."""
    return min([as_of, *request.starts])


def read_request_file(name: str) -> dict[str, Any]:
    """Read a request file, or standard input, into plain values.

    Raises:
        UnreadableFileError: When it cannot be read.
    """
    ending = Path(name).suffix.lower()
    is_told = name != "-" and not is_own_pipe(Path(name))
    if is_told and ending not in (".json", ".toml"):
        raise InputError.of(
            "unknown_ending",
            f"The ending {shortened(ending)} is not known."
            if ending
            else "The file has no ending.",
            source=COMMAND_LINE,
            field="request",
            value=name,
            remedy="Name a .json or .toml file.",
        )
    source = STANDARD_INPUT if name == "-" else name
    with open_input(name) as file:
        text = decode(read_limited(file, source, MAX_BYTES), source)
    is_json = ending == ".json" if is_told else text.lstrip().startswith(("{", "["))
    return _table(text, source, is_json=is_json)


def read_count(text: str, field: str) -> int:
    """Read a whole number of ASCII digits.

    Raises:
        InputError: When it is anything else.
    """
    if not _COUNT.fullmatch(text):
        raise InputError.of(
            "bad_number",
            f"Cannot read whole number {shortened(text)}.",
            field=field,
            value=text,
            remedy="Write digits only, for example 6.",
        )
    return int(text)


def read_count_within(text: str, field: str, least: int, most: int | None = None) -> int:
    """Read a whole number that has bounds.

    Raises:
        InputError: When it is anything else, or out of them.
    """
    number = read_count(text, field)
    if number < least or (most is not None and number > most):
        raise InputError.of(
            "bad_number",
            f"{number} is out of range.",
            field=field,
            value=number,
            remedy=f"Write a whole number from {least}{'' if most is None else f' to {most}'}.",
        )
    return number


def _typed(options: Mapping[str, Any], faults: list[Fault]) -> Iterator[tuple[str, Any]]:
    """Yield the options given, counts as numbers and lists split at their commas."""
    for name, value in options.items():
        if value is None or value is False or value == []:
            continue
        if FIELDS[name].within:
            try:
                yield name, read_count(value, name)
            except InputError as error:
                faults += error.faults
        elif FIELDS[name].form == "WEEKDAYS":
            yield name, [part for entry in value for part in entry.split(",")]
        else:
            yield name, value


def _disagreements(
    given: Mapping[str, Any], filed: Mapping[str, Any], source: str
) -> Iterator[Fault]:
    """Find fields that were given twice and differ; each is read alone first."""
    for name in given:
        if filed.get(name) is None:
            continue
        ours = getattr(_alone(name, given, {}), name)
        theirs = getattr(_alone(name, filed, {name: source}), name)
        if ours != theirs:
            yield Fault(
                "contradiction",
                f"The command line says {_shown(ours)}, {source} says {_shown(theirs)}.",
                COMMAND_LINE,
                name,
                _shown(ours),
                "Give it once.",
            )


def _alone(name: str, values: Mapping[str, Any], origins: Mapping[str, str]) -> CourseRequest:
    with placing(origins):
        return checked_request({name: values[name]})


def _shown(value: Any) -> str:
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _table(text: str, source: str, *, is_json: bool) -> dict[str, Any]:
    values = parse_json(text, source) if is_json else parse_toml(text, source)
    if not isinstance(values, dict):
        refuse(source, "no_object", "It holds no object.", 'Write {"start": "2026-12-01"}.')
    return values
