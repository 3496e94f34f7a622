"""The windows that an interval rule opens."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import NamedTuple

from meso_schedule.base.dates import LAST_ORDINAL, moved_alike
from meso_schedule.base.errors import CalendarEndError
from meso_schedule.base.intervals import Interval
from meso_schedule.rules.rule_tables import Gap

# Earliest, recommended, latest and the last day allowed.
Window = tuple[int, int, int, int]
# Days from the first to the second have the same window, counted from the day that lies the third
# number of days after them.
Run = tuple[int, int, int, Window]
_NO_RUN: Run = (1, 0, 0, (0, 0, 0, 0))


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
        short_of: A longer interval, whose minimum a session must not reach.
    """

    def __init__(self, gap: Gap, late: int = 0, *, short_of: Gap | None = None) -> None:
        self.gap = gap
        self.late = late
        self.short_of = short_of
        bounds = (gap.minimum, gap.target, gap.maximum, gap.lapse, *_minimum_of(short_of))
        self._bounds = [[(i.months, i.days) for i in bound] for bound in bounds]
        # A lapse past every window never binds, so its months need not be added.
        self._bounds[3] = [it for it in self._bounds[3] if _fewest_days(*it) < self.longest()]
        self._months = sorted({months for bound in self._bounds for months, _ in bound})
        # Where every bound adds the same months, the rest of each is a fixed number of days.
        self._ends = self._window([0]) if len(self._months) == 1 else None
        self._windows: dict[int, Window] = {}
        # Half a month each: what was found for a day serves those beside it.
        self._runs: dict[int, Run] = {}
        self._latest: Run = _NO_RUN

    def after(self, anchor: int) -> Window:
        """Return earliest, recommended, latest and the last day allowed, as ordinals."""
        window = self._windows.get(anchor)
        if window is None:
            _, _, shift, (earliest, recommended, latest, last) = self.run(anchor)
            moved = anchor + shift
            window = moved + earliest, moved + recommended, moved + latest, moved + last
            self._windows[anchor] = window
        return window

    def run(self, anchor: int) -> Run:
        """Return the window of a day as it is counted from there, and where else it holds.

        Days of one month move equally far, so what is found for one holds for its neighbours.
        """
        run = self._latest
        if not run[0] <= anchor <= run[1]:
            run = self._runs.get(anchor >> 4, _NO_RUN)
            if not run[0] <= anchor <= run[1]:
                run = self._runs[anchor >> 4] = self._run(anchor)
            self._latest = run
        return run

    def _run(self, anchor: int) -> Run:
        if self._ends:
            first, last, shift = moved_alike(anchor, self._months[0])
            ends = self._ends
        else:
            alike = [moved_alike(anchor, months) for months in self._months]
            first, last = max([run[0] for run in alike]), min([run[1] for run in alike])
            shift, ends = 0, self._window([run[2] for run in alike])
        last = min(last, LAST_ORDINAL - shift - ends[2])
        if anchor > last:
            raise CalendarEndError(date.fromordinal(anchor), self.gap.text)
        return first, last, shift, ends

    def longest(self) -> int:
        """Return a number of days that no step of this gap exceeds."""
        return self.lengths.longest

    @cached_property
    def lengths(self) -> "Lengths":
        """How many days the steps of this gap take, whatever day they count from."""
        minimum, target, maximum, *_ = self._bounds
        aims = [*minimum, *target]
        longest = max(_most_days(*step) for step in [*aims, *maximum])
        return Lengths(
            max(_fewest_days(*step) for step in minimum),
            max(_fewest_days(*step) for step in aims),
            max(_most_days(*step) for step in aims),
            longest,
            longest + self.late,
        )

    def _window(self, shifts: Sequence[int]) -> Window:
        """Return the window counted from a day that its months move so far, one shift each."""
        moved = dict(zip(self._months, shifts, strict=True))
        minimum, target, maximum, lapse, *longer = self._bounds
        earliest = max([moved[months] + days for months, days in minimum])
        recommended = max([earliest, *[moved[months] + days for months, days in target]])
        latest = max(recommended, min([moved[months] + days for months, days in maximum]))
        last = latest + self.late
        if lapse:
            last = min([last, *[moved[months] + days for months, days in lapse]])
        for bound in longer:
            last = min(last, max([moved[months] + days for months, days in bound]) - 1)
        return earliest, recommended, latest, last


class KnownWindows:
    """The windows of rules, made once however often they are asked for."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, int, int], GapWindows] = {}

    def of(self, gap: Gap, late: int, short_of: Gap | None = None) -> GapWindows:
        """Return the windows of a gap, as `GapWindows` takes it."""
        key = id(gap), late, id(short_of)
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = GapWindows(gap, late, short_of=short_of)
        return made


def _minimum_of(gap: Gap | None) -> Sequence[tuple[Interval, ...]]:
    return (gap.minimum,) if gap else ()


def _fewest_days(months: int, days: int) -> int:
    return min(28 * months, 31 * months) + days


def _most_days(months: int, days: int) -> int:
    return max(28 * months, 31 * months) + days
