"""Protocols for people: a list of them, and one with all its figures and sources."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from meso_schedule.base.identifiers import FAMILIES
from meso_schedule.course.bill import MoneyRange
from meso_schedule.output.terminal.layout import Column, Page, cell, text
from meso_schedule.output.words.details import fact_lines
from meso_schedule.output.words.text import money_text, sentence
from meso_schedule.rules.protocol import Protocol
from meso_schedule.rules.rule_tables import Facts, Gap, Phase, Results, Sourced

UNPUBLISHED = "*"
_NO_FIGURE = "no published figure, ask"
_BENEFITS = {
    "shown": "shown",
    "mixed": "mixed results",
    "disputed": "disputed",
    "not shown": "none shown",
    "not studied": "not studied",
}


def list_text(protocols: Iterable[Protocol], *, width: int, colour: bool = False) -> str:
    """Return protocols as a table of id, name, sessions and what they are for."""
    listed = list(protocols)
    page = Page(width, colour=colour)
    page.block()
    page.table(
        [Column("Id"), Column("Name", folds=True), Column("Sessions"), Column("For", folds=True)],
        [
            [
                cell(text(protocol.id, "bold")),
                cell(protocol.name),
                cell(sessions_text(protocol)),
                cell(", ".join(_indications(protocol))),
            ]
            for protocol in listed
        ],
    )
    if any(protocol.no_published_interval for protocol in listed):
        page.block()
        page.paragraph(f"{UNPUBLISHED} no interval of its own is published", "dim")
    return str(page)


def sessions_text(protocol: Protocol) -> str:
    """Write how many sessions make a course."""
    counts = protocol.sessions
    if counts.minimum == counts.maximum:
        return str(counts.usual)
    return f"{counts.minimum}-{counts.maximum}, usually {counts.usual}"


def protocol_text(
    protocol: Protocol, *, width: int, colour: bool = False, variants: Sequence[Protocol] = ()
) -> str:
    """Return everything a protocol says.

    Args:
        variants: The published schedules of its treatment, it among them.
    """
    page = Page(width, colour=colour)
    gaps = [(_phase_title(phase), gap_text(phase)) for phase in protocol.phases]
    if protocol.top_up:
        gaps.append(("Top-ups", gap_text(protocol.top_up)))
    parts = (
        (protocol.name, list(_summary(protocol))),
        ("Gap before each session", gaps),
        ("The whole course", list(_whole_course(protocol))),
        ("Results", list(_results(protocol.results)) if protocol.results else []),
        ("Published prices", list(_prices(protocol))),
        ("The treatment", list(_facts(protocol.facts)) if protocol.facts else []),
        ("Uses up in a session", list(_products(protocol))),
        ("Care", list(_care(protocol))),
        ("Other ways that the sources name", list(_alternatives(protocol))),
        (
            "Published schedules of this treatment",
            [(it.id, _schedule_as_studied(it)) for it in variants] if len(variants) > 1 else [],
        ),
    )
    for title, entries in parts:
        if entries:
            page.block(title)
            page.pairs(entries)
    lists = (
        ("Ask before the first session", [c.what for c in protocol.care if c.action == "ask"]),
        ("Distance to other treatments", list(_spacing(protocol))),
        ("Notices", list(_notices(protocol))),
        ("Sources", list(_sources(protocol))),
    )
    for title, lines in lists:
        if lines:
            page.block(title)
            page.bullets(lines)
    return str(page)


def _summary(protocol: Protocol) -> Iterator[tuple[str, str]]:
    yield "Id", f"{protocol.id}, version {protocol.version}"
    yield "Family", protocol.family
    yield "Areas", ", ".join(protocol.areas)
    yield "For", ", ".join(_indications(protocol))
    if protocol.no_published_interval:
        yield "", f"{UNPUBLISHED} no interval of its own is published"
    if protocol.benefit:
        basis = f" ({_basis(protocol.evidence)})" if protocol.evidence else ""
        graded = f"[{protocol.schedule_grade}]" if protocol.schedule_grade else "assumed"
        yield "Known", f"schedule {graded}; benefit: {_BENEFITS[protocol.benefit]}{basis}"
    counts = f"{sessions_text(protocol)}, {protocol.sessions.minutes} minutes each"
    yield "Sessions", f"{counts} ({_basis(protocol.sessions)})"


def _indications(protocol: Protocol) -> Iterator[str]:
    for name in protocol.indications:
        yield f"{name}{UNPUBLISHED}" if name in protocol.no_published_interval else name


def _whole_course(protocol: Protocol) -> Iterator[tuple[str, str]]:
    """Yield the gap before each session to the end of the usual course, and what follows it."""
    yield "As planned", _gaps_of(protocol)
    if protocol.has_taper:
        yield "Not improved", _gaps_of(protocol, no_improvement=True)
    if top_up := protocol.top_up:
        yield "Then", f"a top-up every {' and '.join(map(str, top_up.target))}"


def _schedule_as_studied(protocol: Protocol) -> str:
    benefit = f"; benefit: {_BENEFITS[protocol.benefit]}" if protocol.benefit else ""
    return f"{_gaps_of(protocol)}{benefit}"


def _gaps_of(protocol: Protocol, *, no_improvement: bool = False) -> str:
    """Write the gaps of the usual course, equal ones as one run."""
    count = protocol.sessions.usual
    steps = protocol.phase_of_each(count, no_improvement=no_improvement)[1:]
    runs = [(len(list(run)), gap) for gap, run in groupby(_shortest(phase) for phase in steps)]
    gaps = ", ".join(f"{times} x {gap}" for times, gap in runs)
    return f"{count} sessions: {gaps}" if gaps else "1 session"


def _shortest(phase: Phase) -> str:
    waits = " if improved" if phase.after_improvement else ""
    return f"{' and '.join(map(str, phase.target))}{waits}"


def _products(protocol: Protocol) -> Iterator[tuple[str, str]]:
    for product in protocol.products:
        yield product.name, f"{product.amount} {product.unit} ({_basis(product)})"


def _alternatives(protocol: Protocol) -> Iterator[tuple[str, str]]:
    for other in protocol.alternatives:
        yield f"{other.name} ({other.id})", f"{other.text} ({_basis(other)})"


def _sources(protocol: Protocol) -> Iterator[str]:
    for source in protocol.sources:
        link = f", {source.link}" if source.link else ""
        yield f"{source.key}: {source.citation}{link} [{source.grade}]"
    yield "[high], [moderate], [low]: how well the schedule is supported, never that it works"


def _phase_title(phase: Phase) -> str:
    count = "to the end" if phase.sessions is None else f"{phase.sessions} sessions"
    waits = ", after improvement" if phase.after_improvement else ""
    return f"{phase.name}, {count}{waits}"


def gap_text(gap: Gap) -> str:
    """Write the gap before a session: its bounds, what happens beyond them, what it rests on."""
    words: str = gap.text
    if gap.recommended:
        words += f", best {gap.recommended}"
    if gap.lapse:
        words += f"; lapsed after {' or '.join(map(str, gap.lapse))}"
        words += "" if gap.lapse_action == "review" else f", then {gap.lapse_action}"
    if gap.grace:
        words += f"; {gap.grace} of grace"
    if gap.early != "counts":
        words += f"; held too soon: {gap.early}"
    return f"{words} ({_basis(gap)})"


def _results(results: Results) -> Iterator[tuple[str, str]]:
    yield "Settled after", f"{results.settle} ({_basis(results)})"
    if results.assess:
        yield "Judged after", str(results.assess)
    if results.lasts_maximum:
        least = f"{results.lasts_minimum} to " if results.lasts_minimum else ""
        yield "Last", f"{least}{results.lasts_maximum}"


def _facts(facts: Facts) -> Iterator[tuple[str, str]]:
    yield from fact_lines(facts.entries())
    yield "Sources", _basis(facts)


def _prices(protocol: Protocol) -> Iterator[tuple[str, str]]:
    for price in protocol.prices:
        amount = money_text(MoneyRange.made(low=price.low, high=price.high))
        yield f"Per {price.per}", f"{amount} {price.currency} ({_basis(price)})"


def _care(protocol: Protocol) -> Iterator[tuple[str, str]]:
    for entry in protocol.care:
        if entry.action != "ask":
            span = f"{entry.starts} to {entry.ends}"
            yield entry.action.capitalize(), f"{entry.what}: {span} ({_basis(entry)})"


def _spacing(protocol: Protocol) -> Iterator[str]:
    for rule in protocol.spacing:
        where = " in the same area" if rule.same_area else ""
        same = "; the same day is allowed" if rule.same_day else ""
        sides = (
            (rule.minimum, f"before {rule.other}"),
            (rule.minimum_before, f"after {rule.other}"),
        )
        told = [f"{gap} {side}" if gap else f"{side}: {_NO_FIGURE}" for gap, side in sides]
        if rule.other == protocol.family:
            told = [f"{rule.minimum} before and after any other {rule.other}"]
        yield f"{', '.join(told)}{where}{same} ({_basis(rule)})"
    named = {protocol.family, *(rule.other for rule in protocol.spacing)}
    if others := [family for family in FAMILIES if family not in named]:
        yield f"{', '.join(others)}: no figure here; a plan takes the other treatment's, or asks"


def _notices(protocol: Protocol) -> Iterator[str]:
    for rule in protocol.prohibited:
        yield f"Prohibited in {rule.country}: {rule.text} ({_basis(rule)})"
    for notice in protocol.notices:
        where = f"{', '.join(notice.regions)}: " if notice.regions else ""
        yield f"{where}{notice.text} ({_basis(notice)})"


def _basis(table: Sourced) -> str:
    named = ", ".join(table.sources)
    if not table.assumption:
        return named
    assumed = sentence(f"assumption: {table.assumption}").rstrip(".")
    return f"{named}; {assumed}" if named else assumed
