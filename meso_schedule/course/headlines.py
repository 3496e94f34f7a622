"""The one sentence that says which session has no day."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from meso_schedule.base.phrases import Phrase, joined, phrase

if TYPE_CHECKING:
    from meso_schedule.course.course_plan import Conflict


def headline(
    conflict: "Conflict", write: Callable[[date], str], *, one_day: bool = False
) -> Phrase:
    """Say which session has no day, whose it is, and what stands beside it.

    Args:
        conflict: What does not fit.
        write: How dates are written.
        one_day: Whether a window of one day is told as a day.
    """
    first, last = write(conflict.window.earliest), write(conflict.window.latest)
    if one_day and first == last:
        said = phrase(
            "No calendar fits: session {number} has no usable day {day}.",
            number=conflict.session,
            day=first,
        )
    else:
        said = phrase(
            "No calendar fits: session {number} has no usable day from {first} to {last}.",
            number=conflict.session,
            first=first,
            last=last,
        )
    if conflict.beside:
        return phrase(
            "{protocol} beside {others}: {headline}",
            protocol=conflict.protocol,
            others=joined(conflict.beside),
            headline=said,
        )
    if conflict.protocol:
        return phrase("{protocol}: {headline}", protocol=conflict.protocol, headline=said)
    return said
