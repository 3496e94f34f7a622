"""`plan`: one course, or a batch of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from inspect import signature
from typing import TYPE_CHECKING, Annotated, Any

import typer

from meso_schedule.base.errors import Fault, InputError
from meso_schedule.cli import options
from meso_schedule.cli.error_messages import COMMAND_LINE, placing
from meso_schedule.cli.idle_options import is_given, refuse_idle
from meso_schedule.cli.requests import named_protocols
from meso_schedule.cli.standard_error import tell
from meso_schedule.cli.usage import Command

if TYPE_CHECKING:
    from meso_schedule.base.busy_times import BusySource
    from meso_schedule.cli.formats import Style
    from meso_schedule.clinic.clinic import Clinic
    from meso_schedule.course.course_plan import CoursePlan
    from meso_schedule.course.request import CourseRequest
    from meso_schedule.rules.protocol import Protocol

_BESIDES_REQUEST = (
    *("clinic", "rules", "request", "format", "calendar", "output", "force", "language"),
    *("busy", "zone", "bom", "feed_detail", "feed_sequence", "paper"),
    *("batch", "resume", "workers", "sheets"),
)
_ALONE = ("request", "calendar", "language", "bom", "feed_detail", "feed_sequence", "paper")
_OF_SHEETS = ("language", "paper")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("plan", cls=Command)(plan)


def plan(
    protocol: options.Protocols = None,
    *,
    start: options.Start = None,
    start_within: options.StartWithin = None,
    sessions: options.Sessions = None,
    finish_by: options.FinishBy = None,
    event: options.Event = None,
    pin: options.Pin = None,
    other: options.Other = None,
    area: options.Area = None,
    improves_after: options.ImprovesAfter = None,
    no_improvement: options.NoImprovement = False,
    late: options.Late = None,
    top_ups: options.TopUps = None,
    until: options.Until = None,
    alternatives: options.Alternatives = None,
    held: options.Held = None,
    improved_on: options.ImprovedOn = None,
    as_of: options.AsOf = None,
    days: options.Days = None,
    between: options.Between = None,
    prefer: options.Prefer = None,
    at: options.At = None,
    away: options.Away = None,
    busy: options.Busy = None,
    zone: options.Zone = None,
    patient: options.Patient = None,
    reference: options.Reference = None,
    budget: options.Budget = None,
    currency: options.Currency = None,
    no_prices: options.NoPrices = False,
    clinic: options.ClinicFile = None,
    rules: options.Rules = None,
    request: options.RequestFile = None,
    format: options.PlanFormat = "table",
    calendar: options.Calendar = False,
    output: options.Outputs = None,
    force: options.Force = False,
    bom: options.Bom = False,
    feed_detail: options.FeedDetail = False,
    feed_sequence: options.FeedSequence = None,
    language: options.Language = None,
    paper: options.Paper = None,
    batch: Annotated[
        str | None,
        typer.Option(
            "--batch",
            metavar="FILE",
            help="Plan many courses: one JSON request a line, each with an id and a protocol.",
            rich_help_panel="Batch",
        ),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Go on with a batch that was stopped.",
            rich_help_panel="Batch",
        ),
    ] = False,
    workers: Annotated[
        str | None,
        typer.Option(
            "--workers",
            metavar="N",
            help="Processes that plan a batch; left out, 1.",
            rich_help_panel="Batch",
        ),
    ] = None,
    sheets: Annotated[
        str | None,
        typer.Option(
            "--sheets",
            metavar="FOLDER",
            help="Write a printed sheet (PDF) of each plan of a batch into a folder.",
            rich_help_panel="Batch",
        ),
    ] = None,
) -> None:
    """Plan a course: every session's date, why it is that day, what it costs, what to avoid.

    Several protocols make one calendar, spaced as they must be; each takes a number of sessions
    and a start of its own: hyaluronic-acid*3 mesobotox@2027-02-01.
    """
    given = dict(locals())  # the parameters alone: nothing else is bound yet
    from meso_schedule.cli.requests import check_format

    check_format(format, options.PLAN_FORMATS)
    asked = request_options(given)
    if batch is not None:
        _plan_batch(given, asked)
        return
    _plan_one(given, asked)


def request_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that make a request, by its names."""
    known = signature(plan).parameters
    return {
        name: value
        for name, value in given.items()
        if name in known and name not in _BESIDES_REQUEST
    }


