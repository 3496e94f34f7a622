"""Replan a running course: what is held is fixed, and as little as possible of the rest moves."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

from pydantic import Field

from meso_schedule.base.busy_times import BusySource
from meso_schedule.base.dates import Day
from meso_schedule.base.errors import InputError
from meso_schedule.base.models import Model, Sentence
from meso_schedule.base.phrases import phrase
from meso_schedule.base.times import clock_text
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.course_plan import CoursePlan, Session
from meso_schedule.course.request import CourseRequest
from meso_schedule.planner.assembly import assemble
from meso_schedule.planner.booked import BookedSession, booking_faults, renumbered, with_bookings
from meso_schedule.planner.move_reasons import drop_reason, move_reasons
from meso_schedule.planner.planning import placed, prepared
from meso_schedule.planner.sessions import PlacedTrack
from meso_schedule.planner.setup import Setup
from meso_schedule.rules.protocol import Protocol

__all__ = ["BookedSession", "Change", "Replan", "changes_of", "renumbered", "replan_course"]


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
) -> Replan:
    """Return the best calendar of the sessions to come that moves as few booked ones as it can.

    The order of `plan_course` holds, with two criteria after the days of lateness: the number
    of booked sessions that move, then the days by which they move. A session moves when it
    leaves its day, or when its day no longer holds its time. Sessions fixed by hand and those
    inside the clinic's notice stay on their days; a pin of the request comes before either,
    and a day that is past holds nothing. The top-ups are placed after the course by the same
    order.

    Args:
        protocol: The recipe.
        request: What is asked, with the sessions held and improvement recorded.
        booked: The sessions to come that have dates; others may have none.
        clinic: Hours, closures, prices and notice, as they are now.
        as_of: The day of asking.
        busy: Calendars whose events leave no room for a session, other than the booked ones.
        release: Numbers of sessions that may move although they would have to stay.
        known: Protocols besides the packaged ones that treatments given elsewhere may name.

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
    setup, tariff = prepared(protocol, request, clinic, as_of, busy, known=known)
    if faults := list(booking_faults(setup, booked)):
        raise InputError(faults)
    setup = with_bookings(setup, booked, release)
    course, top_ups, findings = placed(setup, tariff)
    plan = assemble(setup, course, top_ups, findings, tariff)
    chains = [chain for chain in (course, top_ups) if chain]
    return Replan(plan=plan, changes=tuple(changes_of(setup, plan, chains, booked)))


def changes_of(
    setup: Setup,
    plan: CoursePlan,
    chains: Sequence[PlacedTrack],
    booked: Sequence[BookedSession],
    reasons: Callable[[PlacedTrack, int], Iterator[str]] = move_reasons,
) -> Iterator[Change]:
    """Yield how a plan differs from what was booked.

    Args:
        setup: What is asked of one protocol.
        plan: Its plan.
        chains: Its sessions placed: the course, the top-ups.
        booked: What was booked.
        reasons: Says why the session at a place of a chain moves.
    """
    by_number = {entry.number: entry for entry in booked}
    places = {
        chain.number + place: (chain, place)
        for chain in chains
        for place in range(len(chain.dates))
    }
    for visit in plan.visits:
        entry = by_number.pop(visit.number, None)
        if entry is None:
            yield _change(visit.number, "new", None, visit, (phrase("it had no date yet"),))
        elif _is_moved(entry, visit):
            chain, place = places[visit.number]
            yield _change(visit.number, "moved", entry, visit, tuple(reasons(chain, place)))
    for number, entry in sorted(by_number.items()):
        yield _change(
            number, "dropped", entry, None, (drop_reason(setup, plan, number, entry.date),)
        )


def _is_moved(entry: BookedSession, visit: Session) -> bool:
    return entry.date != visit.date or (
        entry.start is not None and str(entry.start) != _start_of(visit)
    )


def _change(
    number: int,
    kind: Literal["moved", "new", "dropped"],
    entry: BookedSession | None,
    visit: Session | None,
    why: tuple[str, ...],
) -> Change:
    return Change(
        number=number,
        kind=kind,
        before=entry.date if entry else None,
        after=visit.date if visit else None,
        start_before=str(entry.start) if entry and entry.start else None,
        start_after=_start_of(visit) if visit else None,
        why=why,
    )


def _start_of(visit: Session) -> str | None:
    return clock_text(60 * visit.start.hour + visit.start.minute) if visit.start else None
