"""What lies around a command: terminal, standard output, clock, the clinic in use."""

import json
import os
import shutil
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from meso_schedule.base.errors import (
    EnvironmentFault,
    Fault,
    FormatError,
    InputError,
    UnreadableFileError,
)
from meso_schedule.base.source_files import open_source, read_source

if TYPE_CHECKING:
    from meso_schedule.availability.calendars import BusyCalendar
    from meso_schedule.clinic.clinic import Clinic
    from meso_schedule.course.course_plan import Finding
    from meso_schedule.output.words.language import Language

STANDARD_INPUT = "standard input"

CLINIC_VARIABLE = "MESO_CLINIC"
BOOK_VARIABLE = "MESO_BOOK"


def width() -> int:
    """Return the columns of the terminal; 80 where there is none."""
    return max(24, shutil.get_terminal_size().columns)


def has_colour() -> bool:
    """Tell whether standard output is a terminal that may be coloured."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return not plain and sys.stdout is not None and sys.stdout.isatty()


class OutputError(EnvironmentFault):
    """Standard output that cannot be written."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem, "standard output", remedy)

    @property
    def faults(self) -> tuple[Fault, ...]:
        return (Fault(self.code, self.problem, self.target, None, None, self.remedy),)


def write_out(text: str, encoding: str | None = None) -> None:
    """Write a result to standard output.

    Args:
        text: The result.
        encoding: Left out, the one that the terminal wants.

    Raises:
        OutputError: When there is no standard output, or no space left behind it.
        BrokenPipeError: When nobody reads it any more.
    """
    if sys.stdout is None:
        raise OutputError("It is closed.", "Open it, or send it to a file.")
    encoding = encoding or sys.stdout.encoding or "utf-8"
    if not encoding.lower().replace("-", "").startswith("utf"):
        from meso_schedule.output.words.text import encodable

        text = encodable(text, encoding)
    try:
        sys.stdout.buffer.write(text.encode(encoding, "replace"))
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise output_fault(error) from None


def write_json(text: str) -> None:
    """Write JSON to standard output: always UTF-8, and nothing that commands a terminal."""
    from meso_schedule.base.harmless import json_harmless

    write_out(f"{json_harmless(text)}\n", "utf-8")


def write_document(document: Any) -> None:
    """Write plain data as a JSON document to standard output."""
    write_json(json.dumps(document, indent=2, ensure_ascii=False))


def output_fault(error: OSError) -> OutputError:
    """Return the error of a standard output that cannot be written."""
    remedy = "Make space, or send it elsewhere."
    return OutputError(f"It cannot be written: {error.strerror or error}.", remedy)


def today(clinic: "Clinic | None") -> date:
    """Return today in the clinic's zone."""
    return now(clinic).date()


def now(clinic: "Clinic | None") -> datetime:
    """Return this moment in the clinic's zone: the only look at the clock in the program."""
    from zoneinfo import ZoneInfo

    return datetime.now(ZoneInfo(clinic.timezone if clinic else "UTC"))


def desk_language(clinic: "Clinic | None") -> "Language":
    """Return the English of what staff reads, with the clock of the clinic's country."""
    from meso_schedule.output.words.language import ENGLISH

    return ENGLISH.in_country(clinic.home_country if clinic else None)


def find_clinic(given: str | None) -> "Clinic | None":
    """Read the clinic file in use: the one given, that of the environment, the user's own.

    Raises:
        InputError: When it cannot be read or is faulty.
    """
    path = clinic_path(given)
    if path is None:
        return None
    from meso_schedule.clinic.clinic import read_clinic

    return read_clinic(path)


