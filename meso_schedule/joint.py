"""The exact search of a combined calendar: several chains of sessions on one timeline.

A visit is a day with one session, or with one of several protocols. Visits are placed in the
order of their days, so a state is the number of sessions placed and the last day of each
protocol: what a spacing rule asks for after earlier sessions is implied by the last one.

The cost to go of each protocol alone, its next session not before what spacing leaves, never
overstates what is to come and never drops along a step by more than the step costs; so the
first whole calendar that a best-first search settles is the best one.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from heapq import heappop, heappush
from itertools import combinations
from typing import NamedTuple

from meso_schedule.dates import Interval
from meso_schedule.problem import Days, Task
from meso_schedule.strands import DAY_BITS, DAY_MASK, Scale, Strand, Toll

# Steps looked at before the search stops and says that it cannot prove the best calendar.
MOST_STEPS = 150_000
_BEAMS = (50, 400)
_CRITERIA = ("toll", "late", "start", "visit", "miss", "square", "minute")

State = tuple[int, ...]


class Rest:
    """The distance that spacing asks for after one treatment and before another.

    Args:
        intervals: What the rules say; the latest date counts.
    """

    def __init__(self, intervals: Sequence[Interval]) -> None:
        self.intervals = tuple(intervals)
        self._days: dict[int, int] = {}

    def after(self, day: int) -> int:
        """Return the first day the other treatment can be on."""
        known = self._days.get(day)
        if known is None:
            anchor = date.fromordinal(day)
            known = max(interval.after(anchor).toordinal() for interval in self.intervals)
            self._days[day] = known
        return known


@dataclass(frozen=True)
class Programme:
    """Several chains to place on one timeline.

    Args:
        tasks: One for each protocol, in the order given.
        rests: By two places in that order: the distance after the first, before the other.
        apart: Pairs of places, the smaller first, that never share a day.
        shared: The days on which the treatments of a set of places, as bits, fit into one visit.
        taken: Days that have a visit already, and the set of what it holds beside the tasks.
        tolls: By place, what a session costs on a day beyond all criteria.
        day_toll: Days of which each costs a toll, however many sessions it holds.
    """

    tasks: tuple[Task, ...]
    rests: Mapping[tuple[int, int], Rest]
    apart: frozenset[tuple[int, int]]
    shared: Callable[[int], Days]
    taken: Mapping[int, int] = field(default_factory=dict)
    tolls: Mapping[int, Toll] = field(default_factory=dict)
    day_toll: Callable[[int], bool] | None = None

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
        """The sets of places of which no two may share a day: each session is a visit."""
        places = range(len(self.tasks))
        return [
            group
            for size in range(1, len(self.tasks) + 1)
            for group in combinations(places, size)
            if all(pair in self.apart for pair in combinations(group, 2))
        ]


class Step(NamedTuple):
    """One more visit: the state it leads to, what it costs, and the least that is to come."""

    state: State
    cost: int
    ahead: int


class Measure(NamedTuple):
    """What a calendar is measured by, the first criterion first, the dates left aside."""

    toll: int
    late_days: int
    start_days: int
    visits: int
    preference_misses: int
    squared_deviation: int
    time_minutes: int


class Calendar(NamedTuple):
    """The days of each chain's sessions.

    Args:
        bound: Where the best calendar is not proven, what no calendar is better than; else None.
    """

    dates: list[list[int]]
    measure: Measure
    bound: Measure | None = None


class OutOfWork(Exception):  # noqa: N818 - no error: there is no answer within the bound of work
    """The bound of work was passed before any calendar was found, or its absence proven."""


class Joint:
    """The states of a programme and the steps between them."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        tasks = programme.tasks
        self.scale = Scale(tasks)
        total = sum(task.count for task in tasks)
        self.total = total
        self.strands: list[Strand] = []
        offset = 0
        for place, task in enumerate(tasks):
            toll = programme.tolls.get(place)
            self.strands.append(Strand(task, self.scale, offset, total, toll))
            offset += task.count
        self.begin: State = (0,) * len(tasks)
        self._places = range(len(tasks))
        self._visits: dict[tuple[int, ...], int] = {}
        self._rests = [
            [
                (other, rest.after)
                for other in self._places
                if (rest := programme.rests.get((place, other)))
            ]
            for place in self._places
        ]

    def measure(self, cost: int) -> Measure:
        """Return what a cost says."""
        return Measure(*(self.scale.read(cost, name) for name in _CRITERIA))

    def is_complete(self, state: State) -> bool:
        """Tell whether all sessions are placed."""
        return all(
            node >> DAY_BITS == strand.count
            for node, strand in zip(state, self.strands, strict=True)
        )

    def floors(self, state: State) -> list[int]:
        """Return the first day that the visits so far leave each chain's next session."""
        days = [node & DAY_MASK for node in state]
        floors = [max(days) + 1] * len(days)
        for place, day in enumerate(days):
            if day:
                for other, after in self._rests[place]:
                    floors[other] = max(floors[other], after(day))
        return floors

    def steps(self, state: State) -> Iterator[Step]:
        """Yield every visit that can come next."""
        strands = self.strands
        floors = self.floors(state)
        live = [p for p in self._places if state[p] >> DAY_BITS < strands[p].count]
        options = {place: strands[place].options(state[place]) for place in live}
        # The visit after this one must still come in time for every chain.
        cap = min(options[place].days[-1] if options[place].days else -1 for place in live)
        for place in live:
            days = options[place].days
            for index in range(bisect_left(days, floors[place]), len(days)):
                if days[index] > cap:
                    break
                yield from self._step(state, (place,), days[index], (index,), floors)
        for group in self.programme.groups:
            if all(place in options for place in group):
                yield from self._shared_steps(state, group, floors, cap)

    def _shared_steps(
        self, state: State, group: tuple[int, ...], floors: Sequence[int], cap: int
    ) -> Iterator[Step]:
        lists = [self.strands[place].options(state[place]).days for place in group]
        first = max(floors[place] for place in group)
        fitting = self.programme.shared(sum(1 << place for place in group))
        for day in lists[0][bisect_left(lists[0], first) :]:
            if day > cap:
                break
            indexes = tuple(bisect_left(days, day) for days in lists)
            if all(
                i < len(days) and days[i] == day for i, days in zip(indexes, lists, strict=True)
            ) and fitting.usable(day, day):
                yield from self._step(state, group, day, indexes, floors)

    def _step(
        self,
        state: State,
        group: tuple[int, ...],
        day: int,
        indexes: tuple[int, ...],
        floors: Sequence[int],
    ) -> Iterator[Step]:
        nodes = list(state)
        cost = 0
        for place, index in zip(group, indexes, strict=True):
            cost += self.strands[place].options(state[place]).costs[index]
            nodes[place] = ((state[place] >> DAY_BITS) + 1) << DAY_BITS | day
        later = [max(floor, day + 1) for floor in floors]
        for place in group:
            for other, after in self._rests[place]:
                later[other] = max(later[other], after(day))
        ahead = 0
        for node, strand, floor in zip(nodes, self.strands, later, strict=True):
            rest = strand.ahead(node, floor)
            if rest is None:
                return
            ahead += rest
        cost += self._visit_cost(group, day)
        yield Step(tuple(nodes), cost, ahead + self.visits_ahead(nodes) * self.scale.visit)

    def _visit_cost(self, group: tuple[int, ...], day: int) -> int:
        """Return what a visit costs beyond its sessions: itself, and a start that suits all."""
        taken = self.programme.taken.get(day, 0)
        cost = 0 if taken else self.scale.visit
        if self.programme.day_toll and self.programme.day_toll(day):
            cost += self.scale.toll
        if (len(group) > 1 or taken) and self.programme.tasks[group[0]].timed:
            held = taken | sum(1 << place for place in group)
            off = self.programme.shared(held).minutes_off(day)
            for place in group:
                alone = self.programme.tasks[place].days.minutes_off(day)
                cost += (off - alone) * self.scale.minute
        return cost

    def visits_ahead(self, nodes: Sequence[int]) -> int:
        """Return how many visits there must be at least after a state."""
        placed = tuple([node >> DAY_BITS for node in nodes])
        known = self._visits.get(placed)
        if known is None:
            known = self._visits[placed] = self._least_visits(placed)
        return known

    def _least_visits(self, placed: Sequence[int]) -> int:
        if self.programme.taken:
            return 0
        left = [strand.count - count for count, strand in zip(placed, self.strands, strict=True)]
        return max(sum(left[place] for place in group) for group in self.programme.strangers)

    def least_ahead(self, state: State) -> int | None:
        """Return a cost that no calendar from a state on is below; None when there is none."""
        ahead = self.visits_ahead(state) * self.scale.visit
        for node, strand, floor in zip(state, self.strands, self.floors(state), strict=True):
            rest = strand.ahead(node, floor)
            if rest is None:
                return None
            ahead += rest
        return ahead


