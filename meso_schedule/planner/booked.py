"""The days that are booked of a treatment: which of them hold, and which have to stay."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from meso_schedule.base.errors import Fault
from meso_schedule.base.phrases import Phrase, phrase
from meso_schedule.planner.progress import BookedSession, Progress
from meso_schedule.planner.setup import Setup
from meso_schedule.search.task import Booking


def with_bookings(setups: Sequence[Setup], begun: Mapping[str, Progress]) -> tuple[Setup, ...]:
    """Return what is asked with the days that are booked, and those that have to stay.

    Days that were booked as if the skin would improve hold no longer once it has not: of every
    treatment those after the decision, unless they were put there by hand.

    Args:
        setups: What is asked of each treatment.
        begun: What is booked of each, by its id.
    """
    progress = [begun.get(setup.protocol.id) for setup in setups]
    pairs = list(zip(setups, progress, strict=True))
    decided = [_decided_on(setup, own) if own else None for setup, own in pairs]
    first = min((day for day in decided if day), default=date.max)
    return tuple(
        _with_bookings(setup, _until(own, day or first)) if own and own.booked else setup
        for (setup, own), day in zip(pairs, decided, strict=True)
    )


def _decided_on(setup: Setup, own: Progress) -> date | None:
    """Return the day after which bookings foresaw an improvement that is no longer expected."""
    waiting = [entry.date for entry in own.booked if entry.provisional]
    if not waiting or own.stays or not setup.expects_no_improvement:
        return None
    held = [setup.standing.last] if setup.standing else []
    before = [entry.date for entry in own.booked if entry.date < min(waiting)]
    return max([*held, *before], default=date.min)


def _until(own: Progress, day: date) -> Progress:
    """Return the same without what is booked after a day, what was put there by hand aside."""
    kept = (it for it in own.booked if it.date <= day or _is_by_hand(it, own))
    return own._replace(booked=tuple(kept))


def _is_by_hand(entry: BookedSession, own: Progress) -> bool:
    return entry.pinned and entry.number not in own.release


def _with_bookings(setup: Setup, progress: Progress) -> Setup:
    return replace(
        setup,
        booked={entry.number: _booking(setup, entry) for entry in progress.booked},
        fixed=dict(_fixed(setup, progress)),
        booked_by_hand=frozenset(
            entry.number for entry in progress.booked if _is_by_hand(entry, progress)
        ),
    )


def free_to_move(setups: Sequence[Setup], begun: Mapping[str, Progress]) -> tuple[Setup, ...]:
    """Return the same where a calendar has to stay as it is booked: its days may move."""
    return with_bookings(setups, {name: own._replace(stays=False) for name, own in begun.items()})


def booking_faults(setup: Setup, booked: Sequence[BookedSession]) -> Iterator[Fault]:
    """Find bookings that cannot be.

    Args:
        setup: What is asked.
        booked: The sessions to come that have dates.
    """
    numbers = [entry.number for entry in booked]
    for entry in booked:
        field, shown = "booked", f"{setup.mark(entry.number)}={entry.date}"
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
        return Booking(day, is_kept=False, lost=minute)
    preferred = availability.preferred_minute
    giver = availability.giver(day, minute, entry.practitioner)
    return Booking(
        day,
        minute=minute,
        minutes_off=None if preferred is None else abs(minute - preferred),
        others=availability.is_other(giver),
        practitioner=giver,
    )


def _fixed(setup: Setup, progress: Progress) -> Iterator[tuple[int, Phrase]]:
    """Find the booked sessions that have to stay, and why."""
    notice, open_days = setup.clinic.notice, setup.availability.open_days
    asked_at = open_days.visit_start(setup.as_of, progress.asked_at)
    pinned = {pin.session for pin in setup.request.pin}
    for entry in progress.booked:
        if entry.number in progress.release | pinned or entry.date < setup.as_of:
            continue
        if entry.pinned or progress.stays:
            yield entry.number, phrase("fixed by hand")
        elif notice and notice.holds(open_days.visit_start(entry.date, entry.start), asked_at):
            words = phrase("inside the clinic's notice of {interval}", interval=notice.words)
            yield entry.number, words
