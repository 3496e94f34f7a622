"""The wish for a consultation before a course: on a day, or as soon as may be."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Self

from meso_schedule.base.dates import TextValue, parse_date

FIRST = "first"


@dataclass(frozen=True, slots=True)
class ConsultationWish(TextValue):
    """A day, or `first` for the first day that has room."""

    day: date | None

    pattern: ClassVar[str] = "^(first|[0-9]{4}-[0-9]{2}-[0-9]{2})$"
    example: ClassVar[str] = FIRST

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a day, or `first`.

        Raises:
            FormatError: When it is neither.
        """
        return cls(None if text.strip() == FIRST else parse_date(text))

    def __str__(self) -> str:
        return str(self.day or FIRST)
