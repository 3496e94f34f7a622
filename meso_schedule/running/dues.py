"""What falls due in a course of the book, and when: with the visits that take place."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from meso_schedule.base.dates import Day, add_months
from meso_schedule.base.models import Model
from meso_schedule.book.payloads import Terms
from meso_schedule.book.prices import (
    consultation_charge,
    prices_of_extras,
    redeemed_price,
    terms_by_protocol,
    visits_of,
    wanted_sessions,
)
from meso_schedule.book.state import CourseState
from meso_schedule.course.bill import Money
from meso_schedule.course.payments import months_with_parts, visits_with_parts

What = Literal["consultation", "deposit", "instalment", "rest", "course", "visit", "fee"]


# A day and a session.
_When = tuple[date | None, int | None]


class Due(Model):
    """An amount that falls due.

    Args:
        label: The letter of the treatment, where there are several.
        due: The day; None while the session it goes with has none.
        what: The deposit, a part of the rest, the rest in one, the whole course, a visit had
            beyond those that it pays for, or what is kept for one that was missed.
        session: The session it is due with; None for the deposit, and for what is due by the month.
        open: What of it is not paid yet, payments counted from the first amount on.
    """

    label: str | None = None
    what: What
    due: Day | None
    session: int | None
    amount: Money
    open: Money


def dues_of(state: CourseState, paid: Decimal) -> list[Due]:
    """Return what falls due, by date; a part with the session it was agreed for, wherever it is.

    What was agreed for a session that was passed over, or has no day, falls due with the next.

    Args:
        state: The course.
        paid: What was paid, which is for the first amounts.
    """
    return list(_with_open(_in_order(state), paid))


def _in_order(state: CourseState) -> list[Due]:
    dues = [
        due
        for protocol, terms in terms_by_protocol(state).items()
        if terms and terms.low == terms.high
        for due in _dues(state, protocol, terms)
    ]
    first = list(_consultation_dues(state))
    dues = list(_less(dues, redeemed_price(state)))
    dues = [*first, *dues, *_visit_dues(state), *_fee_dues(state)]
    return sorted(dues, key=lambda due: (due.session is not None, due.due is None, str(due.due)))


def _consultation_dues(state: CourseState) -> Iterator[Due]:
    visit, charge = state.consultation, consultation_charge(state)
    amount = (charge.amount if charge else 0) + redeemed_price(state)
    if visit and amount:
        day = visit.date
        yield Due(what="consultation", due=day, session=None, amount=amount, open=amount)


def _less(dues: Sequence[Due], redeemed: Decimal) -> Iterator[Due]:
    """Yield the parts of a course without what was paid before it, the first ones first."""
    for due in dues:
        cut = min(due.amount, redeemed)
        redeemed -= cut
        if left := due.amount - cut:
            yield due.model_copy(update={"amount": left, "open": left})


def _due(state: CourseState, protocol: str, what: What, amount: Decimal, when: _When) -> Due:
    day, session = when
    label = state.label_of(protocol)
    return Due(label=label, what=what, due=day, session=session, amount=amount, open=amount)


def _dues(state: CourseState, protocol: str, terms: Terms) -> Iterator[Due]:
    if terms.deposit:
        yield _due(state, protocol, "deposit", terms.deposit, (state.opened_on, None))
    rest = terms.low - (terms.deposit or 0)
    parts = terms.instalments or ((rest,) if rest else ())
    what: What = "instalment" if terms.instalments else "course"
    if terms.deposit and len(parts) == 1:
        what = "rest"
    for amount, when in zip(parts, _days(state, protocol, terms, len(parts)), strict=True):
        yield _due(state, protocol, what, amount, when)


def _days(state: CourseState, protocol: str, terms: Terms, parts: int) -> Iterator[_When]:
    """Yield when each part of the rest is due."""
    rest = terms.rest or "first"
    if rest == "monthly":
        first = next((visit.date for visit in visits_of(state, protocol)), None)
        begin = add_months(state.opened_on, 1) if terms.deposit else state.opened_on
        yield from ((day, None) for day in months_with_parts(begin, first, parts))
    else:
        for number in visits_with_parts(rest, parts, terms.sessions):
            yield _due_with(state, protocol, number)


def _due_with(state: CourseState, protocol: str, number: int) -> tuple[date | None, int]:
    """Return the day and the session with which falls due what was agreed for one."""
    visits = visits_of(state, protocol)
    later = [(visit.date, visit.number) for visit in visits if visit.number >= number]
    if not later and len(visits) >= (wanted_sessions(state, protocol) or number):
        later = [(visit.date, visit.number) for visit in visits[-1:]]
    return min(later, default=(None, number))


def _visit_dues(state: CourseState) -> Iterator[Due]:
    """Yield what the visits had beyond those that the course pays for are paid with."""
    terms = terms_by_protocol(state)
    for visit, price in prices_of_extras(state):
        of = terms[visit.protocol]
        if of and of.low == of.high:
            yield _due(state, visit.protocol, "visit", price.low, (visit.date, visit.number))


def _fee_dues(state: CourseState) -> Iterator[Due]:
    for fee in state.fees:
        yield _due(state, fee.protocol, "fee", fee.amount, (fee.on, fee.number))


def _with_open(dues: list[Due], paid: Decimal) -> Iterator[Due]:
    for due in dues:
        covered = max(due.amount - due.amount, min(paid, due.amount))
        paid -= covered
        yield due.model_copy(update={"open": due.amount - covered})
