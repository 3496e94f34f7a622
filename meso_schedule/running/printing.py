"""A course of the book as a plan that can be printed, and the appointments that are off."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from meso_schedule.bookings import BookedSession
from meso_schedule.clinic import Clinic
from meso_schedule.course import CoursePlan
from meso_schedule.errors import NoCalendarFits
from meso_schedule.output.feed import Gone
from meso_schedule.replan import Replan, replan_course
from meso_schedule.request import MAX_DAYS, CourseRequest
from meso_schedule.running.courses import Running, bookings_of
from meso_schedule.store.errors import RefusedError
from meso_schedule.store.folding import amended
from meso_schedule.store.records import Booked, Moved, Planned
from meso_schedule.store.state import CourseState, Entry


def plan_as_booked(course: Running, clinic: Clinic | None) -> CoursePlan:
    """Return the plan whose sessions are on the days that are booked.

    Raises:
        RefusedError: When a session to come has no day, or one that no longer keeps the rules.
    """
    for session in course.passed_over:
        raise _not_as_booked(course, f"Session {session.number} on {session.date} was passed over.")
    booked = [entry.model_copy(update={"pinned": True}) for entry in bookings_of(course)]
    request = course.request
    try:
        made = replan_course(course.protocol, request, booked, clinic=clinic, as_of=course.as_of)
    except NoCalendarFits:
        # A session moved past its window by hand stays there, up to its lapse.
        made = _late_plan(course, booked, clinic)
    for change in made.changes:
        number = change.number + course.offset
        problem = {
            "new": f"Session {number} has no day yet.",
            "moved": f"Session {number} cannot stay on {change.before}.",
            "dropped": f"Session {number} on {change.before} is no longer needed.",
        }[change.kind]
        raise _not_as_booked(course, problem)
    return made.plan


def _late_plan(course: Running, booked: Sequence[BookedSession], clinic: Clinic | None) -> Replan:
    late = course.request.model_copy(update={"late": MAX_DAYS, **_late_start(course.request)})
    try:
        return replan_course(course.protocol, late, booked, clinic=clinic, as_of=course.as_of)
    except NoCalendarFits as error:
        raise _not_as_booked(course, f"The booked days do not keep the rules. {error}") from None


def _late_start(request: CourseRequest) -> dict[str, int]:
    """Widen the start as well: lateness alone does not."""
    return {"start_within": MAX_DAYS} if request.start else {}


def _not_as_booked(course: Running, problem: str) -> RefusedError:
    return RefusedError(
        "not_as_booked",
        problem,
        "Record what was held or missed, then replan the course.",
        field="course",
        value=course.state.course,
    )


def numbered_as_booked(plan: CoursePlan, offset: int) -> CoursePlan:
    """Return a plan with the numbers of the book, by which calendars know an appointment."""
    if not offset:
        return plan
    sessions, top_ups = (
        tuple(visit.model_copy(update={"number": visit.number + offset}) for visit in visits)
        for visits in (plan.sessions, plan.top_ups)
    )
    care = tuple(
        span.model_copy(update={"sessions": tuple(number + offset for number in span.sessions)})
        for span in plan.care
    )
    return plan.model_copy(update={"sessions": sessions, "top_ups": top_ups, "care": care})


def gone_sessions(state: CourseState, entries: Sequence[Entry]) -> list[Gone]:
    """Return the appointments once given that are off, by number.

    Args:
        state: The course.
        entries: What its events say, by revision.
    """
    given: dict[int, tuple[date, str | None, int | None]] = {}
    # What was given stays given, whatever was corrected later: it may be in a calendar.
    for entry in (*entries, *amended(entries)):
        record = entry.record
        if isinstance(record, Booked | Planned):
            for slot in record.sessions:
                start = str(slot.start) if slot.start else None
                given[slot.number] = slot.date, start, slot.minutes
        elif isinstance(record, Moved) and record.number in given:
            start = str(record.start) if record.start else None
            given[record.number] = record.to, start, given[record.number][2]
    live = {session.number for session in (*state.held, *state.upcoming)}
    zone = ZoneInfo(state.timezone or "UTC")
    return [_gone(number, *given[number], zone) for number in sorted(given.keys() - live)]


def _gone(number: int, day: date, start: str | None, minutes: int | None, zone: ZoneInfo) -> Gone:
    if start is None:
        return Gone(number, day)
    begin = datetime.combine(day, datetime.strptime(start, "%H:%M").time(), zone)  # noqa: DTZ007
    return Gone(number, day, begin, begin + timedelta(minutes=minutes or 0))
