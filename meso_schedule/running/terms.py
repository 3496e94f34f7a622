"""What was agreed and paid in a course of the book; amounts as `Decimal`."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import chain

from meso_schedule.base.money import split
from meso_schedule.book.payloads import AddedTax, KeptPrice, Terms
from meso_schedule.book.prices import nothing, terms_by_protocol, with_tax
from meso_schedule.book.state import CourseState
from meso_schedule.course.bill import CostEstimate, TreatmentCost
from meso_schedule.course.course_plan import CoursePlan, Session


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
    tax = cost.tax if cost.tax and not cost.tax.included else None
    return Terms(
        currency=cost.currency,
        low=cost.low,
        high=cost.high,
        sessions=len(cost.cumulative),
        single=KeptPrice(currency=cost.currency, low=single.low, high=single.high)
        if single
        else None,
        tax=AddedTax(rate=tax.rate, amount=tax.amount) if tax else None,
        deposit=cost.deposit.amount if cost.deposit else None,
        instalments=tuple(part.amount for part in cost.instalments or ()),
    )


def price_of(terms: Terms | None, number: int) -> KeptPrice | None:
    """Return what a visit is to bring in: its share of the course, then the single price."""
    if terms is None:
        return None
    if number > terms.sessions:
        return single_price(terms)
    low, high = (split(end, terms.sessions, terms.currency) for end in (terms.low, terms.high))
    return KeptPrice(currency=terms.currency, low=low[number - 1], high=high[number - 1])


def single_price(terms: Terms) -> KeptPrice | None:
    """Return what a single session is paid with, tax within; None where it has no price."""
    single = terms.single
    if single is None:
        return None
    low, high = (with_tax([(terms, end)])[0] for end in (single.low, single.high))
    return KeptPrice(currency=terms.currency, low=low, high=high)


def currencies_of(state: CourseState) -> tuple[str, ...]:
    """Return the currencies a course is reckoned in, as terms, payments or fees say."""
    agreed = {terms.currency for terms in terms_by_protocol(state).values() if terms}
    told = (entry.paid.currency for entry in state.payments), (fee.currency for fee in state.fees)
    return tuple(sorted(agreed)) or tuple(dict.fromkeys(chain(*told)))[:1]


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


def fees_in(state: CourseState, currency: str) -> Decimal:
    """Return what is kept for visits that were missed, in one currency."""
    kept = (fee.amount for fee in state.fees if fee.currency == currency)
    return sum(kept, nothing(currency))
