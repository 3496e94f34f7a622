"""The amounts of a course: what came in, and what what is recorded does not allow.

The rules here hold alike for what is written and for what a correction leaves standing.
"""

from decimal import Decimal
from itertools import chain

from meso_schedule.base.errors import FormatError, InputError
from meso_schedule.base.money import in_currency
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.prices import agreed, consultation_charge, nothing, terms_by_protocol
from meso_schedule.book.records import Consulted, Missed, Moved, Paid, Stopped
from meso_schedule.book.state import CourseState


def currencies_of(state: CourseState) -> tuple[str, ...]:
    """Return the currencies a course is reckoned in, as terms, payments or fees say."""
    told = (entry.paid.currency for entry in state.payments), (fee.currency for fee in state.fees)
    return _agreed_in(state) or tuple(dict.fromkeys(chain(*told)))[:1]


def _agreed_in(state: CourseState) -> tuple[str, ...]:
    agreed_in = {terms.currency for terms in terms_by_protocol(state).values() if terms}
    return tuple(sorted(agreed_in))


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
    """Return what is paid beside the course in one currency: for visits missed, a consultation."""
    kept = [fee.amount for fee in state.fees if fee.currency == currency]
    if (visit := consultation_charge(state)) and visit.currency == currency:
        kept.append(visit.amount)
    return sum(kept, nothing(currency))


def owed_and_refund(state: CourseState, used: Decimal, currency: str) -> tuple[Decimal, Decimal]:
    """Return what is owed, and what goes back, when the sessions had are worth so much."""
    left = used + fees_in(state, currency) - paid_so_far(state, currency)
    none = nothing(currency)
    return max(none, left), max(none, -left)


def check_paid(record: Paid, state: CourseState) -> None:
    """Refuse a payment that the course cannot take.

    Raises:
        InputError: For a currency that is not the course's, or more decimals than it has.
        RefusedError: For more given back than was paid.
    """
    _check_amount(record.amount, record.currency, "amount", state)
    if record.refund:
        _check_refund(record.amount, record.currency, "amount", state)


def check_fee(record: Missed | Moved | Consulted, state: CourseState) -> None:
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
    _, price = agreed(state)
    if price is not None and record.used > price:
        raise RefusedError(
            "more_than_the_course",
            f"{record.used} is more than the course, which costs {price} {currency}.",
            f"Give {price} at most.",
            field="used",
            value=record.used,
        )
    if record.refund:
        _check_refund(record.refund, currency, "refund", state)


def _check_refund(amount: Decimal, currency: str, name: str, state: CourseState) -> None:
    paid = paid_so_far(state, currency)
    if amount > paid:
        raise RefusedError(
            "more_than_paid",
            f"{amount} is more than the {paid} that were paid.",
            "Give back what was paid at most.",
            field=name,
            value=amount,
        )


def _check_amount(amount: Decimal, currency: str, name: str, state: CourseState) -> None:
    known = _agreed_in(state) or tuple(entry.paid.currency for entry in state.payments[:1])
    if known and currency not in known:
        which = "that currency" if len(known) == 1 else "one of them"
        raise InputError.of(
            "contradiction",
            f"The course is reckoned in {' and '.join(known)}.",
            field="currency",
            value=currency,
            remedy=f"Give the amount in {which}.",
        )
    try:
        in_currency(amount, currency)
    except FormatError as error:
        raise error.in_field(name) from None
