"""`clinic new`: a clinic file to start from, by a few questions or with comments alone."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from meso_schedule.base.errors import ExitCode, FormatError, InputError
from meso_schedule.base.harmless import harmless
from meso_schedule.base.private_files import write_files
from meso_schedule.cli import options
from meso_schedule.cli.clinic_template import (
    ClinicBasics,
    clinic_file,
    only_zone,
    usual_currency,
    week_hours,
)
from meso_schedule.cli.standard_error import tell
from meso_schedule.cli.targets import check_outputs
from meso_schedule.clinic.clinic import Clinic

T = TypeVar("T")

_NAME, _COUNTRY, _HOURS = "Example Clinic", "GB", "09:00-17:00"
_DAYS = "Hours, such as 09:00-17:00 or mon-thu 09:00-13:00 14:00-18:00; sat 10:00-12:00"


def new_clinic(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The clinic file to write.")],
    *,
    force: options.Force = False,
) -> None:
    """Write a commented clinic file to start from; on a terminal it asks for what comes first.

    It has one practitioner and one room, so that nobody is booked twice.
    """
    path = Path(file)
    try:
        check_outputs([path], {"force": force})
    except InputError as error:
        raise error.in_field("file") from None
    is_asked = sys.stdin is not None and sys.stdin.isatty()
    text = clinic_file(_answers(_ask if is_asked else _taken))
    write_files({path: text.encode()}, force=force)
    tell(f"Wrote {file}. Check it with: meso-schedule clinic check {file}")


def _answers(ask: Callable[[str, str, Callable[[str], Any]], Any]) -> ClinicBasics:
    """Return what a clinic file begins with, each default by the answers before."""
    name = ask("Name of the clinic", _NAME, lambda text: _checked("name", text))
    country = ask("Country, its code", _COUNTRY, lambda text: _checked("country", _code(text)))
    zone, currency = only_zone(country) or "", usual_currency(country) or ""
    return ClinicBasics(
        name=name,
        country=country,
        timezone=ask("Time zone", zone, lambda text: _checked("timezone", text)),
        currency=ask("Currency", currency, lambda text: _checked("currency", text.upper())),
        hours=ask(_DAYS, _HOURS, _hours),
    )


def _taken(_: str, default: str, read: Callable[[str], T]) -> T:
    return read(default)


def _ask(question: str, default: str, read: Callable[[str], T]) -> T:
    """Ask until the answer can be read; Enter takes the default, the end of the input gives up."""
    while True:
        sys.stderr.write(f"{question}{f' [{default}]' if default else ''}: ")
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            tell("Nothing was written.")
            raise typer.Exit(ExitCode.NO)
        try:
            return read(line.strip() or default)
        except InputError as error:
            tell(*(harmless(f"{fault.message} {fault.remedy}") for fault in error.faults))


def _code(text: str) -> str:
    return text.upper() if len(text) == len(_COUNTRY) else text


def _hours(text: str) -> dict[str, list[str]]:
    try:
        week = week_hours(text)
    except FormatError as error:
        raise error.in_field("hours") from None
    return _checked("hours", week)


def _checked(key: str, value: T) -> T:
    """Return the value of a key that a clinic file takes.

    Raises:
        InputError: With what is wrong with it.
    """
    try:
        Clinic.read({key: value})
    except InputError as error:
        if faults := [it for it in error.faults if (it.field or "").split(".")[0] == key]:
            raise InputError(faults) from None
    return value
