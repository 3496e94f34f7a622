"""A course of the book as the planner sees it.

The book counts visits: every session held has a number of its own. The planner counts the
sessions of the protocol, and repeats the number of one that does not count. `offset` is the
difference between the two.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from meso_schedule.bookings import BookedSession
from meso_schedule.course import CoursePlan, Session
from meso_schedule.errors import InputError
from meso_schedule.history import Standing
from meso_schedule.request import START_WITHIN, CourseRequest
from meso_schedule.rules import Protocol
from meso_schedule.running.money import price_of
from meso_schedule.store.errors import RefusedError
from meso_schedule.store.parts import Forecast, Slot, Terms
from meso_schedule.store.records import Held, Improved, Record
from meso_schedule.store.state import CourseSession, CourseState, Entry
from meso_schedule.tasks import standing_of

# Asked once, when the course is opened; afterwards the book says it.
_ASIDE = {
    *("protocol", "as_of", "pin", "alternatives", "budget", "held", "patient"),
}
_FORESEEN = ("improves_after", "no_improvement")


@dataclass(frozen=True, slots=True)
class Running:
    """A course under way on a day of asking.

    Args:
        protocol: As it was kept with the course.
        request: What is asked, with the sessions held and improvement recorded.
        standing: What the sessions held amount to; None while there are none.
    """

    state: CourseState
    protocol: Protocol
    request: CourseRequest
    as_of: date
    standing: Standing | None

    @property
    def held(self) -> tuple[CourseSession, ...]:
        """The sessions held, in the order in which they were judged."""
        return tuple(sorted(self.state.held, key=lambda session: session.date))

    @property
    def last_visit(self) -> int:
        """The number of the last visit held, in the book; 0 before the first."""
        return max((session.number for session in self.state.held), default=0)

    @property
    def offset(self) -> int:
        """What is added to a session's number in a plan to have its number in the book."""
        return self.last_visit - (self.standing.counted if self.standing else 0)

    @property
    def ahead(self) -> tuple[CourseSession, ...]:
        """The sessions to come after the last visit held, by date."""
        return tuple(it for it in self.state.upcoming if it.number > self.last_visit)

    @property
    def passed_over(self) -> tuple[CourseSession, ...]:
        """The sessions that have days still, although a later visit was held."""
        return tuple(it for it in self.state.upcoming if it.number < self.last_visit)

    @property
    def next_visit(self) -> int:
        """The number that the next visit has in the book."""
        return self.last_visit + 1


def running(state: CourseState, as_of: date) -> Running:
    """Return a course as the planner sees it.

    Args:
        state: A course that was not erased.
        as_of: The day of asking; a day before the last session held counts as that day.

    Raises:
        InputError: When there are several protocols, or what is recorded goes with none.
    """
    if len(state.protocols) != 1:
        raise InputError.of(
            "unsupported",
            f"The course {state.course} is one of {len(state.protocols)} protocols.",
            field="course",
            value=state.course,
            remedy="Only courses of one protocol are followed.",
        )
    held = sorted(session.date for session in state.held)
    as_of = max([as_of, *held])
    protocol = state.protocols[0].read()
    request = request_of(state)
    count = request.sessions or protocol.sessions.usual
    standing = standing_of(protocol, request, as_of, count) if held else None
    return Running(state, protocol, request, as_of, standing)


def request_of(state: CourseState, changes: dict[str, Any] | None = None) -> CourseRequest:
    """Return what is asked of a course now: its request, what was held, what was recorded.

    Args:
        state: The course.
        changes: What is asked from now on, by the names of a request.

    Raises:
        InputError: When the changes do not go with the rest.
    """
    values: dict[str, Any] = {**state.request, **(changes or {})}
    if state.held:
        values["held"] = sorted(session.date for session in state.held)
    if improved_on := improved_day(state):
        values["improved_on"] = improved_on
        values = {name: value for name, value in values.items() if name not in _FORESEEN}
    values["patient"] = state.patient
    values.setdefault("reference", state.course)
    return CourseRequest.model_validate(values)


def improved_day(state: CourseState) -> date | None:
    """Return the day on which improvement was recorded, in the book or before it."""
    asked = state.request.get("improved_on")
    return state.improved_on or (date.fromisoformat(str(asked)) if asked else None)


def kept_request(request: CourseRequest, plan: CoursePlan) -> CourseRequest:
    """Return what the book keeps of a request: with what the plan filled in, the rest aside.

    Args:
        request: What was asked when the course was opened.
        plan: What was answered.
    """
    values = request.model_dump(exclude_defaults=True, exclude=_ASIDE)
    if request.event is None:
        values["start"] = request.start or min(request.held_days, default=plan.as_of)
    if plan.sessions:
        values["sessions"] = plan.sessions[-1].number
    return CourseRequest.model_validate(values)


