"""What a course costs: its lines, the tax, and the share of each month and session."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate, groupby
from typing import Literal

from meso_schedule.base.money import (
    parse_currency,
    split,
)
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.clinic.tax import Tax
from meso_schedule.costs.instalments import payments_of
from meso_schedule.costs.packages import cheapest_mix, mixes
from meso_schedule.costs.tariffs import Tariff, find_tariff
from meso_schedule.course.bill import (
    CostEstimate,
    CostLine,
    CumulativeCost,
    MoneyRange,
    MonthCost,
    TaxPart,
)
from meso_schedule.course.request import CourseRequest
from meso_schedule.rules.protocol import Protocol


def total_cost(sold: Iterable[tuple[Tariff, int]]) -> MoneyRange:
    """Return what so many sessions at each tariff cost on one bill, tax included."""
    low = high = before = Decimal(0)
    for tariff, count in sold:
        lines = _lines(tariff, count)
        total = _total(tariff, lines, before)
        low, high = low + total.low, high + total.high
        before += _taxed(tariff.tax, lines)
    return MoneyRange.made(low=low, high=high)


def cheaper_course(tariff: Tariff, count: int) -> tuple[int, Decimal] | None:
    """Return how many more sessions cost less than `count`, and what; None where none do.

    The cheapest number wins, of two that cost the same the higher one.
    """
    packages = tariff.packages
    if not packages or tariff.agreed is not None:
        return None
    most = count + max(size for size, _ in packages)
    known = mixes([*packages, (1, tariff.single)], most)[count:]
    now, *later = (_with_tax(tariff, mix[0]) for mix in known if mix)
    least, more = min((cost, -more) for more, cost in enumerate(later, count + 1))
    return (-more, least) if least < now else None


def _total(tariff: Tariff, lines: Sequence[CostLine], before: Decimal = Decimal(0)) -> MoneyRange:
    low = sum((line.amount for line in lines), Decimal(0))
    high = sum((line.amount_high for line in lines), Decimal(0))
    total = _with_tax(tariff, low, before)
    return MoneyRange.made(low=total, high=total + high - low)


def _with_tax(tariff: Tariff, priced: Decimal, before: Decimal = Decimal(0)) -> Decimal:
    """Return the sum of prices with the tax that is added to it."""
    if tariff.tax is None or tariff.tax.included:
        return priced
    return priced + _tax_amount(tariff.tax, tariff.currency, priced, before)


def _tax_amount(tax: Tax, currency: str, priced: Decimal, before: Decimal) -> Decimal:
    """Return the tax on, or in, the sum of the prices.

    What stands before it on the same bill is rounded with it, so that the bill is taxed once.
    """
    return tax.on(before + priced, currency) - tax.on(before, currency)


def taxed_part(cost: CostEstimate | None) -> Decimal:
    """Return the sum of prices in a bill that tax is reckoned on; published ones are not taxed."""
    return _taxed(cost.tax, cost.lines) if cost else Decimal(0)


def _taxed(tax: object, lines: Sequence[CostLine]) -> Decimal:
    return sum((line.amount for line in lines if tax), Decimal(0))


def _lines(tariff: Tariff, count: int) -> tuple[CostLine, ...]:
    if tariff.agreed is not None:
        return (_line("agreed", 1, count, tariff.agreed, tariff.agreed),)
    if tariff.price_list:
        single = tariff.single
        quantities = cheapest_mix(single, tariff.packages, count)
        sold = zip(quantities[1:], tariff.packages, strict=True)
        lines = [_line("package", n, size, price, price) for n, (size, price) in sold if n]
        if quantities[0]:
            lines.append(_line("session", quantities[0], 1, single, single))
        return tuple(lines)
    if tariff.session:
        return (_line("session", count, 1, tariff.session.low, tariff.session.high),)
    assert tariff.course is not None, "a tariff has a price"
    return (_line("course", 1, count, tariff.course.low, tariff.course.high),)


def _line(
    kind: Literal["session", "package", "course", "agreed"],
    quantity: int,
    sessions: int,
    low: Decimal,
    high: Decimal,
) -> CostLine:
    return CostLine.made(
        kind=kind,
        quantity=quantity,
        sessions=sessions,
        unit=low,
        amount=low * quantity,
        unit_high=high,
        amount_high=high * quantity,
    )


def estimate_cost(
    protocol: Protocol,
    dates: Sequence[date],
    *,
    clinic: Clinic | None = None,
    currency: str | None = None,
    as_of: date,
    first_number: int = 1,
    held: int = 0,
    before: Decimal = Decimal(0),
    asked: CourseRequest | None = None,
) -> CostEstimate | None:
    """Return what sessions on these dates cost, or None when no price is known.

    Args:
        protocol: Whose sessions they are.
        dates: One date a session.
        clinic: Whose prices come first; left out, published prices are used.
        currency: The currency to reckon in; left out, the clinic's, else the protocol's first.
        as_of: The day a deposit is due.
        first_number: The number of the first session.
        held: How many of the sessions, the first ones, have been held.
        before: The sum of the clinic's prices that stand before them on one bill, as
            `taxed_part` returns it: the bill is taxed once.
        asked: What is asked of the price: an option, one agreed by hand, no tax; the currency
            stands there too.

    Raises:
        FormatError: When there is no such currency.
        InputError: When a price agreed by hand is none in it.
    """
    clinic = clinic or Clinic.default()
    if asked is None:
        asked = CourseRequest(currency=parse_currency(currency) if currency else None)
    tariff = find_tariff(protocol, clinic, asked)
    if tariff is None or not dates:
        return None
    return bill_of(tariff, dates, as_of, first_number=first_number, held=held, before=before)


def bill_of(
    tariff: Tariff,
    dates: Sequence[date],
    as_of: date,
    *,
    first_number: int = 1,
    held: int = 0,
    before: Decimal = Decimal(0),
) -> CostEstimate:
    """Return what sessions on these dates, at least one, cost by the prices that hold.

    The arguments are those of `estimate_cost`.
    """
    dates = sorted(dates)
    lines = _lines(tariff, len(dates))
    total = _total(tariff, lines, before)
    # What was due on the day of planning was due before the first session at the latest.
    planned_on = min(as_of, dates[0]) if held else as_of
    deposit, instalments = payments_of(
        tariff.price_list, total.low, dates, planned_on, tariff.currency
    )
    lows = split(total.low, len(dates), tariff.currency)
    highs = split(total.high, len(dates), tariff.currency)
    return CostEstimate.made(
        currency=tariff.currency,
        basis=tariff.basis,
        low=total.low,
        high=total.high,
        remaining=_remaining(lows, highs, held) if held else None,
        published_course=tariff.course,
        lines=lines,
        tax=_tax(tariff, sum((line.amount for line in lines), Decimal(0)), before),
        deposit=deposit,
        instalments=instalments,
        by_month=tuple(_by_month(dates, lows, highs)),
        cumulative=tuple(_cumulative(lows, highs, first_number)),
    )


def _cumulative(
    lows: Sequence[Decimal], highs: Sequence[Decimal], first_number: int
) -> Iterator[CumulativeCost]:
    sums = zip(accumulate(lows), accumulate(highs), strict=True)
    for number, (low, high) in enumerate(sums, first_number):
        yield CumulativeCost.made(session=number, low=low, high=high)


def _remaining(lows: Sequence[Decimal], highs: Sequence[Decimal], held: int) -> MoneyRange:
    """Return the shares of the sessions after those held, with the digits of the currency."""
    low, high = sum(lows) - sum(lows[:held]), sum(highs) - sum(highs[:held])
    return MoneyRange.made(low=Decimal(low), high=Decimal(high))


def _tax(tariff: Tariff, priced: Decimal, before: Decimal) -> TaxPart | None:
    tax = tariff.tax
    if tax is None:
        return None
    amount = _tax_amount(tax, tariff.currency, priced, before)
    return TaxPart.made(name=tax.name, rate=tax.rate, included=tax.included, amount=amount)


def _by_month(
    dates: Sequence[date], lows: Sequence[Decimal], highs: Sequence[Decimal]
) -> Iterator[MonthCost]:
    shares = zip(dates, lows, highs, strict=True)
    for _, group in groupby(shares, key=lambda share: (share[0].year, share[0].month)):
        held = list(group)
        yield MonthCost.made(
            month=f"{held[0][0]:%Y-%m}",
            sessions=len(held),
            low=sum((low for _, low, _ in held), Decimal(0)),
            high=sum((high for _, _, high in held), Decimal(0)),
        )
