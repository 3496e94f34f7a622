"""How long before a visit it counts as near: hours back from its start, or whole days."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Self

from meso_schedule.base.dates import TextValue
from meso_schedule.base.errors import Fault, FormatError
from meso_schedule.base.intervals import Interval, IntervalFormatError
from meso_schedule.base.phrases import Phrase, hours

MAX_DAYS = 366
_HOURS = re.compile(r"([0-9]{1,5}) +hours?")


@dataclass(frozen=True, slots=True)
class NoticePeriod(TextValue):
    """Hours before the start of a visit, or days before its day.

    >>> clock = datetime(2026, 12, 7, 17, tzinfo=UTC)
    >>> visit = datetime(2026, 12, 8, 17, tzinfo=UTC)
    >>> [NoticePeriod.parse(text).holds(visit, clock) for text in ("24 hours", "1 day")]
    [False, True]
    """

    hours: int | None
    days: Interval | None

    pattern: ClassVar[str] = (
        r"^[0-9]+ +(hours?|(days?|weeks?|months?|years?)"
        r"( *[+-] *[0-9]+ +(days?|weeks?|months?|years?))*)$"
    )
    example: ClassVar[str] = "24 hours"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read hours, `24 hours`, or an interval of days.

        Raises:
            FormatError: When it is neither.
        """
        if match := _HOURS.fullmatch(text.strip()):
            return cls(int(match[1]), None)
        try:
            return cls(None, Interval.parse(text))
        except IntervalFormatError as error:
            remedy = "Write for example 24 hours or 2 days."
            raise FormatError(error.code, text, error.problem, remedy) from None

    def __str__(self) -> str:
        return str(self.words)

    @property
    def words(self) -> Phrase:
        """The notice as a phrase."""
        return self.days.words if self.days else hours(self.hours or 0)

    @property
    def nominal_hours(self) -> int:
        """Its length, a day as 24 hours and a month as 28 days, by which two are compared."""
        if self.days is None:
            return self.hours or 0
        return 24 * (28 * self.days.months + self.days.days)

    def holds(self, start: datetime, asked_at: datetime) -> bool:
        """Tell whether a visit is nearer than this when something is asked.

        Hours are elapsed time, over changes of clocks too; exactly so many before is in time. Of
        days the last counts as a whole: the day before is within "1 day" from its midnight on.

        Args:
            start: When the visit begins, in the clinic's zone.
            asked_at: The moment of asking, in the clinic's zone.
        """
        if self.days is not None:
            return start.date() <= self.days.after(asked_at.date())
        return start.astimezone(UTC) - asked_at.astimezone(UTC) < timedelta(hours=self.hours or 0)

    def faults(self, place: str) -> Iterator[Fault]:
        """Find a notice that is negative, or longer than a year."""
        if not 0 <= self.nominal_hours <= MAX_DAYS * 24:
            problem, remedy = f"{self} is no notice.", f"Write 0 to {MAX_DAYS} days."
            yield Fault("bad_interval", problem, None, place, str(self), remedy)
