"""Sessions of a plan at the time of another, where nobody knows who and what they take."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from meso_schedule.base.phrases import phrase
from meso_schedule.base.times import Clock, parse_clock
from meso_schedule.book.book import Book
from meso_schedule.book.records import Booked, Moved, Record
from meso_schedule.book.state import CourseState
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.course_plan import CoursePlan, Finding, Session

_TAKING_PLACE = ("booked", "held")
# What has no time begins when the day is over, and touches nothing of it.
_END = "24:00"


class _TimedVisit(NamedTuple):
    """A session, its day, and the minutes of it that it takes."""

    number: int
    label: str | None
    day: date
    first: int
    last: int


def beside_booked(plan: CoursePlan, clinic: Clinic | None, book: Book) -> CoursePlan:
    """Return a plan that tells which of its sessions have the time of a session in the book.

    Where the clinic names who treats, no two can take the same person, and nothing is told.

    Args:
        plan: The plan.
        clinic: Where its sessions are.
        book: What else is booked; the course itself is not in it yet.
    """
    visits = [_planned(visit) for visit in plan.visits if visit.start]
    found = _shared(visits, clinic, book)
    return plan.model_copy(update={"findings": (*plan.findings, *found)}) if found else plan


def moved_beside(
    state: CourseState, records: Iterable[Record], clinic: Clinic | None, book: Book
) -> tuple[Finding, ...]:
    """Return which sessions get the time of another course's session by what is to be written.

    Args:
        state: The course before it.
        records: What is to be written.
        clinic: Where its sessions are.
        book: What else is booked.
    """
    visits = [visit for record in records for visit in _placed(state, record)]
    return _shared(visits, clinic, book, state.course)


def _placed(state: CourseState, record: Record) -> Iterator[_TimedVisit]:
    """Yield the sessions that an event puts on a day at a time."""
    if isinstance(record, Moved) and record.start:
        moved = state.find_session(record.number, record.protocol)
        minutes = (moved and moved.minutes) or 0
        first, label = record.start.minutes, state.label_of(record.protocol)
        yield _TimedVisit(record.number, label, record.to, first, first + minutes)
    for slot in record.sessions if isinstance(record, Booked) else ():
        if slot.start:
            first, label = slot.start.minutes, state.label_of(slot.protocol)
            yield _TimedVisit(slot.number, label, slot.date, first, first + (slot.minutes or 0))


def _shared(
    visits: Sequence[_TimedVisit], clinic: Clinic | None, book: Book, course: str | None = None
) -> tuple[Finding, ...]:
    days = [visit.day for visit in visits]
    if not days or (clinic and clinic.practitioners):
        return ()
    booked: dict[date, list[tuple[int, int]]] = {}
    lines = (it for it in book.diary(min(days), max(days)) if it.course != course)
    for line in (it for it in lines if it.minutes and it.status in _TAKING_PLACE):
        begin = parse_clock(line.start or _END)
        booked.setdefault(line.date, []).append((begin, begin + (line.minutes or 0)))
    return tuple(_findings(visits, booked))


def _findings(
    visits: Sequence[_TimedVisit], booked: dict[date, list[tuple[int, int]]]
) -> Iterator[Finding]:
    for visit in visits:
        others = booked.get(visit.day, ())
        if any(visit.first < end and begin < visit.last for begin, end in others):
            message = phrase(
                "Session {session} on {day} at {time} has the time of another session in the book.",
                session=f"{visit.label or ''}{visit.number}",
                day=visit.day,
                time=Clock(visit.first),
            )
            yield Finding.made(
                kind="same_time", session=visit.number, label=visit.label, message=message
            )


def _planned(visit: Session) -> _TimedVisit:
    begin, end = visit.start, visit.end
    first = 60 * begin.hour + begin.minute if begin else 0
    minutes = int((end - begin).total_seconds()) // 60 if begin and end else 0
    return _TimedVisit(visit.number, visit.label, visit.date, first, first + minutes)
