"""The rules by which events of a calendar repeat: read, counted before they are followed.

A rule such as `FREQ=SECONDLY` would keep a program busy for hours; counting first lets it
be refused at once.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from math import prod
from typing import Any

_SECONDS = {
    "SECONDLY": 1,
    "MINUTELY": 60,
    "HOURLY": 3_600,
    "DAILY": 86_400,
    "WEEKLY": 7 * 86_400,
    "MONTHLY": 28 * 86_400,
    "YEARLY": 365 * 86_400,
}
_TAKEN_UP = 20
_LONGEST = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
# The places of a rule that pick days, and how many days one entry picks in a year at most.
_DAYS_OF_YEAR = {"BYYEARDAY": 1, "BYWEEKNO": 7, "BYDAY": 53}
_DAYS_OF_MONTH = {"BYMONTHDAY": 1, "BYDAY": 5}
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# The least and the greatest number of each place; those from 1 may be counted from the end.
_RANGES = {
    "BYSECOND": (0, 59),
    "BYMINUTE": (0, 59),
    "BYHOUR": (0, 23),
    "BYMONTH": (1, 12),
    "BYMONTHDAY": (1, 31),
    "BYYEARDAY": (1, 366),
    "BYWEEKNO": (1, 53),
    "BYSETPOS": (1, 366),
}
_FROM_END = ("BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS")
# They say what holds without them.
_IDLE = {"RSCALE": "GREGORIAN", "SKIP": "OMIT"}
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}")
_UNTIL = re.compile(r"([0-9]{8})(?:T([0-9]{6})(Z)?)?")
_WEEKDAY = re.compile(rf"([+-]?[0-9]{{1,2}})?({'|'.join(_WEEKDAYS)})")

# Each place of a rule and its entries, as numbers; weekdays as texts, the bound as a moment.
Rule = Mapping[str, Sequence[Any]]


def read_rule(text: str) -> Rule:
    """Read a rule as it stands in a calendar.

    Raises:
        ValueError: When it cannot be read, or makes no sense.

    >>> read_rule("FREQ=WEEKLY;BYDAY=MO,TU;COUNT=4")
    {'FREQ': ('WEEKLY',), 'BYDAY': ('MO', 'TU'), 'COUNT': (4,)}
    """
    rule: dict[str, Sequence[Any]] = {}
    for part in filter(None, (part.strip() for part in text.upper().split(";"))):
        name, _, value = part.partition("=")
        if name in rule:
            raise ValueError(part)
        if _IDLE.get(name) != value:
            rule[name] = tuple(_entry(name, entry.strip()) for entry in value.split(","))
    # A count below zero is written by some for none.
    if rule.get("COUNT", (1,))[0] < 0:
        del rule["COUNT"]
    if is_hopeless(rule):
        raise ValueError(text)
    return rule


def _entry(name: str, text: str) -> Any:
    if name == "FREQ" and text in _SECONDS:
        return text
    if name == "WKST" and text in _WEEKDAYS:
        return text
    if name == "BYDAY" and (found := _WEEKDAY.fullmatch(text)) and _place(found) <= 53:
        return text
    if name == "UNTIL" and (found := _UNTIL.fullmatch(text)):
        return _until(*found.groups())
    if name in ("INTERVAL", "COUNT", *_RANGES) and _NUMBER.fullmatch(text):
        number = int(text)
        least, most = _RANGES.get(name, (number, number))
        if least <= (abs(number) if name in _FROM_END else number) <= most:
            return number
    raise ValueError(text)


def _until(day: str, clock: str | None, letter: str | None) -> date | datetime:
    # Some write the last year there is for no end: in another zone it would lie outside it.
    year = min(int(day[:4]), 9998)
    last = date(year, int(day[4:6]), int(day[6:]))
    if clock is None:
        return last
    hour, minute, second = int(clock[:2]), int(clock[2:4]), int(clock[4:])
    zone = UTC if letter else None
    return datetime.combine(last, time(hour, minute, min(second, 59)), zone)


def is_hopeless(rule: Rule) -> bool:
    """Tell whether a rule makes no sense or picks no day: it would be followed for ever."""
    if "FREQ" not in rule or int(rule.get("INTERVAL", (1,))[0]) < 1:
        return True
    months, days = rule.get("BYMONTH", ()), rule.get("BYMONTHDAY", ())
    if months and days and not _has_such_a_day(months, days):
        return True
    narrow = [key for key in ("BYYEARDAY", "BYWEEKNO") if key in rule]
    if narrow and (len(narrow) > 1 or months or days):
        return True
    positions = [abs(int(place)) for place in rule.get("BYSETPOS", ())]
    return bool(positions) and min(positions) > _set_size(rule)


def _has_such_a_day(months: Sequence[Any], days: Sequence[Any]) -> bool:
    longest = max(_LONGEST.get(int(month), 31) for month in months)
    return any(abs(int(day)) <= longest for day in days)


def steps(rule: Rule, start: datetime, first: datetime, last: datetime) -> int:
    """Return how many times are tried, at most, to follow a rule from one moment to another.

    To take it up at all costs as much as some times of it.

    Args:
        rule: The rule.
        start: Where it begins.
        first: From when on its times are asked for.
        last: Up to when.
    """
    period = _SECONDS[_frequency(rule)] * _interval(rule)
    counts = rule.get("COUNT")
    begin = start if counts else max(start, first)
    if last < max(begin, first):
        return 0
    tried = (int((last - begin).total_seconds()) // period + 3) * _set_size(rule)
    if counts and not any(key.startswith("BY") for key in rule):
        is_even = _frequency(rule) not in ("MONTHLY", "YEARLY")
        if is_even and (first - start).total_seconds() > period * int(counts[0]):
            return 0
        tried = min(tried, int(counts[0]))
    return tried + _TAKEN_UP


def _set_size(rule: Rule) -> int:
    """Return how many times one period of the rule holds at most."""
    frequency = _frequency(rule)
    shorter = list(_SECONDS)[: list(_SECONDS).index(frequency)]
    units = {"SECONDLY": "BYSECOND", "MINUTELY": "BYMINUTE", "HOURLY": "BYHOUR"}
    times = prod(len(rule.get(units[unit], (0,))) for unit in shorter if unit in units)
    return times * _days(rule, frequency)


def _days(rule: Rule, frequency: str) -> int:
    if frequency == "WEEKLY":
        return len(rule.get("BYDAY", (0,)))
    if frequency not in ("MONTHLY", "YEARLY"):
        return 1
    weights = _DAYS_OF_MONTH if frequency == "MONTHLY" else _DAYS_OF_YEAR
    found = [weight * len(rule[key]) for key, weight in weights.items() if key in rule]
    months = len(rule.get("BYMONTH", range(12)))
    if frequency == "YEARLY" and "BYMONTHDAY" in rule:
        found.append(months * len(rule["BYMONTHDAY"]))
    if frequency == "YEARLY" and not found and "BYMONTH" in rule:
        found.append(months)
    return min(found, default=1)


def times(rule: Rule, start: datetime, first: datetime, last: datetime) -> Iterator[datetime]:
    """Yield the times of a rule on the clock it is written for, in order.

    Args:
        rule: The rule; its bound in time is left to the caller.
        start: The first time, on which the rule counts.
        first: From when on.
        last: Up to when, this moment included.
    """
    if not steps(rule, start, first, last):
        return iter(())
    from dateutil import rrule

    asked: dict[str, Any] = {
        name.lower(): [int(number) for number in rule[name]] for name in _RANGES if name in rule
    }
    if "BYDAY" in rule:
        asked["byweekday"] = list(_weekdays(rule))
        if not asked["byweekday"]:
            return iter(())
    _fill_in(asked, rule, start)
    counts = rule.get("COUNT")
    followed = rrule.rrule(
        getattr(rrule, _frequency(rule)),
        dtstart=start if counts else _near(rule, start, first),
        interval=_interval(rule),
        wkst=_WEEKDAYS.index(rule.get("WKST", ("MO",))[0]),
        until=last,
        **asked,
    )
    # It ends at the last moment even where it never comes to its count.
    counted = islice(followed, int(counts[0])) if counts else followed
    return (moment for moment in counted if first <= moment)


def _weekdays(rule: Rule) -> Iterator[Any]:
    """Yield the weekdays of a rule, but for those that no month has so many of."""
    from dateutil import rrule

    is_of_year = _frequency(rule) == "YEARLY" and "BYMONTH" not in rule
    for entry in rule["BYDAY"]:
        found = _WEEKDAY.fullmatch(entry)
        if found and (is_of_year or _place(found) <= 5):
            yield rrule.weekday(_WEEKDAYS.index(found[2]), int(found[1]) if found[1] else None)


def _place(found: re.Match[str]) -> int:
    """Return which one of its weekdays an entry means; 54, that no year has, for the 0th."""
    return abs(int(found[1])) or 54 if found[1] else 1


def _fill_in(asked: dict[str, Any], rule: Rule, start: datetime) -> None:
    """Fill in the day of the start where the rule leaves it open."""
    days = ("BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY")
    frequency = _frequency(rule)
    if frequency not in ("YEARLY", "MONTHLY") or any(key in rule for key in days):
        return
    asked["bymonthday"] = [start.day]
    if frequency == "YEARLY":
        asked.setdefault("bymonth", [start.month])


def _near(rule: Rule, start: datetime, first: datetime) -> datetime:
    """Return a start from which the rule falls on the same times after another moment."""
    interval, frequency = _interval(rule), _frequency(rule)
    if frequency in ("YEARLY", "MONTHLY"):
        unit = 12 if frequency == "YEARLY" else 1
        months = (first.year - start.year) * 12 + first.month - start.month
        passed = _passed(months, interval * unit)
        year, month = divmod(start.year * 12 + start.month - 1 + passed, 12)
        return start.replace(year=year, month=month + 1, day=1) if passed else start
    seconds = int((first - start).total_seconds())
    return start + timedelta(seconds=_passed(seconds, _SECONDS[frequency] * interval))


def _passed(length: int, period: int) -> int:
    """Return the length of the whole periods that are over, but for the last of them."""
    return max(0, length // period - 1) * period


def _interval(rule: Rule) -> int:
    return int(rule.get("INTERVAL", (1,))[0])


def _frequency(rule: Rule) -> str:
    return str(rule["FREQ"][0])
