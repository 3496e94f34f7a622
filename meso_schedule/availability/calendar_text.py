"""The text of a calendar file (iCalendar, RFC 5545): components, properties and their values.

What an event is about, where and with whom, is passed over and never kept.
"""

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cached_property, lru_cache
from typing import NamedTuple

# A day, a time on the clinic's clock, or a time of a zone.
Moment = date | datetime
# The zone of a name; None where times of that name are the clinic's.
FindZone = Callable[[str], tzinfo | None]

DAY = timedelta(days=1)
_LONGEST = 36_525 * DAY
_MOST_LINES = 400_000

_KEPT = {
    *("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "FREEBUSY"),
    *("UID", "SEQUENCE", "STATUS", "TRANSP", "TZID", "TZOFFSETFROM", "TZOFFSETTO"),
}
_EDGE = re.compile(r"[A-Z]+:([A-Z][A-Z0-9-]*)[ \t]*", re.IGNORECASE)
# A name of a zone may hold colons and stand without its quotes: the value is what looks like one.
# Nobody writes a thousand signs before it.
_BEFORE_DAY = re.compile(r";.{0,1000}?:(?=\s*[0-9]{4}-?[0-9]{2}-?[0-9]{2})")
_BEFORE_VALUE = re.compile(r';(?:[^":]|"[^"]{0,1000}"){0,1000}:')
_PARAMETER = re.compile(r';\s*([A-Z-]+)=("[^"]*"?|[^;]*)', re.IGNORECASE)
_TWO_BYTES = (
    *((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")),
    *((b"B\0E\0", "utf-16-le"), (b"\0B\0E", "utf-16-be")),
)
_TIME = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})?(Z?)")
_DAY = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})")
_MIDNIGHT = re.compile(r".{8,10}T00:?00(:?00)?Z?$")
_LENGTH = re.compile(
    r"([+-])?P(?=.)(?:([0-9]{1,7})W)?(?:([0-9]{1,7})D)?"
    r"(?:T(?=.)(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})S)?)?"
)


class TooMuchWorkError(Exception):
    """More work than any calendar makes that makes sense."""


class Work:
    """What is left of the work that may be done, in steps of about a time of a rule."""

    def __init__(self, most: int) -> None:
        self._left = most

    def spend(self, steps: int = 1) -> None:
        """Do a number of steps.

        Raises:
            TooMuchWorkError: When there were fewer left.
        """
        self._left -= steps
        if self._left < 0:
            raise TooMuchWorkError


class Length(NamedTuple):
    """How long something lasts.

    Args:
        wall: Time that the clock tells.
        elapsed: Time that passes, on top; a change of the clock makes it end at another time.
    """

    wall: timedelta = timedelta()
    elapsed: timedelta = timedelta()


class Property(NamedTuple):
    """A property, `NAME;PARAMETER=…:value`, or one of the values of a list.

    What reads its value raises a ValueError when it cannot be read.
    """

    value: str
    parameters: dict[str, str] = {}  # noqa: RUF012 - never changed

    def is_set(self, parameter: str, value: str) -> bool:
        """Tell whether a parameter has a value, in whatever letters."""
        return self.parameters.get(parameter, "").upper() == value

    def values(self) -> "list[Property]":
        """Return what it lists."""
        return [Property(value.strip(), self.parameters) for value in self.value.split(",")]

    def moment(self, find_zone: FindZone = lambda _: None) -> Moment:
        """Read a day or a time; a day is the clinic's, whatever zone is named beside it."""
        text = self.value.upper()
        if len(text) == 8 or self.is_set("VALUE", "DATE"):
            return _date(_DAY.fullmatch(text[:8]))
        found = _TIME.fullmatch(text)
        if found is None:
            raise ValueError(text)
        day, hour, minute = _date(found), int(found[4]), int(found[5])
        # A second may be the 60th, when the world's clock waits for the earth.
        second = min(59, int(found[6] or 0))
        zone: tzinfo | None = UTC if found[7] else None
        if zone is None and "TZID" in self.parameters:
            zone = find_zone(self.parameters["TZID"])
        return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=zone)

    def length(self) -> Length:
        """Read how long something lasts: days are those of the clock, hours are elapsed time."""
        found = _LENGTH.fullmatch(self.value.upper())
        if found is None:
            raise ValueError(self.value)
        weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
        sign = -1 if found[1] == "-" else 1
        wall = sign * timedelta(weeks=weeks, days=days)
        elapsed = sign * timedelta(hours=hours, minutes=minutes, seconds=seconds)
        if abs(wall) + abs(elapsed) > _LONGEST:
            raise ValueError(self.value)
        return Length(wall, elapsed)

    def period(self, find_zone: FindZone) -> tuple[Moment, Length | None]:
        """Read a start and an end or a length, joined by a slash; a start alone has no length."""
        start, slash, end = (part.strip() for part in self.value.partition("/"))
        first = Property(start, self.parameters).moment(find_zone)
        last = Property(end, self.parameters)
        if not slash:
            return first, None
        if end[:1].upper() in ("P", "+", "-"):
            return first, last.length()
        return first, length_between(first, last.moment(find_zone))

    def day(self, *, is_end: bool = False) -> date | None:
        """Return the day of a moment that cannot be read whole; None when not even that can.

        Args:
            is_end: Whether it ends something: midnight means the day before.
        """
        try:
            day = _date(_DAY.match(self.value))
        except ValueError:
            return None
        return day - DAY if is_end and _MIDNIGHT.match(self.value.upper()) else day


