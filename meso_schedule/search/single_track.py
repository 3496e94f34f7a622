"""The exact search of one track alone: usable days and interval rules in, dates out.

A course is a shortest path over (session, day); an arc leads to a usable day inside
the next window, and its weight is what the criteria of a plan say of that day. A
best-first search settles nodes by (cost, session); since no arc is negative, every
node that could tie for a predecessor is settled first, so ties are decided by the
earliest dates, and the answer is unique. A first walk, by the cheapest steps seen from
near, tells what the best course costs at most, and dearer arcs are never looked at.
"""

from bisect import bisect_right
from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import accumulate

from meso_schedule.search.measure import NEVER
from meso_schedule.search.task import LATE, SQUARE, OutOfWork, Task
from meso_schedule.search.ways import DAY_BITS, DAY_MASK, Ways

# Arcs looked at before the search stops and says that it cannot prove the best dates.
MOST_ARCS = 5_000_000

# In the heap the cost of a node stands above its 28 bits.
_NODE_BITS = 28
_NODE_MASK = (1 << _NODE_BITS) - 1


def best_dates(task: Task, most: int = MOST_ARCS) -> list[int] | None:
    """Return the best days of all sessions, or None when the hard rules leave none.

    Args:
        task: What is to be placed.
        most: Arcs to look at.

    Raises:
        OutOfWork: When the bound is passed.
    """
    ways = Ways(task)
    more = _More.of(task)
    bound = _cost_of_walk(task, ways, more) if more else _cost_of_plain_walk(task, ways)
    best = dict(_first_days(task, bound, more))
    came = dict.fromkeys(best, 0)
    heap = sorted([cost << _NODE_BITS | day for day, cost in best.items()])
    final = len(task.gaps) << DAY_BITS
    found: list[list[int]] = []
    while heap:
        key = heappop(heap)
        node, cost = key & _NODE_MASK, key >> _NODE_BITS
        if cost > bound:
            break
        if cost != best[node]:
            continue
        if node >= final:
            bound = cost
            found.append(_path(came, node))
            continue
        moved, upon, steps, usable = ways.after(node)
        if (most := most - len(steps)) < 0:
            raise OutOfWork
        if more:
            cost -= more.ahead(node)
        for step, total in steps:
            total += cost
            if total > bound:
                break
            if moved + step in usable:
                following = upon + step
                if more and (total := total + more.after(following)) > bound:
                    continue
                old = best.get(following, NEVER)
                if total < old:
                    best[following] = total
                    came[following] = node
                    heappush(heap, total << _NODE_BITS | following)
                elif total == old and _is_earlier(came, node, came[following]):
                    came[following] = node
    return min(found, default=None)


def _cost_of_plain_walk(task: Task, ways: Ways) -> int:
    """Return what a walk costs that looks one session ahead, NEVER when it leads nowhere."""
    node, total = next(_first_days(task, NEVER, None), (0, NEVER))
    if total == NEVER:
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
        total += cost
        cost, following = onward
    return total


def _first_days(task: Task, bound: int, more: "_More | None") -> Iterator[tuple[int, int]]:
    """Yield the days session 0 can be on, and the least cost of a course that begins there."""
    days = task.days_for(0, task.first, task.last)
    if task.lead:
        days.sort(key=task.opening_cost)
    for day in days:
        cost = task.opening_cost(day)
        if cost > bound:
            break
        if more and (cost := cost + more.after(day)) > bound:
            continue
        yield day, cost


def _path(came: dict[int, int], node: int) -> list[int]:
    path = []
    while node:
        path.append(node & DAY_MASK)
        node = came[node]
    return path[::-1]


def _is_earlier(came: dict[int, int], node: int, other: int) -> bool:
    """Tell whether the way to one node has the earlier dates than the way to another."""
    earlier = False
    while node != other:
        earlier = node < other
        node, other = came[node], came[other]
    return earlier


