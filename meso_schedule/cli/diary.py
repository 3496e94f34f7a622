"""`diary`: every session of the clinic, day by day."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from meso_schedule.cli import options as shared
from meso_schedule.cli.courses import options
from meso_schedule.cli.usage import Command
from meso_schedule.errors import InputError

if TYPE_CHECKING:
    from meso_schedule.running.diary import Facts, Treatment
    from meso_schedule.store.book import Book
    from meso_schedule.store.queries import DiaryLine

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
    format: options.ShowFormat = "table",
) -> None:
    """Show every session of a day, week or month, with totals a day."""
    from meso_schedule.cli.courses.desk import open_book
    from meso_schedule.cli.courses.inputs import day_of_asking
    from meso_schedule.cli.requests import check_format
    from meso_schedule.cli.surroundings import find_clinic

    check_format(format, shared.SHOW_FORMATS)
    if week and month:
        raise InputError.of(
            "contradiction",
            "--week and --month exclude each other.",
            field="month",
            remedy="Give one of them.",
        )
    today = day_of_asking(as_of, find_clinic(clinic))
    first, last = _span(today, week=week, month=month)
    with open_book(book) as opened:
        lines = opened.diary(first, last)
        facts = _facts(opened, lines) if month else None
    _print(first, last, lines, facts, format)


def _span(today: date, *, week: bool, month: bool) -> tuple[date, date]:
    if month:
        later = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
        return today.replace(day=1), later - timedelta(days=1)
    if week:
        monday = today - timedelta(days=today.weekday())
        return monday, monday + timedelta(days=6)
    return today, today


def _facts(book: "Book", lines: "Sequence[DiaryLine]") -> "FactsByTreatment":
    """Return what the protocols of courses say, as they were kept; each protocol read once."""
    known: dict[str, Facts] = {}
    found: dict[Treatment, Facts] = {}
    for course in dict.fromkeys(line.course for line in lines):
        for kept in book.course(course).protocols:
            if kept.digest not in known:
                told = kept.read().facts
                known[kept.digest] = told.entries() if told else {}
            found[course, kept.id] = known[kept.digest]
    return found


def _print(
    first: date,
    last: date,
    lines: "Sequence[DiaryLine]",
    facts: "FactsByTreatment | None",
    kind: str,
) -> None:
    from meso_schedule.cli.surroundings import has_colour, width, write_out

    if kind == "json":
        from meso_schedule.cli.courses.receipts import write_document

        write_document(_document(first, last, lines, facts))
        return
    from meso_schedule.cli.courses.diary_text import diary_text

    write_out(diary_text(first, last, lines, facts, width=width(), colour=has_colour()))


def _document(
    first: date, last: date, lines: "Sequence[DiaryLine]", facts: "FactsByTreatment | None"
) -> dict[str, Any]:
    from meso_schedule.cli.courses.documents import lines_document
    from meso_schedule.running.diary import day_totals, month_consumables, month_income

    document: dict[str, Any] = {
        "from": str(first),
        "to": str(last),
        "sessions": lines_document(lines),
        "days": lines_document(day_totals(lines)),
    }
    if facts is not None:
        income, consumables = month_income(lines), month_consumables(lines, facts)
        document["income"] = lines_document(income)
        document["consumables"] = lines_document(consumables)
    return document
