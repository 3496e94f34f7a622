"""What is searched: one chain of sessions, where each may be, and what a day costs it."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple, Protocol, Self

from meso_schedule.base.dates import LAST_ORDINAL
from meso_schedule.base.intervals import Interval
from meso_schedule.rules.windows import GapWindows
from meso_schedule.search.measure import PENALTY, UNITS, Measure, measured

LATE, START, SQUARE = UNITS["late_days"], UNITS["start_days"], UNITS["squared_deviation"]
_MOVED, _MOVED_DAY = UNITS["moved"], UNITS["moved_days"]
_MISS, _MINUTE = UNITS["preference_misses"], UNITS["time_minutes"]
_OTHER = UNITS["other_practitioner"]


class OutOfWork(Exception):  # noqa: N818 - no error: there is no answer within the bound of work
    """The bound of work was passed before any calendar was found, or its absence proven."""


class Days(Protocol):
    """What the search needs to know of days, all as ordinals."""

    def usable(self, first: int, last: int) -> list[int]:
        """Return the usable days from first to last, in order."""

    def lookup(self, first: int, last: int) -> Container[int]:
        """Return what tells of each day from first to last whether it is usable."""

    def minutes_off(self, day: int) -> int:
        """Return the minutes between the start on a day and the preferred time."""

    def others(self, day: int) -> int:
        """Return how many sessions of a visit on a day are not with the main practitioner."""


class Booking(NamedTuple):
    """The day for which a session is booked already.

    Args:
        day: As an ordinal.
        is_kept: Whether staying on the day is no move: its time can stay too.
        lost: When it starts, where that time cannot stay.
        minute: When it starts, where a time is booked and can stay.
        minutes_off: Minutes between that time and the preferred one.
        others: Whether somebody else than the main practitioner gives it at that time, as a number.
        practitioner: Who gives it at that time; None where none is known.
    """

    day: int
    is_kept: bool = True
    minute: int | None = None
    minutes_off: int | None = None
    lost: int | None = None
    others: int | None = None
    practitioner: str | None = None

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
        valid: How long after session 0 the last one may be.
        pins: Sessions fixed to a day.
        end: With an event and no start, the day the last session should be near to.
        prefer: Weekdays liked best, 0 to 6; empty means no preference.
        timed: Whether minutes from a preferred time count.
        staffed: Whether sessions that are not with the main practitioner count.
        booked: Where sessions are booked already; a move costs more than anything but lateness.
        day_cost: What a session costs on a day before any criterion, when asking for a way out.
        is_empty: Whether no session is left to place.
        opens: The first day from the start on that others leave to session 0. Each day more that
            they take from it is one by which it may be later; None where its days are fixed.
    """

    days: Days
    first: int
    last: int
    gaps: Sequence[GapWindows]
    limit: int = LAST_ORDINAL
    valid: Interval | None = None
    pins: dict[int, int] = field(default_factory=dict)
    end: int | None = None
    prefer: frozenset[int] = frozenset()
    timed: bool = False
    staffed: bool = False
    booked: Mapping[int, Booking] = field(default_factory=dict)
    day_cost: Callable[[int, int], int] | None = None
    lead: tuple[GapWindows, int] | None = None
    is_empty: bool = False
    opens: int | None = None

    @property
    def count(self) -> int:
        """How many sessions there are."""
        return 0 if self.is_empty else len(self.gaps) + 1

    def valid_until(self, first: int) -> int:
        """Return the last day for all sessions when session 0 is on a day."""
        if self.valid is None:
            return self.limit
        return min(self.limit, self.valid.after(date.fromordinal(first)).toordinal())

    def valid_from(self, first: int) -> Self:
        """Return the same with the last day that follows from that of session 0."""
        return replace(self, limit=self.valid_until(first), valid=None) if self.valid else self

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
        last = min(last, self.limit)
        return self.days.usable(first, last) if first <= last else []

    def lookup(self, session: int, first: int, last: int) -> Container[int]:
        """Return what tells of each day of a window whether the hard rules leave it a session."""
        if last > self.limit or session in self.pins:
            return self.days_for(session, first, last)
        return self.days.lookup(first, last)

    @property
    def is_plain(self) -> bool:
        """Whether days cost nothing but by their distances."""
        return not (
            self.prefer or self.timed or self.staffed or self.booked or self.day_cost is not None
        )

    def cost_of_day(self, session: int, day: int) -> int:
        """Return what a day costs a session whatever comes before and after it."""
        cost = _MISS if self.prefer and (day - 1) % 7 not in self.prefer else 0
        if self.timed:
            cost += self.minutes_off(session, day) * _MINUTE
        if self.staffed:
            cost += self.others(session, day) * _OTHER
        if self.booked and (move := self.move(session, day)) is not None:
            cost += _MOVED + move * _MOVED_DAY
        if self.day_cost:
            cost += self.day_cost(session, day) * PENALTY
        return cost

    def opening_cost(self, day: int) -> int:
        """Return what the distance of session 0 from what came before it costs."""
        if self.lead:
            return _step_cost(*self.lead, day)
        return (day - self.first) * START if self.end is None else 0

    def closing_cost(self, day: int) -> int:
        """Return what the distance of the last session from the day it should be near to costs."""
        return 0 if self.end is None else max(0, self.end - day) * START

    def cost_of(self, session: int, before: int, day: int) -> int:
        """Return what a session costs on a day, the one before it on another."""
        cost = (
            _step_cost(self.gaps[session - 1], before, day) if session else self.opening_cost(day)
        )
        if session == self.count - 1:
            cost += self.closing_cost(day)
        return cost + self.cost_of_day(session, day)

    def cost(self, dates: Sequence[int]) -> int:
        """Return what dates of all sessions cost, each of them a visit."""
        sessions = sum(map(self.cost_of, range(len(dates)), (0, *dates), dates))
        return sessions + len(dates) * UNITS["visits"]

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

    def others(self, session: int, day: int) -> int:
        """Return 1 where a session on a day is not with the main practitioner, else 0."""
        booking = self.booked.get(session)
        if booking and booking.day == day and booking.others is not None:
            return booking.others
        return self.days.others(day)


def _step_cost(gap: GapWindows, before: int, day: int) -> int:
    _, recommended, latest, _ = gap.after(before)
    return max(0, day - latest) * LATE + (day - recommended) ** 2 * SQUARE


def measure(task: Task, dates: Sequence[int]) -> Measure:
    """Return what dates of all sessions are measured by."""
    return measured(task.cost(dates))
