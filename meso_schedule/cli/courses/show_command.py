"""`courses list`, `show`, `history`: what the book says."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

import typer

from meso_schedule.base.errors import ExitCode, InputError
from meso_schedule.book.book import Book
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.lines import CourseLine
from meso_schedule.cli import options as shared
from meso_schedule.cli.book_in_use import open_book
from meso_schedule.cli.clinic_defaults import defaulted
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.course_screen import Shown, screen_of_course
from meso_schedule.cli.courses.course_text import history_text, list_text, show_text
from meso_schedule.cli.courses.inputs import day_of_asking, only_one
from meso_schedule.cli.courses.json_documents import (
    course_document,
    event_document,
    lines_document,
    show_document,
)
from meso_schedule.cli.environment import find_clinic, has_colour, width, write_document, write_out
from meso_schedule.cli.formats import read_language
from meso_schedule.cli.idle_options import refuse_idle
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.course_plan import CoursePlan
from meso_schedule.output.forms import text_language
from meso_schedule.running.appointments import numbered_as_booked
from meso_schedule.running.course_progress import CourseProgress, progress_of
from meso_schedule.running.elsewhere import elsewhere
from meso_schedule.running.finding import check_course, course_named, courses_found
from meso_schedule.running.printing import plan_as_booked, without_improvement


def list_courses(
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
    book: options.Book = None,
    clinic: shared.ClinicFile = None,
    as_of: options.AsOf = None,
    format: shared.ShowFormat = "table",
) -> None:
    """List the courses of the book, the one due first at the front."""
    show: Any = only_one(due=due, overdue=overdue, unbooked=unbooked) or "all"
    today = day_of_asking(as_of, find_clinic(clinic))
    with open_book(book) as opened:
        _show_list(opened, opened.courses(show, as_of=today), today, format)


def _show_list(book: Book, lines: Sequence[CourseLine], today: date, kind: str) -> None:
    past, phones = book.unrecorded(today), book.phones()
    if kind == "json":
        courses = [
            {**it, "unrecorded": past.get(name := it["course"], 0), "phone": phones.get(name)}
            for it in lines_document(lines)
        ]
        write_document({"as_of": str(today), "courses": courses})
        return

    write_out(list_text(lines, past, phones, today, width=width(), colour=has_colour()))


def find_courses(
    text: Annotated[
        str,
        typer.Argument(
            metavar="TEXT",
            help="Part of the patient's name or reference, or the id's beginning.",
        ),
    ],
    *,
    book: options.Book = None,
    clinic: shared.ClinicFile = None,
    as_of: options.AsOf = None,
    format: shared.ShowFormat = "table",
) -> None:
    """Find courses by patient, by reference or by the beginning of the id; exit 1 without any."""
    today = day_of_asking(as_of, find_clinic(clinic))
    if not text.strip():
        raise InputError.of(
            "missing_argument", "Nothing is looked for.", field="text", remedy="Write a name."
        )
    with open_book(book) as opened:
        lines = courses_found(opened, text)
        _show_list(opened, lines, today, format)
    if not lines:
        raise typer.Exit(ExitCode.NO)


@shared.taking(shared.SCREEN, {"language": shared.Language}, options.READING)
def show_course(given: shared.Given, course: options.Course) -> None:
    """Show a course on one screen: its sessions, what to decide, what is to pay, the care."""
    kind = given["format"]
    check_course(course, given["patient"])
    refuse_idle(given, (), kind)
    in_use = find_clinic(given["clinic"])
    given = defaulted(given, in_use)
    language = text_language(read_language(given["language"]))
    today = day_of_asking(given["as_of"], in_use)
    with open_book(given["book"]) as opened:
        state = opened.course(course_named(opened, course, given["patient"]))
        others = [] if state.is_erased else opened.beside(state)
        days = [session.date for session in state.upcoming]
        rooms = opened.rooms(min(days), max(days)) if days else {}
    if state.is_erased:
        if kind == "json":
            write_document(course_document(state))
        else:
            write_out(f"The course {state.course} was erased; nothing of it is left.\n")
        return
    now = progress_of(state, today, elsewhere=elsewhere(others))
    if kind == "json" or given["full"]:
        otherwise = without_improvement(now, in_use)
    if kind == "json":
        write_document(show_document(now, in_use, others, otherwise))
    elif given["full"]:
        told = show_text(now, in_use, others, otherwise, rooms, width=width(), colour=has_colour())
        write_out(told)
    else:
        shown = Shown(now, *_as_booked(now, in_use), in_use, others, rooms)
        parts = [part for part in shared.PARTS if given[part]]
        text = screen_of_course(
            shown, width=width(), language=language, colour=has_colour(), parts=parts
        )
        write_out(text)


def _as_booked(now: CourseProgress, clinic: Clinic | None) -> tuple[CoursePlan | None, str | None]:
    """Return what is booked as a plan, by the book's numbers, or why it cannot stay so."""
    if not now.state.upcoming:
        return None, None
    try:
        return numbered_as_booked(plan_as_booked(now, clinic), now.offsets), None
    except RefusedError as error:
        return None, error.faults[0].message


def show_history(
    course: options.Course,
    *,
    patient: options.Patient = None,
    book: options.Book = None,
    format: shared.ShowFormat = "table",
) -> None:
    """Show every event of a course: when it was written down, by whom, and what it says."""
    check_course(course, patient)
    with open_book(book) as opened:
        course = course_named(opened, course, patient)
        events = opened.history(course)
        state = opened.course(course)
        documents = [event_document(event, opened.shown) for event in events]
    if format == "json":
        write_document({"course": events[0].course, "events": documents})
        return

    write_out(history_text(state, documents, width=width(), colour=has_colour()))
