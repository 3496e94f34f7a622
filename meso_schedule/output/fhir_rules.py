"""FHIR R4: a protocol as a PlanDefinition, which documents its rule beside the plans made by it.

Source:
    HL7 FHIR R4 (4.0.1): PlanDefinition, Timing, RelatedArtifact.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid5

from meso_schedule.base.harmless import harmless
from meso_schedule.base.intervals import Interval
from meso_schedule.output.calendar_file import NAMESPACE
from meso_schedule.output.fhir import Resource, identifier, transaction
from meso_schedule.output.terminal.protocol_text import gap_text, sessions_text
from meso_schedule.rules.protocol import Protocol
from meso_schedule.rules.rule_tables import Care, Gap, Source, Sourced

_TYPES = "http://terminology.hl7.org/CodeSystem/plan-definition-type"


def rule_bundle(protocol: Protocol) -> Resource:
    """Return a transaction of one PlanDefinition, in English as rule files are.

    Its actions are the phases, each with the gap before a session, then top-ups and care; each
    names its sources. It is documentation: what cannot be said in a Timing is said in words.
    """
    return transaction([_definition(protocol)])


def _definition(protocol: Protocol) -> Resource:
    told = [
        f"{sessions_text(protocol)} sessions of {protocol.sessions.minutes} minutes",
        f"areas: {', '.join(protocol.areas)}",
        *([f"for: {', '.join(protocol.indications)}"] if protocol.indications else []),
    ]
    return {
        "resourceType": "PlanDefinition",
        "identifier": [identifier(str(uuid5(NAMESPACE, f"protocol {protocol.id}")))],
        "version": harmless(protocol.version),
        "title": harmless(protocol.name),
        "type": {"coding": [{"system": _TYPES, "code": "clinical-protocol"}]},
        "status": "active",
        "description": harmless(f"{protocol.id}; {'; '.join(told)}"),
        **({"relatedArtifact": list(map(_citation, protocol.sources))} if protocol.sources else {}),
        "action": list(_actions(protocol)),
    }


def _actions(protocol: Protocol) -> Iterator[Resource]:
    for number, phase in enumerate(protocol.phases, 1):
        action = _gap_action(protocol, phase, phase.name, phase.sessions) | {
            "id": f"phase-{number}"
        }
        if phase.after_improvement:
            action["condition"] = [_condition("the skin has improved")]
        if number > 1:
            before = {"actionId": f"phase-{number - 1}", "relationship": "after-end"}
            action["relatedAction"] = [before]
        yield action
    if protocol.top_up:
        yield _gap_action(protocol, protocol.top_up, "top-ups", None)
    yield from (_care_action(protocol, care) for care in protocol.care)


def _gap_action(protocol: Protocol, gap: Gap, title: str, count: int | None) -> Resource:
    repeat = _repeat(gap) | ({"count": count} if count else {})
    timing: Resource = {"timingTiming": {"repeat": repeat}} if repeat else {}
    told = harmless(gap_text(gap))
    return {
        "title": harmless(title),
        "textEquivalent": told,
        **_documented(protocol, gap),
        **timing,
    }


def _repeat(gap: Gap) -> Resource:
    """Return the gap as a period, where its bounds are each one count of one unit."""
    low, high = _period(gap.minimum), _period(gap.maximum)
    if not low or not high or low[1] != high[1]:
        return {}
    longest = {"periodMax": high[0]} if high != low else {}
    return {"frequency": 1, "period": low[0], **longest, "periodUnit": low[1]}


def _period(bounds: Sequence[Interval]) -> tuple[int, str] | None:
    (bound, *others) = bounds
    if others or (bound.months and bound.days):
        return None
    return (bound.months, "mo") if bound.months else (bound.days, "d")


def _care_action(protocol: Protocol, care: Care) -> Resource:
    when = "before the course" if care.action == "ask" else str(care.lasts)
    return {
        "title": f"{care.action}, {when}",
        "textEquivalent": harmless(care.what),
        **_documented(protocol, care),
    }


def _condition(told: str) -> Resource:
    return {
        "kind": "applicability",
        "expression": {"language": "text/plain", "expression": told},
    }


def _documented(protocol: Protocol, table: Sourced) -> dict[str, Any]:
    cited = [_citation(it) for it in protocol.sources if it.key in table.sources]
    if table.assumption:
        cited.append({"type": "justification", "display": harmless(table.assumption)})
    return {"documentation": cited} if cited else {}


def _citation(source: Source) -> Resource:
    link = {"url": source.link} if source.link else {}
    return {
        "type": "citation",
        "label": source.key,
        "citation": harmless(f"{source.citation} [{source.grade}]"),
        **link,
    }
