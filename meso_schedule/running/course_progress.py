"""A whole course under way: its treatments, each as the planner sees it, and what is due first."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from meso_schedule.base.errors import InputError
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.payloads import KeptForecast
from meso_schedule.book.records import Record
from meso_schedule.book.state import CourseSession, CourseState
from meso_schedule.course.request import CourseRequest
from meso_schedule.running.elsewhere import NOTHING, Elsewhere
from meso_schedule.running.forecasts import earliest_forecast, following
from meso_schedule.running.treatment_progress import TreatmentProgress, asked_of, parts_of, running


class CourseProgress(NamedTuple):
    """A course at one revision, on a day of asking.

    Args:
        asked: What is asked of it, as it was recorded.
        treatments: One for each protocol, in the order in which they were opened.
        elsewhere: What other courses of the same patient keep free.
    """

    state: CourseState
    asked: CourseRequest
    as_of: date
    treatments: tuple[TreatmentProgress, ...]
    elsewhere: Elsewhere = NOTHING

    @property
    def is_combined(self) -> bool:
        """Whether the course is one of several treatments."""
        return len(self.treatments) > 1

    @property
    def forecast(self) -> KeptForecast:
        """What is due of the treatment whose next session is overdue first."""
        return earliest_forecast(self.treatments)

    @property
    def offsets(self) -> dict[str | None, int]:
        """What is added to a session's number in a plan to have the book's, by its letter."""
        return {one.label: one.offset for one in self.treatments}

    def of(self, protocol: str | None) -> TreatmentProgress:
        """Return the treatment of a protocol; left out, the first."""
        name = self.state.protocol_id(protocol)
        return next(course for course in self.treatments if course.protocol.id == name)

    def beside(self, course: TreatmentProgress) -> Iterator[TreatmentProgress]:
        """Yield the other treatments."""
        return (other for other in self.treatments if other is not course)


def progress_of(
    state: CourseState,
    as_of: date,
    before: CourseProgress | None = None,
    elsewhere: Elsewhere = NOTHING,
) -> CourseProgress:
    """Return a course as the planner sees it, treatment by treatment.

    Args:
        state: A course that was not erased.
        as_of: The day of asking; a day before the last session held counts as that day.
        before: The same course at another revision: what was asked by then is not read again.
        elsewhere: What other courses of the same patient keep free; left out, as `before` knows.

    Raises:
        InputError: When what is recorded goes with none of its protocols.
    """
    as_of = max([as_of, *(session.date for session in state.held)])
    is_known = before is not None and before.state.request == state.request
    asked = before.asked if before and is_known else asked_of(state)
    treatments = (running(part, state, asked, as_of) for part in parts_of(state))
    beside = before.elsewhere if before else elsewhere
    return CourseProgress(state, asked, as_of, tuple(treatments), beside)


def next_visit(sessions: Iterable[CourseSession], day: date | None = None) -> list[CourseSession]:
    """Return the sessions of the next visit: of that on a day, where there is one.

    Args:
        sessions: Those to come, by date.
        day: The day that counts before the first one that is booked.
    """
    coming = list(sessions)
    days = [session.date for session in coming]
    first = day if day in days else min(days, default=None)
    return [session for session in coming if session.date == first]


def followed_by(course: CourseProgress, record: Record) -> CourseProgress | None:
    """Return a course once an event has been added; None where that cannot be told.

    The book refuses what cannot follow; nothing is foreseen for it.

    Raises:
        RefusedError: For a session held after the last, which no rule would know.
    """
    try:
        return progress_of(following(course.state, record), course.as_of, course)
    except InputError as error:
        fault = error.faults[0]
        if fault.code != "too_many_sessions":
            return None
        remedy = "Open a new course for more sessions."
        raise RefusedError("complete", fault.message, remedy, field="session") from None


def with_forecasts(
    course: CourseProgress, records: Iterable[Record]
) -> tuple[list[Record], CourseProgress | None]:
    """Return events with what is due after each of them, and the course after the last.

    Raises:
        RefusedError: For a session held after the last.
    """
    told: list[Record] = []
    later: CourseProgress | None = course
    for record in records:
        later = later and followed_by(later, record)
        told.append(record.model_copy(update={"forecast": later.forecast}) if later else record)
    return told, later