@dataclass(frozen=True, slots=True)
class Component:
    """A component of a calendar file, such as an event or a zone.

    Args:
        kind: Such as `VEVENT`.
        line: The line of the unfolded text on which it begins, from 0.
        lines: What follows the name of each property, by that name.
        components: Those in it.
    """

    kind: str
    line: int
    lines: dict[str, list[str]] = field(default_factory=dict)
    components: list["Component"] = field(default_factory=list)

    def properties(self, name: str) -> list[Property]:
        """Return all properties of a name, in order."""
        return [_property(line) for line in self.lines[name]] if name in self.lines else []

    def text(self, name: str) -> str:
        """Return the value of the first property of a name; empty where there is none."""
        return _property(self.lines[name][0]).value if name in self.lines else ""


class _Names(dict[str, str]):
    """Names of properties as they are known, by how they are written; few are met often."""

    def __missing__(self, written: str) -> str:
        self[written] = name = written.rstrip().upper()
        return name


class CalendarText:
    """The text of a calendar file; it knows on which line of the file each component begins.

    Args:
        data: Its bytes, in UTF-8, UTF-16 or, where they are neither, in Latin-1.

    Raises:
        ValueError: When it is no calendar, or cut short.
        TooMuchWorkError: When it has more lines that matter than any that makes sense.
    """

    def __init__(self, data: bytes) -> None:
        self._lines = _eight_bit(data)
        for end in (b"\r\r\n", b"\r\n", b"\r"):
            self._lines = self._lines.replace(end, b"\n")
        # A fold may stand between the bytes of one character.
        unfolded = self._lines.replace(b"\n ", b"").replace(b"\n\t", b"")
        try:
            text = unfolded.decode()
        except UnicodeDecodeError:
            text = unfolded.decode("latin-1")
        self._components: dict[str, list[Component]] = {}
        outermost = Component("", 0)
        opened = [outermost]
        Work(_MOST_LINES).spend(text.count("\n"))
        names = _Names()
        for number, line in enumerate(text.split("\n")):
            written = line.partition(":")[0].partition(";")[0]
            name = names[written]
            if name in _KEPT:
                opened[-1].lines.setdefault(name, []).append(line[len(written) :])
            elif name in ("BEGIN", "END") and (edge := _EDGE.fullmatch(line)):
                kind = edge[1].upper()
                if name == "BEGIN":
                    component = Component(kind, number)
                    self._components.setdefault(kind, []).append(component)
                    opened[-1].components.append(component)
                    opened.append(component)
                elif opened.pop().kind != kind:
                    raise ValueError(kind)
        if len(opened) != 1 or {it.kind for it in outermost.components} != {"VCALENDAR"}:
            raise ValueError(data[:100])

    def components(self, kind: str) -> list[Component]:
        """Return the components of a kind, however deep, in order."""
        return self._components.get(kind, [])

    def line_of(self, component: Component) -> int:
        """Return the line of the file, from 1, on which a component begins."""
        return self._unfolded[component.line]

    @cached_property
    def _unfolded(self) -> list[int]:
        """The lines of the file that go on with no line before."""
        lines = enumerate(self._lines.split(b"\n"), 1)
        return [number for number, line in lines if number == 1 or line[:1] not in (b" ", b"\t")]


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


def _date(found: re.Match[str] | None) -> date:
    if found is None:
        raise ValueError
    # Some write the last year there is for no end: in another zone it would lie outside it.
    return date(min(max(int(found[1]), 2), 9998), int(found[2]), int(found[3]))


def _eight_bit(data: bytes) -> bytes:
    """Return text of two bytes a character in UTF-8; all else as it is."""
    for start, encoding in _TWO_BYTES:
        if data.startswith(start):
            return data.decode(encoding, "replace").removeprefix("\ufeff").encode()
    return data.removeprefix(codecs.BOM_UTF8)


def _property(line: str) -> Property:
    if line.startswith(":"):
        return Property(line[1:].strip())
    found = _BEFORE_DAY.match(line) or _BEFORE_VALUE.match(line)
    if found is None:
        return Property("")
    return Property(line[found.end() :].strip(), _parameters(found[0][:-1]))


@lru_cache(maxsize=256)
def _parameters(text: str) -> dict[str, str]:
    return {key.upper(): value.strip('"') for key, value in _PARAMETER.findall(text)}
