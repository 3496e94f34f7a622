"""The last day that what was asked leaves a session of a course: finish-by, event, top-ups."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from meso_schedule.base.busy_times import BusySource
from meso_schedule.base.dates import LAST_ORDINAL, Day
from meso_schedule.base.models import Model
from meso_schedule.base.phrases import Phrase, phrase
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.planner.setting_up import set_up
from meso_schedule.planner.setup import Setup, latest_before
from meso_schedule.running.course_progress import CourseProgress
from meso_schedule.running.course_replan import without_gone
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
    asked: Literal["finish_by", "event", "until", "valid"]
    value: Day

    @property
    def words(self) -> Phrase:
        """What the day is."""
        return {
            "event": phrase(
                "the last day that leaves time to settle before the event on {day}", day=self.value
            ),
            "finish_by": phrase("the day to finish by"),
            "until": phrase("the last day of the top-ups"),
            "valid": phrase("the last day on which the course is valid"),
        }[self.asked]


class Beyond(Model):
    """A session that is booked past the last day for it, or was held past its validity.

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
    if valid := one.valid_until:
        limits.append(Limit(day=valid, asked="valid", value=valid))
    return min(limits, key=lambda limit: limit.day, default=None)


def beyond_limits(course: CourseProgress) -> Iterator[Beyond]:
    """Yield the sessions to come that are booked past the last day for them."""
    for one in course.treatments:
        for session in one.ahead:
            limit = limit_of(one, session.number)
            if limit and session.date > limit.day:
                yield Beyond(session=one.mark(session.number), date=session.date, limit=limit)


def held_beyond(course: CourseProgress) -> Iterator[Beyond]:
    """Yield the course sessions that were held after what the course is valid for."""
    for one in course.treatments:
        history = one.standing.course if one.standing else ()
        until = one.valid_until
        for session in one.held[: len(history)]:
            if until and session.date > until:
                limit = Limit(day=until, asked="valid", value=until)
                yield Beyond(session=one.mark(session.number), date=session.date, limit=limit)


def set_up_running(
    one: TreatmentProgress, clinic: Clinic, busy: Sequence[BusySource] = ()
) -> Setup:
    """Return what is asked of a treatment that runs, as agreed."""
    rests = one.state.rests(one.as_of)
    own = one.progress._replace(validity=one.validity, pauses=rests, prepared=one.prepared)
    begun = {one.protocol.id: own}
    known = spacing_known(clinic, one.state)
    return set_up(
        one.protocol,
        one.request.changed(**without_gone(one.request, clinic)),
        known,
        one.as_of,
        busy=busy,
        known=one.known,
        begun=begun,
    )


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
        setup = set_up_running(one, clinic or Clinic.default())
        if is_out_of_reach(setup.task()):
            yield one, limit


def is_out_of_reach(task: Task) -> bool:
    """Tell whether the last day alone leaves the sessions of a search task no calendar."""
    return not is_possible(task) and is_possible(replace(task, limit=LAST_ORDINAL))
