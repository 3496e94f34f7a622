"""The last day that what was asked leaves a session of a course: finish-by, event, top-ups."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Literal

from meso_schedule.base.dates import LAST_ORDINAL, Day
from meso_schedule.base.models import Model
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.planner.setting_up import set_up
from meso_schedule.planner.setup import latest_before
from meso_schedule.running.course_progress import CourseProgress
from meso_schedule.running.course_spacing import spacing_known
from meso_schedule.running.treatment_progress import TreatmentProgress
from meso_schedule.search.feasibility import is_possible
from meso_schedule.search.task import Task


class Limit(Model):
    """A last day.

    Args:
        day: The last day a session may be on.
        asked: What was asked, by the name in a request.
        value: The day that was asked.
    """

    day: Day
    asked: Literal["finish_by", "event", "until"]
    value: Day

    @property
    def words(self) -> str:
        """What the day is."""
        if self.asked == "event":
            return f"the last day that leaves time to settle before the event on {self.value}"
        return {
            "finish_by": "the day to finish by",
            "until": "the last day of the top-ups",
        }[self.asked]


class Beyond(Model):
    """A session to come that is booked past the last day for it.

    Args:
        session: `4`, or `B2` of several treatments.
    """

    session: str
    date: Day
    limit: Limit


def limit_of(one: TreatmentProgress, number: int) -> Limit | None:
    """Return the last day for a session; None where nothing bounds it.

    Args:
        one: A course of one treatment, or one of several.
        number: The session's number in the book.
    """
    request = one.request
    if number - one.offset > (request.sessions or one.protocol.sessions.usual):
        until = request.until
        return Limit(day=until, asked="until", value=until) if until else None
    limits = []
    if finish_by := request.finish_by:
        limits.append(Limit(day=finish_by, asked="finish_by", value=finish_by))
    if event := request.event:
        day = date.fromordinal(latest_before(event, one.protocol.settle))
        limits.append(Limit(day=day, asked="event", value=event))
    return min(limits, key=lambda limit: limit.day, default=None)


def beyond_limits(course: CourseProgress) -> Iterator[Beyond]:
    """Yield the sessions to come that are booked past the last day for them."""
    for one in course.treatments:
        for session in one.ahead:
            limit = limit_of(one, session.number)
            if limit and session.date > limit.day:
                yield Beyond(session=one.mark(session.number), date=session.date, limit=limit)


def missed_limits(
    course: CourseProgress, clinic: Clinic | None
) -> Iterator[tuple[TreatmentProgress, Limit]]:
    """Yield the treatments whose course cannot end by the last day for it any more.

    Args:
        course: The course.
        clinic: Its hours and closures, as they are now.
    """
    for one in course.treatments:
        limit = limit_of(one, one.offset + 1)
        if limit is None or course.state.stopped:
            continue
        known = spacing_known(clinic or Clinic.default(), course.state)
        setup = set_up(one.protocol, one.request, known, one.as_of, known=one.known)
        if is_out_of_reach(setup.task()):
            yield one, limit


def is_out_of_reach(task: Task) -> bool:
    """Tell whether the last day alone leaves the sessions of a search task no calendar."""
    return not is_possible(task) and is_possible(replace(task, limit=LAST_ORDINAL))
