"""When what a course costs is paid: a deposit, then the rest, in parts or in one."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from meso_schedule.base.dates import add_months
from meso_schedule.base.money import split
from meso_schedule.clinic.price_lists import PriceList
from meso_schedule.course.bill import Payment
from meso_schedule.course.payments import months_with_parts, most_parts, visits_with_parts


def payments_of(
    prices: PriceList | None, total: Decimal, dates: Sequence[date], as_of: date, currency: str
) -> tuple[Payment | None, tuple[Payment, ...] | None]:
    """Return the deposit and the instalments of a course; None where the clinic asks for none.

    Args:
        prices: What the clinic charges.
        total: What the course costs.
        dates: The day of each session, in order.
        as_of: The day the deposit is due.
        currency: The ISO 4217 code of the total.
    """
    if prices is None or not (prices.deposit or prices.instalments or prices.rest):
        return None, None
    deposit, rest, begin = None, total, as_of
    visits = prices.with_deposit(dates if prices.is_deposit_a_session else dates[:1])
    if prices.deposit and visits:
        asked = prices.deposit.of(total, currency) * len(visits)
        deposit = Payment.made(due=as_of, amount=min(asked, total))
        rest -= deposit.amount
        begin = add_months(as_of, 1)
    how = prices.rest or "first"
    most = most_parts(how, len(dates))
    count = min(filter(None, (prices.instalments or 1, most))) if rest else 0
    parts = split(rest, count, currency) if count else []
    if how == "monthly":
        days = months_with_parts(begin, dates[0], count)
    else:
        days = [dates[number - 1] for number in visits_with_parts(how, count, len(dates))]
    due = zip(days, parts, strict=True)
    return deposit, tuple(Payment.made(due=day, amount=part) for day, part in due)
