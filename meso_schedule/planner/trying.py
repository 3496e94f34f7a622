"""Changes tried one after another within a bound of work."""

from collections.abc import Callable
from typing import TypeVar

from meso_schedule.search.programme import Calendar, Programme
from meso_schedule.search.solving import can_begin, solve
from meso_schedule.search.task import OutOfWork

# A way out is looked for with less work than the calendar itself.
_MOST_STEPS = 40_000
# One that takes too much work counts as so many.
_HARD = 50

T = TypeVar("T")


class Tries:
    """What is tried within the bound of work, and whether the bound left anything untold.

    Args:
        most: How many calendars are tried; left out, as many as are asked for.
    """

    def __init__(self, most: int | None = None) -> None:
        self.is_cut = False
        self._left = most

    def fits(self, programme: Programme) -> bool:
        """Tell whether a calendar is known to keep the hard rules."""
        return self.tells(can_begin, programme)

    def tells(self, can: Callable[[T], bool | None], asked: T) -> bool:
        """Tell whether what can be asked is known to be so: None is too much work to tell."""
        if not self._is_left(1):
            return False
        found = can(asked)
        if found is None:
            self._is_left(_HARD)
            self.is_cut = True
        return found is True

    def best(self, programme: Programme) -> Calendar | None:
        """Return the best calendar; None where there is none or it takes too much work."""
        if not self._is_left(1):
            return None
        try:
            return solve(programme, _MOST_STEPS)
        except OutOfWork:
            self._is_left(_HARD)
            self.is_cut = True
            return None

    def _is_left(self, count: int) -> bool:
        """Count some more; tell whether they are still within the bound."""
        if self._left is None:
            return True
        self._left -= count
        self.is_cut |= self._left < 0
        return self._left >= 0


def least(low: int, most: int, fits: Callable[[int], bool]) -> int | None:
    """Return the least number above `low`, at most `most`, from which on all fit."""
    step = 1
    while low >= most or not fits(min(low + step, most)):
        if low + step >= most:
            return None
        low, step = low + step, step * 2
    high = min(low + step, most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(middle) else (middle, high)
    return high
