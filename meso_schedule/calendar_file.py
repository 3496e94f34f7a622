"""Read a calendar file (iCalendar, RFC 5545) down to the times of its events.

What an event is about, where and with whom, is forgotten at once.
"""

import warnings
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple, NoReturn

from meso_schedule.errors import InputError
from meso_schedule.repeats import is_hopeless

MAX_BYTES = 10_000_000
MAX_EVENTS = 20_000
# Hours of a duration are elapsed time, days are not; an expansion would take both for wall time.
ELAPSED = "X-MESO-ELAPSED"

_TIMES = ("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")
_KEPT = (*_TIMES, "UID", "SEQUENCE", "STATUS", "TRANSP")
_ONCE = ("DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "RRULE")
_ZONED = ("DTSTART", "DTEND", "RDATE", "EXDATE", "RECURRENCE-ID")

# The types of icalendar tell less than is known here of a component and its values.
Component = Any


class CalendarTimes(NamedTuple):
    """What a calendar file says of times.

    Args:
        events: Its events, with nothing but their times.
        periods: The busy periods of its free/busy tables.
    """

    events: list[Component]
    periods: list[tuple[datetime, datetime]]


def read_times(data: bytes, name: str | None) -> CalendarTimes:
    """Read the content of a calendar file.

    Raises:
        InputError: When it is no calendar, is broken, or is larger than any that makes sense.
    """
    _check_size(data, name)
    calendars = _parsed(data, name)
    events = [_bare(event) for calendar in calendars for event in calendar.walk("VEVENT")]
    tables = [table for calendar in calendars for table in calendar.walk("VFREEBUSY")]
    if any(map(_is_broken, (*events, *tables))):
        refuse_broken(name)
    if zone := next(filter(None, map(_unknown_zone, events)), None):
        problem = f"It uses the time zone {zone}, which is defined nowhere."
        _refuse("unknown_zone", problem, name, "Export it again with its time zones.")
    return CalendarTimes(events, [period for table in tables for period in _periods(table)])


def refuse_broken(name: str | None) -> NoReturn:
    """Refuse a file that is no calendar; its parser's words may tell what is in it."""
    remedy = "Export it again as iCalendar (.ics)."
    _refuse("bad_calendar", "It is no calendar that can be read.", name, remedy)


def _check_size(data: bytes, name: str | None) -> None:
    if len(data) > MAX_BYTES:
        problem = f"It is larger than {MAX_BYTES // 10**6} MB."
        _refuse("too_large", problem, name, "Export fewer months.")
    if data.count(b"BEGIN:VEVENT") + data.count(b"BEGIN:VFREEBUSY") > MAX_EVENTS:
        problem = f"It holds more than {MAX_EVENTS:,} events."
        _refuse("too_large", problem, name, "Export fewer months.")


def _parsed(data: bytes, name: str | None) -> list[Component]:
    from icalendar import Calendar
    from icalendar.timezone import tzp

    # Otherwise the zones of a calendar read earlier would hold in this one.
    tzp.use_default()
    try:
        text = data.decode("utf-8-sig")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            calendars: list[Component] = Calendar.from_ical(text, multiple=True)
            if any(_unknown_zone(event) for one in calendars for event in one.walk("VEVENT")):
                # A zone may stand after the events that use it: by now it is known.
                calendars = Calendar.from_ical(text, multiple=True)
    except Exception:  # a stranger's file can break the parser in any way
        refuse_broken(name)
    if not calendars or len(calendars) != text.upper().count("BEGIN:VCALENDAR"):
        refuse_broken(name)  # cut short
    return calendars


def _bare(event: Component) -> Component:
    bare = type(event)()
    for key in _KEPT:
        if key in event:
            bare[key] = event[key]
    bare.errors = [error for error in event.errors if error[0] in _TIMES]
    if hasattr(bare.get("DURATION"), "dt"):
        bare[ELAPSED] = str(bare["DURATION"].dt.seconds)
    return bare


def _is_broken(part: Component) -> bool:
    if part.errors or any(isinstance(part.get(key), list) for key in _ONCE):
        return True
    return "RRULE" in part and is_hopeless(part["RRULE"])


def _unknown_zone(event: Component) -> str | None:
    """Return the name of a zone that could not be found: its times came without one."""
    for key in _ZONED:
        values = event.get(key, [])
        for value in values if isinstance(values, list) else [values]:
            zone = getattr(value, "params", {}).get("TZID")
            for entry in getattr(value, "dts", [value]) if zone else ():
                if getattr(getattr(entry, "dt", None), "tzinfo", zone) is None:
                    return str(zone)
    return None


def _periods(table: Component) -> Iterator[tuple[datetime, datetime]]:
    values = table.get("FREEBUSY", [])
    for value in values if isinstance(values, list) else [values]:
        if str(value.params.get("FBTYPE", "BUSY")).upper() != "FREE":
            yield value.start, value.end


def _refuse(code: str, problem: str, name: str | None, remedy: str) -> NoReturn:
    raise InputError.of(code, problem, field="busy", value=name, remedy=remedy) from None
