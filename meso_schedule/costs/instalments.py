"""When what a course costs is paid: a deposit, then instalments with the first visits."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from meso_schedule.base.money import split
from meso_schedule.clinic.price_lists import PriceList
from meso_schedule.course.bill import Payment


def payments_of(
    prices: PriceList | None, total: Decimal, dates: Sequence[date], as_of: date, currency: str
) -> tuple[Payment | None, tuple[Payment, ...] | None]:
    """Return the deposit and the instalments of a course; None where the clinic asks for none.

    Args:
        prices: What the clinic charges.
        total: What the course costs.
        dates: The day of each session, in order; each instalment is due with one of the first.
        as_of: The day the deposit is due.
        currency: The ISO 4217 code of the total.
    """
    if prices is None or not (prices.deposit or prices.instalments):
        return None, None
    deposit = None
    rest = total
    if prices.deposit:
        amount = min(prices.deposit.of(total, currency), total)
        deposit = Payment.made(due=as_of, amount=amount)
        rest -= amount
    count = min(prices.instalments or 1, len(dates)) if rest else 0
    parts = split(rest, count, currency) if count else []
    due = zip(dates, parts, strict=False)
    return deposit, tuple(Payment.made(due=day, amount=part) for day, part in due)
