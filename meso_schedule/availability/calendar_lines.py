"""The lines of a calendar file (iCalendar, RFC 5545), down to the parts that tell times.

What an event is about, where and with whom, is passed over and never kept.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

_TIMES = ("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "FREEBUSY")
_KEPT = (*_TIMES, "UID", "SEQUENCE", "STATUS", "TRANSP", "TZID", "TZOFFSETFROM", "TZOFFSETTO")
_LINE = re.compile(
    rf"^(?:(BEGIN|END):([A-Z][A-Z0-9-]*)[ \t]*|({'|'.join(_KEPT)})[ \t]*([:;].*))$",
    re.IGNORECASE | re.MULTILINE,
)
_BREAK = re.compile(rb"\r+\n|\r")
_FOLD = re.compile(rb"\n[ \t]")
# A name of a zone may hold colons and stand without its quotes: the value is what looks like one.
# Nobody writes a thousand signs before it.
_BEFORE_DAY = re.compile(r";.{0,1000}?:(?=\s*[0-9]{4}-?[0-9]{2}-?[0-9]{2})")
_BEFORE_VALUE = re.compile(r';(?:[^":]|"[^"]{0,1000}"){0,1000}:')
_PARAMETER = re.compile(r';\s*([A-Z-]+)=("[^"]*"?|[^;]*)', re.IGNORECASE)
_MARKS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DEEPEST = 20
_STARTS = ((b"B\0E\0", "utf-16-le"), (b"\0B\0E", "utf-16-be"))


class Property(NamedTuple):
    """One line of a part: `NAME;PARAMETER=…:value`."""

    value: str
    parameters: dict[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a calendar file: the file itself, an event, a zone.

    Args:
        kind: Its name, such as `VEVENT`.
        place: Where it begins in the text.
        lines: What follows the name of each property, by that name.
        parts: The parts in it.
    """

    kind: str
    place: int
    lines: dict[str, list[str]] = field(default_factory=dict)
    parts: list["Part"] = field(default_factory=list)

    def properties(self, name: str) -> list[Property]:
        """Return all properties of a name, in order."""
        return [_property(line) for line in self.lines[name]] if name in self.lines else []

    def text(self, name: str) -> str | None:
        """Return the value of the first property of a name; None where there is none."""
        return next((found.value for found in self.properties(name)), None)

    def walk(self, kind: str) -> Iterator["Part"]:
        """Yield the parts of a kind in it, however deep, in order."""
        for part in self.parts:
            if part.kind == kind:
                yield part
            yield from part.walk(kind)


class UnbalancedError(ValueError):
    """Parts that do not end where they should: the file is cut short, or none at all."""


class CalendarText:
    """The text of a calendar file; it knows on which line of the file each part begins.

    Args:
        data: Its bytes, in UTF-8, UTF-16 or, where they are neither, in Latin-1.
    """

    def __init__(self, data: bytes) -> None:
        self._counted = 0, 0
        self._lines = _BREAK.sub(b"\n", _eight_bit(data))
        # A fold may stand between the bytes of one character.
        unfolded = _FOLD.sub(b"", self._lines)
        try:
            self._text = unfolded.decode()
        except UnicodeDecodeError:
            self._text = unfolded.decode("latin-1")

    def calendars(self) -> list[Part]:
        """Return the calendars it holds.

        Raises:
            UnbalancedError: When a part does not end, or something else stands where one should.
        """
        root = Part("", 0)
        opened = [root]
        for found in _LINE.finditer(self._text):
            edge, kind, name, rest = found.groups()
            if name:
                opened[-1].lines.setdefault(name.upper(), []).append(rest)
            elif edge.upper() == "BEGIN":
                part = Part(kind.upper(), found.start())
                opened[-1].parts.append(part)
                opened.append(part)
                if len(opened) > _DEEPEST:
                    raise UnbalancedError
            elif opened.pop().kind != kind.upper():
                raise UnbalancedError
        if len(opened) != 1 or {part.kind for part in root.parts} != {"VCALENDAR"}:
            raise UnbalancedError
        return root.parts

    def line_of(self, part: Part) -> int:
        """Return the line of the file, from 1, on which a part begins."""
        place, lines = self._counted if self._counted[0] <= part.place else (0, 0)
        lines += self._text.count("\n", place, part.place)
        # Parts are asked for in their order: no line is counted twice.
        self._counted = part.place, lines
        return self._unfolded[lines]

    @cached_property
    def _unfolded(self) -> list[int]:
        """The lines of the file that go on with no line before."""
        lines = enumerate(self._lines.split(b"\n"), 1)
        return [number for number, line in lines if number == 1 or line[:1] not in (b" ", b"\t")]


def _eight_bit(data: bytes) -> bytes:
    """Return text of two bytes a character in UTF-8; all else as it is."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace").encode()
    for start, encoding in _STARTS:
        if data.startswith(start):
            return data.decode(encoding, "replace").encode()
    return data.removeprefix(codecs.BOM_UTF8)


def _property(line: str) -> Property:
    if line.startswith(":"):
        return Property(line[1:].strip(), {})
    found = _BEFORE_DAY.match(line) or _BEFORE_VALUE.match(line)
    if found is None:
        return Property("", {})
    return Property(line[found.end() :].strip(), _parameters(found[0][:-1]))


@lru_cache(maxsize=256)
def _parameters(text: str) -> dict[str, str]:
    return {key.upper(): value.strip('"') for key, value in _PARAMETER.findall(text)}
