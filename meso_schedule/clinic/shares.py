"""Shares of an amount in a clinic file: deposits, fees, taxes."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator

from meso_schedule.base.errors import Fault, FormatError
from meso_schedule.base.free_text import Line
from meso_schedule.base.models import Flag, Model, Percent
from meso_schedule.base.money import half_up, in_currency, parse_amount, parse_percent


def _share_or_amount(value: object) -> str:
    if isinstance(value, str) and value.rstrip().endswith("%"):
        parse_percent(value)
        return value.rstrip()
    return str(parse_amount(value))


ShareOrAmount = Annotated[str, BeforeValidator(_share_or_amount)]


class Tax(Model):
    """A tax on the total, contained in the prices or added to them."""

    name: Line
    rate: Percent
    included: Flag

    @property
    def share(self) -> Decimal:
        """The rate as a fraction."""
        return parse_percent(self.rate)

    def on(self, amount: Decimal, currency: str) -> Decimal:
        """Return the tax on, or in, a sum of prices, half up."""
        # Divided last, so that a half of a minor unit is still exactly a half.
        taxed = amount * self.share
        return half_up(taxed / (1 + self.share) if self.included else taxed, currency)

    def gross(self, amount: Decimal, currency: str) -> Decimal:
        """Return what is paid for a sum of prices."""
        return amount if self.included else amount + self.on(amount, currency)


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
        if self.fee is None or self.fee.endswith("%") or currency is None:
            return []
        try:
            in_currency(Decimal(self.fee), currency)
        except FormatError as error:
            return [Fault(error.code, error.problem, None, "stopping.fee", self.fee, error.remedy)]
        return []
