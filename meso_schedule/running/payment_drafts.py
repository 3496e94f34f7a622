"""What a book writes of money, and of the end of a course."""

from datetime import date
from decimal import Decimal

from meso_schedule.base.errors import InputError
from meso_schedule.book.amounts import check_paid
from meso_schedule.book.records import Paid
from meso_schedule.running.account import reckoned_in, too_much
from meso_schedule.running.course_drafts import CourseDraft
from meso_schedule.running.course_view import CourseView
from meso_schedule.running.finding import check_course, course_named
from meso_schedule.running.given_values import amount_of
from meso_schedule.running.settlement import check_stop, ending


def paid(
    seen: CourseView,
    *,
    amount: Decimal | str,
    on: date | None,
    currency: str | None,
    refund: bool,
    source: str | None,
    method: str | None,
) -> CourseDraft:
    """Record money that came in, or went back."""
    if source is not None:
        source = _carried(seen, source, refund=refund, method=method)
    code = reckoned_in(seen.state, seen.clinic, currency)
    record = Paid(
        on=on or seen.today,
        amount=amount_of(amount, code, "amount"),
        currency=code,
        refund=refund,
        carried=source,
        method=method,
    )
    check_paid(record, seen.state)
    return CourseDraft([record], None if refund else too_much(seen.state, record.amount, code))


def _carried(seen: CourseView, source: str, *, refund: bool, method: str | None) -> str:
    """Return the course that money is carried over from."""
    check_course(source, field="source")
    for name, is_given in {"refund": refund, "method": method is not None}.items():
        if is_given:
            raise InputError.of(
                "contradiction",
                "Money carried over from another course was paid there.",
                field=name,
                remedy=f"Leave {name} or source out.",
            )
    return course_named(seen.book, source, field="source")


def ended(
    seen: CourseView, *, on: date | None, reason: str | None, used: Decimal | str | None
) -> CourseDraft:
    """End a course, and settle it."""
    before, code = check_stop(seen.state, used)
    agreed = amount_of(used, code, "used") if used is not None and code else None
    day = on or (before.on if before else seen.today)
    why = reason or (before.reason if before else None)
    record, settled = ending(seen.state, seen.clinic, day, why, agreed)
    return CourseDraft([record], settled=settled)
