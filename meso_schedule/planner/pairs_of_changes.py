"""Pairs of changes that make a calendar possible where no single one does.

Of a pair the first change is the smallest with which the second can do the rest, however great
that is; then the second is the smallest that does it. A change of one treatment can be of any.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import combinations
from typing import Any, Literal, NamedTuple

from meso_schedule.base.dates import LAST_ORDINAL
from meso_schedule.course.no_calendar import WayOut, both
from meso_schedule.course.request import MAX_DAYS
from meso_schedule.course.wishes import Wanted
from meso_schedule.planner.programme_setup import ProgrammeSetup
from meso_schedule.planner.setting_up import asked_again, asked_otherwise
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

Apply = Callable[[ProgrammeSetup, WayOut], ProgrammeSetup | None]


class _KindOfChange(NamedTuple):
    """A kind of change.

    Args:
        find: Returns the smallest one.
        applied: Returns what is asked with it; None where it cannot be.
        lifted: What is asked with the greatest; of a change of one treatment, that of each.
    """

    find: Callable[[ProgrammeSetup, Tries], WayOut | None]
    applied: Apply
    lifted: Sequence[ProgrammeSetup | None]


def pairs_of_changes(asked: ProgrammeSetup) -> tuple[list[WayOut], bool]:
    """Return the smallest pair of each two kinds, where no single change helps.

    Those with a start come last, as each treatment has one. The second value says whether the
    bound of work left some pair untold.
    """
    tries = Tries(_MOST_TRIES)
    pairs = [
        pair
        for first, second in reversed(list(combinations(_changes(asked), 2)))
        if (pair := _pair(asked, first, second, tries))
    ]
    return pairs, tries.is_cut


def _pair(
    asked: ProgrammeSetup, first: _KindOfChange, second: _KindOfChange, tries: Tries
) -> WayOut | None:
    ways = [way for lifted in second.lifted if lifted and (way := first.find(lifted, tries))]
    way = min(ways, key=_size, default=None)
    changed = first.applied(asked, way) if way else None
    other = second.find(changed, tries) if changed else None
    return both(way, other) if way and other else None


def _size(way: WayOut) -> int:
    """Return how great a change is: of lateness the most of a session, else what it costs."""
    size: int = way.change.get("late", way.cost_days or 0)
    return size


def _changes(asked: ProgrammeSetup) -> Iterator[_KindOfChange]:
    """Yield the kinds of changes that there can be, those that are lifted last at the end."""
    request = asked.request
    # Always first of two: what is asked with the greatest of it is never looked at.
    yield _KindOfChange(other_start, _starting, ())
    if request.finish_by:
        yield _end(asked, "finish_by", request.finish_by)
    if request.event:
        yield _end(asked, "event", request.event)
    yield _KindOfChange(more_late, _asking, [asked.asking(late=MAX_DAYS)])
    if request.away:
        yield _KindOfChange(less_away, _again, [asked_again(asked, away=())])
    if request.days:
        yield _KindOfChange(other_weekdays, _again, [asked_again(asked, days=None)])
    if request.between:
        yield _KindOfChange(other_hours, _again, [asked_again(asked, between=None)])
    if any(setup.fixed for setup in asked.setups):
        yield _KindOfChange(release, _releasing, [_all_released(asked)])
    if any(setup.ahead.without for setup in asked.setups):
        unimproved = asked_otherwise(asked, no_improvement=True, improves_after=None)
        yield _KindOfChange(no_improvement, _again, [unimproved])
    yield _KindOfChange(fewer_sessions, _shorter, [*_shortest(asked)])
    if asked.clinic.closures or asked.clinic.holidays:
        yield _KindOfChange(extra_openings, _again, [always_open(asked)])


def _again(asked: ProgrammeSetup, way: WayOut) -> ProgrammeSetup | None:
    return asked_otherwise(asked, **way.change)


def _asking(asked: ProgrammeSetup, way: WayOut) -> ProgrammeSetup:
    return asked.asking(**way.change)


def _end(asked: ProgrammeSetup, name: Literal["finish_by", "event"], day: date) -> _KindOfChange:
    last = date.fromordinal(min(day.toordinal() + MAX_DAYS, LAST_ORDINAL))
    return _KindOfChange(partial(later, name), _asking, [asked.asking(**{name: last})])


def _wish(asked: ProgrammeSetup, way: WayOut) -> Wanted:
    """Return what a way out wishes of one treatment."""
    own: tuple[Wanted, ...] = way.change.get("protocol", ())
    return own[0] if own else Wanted(asked.setups[0].protocol.id, **way.change)


def _starting(asked: ProgrammeSetup, way: WayOut) -> ProgrammeSetup:
    """Return what is asked with another start, which can lie after the day to finish by."""
    wish = _wish(asked, way)
    assert wish.start, "a change of a start says which"
    start: dict[str, Any] = {"start": wish.start}
    wanted = tuple(wish if it.protocol == wish.protocol else it for it in asked.wanted)
    setups = tuple(
        replace(it, start=wish.start, request=it.request.model_copy(update=start))
        if it.protocol.id == wish.protocol
        else it
        for it in asked.setups
    )
    change = setups[0].told(start, {"protocol": tuple(map(str, wanted))})
    request = asked.request.model_copy(update=change)
    return replace(asked, request=request, wanted=wanted, setups=setups)


def _shorter(asked: ProgrammeSetup, way: WayOut) -> ProgrammeSetup | None:
    wish = _wish(asked, way)
    assert wish.sessions, "a change of sessions says how many"
    return _with_count(asked, wish.protocol, wish.sessions)


def _shortest(asked: ProgrammeSetup) -> Iterator[ProgrammeSetup | None]:
    """Yield what is asked with the fewest sessions of each treatment."""
    for setup in asked.setups:
        if setup.fewest < setup.sessions:
            yield _with_count(asked, setup.protocol.id, setup.fewest)


def _with_count(asked: ProgrammeSetup, protocol: str, count: int) -> ProgrammeSetup | None:
    counts = {setup.protocol.id: setup.sessions for setup in asked.setups} | {protocol: count}
    return asked_otherwise(asked, [*counts.values()])


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
