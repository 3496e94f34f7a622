"""Dates and intervals: the arithmetic that every rule rests on.

Inside the search days are ordinals (`date.toordinal()`), so each interval works on
both. The month-end rule lives here and nowhere else.
"""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date
from typing import TYPE_CHECKING, Any, ClassVar, Self

from meso_schedule.base.errors import CalendarEndError, FormatError, shortened

if TYPE_CHECKING:
    from pydantic_core.core_schema import CoreSchema

# For models, which have fields named `date`.
Day = date
LAST_ORDINAL = date.max.toordinal()

# Characters of an interval; one term of each unit takes half of them.
_LONGEST_TEXT = 100
_SHORTEST_MONTH = 28
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


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
    if not MINYEAR <= year <= MAXYEAR:
        raise CalendarEndError(anchor, f"{months} months")
    try:
        return anchor.replace(year, month + 1)
    except ValueError:
        # A month that lacks the day is never the last of its year.
        return date(year, month + 2, 1)


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
