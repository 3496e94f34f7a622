"""`courses show`, `history`: what the book says of a course."""

from datetime import date

from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.state import CourseState
from meso_schedule.cli import options as shared
from meso_schedule.cli.book_in_use import open_book
from meso_schedule.cli.clinic_defaults import defaulted
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.course_record import course_record
from meso_schedule.cli.courses.course_screen import Shown, screen_of_course
from meso_schedule.cli.courses.course_text import history_text
from meso_schedule.cli.courses.inputs import day_of_asking
from meso_schedule.cli.courses.json_documents import (
    course_document,
    event_document,
    show_document,
)
from meso_schedule.cli.environment import find_clinic, has_colour, width, write_document, write_out
from meso_schedule.cli.formats import read_language
from meso_schedule.cli.idle_options import refuse_idle
from meso_schedule.cli.list_files import LIST, list_targets, write_lists
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.course_plan import CoursePlan
from meso_schedule.output.forms import text_language
from meso_schedule.output.listing import Table, listed
from meso_schedule.running.account_lines import AccountLine, account_lines
from meso_schedule.running.appointments import numbered_as_booked
from meso_schedule.running.course_progress import CourseProgress, progress_of
from meso_schedule.running.course_view import as_booked_by, refuse_erased
from meso_schedule.running.elsewhere import elsewhere
from meso_schedule.running.finding import check_course, course_named
from meso_schedule.running.printing import plan_as_booked, without_improvement


@shared.taking(shared.SCREEN, LIST, {"language": shared.Language}, options.READING)
def show_course(given: shared.Given, course: options.Course) -> None:
    """Show a course on one screen: its sessions, what to decide, what is to pay, the care.

    What is written to a file is its account, line by line.
    """
    kind = given["format"]
    check_course(course, given["patient"])
    screen = {name: it for name, it in given.items() if name not in LIST}
    refuse_idle(screen, (), None if given["output"] and kind == "table" else kind)
    in_use = find_clinic(given["clinic"])
    given = defaulted(given, in_use)
    country = in_use.home_country if in_use else None
    language = text_language(read_language(given["language"])).in_country(country)
    today = day_of_asking(given["as_of"], in_use)
    paths = list_targets(given, in_use)
    with open_book(given["book"]) as opened:
        state = opened.course(course_named(opened, course, given["patient"]))
        others = [] if state.is_erased else opened.beside(state, country)
        in_use = as_booked_by(opened, in_use)
        days = [session.date for session in state.upcoming]
        rooms = opened.rooms(min(days), max(days)) if days else {}
    if paths:
        refuse_erased(state)
    if state.is_erased:
        if kind == "json":
            write_document(course_document(state))
        else:
            write_out(f"The course {state.course} was erased; nothing of it is left.\n")
        return
    if paths:
        write_lists([_account(state, today)], paths, given, in_use, today)
        if kind == "table":
            return
    now = progress_of(state, today, elsewhere=elsewhere(others))
    if kind == "json" or given["full"]:
        otherwise = without_improvement(now, in_use)
    if kind == "json":
        write_document(show_document(now, in_use, others, otherwise))
    elif given["full"]:
        everything = (now, in_use, others, otherwise, rooms)
        write_out(course_record(*everything, width=width(), language=language, colour=has_colour()))
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


def _account(state: CourseState, today: date) -> Table:
    lines = [it._asdict() for it in account_lines(state, today)]
    return listed("Account", AccountLine._fields, lines)


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
