"""Busy times: spans in which no session can take place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime, time, timedelta
from typing import ClassVar, Protocol, Self
from zoneinfo import ZoneInfo

from meso_schedule.base.dates import TextValue, parse_date
from meso_schedule.base.errors import FormatError, shortened
from meso_schedule.base.times import parse_clock

# From an instant up to, and without, another one; both in UTC.
Span = tuple[datetime, datetime]


class BusySource(Protocol):
    """Something that knows busy times: a calendar file, or the busy times of a request."""

    def spans(self, year: int, zone: ZoneInfo) -> Iterable[Span]:
        """Return the busy times that touch a year of a zone, in any order; they may overlap."""
        ...


@dataclass(frozen=True, slots=True)
class BusyTime(TextValue):
    """A busy time on the clinic's clock, `2026-12-01T09:00/2026-12-01T10:30`.

    Where the clock shows an end twice, or jumps over it, the longer span is meant.
    """

    start: datetime
    end: datetime

    pattern: ClassVar[str] = (
        r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$"
    )
    example: ClassVar[str] = "2026-12-01T09:00/2026-12-01T10:30"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read two wall times joined by a slash.

        Raises:
            FormatError: When a time cannot be read or the end does not lie after the start.
        """
        first, slash, last = text.strip().partition("/")
        if not slash:
            raise _unreadable(text)
        start, end = _moment(first, text), _moment(last, text)
        if end <= start:
            problem = f"{text} ends before it starts."
            raise FormatError("bad_busy", text, problem, "Write the earlier time first.")
        if start.year == MINYEAR or end.year == MAXYEAR:
            raise _unreadable(text)  # on the world's clock it may lie outside the calendar
        return cls(start, end)

    def __str__(self) -> str:
        return "/".join(moment.isoformat(timespec="minutes") for moment in (self.start, self.end))

    def span(self, zone: ZoneInfo) -> Span:
        """Return the instants it spans."""
        return widest(self.start, self.end, zone)


def widest(start: datetime, end: datetime, zone: ZoneInfo) -> Span:
    """Return the longest span that two wall times can mean."""
    starts = (start.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    ends = (end.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return min(starts), max(ends)


def _moment(text: str, whole: str) -> datetime:
    day, letter, clock = text.strip().partition("T")
    if not letter:
        raise _unreadable(whole)
    try:
        midnight = datetime.combine(parse_date(day), time())
        return midnight + timedelta(minutes=parse_clock(clock))
    except (FormatError, OverflowError):
        raise _unreadable(whole) from None


def _unreadable(text: str) -> FormatError:
    remedy = f"Write for example {BusyTime.example}."
    return FormatError("bad_busy", text, f"Cannot read busy time {shortened(text)}.", remedy)
