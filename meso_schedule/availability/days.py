"""The days and times a session can take place, and why the others cannot.

Weekdays repeat, so a year is laid out from a pattern of seven and only its special
days (closures, holidays, openings, absences, changes of the clock) are looked at one
by one. Years are added as the search reaches them.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterator, Sequence
from datetime import date, datetime, time
from functools import cache, reduce
from itertools import compress
from typing import Any
from zoneinfo import ZoneInfo

from meso_schedule.availability.busy_spans import spans_by_day
from meso_schedule.availability.spacing import Block
from meso_schedule.availability.start_times import Cause, Starts, elapsed, wall
from meso_schedule.base.busy_times import BusySource, Span
from meso_schedule.base.dates import DateRange
from meso_schedule.base.errors import CalendarEndError
from meso_schedule.base.phrases import Phrase, joined, phrase
from meso_schedule.base.times import WEEKDAY_NAMES, Between
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.clinic.holidays import Holiday, holidays_of_year


class Availability:
    """Usable days and start times for one protocol, clinic and patient.

    Args:
        clinic: Whose hours, holidays, closures and openings count.
        minutes: Chair time of a session.
        days: Weekdays on which the patient can come, 0 to 6; empty means any.
        between: Hours in which the patient can come; those of a weekday replace the general ones.
        away: Days on which the patient cannot come.
        at: Preferred start in minutes after midnight.
        busy: Where busy times come from; none of them may touch a session.

    Times are looked for when `at` or `between` is given.
    """

    def __init__(
        self,
        clinic: Clinic,
        minutes: int,
        *,
        days: Sequence[int] = (),
        between: Sequence[Between] = (),
        away: Sequence[DateRange] = (),
        at: int | None = None,
        busy: Sequence[BusySource] = (),
    ) -> None:
        self.clinic = clinic
        self.minutes = minutes
        self.timed = at is not None or bool(between)
        self.preferred_minute = at
        self._zone = ZoneInfo(clinic.timezone)
        self._days = frozenset(days) or frozenset(range(7))
        self._away = tuple(away)
        general = tuple(entry.hours for entry in between if entry.weekday is None)
        own = [tuple(e.hours for e in between if e.weekday == day) for day in range(7)]
        self._between = [hours or general for hours in own]
        self._starts = Starts(minutes, self._zone, self._between, at, timed=self.timed)
        self._busy = tuple(busy)
        self._busy_days: dict[int, dict[date, list[Span]]] = {}
        self._week_hours = clinic.hours.of_weekdays()
        self._openings = {opening.date: opening.hours for opening in clinic.openings}
        self._week_starts = [
            self._starts.best(day, hours) for day, hours in enumerate(self._week_hours)
        ]
        self._holidays: dict[int, dict[date, Holiday]] = {}
        self._special_starts: dict[int, int | None] = {}
        self._usable: list[int] = []
        self._open: set[int] = set()
        self._begin = self._end = 0

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

    def can_start(self, day: int, minute: int) -> bool:
        """Tell whether a session fits on a usable day when it starts at a given minute."""
        when = date.fromordinal(day)
        hours = self._openings.get(when, self._week_hours[when.weekday()])
        busy = self._busy_of(when.year).get(when, ())
        return self._starts.fits_at(when, hours, busy, minute)

    def causes(self, day: int, minute: int) -> tuple[Cause, ...]:
        """Return what keeps a session from starting at a given minute of a usable day."""
        when = date.fromordinal(day)
        hours = self._openings.get(when, self._week_hours[when.weekday()])
        busy = self._busy_of(when.year).get(when, ())
        return tuple(self._starts.causes_at(when, hours, busy, minute))

    def patient_hours(self, day: int) -> str:
        """Return the hours in which the patient can come on a day that has some."""
        between = map(str, self._between[(day - 1) % 7])
        return reduce(lambda one, other: phrase("{one} or {other}", one=one, other=other), between)

    def instants(self, day: int, minute: int | None = None) -> tuple[datetime, datetime]:
        """Return start and end of a session on a usable day, in the clinic's zone.

        Args:
            day: The day.
            minute: When it starts, in minutes after midnight; left out, at the best time.
        """
        when = date.fromordinal(day)
        try:
            start = wall(when, self.start_minute(day) if minute is None else minute, self._zone)
            return start, elapsed(start, self.minutes, self._zone)
        except OverflowError:
            raise CalendarEndError(when, f"{self.minutes} minutes") from None

    def reasons(self, day: int) -> tuple[str, ...]:
        """Return every reason why a day is not usable; none when it is."""
        when = date.fromordinal(day)
        reasons = [*self.clinic_reasons(when), *self._patient_reasons(when)]
        if not reasons and not self.is_usable(day):
            reasons.append(self._time_reason(when))
        return tuple(reasons)

    def clinic_reasons(self, day: date) -> Iterator[str]:
        """Find why the clinic is closed all day: its own closures, holidays, its week."""
        if day in self._openings:
            if not self._openings[day]:
                yield phrase("closed")
            return
        yield from self.exceptional_closures(day)
        if not self._week_hours[day.weekday()]:
            yield phrase("closed on {weekday}s", weekday=WEEKDAY_NAMES[day.weekday()])

    def exceptional_closures(self, day: date) -> Iterator[str]:
        """Find the closures and public holidays of a day that no opening lifts."""
        if day in self._openings:
            return
        yield from self.own_closures(day)
        if holiday := self.holiday(day):
            yield holiday.name

    def own_closures(self, day: date) -> Iterator[str]:
        """Find the closures of a day that are the clinic's own."""
        return (closure.reason for closure in self.clinic.closures if day in closure.days)

    def extra_openings(self, first: date, last: date) -> list[date]:
        """Return the days from `first` to `last` that the clinic opens out of its usual hours."""
        return sorted(
            day for day, hours in self._openings.items() if hours and first <= day <= last
        )

    def holiday(self, day: date) -> Holiday | None:
        """Return the public holiday that a day is, or None."""
        return self._holidays_of(day.year).get(day)

    def closed_days(self, first: date, last: date) -> list[tuple[date, Phrase]]:
        """Return the days closed by holidays or closures from `first` to `last`, with reasons."""
        days = {
            day
            for year in range(first.year, last.year + 1)
            for day in self._exceptions_of(year)
            if first <= day <= last
        }
        closed = [(day, joined(self.exceptional_closures(day), "; ")) for day in sorted(days)]
        return [(day, reason) for day, reason in closed if reason]

    def _patient_reasons(self, day: date) -> Iterator[str]:
        if day.weekday() not in self._days:
            name = WEEKDAY_NAMES[day.weekday()]
            yield phrase("the patient cannot come on {weekday}s", weekday=name)
        yield from (
            phrase("the patient is away {days}", days=absence)
            for absence in self._away
            if day in absence
        )

    def _time_reason(self, day: date) -> str:
        between = self._between[day.weekday()]
        # Whoever reads that it is busy need not learn what for, nor in whose calendar.
        is_busy = self._best_start(day, ()) is not None
        if not between and is_busy:
            return phrase("busy: no {minutes} minutes are free", minutes=self.minutes)
        if not between:
            return phrase("the opening hours hold no {minutes} minutes", minutes=self.minutes)
        hours = self.patient_hours(day.toordinal())
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
        """Lay out the years from `first` to `last` that are not laid out yet."""
        if not self._end:
            self._begin = self._end = date(date.fromordinal(first).year, 1, 1).toordinal()
        while self._end <= last:
            year = date.fromordinal(self._end).year
            days = self._lay_out(year)
            self._usable += days
            self._open.update(days)
            self._end = date(year, 12, 31).toordinal() + 1
        while first < self._begin:
            year = date.fromordinal(self._begin - 1).year
            days = self._lay_out(year)
            self._usable[:0] = days
            self._open.update(days)
            self._begin = date(year, 1, 1).toordinal()

    def _lay_out(self, year: int) -> list[int]:
        begin = date(year, 1, 1).toordinal()
        length = date(year, 12, 31).toordinal() - begin + 1
        week = bytes(day in self._days and self._week_starts[day] is not None for day in range(7))
        mask = bytearray((week * 54)[(begin - 1) % 7 :][:length])
        for day in self._specials_of(year):
            start = self._start_on(day)
            ordinal = day.toordinal()
            mask[ordinal - begin] = start is not None
            if start is not None:
                self._special_starts[ordinal] = start
        return list(compress(range(begin, begin + length), mask))

    def _specials_of(self, year: int) -> set[date]:
        begin, end = date(year, 1, 1), date(year, 12, 31)
        days = self._exceptions_of(year)
        days.update(day for day in self._openings if day.year == year)
        for absence in self._away:
            days.update(_days_of(absence, begin, end))
        days.update(clock_changes(self.clinic.timezone, year))
        days.update(self._busy_of(year))
        return days

    def _exceptions_of(self, year: int) -> set[date]:
        begin, end = date(year, 1, 1), date(year, 12, 31)
        days = set(self._holidays_of(year))
        for closure in self.clinic.closures:
            days.update(_days_of(closure.days, begin, end))
        return days

    def _holidays_of(self, year: int) -> dict[date, Holiday]:
        if self.clinic.holidays is None:
            return {}
        if year not in self._holidays:
            self._holidays[year] = holidays_of_year(self.clinic.holidays, year)
        return self._holidays[year]

    def _start_on(self, day: date) -> int | None:
        if any(self.clinic_reasons(day)) or any(self._patient_reasons(day)):
            return None
        return self._best_start(day, self._busy_of(day.year).get(day, ()))

    def _best_start(self, day: date, busy: Sequence[Span]) -> int | None:
        hours = self._openings.get(day, self._week_hours[day.weekday()])
        if day in clock_changes(self.clinic.timezone, day.year):
            return self._starts.best_on_change(day, hours, busy)
        return self._starts.best_on(day, hours, busy)

    def _busy_of(self, year: int) -> dict[date, list[Span]]:
        if not self._busy:
            return {}
        if year not in self._busy_days:
            self._busy_days[year] = spans_by_day(self._busy, year, self._zone)
        return self._busy_days[year]


