"""A course of the book planned anew: what becomes of its sessions, and the events that say so."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from meso_schedule.busy import BusySource
from meso_schedule.clinic import Clinic
from meso_schedule.replan import Change, Replan, replan_course
from meso_schedule.request import CourseRequest
from meso_schedule.running.courses import (
    Running,
    bookings_of,
    forecast_of,
    request_of,
    running,
    slots_of,
)
from meso_schedule.store.parts import Slot
from meso_schedule.store.records import Booked, Cancelled, Planned, Record
from meso_schedule.store.state import CourseState


@dataclass(frozen=True, slots=True)
class Replanned:
    """A new calendar and the events that book it; none where nothing changes.

    Args:
        offset: What is added to a session's number in the plan to have the book's.
    """

    made: Replan
    offset: int
    records: tuple[Record, ...]


def replanned(
    state: CourseState,
    *,
    clinic: Clinic | None,
    as_of: date,
    changes: Mapping[str, Any] | None = None,
    busy: Sequence[BusySource] = (),
    release: Collection[int] = (),
) -> Replanned:
    """Return the calendar of a course that moves as few booked sessions as it can.

    Args:
        state: The course.
        clinic: Hours, closures and notice, as they are now.
        as_of: The day of asking.
        changes: What is asked from now on, by the names of a request.
        busy: Calendars whose events leave no room for a session.
        release: Numbers, in the book, of sessions that may move although they would have to stay.

    Raises:
        InputError: When the changes do not go with the course.
        NoCalendarFits: When no calendar keeps every rule.
    """
    asked = dict(changes or {})
    course = running(state, as_of)
    if asked:
        course = replace(course, request=request_of(state, asked))
    booked = bookings_of(course)
    request = course.request
    if not booked and not request.held and request.start and request.start < as_of:
        request = request.model_copy(update={"start": as_of})
    made = replan_course(
        course.protocol,
        request,
        booked,
        clinic=clinic,
        as_of=course.as_of,
        busy=busy,
        release=[number - course.offset for number in release],
    )
    made = made.model_copy(update={"changes": (*_passed_over(course), *made.changes)})
    return Replanned(made, course.offset, tuple(_records(course, made, asked, release)))


def _passed_over(course: Running) -> Iterator[Change]:
    """Drop what is still booked although a later visit was held."""
    for session in course.passed_over:
        yield Change(
            number=session.number - course.offset,
            kind="dropped",
            before=session.date,
            after=None,
            start_before=str(session.start) if session.start else None,
            why=(f"session {course.last_visit} was held",),
        )


def _records(
    course: Running, made: Replan, asked: Mapping[str, Any], release: Collection[int]
) -> Iterator[Record]:
    slots = slots_of(
        made.plan.visits,
        course.protocol,
        course.state.terms,
        offset=course.offset,
        pinned=_still_pinned(course, made, release),
    )
    changed = tuple(slot for slot in slots if _differs(slot, course.state))
    kept = None
    if asked:
        values = {**course.state.request, **asked}
        kept = CourseRequest.model_validate(values)
    forecast = forecast_of(course)
    if kept is not None and slots:
        yield Planned(sessions=slots, request=kept)
        changed = slots
    dropped = [change.number + course.offset for change in made.changes if change.kind == "dropped"]
    if dropped:
        yield Cancelled(numbers=tuple(dropped), forecast=forecast)
    if changed:
        yield Booked(sessions=changed, forecast=forecast)


def _still_pinned(course: Running, made: Replan, release: Collection[int]) -> set[int]:
    """Return the numbers, in the plan, of sessions fixed by hand that stay where they are."""
    moved = {change.number for change in made.changes}
    pinned = {session.number for session in course.state.upcoming if session.pinned}
    kept = {number - course.offset for number in pinned if number not in release}
    return kept - moved


def _differs(slot: Slot, state: CourseState) -> bool:
    """Tell whether the book says something else of a session, its price aside."""
    there = state.find_session(slot.number)
    if there is None or there.status != "booked":
        return True
    names = ("date", "start", "minutes", "phase", "provisional", "pinned")
    return any(getattr(there, name) != getattr(slot, name) for name in names)
