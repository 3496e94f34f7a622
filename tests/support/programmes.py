"""Random programmes: several protocols for one patient, with spacing between them."""

from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from tests.support.random_files import (
    TOP_UP_GAPS,
    Table,
    chance,
    clinic_of,
    day_gap,
    phases_of,
    protocol_of,
    small_gap,
    some,
    usual_gap,
)
from tests.support.strategies import (
    AS_OF_DAYS,
    Case,
    add_ends,
    add_improvement,
    add_patient,
    ideal_dates,
)

FAMILIES = ("mesotherapy", "toxin", "filler", "lipolysis", "peel", "device")
IDS = ("alpha", "beta", "gamma", "delta")
AREAS = (["face"], ["face", "neck"], ["scalp"], ["neck"])
SHORT = ("1 day", "2 days", "3 days", "5 days", "0 days", "1 week", "4 days")
LONG = ("1 week", "2 weeks", "14 days", "3 weeks", "1 month", "10 days", "0 days", "3 days")


class ProgrammeCase(NamedTuple):
    """One protocol or several to plan together, as plain data."""

    protocols: list[Table]
    request: Table
    clinic: Table | None
    as_of: date

    @property
    def is_alone(self) -> bool:
        """Whether there is one protocol only."""
        return len(self.protocols) == 1


def alone(case: Case) -> ProgrammeCase:
    """Return a course as a programme of one."""
    return ProgrammeCase([case.protocol], case.request, case.clinic, case.as_of)


def spacing_of(rng: Random, own: str, lengths: tuple[str, ...]) -> list[Table]:
    """Return spacing rules of one protocol for families and ids of the others."""
    rules: list[Table] = []
    others = [name for name in (*FAMILIES[:3], *IDS) if name != own]
    for name in some(rng, others, 3):
        rule: Table = {"other": name, "minimum": rng.choice(lengths), "sources": ["study"]}
        if chance(rng, 60):
            rule["minimum_before"] = rng.choice(lengths)
        if chance(rng, 40):
            rule["same_day"] = True
        if chance(rng, 40):
            rule["same_area"] = False
        rules.append(rule)
    return rules


def clinic_spacing(rng: Random, ids: list[str], lengths: tuple[str, ...]) -> list[Table]:
    """Return a clinic's own rules, none for two treatments twice."""
    rules: dict[tuple[str, ...], Table] = {}
    for _ in range(rng.randint(1, 3)):
        first, other = rng.choice((*ids, *FAMILIES[:3])), rng.choice((*ids, *FAMILIES[:3]))
        if first == other and first not in FAMILIES:
            continue
        rule: Table = {"first": first, "other": other, "minimum": rng.choice(lengths)}
        if chance(rng, 60):
            rule["minimum_before"] = rng.choice(lengths)
        if chance(rng, 50):
            rule["same_day"] = True
        if chance(rng, 50):
            rule["same_area"] = False
        key = (*sorted((first, other)), str(rule.get("same_area", True)))
        rules.setdefault(key, rule)
    return list(rules.values())


def _protocol(
    rng: Random, name: str, gaps: list[Table], limits: Table, lengths: tuple[str, ...]
) -> Table:
    top_up = dict(rng.choice(TOP_UP_GAPS)) if chance(rng, 40) else None
    table = protocol_of(rng, phases_of(rng, gaps, 3), limits, top_up)
    table |= {"id": name, "name": f"Course {name}", "family": rng.choice(FAMILIES[:3])}
    table["areas"] = rng.choice(AREAS)
    if chance(rng, 70):
        table["spacing"] = spacing_of(rng, name, lengths)
    return table


def _others(rng: Random, first: date, span: int) -> list[str]:
    found = []
    for _ in range(rng.randint(1, 2)):
        day = first + timedelta(days=rng.randint(-10, span))
        area = rng.choice(("", "face ", "scalp "))
        found.append(f"{rng.choice(FAMILIES[:3])} {area}{day.isoformat()}")
    return found


def _texts(rng: Random, protocols: list[Table], start: date, most: int) -> list[str]:
    """Return what is asked for, some with a number of sessions or a start of their own."""
    found = []
    for table in protocols:
        text = str(table["id"])
        if chance(rng, 30):
            limits = table["sessions"]
            text += f"*{rng.randint(limits['minimum'], limits['usual'])}"
        if chance(rng, 30):
            text += f"@{(start + timedelta(days=rng.randint(0, most))).isoformat()}"
        found.append(text)
    return found


