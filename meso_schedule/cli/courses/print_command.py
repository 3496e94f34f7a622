"""`courses print`: what is booked as files, and as the next version of a calendar feed."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from meso_schedule.base.errors import InputError
from meso_schedule.base.private_files import write_files
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.ids import parse_course_id
from meso_schedule.book.reading import entries_of
from meso_schedule.book.state import CourseState
from meso_schedule.cli import options as shared
from meso_schedule.cli.book_in_use import open_book
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.book_writer import refuse_erased
from meso_schedule.cli.courses.inputs import day_of_asking, read_value
from meso_schedule.cli.environment import find_clinic, find_logo, write_document
from meso_schedule.cli.error_messages import placing
from meso_schedule.cli.formats import (
    LETTERHEADS,
    Style,
    check_ending,
    file_of,
    read_language,
    read_paper,
    read_sequence,
)
from meso_schedule.cli.idle_options import refuse_idle
from meso_schedule.cli.languages import terminal_language
from meso_schedule.cli.requests import check_format
from meso_schedule.cli.standard_error import tell
from meso_schedule.cli.targets import check_outputs
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.course_plan import CoursePlan
from meso_schedule.output.feed import Gone, cancellations, feed
from meso_schedule.running.course_progress import CourseProgress, progress_of
from meso_schedule.running.printing import (
    Offsets,
    gone_sessions,
    numbered_as_booked,
    plan_as_booked,
)

_WIDTH = 80
FEED = ".ics"


def print_course(
    course: options.Course,
    *,
    output: shared.Outputs = None,
    force: shared.Force = False,
    calendar: shared.Calendar = False,
    bom: shared.Bom = False,
    feed_detail: shared.FeedDetail = False,
    feed_sequence: shared.FeedSequence = None,
    language: shared.Language = None,
    paper: shared.Paper = None,
    book: options.Book = None,
    clinic: shared.ClinicFile = None,
    as_of: options.AsOf = None,
    format: shared.ShowFormat = "table",
) -> None:
    """Write the booked sessions to files, their kind by the ending; .ics takes out what went."""
    given = dict(locals())

    check_format(format, shared.SHOW_FORMATS)
    read_language(language)
    read_paper(paper)
    paths = [Path(name) for name in output or []]
    if not paths:
        raise InputError.of(
            "missing_argument", "No file is named.", field="output", remedy="Give --output FILE."
        )
    for path in paths:
        check_ending(path)
    refuse_idle(given, paths)
    read_value(parse_course_id, course, "course")
    in_use = find_clinic(clinic)
    today = day_of_asking(as_of, in_use)
    check_outputs(paths, given, in_use)
    with open_book(book) as opened:
        state = opened.course(course)
        refuse_erased(state)
        entries = entries_of(opened.history(course), opened.shown)
    gone = gone_sessions(state, entries)
    style = style_of(given, state.revision, in_use, paths)
    if state.stopped:
        _print_stopped(paths, state, gone, style, as_of=today, force=force)
    else:
        with placing({}, language):
            now = progress_of(state, today)
            _print_running(paths, now, in_use, gone, style, force=force)
    if format == "json":
        write_document({"course": state.course, "files": [str(path) for path in paths]})


def style_of(
    given: Mapping[str, Any], revision: int, clinic: Clinic | None, paths: Sequence[Path]
) -> Style:
    """Return how files are written; a feed is newer with each revision of the course."""
    has_letterhead = any(path.suffix.lower() in LETTERHEADS for path in paths)
    return Style(
        _WIDTH,
        calendar=given["calendar"],
        language=given["language"],
        bom=given["bom"],
        detail=given["feed_detail"],
        revision=revision,
        sequence=read_sequence(given["feed_sequence"]),
        paper=read_paper(given["paper"]),
        logo=find_logo(clinic, given["clinic"]) if has_letterhead else None,
    )


def write_plan(
    paths: Sequence[Path],
    plan: CoursePlan,
    style: Style,
    *,
    force: bool,
    offsets: Offsets | None = None,
    gone: Sequence[Gone] = (),
) -> None:
    """Write a plan to files, all or none."""
    files = {
        path: _feed(plan, style, offsets or {}, gone)
        if path.suffix.lower() == FEED
        else file_of(plan, path, style)
        for path in paths
    }
    write_files(files, force=force)
    tell(*(f"Wrote {path}." for path in files))


def _feed(plan: CoursePlan, style: Style, offsets: Offsets, gone: Sequence[Gone]) -> bytes:
    return feed(
        numbered_as_booked(plan, offsets),
        detail=style.detail,
        language=terminal_language(style.language),
        revision=style.revision,
        sequence=style.sequence,
        gone=gone,
    )


def _print_running(
    paths: Sequence[Path],
    course: CourseProgress,
    clinic: Clinic | None,
    gone: Sequence[Gone],
    style: Style,
    *,
    force: bool,
) -> None:
    plan = plan_as_booked(course, clinic)
    write_plan(paths, plan, style, force=force, offsets=course.offsets, gone=gone)


def _print_stopped(
    paths: Sequence[Path],
    state: CourseState,
    gone: Sequence[Gone],
    style: Style,
    *,
    as_of: date,
    force: bool,
) -> None:
    """Write what takes the appointments of a stopped course out of a calendar; no plan is left."""
    if any(path.suffix.lower() != FEED for path in paths):
        raise RefusedError(
            "stopped",
            f"The course {state.course} was stopped: nothing of it is to come.",
            f"Only a {FEED} file can be written, which takes its appointments out.",
            field="output",
        )
    content = cancellations(
        gone,
        str(state.request.get("reference") or state.course),
        as_of=as_of,
        timezone=state.timezone or "UTC",
        revision=style.revision,
        sequence=style.sequence,
        language=terminal_language(style.language),
    )
    write_files(dict.fromkeys(paths, content), force=force)
    tell(*(f"Wrote {path}." for path in paths))
