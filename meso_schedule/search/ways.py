"""The ways from a session to the next one of its track, and what the steps cost."""

from collections.abc import Container
from functools import lru_cache

from meso_schedule.search.measure import NEVER
from meso_schedule.search.task import LATE, SQUARE, Task

# A node is one integer: 22 bits for the day, above them the session.
DAY_BITS = 22
DAY_MASK = (1 << DAY_BITS) - 1

# Each step into a window and what it costs, cheapest first, then earliest first.
Steps = tuple[tuple[int, int], ...]
# The day and the node that steps count from, the steps, and the usable days.
Way = tuple[int, int, Steps, Container[int]]
# Days from the first to the second have the same window: how far it is moved, where it begins and
# ends, and the steps into it.
Reach = tuple[int, int, int, int, int, Steps]
_NO_DAYS: Reach = (1, 0, 0, 0, 0, ())


class Ways:
    """The ways on from each node, found once."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._final = len(task.gaps) << DAY_BITS
        self._reach = [_NO_DAYS] * len(task.gaps)
        self._known: dict[int, Way] = {}

    def after(self, node: int) -> Way:
        """Return the day and the node that steps count from, the steps, and the usable days."""
        known = self._known.get(node)
        if known:
            return known
        session = node >> DAY_BITS
        day = node & DAY_MASK
        first, last, shift, nearest, furthest, steps = self._reach[session]
        if not first <= day <= last:
            first, last, shift, ends = self._task.gaps[session].run(day)
            nearest, furthest, steps = ends[0], ends[3], steps_into(*ends)
            self._reach[session] = first, last, shift, nearest, furthest, steps
        moved = day + shift
        usable = self._task.lookup(session + 1, moved + nearest, moved + furthest)
        known = self._known[node] = moved, (session + 1 << DAY_BITS) + moved, steps, usable
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


@lru_cache(maxsize=1024)
def steps_into(earliest: int, recommended: int, latest: int, last: int) -> Steps:
    """Return each step into a window and what it costs, cheapest first, then earliest first."""
    costs = [
        ((step - recommended) ** 2 * SQUARE + max(0, step - latest) * LATE, step)
        for step in range(earliest, last + 1)
    ]
    return tuple((step, cost) for cost, step in sorted(costs))
