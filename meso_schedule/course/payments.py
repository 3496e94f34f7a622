"""With which visits, or in which months, the parts of a price are due."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from meso_schedule.base.dates import add_months

# The rest is due with the first visits, from the second on, with the last ones, or month by month
# before the first.
Rest = Literal["first", "second", "last", "monthly"]


def most_parts(rest: Rest, sessions: int) -> int | None:
    """Return in how many parts the rest of so many sessions can be paid; None for any number."""
    if rest == "monthly":
        return None
    return max(1, sessions - 1) if rest == "second" else sessions


def visits_with_parts(rest: Rest, parts: int, sessions: int) -> Sequence[int]:
    """Return the numbers of the sessions with which parts are due.

    >>> [list(visits_with_parts(rest, 2, 6)) for rest in ("first", "second", "last")]
    [[1, 2], [2, 3], [5, 6]]
    """
    before = {"first": 0, "second": min(1, sessions - 1), "last": sessions - parts}.get(rest, 0)
    return range(before + 1, before + parts + 1)


def months_with_parts(begin: date, first: date | None, parts: int) -> list[date]:
    """Return the days on which monthly parts are due, none after the first visit.

    Args:
        begin: The day of the first part.
        first: The day of the first visit; None while it has none.
        parts: How many there are.
    """
    days = [add_months(begin, month) for month in range(parts)]
    return [min(day, first) if first and first >= begin else day for day in days]
