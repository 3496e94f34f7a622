"""Weekdays, times of day and opening hours, as minutes after midnight."""

import re
from dataclasses import dataclass
from typing import ClassVar, Self

from meso_schedule.base.dates import TextValue
from meso_schedule.base.errors import FormatError, shortened

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAY_MINUTES = 24 * 60
QUARTER = 15

_CLOCK = re.compile(r"([0-9]{2}):([0-9]{2})")


def parse_clock(text: str) -> int:
    """Read a time of day, `17:30`, as minutes after midnight; `24:00` is the day's end."""
    match = _CLOCK.fullmatch(text)
    minutes = int(match[1]) * 60 + int(match[2]) if match and int(match[2]) < 60 else -1
    if not 0 <= minutes <= DAY_MINUTES:
        raise FormatError(
            "bad_time",
            text,
            f"Cannot read time {shortened(text)}.",
            "Write it as 17:30, from 00:00 to 24:00.",
        )
    return minutes


def clock_text(minutes: int) -> str:
    """Write minutes after midnight as a time of day.

    >>> clock_text(1050)
    '17:30'
    """
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def parse_weekday(text: str) -> int:
    """Read a weekday, `mon` or `Monday`, as 0 (Monday) to 6."""
    lowered = text.strip().casefold()
    for number, name in enumerate(WEEKDAY_NAMES):
        if lowered in (WEEKDAYS[number], name.casefold()):
            return number
    raise FormatError(
        "bad_weekday",
        text,
        f"{shortened(text)} is no weekday." if lowered else "A weekday is empty.",
        f"Write {', '.join(WEEKDAYS)}.",
    )


@dataclass(frozen=True, slots=True)
class TimeRange(TextValue):
    """Wall-clock minutes of one day, `09:00-13:00`; `24:00` may end it."""

    start: int
    end: int

    pattern: ClassVar[str] = r"^[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}$"
    example: ClassVar[str] = "09:00-13:00"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read two times joined by a hyphen.

        Raises:
            FormatError: When a time cannot be read or the end does not lie after the start.
        """
        first, hyphen, last = text.strip().partition("-")
        if not hyphen:
            raise FormatError(
                "bad_hours",
                text,
                f"Cannot read hours {shortened(text)}.",
                "Write for example 09:00-13:00.",
            )
        start, end = parse_clock(first.strip()), parse_clock(last.strip())
        if end <= start:
            raise FormatError(
                "bad_hours", text, f"{text} ends before it starts.", "Write the earlier time first."
            )
        return cls(start, end)

    def __str__(self) -> str:
        return f"{clock_text(self.start)}-{clock_text(self.end)}"


@dataclass(frozen=True, slots=True)
class Between(TextValue):
    """Hours in which the patient can come, on every day or on one weekday only."""

    hours: TimeRange
    weekday: int | None = None

    pattern: ClassVar[str] = r"^([A-Za-z]+:)?[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}$"
    example: ClassVar[str] = "tue:17:00-20:00"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read hours, with a weekday in front or without."""
        name, colon, rest = text.strip().partition(":")
        if colon and not name[:1].isdigit():
            return cls(TimeRange.parse(rest), parse_weekday(name))
        return cls(TimeRange.parse(text))

    def lies_in(self, other: "Between") -> bool:
        """Tell whether other hours of the same days hold all of these."""
        first, last = other.hours.start, other.hours.end
        return (
            self.weekday == other.weekday and first <= self.hours.start and self.hours.end <= last
        )

    def __str__(self) -> str:
        return str(self.hours) if self.weekday is None else f"{WEEKDAYS[self.weekday]}:{self.hours}"


@dataclass(frozen=True, slots=True)
class Weekday(TextValue):
    """A day of the week, 0 (Monday) to 6."""

    number: int

    pattern: ClassVar[str] = (
        "^ *(?:[Mm]on(?:day)?|[Tt]ue(?:sday)?|[Ww]ed(?:nesday)?|[Tt]hu(?:rsday)?|[Ff]ri(?:day)?"
        "|[Ss]at(?:urday)?|[Ss]un(?:day)?) *$"
    )
    example: ClassVar[str] = "mon"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `mon` or `Monday`, in any case."""
        return cls(parse_weekday(text))

    def __str__(self) -> str:
        return WEEKDAYS[self.number]


@dataclass(frozen=True, slots=True)
class Clock(TextValue):
    """A time of day in minutes after midnight."""

    minutes: int

    pattern: ClassVar[str] = "^ *(?:[01][0-9]|2[0-3]):[0-5][0-9] *$"
    example: ClassVar[str] = "17:30"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a time of day before midnight."""
        minutes = parse_clock(text.strip())
        if minutes == DAY_MINUTES:
            raise FormatError(
                "bad_time", text, "24:00 begins no session.", "Write a time up to 23:45."
            )
        return cls(minutes)

    def __str__(self) -> str:
        return clock_text(self.minutes)


MIDNIGHT = Clock(0)
