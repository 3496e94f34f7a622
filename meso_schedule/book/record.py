"""What every event says beside what its kind says."""

from collections.abc import Iterator
from typing import Any, ClassVar

from meso_schedule.base.errors import Fault
from meso_schedule.base.models import InputModel, IsoDate
from meso_schedule.book.payloads import KeptForecast

# What the program adds to an event; no correction changes it.
ADDED = ("forecast", "as_of")


class Record(InputModel):
    """What every event may say besides.

    Args:
        forecast: What is due after it; left out, it stays as it was.
        as_of: The day of asking, by which it is judged what is still to come; left out, the day
            on which it was written down.
    """

    kind: ClassVar[str]
    version: ClassVar[int] = 1

    forecast: KeptForecast | None = None
    as_of: IsoDate | None = None

    def own_faults(self) -> Iterator[Fault]:
        if self.forecast:
            yield from self.forecast.faults()

    @property
    def content(self) -> dict[str, Any]:
        """The record as plain data."""
        return self.model_dump(mode="json", exclude_none=True)

    @property
    def told(self) -> dict[str, Any]:
        """What was told, as plain data: all but what the program adds when it is written."""
        return {name: value for name, value in self.content.items() if name not in ADDED}
