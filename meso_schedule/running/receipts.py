"""The receipt for what was paid for a course of the book."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from meso_schedule.base.money import half_up
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.prices import terms_by_protocol
from meso_schedule.book.state import CourseState, RecordedPayment
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.payment_receipt import PaymentLine, PaymentReceipt, TaxInside
from meso_schedule.planner.assembly import letterhead_of
from meso_schedule.running.account import Account, account_of


def receipt_of(state: CourseState, clinic: Clinic | None, as_of: date) -> PaymentReceipt:
    """Return the receipt for all that was paid for a course.

    Args:
        state: A course that was not erased.
        clinic: Who signs, and whose tax is in its prices.
        as_of: The day on which it is issued.

    Raises:
        RefusedError: When nothing was paid, or its treatments are priced in several currencies.
    """
    account = account_of(state, as_of)
    if account is None or not state.payments:
        what = "was paid" if not state.payments else "can be summed up: it has several currencies"
        raise RefusedError(
            "nothing_paid",
            f"Nothing {what} of course {state.course}.",
            f"Record it first: meso-schedule courses pay {state.course} AMOUNT.",
            field="course",
            value=state.course,
        )
    # After a stop the price is what the course came to.
    used = state.stopped.used if state.stopped else account.agreed_low
    known = account.balance is not None and used is not None
    return PaymentReceipt(
        clinic=letterhead_of(clinic or Clinic.default()),
        reference=f"{state.course}-{state.revision}",
        patient=state.patient,
        treatments=tuple(str(kept.read().name) for kept in state.protocols),
        issued_on=as_of,
        currency=account.currency,
        payments=tuple(map(_line, state.payments)),
        paid=account.paid,
        tax=_tax_inside(state, clinic, account),
        price=used + account.fees if known and used is not None else None,
        left=account.balance,
    )


def _line(entry: RecordedPayment) -> PaymentLine:
    paid = entry.paid
    return PaymentLine(
        on=paid.on,
        method=paid.method,
        amount=-paid.amount if paid.refund else paid.amount,
        carried=paid.carried is not None,
    )


def _tax_inside(state: CourseState, clinic: Clinic | None, account: Account) -> TaxInside | None:
    """Return the tax in what was paid: as much of it as the price holds."""
    price = sum((terms.low for terms in terms_by_protocol(state).values() if terms), Decimal(0))
    taxes = list(_taxes(state, clinic))
    if not taxes or not price or account.paid <= 0:
        return None
    # Divided last, so that a half of a minor unit is still exactly a half.
    amount = half_up(account.paid * sum(tax for _, tax in taxes) / price, account.currency)
    rates = dict.fromkeys(rate for rate, _ in taxes)
    name = clinic.tax.name if clinic and clinic.tax else None
    return TaxInside(name=name, rate=", ".join(rates), amount=amount)


def _taxes(state: CourseState, clinic: Clinic | None) -> Iterator[tuple[str, Decimal]]:
    """Yield the rate and the tax of each treatment that has one: added, or in the prices."""
    is_exempt = bool(state.request.get("tax_exempt"))
    for protocol, terms in terms_by_protocol(state).items():
        if terms is None:
            continue
        if terms.tax:
            yield str(terms.tax.rate), terms.tax.amount
            continue
        prices = clinic.prices.get(protocol) if clinic else None
        is_taxed = prices is not None and prices.tax != "none" and not is_exempt
        if clinic and clinic.tax and clinic.tax.included and is_taxed:
            yield str(clinic.tax.rate), clinic.tax.on(terms.low, terms.currency)
