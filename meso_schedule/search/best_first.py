"""The exact search of a combined calendar.

The cost to go of each protocol alone, its next session not before what spacing leaves, never
overstates what is to come and never drops along a step by more than the step costs; so the
first whole calendar that a best-first search settles is the best one.
"""

from collections.abc import Iterator, Mapping
from heapq import heappop, heappush

from meso_schedule.search.openings import State
from meso_schedule.search.programme import Programme
from meso_schedule.search.states import Calendar, States, Visit
from meso_schedule.search.tracks import DAY_BITS, DAY_MASK

# Steps looked at before the search stops and says that it cannot prove the best calendar.
MOST_STEPS = 150_000
_BEAMS = (50, 400)


class OutOfWork(Exception):  # noqa: N818 - no error: there is no answer within the bound of work
    """The bound of work was passed before any calendar was found, or its absence proven."""


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
    joint = States(programme)
    least = joint.least_ahead(joint.begin)
    if least is None:
        return None
    costs = {joint.begin: 0}
    came: dict[State, State] = {}
    waiting: dict[State, tuple[Visit | None, Iterator[Visit]]] = {}
    heap = [(least, joint.begin, 0)]
    steps = 0
    while heap:
        bound, state, cost = heappop(heap)
        if cost != costs[state]:
            continue
        if joint.is_complete(state):
            return Calendar(_dates(came, state), joint.measure(cost))
        if steps > most:
            if not or_any:
                raise OutOfWork
            return _best_found(joint, bound)
        if state in waiting:
            visit, visits = waiting[state]
        else:
            visits = joint.visits(state)
            visit = next(visits, None)
        # Dearer visits wait until nothing cheaper is left.
        while visit and cost + visit[0] <= bound:
            step = joint.step(state, visit)
            visit = next(visits, None)
            steps += 1
            if step is None:
                continue
            total = cost + step.cost
            old = costs.get(step.state)
            if old is None or total < old:
                costs[step.state] = total
                came[step.state] = state
                heappush(heap, (total + step.ahead, step.state, total))
        waiting[state] = visit, visits
        if visit:
            heappush(heap, (cost + visit[0], state, cost))
    return None


def _best_found(joint: States, bound: int) -> Calendar:
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
                for step in filter(None, (joint.step(state, it) for it in joint.visits(state))):
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
            if node >> DAY_BITS != old >> DAY_BITS:
                days.append(node & DAY_MASK)
        state = before
    return [days[::-1] for days in dates]
