"""Languages by catalogue: texts by gettext, dates, numbers and sums by Babel."""

import re
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from gettext import NullTranslations
from typing import Any

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton
from babel.numbers import format_currency, format_decimal

from meso_schedule.base.dates import DateRange
from meso_schedule.base.money import Share
from meso_schedule.base.phrases import NAMED, Phrase
from meso_schedule.base.times import Clock, TimeRange
from meso_schedule.course.bill import MoneyRange
from meso_schedule.output.words.catalogues import read_catalogue
from meso_schedule.output.words.language import Language

# The first is the language of the library; its dates are written as in Great Britain.
LOCALES = {"en": "en_GB", "fr": "fr_FR", "de": "de_DE", "es": "es_ES", "it": "it_IT", "pl": "pl_PL"}

# The context of a weekday that comes again and again: closed on Saturdays.
EVERY_WEEK = "every week"

# CLDR asks for a space after a currency that is written in letters; Babel leaves it out.
_CODE_AND_NUMBER = re.compile(r"(?<=[A-Z])(?=[0-9])")
_FIRST = re.compile(r"(?<!\d)1(?!\d)")
_LEADING_ZERO = re.compile(r"(?<!\d)0(?=\d)")
_FIGURES = re.compile(r"\d+(?:\.\d+)?(?:-\d+(?:\.\d+)?)?")
_BETWEEN = re.compile(r"(?<=\})[^\s{}\w]+(?=\s)")
_DIGITS = re.compile(r"0(\.0+)?(?![0#,.])")


class Translation(Language):
    """One language of a catalogue.

    Args:
        code: Its two letters.
        texts: Its words for each English text or template.
    """

    dash = "\N{EN DASH}"

    def __init__(self, code: str, texts: NullTranslations) -> None:
        self.code = code
        self._texts = texts
        self._locale = Locale.parse(LOCALES[code])

    def say(self, text: str) -> str:
        if not isinstance(text, Phrase):
            return self._said(text)
        template = self._template(text)
        if not text.values:
            return template
        return template.format_map(
            {name: self._shown(it, name) for name, it in text.values.items()}
        )

    def _template(self, text: Phrase) -> str:
        if text.template == NAMED and self.code in text.values:
            return f"{{{self.code}}}"
        if text.singular:
            return self._texts.ngettext(text.singular, text.template, text.values["count"])
        said = self._said(text.template)
        if said != text.template:
            return said
        # Where there are only signs between the parts, these are said for themselves.
        said = said.replace("}-{", f"}}{self.dash}{{")
        return _BETWEEN.sub(lambda it: self._said(it[0]), said)

    def _said(self, text: str) -> str:
        # The translation of nothing is the head of a catalogue.
        return self._texts.gettext(text) if text else text

    def _shown(self, value: Any, name: str) -> str:
        if name == "weekday":
            return self._texts.pgettext(EVERY_WEEK, value)
        if isinstance(value, str):
            return self.say(value)
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, DateRange):
            return self.span(value.first, value.last)
        if isinstance(value, Clock):
            return self.clock(value)
        if isinstance(value, TimeRange):
            return self.hours(value)
        return self.amount(value) if isinstance(value, Decimal) else str(value)

    def day(self, day: date) -> str:
        return self._skeleton("yMMMEd", day)

    def weekday_near(self, day: date, year: int) -> str:
        return self._skeleton("MMMEd" if day.year == year else "yMMMEd", day)

    def full_day(self, day: date) -> str:
        return self._first(format_date(day, "full", self._locale))

    def short_day(self, day: date) -> str:
        return self._skeleton("MMMd", day)

    def dated(self, day: date) -> str:
        return self._skeleton("yMMMd", day)

    def month(self, year: int, month: int) -> str:
        return self._skeleton("yMMMM", date(year, month, 1))

    def _skeleton(self, skeleton: str, day: date) -> str:
        return self._first(_dated(self._locale, skeleton, day))

    def _first(self, written: str) -> str:
        """Write the first of a month as an ordinal where the language does; CLDR leaves it out."""
        return _FIRST.sub("1er", written) if self.code == "fr" else written

    @property
    def weekdays(self) -> tuple[str, ...]:
        names = self._locale.days["stand-alone"]["abbreviated"]
        return tuple(names[day].rstrip(".") for day in range(7))

    def span(self, first: date, last: date, *, year: bool = True) -> str:
        skeleton = "yMMMd" if year else "MMMd"
        if first == last:
            return self._skeleton(skeleton, first)
        # CLDR pads the days of Italian spans, and of nothing else.
        return self._first(_LEADING_ZERO.sub("", _spanned(self._locale, skeleton, first, last)))

    def amount(self, amount: Decimal) -> str:
        return _amount(self._locale, amount, _digits(amount))

    def fact(self, text: str) -> str:
        if not _FIGURES.fullmatch(text):
            return self.say(text)
        return self.dash.join(_figure(self._locale, it) for it in text.split("-"))

    def share(self, share: Share) -> str:
        number = format_decimal(share.percent.normalize(), "#,##0.############", self._locale)
        return str(self._locale.percent_formats[None].pattern).replace("#,##0", number)

    def price(self, amount: MoneyRange, currency: str) -> str:
        low, high = self._price(amount.low, currency), self._price(amount.high, currency)
        return low if low == high else f"{low} {self.dash} {high}"

    def _price(self, amount: Decimal, currency: str) -> str:
        """Write a sum with exactly its own digits, which are those of ISO 4217."""
        pattern = self._locale.currency_formats["standard"].pattern
        digits = f"0{'.' if _digits(amount) else ''}{'0' * _digits(amount)}"
        own = _DIGITS.sub(digits, pattern)
        shown = format_currency(amount, currency, own, self._locale, currency_digits=False)
        return _CODE_AND_NUMBER.sub("\N{NO-BREAK SPACE}", shown)


@lru_cache(maxsize=4096)
def _dated(locale: Locale, skeleton: str, day: date) -> str:
    """Write a date; the sheets of a batch share most of theirs."""
    return format_skeleton(skeleton, day, locale=locale)


@lru_cache(maxsize=4096)
def _spanned(locale: Locale, skeleton: str, first: date, last: date) -> str:
    return format_interval(first, last, skeleton, locale=locale)


@lru_cache(maxsize=4096)
def _amount(locale: Locale, amount: Decimal, digits: int) -> str:
    return format_decimal(amount, f"#,##0{'.' if digits else ''}{'0' * digits}", locale)


def _figure(locale: Locale, text: str) -> str:
    return format_decimal(Decimal(text), "0.###############", locale)


def _digits(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    assert isinstance(exponent, int), "money is a finite number"
    return max(0, -exponent)


@cache
def find_language(code: str) -> Translation:
    """Return the language of a code, one of `LOCALES`."""
    return Translation(code, read_catalogue(code))
