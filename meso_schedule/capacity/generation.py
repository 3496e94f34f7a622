"""Calendars of courses that touch one another, made where they are worth it, with a bound."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from meso_schedule.capacity.booked_course import BookedCourse
from meso_schedule.capacity.capacities import Capacities, Cell, Taken
from meso_schedule.capacity.master import CalendarColumn, Duals, Master
from meso_schedule.capacity.place_choice import Chosen, PlaceChoice
from meso_schedule.capacity.places import PROVEN, Calendar, RepairMeasure
from meso_schedule.capacity.priced_courses import Others, PricedCourses
from meso_schedule.capacity.pricing import CoursePricing
from meso_schedule.capacity.quarter_prices import Prices, cost_of
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
        self._courses = PricedCourses(hit, capacities, others, scale, pricing, freed=freed)
        self._hit, self._capacities = self._courses.hit, capacities
        self._scale, self._freed, self._most_others = scale, freed, others.most
        self._master = Master(list(self._hit), capacities, others.most)
        for course in hit:
            self._add(course, None)

    def run(self, known: Found | None, most_rounds: int) -> Found:
        """Return the best choice among calendars made till none is worth it, or work is done."""
        self._known, self._begin = known, {}
        self._duals, self._bound = _FREE, self._courses.pure_bound(_FREE)
        self._least = self._scale.least(self._bound)
        if known and known.measure[:PROVEN] == self._least[:PROVEN]:
            return known._replace(least=self._least)  # each is as well off as if it were alone
        self._begin = dict(known.calendars if known else self._one_by_one())
        for course, calendar in self._begin.items():
            self._add(self._hit[course], calendar)
        self._look(most_rounds)
        if self._master.let_go(self._least.not_kept):
            self._look(most_rounds)
        chosen = self.chosen()
        assert chosen, "what it begins with is a choice"
        return self._closed(chosen)

    def _closed(self, found: Found) -> Found:
        """Ask for less than what is found, from the bound on, till there is none or too much."""
        reach, scale = 1, self._scale
        while found.measure[:PROVEN] > self._least[:PROVEN]:
            least, cost = (round(cost_of(it, scale.pure)) for it in (self._least, found.measure))
            most = min(least + reach, cost) - 1
            near = self._courses.near(self._duals, most - self._bound)
            if near is None:
                break
            choice = PlaceChoice(near, self._capacities, self._freed, scale, self._most_others)
            chosen, is_proven = choice.best(most)
            if chosen:
                return self._better(chosen, is_proven)
            if not is_proven:
                break
            self._least = scale.least(most + 1)
            reach *= 4
        return found._replace(least=self._least)

    def _better(self, chosen: Chosen, is_least: bool) -> Found:
        """Return the best choice with calendars that are chosen exactly among the others."""
        for name, calendar in chosen.calendars.items():
            self._add(self._courses.course(name), calendar)
        if chosen.is_known and not self._freed:
            self._begin = dict(chosen.calendars)
        if is_least:
            self._least = self._scale.least(chosen.cost)
        found = self.chosen()
        assert found, "what it begins with is a choice"
        return found

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

    def _look(self, most_rounds: int) -> None:
        """Make calendars, and see what no choice costs less than."""
        duals = self._rounds(most_rounds)
        bound = self._courses.pure_bound(duals)
        if bound > self._bound:
            self._duals, self._bound = duals, bound
        self._least = max(self._least, self._scale.least(bound))

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
            prices = Prices(full, self._capacities)
            value, calendar = self._courses.best(course, prices, self._scale.weights)
            calendar = calendar if value < dear else None
            taken.update(course.taken_by(calendar, self._capacities))
            yield course.id, calendar

    def _round(self, duals: Duals) -> tuple[float, bool]:
        """Return a bound by prices, and whether any calendar is worth them."""
        prices = self._courses.prices(duals)
        bound, is_new = -duals.paid, False
        for course in self._hit.values():
            value, calendar = self._courses.best(course, prices, self._scale.weights)
            bound += value
            if value < duals.courses[course.id] - _TOLERANCE:
                is_new |= self._add(course, calendar)
        for other, stays in self._courses.asked(prices):
            value, calendar = self._courses.best(other, prices, self._scale.weights)
            gain = value - stays + duals.another
            bound += min(0.0, gain)
            if gain < min(0.0, duals.courses.get(other.id, 0.0)) - _TOLERANCE:
                is_new |= self._add(other, calendar)
        return bound, is_new

    def _add(self, course: BookedCourse, calendar: Calendar | None) -> bool:
        measure, taken = course.measure(calendar), course.taken_by(calendar, self._capacities)
        is_hit = course.id in self._hit
        if not is_hit:
            taken.subtract(course.taken)
            taken = Counter({cell: count for cell, count in taken.items() if count})
        column = CalendarColumn(course.id, calendar, measure, taken, not is_hit)
        return self._master.add(column, cost_of(measure, self._scale.weights))
