"""The account of a course line by line: what falls due, what was paid, what is left."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from meso_schedule.book.state import CourseState, RecordedPayment
from meso_schedule.running.account import account_of
from meso_schedule.running.dues import Due


class AccountLine(NamedTuple):
    """A line of an account.

    Args:
        entry: The kind of what falls due; `paid`, `refund`, or `left` for the balance.
        date: When it is due or was paid; of the balance the day of asking.
        session: The session that it is due with, of several treatments with its letter.
        open: What of it is not paid yet; of a payment nothing is told.
        method: How it was paid, or the course it was carried over from or to.
    """

    entry: str
    date: date | None
    session: str | None
    currency: str
    amount: Decimal
    open: Decimal | None = None
    method: str | None = None


def account_lines(state: CourseState, as_of: date) -> Iterator[AccountLine]:
    """Yield the account of a course; of one in several currencies what was paid alone.

    Args:
        state: The course.
        as_of: The day of asking.
    """
    account = account_of(state, as_of)
    if account:
        yield from (_due(it, account.currency) for it in account.due)
    yield from map(_payment, state.payments)
    if account and account.balance is not None:
        yield AccountLine("left", as_of, None, account.currency, account.balance)


def _due(due: Due, currency: str) -> AccountLine:
    mark = None if due.session is None else f"{due.label or ''}{due.session}"
    return AccountLine(due.what, due.due, mark, currency, due.amount, due.open)


def _payment(entry: RecordedPayment) -> AccountLine:
    paid = entry.paid
    kind, amount = ("refund", -paid.amount) if paid.refund else ("paid", paid.amount)
    return AccountLine(
        kind, paid.on, None, paid.currency, amount, method=paid.method or paid.carried
    )
