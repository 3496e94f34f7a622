"""The time zones of one calendar file: those it defines itself, those known anywhere.

A definition holds where its name is not one of the world's.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from meso_schedule.availability.calendar_lines import Part
from meso_schedule.availability.repeat_limits import Rule, read_rule, steps, times
from meso_schedule.availability.zone_names import is_of_the_world, plain_name, zone_named

# Nobody plans further ahead, and no clock is told before.
_FIRST, _LAST = datetime(1970, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001 - on each zone's clock
MAX_CHANGES = 30_000
_OFFSET = re.compile(r"([+-])([0-9]{2})([0-9]{2})([0-9]{2})?")
_MOMENT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})([0-9]{2})Z?)?")


class ClockChange(NamedTuple):
    """A change of the clock.

    Args:
        onset: When, on the clock as it was before.
        before: The offset before.
        after: The offset after.
    """

    onset: datetime
    before: timedelta
    after: timedelta


class FileZone(tzinfo):
    """A zone as a calendar file defines it.

    Args:
        name: What the file calls it.
        changes: Every change of its clock, at least one.
    """

    def __init__(self, name: str, changes: Sequence[ClockChange]) -> None:
        if not changes:
            raise ValueError(name)
        known = sorted(changes, key=lambda change: change.onset - change.before)
        self._name = name
        self._offsets = [known[0].before, *(change.after for change in known)]
        self._instants = [change.onset - change.before for change in known]
        # A time that the clock skips is told as before it, one that comes twice is the first.
        self._early = [max(it.onset, it.onset + it.after - it.before) for it in known]
        self._late = [min(it.onset, it.onset + it.after - it.before) for it in known]

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        if moment is None:
            return None
        clock = self._late if moment.fold else self._early
        return self._offsets[bisect_right(clock, moment.replace(tzinfo=None, fold=0))]

    def dst(self, _: datetime | None) -> timedelta | None:
        return None

    def tzname(self, _: datetime | None) -> str:
        return self._name

    def fromutc(self, moment: datetime) -> datetime:
        at = bisect_right(self._instants, moment.replace(tzinfo=None))
        return moment + self._offsets[at]


class TooManyChangesError(Exception):
    """Definitions of zones that change their clocks more often than any that make sense."""


class UnknownZoneError(LookupError):
    """The name of a zone that means nothing here."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


class Zones:
    """The zones that a calendar file may use.

    Args:
        definitions: Those it defines.
        given: What names mean by the word of whoever asks; before all else.
    """

    def __init__(self, definitions: Sequence[Part], given: Mapping[str, str]) -> None:
        self._definitions = {part.text("TZID") or "": part for part in definitions}
        self._given = {plain_name(name): ZoneInfo(zone) for name, zone in given.items()}
        self._found: dict[str, tzinfo | None] = {}
        self._left = MAX_CHANGES

    def find(self, name: str) -> tzinfo | None:
        """Return the zone of a name; None for a nameless one, whose times are the clinic's.

        Raises:
            UnknownZoneError: When the name is unknown.
            TooManyChangesError: When the file's zones change too often.
        """
        if name not in self._found:
            self._found[name] = self._look_up(name)
        zone = self._found[name]
        if zone is None and name:
            raise UnknownZoneError(name)
        return zone

    def _look_up(self, name: str) -> tzinfo | None:
        if zone := self._given.get(plain_name(name)):
            return zone
        if name in self._definitions and not is_of_the_world(name):
            try:
                parts = self._definitions[name].parts
                return FileZone(name, [change for part in parts for change in self._changes(part)])
            except ValueError:
                pass  # a definition that cannot be read is none
        return zone_named(name)

    def _changes(self, part: Part) -> Iterator[ClockChange]:
        before, after = (_offset(part.text(name)) for name in ("TZOFFSETFROM", "TZOFFSETTO"))
        start = _moment(part.text("DTSTART") or "")
        yield ClockChange(start, before, after)
        for line in part.properties("RDATE"):
            yield from (
                ClockChange(day, before, after) for day in map(_moment, line.value.split(","))
            )
        for line in part.properties("RRULE"):
            rule = read_rule(line.value)
            if rule["FREQ"] != ("YEARLY",):
                raise ValueError(line.value)
            self._left -= steps(rule, start, _FIRST, _LAST)
            if self._left < 0:
                raise TooManyChangesError
            last = _end(rule, before)
            yield from (ClockChange(day, before, after) for day in times(rule, start, _FIRST, last))


def _end(rule: Rule, before: timedelta) -> datetime:
    for until in rule.get("UNTIL", ()):
        if not isinstance(until, datetime):
            until = datetime.combine(until, time.max)
        instant = until.replace(tzinfo=None)
        return min(_LAST, instant + before if until.tzinfo else instant)
    return _LAST


def _offset(text: str | None) -> timedelta:
    found = _OFFSET.fullmatch(text or "")
    if found is None:
        raise ValueError(text)
    hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    length = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if length >= timedelta(days=1):
        raise ValueError(text)
    return -length if found[1] == "-" else length


def _moment(text: str) -> datetime:
    found = _MOMENT.fullmatch(text.strip().upper())
    if found is None:
        raise ValueError(text)
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    # In the first and the last year its instant could lie outside the calendar.
    year = min(max(year, 2), 9998)
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001
