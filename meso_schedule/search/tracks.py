"""One track inside a programme: what each step of it costs, and all steps after it.

Below the criteria stand the dates, session by session in the order of the tracks, so that no two
calendars cost the same and the least one is the answer.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from meso_schedule.search.task import SQUARE, START, Task
from meso_schedule.search.ways import DAY_BITS, DAY_MASK, Way, Ways


class DateFields:
    """Where the date of each session stands in a cost.

    Args:
        tasks: What is to be placed.
    """

    def __init__(self, tasks: Sequence[Task]) -> None:
        self.base = min(task.first for task in tasks)
        self.width = (max(map(_last_day, tasks)) - self.base).bit_length()
        self.bits = self.width * sum(task.count for task in tasks)

    def shifts(self, tasks: Sequence[Task]) -> list[list[int]]:
        """Return above how many bits the date of each session stands, for each track."""
        shift, shifts = self.bits, []
        for task in tasks:
            shifts.append([shift - (session + 1) * self.width for session in range(task.count)])
            shift -= task.count * self.width
        return shifts


def _last_day(task: Task) -> int:
    """Return a day that no session of a track comes after."""
    return min(task.limit, task.last + sum(gap.longest() for gap in task.gaps))


class Choice(NamedTuple):
    """A day for what comes next: what it costs with all that follows, what it costs, the day."""

    value: int
    cost: int
    day: int


class Choices:
    """Days for what comes next, that first which leaves the least to come.

    A day is looked into only when none that was looked into is sure to be as good.

    Args:
        days: In any order, each with a cost that its value is not below, the least first.
        settle: Returns what a day costs; None when what follows has no room.
    """

    def __init__(
        self, days: Iterator[tuple[int, int]], settle: Callable[[int], Choice | None]
    ) -> None:
        self._days = days
        self._settle = settle
        self._next = next(days, None)
        self._waiting: list[Choice] = []
        self._ranked: list[Choice] = []

    def ranked(self, rank: int) -> Choice | None:
        """Return the best day, or the next one after it; None after the last."""
        ranked, waiting = self._ranked, self._waiting
        while len(ranked) <= rank:
            while self._next and not (waiting and waiting[0].value <= self._next[0]):
                choice = self._settle(self._next[1])
                self._next = next(self._days, None)
                if choice:
                    heappush(waiting, choice)
            if not waiting:
                return None
            ranked.append(heappop(waiting))
        return ranked[rank]


class Options:
    """The days that a track's own rules leave its next session.

    Args:
        days: In order.
        order: The same, cheapest first.
        cost: What each costs.
        ahead: What all sessions after it cost at least; None where they cannot be placed.
    """

    def __init__(
        self,
        days: list[int],
        order: list[int],
        cost: Callable[[int], int],
        ahead: Callable[[int], int | None],
    ) -> None:
        self.days = days
        self.order = order
        self.cost = cost
        self._ahead = ahead
        self._known: dict[int, Choice | None] = {}

    def between(self, first: int, last: int) -> Choices:
        """Return those of a span of days, the best first."""
        days = ((self.cost(day), day) for day in self.order if first <= day <= last)
        return Choices(days, self.on)

    def least(self, floor: int) -> int | None:
        """Return what days from one on cost at least with all that follows; None for no way on."""
        least = None
        for day in self.order:
            if day >= floor:
                cost = self.cost(day)
                if least is not None and cost >= least:
                    break
                ahead = self._ahead(day)
                if ahead is not None and (least is None or cost + ahead < least):
                    least = cost + ahead
        return least

    def on(self, day: int) -> Choice | None:
        """Return one of the days; None when the rest cannot follow."""
        if day in self._known:
            return self._known[day]
        cost, ahead = self.cost(day), self._ahead(day)
        choice = None if ahead is None else Choice(cost + ahead, cost, day)
        self._known[day] = choice
        return choice


def common_days(options: Sequence[Options], first: int, last: int) -> list[int]:
    """Return the days of a span that several tracks have in common, in order."""
    first = max([first, *[listed.days[0] for listed in options]])
    last = min([last, *[listed.days[-1] for listed in options]])
    spans = [
        listed.days[bisect_left(listed.days, first) : bisect_right(listed.days, last)]
        for listed in options
    ]
    return sorted(set(spans[0]).intersection(*spans[1:])) if all(spans) else []


class Track:
    """One track with its exact cost to go, looked up when it is asked for.

    A node is the number of sessions placed, then the day of the last one, or before the first the
    day that its window counts from. An entry is a node and
    the first day that other tracks leave the next session, zero where they take none away.

    Args:
        task: What is to be placed.
        fields: Where dates stand.
        shifts: Where those of its own sessions stand.
        penalty: The days that cost one, where any do, and what of it the track is sure to pay.
    """

    def __init__(
        self,
        task: Task,
        fields: DateFields,
        shifts: Sequence[int],
        penalty: tuple[Callable[[int], bool] | None, int],
    ) -> None:
        self.task = task
        self.final = task.count << 2 * DAY_BITS
        self._cost_of_day, self._penalty = penalty
        self._is_plain = task.is_plain and not self._cost_of_day
        self._bits, self._base, self._shifts = fields.bits, fields.base, shifts
        self._square = SQUARE << fields.bits
        self._start = START << fields.bits if task.end is None else 0
        self._ways = Ways(task) if self._is_plain and task.end is None else None
        self._options: dict[int, Options] = {}
        self._choices: dict[int, Choices] = {}
        self._ahead: dict[int, int | None] = {}

    def options(self, node: int) -> Options:
        """Return the days that the next session can be on."""
        if node <= DAY_MASK:
            node = 0
        known = self._options.get(node)
        if known is None:
            known = self._options[node] = self._look(node)
        return known

    def _look(self, node: int) -> Options:
        session, before = node >> DAY_BITS, node & DAY_MASK
        days = self.task.days_for(session, *self.task.window(session, before))
        following = session + 1 << 2 * DAY_BITS

        def ahead(day: int) -> int | None:
            return self.ahead(following | day << DAY_BITS)

        def no_more(_: int) -> int:
            return 0

        to_come = no_more if following == self.final else ahead
        return Options(days, *self._ranked(session, before, days), to_come)

    def _ranked(
        self, session: int, before: int, days: list[int]
    ) -> tuple[list[int], Callable[[int], int]]:
        """Return days for a session, cheapest first, and what each costs."""
        task, shift, base = self.task, self._shifts[session], self._base
        # The order of dates never turns the order by distance round.
        if self._is_plain and (session < task.count - 1 or task.end is None):
            rule, anchor = (task.gaps[session - 1], before) if session else task.lead or (None, 0)
            if rule is None:
                start, first = self._start, task.first
                return days, lambda day: (day - first) * start + (day - base << shift)
            _, aim, latest, _ = rule.after(anchor)
            if not days or days[-1] <= latest:
                square = self._square
                order = [aim + off for off in sorted([day - aim for day in days], key=abs)]
                return order, lambda day: (day - aim) ** 2 * square + (day - base << shift)
        costs = {
            day: (task.cost_of(session, before, day) << self._bits) + (day - base << shift)
            for day in days
        }
        if self._cost_of_day:
            for day in filter(self._cost_of_day, days):
                costs[day] += self._penalty
        return sorted(days, key=costs.__getitem__), costs.__getitem__

    def entry(self, node: int, floor: int) -> int | None:
        """Return the entry of a node and a floor; None where they leave the next session no day.

        A floor between two days is the later of them, so that what leaves the same is the same.
        """
        if node >= self.final >> DAY_BITS:
            return node << DAY_BITS
        days = self.options(node).days
        if not days or floor > days[-1]:
            return None
        return node << DAY_BITS | (0 if floor <= days[0] else days[bisect_left(days, floor)])

    def first(self, entry: int) -> int:
        """Return the first day that an entry leaves the next session."""
        return entry & DAY_MASK or self.options(entry >> DAY_BITS).days[0]

    def last(self, entry: int) -> int:
        """Return the last day of the next session."""
        return self.options(entry >> DAY_BITS).days[-1]

    def choices(self, entry: int, last: int) -> Choices:
        """Return the days, up to a last one, that an entry leaves the next session."""
        options = self.options(entry >> DAY_BITS)
        key = entry << DAY_BITS | min([last, *options.days[-1:]])
        known = self._choices.get(key)
        if known is None:
            known = self._choices[key] = options.between(entry & DAY_MASK, last)
        return known

    def ahead(self, entry: int) -> int | None:
        """Return the least cost of all sessions to come; None where they cannot be placed."""
        if entry >= self.final:
            return 0
        known = self._ahead
        if entry not in known:
            known[entry] = self._least(entry >> DAY_BITS, entry & DAY_MASK)
        return known[entry]

    def _least(self, node: int, floor: int) -> int | None:
        if self._ways is None or node <= DAY_MASK:
            return self.options(node).least(floor)
        # There a node is named by its last session, here by the number of sessions.
        return self._least_step(self._ways.after(node - (1 << DAY_BITS)), node, floor)

    def _least_step(self, way: Way, node: int, floor: int) -> int | None:
        """Return the least cost where days cost nothing but by the step to them."""
        moved, _, steps, usable = way
        session = node >> DAY_BITS
        shift, following = self._shifts[session], session + 1 << 2 * DAY_BITS
        least = None
        for step, squares in steps:
            day = moved + step
            if day >= floor and day in usable:
                cost = (squares << self._bits) + (day - self._base << shift)
                if least is not None and cost >= least:
                    break
                ahead = self.ahead(following | day << DAY_BITS)
                if ahead is not None and (least is None or cost + ahead < least):
                    least = cost + ahead
        return least
