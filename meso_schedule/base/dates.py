"""Dates and intervals: the arithmetic that every rule rests on.

Inside the search days are ordinals (`date.toordinal()`), so each interval works on
both. The month-end rule lives here and nowhere else.
"""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Self

from dateutil.relativedelta import relativedelta

from meso_schedule.base.errors import CalendarEndError, FormatError, IntervalFormatError, shortened
from meso_schedule.base.phrases import COUNTED_UNITS, Phrase

if TYPE_CHECKING:
    from pydantic_core.core_schema import CoreSchema

LAST_ORDINAL = date.max.toordinal()

# Characters of an interval; one term of each unit takes half of them.
_LONGEST_TEXT = 100

_SHORTEST_MONTH = 28
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TERM = re.compile(r"([0-9]{1,5}) +(day|week|month|year)s?")
_OFFSET = re.compile(r"([+-]?) *([0-9]{1,5}) +(hour|day|week|month)s?")
_UNIT_DAYS = {"day": 1, "week": 7}
_UNIT_MONTHS = {"month": 1, "year": 12}


def parse_date(text: str) -> date:
    """Read an ISO date, `2026-12-01`, and nothing else.

    >>> parse_date("2026-12-01")
    datetime.date(2026, 12, 1)

    Raises:
        FormatError: When the text has another form or names no day of the calendar.
    """
    if not _ISO_DATE.fullmatch(text):
        raise FormatError(
            "bad_date", text, f"Cannot read date {shortened(text)}.", "Write it as 2026-12-01."
        )
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise FormatError(
            "bad_date", text, f"{text} is not a day of the calendar.", "Write a day that exists."
        ) from None


def add_months(anchor: date, months: int) -> date:
    """Add whole months; a date that does not exist becomes the first of the next month.

    >>> add_months(date(2026, 1, 31), 1)
    datetime.date(2026, 3, 1)

    Raises:
        CalendarEndError: When the result leaves the years 1 to 9999.

    Source:
        CDC CDSi Logic Specification v4.6, rules CALCDT-1, CALCDT-2 and CALCDT-5.
    """
    year, month = divmod(12 * anchor.year + anchor.month - 1 + months, 12)
    try:
        return anchor.replace(year, month + 1)
    except (ValueError, OverflowError):
        return _first_after_missing(anchor, months)


def _first_after_missing(anchor: date, months: int) -> date:
    try:
        return anchor + _months(months) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise CalendarEndError(anchor, f"{months} months") from None


@cache
def _months(months: int) -> relativedelta:
    return relativedelta(months=months)


def moved_alike(day: int, months: int) -> tuple[int, int, int]:
    """Return the first and last of the days that months move as far as this one, and how far.

    >>> first, last, shift = moved_alike(date(2027, 2, 20).toordinal(), 1)
    >>> str(date.fromordinal(first)), str(date.fromordinal(last)), shift
    ('2027-02-01', '2027-02-28', 28)

    Args:
        day: An ordinal, as are the days returned.
        months: Whole months to add.
    """
    if not months:
        return 1, LAST_ORDINAL, 0
    anchor = date.fromordinal(day)
    shift = add_months(anchor, months).toordinal() - day
    if anchor.day > _SHORTEST_MONTH:
        return day, day, shift
    return day - anchor.day + 1, day - anchor.day + _SHORTEST_MONTH, shift