def _days_of(days: DateRange, begin: date, end: date) -> Iterator[date]:
    first, last = max(days.first, begin), min(days.last, end)
    return (date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1))


@cache
def clock_changes(zone_name: str, year: int) -> frozenset[date]:
    """Return the days of a year on which the clock of a zone changes."""
    zone = ZoneInfo(zone_name)
    if zone.utcoffset(None) is not None:
        return frozenset()
    begin = date(year, 1, 1).toordinal()
    length = date(year, 12, 31).toordinal() - begin + 1
    days = [date.fromordinal(begin + offset) for offset in range(length)]
    noons = [datetime.combine(day, time(), zone).utcoffset() for day in days]
    nights = [*noons[1:], datetime.combine(days[-1], time(23, 59), zone).utcoffset()]
    return frozenset(
        day for day, before, after in zip(days, noons, nights, strict=True) if before != after
    )


class SpacedAvailability(Availability):
    """Usable days with those left out that spacing keeps free.

    Args:
        blocks: The days kept free, and why.
        others: What `Availability` takes.
    """

    def __init__(self, *others: Any, blocks: Sequence[Block], **named: Any) -> None:
        self._blocks = tuple(blocks)
        super().__init__(*others, **named)

    def _patient_reasons(self, day: date) -> Iterator[str]:
        yield from super()._patient_reasons(day)
        yield from (block.reason for block in self._blocks if day in block.days)

    def _specials_of(self, year: int) -> set[date]:
        begin, end = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
        days = super()._specials_of(year)
        for block in self._blocks:
            first = max(begin, block.days.first.toordinal())
            last = min(end, block.days.last.toordinal())
            days.update(map(date.fromordinal, range(first, last + 1)))
        return days
