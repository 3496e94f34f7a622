"""What is typed for the commands of the book, read strictly."""

import sys
from collections.abc import Callable
from datetime import date
from typing import TypeVar, get_args

from meso_schedule.base.dates import DateRange, parse_date
from meso_schedule.base.errors import ExitCode, FormatError, InputError, shortened
from meso_schedule.base.times import Clock
from meso_schedule.cli.environment import today
from meso_schedule.cli.requests import read_count_within
from meso_schedule.cli.standard_error import tell
from meso_schedule.cli.typed import iso_days, plain_clock
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.improvement import Answer
from meso_schedule.running.course_progress import CourseProgress

T = TypeVar("T")


def read_value(read: Callable[[str], T], text: str, name: str) -> T:
    """Read the value of an option.

    Raises:
        InputError: When it cannot be read; it names the option.
    """
    try:
        return read(text)
    except FormatError as error:
        raise error.in_field(name) from None


def read_day(text: str | None, name: str, asked: date, clinic: Clinic | None) -> date:
    """Read the day of an option as people type it; left out, it is the day of asking."""
    if text is None:
        return asked
    return read_value(parse_date, _iso_days(text, asked, clinic), name)


def read_days(text: str, asked: date, clinic: Clinic | None) -> DateRange:
    """Read a day, or a first and a last one, as people type them."""
    return read_value(DateRange.parse, _iso_days(text, asked, clinic), "days")


def _iso_days(text: str, asked: date, clinic: Clinic | None) -> str:
    return iso_days(text, clinic.language if clinic else None, lambda: asked)


def read_clock(text: str | None, name: str = "at") -> Clock | None:
    """Read the time of day of an option."""
    return None if text is None else read_value(Clock.parse, plain_clock(text), name)


def read_number(text: str, name: str) -> int:
    """Read the number of a session or a revision."""
    return read_count_within(text, name, 1)


def read_session(course: CourseProgress, text: str, name: str = "session") -> str:
    """Read the name of a session: of one treatment its number, of several still to be looked up."""
    return text if course.is_combined else str(read_number(text, name))


def day_of_asking(given: str | None, clinic: Clinic | None) -> date:
    """Return the day of `--as-of`, or today in the clinic's zone."""
    return read_day(given, "as_of", today(clinic), clinic)


def only_one(**given: bool) -> str | None:
    """Return which of several options was given; None where none was.

    Raises:
        InputError: When two were.
    """
    chosen = [name for name, is_given in given.items() if is_given]
    if len(chosen) > 1:
        raise InputError.of(
            "contradiction",
            f"--{chosen[0]} and --{chosen[1]} exclude each other.",
            field=chosen[1],
            remedy="Give one of them.",
        )
    return chosen[0] if chosen else None


def confirmed(question: str, *, yes: bool) -> bool:
    """Ask on a terminal; without one nothing is asked, and only `--yes` agrees.

    Raises:
        InputError: When there is nobody to ask.
    """
    if yes:
        return True
    if sys.stdin is None or not sys.stdin.isatty():
        raise InputError.of(
            "not_confirmed",
            f"{question} There is no terminal to ask on.",
            field="yes",
            remedy="Give --yes.",
        )
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


_ANSWERS: tuple[Answer, ...] = get_args(Answer)
_OR = "Write yes, no or unclear."


def read_answer(text: str) -> Answer:
    """Read whether the skin has improved.

    Raises:
        InputError: For anything but yes, no and unclear.
    """
    for answer in _ANSWERS:
        if text == answer:
            return answer
    problem = f"Cannot read {shortened(text)}."
    raise InputError.of("bad_answer", problem, field="improved", value=text, remedy=_OR)


def ask_answer(question: str) -> Answer | None:
    """Ask on a terminal whether the skin has improved; None for Enter, or where nobody is there."""
    if sys.stdin is None or not sys.stdin.isatty():
        return None
    while True:
        sys.stderr.write(f"{question} [yes/no/unclear; Enter: not assessed] ")
        sys.stderr.flush()
        told = sys.stdin.readline().strip().lower()
        if not told:
            return None
        if found := next((answer for answer in _ANSWERS if answer.startswith(told)), None):
            return found
        tell(_OR)


def agree(question: str, *, yes: bool, otherwise: str = "Nothing was written.") -> None:
    """Ask whether to do what is more than was typed; a no ends the command with exit 1.

    Args:
        question: What is more than was typed, and whether to do it.
        yes: Whether that is agreed to already.
        otherwise: What is told after a no.

    Raises:
        InputError: When there is nobody to ask.
    """
    if not confirmed(question, yes=yes):
        import typer

        tell(otherwise)
        raise typer.Exit(ExitCode.NO)
