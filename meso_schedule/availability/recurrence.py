"""The rules by which events of a calendar repeat, followed within a bound of work.

A rule such as `FREQ=SECONDLY` would keep a program busy for hours: what a rule costs is
counted before it is followed, and while it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, datetime, timedelta

from meso_schedule.availability.calendar_text import Moment, Property, Work

_SECONDS = {
    "SECONDLY": 1,
    "MINUTELY": 60,
    "HOURLY": 3_600,
    "DAILY": 86_400,
    "WEEKLY": 7 * 86_400,
    "MONTHLY": 28 * 86_400,
    "YEARLY": 365 * 86_400,
}
_WEEKDAY = "(?:MO|TU|WE|TH|FR|SA|SU)"
_WEEK = "[+-]?(?:0?[1-9]|[1-4][0-9]|5[0-3])"
_DAY_OF_YEAR = "[+-]?(?:0?0?[1-9]|0?[1-9][0-9]|[12][0-9][0-9]|3[0-5][0-9]|36[0-6])"
_PARTS = {
    "FREQ": "|".join(_SECONDS),
    "INTERVAL": "[0-9]{1,9}",
    "COUNT": "-?[0-9]{1,9}",
    "UNTIL": "[0-9]{8}(?:T[0-9]{6}Z?)?",
    "WKST": _WEEKDAY,
    # They say what holds without them.
    "RSCALE": "GREGORIAN",
    "SKIP": "OMIT",
}
_LISTS = {
    "BYSECOND": "[0-5]?[0-9]",
    "BYMINUTE": "[0-5]?[0-9]",
    "BYHOUR": "[01]?[0-9]|2[0-3]",
    "BYDAY": f"(?:{_WEEK})?{_WEEKDAY}",
    "BYMONTH": "0?[1-9]|1[0-2]",
    "BYMONTHDAY": "[+-]?(?:0?[1-9]|[12][0-9]|3[01])",
    "BYYEARDAY": _DAY_OF_YEAR,
    "BYWEEKNO": _WEEK,
    "BYSETPOS": _DAY_OF_YEAR,
}
_WRITTEN = {name: re.compile(item) for name, item in _PARTS.items()} | {
    name: re.compile(f"(?:{item})(?:,(?:{item}))*") for name, item in _LISTS.items()
}
_DAYS = {"BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"}
_BEYOND_A_MONTH = re.compile(r"[+-]?(?:0?[6-9]|[1-5][0-9])[A-Z]+")
# To take up a rule costs as much as some times of it, and so does a year or a month of it.
_TAKEN_UP = 20
_WEIGHTS = {"YEARLY": 5, "MONTHLY": 2}
# Days and weekdays come again alike.
_CYCLE = timedelta(days=146_097)
_END = datetime(MAXYEAR, 12, 31)  # noqa: DTZ001 - on any clock
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by which an event repeats.

    Args:
        frequency: Such as `DAILY`.
        interval: How many days, weeks, … a period has.
        count: How many times it comes; None without such a bound.
        until: The last moment that it lets in; None without such a bound.
        picks: Which days and times of a period, as in the calendar.
    """

    frequency: str
    interval: int
    count: int | None
    until: Moment | None
    picks: dict[str, str]


