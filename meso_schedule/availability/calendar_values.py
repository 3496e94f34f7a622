"""The values of a calendar file: moments, lengths, and what can be made of unreadable ones."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from meso_schedule.availability.calendar_lines import Property
from meso_schedule.availability.calendar_zones import Zones

# A day, a time on the clinic's clock, or a time of a zone.
Moment = date | datetime

DAY = timedelta(days=1)
_LONGEST = 36_525 * DAY
_TIME = re.compile(r"([0-9]{8})T([0-9]{2})([0-9]{2})([0-9]{2})?(Z?)")
_DAY = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})")
_MIDNIGHT = re.compile(r".{8,10}T00:?00(:?00)?Z?$")
_LENGTH = re.compile(
    r"([+-])?P(?=.)(?:([0-9]{1,9})W)?(?:([0-9]{1,9})D)?"
    r"(?:T(?=.)(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})S)?)?"
)


class Length(NamedTuple):
    """How long something lasts.

    Args:
        wall: Time that the clock tells.
        elapsed: Time that passes, on top; a change of the clock makes it end at another time.
    """

    wall: timedelta = timedelta()
    elapsed: timedelta = timedelta()


def read_moment(line: Property, zones: Zones) -> Moment:
    """Read a day or a time.

    A day is a day of the clinic's, whatever zone is named beside it.

    Raises:
        ValueError: When it cannot be read.
        UnknownZoneError: When its zone is unknown.
    """
    text = line.value.upper()
    if line.parameters.get("VALUE", "").upper() == "DATE" or len(text) == 8:
        return _date(text[:8])
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(text)
    # A second may be the 60th, when the world's clock waits for the earth.
    clock = time(int(found[2]), int(found[3]), min(59, int(found[4] or 0)))
    moment = datetime.combine(_date(found[1]), clock)
    if found[5]:
        return moment.replace(tzinfo=UTC)
    name = line.parameters.get("TZID")
    return moment if name is None else moment.replace(tzinfo=zones.find(name))


def read_list(line: Property) -> list[Property]:
    """Return the values of a line that may hold several."""
    return [Property(value.strip(), line.parameters) for value in line.value.split(",")]


def read_length(text: str) -> Length:
    """Read how long something lasts: days are days on the calendar, hours are elapsed time.

    Raises:
        ValueError: When it cannot be read or is longer than any calendar.
    """
    found = _LENGTH.fullmatch(text.strip().upper())
    if found is None:
        raise ValueError(text)
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    sign = -1 if found[1] == "-" else 1
    try:
        wall = sign * timedelta(weeks=weeks, days=days)
        elapsed = sign * timedelta(hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        raise ValueError(text) from None
    if abs(wall) + abs(elapsed) > _LONGEST:
        raise ValueError(text)
    return Length(wall, elapsed)


def read_period(line: Property, zones: Zones) -> tuple[Moment, Length]:
    """Read a period, `start/end` or `start/length`.

    Raises:
        ValueError: When it cannot be read.
        UnknownZoneError: When its zone is unknown.
    """
    start, _, end = line.value.partition("/")
    first = read_moment(Property(start.strip(), line.parameters), zones)
    if end.strip()[:1].upper() in ("P", "+", "-"):
        return first, read_length(end)
    return first, length_between(first, read_moment(Property(end.strip(), line.parameters), zones))


def length_between(start: Moment, end: Moment) -> Length:
    """Return the time from one moment to another as the clock tells it.

    Where one of them says less of its zone, the other's holds for both.
    """
    if not isinstance(start, datetime) and not isinstance(end, datetime):
        return Length(end - start)
    return Length(at_midnight(end, start) - at_midnight(start, end))


def at_midnight(moment: Moment, other: Moment) -> datetime:
    """Return a moment as a time, in the zone of another one where it has none."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    zone = other.tzinfo if isinstance(other, datetime) else None
    return moment if moment.tzinfo or zone is None else moment.replace(tzinfo=zone)


def readable_day(line: Property, *, is_end: bool = False) -> date | None:
    """Return the day of a moment that cannot be read whole; None when not even that can.

    Args:
        line: The moment.
        is_end: Whether it ends something: midnight means the day before.
    """
    found = _DAY.match(line.value)
    try:
        day = _date("".join(found.groups()) if found else "")
    except ValueError:
        return None
    return day - DAY if is_end and _MIDNIGHT.match(line.value.upper()) else day


def _date(text: str) -> date:
    if len(text) != 8 or not text.isascii() or not text.isdecimal():
        raise ValueError(text)
    # Some write the last year there is for no end: in another zone it would lie outside it.
    return date(min(max(int(text[:4]), 2), 9998), int(text[4:6]), int(text[6:]))
