"""Busy times of a calendar file: its events, repeated as they say, year by year.

Opaque events and busy periods block their time; cancelled and transparent events do not.
The file's own time zones hold where their names are not known to the world; times without a
zone, and whole days, are those of the clinic.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import chain
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from meso_schedule.availability.calendar_events import (
    MAX_COMING,
    MAX_DATES,
    CalendarEvent,
    EventReader,
)
from meso_schedule.availability.calendar_report import Report
from meso_schedule.availability.calendar_series import Series, span_of
from meso_schedule.availability.calendar_text import CalendarText, TooMuchWorkError, Work
from meso_schedule.availability.calendar_zones import Zones
from meso_schedule.availability.record_appointments import as_calendar, is_record
from meso_schedule.base.busy_times import Span
from meso_schedule.base.errors import CalendarEndError, InputError
from meso_schedule.course.course_plan import Finding

MAX_BYTES = 10_000_000
MAX_EVENTS = 20_000
MAX_STEPS = 42_000
# Who takes time only later than this takes none that matters.
_YEARS_AHEAD = 10

# Zones differ by a day at most; what is found beside the year does no harm.
_WIDER = timedelta(days=3)


class BusyCalendar:
    """The busy times of a calendar file, worked out year by year as they are asked for."""

    def __init__(
        self,
        data: bytes,
        name: str | None,
        zones: tuple[tuple[str, str], ...] = (),
        since: date | None = None,
    ) -> None:
        self._asked = data, name, zones, since
        self._name = name
        events, self._report = _read(data, name, dict(zones), since)
        self._single, self._series = _by_name(events)
        self._single_spans: dict[str, list[Span]] = {}
        self._years: dict[tuple[int, str], list[Span]] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        # A worker process reads a calendar once, not once a chunk of jobs.
        return _known, self._asked

    def spans(self, year: int, zone: ZoneInfo) -> Iterable[Span]:
        """Return the busy times that touch a year of a zone.

        Raises:
            InputError: When events repeat without a bound that makes sense.
        """
        key = year, zone.key
        if key not in self._years:
            if year in (MINYEAR, MAXYEAR):
                raise CalendarEndError(date(year, 1, 1), "busy times")
            first = datetime(year, 1, 1, tzinfo=UTC) - _WIDER
            last = datetime(year, 12, 31, tzinfo=UTC) + _WIDER
            try:
                self._years[key] = list(self._between(first, last, zone))
            except TooMuchWorkError:
                problem = f"Its events repeat more than {MAX_STEPS:,} times up to {last.year}."
                remedy = "End the repetitions, or leave those events out."
                _refuse("endless_calendar", problem, self._name, remedy)
        return self._years[key]

    def findings(self, as_of: date, zone: ZoneInfo) -> Iterator[Finding]:
        """Say what could not be read, and whether nothing takes any time.

        Args:
            as_of: The day of asking.
            zone: The clinic's.
        """
        return self._report.findings(takes_time=self._takes_time(as_of, zone))

    def _takes_time(self, as_of: date, zone: ZoneInfo) -> bool:
        day = max(as_of, date(MINYEAR + 1, 1, 1))
        first = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
        last = datetime(min(day.year + _YEARS_AHEAD, MAXYEAR - 1), 12, 31, tzinfo=UTC)
        try:
            return any(self._between(first, last, zone))
        except TooMuchWorkError:
            return True

    def _between(self, first: datetime, last: datetime, zone: ZoneInfo) -> Iterator[Span]:
        if zone.key not in self._single_spans:
            self._single_spans[zone.key] = [span_of(event, zone) for event in self._single]
        work = Work(MAX_STEPS)
        repeated = (series.spans(first, last, zone, work) for series in self._series)
        for span in chain(self._single_spans[zone.key], chain.from_iterable(repeated)):
            if max(first, span[0]) < min(last, span[1]):
                yield span


def read_busy(
    data: bytes | str,
    name: str | None = None,
    *,
    zones: Mapping[str, str] | None = None,
    since: date | None = None,
) -> BusyCalendar:
    """Read a calendar whose events leave no room for a session.

    It is an iCalendar file, or a FHIR R4 Bundle of appointments or slots.

    An event that cannot be read whole takes the whole days that it may mean, or is left out
    where it cannot matter; the calendar's `findings` say so, and so does every plan.

    Args:
        data: The content of the file.
        name: What to call it when it is refused.
        zones: What its names of time zones mean, as IANA names, where nobody else knows them.
        since: The first day that matters; events that are surely over before it need not be
            readable.

    Raises:
        InputError: When it is no calendar, uses an unknown zone, repeats by a rule that cannot
            be read, or is larger than 10 MB, 20,000 events, 10,000 of them to come, or 50,000
            single times.

    >>> from zoneinfo import ZoneInfo
    >>> calendar = read_busy('''BEGIN:VCALENDAR
    ... VERSION:2.0
    ... PRODID:example
    ... BEGIN:VEVENT
    ... UID:1
    ... DTSTART:20261201T090000Z
    ... DTEND:20261201T103000Z
    ... END:VEVENT
    ... END:VCALENDAR
    ... ''')
    >>> [f"{start:%H:%M}-{end:%H:%M}" for start, end in calendar.spans(2026, ZoneInfo("UTC"))]
    ['09:00-10:30']
    """
    content = data.encode() if isinstance(data, str) else data
    return _known(content, name, tuple(sorted((zones or {}).items())), since)


@lru_cache(maxsize=8)
def _known(
    data: bytes, name: str | None, zones: tuple[tuple[str, str], ...], since: date | None
) -> BusyCalendar:
    return BusyCalendar(data, name, zones, since)


def _read(
    data: bytes, name: str | None, zones: Mapping[str, str], since: date | None
) -> tuple[list[CalendarEvent], Report]:
    if len(data) > MAX_BYTES:
        _too_large(name, f"It is larger than {MAX_BYTES // 10**6} MB.")
    if is_record(data):
        data = as_calendar(data, name)
    try:
        text = CalendarText(data)
        events, tables = text.components("VEVENT"), text.components("VFREEBUSY")
        if len(events) + len(tables) > MAX_EVENTS:
            _too_large(name, f"It holds more than {MAX_EVENTS:,} events.")
        report = Report(text, name)
        reader = EventReader(Zones(text.components("VTIMEZONE"), zones), report, since)
        reader.read(events, tables)
    except ValueError:
        remedy = "Export it again as iCalendar (.ics)."
        _refuse("bad_calendar", "It is no calendar that can be read.", name, remedy)
    except TooMuchWorkError:
        problem = f"More than {MAX_COMING:,} events of it are to come, or it names more than"
        _too_large(name, f"{problem} {MAX_DATES:,} single times, or as much besides.")
    report.check()
    return reader.events, report


def _too_large(name: str | None, problem: str) -> NoReturn:
    _refuse("too_large", problem, name, "Export fewer months.")


def _refuse(code: str, problem: str, name: str | None, remedy: str) -> NoReturn:
    raise InputError.of(code, problem, field="busy", value=name, remedy=remedy) from None


def _by_name(events: Sequence[CalendarEvent]) -> tuple[list[CalendarEvent], list[Series]]:
    """Return busy events that stand alone and come once, and the others by what they share."""
    names = Counter(event.uid for event in events)
    single = list[CalendarEvent]()
    named: dict[object, list[CalendarEvent]] = {}
    for event in events:
        if not event.comes_once or (event.uid and names[event.uid] > 1):
            # Each without a name stands alone.
            named.setdefault(event.uid or object(), []).append(event)
        elif event.is_busy:
            single.append(event)
    return single, [Series(known) for known in named.values()]
