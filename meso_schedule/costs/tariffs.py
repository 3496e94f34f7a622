"""Which prices hold for a protocol: the clinic's own, else those published."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal

from meso_schedule.base.errors import Fault, FormatError, InputError, shortened
from meso_schedule.base.money import in_currency
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.clinic.price_lists import PriceList
from meso_schedule.clinic.tax import Tax
from meso_schedule.course.bill import MoneyRange
from meso_schedule.course.request import CourseRequest
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
        price_list: The clinic's own prices, with the option asked for, or None.
        tax: The tax on the clinic's prices; None where none is charged.
        agreed: What the whole course costs by agreement, or None.
    """

    currency: str
    basis: Literal["clinic", "published"]
    session: MoneyRange | None
    course: MoneyRange | None
    price_list: PriceList | None = None
    tax: Tax | None = None
    agreed: Decimal | None = None

    @cached_property
    def packages(self) -> list[tuple[int, Decimal]]:
        """The clinic's packages: how many sessions, and the price."""
        sold = self.price_list.packages if self.price_list else ()
        return [(it.sessions, in_currency(it.price, self.currency)) for it in sold]

    @property
    def is_listed(self) -> bool:
        """Whether any price is known beside one agreed by hand."""
        return bool(self.session or self.course)

    @property
    def single(self) -> Decimal:
        """The price of a single session at the clinic."""
        assert self.session is not None, "a price list has one"
        return self.session.low


def wanted_currency(protocol: Protocol, clinic: Clinic, currency: str | None) -> str | None:
    """Return the currency to reckon in: the one asked for, the clinic's, the protocol's first."""
    first = protocol.prices[0].currency if protocol.prices else None
    return currency or clinic.currency or first


def find_tariff(protocol: Protocol, clinic: Clinic, asked: CourseRequest) -> Tariff | None:
    """Return the prices of one protocol in the wanted currency; None where none is known.

    What was agreed by hand comes first, then the clinic's prices, then the published ones.

    Args:
        asked: What is asked of the protocol alone: currency, option, price and tax.

    Raises:
        InputError: For a price by agreement without a currency, or with too many decimals.
    """
    wanted = wanted_currency(protocol, clinic, asked.currency)
    agreed = _agreed(asked, wanted)
    if wanted is None:
        return None
    course = _published(protocol.prices, wanted, "course")
    prices = clinic.prices.get(protocol.id) if clinic.currency == wanted else None
    if prices:
        prices = prices.of(prices.find_option(asked.option, asked.area))
        prices = untaxed(prices, clinic.tax, wanted) if asked.tax_exempt else prices
        single = in_currency(prices.session, wanted)
        listed = MoneyRange.made(low=single, high=single)
        tax = None if asked.tax_exempt or prices.tax == "none" else clinic.tax
        return Tariff(wanted, "clinic", listed, course, prices, tax, agreed)
    session = _published(protocol.prices, wanted, "session")
    if agreed is not None:
        tax = None if asked.tax_exempt else clinic.tax
        return Tariff(wanted, "clinic", session, course, None, tax, agreed)
    if session or course:
        return Tariff(wanted, "published", session, course)
    return None


def option_faults(
    protocols: Iterable[Protocol], clinic: Clinic, options: Iterable[str]
) -> Iterator[Fault]:
    """Find options that the clinic has priced for none of the protocols."""
    lists = (clinic.prices.get(protocol.id) for protocol in protocols)
    known = sorted({name for prices in lists if prices for name in prices.options})
    for option in options:
        if option not in known:
            problem = f"No price of an option {shortened(option)} is known."
            remedy = f"Known: {', '.join(known)}." if known else "Leave option out."
            yield Fault("unknown_option", problem, None, "option", option, remedy)


def _agreed(asked: CourseRequest, currency: str | None) -> Decimal | None:
    """Return what a course costs by agreement, in its currency; None where nothing is agreed."""
    if not asked.price:
        return None
    amount = asked.price[0].amount
    if currency is None:
        raise InputError.of(
            "missing_argument",
            f"The currency of {amount} is not known.",
            field="currency",
            remedy="Give currency, or a clinic file with one.",
        )
    try:
        return in_currency(amount, currency)
    except FormatError as error:
        raise error.in_field("price") from None


def untaxed(prices: PriceList, tax: Tax | None, currency: str) -> PriceList:
    """Return prices without the tax that they contain."""
    if tax is None or prices.tax == "none":
        return prices
    return prices.changed(lambda price: tax.net(price, currency))


def _published(prices: Sequence[Price], currency: str, per: str) -> MoneyRange | None:
    for price in prices:
        if price.currency == currency and price.per == per:
            low, high = in_currency(price.low, currency), in_currency(price.high, currency)
            return MoneyRange.made(low=low, high=high)
    return None