def best_calendar(
    programme: Programme, most: int = MOST_STEPS, *, or_any: bool = False
) -> Calendar | None:
    """Return the best days of all sessions, or None when the hard rules leave none.

    Args:
        programme: What is to be placed.
        most: Steps to look at.
        or_any: Whether a good calendar will do when the bound is passed.

    Raises:
        OutOfWork: When the bound is passed and no calendar was found.
    """
    joint = Joint(programme)
    least = joint.least_ahead(joint.begin)
    if least is None:
        return None
    costs = {joint.begin: 0}
    came: dict[State, State] = {}
    settled: set[State] = set()
    heap = [(least, joint.begin)]
    steps = 0
    while heap:
        bound, state = heappop(heap)
        if state in settled:
            continue
        settled.add(state)
        cost = costs[state]
        if joint.is_complete(state):
            return Calendar(_dates(came, state), joint.measure(cost))
        if steps > most:
            if not or_any:
                raise OutOfWork
            return _best_found(joint, bound)
        for step in joint.steps(state):
            steps += 1
            total = cost + step.cost
            old = costs.get(step.state)
            if old is None or total < old:
                costs[step.state] = total
                came[step.state] = state
                heappush(heap, (total + step.ahead, step.state))
    return None


def _best_found(joint: Joint, bound: int) -> Calendar:
    """Return the best calendar of a narrow search, which proves nothing."""
    for width in _BEAMS:
        layers: list[dict[State, tuple[int, int, State | None]]] = [
            {} for _ in range(joint.total + 1)
        ]
        layers[0][joint.begin] = (0, 0, None)
        came: dict[State, State] = {}
        for layer in layers[:-1]:
            kept = sorted(layer.items(), key=lambda entry: entry[1][:2])[:width]
            for state, (_, cost, _) in kept:
                for step in joint.steps(state):
                    total = cost + step.cost
                    count = sum(node >> DAY_BITS for node in step.state)
                    old = layers[count].get(step.state)
                    if old is None or total < old[1]:
                        layers[count][step.state] = (total + step.ahead, total, state)
                        came[step.state] = state
        if layers[-1]:
            state, (_, cost, _) = min(layers[-1].items(), key=lambda entry: entry[1][1])
            proven = None if cost <= bound else joint.measure(bound)
            return Calendar(_dates(came, state), joint.measure(cost), proven)
    raise OutOfWork


def _dates(came: Mapping[State, State], state: State) -> list[list[int]]:
    dates: list[list[int]] = [[] for _ in state]
    while before := came.get(state):
        for days, node, old in zip(dates, state, before, strict=True):
            if node != old:
                days.append(node & DAY_MASK)
        state = before
    return [days[::-1] for days in dates]
