"""Read a calendar file (iCalendar, RFC 5545) down to the times of its events.

A file comes from a stranger. An event that can be read in part takes the whole days that it
may mean; one that cannot matter, or names no day, is left out; either is remarked upon. Only
what could mean any day refuses the file, by the event's name and line.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Literal, NamedTuple, NoReturn

from meso_schedule.availability.calendar_lines import CalendarText, Part, Property, UnbalancedError
from meso_schedule.availability.calendar_values import (
    DAY,
    Length,
    Moment,
    at_midnight,
    length_between,
    read_length,
    read_list,
    read_moment,
    read_period,
    readable_day,
)
from meso_schedule.availability.calendar_zones import TooManyChangesError, UnknownZoneError, Zones
from meso_schedule.availability.repeat_limits import Rule, read_rule
from meso_schedule.base.errors import Fault, InputError

MAX_BYTES = 10_000_000
MAX_EVENTS = 20_000
MAX_DATES = 100_000
_MOST_FAULTS = 20
_UID_WIDTH = 60
_PLAIN = re.compile(r":([0-9]{8})(?:T[0-9]{6}Z?)?\s*$")

_TIMES = ("DTSTART", "DTEND", "DURATION")
_MOMENTS = ("DTSTART", "DTEND", "RECURRENCE-ID")
_SERIES = ("RRULE", "RDATE", "RECURRENCE-ID")


class CalendarEvent(NamedTuple):
    """The times of an event.

    Args:
        uid: What its versions and moved instances share; None when it stands alone.
        sequence: Its version.
        is_busy: Whether it takes its time.
        start: When it begins.
        length: How long it lasts; backwards where it ends before it begins.
        takes_days: Whether it takes every day of the clinic's that it touches.
        rules: How it repeats.
        dates: Further times it is on, with lengths of their own where they have one.
        left_out: Times it is not on; a day is all of that day.
        instance: Which time of the series it stands for; None for the series itself.
        is_onwards: Whether it stands for all later times too.
    """

    uid: str | None
    sequence: int
    is_busy: bool
    start: Moment
    length: Length
    takes_days: bool = False
    rules: tuple[Rule, ...] = ()
    dates: tuple[tuple[Moment, Length | None], ...] = ()
    left_out: tuple[Moment, ...] = ()
    instance: Moment | None = None
    is_onwards: bool = False


class CalendarRemark(NamedTuple):
    """What could not be read of an event.

    Args:
        kind: It is left out, it takes whole days, or a part of it is not counted.
        uid: Which event; None where it has no name.
        line: The line of the file on which it begins.
        names: The properties that could not be read.
    """

    kind: Literal["no_day", "idle", "whole_days", "in_part"]
    uid: str | None
    line: int
    names: tuple[str, ...] = ()


class CalendarTimes(NamedTuple):
    """What a calendar file says of times.

    Args:
        events: Its events, and the busy periods of its free/busy tables.
        remarks: What could not be read.
    """

    events: list[CalendarEvent]
    remarks: list[CalendarRemark]


def read_times(
    data: bytes, name: str | None, zones: Mapping[str, str], since: date | None
) -> CalendarTimes:
    """Read the content of a calendar file.

    Args:
        data: The content.
        name: What to call the file.
        zones: The IANA zones that its names of zones mean.
        since: The first day that matters; events that are surely over before need not be whole.

    Raises:
        InputError: When it is no calendar, an event could be on any day, or it is larger than
            any that makes sense.
    """
    if len(data) > MAX_BYTES:
        _too_large(name, f"It is larger than {MAX_BYTES // 10**6} MB.")
    text = CalendarText(data)
    try:
        calendars = text.calendars()
    except UnbalancedError:
        remedy = "Export it again as iCalendar (.ics)."
        _refuse("bad_calendar", "It is no calendar that can be read.", name, remedy)
    parts = {
        kind: [part for calendar in calendars for part in calendar.walk(kind)]
        for kind in ("VTIMEZONE", "VEVENT", "VFREEBUSY")
    }
    if len(parts["VEVENT"]) + len(parts["VFREEBUSY"]) > MAX_EVENTS:
        _too_large(name, f"It holds more than {MAX_EVENTS:,} events.")
    reader = _EventReader(text, Zones(parts["VTIMEZONE"], zones), since)
    events = parts["VEVENT"] if since is None else _not_over(parts["VEVENT"], since)
    try:
        for part in events:
            reader.read(part, reader.event)
        for part in parts["VFREEBUSY"]:
            reader.read(part, reader.table)
    except TooManyChangesError:
        _too_large(name, "Its time zones change their clocks too often.")
    except _TooManyDatesError:
        _too_large(name, f"It names more than {MAX_DATES:,} single times.")
    if reader.faults:
        raise InputError(replace(fault, value=name) for fault in reader.faults[:_MOST_FAULTS])
    return CalendarTimes(reader.events, reader.remarks)


def _too_large(name: str | None, problem: str) -> NoReturn:
    _refuse("too_large", problem, name, "Export fewer months.")


def _refuse(code: str, problem: str, name: str | None, remedy: str) -> NoReturn:
    raise InputError.of(code, problem, field="busy", value=name, remedy=remedy) from None


class _TooManyDatesError(Exception):
    """More single times than any calendar names that makes sense."""


class _EventReader:
    """Reads the parts of one file, and gathers what cannot be read."""

    def __init__(self, text: CalendarText, zones: Zones, since: date | None) -> None:
        self._text = text
        self._zones = zones
        self._since = since
        self._dates = 0
        self._unknown: set[str] = set()
        self.events: list[CalendarEvent] = []
        self.remarks: list[CalendarRemark] = []
        self.faults: list[Fault] = []

    def read(self, part: Part, read: Callable[[Part], None]) -> None:
        """Read an event or a table; one that cannot matter need not be readable."""
        try:
            read(part)
        except UnknownZoneError as error:
            if not self._is_idle(part):
                self._refuse_zone(part, error.name)
        except ValueError:
            if self._is_idle(part):
                self._remark("idle", part, "RRULE")
            else:
                self._refuse_rule(part)

    def event(self, part: Part) -> None:
        """Read an event."""
        doubts = list[str]()
        instance = self._moment(part, "RECURRENCE-ID", doubts)
        sequence = _sequence(part, doubts)
        # Which series it belongs to, or which version it is, is not known then.
        is_alone = bool(doubts)
        start = self._moment(part, "DTSTART", doubts)
        days: list[Moment] = [start] if start else list(_readable_days(part))
        if not days:
            self._remark("no_day", part)
            return
        if start is None and "DTSTART" not in doubts:
            doubts.append("DTSTART")
        start, length, takes_days = self._span(part, days[0], doubts)
        is_busy = not _is_free(part)
        rules = tuple(read_rule(line.value) for line in part.properties("RRULE"))
        dates, more = self._further(part, start, doubts)
        event = CalendarEvent(
            None if is_alone else part.text("UID") or None,
            sequence,
            is_busy,
            start,
            length,
            takes_days,
            rules,
            dates,
            tuple(self._moments(part, "EXDATE", doubts)),
            None if is_alone else instance,
            _is_onwards(part),
        )
        self.events.append(event)
        self.events += (CalendarEvent(None, 0, is_busy, day, Length(DAY)) for day in more)
        self.events += (
            CalendarEvent(None, 0, is_busy, day, Length(DAY), rules=rules) for day in days[1:]
        )
        self._doubt(part, doubts)

    def table(self, part: Part) -> None:
        """Read the busy periods of a free/busy table."""
        for line in part.properties("FREEBUSY"):
            if line.parameters.get("FBTYPE", "").upper() != "FREE":
                for value in self._values(line):
                    self._period(part, value)

    def _period(self, part: Part, value: Property) -> None:
        try:
            start, length = read_period(value, self._zones)
        except ValueError:
            day = readable_day(value)
            self._remark("whole_days" if day else "no_day", part, "FREEBUSY")
            if day is None:
                return
            start, length = day, Length(DAY)
        self.events.append(CalendarEvent(None, 0, True, start, length))

    def _moment(self, part: Part, name: str, doubts: list[str]) -> Moment | None:
        """Return the only value of a property; one that cannot be read is doubted."""
        if name not in part.lines:
            return None
        try:
            (line,) = part.properties(name)
            return read_moment(line, self._zones)
        except ValueError:
            doubts.append(name)
            return None

    def _moments(self, part: Part, name: str, doubts: list[str]) -> Iterator[Moment]:
        for line in part.properties(name):
            for value in self._values(line):
                try:
                    yield read_moment(value, self._zones)
                except ValueError:
                    doubts.append(name)

    def _values(self, line: Property) -> list[Property]:
        values = read_list(line)
        self._dates += len(values)
        if self._dates > MAX_DATES:
            raise _TooManyDatesError
        return values

    def _span(self, part: Part, start: Moment, doubts: list[str]) -> tuple[Moment, Length, bool]:
        """Return when an event begins, how long it lasts, and whether it takes whole days."""
        end = None if "DTSTART" in doubts else self._moment(part, "DTEND", doubts)
        if end is not None:
            start = at_midnight(start, end) if isinstance(end, datetime) else start
            return start, _of_days(start, length_between(start, end)), False
        length = _length(part, doubts)
        if any(name in _TIMES for name in doubts):
            is_timed = isinstance(start, datetime)
            return start, _of_days(start, _days_meant(part, start, length)), is_timed
        if length.elapsed:
            start = at_midnight(start, start)
        return start, _of_days(start, length), False

    def _further(
        self, part: Part, start: Moment, doubts: list[str]
    ) -> tuple[tuple[tuple[Moment, Length | None], ...], list[date]]:
        """Return the times that an event is on besides, and the days of those half readable."""
        if "RDATE" not in part.lines:
            return (), []
        dates, days = list[tuple[Moment, Length | None]](), list[date]()
        for line in part.properties("RDATE"):
            for value in self._values(line):
                try:
                    dates.append(self._date(value))
                except ValueError:
                    doubts.append("RDATE")
                    days += filter(None, [readable_day(value)])
        if isinstance(start, datetime):
            # Which time of the day is meant is not said.
            days += [day for day, _ in dates if not isinstance(day, datetime)]
            dates = [entry for entry in dates if isinstance(entry[0], datetime)]
        return tuple(dates), days

    def _date(self, value: Property) -> tuple[Moment, Length | None]:
        if "/" in value.value:
            return read_period(value, self._zones)
        return read_moment(value, self._zones), None

    def _doubt(self, part: Part, doubts: list[str]) -> None:
        names = tuple(dict.fromkeys(doubts))
        if names and self._is_idle(part):
            self._remark("idle", part, *names)
            return
        times = [name for name in names if name in _TIMES]
        others = [name for name in names if name not in _TIMES]
        if times:
            self._remark("whole_days", part, *times)
        if others:
            self._remark("in_part", part, *others)

    def _remark(
        self, kind: Literal["no_day", "idle", "whole_days", "in_part"], part: Part, *names: str
    ) -> None:
        self.remarks.append(CalendarRemark(kind, shown_uid(part), self._text.line_of(part), names))

    def _is_idle(self, part: Part) -> bool:
        """Tell whether an event takes no time that matters: it is free or surely over."""
        return _is_free(part) or (self._since is not None and _is_over(part, self._since))

    def _refuse_zone(self, part: Part, zone: str) -> None:
        if zone not in self._unknown:
            self._unknown.add(zone)
            problem = f"{self._called(part)} uses the time zone {zone[:80]!r}, which is not known."
            remedy = (
                f"Say which it is, for example --zone '{zone[:80]}=Europe/Berlin', or under"
                " [zones] in the clinic file."
            )
            self.faults.append(Fault("unknown_zone", problem, None, "busy", None, remedy))

    def _refuse_rule(self, part: Part) -> None:
        problem = f"{self._called(part)} repeats by a rule that cannot be read."
        remedy = "Export it again as iCalendar (.ics), or take that event out of the file."
        self.faults.append(Fault("bad_calendar", problem, None, "busy", None, remedy))

    def _called(self, part: Part) -> str:
        uid = shown_uid(part)
        return f"The event {uid or 'without UID'} on line {self._text.line_of(part)}"


def shown_uid(part: Part) -> str | None:
    """Return the name of an event as it can be shown; None where it has none."""
    uid = "".join(sign for sign in part.text("UID") or "" if sign.isprintable())
    return uid[:_UID_WIDTH] or None


def _is_free(part: Part) -> bool:
    return any(
        name in part.lines and {line.value.upper() for line in part.properties(name)} == {free}
        for name, free in (("STATUS", "CANCELLED"), ("TRANSP", "TRANSPARENT"))
    )


def _is_onwards(part: Part) -> bool:
    ranges = (line.parameters.get("RANGE", "") for line in part.properties("RECURRENCE-ID"))
    return any(text.upper() == "THISANDFUTURE" for text in ranges)


def _is_over(part: Part, since: date) -> bool:
    days = [day for name in _MOMENTS for day in _days_of(part, name)]
    if not days or any(name in part.lines for name in _SERIES):
        return False
    length = _length(part, [])
    # Zones differ by a day at most.
    return max(days).toordinal() + (length.wall + length.elapsed).days + 3 < since.toordinal()


def _not_over(parts: list[Part], since: date) -> list[Part]:
    """Leave out events that ended before, told by a look at their lines alone.

    One that shares its name may be the version that counts.
    """
    names = Counter(name for part in parts for name in part.lines.get("UID", ()))
    return [
        part
        for part in parts
        if not _was_over(part, since) or any(names[name] > 1 for name in part.lines.get("UID", ()))
    ]


def _was_over(part: Part, since: date) -> bool:
    """Tell whether an event is simple enough to see at a look that it was over."""
    lines = part.lines
    if "DTSTART" not in lines or "DURATION" in lines or any(name in lines for name in _SERIES):
        return False
    days = [_plain_day(line) for line in (*lines["DTSTART"], *lines.get("DTEND", ()))]
    # Zones differ by a day at most.
    return all(day and day.toordinal() + 2 < since.toordinal() for day in days)


def _plain_day(line: str) -> date | None:
    found = _PLAIN.search(line)
    return readable_day(Property(found[1], {})) if found else None


def _sequence(part: Part, doubts: list[str]) -> int:
    text = part.text("SEQUENCE")
    if text is None:
        return -1
    if text.isascii() and text.isdecimal() and len(text) < 10:
        return int(text)
    doubts.append("SEQUENCE")
    return -1


def _length(part: Part, doubts: list[str]) -> Length:
    if "DURATION" not in part.lines:
        return Length()
    try:
        (line,) = part.properties("DURATION")
        return read_length(line.value)
    except ValueError:
        doubts.append("DURATION")
        return Length()


def _of_days(start: Moment, length: Length) -> Length:
    """Return the length of what begins then: whole days are one at least."""
    return length if isinstance(start, datetime) or length != Length() else Length(DAY)


def _days_meant(part: Part, start: Moment, length: Length) -> Length:
    """Return the longest that an event can last of which not every time can be read."""
    first = start.date() if isinstance(start, datetime) else start
    days = max([first, *_days_of(part, "DTEND")]) - first
    if not isinstance(start, datetime):
        days += DAY
    return Length(max(days, length.wall + length.elapsed))


def _readable_days(part: Part) -> list[date]:
    """Return the days that an event may be on; starts tell it, where one can be read."""
    return next(filter(None, (_days_of(part, name) for name in _MOMENTS)), [])


def _days_of(part: Part, name: str) -> list[date]:
    found = (readable_day(line, is_end=name == "DTEND") for line in part.properties(name))
    return sorted(set(filter(None, found)))
