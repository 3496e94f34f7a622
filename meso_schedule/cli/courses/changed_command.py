"""`courses changed`: whom to tell of another day, and in which words."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer

from meso_schedule.base.phrases import phrase
from meso_schedule.cli import options as shared
from meso_schedule.cli.book_in_use import open_book
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.inputs import day_of_asking, read_day
from meso_schedule.cli.environment import (
    desk_language,
    find_clinic,
    has_colour,
    width,
    write_document,
    write_out,
)
from meso_schedule.cli.formats import read_language
from meso_schedule.cli.list_files import LIST, list_csv, list_targets, write_lists
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.output.forms import paper_language
from meso_schedule.output.listing import listed
from meso_schedule.output.terminal.layout import Cell, Column, Page, cell
from meso_schedule.output.words.language import Language
from meso_schedule.running.changed_visits import ChangedVisit, changed_visits

_COLUMNS = (
    Column("Patient, phone", folds=True),
    Column("Session", folds=True),
    Column("Before", folds=True),
    Column("Now", folds=True),
    Column("Course"),
)


@shared.taking(LIST, {"language": shared.Language})
def list_changed(
    given: shared.Given,
    *,
    since: Annotated[
        str, typer.Option("--since", metavar="DATE", help="The first day of the changes.")
    ],
    book: options.Book = None,
    clinic: shared.ClinicFile = None,
    as_of: options.AsOf = None,
    format: shared.ListFormat = "table",
) -> None:
    """List the visits that have another day or time, or none, with whom to tell and what to write.

    The texts are in the patient's language, as the course was opened in, else the clinic's.
    """
    in_use = find_clinic(clinic)
    today = day_of_asking(as_of, in_use)
    day = read_day(since, "since", today, in_use)
    read_language(given["language"])
    paths = list_targets(given, in_use, format)
    with open_book(book) as opened:
        found = changed_visits(opened, in_use, day, today)
    rows = [_row(visit, _text(visit, given["language"], in_use)) for visit in found]
    table = listed("Calls", [*ChangedVisit.model_fields, "message"], rows)
    if paths:
        write_lists([table], paths, given, in_use, today)
    if format == "json":
        write_document(
            {"since": str(day), "as_of": str(today), "visits": list(map(_document, rows))}
        )
    elif format == "csv":
        write_out(list_csv(table, given, in_use), "utf-8")
    elif not paths:
        write_out(_table(found, rows, desk_language(in_use)))


def _text(visit: ChangedVisit, language: str | None, clinic: Clinic | None) -> str:
    """Return what the patient is told, and whom to call."""
    spoken = language or visit.language or (clinic.language if clinic else None)
    country = clinic.home_country if clinic else None
    speech = paper_language(read_language(spoken)).in_country(country)
    told = [visit.message]
    if clinic and clinic.phone and visit.kind != "dropped":
        told.append(phrase("If it does not suit you, please call {phone}.", phone=clinic.phone))
    return " ".join(map(speech.say, told))


def _row(visit: ChangedVisit, text: str) -> dict[str, Any]:
    return {**dict(visit), "message": text}


def _document(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value if value is None else str(value) for name, value in row.items()}


def _table(found: Sequence[ChangedVisit], rows: Sequence[dict[str, Any]], spoken: Language) -> str:
    page = Page(width(), colour=has_colour())
    if not found:
        page.paragraph("No visit has changed.")
        return str(page)
    page.table(_COLUMNS, [list(_cells(visit, spoken)) for visit in found])
    page.block("To write")
    page.bullets(f"{row['patient'] or row['course']}: {row['message']}" for row in rows)
    return str(page)


def _cells(visit: ChangedVisit, spoken: Language) -> Iterator[Cell]:
    yield cell(*filter(None, [visit.patient, visit.phone]))
    yield cell(visit.session, visit.protocol)
    for day, start in ((visit.before, visit.start_before), (visit.after, visit.start_after)):
        at = f" {spoken.clock(start)}" if start else ""
        yield cell(f"{spoken.day(day)}{at}" if day else "-")
    yield cell(visit.course)
