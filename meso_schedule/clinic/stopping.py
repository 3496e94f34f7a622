"""What a clinic keeps of a course that is stopped."""

from typing import Literal

from meso_schedule.base.errors import Fault
from meso_schedule.base.models import Model
from meso_schedule.base.money import ShareOrAmount, decimals_fault


class Stopping(Model):
    """What a patient pays who stops a course.

    Args:
        sessions: What a session had is worth: the single price, or its share of the course.
        fee: What is kept besides: a share of the course's price, or an amount.
    """

    sessions: Literal["single", "share"] = "single"
    fee: ShareOrAmount | None = None

    def faults(self, currency: str | None) -> list[Fault]:
        """Find a fee that the currency cannot hold."""
        if self.fee is None or self.fee.amount is None or currency is None:
            return []
        return list(decimals_fault(self.fee.amount, currency, "stopping.fee"))
