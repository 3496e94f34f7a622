"""Calendars of courses that touch one another, made where they are worth it, with a bound."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from meso_schedule.capacity.booked_course import BookedCourse
from meso_schedule.capacity.capacities import Capacities, Cell, Taken
from meso_schedule.capacity.master import CalendarColumn, Duals, Master
from meso_schedule.capacity.places import PROVEN, Calendar, RepairMeasure
from meso_schedule.capacity.pricing import CoursePricing, Prices, Weights, cost_of
from meso_schedule.capacity.scale import Scale

_TOLERANCE = 1e-6
_FREE = Duals({}, {}, 0.0, 0.0, 0.0)


class Found(NamedTuple):
    """A repair.

    Args:
        calendars: What becomes of each course that is hit, and of each other that changes.
        measure: What it costs.
        least: What none costs less than: courses not kept, late days, sessions changed.
    """

    calendars: Mapping[str, Calendar | None]
    measure: RepairMeasure
    least: RepairMeasure

    def plus(self, other: "Found") -> "Found":
        """Return both, of parts that do not touch one another."""
        return Found(
            {**self.calendars, **other.calendars},
            self.measure.plus(other.measure),
            self.least.plus(other.least),
        )


@dataclass(frozen=True)
class Others:
    """The courses that are not hit and may change.

    Args:
        taken: What each takes as it is booked.
        course: Returns one by its id; None where it has to stay.
        sessions: How many are booked of all of them.
        most: How many may change; None for any.
    """

    taken: Mapping[str, Counter[Cell]]
    course: Callable[[str], BookedCourse | None]
    sessions: int
    most: int | None = None


NOBODY = Others({}, lambda _: None, 0)
NOTHING = Found({}, RepairMeasure(), RepairMeasure())


class Generation:
    """Rounds of prices and calendars, of courses that touch one another."""

    def __init__(
        self,
        hit: Sequence[BookedCourse],
        capacities: Capacities,
        others: Others,
        scale: Scale,
        pricing: Mapping[str, CoursePricing],
        *,
        freed: Taken,
    ) -> None:
        self._freed = freed
        self._hit = {course.id: course for course in hit}
        self._capacities, self._others, self._scale = capacities, others, scale
        self._pricing: dict[str, CoursePricing | None] = dict(pricing)
        self._master = Master(list(self._hit), capacities, others.most)
        for course in hit:
            self._add(course, None)

    def run(self, known: Found | None, most_rounds: int) -> Found:
        """Return the best choice among calendars made till none is worth it, or work is done."""
        self._known, self._begin = known, {}
        self._least = self._scale.least(self._pure_bound(_FREE))
        if known and known.measure[:PROVEN] == self._least[:PROVEN]:
            return known._replace(least=self._least)  # each is as well off as if it were alone
        self._begin = dict(known.calendars if known else self._one_by_one())
        for course, calendar in self._begin.items():
            self._add(self._hit[course], calendar)
        self._bound(most_rounds)
        if self._master.let_go(self._least.not_kept):
            self._bound(most_rounds)
        chosen = self.chosen()
        assert chosen, "what it begins with is a choice"
        return chosen

    def chosen(self, refused: Collection[tuple[str, Calendar]] = ()) -> Found | None:
        """Return the best choice among the calendars made.

        Args:
            refused: Calendars that can't be together; they are not chosen together again.

        Returns:
            None where there is none.
        """
        if refused:
            self._master.refuse(refused)
        columns = self._master.choose(self._scale.goals, self._begin.items())
        found = None if columns is None else self._found(columns)
        known = self._known
        if known and (found is None or known.measure[:PROVEN] <= found.measure[:PROVEN]):
            return known._replace(least=self._least)
        return found

    def _bound(self, most_rounds: int) -> None:
        """Make calendars, and see what no choice costs less than."""
        duals = self._rounds(most_rounds)
        self._least = max(self._least, self._scale.least(self._pure_bound(duals)))

    def _rounds(self, most: int) -> Duals:
        """Make calendars till none is worth it, or work is done; return the best prices."""
        bound, best = 0.0, _FREE
        for _ in range(most):
            cost = self._master.relax()
            duals = self._master.duals()
            value, is_new = self._round(duals)
            if value > bound:
                bound, best = value, duals
            if not is_new or cost - bound < _TOLERANCE:
                break
        return best

    def _found(self, columns: Sequence[CalendarColumn]) -> Found:
        calendars = dict.fromkeys(self._hit) | {it.course: it.calendar for it in columns}
        measure = RepairMeasure(not_kept=len(self._hit.keys() - {it.course for it in columns}))
        for column in columns:
            measure = measure.plus(column.measure)
        return Found(calendars, measure, self._least)

    def _one_by_one(self) -> Iterator[tuple[str, Calendar | None]]:
        """Yield the calendars of the courses one after another, each beside those before it."""
        taken: Counter[Cell] = Counter()
        dear = float(self._scale.kept)
        for course in self._hit.values():
            full = {
                cell: dear for cell, count in taken.items() if count >= self._capacities.left(cell)
            }
            pricing = self._pricing[course.id]
            found = pricing.best(Prices(full, self._capacities)) if pricing else None
            calendar = found[1] if found and found[0] < dear else None
            taken.update(course.taken_by(calendar, self._capacities))
            yield course.id, calendar

    def _round(self, duals: Duals) -> tuple[float, bool]:
        """Return a bound by prices, and whether any calendar is worth them."""
        prices = Prices(duals.cells, self._capacities, duals.let_go)
        bound, is_new = -duals.paid, False
        for course in self._hit.values():
            value, calendar = self._best(course, prices, self._scale.weights)
            bound += value
            if value < duals.courses[course.id] - _TOLERANCE:
                is_new |= self._add(course, calendar)
        for other, stays in self._asked(prices):
            value, calendar = self._best(other, prices, self._scale.weights)
            gain = value - stays + duals.another
            bound += min(0.0, gain)
            if gain < min(0.0, duals.courses.get(other.id, 0.0)) - _TOLERANCE:
                is_new |= self._add(other, calendar)
        return bound, is_new

    def _pure_bound(self, duals: Duals) -> float:
        """Return the bound by prices of the criteria that are proven.

        Others that are not asked count as if they could go anywhere for one call.
        """
        prices = Prices(duals.cells, self._capacities, duals.let_go)
        pure = self._scale.pure
        bound = -duals.paid - prices.total(self._freed)
        bound += sum(self._best(course, prices, pure)[0] for course in self._hit.values())
        for name, stays in self._priced(prices):
            pricing = self._pricing[name]
            best = self._best(pricing.course, prices, pure)[0] if pricing else 1.0
            bound += min(0.0, best - stays + duals.another)
        return bound

    def _best(
        self, course: BookedCourse, prices: Prices, weights: Weights
    ) -> tuple[float, Calendar | None]:
        """Return the best a course can do at some prices; it may be let go where it is hit."""
        pricing = self._pricing[course.id]
        assert pricing, "a course that can change"
        if weights != self._scale.weights:
            pricing = pricing.weighing(weights)
        found = pricing.best(prices)
        if course.id not in self._hit:
            return found or (inf, None)
        gone = weights[0] - prices.let_go
        gone += prices.total(course.taken_by(None, self._capacities))
        return found if found and found[0] < gone else (gone, None)

    def _asked(self, prices: Prices) -> Iterator[tuple[BookedCourse, float]]:
        """Yield the others that may change and take what is worth a call, and what that costs."""
        for name, stays in self._priced(prices):
            if pricing := self._pricing[name]:
                yield pricing.course, stays

    def _priced(self, prices: Prices) -> Iterator[tuple[str, float]]:
        """Yield the others who take what costs enough for a call, and what that costs."""
        for name, taken in self._others.taken.items():
            stays = prices.total(taken)
            if stays <= 1.0 - _TOLERANCE:
                continue
            if name not in self._pricing:
                course = self._others.course(name)
                self._pricing[name] = (
                    CoursePricing(course, self._capacities, self._scale.weights) if course else None
                )
            yield name, stays

    def _add(self, course: BookedCourse, calendar: Calendar | None) -> bool:
        measure, taken = course.measure(calendar), course.taken_by(calendar, self._capacities)
        is_hit = course.id in self._hit
        if not is_hit:
            taken.subtract(course.taken)
            taken = Counter({cell: count for cell, count in taken.items() if count})
        column = CalendarColumn(course.id, calendar, measure, taken, not is_hit)
        return self._master.add(column, cost_of(measure, self._scale.weights))
