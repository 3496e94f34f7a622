"""What a request says of single treatments: how many sessions, from when, beside what."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Annotated, ClassVar, Self

from pydantic import BeforeValidator

from meso_schedule.base.dates import TextValue, parse_date
from meso_schedule.base.errors import Fault, FormatError, shortened
from meso_schedule.base.models import iso_date

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
    """A day of one of several protocols, of a session held or a word said of it.

    `mesobotox:2027-02-01`.
    """

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
                f"Cannot read the day {shortened(text)}.",
                f"Write a date, or for one of several protocols {cls.example}.",
            )
        return cls(name, parse_date(day))

    def __str__(self) -> str:
        return f"{self.protocol}:{self.day}"


@dataclass(frozen=True, slots=True)
class OtherTreatment(TextValue):
    """A treatment given elsewhere, past or booked: `filler face 2026-12-10`.

    Args:
        name: A family, the id of a protocol, or the first word of what else is known: `Botox`.
        area: Where, after further words of the name; left out, anywhere, or the areas of the
            protocol.
    """

    name: str
    day: date
    area: str | None = None

    pattern: ClassVar[str] = r"^ *[^ ]+( .*)? [0-9]{4}-[0-9]{2}-[0-9]{2} *$"
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


@dataclass(frozen=True, slots=True)
class Pin(TextValue):
    """A session fixed to a day: `3=2027-01-05`; of several protocols `mesobotox:3=2027-01-05`."""

    session: int
    day: date
    protocol: str | None = None

    pattern: ClassVar[str] = "^([a-z0-9-]+:)?[1-9][0-9]?=[0-9]{4}-[0-9]{2}-[0-9]{2}$"
    example: ClassVar[str] = "3=2027-01-05"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a session's number and its date, joined by `=`."""
        session, equals, day = text.strip().partition("=")
        found = re.fullmatch("(?:([a-z0-9-]+):)?([1-9][0-9]?)", session)
        if not equals or not found:
            raise FormatError(
                "bad_pin",
                text,
                f"Cannot read pin {shortened(text)}.",
                "Write for example 3=2027-01-05.",
            )
        return cls(int(found[2]), parse_date(day), found[1])

    def __str__(self) -> str:
        return f"{f'{self.protocol}:' if self.protocol else ''}{self.session}={self.day}"


def labels_of(ids: Sequence[str]) -> dict[str, str | None]:
    """Return the letter of each treatment of a course; None where it stands alone."""
    return dict(zip(ids, LABELS if len(ids) > 1 else (None,), strict=False))


def is_known(protocol: str | None, ids: Sequence[str]) -> bool:
    """Tell whether it is clear which of the treatments is meant; left out, only one can be."""
    return protocol in ids if protocol else len(ids) < 2


def _held(value: object) -> date | HeldDay:
    if isinstance(value, HeldDay):
        return value
    if isinstance(value, str) and ":" in value:
        return HeldDay.parse(value)
    return iso_date(value)


# A day on which a session was held or a word said; of several protocols, with the id of its own.
Held = Annotated[date | HeldDay, BeforeValidator(_held)]


def day_of(held: date | HeldDay) -> date:
    """Return the day of a session held."""
    return held.day if isinstance(held, HeldDay) else held


def whose(held: date | HeldDay) -> str | None:
    """Return the id of the protocol of a session held, where it is written."""
    return held.protocol if isinstance(held, HeldDay) else None


def held_faults(held: Sequence[date], as_of: date) -> Iterator[Fault]:
    """Find what no sessions held can be: ahead of the day of asking, twice, out of order."""
    yield from order_faults(held)
    yield from _ahead("held", held, as_of)


def word_faults(
    words: Mapping[str, Sequence[date]], held: Sequence[date], as_of: date
) -> Iterator[Fault]:
    """Find what no words of clinicians can be: ahead of the day of asking, before any session.

    Args:
        words: Their days, by the fields of a request.
        held: The days of the sessions held.
        as_of: The day of asking.
    """
    for name, days in words.items():
        yield from _ahead(name, days, as_of)
        first = min(days, default=None)
        if first and (not held or first < min(held)):
            what = "improvement" if name == "improved_on" else "clinician's word"
            problem = f"No session was held by {first}, the day of the {what}."
            remedy = f"Give the sessions held, or leave {name} out."
            yield Fault("contradiction", problem, None, name, str(first), remedy)


def _ahead(name: str, days: Sequence[date], as_of: date) -> Iterator[Fault]:
    day = max(days, default=None)
    if day and day > as_of:
        problem = f"{day} lies after the day of asking, {as_of}."
        yield Fault("not_yet", problem, None, name, str(day), "Record what has happened only.")


def order_faults(held: Sequence[date]) -> Iterator[Fault]:
    """Find days that stand twice or out of order."""
    for before, day in pairwise(held):
        if day == before:
            problem, remedy = f"{day} is given twice.", "Give each session once."
            yield Fault("duplicate_session", problem, None, "held", str(day), remedy)
        elif day < before:
            problem, remedy = f"{day} stands after {before}.", "Give the earlier day first."
            yield Fault("wrong_order", problem, None, "held", str(day), remedy)
