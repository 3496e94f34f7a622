"""`courses due`: whom to call, month by month."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated

import typer

from meso_schedule.cli import options as shared
from meso_schedule.cli.book_in_use import open_book
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.inputs import day_of_asking, read_day
from meso_schedule.cli.environment import find_clinic, has_colour, width, write_document, write_out
from meso_schedule.cli.list_files import LIST, list_targets, write_lists
from meso_schedule.output.listing import listed
from meso_schedule.output.terminal.layout import Cell, Column, Page, cell
from meso_schedule.output.words.language import ENGLISH
from meso_schedule.running.due_visits import DueVisit, by_month, due_visits

_COLUMNS = (
    Column("Due", folds=True),
    Column("Patient, phone", folds=True),
    Column("Session", folds=True),
    Column("Booked", folds=True),
    Column("Course"),
    Column("Notes", folds=True),
)


@shared.taking(LIST)
def list_due(
    given: shared.Given,
    *,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="DATE", help="Only up to this day; left out, all."),
    ] = None,
    unbooked: Annotated[
        bool, typer.Option("--unbooked", help="Only what has no day agreed from now on.")
    ] = False,
    book: options.Book = None,
    clinic: shared.ClinicFile = None,
    as_of: options.AsOf = None,
    format: shared.ShowFormat = "table",
) -> None:
    """List the next session or top-up of every treatment by month, with whom to call.

    What is overdue stands in the month of asking. A top-up follows a course that is over, asked for
    or not, until the patient has a later course of the same treatment.
    """
    in_use = find_clinic(clinic)
    today = day_of_asking(as_of, in_use)
    paths = list_targets(given, in_use)
    last = read_day(until, "until", today, in_use) if until else date.max
    with open_book(book) as opened:
        due = due_visits(opened, today, last, unbooked=unbooked)
    if paths:
        table = listed("Due", list(DueVisit.model_fields), map(dict, due))
        write_lists([table], paths, given, in_use, today)
    months = by_month(due, today)
    if format == "json":
        write_document({"as_of": str(today), "months": list(map(_document, months))})
    elif not paths:
        write_out(_text(months, width=width(), colour=has_colour()))


def _document(month: tuple[date, Sequence[DueVisit]]) -> dict[str, object]:
    first, visits = month
    return {"month": f"{first:%Y-%m}", "visits": [it.model_dump(mode="json") for it in visits]}


def _text(
    months: Sequence[tuple[date, Sequence[DueVisit]]], *, width: int, colour: bool = False
) -> str:
    page = Page(width, colour=colour)
    if not months:
        page.paragraph("Nothing is due.")
    for first, visits in months:
        page.block(ENGLISH.month(first.year, first.month))
        page.table(_COLUMNS, [list(_cells(it)) for it in visits])
    return str(page)


def _cells(it: DueVisit) -> Iterator[Cell]:
    yield cell(ENGLISH.span(it.earliest, it.latest))
    yield cell(*filter(None, (it.patient, it.phone or it.email)))
    yield cell(it.name, f"{it.what} {it.session}")
    yield cell(ENGLISH.dated(it.booked_on) if it.booked_on else "")
    yield cell(it.course)
    valid = f"valid until {ENGLISH.dated(it.valid_until)}" if it.valid_until else ""
    yield cell(*filter(None, ("overdue" if it.overdue else "", valid)))
