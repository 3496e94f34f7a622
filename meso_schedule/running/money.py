"""What is due, paid, owed and given back in a course of the book; amounts as `Decimal`."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Literal

from meso_schedule.bill import Money
from meso_schedule.clinic import Clinic
from meso_schedule.course import CoursePlan
from meso_schedule.money import half_up, in_currency, parse_percent, split
from meso_schedule.standing import Day
from meso_schedule.store.parts import Price, Terms
from meso_schedule.store.state import CourseState
from meso_schedule.validation import Model


class Due(Model):
    """An amount that falls due.

    Args:
        due: The day; None while the session it goes with has none.
        what: The deposit, a part of the rest, or the whole course.
        session: The session it is due with; None for the deposit.
        open: What of it is not paid yet, payments counted from the first amount on.
    """

    what: Literal["deposit", "instalment", "course"]
    due: Day | None
    session: int | None
    amount: Money
    open: Money


class Account(Model):
    """How a course stands in money.

    Args:
        agreed_low: The price of the course; with `agreed_high` a range.
        paid: What came in, less what went back.
        due: What falls due, and when; nothing where the price is a range.
        open: What was due by the day of asking and is not paid.
        balance: What is still to pay: after a stop what is owed, or as a negative amount what
            goes back; None where the price is a range.
    """

    currency: str
    agreed_low: Money | None
    agreed_high: Money | None
    paid: Decimal
    due: tuple[Due, ...]
    open: Money
    balance: Decimal | None


class Settlement(Model):
    """What a course that is stopped comes to.

    Args:
        price: What the whole course costs.
        had: How many sessions were had.
        worth: What one of them is worth, single or as a share; None where the shares differ.
        fee: What the clinic keeps besides.
        used: What the sessions had are worth with the fee, never more than the price.
        paid: What was paid, less what went back.
        owed: What the patient still owes.
        refund: What the patient gets back.
    """

    currency: str
    price: Money
    had: int
    by: Literal["single", "share", "hand"]
    worth: Money | None
    fee: Money
    used: Money
    paid: Decimal
    owed: Money
    refund: Money


def terms_of(plan: CoursePlan) -> Terms | None:
    """Return what a plan costs as it is agreed; None where no price is known."""
    cost = plan.cost
    if cost is None:
        return None
    single = next((session.price for session in plan.sessions if session.price), None)
    return Terms(
        currency=cost.currency,
        low=cost.low,
        high=cost.high,
        sessions=len(cost.cumulative),
        single=Price(currency=cost.currency, low=single.low, high=single.high) if single else None,
        deposit=cost.deposit.amount if cost.deposit else None,
        instalments=tuple(part.amount for part in cost.instalments or ()),
    )


def price_of(terms: Terms | None, number: int) -> Price | None:
    """Return what a visit brings in: its share of the course, then the single price."""
    if terms is None:
        return None
    if number > terms.sessions:
        return terms.single
    low, high = (split(end, terms.sessions, terms.currency) for end in (terms.low, terms.high))
    return Price(currency=terms.currency, low=low[number - 1], high=high[number - 1])


def nothing(currency: str) -> Decimal:
    """Return no money, with the digits of a currency."""
    return in_currency(Decimal(0), currency)


def paid_so_far(state: CourseState) -> Decimal:
    """Return what came in, less what went back; a course has one currency."""
    amounts = (entry.paid for entry in state.payments)
    signed = (-paid.amount if paid.refund else paid.amount for paid in amounts)
    return sum(signed, _start(state))


def _start(state: CourseState) -> Decimal:
    currency = currency_of(state)
    return nothing(currency) if currency else Decimal(0)


def currency_of(state: CourseState) -> str | None:
    """Return the currency a course is reckoned in; None while nothing says it."""
    if state.terms:
        return state.terms.currency
    return next((entry.paid.currency for entry in state.payments), None)


def account_of(state: CourseState, as_of: date) -> Account | None:
    """Return how a course stands in money; None where no money is known of."""
    currency = currency_of(state)
    if currency is None:
        return None
    terms, paid = state.terms, paid_so_far(state)
    due = tuple(_with_open(list(_dues(state)), paid)) if not state.stopped else ()
    return Account(
        currency=currency,
        agreed_low=terms.low if terms else None,
        agreed_high=terms.high if terms else None,
        paid=paid,
        due=due,
        open=sum((part.open for part in due if part.due and part.due <= as_of), nothing(currency)),
        balance=_balance(state, paid),
    )


def _balance(state: CourseState, paid: Decimal) -> Decimal | None:
    if state.stopped:
        return None if state.stopped.used is None else state.stopped.used - paid
    terms = state.terms
    return terms.low - paid if terms and terms.low == terms.high else None


def _dues(state: CourseState) -> Iterator[Due]:
    """Yield what falls due; a part with the session it was agreed for, wherever that is now."""
    terms = state.terms
    if terms is None or terms.low != terms.high:
        return
    if terms.deposit:
        day, amount = state.opened_on, terms.deposit
        yield Due(what="deposit", due=day, session=None, amount=amount, open=amount)
    rest = terms.low - (terms.deposit or 0)
    parts = terms.instalments or ((rest,) if rest else ())
    what: Literal["instalment", "course"] = "instalment" if terms.instalments else "course"
    for number, amount in enumerate(parts, 1):
        session = state.find_session(number)
        day_of_part = session.date if session else None
        yield Due(what=what, due=day_of_part, session=number, amount=amount, open=amount)


def _with_open(dues: list[Due], paid: Decimal) -> Iterator[Due]:
    for due in dues:
        covered = max(due.amount - due.amount, min(paid, due.amount))
        paid -= covered
        yield due.model_copy(update={"open": due.amount - covered})


def settlement(
    state: CourseState, clinic: Clinic, used: Decimal | None = None
) -> Settlement | None:
    """Return what a course comes to when it is stopped now.

    Without a rule of the clinic's own, the sessions had are worth the single price each, never
    more than the course; what was paid beyond that goes back.

    Args:
        state: The course before the stop.
        clinic: Whose rule holds.
        used: What the sessions had are worth, where that was agreed by hand.

    Returns:
        None where the price is a range or not known and nothing was agreed.
    """
    terms, rule = state.terms, clinic.stopping
    currency = currency_of(state)
    had, paid = len(state.held), paid_so_far(state)
    price = terms.low if terms and terms.low == terms.high else None
    if currency is None or (price is None and used is None):
        return None
    by: Literal["single", "share", "hand"] = "hand"
    worth, none = None, nothing(currency)
    fee = none
    if used is None and terms and price is not None:
        by = rule.sessions if rule and terms.single else "single" if terms.single else "share"
        value, worth = _value(terms, had, by)
        fee = _fee(rule.fee if rule else None, price, currency)
        used = min(price, value + fee)
    assert used is not None, "agreed or reckoned"
    return Settlement(
        currency=currency,
        price=price if price is not None else used,
        had=had,
        by=by,
        worth=worth,
        fee=fee,
        used=used,
        paid=paid,
        owed=max(none, used - paid),
        refund=max(none, paid - used),
    )


def _value(terms: Terms, had: int, by: str) -> tuple[Decimal, Decimal | None]:
    if by == "single" and terms.single:
        return had * terms.single.low, terms.single.low
    shares = [price_of(terms, number) for number in range(1, had + 1)]
    amounts = [share.low for share in shares if share]
    return sum(amounts, nothing(terms.currency)), amounts[0] if len(set(amounts)) == 1 else None


def _fee(text: str | None, price: Decimal, currency: str) -> Decimal:
    if text is None:
        return nothing(currency)
    if text.endswith("%"):
        return half_up(price * parse_percent(text), currency)
    return in_currency(Decimal(text), currency)
