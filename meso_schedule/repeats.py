"""How often an event of a calendar repeats at most, told from its rule without following it.

A rule such as `FREQ=SECONDLY` would keep a program busy for hours; counting first lets it
be refused at once.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from math import prod
from typing import Any, NamedTuple

_SECONDS = {
    "SECONDLY": 1,
    "MINUTELY": 60,
    "HOURLY": 3_600,
    "DAILY": 86_400,
    "WEEKLY": 7 * 86_400,
    "MONTHLY": 28 * 86_400,
    "YEARLY": 365 * 86_400,
}
_DAY = 86_400
_LONGEST = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
# The places of a rule that pick days, and how many days one entry picks in a year at most.
_DAYS_OF_YEAR = {"BYYEARDAY": 1, "BYWEEKNO": 7, "BYDAY": 53}
_DAYS_OF_MONTH = {"BYMONTHDAY": 1, "BYDAY": 5}

Rule = Mapping[str, Sequence[Any]]


class Repeats(NamedTuple):
    """The most times that an event happens."""

    in_all: int
    of_year: int


def repeats(event: Mapping[str, Any], begin: date, end: date) -> Repeats:
    """Return how often an event is tried up to the end of a year, and in that year, at most."""
    rule, start = event["RRULE"], _day(event["DTSTART"].dt)
    last = min([end, *(_day(until) for until in rule.get("UNTIL", ()))])
    in_all = _tries(rule, (last - start).days + 1)
    of_year = _tries(rule, (last - max(start, begin)).days + 1)
    if (counts := rule.get("COUNT")) and not any(key.startswith("BY") for key in rule):
        in_all, of_year = (min(number, int(counts[0])) for number in (in_all, of_year))
    return Repeats(in_all, of_year)


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


def _tries(rule: Rule, days: int) -> int:
    if days <= 0:
        return 0
    period = _SECONDS[_frequency(rule)] * int(rule.get("INTERVAL", [1])[0] or 1)
    return (days * _DAY // period + 1) * _set_size(rule)


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


def _frequency(rule: Rule) -> str:
    return str(rule["FREQ"][0]).upper()


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
