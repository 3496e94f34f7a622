"""CSV and Markdown: the session table with the same columns as on the terminal."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time
from decimal import Decimal
from io import StringIO

from meso_schedule.base.harmless import harmless
from meso_schedule.course.course_plan import CoursePlan
from meso_schedule.output.listing import Value
from meso_schedule.output.words.details import cost_lines
from meso_schedule.output.words.history_text import history_blocks
from meso_schedule.output.words.language import ENGLISH
from meso_schedule.output.words.sections import Entry, Name, sections, without_first
from meso_schedule.output.words.session_table import rows, session_columns
from meso_schedule.output.words.text import day_text
from meso_schedule.output.words.treatments import costs_of, pays_rest, title_of

# What is told besides the sessions, what was held and the costs.
_TOLD: tuple[Name, ...] = (
    "preparation",
    "care",
    "expected",
    "assessments",
    "products",
    "questions",
    "findings",
    "spacing",
    "notices",
)

# A spreadsheet takes such a cell for a formula.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
# Which a telephone number is not, though it begins as one does.
_TELEPHONE = re.compile(r"\+[0-9][0-9 ]*")
_MARKDOWN = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_{}[]<>#|~"})


def csv_plan(plan: CoursePlan, separator: str = ",", decimal: str = ".") -> str:
    """Write the sessions of a plan as CSV (RFC 4180), dates in ISO form.

    Args:
        plan: The plan.
        separator: What stands between cells.
        decimal: What stands before the cents of an amount.
    """
    columns = session_columns(plan)
    header = [column.header for column in columns]
    numbers = [column.is_number for column in columns]
    sessions = (
        [
            cell.replace(".", decimal) if is_number else cell
            for cell, is_number in zip(line, numbers, strict=True)
        ]
        for line in rows(columns, plan.visits, written=True)
    )
    before = [[name, str(day), *[""] * (len(header) - 2)] for name, day in _before(plan)]
    return csv_table(header, [*before, *sessions], separator)


def _before(plan: CoursePlan) -> Iterator[tuple[str, date]]:
    """Yield the visits before session 1, with their days."""
    if plan.consultation:
        yield "consultation", plan.consultation.date
    yield from (("test", test.date) for test in plan.tests)


def markdown_plan(plan: CoursePlan) -> str:
    """Write the sessions of a plan, and what must be told with them, as Markdown."""
    columns = session_columns(plan)
    header = [column.header for column in columns]
    numbers = [column.is_number for column in columns]
    name = title_of(plan)
    return "\n".join(
        [
            f"# {_escaped(name)}",
            "",
            f"Reference {_escaped(plan.reference)}, planned on {day_text(plan.as_of)}.",
            *(_escaped(finding.message) for finding in plan.findings if finding.is_said_first),
            *([f"Patient: {_escaped(plan.patient)}."] if plan.patient else []),
            "",
            markdown_table(header, rows(columns, plan.visits, written=False), numbers),
            *_markdown_sections(plan),
            f"{_escaped(plan.disclaimer)}",
            "",
        ]
    )


def _markdown_sections(plan: CoursePlan) -> Iterator[str]:
    told: list[tuple[str, Sequence[Entry]]] = [
        *((title, list(lines)) for title, lines in history_blocks(plan)),
        *(
            (title, list(cost_lines(cost, is_rest=pays_rest(plan, cost))))
            for title, cost in costs_of(plan)
        ),
        *((it.title, it.entries) for it in sections(without_first(plan), ENGLISH, *_TOLD)),
    ]
    for title, entries in told:
        yield f"## {_escaped(title)}\n"
        yield "".join(f"- {_escaped(_entry_text(entry))}\n" for entry in entries)


def _entry_text(entry: Entry) -> str:
    if isinstance(entry, str):
        return entry
    label, body = entry
    words = body if isinstance(body, str) else ": ".join(part.words for part in body)
    return words if label == "-" else f"{label}: {words}"


def csv_table(
    header: Sequence[str],
    lines: Iterable[Sequence[Value]],
    separator: str = ",",
    decimal: str = ".",
) -> str:
    """Write a table as CSV, days and times in ISO form; no text can act as a formula.

    Args:
        header: The title of each column.
        lines: Its lines; a value of each column.
        separator: What stands between cells.
        decimal: What stands before the cents of an amount.
    """
    out = StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(header)
    writer.writerows([_written(cell, decimal) for cell in line] for line in lines)
    return out.getvalue()


def _written(value: Value, decimal: str) -> str:
    if isinstance(value, str):
        return _inert(value)
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", decimal)
    if isinstance(value, time):
        return value.isoformat("minutes")
    return "" if value is None else str(value)


def markdown_table(
    header: Sequence[str], lines: Iterable[Sequence[str]], numbers: Sequence[bool]
) -> str:
    """Write a table as Markdown, numbers to the right; it ends in a line end."""
    rule = ["---:" if number else "---" for number in numbers]
    return "".join(_markdown_line(cells) for cells in (header, rule, *_all_escaped(lines)))


def _inert(cell: str) -> str:
    cell = harmless(cell, keep="\t\r\n")
    is_formula = cell.startswith(_FORMULA_SIGNS) and not _TELEPHONE.fullmatch(cell)
    return f"'{cell}" if is_formula else cell


def _all_escaped(lines: Iterable[Sequence[str]]) -> Iterator[list[str]]:
    return ([_escaped(cell) for cell in line] for line in lines)


def _markdown_line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _escaped(text: str) -> str:
    return harmless(text).translate(_MARKDOWN)
