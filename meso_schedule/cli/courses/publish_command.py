"""`courses publish`: the appointments of a course in a calendar that phones subscribe to."""

from collections.abc import Mapping
from typing import Annotated

import typer

from meso_schedule.book.reading import entries_of
from meso_schedule.cli import options as shared
from meso_schedule.cli.book_in_use import open_book
from meso_schedule.cli.clinic_defaults import defaulted
from meso_schedule.cli.courses import course_options as options
from meso_schedule.cli.courses.calendar_server import CalendarServer, Outcome
from meso_schedule.cli.courses.inputs import day_of_asking
from meso_schedule.cli.environment import find_clinic, write_document, write_out
from meso_schedule.cli.formats import read_language
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.output.calendar_file import event_uid
from meso_schedule.output.forms import to_events
from meso_schedule.running.appointments import gone_entries, gone_sessions, numbered_as_booked
from meso_schedule.running.course_progress import CourseProgress, progress_of
from meso_schedule.running.course_view import as_booked_by, refuse_erased
from meso_schedule.running.finding import check_course, course_named
from meso_schedule.running.printing import plan_as_booked


def publish(
    course: options.Course,
    *,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="ADDRESS",
            help="The calendar on a CalDAV server: https://…, or http on this machine alone. User"
            " and password stand in your netrc file, or in the keyring.",
        ),
    ],
    feed_detail: shared.FeedDetail = False,
    language: shared.Language = None,
    patient: options.Patient = None,
    book: options.Book = None,
    clinic: shared.ClinicFile = None,
    as_of: options.AsOf = None,
    format: shared.ShowFormat = "table",
) -> None:
    """Put the booked sessions into a calendar on a server; only what has changed is sent.

    What went is taken out. Titles give nothing away unless --feed-detail is given.
    """
    check_course(course, patient)
    server = CalendarServer.of(to)
    in_use = find_clinic(clinic)
    spoken = read_language(defaulted({"language": language}, in_use)["language"])
    today = day_of_asking(as_of, in_use)
    with open_book(book) as opened:
        course = course_named(opened, course, patient, is_whole=True)
        state = opened.course(course)
        refuse_erased(state)
        entries = entries_of(opened.history(course), opened.shown)
        in_use = as_booked_by(opened, in_use)
    reference = str(state.request.get("reference") or state.course)
    now, gone = progress_of(state, today), gone_sessions(state, entries)
    if state.stopped:
        gone += gone_entries(now, today, gone)
    events: dict[str, bytes | None] = {event_uid(reference, it.number): None for it in gone}
    if not state.stopped:
        events |= _events(now, in_use, spoken, detail=feed_detail)
    outcomes = {uid: server.publish(uid, content) for uid, content in events.items()}
    _show(state.course, server.address, outcomes, format)


def _events(
    now: CourseProgress, clinic: Clinic | None, language: str, *, detail: bool
) -> dict[str, bytes]:
    plan = numbered_as_booked(plan_as_booked(now, clinic), now.offsets)
    return to_events(plan, language=language, detail=detail, revision=now.state.revision)


def _show(course: str, address: str, outcomes: Mapping[str, Outcome], format: str) -> None:
    by_outcome = {
        kind: [uid for uid, outcome in outcomes.items() if outcome == kind]
        for kind in ("put", "deleted", "unchanged")
    }
    if format == "json":
        write_document({"course": course, "to": address, **by_outcome})
        return
    counts = {kind: len(uids) for kind, uids in by_outcome.items()}
    write_out(
        f"Published: {counts['put']} sent, {counts['deleted']} taken out,"
        f" {counts['unchanged']} as they were.\n"
    )
