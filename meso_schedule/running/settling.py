"""What a course comes to when it is stopped before its last session."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from meso_schedule.bill import Money
from meso_schedule.clinic import Clinic
from meso_schedule.money import half_up, in_currency, parse_percent
from meso_schedule.running.money import (
    agreed,
    currency_of,
    nothing,
    paid_so_far,
    price_of,
    terms_by_protocol,
)
from meso_schedule.store.parts import Terms
from meso_schedule.store.state import CourseState
from meso_schedule.validation import Model

Way = Literal["single", "share"]


class PartUsed(Model):
    """What the sessions had of a treatment are worth.

    Args:
        label: Its letter, where there are several.
        worth: What one session is worth; None where shares differ.
        used: Never more than the price of the treatment.
    """

    label: str | None
    had: int
    by: Way
    worth: Money | None
    used: Money


class Settlement(Model):
    """What a course that is stopped comes to.

    Args:
        price: What the whole course costs.
        had: How many sessions were had.
        by: How they are valued; None where treatments differ.
        worth: What one of them is worth, single or as a share; None where that differs.
        fee: What the clinic keeps besides.
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
    used: Money
    paid: Decimal
    owed: Money
    refund: Money
    treatments: tuple[PartUsed, ...] = ()


def settlement(
    state: CourseState, clinic: Clinic, used: Decimal | None = None
) -> Settlement | None:
    """Return what a course comes to when it is stopped now.

    Without a rule of the clinic's own, the sessions had are worth the single price each, never
    more than the course, or than the treatment they belong to; what was paid beyond that goes
    back.

    Args:
        state: The course before the stop.
        clinic: Whose rule holds.
        used: What the sessions had are worth, where that was agreed by hand.

    Returns:
        None where the price is a range or not known and nothing was agreed, or where there are
        several currencies.
    """
    currency, (low, high) = currency_of(state), agreed(state)
    price = low if low == high else None
    if currency is None or (price is None and used is None):
        return None
    none, paid = nothing(currency), paid_so_far(state)
    fee, parts = none, tuple[PartUsed, ...]()
    if used is None and price is not None:
        parts = tuple(_parts(state, clinic))
        fee = _fee(clinic.stopping.fee if clinic.stopping else None, price, currency)
        used = min(price, sum((part.used for part in parts), fee))
    assert used is not None, "agreed or reckoned"
    ways = {part.by for part in parts}
    return Settlement(
        currency=currency,
        price=price if price is not None else used,
        had=len(state.held),
        by="hand" if not parts else parts[0].by if len(ways) == 1 else None,
        worth=parts[0].worth if len(parts) == 1 else None,
        fee=fee,
        used=used,
        paid=paid,
        owed=max(none, used - paid),
        refund=max(none, paid - used),
        treatments=parts if len(parts) > 1 else (),
    )


def _parts(state: CourseState, clinic: Clinic) -> Iterator[PartUsed]:
    rule = clinic.stopping
    for protocol, terms in terms_by_protocol(state).items():
        assert terms is not None, "a price is known where every treatment has one"
        had = sum(session.protocol == protocol for session in state.held)
        by: Way = rule.sessions if rule and terms.single else "single" if terms.single else "share"
        value, worth = _value(terms, had, by)
        label = state.label_of(protocol)
        yield PartUsed(label=label, had=had, by=by, worth=worth, used=min(terms.low, value))


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
