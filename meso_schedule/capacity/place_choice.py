"""The whole choice among single places, of all that may cost as little as is asked for.

A place that is in no calendar near enough to the best at some prices is in no repair that costs so
little: what remains is so few that the choice among them is exact, and where there is none no
repair costs so little.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from meso_schedule.capacity.booked_course import BookedCourse
from meso_schedule.capacity.capacities import Capacities, Cell, Taken
from meso_schedule.capacity.places import Calendar, Placement, change_between
from meso_schedule.capacity.quarter_prices import cost_of
from meso_schedule.capacity.scale import Scale
from meso_schedule.capacity.solver import HALF, INFINITE, Coefficients, Row, whole
from meso_schedule.capacity.track import Near

# Prices leave so little open that it is mostly decided before the first node.
_MOST_NODES = 200


class Candidate(NamedTuple):
    """A course and where it may be.

    Args:
        id: Whose.
        course: None of one that is not looked at, and may be anywhere for a call.
        near: What its calendars are made of, for each of its tasks.
        is_hit: Whether it needs a calendar; others may stay as they are.
        may_go: Whether it may be let go; of another, whether it may change.
        taken: What it takes where it is let go; of another, where it stays.
    """

    id: str
    course: BookedCourse | None
    near: Sequence[Near]
    is_hit: bool
    may_go: bool
    taken: Taken

    @property
    def places(self) -> Iterator[Placement]:
        """Where its sessions may be."""
        for near in self.near:
            for places in near.places.values():
                yield from places


class Chosen(NamedTuple):
    """What is chosen.

    Args:
        calendars: Of each course that is hit, and of each other that changes.
        cost: What it costs by the criteria that are proven.
        is_known: Whether that is all; else one changes that is not looked at.
    """

    calendars: dict[str, Calendar | None]
    cost: int
    is_known: bool


class PlaceChoice:
    """A choice among places.

    Args:
        candidates: The courses.
        capacities: What is left beside all that are not hit.
        freed: What is taken of it and may become free.
        scale: How criteria become one number.
        most_others: How many others may change; None for any.
    """

    def __init__(
        self,
        candidates: Sequence[Candidate],
        capacities: Capacities,
        freed: Taken,
        scale: Scale,
        most_others: int | None,
    ) -> None:
        self._candidates, self._scale = candidates, scale
        self._capacities, self._freed = capacities, freed
        self._costs: list[float] = []
        self._proven: Coefficients = []
        self._rows: list[Row] = []
        self._leads: dict[str, int] = {}
        self._taken_by: dict[tuple[str, Placement], Taken] = {}
        self._parts: dict[int, tuple[str, int, Placement]] = {}
        self._users: dict[Cell, Coefficients] = {cell: [] for cell in self._narrow()}
        for candidate in candidates:
            self._add(candidate)
        if most_others is not None:
            hit = {it.id for it in candidates if it.is_hit}
            others = [(lead, 1.0) for name, lead in self._leads.items() if name not in hit]
            self._rows.append((others, -INFINITE, float(most_others)))

    def best(self, most: int) -> tuple[Chosen | None, bool]:
        """Return the best choice that costs no more than so much, and whether that is proven."""
        rows = [(users, -INFINITE, float(self._left(it))) for it, users in self._users.items()]
        rows.append((self._proven, -INFINITE, most + HALF))
        parts, is_proven = whole(self._costs, self._rows + rows, most_nodes=_MOST_NODES)
        return None if parts is None else self._chosen(parts), is_proven

    def _left(self, cell: Cell) -> int:
        return self._capacities.left(cell) + self._freed.get(cell, 0)

    def _narrow(self) -> list[Cell]:
        """Return the quarters that more courses may take than there is left."""
        wanted: Counter[Cell] = Counter()
        for candidate in self._candidates:
            own = set(candidate.taken if candidate.is_hit else ())
            wanted.update(own.union(*(self._taken(candidate, it) for it in candidate.places)))
        return sorted(cell for cell, courses in wanted.items() if courses > self._left(cell))

    def _taken(self, candidate: Candidate, place: Placement) -> Taken:
        key = candidate.id, place
        if key not in self._taken_by:
            assert candidate.course, "who has places is looked at"
            self._taken_by[key] = candidate.course.taken_by((place,), self._capacities)
        return self._taken_by[key]

    def _new(self, cost: float, proven: float, taken: Taken) -> int:
        part = len(self._costs)
        self._costs.append(cost)
        if proven:
            self._proven.append((part, proven))
        for cell, count in taken.items():
            if cell in self._users:
                self._users[cell].append((part, float(count)))
        return part

    def _add(self, candidate: Candidate) -> None:
        course, taken, each = candidate.course, Counter(candidate.taken), 1.0
        if course and candidate.is_hit:
            cost = cost_of(course.measure(None), self._scale.pure)
        else:
            taken, cost, each = Counter(), float(course is None), 0.0
            taken.subtract(candidate.taken)
        begin = [it for near in candidate.near for it in self._walk(candidate, near)]
        if candidate.may_go:
            self._leads[candidate.id] = lead = self._new(cost, cost, taken)
            begin.append((lead, -1.0 if candidate.is_hit else 1.0))
        if course:
            self._rows.append((begin, -each, -each))

    def _walk(self, candidate: Candidate, near: Near) -> Coefficients:
        """Add places and steps of a course under one task; return the steps to its first day."""
        into: dict[tuple[int, int], Coefficients] = defaultdict(list)
        onward: dict[tuple[int, int], Coefficients] = defaultdict(list)
        for session, before, day, cost in near.steps:
            step = self._new(cost, cost, {})
            into[session, day].append((step, 1.0))
            onward[session - 1, before].append((step, -1.0))
        for (session, day), places in near.places.items():
            here = self._here(candidate, session, places)
            self._rows.append(([*into[session, day], *here], 0.0, 0.0))
            if onward[session, day]:
                self._rows.append(([*into[session, day], *onward[session, day]], 0.0, 0.0))
        return onward[-1, 0]

    def _here(
        self, candidate: Candidate, session: int, places: Sequence[Placement]
    ) -> Iterator[tuple[int, float]]:
        """Add the places of a session on a day; of those that take the same only the best."""
        assert candidate.course, "who has places is looked at"
        least: dict[tuple[int, frozenset[Cell]], tuple[float, Placement]] = {}
        for place in places:
            change = change_between([candidate.course.booked[session]], [place])
            taken = frozenset(self._users.keys() & self._taken(candidate, place).keys())
            one, key = (cost_of(change, self._scale.weights), place), (change.changed, taken)
            least[key] = min(one, least.get(key, one))
        for (changed, _), (cost, place) in least.items():
            part = self._new(cost, float(changed), self._taken(candidate, place))
            self._parts[part] = candidate.id, session, place
            yield part, -1.0

    def _chosen(self, parts: Sequence[float]) -> Chosen:
        chosen = sorted(key for part, key in self._parts.items() if parts[part] > HALF)
        placed = {name: tuple(place for *_, place in own) for name, own in groupby(chosen, _name)}
        calendars = {
            it.id: placed.get(it.id)
            for it in self._candidates
            if it.is_hit or (it.course and placed.get(it.id, it.course.booked) != it.course.booked)
        }
        cost = sum(cost for part, cost in self._proven if parts[part] > HALF)
        known = {it.id for it in self._candidates if it.course}
        unknown = [lead for name, lead in self._leads.items() if name not in known]
        return Chosen(calendars, round(cost), not any(parts[lead] > HALF for lead in unknown))


def _name(key: tuple[str, int, Placement]) -> str:
    return key[0]
