"""`compare`: several protocols side by side."""

import re
from dataclasses import replace
from typing import Annotated, Any

import typer

from meso_schedule.base.errors import ExitCode, FormatError, InputError, UnknownNameError
from meso_schedule.cli import options
from meso_schedule.cli.clinic_defaults import defaulted
from meso_schedule.cli.environment import find_clinic, has_colour, width, write_json, write_out
from meso_schedule.cli.error_messages import placing
from meso_schedule.cli.formats import read_language
from meso_schedule.cli.idle_options import refuse_idle
from meso_schedule.cli.requests import read_asked
from meso_schedule.cli.usage import Command
from meso_schedule.course.wishes import Wanted
from meso_schedule.output.forms import text_language
from meso_schedule.output.terminal.comparison_text import (
    comparison_csv,
    comparison_markdown,
    comparison_text,
)
from meso_schedule.planner.side_by_side import compare as compare_protocols
from meso_schedule.rules.catalogue import Catalogue, catalogue
from meso_schedule.rules.rule_tables import OtherProcedure

_UNTIL = options.option(
    "DATE", "Last day compared; left out, 12 months after the start.", "Calendar"
)
_VARIANTS = options.option(
    "ID",
    "Compare the published schedules of this protocol's treatment, visit by visit.",
    complete=options.complete_protocol,
)
_COMPARED: options.Options = {
    **options.request_options(lambda field: field.compared),
    "variants": Annotated[str | None, _VARIANTS],
    "until": Annotated[str | None, _UNTIL],
}


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("compare", cls=Command)(compare)


@options.taking(
    _COMPARED,
    options.CLINIC,
    {"format": options.PlanFormat, "language": options.Language},
)
def compare(given: options.Given, protocol: options.Protocols = None) -> None:
    """Compare protocols over the same months: visits, span, cost, chair time, swelling.

    Several joined by + are one calendar: hyaluronic-acid+mesobotox.
    With --variants the published schedules of one treatment stand side by side, visit by visit.
    """
    refuse_idle(given, shown=given["format"])
    clinic = find_clinic(given["clinic"])
    given = defaulted(given, clinic)
    code = read_language(given["language"])
    read = read_asked(options.asked_in(given, "protocol"))
    with placing(read.origins):
        known = catalogue(given["rules"] or ())
        names = dict.fromkeys(_compared(protocol, given["variants"], known))
        others = {name: it for name in names if (it := _no_course(name, known))}
        entries = [_read(text) for text in _needed([name for name in names if name not in others])]
        made = compare_protocols(
            [[known.named(it.protocol) for it in entry] for entry in entries],
            read.request,
            clinic=clinic,
            as_of=read.day_of_asking(clinic),
            wishes=[[str(it) for it in entry] for entry in entries],
            visit_by_visit=given["variants"] is not None,
            others=list(others.values()),
        )
    _print(made, given["format"], code)
    if all(row.problem for row in made.rows):
        raise typer.Exit(ExitCode.NO)


def _compared(named: list[str] | None, variants: str | None, known: Catalogue) -> list[str]:
    """Return what is compared: what is named, or the published schedules of one treatment."""
    if variants is None:
        return named or []
    if named:
        raise InputError.of(
            "contradiction",
            "The published schedules of one treatment are compared alone.",
            field="variants",
            value=variants,
            remedy="Leave --variants out, or the other protocols.",
        )
    try:
        return [it.id for it in known.variants(known.named(variants))]
    except UnknownNameError as error:
        raise InputError(replace(fault, field="variants") for fault in error.faults) from None


def _no_course(name: str, known: Catalogue) -> OtherProcedure | None:
    """Return what sources name as another way, such as liposuction; None for anything else."""
    if name in known or re.fullmatch(r"[a-z-]+", name) is None:
        return None
    ways = (it for protocol in known.values() for it in protocol.alternatives)
    return next((it for it in ways if it.id == name), None)


def _needed(names: list[str]) -> list[str]:
    if not names:
        raise InputError.of(
            "missing_argument",
            "No protocol is named.",
            field="protocol",
            remedy="'meso-schedule protocols' lists them.",
        )
    return names


def _read(text: str) -> list[Wanted]:
    try:
        return [Wanted.parse(part) for part in text.split("+")]
    except FormatError as error:
        raise InputError(replace(fault, field="protocol") for fault in error.faults) from None


def _print(comparison: Any, kind: str, language: str) -> None:
    if kind == "json":
        write_json(comparison.model_dump_json(indent=2))
    elif kind == "table":
        write_out(
            comparison_text(
                comparison,
                width=width(),
                colour=has_colour(),
                language=text_language(language),
            )
        )
    elif kind == "csv":
        write_out(comparison_csv(comparison))
    else:
        write_out(comparison_markdown(comparison))
