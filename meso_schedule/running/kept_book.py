"""A book that programs keep: opened, read, and written to once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Self

from meso_schedule.base.errors import InputError
from meso_schedule.book.book import Book
from meso_schedule.book.erasure import Erasure
from meso_schedule.book.events import Event, Head
from meso_schedule.book.state import CourseState
from meso_schedule.book.storage.interface import TIMEOUT_SECONDS
from meso_schedule.book.transfer import Imported
from meso_schedule.book.verification import Verification
from meso_schedule.book.writing import Context, Receipt
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.course_plan import CoursePlan, Finding
from meso_schedule.running.course_progress import progress_of
from meso_schedule.running.course_view import (
    CourseView,
    Drafted,
    Made,
    as_booked_by,
    refuse_erased,
    with_bookings,
    write_once,
)
from meso_schedule.running.finding import check_course, course_named
from meso_schedule.running.given_values import Day, asked_as, day_of
from meso_schedule.running.printing import plan_as_booked


class KeptBook:
    """What `CourseBook` is opened with, and what it does with one course or the whole book.

    Args:
        book: Its events.
        clinic: Hours, prices and terms of all that is asked of it; left out, the default.
    """

    def __init__(self, book: Book, clinic: Clinic | None = None) -> None:
        self._book = book
        self._clinic = clinic

    @classmethod
    def open(
        cls,
        address: str | Path,
        *,
        clinic: Clinic | None = None,
        create: bool = True,
        timeout: float = TIMEOUT_SECONDS,
        heads: str | Path | None = None,
    ) -> Self:
        """Open a book.

        Args:
            address: A path, or `postgresql+psycopg://user:password@host/database`.
            clinic: Hours, prices and terms of all that is asked of it; left out, the default.
            create: Whether to begin a new book where there is none.
            timeout: Seconds to wait for another program or thread.
            heads: Where the end of the book is kept after each write, for `verify`: a file, or a
                folder that has one for each book; left out, nowhere.

        Raises:
            InputError: When there is something else, or nothing and none is to be made.
            BookFault: When it is locked, damaged, cannot be reached or needs a newer program.
        """
        opened = Book.open(address, create=create, timeout=timeout, heads=heads)
        return cls(opened, clinic)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: Any) -> None:
        self._book.__exit__(*raised)

    def close(self) -> None:
        """Let go of the book."""
        self._book.close()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is to be told of the book itself: others could read it, its end was not kept."""
        return self._book.findings

    def course(self, course: str) -> CourseState:
        """Return a course as its events leave it.

        Raises:
            InputError: When there is no such course.
        """
        return self._book.course(course)

    def history(self, course: str) -> list[Event]:
        """Return the events of a course, oldest first.

        Raises:
            InputError: When there is no such course.
        """
        return self._book.history(course)

    def print_plan(self, course: str, *, as_of: Day) -> CoursePlan:
        """Return the plan whose sessions are on the days that are booked, for every output.

        Args:
            as_of: The day of asking.

        Raises:
            RefusedError: When the course was erased or stopped, or a session to come has no day,
                or one that no longer keeps the rules.
        """
        state = self.course(course)
        refuse_erased(state)
        return plan_as_booked(
            progress_of(state, day_of(as_of, "as_of")), as_booked_by(self._book, self._clinic)
        )

    def verify(self, known: Head | None = None) -> Verification:
        """Check the whole book: tables, chain, payloads, and what follows from them.

        Args:
            known: The end of the book as it was noted before.
        """
        return self._book.verify(known)

    def backup(
        self, target: str | Path, *, force: bool = False, at: datetime | None = None
    ) -> Head:
        """Copy the book to a file that only its owner may read; return its end.

        Args:
            target: The file.
            force: Whether an earlier backup there is replaced.
            at: The moment, which is kept where the end of the book is, for `verify`; left out,
                nothing is.

        Raises:
            InputError: When the target exists and `force` is not given.
            BookFault: When it cannot be written.
        """
        return self._book.backup(Path(target), force=force, at=at)

    def export(self, courses: Sequence[str] | None = None) -> Iterator[str]:
        """Yield courses as JSON text, with everything the book knows of them, piece by piece.

        Args:
            courses: Their ids; left out, the whole book.

        Raises:
            InputError: When there is no such course.
        """
        named = None if courses is None else [course_named(self._book, it) for it in courses]
        return self._book.export(named)

    def import_courses(self, text: str | Iterable[str], *, source: str = "import") -> Imported:
        """Take in what `export` gave, all or nothing; courses that are there stay as they are.

        Args:
            text: Whole, or piece by piece.
            source: What it is called in errors.

        Raises:
            InputError: When it is none of ours, or was changed.
            RefusedError: When the book holds another course of the same id.
        """
        return self._book.import_courses(text, source=source)

    def erase(self, course: str, *, by: Context, yes: bool = False) -> Erasure:
        """Remove what was recorded of a course for good; only that there was one stays.

        What was made of it before, such as backups and printed sheets, still holds it.

        Args:
            yes: Whether it is meant.

        Raises:
            InputError: When there is no such course, or `yes` is not given.
            RefusedError: When it has changed since it was seen.
        """
        check_course(course)
        name, by = course_named(self._book, course), asked_as(by, "erase", course=course)
        today_of(by)
        agree_to(f"Everything recorded of course {name} will be erased. Erase it?", yes=yes)
        return self._book.erase(name, context=by)

    def _write(
        self,
        command: str,
        course: str,
        by: Context,
        draft: Callable[..., Drafted],
        given: Mapping[str, Any],
        *,
        yes: bool = False,
        is_stopped_too: bool = False,
    ) -> Receipt:
        by = asked_as(by, command, course=course, **given)
        if repeated := self._recall(by):
            return repeated
        _, receipt = self._written(
            course, by, lambda seen: draft(seen, **given), yes=yes, is_stopped_too=is_stopped_too
        )
        assert receipt is not None, "what may have nothing to write is written otherwise"
        return receipt

    def _written(
        self,
        course: str,
        by: Context,
        draft: Callable[[CourseView], Made],
        *,
        yes: bool = False,
        is_stopped_too: bool = False,
    ) -> tuple[Made, Receipt | None]:
        check_course(course)
        name, today = course_named(self._book, course), today_of(by)
        clinic = with_bookings(self._clinic, self._book, today, name)
        state = self._book.course(name)
        beside = self._book.beside(state, clinic.home_country if clinic else None)
        seen = CourseView(state, today, clinic, self._book, by.at, beside)
        _, made, receipt = write_once(
            seen,
            draft,
            lambda now: by if by.revision is not None else by._replace(revision=now.state.revision),
            lambda _, question: agree_to(question, yes=yes),
            is_stopped_too=is_stopped_too,
        )
        return made, receipt

    def _recall(self, by: Context) -> Receipt | None:
        return None if by.key is None else self._book.recall(by.key, by.asked)


def today_of(by: Context) -> date:
    """Return the day of asking: the one given, else that of the moment.

    Raises:
        InputError: When the moment has no offset, or a name cannot be kept.
    """
    by.check()
    return by.as_of or by.at.date()


def agree_to(question: str, *, yes: bool) -> None:
    """Refuse what is more than was asked for, unless it is agreed to.

    Raises:
        InputError: With the question.
    """
    if not yes:
        raise InputError.of(
            "not_confirmed", question, field="yes", remedy="Give yes=True to agree to it."
        )
