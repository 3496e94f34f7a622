"""Replan a running course: what is held is fixed, and as little as possible of the rest moves."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from pydantic import Field

from meso_schedule.assembly import assemble
from meso_schedule.busy import BusySource
from meso_schedule.chains import Chain
from meso_schedule.clinic import Clinic
from meso_schedule.course import CoursePlan, Session
from meso_schedule.errors import Fault, InputError
from meso_schedule.move_reasons import drop_reason, move_reasons
from meso_schedule.phrases import Phrase, phrase
from meso_schedule.planner import placed, prepared
from meso_schedule.problem import Booking
from meso_schedule.request import CourseRequest
from meso_schedule.rules import Protocol
from meso_schedule.standing import Day
from meso_schedule.tasks import Setup
from meso_schedule.times import Clock, clock_text
from meso_schedule.validation import Count, InputModel, IsoDate, Model, Sentence


class BookedSession(InputModel):
    """A session to come that has a date already.

    Args:
        number: Which session it is, as the sessions held count now; see `renumbered`.
        date: The day it is booked for; one before the day of asking was missed.
        start: The time it is booked for; None when only the day is.
        pinned: Whether it was fixed by hand.
    """

    number: Count
    date: IsoDate
    start: Clock | None = None
    pinned: bool = False


class Change(Model):
    """What becomes of one booked session, or of one that had no date yet.

    Args:
        number: Which session.
        kind: It moves, it had no date yet, or it is needed no longer.
        before: The day it was booked for.
        after: The day it is planned for now.
        start_before: The time it was booked for.
        start_after: The time it is planned for now.
        why: Why its booked day no longer works, or what else moves it.
    """

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
    setup, tariff = prepared(protocol, request, clinic, as_of, busy)
    if faults := list(_faults(setup, booked)):
        raise InputError(faults)
    setup = replace(
        setup,
        booked={entry.number: _booking(setup, entry) for entry in booked},
        fixed=dict(_fixed(setup, booked, release)),
    )
    course, top_ups, findings = placed(setup, tariff)
    plan = assemble(setup, course, top_ups, findings, tariff)
    chains = [chain for chain in (course, top_ups) if chain]
    return Replan(plan=plan, changes=tuple(_changes(plan, chains, booked)))


def renumbered(booked: Sequence[BookedSession], number: int) -> tuple[BookedSession, ...]:
    """Return booked sessions numbered by their dates, the first of them `number`.

    When a session does not count, or a phase starts again, the dates that are booked serve
    the sessions that come first now.
    """
    by_date = sorted(booked, key=lambda entry: entry.date)
    return tuple(
        entry.model_copy(update={"number": place}) for place, entry in enumerate(by_date, number)
    )


def _faults(setup: Setup, booked: Sequence[BookedSession]) -> Iterator[Fault]:
    numbers = [entry.number for entry in booked]
    for entry in booked:
        field, shown = "booked", f"{entry.number}={entry.date}"
        if numbers.count(entry.number) > 1:
            problem = f"Session {entry.number} is booked twice."
            yield Fault("contradiction", problem, None, field, shown, "Keep one of them.")
        if entry.number < setup.next_number:
            problem = f"The next session is {setup.next_number}: {entry.number} cannot be booked."
            remedy = f"Give sessions from {setup.next_number} on."
            yield Fault("bad_booking", problem, None, field, shown, remedy)


def _booking(setup: Setup, entry: BookedSession) -> Booking:
    day, availability = entry.date.toordinal(), setup.availability
    if entry.start is None:
        return Booking(day)
    minute = entry.start.minutes
    if not availability.is_usable(day) or not availability.can_start(day, minute):
        return Booking(day, is_kept=False)
    preferred = availability.preferred_minute
    return Booking(
        day, minute=minute, minutes_off=None if preferred is None else abs(minute - preferred)
    )


def _fixed(
    setup: Setup, booked: Sequence[BookedSession], release: Collection[int]
) -> Iterator[tuple[int, Phrase]]:
    """Find the booked sessions that have to stay, and why."""
    notice, as_of = setup.clinic.notice, setup.as_of
    pinned = {pin.session for pin in setup.request.pin}
    for entry in booked:
        if entry.number in release or entry.number in pinned or entry.date < as_of:
            continue
        if entry.pinned:
            yield entry.number, phrase("fixed by hand")
        elif notice and entry.date <= notice.after(as_of):
            words = phrase("inside the clinic's notice of {interval}", interval=notice.words)
            yield entry.number, words


def _changes(
    plan: CoursePlan, chains: Sequence[Chain], booked: Sequence[BookedSession]
) -> Iterator[Change]:
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
            yield _change(visit.number, "moved", entry, visit, tuple(move_reasons(chain, place)))
    for number, entry in sorted(by_number.items()):
        yield _change(number, "dropped", entry, None, (drop_reason(plan, number),))


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
