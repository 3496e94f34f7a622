"""What a course comes to when it is stopped before its last session."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Literal

from meso_schedule.base.errors import InputError
from meso_schedule.base.models import Model
from meso_schedule.book.amounts import (
    check_ends,
    currencies_of,
    currency_of,
    fees_in,
    owed_and_refund,
    paid_so_far,
)
from meso_schedule.book.book_errors import stopped
from meso_schedule.book.payloads import KeptForecast, Terms
from meso_schedule.book.prices import (
    agreed,
    nothing,
    prices_of_extras,
    shares,
    terms_by_protocol,
    with_tax,
)
from meso_schedule.book.records import Stopped
from meso_schedule.book.state import CourseState
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.clinic.stopping import Stopping
from meso_schedule.course.bill import Money

Way = Literal["single", "share"]

# What the event of a stop says of its settlement.
_ENDS = ("currency", "used", "owed", "refund")


class PartUsed(Model):
    """What the sessions had of a treatment are worth.

    Args:
        label: Its letter, where there are several.
        worth: What one session is worth, tax within; None where shares differ.
        used: With its part of the tax; before it never more than the price of the treatment.
    """

    label: str | None
    had: int
    by: Way
    worth: Money | None
    used: Money


class Settlement(Model):
    """What a course that is stopped comes to; every amount is what the patient pays.

    Args:
        price: What the whole course costs, with the visits had beyond it.
        had: How many sessions were had, with those that were forfeited.
        by: How they are valued; None where treatments differ.
        worth: What one of them is worth, single or as a share; None where that differs.
        fee: What the clinic keeps besides.
        fees: What it keeps for visits that were missed; beside `used` and `price`.
        withdrawn: Whether it ends before anything was had and in time for all to go back.
        used: What the sessions had are worth with the fee, never more than the price.
        paid: What was paid, less what went back.
        owed: What the patient still owes.
        refund: What the patient gets back.
        treatments: What each of several treatments comes to; empty for one, or by hand.
    """

    currency: str
    price: Money
    had: int
    by: Literal["single", "share", "hand"] | None
    worth: Money | None
    fee: Money
    fees: Money
    withdrawn: bool = False
    used: Money
    paid: Decimal
    owed: Money
    refund: Money
    treatments: tuple[PartUsed, ...] = ()


def ending(
    state: CourseState,
    clinic: Clinic | None,
    day: date,
    reason: str | None,
    used: Decimal | None = None,
) -> tuple[Stopped, Settlement | None]:
    """Return the event that ends a course, and what it comes to.

    Args:
        state: The course before the stop.
        clinic: Whose rule holds.
        day: The day of the stop.
        reason: Why.
        used: What the sessions had are worth, where that was agreed by hand.

    Raises:
        RefusedError: When the course cannot come to that.
    """
    settled = settlement(state, clinic or Clinic.default(), day, used)
    ends = {name: getattr(settled, name) for name in _ENDS} if settled else {}
    record = Stopped(on=day, reason=reason, forecast=KeptForecast(), **ends)
    check_ends(record, state)
    return record, settled


def check_stop(state: CourseState, used: object | None) -> tuple[Stopped | None, str | None]:
    """Return the stop without a settlement that there was, and the currency of another.

    Args:
        state: The course.
        used: What the sessions had are worth, where that is agreed by hand.

    Raises:
        RefusedError: When it was stopped before, and nothing is left to settle.
        InputError: When no price is known that could be settled.
    """
    before = state.stopped
    if before and (before.used is not None or used is None):
        raise stopped(state.course, before.on)
    code = currency_of(state)
    if used is not None and code is None:
        known = " in one currency" if len(currencies_of(state)) > 1 else ""
        raise InputError.of(
            "no_price",
            f"No price of course {state.course}{known} is known.",
            field="used",
            value=used,
            remedy="Leave it out.",
        )
    return before, code


def settlement(
    state: CourseState, clinic: Clinic, on: date, used: Decimal | None = None
) -> Settlement | None:
    """Return what a course comes to when it is stopped now.

    Without a rule of the clinic's own, the sessions had are worth the single price each, taxed
    together, never more than the course, or than the treatment they belong to; what was paid
    beyond that goes back.

    Args:
        state: The course before the stop.
        clinic: Whose rule holds.
        on: The day of the stop.
        used: What the sessions had are worth, where that was agreed by hand.

    Returns:
        None where the price is a range or not known and nothing was agreed, or where there are
        several currencies.
    """
    had = _had(state)
    code, (low, high) = currency_of(state), agreed(had)
    price = low if low == high else None
    if code is None or (price is None and used is None):
        return None
    fee, parts = nothing(code), tuple[PartUsed, ...]()
    rule = clinic.stopping or Stopping()
    withdrawn = used is None and _is_withdrawn(state, rule, on)
    if used is None and price is not None:
        parts = tuple(_parts(had, clinic))
        used = min(price, sum((part.used for part in parts), nothing(code)))
        fee = fee if withdrawn else _fee(had, rule, used, code)
        used = min(price, used + fee)
    assert used is not None, "agreed or reckoned"
    ways = {part.by for part in parts}
    several = parts if len(parts) > 1 else ()
    owed, refund = owed_and_refund(had, used, code)
    return Settlement(
        currency=code,
        price=price if price is not None else used,
        had=len(state.held) + len(state.forfeits),
        by="hand" if not parts else parts[0].by if len(ways) == 1 else None,
        worth=parts[0].worth if parts and not several else None,
        fee=fee,
        fees=fees_in(had, code),
        withdrawn=withdrawn,
        used=used,
        paid=paid_so_far(state, code),
        owed=owed,
        refund=refund,
        treatments=several,
    )


def _had(state: CourseState) -> CourseState:
    """Return a course with what was had of it, and nothing to come."""
    visit = state.consultation
    kept = visit if visit and visit.status != "booked" else None
    return state.model_copy(update={"sessions": state.held, "consultation": kept})


def _fee(state: CourseState, rule: Stopping, used: Decimal, currency: str) -> Decimal:
    """Return what is kept besides; of what would go back never more than that."""
    if rule.fee is None:
        return nothing(currency)
    if rule.fee_of == "course":
        return rule.fee.of(_course(state), currency)
    _, refund = owed_and_refund(state, used, currency)
    return min(refund, rule.fee.of(refund, currency))


def _is_withdrawn(state: CourseState, rule: Stopping, on: date) -> bool:
    """Tell whether all goes back: nothing was had, and the time to withdraw has not passed."""
    if rule.withdraw is None or state.held or state.forfeits:
        return False
    return on <= rule.withdraw.after(state.opened_on)


def _course(state: CourseState) -> Decimal:
    """Return the price of the course itself."""
    known = (terms.low for terms in terms_by_protocol(state).values() if terms)
    return sum(known, Decimal(0))


def _parts(state: CourseState, clinic: Clinic) -> Iterator[PartUsed]:
    rule = clinic.stopping
    before = Decimal(0)
    for protocol, terms in terms_by_protocol(state).items():
        assert terms is not None, "a price is known where every treatment has one"
        had = sum(it.protocol == protocol for it in state.held)
        had += sum(it.protocol == protocol for it in state.forfeits)
        by: Way = rule.sessions if rule and terms.single else "single" if terms.single else "share"
        worth: Decimal | None
        if by == "single" and terms.single:
            listed = _listed(terms, terms.single.low, had)
            (used,) = with_tax([(terms, listed)], before)
            (worth,) = with_tax([(terms, terms.single.low)])
            before += listed if terms.tax else 0
        else:
            used, worth = _shares(state, protocol, terms, had)
        yield PartUsed(label=state.label_of(protocol), had=had, by=by, worth=worth, used=used)


def _listed(terms: Terms, single: Decimal, had: int) -> Decimal:
    """Return the single prices of the sessions had, never more than what they are sold for."""
    sold = terms.net if terms.tax else terms.low
    return min(had * single, sold + max(0, had - terms.sessions) * single)


def _shares(
    state: CourseState, protocol: str, terms: Terms, had: int
) -> tuple[Decimal, Decimal | None]:
    """Return the shares of the sessions had, with what was had beyond the course."""
    extras = prices_of_extras(state)
    amounts = [
        *(share.low for share in shares(terms, terms.sessions)[:had]),
        *(price.low for session, price in extras if session.protocol == protocol),
    ]
    return sum(amounts, nothing(terms.currency)), amounts[0] if len(set(amounts)) == 1 else None
