"""What is searched: one chain of sessions, where each may be, and what a day costs it."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from meso_schedule.base.dates import LAST_ORDINAL
from meso_schedule.rules.windows import (
    LATE,
    MINUTE,
    MISS,
    MOVED,
    MOVED_DAY,
    SQUARE,
    START,
    TOLL,
    GapWindows,
)


class Days(Protocol):
    """What the search needs to know of days, all as ordinals."""

    def usable(self, first: int, last: int) -> list[int]:
        """Return the usable days from first to last, in order."""

    def lookup(self, first: int, last: int) -> Container[int]:
        """Return what tells of each day from first to last whether it is usable."""

    def minutes_off(self, day: int) -> int:
        """Return the minutes between the start on a day and the preferred time."""


class Booking(NamedTuple):
    """The day for which a session is booked already.

    Args:
        day: As an ordinal.
        is_kept: Whether staying on the day is no move: its time can stay too.
        lost: When it starts, where that time cannot stay.
        minute: When it starts, where a time is booked and can stay.
        minutes_off: Minutes between that time and the preferred one.
    """

    day: int
    is_kept: bool = True
    minute: int | None = None
    minutes_off: int | None = None
    lost: int | None = None

    def minute_on(self, day: int) -> int | None:
        """Return the time that is booked on a day."""
        return self.minute if self.day == day else None


@dataclass(frozen=True, slots=True)
class Task:
    """One chain of sessions to place; days are ordinals, sessions count from 0.

    Args:
        days: The usable days and their distance from the preferred time.
        first: The first day session 0 may be on.
        last: The last day session 0 may be on.
        gaps: The rule before each session after the first.
        lead: The rule before session 0 and the day it counts from, when one was held before.
        limit: The last day any session may be on.
        pins: Sessions fixed to a day.
        end: With an event and no start, the day the last session should be near to.
        prefer: Weekdays liked best, 0 to 6; empty means no preference.
        timed: Whether minutes from a preferred time count.
        booked: Where sessions are booked already; a move costs more than anything but lateness.
        day_cost: What days cost more than anything else, when asking for a way out.
        is_empty: Whether no session is left to place.
        opens: The first day from the start on that others leave to session 0. Each day more that
            they take from it is one by which it may be later; None where its days are fixed.
    """

    days: Days
    first: int
    last: int
    gaps: Sequence[GapWindows]
    limit: int = LAST_ORDINAL
    pins: dict[int, int] = field(default_factory=dict)
    end: int | None = None
    prefer: frozenset[int] = frozenset()
    timed: bool = False
    booked: Mapping[int, Booking] = field(default_factory=dict)
    day_cost: Callable[[int, int], int] | None = None
    lead: tuple[GapWindows, int] | None = None
    is_empty: bool = False
    opens: int | None = None

    @property
    def count(self) -> int:
        """How many sessions there are."""
        return 0 if self.is_empty else len(self.gaps) + 1

    def window(self, session: int, before: int) -> tuple[int, int]:
        """Return the first and last day allowed, given the day of the session before."""
        if session == 0:
            return self.first, self.last
        earliest, _, _, last = self.gaps[session - 1].after(before)
        return earliest, last

    def days_for(self, session: int, first: int, last: int) -> list[int]:
        """Return the days of a window that the hard rules leave a session."""
        if pin := self.pins.get(session):
            first, last = max(first, pin), min(last, pin)
        return self.days.usable(first, min(last, self.limit))

    def lookup(self, session: int, first: int, last: int) -> Container[int]:
        """Return what tells of each day of a window whether the hard rules leave it a session."""
        if last > self.limit or session in self.pins:
            return self.days_for(session, first, last)
        return self.days.lookup(first, last)

    def cost_of_day(self, session: int, day: int) -> int:
        """Return what a day costs a session whatever comes before and after it."""
        cost = MISS if self.prefer and (day - 1) % 7 not in self.prefer else 0
        if self.timed:
            cost += self.minutes_off(session, day) * MINUTE
        if self.booked and (move := self.move(session, day)) is not None:
            cost += MOVED + move * MOVED_DAY
        if self.day_cost:
            cost += self.day_cost(session, day) * TOLL
        return cost

    def opening_cost(self, day: int) -> int:
        """Return what the distance of session 0 from what came before it costs."""
        if self.lead:
            gap, before = self.lead
            _, recommended, latest, _ = gap.after(before)
            return max(0, day - latest) * LATE + (day - recommended) ** 2 * SQUARE
        return (day - self.first) * START if self.end is None else 0

    def step(self, session: int, dates: Sequence[int]) -> tuple[GapWindows, int] | None:
        """Return the rule before a session and the day it counts from; None where none leads."""
        return (self.gaps[session - 1], dates[session - 1]) if session else self.lead

    def move(self, session: int, day: int) -> int | None:
        """Return by how many days a session moves from where it is booked; None when it stays."""
        booking = self.booked.get(session)
        if booking is None or (booking.day == day and booking.is_kept):
            return None
        return abs(day - booking.day)

    def minutes_off(self, session: int, day: int) -> int:
        """Return the minutes between the start of a session on a day and the preferred time."""
        booking = self.booked.get(session)
        if booking and booking.day == day and booking.minutes_off is not None:
            return booking.minutes_off
        return self.days.minutes_off(day)


def measure(task: Task, dates: Sequence[int]) -> tuple[int, int, int, int, int]:
    """Return late days, start days, preference misses, squared deviation and minutes of dates."""
    late = square = start = 0
    for session, day in enumerate(dates):
        if step := task.step(session, dates):
            _, recommended, latest, _ = step[0].after(step[1])
            late += max(0, day - latest)
            square += (day - recommended) ** 2
    if task.end is not None:
        start = task.end - dates[-1]
    elif not task.lead:
        start = dates[0] - task.first
    misses = sum(bool(task.prefer) and (day - 1) % 7 not in task.prefer for day in dates)
    minutes = sum(map(task.minutes_off, range(len(dates)), dates)) if task.timed else 0
    return late, start, misses, square, minutes


def moves(task: Task, dates: Sequence[int]) -> tuple[int, int]:
    """Return how many booked sessions move, and by how many days in all."""
    moved = [move for place, day in enumerate(dates) if (move := task.move(place, day)) is not None]
    return len(moved), sum(moved)