def read_calendars(
    names: Sequence[str] | None,
    zones: Sequence[str] | None,
    clinic: "Clinic | None",
    as_of: date,
    since: date | None = None,
) -> "list[BusyCalendar]":
    """Read the calendars whose events leave no room for a session, and tell their findings.

    Args:
        names: The files.
        zones: What their names of zones mean, each `NAME=ZONE`; they beat the clinic file's.
        clinic: The clinic in use.
        as_of: The day of asking.
        since: The first day that matters; None where any may.

    Raises:
        InputError: With every file that cannot be read or is no calendar.
    """
    given = dict(map(_zone_given, zones or ()))
    if not names and zones:
        raise InputError.of(
            "contradiction",
            "It goes with --busy only.",
            field="zone",
            value=zones[0],
            remedy="Leave it out, or give --busy.",
        )
    if not names:
        return []
    from meso_schedule.availability.calendars import MAX_BYTES, read_busy
    from meso_schedule.cli.standard_error import tell

    known = {**(clinic.zones if clinic else {}), **given}
    calendars, faults = [], list[Fault]()
    for name in names:
        try:
            data = read_source(Path(name), MAX_BYTES)
            calendars.append(read_busy(data, name, zones=known, since=since))
        except UnreadableFileError as error:
            faults += (_of_calendar(fault, name) for fault in error.faults)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    tell(*(finding.message for finding in calendar_findings(calendars, clinic, as_of)))
    return calendars


def calendar_findings(
    calendars: "Sequence[BusyCalendar]", clinic: "Clinic | None", as_of: date
) -> "list[Finding]":
    """Return what there is to say about calendars read."""
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(clinic.timezone if clinic else "UTC")
    return [finding for calendar in calendars for finding in calendar.findings(as_of, zone)]


def calendar_facts(
    calendars: "Sequence[BusyCalendar]", clinic: "Clinic | None", as_of: date
) -> dict[str, Any]:
    """Return the same for programs, where there is anything to say."""
    found = calendar_findings(calendars, clinic, as_of)
    documents = [finding.model_dump(mode="json") for finding in found]
    return {"calendar_findings": documents} if documents else {}


def _zone_given(text: str) -> tuple[str, str]:
    from meso_schedule.clinic.clinic import check_zone

    name, sign, zone = text.rpartition("=")
    try:
        if sign and name.strip():
            return name, check_zone(zone.strip())
        problem, remedy = f"Cannot read zone {text!r}.", "Write for example 'NAME=Europe/Berlin'."
    except FormatError as error:
        problem, remedy = error.problem, error.remedy or ""
    raise InputError.of("bad_zone", problem, field="zone", value=text, remedy=remedy)


def _of_calendar(fault: Fault, name: str) -> Fault:
    code = fault.code if fault.code == "too_large" else "unreadable"
    return replace(fault, code=code, source=None, field="busy", value=name)


def open_input(name: str) -> AbstractContextManager[BinaryIO]:
    """Open a file, or standard input where the name is `-`.

    Raises:
        UnreadableFileError: When it cannot be read.
    """
    if name != "-":
        return open_source(Path(name))
    if sys.stdin is None:
        remedy = "Send something into it."
        raise UnreadableFileError.of(
            "unreadable", "It is closed.", source=STANDARD_INPUT, remedy=remedy
        )
    return nullcontext(sys.stdin.buffer)


def find_logo(clinic: "Clinic | None", given: str | None) -> bytes | None:
    """Read the logo that the clinic file in use names.

    Raises:
        InputError: When it cannot be read or printed.
    """
    path = clinic_path(given)
    if clinic is None or clinic.logo is None or path is None:
        return None
    from meso_schedule.output.print.logo import read_logo

    return read_logo(path.parent / clinic.logo)


def clinic_path(given: str | None) -> Path | None:
    """Return the clinic file in use: the one given, that of the environment, the user's own."""
    named = given if given is not None else os.environ.get(CLINIC_VARIABLE) or None
    return Path(named) if named is not None else _own_clinic()


def _own_clinic() -> Path | None:
    from platformdirs import user_config_path

    path = user_config_path("meso-schedule") / "clinic.toml"
    return path if os.path.exists(path) else None


def book_address(given: str | None) -> str:
    """Return the address of the book in use: the one given, the environment's, the user's own."""
    return given if given is not None else os.environ.get(BOOK_VARIABLE) or str(own_book())


def own_book() -> Path:
    """Return the user's own book, in the data folder."""
    from platformdirs import user_data_path

    return user_data_path("meso-schedule") / "courses.book"
