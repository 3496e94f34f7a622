"""When a clinic is open and a patient can come, and why not on the other days.

Nothing here depends on what is done on a day or how long it takes, so all treatments of a
programme share it, with all years that were looked at.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache, reduce
from typing import NamedTuple
from zoneinfo import ZoneInfo

from meso_schedule.availability.busy_spans import spans_by_day
from meso_schedule.base.busy_times import BusySource, Span
from meso_schedule.base.dates import DateRange
from meso_schedule.base.phrases import Phrase, joined, phrase
from meso_schedule.base.times import WEEKDAY_NAMES, Between, Clock, TimeRange
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.clinic.holidays import Holiday, holidays_of_year
from meso_schedule.clinic.opening_hours import month_day


class Shut(NamedTuple):
    """A day on which holidays or closures shut the clinic.

    Args:
        closures: The clinic's own reasons.
    """

    date: date
    closures: tuple[str, ...]
    holiday: Holiday | None

    @property
    def reason(self) -> Phrase:
        """All of it."""
        return joined([*self.closures, *([self.holiday.name] if self.holiday else [])], "; ")


class OpenDays:
    """The days on which a clinic is open and a patient can come.

    Args:
        clinic: Whose hours, holidays, closures and openings count.
        days: Weekdays on which the patient can come, 0 to 6; empty means any.
        between: Hours in which the patient can come; those of a weekday replace the general ones.
        away: Days on which the patient cannot come.
        busy: Where busy times come from.
    """

    def __init__(
        self,
        clinic: Clinic,
        *,
        days: Sequence[int] = (),
        between: Sequence[Between] = (),
        away: Sequence[DateRange] = (),
        busy: Sequence[BusySource] = (),
    ) -> None:
        self.clinic = clinic
        self.zone = ZoneInfo(clinic.timezone)
        self.days = frozenset(days) or frozenset(range(7))
        general = tuple(entry.hours for entry in between if entry.weekday is None)
        own = [tuple(e.hours for e in between if e.weekday == day) for day in range(7)]
        self.between = [hours or general for hours in own]
        self.week = clinic.hours.of_weekdays()
        self._away = tuple(away)
        self._busy = tuple(busy)
        self._busy_days: dict[int, dict[date, list[Span]]] = {}
        self._openings = {day: it.hours for it in clinic.openings for day in it.days}
        self._yearly = {month_day(it): hours for it, hours in clinic.yearly.items()}
        self._rota = [(rota.days, rota.of_weekdays()) for rota in clinic.rota]
        self._holidays: dict[int, dict[date, Holiday]] = {}
        self._specials: dict[int, list[tuple[date, bool]]] = {}

    def hours(self, day: date) -> Sequence[TimeRange]:
        """Return when the clinic would be open if nothing shut it."""
        if (own := self._own_hours(day)) is not None:
            return own
        week = next((week for days, week in self._rota if day in days), self.week)
        return week[day.weekday()]

    def _own_hours(self, day: date) -> Sequence[TimeRange] | None:
        """Return the hours of an opening or of the day of every year; None where it has none."""
        return self._openings.get(day, self._yearly.get((day.month, day.day)))

    def visit_start(self, day: date, start: Clock | None) -> datetime:
        """Return when a visit begins; one without a time as the clinic opens on its day."""
        opening = min((hours.start for hours in self.hours(day)), default=0)
        minute = opening if start is None else start.minutes
        return datetime.combine(day, time(), self.zone) + timedelta(minutes=minute)

    def busy(self, day: date) -> Sequence[Span]:
        """Return what is busy on a day."""
        return self._busy_of(day.year).get(day, ())

    def specials(self, year: int) -> Sequence[tuple[date, bool]]:
        """Return the days of a year unlike others of their weekday, and which are open."""
        if year not in self._specials:
            self._specials[year] = [
                (day, not (any(self.clinic_reasons(day)) or any(self.patient_reasons(day))))
                for day in self._special_days(year)
            ]
        return self._specials[year]

    def patient_hours(self, day: int) -> Phrase:
        """Return the hours in which the patient can come on a day that has some."""
        between = (phrase("{hours}", hours=hours) for hours in self.between[(day - 1) % 7])
        return reduce(lambda one, other: phrase("{one} or {other}", one=one, other=other), between)

    def clinic_reasons(self, day: date) -> Iterator[str]:
        """Find why the clinic is closed all day: its own closures, holidays, its week."""
        if day in self._openings:
            if not self._openings[day]:
                yield phrase("closed")
            return
        yield from self._own_closures(day)
        if holiday := self._holiday(day):
            yield holiday.name
        if not self.hours(day) and self.week[day.weekday()]:
            yield phrase("closed")
        elif not self.hours(day):
            yield phrase("closed on {weekday}s", weekday=WEEKDAY_NAMES[day.weekday()])

    def patient_reasons(self, day: date) -> Iterator[str]:
        """Find why the patient cannot come."""
        if day.weekday() not in self.days:
            name = WEEKDAY_NAMES[day.weekday()]
            yield phrase("the patient cannot come on {weekday}s", weekday=name)
        yield from (
            phrase("the patient is away {days}", days=absence)
            for absence in self._away
            if day in absence
        )

    def extra_openings(self, first: date, last: date) -> list[date]:
        """Return the days from `first` to `last` that the clinic opens out of its usual hours."""
        own = (day for day in self._own_days(first, last) if not self.week[day.weekday()])
        return sorted(
            day
            for day in {*self._openings, *own}
            if first <= day <= last and not any(self.clinic_reasons(day))
        )

    def shut_days(self, first: date, last: date) -> Iterator[Shut]:
        """Yield the days from `first` to `last` that holidays, closures or other hours shut."""
        for year in range(first.year, last.year + 1):
            for day in sorted(self._exceptions_of(year)):
                if not first <= day <= last or day in self._openings:
                    continue
                closures, holiday = tuple(self._own_closures(day)), self._holiday(day)
                if self.week[day.weekday()] and not (closures or holiday or self.hours(day)):
                    closures = (phrase("closed by the clinic"),)
                if closures or holiday:
                    yield Shut(day, closures, holiday)

    def _holiday(self, day: date) -> Holiday | None:
        """Return the public holiday of a day; None where the clinic has hours for it."""
        return None if self._own_hours(day) else self._holidays_of(day.year).get(day)

    def _own_closures(self, day: date) -> Iterator[str]:
        return (closure.reason for closure in self.clinic.closures if day in closure.days)

    def _special_days(self, year: int) -> set[date]:
        begin, end = date(year, 1, 1), date(year, 12, 31)
        days = self._exceptions_of(year)
        days.update(day for day in self._openings if day.year == year)
        for absence in self._away:
            days.update(days_within(absence, begin, end))
        days.update(clock_changes(self.clinic.timezone, year))
        days.update(self._busy_of(year))
        return days

    def _exceptions_of(self, year: int) -> set[date]:
        begin, end = date(year, 1, 1), date(year, 12, 31)
        days = {*self._holidays_of(year), *self._own_days(begin, end)}
        for closure in self.clinic.closures:
            days.update(days_within(closure.days, begin, end))
        return days

    def _own_days(self, begin: date, end: date) -> Iterator[date]:
        """Yield the days that a rota or every year gives hours of their own."""
        for days, _ in self._rota:
            yield from days_within(days, begin, end)
        for year in range(begin.year, end.year + 1):
            for month, day in self._yearly:
                if day <= monthrange(year, month)[1]:
                    yield date(year, month, day)

    def _holidays_of(self, year: int) -> dict[date, Holiday]:
        if self.clinic.holidays is None:
            return {}
        if year not in self._holidays:
            self._holidays[year] = holidays_of_year(self.clinic.holidays, year)
        return self._holidays[year]

    def _busy_of(self, year: int) -> dict[date, list[Span]]:
        if not self._busy:
            return {}
        if year not in self._busy_days:
            self._busy_days[year] = spans_by_day(self._busy, year, self.zone)
        return self._busy_days[year]


def days_within(days: DateRange, begin: date, end: date) -> Iterator[date]:
    """Yield the days of a range that lie from `begin` to `end`."""
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
