"""Usable days, times and feasibility, worked out another way than in `brute_force`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from .arithmetic import Gap, window
from .reading import Asked, Span, weekday


@dataclass
class Diary:
    """The days and times that clinic and patient leave.

    Attributes:
        asked: the request.
        shut: days that the plan calls closed and no closure explains; holidays.
    """

    asked: Asked
    shut: frozenset[date] = frozenset()
    _known: dict[date, int | None] = field(default_factory=dict)

    def usable(self, day: date) -> bool:
        """Tell whether a session can take place on the day."""
        return self.minute(day) is not None

    def minute(self, day: date) -> int | None:
        """Return the start the day would get, None when it is not usable."""
        if day not in self._known:
            self._known[day] = self._look(day)
        return self._known[day]

    def _look(self, day: date) -> int | None:
        asked = self.asked
        if day in self.shut or asked.is_away(day):
            return None
        if asked.days is not None and weekday(day) not in asked.days:
            return None
        hours = asked.opening_hours(day)
        taken = self._taken(day) if asked.busy else []
        if taken and not self._is_plain(day):
            step = 15 if asked.timed else 1
            pieces = asked.cut(hours, day) if asked.timed else hours
            free = [self._nearest_by_clock(day, piece, step) for piece in pieces]
            return min((start for start in free if start is not None), key=self._rank, default=None)
        if taken:
            hours = self._left(hours, taken)
        if not asked.timed:
            return next((opens for opens, closes in hours if closes - opens >= asked.minutes), None)
        plain = self._is_plain(day)
        starts = [
            self._nearest(piece) if plain else self._nearest_by_clock(day, piece)
            for piece in asked.cut(hours, day)
        ]
        return min((start for start in starts if start is not None), key=self._rank, default=None)

    def _rank(self, start: int) -> tuple[int, int]:
        at = self.asked.at
        return (0 if at is None else abs(start - at), start)

    def _is_plain(self, day: date) -> bool:
        """Tell whether the clocks stay as they are from midnight to midnight."""
        midnight = datetime.combine(day, time(), self.asked.zone)
        return midnight.utcoffset() == (midnight + timedelta(days=1)).utcoffset()

    def _nearest(self, piece: Span) -> int | None:
        first = -(-piece[0] // 15) * 15
        last = (piece[1] - self.asked.minutes) // 15 * 15
        if first > last:
            return None
        at = self.asked.at
        if at is None or at <= first:
            return first
        if at >= last:
            return last
        below = at // 15 * 15
        return min(below, below + 15, key=self._rank)

    def _taken(self, day: date) -> list[Span]:
        """Return the busy minutes of the day, as the clock shows them."""
        zone = self.asked.zone
        midnight = datetime.combine(day, time())
        spans = []
        for start, end in self.asked.busy:
            first, last = (
                (moment.astimezone(zone).replace(tzinfo=None) - midnight) // timedelta(minutes=1)
                for moment in (start, end)
            )
            if first < 24 * 60 and last > 0:
                spans.append((max(first, 0), min(last, 24 * 60)))
        return spans

    @staticmethod
    def _left(hours: tuple[Span, ...], taken: list[Span]) -> tuple[Span, ...]:
        """Return the opening hours without the minutes that are taken."""
        minutes = {minute for opens, closes in hours for minute in range(opens, closes)}
        minutes -= {minute for first, last in taken for minute in range(first, last)}
        # Hours that touch are still two openings: no session spans them.
        edges = {opens for opens, _ in hours}
        starts = sorted(m for m in minutes if m - 1 not in minutes or m in edges)
        ends = sorted(m + 1 for m in minutes if m + 1 not in minutes or m + 1 in edges)
        return tuple(zip(starts, ends, strict=True))

    def _nearest_by_clock(self, day: date, piece: Span, step: int = 15) -> int | None:
        zone = self.asked.zone
        midnight = datetime.combine(day, time())
        closes = midnight + timedelta(minutes=piece[1])
        fitting = []
        for start in range(-(-piece[0] // step) * step, piece[1], step):
            wall = midnight + timedelta(minutes=start)
            stamp = wall.replace(tzinfo=zone).timestamp()
            end = stamp + self.asked.minutes * 60
            if (
                datetime.fromtimestamp(stamp, zone).replace(tzinfo=None) == wall
                and end <= closes.replace(tzinfo=zone).timestamp()
                and datetime.fromtimestamp(end, zone).replace(tzinfo=None) <= closes
                and all(
                    end <= taken_from.timestamp() or taken_to.timestamp() <= stamp
                    for taken_from, taken_to in self.asked.busy
                )
            ):
                fitting.append(start)
        return min(fitting, key=self._rank, default=None)


@dataclass
class Future:
    """Whether later course sessions can still be placed, each (session, day) looked at once."""

    asked: Asked
    diary: Diary
    gaps: Sequence[Gap]
    floor: date = date.min
    _known: dict[tuple[int, date], bool] = field(default_factory=dict)
    _soonest: dict[tuple[int, date], date] = field(default_factory=dict)

    def span(self, number: int, previous: date | None) -> tuple[date, date]:
        """Return first and last day of a session, widened by `late`, cut by bound and pin."""
        if previous is None:
            first, last = self.asked.first, self.asked.first_last
        else:
            rule = window(self.gaps[number - 1], previous)
            first, last = rule.earliest, rule.last(self.asked.late)
        first, last = max(first, self.floor), min(last, self.asked.bound or last)
        pin = self.asked.pins.get(number)
        return (first, last) if pin is None else (max(first, pin), min(last, pin))

    def days(self, number: int, previous: date | None) -> Iterator[date]:
        """Yield the days on which a session can be."""
        first, last = self.span(number, previous)
        while first <= last:
            if self.diary.usable(first):
                yield first
            first += timedelta(days=1)

    def possible(self, number: int, day: date) -> bool:
        """Tell whether all sessions after `number` fit when it is on `day`."""
        if number == len(self.gaps):
            return True
        if (number, day) not in self._known:
            self._known[number, day] = not self._too_late(number, day) and any(
                self.possible(number + 1, other) for other in self.days(number + 1, day)
            )
        return self._known[number, day]

    def _too_late(self, number: int, day: date) -> bool:
        """Tell whether even the shortest gaps lead past the bound."""
        return self.asked.bound is not None and self._end(number, day) > self.asked.bound

    def _end(self, number: int, day: date) -> date:
        """Return the last session's day if every later one came on its earliest day."""
        if number == len(self.gaps):
            return day
        if (number, day) not in self._soonest:
            earliest = window(self.gaps[number], day).earliest
            self._soonest[number, day] = self._end(number + 1, earliest)
        return self._soonest[number, day]

    def slack(self, number: int, previous: date | None, day: date) -> tuple[int, date | None]:
        """Return slack days and backup of a session that is on `day`."""
        if previous is None and self.asked.event_only:
            return 0, None
        good = [
            other
            for other in self.days(number, previous)
            if other > day and self.possible(number, other)
        ]
        return ((good[-1] - day).days, good[0]) if good else (0, None)
