"""What a request says of single treatments: how many sessions, from when, beside what."""

import re
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Self

from meso_schedule.base.dates import TextValue, parse_date
from meso_schedule.base.errors import FormatError, shortened

# The letters of the treatments of one calendar, in the order in which they were named.
LABELS = "ABCD"

_WANTED = re.compile(r"([^*@]+)((?:[*@][^*@]+)*)")
_PART = re.compile(r"([*@])([^*@]+)")
_ID = re.compile("[a-z0-9-]+")
_COUNT = re.compile("[1-9][0-9]?")


@dataclass(frozen=True, slots=True)
class Wanted(TextValue):
    """A protocol asked for, with a number of sessions and a start of its own or without.

    `hyaluronic-acid`, `hyaluronic-acid*3`, `mesobotox@2027-02-01`, `mesobotox*2@2027-02-01`.
    """

    protocol: str
    sessions: int | None = None
    start: date | None = None

    pattern: ClassVar[str] = r"^[^*@]+([*@][^*@]+){0,2}$"
    example: ClassVar[str] = "hyaluronic-acid*3@2027-01-04"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an id, `*` and a number of sessions, `@` and a start.

        Raises:
            FormatError: When the text has another form.
        """
        found = _WANTED.fullmatch(text.strip())
        parts = _PART.findall(found[2]) if found else []
        told = dict(parts)
        count = told.get("*", "1").strip()
        if not found or len(told) < len(parts) or not _COUNT.fullmatch(count):
            raise FormatError(
                "bad_protocol",
                text,
                f"Cannot read protocol {shortened(text)}.",
                f"Write an id, or for example {cls.example}.",
            )
        start = parse_date(told["@"].strip()) if "@" in told else None
        return cls(found[1].strip(), int(count) if "*" in told else None, start)

    def __str__(self) -> str:
        count = f"*{self.sessions}" if self.sessions else ""
        return f"{self.protocol}{count}{f'@{self.start}' if self.start else ''}"


@dataclass(frozen=True, slots=True)
class HeldDay(TextValue):
    """A day on which a session of one of several protocols was held: `mesobotox:2027-02-01`."""

    protocol: str
    day: date

    pattern: ClassVar[str] = "^ *[a-z0-9-]+:[0-9]{4}-[0-9]{2}-[0-9]{2} *$"
    example: ClassVar[str] = "mesobotox:2027-02-01"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an id and a date, joined by `:`.

        Raises:
            FormatError: When the text has another form.
        """
        name, colon, day = text.strip().partition(":")
        if not colon or not _ID.fullmatch(name):
            raise FormatError(
                "bad_date",
                text,
                f"Cannot read the session held {shortened(text)}.",
                f"Write a date, or for one of several protocols {cls.example}.",
            )
        return cls(name, parse_date(day))

    def __str__(self) -> str:
        return f"{self.protocol}:{self.day}"


@dataclass(frozen=True, slots=True)
class OtherTreatment(TextValue):
    """A treatment given elsewhere, past or booked: `filler face 2026-12-10`.

    Args:
        name: A family or the id of a protocol.
        area: Where; left out, anywhere, or the areas of the protocol.
    """

    name: str
    day: date
    area: str | None = None

    pattern: ClassVar[str] = r"^ *[a-z0-9-]+( .*)? [0-9]{4}-[0-9]{2}-[0-9]{2} *$"
    example: ClassVar[str] = "filler face 2026-12-10"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a family or id, an area if one is named, and a date.

        Raises:
            FormatError: When the text has another form.
        """
        words = text.split()
        if len(words) < 2:
            raise FormatError(
                "bad_treatment",
                text,
                f"Cannot read treatment {shortened(text)}.",
                f"Write what, where and when: {cls.example}.",
            )
        return cls(words[0], parse_date(words[-1]), " ".join(words[1:-1]) or None)

    def __str__(self) -> str:
        return " ".join(part for part in (self.name, self.area, str(self.day)) if part)
