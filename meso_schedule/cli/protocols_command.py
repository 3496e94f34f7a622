"""`protocols`: list them, show one, check files, start a new one."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from meso_schedule.base.errors import ExitCode, Fault, InputError, UnreadableFileError, shortened
from meso_schedule.base.harmless import harmless
from meso_schedule.base.private_files import write_files
from meso_schedule.cli import options
from meso_schedule.cli.cases import case_faults, untried_cases
from meso_schedule.cli.clinic_defaults import rules_in_use
from meso_schedule.cli.environment import has_colour, width, write_json, write_out
from meso_schedule.cli.formats import json_text
from meso_schedule.cli.idle_options import RECORD, ending_of, refuse_idle
from meso_schedule.cli.protocol_template import rule_file
from meso_schedule.cli.standard_error import tell
from meso_schedule.cli.targets import check_outputs
from meso_schedule.cli.usage import Command, Group
from meso_schedule.clinic.clinic import read_clinic
from meso_schedule.output.forms import to_fhir
from meso_schedule.output.terminal.protocol_text import list_text, protocol_text
from meso_schedule.rules.catalogue import (
    catalogue,
    matches,
    name_faults,
)
from meso_schedule.rules.includes import RuleNames, named_in, read_rule_file
from meso_schedule.rules.protocol import Protocol, SharedTables

For = Annotated[
    str | None,
    typer.Option("--for", metavar="TEXT", help="Only those for an area or an indication."),
]


def register(app: typer.Typer) -> None:
    """Add the group of commands to the application."""
    group = typer.Typer(cls=Group, help="List, show, check and start protocols.")

    @group.callback(invoke_without_command=True)
    def bare(
        context: typer.Context,
        wanted: For = None,
        rules: options.Rules = None,
        format: options.ShowFormat = "table",
    ) -> None:
        if context.invoked_subcommand is None:
            list_protocols(wanted, rules, format)
        else:
            before = {"for": wanted, "rules": rules, "format": format}
            _refuse_before(context.invoked_subcommand, before)

    group.command("list", cls=Command)(list_protocols)
    group.command("show", cls=Command)(show_protocol)
    group.command("check", cls=Command)(check_files)
    group.command("new", cls=Command)(new_protocol)
    app.add_typer(group, name="protocols")


def _refuse_before(command: str, options_typed: Mapping[str, object]) -> None:
    """Refuse options before the name of a command, which would not reach it."""
    early = [name for name, value in options_typed.items() if value not in (None, [], "table")]
    if early:
        problem = f"It stands before {command!r}."
        remedy = "Write it after that."
        raise InputError(
            Fault("contradiction", problem, None, name, None, remedy) for name in early
        )


def list_protocols(
    wanted: For = None,
    rules: options.Rules = None,
    format: options.ShowFormat = "table",
) -> None:
    """List protocols, the packaged ones and those of --rules."""
    listed = [
        protocol
        for protocol in catalogue(rules_in_use(rules)).values()
        if wanted is None or matches(protocol, wanted)
    ]
    if format == "json":
        keys = {"id", "name", "family", "areas", "indications", "no_published_interval", "version"}
        entries = [
            {
                **protocol.model_dump(mode="json", include=keys),
                "sessions": protocol.sessions.model_dump(
                    mode="json", include={"minimum", "usual", "maximum"}
                ),
            }
            for protocol in listed
        ]
        write_json(json.dumps(entries, indent=2))
    elif listed:
        write_out(list_text(listed, width=width(), colour=has_colour()))
    if not listed:
        tell(
            f"No protocol is for {shortened(wanted)}. 'meso-schedule protocols' lists all of them."
        )


def show_protocol(
    protocol: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="The protocol's id.", autocompletion=options.complete_protocol
        ),
    ],
    rules: options.Rules = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help=f"Write it for a record system, as a PlanDefinition: {RECORD}.",
        ),
    ] = None,
    force: options.Force = False,
    format: options.ShowFormat = "table",
) -> None:
    """Show everything a protocol says, each figure with its source."""
    paths = [Path(output)] if output is not None else []
    refuse_idle({"force": force}, paths)
    known = catalogue(rules_in_use(rules))
    found = known.named(protocol)
    for path in paths:
        _write_record(found, path, {"force": force, "rules": rules})
    if format == "json":
        write_json(found.model_dump_json(indent=2))
        return
    if paths:
        return
    schedules = known.variants(found)
    write_out(protocol_text(found, width=width(), colour=has_colour(), variants=schedules))


def _write_record(protocol: Protocol, path: Path, given: options.Given) -> None:
    if ending_of(path) != RECORD:
        raise InputError.of(
            "unknown_ending",
            f"A protocol cannot be written to {path.name}.",
            field="output",
            value=str(path),
            remedy=f"End it in {RECORD}.",
        )
    check_outputs([path], given)
    write_files({path: json_text(to_fhir(protocol)).encode()}, force=given["force"])
    tell(f"Wrote {path}.")


def check_files(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Rule files.")],
    cases: Annotated[
        str | None,
        typer.Option(
            "--cases",
            metavar="CSV",
            help="Courses worked by hand, one a line: start, sessions, expected_dates, …",
        ),
    ] = None,
    clinic: Annotated[
        str | None,
        typer.Option("--clinic", metavar="FILE", help="Clinic of the cases; left out, Mon-Fri."),
    ] = None,
) -> None:
    """Check rule files and tell every fault of every file."""
    if clinic is not None and cases is None:
        remedy = "Leave it out, or give --cases."
        raise InputError.of(
            "contradiction", "It goes with --cases only.", field="clinic", remedy=remedy
        )
    found: dict[Path, Protocol] = {}
    named: list[RuleNames] = []
    faults: list[Fault] = []
    is_unreadable = False
    for name in files:
        try:
            protocol = read_rule_file(Path(name))
        except InputError as error:
            faults += error.faults
            named += named_in(Path(name))
            is_unreadable = is_unreadable or isinstance(error, UnreadableFileError)
            continue
        if isinstance(protocol, SharedTables):
            write_out(f"{harmless(name)}: shared tables, in order.\n")
            continue
        twin = next((path for path, other in found.items() if other.id == protocol.id), None)
        if twin:
            faults.append(_same_id(protocol.id, name, twin))
        else:
            found[Path(name)] = protocol
            named.append(RuleNames.by(protocol, Path(name)))
    unknown = list(name_faults(named))
    for path, protocol in found.items():
        if str(path) not in {fault.source for fault in unknown}:
            write_out(f"{harmless(str(path))}: {protocol.id} is in order.\n")
    faults += unknown
    if cases is not None:
        faults += case_faults(cases, found, read_clinic(clinic) if clinic else None)
        if untried := untried_cases(cases, found):
            told = ", ".join(f"{whose} ({count})" for whose, count in sorted(untried.items()))
            tell(f"Cases not tried, as none of the files is theirs: {told}.")
    if faults:
        raise FaultyFiles(faults, ExitCode.BAD_INPUT if is_unreadable else ExitCode.NO)


def _same_id(protocol_id: str, name: str, other: Path) -> Fault:
    remedy = "Give each protocol an id of its own."
    return Fault("duplicate_id", f"{other} has the same id.", name, "id", protocol_id, remedy)


class FaultyFiles(InputError):  # noqa: N818 - what the check found
    """What a check found: a fault is a valid answer, a file that cannot be read is not."""

    def __init__(self, faults: list[Fault], code: ExitCode) -> None:
        super().__init__(faults)
        self.exit_code = code


def new_protocol(
    protocol: Annotated[
        str, typer.Argument(metavar="ID", help="Its id: lower-case letters, digits, hyphens.")
    ],
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Write it to a file.")
    ] = None,
    force: options.Force = False,
    origin: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="ID",
            help="A packaged protocol to begin from, with all its figures and sources.",
            autocompletion=options.complete_protocol,
        ),
    ] = None,
) -> None:
    """Print a commented rule file to start from."""
    text = rule_file(protocol, origin)
    refuse_idle({"force": force}, [Path(output)] if output is not None else [])
    if output is None:
        write_out(text)
        return
    check_outputs([Path(output)], {"force": force})
    write_files({Path(output): text.encode()}, force=force)
    tell(f"Wrote {output}. Fill in what is marked, then: meso-schedule protocols check {output}")
