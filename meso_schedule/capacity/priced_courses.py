"""Courses at some prices of quarters: the best each can do, and what no repair costs less than."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf
from typing import NamedTuple

from meso_schedule.capacity.booked_course import BookedCourse
from meso_schedule.capacity.capacities import Capacities, Cell, Taken
from meso_schedule.capacity.master import Duals
from meso_schedule.capacity.place_choice import Candidate
from meso_schedule.capacity.places import Calendar
from meso_schedule.capacity.pricing import CoursePricing
from meso_schedule.capacity.quarter_prices import Prices, Weights, cost_of
from meso_schedule.capacity.scale import Scale

_TOLERANCE = 1e-6
# Of more places than these, or of more others, no exact choice is made.
_MOST_PLACES = 30_000
_MOST_OTHERS = 300


class Others(NamedTuple):
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


class PricedCourses:
    """Those that are hit, and others, at prices.

    Args:
        hit: Of which sessions fall away.
        capacities: What is left beside all that are not hit.
        others: Who else may change.
        scale: How criteria become one number.
        pricing: Of each that is hit.
        freed: What is taken of `capacities` and may become free by what is not seen here.
    """

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
        self.hit = {course.id: course for course in hit}
        self._capacities, self._others, self._scale = capacities, others, scale
        self._pricing: dict[str, CoursePricing | None] = dict(pricing)
        self._freed = freed

    def prices(self, duals: Duals) -> Prices:
        """Return what quarters cost."""
        return Prices(duals.cells, self._capacities, duals.let_go)

    def course(self, name: str) -> BookedCourse:
        """Return one that was looked at."""
        pricing = self._pricing[name]
        assert pricing, "a course that can change"
        return pricing.course

    def pure_bound(self, duals: Duals) -> float:
        """Return the bound by prices of the criteria that are proven.

        Others that are not asked count as if they could go anywhere for one call.
        """
        prices, pure = self.prices(duals), self._scale.pure
        bound = -duals.paid - prices.total(self._freed)
        bound += sum(self.best(course, prices, pure)[0] for course in self.hit.values())
        for name, stays in self._taking(prices, 1.0):
            bound += min(0.0, self._pure_best(name, prices) - stays + duals.another)
        return bound

    def _pure_best(self, name: str, prices: Prices) -> float:
        pricing = self._pricing[name]
        return self.best(pricing.course, prices, self._scale.pure)[0] if pricing else 1.0

    def best(
        self, course: BookedCourse, prices: Prices, weights: Weights
    ) -> tuple[float, Calendar | None]:
        """Return the best a course can do at some prices; it may be let go where it is hit."""
        found = self._weighed(course.id, weights).best(prices)
        if course.id not in self.hit:
            return found or (inf, None)
        gone = self._gone(course, prices)
        return found if found and found[0] < gone else (gone, None)

    def _weighed(self, name: str, weights: Weights) -> CoursePricing:
        pricing = self._pricing[name]
        assert pricing, "a course that can change"
        return pricing if weights == self._scale.weights else pricing.weighing(weights)

    def _gone(self, course: BookedCourse, prices: Prices) -> float:
        """Return what letting a course go costs."""
        measure, taken = course.measure(None), course.taken_by(None, self._capacities)
        gone = cost_of(measure, self._scale.pure) - prices.let_go * measure.not_kept
        return gone + prices.total(taken)

    def asked(self, prices: Prices) -> Iterator[tuple[BookedCourse, float]]:
        """Yield the others that may change and take what is worth a call, and what that costs."""
        for name, stays in self._taking(prices, 1.0):
            if self._pricing[name]:
                yield self.course(name), stays

    def _taking(self, prices: Prices, least: float) -> Iterator[tuple[str, float]]:
        """Yield the others who take what costs more than so much, and what that costs."""
        for name, taken in self._others.taken.items():
            stays = prices.total(taken)
            if stays <= least - _TOLERANCE:
                continue
            if name not in self._pricing:
                course = self._others.course(name)
                self._pricing[name] = (
                    CoursePricing(course, self._capacities, self._scale.weights) if course else None
                )
            yield name, stays

    def near(self, duals: Duals, more: float) -> list[Candidate] | None:
        """Return each course with what may be in a repair that costs little more than the bound.

        Args:
            duals: The prices of the bound.
            more: So much more.

        Returns:
            None where that is more than can be looked at.
        """
        found: list[Candidate] = []
        size = 0
        for candidate in self._near(self.prices(duals), more + _TOLERANCE, duals.another):
            found.append(candidate)
            size += sum(1 for _ in candidate.places)
            if size > _MOST_PLACES or len(found) - len(self.hit) > _MOST_OTHERS:
                return None
        return found

    def _near(self, prices: Prices, more: float, another: float) -> Iterator[Candidate]:
        pure = self._scale.pure
        for name, course in self.hit.items():
            most = self.best(course, prices, pure)[0] + more
            near = self._weighed(name, pure).near(prices, most)
            may_go, gone = (
                self._gone(course, prices) <= most,
                course.taken_by(None, self._capacities),
            )
            yield Candidate(name, course, near, True, may_go, gone)
        for name, stays in self._taking(prices, 1.0 - more + another):
            best = self._pure_best(name, prices)
            most = min(best, stays - another) + more
            may_go, taken = best <= most, self._others.taken[name]
            if self._pricing[name]:
                near = self._weighed(name, pure).near(prices, most)
                yield Candidate(name, self.course(name), near, False, may_go, taken)
            else:
                yield Candidate(name, None, [], False, may_go, taken)
