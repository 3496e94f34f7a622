"""Words for people: harmless data, dates with the month's name, spans, amounts, counts."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from meso_schedule.base.phrases import Phrase, listed, phrase
from meso_schedule.base.times import WEEKDAY_NAMES
from meso_schedule.course.bill import MoneyRange

MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
# What stands in for a sign on an old code page that lacks it.
_PLAIN = {
    **dict.fromkeys("─–—‒‐‑−", "-"),
    **dict.fromkeys("’‘‚", "'"),
    **dict.fromkeys("“”„«»", '"'),
    **dict.fromkeys("\u00a0\u202f\u2009\u2007", " "),
    "…": "...",
}


def encodable(text: str, encoding: str) -> str:
    r"""Replace signs that an encoding lacks by plain ones, where there are any.

    >>> encodable("1\u20132 \u00e9t\u00e9", "latin-1")
    '1-2 été'
    """
    for sign, plain in _PLAIN.items():
        if sign in text and not _has(encoding, sign):
            text = text.replace(sign, plain)
    return text


def _has(encoding: str, sign: str) -> bool:
    try:
        sign.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def day_text(day: date) -> str:
    """Write a date in full.

    >>> day_text(date(2026, 12, 1))
    'Tue 1 Dec 2026'
    """
    return f"{WEEKDAY_NAMES[day.weekday()][:3]} {short_day(day)} {day.year}"


def short_day(day: date) -> str:
    """Write day and month, `1 Dec`."""
    return f"{day.day} {MONTH_NAMES[day.month - 1][:3]}"


def span_text(first: date, last: date, *, year: bool = True) -> str:
    """Write two days and all between them as briefly as can be read.

    >>> span_text(date(2026, 12, 8), date(2026, 12, 11))
    '8-11 Dec 2026'
    """
    end = f"{short_day(last)} {last.year}" if year else short_day(last)
    if first == last:
        return end
    if first.year != last.year and year:
        return f"{short_day(first)} {first.year} - {end}"
    if (first.year, first.month) != (last.year, last.month):
        return f"{short_day(first)} - {end}"
    return f"{first.day}-{end}"


def as_day(moment: date | datetime) -> date:
    """Return the day of a day or an instant."""
    return moment.date() if isinstance(moment, datetime) else moment


def money_text(amount: MoneyRange | None, dash: str = " - ") -> str:
    """Write an amount or a range of amounts; nothing where no price is known."""
    if amount is None:
        return ""
    low, high = format(amount.low, "f"), format(amount.high, "f")
    return low if low == high else f"{low}{dash}{high}"


def count_text(count: int, noun: str) -> str:
    """Write a number and what it counts.

    >>> count_text(1, "day"), count_text(2, "day")
    ('1 day', '2 days')
    """
    return f"{count} {noun}{'' if count == 1 else 's'}"


def numbers_text(numbers: Sequence[int]) -> Phrase:
    """Write numbers in order, more than two neighbours joined.

    >>> numbers_text([1, 2, 3, 5, 6])
    '1-3, 5 and 6'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    told: list[str] = []
    for run in runs:
        span = phrase("{first}-{last}", first=run[0], last=run[-1])
        told += [span] if len(run) > 2 else map(str, run)
    return listed(told)


def day_runs(days: Iterable[tuple[date, str]]) -> list[tuple[date, date, str]]:
    """Join neighbouring days that carry the same words."""
    runs: list[tuple[date, date, str]] = []
    for day, words in days:
        if runs and runs[-1][2] == words and (day - runs[-1][1]).days == 1:
            runs[-1] = (runs[-1][0], day, words)
        else:
            runs.append((day, day, words))
    return runs


def sentence(text: str) -> str:
    """Begin with a capital letter and end with a full stop."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?", ":")) else f"{text}."
