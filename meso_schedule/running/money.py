"""What is due, paid and owed in a course of the book; amounts as `Decimal`.

Each of several treatments has terms of its own, and what falls due does so with its own
sessions. The course is one account; where its treatments are priced in different currencies
there is none, and only what was paid is known.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from meso_schedule.bill import CostEstimate, Money, TreatmentCost
from meso_schedule.course import CoursePlan, Session
from meso_schedule.money import in_currency, split
from meso_schedule.standing import Day
from meso_schedule.store.parts import Price, Terms
from meso_schedule.store.state import CourseState
from meso_schedule.validation import Model


class Due(Model):
    """An amount that falls due.

    Args:
        label: The letter of the treatment, where there are several.
        due: The day; None while the session it goes with has none.
        what: The deposit, a part of the rest, or the whole course.
        session: The session it is due with; None for the deposit.
        open: What of it is not paid yet, payments counted from the first amount on.
    """

    label: str | None = None
    what: Literal["deposit", "instalment", "course"]
    due: Day | None
    session: int | None
    amount: Money
    open: Money


class Account(Model):
    """How a course stands in money.

    Args:
        agreed_low: The price of the course; with `agreed_high` a range. None where a treatment
            has no price.
        paid: What came in, less what went back.
        due: What falls due, and when; nothing where the price is a range.
        open: What was due by the day of asking and is not paid.
        balance: What is still to pay: after a stop what is owed, or as a negative amount what
            goes back; None where the price is a range, or not known.
    """

    currency: str
    agreed_low: Money | None
    agreed_high: Money | None
    paid: Decimal
    due: tuple[Due, ...]
    open: Money
    balance: Decimal | None


def terms_of(plan: CoursePlan) -> Terms | None:
    """Return what a plan costs as it is agreed; None where no price is known."""
    return _terms(plan.cost, plan.sessions)


def treatment_terms_of(plan: CoursePlan) -> dict[str, Terms]:
    """Return what each treatment of a combined plan costs, by protocol, where that is known."""
    known = ((part.protocol, _terms(part.cost, _of(part, plan))) for part in plan.costs)
    return {protocol: terms for protocol, terms in known if terms}


def _of(part: TreatmentCost, plan: CoursePlan) -> list[Session]:
    return [session for session in plan.sessions if session.protocol == part.protocol]


def _terms(cost: CostEstimate | None, sessions: Sequence[Session]) -> Terms | None:
    if cost is None:
        return None
    single = next((session.price for session in sessions if session.price), None)
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


def terms_by_protocol(state: CourseState) -> dict[str, Terms | None]:
    """Return what each treatment costs; None where that is not known."""
    if len(state.protocols) == 1:
        return {state.protocols[0].id: state.terms}
    return {kept.id: state.treatment_terms.get(kept.id) for kept in state.protocols}


def currencies_of(state: CourseState) -> tuple[str, ...]:
    """Return the currencies a course is reckoned in, as its terms say, else what was paid."""
    agreed = {terms.currency for terms in terms_by_protocol(state).values() if terms}
    paid = (entry.paid.currency for entry in state.payments)
    return tuple(sorted(agreed)) or tuple(dict.fromkeys(paid))[:1]


def currency_of(state: CourseState) -> str | None:
    """Return the currency a course is reckoned in; None while nothing says it, or several do."""
    found = currencies_of(state)
    return found[0] if len(found) == 1 else None


def paid_so_far(state: CourseState, currency: str | None = None) -> Decimal:
    """Return what came in, less what went back.

    Args:
        state: The course.
        currency: Only what was paid in it, in a course reckoned in several.
    """
    wanted = currency or currency_of(state)
    amounts = (entry.paid for entry in state.payments)
    signed = (
        -paid.amount if paid.refund else paid.amount
        for paid in amounts
        if currency in (None, paid.currency)
    )
    return sum(signed, nothing(wanted) if wanted else Decimal(0))


def account_of(state: CourseState, as_of: date) -> Account | None:
    """Return how a course stands in money; None without prices or with several currencies."""
    currency = currency_of(state)
    if currency is None:
        return None
    paid = paid_so_far(state)
    low, high = agreed(state)
    due = tuple(_with_open(dues_of(state), paid)) if not state.stopped else ()
    return Account(
        currency=currency,
        agreed_low=low,
        agreed_high=high,
        paid=paid,
        due=due,
        open=sum((part.open for part in due if part.due and part.due <= as_of), nothing(currency)),
        balance=_balance(state, paid),
    )


def agreed(state: CourseState) -> tuple[Decimal | None, Decimal | None]:
    """Return the least and the most the course costs; None where a treatment has no price."""
    known = list(terms_by_protocol(state).values())
    terms = [entry for entry in known if entry]
    if len(terms) < len(known) or len({entry.currency for entry in terms}) > 1:
        return None, None
    none = Decimal(0)
    return sum((it.low for it in terms), none), sum((it.high for it in terms), none)


def _balance(state: CourseState, paid: Decimal) -> Decimal | None:
    if state.stopped:
        return None if state.stopped.used is None else state.stopped.used - paid
    low, high = agreed(state)
    return low - paid if low is not None and low == high else None


def dues_of(state: CourseState) -> list[Due]:
    """Return what falls due, by date; a part with the session it was agreed for, wherever it is."""
    dues = [
        due
        for protocol, terms in terms_by_protocol(state).items()
        if terms and terms.low == terms.high
        for due in _dues(state, protocol, terms)
    ]
    if len(state.protocols) == 1:
        return dues
    return sorted(dues, key=lambda due: (due.session is not None, due.due is None, str(due.due)))


def _dues(state: CourseState, protocol: str, terms: Terms) -> Iterator[Due]:
    label = state.label_of(protocol)
    if terms.deposit:
        day, amount = state.opened_on, terms.deposit
        yield Due(label=label, what="deposit", due=day, session=None, amount=amount, open=amount)
    rest = terms.low - (terms.deposit or 0)
    parts = terms.instalments or ((rest,) if rest else ())
    what: Literal["instalment", "course"] = "instalment" if terms.instalments else "course"
    for number, amount in enumerate(parts, 1):
        session = state.find_session(number, protocol)
        day_of_part = session.date if session else None
        yield Due(
            label=label, what=what, due=day_of_part, session=number, amount=amount, open=amount
        )


def _with_open(dues: list[Due], paid: Decimal) -> Iterator[Due]:
    for due in dues:
        covered = max(due.amount - due.amount, min(paid, due.amount))
        paid -= covered
        yield due.model_copy(update={"open": due.amount - covered})
