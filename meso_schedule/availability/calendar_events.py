"""The events of a calendar file (iCalendar, RFC 5545), down to their times.

A file comes from a stranger. An event that can be read in part takes the whole days that it
may mean; one that cannot matter, or names no day, is left out; either is told. Only what could
mean any day refuses the file, by the event's name and line.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple, TypeVar

from meso_schedule.availability.calendar_report import Report
from meso_schedule.availability.calendar_text import (
    DAY,
    Component,
    Length,
    Moment,
    Property,
    Work,
    at_midnight,
    length_between,
)
from meso_schedule.availability.calendar_zones import UnknownZoneError, Zones
from meso_schedule.availability.recurrence import Rule, read_rule

MAX_DATES = 50_000
MAX_COMING = 10_000
# A rule costs as much to read as some dates.
_RULE = 10
_PLAIN = re.compile(r":([0-9]{8})(?:T[0-9]{6}Z?)?\s*$")

_TIMES = ("DTSTART", "DTEND", "DURATION")
_MOMENTS = ("DTSTART", "DTEND", "RECURRENCE-ID")
_SERIES = {"RRULE", "RDATE", "RECURRENCE-ID"}
_REPEATED = {*_SERIES, "EXDATE"}

Read = TypeVar("Read")


class CalendarEvent(NamedTuple):
    """The times of an event.

    Args:
        uid: What its versions and moved instances share; None when it stands alone.
        sequence: Its version.
        is_busy: Whether it takes its time.
        start: When it begins.
        length: How long it lasts; backwards where it ends before it begins.
        takes_days: Whether it takes every day of the clinic's that it touches.
        instance: Which time of a series it stands for; None for the series itself.
        is_onwards: Whether it stands for all later times too.
        rules: How it repeats.
        dates: Further times it is on, with lengths of their own where they have one.
        left_out: Times it is not on; a day is all of that day.
    """

    uid: str | None
    sequence: int
    is_busy: bool
    start: Moment
    length: Length
    takes_days: bool = False
    instance: Moment | None = None
    is_onwards: bool = False
    rules: Sequence[Rule] = ()
    dates: Sequence[tuple[Moment, Length | None]] = ()
    left_out: Sequence[Moment] = ()

    @property
    def comes_once(self) -> bool:
        """Whether it happens as it begins, and only then."""
        return not (self.rules or self.dates or self.left_out or self.instance)


class EventReader:
    """Reads the events of one file, and gathers what cannot be read.

    Args:
        zones: The zones that it may use.
        report: Where to say what cannot be read.
        since: The first day that matters; events that are surely over before need not be whole.

    Attributes:
        events: Its events, and the busy periods of its free/busy tables.
    """

    def __init__(self, zones: Zones, report: Report, since: date | None) -> None:
        self._find_zone = zones.find
        self._report = report
        # Zones differ by a day at most.
        self._first = max(since.toordinal() - 2, 1) if since else 1
        self._dates = Work(MAX_DATES)
        self.events: list[CalendarEvent] = []

    def read(self, events: list[Component], tables: list[Component]) -> None:
        """Read events and free/busy tables.

        Raises:
            TooMuchWorkError: When more are to come, or they name more single times, than any that
                make sense.
        """
        names = Counter(uid for event in events for uid in event.lines.get("UID", ()))
        coming = Work(MAX_COMING)
        for event in events:
            # One that shares its name may be the version that counts.
            is_alone = all(names[uid] == 1 for uid in event.lines.get("UID", ()))
            if not (is_alone and self._was_over(event)):
                coming.spend()
                self._read(event, self._event)
        for table in tables:
            self._read(table, self._table)

    def _was_over(self, event: Component) -> bool:
        """Tell by a look at its lines whether an event ended before the first day that matters."""
        lines = event.lines
        if "DTSTART" not in lines or "DURATION" in lines or not _SERIES.isdisjoint(lines):
            return False
        found = (_PLAIN.search(line) for name in _MOMENTS for line in lines.get(name, ()))
        days = (Property(plain[1]).day() if plain else None for plain in found)
        return all(day and day.toordinal() < self._first for day in days)

    def _read(self, component: Component, read: Callable[[Component], None]) -> None:
        """Read an event or a table; one that cannot matter need not be readable."""
        try:
            read(component)
        except UnknownZoneError as error:
            if not self._is_idle(component):
                self._report.refuse_zone(component, error.name)
        except ValueError:
            if self._is_idle(component):
                self._report.tell("idle", component)
            else:
                self._report.refuse_rule(component)

    def _event(self, event: Component) -> None:
        given = _Properties(event, self._dates)
        instance = given.only("RECURRENCE-ID", self._moment)
        sequence = given.only("SEQUENCE", _number)
        # Which series it belongs to, or which version it is, is not known then.
        uid = None if given.doubts else event.text("UID") or None
        start = given.only("DTSTART", self._moment)
        days = [start] if start else _readable_days(event)
        if not days:
            self._report.tell("no_day", event)
            return
        if start is None:
            given.doubts.append("DTSTART")
        start, length, takes_days = self._span(event, given, days[0])
        is_busy = not _is_free(event)
        read = CalendarEvent(uid, sequence or 0, is_busy, start, length, takes_days, instance)
        if not _REPEATED.isdisjoint(event.lines):
            read = self._repeated(event, given, read)
        self.events.append(read)
        for day in days[1:]:
            self.events.append(CalendarEvent(None, 0, is_busy, day, Length(DAY), rules=read.rules))
        if given.doubts:
            self._doubt(event, given.doubts)

    def _repeated(
        self, event: Component, given: "_Properties", read: CalendarEvent
    ) -> CalendarEvent:
        """Return an event with how it repeats; times of which only the day is known stand alone."""
        lines = event.properties("RRULE")
        self._dates.spend(_RULE * len(lines))
        rules = [read_rule(line.value) for line in lines]
        dates = list[tuple[Moment, Length | None]]()
        for value, found in given.each("RDATE", self._period):
            moment = found[0] if found else value.day()
            if found and isinstance(moment, datetime) == isinstance(read.start, datetime):
                dates.append(found)
            elif moment:
                self.events.append(CalendarEvent(None, 0, read.is_busy, moment, Length(DAY)))
        left_out = [moment for _, moment in given.each("EXDATE", self._moment) if moment]
        ranges = event.properties("RECURRENCE-ID")
        is_onwards = any(line.is_set("RANGE", "THISANDFUTURE") for line in ranges)
        return read._replace(rules=rules, dates=dates, left_out=left_out, is_onwards=is_onwards)

    def _table(self, table: Component) -> None:
        for value, found in _Properties(table, self._dates).each("FREEBUSY", self._period):
            start, length = found or (value.day(), None)
            if length is None:
                self._report.tell("whole_days" if start else "no_day", table, "FREEBUSY")
            if start:
                self.events.append(CalendarEvent(None, 0, True, start, length or Length(DAY)))

    def _moment(self, value: Property) -> Moment:
        return value.moment(self._find_zone)

    def _period(self, value: Property) -> tuple[Moment, Length | None]:
        return value.period(self._find_zone)

    def _span(
        self, event: Component, given: "_Properties", start: Moment
    ) -> tuple[Moment, Length, bool]:
        """Return when an event begins, how long it lasts, and whether it takes whole days."""
        end = None if "DTSTART" in given.doubts else given.only("DTEND", self._moment)
        if end is not None:
            start = at_midnight(start, end) if isinstance(end, datetime) else start
            return start, _of_days(start, length_between(start, end)), False
        length = given.only("DURATION", Property.length) or Length()
        if any(name in _TIMES for name in given.doubts):
            is_timed = isinstance(start, datetime)
            return start, _of_days(start, _days_meant(event, start, length)), is_timed
        if length.elapsed:
            start = at_midnight(start, start)
        return start, _of_days(start, length), False

    def _doubt(self, event: Component, doubts: list[str]) -> None:
        if self._report.is_full:
            self._report.count()
        elif self._is_idle(event):
            self._report.tell("idle", event)
        else:
            names = dict.fromkeys(doubts)
            if times := [name for name in names if name in _TIMES]:
                self._report.tell("whole_days", event, *times)
            if others := [name for name in names if name not in _TIMES]:
                self._report.tell("in_part", event, *others)

    def _is_idle(self, event: Component) -> bool:
        """Tell whether an event takes no time that matters: it is free or surely over."""
        if _is_free(event):
            return True
        days = [day for name in _MOMENTS for day in _days_of(event, name)]
        if not days or not _SERIES.isdisjoint(event.lines):
            return False
        length = _Properties(event, self._dates).only("DURATION", Property.length) or Length()
        # Zones differ by a day at most.
        return max(days).toordinal() + (length.wall + length.elapsed).days + 1 < self._first


class _Properties:
    """The properties of an event as they can be read; the names of those that cannot."""

    def __init__(self, event: Component, dates: Work) -> None:
        self._event = event
        self._dates = dates
        self.doubts: list[str] = []

    def only(self, name: str, read: Callable[[Property], Read]) -> Read | None:
        """Return the only property of a name as it is read; None where it cannot be."""
        if name not in self._event.lines:
            return None
        try:
            (line,) = self._event.properties(name)
            return read(line)
        except ValueError:
            self.doubts.append(name)
            return None

    def each(
        self, name: str, read: Callable[[Property], Read]
    ) -> Iterator[tuple[Property, Read | None]]:
        """Yield what all properties of a name list, and as it is read; but no free periods."""
        for line in self._event.properties(name):
            if line.is_set("FBTYPE", "FREE"):
                continue
            self._dates.spend(line.value.count(",") + 1)
            for value in line.values():
                found = None
                try:
                    found = read(value)
                except ValueError:
                    self.doubts.append(name)
                yield value, found


def _is_free(event: Component) -> bool:
    marks = event.text("STATUS").upper(), event.text("TRANSP").upper()
    return marks[0] == "CANCELLED" or marks[1] == "TRANSPARENT"


def _number(line: Property) -> int:
    if not line.value.isascii() or not line.value.isdecimal() or len(line.value) > 9:
        raise ValueError(line.value)
    return int(line.value)


def _of_days(start: Moment, length: Length) -> Length:
    """Return the length of what begins then: whole days are one at least."""
    return length if isinstance(start, datetime) or length != Length() else Length(DAY)


def _days_meant(event: Component, start: Moment, length: Length) -> Length:
    """Return the longest that an event can last of which not every time can be read."""
    first = start.date() if isinstance(start, datetime) else start
    days = max([first, *_days_of(event, "DTEND")]) - first
    if not isinstance(start, datetime):
        days += DAY
    return Length(max(days, length.wall + length.elapsed))


def _readable_days(event: Component) -> Sequence[Moment]:
    """Return the days that an event may be on; starts tell it, where one can be read."""
    return next(filter(None, (_days_of(event, name) for name in _MOMENTS)), [])


def _days_of(event: Component, name: str) -> list[date]:
    found = (line.day(is_end=name == "DTEND") for line in event.properties(name))
    return sorted(set(filter(None, found)))