class _More:
    """What nodes cost beside the steps to them, and a cost certain to come after them.

    Certain is that of the way to the day fixed next, taken evenly. Fixed are pins, and with `end`
    the day that the last session should be near to. The steps on the way add up to what is left,
    each as near to its recommended length as the rest allows; so the bound never overstates, and
    never drops along an arc by more than the arc costs.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        self._last = task.count - 1
        self._fixed = sorted(session for session in task.pins if session <= self._last)
        if task.end is not None and self._last not in task.pins:
            self._fixed.append(self._last)
        self._is_plain = task.is_plain
        # Of each bound of a gap, the sum over all gaps before a session.
        bounds = zip(*(gap.lengths for gap in task.gaps), strict=True)
        self._sums: list[list[int]] = [list(accumulate(bound, initial=0)) for bound in bounds]
        self._end = self._last_day()
        # What each pin costs itself together with what is certain to come after it.
        self._beyond: dict[int, int] = {}
        for session in reversed(self._fixed):
            if pin := task.pins.get(session):
                is_open = self._is_near(session, pin) and task.days_for(session, pin, pin)
                self._beyond[session] = self.after(session << DAY_BITS | pin) if is_open else NEVER

    def _is_near(self, session: int, day: int) -> bool:
        """Tell whether a session can come near a day: only then are the days up to it laid out."""
        shortest, *_, longest = [sums[session] for sums in self._sums] or (0, 0)
        return self._task.first + shortest <= day <= self._task.last + longest

    def _last_day(self) -> int:
        """Return the last day that the last session can be on, with `end`; else any."""
        task = self._task
        if task.end is None or self._last in task.pins:
            return 0
        days = task.days_for(self._last, task.first, task.end)
        return days[-1] if days else 0

    @classmethod
    def of(cls, task: Task) -> "_More | None":
        """Return what nodes of a task cost beside steps, None when that is nothing."""
        is_any = not task.is_plain or task.pins or task.end is not None
        return cls(task) if is_any else None

    def after(self, node: int) -> int:
        """Return what a node costs itself together with what is certain to come."""
        if self._is_plain:
            return self.ahead(node)
        return self.ahead(node) + self._task.cost_of_day(node >> DAY_BITS, node & DAY_MASK)

    def ahead(self, node: int) -> int:
        """Return a cost certain to come, NEVER or more when the day fixed next is out of reach."""
        session, day = node >> DAY_BITS, node & DAY_MASK
        if session == self._last:
            return self._task.closing_cost(day)
        place = bisect_right(self._fixed, session)
        if place == len(self._fixed):
            return 0
        fixed = self._fixed[place]
        shortest, soonest, furthest, on_time, longest = [
            sums[fixed] - sums[session] for sums in self._sums
        ]
        if (aim := self._task.pins.get(fixed)) is None:
            # Days short of the end cost less than lateness and more than all squares.
            aim = min(self._end, day + on_time)
            cost = self._task.closing_cost(aim)
        else:
            cost = self._beyond[fixed]
        left = aim - day
        if not shortest <= left <= longest:
            return NEVER
        off = max(0, left - furthest, soonest - left)
        squares = _even_squares(off, fixed - session)
        late = max(0, left - on_time)
        return cost + late * LATE + squares * SQUARE


def _even_squares(total: int, count: int) -> int:
    """Return the least sum of squares of so many whole numbers that add up to a total."""
    each, more = divmod(total, count)
    return (count - more) * each * each + more * (each + 1) * (each + 1)


def _cost_of_walk(task: Task, ways: Ways, more: _More) -> int:
    """Return what a walk costs whose steps leave the least to come, below NEVER in any case."""
    least = NEVER - 1
    starts = ((cost, day) for day, cost in _first_days(task, least, more))
    total, node = min(starts, default=(least, 0))
    for _ in task.gaps if node else ():
        moved, upon, steps, usable = ways.after(node)
        total -= more.ahead(node)
        onward = NEVER
        for step, cost in steps:
            if cost >= onward:
                break
            if moved + step in usable and (cost := cost + more.after(upon + step)) < onward:
                onward, node = cost, upon + step
        if onward == NEVER:
            return least
        total += onward
    return total
