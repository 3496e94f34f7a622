"""Pairs of changes that make a calendar possible where no single one does.

Of a pair the first change is the smallest with which the second can do the rest, however great
that is; then the second is the smallest that does it.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import combinations
from typing import Literal, NamedTuple

from meso_schedule.base.dates import LAST_ORDINAL
from meso_schedule.course.no_calendar import WayOut, both
from meso_schedule.course.request import MAX_DAYS
from meso_schedule.planner.programme_setup import ProgrammeSetup
from meso_schedule.planner.setting_up import asked_again
from meso_schedule.planner.smallest_changes import (
    always_open,
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

# So many calendars are tried for all pairs together.
_MOST_TRIES = 400

Apply = Callable[[ProgrammeSetup, WayOut], ProgrammeSetup]


class _WayOfChange(NamedTuple):
    """A kind of change.

    Args:
        find: Returns the smallest one.
        applied: Returns what is asked with it.
        lifted: Returns what is asked with the greatest.
    """

    find: Callable[[ProgrammeSetup, Tries], WayOut | None]
    applied: Apply
    lifted: Callable[[ProgrammeSetup], ProgrammeSetup]


def pairs_of_changes(asked: ProgrammeSetup) -> tuple[list[WayOut], bool]:
    """Return the smallest pair of each two kinds, where no single change helps.

    The second value says whether the bound of work left some pair untold.
    """
    tries = Tries(_MOST_TRIES)
    pairs = [
        pair
        for first, second in combinations(_changes(asked), 2)
        if (pair := _pair(asked, first, second, tries))
    ]
    return pairs, tries.is_cut


def _pair(
    asked: ProgrammeSetup, first: _WayOfChange, second: _WayOfChange, tries: Tries
) -> WayOut | None:
    way = first.find(second.lifted(asked), tries)
    other = second.find(first.applied(asked, way), tries) if way else None
    return both(way, other) if way and other else None


def _changes(asked: ProgrammeSetup) -> Iterator[_WayOfChange]:
    """Yield the kinds of changes that there can be, those that are lifted last at the end."""
    request, is_alone = asked.request, len(asked.setups) == 1
    if is_alone and asked.wanted[0].start is None:
        # Always first of two: what is asked with the greatest of it is never looked at.
        yield _WayOfChange(other_start, _again, asked_again)
    if request.finish_by:
        yield _end("finish_by")
    if request.event:
        yield _end("event")
    yield _WayOfChange(more_late, _asking, lambda it: it.asking(late=MAX_DAYS))
    if request.away:
        yield _WayOfChange(less_away, _again, partial(asked_again, away=()))
    if request.days:
        yield _WayOfChange(other_weekdays, _again, partial(asked_again, days=None))
    if request.between:
        yield _WayOfChange(other_hours, _again, partial(asked_again, between=None))
    if any(setup.fixed for setup in asked.setups):
        yield _WayOfChange(release, _releasing, _all_released)
    unimproved = partial(asked_again, no_improvement=True, improves_after=None)
    if any(setup.ahead.without for setup in asked.setups):
        yield _WayOfChange(no_improvement, _again, unimproved)
    if is_alone:
        yield _WayOfChange(fewer_sessions, _shorter, _shortest)
    if asked.clinic.closures or asked.clinic.holidays:
        yield _WayOfChange(extra_openings, _again, always_open)


def _again(asked: ProgrammeSetup, way: WayOut) -> ProgrammeSetup:
    return asked_again(asked, **way.change)


def _asking(asked: ProgrammeSetup, way: WayOut) -> ProgrammeSetup:
    return asked.asking(**way.change)


def _end(name: Literal["finish_by", "event"]) -> _WayOfChange:
    def lifted(asked: ProgrammeSetup) -> ProgrammeSetup:
        day: date = getattr(asked.request, name)
        last = min(MAX_DAYS, LAST_ORDINAL - day.toordinal())
        return asked.asking(**{name: day + timedelta(days=last)})

    return _WayOfChange(partial(later, name), _asking, lifted)


def _shorter(asked: ProgrammeSetup, way: WayOut) -> ProgrammeSetup:
    return asked_again(asked, [way.change["sessions"]])


def _shortest(asked: ProgrammeSetup) -> ProgrammeSetup:
    return asked_again(asked, [asked.setups[0].fewest])


def _releasing(asked: ProgrammeSetup, way: WayOut) -> ProgrammeSetup:
    numbers = {setup.protocol.id: set[int]() for setup in asked.setups}
    for name, number in way.change["release"]:
        numbers[name or asked.setups[0].protocol.id].add(number)
    begun = {
        name: own._replace(release=own.release | numbers[name]) for name, own in asked.begun.items()
    }
    return asked_again(replace(asked, begun=begun))


def _all_released(asked: ProgrammeSetup) -> ProgrammeSetup:
    begun = {
        name: own._replace(release=frozenset(entry.number for entry in own.booked))
        for name, own in asked.begun.items()
    }
    return asked_again(replace(asked, begun=begun))
