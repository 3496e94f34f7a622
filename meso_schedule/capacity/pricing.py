"""The best calendar of one course where quarters of people, rooms and devices have a price."""

from collections.abc import Iterator
from copy import copy
from typing import Self

from meso_schedule.capacity.booked_course import BookedCourse
from meso_schedule.capacity.capacities import Capacities
from meso_schedule.capacity.places import Calendar
from meso_schedule.capacity.quarter_prices import Prices, Weights
from meso_schedule.capacity.track import Near, PricedTrack


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
        tracks = (PricedTrack(course, task, capacities, weights) for task in course.variants)
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

    def near(self, prices: Prices, most: float) -> list[Near]:
        """Return what is in any calendar that costs no more than so much, with its quarters."""
        return [track.near(prices, most) for track in self._tracks]
