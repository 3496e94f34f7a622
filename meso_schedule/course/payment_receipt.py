"""What was paid for a course: when, by which method, with which tax in it."""

from decimal import Decimal

from meso_schedule.base.dates import Day
from meso_schedule.base.models import Model
from meso_schedule.course.bill import Money
from meso_schedule.course.course_plan import Letterhead


class PaymentLine(Model):
    """A payment.

    Args:
        method: How it was paid; None where that is not known.
        amount: What came in; negative for what went back.
        carried: Whether it came from another course, or went to one.
    """

    on: Day
    method: str | None
    amount: Decimal
    carried: bool


class TaxInside(Model):
    """The tax in what was paid, by its share in the price; half up."""

    name: str | None
    rate: str
    amount: Money


class PaymentReceipt(Model):
    """A receipt for all that was paid for a course up to a day.

    Args:
        reference: The course and its revision.
        price: What the course comes to, fees included; None for a range, or where it is not known.
        left: What is still to pay; negative for what goes back; None as for `price`.
        tax: None where the price holds none.
    """

    clinic: Letterhead
    reference: str
    patient: str | None
    treatments: tuple[str, ...]
    issued_on: Day
    currency: str
    payments: tuple[PaymentLine, ...]
    paid: Decimal
    tax: TaxInside | None
    price: Money | None
    left: Decimal | None
