"""`courses changed`: whom to tell of another day, and in which words."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from meso_schedule.base.phrases import phrase
from meso_schedule.base.private_files import write_files
from meso_schedule.cli import options as shared
from meso_schedule.cli.book_in_use import open_book
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.inputs import day_of_asking, read_day
from meso_schedule.cli.environment import find_clinic, has_colour, width, write_document, write_out
from meso_schedule.cli.formats import read_language
from meso_schedule.cli.standard_error import tell
from meso_schedule.cli.targets import check_outputs
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.output.forms import paper_language
from meso_schedule.output.tables import csv_table
from meso_schedule.output.terminal.layout import Cell, Column, Page, cell
from meso_schedule.output.words.language import ENGLISH
from meso_schedule.running.changed_visits import ChangedVisit, changed_visits

_COLUMNS = (
    Column("Patient, phone", folds=True),
    Column("Session", folds=True),
    Column("Before", folds=True),
    Column("Now", folds=True),
    Column("Course"),
)


@shared.taking({"force": shared.Force, "language": shared.Language})
def list_changed(
    given: shared.Given,
    *,
    since: Annotated[
        str, typer.Option("--since", metavar="DATE", help="The first day of the changes.")
    ],
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write them to a .csv file."),
    ] = None,
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
    day = read_day(since, "since", today)
    read_language(given["language"])
    if output is not None:
        check_outputs([Path(output)], given, in_use)
    with open_book(book) as opened:
        found = changed_visits(opened, day, today)
    rows = [_row(visit, _text(visit, given["language"], in_use)) for visit in found]
    if output is not None:
        write_files({Path(output): _csv(rows).encode()}, force=given["force"])
        tell(f"Wrote {output}.")
    elif format == "json":
        write_document({"since": str(day), "as_of": str(today), "visits": rows})
    elif format == "csv":
        write_out(_csv(rows), "utf-8")
    else:
        write_out(_table(found, rows))


def _text(visit: ChangedVisit, language: str | None, clinic: Clinic | None) -> str:
    """Return what the patient is told, and whom to call."""
    spoken = language or visit.language or (clinic.language if clinic else None)
    speech = paper_language(read_language(spoken))
    told = [visit.message]
    if clinic and clinic.phone and visit.kind != "dropped":
        told.append(phrase("If it does not suit you, please call {phone}.", phone=clinic.phone))
    return " ".join(map(speech.say, told))


def _row(visit: ChangedVisit, text: str) -> dict[str, Any]:
    return {**visit.model_dump(mode="json"), "message": text}


def _csv(rows: Sequence[dict[str, Any]]) -> str:
    names = [*ChangedVisit.model_fields, "message"]
    return csv_table(names, [[str(row[name] or "") for name in names] for row in rows])


def _table(found: Sequence[ChangedVisit], rows: Sequence[dict[str, Any]]) -> str:
    page = Page(width(), colour=has_colour())
    if not found:
        page.paragraph("No visit has changed.")
        return str(page)
    page.table(_COLUMNS, [list(_cells(visit)) for visit in found])
    page.block("To write")
    page.bullets(f"{row['patient'] or row['course']}: {row['message']}" for row in rows)
    return str(page)


def _cells(visit: ChangedVisit) -> Iterator[Cell]:
    yield cell(*filter(None, [visit.patient, visit.phone]))
    yield cell(visit.session, visit.protocol)
    for day, start in ((visit.before, visit.start_before), (visit.after, visit.start_after)):
        at = f" {start}" if start else ""
        yield cell(f"{ENGLISH.day(day)}{at}" if day else "-")
    yield cell(visit.course)
