"""The tax on what a clinic charges, rounded half up."""

from decimal import Decimal

from meso_schedule.base.free_text import Line
from meso_schedule.base.models import Flag, Model
from meso_schedule.base.money import Share, half_up


class Tax(Model):
    """A tax on the total, contained in the prices or added to them."""

    name: Line
    rate: Share
    included: Flag

    def on(self, amount: Decimal, currency: str) -> Decimal:
        """Return the tax on, or in, a sum of prices, half up."""
        # Divided last, so that a half of a minor unit is still exactly a half.
        taxed, whole = amount * self.rate.fraction, 1 + self.rate.fraction
        return half_up(taxed / whole if self.included else taxed, currency)

    def gross(self, amount: Decimal, currency: str) -> Decimal:
        """Return what is paid for a sum of prices."""
        return amount if self.included else amount + self.on(amount, currency)

    def net(self, amount: Decimal, currency: str) -> Decimal:
        """Return what somebody pays who is exempt: an amount without the tax that it contains."""
        return amount - self.on(amount, currency) if self.included else amount
