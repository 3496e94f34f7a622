"""The exact search of a combined calendar.

The cost to go of each track alone, its next session not before what spacing leaves, never
overstates what is to come and never drops along a step by more than the step costs; so the
first whole calendar that a best-first search settles is the best one.
"""

from collections.abc import Sequence
from heapq import heappop, heappush
from itertools import count

from meso_schedule.search.measure import measured
from meso_schedule.search.openings import State
from meso_schedule.search.programme import Calendar, Programme
from meso_schedule.search.states import Group, Opening, States, Visits
from meso_schedule.search.task import OutOfWork
from meso_schedule.search.ways import DAY_BITS

_BEAMS = (50, 400)

# How a state was reached: from which one, and by which visit.
Came = dict[State, tuple[State, Group, int]]


def best_calendar(programme: Programme, most: int, *, or_any: bool = False) -> Calendar | None:
    """Return the best days of all sessions, or None when the hard rules leave none.

    Args:
        programme: What is to be placed.
        most: Steps to look at.
        or_any: Whether a good calendar will do when the bound is passed.

    Raises:
        OutOfWork: When the bound is passed and no calendar was found.
    """
    states = States(programme)
    begin = states.begin()
    if begin is None:
        return None
    frontier = _Frontier(states, *begin)
    while (bound := frontier.bound) is not None:
        if frontier.steps > most:
            if not or_any:
                raise OutOfWork
            return _best_found(states, begin[0], bound)
        if found := frontier.advance():
            return _calendar(states, frontier.came, *found)
    return None


class _Frontier:
    """What is reached, and what is to be looked at next, by what a calendar over it costs at least.

    Dearer visits of a state wait until nothing cheaper is left.

    Args:
        states: The states of the programme.
        begin: The first of them.
        least: What no calendar is better than.
    """

    def __init__(self, states: States, begin: State, least: int) -> None:
        self.steps = 0
        self.came: Came = {}
        self._states = states
        self._costs = {begin: 0}
        self._serial = count()
        # A state is to be opened, visits of some groups are, or visits are to be looked at from a
        # rank on.
        self._heap: list[tuple[int, int, int, State, Sequence[Opening] | Visits | None, int]] = []
        self._push(least, 0, begin)

    @property
    def bound(self) -> int | None:
        """What no calendar is better than; None when nothing is left to look at."""
        return self._heap[0][0] if self._heap else None

    def advance(self) -> tuple[State, int] | None:
        """Look at what comes next; return the state in which all is placed, and what it costs."""
        bound, _, cost, state, opening, rank = heappop(self._heap)
        if cost != self._costs[state]:
            return None
        if isinstance(opening, Visits):
            self._look(bound, cost, state, opening, rank)
        elif opening:
            for visits in self._states.visits(state, opening):
                self._look(bound, cost, state, visits, 0)
        elif self._states.is_complete(state):
            return state, cost
        else:
            for vain, groups in self._states.openings(state):
                self._push(bound + vain, cost, state, groups)
        return None

    def _push(
        self,
        bound: int,
        cost: int,
        state: State,
        opening: Sequence[Opening] | Visits | None = None,
        rank: int = 0,
    ) -> None:
        heappush(self._heap, (bound, next(self._serial), cost, state, opening, rank))

    def _look(self, bound: int, cost: int, state: State, visits: Visits, rank: int) -> None:
        """Look at the visits of a state that cost no more than a bound."""
        while choice := visits.choices.ranked(rank):
            least = cost + visits.others + choice.value
            if least > bound:
                self._push(least, cost, state, visits, rank)
                return
            rank += 1
            self.steps += 1
            reached = self._states.follow(state, visits.group, choice.day)
            if reached:
                onward, ahead = reached
                total = cost + self._states.visit_cost(choice)
                old = self._costs.get(onward)
                if old is None or total < old:
                    self._costs[onward] = total
                    self.came[onward] = state, visits.group, choice.day
                    self._push(total + ahead, total, onward)


def _best_found(states: States, begin: State, bound: int) -> Calendar:
    """Return the best calendar of a narrow search, which proves nothing."""
    total = sum(track.task.count for track in states.tracks)
    for width in _BEAMS:
        layers: list[dict[State, tuple[int, int]]] = [{} for _ in range(total + 1)]
        layers[0][begin] = (0, 0)
        came: Came = {}
        for layer in layers[:-1]:
            for state, (_, cost) in sorted(layer.items(), key=lambda entry: entry[1])[:width]:
                groups = (opening for _, found in states.openings(state) for opening in found)
                for visits in states.visits(state, groups):
                    rank = 0
                    while choice := visits.choices.ranked(rank):
                        rank += 1
                        onward = states.follow(state, visits.group, choice.day)
                        if onward is None:
                            continue
                        following, ahead = onward
                        reached = layers[sum(entry >> 2 * DAY_BITS for entry in following)]
                        spent = cost + states.visit_cost(choice)
                        old = reached.get(following)
                        if old is None or spent < old[1]:
                            reached[following] = spent + ahead, spent
                            came[following] = state, visits.group, choice.day
        if layers[-1]:
            ((state, (_, cost)),) = layers[-1].items()
            return _calendar(states, came, state, cost, bound)
    raise OutOfWork


def _calendar(
    states: States, came: Came, state: State, cost: int, bound: int | None = None
) -> Calendar:
    """Return the calendar that led to a state."""
    dates: list[list[int]] = [[] for _ in state]
    while before := came.get(state):
        state, group, day = before
        for place in group:
            dates[place].append(day)
    found = [days[::-1] for days in dates]
    criteria = states.date_bits
    measure = measured(cost >> criteria)
    if bound is None or cost <= bound:
        return Calendar(found, measure)
    return Calendar(found, measure, measured(bound >> criteria))