def _plan_one(given: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    from meso_schedule.cli.environment import find_clinic, read_calendars
    from meso_schedule.cli.formats import FEED, file_of, read_outputs, style_of, with_logo
    from meso_schedule.cli.requests import first_day, read_asked

    paths = read_outputs(given["output"])
    refuse_idle(given, paths, given["format"])
    style = style_of(given)
    read = read_asked(asked, given["request"])
    clinic = find_clinic(given["clinic"])
    as_of = read.day_of_asking(clinic)
    since = first_day(read.request, as_of)
    if paths:
        from meso_schedule.cli.targets import check_outputs

        check_outputs(paths, given, clinic)
    busy = read_calendars(given["busy"], given["zone"], clinic, as_of, since)
    style = with_logo(style, paths, clinic, given["clinic"])
    with placing(read.origins, style.language):
        made = plan_asked(read.request, given["rules"] or (), clinic, as_of, busy)
        files = {path: file_of(made, path, style) for path in paths}
    if files:
        from meso_schedule.base.private_files import write_files

        write_files(files, force=given["force"])
    _print(made, given["format"], style)
    tell(*(f"Wrote {path}." for path in files))
    if not read.request.reference and any(path.suffix.lower() == FEED for path in files):
        tell(
            "Calendars know these appointments by the reference"
            f" {made.reference}: give --reference {made.reference} when you plan this course"
            " anew, and they are updated, not added."
        )


def _print(plan: "CoursePlan", kind: str, style: "Style") -> None:
    from meso_schedule.cli.environment import has_colour, width, write_out
    from meso_schedule.cli.formats import text_of

    text = text_of(plan, kind, replace(style, width=width(), colour=has_colour()))
    write_out(text, "utf-8" if kind == "json" or (kind == "csv" and style.bom) else None)


def _plan_batch(given: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    from meso_schedule.cli.batches.run import run_batch
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
    protocols, known = asked_protocols(request, clinic, rules)
    return plan_of(protocols, request, clinic=clinic, as_of=as_of, busy=busy, known=known)


def asked_protocols(
    request: "CourseRequest", clinic: "Clinic | None", rules: Sequence[str]
) -> "tuple[list[Protocol], dict[str, Protocol]]":
    """Return the protocols asked for, and all that are known.

    Raises:
        MesoScheduleError: When one is not known, or none is named.
    """
    names = named_protocols(request)
    known = known_protocols(names, request, clinic, rules)
    return [known[name] for name in names], known


def plan_of(
    protocols: "Sequence[Protocol]",
    request: "CourseRequest",
    *,
    clinic: "Clinic | None",
    as_of: date,
    busy: "Sequence[BusySource]",
    known: "Mapping[str, Protocol]",
) -> "CoursePlan":
    """Plan protocols as one calendar.

    Raises:
        MesoScheduleError: When they cannot be planned.
    """
    if len(protocols) == 1:
        from meso_schedule.planner.planning import plan_course

        return plan_course(
            protocols[0], request, clinic=clinic, as_of=as_of, busy=busy, known=known
        )
    from meso_schedule.planner.combined_planning import plan_combined

    return plan_combined(protocols, request, clinic=clinic, as_of=as_of, busy=busy, known=known)


def known_protocols(
    names: Sequence[str],
    request: "CourseRequest",
    clinic: "Clinic | None",
    rules: Sequence[str],
) -> "dict[str, Protocol]":
    """Return the protocols named, and all others where spacing may speak of them."""
    from meso_schedule.rules.catalogue import get_protocols

    names_others = bool(rules and (request.other or (clinic and clinic.spacing)))
    return get_protocols(names, rules, with_all=names_others)
