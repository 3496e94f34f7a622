"""`diary`: every session of the clinic, day by day."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from meso_schedule.book.book import Book
from meso_schedule.book.lines import DiaryLine
from meso_schedule.book.prices import Fee, fees_of
from meso_schedule.book.state import CourseState
from meso_schedule.cli import options as shared
from meso_schedule.cli.book_in_use import open_book
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.diary_text import diary_text
from meso_schedule.cli.courses.inputs import day_of_asking, only_one
from meso_schedule.cli.courses.json_documents import lines_document
from meso_schedule.cli.environment import find_clinic, has_colour, width, write_document, write_out
from meso_schedule.cli.usage import Command
from meso_schedule.running.diary import (
    Facts,
    Treatment,
    day_totals,
    month_consumables,
    month_income,
    priced_lines,
)

if TYPE_CHECKING:
    FactsByTreatment = Mapping[Treatment, Facts]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("diary", cls=Command)(diary)


def diary(
    *,
    week: Annotated[
        bool, typer.Option("--week", help="The week, Monday to Sunday; left out, the day.")
    ] = False,
    month: Annotated[
        bool,
        typer.Option("--month", help="The calendar month, with income and consumables."),
    ] = False,
    book: options.Book = None,
    clinic: shared.ClinicFile = None,
    as_of: options.AsOf = None,
    format: shared.ShowFormat = "table",
) -> None:
    """Show every session of a day, week or month, with totals a day."""
    only_one(week=week, month=month)
    today = day_of_asking(as_of, find_clinic(clinic))
    first, last = _span(today, week=week, month=month)
    with open_book(book) as opened:
        lines = opened.diary(first, last)
        if not month and format == "table":
            _print(first, last, Seen(lines), format)
            return
        _print(first, last, _seen(opened, lines, (first, last), month=month), format)


def _span(today: date, *, week: bool, month: bool) -> tuple[date, date]:
    if month:
        later = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
        return today.replace(day=1), later - timedelta(days=1)
    if week:
        monday = today - timedelta(days=today.weekday())
        return monday, monday + timedelta(days=6)
    return today, today


class Seen(NamedTuple):
    """What a diary shows.

    Args:
        facts: What the protocols of courses say; None leaves the month's figures out.
        fees: What comes in without a session.
    """

    lines: Sequence[DiaryLine]
    facts: "FactsByTreatment | None" = None
    fees: Sequence[Fee] = ()


def _seen(book: Book, lines: Sequence[DiaryLine], days: tuple[date, date], *, month: bool) -> Seen:
    """Return the sessions with what their accounts say of them; of a month with its figures."""
    courses = {course: book.course(course) for course in dict.fromkeys(it.course for it in lines)}
    priced = priced_lines(lines, courses)
    if not month:
        return Seen(priced)
    others = (name for name in book.courses_with_fees(days[0]) if name not in courses)
    states = [*courses.values(), *map(book.course, others)]
    fees = [fee for state in states for fee in fees_of(state) if days[0] <= fee.date <= days[1]]
    return Seen(priced, _facts(courses), fees)


def _facts(courses: Mapping[str, CourseState]) -> "FactsByTreatment":
    """Return what the protocols of courses say, as they were kept; each protocol read once."""
    known: dict[str, Facts] = {}
    found: dict[Treatment, Facts] = {}
    for course, state in courses.items():
        for kept in state.protocols:
            if kept.digest not in known:
                told = kept.read().facts
                known[kept.digest] = told.entries() if told else {}
            found[course, kept.id] = known[kept.digest]
    return found


def _print(first: date, last: date, seen: Seen, kind: str) -> None:
    if kind == "json":
        write_document(_document(first, last, seen))
        return

    write_out(diary_text(first, last, *seen, width=width(), colour=has_colour()))


def _document(first: date, last: date, seen: Seen) -> dict[str, Any]:
    lines, facts, fees = seen
    document: dict[str, Any] = {
        "from": str(first),
        "to": str(last),
        "sessions": lines_document(lines),
        "days": lines_document(day_totals(lines)),
    }
    if facts is not None:
        income, consumables = month_income(lines, fees), month_consumables(lines, facts)
        document["income"] = lines_document(income)
        document["consumables"] = lines_document(consumables)
    return document
