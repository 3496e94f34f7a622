"""The money of running courses in a book, and their end."""

from decimal import Decimal

from meso_schedule.book.writing import Context, Receipt
from meso_schedule.course.payment_receipt import PaymentReceipt
from meso_schedule.running import payment_drafts as drafts
from meso_schedule.running.course_view import refuse_erased
from meso_schedule.running.given_values import Day, day_of, given_day
from meso_schedule.running.kept_book import KeptBook
from meso_schedule.running.receipts import receipt_of


class PaymentBook(KeptBook):
    """What `CourseBook` writes of money."""

    def pay(
        self,
        course: str,
        amount: Decimal | str,
        *,
        by: Context,
        on: Day | None = None,
        currency: str | None = None,
        refund: bool = False,
        source: str | None = None,
        method: str | None = None,
        yes: bool = False,
    ) -> Receipt:
        """Record a payment, or money given back.

        Args:
            amount: What was paid; never a float.
            currency: ISO 4217; left out, the course's.
            refund: Whether the money went back to the patient.
            source: The course it was paid for and is carried over from; it stands in both.
            method: How it was paid, such as by card.
            yes: Whether it may be more than all that is left to pay.

        Raises:
            RefusedError: For more given back than was paid.
            InputError: For another currency than the course's, or more than is left to pay.
        """
        given = {
            "amount": amount,
            "on": given_day(on, "on"),
            "currency": currency,
            "refund": refund,
            "source": source,
            "method": method,
        }
        return self._write("pay", course, by, drafts.paid, given, yes=yes, is_stopped_too=True)

    def stop(
        self,
        course: str,
        *,
        by: Context,
        on: Day | None = None,
        reason: str | None = None,
        used: Decimal | str | None = None,
    ) -> Receipt:
        """End a course before its last session, and settle what is owed or given back.

        Args:
            used: What the sessions had are worth, as agreed; left out, by the clinic's rule.

        Raises:
            RefusedError: When it was stopped before.
        """
        given = {"on": given_day(on, "on"), "reason": reason, "used": used}
        return self._write("stop", course, by, drafts.ended, given, is_stopped_too=True)

    def receipt(self, course: str, *, as_of: Day) -> PaymentReceipt:
        """Return what was paid for a course, when and how, and the tax in it.

        Args:
            as_of: The day of asking.

        Raises:
            RefusedError: When the course was erased.
        """
        state = self.course(course)
        refuse_erased(state)
        return receipt_of(state, self._clinic, day_of(as_of, "as_of"))
