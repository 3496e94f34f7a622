"""A course under one task, where quarters cost something: its days, and the ways between them."""

from collections.abc import Iterator
from copy import copy
from typing import NamedTuple, Self

import numpy as np

from meso_schedule.capacity.booked_course import BookedCourse, days_of
from meso_schedule.capacity.capacities import Capacities
from meso_schedule.capacity.places import Calendar, Placement, RepairMeasure, dropped
from meso_schedule.capacity.quarter_prices import Prices, Row, Weights, cost_of
from meso_schedule.search.task import Task


class PricedStep(NamedTuple):
    """From the day of a session to the day of the next; to the first from no day.

    Args:
        session: The one it leads to.
        before: The day of the one before; 0 where there is none.
        day: The day of the session.
        cost: What it costs.
    """

    session: int
    before: int
    day: int
    cost: float


class Near(NamedTuple):
    """What of a course can be in a calendar that costs little more than the best.

    Args:
        places: Where a session can be on a day.
        steps: The steps from day to day.
    """

    places: dict[tuple[int, int], list[Placement]]
    steps: list[PricedStep]


class _Day:
    """Who is free when on a day: a row for each practitioner, a column for each start."""

    def __init__(self, task: Task, day: int) -> None:
        days = days_of(task)
        free = days.free_starts(day)
        minutes = days.minutes_on(day)
        every = 0
        for mask in free.values():
            every |= mask
        self.people = list(free)
        bits = [bit for bit in minutes if every >> bit & 1]
        self.bits = np.array(bits, np.int64)
        self.minutes = np.array([minutes[bit] for bit in bits], np.int64)
        self.free = np.array([[mask >> bit & 1 for bit in bits] for mask in free.values()], bool)


