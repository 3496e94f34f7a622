"""The VTIMEZONE of a feed (RFC 5545, 3.6.5): how the clock of a zone changes.

A zone that changes its clock by one rule every year says so in an RRULE, which calendars follow
for ever. Where no such rule holds, as in Morocco, whose clock follows Ramadan, or before it came
to hold, each change stands on its own: programs that know rules only leave those out.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import groupby, pairwise, takewhile
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

# After so many years the days of the week fall on the same days again: a rule that holds that
# long is one. Only a year without a leap day among them makes it longer, by twelve at most.
_CYCLE = 40
# No clock was changed twice in so short a time since 1995, nor will any be that is known of.
_STEP = timedelta(days=5)
_LAST_YEAR = date.max.year - 1
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEK = 7
_LONG_MONTHS = (1, 3, 5, 7, 8, 10, 12)


class _Onset(NamedTuple):
    """A change of the clock: what it shows before, the offsets from UTC, the name of the new."""

    shown: datetime
    before: timedelta
    after: timedelta
    name: str


class _Rule(NamedTuple):
    """Changes of the clock on a weekday among the same days of a month, every year."""

    month: int
    weekday: int
    days: range
    clock: time
    before: timedelta
    after: timedelta
    name: str

    def of_year(self, year: int) -> Iterator[_Onset]:
        """Yield the change of a year, if there is one."""
        for number in self.days:
            day = date(year, self.month, number)
            if day.weekday() == self.weekday:
                shown = datetime.combine(day, self.clock)
                yield _Onset(shown, self.before, self.after, self.name)

    def recurrence(self) -> dict[str, Any]:
        """Return the RRULE; a week that is the first, second or last is said as such."""
        weekday = _WEEKDAYS[self.weekday]
        yearly: dict[str, Any] = {"FREQ": "YEARLY", "BYMONTH": self.month}
        if len(self.days) == _WEEK and self.days[-1] == (31 if self.month in _LONG_MONTHS else 30):
            return {**yearly, "BYDAY": f"-1{weekday}"}
        if len(self.days) == _WEEK and self.days[-1] % _WEEK == 0:
            return {**yearly, "BYDAY": f"{self.days[-1] // _WEEK}{weekday}"}
        return {**yearly, "BYDAY": weekday, "BYMONTHDAY": list(self.days)}


def zone_table(name: str, first: date, last: date) -> "Timezone":
    """Return how the clock of a zone changes, for what happens from a day to another.

    Args:
        name: The zone's IANA name.
        first: The first day.
        last: The last day, included.
    """
    from icalendar import Timezone

    begin, end = max(first.year - 1, date.min.year + 1), min(last.year + _CYCLE, _LAST_YEAR)
    onsets = [onset for year in range(begin, end + 1) for onset in _onsets(name, year)]
    rules = _rules(onsets, range(end - _CYCLE + 1, end + 1))
    ruled = sorted(
        onset for year in range(begin, end + 1) for rule in rules for onset in rule.of_year(year)
    )
    kept = _common_end(onsets, ruled)
    alone = [onset for onset in onsets[: len(onsets) - kept] if onset.shown.year <= last.year]
    if alone or not onsets or first <= onsets[0].shown.date():
        alone.insert(0, _begin(name, begin))
    yearly = [(_first_of(rule, onsets[len(onsets) - kept :]), rule) for rule in rules]
    table = Timezone()
    table.add("TZID", name)
    for onset, rule in sorted([*((it, None) for it in alone), *yearly], key=itemgetter(0)):
        table.add_component(_part(onset, rule))
    return table


def _first_of(rule: _Rule, onsets: Sequence[_Onset]) -> _Onset:
    return next(onset for onset in onsets if onset in rule.of_year(onset.shown.year))


@cache
def _onsets(name: str, year: int) -> tuple[_Onset, ...]:
    """Return the changes of the clock of a zone within a year of UTC."""
    zone = ZoneInfo(name)
    begin, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    moments = [begin + _STEP * number for number in range((end - begin) // _STEP + 1)]
    offsets = [_offset(moment, zone) for moment in (*moments, end)]
    return tuple(
        _onset(moment, min(moment + _STEP, end), zone)
        for moment, (before, after) in zip(moments, pairwise(offsets), strict=True)
        if before != after
    )


def _onset(low: datetime, high: datetime, zone: ZoneInfo) -> _Onset:
    """Return the change of the clock between two moments."""
    before = _offset(low, zone)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // timedelta(seconds=2) * timedelta(seconds=1)
        low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
    shown = (high + before).replace(tzinfo=None)
    return _Onset(shown, before, _offset(high, zone), _name(high, zone))


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None, "a zone has an offset at any moment"
    return offset


def _name(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).tzname() or ""


def _begin(name: str, year: int) -> _Onset:
    """Return what holds when a year begins, as a change that changes nothing."""
    moment, zone = datetime(year, 1, 1, tzinfo=UTC), ZoneInfo(name)
    offset = _offset(moment, zone)
    return _Onset(moment.replace(tzinfo=None), offset, offset, _name(moment, zone))


def _rules(onsets: Sequence[_Onset], years: range) -> list[_Rule]:
    """Return the yearly rules that give exactly the changes of some years; none where none do."""

    def kind(onset: _Onset) -> tuple[Any, ...]:
        shown = onset.shown
        return shown.month, shown.weekday(), shown.time(), onset.before, onset.after, onset.name

    found = sorted((onset for onset in onsets if onset.shown.year in years), key=kind)
    rules = []
    for (month, weekday, *rest), group in groupby(found, kind):
        days = [onset.shown.day for onset in group]
        rules.append(_Rule(month, weekday, range(min(days), max(days) + 1), *rest))
    made = sorted(onset for year in years for rule in rules for onset in rule.of_year(year))
    return rules if made == sorted(found) else []


def _common_end(onsets: Sequence[_Onset], ruled: Sequence[_Onset]) -> int:
    """Count the changes, from the last one back, that are as the rules have them."""
    pairs = zip(reversed(onsets), reversed(ruled), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _part(onset: _Onset, rule: _Rule | None) -> "TimezoneStandard | TimezoneDaylight":
    """Return the part of a table for a change; a clock put forward is daylight time.

    So programs that know of these two only see it in Dublin as well, where the law has it that
    winter is the exception.
    """
    from icalendar import TimezoneDaylight, TimezoneStandard

    part = TimezoneDaylight() if onset.after > onset.before else TimezoneStandard()
    part.add("DTSTART", onset.shown)
    part.add("TZOFFSETFROM", onset.before)
    part.add("TZOFFSETTO", onset.after)
    part.add("TZNAME", onset.name)
    if rule:
        part.add("RRULE", rule.recurrence())
    return part