def read_rule(text: str) -> Rule:
    """Read a rule as it stands in a calendar.

    Raises:
        ValueError: When it cannot be read.

    >>> read_rule("FREQ=WEEKLY;BYDAY=MO,TU;COUNT=4")
    Rule(frequency='WEEKLY', interval=1, count=4, until=None, picks={'BYDAY': 'MO,TU'})
    """
    written = "".join(text[: _LONGEST + 1].upper().split())
    given = [part.split("=", 1) for part in written.split(";") if part]
    parts = {name: value for name, *values in given for value in values}
    readable = all(name in _WRITTEN and _WRITTEN[name].fullmatch(it) for name, it in parts.items())
    interval, count = parts.get("INTERVAL", "1"), int(parts.get("COUNT", "-1"))
    if len(text) > _LONGEST or len(parts) < len(given) or "FREQ" not in parts:
        raise ValueError(text)
    # Of a position within an hour or less, dateutil would look through all hours there are.
    is_lost = "BYSETPOS" in parts and _SECONDS.get(parts["FREQ"], 0) < _SECONDS["DAILY"]
    if not readable or not int(interval) or is_lost:
        raise ValueError(text)
    if "BYDAY" in parts and (parts["FREQ"] != "YEARLY" or "BYMONTH" in parts):
        days = [it for it in parts["BYDAY"].split(",") if not _BEYOND_A_MONTH.fullmatch(it)]
        parts["BYDAY"] = ",".join(days)
        # Of what no month has, nothing ever comes.
        count = count if days else 0
    return Rule(
        parts["FREQ"],
        int(interval),
        # Below zero is written by some for none.
        count if count >= 0 else None,
        Property(parts["UNTIL"]).moment() if "UNTIL" in parts else None,
        {name: parts[name] for name in ("WKST", *_LISTS) if name in parts},
    )


def times(
    rule: Rule, start: datetime, first: datetime, last: datetime, work: Work
) -> Iterator[datetime]:
    """Yield the times of a rule on the clock it is written for, in order.

    Args:
        rule: The rule; its bound in time is left to the caller.
        start: The first time, on which the rule counts.
        first: From when on.
        last: Up to when, this moment included.
        work: What it costs is spent of this.

    Raises:
        TooMuchWorkError: When it would cost more.
    """
    unit, count = _SECONDS[rule.frequency], rule.count
    is_even = not rule.picks.keys() & _LISTS.keys() and rule.frequency not in _WEIGHTS
    origin = _near(rule, start, first) if is_even or count is None else start
    if count is not None:
        count -= int((origin - start).total_seconds()) // (unit * rule.interval)
    if last < max(origin, first) or (count is not None and count <= 0):
        return
    weight = _WEIGHTS.get(rule.frequency, 1)
    periods = int((last - origin).total_seconds()) // unit + 2
    steps = periods // rule.interval + 1
    if count is not None and is_even:
        steps = min(steps, count)
    # An interval beyond the end would only be walked through.
    interval = min(rule.interval, periods)
    text = _written(rule, interval, start)
    work.spend(_TAKEN_UP + len(text) // 20 + last.year - origin.year + steps * weight)
    # dateutil looks for the next time up to the end of its calendar, which is brought near.
    shift = (MAXYEAR - last.year) // 400 * _CYCLE
    found, beyond = 0, _END - shift
    from dateutil.rrule import rrulestr

    try:
        for shifted in rrulestr(text, dtstart=origin + shift):
            moment = shifted - shift
            if moment > last:
                beyond = moment
                break
            found += 1
            if found > steps:
                work.spend()
            if first <= moment:
                yield moment
            if found == count:
                return
    except ValueError:
        return  # dateutil's word for a rule that never comes
    work.spend(int((beyond - last).total_seconds()) // (unit * interval) * weight)


def _written(rule: Rule, interval: int, start: datetime) -> str:
    """Return a rule without its bounds, with the day of its start where it leaves that open."""
    parts = {"FREQ": rule.frequency, "INTERVAL": interval, **rule.picks}
    if rule.frequency in _WEIGHTS and _DAYS.isdisjoint(parts):
        parts["BYMONTHDAY"] = start.day
        if rule.frequency == "YEARLY":
            parts.setdefault("BYMONTH", start.month)
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _near(rule: Rule, start: datetime, first: datetime) -> datetime:
    """Return a start from which the rule falls on the same times after another moment."""
    if rule.frequency in _WEIGHTS:
        period = rule.interval * (12 if rule.frequency == "YEARLY" else 1)
        passed = _passed((first.year - start.year) * 12 + first.month - start.month, period)
        year, month = divmod(start.year * 12 + start.month - 1 + passed, 12)
        return start.replace(year=year, month=month + 1, day=1) if passed else start
    period = _SECONDS[rule.frequency] * rule.interval
    return start + timedelta(seconds=_passed(int((first - start).total_seconds()), period))


def _passed(length: int, period: int) -> int:
    """Return the length of the whole periods that are over."""
    return max(0, length // period) * period
