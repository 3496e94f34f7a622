"""Which treatments wait for improvement."""

from collections.abc import Sequence
from datetime import date

from meso_schedule.book.book_errors import RefusedError
from meso_schedule.running.treatment_progress import Running, improved_day


def waiting_for_improvement(treatments: Sequence[Running], on: date) -> tuple[Running, ...]:
    """Return the treatments that wait for improvement on a day.

    Args:
        treatments: Those asked about; at least one.
        on: The day on which it was seen.

    Raises:
        RefusedError: When none does; the sentence says why.
    """
    refused = [(_refusal(course, on), course) for course in treatments]
    if waiting := tuple(course for error, course in refused if error is None):
        return waiting
    # That no session was held says more than that another treatment waits for nothing.
    errors = [error for error, course in refused if error and course.protocol.has_taper]
    raise errors[0] if errors else _no_taper(treatments, on)


def _no_taper(treatments: Sequence[Running], on: date) -> RefusedError:
    names = " or ".join(course.protocol.id for course in treatments)
    return RefusedError(
        "no_taper",
        f"No phase of {names} waits for improvement.",
        "Write a note instead.",
        field="on",
        value=on,
    )


def _refusal(course: Running, on: date) -> RefusedError | None:
    if not course.protocol.has_taper:
        return _no_taper([course], on)
    if before := improved_day(course.state):
        return RefusedError(
            "already_recorded",
            f"Improvement was recorded for {before}.",
            "Correct that event.",
            field="on",
            value=on,
        )
    first = min((session.date for session in course.state.held), default=None)
    if first is None or on < first:
        return RefusedError(
            "nothing_held",
            f"No session was held by {on}.",
            "Record the sessions held first.",
            field="on",
            value=on,
        )
    return None
