"""The start times that opening hours, a patient's hours and busy times leave on a day."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from meso_schedule.availability.busy_spans import Minutes, free_pieces, taken_minutes
from meso_schedule.base.busy_times import Span
from meso_schedule.base.times import DAY_MINUTES, QUARTER, TimeRange

# What can keep a session from a time: the opening hours, the patient's own, what is busy, a
# clock that is put forward over it, people, rooms and devices, or that those are booked by the
# quarter of an hour.
Cause = Literal["opening", "patient", "busy", "clock", "full", "quarter"]

_WHOLE_DAY = (TimeRange(0, DAY_MINUTES),)


class Starts(NamedTuple):
    """Finds the start nearest to the preferred time, the earliest on a tie.

    Args:
        minutes: Chair time of a session.
        zone: The clinic's zone.
        between: For each weekday the hours in which the patient can come; none means any.
        preferred: Preferred start in minutes after midnight.
        timed: Whether starts are on the quarter hour.
    """

    minutes: int
    zone: ZoneInfo
    between: Sequence[Sequence[TimeRange]]
    preferred: int | None
    timed: bool

    def best(self, weekday: int, hours: Sequence[TimeRange]) -> int | None:
        """Return the best start on any day of the week with these opening hours."""
        return self._best_in(self._pieces(weekday, hours))

    def best_on(self, day: date, hours: Sequence[TimeRange], busy: Sequence[Span]) -> int | None:
        """Return the best start that busy times leave on a day whose clock does not change."""
        pieces = self._pieces(day.weekday(), hours)
        if busy:
            taken = list(taken_minutes(busy, day, self.zone))
            pieces = [free for piece in pieces for free in free_pieces(piece, taken)]
        return self._best_in(pieces)

    def best_on_change(
        self, day: date, hours: Sequence[TimeRange], busy: Sequence[Span]
    ) -> int | None:
        """Return the best start on a day on which the clock changes: each is tried."""
        return min(self.all_on_change(day, hours, busy), key=self._distance, default=None)

    def all_on(self, day: date, hours: Sequence[TimeRange], busy: Sequence[Span]) -> list[int]:
        """Return the starts that busy times leave on a day whose clock does not change."""
        pieces: Iterable[Minutes] = self._pieces(day.weekday(), hours)
        if busy:
            taken = list(taken_minutes(busy, day, self.zone))
            pieces = (free for piece in pieces for free in free_pieces(piece, taken))
        return [
            start
            for first, end in pieces
            for start in range(self._grid(first), end - self.minutes + 1, self._step)
        ]

    def all_on_change(
        self, day: date, hours: Sequence[TimeRange], busy: Sequence[Span]
    ) -> list[int]:
        """Return the starts on a day on which the clock changes: each is tried."""
        return [
            start
            for first, end in self._pieces(day.weekday(), hours)
            for start in range(self._grid(first), end, self._step)
            if self._fits(start, end, day, busy)
        ]

    def fits_at(
        self, day: date, hours: Sequence[TimeRange], busy: Sequence[Span], minute: int
    ) -> bool:
        """Tell whether a session fits on a day when it starts at a given minute."""
        pieces = self._pieces(day.weekday(), hours)
        return any(first <= minute and self._fits(minute, end, day, busy) for first, end in pieces)

    def causes_at(
        self, day: date, hours: Sequence[TimeRange], busy: Sequence[Span], minute: int
    ) -> Iterator[Cause]:
        """Yield what keeps a session from starting at a given minute; nothing when it fits."""
        begins = wall(day, minute, self.zone)
        if elapsed(begins, 0, self.zone) != begins:
            yield "clock"
            return
        anytime = self._replace(between=[()] * 7)
        if not anytime.fits_at(day, hours, (), minute):
            yield "opening"
        if not self.fits_at(day, _WHOLE_DAY, (), minute):
            yield "patient"
        if not anytime.fits_at(day, _WHOLE_DAY, busy, minute):
            yield "busy"

    @property
    def _step(self) -> int:
        return QUARTER if self.timed else 1

    def _grid(self, first: int) -> int:
        return -(-first // self._step) * self._step

    def _pieces(self, weekday: int, hours: Sequence[TimeRange]) -> list[Minutes]:
        return [
            (max(opening.start, limit.start), min(opening.end, limit.end))
            for opening in hours
            for limit in self.between[weekday] or _WHOLE_DAY
        ]

    def _best_in(self, pieces: Sequence[Minutes]) -> int | None:
        found = [start for first, end in pieces for start in self._nearest(first, end)]
        return min(found, key=self._distance, default=None)

    def _distance(self, start: int) -> tuple[int, int]:
        return (0 if self.preferred is None else abs(start - self.preferred), start)

    def _nearest(self, first: int, end: int) -> Iterator[int]:
        """Yield the best starts from `first` with the whole session before `end`."""
        step, grid = self._step, self._grid(first)
        starts = range(grid, end - self.minutes + 1, step)
        if starts and self.preferred is None:
            yield grid
        elif starts and self.preferred is not None:
            below = (self.preferred - grid) // step
            for index in (below, below + 1):
                yield starts[min(max(index, 0), len(starts) - 1)]

    def _fits(self, start: int, end: int, day: date, busy: Sequence[Span]) -> bool:
        begins = wall(day, start, self.zone)
        if elapsed(begins, 0, self.zone) != begins:
            return False  # the clock jumps over this start
        ends = elapsed(begins, self.minutes, self.zone)
        closes = wall(day, end, self.zone)
        first, last = begins.astimezone(UTC), ends.astimezone(UTC)
        if any(first < taken[1] and taken[0] < last for taken in busy):
            return False
        in_time = last <= closes.astimezone(UTC)
        return in_time and ends.replace(tzinfo=None) <= closes.replace(tzinfo=None)


def wall(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Return a wall time; one that occurs twice means the first."""
    return datetime.combine(day, time(), zone) + timedelta(minutes=minute)


def elapsed(start: datetime, minutes: int, zone: ZoneInfo) -> datetime:
    """Return the instant so many minutes later."""
    return (start.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(zone)
