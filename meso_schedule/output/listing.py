"""A list as spreadsheets take it, whatever writes it: CSV or an Excel workbook."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any, NamedTuple

from meso_schedule.base.times import Clock

Value = str | int | date | time | Decimal | None


class Table(NamedTuple):
    """A sheet of a workbook, or a file of CSV.

    Args:
        name: What its tab says.
        header: The title of each column.
        rows: Its lines; a value of each column, None where there is none.
    """

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Value]]


def listed(name: str, header: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Table:
    """Return a list of things by their fields.

    Args:
        name: What its tab says.
        header: The fields that are its columns.
        rows: The things.
    """
    return Table(name, header, [[_value(row[field]) for field in header] for row in rows])


def _value(value: Any) -> Value:
    if isinstance(value, Clock):
        return time(*divmod(value.minutes, 60))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "; ".join(map(str, value)) if isinstance(value, tuple) else value
