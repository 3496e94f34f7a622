"""The time zones of one calendar file: those it defines itself, those known anywhere.

A definition holds where its name is not one of the world's.
"""

import re
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta, tzinfo
from io import BytesIO
from typing import NamedTuple
from zoneinfo import ZoneInfo

from meso_schedule.availability.calendar_text import Component, Moment, Property, Work
from meso_schedule.availability.recurrence import read_rule, times
from meso_schedule.availability.zone_names import is_of_the_world, plain_name, zone_named

# Nobody plans further ahead, and no clock is told before.
_FIRST, _LAST = datetime(1970, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001 - on each zone's clock
_MOST_CHANGES = 30_000
_OFFSET = re.compile(r"([+-])([0-9]{2})([0-9]{2})([0-9]{2})?")


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

    def __init__(self, definitions: Sequence[Component], given: Mapping[str, str]) -> None:
        self._definitions = {it.text("TZID"): it for it in definitions}
        self._given = {plain_name(name): ZoneInfo(zone) for name, zone in given.items()}
        self._found: dict[str, tzinfo | None] = {}
        self._work = Work(_MOST_CHANGES)

    def find(self, name: str) -> tzinfo | None:
        """Return the zone of a name; None for a nameless one, whose times are the clinic's.

        Raises:
            UnknownZoneError: When the name is unknown.
            TooMuchWorkError: When the file's zones change their clocks too often.
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
            observances = self._definitions[name].components
            try:
                return _zone_of(it for part in observances for it in self._changes(part))
            except ValueError:
                pass  # a definition that cannot be read is none
        return zone_named(name)

    def _changes(self, observance: Component) -> Iterator["_Change"]:
        before, after = (_offset(observance.text(name)) for name in ("TZOFFSETFROM", "TZOFFSETTO"))
        start = _told(Property(observance.text("DTSTART")).moment(), before)
        yield _Change(start, before, after)
        for line in observance.properties("RDATE"):
            self._work.spend(line.value.count(",") + 1)
            for value in line.values():
                yield _Change(_told(value.moment(), before), before, after)
        for line in observance.properties("RRULE"):
            rule = read_rule(line.value)
            if rule.frequency != "YEARLY":
                raise ValueError(line.value)
            until = _LAST if rule.until is None else _told(rule.until, before, time.max)
            for onset in times(rule, start, _FIRST, min(until, _LAST), self._work):
                yield _Change(onset, before, after)


class _Change(NamedTuple):
    """A change of the clock: when, on the clock before, and the offsets before and after."""

    onset: datetime
    before: timedelta
    after: timedelta


def _zone_of(changes: Iterable[_Change]) -> ZoneInfo:
    """Return the zone with these changes, by way of a file as the zone database has them.

    Source:
        RFC 8536, The Time Zone Information Format.
    """
    known = sorted(changes, key=lambda it: it.onset - it.before)
    if not known:
        raise ValueError("a zone without an offset")
    offsets = [known[0].before, *(it.after for it in known)]
    kinds = list(dict.fromkeys(offsets))
    instants = [int((it.onset - it.before - _FIRST).total_seconds()) for it in known]
    head = struct.pack(">4sc15x6l", b"TZif", b"2", 0, 0, 0, len(known), len(kinds), 1)
    offsets_at = bytes(kinds.index(offset) for offset in offsets[1:])
    told = b"".join(struct.pack(">lxx", int(it.total_seconds())) for it in kinds)
    onsets = struct.pack(f">{len(known)}q", *instants)
    empty = struct.pack(">4sc15x6l", b"TZif", b"2", *[0] * 6)
    return ZoneInfo.from_file(BytesIO(empty + head + onsets + offsets_at + told + b"\0\n\n"))


def _told(moment: Moment, offset: timedelta, of_day: time = time.min) -> datetime:
    """Return a moment as a clock with an offset tells it; of a day, that time."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, of_day)
    return (moment + offset if moment.tzinfo else moment).replace(tzinfo=None)


def _offset(text: str) -> timedelta:
    found = _OFFSET.fullmatch(text)
    if found is None:
        raise ValueError(text)
    hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    length = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if length >= timedelta(days=1):
        raise ValueError(text)
    return -length if found[1] == "-" else length
