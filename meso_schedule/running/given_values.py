"""What programs give to a book: values, or the text that stands for them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from meso_schedule.base.dates import parse_date
from meso_schedule.base.errors import FormatError, UnknownNameError
from meso_schedule.base.money import in_currency, parse_amount
from meso_schedule.base.phrases import LANGUAGES
from meso_schedule.base.times import Clock
from meso_schedule.book.writing import Context

Day = date | str
Time = Clock | str


def day_of(given: date | str, name: str) -> date:
    """Return a day, or that which an ISO text means.

    Raises:
        InputError: When the text is no day; it names the argument.
    """
    if not isinstance(given, str):
        return given
    try:
        return parse_date(given)
    except FormatError as error:
        raise error.in_field(name) from None


def clock_of(given: Clock | str, name: str) -> Clock:
    """Return a time of day, or that which a text such as `17:30` means.

    Raises:
        InputError: When the text is no time; it names the argument.
    """
    if not isinstance(given, str):
        return given
    try:
        return Clock.parse(given)
    except FormatError as error:
        raise error.in_field(name) from None


def given_day(given: date | str | None, name: str) -> date | None:
    """Return the day that was given; None where none was."""
    return None if given is None else day_of(given, name)


def given_clock(given: Clock | str | None, name: str) -> Clock | None:
    """Return the time of day that was given; None where none was."""
    return None if given is None else clock_of(given, name)


def text_of(given: int | str | None) -> str | None:
    """Return the name of a session as people write it."""
    return None if given is None else str(given)


def amount_of(given: Decimal | str, currency: str, name: str) -> Decimal:
    """Return an amount of money with no more digits than its currency knows.

    Raises:
        InputError: When it is none; it names the argument.
    """
    try:
        return in_currency(parse_amount(given), currency)
    except FormatError as error:
        raise error.in_field(name) from None


def asked_as(by: Context, command: str, **given: Any) -> Context:
    """Return who writes, with what is asked under the key; the same is known again by it."""
    if by.key is None:
        return by
    told = {name: _plain(value) for name, value in given.items() if value not in (None, False)}
    return by._replace(asked=[command, told])


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return value if isinstance(value, str | int | None) else str(value)


def speech_of(language: str | None) -> str | None:
    """Return the code of a language in which patients are written to.

    Raises:
        UnknownNameError: When the program does not speak it.
    """
    code = language and language.lower()
    if code is not None and code not in LANGUAGES:
        raise UnknownNameError("language", code, LANGUAGES)
    return code
