"""A course of the book as a plan that can be printed, and the appointments that are off."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.folding import amended
from meso_schedule.book.payloads import Slot
from meso_schedule.book.records import Booked, Moved, Planned
from meso_schedule.book.state import CourseSession, CourseState, Entry
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.course_plan import CareSpan, CoursePlan
from meso_schedule.course.no_calendar import NoCalendarFits
from meso_schedule.course.request import MAX_DAYS
from meso_schedule.output.feed import Gone
from meso_schedule.planner.replan import Replan
from meso_schedule.running.course_progress import CourseProgress
from meso_schedule.running.moving import move_of
from meso_schedule.running.names import as_in_the_book, change_in_the_book
from meso_schedule.running.replanning import replan_of
from meso_schedule.running.room import NoRoomError

# What is added to a session's number in a plan to have the book's, by the treatment's letter.
Offsets = Mapping[str | None, int]


def plan_as_booked(course: CourseProgress, clinic: Clinic | None) -> CoursePlan:
    """Return the plan whose sessions are on the days that are booked.

    Raises:
        RefusedError: When a session to come has no day, or one that no longer keeps the rules.
    """
    for one in course.treatments:
        for session in one.passed_over:
            mark = one.mark(session.number)
            raise _not_as_booked(course, f"Session {mark} on {session.date} was passed over.")
    made = _fixed_plan(course, clinic)
    for change in made.changes:
        mark = f"{change.label or ''}{change.number + course.offsets[change.label]}"
        why = change_in_the_book(change, course).why
        problem = {
            "new": f"Session {mark} has no day yet.",
            "moved": f"Session {mark} cannot stay on {change.before}: {'; '.join(why)}.",
            "dropped": f"Session {mark} on {change.before} is no longer needed.",
        }[change.kind]
        raise _not_as_booked(course, problem)
    return made.plan


def _fixed_plan(course: CourseProgress, clinic: Clinic | None) -> Replan:
    """Return the calendar in which every booked day stays.

    Raises:
        RefusedError: When there is none: with the first session that cannot stay, and why.
    """
    try:
        return replan_of(course, clinic=clinic, is_fixed=True)
    except NoCalendarFits as error:
        told = as_in_the_book(error, course)
    try:
        # A session moved past its window by hand stays there, up to its lapse.
        return replan_of(course, clinic=clinic, late=MAX_DAYS, is_fixed=True)
    except NoCalendarFits:
        problem = _first_refusal(course, clinic) or str(told)
        raise _not_as_booked(course, problem) from None


def _first_refusal(course: CourseProgress, clinic: Clinic | None) -> str | None:
    """Return why the first session that cannot be where it is booked could not be moved there."""
    for one in course.treatments:
        for session in one.ahead:
            day, at = session.date, session.start
            try:
                move_of(course, one, session.number, day, at=at, late=True, clinic=clinic)
            except (RefusedError, NoRoomError) as error:
                return f"Session {one.mark(session.number)}: {error.faults[0].message}"
    return None


def _not_as_booked(course: CourseProgress, problem: str) -> RefusedError:
    name = course.state.course
    return RefusedError(
        "not_as_booked",
        f"The course {name} cannot be printed as it is booked. {problem}",
        "Record what was held or missed, then replan the course.",
        field="course",
        value=name,
    )


def opened_offsets(state: CourseState, plan: CoursePlan) -> Offsets:
    """Return the offsets of the plan that a course was opened with."""
    last = {session.protocol: session.number for session in state.sessions}
    planned = {visit.protocol: (visit.label, visit.number) for visit in plan.visits}
    return {label: last[name] - number for name, (label, number) in planned.items()}


def numbered_as_booked(plan: CoursePlan, offsets: Offsets) -> CoursePlan:
    """Return a plan with the numbers of the book, by which calendars know an appointment.

    Args:
        plan: The plan.
        offsets: What is added to the numbers of each treatment, by its letter.
    """
    if not any(offsets.values()):
        return plan
    sessions, top_ups = (
        tuple(
            visit.model_copy(update={"number": visit.number + offsets.get(visit.label, 0)})
            for visit in visits
        )
        for visits in (plan.sessions, plan.top_ups)
    )
    care = tuple(_care_as_booked(span, offsets) for span in plan.care)
    return plan.model_copy(update={"sessions": sessions, "top_ups": top_ups, "care": care})


def _care_as_booked(span: CareSpan, offsets: Offsets) -> CareSpan:
    letters: list[str | None] = [mark[0] for mark in span.labels]
    letters = letters or [None] * len(span.sessions)
    numbers = [
        number + offsets.get(letter, 0)
        for letter, number in zip(letters, span.sessions, strict=True)
    ]
    marks = [f"{mark[0]}{number}" for mark, number in zip(span.labels, numbers, strict=False)]
    return span.model_copy(update={"sessions": tuple(numbers), "labels": tuple(marks)})


def gone_sessions(state: CourseState, entries: Sequence[Entry]) -> list[Gone]:
    """Return the appointments once given that are off, by treatment and number.

    Args:
        state: The course.
        entries: What its events say, by revision.
    """
    given: dict[tuple[str, int], tuple[date, str | None, int | None]] = {}
    # What was given stays given, whatever was corrected later: it may be in a calendar.
    for entry in (*entries, *amended(entries)):
        record = entry.record
        if isinstance(record, Booked | Planned):
            for slot in record.sessions:
                start = str(slot.start) if slot.start else None
                given[_name(state, slot)] = slot.date, start, slot.minutes
        elif isinstance(record, Moved) and (name := _name(state, record)) in given:
            start = str(record.start) if record.start else None
            given[name] = record.to, start, given[name][2]
    live = {_name(state, session) for session in (*state.held, *state.upcoming)}
    places = {kept.id: place for place, kept in enumerate(state.protocols)}
    off = sorted(given.keys() - live, key=lambda name: (places.get(name[0], 0), name[1]))
    zone = ZoneInfo(state.timezone or "UTC")
    return [_gone(state.mark(number, name), *given[name, number], zone) for name, number in off]


def _name(state: CourseState, session: Slot | Moved | CourseSession) -> tuple[str, int]:
    return state.protocol_id(session.protocol), session.number


def _gone(mark: str, day: date, start: str | None, minutes: int | None, zone: ZoneInfo) -> Gone:
    number = int(mark) if mark.isdigit() else mark
    if start is None:
        return Gone(number, day)
    begin = datetime.combine(day, datetime.strptime(start, "%H:%M").time(), zone)  # noqa: DTZ007
    return Gone(number, day, begin, begin + timedelta(minutes=minutes or 0))
