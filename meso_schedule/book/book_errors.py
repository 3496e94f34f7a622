"""What can go wrong with a book: each error with its sentence and its exit code."""

from collections.abc import Mapping
from copy import copy
from datetime import date
from typing import Any, NoReturn

from meso_schedule.base.errors import EnvironmentFault, ExitCode, InputError, MesoScheduleError


class NotABookError(InputError):
    """An address under which there is no book: a folder, a link, another program's database."""

    @classmethod
    def because(cls, code: str, problem: str, target: str, remedy: str) -> "NotABookError":
        """Build the error of an address."""
        return cls.of(code, problem, field="book", value=target, remedy=remedy)


class BookFault(EnvironmentFault):
    """A book that cannot be used as things are: locked, damaged, read-only, on a full disk."""

    field = "book"

    def __init__(self, code: str, problem: str, target: str, remedy: str) -> None:
        super().__init__(problem, target, remedy)
        self.code = code


class RefusedError(MesoScheduleError):
    """Something that what is recorded does not allow."""

    exit_code = ExitCode.REFUSED

    def __init__(
        self, code: str, message: str, remedy: str, *, field: str, value: object = None
    ) -> None:
        self.code = code
        self.problem = message
        self.remedy = remedy
        self.field = field
        self.value = None if value is None else str(value)
        super().__init__(f"{message} {remedy}")

    def proposing(self, told: str, facts: Mapping[str, Any]) -> "RefusedError":
        """Return the same error with what could be written in its place.

        Args:
            told: It in a sentence.
            facts: The same for programs, as members of the document of the error.
        """
        made = copy(self)
        made.remedy, made.facts = f"{told} {self.remedy}", facts
        return made


def refuse(code: str, message: str, remedy: str, field: str, value: object = None) -> NoReturn:
    """Refuse with a sentence."""
    raise RefusedError(code, message, remedy, field=field, value=value)


def unknown_course(course: str) -> InputError:
    """Return the error of a course that the book does not hold."""
    return InputError.of(
        "unknown_course",
        f"There is no course {course} in this book.",
        field="course",
        value=course,
        remedy="Check that it is the right book.",
    )


def not_opened() -> RefusedError:
    """Return the error of an event before the opening of its course."""
    return RefusedError(
        "not_opened", "A course begins with its opening.", "Open it first.", field="course"
    )


def erased(course: str) -> RefusedError:
    """Return the error of a course that was erased."""
    return RefusedError(
        "erased", f"The course {course} was erased.", "Open a new one.", field="course"
    )


def stopped(course: str, on: date) -> RefusedError:
    """Return the error of a course that was stopped."""
    return RefusedError(
        "stopped",
        f"The course {course} was stopped on {on}.",
        "Correct that event first, or open a new course.",
        field="course",
        value=course,
    )


def newer_book(target: str, what: str) -> BookFault:
    """Return the error of a book that a later version of the program has written."""
    return BookFault(
        "newer_book",
        f"The book {target} holds {what}, which this version of the program does not know.",
        target,
        "Use the newer version; nothing was changed.",
    )


def damaged(target: str, what: str) -> BookFault:
    """Return the error of a book whose content is not what was written."""
    return BookFault(
        "damaged_book",
        f"The book {target} is damaged: {what}.",
        target,
        "Verify it, and restore it from a backup.",
    )
