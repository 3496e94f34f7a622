"""When a clinic is open: its week, other weeks for a while, days of their own, closures."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Annotated, TypeVar

from pydantic import AfterValidator, ConfigDict, Field

from meso_schedule.base.dates import DateRange, Day
from meso_schedule.base.errors import Fault, FormatError, shortened
from meso_schedule.base.free_text import Text, Whole
from meso_schedule.base.models import IsoDate, Many, Model
from meso_schedule.base.readable_fields import read_entries
from meso_schedule.base.times import WEEKDAYS, TimeRange

_LEAP_YEAR = 2000
_MONTH_DAY = re.compile(r"[0-9]{2}-[0-9]{2}")


def _in_order(hours: tuple[TimeRange, ...]) -> tuple[TimeRange, ...]:
    for first, second in pairwise(hours):
        if second.start < first.end:
            raise FormatError(
                "overlapping_hours",
                f"{first}, {second}",
                f"{second} starts before {first} has ended.",
                "Write the hours of a day in order, without overlap.",
            )
    return hours


def month_day(text: str) -> tuple[int, int]:
    """Return month and day of a day of every year, `12-24`."""
    day = date.fromisoformat(f"{_LEAP_YEAR}-{text}")
    return day.month, day.day


def _month_day(text: str) -> str:
    try:
        if not _MONTH_DAY.fullmatch(text):
            raise ValueError(text)
        month_day(text)
    except ValueError:
        problem, remedy = f"{shortened(text)} is no day of a year.", "Write month and day: 12-24."
        raise FormatError("bad_date", text, problem, remedy) from None
    return text


Hours = Annotated[Many[TimeRange], AfterValidator(_in_order)]
MonthDay = Annotated[Whole, AfterValidator(_month_day)]


class WeekHours(Model):
    """Opening hours of each weekday; days left out are closed."""

    mon: Hours = ()
    tue: Hours = ()
    wed: Hours = ()
    thu: Hours = ()
    fri: Hours = ()
    sat: Hours = ()
    sun: Hours = ()

    def of_weekdays(self) -> list[tuple[TimeRange, ...]]:
        """Return the hours from Monday to Sunday."""
        return [getattr(self, name) for name in WEEKDAYS]


class Dated(Model):
    """Days from one to another, both ends included."""

    model_config = ConfigDict(validate_by_name=False)

    first: IsoDate = Field(alias="from")
    last: IsoDate = Field(alias="to")

    @property
    def days(self) -> DateRange:
        """The days from first to last."""
        return DateRange(self.first, self.last)


class Closure(Dated):
    """Days on which the clinic is closed for a reason of its own; both ends included."""

    reason: Text = "closed by the clinic"


class Rota(Dated, WeekHours):
    """The hours of another week for a while, both ends included; days left out are closed."""


class Opening(Model):
    """Opening hours of one day or several; they replace whatever the day had."""

    date: IsoDate | None = None
    dates: Many[IsoDate] = ()
    hours: Hours

    @property
    def days(self) -> tuple[Day, ...]:
        """The days, however they were written."""
        return self.dates if self.date is None else (self.date,)


Ranged = TypeVar("Ranged", bound=Dated)


def range_faults(entries: Sequence[Ranged | None] | None, table: str) -> Iterator[Fault]:
    """Find days that end before they start, and other hours for a day that has some."""
    seen: list[Dated] = []
    for place, entry in read_entries(entries, table):
        if entry.last < entry.first:
            problem = f"It ends on {entry.last}, before it starts on {entry.first}."
            remedy = "Write the earlier day first."
            yield Fault("bad_range", problem, None, place, str(entry.last), remedy)
        if isinstance(entry, Rota):
            overlaps = [it for it in seen if it.first <= entry.last and entry.first <= it.last]
            for other in overlaps:
                problem = f"It overlaps the hours from {other.first} to {other.last}."
                remedy = "Write one week pattern for each day."
                yield Fault("overlapping_hours", problem, None, place, str(entry.first), remedy)
            seen.append(entry)


def opening_faults(openings: Sequence[Opening | None] | None) -> Iterator[Fault]:
    """Find openings of no day, and days that have two."""
    seen: set[date] = set()
    for place, opening in read_entries(openings, "openings"):
        if (opening.date is None) == (not opening.dates):
            problem, remedy = "It needs a date, or dates.", 'Write date = "2026-12-28", or dates.'
            yield Fault("missing_key", problem, None, f"{place}.date", None, remedy)
        for day in opening.days:
            if day in seen:
                problem, remedy = f"{day} has two openings.", "Write all hours of a day in one."
                yield Fault("duplicate_opening", problem, None, place, str(day), remedy)
            seen.add(day)
