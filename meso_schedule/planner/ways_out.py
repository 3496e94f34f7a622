"""The ways out where no calendar fits: the smallest change of each kind, or pairs of them."""

from collections.abc import Sequence
from functools import partial
from typing import get_args

from meso_schedule.course.no_calendar import Kind, WayOut
from meso_schedule.planner.pairs_of_changes import pairs_of_changes
from meso_schedule.planner.programme_setup import ProgrammeSetup
from meso_schedule.planner.smallest_changes import (
    extra_openings,
    fewer_sessions,
    later,
    less_away,
    more_late,
    no_improvement,
    other_hours,
    other_start,
    other_weekdays,
    release,
)
from meso_schedule.planner.trying import Tries

_SINGLE = (
    *(more_late, other_start, partial(later, "finish_by"), partial(later, "event")),
    *(less_away, extra_openings, other_weekdays, other_hours),
    *(release, no_improvement, fewer_sessions),
)
# So many pairs are told.
_PAIRS = 3


def ways_out(asked: ProgrammeSetup) -> tuple[tuple[WayOut, ...], bool]:
    """Return the smallest change of each kind that makes a calendar possible, cheapest first.

    Where none does, the cheapest pairs of them. A change whose effect takes too much work to tell
    is left out; the second value says whether there was one. There is none where it is only asked
    whether what is booked can stay.
    """
    if asked.stays:
        return (), False
    tries = Tries()
    ways = [way for find in _SINGLE if (way := find(asked, tries))]
    if ways or tries.is_cut:
        return _in_order(ways), tries.is_cut
    pairs, is_cut = pairs_of_changes(asked)
    return _in_order(pairs)[:_PAIRS], is_cut


def _in_order(ways: Sequence[WayOut]) -> tuple[WayOut, ...]:
    kinds = get_args(Kind)

    def rank(way: WayOut) -> tuple[bool, int, list[int]]:
        places = [kinds.index(it.kind) for it in way.parts or (way,)]
        return way.cost_days is None, way.cost_days or 0, places

    return tuple(sorted(ways, key=rank))
