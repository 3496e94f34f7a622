"""`courses print`: what is booked as files, and as the next version of a calendar feed."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from meso_schedule.base.errors import InputError
from meso_schedule.base.private_files import write_files
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.reading import entries_of
from meso_schedule.book.state import CourseState
from meso_schedule.cli import options as shared
from meso_schedule.cli.book_in_use import open_book
from meso_schedule.cli.clinic_defaults import defaulted, patient_language
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.inputs import day_of_asking
from meso_schedule.cli.courses.plan_files import write_plan
from meso_schedule.cli.environment import find_clinic, write_document
from meso_schedule.cli.error_messages import placing
from meso_schedule.cli.formats import (
    FEED,
    NUMBERED,
    Style,
    json_text,
    read_outputs,
    style_of,
    with_clinic,
)
from meso_schedule.cli.idle_options import RECORD, ending_of, refuse_idle
from meso_schedule.cli.standard_error import tell
from meso_schedule.cli.targets import check_outputs
from meso_schedule.output.feed import cancellations
from meso_schedule.output.fhir import revocation
from meso_schedule.output.forms import text_language
from meso_schedule.running.appointments import gone_entries, gone_sessions
from meso_schedule.running.course_progress import progress_of
from meso_schedule.running.course_view import as_booked_by, refuse_erased
from meso_schedule.running.finding import check_course, course_named
from meso_schedule.running.printing import plan_as_booked


@shared.taking(shared.FILES, options.READING)
def print_course(given: shared.Given, course: options.Course) -> None:
    """Write the booked sessions to files, their kind by the ending; .ics takes out what went."""
    paths = read_outputs(given["output"])
    if not paths:
        raise InputError.of(
            "missing_argument", "No file is named.", field="output", remedy="Give --output FILE."
        )
    refuse_idle(given, paths)
    check_course(course, given["patient"])
    in_use = find_clinic(given["clinic"])
    typed, given = given, defaulted(given, in_use)
    style = style_of(given)
    today = day_of_asking(given["as_of"], in_use)
    check_outputs(paths, given, in_use)
    with open_book(given["book"]) as opened:
        course = course_named(opened, course, given["patient"])
        state = opened.course(course)
        refuse_erased(state)
        entries = entries_of(opened.history(course), opened.shown)
        closed = as_booked_by(opened, in_use)
    gone = gone_sessions(state, entries)
    style = with_clinic(style, paths, in_use, given["clinic"])
    language = patient_language(typed, state.language, in_use)
    style = style._replace(language=language, revision=state.revision, gone=gone)
    if state.stopped:
        _print_stopped(paths, state, style, as_of=today, force=given["force"])
    else:
        with placing({}, language, in_use.home_country if in_use else None):
            now = progress_of(state, today)
            made = plan_as_booked(now, closed)
            write_plan(paths, made, style, now.offsets, force=given["force"])
    if given["format"] == "json":
        write_document({"course": state.course, "files": [str(path) for path in paths]})


def _print_stopped(
    paths: Sequence[Path],
    state: CourseState,
    style: Style,
    *,
    as_of: date,
    force: bool,
) -> None:
    """Write what takes the appointments of a stopped course out elsewhere; no plan is left."""
    if any(ending_of(path) not in NUMBERED for path in paths):
        raise RefusedError(
            "stopped",
            f"The course {state.course} was stopped: nothing of it is to come.",
            f"Only a {FEED} or {RECORD} file can be written, which takes its appointments out.",
            field="output",
        )
    reference = str(state.request.get("reference") or state.course)
    feed = cancellations(
        [*style.gone, *gone_entries(progress_of(state, as_of), as_of, style.gone)],
        reference,
        as_of=as_of,
        timezone=state.timezone or "UTC",
        revision=style.revision,
        sequence=style.sequence,
        language=text_language(style.language),
    )
    record = json_text(revocation(style.gone, reference, state.patient)).encode()
    files = {path: feed if ending_of(path) == FEED else record for path in paths}
    write_files(files, force=force)
    tell(*(f"Wrote {path}." for path in paths))
