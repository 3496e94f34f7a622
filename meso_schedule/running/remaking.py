"""A course of the book handed to the planner: what is asked, held and booked of it now."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from meso_schedule.availability.busy_times import BusySource
from meso_schedule.base.errors import InputError, shortened
from meso_schedule.base.free_text import RECORDED
from meso_schedule.book.state import CourseState
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.request import CourseRequest
from meso_schedule.course.wishes import Wanted
from meso_schedule.planner.booked import Begun
from meso_schedule.planner.programme_replan import replan_combined
from meso_schedule.planner.replan import Replan, replan_course
from meso_schedule.running.course_progress import Followed
from meso_schedule.running.distances import spacing_known
from meso_schedule.running.treatment_progress import (
    Running,
    bookings_of,
    improved_day,
    without_agreed,
)

# A session of the book: its protocol and its number.
Name = tuple[str, int]


def remade(
    course: Followed,
    *,
    clinic: Clinic | None,
    busy: Sequence[BusySource] = (),
    release: Collection[Name] = (),
    late: int | None = None,
    is_fixed: bool = False,
) -> Replan:
    """Return the calendar of a course that moves as few booked sessions as it can.

    Args:
        course: The course, as it is asked for now.
        clinic: Hours, closures, spacing rules and notice, as they are now.
        busy: Calendars whose events leave no room for a session.
        release: Sessions that may move although they would have to stay.
        late: The lateness allowed, when it is not that of the course.
        is_fixed: Whether every booked session has to stay.

    Raises:
        InputError: When what is asked does not go with the course.
        NoCalendarFits: When no calendar keeps every rule.
    """
    begun = {one.protocol.id: _begun(one, release, is_fixed=is_fixed) for one in course.treatments}
    asked = _asked(course, begun)
    if late is not None:
        # The start is widened as well: lateness alone does not.
        room = {"start_within": late} if asked.start else {}
        asked = asked.model_copy(update={"late": late, **room})
    clinic = spacing_known(clinic, course.state) if clinic else None
    known = course.treatments[0].known
    if course.is_combined:
        return replan_combined(
            [one.protocol for one in course.treatments],
            asked,
            begun,
            clinic=clinic,
            as_of=course.as_of,
            busy=busy,
            known=known,
        )
    (one,), (own,) = course.treatments, begun.values()
    return replan_course(
        one.protocol,
        asked,
        own.booked,
        clinic=clinic,
        as_of=course.as_of,
        busy=busy,
        release=own.release,
        known=known,
    )


def _begun(one: Running, release: Collection[Name], *, is_fixed: bool) -> Begun:
    booked = bookings_of(one)
    if is_fixed:
        booked = tuple(entry.model_copy(update={"pinned": True}) for entry in booked)
    return Begun(
        held=tuple(session.date for session in one.held),
        booked=booked,
        release=frozenset(
            number - one.offset for name, number in release if name == one.protocol.id
        ),
        improved_on=improved_day(one.state),
    )


def _asked(course: Followed, begun: Mapping[str, Begun]) -> CourseRequest:
    """Return what is asked; what has neither begun nor days does not begin in the past."""
    if not course.is_combined:
        (one,), (own,) = course.treatments, begun.values()
        begin = one.request.start
        if _is_idle(own) and begin and begin < course.as_of:
            return one.request.model_copy(update={"start": course.as_of})
        return one.request
    asked = whole_request(course.state)
    wishes = {wish.protocol: wish for wish in asked.wanted}
    wanted = [
        _later(wishes.get(name, Wanted(name)), asked.start, course.as_of)
        if _is_idle(own)
        else wishes.get(name, Wanted(name))
        for name, own in begun.items()
    ]
    return asked.model_copy(update={"protocol": tuple(map(str, wanted))})


def _is_idle(own: Begun) -> bool:
    return not own.held and not own.booked


def _later(wish: Wanted, start: date | None, as_of: date) -> Wanted:
    begin = wish.start or start
    return Wanted(wish.protocol, wish.sessions, as_of) if begin and begin < as_of else wish


def whole_request(state: CourseState) -> CourseRequest:
    """Return what is asked of a course of several treatments; what is held stands beside it."""
    values: dict[str, Any] = {**state.request, "patient": state.patient}
    values.setdefault("reference", state.course)
    return CourseRequest.model_validate(without_agreed(values), context=RECORDED)


def with_wishes(state: CourseState, wanted: Sequence[Wanted]) -> list[str]:
    """Return what each of several treatments is asked, some of them anew.

    What is not said anew stays: the number of sessions, or the start.

    Raises:
        InputError: For a treatment that the course does not have, or a course of one.
    """
    wishes = {wish.protocol: wish for wish in whole_request(state).wanted}
    for new in wanted:
        if new.protocol not in wishes:
            raise InputError.of(
                "unknown_treatment",
                f"The course has no treatment {shortened(new.protocol)} among several.",
                field="treatment",
                value=str(new),
                remedy=f"Known: {', '.join(wishes) or 'none; it has one protocol'}.",
            )
        old = wishes[new.protocol]
        wishes[new.protocol] = Wanted(
            new.protocol, new.sessions or old.sessions, new.start or old.start
        )
    return list(map(str, wishes.values()))
