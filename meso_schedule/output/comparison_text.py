"""A comparison of protocols as a table, CSV or Markdown."""

from datetime import date

from meso_schedule.comparison import Comparison, ComparisonRow
from meso_schedule.output.tables import csv_table, markdown_table
from meso_schedule.output.terminal import Column, Page, cell
from meso_schedule.output.text import day_text, money_text, short_day

_NUMBERS = ("Visits", "Chair minutes", "Swelling days")
_FOLDED = ("Protocol", "Cost")


def comparison_text(comparison: Comparison, *, width: int, colour: bool = False) -> str:
    """Return a comparison for a terminal; what has no calendar is told below the table."""
    header = [name for name in _header(comparison) if name not in ("Currency", "Problem")]
    page = Page(width, colour=colour)
    page.block(_period(comparison))
    page.table(
        [Column(name, name in _NUMBERS, name in _FOLDED) for name in header],
        [list(map(cell, _cells(row, header, written=False))) for row in comparison.rows],
    )
    if problems := [f"{row.protocol}: {row.problem}" for row in comparison.rows if row.problem]:
        page.block("No calendar")
        page.bullets(problems)
    return str(page)


def comparison_csv(comparison: Comparison) -> str:
    """Return a comparison as CSV, dates in ISO form."""
    header = _header(comparison)
    return csv_table(header, [_cells(row, header, written=True) for row in comparison.rows])


def comparison_markdown(comparison: Comparison) -> str:
    """Return a comparison as Markdown."""
    header = [name for name in _header(comparison) if name != "Currency"]
    rows = [_cells(row, header, written=False) for row in comparison.rows]
    table = markdown_table(header, rows, [name in _NUMBERS for name in header])
    return f"{_period(comparison)}:\n\n{table}"


def _period(comparison: Comparison) -> str:
    return f"From {day_text(comparison.start)} to {day_text(comparison.until)}"


def _header(comparison: Comparison) -> list[str]:
    header = ["Protocol", "Visits", "First", "Last"]
    if any(row.cost for row in comparison.rows):
        header += ["Cost", "Currency"]
    header += ["Chair minutes", "Swelling days"]
    return [*header, "Problem"] if any(row.problem for row in comparison.rows) else header


def _cells(row: ComparisonRow, header: list[str], *, written: bool) -> list[str]:
    cells = {
        "Protocol": row.protocol if written else row.name,
        "Visits": str(row.visits),
        "First": _day(row.first, written=written),
        "Last": _day(row.last, written=written),
        "Cost": money_text(row.cost, "-") if written else _cost(row),
        "Currency": row.currency or "",
        "Chair minutes": str(row.chair_minutes),
        "Swelling days": str(row.swelling_days),
        "Problem": row.problem or "",
    }
    return [cells[name] for name in header]


def _cost(row: ComparisonRow) -> str:
    return f"{money_text(row.cost)} {row.currency}" if row.cost else ""


def _day(day: date | None, *, written: bool) -> str:
    if day is None:
        return ""
    return str(day) if written else f"{short_day(day)} {day.year}"
