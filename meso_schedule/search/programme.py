"""What is searched: one or several tracks on one timeline, and the calendar that is the answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

from meso_schedule.base.intervals import Interval
from meso_schedule.search.measure import Measure
from meso_schedule.search.task import Days, Task


class Guest(NamedTuple):
    """A session on the day of a visit.

    Args:
        place: Of which protocol, in the order given.
        minute: The time it is booked for, in minutes after midnight; None when it has none.
        rank: When it was placed: sessions of lower rank come first.
    """

    place: int
    minute: int | None = None
    rank: int = 0


class Distance:
    """The distance that spacing asks for after one treatment and before another.

    Args:
        intervals: What the rules say; the latest date counts.
    """

    def __init__(self, intervals: Sequence[Interval]) -> None:
        self.intervals = tuple(intervals)
        self._days: dict[int, int] = {}

    @property
    def shortest(self) -> int:
        """A number of days that it never falls below."""
        return max(interval.fewest_days for interval in self.intervals)

    @property
    def longest(self) -> int:
        """A number of days that it never exceeds."""
        return max(interval.most_days for interval in self.intervals)

    def after(self, day: int) -> int:
        """Return the first day the other treatment can be on."""
        known = self._days.get(day)
        if known is None:
            anchor = date.fromordinal(day)
            known = max(interval.after(anchor).toordinal() for interval in self.intervals)
            self._days[day] = known
        return known


# For each session of a track: the last day it could be on, None where that takes too much work to
# tell, and the first one after its date.
Room = list[tuple[int | None, int | None]]


class Calendar(NamedTuple):
    """The days of each track's sessions.

    Args:
        bound: Where the best calendar is not proven, what no calendar is better than; else None.
    """

    dates: list[list[int]]
    measure: Measure
    bound: Measure | None = None


@dataclass(frozen=True)
class Programme:
    """One or several tracks to place on one timeline.

    Args:
        tasks: One for each protocol, in the order given.
        distances: By two places in that order: the distance after the first, before the other.
        apart: Pairs of places, the smaller first, that never share a day.
        shared: The days on which the treatments of a set of places, as bits, fit into one visit.
        taken: Days that have a visit already, and the set of what it holds beside the tasks.
        cost_of_day: Whether a visit of a set of places, as bits, costs a penalty on a day; what is
            one of a place of them is one of them all.
        next_free: By place, the first day from one on that sessions held leave it; None where
            they take none.
        meet: How many booked times a visit cannot keep, by how many minutes it begins off the
            preferred time, and how many sessions of it are not with the main practitioner; None
            where no time is booked.
    """

    tasks: tuple[Task, ...]
    distances: Mapping[tuple[int, int], Distance]
    apart: frozenset[tuple[int, int]]
    shared: Callable[[int], Days]
    taken: Mapping[int, int] = field(default_factory=dict)
    cost_of_day: Callable[[int, int], bool] | None = None
    next_free: Callable[[int, int], int] | None = None
    meet: Callable[[Sequence[Guest], int], tuple[int, int, int]] | None = None

    @property
    def alone(self) -> int | None:
        """The place of the only track with sessions to place, where no visit stands beside it."""
        live = [place for place, task in enumerate(self.tasks) if task.count]
        return None if self.taken or len(live) > 1 else (live or [0])[0]

    def with_task(self, place: int, task: Task) -> "Programme":
        """Return the same with another task of one track."""
        return replace(self, tasks=(*self.tasks[:place], task, *self.tasks[place + 1 :]))

    @cached_property
    def groups(self) -> list[tuple[int, ...]]:
        """The sets of two or more places that may share a day."""
        places = range(len(self.tasks))
        return [
            group
            for size in range(2, len(self.tasks) + 1)
            for group in combinations(places, size)
            if not any(pair in self.apart for pair in combinations(group, 2))
        ]

    @cached_property
    def strangers(self) -> list[tuple[int, ...]]:
        """The largest sets of places of which no two may share a day: each session is a visit."""
        places = range(len(self.tasks))
        largest: list[tuple[int, ...]] = []
        for size in range(len(self.tasks), 0, -1):
            largest += [
                group
                for group in combinations(places, size)
                if all(pair in self.apart for pair in combinations(group, 2))
                and not any(set(group) < set(other) for other in largest)
            ]
        return largest
