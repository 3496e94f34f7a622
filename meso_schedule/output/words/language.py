"""How outputs speak: the texts, dates, numbers and sums of one language."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from copy import copy
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

from meso_schedule.base.money import Share
from meso_schedule.base.phrases import Phrase, days_in, phrase
from meso_schedule.base.times import DAY_MINUTES, WEEKDAY_NAMES, Clock, TimeRange
from meso_schedule.course.bill import MoneyRange
from meso_schedule.output.words import text as plain
from meso_schedule.output.words.half_days import halves_of_day

_APART = phrase(";")


class Language(ABC):
    """Texts, dates, numbers and sums as one language writes them.

    Args:
        code: Its two letters.
        dash: What stands between the ends of a range.
        halves: What marks the hours before and after noon; None where 24 are counted.
    """

    code: str
    dash = "-"
    halves: tuple[str, str] | None = None

    def in_country(self, country: str | None) -> Self:
        """Return the language with the clock of a country; what is not known has 24 hours."""
        here = copy(self)
        here.halves = halves_of_day(self.code, country)
        return here

    @abstractmethod
    def say(self, text: str) -> str:
        """Say a text of the program, the rules or an answer; what is not known stays as it is."""

    def tell(self, text: str) -> str:
        """Say a text to people, with its dates as the language writes them."""
        return self.say(text)

    @abstractmethod
    def day(self, day: date) -> str:
        """Write a date with weekday and year."""

    @abstractmethod
    def weekday_near(self, day: date, year: int) -> str:
        """Write a date with weekday beside one of a year, which is left out where it is its own."""

    @abstractmethod
    def full_day(self, day: date) -> str:
        """Write a date with weekday, month and year in full."""

    @abstractmethod
    def short_day(self, day: date) -> str:
        """Write day and month."""

    @abstractmethod
    def dated(self, day: date) -> str:
        """Write day, month and year."""

    @abstractmethod
    def month(self, year: int, month: int) -> str:
        """Write a month in full with its year."""

    @property
    @abstractmethod
    def weekdays(self) -> tuple[str, ...]:
        """The weekdays from Monday, short enough for the head of a calendar."""

    @abstractmethod
    def span(self, first: date, last: date, *, year: bool = True) -> str:
        """Write two days and all between them as briefly as can be read."""

    def near(self, day: date, year: int) -> str:
        """Write a day beside one of a year, which is left out where it is the same."""
        return self.short_day(day) if day.year == year else self.dated(day)

    def span_near(self, first: date, last: date, year: int) -> str:
        """Write two days beside one of a year, which is left out where it is that of both."""
        return self.span(first, last, year=not first.year == last.year == year)

    @abstractmethod
    def amount(self, amount: Decimal) -> str:
        """Write a sum without its currency."""

    def share(self, share: Share) -> str:
        """Write a share, such as 20%."""
        return str(share)

    def fact(self, text: str) -> str:
        """Write a fact of a rule file: a text, a figure or two of them."""
        return self.say(text)

    def apart(self, texts: Iterable[str]) -> str:
        """Write finished texts one after another that do not belong closely together."""
        return f"{self.say(_APART)} ".join(texts)

    def clock(self, moment: datetime | Clock) -> str:
        """Write the time of day."""
        clock = moment if isinstance(moment, Clock) else Clock.parse(f"{moment:%H:%M}")
        if self.halves is None:
            return str(clock)
        hour, minute = divmod(clock.minutes % DAY_MINUTES, 60)
        return f"{hour % 12 or 12}:{minute:02}\N{NO-BREAK SPACE}{self.halves[hour >= 12]}"

    def hours(self, hours: TimeRange) -> str:
        """Write a span of hours within a day."""
        dash = f" {self.dash} " if self.halves else self.dash
        return dash.join(self.clock(Clock(minutes)) for minutes in (hours.start, hours.end))

    @abstractmethod
    def price(self, amount: MoneyRange, currency: str) -> str:
        """Write a sum, or a range of sums, with the currency."""

    def sums(self, amount: MoneyRange | None) -> str:
        """Write a sum or a range without currency; nothing where no price is known."""
        if amount is None:
            return ""
        low, high = self.amount(amount.low), self.amount(amount.high)
        return low if low == high else f"{low} {self.dash} {high}"

    def moments(
        self, first: date | datetime, last: date | datetime, beside: int | None = None
    ) -> str:
        """Write a span of days, or of days and times; the year it stands beside is left out."""
        begin, end = plain.as_day(first), plain.as_day(last)
        is_beside = begin.year == end.year == beside
        if not isinstance(first, datetime) or not isinstance(last, datetime):
            return self.span(begin, end, year=not is_beside)
        told = self.short_day(end) if is_beside else self.dated(end)
        if begin == end:
            return f"{told} {self.clock(first)}{self.dash}{self.clock(last)}"
        since = self.short_day(begin) if begin.year == end.year else self.dated(begin)
        return f"{since} {self.clock(first)} {self.dash} {told} {self.clock(last)}"


class PlainEnglish(Language):
    """English as it stands, dates and sums in a form that needs no locale data."""

    code = "en"

    def say(self, text: str) -> str:
        if self.halves is None or not isinstance(text, Phrase) or not text.values:
            return str(text)
        template = text.singular if text.values.get("count") == 1 else ""
        shown = {name: self._shown(it) for name, it in text.values.items()}
        return (template or text.template).format_map(shown)

    def _shown(self, value: Any) -> str:
        if isinstance(value, Clock):
            return self.clock(value)
        if isinstance(value, TimeRange):
            return self.hours(value)
        return self.say(value) if isinstance(value, str) else str(value)

    def tell(self, text: str) -> str:
        said = self.say(text)
        for day in days_in(text):
            said = said.replace(str(day), self.dated(day))
        return said

    def day(self, day: date) -> str:
        return plain.day_text(day)

    def weekday_near(self, day: date, year: int) -> str:
        return f"{WEEKDAY_NAMES[day.weekday()][:3]} {self.near(day, year)}"

    def full_day(self, day: date) -> str:
        return f"{WEEKDAY_NAMES[day.weekday()]} {day.day} {self.month(day.year, day.month)}"

    def short_day(self, day: date) -> str:
        return plain.short_day(day)

    def dated(self, day: date) -> str:
        return f"{plain.short_day(day)} {day.year}"

    def month(self, year: int, month: int) -> str:
        return f"{plain.MONTH_NAMES[month - 1]} {year}"

    @property
    def weekdays(self) -> tuple[str, ...]:
        return tuple(name[:3] for name in WEEKDAY_NAMES)

    def span(self, first: date, last: date, *, year: bool = True) -> str:
        return plain.span_text(first, last, year=year)

    def amount(self, amount: Decimal) -> str:
        return format(amount, "f")

    def price(self, amount: MoneyRange, currency: str) -> str:
        return f"{self.sums(amount)} {currency}"


ENGLISH = PlainEnglish()
