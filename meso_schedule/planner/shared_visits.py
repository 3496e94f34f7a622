"""When a visit begins that several treatments share, some of them booked for a time.

The treatments of a visit follow one another in the order of the protocols, so a booked time of
one says when the whole visit begins. It begins so that the most booked times can stay, then as
near to the preferred time as it can, then as early. A top-up never takes its time from a session
placed before it.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from meso_schedule.availability.session_days import Availability
from meso_schedule.search.programme import Guest


class VisitStart(NamedTuple):
    """When a visit begins, in minutes after midnight, and the places that keep their times.

    `start` is None where no time is asked for and none booked can stay.
    """

    start: int | None
    kept: frozenset[int]


def visit_start(
    guests: Sequence[Guest], day: int, shared: Callable[[int], Availability]
) -> VisitStart:
    """Return when a visit begins.

    Args:
        guests: Who is treated.
        day: A day that is usable for all of them together.
        shared: The usable days of a set of places, as bits.
    """
    last = max(guest.rank for guest in guests)
    before = [guest for guest in guests if guest.rank < last]
    firm = visit_start(before, day, shared).kept if before else frozenset()
    whole = shared(bits_of(guests))
    kept = {
        start: frozenset(g.place for g in guests if g.minute == start + _offset(g, guests, shared))
        for start in _wishes(guests, shared)
        if whole.can_start(day, start)
    }
    preferred = whole.preferred_minute
    options = [
        (-len(places), 0 if preferred is None else abs(start - preferred), start)
        for start, places in kept.items()
        if firm <= places
    ]
    if options:
        start = min(options)[2]
        return VisitStart(start, kept[start])
    return VisitStart(whole.start_minute(day) if whole.timed else None, frozenset())


def start_costs(
    guests: Sequence[Guest], day: int, shared: Callable[[int], Availability]
) -> tuple[int, int, int]:
    """Return what the begin of a visit costs.

    It is how many booked times cannot be kept, the minutes off the preferred time, and how many
    sessions are not with the main practitioner. Of the guests of the highest rank only: those
    placed before have kept what they can.
    """
    start, kept = visit_start(guests, day, shared)
    last = max(guest.rank for guest in guests)
    own = [guest for guest in guests if guest.rank == last]
    lost = sum(guest.minute is not None and guest.place not in kept for guest in own)
    whole = shared(bits_of(guests))
    preferred = whole.preferred_minute
    off = 0 if start is None or preferred is None else abs(start - preferred)
    return lost, off, whole.others_at(day, start, _ranks(own, guests))


def _ranks(own: Sequence[Guest], guests: Sequence[Guest]) -> list[int]:
    """Return which of the treatments of a visit, by their order, some guests have."""
    places = sorted(guest.place for guest in guests)
    return [places.index(guest.place) for guest in own]


def bits_of(guests: Sequence[Guest]) -> int:
    """Return the places of those treated, as bits."""
    return sum(1 << guest.place for guest in guests)


def _offset(guest: Guest, guests: Sequence[Guest], shared: Callable[[int], Availability]) -> int:
    """Return the minutes from the begin of a visit to one of its treatments."""
    earlier = [other for other in guests if other.place < guest.place]
    return shared(bits_of(earlier)).minutes if earlier else 0


def _wishes(guests: Sequence[Guest], shared: Callable[[int], Availability]) -> set[int]:
    """Return when the visit would begin for each booked time."""
    return {
        guest.minute - _offset(guest, guests, shared)
        for guest in guests
        if guest.minute is not None
    }
