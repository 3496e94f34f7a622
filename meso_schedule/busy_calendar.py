"""Busy times of a calendar file: its events, repeated as they say, year by year.

Opaque events and busy periods block their time; cancelled and transparent events do not.
The file's own time zones hold where their names are not known to the world; times without a
zone, and whole days, are those of the clinic.
"""

from collections.abc import Iterable, Iterator
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from meso_schedule.busy import Span, widest
from meso_schedule.calendar_file import ELAPSED, Component, read_times, refuse_broken
from meso_schedule.errors import CalendarEndError, InputError
from meso_schedule.repeats import repeats

if TYPE_CHECKING:
    from recurring_ical_events import CalendarQuery

MAX_REPEATS = 1_000_000
MAX_REPEATS_A_YEAR = 100_000

# Zones differ by a day at most; what is found beside the year does no harm.
_WIDER = timedelta(days=3)


class BusyCalendar:
    """The busy times of a calendar file, worked out year by year as they are asked for."""

    def __init__(self, data: bytes, name: str | None) -> None:
        self._data = data
        self._name = name
        self._events, self._periods = read_times(data, name)
        self._query = _query(self._events, name)
        self._years: dict[tuple[int, str], list[Span]] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        # A worker process reads a calendar once, not once a chunk of jobs.
        return _known, (self._data, self._name)

    def spans(self, year: int, zone: ZoneInfo) -> Iterable[Span]:
        """Return the busy times that touch a year of a zone.

        Raises:
            InputError: When events repeat without a bound that makes sense.
        """
        key = year, zone.key
        if key not in self._years:
            self._check_repeats(year)
            periods = (_span(start, end, zone) for start, end in self._periods)
            self._years[key] = [*self._expanded(year, zone), *periods]
        return self._years[key]

    def _expanded(self, year: int, zone: ZoneInfo) -> Iterator[Span]:
        if year in (MINYEAR, MAXYEAR):
            raise CalendarEndError(date(year, 1, 1), "busy times")
        first = datetime(year, 1, 1, tzinfo=UTC) - _WIDER
        last = datetime(year, 12, 31, tzinfo=UTC) + _WIDER
        try:
            found = [event for event in self._query.between(first, last) if _is_busy(event)]
            spans = [_event_span(event, zone) for event in found]
        except Exception:  # a stranger's file can break the parser in any way
            refuse_broken(self._name)
        yield from spans

    def _check_repeats(self, year: int) -> None:
        begin, end = date(year, 1, 1), date(year, 12, 31)
        counts = [repeats(event, begin, end) for event in self._events if "RRULE" in event]
        for number, most, when in (
            (sum(count.in_all for count in counts), MAX_REPEATS, f"up to {year}"),
            (sum(count.of_year for count in counts), MAX_REPEATS_A_YEAR, f"in {year}"),
        ):
            if number > most:
                problem = f"Its events repeat more than {most:,} times {when}."
                remedy = "End the repetitions, or leave those events out."
                raise InputError.of(
                    "endless_calendar", problem, field="busy", value=self._name, remedy=remedy
                )


def read_busy(data: bytes | str, name: str | None = None) -> BusyCalendar:
    """Read a calendar file whose events leave no room for a session.

    Args:
        data: The content of the file.
        name: What to call it when it is refused.

    Raises:
        InputError: When it is no calendar, is broken, or is larger than 10 MB or 20,000 events.

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
    return _known(data.encode() if isinstance(data, str) else data, name)


@lru_cache(maxsize=8)
def _known(data: bytes, name: str | None) -> BusyCalendar:
    return BusyCalendar(data, name)


def _query(events: Iterable[Component], name: str | None) -> "CalendarQuery":
    from icalendar import Calendar
    from recurring_ical_events import CalendarQuery

    calendar = Calendar()
    for event in events:
        calendar.add_component(event)
    try:
        return CalendarQuery(calendar)
    except Exception:  # a stranger's file can break the parser in any way
        refuse_broken(name)


def _is_busy(event: Component) -> bool:
    status, shown = str(event.get("STATUS", "")), str(event.get("TRANSP", ""))
    return status.upper() != "CANCELLED" and shown.upper() != "TRANSPARENT"


def _event_span(event: Component, zone: ZoneInfo) -> Span:
    start, end = event["DTSTART"].dt, event["DTEND"].dt
    hours = timedelta(seconds=int(event.get(ELAPSED, 0)))
    if hours and isinstance(end, datetime):
        before = end - hours
        end = before.replace(tzinfo=before.tzinfo or zone).astimezone(UTC) + hours
    return _span(start, end, zone)


def _span(start: date | datetime, end: date | datetime, zone: ZoneInfo) -> Span:
    """Return the instants between two moments; of an event that runs backwards, the same."""
    first, last = sorted((_bounds(start, zone), _bounds(end, zone)))
    return first[0], last[1]


def _bounds(moment: date | datetime, zone: ZoneInfo) -> Span:
    """Return the first and the last instant that a moment can mean."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    if moment.tzinfo is None:
        return widest(moment, moment, zone)
    return moment.astimezone(UTC), moment.astimezone(UTC)
