"""The windows that an interval rule opens, and what each day in them costs.

The criteria of a plan are packed into one integer, first to last, each in a field too
wide to overflow, so that comparing integers compares criteria.
"""

from datetime import date

from meso_schedule.base.dates import LAST_ORDINAL, moved_alike
from meso_schedule.base.errors import CalendarEndError
from meso_schedule.rules.rule_tables import Gap

# 40 sessions of 1,440 minutes fit 16 bits; 40 squared distances of 22 bits fit 50;
# 40 misses or moves fit 6; one distance between two days fits 22, 40 of them 28.
MINUTE = 1
SQUARE = 1 << 16
MISS = 1 << 66
START = 1 << 72
MOVED_DAY = 1 << 94
MOVED = 1 << 122
LATE = 1 << 128
TOLL = 1 << 156
NEVER = 1 << 184

# Each step into a window and what it costs, cheapest first, then earliest first.
Steps = tuple[tuple[int, int], ...]
# Days from `first` to `last` whose next session has the same choice: they are moved by `shift`;
# from there `nearest` and `furthest` bound the window, and each step into it has its cost.
Run = tuple[int, int, int, int, int, Steps]
NO_RUN: Run = (1, 0, 0, 0, 0, ())


class GapWindows:
    """The window a gap opens after each day.

    Args:
        gap: The interval rule.
        late: Days by which a session may pass the window, never past lapse.
    """

    def __init__(self, gap: Gap, late: int = 0) -> None:
        self.gap = gap
        self.late = late
        bounds = (gap.minimum, gap.target, gap.maximum, gap.lapse)
        self._bounds = [[(i.months, i.days) for i in bound] for bound in bounds]
        # A lapse past every window never binds, so its months need not be added.
        longest = self.longest()
        self._bounds[3] = [step for step in self._bounds[3] if _fewest_days(*step) < longest]
        self._months = {months for bound in self._bounds for months, _ in bound}
        self._windows: dict[int, tuple[int, int, int, int]] = {}
        # Half a month each: what was found for a day serves those beside it.
        self._alike: dict[int, dict[int, tuple[int, int, int]]] = {m: {} for m in self._months}
        # Where every bound adds the same months, the rest of each is a fixed number of days.
        self._shared = next(iter(self._months)) if len(self._months) == 1 else None
        self._ends = self._window(dict.fromkeys(self._months, 0))
        self._steps = _steps(*self._ends)

    def after(self, anchor: int) -> tuple[int, int, int, int]:
        """Return earliest, recommended, latest and the last day allowed, as ordinals."""
        window = self._windows.get(anchor)
        if window:
            return window
        if self._shared is None:
            window = self._window({months: self._moved(anchor, months) for months in self._months})
        else:
            moved = self._moved(anchor, self._shared)
            earliest, recommended, latest, last = self._ends
            window = moved + earliest, moved + recommended, moved + latest, moved + last
        if window[2] > LAST_ORDINAL:
            raise CalendarEndError(date.fromordinal(anchor), self.gap.text)
        self._windows[anchor] = window
        return window

    def run(self, anchor: int) -> Run:
        """Return the steps from a day into its window, cheapest first, and where else they hold.

        Days of one month move equally far, so what is found for one holds for its neighbours.
        """
        if self._shared is None:
            ends = [end - anchor for end in self.after(anchor)]
            return anchor, anchor, 0, ends[0], ends[3], _steps(*ends)
        first, last, shift = moved_alike(anchor, self._shared)
        earliest, _, latest, final = self._ends
        last = min(last, LAST_ORDINAL - shift - latest)
        if anchor > last:
            raise CalendarEndError(date.fromordinal(anchor), self.gap.text)
        return first, last, shift, earliest, final, self._steps

    def _moved(self, anchor: int, months: int) -> int:
        """Return a day moved by months, which move its neighbours equally far."""
        if not months:
            return anchor
        alike = self._alike[months]
        known = alike.get(anchor >> 4)
        if known is None or not known[0] <= anchor <= known[1]:
            known = alike[anchor >> 4] = moved_alike(anchor, months)
        return anchor + known[2]

    def longest(self) -> int:
        """Return a number of days that no step of this gap exceeds."""
        steps = (step for bound in self._bounds[:3] for step in bound)
        return max(_most_days(*step) for step in steps) + self.late

    def _window(self, moved: dict[int, int]) -> tuple[int, int, int, int]:
        minimum, target, maximum, lapse = self._bounds
        earliest = max([moved[months] + days for months, days in minimum])
        recommended = max([earliest, *[moved[months] + days for months, days in target]])
        latest = max(recommended, min([moved[months] + days for months, days in maximum]))
        last = latest + self.late
        if lapse:
            last = min([last, *[moved[months] + days for months, days in lapse]])
        return earliest, recommended, latest, last


def _steps(earliest: int, recommended: int, latest: int, last: int) -> tuple[tuple[int, int], ...]:
    """Return each step of a window and what it costs, cheapest first, then earliest first."""
    costs = [
        ((step - recommended) ** 2 * SQUARE + max(0, step - latest) * LATE, step)
        for step in range(earliest, last + 1)
    ]
    return tuple((step, cost) for cost, step in sorted(costs))


def _fewest_days(months: int, days: int) -> int:
    return min(28 * months, 31 * months) + days


def _most_days(months: int, days: int) -> int:
    return max(28 * months, 31 * months) + days
