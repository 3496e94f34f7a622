"""What raw rule files, a raw clinic file and a raw request say of several protocols together."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from .arithmetic import Raw, after, texts
from .reading import Asked, read

FAMILIES = ("mesotherapy", "toxin", "filler", "lipolysis", "peel", "device")


class Between(NamedTuple):
    """What keeps two treatments apart.

    Attributes:
        after: interval texts after the first, before the other; all hold.
        before: the other way round.
        share: whether both may be on one day.
        is_ruled: whether any rule says so.
    """

    after: tuple[str, ...]
    before: tuple[str, ...]
    share: bool
    is_ruled: bool = False

    @property
    def is_distance(self) -> bool:
        """Whether any time must pass between them, not only a day that is not shared."""
        return any(
            after(date(2000, 1, 1), it) > date(2000, 1, 1) for it in self.after + self.before
        )

    def allows(self, first: date, other: date) -> bool:
        """Tell whether the two may be on these days."""
        if first == other:
            return self.share
        if first < other:
            return all(after(first, text) <= other for text in self.after)
        return all(after(other, text) <= first for text in self.before)


class Elsewhere(NamedTuple):
    """A treatment given elsewhere."""

    day: date
    between: Between


def areas_of(protocol: Raw, request: Raw) -> set[str]:
    """Return the areas that count."""
    named = set(texts(protocol["areas"]))
    narrowed = set(texts(request.get("area")))
    return named & narrowed if narrowed else named


def between(
    first: Raw, other: Raw, clinic: Raw | None, one: set[str] | None, two: set[str] | None
) -> Between:
    """Return what keeps two treatments apart; None for areas is anywhere."""
    meet = one is None or two is None or bool(one & two)

    def named(table: Raw, name: str) -> bool:
        return name in (table["id"], table["family"])

    own = [
        (rule, turned, sum(rule[key] not in FAMILIES for key in ("first", "other")))
        for rule in (clinic or {}).get("spacing", [])
        for turned in (False, True)
        if named(first, rule["other" if turned else "first"])
        and named(other, rule["first" if turned else "other"])
        and (meet or not rule.get("same_area", True))
    ]
    if own:
        closest = max(score for *_, score in own)
        rules = [(rule, turned) for rule, turned, score in own if score == closest]
    else:
        rules = [
            (rule, way)
            for turned, owner, target in ((False, first, other), (True, other, first))
            for rule in owner.get("spacing", [])
            if named(target, rule["other"]) and (meet or not rule.get("same_area", True))
            # A rule of a family for itself binds in both directions.
            for way in ((False, True) if named(owner, rule["other"]) else (turned,))
        ]
    if not rules:
        kin = meet and first["family"] == other["family"]
        alone = ("7 days",) if kin else ()
        return Between(alone, alone, False)
    forth: list[str] = []
    back: list[str] = []
    for rule, turned in rules:
        if "minimum" in rule:
            (back if turned else forth).append(rule["minimum"])
        if "minimum_before" in rule:
            (forth if turned else back).append(rule["minimum_before"])
    return Between(tuple(forth), tuple(back), all(rule.get("same_day") for rule, _ in rules), True)


def beside_elsewhere(
    protocol: Raw, stranger: Raw, clinic: Raw | None, own: set[str], area: set[str] | None
) -> Between:
    """Return what keeps a treatment from one given elsewhere: of its own kind, a first interval."""
    found = between(protocol, stranger, clinic, own, area)
    if found.is_ruled or not found.after:
        return found
    gaps = (*found.after, *texts(protocol["phases"][0]["minimum"]))
    return Between(gaps, gaps, False)


class Programme(NamedTuple):
    """Several protocols asked for at once, each read on its own."""

    protocols: Sequence[Raw]
    requests: Sequence[Raw]
    asked: Sequence[Asked]
    between: Mapping[tuple[int, int], Between]
    elsewhere: Sequence[Sequence[Elsewhere]]

    def allows_held(self, place: int, day: date) -> bool:
        """Tell whether the sessions held of the others leave one protocol a day."""
        for other, request in enumerate(self.requests):
            for text in request["held"]:
                held = date.fromisoformat(text)
                if other < place and not self.between[other, place].allows(held, day):
                    return False
                if other > place and not self.between[place, other].allows(day, held):
                    return False
        return True

    def allows(self, place: int, day: date, other: int, day_of_other: date) -> bool:
        """Tell whether one protocol may be on a day when another is on one."""
        if place < other:
            return self.between[place, other].allows(day, day_of_other)
        return self.between[other, place].allows(day_of_other, day)

    def opens(self, place: int, start: date, others: Mapping[int, Sequence[date]]) -> date:
        """Return the first day from a start that keeps the distance to all other protocols."""
        sessions = [
            (other, day)
            for other, request in enumerate(self.requests)
            if other != place
            for day in (*map(date.fromisoformat, request["held"]), *others.get(other, ()))
            if self.between[min(place, other), max(place, other)].is_distance
        ]
        while not all(self.allows(place, start, *session) for session in sessions):
            start += timedelta(days=1)
        return start

    def together(self, places: Sequence[int]) -> Asked:
        """Return a request whose chair time is that of several protocols."""
        minutes = sum(self.asked[place].minutes for place in places)
        return replace(self.asked[places[0]], minutes=minutes)


def read_programme(
    protocols: Sequence[Raw], request: Raw, clinic: Raw | None, as_of: date
) -> Programme:
    """Read what is asked of each protocol, and what keeps them apart."""
    places = range(len(protocols))
    apart = {
        (one, two): between(
            protocols[one],
            protocols[two],
            clinic,
            areas_of(protocols[one], request),
            areas_of(protocols[two], request),
        )
        for one in places
        for two in places
        if one < two
    }
    requests = [
        _own_request(protocol, request, text)
        for protocol, text in zip(protocols, _asked_for(protocols, request), strict=True)
    ]
    asked = [
        read(protocol, own, clinic, as_of)
        for protocol, own in zip(protocols, requests, strict=True)
    ]
    elsewhere = [
        [
            Elsewhere(
                day,
                beside_elsewhere(
                    protocol, _stranger(name), clinic, areas_of(protocol, request), area
                ),
            )
            for name, area, day in map(_other, texts(request.get("other")))
        ]
        for protocol in protocols
    ]
    return Programme(protocols, requests, asked, apart, elsewhere)


def _asked_for(protocols: Sequence[Raw], request: Raw) -> Sequence[str]:
    """Return what is asked of each; a course alone is not named."""
    return texts(request.get("protocol")) or [table["id"] for table in protocols]


def _stranger(name: str) -> Raw:
    return {"id": name, "family": name, "spacing": []}


def _other(text: str) -> tuple[str, set[str] | None, date]:
    name, *area, day = text.split()
    return name, {" ".join(area)} if area else None, date.fromisoformat(day)


def _own_request(protocol: Raw, request: Raw, text: str) -> Raw:
    """Return what is asked of one protocol, as a request of its own."""
    own: dict[str, Any] = {key: value for key, value in request.items() if value is not None}
    head, _, start = text.partition("@")
    name, _, sessions = head.partition("*")
    own["protocol"] = name
    if start:
        own["start"] = start
    if sessions:
        own["sessions"] = int(sessions)
    tapers = any(phase.get("after_improvement") for phase in protocol["phases"])
    if not tapers:
        own.pop("improves_after", None)
        own.pop("no_improvement", None)
    if "top_up" not in protocol:
        own.pop("top_ups", None)
        own.pop("until", None)
    own["held"] = held_of(protocol, request)
    for name in ("improved_on", "not_improved_on", "unclear_on", "reviewed_on"):
        own[name] = [
            day
            for day in _own(protocol, request, name)
            if (tapers or name == "reviewed_on") and any(held <= day for held in own["held"])
        ]
    own["pin"] = _own(protocol, request, "pin")
    return own


def held_of(protocol: Raw, request: Raw) -> list[str]:
    """Return the days on which sessions of one protocol were held."""
    return _own(protocol, request, "held")


def _own(protocol: Raw, request: Raw, name: str) -> list[str]:
    """Return the values that belong to one protocol: of a course alone they name none."""
    entries = (text.rpartition(":") for text in texts(request.get(name)))
    return [value for whose, _, value in entries if whose in ("", protocol["id"])]
