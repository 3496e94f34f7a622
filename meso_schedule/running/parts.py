"""A course of several treatments as the planner's rules see it: one treatment at a time."""

from datetime import date
from typing import Any

from meso_schedule.base.free_text import RECORDED
from meso_schedule.book.payloads import KeptProtocol
from meso_schedule.book.state import CourseState
from meso_schedule.course.request import CourseRequest
from meso_schedule.course.wishes import Wanted
from meso_schedule.rules.protocol import Protocol

# What a treatment is not asked where its protocol has no rule for it.
_OF_TAPERS = ("improves_after", "no_improvement", "improved_on")
_OF_TOP_UPS = ("top_ups", "until")


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
