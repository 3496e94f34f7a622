"""The exact search: usable days and interval rules in, dates out.

A course is a shortest path over (session, day); an arc leads to a usable day inside
the next window. The criteria of a plan are packed into one integer, first to last,
each in a field too wide to overflow, so that comparing integers compares criteria.
A best-first search settles nodes by (cost, session); since no arc is negative, every
node that could tie for a predecessor is settled first, so ties are decided by the
earliest dates, and the answer is unique.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from heapq import heappop, heappush
from typing import Protocol

from meso_schedule.dates import LAST_ORDINAL, add_months
from meso_schedule.errors import CalendarEndError
from meso_schedule.rules import Gap

# 40 sessions of 1,440 minutes fit 16 bits; 40 squared distances of 22 bits fit 50;
# 40 misses fit 6; one distance between two days fits 22.
_MINUTE = 1
_SQUARE = 1 << 16
_MISS = 1 << 66
_START = 1 << 72
_LATE = 1 << 94
_TOLL = 1 << 122

_DAY_BITS = 22
_LAYER_BITS = 6
_KEY_BITS = _DAY_BITS + _LAYER_BITS
_DAY_MASK = (1 << _DAY_BITS) - 1
_LAYER_MASK = (1 << _LAYER_BITS) - 1


class Days(Protocol):
    """What the search needs to know of days, all as ordinals."""

    def usable(self, first: int, last: int) -> list[int]:
        """Return the usable days from first to last, in order."""

    def minutes_off(self, day: int) -> int:
        """Return the minutes between the start on a day and the preferred time."""


class GapWindows:
    """The window a gap opens after each day, computed once per day.

    Args:
        gap: The interval rule.
        late: Days by which a session may pass the window, never past lapse.
    """

    def __init__(self, gap: Gap, late: int = 0) -> None:
        self.gap = gap
        self.late = late
        bounds = (gap.minimum, gap.target, gap.maximum, gap.lapse)
        self._bounds = [[(i.months, i.days) for i in bound] for bound in bounds]
        self._months = {months for bound in self._bounds for months, _ in bound if months}
        self._windows: dict[int, tuple[int, int, int, int]] = {}
        self._steps = None if self._months else self._window(0, {})

    def after(self, anchor: int) -> tuple[int, int, int, int]:
        """Return earliest, recommended, latest and the last day allowed, as ordinals."""
        if self._steps:
            earliest, recommended, latest, last = self._steps
            window = anchor + earliest, anchor + recommended, anchor + latest, anchor + last
        elif anchor in self._windows:
            return self._windows[anchor]
        else:
            day = date.fromordinal(anchor)
            moved = {months: add_months(day, months).toordinal() for months in self._months}
            window = self._windows[anchor] = self._window(anchor, moved)
        if window[2] > LAST_ORDINAL:
            raise CalendarEndError(date.fromordinal(anchor), self.gap.text)
        return window

    def longest(self) -> int:
        """Return a number of days that no step of this gap exceeds."""
        steps = (step for bound in self._bounds[:3] for step in bound)
        return max(31 * months + days + 1 for months, days in steps) + self.late

    def _window(self, anchor: int, moved: dict[int, int]) -> tuple[int, int, int, int]:
        at = moved.get
        minimum, target, maximum, lapse = (
            [at(months, anchor) + days for months, days in bound] for bound in self._bounds
        )
        earliest = max(minimum)
        recommended = max(earliest, *target)
        latest = max(recommended, min(maximum))
        return earliest, recommended, latest, min([latest + self.late, *lapse])


@dataclass(frozen=True, slots=True)
class Task:
    """One chain of sessions to place; days are ordinals, sessions count from 0.

    Args:
        days: The usable days and their distance from the preferred time.
        first: The first day session 0 may be on.
        last: The last day session 0 may be on.
        gaps: The rule before each session after the first.
        limit: The last day any session may be on.
        pins: Sessions fixed to a day.
        end: With an event and no start, the day the last session should be near to.
        prefer: Weekdays liked best, 0 to 6; empty means no preference.
        timed: Whether minutes from a preferred time count.
        toll: Days that cost more than anything else, when asking what to free.
    """

    days: Days
    first: int
    last: int
    gaps: Sequence[GapWindows]
    limit: int = LAST_ORDINAL
    pins: dict[int, int] = field(default_factory=dict)
    end: int | None = None
    prefer: frozenset[int] = frozenset()
    timed: bool = False
    toll: Callable[[int], bool] | None = None

    @property
    def count(self) -> int:
        """How many sessions there are."""
        return len(self.gaps) + 1

    def window(self, session: int, before: int) -> tuple[int, int]:
        """Return the first and last day allowed, given the day of the session before."""
        if session == 0:
            return self.first, self.last
        earliest, _, _, last = self.gaps[session - 1].after(before)
        return earliest, last

    def days_for(self, session: int, first: int, last: int) -> list[int]:
        """Return the days of a window that the hard rules leave a session."""
        if pin := self.pins.get(session):
            first, last = max(first, pin), min(last, pin)
        return self.days.usable(first, min(last, self.limit))

    def cost_of_day(self, day: int) -> int:
        """Return what a day costs whatever comes before and after it."""
        cost = _MISS if self.prefer and (day - 1) % 7 not in self.prefer else 0
        if self.timed:
            cost += self.days.minutes_off(day) * _MINUTE
        if self.toll and self.toll(day):
            cost += _TOLL
        return cost


def best_dates(task: Task) -> list[int] | None:
    """Return the best days of all sessions, or None when the hard rules leave none."""
    final = task.count - 1
    plain = not (task.prefer or task.timed or task.toll)
    ahead = _days_ahead(task)
    best: list[dict[int, int]] = [{} for _ in range(task.count)]
    came: list[dict[int, int]] = [{} for _ in range(task.count)]
    heap: list[int] = []
    for day in task.days_for(0, task.first, task.last):
        cost = 0 if plain else task.cost_of_day(day)
        if task.end is None:
            cost += (day - task.first) * _START
        best[0][day] = cost
        heappush(heap, (cost + ahead(0, day) if ahead else cost) << _KEY_BITS | day)
    found: list[list[int]] = []
    bound = None
    while heap:
        key = heappop(heap)
        if bound is not None and key >> _DAY_BITS != bound:
            break
        day = key & _DAY_MASK
        layer = key >> _DAY_BITS & _LAYER_MASK
        cost = best[layer][day]
        if key >> _KEY_BITS != (cost + ahead(layer, day) if ahead else cost):
            continue
        if layer == final:
            bound = key >> _DAY_BITS
            found.append(_path(came, layer, day))
            continue
        earliest, recommended, latest, last = task.gaps[layer].after(day)
        layer += 1
        known, origins = best[layer], came[layer]
        for following in task.days_for(layer, earliest, last):
            total = cost + (following - recommended) ** 2 * _SQUARE
            if following > latest:
                total += (following - latest) * _LATE
            if not plain:
                total += task.cost_of_day(following)
            old = known.get(following)
            if old is None or total < old:
                known[following] = total
                origins[following] = day
                estimate = total + ahead(layer, following) if ahead else total
                heappush(heap, (estimate << _LAYER_BITS | layer) << _DAY_BITS | following)
            elif total == old and _path(came, layer - 1, day) < _path(
                came, layer - 1, origins[following]
            ):
                origins[following] = day
    return min(found, default=None)


def _path(came: Sequence[dict[int, int]], layer: int, day: int) -> list[int]:
    path = [day]
    for before in range(layer, 0, -1):
        path.append(came[before][path[-1]])
    return path[::-1]


def _days_ahead(task: Task) -> Callable[[int, int], int] | None:
    """Return a cost certain to come after a session: with `end`, the days left short of it.

    No step is longer than its gap's longest, so the bound never overstates and never
    drops along an arc by more than the arc costs.
    """
    end = task.end
    if end is None:
        return None
    left = [0]
    for gap in reversed(task.gaps):
        left.append(left[-1] + gap.longest())
    left.reverse()
    return lambda layer, day: max(0, end - day - left[layer]) * _START


def measure(task: Task, dates: Sequence[int]) -> tuple[int, int, int, int, int]:
    """Return late days, start days, preference misses, squared deviation and minutes of dates."""
    late = square = 0
    for before, day, gap in zip(dates, dates[1:], task.gaps, strict=False):
        _, recommended, latest, _ = gap.after(before)
        late += max(0, day - latest)
        square += (day - recommended) ** 2
    start = dates[0] - task.first if task.end is None else task.end - dates[-1]
    misses = sum(bool(task.prefer) and (day - 1) % 7 not in task.prefer for day in dates)
    minutes = sum(task.days.minutes_off(day) for day in dates) if task.timed else 0
    return late, start, misses, square, minutes


class Feasibility:
    """Tells whether the sessions after a given one can still be placed."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self._known: dict[tuple[int, int], bool] = {}
        # Days from which the rest is known to fit: one of them in a window settles it.
        self._sure: list[list[int]] = [[] for _ in range(task.count)]

    def __call__(self, session: int, day: int) -> bool:
        """Tell whether all sessions after `session`, when it is on `day`, can be placed."""
        if session == self.task.count - 1:
            return True
        known = self._known.get((session, day))
        if known is None:
            known = self._known[session, day] = self._look(session + 1, day)
        return known

    def trust(self, session: int, days: Iterable[int]) -> None:
        """Take it as known that the rest fits when `session` is on any of these usable days."""
        self._sure[session].extend(days)

    def _look(self, session: int, before: int) -> bool:
        first, last = self.task.window(session, before)
        if any(first <= day <= last for day in self._sure[session]):
            return True
        return any(self(session, day) for day in self.task.days_for(session, first, last))


