"""When the first session of a treatment may be beside others.

The others may take its first days from a treatment: as much later may it begin, counted from the
first day that keeps the distance to all of them. Visits are placed in the order of their days,
and a session that keeps its distance to a later one would have kept it on any day before. So
that day depends on what is placed so far only, and it is part of the state: until a treatment
has a session, it stands where the day of its last one will.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from meso_schedule.base.dates import LAST_ORDINAL
from meso_schedule.search.programme import Programme
from meso_schedule.search.spacing import PairSpacing
from meso_schedule.search.ways import DAY_BITS, DAY_MASK

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
            shortest = min([gap.lengths.shortest for gap in set(task.gaps)], default=1)
            takers.append((task.count, max(1, shortest), sum(found) + 1))
    most = _MOST_PUSHED
    while True:
        taken = sum(min(count, 1 + (most + width) // gap) * width for count, gap, width in takers)
        if taken >= most:
            return most
        most = taken


class Chain(Protocol):
    """One track, as far as it matters which days its own rules leave the next session."""

    final: int

    def entry(self, node: int, floor: int) -> int | None:
        """Return what stands for a node and a first day; None where they leave no day."""

    def first(self, entry: int) -> int:
        """Return the first day that an entry leaves the next session."""

    def last(self, entry: int) -> int:
        """Return the last day of the next session."""


class Openings:
    """The states of a programme, and what a visit makes of them.

    Args:
        programme: What is to be placed.
    """

    def __init__(self, programme: Programme) -> None:
        self._programme = programme
        self._spacing = PairSpacing(programme)
        places = range(len(programme.tasks))
        after = {pair: distance.after for pair, distance in programme.distances.items()}
        # By place: another one, and the distances after this one and after that one.
        self._near = [
            [
                (other, after.get((place, other)), after.get((other, place)))
                for other in places
                if (place, other) in after or (other, place) in after
            ]
            for place in places
        ]
        self._apart = [
            {
                other
                for other, *_ in near
                if (min(place, other), max(place, other)) in programme.apart
            }
            for place, near in enumerate(self._near)
        ]
        self._counts = [task.count << DAY_BITS for task in programme.tasks]
        # Of a first session that no other is kept from, nothing can take days.
        self._opens = {
            place: task.opens
            for place, task in enumerate(programme.tasks)
            if task.opens is not None and self._near[place]
        }
        self.begin: State = tuple([self._opens.get(place, 0) for place in places])
        # With every day that a first session could be pushed to.
        self.tasks = tuple(
            replace(task, last=min(task.last + _pushed(programme, place), LAST_ORDINAL))
            if place in self._opens
            else task
            for place, task in enumerate(programme.tasks)
        )

    def last(self, place: int, node: int, last: int) -> int:
        """Return the last day of the next session, a first one as far as the others are placed."""
        opens = self._opens.get(place)
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
        taking = (after(node) - 1 for _, after, _ in self._near[place] if after)
        return min(last, max(own, *taking, 0))

    def entries(
        self, tracks: Sequence[Chain], state: State, group: Sequence[int], day: int
    ) -> State | None:
        """Return the entries of all tracks after a visit; None where one has no way on.

        Args:
            tracks: What says of each which days its own rules leave it.
            state: The entries before the visit.
            group: Who is treated.
            day: When.
        """
        nodes = self.follow([entry >> DAY_BITS for entry in state], group, day)
        if nodes is None:
            return None
        found = []
        for place, node in enumerate(self._kept(nodes)):
            floor = self._spacing.floor(place, group, nodes, day)
            if place not in group:
                floor = max(floor, state[place] & DAY_MASK)
            entry = tracks[place].entry(node, floor)
            if entry is None:
                return None
            found.append(entry)
        return self._in_order(tracks, found)

    def _in_order(self, tracks: Sequence[Chain], entries: list[int]) -> State | None:
        """Return entries that keep each next session from a place where another cannot wait for it.

        Where the next session of a track would have to wait too long for that of a second one, the
        second comes after it. How long a track can wait is certain once it has begun.
        """
        for place, other in self._spacing.pairs:
            mine, theirs = tracks[place], tracks[other]
            entry, begun = entries[place], entries[other]
            if entry >= mine.final or begun >= theirs.final or not begun >> 2 * DAY_BITS:
                continue
            first = mine.first(entry)
            if first + self._spacing.wait(other, place, entry) <= theirs.last(begun):
                continue
            floor = theirs.first(begun) + self._spacing.wait(place, other, begun)
            if floor > first:
                following = mine.entry(entry >> DAY_BITS, floor)
                if following is None:
                    return None
                entries[place] = following
        return tuple(entries)

    def settled(self, tracks: Sequence[Chain], nodes: Sequence[int], first: int) -> State | None:
        """Return the entries of nodes, all that is to come from a day on; None where it cannot."""
        entries = []
        begun = [place for place, node in enumerate(nodes) if node >> DAY_BITS]
        for place, node in enumerate(nodes):
            floors = [
                self._spacing.floor(place, (other,), nodes, nodes[other] & DAY_MASK)
                for other in begun
            ]
            entry = tracks[place].entry(node, max([first, *floors]))
            if entry is None:
                return None
            entries.append(entry)
        return tuple(entries)

    def steps(
        self, dates: Sequence[Sequence[int]]
    ) -> Iterator[tuple[Sequence[int], tuple[int, ...], int]]:
        """Yield the visits of a calendar, each with the nodes before it."""
        groups: dict[int, tuple[int, ...]] = {}
        for place, days in enumerate(dates):
            groups.update((day, (*groups.get(day, ()), place)) for day in days)
        nodes: Sequence[int] = self.begin
        for day in sorted(groups):
            yield nodes, groups[day], day
            following = self.follow(nodes, groups[day], day)
            assert following is not None, "a calendar that is given can be followed"
            nodes = following

    def follow(self, nodes: Sequence[int], group: Sequence[int], day: int) -> list[int] | None:
        """Return the nodes after a visit; None where it is too late for a first session."""
        after = list(nodes)
        for place in group:
            after[place] = ((nodes[place] >> DAY_BITS) + 1) << DAY_BITS | day
        late = []
        for place in self._opens:
            free = nodes[place]
            if free >> DAY_BITS:
                continue
            if place not in group:
                if self._takes(place, free, group, day):
                    after[place] = self._next(nodes, after, place, group, day)
            elif day > self.last(place, free, day):
                late.append(place)
        return None if late and not self._are_pushed(late, nodes, group, day) else after

    def _are_pushed(
        self, late: Sequence[int], nodes: Sequence[int], group: Sequence[int], day: int
    ) -> bool:
        """Tell whether others of a visit push each late one there, beginning with those in time."""
        in_time = [place for place in group if place not in late]
        while left := [place for place in late if place not in in_time]:
            pushed = [it for it in left if self._takes(it, nodes[it], in_time, day)]
            if not pushed:
                return False
            in_time += pushed
        return True

    def _kept(self, nodes: Sequence[int]) -> Iterable[int]:
        """Return nodes without the last days of tracks that have no sessions to come.

        Once all have begun they bear on nothing more than the floors of the others.
        """
        for place in self._opens:
            if not nodes[place] >> DAY_BITS:
                return nodes
        return map(min, nodes, self._counts)

    def _takes(self, place: int, free: int, group: Sequence[int], day: int) -> bool:
        """Tell whether a visit takes from a treatment the day that was free for its first."""
        if free == day:
            return not self._apart[place].isdisjoint(group)
        for other, own, theirs in self._near[place]:
            after = own if free < day else theirs
            if other in group and after and after(min(free, day)) > max(free, day):
                return True
        return False

    def _next(
        self, nodes: Sequence[int], after: Sequence[int], place: int, group: Sequence[int], day: int
    ) -> int:
        """Return the next free day; all before the visit are taken, or all up to a later one."""
        next_free = self._programme.next_free
        can_share = self._apart[place].isdisjoint(group) and self._floor(nodes, place) <= day
        if can_share and nodes[place] < day and (not next_free or next_free(place, day) == day):
            return day
        free = self._floor(after, place)
        return next_free(place, free) if next_free else free

    def _floor(self, nodes: Sequence[int], place: int) -> int:
        """Return the first day that the visits so far leave a track's next session."""
        days = [node & DAY_MASK if node >> DAY_BITS else 0 for node in nodes]
        floor = max(days) + 1
        for other, _, after in self._near[place]:
            if after and days[other]:
                floor = max(floor, after(days[other]))
        return floor


def placed(state: State) -> tuple[int, ...]:
    """Return how many sessions of each track are placed, by the entries of a state."""
    return tuple([entry >> 2 * DAY_BITS for entry in state])
