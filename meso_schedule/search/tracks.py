"""One protocol's sessions inside a combined calendar: what each step costs, and all steps after it.

The criteria of a combined plan are packed into one integer, first to last, each in a field too
wide to overflow. The dates stand in the lowest fields, session by session in the order of the
protocols, so that no two calendars cost the same and the least one is the answer.
"""

from collections.abc import Callable, Sequence
from operator import add
from typing import NamedTuple

from meso_schedule.search.task import Task

DAY_BITS = 22
DAY_MASK = (1 << DAY_BITS) - 1

# Four protocols of 40 sessions: 160 sessions of 1,440 minutes, 160 squares of 22-bit distances,
# 160 misses, 160 visits, four distances of 22 bits, 160 moves of as many days, 160 late sessions.
_FIELDS = (
    ("minute", 18),
    ("square", 52),
    ("miss", 8),
    ("visit", 8),
    ("start", 24),
    ("moved_day", 30),
    ("moved", 8),
    ("late", 30),
    ("day_cost", 32),
)

DayCost = Callable[[int, int], int]


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
        units = {name: 1 << place for name, (place, _) in self._shifts.items()}
        self.minute, self.square, self.miss = units["minute"], units["square"], units["miss"]
        self.visit, self.start, self.late = units["visit"], units["start"], units["late"]
        self.moved, self.moved_day, self.day_cost = (
            units["moved"],
            units["moved_day"],
            units["day_cost"],
        )

    def read(self, cost: int, name: str) -> int:
        """Return what a cost says of one criterion."""
        shift, width = self._shifts[name]
        return cost >> shift & (1 << width) - 1


def _last_day(task: Task) -> int:
    """Return a day that no session of a chain comes after."""
    return min(task.limit, task.last + sum(gap.longest() for gap in task.gaps))


class Options(NamedTuple):
    """The days that a protocol's own rules leave its next session.

    Args:
        days: In order.
        order: The same, cheapest first.
        costs: What each day costs; None where only its distance from `aim` and its date count.
        aim: The recommended day.
        shift: Where the date stands.
    """

    days: list[int]
    order: list[int]
    costs: dict[int, int] | None
    aim: int
    shift: int


class Track:
    """One chain of sessions with its exact cost to go, looked up when it is asked for.

    A node is the number of sessions placed, then the day of the last one.

    Args:
        task: What is to be placed.
        scale: Where each criterion stands.
        offset: How many sessions of the protocols before come first in the order of dates.
        total: How many sessions there are in all.
        day_cost: What a session costs on a day beyond all criteria, when asking for a way out.
        is_timed: Whether the minutes from the preferred time are counted here, not by the visit.
    """

    def __init__(
        self,
        task: Task,
        scale: Scale,
        offset: int,
        total: int,
        day_cost: DayCost | None = None,
        *,
        is_timed: bool = True,
    ) -> None:
        self.task = task
        self.count = task.count
        self.scale = scale
        self.day_cost = day_cost
        self._is_timed = task.timed and is_timed
        self._is_plain = not (task.prefer or self._is_timed or task.booked or day_cost)
        self._final = task.count << DAY_BITS
        self._square, self._base = scale.square, scale.base
        self._shifts = [
            (total - 1 - offset - session) * scale.bits for session in range(task.count)
        ]
        self._options: dict[int, Options] = {}
        self._ahead: dict[int, int | None] = {}

    def options(self, node: int) -> Options:
        """Return the days that the next session can be on."""
        known = self._options.get(node)
        if known is None:
            known = self._options[node] = self._look(node)
        return known

    def _look(self, node: int) -> Options:
        session, before = node >> DAY_BITS, node & DAY_MASK
        shift = self._shifts[session]
        if self._is_plain and session and (session < self.count - 1 or self.task.end is None):
            earliest, aim, latest, last = self.task.gaps[session - 1].after(before)
            days = self.task.days_for(session, earliest, last)
            # Dates and lateness never turn the order by distance round.
            if not days or aim <= days[0]:
                if not days or days[-1] <= latest:
                    return Options(days, days, None, aim, shift)
            elif days[-1] <= latest:
                order = sorted(days, key=lambda day: abs(day - aim))
                return Options(days, order, None, aim, shift)
        else:
            aim = 0
            days = self.task.days_for(session, *self.task.window(session, before))
        costs = dict(zip(days, self._costs(session, before, days), strict=True))
        return Options(days, sorted(days, key=costs.__getitem__), costs, aim, shift)

    def cost(self, options: Options, day: int) -> int:
        """Return what a day costs the next session."""
        if options.costs is not None:
            return options.costs[day]
        off = day - options.aim
        return off * off * self._square + (day - self._base << options.shift)

    def _costs(self, session: int, before: int, days: Sequence[int]) -> list[int]:
        """Return what each day costs a session, the one before it on a day."""
        task, scale = self.task, self.scale
        shift, base = self._shifts[session], scale.base
        if rule := (task.gaps[session - 1], before) if session else task.lead:
            _, recommended, latest, _ = rule[0].after(rule[1])
            square = scale.square
            costs = [(day - recommended) ** 2 * square + (day - base << shift) for day in days]
            if days and days[-1] > latest:
                late = [max(0, day - latest) * scale.late for day in days]
                costs = list(map(add, costs, late))
        else:
            first, start = task.first, 0 if task.end is not None else scale.start
            costs = [(day - first) * start + (day - base << shift) for day in days]
        if task.end is not None and session == self.count - 1:
            costs = [
                cost + (task.end - day) * scale.start for cost, day in zip(costs, days, strict=True)
            ]
        if self._is_plain:
            return costs
        return [cost + self._own(session, day) for cost, day in zip(costs, days, strict=True)]

    def _own(self, session: int, day: int) -> int:
        """Return what a day costs whatever comes before and after it."""
        task, scale = self.task, self.scale
        cost = scale.miss if task.prefer and (day - 1) % 7 not in task.prefer else 0
        if self._is_timed:
            cost += task.minutes_off(session, day) * scale.minute
        if (move := task.move(session, day)) is not None:
            cost += scale.moved + move * scale.moved_day
        if self.day_cost:
            cost += self.day_cost(session, day) * scale.day_cost
        return cost

    def ahead(self, node: int, floor: int) -> int | None:
        """Return the least cost of all sessions to come, the next one not before `floor`.

        Days are tried cheapest first: once one alone costs as much as the best way found, no
        other is better.
        """
        if node >= self._final:
            return 0
        options = self.options(node)
        days = options.days
        if not days or floor > days[-1]:
            return None
        if floor <= days[0]:
            floor = 0
        key = node << DAY_BITS | floor
        known = self._ahead
        if key in known:
            return known[key]
        best: int | None = None
        following = ((node >> DAY_BITS) + 1) << DAY_BITS
        _, order, costs, aim, shift = options
        square, base = self._square, self._base
        for day in order:
            if day < floor:
                continue
            cost = costs[day] if costs else (day - aim) ** 2 * square + (day - base << shift)
            if best is not None and cost >= best:
                break
            child = following | day
            distance = known[at] if (at := child << DAY_BITS) in known else self.ahead(child, 0)
            if distance is not None and (best is None or cost + distance < best):
                best = cost + distance
        self._ahead[key] = best
        return best
