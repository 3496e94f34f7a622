"""What a calendar of the diary takes out: sessions that are off, or given by somebody else."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from meso_schedule.base.dates import DateRange
from meso_schedule.book.absences import with_absences
from meso_schedule.book.book import Book
from meso_schedule.book.folding import fold
from meso_schedule.book.lines import CONSULTATION, TEST
from meso_schedule.book.reading import entries_of
from meso_schedule.book.state import CourseState
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.diary_sheet import DiaryEntry
from meso_schedule.running.changed_visits import Coming
from meso_schedule.running.prior_tests import prior_tests

# Who subscribes has seen what changed longer ago.
_SEEN = timedelta(days=92)


def gone_from(
    book: Book,
    shown: Sequence[DiaryEntry],
    days: DateRange,
    as_of: date,
    *,
    practitioner: str | None = None,
    clinic: Clinic | None = None,
) -> list[DiaryEntry]:
    """Return the visits that stood in a diary and do no longer, as they stood there last.

    Args:
        book: The courses.
        shown: What the diary shows now.
        days: Its days.
        as_of: The day of asking.
        practitioner: Whose diary it is; None for that of all.
        clinic: As its file says; tests before session 1 are on its open days.
    """
    in_use = with_absences(clinic or Clinic.default(), book.absences())
    there = {(it.course, it.protocol, it.number, it.test) for it in shown}
    return [
        entry
        for course in book.courses_with_moves(as_of - _SEEN)
        for state, visits in _of_course(book, course, in_use)
        for entry in _last_of(visits, days, practitioner, state.revision)
        if (course, entry.protocol, entry.number, entry.test) not in there
    ]


def _of_course(
    book: Book, course: str, clinic: Clinic
) -> Iterator[tuple[CourseState, Iterator[DiaryEntry]]]:
    """Yield a course with its visits as they stood after each event but the last."""
    entries = entries_of(book.history(course), book.shown)
    now = fold(course, entries)
    if not now.is_erased:
        states = (fold(course, entries[:place]) for place in range(1, len(entries)))
        yield now, (it for state in states for it in _visits(state, clinic))


def _last_of(
    visits: Iterable[DiaryEntry], days: DateRange, practitioner: str | None, revision: int
) -> list[DiaryEntry]:
    """Return each visit as it stood last on some days with a practitioner, called off."""
    last = {
        (it.protocol, it.number, it.test): it
        for it in visits
        if it.date in days and practitioner in (None, it.practitioner)
    }
    off = {"status": "cancelled", "practitioner": None, "revision": revision}
    return [it.model_copy(update=off) for it in last.values()]


def _visits(state: CourseState, clinic: Clinic) -> Iterator[DiaryEntry]:
    """Yield the visits to come of a course."""
    for it in state.upcoming:
        yield _entry(state, it, it.protocol, it.number)
    if (visit := state.consulting) and visit.status == "booked":
        yield _entry(state, visit, CONSULTATION)
    for test in prior_tests(state, clinic):
        yield _entry(state, test, TEST, test=test.what)


def _entry(
    state: CourseState, visit: Coming, protocol: str, number: int = 0, test: str | None = None
) -> DiaryEntry:
    return DiaryEntry(
        date=visit.date,
        start=visit.start,
        minutes=visit.minutes,
        course=state.course,
        patient=state.patient,
        phone=None,
        protocol=protocol,
        number=number,
        test=test,
        status="booked",
        provisional=False,
        practitioner=visit.takes.practitioner if visit.takes else None,
        rooms=(),
    )
