"""Which prices hold for a protocol: the clinic's own, else those published."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal

from meso_schedule.base.money import in_currency
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.clinic.price_lists import PriceList
from meso_schedule.course.bill import MoneyRange
from meso_schedule.rules.protocol import Protocol
from meso_schedule.rules.rule_tables import Price


@dataclass(frozen=True)
class Tariff:
    """The prices that hold for one protocol in one currency.

    Args:
        currency: ISO 4217 code.
        basis: Whose prices they are.
        session: The price of a single session, or None when only courses are priced.
        course: The published price of a whole course, or None.
        price_list: The clinic's own prices, or None.
    """

    currency: str
    basis: Literal["clinic", "published"]
    session: MoneyRange | None
    course: MoneyRange | None
    price_list: PriceList | None = None

    @cached_property
    def packages(self) -> list[tuple[int, Decimal]]:
        """The clinic's packages: how many sessions, and the price."""
        sold = self.price_list.packages if self.price_list else ()
        return [(it.sessions, in_currency(it.price, self.currency)) for it in sold]

    @property
    def single(self) -> Decimal:
        """The price of a single session at the clinic."""
        assert self.session is not None, "a price list has one"
        return self.session.low


def wanted_currency(protocol: Protocol, clinic: Clinic, currency: str | None) -> str | None:
    """Return the currency to reckon in: the one asked for, the clinic's, the protocol's first."""
    first = protocol.prices[0].currency if protocol.prices else None
    return currency or clinic.currency or first


def find_tariff(protocol: Protocol, clinic: Clinic, currency: str | None) -> Tariff | None:
    """Return the clinic's prices in the wanted currency, else the published ones, else None."""
    wanted = wanted_currency(protocol, clinic, currency)
    if wanted is None:
        return None
    course = _published(protocol.prices, wanted, "course")
    prices = clinic.prices.get(protocol.id) if clinic.currency == wanted else None
    if prices:
        single = in_currency(prices.session, wanted)
        return Tariff(wanted, "clinic", MoneyRange.made(low=single, high=single), course, prices)
    session = _published(protocol.prices, wanted, "session")
    if session or course:
        return Tariff(wanted, "published", session, course)
    return None


def _published(prices: Sequence[Price], currency: str, per: str) -> MoneyRange | None:
    for price in prices:
        if price.currency == currency and price.per == per:
            low, high = in_currency(price.low, currency), in_currency(price.high, currency)
            return MoneyRange.made(low=low, high=high)
    return None