def slots_of(
    visits: Collection[Session],
    protocol: Protocol,
    terms: Terms | None,
    *,
    offset: int = 0,
    pinned: Collection[int] = (),
) -> tuple[Slot, ...]:
    """Return the sessions of a plan as the book keeps them.

    Args:
        visits: The sessions of the plan that are booked.
        protocol: Whose they are.
        terms: What the course costs.
        offset: What is added to a session's number.
        pinned: Numbers, in the plan, of sessions fixed by hand.
    """
    return tuple(
        Slot(
            number=visit.number + offset,
            protocol=visit.protocol,
            date=visit.date,
            start=f"{visit.start:%H:%M}" if visit.start else None,
            minutes=protocol.sessions.minutes,
            phase=visit.phase,
            provisional=visit.provisional,
            pinned=visit.number in pinned,
            price=price_of(terms, visit.number + offset),
        )
        for visit in visits
    )


def bookings_of(course: Running) -> tuple[BookedSession, ...]:
    """Return the sessions to come that have days, numbered as the planner counts them."""
    return tuple(
        BookedSession(
            number=session.number - course.offset,
            date=session.date,
            start=session.start,
            pinned=session.pinned,
        )
        for session in course.ahead
    )


def forecast_of(course: Running) -> Forecast:
    """Return what is due next, by its number in the book; all empty when nothing more is."""
    if course.state.stopped:
        return Forecast()
    if course.standing is None:
        return _first_forecast(course)
    following = course.standing.forecast
    if following is None or not _is_wanted(course, following.number, following.earliest):
        return Forecast()
    return Forecast(
        number=following.number + course.offset,
        protocol=course.protocol.id,
        earliest=following.earliest,
        recommended=following.recommended,
        latest=following.latest,
    )


def _is_wanted(course: Running, number: int, earliest: date) -> bool:
    """Tell whether a session belongs to the course or to the top-ups asked for."""
    request = course.request
    count = request.sessions or course.protocol.sessions.usual
    if request.until:
        return number <= count or earliest <= request.until
    return number <= count + (request.top_ups or 0)


def _first_forecast(course: Running) -> Forecast:
    booked = course.state.find_session(1)
    request, within = course.request, course.request.start_within
    start = request.start or course.state.opened_on
    latest = start + timedelta(days=START_WITHIN if within is None else within)
    recommended = start
    if request.start is None and booked:  # planned back from an event
        latest = recommended = max(start, booked.date)
    return Forecast(
        number=1,
        protocol=course.protocol.id,
        earliest=start,
        recommended=recommended,
        latest=latest,
    )


def forecast_after(state: CourseState, record: Record, as_of: date) -> Forecast | None:
    """Return what is due once an event has been added; None where that cannot be told.

    The book refuses what cannot follow; nothing is foreseen for it.
    """
    entry = Entry(state.revision + 1, state.last_at, record)
    try:
        return forecast_of(running(following(state, entry), as_of))
    except InputError:
        return None


def following(state: CourseState, entry: Entry) -> CourseState:
    """Return a course as it would be with a session held or improvement recorded besides."""
    record = entry.record
    if isinstance(record, Improved):
        return state.model_copy(update={"improved_on": record.on})
    if isinstance(record, Held):
        held = CourseSession(
            protocol=state.protocol_id(record.protocol),
            number=record.number,
            status="held",
            date=record.on,
            revision=entry.revision,
        )
        others = [session for session in state.sessions if session.number != record.number]
        return state.model_copy(update={"sessions": (*others, held)})
    return state


def check_improvement(state: CourseState, on: date) -> None:
    """Refuse improvement of a course that waits for none, or that was recorded before.

    Raises:
        RefusedError: The sentence says why.
    """
    protocol = state.protocols[0].read()
    if not protocol.has_taper:
        raise RefusedError(
            "no_taper",
            f"No phase of {protocol.id} waits for improvement.",
            "Write a note instead.",
            field="on",
            value=on,
        )
    if before := improved_day(state):
        raise RefusedError(
            "already_recorded",
            f"Improvement was recorded for {before}.",
            "Correct that event.",
            field="on",
            value=on,
        )
    first = min((session.date for session in state.held), default=None)
    if first is None or on < first:
        raise RefusedError(
            "nothing_held",
            f"No session was held by {on}.",
            "Record the sessions held first.",
            field="on",
            value=on,
        )
