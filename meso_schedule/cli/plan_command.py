"""`plan`: one course, or a batch of them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from meso_schedule.base.errors import Fault, InputError
from meso_schedule.cli import options
from meso_schedule.cli.error_messages import COMMAND_LINE, placing
from meso_schedule.cli.idle_options import is_given, refuse_idle
from meso_schedule.cli.standard_error import tell
from meso_schedule.cli.usage import Command

if TYPE_CHECKING:
    from meso_schedule.base.busy_times import BusySource
    from meso_schedule.clinic.clinic import Clinic
    from meso_schedule.course.course_plan import CoursePlan
    from meso_schedule.course.request import CourseRequest
    from meso_schedule.rules.protocol import Protocol

_ALONE = (
    "request",
    "calendar",
    "language",
    "bom",
    "separator",
    "decimal",
    "feed_detail",
    "feed_sequence",
    "paper",
    "large",
    "book",
    *options.SCREEN,
)
_OF_SHEETS = ("language", "paper", "large")
_BOOK: options.Options = {
    "book": Annotated[
        str | None,
        options.option(
            "FILE|ADDRESS",
            "A book: what is booked there counts; left out, the clinic is taken to be empty.",
            options.SOURCES,
        ),
    ],
}

PLANNING: options.Options = {
    "protocol": options.Protocols,
    **options.request_options(),
    **options.CALENDARS,
    **options.CLINIC,
    "request": options.RequestFile,
}
BATCH: options.Options = {
    "batch": Annotated[
        str | None,
        options.option(
            "FILE",
            "Plan many courses: one JSON request a line, each with an id and a protocol.",
            "Batch",
        ),
    ],
    "resume": Annotated[
        bool, options.flag("--resume", "Go on with a batch that was stopped.", "Batch")
    ],
    "workers": Annotated[
        str | None, options.option("N", "Processes that plan a batch; left out, 1.", "Batch")
    ],
    "sheets": Annotated[
        str | None,
        options.option(
            "FOLDER", "Write a printed sheet (PDF) of each plan of a batch into a folder.", "Batch"
        ),
    ],
}


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("plan", cls=Command)(plan)


@options.taking(
    PLANNING, _BOOK, {"format": options.PlanFormat}, options.SCREEN, options.FILES, BATCH
)
def plan(given: options.Given) -> None:
    """Plan a course: every session's date, why it is that day, what it costs, what to avoid.

    Several protocols make one calendar, spaced as they must be; each takes a number of sessions
    and a start of its own: hyaluronic-acid*3 mesobotox@2027-02-01.
    """
    if given["batch"] is not None:
        _plan_batch(given, options.asked_in(given))
        return
    _plan_one(given)


def _plan_one(given: Mapping[str, Any]) -> None:
    from meso_schedule.cli.clinic_defaults import defaulted
    from meso_schedule.cli.environment import find_clinic, read_calendars
    from meso_schedule.cli.formats import FEED, file_of, read_outputs, show, style_of, with_clinic
    from meso_schedule.cli.requests import first_day, read_asked

    paths = read_outputs(given["output"])
    refuse_idle(given, paths, given["format"])
    clinic = find_clinic(given["clinic"])
    given = defaulted(given, clinic)
    style = style_of(given)
    read = read_asked(options.asked_in(given), given["request"])
    as_of = read.day_of_asking(clinic)
    since = first_day(read.request, as_of)
    if paths:
        from meso_schedule.cli.targets import check_outputs

        check_outputs(paths, given, clinic)
    busy = read_calendars(given["busy"], given["zone"], clinic, as_of, since)
    style = with_clinic(style, paths, clinic, given["clinic"])

    def planned(clinic: "Clinic | None") -> "CoursePlan":
        with placing(read.origins, style.language, clinic.home_country if clinic else None):
            return plan_asked(read.request, given["rules"] or (), clinic, as_of, busy)

    if given["book"] is None:
        made = planned(clinic)
    else:
        made = _beside_booked(given["book"], clinic, min(since, as_of), planned)
    with placing(read.origins, style.language):
        files = {path: file_of(made, path, style) for path in paths}
    if files:
        from meso_schedule.base.private_files import write_files

        write_files(files, force=given["force"])
    show(made, given["format"], style)
    tell(*(f"Wrote {path}." for path in files))
    if not read.request.reference and any(path.suffix.lower() == FEED for path in files):
        tell(
            "Calendars know these appointments by the reference"
            f" {made.reference}: give --reference {made.reference} when you plan this course"
            " anew, and they are updated, not added."
        )


def _beside_booked(
    book: str,
    clinic: "Clinic | None",
    first: date,
    planned: "Callable[[Clinic | None], CoursePlan]",
) -> "CoursePlan":
    """Plan beside what is booked in a book from a day on."""
    from meso_schedule.cli.book_in_use import open_book
    from meso_schedule.running.course_view import with_bookings
    from meso_schedule.running.same_time import beside_booked

    with open_book(book) as opened:
        made = planned(with_bookings(clinic, opened, first))
        return beside_booked(made, clinic, opened)


def _plan_batch(given: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    from meso_schedule.cli.batches.run import run_batch
    from meso_schedule.cli.clinic_defaults import defaulted
    from meso_schedule.cli.environment import find_clinic
    from meso_schedule.cli.formats import style_of

    alone = [
        name
        for name, value in [*asked.items(), *((name, given[name]) for name in _ALONE)]
        if name != "as_of" and value not in (None, False)
        if not (is_given(given, "sheets") and name in _OF_SHEETS)
    ]
    if given["format"] in ("csv", "markdown"):
        alone.append("format")
    if alone:
        remedy = "Leave it out, or write it into the lines of the batch."
        raise InputError(
            Fault("contradiction", "It does not go with --batch.", COMMAND_LINE, name, None, remedy)
            for name in alone
        )
    given = defaulted(given, find_clinic(given["clinic"]))
    run_batch(
        given["batch"],
        given["output"] or [],
        given,
        clinic_file=given["clinic"],
        rules=given["rules"] or [],
        as_of=given["as_of"],
        busy=given["busy"] or [],
        zones=given["zone"] or [],
        workers=given["workers"],
        is_resumed=given["resume"],
        force=given["force"],
        sheets=given["sheets"],
        style=style_of(given) if is_given(given, "sheets") else None,
    )


def plan_asked(
    request: "CourseRequest",
    rules: Sequence[str],
    clinic: "Clinic | None",
    as_of: date,
    busy: "Sequence[BusySource]",
) -> "CoursePlan":
    """Plan what a request asks for.

    Raises:
        MesoScheduleError: When it cannot be planned.
    """
    from meso_schedule.planner.planning import plan_combined

    protocols, known = asked_protocols(request, clinic, rules)
    return plan_combined(protocols, request, clinic=clinic, as_of=as_of, busy=busy, known=known)


def asked_protocols(
    request: "CourseRequest", clinic: "Clinic | None", rules: Sequence[str]
) -> "tuple[list[Protocol], dict[str, Protocol]]":
    """Return the protocols asked for, and those that are known besides the packaged ones.

    Raises:
        MesoScheduleError: When one is not known, or none is named.
    """
    from meso_schedule.course.request_reading import named_protocols
    from meso_schedule.planner.given_here import check_treats, given_at
    from meso_schedule.rules.catalogue import catalogue

    every = catalogue(rules)
    asked = [every.named(name) for name in named_protocols(request)]
    if clinic and clinic.practitioners:
        check_treats(clinic, every)
    elsewhere = {other.name for other in request.other if rules} & every.keys()
    known = {**{name: every[name] for name in elsewhere}, **every.given}
    known |= {protocol.id: protocol for protocol in asked}
    return [given_at(clinic, protocol) for protocol in asked] if clinic else asked, known
