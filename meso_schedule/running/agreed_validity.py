"""How long a course of the book may be used: as agreed, extended, and without its pauses."""

from datetime import date, timedelta

from meso_schedule.book.payloads import Terms
from meso_schedule.book.state import CourseState
from meso_schedule.planner.validity import ENDLESS, Validity


def agreed_validity(part: CourseState, terms: Terms | None, today: date) -> Validity:
    """Return how long a treatment of a course may be used.

    What counts from a payment that was not made yet counts from today.

    Args:
        part: What concerns the treatment.
        terms: What it costs, as agreed.
        today: The day of asking.
    """
    extended = part.extended_until
    if terms is None or terms.valid is None:
        return ENDLESS
    if (begin := _begin(part, terms, today)) is None:
        return Validity(extended) if extended else Validity(length=terms.valid)
    rests = (rest for rest in part.rests(today) if rest.last > begin)
    rested = sum((rest.last - max(rest.first, begin)).days for rest in rests)
    until = terms.valid.after(begin) + timedelta(days=rested)
    return Validity(max(until, extended) if extended else until)


def _begin(part: CourseState, terms: Terms, today: date) -> date | None:
    """Return the day from which it counts; None before session 1."""
    if terms.valid_from == "payment":
        paid = [entry.paid.on for entry in part.payments if not entry.paid.refund]
        return min(paid, default=today)
    return min((session.date for session in part.held), default=None)
