"""The phrases of an answer as a table that JSON can hold, so that what is read back is told alike.

A text stands for the phrase that it was made from; dates, times and amounts among its values say
what they are, and a text among them is looked up in the same table.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from string import Formatter
from types import NoneType
from typing import Any

from pydantic import BaseModel

from meso_schedule.base.dates import DateRange
from meso_schedule.base.errors import FormatError
from meso_schedule.base.phrases import Phrase
from meso_schedule.base.times import Clock, TimeRange

Table = dict[str, dict[str, Any]]

_MANY = re.compile(r"\{count\} [a-z-]+s")
_SIMPLE = (str, int, bool, date, NoneType, Decimal)


def phrases_in(answer: BaseModel) -> Table:
    """Return the template and the values of each text of an answer that has some."""
    table: Table = {}
    waiting: list[Any] = [answer]
    while waiting:
        value = waiting.pop()
        if type(value) in _SIMPLE:
            continue
        if isinstance(value, Phrase):
            waiting += _noted(value, table)
        elif isinstance(value, BaseModel):
            waiting += vars(value).values()
        elif isinstance(value, tuple):
            waiting += value
        elif isinstance(value, Mapping):
            waiting += value.values()
    return dict(sorted(table.items()))


def _noted(told: Phrase, table: Table) -> Collection[Any]:
    """Put a phrase into a table, and return the values that may be phrases."""
    values = told.values.values()
    # What says no more than one of its values is that value.
    if told in table or not values or told in values:
        return values
    written = {name: _written(value) for name, value in told.values.items()}
    entry = {"template": told.template, "values": written}
    table[str(told)] = entry | ({"singular": told.singular} if told.singular else {})
    return values


def read_with_phrases(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parsed JSON of an answer with the phrases that its texts were made from.

    Raises:
        FormatError: When its `phrases` are none that `phrases_in` has made.
    """
    rest = {key: value for key, value in data.items() if key != "phrases"}
    try:
        filled: dict[str, Any] = _filled(rest, dict(data.get("phrases", {})))
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
        problem, remedy = "The phrases cannot be read.", "Leave them as they were written."
        raise FormatError("bad_phrases", data["phrases"], problem, remedy) from None
    return filled


def _written(value: Any) -> Any:
    if isinstance(value, DateRange):
        return {"from": value.first.isoformat(), "until": value.last.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"amount": format(value, "f")}
    if isinstance(value, Clock | TimeRange):
        return {"time" if isinstance(value, Clock) else "hours": str(value)}
    return value if isinstance(value, int) else str(value)


def _filled(data: Any, table: Mapping[str, Any]) -> Any:
    if not table:
        return data
    if isinstance(data, dict):
        return {key: _filled(value, table) for key, value in data.items()}
    if isinstance(data, list):
        return [_filled(value, table) for value in data]
    return _said(data, table) if isinstance(data, str) else data


def _said(text: str, table: Mapping[str, Any]) -> str:
    if text not in table:
        return text
    entry = table[text]
    template, told = entry["template"], entry["values"]
    for _, name, form, conversion in Formatter().parse(template):
        if name is not None and (name not in told or form or conversion):
            raise ValueError(name)
    values = {name: _value(value, table) for name, value in told.items()}
    return Phrase(text, template, values, _singular(entry))


def _singular(entry: Mapping[str, Any]) -> str:
    """Return the template for one thing; before it was kept, that of many had an s more."""
    template = entry["template"]
    regular = template.removesuffix("s") if _MANY.fullmatch(template) else ""
    return str(entry.get("singular", regular))


def _value(value: Any, table: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        return _said(value, table)
    if isinstance(value, int):
        return value
    if "date" in value:
        return date.fromisoformat(value["date"])
    if "amount" in value:
        return Decimal(value["amount"])
    if "time" in value:
        return Clock.parse(value["time"])
    if "hours" in value:
        return TimeRange.parse(value["hours"])
    return DateRange(date.fromisoformat(value["from"]), date.fromisoformat(value["until"]))
