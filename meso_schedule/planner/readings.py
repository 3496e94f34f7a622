"""Undecided sessions that were put on a day by hand: which of the two phases each is of.

Before the conditional minimum it is an unconditional one. Where the session before is free, both
are tried, and the better calendar stands.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, product

from meso_schedule.planner.programme_setup import ProgrammeSetup
from meso_schedule.planner.setup import Setup
from meso_schedule.rules.windows import GapWindows
from meso_schedule.search.solving import solve
from meso_schedule.search.task import OutOfWork

# Past so many readings of one treatment the rest is left as it is foreseen.
_MOST = 16
_STEPS = 20_000


def best_reading(asked: ProgrammeSetup) -> ProgrammeSetup:
    """Return what is asked with each undecided session that is fixed as one of its phase."""
    ways = [
        list(islice(_readings_of(setup, setup.pins(0), setup.by_hand), _MOST))
        for setup in asked.setups
    ]
    every = [replace(asked, setups=setups) for setups in product(*ways)]
    return every[0] if len(every) == 1 else min(every, key=_rank)


def as_booked(setup: Setup, days: Mapping[int, int], by_hand: Collection[int]) -> Setup:
    """Return what is asked of one with its undecided sessions as their days tell.

    Args:
        days: Where sessions to come are, as ordinals, by their numbers.
        by_hand: Those that were put there by hand.
    """
    return next(_readings_of(setup, days, by_hand))


def _readings_of(
    setup: Setup, booked: Mapping[int, int], by_hand: Collection[int]
) -> Iterator[Setup]:
    after, standing, days = setup.ahead.decided_after, setup.standing, dict(booked)
    if after is None:
        return iter([setup])
    first = setup.next_number
    if standing and standing.restarts:
        first += 1
    elif standing:
        days[standing.counted] = standing.last.toordinal()
    least = max(after + 1, first)
    placed = sorted(days.keys() & by_hand)
    return _readings(setup, days, [it for it in placed if least <= it <= setup.sessions])


def _readings(setup: Setup, days: Mapping[int, int], by_hand: Sequence[int]) -> Iterator[Setup]:
    """Yield the readings of sessions put by hand, in order, that as foreseen first."""
    if not by_hand:
        yield setup
        return
    number, *rest = by_hand
    before = days.get(number - 1)
    put = setup.putting(number, is_free=before is None)
    least, firm = (
        GapWindows(it.phases[number - 1]).after(before)[0] if before else None
        for it in (setup, put)
    )
    is_early = least is not None and firm is not None and max(days[number], firm) < least
    if not is_early:
        yield from _readings(setup, days, rest)
    if is_early or least is None:
        yield from _readings(put, days, rest)


def _rank(asked: ProgrammeSetup) -> tuple[bool, tuple[int, ...], tuple[list[int], ...]]:
    """Return what puts the best calendar first; without any, as foreseen."""
    try:
        calendar = solve(asked.programme(), _STEPS)
    except OutOfWork:
        calendar = None
    if calendar is None:
        return True, (), ()
    return False, tuple(calendar.measure.values()), tuple(map(list, calendar.dates))
