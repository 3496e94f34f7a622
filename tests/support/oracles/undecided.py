"""Courses that wait for a word on improvement, some sessions pinned: every calendar is tried.

Whose session a pinned one is, its gap tells; what follows is asked afresh on every path.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from .arithmetic import Raw, Window, gap, window
from .brute_force import Days, days_from
from .reading import listed, read, weekday
from .standing import Course, Turn

# Late days, days from the start, days off the weekdays liked, squares, dates.
Measure = tuple[int, int, int, int, tuple[date, ...]]


class Placed(NamedTuple):
    """One session: its day, its window, its table."""

    day: date
    window: Window | None
    table: Raw


class Undecided:
    """The course sessions to come of a course, begun or not."""

    def __init__(self, protocol: Raw, request: Raw, clinic: Raw | None, as_of: date) -> None:
        self.asked = read(protocol, request, clinic, as_of)
        self.days = Days(self.asked, self.asked.opening_hours)
        self.course = Course(protocol, request)
        for text in listed(request.get("held")):
            self.course.hold(date.fromisoformat(text))
        self.said = self.course.said(date.max)
        self.most = self.course.sessions

    def choices(self, number: int, turn: Turn, before: date | None) -> Iterator[Placed]:
        """Yield where a session can be, given the one before."""
        pin = self.asked.pins.get(number)
        if before is None:
            for day in days_from(self.asked.first, self.asked.first_last):
                if self.days.usable(day) and day == (pin or day):
                    yield Placed(day, None, turn.tables[0])
            return
        here = window(gap(turn.planned), before)
        table = turn.planned
        if pin and turn.certain and turn.hoped and pin < here.earliest:
            table = turn.certain
            own = window(gap(turn.certain), before)
            here = own._replace(latest=max(here.latest, own.recommended), lapse=None)
        last = min(here.last(self.asked.late), self.asked.bound or date.max)
        first = max(here.earliest, self.asked.as_of)
        if pin:
            first, last = max(first, pin), min(last, pin)
        for day in days_from(first, last):
            if self.days.usable(day):
                yield Placed(day, here, table)

    def calendars(self, tables: Sequence[Raw], before: date | None) -> Iterator[tuple[Placed, ...]]:
        """Yield every way to place the sessions that follow those of some tables."""
        if len(tables) >= self.most:
            yield ()
            return
        turn = self.course.turn(tables, self.said)
        for placed in self.choices(len(tables) + 1, turn, before):
            for rest in self.calendars([*tables, placed.table], placed.day):
                yield (placed, *rest)

    def measure(self, calendar: Sequence[Placed]) -> Measure:
        """Return the literal tuple of the criteria."""
        prefer = self.asked.prefer
        led = [(it.day, it.window) for it in calendar if it.window]
        begins = calendar and calendar[0].window is None
        return (
            sum(max(0, (day - window.latest).days) for day, window in led),
            (calendar[0].day - self.asked.first).days if begins else 0,
            sum(1 for it in calendar if prefer and weekday(it.day) not in prefer),
            sum((day - window.recommended).days ** 2 for day, window in led),
            tuple(it.day for it in calendar),
        )

    def best(self) -> tuple[Placed, ...] | None:
        """Return the best calendar, None when there is none."""
        tables = [table for _, table in self.course.valid]
        last = self.course.found[-1].day if self.course.found else None
        every = self.calendars(tables, last)
        return min(every, key=self.measure, default=None)
