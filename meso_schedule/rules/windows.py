"""The windows that an interval rule opens."""

from datetime import date
from typing import NamedTuple

from meso_schedule.base.dates import LAST_ORDINAL, moved_alike
from meso_schedule.base.errors import CalendarEndError
from meso_schedule.rules.rule_tables import Gap

# Earliest, recommended, latest and the last day allowed.
Window = tuple[int, int, int, int]
# Days from the first to the second have the same window, counted from the day that lies the third
# number of days after them.
Run = tuple[int, int, int, Window]


class Lengths(NamedTuple):
    """Bounds of the days that the steps of a gap take.

    Args:
        shortest: No step is shorter.
        soonest: No recommended step is shorter.
        furthest: No recommended step is longer.
        on_time: No step that is not late is longer.
        longest: No step is longer.
    """

    shortest: int
    soonest: int
    furthest: int
    on_time: int
    longest: int


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
        self._windows: dict[int, Window] = {}
        # Half a month each: what was found for a day serves those beside it.
        self._alike: dict[int, dict[int, tuple[int, int, int]]] = {m: {} for m in self._months}
        # Where every bound adds the same months, the rest of each is a fixed number of days.
        self._shared = next(iter(self._months)) if len(self._months) == 1 else None
        self._ends = self._window(dict.fromkeys(self._months, 0))

    def after(self, anchor: int) -> Window:
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
        """Return the window of a day as it is counted from there, and where else it holds.

        Days of one month move equally far, so what is found for one holds for its neighbours.
        """
        if self._shared is None:
            earliest, recommended, latest, last = self.after(anchor)
            ends = earliest - anchor, recommended - anchor, latest - anchor, last - anchor
            return anchor, anchor, 0, ends
        first, last, shift = moved_alike(anchor, self._shared)
        last = min(last, LAST_ORDINAL - shift - self._ends[2])
        if anchor > last:
            raise CalendarEndError(date.fromordinal(anchor), self.gap.text)
        return first, last, shift, self._ends

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
        return self.lengths().longest

    def lengths(self) -> "Lengths":
        """Return how many days the steps of this gap take, whatever day they count from."""
        minimum, target, maximum, _ = self._bounds
        aims = [*minimum, *target]
        longest = max(_most_days(*step) for step in [*aims, *maximum])
        return Lengths(
            max(_fewest_days(*step) for step in minimum),
            max(_fewest_days(*step) for step in aims),
            max(_most_days(*step) for step in aims),
            longest,
            longest + self.late,
        )

    def _window(self, moved: dict[int, int]) -> Window:
        minimum, target, maximum, lapse = self._bounds
        earliest = max([moved[months] + days for months, days in minimum])
        recommended = max([earliest, *[moved[months] + days for months, days in target]])
        latest = max(recommended, min([moved[months] + days for months, days in maximum]))
        last = latest + self.late
        if lapse:
            last = min([last, *[moved[months] + days for months, days in lapse]])
        return earliest, recommended, latest, last


def _fewest_days(months: int, days: int) -> int:
    return min(28 * months, 31 * months) + days


def _most_days(months: int, days: int) -> int:
    return max(28 * months, 31 * months) + days
