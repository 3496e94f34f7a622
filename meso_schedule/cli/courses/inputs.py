"""What is typed for the commands of the book, read strictly."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from meso_schedule.errors import FormatError, InputError

if TYPE_CHECKING:
    from datetime import date

    from meso_schedule.clinic import Clinic
    from meso_schedule.times import Clock

T = TypeVar("T")


def read_value(read: Callable[[str], T], text: str, name: str) -> T:
    """Read the value of an option.

    Raises:
        InputError: When it cannot be read; it names the option.
    """
    try:
        return read(text)
    except FormatError as error:
        raise InputError(replace(fault, field=name) for fault in error.faults) from None


def read_day(text: str | None, name: str, otherwise: "date") -> "date":
    """Read the day of an option, or take the other one."""
    from meso_schedule.dates import parse_date

    return otherwise if text is None else read_value(parse_date, text, name)


def read_clock(text: str | None, name: str = "at") -> "Clock | None":
    """Read the time of day of an option."""
    from meso_schedule.times import Clock

    return None if text is None else read_value(Clock.parse, text, name)


def read_number(text: str, name: str) -> int:
    """Read the number of a session or a revision."""
    from meso_schedule.cli.requests import read_count

    number = read_count(text, name)
    if number < 1:
        raise InputError.of(
            "bad_number",
            f"{number} is out of range.",
            field=name,
            value=number,
            remedy="Write a whole number from 1.",
        )
    return number


def day_of_asking(given: str | None, clinic: "Clinic | None") -> "date":
    """Return the day of `--as-of`, or today in the clinic's zone."""
    from meso_schedule.cli.surroundings import today

    return read_day(given, "as_of", today(clinic))


def confirmed(question: str, *, yes: bool) -> bool:
    """Ask on a terminal; without one nothing is asked, and only `--yes` agrees.

    Raises:
        InputError: When there is nobody to ask.
    """
    import sys

    if yes:
        return True
    if sys.stdin is None or not sys.stdin.isatty():
        raise InputError.of(
            "not_confirmed",
            "There is no terminal to ask on.",
            field="yes",
            remedy="Give --yes.",
        )
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
