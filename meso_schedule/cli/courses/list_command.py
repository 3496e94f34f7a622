"""`courses list`, `find`: the courses of the book."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

import typer

from meso_schedule.base.errors import ExitCode, InputError
from meso_schedule.book.book import Book
from meso_schedule.book.lines import CourseLine
from meso_schedule.cli import options as shared
from meso_schedule.cli.book_in_use import open_book
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.course_text import list_text
from meso_schedule.cli.courses.inputs import day_of_asking, only_one
from meso_schedule.cli.courses.json_documents import lines_document
from meso_schedule.cli.environment import find_clinic, has_colour, width, write_document, write_out
from meso_schedule.cli.list_files import LIST, list_targets, write_lists
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.output.listing import listed
from meso_schedule.running.finding import courses_found

_READING: shared.Options = {
    name: kind for name, kind in options.READING.items() if name != "patient"
}
_COLUMNS = (*CourseLine._fields, "unrecorded", "phone")


@shared.taking(LIST, _READING)
def list_courses(
    given: shared.Given,
    *,
    due: Annotated[
        bool, typer.Option("--due", help="Only those whose next session may be held now.")
    ] = False,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Only those whose next session is past its window.")
    ] = False,
    unbooked: Annotated[
        bool, typer.Option("--unbooked", help="Only those with nothing booked from now on.")
    ] = False,
) -> None:
    """List the courses of the book, the one due first at the front."""
    show: Any = only_one(due=due, overdue=overdue, unbooked=unbooked) or "all"
    _tell(given, lambda book, today, _: book.courses(show, as_of=today))


@shared.taking(LIST, _READING)
def find_courses(
    given: shared.Given,
    text: Annotated[
        str,
        typer.Argument(
            metavar="TEXT",
            help="Part of the patient's name or reference, or the id's beginning.",
        ),
    ],
) -> None:
    """Find courses by patient, by reference or by the beginning of the id; exit 1 without any."""
    if not text.strip():
        raise InputError.of(
            "missing_argument", "Nothing is looked for.", field="text", remedy="Write a name."
        )
    if not _tell(given, lambda book, _, in_use: courses_found(book, text, in_use)):
        raise typer.Exit(ExitCode.NO)


def _tell(
    given: shared.Given, asked: Callable[[Book, date, Clinic | None], Sequence[CourseLine]]
) -> Sequence[CourseLine]:
    """Show courses or write them to files, and return them."""
    clinic = find_clinic(given["clinic"])
    today = day_of_asking(given["as_of"], clinic)
    paths = list_targets(given, clinic)
    with open_book(given["book"]) as book:
        lines, past, phones = asked(book, today, clinic), book.unrecorded(today), book.phones()
    if paths:
        rows = (_row(it._asdict(), past, phones) for it in lines)
        write_lists([listed("Courses", _COLUMNS, rows)], paths, given, clinic, today)
    if given["format"] == "json":
        courses = [_row(it, past, phones) for it in lines_document(lines)]
        write_document({"as_of": str(today), "courses": courses})
    elif not paths:
        write_out(list_text(lines, past, phones, today, width=width(), colour=has_colour()))
    return lines


def _row(
    line: Mapping[str, Any], past: Mapping[str, int], phones: Mapping[str, str]
) -> dict[str, Any]:
    name = line["course"]
    return {**line, "unrecorded": past.get(name, 0), "phone": phones.get(name)}
