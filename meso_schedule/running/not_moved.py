"""What a repair leaves where it is: what is past and not recorded."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from meso_schedule.base.times import DAY_MINUTES, QUARTER
from meso_schedule.book.book import Book
from meso_schedule.book.state import CourseSession, CourseState
from meso_schedule.book.takings import BookedVisit
from meso_schedule.running.repaired_course import Hit

# Whose visits that have begun are.
BEGUN = ""


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
    """Return a course as if what is past had been held.

    What a later visit passed over, or another visit was held in place of on its day, is left out.
    So nothing moves what is past, and what follows keeps its distance from it.
    """
    held: dict[str, int] = {}
    for it in state.held:
        held[it.protocol] = max(it.number, held.get(it.protocol, 0))
    days = {(it.protocol, it.date) for it in state.held}
    sessions = (
        it.model_copy(update={"status": "held"}) if it in past else it
        for it in state.sessions
        if it not in past
        or (it.number > held.get(it.protocol, 0) and (it.protocol, it.date) not in days)
    )
    return state.model_copy(update={"sessions": tuple(sessions)})


def with_begun(visits: Sequence[BookedVisit], as_of: date, now: datetime) -> list[BookedVisit]:
    """Return what is booked with what has begun as nobody's, so that whoever is moved keeps off it.

    Args:
        visits: What is booked.
        as_of: The day of asking.
        now: The moment of asking, in the clinic's zone; its time counts on the day of asking.
    """
    moment = datetime.combine(as_of, now.timetz())
    quarter = int(moment.timestamp()) // (60 * QUARTER)
    return [it._replace(course=BEGUN) if it.begin <= quarter else it for it in visits]


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
