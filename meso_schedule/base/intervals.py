"""Lengths of time as rules write them: whole days, weeks, months, years."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import ClassVar, Self

from meso_schedule.base.dates import _LONGEST_TEXT, TextValue, add_months
from meso_schedule.base.errors import CalendarEndError, Fault, FormatError, shortened
from meso_schedule.base.phrases import COUNTED_UNITS, Phrase, hours, phrase

_TERM = re.compile(r"([0-9]{1,5}) +(day|week|month|year)s?")
_OFFSET = re.compile(r"([+-]?) *([0-9]{1,5}) +(hour|day|week|month)s?")
_UNIT_DAYS = {"day": 1, "week": 7}
_UNIT_MONTHS = {"month": 1, "year": 12}


class IntervalFormatError(FormatError):
    """Interval text that is not whole days, weeks, months or years."""

    def __init__(self, text: object) -> None:
        super().__init__(
            "bad_interval",
            text,
            f"Cannot read interval {shortened(text)}.",
            "Write for example '10 days' or '3 months'.",
        )


@dataclass(frozen=True, slots=True)
class Interval(TextValue):
    """A length of whole years, months, weeks and days, added to a date.

    Args:
        months: Years and months together, added first and corrected once.
        days: Weeks and days together, added to the corrected date.
        text: How it was written.

    Source:
        CDC CDSi Logic Specification v4.6, rules CALCDT-1 to CALCDT-5.
    """

    months: int
    days: int
    text: str = field(default="", compare=False)

    pattern: ClassVar[str] = (
        r"^[0-9]+ +(days?|weeks?|months?|years?)( *[+-] *[0-9]+ +(days?|weeks?|months?|years?))*$"
    )
    example: ClassVar[str] = "6 months + 4 weeks"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read interval text such as `10 days` or `6 months + 4 weeks`.

        Raises:
            IntervalFormatError: When the text is anything else.
        """
        months = days = position = 0
        sign = 1
        stripped = text.strip()
        if len(stripped) > _LONGEST_TEXT:
            raise IntervalFormatError(text)
        while True:
            match = _TERM.match(stripped, position)
            if not match:
                raise IntervalFormatError(text)
            amount = sign * int(match[1])
            months += amount * _UNIT_MONTHS.get(match[2], 0)
            days += amount * _UNIT_DAYS.get(match[2], 0)
            if match.end() == len(stripped):
                return cls(months, days, stripped)
            joint = re.compile(r" *([+-]) *").match(stripped, match.end())
            if not joint:
                raise IntervalFormatError(text)
            sign = 1 if joint[1] == "+" else -1
            position = joint.end()

    def after(self, anchor: date) -> date:
        """Return the date this interval after `anchor`.

        A date that does not exist becomes the first of the next month, so a
        minimum interval is never shortened.

        >>> Interval.parse("6 months").after(date(2000, 3, 31))
        datetime.date(2000, 10, 1)

        Raises:
            CalendarEndError: When the result leaves the years 1 to 9999.

        Source:
            CDC CDSi Logic Specification v4.6, rules CALCDT-2 and CALCDT-5.
        """
        return _moved(anchor, self)

    @property
    def fewest_days(self) -> int:
        """A number of days that it is never shorter than, whatever day it counts from."""
        return min(28 * self.months, 31 * self.months) + self.days

    @property
    def most_days(self) -> int:
        """A number of days that it is never longer than, whatever day it counts from."""
        return max(28 * self.months, 31 * self.months) + self.days

    @property
    def words(self) -> Phrase:
        """The interval as a phrase, as it was written."""
        return _words(str(self))

    def less(self, other: Interval) -> Interval:
        """Return this interval shortened by another, as one interval: `1 month - 4 days`."""
        return Interval(self.months - other.months, self.days - other.days)

    def __str__(self) -> str:
        if self.text:
            return self.text
        parts = [(self.months, "month"), (self.days, "day")]
        return (
            " + ".join(f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in parts if n) or "0 days"
        )


@lru_cache(maxsize=256)
def _words(text: str) -> Phrase:
    terms = {
        f"term{place}": COUNTED_UNITS[unit](int(amount))
        for place, (amount, unit) in enumerate(_TERM.findall(text))
    }
    names = iter(terms)
    return Phrase(text, _TERM.sub(lambda _: f"{{{next(names)}}}", text), terms)


