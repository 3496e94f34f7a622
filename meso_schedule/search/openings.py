"""When the first session of a treatment may be beside others.

The others may take its first days from a treatment: as much later may it begin, counted from the
first day that keeps the distance to all of them. Visits are placed in the order of their days,
and a session that keeps its distance to a later one would have kept it on any day before. So
that day depends on what is placed so far only, and it is part of the state: until a treatment
has a session, it stands where the day of its last one will.
"""

from collections.abc import Sequence
from dataclasses import replace

from meso_schedule.base.dates import LAST_ORDINAL
from meso_schedule.search.programme import Programme
from meso_schedule.search.tracks import DAY_BITS, DAY_MASK

State = tuple[int, ...]

# So many days behind its own a first session is looked for.
_MOST_PUSHED = 366


def _pushed(programme: Programme, place: int) -> int:
    """Return by how many days others can push a first session at most.

    They must take all days up to there, one after another, and a session takes no more than lie
    between the distances before and after it.
    """
    if programme.next_free:
        return _MOST_PUSHED
    takers = []
    for other, task in enumerate(programme.tasks):
        pairs = ((place, other), (other, place))
        if found := [it.longest for pair in pairs if (it := programme.distances.get(pair))]:
            shortest = min([gap.lengths().shortest for gap in set(task.gaps)], default=1)
            takers.append((task.count, max(1, shortest), sum(found) + 1))
    most = _MOST_PUSHED
    while True:
        taken = sum(min(count, 1 + (most + width) // gap) * width for count, gap, width in takers)
        if taken >= most:
            return most
        most = taken


class Openings:
    """The states of a programme, and what a visit makes of them.

    Args:
        programme: What is to be placed.
    """

    def __init__(self, programme: Programme) -> None:
        self._programme = programme
        self._distances = [
            (place, other, distance.after)
            for (place, other), distance in programme.distances.items()
        ]
        self._apart = {
            pair
            for pair in programme.apart
            if not programme.distances.keys().isdisjoint((pair, pair[::-1]))
        }
        self._counts = [task.count << DAY_BITS for task in programme.tasks]
        # Of a first session that no other is kept from, nothing can take days.
        bound = {place for pair in programme.distances for place in pair}
        self._opens = [
            task.opens if place in bound else None for place, task in enumerate(programme.tasks)
        ]
        self._can_open = any(opens is not None for opens in self._opens)
        self.begin: State = tuple([opens or 0 for opens in self._opens])
        # With every day that a first session could be pushed to.
        self.tasks = tuple(
            task
            if opens is None
            else replace(task, last=min(task.last + _pushed(programme, place), LAST_ORDINAL))
            for place, (task, opens) in enumerate(zip(programme.tasks, self._opens, strict=True))
        )

    def floors(self, state: Sequence[int]) -> list[int]:
        """Return the first day that the visits so far leave each chain's next session."""
        days = [node & DAY_MASK if node >> DAY_BITS else 0 for node in state]
        floors = [max(days) + 1] * len(days)
        for place, other, after in self._distances:
            if days[place] and (first := after(days[place])) > floors[other]:
                floors[other] = first
        return floors

    def last(self, place: int, node: int, last: int) -> int:
        """Return the last day of the next session, a first one as far as the others are placed."""
        opens = self._opens[place]
        if opens is None or node >> DAY_BITS:
            return last
        return min(last, self._programme.tasks[place].last + node - opens)

    @property
    def last_beginning(self) -> int:
        """The last day of the first visit: later ones leave some treatment a day before them."""
        tasks = enumerate(self.tasks)
        return min(self.cap(at, self.begin[at], task.last) for at, task in tasks if task.count)

    def cap(self, place: int, node: int, last: int) -> int:
        """Return the last day of a visit that leaves the next session a day, or takes its first."""
        own = self.last(place, node, last)
        if own == last:
            return last
        taking = (after(node) - 1 for first, _, after in self._distances if first == place)
        return min(last, max(own, *taking, 0))

    def after(self, dates: Sequence[Sequence[int]]) -> State | None:
        """Return the state after sessions; None where one is too late for a first session."""
        state: State | None = self.begin
        for day in sorted({day for days in dates for day in days}):
            group = [place for place, days in enumerate(dates) if day in days]
            state = state and self.follow(state, group, day)
        return state

    def follow(self, state: Sequence[int], group: Sequence[int], day: int) -> State | None:
        """Return the state after a visit; None where it is too late for a first session."""
        nodes = list(state)
        if not self._has_open(state):
            for place in group:
                nodes[place] = ((nodes[place] >> DAY_BITS) + 1) << DAY_BITS | day
            return tuple(nodes)
        pushed = []
        for place, node in enumerate(state):
            is_taken = self._takes(place, node, group, day)
            if place in group:
                if not is_taken and day > self.last(place, node, day):
                    return None
                nodes[place] = ((node >> DAY_BITS) + 1) << DAY_BITS | day
            elif is_taken:
                pushed.append(place)
        for place in pushed:
            nodes[place] = self._next(state, nodes, place, group, day)
        return tuple(nodes)

    def kept(self, state: State) -> State:
        """Return a state without the last days of tracks that have no sessions to come.

        Once all have begun they bear on nothing more than the floors of the others.
        """
        if self._has_open(state):
            return state
        return tuple(map(min, state, self._counts))

    def _has_open(self, state: Sequence[int]) -> bool:
        return self._can_open and any(map(self._is_open, state, self._opens))

    @staticmethod
    def _is_open(node: int, opens: int | None) -> bool:
        """Tell whether the first days of a track depend on what is placed."""
        return opens is not None and not node >> DAY_BITS

    def _takes(self, place: int, free: int, group: Sequence[int], day: int) -> bool:
        """Tell whether a visit takes from a treatment the day that was free for its first."""
        if not self._is_open(free, self._opens[place]):
            return False
        if free == day:
            return self._is_apart(place, group)
        return any(
            after(min(free, day)) > max(free, day)
            for first, second, after in self._distances
            if (first == place and free < day and second in group)
            or (second == place and day < free and first in group)
        )

    def _is_apart(self, place: int, group: Sequence[int]) -> bool:
        return any((min(place, it), max(place, it)) in self._apart for it in group)

    def _next(
        self, state: Sequence[int], nodes: Sequence[int], place: int, group: Sequence[int], day: int
    ) -> int:
        """Return the next free day; all before the visit are taken, or all up to a later one."""
        can_share = not self._is_apart(place, group) and self.floors(state)[place] <= day
        free = day if can_share and state[place] < day else self.floors(nodes)[place]
        next_free = self._programme.next_free
        return next_free(place, free) if next_free else free
