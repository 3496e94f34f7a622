"""Dates, times and ids as people type them, where there is no doubt what is meant.

What is doubtful stays as it is, and is refused by whoever reads it.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from meso_schedule.base.dates import LAST_ORDINAL
from meso_schedule.course.request import FIELDS

# The sign between day, month and year, in the languages that write them in this order.
_SEPARATORS = {"de": ".", "pl": ".", "fr": "/", "es": "/", "it": "/"}
_WORDS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_WORD = re.compile(rf"(?<![\w-])({'|'.join(_WORDS)})(?![\w-])", re.IGNORECASE)
_HOUR = re.compile(r"(?<![\w.])([01]?[0-9]|2[0-3]) ?[hH] ?([0-5][0-9])?(?!\w)")
_HALF_DAY = re.compile(r"(?<![\w.:])(1[0-2]|[1-9])(?::([0-5][0-9]))? ?([ap])m(?!\w)", re.IGNORECASE)

_DATES = ("DATE", "DAYS", "N=DATE", "TREATMENT")
_TIMES = ("TIME", "HOURS")


def as_meant(
    asked: Mapping[str, Any], language: str | None, today: Callable[[], date]
) -> dict[str, Any]:
    """Return what was typed for a request, dates, times and ids as the request reads them.

    Args:
        asked: Values by the names of a request.
        language: The language asked for, which tells the day from the month.
        today: Returns the day of asking, where a word such as tomorrow needs it.
    """
    return {name: _each(value, _reader(name, language, today)) for name, value in asked.items()}


def iso_days(text: str, language: str | None, today: Callable[[], date]) -> str:
    """Return a text with the days in it as ISO dates.

    >>> iso_days("1.12.2026", "de", date.today), iso_days("1.12.2026", "en", date.today)
    ('2026-12-01', '1.12.2026')
    """
    if sign := _SEPARATORS.get((language or "").lower()):
        part = r"([0-9]{1,2})" + re.escape(sign)
        day = rf"(?<!\w)(?<![0-9]\.){part}{part}([0-9]{{4}})(?!\w)"
        text = re.sub(day, lambda it: f"{it[3]}-{it[2]:0>2}-{it[1]:0>2}", text)
    return _WORD.sub(lambda it: str(_shifted(today(), _WORDS[it[1].lower()])), text)


def plain_clock(text: str) -> str:
    """Return a text with the times of day in it as 17:30.

    >>> plain_clock("17h"), plain_clock("17h05-20h00"), plain_clock("5:30 pm"), plain_clock("12am")
    ('17:00', '17:05-20:00', '17:30', '00:00')
    """
    text = _HOUR.sub(lambda it: f"{it[1]:0>2}:{it[2] or '00'}", text)
    return _HALF_DAY.sub(
        lambda it: f"{int(it[1]) % 12 + 12 * (it[3] in 'pP'):02}:{it[2] or '00'}", text
    )


def _reader(name: str, language: str | None, today: Callable[[], date]) -> Callable[[str], str]:
    form = FIELDS[name].form
    if name == "protocol":
        return str.lower
    if form in _DATES and name != "as_of":
        return lambda text: iso_days(text, language, today)
    return plain_clock if form in _TIMES else str


def _each(value: Any, read: Callable[[str], str]) -> Any:
    if isinstance(value, list):
        return [read(entry) for entry in value]
    return read(value) if isinstance(value, str) else value


def _shifted(day: date, by: int) -> date:
    return day + timedelta(days=by) if 1 < day.toordinal() < LAST_ORDINAL else day
