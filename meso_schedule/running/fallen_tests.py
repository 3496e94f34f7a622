"""Tests before session 1 whose day a closure takes, or that go with a session 1 that moves."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from meso_schedule.base.dates import LAST_ORDINAL
from meso_schedule.book.absence_records import Absent
from meso_schedule.book.book import Book
from meso_schedule.book.state import CourseState
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.request import MAX_DAYS
from meso_schedule.running.prior_tests import DatedTest, prior_tests
from meso_schedule.running.repaired_course import Repaired


class MovedTest(NamedTuple):
    """A test whose day becomes another.

    Args:
        state: Its course as it is.
        before: The test as it is.
        after: Its new day; None where no day leaves it its time.
        is_closed: Whether the clinic is closed on the day that it had.
    """

    state: CourseState
    before: DatedTest
    after: date | None
    is_closed: bool


def with_tests(book: Book, absence: Absent, as_of: date) -> list[str]:
    """Return the courses of which a test may be on a day of a closure; none of an absence."""
    if absence.practitioner:
        return []
    # The day by which a test is due may be one on which the clinic is closed.
    last = min(absence.last.toordinal() + MAX_DAYS, LAST_ORDINAL)
    return book.courses_with_tests(max(absence.first, as_of), date.fromordinal(last))


def moved_tests(
    states: Sequence[CourseState],
    repaired: Sequence[Repaired],
    clinics: tuple[Clinic, Clinic],
    as_of: date,
) -> Iterator[MovedTest]:
    """Yield the tests to come whose day becomes another.

    Args:
        states: Courses of which a test may be on a day that is closed.
        repaired: Courses whose sessions move.
        clinics: The clinic as it is, and as it is then.
        as_of: The day of asking.
    """
    now, then = clinics
    every = {it.course: (it, it) for it in states}
    every |= {it.state.course: (it.state, it.later) for it in repaired}
    for state, later in every.values():
        days = {(it.protocol, it.what): it.date for it in prior_tests(later, then)}
        closed = {(it.protocol, it.what): it.date for it in prior_tests(state, then)}
        for test in prior_tests(state, now):
            name = test.protocol, test.what
            day = days.get(name)
            if test.date >= as_of and day != test.date and later.begins_on(test.protocol):
                is_ahead = day is not None and day >= as_of
                is_closed = closed.get(name) != test.date
                yield MovedTest(state, test, day if is_ahead else None, is_closed)
