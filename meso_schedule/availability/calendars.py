"""Busy times of a calendar file: its events, repeated as they say, year by year.

Opaque events and busy periods block their time; cancelled and transparent events do not.
The file's own time zones hold where their names are not known to the world; times without a
zone, and whole days, are those of the clinic.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from meso_schedule.availability.calendar_file import CalendarEvent, CalendarRemark, read_times
from meso_schedule.availability.calendar_series import Series
from meso_schedule.base.busy_times import Span
from meso_schedule.base.errors import CalendarEndError, InputError
from meso_schedule.base.phrases import Phrase, joined, phrase
from meso_schedule.course.course_plan import Finding

MAX_STEPS = 50_000
# More would tell no more: the file is broken as a whole.
_MOST_REMARKS = 20
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
        events, self._remarks = read_times(data, name, dict(zones), since)
        self._series = _series_of(events)
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
            self._check_steps(first, last, zone)
            found = (series.spans(first, last, zone) for series in self._series)
            self._years[key] = [span for spans in found for span in spans]
        return self._years[key]

    def findings(self, as_of: date, zone: ZoneInfo) -> Iterator[Finding]:
        """Say what could not be read, and whether nothing takes any time.

        Args:
            as_of: The day of asking.
            zone: The clinic's.
        """
        for remark in self._remarks[:_MOST_REMARKS]:
            yield Finding(kind=_KINDS[remark.kind], message=self._sentence(remark))
        if (more := len(self._remarks) - _MOST_REMARKS) > 0:
            message = phrase(
                "Calendar {name}: of further events, {count} cannot be read whole.",
                name=self._shown,
                count=more,
            )
            yield Finding(kind="calendar_unreadable", message=message)
        if not self._takes_time(as_of, zone):
            message = phrase(
                "Calendar {name} takes no time: no busy event of it is still to come.",
                name=self._shown,
            )
            yield Finding(kind="calendar_blocks_nothing", message=message)

    @property
    def _shown(self) -> str:
        """The file's name without its folders, which are nobody's business."""
        name = re.split(r"[/\\]", self._name or "")[-1]
        shown = "".join(sign for sign in name if sign.isprintable())
        return shown or phrase("without a name")

    def _sentence(self, remark: CalendarRemark) -> Phrase:
        values = {
            "name": self._shown,
            "line": remark.line,
            "uid": remark.uid or phrase("without UID"),
        }
        names = joined(remark.names)
        if remark.kind == "no_day":
            return phrase(
                "Calendar {name}, line {line}: the event {uid} names no day that can be read and"
                " is left out.",
                **values,
            )
        if remark.kind == "idle":
            return phrase(
                "Calendar {name}, line {line}: the event {uid} cannot be read whole and is left"
                " out: it is free, called off or over.",
                **values,
            )
        if remark.kind == "whole_days":
            return phrase(
                "Calendar {name}, line {line}: the event {uid} takes whole days, since its"
                " {properties} cannot be read.",
                properties=names,
                **values,
            )
        return phrase(
            "Calendar {name}, line {line}: of the event {uid}, {properties} cannot be read and is"
            " not counted.",
            properties=names,
            **values,
        )

    def _takes_time(self, as_of: date, zone: ZoneInfo) -> bool:
        day = max(as_of, date(MINYEAR + 1, 1, 1))
        first = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
        last = datetime(min(day.year + _YEARS_AHEAD, MAXYEAR - 1), 12, 31, tzinfo=UTC)
        return any(
            series.steps(first, last, zone) > MAX_STEPS or any(series.spans(first, last, zone))
            for series in self._series
        )

    def _check_steps(self, first: datetime, last: datetime, zone: ZoneInfo) -> None:
        if sum(series.steps(first, last, zone) for series in self._series) > MAX_STEPS:
            problem = f"Its events repeat more than {MAX_STEPS:,} times up to {last.year}."
            remedy = "End the repetitions, or leave those events out."
            raise InputError.of(
                "endless_calendar", problem, field="busy", value=self._name, remedy=remedy
            )


def read_busy(
    data: bytes | str,
    name: str | None = None,
    *,
    zones: Mapping[str, str] | None = None,
    since: date | None = None,
) -> BusyCalendar:
    """Read a calendar file whose events leave no room for a session.

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
            be read, or is larger than 10 MB, 20,000 events or 100,000 single times.

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


def _series_of(events: Iterable[CalendarEvent]) -> list[Series]:
    """Return the events by what they share; each without a name stands alone."""
    named: dict[str, list[CalendarEvent]] = {}
    alone = list[Series]()
    for event in events:
        if event.uid is None:
            alone.append(Series([event]))
        else:
            named.setdefault(event.uid, []).append(event)
    return [*alone, *map(Series, named.values())]


_KINDS = {
    "no_day": "calendar_event_left_out",
    "idle": "calendar_event_left_out",
    "whole_days": "calendar_event_whole_days",
    "in_part": "calendar_event_in_part",
}
