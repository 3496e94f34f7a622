"""The calendar that comes true if the skin does not improve, beside the one that is foreseen.

Up to the decision both are the same; what differs are the phases of the sessions after it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from meso_schedule.base.phrases import Phrase, joined, phrase
from meso_schedule.base.phrases import parts_of as parts_of_text
from meso_schedule.course.course_plan import Finding, Session
from meso_schedule.course.wishes import Pin
from meso_schedule.planner.assessments import Decision, decision_of
from meso_schedule.planner.booked import free_to_move
from meso_schedule.planner.parts import Part, sessions_of
from meso_schedule.planner.placing import PlacedProgramme, placed_on
from meso_schedule.planner.programme_setup import ProgrammeSetup
from meso_schedule.planner.setup import Setup
from meso_schedule.search.solving import solve
from meso_schedule.search.task import OutOfWork

# It is looked for with less work than the calendar that is booked.
_MOST_STEPS = 40_000


class WithoutImprovement(NamedTuple):
    """What becomes of a course if the skin does not improve.

    Args:
        sessions: The course sessions after the decision; None where there is no such calendar.
        findings: What is to be decided and when, and why there is no such calendar.
    """

    sessions: tuple[Session, ...] | None = None
    findings: tuple[Finding, ...] = ()


def without_improvement(placed: PlacedProgramme, parts: Sequence[Part]) -> WithoutImprovement:
    """Return what becomes of a course if no treatment that is undecided improves the skin.

    Every session up to the decision is on its day of the forecast; of a treatment that waits for
    nothing, every session up to the first decision.
    """
    decisions = [decision_of(part) for part in parts]
    days = [decision.day for decision in decisions if decision]
    if not days:
        return WithoutImprovement()
    ends = [
        decision.after if decision else _last_number(part, min(days))
        for decision, part in zip(decisions, parts, strict=True)
    ]
    asked = _with_days_until(placed, parts, ends)
    sessions, why = _sessions_after(asked, ends)
    undecided = [(part, it) for part, it in zip(parts, decisions, strict=True) if it]
    findings = [_undecided(part, decision, sessions or ()) for part, decision in undecided]
    if why:
        findings.append(why)
    elif len(undecided) > 1:
        findings.append(_none_of([part for part, _ in undecided]))
    return WithoutImprovement(sessions, tuple(findings))


def _last_number(part: Part, day: date) -> int:
    """Return the number of the last session of a treatment up to a day; 0 before its first."""
    planned = [visit.number for visit in part.sessions if visit.date <= day]
    return max([part.setup.next_number - 1, *planned])


def _with_days_until(
    placed: PlacedProgramme, parts: Sequence[Part], ends: Sequence[int]
) -> ProgrammeSetup:
    """Return what is asked without improvement, each session up to its end on its day."""
    asked = placed.asked.unimproved.asking(top_ups=None, until=None)
    setups = [
        _with_pins(setup, part, end)
        for setup, part, end in zip(asked.setups, parts, ends, strict=True)
    ]
    return replace(asked, setups=free_to_move(setups, asked.begun))


def _with_pins(setup: Setup, part: Part, end: int) -> Setup:
    pinned = {pin.session for pin in setup.request.pin}
    days = (
        Pin(visit.number, visit.date)
        for visit in part.sessions
        if visit.number <= end and visit.number not in pinned
    )
    request = setup.request.model_copy(update={"pin": (*setup.request.pin, *days)})
    return replace(setup, request=request)


def _sessions_after(
    asked: ProgrammeSetup, ends: Sequence[int]
) -> tuple[tuple[Session, ...] | None, Finding | None]:
    """Return the sessions after the ends, or why there are none."""
    try:
        calendar = solve(asked.programme(), _MOST_STEPS)
    except OutOfWork:
        message = phrase("What follows without improvement took too much work to tell.")
        return None, Finding.made(kind="not_proved", message=message)
    if calendar is None:
        return None, _no_calendar(asked)
    told = sessions_of(placed_on(asked, calendar), ends)
    after = [visit for sessions, _ in told for visit in sessions]
    return tuple(sorted(after, key=lambda visit: (visit.date, visit.label or ""))), None


def _no_calendar(asked: ProgrammeSetup) -> Finding:
    # What explains a no is most of the planner, and most requests have a calendar.
    from meso_schedule.planner.conflicts import first_conflict

    conflict = first_conflict(asked)
    setup = next(it for it in asked.setups if conflict.protocol in (None, it.protocol.id))
    reasons = dict.fromkeys(text for day in conflict.blocked for text in parts_of_text(day.reason))
    message = phrase(
        "Without improvement session {number} has no usable day from {first} to {last}: {reasons}.",
        number=conflict.session,
        first=conflict.window.earliest,
        last=conflict.window.latest,
        reasons=joined(reasons, "; "),
    )
    return _finding("without_improvement", setup, conflict.session, message)


def _undecided(part: Part, decision: Decision, otherwise: Sequence[Session]) -> Finding:
    """Say what is to be decided, when, and on which days the next session is then."""
    others = {visit.number: visit.date for visit in otherwise if visit.label == part.setup.label}
    after = [visit for visit in part.sessions if visit.number > decision.after]
    differing = [it for it in after if others.get(it.number, it.date) != it.date]
    first = (differing or after)[0]
    told = {"number": first.number, "day": first.date, "assessed": decision.day}
    message = _decided(told, others.get(first.number) if differing else None, is_told=bool(others))
    return _finding("undecided", part.setup, first.number, message)


def _finding(kind: str, setup: Setup, session: int, message: Phrase) -> Finding:
    told = setup.naming(message)
    return Finding.made(kind=kind, session=session, label=setup.label, message=told)


def _decided(told: dict[str, object], other: date | None, *, is_told: bool) -> Phrase:
    if other:
        return phrase(
            "Session {number} is on {day} if the skin has improved, else on {other}: to be"
            " assessed on {assessed}.",
            other=other,
            **told,
        )
    if is_told:
        return phrase(
            "Session {number} is on {day} whether the skin has improved or not: to be assessed on"
            " {assessed}.",
            **told,
        )
    return phrase(
        "Session {number} is on {day} if the skin has improved: to be assessed on {assessed}.",
        **told,
    )


def _none_of(parts: Sequence[Part]) -> Finding:
    names = joined(part.setup.protocol.name for part in parts)
    message = phrase("Without improvement means that none has improved of {names}.", names=names)
    return Finding.made(kind="without_improvement", message=message)