def room_to_move(task: Task, dates: Sequence[int]) -> list[tuple[int, int | None]]:
    """Return for each session the last day it could be on and the first one after its date.

    The sessions before stay as they are; those after must still find a day each.
    """
    possible = Feasibility(task)
    room: list[tuple[int, int | None]] = []
    # Last session first, so that what is found there answers for the sessions before.
    for session in range(task.count - 1, -1, -1):
        day = dates[session]
        _, last = task.window(session, dates[session - 1])
        if task.end is not None and session == 0:
            last = day
        later = task.days_for(session, day + 1, last)
        backup = next((option for option in later if possible(session, option)), None)
        furthest = next((option for option in reversed(later) if possible(session, option)), day)
        possible.trust(session, {day, furthest, backup or day})
        room.append((furthest, backup))
    return room[::-1]


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the hard rules let a course come.

    Args:
        layers: The days each session can be on, for every session that can be placed.
        spans: The days the first session that cannot be placed could have been on.
    """

    layers: list[list[int]]
    spans: list[tuple[int, int]]


def reachable(task: Task) -> Reach:
    """Find the days each session can be on when those before it are placed."""
    layers: list[list[int]] = []
    spans = [(task.first, task.last)]
    while len(layers) < task.count:
        session = len(layers)
        days = [day for span in spans for day in task.days_for(session, *span)]
        if not days:
            return Reach(layers, spans)
        layers.append(days)
        if len(layers) < task.count:
            spans = _merged(task.window(session + 1, day) for day in days)
    return Reach(layers, [])


def is_possible(task: Task) -> bool:
    """Tell whether any calendar keeps the hard rules."""
    return len(reachable(task).layers) == task.count


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in spans:
        if last < first:
            continue
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(last, merged[-1][1])
        else:
            merged.append((first, last))
    return merged


def shortened(task: Task, count: int) -> Task:
    """Return the task with its first sessions only."""
    return replace(task, gaps=task.gaps[: count - 1])