class TextValue(ABC):
    """A value that people write as text; `str()` gives the text back.

    Pydantic reads such a value from text, takes a ready one as it is, and writes text.
    """

    pattern: ClassVar[str]
    example: ClassVar[str]

    @classmethod
    @abstractmethod
    def parse(cls, text: str) -> Self:
        """Read the value from text."""

    @classmethod
    def _accept(cls, value: object) -> Self:
        if isinstance(value, cls):
            return value
        if isinstance(value, str):
            return cls.parse(value)
        raise FormatError(
            "bad_type",
            value,
            f"{shortened(value)} is not text.",
            f'Write text in quotes, for example "{cls.example}".',
        )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> "CoreSchema":
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(
            cls._accept, serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": "string", "pattern": cls.pattern, "examples": [cls.example]}


@dataclass(frozen=True, slots=True)
class Interval(TextValue):
    """A length of whole years, months, weeks and days, added to a date.

    Args:
        months: Years and months together, added first and corrected once.
        days: Weeks and days together, added to the corrected date.
        text: How it was written.

    Source:
        CDC CDSi Logic Specification v4.6, rules CALCDT-1 to CALCDT-5.
    """

    months: int
    days: int
    text: str = field(default="", compare=False)

    pattern: ClassVar[str] = (
        r"^[0-9]+ +(days?|weeks?|months?|years?)( *[+-] *[0-9]+ +(days?|weeks?|months?|years?))*$"
    )
    example: ClassVar[str] = "6 months + 4 weeks"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read interval text such as `10 days` or `6 months + 4 weeks`.

        Raises:
            IntervalFormatError: When the text is anything else.
        """
        months = days = position = 0
        sign = 1
        stripped = text.strip()
        if len(stripped) > _LONGEST_TEXT:
            raise IntervalFormatError(text)
        while True:
            match = _TERM.match(stripped, position)
            if not match:
                raise IntervalFormatError(text)
            amount = sign * int(match[1])
            months += amount * _UNIT_MONTHS.get(match[2], 0)
            days += amount * _UNIT_DAYS.get(match[2], 0)
            if match.end() == len(stripped):
                return cls(months, days, stripped)
            joint = re.compile(r" *([+-]) *").match(stripped, match.end())
            if not joint:
                raise IntervalFormatError(text)
            sign = 1 if joint[1] == "+" else -1
            position = joint.end()

    def after(self, anchor: date) -> date:
        """Return the date this interval after `anchor`.

        A date that does not exist becomes the first of the next month, so a
        minimum interval is never shortened.

        >>> Interval.parse("6 months").after(date(2000, 3, 31))
        datetime.date(2000, 10, 1)

        Raises:
            CalendarEndError: When the result leaves the years 1 to 9999.

        Source:
            CDC CDSi Logic Specification v4.6, rules CALCDT-2 and CALCDT-5.
        """
        moved = add_months(anchor, self.months) if self.months else anchor
        try:
            return moved + timedelta(days=self.days)
        except OverflowError:
            raise CalendarEndError(anchor, str(self)) from None

    @property
    def words(self) -> Phrase:
        """The interval as a phrase, as it was written."""
        return _words(str(self))

    def less(self, other: "Interval") -> "Interval":
        """Return this interval shortened by another, as one interval: `1 month - 4 days`."""
        return Interval(self.months - other.months, self.days - other.days)

    def __str__(self) -> str:
        if self.text:
            return self.text
        parts = [(self.months, "month"), (self.days, "day")]
        return (
            " + ".join(f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in parts if n) or "0 days"
        )


@lru_cache(maxsize=256)
def _words(text: str) -> Phrase:
    terms = {
        f"term{place}": COUNTED_UNITS[unit](int(amount))
        for place, (amount, unit) in enumerate(_TERM.findall(text))
    }
    names = iter(terms)
    return Phrase(text, _TERM.sub(lambda _: f"{{{next(names)}}}", text), terms)


@dataclass(frozen=True, slots=True)
class Offset(TextValue):
    """A signed distance from a session, `-7 days` or `8 hours`; negative lies before it."""

    months: int
    days: int
    hours: int | None
    text: str = field(default="", compare=False)

    pattern: ClassVar[str] = r"^[+-]? *[0-9]+ +(hours?|days?|weeks?|months?)$"
    example: ClassVar[str] = "-7 days"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an offset.

        Raises:
            FormatError: When the text is no signed whole number of hours, days, weeks or months.
        """
        match = _OFFSET.fullmatch(text.strip())
        if not match:
            raise FormatError(
                "bad_offset",
                text,
                f"Cannot read offset {shortened(text)}.",
                "Write for example '-7 days' or '8 hours'.",
            )
        amount = int(match[2]) * (-1 if match[1] == "-" else 1)
        unit = match[3]
        hours = amount if unit == "hour" else None
        months = amount if unit == "month" else 0
        return cls(months, amount * _UNIT_DAYS.get(unit, 0), hours, text.strip())

    def from_day(self, day: date) -> date:
        """Return the day this calendar offset away from `day`; hours are not counted."""
        return Interval(self.months, self.days, self.text).after(day)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class DateRange(TextValue):
    """Days from `first` to `last`, both included: `2026-12-24..2027-01-02`, or one date."""

    first: date
    last: date

    pattern: ClassVar[str] = (
        r"^ *[0-9]{4}-[0-9]{2}-[0-9]{2} *(\.\. *[0-9]{4}-[0-9]{2}-[0-9]{2} *)?$"
    )
    example: ClassVar[str] = "2026-12-24..2027-01-02"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read one date or two joined by `..`.

        Raises:
            FormatError: When a date cannot be read or the last lies before the first.
        """
        first, dots, last = text.partition("..")
        start = parse_date(first.strip())
        end = parse_date(last.strip()) if dots else start
        if end < start:
            raise FormatError(
                "bad_range",
                text,
                f"{text} ends before it starts.",
                f"Write the earlier day first: {end}..{start}.",
            )
        return cls(start, end)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}..{self.last}"


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
