"""The exact search: usable days and interval rules in, dates out.

A course is a shortest path over (session, day); an arc leads to a usable day inside
the next window, and its weight is what the criteria of a plan say of that day. A
best-first search settles nodes by (cost, session); since no arc is negative, every
node that could tie for a predecessor is settled first, so ties are decided by the
earliest dates, and the answer is unique. A first walk, by the cheapest steps seen from
near, tells what the best course costs at most, and dearer arcs are never looked at.
"""

from collections.abc import Callable, Container, Iterator
from heapq import heapify, heappop, heappush

from meso_schedule.rules.windows import NEVER, NO_RUN, START, Steps
from meso_schedule.search.task import Task

# A node is one integer: 22 bits for the day, above them the session. In the heap its cost
# stands above its 28 bits.
_DAY_BITS = 22
_NODE_BITS = 28
_DAY_MASK = (1 << _DAY_BITS) - 1
_NODE_MASK = (1 << _NODE_BITS) - 1


def best_dates(task: Task) -> list[int] | None:
    """Return the best days of all sessions, or None when the hard rules leave none."""
    ways = _Ways(task)
    bound = _cost_of_walk(task, ways)
    extra = _extra_cost(task)
    best = dict(_first_days(task, bound))
    came = dict.fromkeys(best, 0)
    heap = [cost << _NODE_BITS | day for day, cost in best.items()]
    heapify(heap)
    final = len(task.gaps) << _DAY_BITS
    found: list[list[int]] = []
    while heap:
        key = heappop(heap)
        node = key & _NODE_MASK
        cost = key >> _NODE_BITS
        if cost > bound:
            break
        if cost != best[node]:
            continue
        if node >= final:
            bound = cost
            found.append(_path(came, node))
            continue
        moved, upon, steps, usable = ways.after(node)
        for step, total in steps:
            total += cost
            if total > bound:
                break
            if moved + step in usable:
                following = upon + step
                if extra:
                    total += extra(node, following)
                old = best.get(following, NEVER)
                if total < old:
                    best[following] = total
                    came[following] = node
                    heappush(heap, total << _NODE_BITS | following)
                elif total == old and _is_earlier(came, node, came[following]):
                    came[following] = node
    return min(found, default=None)


class _Ways:
    """The ways on from each node, found once."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._final = len(task.gaps) << _DAY_BITS
        self._runs = [NO_RUN] * len(task.gaps)
        self._known: dict[int, tuple[int, int, Steps, Container[int]]] = {}

    def after(self, node: int) -> tuple[int, int, Steps, Container[int]]:
        """Return the day and the node that steps count from, the steps, and the usable days."""
        known = self._known.get(node)
        if known:
            return known
        session = node >> _DAY_BITS
        day = node & _DAY_MASK
        first, last, shift, nearest, furthest, steps = self._runs[session]
        if not first <= day <= last:
            self._runs[session] = self._task.gaps[session].run(day)
            _, _, shift, nearest, furthest, steps = self._runs[session]
        moved = day + shift
        usable = self._task.lookup(session + 1, moved + nearest, moved + furthest)
        known = self._known[node] = moved, (session + 1 << _DAY_BITS) + moved, steps, usable
        return known

    def nearest(self, node: int) -> tuple[int, int]:
        """Return the cost of the cheapest step and the node it leads to, NEVER without any."""
        if node >= self._final:
            return 0, node
        moved, upon, steps, usable = self.after(node)
        for step, cost in steps:
            if moved + step in usable:
                return cost, upon + step
        return NEVER, self._final

    def nearest_of_two(self, node: int) -> tuple[int, int]:
        """Return the same for the step that is cheapest together with the one that follows it."""
        moved, upon, steps, usable = self.after(node)
        least, found = NEVER, (NEVER, self._final)
        for step, cost in steps:
            if cost >= least:
                break
            if moved + step in usable:
                both = cost + self.nearest(upon + step)[0]
                if both < least:
                    least, found = both, (cost, upon + step)
        return found


def _cost_of_walk(task: Task, ways: _Ways) -> int:
    """Return what a walk costs that looks one session ahead, NEVER when it leads nowhere."""
    node, total = next(_first_days(task, NEVER), (0, NEVER))
    if task.end is not None or total == NEVER:
        return NEVER
    cost, following = ways.nearest(node)
    for _ in task.gaps:
        onward = ways.nearest(following)
        if onward[0]:
            # A dearer day now may be the cheaper way to the session after it.
            cost, following = ways.nearest_of_two(node)
            onward = ways.nearest(following)
        if cost == NEVER:
            return NEVER
        node = following
        total += cost + task.cost_of_day(node >> _DAY_BITS, node & _DAY_MASK)
        cost, following = onward
    return total


def _first_days(task: Task, bound: int) -> Iterator[tuple[int, int]]:
    """Yield the days session 0 can be on, and the least cost of a course that begins there."""
    ahead = _days_ahead(task)
    days = task.days_for(0, task.first, task.last)
    if task.lead:
        days.sort(key=task.opening_cost)
    for day in days:
        cost = task.opening_cost(day)
        if cost > bound:
            break
        yield day, cost + task.cost_of_day(0, day) + ahead(day)


def _extra_cost(task: Task) -> Callable[[int, int], int] | None:
    """Return what an arc between two nodes costs beside its step, None when that is nothing."""
    if task.end is None and not (task.prefer or task.timed or task.booked or task.day_cost):
        return None
    ahead = _days_ahead(task)

    def extra(node: int, following: int) -> int:
        session, day = following >> _DAY_BITS, following & _DAY_MASK
        return task.cost_of_day(session, day) + ahead(following) - ahead(node)

    return extra


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


def _days_ahead(task: Task) -> Callable[[int], int]:
    """Return a cost certain to come after a node: with `end`, the days left short of it.

    No step is longer than its gap's longest, so the bound never overstates and never
    drops along an arc. At the last session it is what the days short of `end` cost.
    """
    end = task.end
    if end is None:
        return lambda _: 0
    left = [0]
    for gap in reversed(task.gaps):
        left.append(left[-1] + gap.longest())
    left.reverse()
    return lambda node: max(0, end - (node & _DAY_MASK) - left[node >> _DAY_BITS]) * START
