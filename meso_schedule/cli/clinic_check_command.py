"""`clinic check`: every fault of a clinic file at once, names of unknown treatments among them.

With a book also every booked session that the file no longer allows, and the repair of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from meso_schedule.base.errors import ExitCode, Fault, InputError, shown_names
from meso_schedule.base.harmless import harmless
from meso_schedule.base.readable_fields import readable_fields
from meso_schedule.base.text_files import parse_toml, read_text
from meso_schedule.cli import options
from meso_schedule.cli.clinic_defaults import rules_beside
from meso_schedule.cli.courses import course_options
from meso_schedule.cli.courses.book_writer import BookWriter
from meso_schedule.cli.environment import write_document, write_out
from meso_schedule.cli.error_messages import nearest
from meso_schedule.cli.options import Given, Options, taking
from meso_schedule.cli.proposals import PROPOSAL, propose
from meso_schedule.cli.protocols_command import FaultyFiles
from meso_schedule.cli.standard_error import tell
from meso_schedule.clinic.clinic import Clinic, parse_clinic
from meso_schedule.clinic.own_way import OwnWay
from meso_schedule.clinic.resources import Treating, resources_of, treats_faults
from meso_schedule.planner.given_here import given_by
from meso_schedule.rules.catalogue import Catalogue, catalogue
from meso_schedule.rules.protocol import Protocol
from meso_schedule.running.repair import proposals_of_file

_WRITER: Options = {
    name: kind
    for name, kind in course_options.WRITING.items()
    if name not in ("key", "revision", "clinic", "patient")
}
# The tables that are named by protocols.
_BY_PROTOCOL = ("prices", "treatments")


@taking(PROPOSAL, _WRITER)
def check_clinic(
    given: Given,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The clinic file.")],
    *,
    rules: options.Rules = None,
) -> None:
    """Check a clinic file and tell every fault: what it does not know, and what nobody reads.

    With --book also every booked session that rules, hours and people, as the file says them, no
    longer allow, where each would go, and whom to call: booked with --yes --proposal ID.
    """
    text = read_text(Path(file))
    faults = list[Fault]()
    known = catalogue(rules) if rules else _own_catalogue(text, file, faults)
    tables = parse_toml(text, file)
    faults += [*_faults(text, known, file), *_unknown(tables, known, file)]
    if faults:
        raise FaultyFiles(faults, ExitCode.NO)
    clinic = parse_clinic(text, file)
    if given["book"] is None:
        _refuse_idle(given)
        _tell_in_order(file, list(_not_given(clinic, known)), given["format"])
        return
    writer = BookWriter.of("check", {**given, "clinic": file})
    propose(
        writer,
        clinic,
        {**given, "clinic": file},
        lambda book, now, today, late, others: proposals_of_file(
            book, clinic, now=now, as_of=today, late=late, others=others
        ),
    )


def _tell_in_order(file: str, findings: Sequence[str], format: str) -> None:
    if format == "json":
        write_document({"file": file, "faults": [], "findings": findings})
    else:
        write_out(f"{harmless(file)} is in order.\n")
        tell(*findings)


def _not_given(clinic: Clinic, known: Catalogue) -> Iterator[str]:
    """Say which protocols nobody treats, or no room takes."""
    for kind, told in ((clinic.practitioners, "Nobody treats"), (clinic.rooms, "No room takes")):
        # All protocols are read only where somebody takes some of them alone.
        if clinic.practitioners and kind and all(it.treats is not None for it in kind):
            idle = [it.id for it in known.values() if not _is_taken(it, kind)]
            yield from [f"{told}: {shown_names(idle)}."] * bool(idle)


def _is_taken(protocol: Protocol, kind: Sequence[Treating]) -> bool:
    return any(it.takes(protocol.id, protocol.family) for it in kind)


def _refuse_idle(given: Given) -> None:
    """Refuse what acts on the sessions of a book where none is named."""
    for name in (*PROPOSAL, *_WRITER):
        if name != "format" and given[name] not in (None, False, []):
            raise InputError.of(
                "idle_option",
                "Only what is booked can be repaired.",
                field=name,
                remedy="Name the book: --book FILE.",
            )


def _own_catalogue(text: str, source: str, faults: list[Fault]) -> Catalogue:
    """Return the protocols with those that the file names; where these are faulty, without."""
    try:
        named = parse_clinic(text, source).rules
    except InputError:
        return catalogue()  # told with the faults of the file
    try:
        return catalogue(rules_beside(Path(source), named))
    except InputError as error:
        faults += error.faults
        return catalogue()


def _faults(text: str, known: Catalogue, source: str) -> Iterator[Fault]:
    """Find what the file says wrongly, and what of it does not go with protocols."""
    try:
        parse_clinic(text, source)
    except InputError as error:
        yield from error.faults
    for fault in _of_protocols(parse_toml(text, source), known):
        yield replace(fault, source=source)


def _of_protocols(tables: Mapping[str, Any], known: Catalogue) -> Iterator[Fault]:
    yield from treats_faults(resources_of(tables), list(known))
    ways: Mapping[str, OwnWay] = readable_fields(Clinic, tables)["treatments"] or {}
    for name, way in ways.items():
        if name in known and not any(way.faults(name)):
            try:
                given_by(way, known.named(name))
            except InputError as error:
                yield from error.faults


def _unknown(tables: Mapping[str, Any], known: Catalogue, source: str) -> Iterator[Fault]:
    """Find tables of protocols that do not exist."""
    for table in _BY_PROTOCOL:
        named = tables.get(table)
        for name in named if isinstance(named, dict) else ():
            if name not in known:
                problem = f"There is no protocol {name}."
                remedy = nearest(name, list(known))
                yield Fault("unknown_name", problem, source, f"{table}.{name}", name, remedy)
