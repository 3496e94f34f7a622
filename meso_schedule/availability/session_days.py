"""The days and times a session can take place, and why the others cannot.

Weekdays repeat, so a year is laid out from a pattern of seven and only its special
days (closures, holidays, openings, absences, changes of the clock) are looked at one
by one. Years are added as the search reaches them.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Sequence
from copy import copy
from datetime import date, datetime
from itertools import compress
from typing import Self

from meso_schedule.availability.open_days import OpenDays, clock_changes, days_within
from meso_schedule.availability.start_times import Cause, Starts, elapsed, wall
from meso_schedule.availability.treatment_spacing import Block
from meso_schedule.base.busy_times import Span
from meso_schedule.base.errors import CalendarEndError
from meso_schedule.base.phrases import Phrase, phrase


class Availability:
    """Usable days and start times for sessions of one length.

    Args:
        open_days: When the clinic is open and the patient can come.
        minutes: Chair time of a session.
        at: Preferred start in minutes after midnight.
        is_timed: Whether times are looked for in any case.

    Times are looked for when `at` is given, or hours in which the patient can come.
    """

    def __init__(
        self,
        open_days: OpenDays,
        minutes: int,
        *,
        at: int | None = None,
        is_timed: bool = False,
    ) -> None:
        self.open_days = open_days
        self.minutes = minutes
        self.timed = is_timed or at is not None or any(open_days.between)
        self.preferred_minute = at
        self._starts = Starts(minutes, open_days.zone, open_days.between, at, timed=self.timed)
        self._week_starts = [
            self._starts.best(day, hours) for day, hours in enumerate(open_days.week)
        ]
        self._special_starts: dict[int, int] = {}
        self._years: dict[int, list[int]] = {}
        self._block(())

    def _block(self, blocks: Sequence[Block]) -> None:
        self._blocks = tuple(blocks)
        self._usable: list[int] = []
        self._open: set[int] = set()
        self._begin = self._end = 0

    def without(self, blocks: Sequence[Block]) -> Self:
        """Return the same less these days too; years that are laid out are not laid out again."""
        made = copy(self)
        made._block((*self._blocks, *blocks))
        return made

    def lasting(self, minutes: int) -> "Availability":
        """Return the same for sessions of another length, without days kept free."""
        return Availability(self.open_days, minutes, at=self.preferred_minute)

    def usable(self, first: int, last: int) -> list[int]:
        """Return the usable days from `first` to `last`, both included, as ordinals."""
        if first < self._begin or last >= self._end:
            self._reach(first, last)
        days = self._usable
        return days[bisect_left(days, first) : bisect_right(days, last)]

    def lookup(self, first: int, last: int) -> Container[int]:
        """Return what tells of each day from `first` to `last` whether it is usable."""
        if first < self._begin or last >= self._end:
            self._reach(first, last)
        return self._open

    def is_usable(self, day: int) -> bool:
        """Tell whether a session can take place on a day."""
        return day in self.lookup(day, day)

    def start_minute(self, day: int) -> int:
        """Return the start of a session on a usable day, in minutes after midnight.

        With no time asked for, it is the earliest start that fits.
        """
        self._reach(day, day)
        special = self._special_starts.get(day)
        start = self._week_starts[(day - 1) % 7] if special is None else special
        assert start is not None, "asked for the start of a day that is not usable"
        return start

    def minutes_off(self, day: int) -> int:
        """Return the minutes between the start on a usable day and the preferred time."""
        return abs(self.start_minute(day) - (self.preferred_minute or 0))

    def others(self, day: int) -> int:  # noqa: ARG002 - for those who know who treats
        """Return how many treatments of a usable day the main practitioner does not give."""
        return 0

    def others_at(self, day: int, minute: int | None, ranks: Iterable[int]) -> int:  # noqa: ARG002
        """Return how many of some treatments of a visit the main practitioner does not give.

        Args:
            day: A usable day.
            minute: When it begins, in minutes after midnight.
            ranks: Which treatments, by their order in the visit.
        """
        return 0

    def full_reasons(self, day: int, minute: int | None = None) -> list[Phrase]:  # noqa: ARG002
        """Say who and what is not to be had on a day, or at a time of it."""
        return []

    def giver(self, day: int, minute: int, wanted: str | None) -> str | None:  # noqa: ARG002
        """Return who gives a session that begins at a free minute: who is wanted where that can be.

        None where nobody is known.
        """
        return None

    def is_other(self, giver: str | None) -> int:  # noqa: ARG002
        """Return whether a session given by somebody is not with the main one, as a number."""
        return 0

    def can_start(self, day: int, minute: int) -> bool:
        """Tell whether a session fits on a usable day when it starts at a given minute."""
        when = date.fromordinal(day)
        hours, busy = self.open_days.hours(when), self.open_days.busy(when)
        return self._starts.fits_at(when, hours, busy, minute)

    def causes(self, day: int, minute: int) -> tuple[Cause, ...]:
        """Return what keeps a session from starting at a given minute of a usable day."""
        when = date.fromordinal(day)
        hours, busy = self.open_days.hours(when), self.open_days.busy(when)
        return tuple(self._starts.causes_at(when, hours, busy, minute))

    def instants(self, day: int, minute: int | None = None) -> tuple[datetime, datetime]:
        """Return start and end of a session on a usable day, in the clinic's zone.

        Args:
            day: The day.
            minute: When it starts, in minutes after midnight; left out, at the best time.
        """
        when, zone = date.fromordinal(day), self.open_days.zone
        try:
            start = wall(when, self.start_minute(day) if minute is None else minute, zone)
            return start, elapsed(start, self.minutes, zone)
        except OverflowError:
            raise CalendarEndError(when, f"{self.minutes} minutes") from None

    def reasons(self, day: int) -> tuple[str, ...]:
        """Return every reason why a day is not usable; none when it is."""
        when = date.fromordinal(day)
        reasons = self._day_reasons(when)
        if not reasons and not self.is_usable(day):
            reasons.append(self._time_reason(when))
        return tuple(reasons)

    def _day_reasons(self, when: date) -> list[str]:
        """Return why nothing can be on a day, whatever its hours."""
        return [
            *self.open_days.clinic_reasons(when),
            *self.open_days.patient_reasons(when),
            *(block.reason for block in self._blocks if when in block.days),
        ]

    def _time_reason(self, day: date) -> str:
        between = self.open_days.between[day.weekday()]
        # Whoever reads that it is busy need not learn what for, nor in whose calendar.
        is_busy = self._best_start(day, ()) is not None
        if not between and is_busy:
            return phrase("busy: no {minutes} minutes are free", minutes=self.minutes)
        if not between:
            return phrase("the opening hours hold no {minutes} minutes", minutes=self.minutes)
        hours = self.open_days.patient_hours(day.toordinal())
        if is_busy:
            return phrase(
                "busy: no {minutes} minutes are free between {hours}",
                minutes=self.minutes,
                hours=hours,
            )
        return phrase(
            "the opening hours hold no {minutes} minutes between {hours}",
            minutes=self.minutes,
            hours=hours,
        )

    def _reach(self, first: int, last: int) -> None:
        """Add the years from `first` to `last` that are not there yet."""
        if not self._end:
            self._begin = self._end = date(date.fromordinal(first).year, 1, 1).toordinal()
        while self._end <= last:
            year = date.fromordinal(self._end).year
            days = self._free_days(year)
            self._usable += days
            self._open.update(days)
            self._end = date(year, 12, 31).toordinal() + 1
        while first < self._begin:
            year = date.fromordinal(self._begin - 1).year
            days = self._free_days(year)
            self._usable[:0] = days
            self._open.update(days)
            self._begin = date(year, 1, 1).toordinal()

    def _free_days(self, year: int) -> list[int]:
        if year not in self._years:
            self._years[year] = self._lay_out(year)
        days = self._years[year]
        if not self._blocks:
            return days
        begin, end = date(year, 1, 1), date(year, 12, 31)
        kept = {
            day.toordinal() for block in self._blocks for day in days_within(block.days, begin, end)
        }
        return [day for day in days if day not in kept]

    def _lay_out(self, year: int) -> list[int]:
        begin = date(year, 1, 1).toordinal()
        length = date(year, 12, 31).toordinal() - begin + 1
        weekdays = self.open_days.days
        week = bytes(day in weekdays and self._week_starts[day] is not None for day in range(7))
        mask = bytearray((week * 54)[(begin - 1) % 7 :][:length])
        for day, is_open in self.open_days.specials(year):
            start = self._best_start(day, self.open_days.busy(day)) if is_open else None
            ordinal = day.toordinal()
            mask[ordinal - begin] = start is not None
            if start is not None:
                self._special_starts[ordinal] = start
        return list(compress(range(begin, begin + length), mask))

    def _best_start(self, day: date, busy: Sequence[Span]) -> int | None:
        hours = self.open_days.hours(day)
        if day in clock_changes(self.open_days.clinic.timezone, day.year):
            return self._starts.best_on_change(day, hours, busy)
        return self._starts.best_on(day, hours, busy)
