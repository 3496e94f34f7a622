"""A repair of many courses at once: calendars made where they are worth it, with a bound."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, inf

from meso_schedule.capacity.booked_course import BookedCourse
from meso_schedule.capacity.capacities import Capacities, Cell
from meso_schedule.capacity.master import CalendarColumn, Duals, Master
from meso_schedule.capacity.places import PROVEN, Calendar, RepairMeasure
from meso_schedule.capacity.pricing import CoursePricing, Prices, Weights, cost_of

# Rounds of new calendars before the search stops and says that it proved nothing better.
MOST_ROUNDS = 250
_TOLERANCE = 1e-6
_NAMES = RepairMeasure._fields
# So little that they only decide between calendars that cost the same otherwise.
_SMALL = {"moved": 1e-3, "moved_days": 1e-4, "moved_minutes": 1e-7, "handovers": 1e-9}


@dataclass(frozen=True, slots=True)
class Found:
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


_FREE = Duals({}, {}, 0.0, 0.0)
NOTHING = Found({}, RepairMeasure(), RepairMeasure())


@dataclass(frozen=True, slots=True)
class Scale:
    """How courses not kept, late days and sessions changed become one number.

    Args:
        late: How many sessions changed a late day is worth: more than there are.
        kept: How many a course that can't be kept is worth: more than all of both.
    """

    late: int
    kept: int

    @classmethod
    def of(cls, sessions: int, late_days: int) -> "Scale":
        """Return one for so many sessions and, together, so many days late."""
        late = 10 ** len(str(2 * sessions))
        return cls(late, late * 10 ** len(str(2 * late_days)))

    @property
    def pure(self) -> Weights:
        """The weights of the criteria that are proven."""
        return (float(self.kept), float(self.late), 1.0, 0.0, 0.0, 0.0, 0.0)

    @property
    def weights(self) -> Weights:
        """The same, with a little for all others."""
        return (*self.pure[:3], *(_SMALL[name] for name in _NAMES[3:]))

    @property
    def goals(self) -> list[dict[int, int]]:
        """What is chosen by, one after another."""
        days = 10_000
        return [{0: self.kept, 1: self.late, 2: 1}, {3: days, 4: 1}, {5: 100, 6: 1}]

    def least(self, bound: float) -> RepairMeasure:
        """Return what a bound says of each criterion."""
        total = max(0, ceil(bound - 1e-4))
        kept, rest = divmod(total, self.kept)
        late, changed = divmod(rest, self.late)
        if 2 * changed > self.late:  # more than there are sessions: one late day more
            late, changed = late + 1, 0
        if 2 * late * self.late > self.kept:
            kept, late, changed = kept + 1, 0, 0
        return RepairMeasure(not_kept=kept, late_days=late, changed=changed)


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


def repair_together(
    hit: Sequence[BookedCourse],
    capacities: Capacities,
    *,
    others: Others = NOBODY,
    late_days: int = 0,
    known: Found | None = None,
    most_rounds: int = MOST_ROUNDS,
) -> Found:
    """Return the calendars of courses that are hit, all of them together the best.

    Args:
        hit: Of which sessions fall away.
        capacities: What is left beside all that are not hit.
        others: Who else may change.
        late_days: How many days late a session may be.
        known: A repair that leaves all others where they are.
        most_rounds: The bound of work.
    """
    if known and not others.taken:
        return known
    sessions = sum(len(course.booked) for course in hit)
    scale = Scale.of(sessions + others.sessions, 2 * sessions * late_days)
    pricing = {it.id: CoursePricing(it, capacities, scale.weights) for it in hit}
    parts = [list(hit)] if others.taken else _parts(hit, pricing)
    made = NOTHING
    for part in parts:
        generation = _Generation(part, capacities, others, scale, pricing)
        made = made.plus(generation.run(known, most_rounds))
    return made


def _parts(
    hit: Sequence[BookedCourse], pricing: Mapping[str, CoursePricing]
) -> list[list[BookedCourse]]:
    """Return the courses in parts, none of which can be where one of another part can."""
    parts: list[tuple[set[int], list[BookedCourse]]] = []
    for course in hit:
        days, own = {day for day, _ in pricing[course.id].days}, [course]
        apart = []
        for other, courses in parts:
            if days.isdisjoint(other):
                apart.append((other, courses))
            else:
                days, own = days | other, [*courses, *own]
        parts = [*apart, (days, own)]
    return [sorted(courses, key=lambda it: it.id) for _, courses in parts]


class _Generation:
    """Rounds of prices and calendars, of courses that touch one another."""

    def __init__(
        self,
        hit: Sequence[BookedCourse],
        capacities: Capacities,
        others: Others,
        scale: Scale,
        pricing: Mapping[str, CoursePricing],
    ) -> None:
        self._hit = {course.id: course for course in hit}
        self._capacities, self._others, self._scale = capacities, others, scale
        self._pricing: dict[str, CoursePricing | None] = dict(pricing)
        self._master = Master(list(self._hit), capacities, others.most)
        for course in hit:
            self._add(course, None)

    def run(self, known: Found | None, most_rounds: int) -> Found:
        """Return the best choice among calendars made till none is worth it, or work is done."""
        least = self._scale.least(self._pure_bound(_FREE))
        if known and known.measure[:PROVEN] == least[:PROVEN]:
            return replace(known, least=least)  # each course is as well off as if it were alone
        begin = dict(known.calendars if known else self._one_by_one())
        for course, calendar in begin.items():
            self._add(self._hit[course], calendar)
        duals = self._rounds(most_rounds)
        least = max(least, self._scale.least(self._pure_bound(duals)))
        found = self._found(begin, least)
        if known is None or found.measure[:PROVEN] < known.measure[:PROVEN]:
            return found
        return replace(known, least=least)

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

    def _found(self, begin: Mapping[str, Calendar | None], least: RepairMeasure) -> Found:
        columns = self._master.choose(self._scale.goals, begin.items())
        calendars = dict.fromkeys(self._hit) | {it.course: it.calendar for it in columns}
        measure = RepairMeasure(not_kept=len(self._hit.keys() - {it.course for it in columns}))
        for column in columns:
            measure = measure.plus(column.measure)
        return Found(calendars, measure, least)

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
        prices = Prices(duals.cells, self._capacities)
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
        """Return the bound by prices of the criteria that are proven."""
        prices, pure = Prices(duals.cells, self._capacities), self._scale.pure
        bound = -duals.paid
        bound += sum(self._best(course, prices, pure)[0] for course in self._hit.values())
        return bound + sum(
            min(0.0, self._best(other, prices, pure)[0] - stays + duals.another)
            for other, stays in self._asked(prices)
        )

    def _best(
        self, course: BookedCourse, prices: Prices, weights: Weights
    ) -> tuple[float, Calendar | None]:
        """Return the best a course can do at some prices; it may be let go where it is hit."""
        pricing = self._pricing[course.id]
        assert pricing, "a course that can change"
        if weights != self._scale.weights:
            pricing = CoursePricing(course, self._capacities, weights)
        found = pricing.best(prices)
        if course.id not in self._hit:
            return found or (inf, None)
        gone = weights[0] + prices.total(course.taken_by(None, self._capacities))
        return found if found and found[0] < gone else (gone, None)

    def _asked(self, prices: Prices) -> Iterator[tuple[BookedCourse, float]]:
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
            pricing = self._pricing[name]
            if pricing:
                yield pricing.course, stays

    def _add(self, course: BookedCourse, calendar: Calendar | None) -> bool:
        measure, taken = course.measure(calendar), course.taken_by(calendar, self._capacities)
        is_hit = course.id in self._hit
        if not is_hit:
            taken.subtract(course.taken)
            taken = Counter({cell: count for cell, count in taken.items() if count})
        column = CalendarColumn(course.id, calendar, measure, taken, not is_hit)
        return self._master.add(column, cost_of(measure, self._scale.weights))
