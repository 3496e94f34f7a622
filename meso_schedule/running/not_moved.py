"""What a repair leaves where it is: what is past and not recorded, and consultations."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from meso_schedule.base.dates import DateRange
from meso_schedule.base.times import DAY_MINUTES
from meso_schedule.book.absence_records import Absent
from meso_schedule.book.absences import is_hit
from meso_schedule.book.book import Book
from meso_schedule.book.state import CourseSession, CourseState
from meso_schedule.running.repaired_course import Hit


def unrecorded(state: CourseState, as_of: date, now: datetime) -> tuple[CourseSession, ...]:
    """Return the booked sessions of a course that have begun, by their days.

    Args:
        state: The course.
        as_of: The day of asking.
        now: The moment of asking, in the clinic's zone; its time counts on the day of asking.
    """
    asked = as_of, now.hour * 60 + now.minute
    return tuple(
        it
        for it in state.upcoming
        if it.status == "booked"
        and (it.date, it.start.minutes if it.start else DAY_MINUTES) <= asked
    )


def as_if_held(state: CourseState, past: Sequence[CourseSession]) -> CourseState:
    """Return a course as if what is past had been held; what a later visit passed over is left out.

    So nothing moves what is past, and what follows keeps its distance from it.
    """
    held: dict[str, int] = {}
    for it in state.held:
        held[it.protocol] = max(it.number, held.get(it.protocol, 0))
    sessions = (
        it.model_copy(update={"status": "held"}) if it in past else it
        for it in state.sessions
        if it not in past or it.number > held.get(it.protocol, 0)
    )
    return state.model_copy(update={"sessions": tuple(sessions)})


def past_of(book: Book, hit: Iterable[Hit], now: datetime) -> tuple[Hit, ...]:
    """Return the courses that are hit with their sessions that are past and not recorded.

    Args:
        book: Where they are booked.
        hit: The courses that are hit, as if what is past had been held.
        now: The moment of asking, in the clinic's zone.
    """
    own = ((it.view, book.course(it.view.state.course)) for it in hit)
    found = (
        Hit(
            view, tuple(it for it in unrecorded(state, view.today, now) if _is_left(it, view.state))
        )
        for view, state in own
    )
    return tuple(it for it in found if it.lost)


def _is_left(session: CourseSession, state: CourseState) -> bool:
    return state.find_session(session.number, session.protocol) is not None


def consultations_of(
    book: Book, absence: Absent, as_of: date, now: datetime
) -> tuple[CourseState, ...]:
    """Return the courses of which an absence takes the consultation, by its moment.

    Args:
        book: Where they are booked.
        absence: Who is not there, or that the clinic is closed, and when.
        as_of: The day of asking.
        now: The moment of asking, in the clinic's zone; what has begun then is past.
    """
    days = DateRange(max(absence.first, as_of), absence.last)
    asked = str(as_of), f"{now:%H:%M}"
    lines = (
        it
        for it in book.diary(days.first, days.last)
        if it.is_consultation and it.status == "booked"
    )
    moments = sorted((str(it.date), it.start or "24:00", it.course) for it in lines)
    states = [book.course(course) for *moment, course in moments if tuple(moment) > asked]
    return tuple(it for it in states if _is_hit(it, absence.practitioner, days))


def _is_hit(state: CourseState, practitioner: str | None, days: DateRange) -> bool:
    visit = state.consulting
    assert visit, "it stands in the diary"
    giver = visit.takes.practitioner if visit.takes else None
    return is_hit(practitioner, days, visit.date, giver)