def small_programme(rng: Random) -> ProgrammeCase:
    """Return two or three short courses that brute force answers quickly."""
    count = rng.choice((2, 2, 3))
    protocols = []
    for name in IDS[:count]:
        gap = small_gap(rng) if chance(rng, 20) else day_gap(rng, 4 if count == 2 else 3)
        usual = rng.randint(1, 4 if count == 2 else 2)
        limits = {"minimum": 1, "usual": usual, "minutes": rng.choice((30, 60, 150))}
        protocols.append(_protocol(rng, name, [gap], limits, SHORT))
    as_of = rng.choice(AS_OF_DAYS) + timedelta(days=rng.randint(0, 9))
    start = as_of + timedelta(days=rng.randint(0, 3))
    request: Table = {
        "protocol": _texts(rng, protocols, start, 4),
        "start": start.isoformat(),
        "start_within": rng.choice((5, 6, 8, 7, 3, 1)),
    }
    if chance(rng, 30):
        request["late"] = rng.randint(0, 3)
    ideal = ideal_dates(protocols[0], {}, start)
    span = max(8, (ideal[-1] - as_of).days + 6)
    if chance(rng, 30):
        add_ends(rng, request, [*ideal, start + timedelta(days=8)], as_of, 2)
        if (date.fromisoformat(request.get("finish_by", "9999-01-01")) - as_of).days > 25:
            request["start"] = start.isoformat()
        if "event" in request and "start" not in request:
            request["event"] = min(request["event"], (as_of + timedelta(days=14)).isoformat())
    if chance(rng, 15):
        pinned = rng.choice(protocols)["id"]
        request["pin"] = [f"{pinned}:1={(start + timedelta(days=rng.randint(0, 3))).isoformat()}"]
    if chance(rng, 25):
        request["other"] = _others(rng, start, 12)
    if chance(rng, 10):
        request["area"] = sorted({rng.choice(table["areas"]) for table in protocols})
    add_patient(rng, request, as_of, span, 4)
    return _with_clinic(rng, protocols, request, as_of, span, SHORT)


def random_programme(rng: Random) -> ProgrammeCase:
    """Return two to four courses as a clinic might ask for them."""
    protocols = []
    for name in IDS[: rng.choice((2, 2, 3, 4))]:
        gaps = [usual_gap(rng) for _ in range(rng.randint(1, 2))]
        usual = rng.randint(1, 8)
        limits = {"minimum": 1, "usual": usual, "minutes": rng.choice((30, 45, 60, 20))}
        protocols.append(_protocol(rng, name, gaps, limits, LONG))
    as_of = rng.choice(AS_OF_DAYS) + timedelta(days=rng.randint(0, 364))
    start = as_of + timedelta(days=rng.randint(0, 30))
    request: Table = {"protocol": _texts(rng, protocols, start, 40), "start": start.isoformat()}
    if chance(rng, 20):
        request["start_within"] = rng.randint(5, 40)
    if chance(rng, 30):
        request["late"] = rng.randint(0, 7)
    tapering = [
        table for table in protocols if any(p.get("after_improvement") for p in table["phases"])
    ]
    if tapering:
        add_improvement(rng, tapering[0], request)
    if any("top_up" in table for table in protocols) and chance(rng, 50):
        request["top_ups"] = rng.randint(1, 3)
    if chance(rng, 10):
        request["finish_by"] = (start + timedelta(days=rng.randint(60, 500))).isoformat()
    if chance(rng, 25):
        request["other"] = _others(rng, start, 120)
    add_patient(rng, request, as_of, 200, 12)
    return _with_clinic(rng, protocols, request, as_of, 200, LONG)


def _with_clinic(
    rng: Random,
    protocols: list[Table],
    request: Table,
    as_of: date,
    span: int,
    lengths: tuple[str, ...],
) -> ProgrammeCase:
    clinic = clinic_of(rng, protocols[0], as_of, span) if chance(rng, 60) else None
    if clinic and chance(rng, 50):
        clinic["spacing"] = clinic_spacing(rng, [table["id"] for table in protocols], lengths)
    return ProgrammeCase(protocols, request, clinic, as_of)