@dataclass(frozen=True, slots=True)
class Offset(TextValue):
    """A signed distance from a session, `-7 days` or `8 hours`; negative lies before it."""

    months: int
    days: int
    hours: int | None
    text: str = field(default="", compare=False)

    pattern: ClassVar[str] = r"^[+-]? *[0-9]+ +(hours?|days?|weeks?|months?)$"
    example: ClassVar[str] = "-7 days"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an offset.

        Raises:
            FormatError: When the text is no signed whole number of hours, days, weeks or months.
        """
        match = _OFFSET.fullmatch(text.strip())
        if not match:
            raise FormatError(
                "bad_offset",
                text,
                f"Cannot read offset {shortened(text)}.",
                "Write for example '-7 days' or '8 hours'.",
            )
        amount = int(match[2]) * (-1 if match[1] == "-" else 1)
        unit = match[3]
        hours = amount if unit == "hour" else None
        months = amount if unit == "month" else 0
        return cls(months, amount * _UNIT_DAYS.get(unit, 0), hours, text.strip())

    def from_day(self, day: date) -> date:
        """Return the day this calendar offset away from `day`; hours are not counted."""
        return _moved(day, self)

    @property
    def parts(self) -> tuple[int, str]:
        """Its signed number and its unit: `hour`, `day`, `week` or `month`."""
        match = _OFFSET.fullmatch(self.text)
        assert match, "an offset keeps its text"
        return int(f"{match[1]}{match[2]}"), match[3]

    def __str__(self) -> str:
        return self.text


def lasting(starts: Offset, ends: Offset) -> Phrase:
    """Say how long something lasts that begins and ends so far from a session.

    >>> pairs = [("-7 days", "0 days"), ("6 hours", "72 hours"), ("-2 days", "1 week")]
    >>> [str(lasting(Offset.parse(starts), Offset.parse(ends))) for starts, ends in pairs]
    ['7 days', '6 to 72 hours', '2 days before and 1 week after']
    """
    (first, first_unit), (last, last_unit) = starts.parts, ends.parts
    lengths = _length(first, first_unit), _length(last, last_unit)
    if first < 0 < last:
        return phrase("{before} before and {after} after", before=lengths[0], after=lengths[1])
    if not (first or last):
        return phrase("on the day")
    near, far = sorted([(abs(first), lengths[0]), (abs(last), lengths[1])], key=itemgetter(0))
    if not near[0]:
        return far[1]
    low = str(near[0]) if first_unit == last_unit else near[1]
    return phrase("{low} to {high}", low=low, high=far[1])


def _length(count: int, unit: str) -> Phrase:
    return {"hour": hours, **COUNTED_UNITS}[unit](abs(count))


def _moved(anchor: date, by: Interval | Offset) -> date:
    moved = add_months(anchor, by.months) if by.months else anchor
    try:
        return moved + timedelta(days=by.days)
    except OverflowError:
        raise CalendarEndError(anchor, str(by)) from None


LONGEST_DAYS = 100 * 12 * 31


def length_faults(interval: Interval | None, place: str) -> Iterator[Fault]:
    """Find an interval, there or back, that is longer than a lifetime."""
    if interval and abs(31 * interval.months) + abs(interval.days) > LONGEST_DAYS:
        problem, remedy = "It is longer than a lifetime.", "Write at most 100 years."
        yield Fault("bad_interval", problem, None, place, str(interval), remedy)


def side_faults(
    minimum: Interval | None, minimum_before: Interval | None, place: str
) -> Iterator[Fault]:
    """Find what a distance in two directions can't say: nothing at all, or what leads nowhere."""
    if not minimum and not minimum_before:
        problem, remedy = "It gives no distance.", "Write minimum, minimum_before or both."
        yield Fault("missing_key", problem, None, f"{place}.minimum", None, remedy)
    yield from distance_faults(minimum, f"{place}.minimum")
    yield from distance_faults(minimum_before, f"{place}.minimum_before")


def distance_faults(interval: Interval | None, place: str) -> Iterator[Fault]:
    """Find an interval that leads back in time from some day, or over a lifetime."""
    yield from length_faults(interval, place)
    if interval and interval.fewest_days < 0:
        yield Fault(
            "negative_gap",
            f"{interval} leads back in time.",
            None,
            place,
            str(interval),
            "Write an interval of 0 days or more.",
        )
