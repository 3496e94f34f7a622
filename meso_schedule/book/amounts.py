"""The amounts of a course, and which of them what is recorded does not allow.

The rules here hold alike for what is written and for what a correction leaves standing.
"""

from dataclasses import replace
from decimal import Decimal

from meso_schedule.base.errors import FormatError, InputError
from meso_schedule.base.money import in_currency
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.payloads import Terms
from meso_schedule.book.prices import prices_of_extras
from meso_schedule.book.records import Missed, Paid, Stopped
from meso_schedule.book.state import CourseState


def check_paid(record: Paid, state: CourseState) -> None:
    """Refuse a payment that the course cannot take.

    Raises:
        InputError: For a currency that is not the course's, or more decimals than it has.
        RefusedError: For more given back than was paid.
    """
    _check_amount(record.amount, record.currency, "amount", state)
    paid = _paid(state, record.currency)
    if record.refund and record.amount > paid:
        raise RefusedError(
            "more_than_paid",
            f"{record.amount} is more than the {paid} that were paid.",
            "Give back what was paid at most.",
            field="amount",
            value=record.amount,
        )


def check_fee(record: Missed, state: CourseState) -> None:
    """Refuse a fee that the course cannot take.

    Raises:
        InputError: For a currency that is not the course's, or more decimals than it has.
    """
    if record.fee is not None and record.currency is not None:
        _check_amount(record.fee, record.currency, "fee", state)


def check_ends(record: Stopped, state: CourseState) -> None:
    """Refuse a stop that comes to what the course cannot.

    Raises:
        InputError: For a currency that is not the course's, or more decimals than it has.
        RefusedError: For sessions that are worth more than the course, or more given back than
            was paid.
    """
    currency = record.currency
    if currency is None or record.used is None:
        return
    for name in ("used", "owed", "refund"):
        if (amount := getattr(record, name)) is not None:
            _check_amount(amount, currency, name, state)
    price = _most(state)
    if price is not None and record.used > price:
        raise RefusedError(
            "more_than_the_course",
            f"{record.used} is more than the course, which costs {price} {currency}.",
            f"Give {price} at most.",
            field="used",
            value=record.used,
        )
    paid = _paid(state, currency)
    if record.refund and record.refund > paid:
        raise RefusedError(
            "more_than_paid",
            f"{record.refund} is more than the {paid} that were paid.",
            "Give back what was paid at most.",
            field="refund",
            value=record.refund,
        )


def _check_amount(amount: Decimal, currency: str, name: str, state: CourseState) -> None:
    known = _currencies(state)
    if known and currency not in known:
        raise InputError.of(
            "contradiction",
            f"The course is reckoned in {' and '.join(known)}.",
            field="currency",
            value=currency,
            remedy="Give the amount in that currency."
            if len(known) == 1
            else "Give the amount in one of them.",
        )
    try:
        in_currency(amount, currency)
    except FormatError as error:
        raise InputError(replace(fault, field=name) for fault in error.faults) from None


def _currencies(state: CourseState) -> tuple[str, ...]:
    """Return the currencies that are agreed, else that of the first payment."""
    agreed = {terms.currency for terms in _terms(state)}
    return tuple(sorted(agreed)) or tuple(entry.paid.currency for entry in state.payments[:1])


def _terms(state: CourseState) -> tuple[Terms, ...]:
    return (state.terms,) if state.terms else tuple(state.treatment_terms.values())


def _paid(state: CourseState, currency: str) -> Decimal:
    """Return what came in of a currency, less what went back."""
    paid = (entry.paid for entry in state.payments if entry.paid.currency == currency)
    none = in_currency(Decimal(0), currency)
    return sum((-it.amount if it.refund else it.amount for it in paid), none)


def _most(state: CourseState) -> Decimal | None:
    """Return the most that the course and every visit had beyond it can cost.

    None where a treatment has no price.
    """
    terms = _terms(state)
    if len(terms) < len(state.protocols) or len({it.currency for it in terms}) > 1:
        return None
    most = [it.high for it in terms]
    most += [it.high for it in prices_of_extras(state).values()]
    return sum(most, Decimal(0))
