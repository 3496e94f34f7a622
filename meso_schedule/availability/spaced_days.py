"""Usable days beside treatments given elsewhere, or beside those of another protocol."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from meso_schedule.availability.days import Availability
from meso_schedule.availability.spacing import Block


class SpacedAvailability(Availability):
    """Usable days with those left out that spacing keeps free.

    Args:
        blocks: The days kept free, and why.
        others: What `Availability` takes.
    """

    def __init__(self, *others: Any, blocks: Sequence[Block], **named: Any) -> None:
        self._blocks = tuple(blocks)
        super().__init__(*others, **named)

    def _patient_reasons(self, day: date) -> Iterator[str]:
        yield from super()._patient_reasons(day)
        yield from (block.reason for block in self._blocks if day in block.days)

    def _specials_of(self, year: int) -> set[date]:
        begin, end = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
        days = super()._specials_of(year)
        for block in self._blocks:
            first = max(begin, block.days.first.toordinal())
            last = min(end, block.days.last.toordinal())
            days.update(map(date.fromordinal, range(first, last + 1)))
        return days
