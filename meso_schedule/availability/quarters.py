"""Quarter hours of the world's clock: a day of a clinic as a row of them, and spans in it.

A quarter is the number of whole quarter hours since 1970 in UTC, so a change of clocks needs no
rule of its own. Sets of quarters are whole numbers: bit n of the mask of a day is the n-th quarter
after its midnight.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from meso_schedule.availability.busy_spans import Minutes
from meso_schedule.availability.open_days import clock_changes
from meso_schedule.availability.start_times import wall
from meso_schedule.base.times import DAY_MINUTES, QUARTER, TimeRange

_SECONDS = 60 * QUARTER
_MINUTE = timedelta(minutes=1)


class Day(NamedTuple):
    """A day of a clinic in quarters of the world's clock.

    Args:
        first: The quarter in which it begins.
        length: How many quarters it has: 92, 96 or 100.
    """

    first: int
    length: int


def quarter_of(moment: datetime) -> int:
    """Return the quarter that a moment lies in."""
    return int(moment.timestamp() // _SECONDS)


@lru_cache(maxsize=4096)
def day_of(day: date, zone: ZoneInfo) -> Day:
    """Return a day of a zone in quarters."""
    first = quarter_of(first_moment(day, 0, zone))
    return Day(first, -(-int(first_moment(day, DAY_MINUTES, zone).timestamp()) // _SECONDS) - first)


def first_moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Return the first moment at which the clock shows so many minutes after midnight, or more."""
    asked = wall(day, minute, zone)
    moment = asked.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == asked.replace(tzinfo=None):
        return moment
    moment = asked.replace(fold=1).astimezone(UTC)  # the clock jumps over it
    while moment.astimezone(zone).replace(tzinfo=None) < asked.replace(tzinfo=None):
        moment += _MINUTE
    return moment


def hours_of(spans: Iterable[Minutes], day: date, zone: ZoneInfo) -> Iterator[TimeRange]:
    """Yield spans of a day, in minutes after its beginning, as the clock shows them."""
    begin = first_moment(day, 0, zone)
    for span in spans:
        first, last = ((begin + timedelta(minutes=it)).astimezone(zone) for it in span)
        end = last.hour * 60 + last.minute if last.date() == day else DAY_MINUTES
        yield TimeRange(first.hour * 60 + first.minute, end)


def minutes_of(hours: Iterable[TimeRange], day: date, zone: ZoneInfo) -> Iterator[Minutes]:
    """Yield hours of a day in minutes of elapsed time from the beginning of its first quarter."""
    if day not in clock_changes(zone.key, day.year):
        yield from ((span.start, span.end) for span in hours)
        return
    begin = day_of(day, zone).first * _SECONDS
    for span in hours:
        first, last = (
            int(first_moment(day, minute, zone).timestamp() - begin) // 60
            for minute in (span.start, span.end)
        )
        if first < last:
            yield first, last


def joined_spans(spans: Iterable[Minutes]) -> tuple[Minutes, ...]:
    """Return spans in order, those that touch as one."""
    found: list[Minutes] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return tuple(found)


def bits(first: int, end: int) -> int:
    """Return the mask of the quarters from a first one up to, and without, another one."""
    return (1 << end) - (1 << first) if first < end else 0


def whole_quarters(spans: Iterable[Minutes]) -> int:
    """Return the quarters that lie in spans, none of which touches another."""
    return sum(bits(-(-first // QUARTER), last // QUARTER) for first, last in spans)


@lru_cache(maxsize=4096)
def starts_within(spans: tuple[Minutes, ...], lead: int, length: int) -> int:
    """Return the quarters at whose begin something can start that then lies in a span.

    Args:
        spans: None touches another.
        lead: Minutes from the start to its beginning.
        length: How many minutes it takes.
    """
    mask = 0
    for first, last in spans:
        begin, end = -(-(first - lead) // QUARTER), (last - lead - length) // QUARTER
        mask |= bits(max(begin, 0), end + 1)
    return mask


def starts_free_of(taken: int, first: int, end: int, length: int) -> int:
    """Return the quarters at which something can start that takes none of those taken.

    Args:
        taken: The quarters taken.
        first: The quarters from the start to the first that it takes.
        end: The same to the one after the last that it takes.
        length: How many quarters the day has.
    """
    clash = 0
    for offset in range(first, end):
        clash |= taken >> offset
    return bits(0, length) & ~clash
