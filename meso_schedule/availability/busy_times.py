"""Busy times: spans in which no session can take place, from a request or from calendars."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, ClassVar, Protocol, Self, runtime_checkable
from zoneinfo import ZoneInfo

from meso_schedule.base.dates import TextValue, parse_date
from meso_schedule.base.errors import FormatError, shortened
from meso_schedule.base.times import DAY_MINUTES, parse_clock

if TYPE_CHECKING:
    from meso_schedule.course.course_plan import Finding

# From an instant up to, and without, another one; both in UTC.
Span = tuple[datetime, datetime]
# From a minute after midnight up to, and without, another one.
Minutes = tuple[int, int]


class BusySource(Protocol):
    """Something that knows busy times: a calendar file, or the busy times of a request."""

    def spans(self, year: int, zone: ZoneInfo) -> Iterable[Span]:
        """Return the busy times that touch a year of a zone, in any order; they may overlap."""
        ...


@runtime_checkable
class TellingSource(BusySource, Protocol):
    """A source of busy times that has something to say about them."""

    def findings(self, as_of: date, zone: ZoneInfo) -> Iterable["Finding"]:
        """Return what is to be told with every plan that it was asked for."""
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


@dataclass(frozen=True, slots=True)
class AskedBusy:
    """The busy times of a request, as a source."""

    times: Sequence[BusyTime]

    def spans(self, year: int, zone: ZoneInfo) -> Iterable[Span]:
        """Return those that touch the year."""
        return [b.span(zone) for b in self.times if b.start.year <= year <= b.end.year]


def widest(start: datetime, end: datetime, zone: ZoneInfo) -> Span:
    """Return the longest span that two wall times can mean."""
    starts = (start.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    ends = (end.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return min(starts), max(ends)


def spans_by_day(
    sources: Iterable[BusySource], year: int, zone: ZoneInfo
) -> dict[date, list[Span]]:
    """Return the busy times of each day of a year, in order, none touching another."""
    days: dict[date, list[Span]] = {}
    spans = {span for source in sources for span in source.spans(year, zone) if span[0] < span[1]}
    for span in _merged(sorted(spans)):
        for day in _days_of(span, year, zone):
            days.setdefault(day, []).append(span)
    return days


def taken_minutes(spans: Iterable[Span], day: date, zone: ZoneInfo) -> Iterator[Minutes]:
    """Yield the minutes that busy times take of a day on which the clock does not change."""
    for start, end in spans:
        first, last = start.astimezone(zone), end.astimezone(zone)
        begins = _minute(first) if first.date() == day else 0
        # A minute begun is a minute taken.
        seconds = bool(last.second or last.microsecond)
        yield begins, _minute(last) + seconds if last.date() == day else DAY_MINUTES


def free_pieces(piece: Minutes, taken: Iterable[Minutes]) -> Iterator[Minutes]:
    """Yield what busy times, in order, leave of a piece of a day."""
    first, end = piece
    for begins, ends in taken:
        if first < min(begins, end):
            yield first, min(begins, end)
        first = max(first, ends)
    if first < end:
        yield first, end


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    last: Span | None = None
    for span in spans:
        if last and span[0] <= last[1]:
            last = last[0], max(last[1], span[1])
            continue
        if last:
            yield last
        last = span
    if last:
        yield last


def _days_of(span: Span, year: int, zone: ZoneInfo) -> Iterator[date]:
    first = max(span[0].astimezone(zone).date(), date(year, 1, 1))
    # Without its end: midnight ends the day before.
    last = min((span[1] - timedelta.resolution).astimezone(zone).date(), date(year, 12, 31))
    return (date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1))


def _minute(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute


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