class PricedTrack:
    """A course under one task: the days of each session, and the ways from one to the next."""

    def __init__(
        self, course: BookedCourse, task: Task, capacities: Capacities, weights: Weights
    ) -> None:
        self._course, self._task = course, task
        self._common, self._hands = capacities.uses(course.needs)
        self._known: dict[int, _Day] = {}
        self.layers = self._reachable()
        self.is_open = all(self.layers)
        if self.is_open:
            late = weights[RepairMeasure._fields.index("late_days")]
            self._ways = [self._way(session, late) for session in range(1, len(self.layers))]
            self._first = np.array([self._late(0, 0, day) for day in self.layers[0]]) * late
            self._weigh(weights)

    def weighing(self, weights: Weights) -> Self:
        """Return the same where criteria other than lateness cost something else."""
        found = copy(self)
        found._weigh(weights)
        return found

    def _weigh(self, weights: Weights) -> None:
        self._weights = weights
        fewer = len(self._course.booked) - len(self.layers)
        self._begin = self._first + cost_of(dropped(fewer), weights)
        self._own: dict[tuple[int, int], Row] = {}
        self._plain = [
            np.array([self._costs(session, day).min() for day in days])
            for session, days in enumerate(self.layers)
        ]

    def reached(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the days on which it can be, and with whom."""
        for day in {day for days in self.layers for day in days}:
            yield day, self._on(day).people

    def best(self, prices: Prices) -> tuple[float, Calendar]:
        """Return the best calendar, and what it costs with its quarters."""
        nodes = [self._priced(session, prices) for session in range(len(self.layers))]
        values, following = nodes[-1], []
        for way, own in zip(reversed(self._ways), reversed(nodes[:-1]), strict=True):
            onward = way + values
            best = onward.argmin(axis=1)
            following.append(best)
            values = own + onward[np.arange(len(best)), best]
        values = values + self._begin
        place = int(values.argmin())
        total = float(values[place])
        if total == np.inf:
            return total, ()
        places = [place]
        for best in reversed(following):
            places.append(int(best[places[-1]]))
        return total, tuple(
            self._place(session, self.layers[session][it], prices)
            for session, it in enumerate(places)
        )

    def near(self, prices: Prices, most: float) -> Near:
        """Return what is in any calendar that costs no more than so much, with its quarters."""
        ways = [self._begin[None, :], *self._ways]
        own = [self._priced(session, prices) for session in range(len(self.layers))]
        onward = [np.zeros(len(own[-1]))]
        for way, here in zip(ways[:0:-1], own[:0:-1], strict=True):
            onward.insert(0, (way + here + onward[0]).min(axis=1))
        found = Near({}, [])
        before, reached = [0], np.zeros(1)
        for session, days in enumerate(self.layers):
            step = reached[:, None] + ways[session]
            least = step.min(axis=0) + onward[session]
            for row, column in np.argwhere(step + own[session] + onward[session] <= most):
                cost = float(ways[session][row, column])
                found.steps.append(PricedStep(session, before[row], days[column], cost))
            for column in np.flatnonzero(least + own[session] <= most):
                day = days[column]
                places = self._up_to(session, day, prices, most - least[column])
                found.places[session, day] = list(places)
            before, reached = days, step.min(axis=0) + own[session]
        return found

    def _up_to(self, session: int, day: int, prices: Prices, most: float) -> Iterator[Placement]:
        """Yield the places of a session on a day that cost no more than so much."""
        on, costs, extra = self._on(day), self._costs(session, day), self._prices(day, prices)
        for row, column in np.argwhere((costs if extra is None else costs + extra) <= most):
            yield Placement(day, int(on.minutes[column]), on.people[row])

    def _reachable(self) -> list[list[int]]:
        task = self._task
        layers = [task.days_for(0, task.first, task.last)]
        for session in range(1, task.count):
            reached: set[int] = set()
            for before in layers[-1]:
                reached.update(task.days_for(session, *task.window(session, before)))
            layers.append(sorted(reached))
        return layers

    def _way(self, session: int, late: float) -> Row:
        """Return what each step into a session costs from each day of the one before."""
        way = np.full((len(self.layers[session - 1]), len(self.layers[session])), np.inf)
        for row, before in enumerate(self.layers[session - 1]):
            first, last = self._task.window(session, before)
            for column, day in enumerate(self.layers[session]):
                if first <= day <= last:
                    way[row, column] = self._late(session, before, day) * late
        return way

    def _late(self, session: int, before: int, day: int) -> int:
        """Return by how much more a session is late than it is booked."""
        step = (self._task.gaps[session - 1], before) if session else self._task.lead
        if step is None:
            return 0
        rule, anchor = step
        return max(0, day - rule.after(anchor)[2] - self._course.late_days[session])

    def _on(self, day: int) -> _Day:
        if day not in self._known:
            self._known[day] = _Day(self._task, day)
        return self._known[day]

    def _costs(self, session: int, day: int) -> Row:
        """Return what each start of a day costs with each practitioner, prices aside."""
        key = session, day
        if key not in self._own:
            self._own[key] = self._look(session, day)
        return self._own[key]

    def _look(self, session: int, day: int) -> Row:
        on, booked, weights = self._on(day), self._course.booked[session], self._weights
        _, _, changed, moved, days, minutes, handovers = weights
        others = np.array([who != booked.practitioner for who in on.people])[:, None]
        off = np.abs(on.minutes - booked.minute)[None, :]
        is_moved = np.logical_or(off != 0, day != booked.day)
        cost = (is_moved | others) * changed + is_moved * moved + others * handovers
        cost = cost + abs(day - booked.day) * days + off * minutes
        is_free = on.free & ~(is_moved | others) if session in self._course.kept else on.free
        return np.where(is_free, cost, np.inf)

    def _priced(self, session: int, prices: Prices) -> Row:
        values: Row = self._plain[session]
        days = self.layers[session]
        if prices.days.isdisjoint(days):
            return values
        values = values.copy()
        for place, day in enumerate(days):
            if day in prices.days and (extra := self._prices(day, prices)) is not None:
                values[place] = (self._costs(session, day) + extra).min()
        return values

    def _prices(self, day: int, prices: Prices) -> Row | None:
        """Return what each start costs with each practitioner; None where nothing costs."""
        on = self._on(day)
        _, begin, end = self._hands
        people = [prices.of(((who,), begin, end), day) for who in on.people]
        common = [it for use in self._common if (it := prices.of(use, day)) is not None]
        if not common and not any(it is not None for it in people):
            return None
        extra = np.zeros(on.free.shape)
        for row, own in enumerate(people):
            if own is not None:
                extra[row] = own[on.bits]
        for own in common:
            extra += own[on.bits]
        return extra

    def _place(self, session: int, day: int, prices: Prices) -> Placement:
        on, costs = self._on(day), self._costs(session, day)
        extra = self._prices(day, prices) if day in prices.days else None
        best = int((costs if extra is None else costs + extra).argmin())
        row, column = divmod(best, costs.shape[1])
        return Placement(day, int(on.minutes[column]), on.people[row])
