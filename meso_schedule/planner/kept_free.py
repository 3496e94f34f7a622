"""Treatments begun, side by side: what their sessions held and booked leave each other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from meso_schedule.availability.spacing import Block, Pair, blocks_around
from meso_schedule.base.dates import LAST_ORDINAL
from meso_schedule.base.errors import Fault, InputError
from meso_schedule.course.request import MAX_DAYS, START_WITHIN
from meso_schedule.planner.booked import Begun, booking_faults, with_bookings
from meso_schedule.planner.setup import Setup, availability_for

Pairs = Mapping[tuple[int, int], Pair]


def begun_together(
    setups: Sequence[Setup], pairs: Pairs, begun: Mapping[str, Begun]
) -> Sequence[Setup]:
    """Return what is asked of each, with what is held and booked of all of them.

    Sessions held of one keep days free for those to come of the others. Once anything is held or
    booked, no session of any treatment is planned in the past.

    Args:
        setups: What is asked of each alone.
        pairs: The distance between two, by their places.
        begun: What is booked, by the id of the protocol.

    Raises:
        InputError: With every booking that cannot be.
    """
    faults: list[Fault] = []
    made = []
    for place, setup in enumerate(setups):
        own = begun.get(setup.protocol.id, Begun())
        faults += booking_faults(setup, own.booked, f"{setup.protocol.id}:")
        spaced = without_days_of(setup, list(_held_blocks(setups, pairs, place)))
        made.append(with_bookings(spaced, own.booked, own.release))
    if faults:
        raise InputError(faults)
    is_running = any(setup.is_running for setup in made)
    return [replace(setup, is_beside_running=is_running) for setup in made]


def widened(setups: Sequence[Setup], pairs: Pairs) -> list[Setup]:
    """Return what is asked with the days for first sessions that the distance takes from them.

    It may be as much later as the distance to the others can take. One that has no day alone
    gets none beside others either.

    Args:
        setups: What is asked of each alone.
        pairs: The distance between two, by their places.
    """
    rooms = [_room(pairs, place) for place in range(len(setups))]
    return [
        _with_room(setup, room)
        if room and not setup.is_backwards and (setup.standing or _has_day(setup))
        else setup
        for setup, room in zip(setups, rooms, strict=True)
    ]


def without_days_of(setup: Setup, blocks: Sequence[Block]) -> Setup:
    """Return what is asked with more days kept free."""
    if not blocks:
        return setup
    every = (*setup.blocks, *blocks)
    availability = availability_for(setup.protocol, setup.request, setup.clinic, setup.busy, every)
    return replace(setup, availability=availability, blocks=every)


def blocks_of(pairs: Pairs, place: int, other: int, days: Sequence[date]) -> Iterator[Block]:
    """Yield the days that the sessions of another protocol keep free for one."""
    pair = seen_from(pairs, place, other)
    for day in days:
        yield from blocks_around(pair, day)


def seen_from(pairs: Pairs, place: int, other: int) -> Pair:
    """Return the distance between two protocols, the one at `place` first."""
    if place < other:
        return pairs[place, other]
    pair = pairs[other, place]
    return replace(pair, first=pair.other, other=pair.first, after=pair.before, before=pair.after)


def _held_blocks(setups: Sequence[Setup], pairs: Pairs, place: int) -> Iterator[Block]:
    for other, setup in enumerate(setups):
        if other != place and setup.standing:
            held = [entry.date for entry in setup.standing.history]
            for block in blocks_of(pairs, place, other, held):
                if block.days.last >= setup.as_of:
                    yield block


def _with_room(setup: Setup, room: int) -> Setup:
    within = min(START_WITHIN + room, MAX_DAYS)
    return replace(setup, request=setup.request.model_copy(update={"start_within": within}))


def _has_day(setup: Setup) -> bool:
    first = setup.start.toordinal()
    return bool(setup.availability.usable(first, min(first + START_WITHIN, LAST_ORDINAL)))


def _room(pairs: Pairs, place: int) -> int:
    """Return the most days that the distance to all other protocols can take."""
    return sum(
        max(31 * interval.months + interval.days for interval in (*pair.after, *pair.before))
        for places, pair in pairs.items()
        if place in places and (pair.after or pair.before)
    )
