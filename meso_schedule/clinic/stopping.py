"""What a clinic keeps of a course that is stopped."""

from collections.abc import Iterator
from typing import Literal

from meso_schedule.base.errors import Fault
from meso_schedule.base.intervals import Interval, distance_faults
from meso_schedule.base.models import Model
from meso_schedule.base.money import ShareOrAmount, decimals_fault


class Stopping(Model):
    """What a patient pays who stops a course.

    Args:
        sessions: What a session had is worth: the single price, or its share of the course.
        fee: What is kept besides: a share, or an amount.
        fee_of: What the share is of: the course's price, or what would go back; an amount of it
            is never more than that.
        withdraw: How long after the opening all goes back, while nothing was had.
    """

    sessions: Literal["single", "share"] = "single"
    fee: ShareOrAmount | None = None
    fee_of: Literal["course", "refund"] = "course"
    withdraw: Interval | None = None

    def faults(self, currency: str | None) -> Iterator[Fault]:
        """Find a fee that the currency cannot hold, and a withdrawal before the opening."""
        if self.fee and self.fee.amount is not None and currency is not None:
            yield from decimals_fault(self.fee.amount, currency, "stopping.fee")
        yield from distance_faults(self.withdraw, "stopping.withdraw")
