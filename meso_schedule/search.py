"""The exact search: usable days and interval rules in, dates out.

A course is a shortest path over (session, day); an arc leads to a usable day inside
the next window. The criteria of a plan are packed into one integer, first to last,
each in a field too wide to overflow, so that comparing integers compares criteria.
A best-first search settles nodes by (cost, session); since no arc is negative, every
node that could tie for a predecessor is settled first, so ties are decided by the
earliest dates, and the answer is unique.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from heapq import heapify, heappop, heappush
from typing import Protocol

from meso_schedule.dates import LAST_ORDINAL, add_months
from meso_schedule.errors import CalendarEndError
from meso_schedule.rules import Gap

# The lowest bits hold a node: 22 for the day, 6 for the session. Above it lie the criteria.
# 40 sessions of 1,440 minutes fit 16 bits; 40 squared distances of 22 bits fit 50;
# 40 misses fit 6; one distance between two days fits 22.
_DAY_BITS = 22
_MINUTE = 1 << 28
_SQUARE = 1 << 44
_MISS = 1 << 94
_START = 1 << 100
_LATE = 1 << 122
_TOLL = 1 << 150

_DAY_MASK = (1 << _DAY_BITS) - 1
_NODE_MASK = _MINUTE - 1


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
        # A lapse past every window never binds, so its months need not be added.
        longest = self.longest()
        self._bounds[3] = [step for step in self._bounds[3] if _fewest_days(*step) < longest]
        self._months = {months for bound in self._bounds for months, _ in bound}
        self._windows: dict[int, tuple[int, int, int, int]] = {}
        # Where every bound adds the same months, the rest of each is a fixed number of days.
        self._shared = next(iter(self._months)) if len(self._months) == 1 else None
        self._steps = self._window(dict.fromkeys(self._months, 0))

    def after(self, anchor: int) -> tuple[int, int, int, int]:
        """Return earliest, recommended, latest and the last day allowed, as ordinals."""
        window = self._windows.get(anchor)
        if window:
            return window
        if self._shared is None:
            window = self._window({months: _moved(anchor, months) for months in self._months})
        else:
            moved = _moved(anchor, self._shared)
            earliest, recommended, latest, last = self._steps
            window = moved + earliest, moved + recommended, moved + latest, moved + last
        if window[2] > LAST_ORDINAL:
            raise CalendarEndError(date.fromordinal(anchor), self.gap.text)
        self._windows[anchor] = window
        return window

    def longest(self) -> int:
        """Return a number of days that no step of this gap exceeds."""
        steps = (step for bound in self._bounds[:3] for step in bound)
        return max(_most_days(*step) for step in steps) + self.late

    def _window(self, moved: dict[int, int]) -> tuple[int, int, int, int]:
        minimum, target, maximum, lapse = (
            [moved[months] + days for months, days in bound] for bound in self._bounds
        )
        earliest = max(minimum)
        recommended = max(earliest, *target)
        latest = max(recommended, min(maximum))
        return earliest, recommended, latest, min([latest + self.late, *lapse])


def _moved(day: int, months: int) -> int:
    return add_months(date.fromordinal(day), months).toordinal() if months else day


def _fewest_days(months: int, days: int) -> int:
    return min(28 * months, 31 * months) + days


def _most_days(months: int, days: int) -> int:
    return max(28 * months, 31 * months) + days


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
    plain = not (task.prefer or task.timed or task.toll)
    ahead = _days_ahead(task)
    final = (task.count - 1) << _DAY_BITS
    best: dict[int, int] = {}
    came: dict[int, int] = {}
    heap: list[int] = []
    for day in task.days_for(0, task.first, task.last):
        cost = 0 if plain else task.cost_of_day(day)
        if task.end is None:
            cost += (day - task.first) * _START
        best[day] = cost
        came[day] = 0
        heap.append((cost + ahead(day) if ahead else cost) + day)
    heapify(heap)
    found: list[list[int]] = []
    bound = 0
    while heap:
        key = heappop(heap)
        node = key & _NODE_MASK
        if found and key - node != bound:
            break
        cost = best[node]
        if key - node != (cost + ahead(node) if ahead else cost):
            continue
        if node >= final:
            bound = key - node
            found.append(_path(came, node))
            continue
        session = (node >> _DAY_BITS) + 1
        earliest, recommended, latest, last = task.gaps[session - 1].after(node & _DAY_MASK)
        for day in task.days_for(session, earliest, last):
            total = cost + (day - recommended) ** 2 * _SQUARE
            if day > latest:
                total += (day - latest) * _LATE
            if not plain:
                total += task.cost_of_day(day)
            following = session << _DAY_BITS | day
            old = best.get(following)
            if old is None or total < old:
                best[following] = total
                came[following] = node
                heappush(heap, (total + ahead(following) if ahead else total) + following)
            elif total == old and _is_earlier(came, node, came[following]):
                came[following] = node
    return min(found, default=None)


def _path(came: dict[int, int], node: int) -> list[int]:
    path = []
    while node:
        path.append(node & _DAY_MASK)
        node = came[node]
    return path[::-1]


def _is_earlier(came: dict[int, int], node: int, other: int) -> bool:
    """Tell whether the way to one node has the earlier dates than the way to another."""
    earlier = False
    while node != other:
        earlier = node < other
        node, other = came[node], came[other]
    return earlier


def _days_ahead(task: Task) -> Callable[[int], int] | None:
    """Return a cost certain to come after a node: with `end`, the days left short of it.

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
    return lambda node: max(0, end - (node & _DAY_MASK) - left[node >> _DAY_BITS]) * _START


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
