"""What criteria cost, and what a quarter of a person, a room or a device costs beyond them."""

from collections.abc import Mapping
from datetime import date

import numpy as np
from numpy.typing import NDArray

from meso_schedule.capacity.capacities import MARGIN, Capacities, Cell, Taken, Use
from meso_schedule.capacity.places import RepairMeasure

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
