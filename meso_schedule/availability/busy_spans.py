"""Busy times: spans in which no session can take place, from a request or from calendars."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple, Protocol, runtime_checkable
from zoneinfo import ZoneInfo

from meso_schedule.base.busy_times import BusySource, BusyTime, Span
from meso_schedule.base.times import DAY_MINUTES
from meso_schedule.course.course_plan import Finding

# From a minute after midnight up to, and without, another one.
Minutes = tuple[int, int]


@runtime_checkable
class TellingSource(BusySource, Protocol):
    """A source of busy times that has something to say about them."""

    def findings(self, as_of: date, zone: ZoneInfo) -> Iterable[Finding]:
        """Return what is to be told with every plan that it was asked for."""
        ...


class AskedBusy(NamedTuple):
    """The busy times of a request, as a source."""

    times: Sequence[BusyTime]

    def spans(self, year: int, zone: ZoneInfo) -> Iterable[Span]:
        """Return those that touch the year."""
        return [b.span(zone) for b in self.times if b.start.year <= year <= b.end.year]


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
