"""The calendar that moves the fewest booked sessions, by trying every sequence of days."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from typing import NamedTuple

from .arithmetic import Raw, after
from .brute_force import Chain, Days, course_chain, second_criterion
from .reading import clock, read

Measure = tuple[int, int, int, int, int, int, int, tuple[date, ...]]


class Booked(NamedTuple):
    """A booked session as a caller gives it."""

    day: date
    start: str | None
    pinned: bool


class Replanned(NamedTuple):
    """The optimum: late days, moved, days moved, then the criteria of any plan, then dates."""

    measure: Measure
    ties: int


def keeps_time(days: Days, day: date, start: str) -> bool:
    """Tell whether the hours of a day hold the chair time from a start on."""
    asked, minute = days.asked, clock(start)
    begin = datetime.combine(day, time()) + timedelta(minutes=minute)
    for opens, closes in asked.cut(asked.opening_hours(day), day):
        stamp = begin.replace(tzinfo=asked.zone).timestamp()
        end = datetime.fromtimestamp(stamp + 60 * asked.minutes, asked.zone)
        shut = datetime.combine(day, time()) + timedelta(minutes=closes)
        begins = begin.replace(tzinfo=asked.zone).astimezone(UTC)
        ends = begins + timedelta(minutes=asked.minutes)
        if (
            minute >= opens
            and not any(begins < taken[1] and taken[0] < ends for taken in asked.busy)
            and datetime.fromtimestamp(stamp, asked.zone).replace(tzinfo=None) == begin
            and end.replace(tzinfo=None) <= shut
            and end.timestamp() <= shut.replace(tzinfo=asked.zone).timestamp()
        ):
            return True
    return False


class Question:
    """A running course with booked sessions, by number."""

    def __init__(
        self,
        protocol: Raw,
        request: Raw,
        clinic: Raw | None,
        as_of: date,
        booked: Mapping[int, Booked],
    ) -> None:
        asked = read(protocol, request, clinic, as_of)
        notice = (clinic or {}).get("notice")
        until = after(as_of, notice) if notice else as_of - timedelta(days=1)
        self.fixed = {
            number: entry.day
            for number, entry in booked.items()
            if number not in asked.pins
            and as_of <= entry.day
            and (entry.pinned or entry.day <= until)
        }
        self.booked = booked
        self.days = Days(asked, asked.opening_hours)
        free = course_chain(protocol, request, asked, self.days)
        self.free = replace(free, floor=as_of) if booked else free

    def chain(self, released: Sequence[int] = ()) -> Chain:
        """Return the course with the fixed sessions pinned, those released aside."""
        kept = {number: day for number, day in self.fixed.items() if number not in released}
        asked = self.free.asked
        return replace(self.free, asked=replace(asked, pins={**asked.pins, **kept}))

    def stays(self, number: int, day: date) -> bool:
        """Tell whether a session on a day does not move."""
        entry = self.booked.get(number)
        return entry is None or (
            entry.day == day and (entry.start is None or keeps_time(self.days, day, entry.start))
        )

    def minutes(self, number: int, day: date) -> int:
        """Return the distance of a session's time from the preferred one."""
        at = self.days.asked.at
        if at is None:
            return 0
        entry = self.booked.get(number)
        if entry and entry.day == day and entry.start and self.stays(number, day):
            return abs(clock(entry.start) - at)
        minute = self.days.minute(day)
        return 0 if minute is None else abs(minute - at)

    def measure(self, dates: Sequence[date]) -> Measure:
        """Return the literal tuple of the criteria."""
        numbers = range(self.free.first, self.free.last + 1)
        moved = [
            abs((day - self.booked[number].day).days)
            for number, day in zip(numbers, dates, strict=True)
            if not self.stays(number, day)
        ]
        late, second, misses, square, _, _ = self.free.objective(
            dates, second_criterion(self.free, dates)
        )
        minutes = sum(map(self.minutes, numbers, dates))
        return late, len(moved), sum(moved), second, misses, square, minutes, tuple(dates)

    def best(self) -> Replanned | None:
        """Return the smallest of all measures, None when nothing fits."""
        chain = self.chain()
        measures = [self.measure(dates) for dates in chain.sequences(chain.first, chain.anchor)]
        return Replanned(min(measures), measures.count(min(measures))) if measures else None

    def fewest_released(self) -> int | None:
        """Return how many fixed sessions must be let go, None when that does not help."""
        for count in range(1, len(self.fixed) + 1):
            for released in combinations(self.fixed, count):
                if self.chain(released).feasible():
                    return count
        return None
