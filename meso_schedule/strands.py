"""One protocol's sessions inside a combined calendar: what each step costs, and all steps after it.

The criteria of a combined plan are packed into one integer, first to last, each in a field too
wide to overflow. The dates stand in the lowest fields, session by session in the order of the
protocols, so that no two calendars cost the same and the least one is the answer.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import NamedTuple

from meso_schedule.problem import Task

DAY_BITS = 22
DAY_MASK = (1 << DAY_BITS) - 1

# Four protocols of 40 sessions: 160 sessions of 1,440 minutes, 160 squares of 22-bit distances,
# 160 misses, 160 visits, four distances of 22 bits, 160 late sessions.
_FIELDS = (
    ("minute", 18),
    ("square", 52),
    ("miss", 8),
    ("visit", 8),
    ("start", 24),
    ("late", 30),
    ("toll", 32),
)

Toll = Callable[[int, int], int]


class Scale:
    """Where each criterion stands in a cost.

    Args:
        tasks: What is to be placed.
    """

    def __init__(self, tasks: Sequence[Task]) -> None:
        self.base = min(task.first for task in tasks)
        self.last = max(map(_last_day, tasks))
        self.bits = (self.last - self.base).bit_length()
        self.dates = self.bits * sum(task.count for task in tasks)
        shift = self.dates
        self._shifts: dict[str, tuple[int, int]] = {}
        for name, width in _FIELDS:
            self._shifts[name] = shift, width
            shift += width
        self.minute, self.square, self.miss, self.visit, self.start, self.late, self.toll = (
            1 << self._shifts[name][0] for name, _ in _FIELDS
        )

    def read(self, cost: int, name: str) -> int:
        """Return what a cost says of one criterion."""
        shift, width = self._shifts[name]
        return cost >> shift & (1 << width) - 1


def _last_day(task: Task) -> int:
    """Return a day that no session of a chain comes after."""
    return min(task.limit, task.last + sum(gap.longest() for gap in task.gaps))


class Options(NamedTuple):
    """The days of the next session from which the rest can be placed, as far as its own rules go.

    Args:
        days: In order.
        costs: What each day costs.
        rests: The least cost of a day and all after it, over this day and all later ones.
    """

    days: list[int]
    costs: list[int]
    rests: list[int]


NOTHING = Options([], [], [])


class Strand:
    """One chain of sessions with its exact cost to go, looked up once for each session and day.

    A node is the number of sessions placed, then the day of the last one.

    Args:
        task: What is to be placed.
        scale: Where each criterion stands.
        offset: How many sessions of the protocols before come first in the order of dates.
        total: How many sessions there are in all.
        toll: What a session costs on a day beyond all criteria, when asking for a way out.
    """

    def __init__(
        self, task: Task, scale: Scale, offset: int, total: int, toll: Toll | None = None
    ) -> None:
        self.task = task
        self.count = task.count
        self.scale = scale
        self.toll = toll
        self._shifts = [
            (total - 1 - offset - session) * scale.bits for session in range(task.count)
        ]
        self._options: dict[int, Options] = {}

    def options(self, node: int) -> Options:
        """Return the days that the next session can be on."""
        known = self._options.get(node)
        if known is None:
            known = self._options[node] = self._look(node)
        return known

    def _look(self, node: int) -> Options:
        session, before = node >> DAY_BITS, node & DAY_MASK
        first, last = self.task.window(session, before)
        days: list[int] = []
        costs: list[int] = []
        rests: list[int] = []
        is_last = session == self.count - 1
        for day in self.task.days_for(session, first, last):
            ahead = 0
            if not is_last:
                following = self.options((session + 1) << DAY_BITS | day)
                if not following.days:
                    continue
                ahead = following.rests[0]
            cost = self._cost(session, before, day)
            days.append(day)
            costs.append(cost)
            rests.append(cost + ahead)
        for place in range(len(rests) - 2, -1, -1):
            rests[place] = min(rests[place], rests[place + 1])
        return Options(days, costs, rests)

    def _cost(self, session: int, before: int, day: int) -> int:
        task, scale = self.task, self.scale
        cost = (day - scale.base) << self._shifts[session]
        if rule := (task.gaps[session - 1], before) if session else task.lead:
            _, recommended, latest, _ = rule[0].after(rule[1])
            cost += (day - recommended) ** 2 * scale.square
            cost += max(0, day - latest) * scale.late
        elif task.end is None:
            cost += (day - task.first) * scale.start
        if task.end is not None and session == self.count - 1:
            cost += (task.end - day) * scale.start
        if task.prefer and (day - 1) % 7 not in task.prefer:
            cost += scale.miss
        if task.timed:
            cost += task.days.minutes_off(day) * scale.minute
        if self.toll:
            cost += self.toll(session, day) * scale.toll
        return cost

    def ahead(self, node: int, floor: int) -> int | None:
        """Return the least cost of all sessions to come, the next one not before `floor`."""
        if node >> DAY_BITS == self.count:
            return 0
        options = self.options(node)
        place = bisect_left(options.days, floor)
        return options.rests[place] if place < len(options.days) else None
