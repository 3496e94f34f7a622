"""The tests before session 1 of courses that run, such as patch tests, on their days."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from meso_schedule.availability.asked_days import open_days_for
from meso_schedule.base.dates import LAST_ORDINAL, DateRange
from meso_schedule.book.absences import with_absences
from meso_schedule.book.book import Book
from meso_schedule.book.lines import TEST, DiaryLine
from meso_schedule.book.state import CourseState
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.request import MAX_DAYS
from meso_schedule.planner.preparation import after_consultation, dated_tests
from meso_schedule.running.treatment_progress import asked_of


class DatedTest(NamedTuple):
    """A test on its day; rule files say nothing of its time, and it takes nobody's.

    Args:
        place: Which of the course's tests it is, from 1.
        protocol: Whose session 1 it comes before.
    """

    place: int
    protocol: str
    what: str
    date: date
    start: None = None
    minutes: None = None
    takes: None = None


def prior_tests(state: CourseState, clinic: Clinic) -> tuple[DatedTest, ...]:
    """Return the tests before session 1 of the treatments of a course, as its plan has them.

    Args:
        clinic: With its absences and closures.
    """
    return tuple(_tests_of(state, clinic)) if any(it.read().tests for it in state.protocols) else ()


def _tests_of(state: CourseState, clinic: Clinic) -> Iterator[DatedTest]:
    visit, since = state.consultation, state.opened_on
    taken = after_consultation(visit.date, visit.reflection, visit.end).busy if visit else ()
    open_days = open_days_for(asked_of(state), clinic, taken)
    if visit and visit.status != "missed":
        since = max(since, visit.date)
    place = 0
    for protocol in (kept.read() for kept in state.protocols):
        if first := state.begins_on(protocol.id):
            for test, day in dated_tests(protocol, first, since, open_days):
                place += 1
                yield DatedTest(place, protocol.id, test.what, day)


def visit_lines(book: Book, clinic: Clinic | None, days: DateRange) -> list[DiaryLine]:
    """Return the sessions, consultations and tests of some days, by date and time.

    Args:
        book: Where they are booked.
        clinic: As its file says.
        days: The days.
    """
    lines = book.diary(days.first, days.last)
    clinic = with_absences(clinic or Clinic.default(), book.absences())
    # The day by which a test is due may be one on which the clinic is closed.
    last = min(days.last.toordinal() + MAX_DAYS, LAST_ORDINAL)
    names = book.courses_with_tests(days.first, date.fromordinal(last))
    told = ((state, it) for state in book.each(names) for it in prior_tests(state, clinic))
    tests = [_line(state, it) for state, it in told if it.date in days]
    return sorted(lines + tests, key=_order) if tests else lines


def _order(line: DiaryLine) -> tuple[date, bool, str]:
    return line.date, line.start is None, line.start or ""


def _line(state: CourseState, test: DatedTest) -> DiaryLine:
    return DiaryLine(
        date=test.date,
        start=None,
        course=state.course,
        patient=state.patient,
        protocol=TEST,
        number=0,
        status="booked",
        minutes=None,
        provisional=False,
        pinned=False,
        currency=None,
        low=None,
        high=None,
        test=test.what,
    )
