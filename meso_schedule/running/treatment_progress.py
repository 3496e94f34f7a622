"""A course of the book as the planner sees it.

The book counts visits: every session held has a number of its own. The planner counts the
sessions of the protocol, and repeats the number of one that does not count. `offset` is the
difference between the two.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from meso_schedule.base.free_text import RECORDED
from meso_schedule.book.payloads import KeptProtocol, Slot, Terms
from meso_schedule.book.prices import price_of
from meso_schedule.book.state import CourseSession, CourseState
from meso_schedule.course.course_plan import Session
from meso_schedule.course.request import CourseRequest
from meso_schedule.course.wishes import Wanted
from meso_schedule.evaluation.evaluate import Standing
from meso_schedule.planner.booked import BookedSession
from meso_schedule.planner.setup import standing_of
from meso_schedule.rules.protocol import Protocol

_FORESEEN = ("improves_after", "no_improvement")

# Kept to be told: what a course costs is agreed, and no later price cuts it short.
AGREED = ("budget",)

# What a treatment is not asked where its protocol has no rule for it.
_OF_TAPERS = ("improves_after", "no_improvement", "improved_on")
_OF_TOP_UPS = ("top_ups", "until")


@dataclass(frozen=True, slots=True)
class TreatmentProgress:
    """A course of one treatment under way on a day of asking, or one treatment of several.

    Args:
        protocol: As it was kept with the course.
        request: What is asked, with the sessions held and improvement recorded.
        standing: What the sessions held amount to; None while there are none.
        label: The letter of one of several treatments.
    """

    state: CourseState
    protocol: Protocol
    request: CourseRequest
    as_of: date
    standing: Standing | None
    label: str | None = None

    @property
    def known(self) -> dict[str, Protocol]:
        """The protocols besides the packaged ones that treatments given elsewhere may name."""
        return {kept.id: kept.read() for kept in self.state.elsewhere}

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

    def mark(self, number: int) -> str:
        """Return what tells a session of the book from all others: `2`, or `B2`."""
        return f"{self.label or ''}{number}"


def running(state: CourseState, as_of: date) -> TreatmentProgress:
    """Return a course of one protocol as the planner sees it.

    Args:
        state: A course that was not erased, or what concerns one of its treatments.
        as_of: The day of asking; a day before the last session held counts as that day.

    Raises:
        InputError: When what is recorded does not go with its protocol.
    """
    held = sorted(session.date for session in state.held)
    as_of = max([as_of, *held])
    protocol = state.protocols[0].read()
    request = request_of(state)
    count = request.sessions or protocol.sessions.usual
    standing = standing_of(protocol, request, as_of, count) if held else None
    return TreatmentProgress(state, protocol, request, as_of, standing)


def request_of(state: CourseState) -> CourseRequest:
    """Return what is asked of a course of one treatment now, with what was held and recorded.

    Raises:
        InputError: When what is asked does not go with the rest.
    """
    values: dict[str, Any] = dict(state.request)
    if state.held:
        values["held"] = sorted(session.date for session in state.held)
    if improved_on := improved_day(state):
        values["improved_on"] = improved_on
        values = {name: value for name, value in values.items() if name not in _FORESEEN}
    return asked_of(state, values)


def asked_of(state: CourseState, values: Mapping[str, Any]) -> CourseRequest:
    """Read what is asked of a course, without what was settled when it was opened."""
    asked = {name: value for name, value in values.items() if name not in AGREED}
    whose = {"reference": state.course, **asked, "patient": state.patient}
    return CourseRequest.model_validate(whose, context=RECORDED)


def improved_day(state: CourseState) -> date | None:
    """Return the day on which improvement was recorded, in the book or before it."""
    asked = state.request.get("improved_on")
    return state.improved_on or (date.fromisoformat(str(asked)) if asked else None)


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


def bookings_of(course: TreatmentProgress) -> tuple[BookedSession, ...]:
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


def parts_of(state: CourseState) -> tuple[CourseState, ...]:
    """Return what concerns each treatment of a course, as if it were a course of its own.

    Args:
        state: A course that was not erased; one of a single protocol is its own part.

    Raises:
        InputError: When what is asked of it cannot be read.
    """
    if len(state.protocols) == 1:
        return (state,)
    asked = CourseRequest.model_validate(dict(state.request), context=RECORDED)
    wishes = {wish.protocol: wish for wish in asked.wanted}
    return tuple(
        _part(state, kept, asked.of(wishes.get(kept.id, Wanted(kept.id))))
        for kept in state.protocols
    )


def _part(state: CourseState, kept: KeptProtocol, asked: CourseRequest) -> CourseState:
    protocol = kept.read()
    sessions = tuple(session for session in state.sessions if session.protocol == kept.id)
    held = [session.date for session in sessions if session.status == "held"]
    values = asked.model_dump(mode="json", exclude_defaults=True, exclude={"protocol"})
    aside = [*_unruled(protocol)]
    if asked.improved_on and asked.improved_on < min(held, default=date.max):
        aside.append("improved_on")
    changes: dict[str, Any] = {
        "protocols": (kept,),
        "sessions": sessions,
        "request": {name: value for name, value in values.items() if name not in aside},
        "improved_on": state.improvements.get(kept.id),
        "improvements": {},
        "terms": state.treatment_terms.get(kept.id),
        "treatment_terms": {},
    }
    return state.model_copy(update=changes)


def _unruled(protocol: Protocol) -> tuple[str, ...]:
    """Return what cannot be asked of a protocol alone."""
    tapers = () if protocol.has_taper else _OF_TAPERS
    return tapers if protocol.top_up else (*tapers, *_OF_TOP_UPS)
