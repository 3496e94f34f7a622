"""How a course of the book stands in money.

Each of several treatments has terms of its own. The course is one account; where its treatments
are priced in different currencies there is none, and only what was paid is known.
"""

from datetime import date
from decimal import Decimal

from meso_schedule.base.errors import InputError
from meso_schedule.base.models import Model
from meso_schedule.book.amounts import currencies_of, currency_of, fees_in, paid_so_far
from meso_schedule.book.prices import agreed, nothing, prices_of_extras, terms_by_protocol
from meso_schedule.book.state import CourseState
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.bill import DuePart, Money, Received, Statement
from meso_schedule.running.dues import Due, dues_of


class Account(Model):
    """How a course stands in money.

    Args:
        agreed_low: The price of the course and of every visit had beyond it; with `agreed_high` a
            range. None where a treatment has no price.
        fees: What is kept besides for visits that were missed.
        paid: What came in, less what went back.
        due: What falls due, and when; nothing where the price is a range.
        open: What was due by the day of asking and is not paid.
        balance: What is still to pay: after a stop what is owed, or as a negative amount what
            goes back; None where the price is a range, or not known.
    """

    currency: str
    agreed_low: Money | None
    agreed_high: Money | None
    fees: Money
    paid: Decimal
    due: tuple[Due, ...]
    open: Money
    balance: Decimal | None


def account_of(state: CourseState, as_of: date) -> Account | None:
    """Return how a course stands in money; None without prices or with several currencies."""
    currency = currency_of(state)
    if currency is None:
        return None
    paid = paid_so_far(state)
    low, high = agreed(state)
    fees = fees_in(state, currency)
    due = tuple(dues_of(state, paid)) if not state.stopped else ()
    return Account(
        currency=currency,
        agreed_low=low,
        agreed_high=high,
        fees=fees,
        paid=paid,
        due=due,
        open=sum((part.open for part in due if part.due and part.due <= as_of), nothing(currency)),
        balance=_balance(state, paid - fees),
    )


def statement_of(state: CourseState, as_of: date) -> Statement | None:
    """Return how a course stands in money, as a reprint tells it; None as for its account."""
    account = account_of(state, as_of)
    if account is None:
        return None
    agreed = account.agreed_low if account.balance is not None else None
    return Statement.made(
        currency=account.currency,
        agreed=None if agreed is None else agreed + account.fees,
        paid=account.paid,
        left=account.balance,
        received=tuple(
            Received.made(on=it.paid.on, amount=it.paid.amount, refund=it.paid.refund)
            for it in state.payments
        ),
        due=tuple(DuePart.made(due=it.due, amount=it.open) for it in account.due if it.open),
    )


def left_to_pay(state: CourseState, currency: str) -> Decimal | None:
    """Return the most that is left to pay in a currency; None where that is not known."""
    paid = paid_so_far(state, currency) - fees_in(state, currency)
    if state.stopped:
        used = state.stopped.used
        return None if used is None else used - paid
    known = list(terms_by_protocol(state).values())
    sold = [(terms.currency, terms.high) for terms in known if terms]
    if len(sold) < len(known) or currency not in dict(sold):
        return None
    sold += [(extra.currency, extra.high) for _, extra in prices_of_extras(state)]
    return sum((high for code, high in sold if code == currency), nothing(currency)) - paid


def too_much(state: CourseState, paid: Decimal, currency: str) -> str | None:
    """Ask about a payment above all that is left of the course; None for any other."""
    left = left_to_pay(state, currency)
    if left is None or paid <= max(left, nothing(currency)):
        return None
    left = max(left, nothing(currency))
    return f"{paid} {currency} is more than the {left} {currency} left to pay. Record it?"


def corrected_too_much(before: CourseState, after: CourseState) -> str | None:
    """Ask about a payment that is corrected above all that is left; None for any other."""
    if (found := overpaid(before, after)) is None:
        return None
    amount, code = found
    return f"With this {amount} {code} more are paid than the course comes to. Record it?"


def reckoned_in(state: CourseState, clinic: Clinic | None, asked: str | None = None) -> str:
    """Return the currency of an amount: the one asked for, the course's, the clinic's.

    Raises:
        InputError: When none is known, or several are.
    """
    known = currencies_of(state)
    if asked is None and len(known) > 1:
        raise InputError.of(
            "missing_argument",
            f"The course is reckoned in {' and '.join(known)}.",
            field="currency",
            remedy=f"Give --currency {' or '.join(known)}.",
        )
    found = asked or next(iter(known), None) or (clinic.currency if clinic else None)
    if found is None:
        raise InputError.of(
            "missing_argument",
            "No currency is known.",
            field="currency",
            remedy="Give --currency CODE.",
        )
    return found


def overpaid(before: CourseState, after: CourseState) -> tuple[Decimal, str] | None:
    """Return what is paid above all that is left to pay, where it was less before.

    Args:
        before: The course before something is recorded.
        after: The same course with it.
    """
    for code in sorted({entry.paid.currency for entry in after.payments}):
        left, was = left_to_pay(after, code), left_to_pay(before, code)
        if left is not None and left < 0 and (was is None or left < was):
            return -left, code
    return None


def _balance(state: CourseState, paid: Decimal) -> Decimal | None:
    if state.stopped:
        return None if state.stopped.used is None else state.stopped.used - paid
    low, high = agreed(state)
    return low - paid if low is not None and low == high else None
