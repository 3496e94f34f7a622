"""Interval text, windows and phases by plain integer arithmetic."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any, NamedTuple

Raw = Mapping[str, Any]

MONTH_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
IN_MONTHS = {"month": 1, "year": 12}
IN_DAYS = {"day": 1, "week": 7}
TERM = re.compile(r"(?:([+-]) ?)?([0-9]+) (day|week|month|year)s?")


class Gap(NamedTuple):
    """The interval texts of a phase or of `[top_up]`, lists kept as tuples."""

    minimum: tuple[str, ...]
    recommended: str | None
    maximum: tuple[str, ...]
    lapse: tuple[str, ...]


class Window(NamedTuple):
    """The days of one session, and the day after which the course has lapsed."""

    earliest: date
    recommended: date
    latest: date
    lapse: date | None

    def last(self, late: int) -> date:
        """Return the last day when `late` days after the latest are allowed."""
        widened = self.latest + timedelta(days=late)
        return widened if self.lapse is None else min(widened, self.lapse)


def texts(value: object) -> tuple[str, ...]:
    """Return a single text, a list or nothing as a tuple of texts."""
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, Sequence):
        raise TypeError(f"not a text or a list of texts: {value!r}")
    return tuple(str(item) for item in value)


@cache
def interval(text: str) -> tuple[int, int]:
    """Return interval text as (months, days), both signed.

    Raises:
        ValueError: the text is no interval.
    """
    months = days = position = 0
    while position < len(text):
        term = TERM.match(text, position)
        # The first term has no sign, each later one has its own.
        if term is None or (position == 0) != (term[1] is None):
            raise ValueError(f"not an interval: {text!r}")
        amount = int((term[1] or "") + term[2])
        months += amount * IN_MONTHS.get(term[3], 0)
        days += amount * IN_DAYS.get(term[3], 0)
        position = term.end()
        position += text.startswith(" ", position)
    if not text or text.endswith(" "):
        raise ValueError(f"not an interval: {text!r}")
    return months, days


def month_length(year: int, month: int) -> int:
    """Return the number of days of a month; `month` counts from 0."""
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 1 and leap else MONTH_LENGTHS[month]


@lru_cache(maxsize=1 << 16)
def after(anchor: date, text: str) -> date:
    """Return the date one interval after `anchor`.

    Source:
        CDC CDSi Logic Specification v4.6, rule CALCDT-5: a date that does not
        exist is the first of the next month; days are added after that.
    """
    months, days = interval(text)
    count = anchor.year * 12 + (anchor.month - 1) + months
    day = anchor.day
    if day > month_length(count // 12, count % 12):
        count, day = count + 1, 1
    return date(count // 12, count % 12 + 1, day) + timedelta(days=days)


def gap(table: Raw) -> Gap:
    """Return the interval texts of a phase or `[top_up]` table."""
    return Gap(
        texts(table["minimum"]),
        table.get("recommended"),
        texts(table["maximum"]),
        texts(table.get("lapse")),
    )


@lru_cache(maxsize=1 << 16)
def window(rule: Gap, anchor: date) -> Window:
    """Return the window of a session whose session before was on `anchor`."""
    earliest = max(after(anchor, text) for text in rule.minimum)
    wished = earliest if rule.recommended is None else after(anchor, rule.recommended)
    recommended = max(wished, earliest)
    latest = max(min(after(anchor, text) for text in rule.maximum), recommended)
    lapse = min((after(anchor, text) for text in rule.lapse), default=None)
    return Window(earliest, recommended, latest, lapse)


def _fill(phases: Sequence[Raw], sessions: int) -> list[Raw]:
    """Return a phase for each session; the last phase runs to the end."""
    filled: list[Raw] = []
    for phase in phases[:-1]:
        filled += [phase] * phase["sessions"]
    return (filled + [phases[-1]] * sessions)[:sessions] if phases else []


def phase_of_each(protocol: Raw, request: Raw, sessions: int) -> list[Raw]:
    """Return the phase table of sessions 1 to `sessions`, forecasts applied."""
    phases: list[Raw] = protocol["phases"]
    certain = [phase for phase in phases if not phase.get("after_improvement")]
    hoped = [phase for phase in phases if phase.get("after_improvement")]
    if request.get("no_improvement"):
        return _fill(certain, sessions)
    if (improves_after := request.get("improves_after")) is not None:
        first = _fill(certain, min(improves_after, sessions))
        return first + _fill(hoped, sessions - len(first))
    return _fill(phases, sessions)


def last_day_before_event(protocol: Raw, event: date) -> date:
    """Return the latest day d with d + settle on or before the event."""
    settle = protocol.get("results", {}).get("settle", "3 days")
    day = event
    while after(day, settle) > event:
        day -= timedelta(days=1)
    return day
