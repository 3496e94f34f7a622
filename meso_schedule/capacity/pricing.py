"""The best calendar of one course where quarters of people, rooms and devices have a price."""

from collections.abc import Iterator, Mapping
from copy import copy
from datetime import date
from typing import Self

import numpy as np
from numpy.typing import NDArray

from meso_schedule.capacity.booked_course import BookedCourse, days_of
from meso_schedule.capacity.capacities import MARGIN, Capacities, Cell, Taken, Use
from meso_schedule.capacity.places import Calendar, Placement, RepairMeasure
from meso_schedule.search.task import Task

Row = NDArray[np.float64]
# What each criterion costs, by its place in a measure.
Weights = tuple[float, ...]


def cost_of(measure: RepairMeasure, weights: Weights) -> float:
    """Return what a measure costs."""
    return sum(count * weight for count, weight in zip(measure, weights, strict=True) if count)


class Prices:
    """What a quarter of a resource costs beyond all criteria.

    Args:
        cells: Those that cost anything.
        capacities: Whose they are.
        let_go: What letting a course go is less dear.
    """

    def __init__(
        self, cells: Mapping[Cell, float], capacities: Capacities, let_go: float = 0.0
    ) -> None:
        self.let_go = let_go
        self._staff = capacities.staff
        self._cells = cells
        self._by_resource: dict[tuple[str, ...], dict[int, float]] = {}
        self.days: set[int] = set()
        for (resource, quarter), price in cells.items():
            self._by_resource.setdefault(resource, {})[quarter] = price
            # What begins on a day may reach into the next one.
            self.days |= {capacities.date_of(quarter - it).toordinal() for it in (0, MARGIN)}
        self._sums: dict[tuple[Use, int], Row | None] = {}

    def total(self, taken: Taken) -> float:
        """Return what some quarters cost together."""
        return sum(count * self._cells.get(cell, 0.0) for cell, count in taken.items())

    def of(self, use: Use, day: int) -> Row | None:
        """Return what a use costs at each start of a day; None where it costs nothing at any."""
        key = use, day
        if key not in self._sums:
            self._sums[key] = self._sum(use, day)
        return self._sums[key]

    def _sum(self, use: Use, day: int) -> Row | None:
        resource, begin, end = use
        prices = self._by_resource.get(resource)
        if not prices:
            return None
        first, length = self._staff.day(date.fromordinal(day))
        row = [prices.get(quarter, 0.0) for quarter in range(first, first + length + end)]
        if not any(row):
            return None
        sums = np.concatenate(([0.0], np.cumsum(row)))
        priced: Row = sums[end : end + length] - sums[begin : begin + length]
        return priced


class CoursePricing:
    """Finds the best calendars of a course, whatever quarters cost.

    Args:
        course: The course.
        capacities: What its visits take.
        weights: What each criterion costs.
    """

    def __init__(self, course: BookedCourse, capacities: Capacities, weights: Weights) -> None:
        self.course = course
        self._shared = capacities.shared(course.needs)
        tracks = (_Track(course, task, capacities, weights) for task in course.variants)
        self._tracks = [track for track in tracks if track.is_open]

    def weighing(self, weights: Weights) -> Self:
        """Return the same where criteria cost something else."""
        found = copy(self)
        found._tracks = [track.weighing(weights) for track in self._tracks]
        return found

    @property
    def reached(self) -> Iterator[tuple[int, str]]:
        """The days on which it can be, each with every person, room and device it can take."""
        for track in self._tracks:
            for day, names in track.reached():
                yield from ((day, name) for name in (*names, *self._shared))

    def best(self, prices: Prices) -> tuple[float, Calendar] | None:
        """Return the best calendar and what it costs with its quarters; None where none is."""
        found = [track.best(prices) for track in self._tracks]
        return min(found, key=lambda it: it[0], default=None)


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


class _Track:
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
            self._begin = np.array([self._late(0, 0, day) for day in self.layers[0]]) * late
            self._weigh(weights)

    def weighing(self, weights: Weights) -> Self:
        """Return the same where criteria other than lateness cost something else."""
        found = copy(self)
        found._weigh(weights)
        return found

    def _weigh(self, weights: Weights) -> None:
        self._weights = weights
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
