"""Replan what has begun: what is held is fixed, and as little as possible of the rest moves."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

from pydantic import Field

from meso_schedule.base.busy_times import BusySource
from meso_schedule.base.dates import Day
from meso_schedule.base.errors import Fault, InputError
from meso_schedule.base.models import Model, Sentence
from meso_schedule.base.phrases import phrase
from meso_schedule.base.times import MIDNIGHT, Clock, clock_text
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.course_plan import CoursePlan, Session
from meso_schedule.course.request import CourseRequest
from meso_schedule.course.wishes import HeldDay, day_of, whose
from meso_schedule.planner.assembly import assemble
from meso_schedule.planner.budget import within_budget
from meso_schedule.planner.move_reasons import drop_reason, reasons_beside
from meso_schedule.planner.placing import PlacedProgramme, placed_programme
from meso_schedule.planner.programme_setup import ProgrammeSetup
from meso_schedule.planner.progress import BookedSession, Progress, renumbered
from meso_schedule.planner.sessions import PlacedTrack
from meso_schedule.planner.setting_up import programme_of
from meso_schedule.planner.setup import Setup
from meso_schedule.rules.protocol import Protocol
from meso_schedule.search.solving import MOST_STEPS

__all__ = ["BookedSession", "Change", "Replan", "renumbered", "replan_combined", "replan_course"]


class Change(Model):
    """What becomes of one booked session, or of one that had no date yet.

    Args:
        label: The letter of its protocol in a combined plan.
        protocol: The id of its protocol in a combined plan.
        number: Which session.
        kind: It moves, it had no date yet, or it is needed no longer.
        before: The day it was booked for.
        after: The day it is planned for now.
        start_before: The time it was booked for.
        start_after: The time it is planned for now.
        why: Why its booked day no longer works, or what else moves it.
    """

    label: str | None = None
    protocol: str | None = None
    number: int
    kind: Literal["moved", "new", "dropped"]
    before: Day | None = Field(alias="from")
    after: Day | None = Field(alias="to")
    start_before: str | None = None
    start_after: str | None = None
    why: tuple[Sentence, ...]


class Replan(Model):
    """A new plan, and how it differs from what was booked."""

    plan: CoursePlan
    changes: tuple[Change, ...]


def replan_course(
    protocol: Protocol,
    request: CourseRequest,
    booked: Sequence[BookedSession],
    *,
    clinic: Clinic | None = None,
    as_of: date,
    busy: Sequence[BusySource] = (),
    release: Collection[int] = (),
    known: Mapping[str, Protocol] | None = None,
    asked_at: Clock = MIDNIGHT,
) -> Replan:
    """Return the best calendar of the sessions to come that moves as few booked ones as it can.

    The order of `plan_course` holds, with two criteria after the days of lateness: the number
    of booked sessions that move, then the days by which they move. A session moves when it
    leaves its day, or when its day no longer holds its time. Sessions fixed by hand and those
    inside the clinic's notice stay on their days; a pin of the request comes before either,
    and a day that is past holds nothing. Days booked as if the skin would improve no longer count
    as booked once it has not, unless they were put there by hand. The top-ups are placed after
    the course by the same order.

    Args:
        protocol: The recipe.
        request: What is asked, with the sessions held and improvement recorded.
        booked: The sessions to come that have dates; others may have none.
        clinic: Hours, closures, prices and notice, as they are now.
        as_of: The day of asking.
        busy: Calendars whose events leave no room for a session, other than the booked ones.
        release: Numbers of sessions that may move although they would have to stay.
        known: Protocols besides the packaged ones that treatments given elsewhere may name.
        asked_at: The time of asking, from which a notice in hours counts; left out, midnight.

    Raises:
        InputError: When the request or the booked sessions do not go with the protocol.
        NoCalendarFits: When no calendar keeps every rule; ways out name whom to release.
        BudgetTooSmallError: When the budget does not pay for the fewest sessions.

    >>> from meso_schedule import CourseRequest, get_protocol
    >>> booked = [
    ...     BookedSession(number=2, date=date(2026, 12, 9)),
    ...     BookedSession(number=3, date=date(2026, 12, 16)),
    ... ]
    >>> request = CourseRequest(held=[date(2026, 12, 3)], sessions=3)
    >>> made = replan_course(
    ...     get_protocol("cellulite"), request, booked, as_of=date(2026, 12, 4)
    ... )
    >>> [(change.number, str(change.after)) for change in made.changes]
    [(2, '2026-12-10'), (3, '2026-12-17')]
    """
    begun = {
        protocol.id: Progress(booked=tuple(booked), release=frozenset(release), asked_at=asked_at)
    }
    return replan_combined(
        [protocol], request, begun, clinic=clinic, as_of=as_of, busy=busy, known=known
    )


def replan_combined(
    protocols: Sequence[Protocol],
    request: CourseRequest,
    begun: Mapping[str, Progress],
    *,
    clinic: Clinic | None = None,
    as_of: date,
    busy: Sequence[BusySource] = (),
    known: Mapping[str, Protocol] | None = None,
    most_steps: int = MOST_STEPS,
) -> Replan:
    """Return the best calendar of several treatments that moves as few booked sessions as it can.

    The order of `plan_combined` holds, with two criteria after the days of lateness, as in
    `replan_course`: the number of booked sessions that move, of all treatments together, then the
    days by which they move. Sessions held of one treatment keep days free for the others, and are
    judged each by the rule of its own. A visit that holds several treatments begins so that the
    most booked times can stay.

    Args:
        protocols: One to four, in the order of their labels.
        request: What is asked of all, as `plan_combined` takes it, with improvement recorded.
        begun: By the id of a protocol: what is held and booked of it, and what may move. The
            sessions held may stand in the request instead.
        clinic: Hours, closures, prices, spacing rules and notice, as they are now.
        as_of: The day of asking.
        busy: Calendars whose events leave no room for a session, other than the booked ones.
        known: Protocols besides the packaged ones that treatments given elsewhere may name.
        most_steps: The bound of work; past it the plan is the best one found, and says so.

    Raises:
        InputError: When the request or what has begun does not go with the protocols.
        NoCalendarFits: When no calendar keeps every rule; ways out name whom to release.
        NoCalendarFound: When the bound of work was passed before any calendar was found.
        BudgetTooSmallError: When the budget does not pay for the fewest sessions.
    """
    asked = programme_begun(
        protocols, request, begun, clinic=clinic, as_of=as_of, busy=busy, known=known
    )
    made = placed_programme(within_budget(asked, most_steps), most_steps)
    plan = assemble(made)
    changes = [change for place in range(len(protocols)) for change in _changes(made, plan, place)]
    return Replan(plan=plan, changes=tuple(changes))


def programme_begun(
    protocols: Sequence[Protocol],
    request: CourseRequest,
    begun: Mapping[str, Progress],
    *,
    clinic: Clinic | None = None,
    as_of: date,
    busy: Sequence[BusySource] = (),
    known: Mapping[str, Protocol] | None = None,
) -> ProgrammeSetup:
    """Return what is asked of treatments of which some sessions are held or booked.

    Raises:
        InputError: When the request or what has begun does not go with the protocols.
    """
    clinic = clinic or Clinic.default()
    if faults := list(_faults(protocols, request, begun)):
        raise InputError(faults)
    request = _with_held(protocols, request, begun)
    return programme_of(protocols, request, clinic, as_of, known=known, busy=busy, begun=begun)


def _faults(
    protocols: Sequence[Protocol], request: CourseRequest, begun: Mapping[str, Progress]
) -> Iterator[Fault]:
    ids = [protocol.id for protocol in protocols]
    for name, own in begun.items():
        if name not in ids:
            problem, remedy = f"{name} is none of the protocols.", f"Known: {', '.join(ids)}."
            yield Fault("bad_begun", problem, None, "begun", name, remedy)
        told = _held_of(request, name)
        if own.held and told and own.held != told:
            yield Fault(
                "contradiction",
                f"Other sessions of {name} are held in the request than are given with it.",
                None,
                "held",
                ", ".join(map(str, told)),
                "Give them once.",
            )


def _held_of(request: CourseRequest, name: str) -> tuple[date, ...]:
    return tuple(day_of(entry) for entry in request.held if whose(entry) in (None, name))


def _with_held(
    protocols: Sequence[Protocol], request: CourseRequest, begun: Mapping[str, Progress]
) -> CourseRequest:
    """Return the request with the sessions held that stand with what has begun."""
    more = [
        HeldDay(protocol.id, day)
        for protocol in protocols
        if not _held_of(request, protocol.id)
        for day in begun.get(protocol.id, Progress()).held
    ]
    return request.model_copy(update={"held": (*request.held, *more)}) if more else request


def _changes(made: PlacedProgramme, plan: CoursePlan, place: int) -> Iterator[Change]:
    """Yield how the sessions of one treatment differ from what was booked."""
    treatment = made.treatments[place]
    setup = treatment.setup
    own = made.asked.begun.get(setup.protocol.id, Progress())
    by_number = {entry.number: entry for entry in own.booked}
    tracks = {
        track.number + session: (track, session)
        for track in treatment.tracks
        for session in range(len(track.dates))
    }
    visits = [visit for visit in plan.visits if visit.label == setup.label]
    for visit in visits:
        entry = by_number.pop(visit.number, None)
        if entry is None:
            yield _change(setup, "new", None, visit, (phrase("it had no date yet"),))
        elif _is_moved(entry, visit):
            why = tuple(_why_moved(made, place, *tracks[visit.number]))
            yield _change(setup, "moved", entry, visit, why)
    held = [entry.number for entry in made.asked.held(place)]
    last = [*held, *(visit.number for visit in visits)][-1]
    for _, entry in sorted(by_number.items()):
        why = (drop_reason(setup, last, entry.number, entry.date),)
        yield _change(setup, "dropped", entry, None, why)


def _why_moved(
    made: PlacedProgramme, place: int, track: PlacedTrack, session: int
) -> Iterator[str]:
    if session in track.task.booked:
        return reasons_beside(made, place, track, session)
    return iter([phrase("its day was booked as if the skin had improved")])


def _is_moved(entry: BookedSession, visit: Session) -> bool:
    return entry.date != visit.date or (
        entry.start is not None and str(entry.start) != _start_of(visit)
    )


def _change(
    setup: Setup,
    kind: Literal["moved", "new", "dropped"],
    entry: BookedSession | None,
    visit: Session | None,
    why: tuple[str, ...],
) -> Change:
    at = visit or entry
    assert at, "what changes is booked or planned"
    return Change(
        label=setup.label,
        protocol=setup.named,
        number=at.number,
        kind=kind,
        before=entry.date if entry else None,
        after=visit.date if visit else None,
        start_before=str(entry.start) if entry and entry.start else None,
        start_after=_start_of(visit) if visit else None,
        why=why,
    )


def _start_of(visit: Session) -> str | None:
    return clock_text(60 * visit.start.hour + visit.start.minute) if visit.start else None
