"""`courses open`: plan a course and book it."""

from collections.abc import Callable, Sequence
from pathlib import Path

from meso_schedule.book.book import Book
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.records import Contact, Opened, Record
from meso_schedule.book.state import CourseState
from meso_schedule.book.writing import Context, Receipt
from meso_schedule.cli.book_in_use import open_book
from meso_schedule.cli.clinic_defaults import defaulted
from meso_schedule.cli.courses.book_writer import BookWriter, show_receipt
from meso_schedule.cli.courses.course_options import CONTACT, SCREENING, WRITING, Yes
from meso_schedule.cli.courses.inputs import agree
from meso_schedule.cli.courses.json_documents import beside_documents
from meso_schedule.cli.courses.plan_files import write_plan
from meso_schedule.cli.courses.screening_file import read_screened
from meso_schedule.cli.courses.screening_text import beside_lines, beside_text
from meso_schedule.cli.environment import find_clinic, has_colour, read_calendars, width, write_out
from meso_schedule.cli.error_messages import placing
from meso_schedule.cli.formats import (
    Style,
    read_outputs,
    style_of,
    text_of,
    with_clinic,
)
from meso_schedule.cli.idle_options import refuse_idle
from meso_schedule.cli.options import FILES, SCREEN, Given, Options, asked_in, taking
from meso_schedule.cli.plan_command import BATCH, PLANNING, asked_protocols
from meso_schedule.cli.requests import first_day, read_asked
from meso_schedule.cli.targets import check_outputs
from meso_schedule.course.course_plan import CoursePlan
from meso_schedule.output.words.language import ENGLISH
from meso_schedule.output.words.patient import clock_text
from meso_schedule.running.appointments import opened_offsets
from meso_schedule.running.course_opening import NewCourse, doubt_of, others_of
from meso_schedule.running.course_view import twice
from meso_schedule.running.elsewhere import check_cleared
from meso_schedule.running.same_time import beside_booked

_WRITER: Options = {
    # Refused; it stands here since it is part of what is known again under a key.
    "sheets": BATCH["sheets"],
    **SCREENING,
    "yes": Yes,
    **{name: WRITING[name] for name in ("book", "head_file", "who", "key", "format")},
    **CONTACT,
}

# A plan, and what opens its course and books it.
Planned = tuple[CoursePlan, Opened, Sequence[Record]]


@taking(PLANNING, SCREEN, FILES, _WRITER)
def open_course(given: Given) -> None:
    """Plan a course, book its sessions and give it an id.

    Several protocols make one course with one calendar, spaced as they must be; each takes a
    number of sessions and a start of its own: hyaluronic-acid*3 mesobotox@2027-02-01.
    """
    writer = BookWriter.of("open", given)
    files = read_outputs(given["output"])
    # The language is kept with the course: it is of use where no file is written now.
    acted_on = given if files else {**given, "language": None}
    refuse_idle(acted_on, files, given["format"])
    reached = Contact.read({name: given[name] for name in CONTACT if given[name] is not None})
    # The course keeps what was asked for; the clinic's own may be another one tomorrow.
    is_asked = given["language"] is not None
    clinic = find_clinic(given["clinic"])
    given = defaulted(given, clinic)
    style = style_of(given)
    read = read_asked(asked_in(given), given["request"])
    as_of = read.day_of_asking(clinic)
    since = first_day(read.request, as_of)
    check_outputs(files, given, clinic)
    style = with_clinic(style, files, clinic, given["clinic"])
    busy = read_calendars(given["busy"], given["zone"], clinic, as_of, since)
    screened = read_screened(given, as_of)
    with open_book(writer.book, create=True, head_file=writer.head_file) as book:
        if writer.key is not None and (answer := book.recall(writer.key, writer.asked)):
            show_receipt(writer, answer, ["It was opened before, under the same key."])
            return
        with placing(read.origins, given["language"]):
            protocols, known = asked_protocols(read.request, clinic, given["rules"] or ())
        others = others_of(book, read.request, given["phone"], clinic)
        if doubt := doubt_of(read.request, others, as_of, _named):
            agree(doubt, yes=given["yes"])
        check_cleared(others, protocols, screened, given["cleared_by"])
        spoken = style.language if is_asked else None
        writing = writer.context(clinic, as_of)
        new = NewCourse(protocols, read.request, known, busy, others, screened, reached, spoken)

        def planned() -> Planned:
            with placing(read.origins, given["language"], clinic.home_country if clinic else None):
                made, opened, more = new.planned(book, clinic, writing)
            return beside_booked(made, clinic, book), opened, more

        made, receipt = _booked(book, planned, writing)
    _show(writer, receipt, made, style, others)
    if files:
        _write_files(files, receipt, made, style, force=given["force"])


def _booked(
    book: Book, planned: Callable[[], Planned], context: Context
) -> tuple[CoursePlan, Receipt]:
    """Plan and book; where others were quicker twice, tell what could be booked now.

    Raises:
        RefusedError: When they were; with the new proposal.
    """

    def booked() -> tuple[CoursePlan, Receipt]:
        made, opened, more = planned()
        return made, book.open_course(opened, *more, context=context)

    try:
        return twice(booked)
    except RefusedError as error:
        if error.code != "just_taken":
            raise
        raise _with_proposal(error, planned()[0]) from None


def _with_proposal(error: RefusedError, plan: CoursePlan) -> RefusedError:
    """Return an error with what could be booked now."""
    told = (
        [it.mark, str(it.date), clock_text([it], ENGLISH), it.practitioner] for it in plan.visits
    )
    visits = ", ".join(" ".join(filter(None, words)) for words in told)
    return error.proposing(f"Free now: {visits}.", {"plan": plan.model_dump(mode="json")})


def _named(courses: Sequence[CourseState]) -> str:
    return "; ".join(map(beside_text, courses))


def _show(
    writer: BookWriter,
    receipt: Receipt,
    made: CoursePlan,
    style: Style,
    others: Sequence[CourseState],
) -> None:
    if writer.format == "json":
        facts = {"plan": made.model_dump(mode="json"), "beside": beside_documents(others)}
        show_receipt(writer, receipt, [], facts)
        return

    shown = style._replace(width=width(), colour=has_colour(), course=receipt.course)
    write_out(f"{text_of(made, 'table', shown)}\n")
    findings = (finding.message for finding in receipt.state.findings)
    told = [f"Opened: its id is {receipt.course}.", *beside_lines(others), *findings]
    show_receipt(writer, receipt, told)


def _write_files(
    paths: list[Path], receipt: Receipt, made: CoursePlan, style: Style, *, force: bool
) -> None:
    """Write the files, known by the course's id as those that `courses print` writes later."""
    reference = receipt.state.request.get("reference") or receipt.course
    numbered = made.model_copy(update={"reference": str(reference)})
    offsets = opened_offsets(receipt.state, made)
    write_plan(paths, numbered, style._replace(revision=receipt.revision), offsets, force=force)
