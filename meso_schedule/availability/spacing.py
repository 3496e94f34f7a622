"""Which distance two treatments keep: the rules of both rule files, or the clinic's own.

Of several rules that hold, the stricter one counts: every distance is kept, and a day is shared
only if all of them allow it. Where the clinic has a rule for two treatments, it alone holds; of
several of its own, those that name them most closely.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from meso_schedule.base.dates import DateRange
from meso_schedule.base.errors import InputError, UnknownNameError
from meso_schedule.base.identifiers import FAMILIES
from meso_schedule.base.intervals import Interval
from meso_schedule.base.phrases import Phrase, phrase
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.clinic.clinic_spacing import ClinicSpacing
from meso_schedule.course.course_plan import SpacingRule
from meso_schedule.course.request import CourseRequest
from meso_schedule.course.wishes import OtherTreatment
from meso_schedule.rules.catalogue import get_protocol, packaged_ids
from meso_schedule.rules.protocol import Protocol
from meso_schedule.rules.rule_tables import Spacing, together

FAMILY_NAMES = {
    "mesotherapy": phrase("mesotherapy"),
    "toxin": phrase("toxin"),
    "filler": phrase("filler"),
    "lipolysis": phrase("lipolysis"),
    "peel": phrase("peel"),
    "device": phrase("device treatment"),
}


@dataclass(frozen=True, slots=True)
class Treatment:
    """What spacing needs to know of a treatment.

    Args:
        name: A protocol's id, or a family.
        title: What people call it.
        areas: Where it is given; None for anywhere.
        protocol: Its rules; None for a family.
    """

    name: str
    title: str
    family: str
    areas: frozenset[str] | None
    protocol: Protocol | None = None

    def is_called(self, name: str) -> bool:
        """Tell whether a rule that names `name` is for this treatment."""
        return name in (self.name, self.family)

    def meets(self, other: "Treatment") -> bool:
        """Tell whether both may treat the same area."""
        return self.areas is None or other.areas is None or bool(self.areas & other.areas)


@dataclass(frozen=True, slots=True)
class Pair:
    """The distance that holds between two treatments.

    Args:
        after: What must pass after the first before the other.
        before: What must pass after the other before the first.
        same_day: Whether both may share a day.
        origin: Where the rules come from.
        by_clinic: Whether they are the clinic's own.
        sources: The rules' sources in small print, and their assumptions.
    """

    first: Treatment
    other: Treatment
    after: tuple[Interval, ...]
    before: tuple[Interval, ...]
    same_day: bool
    origin: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    by_clinic: bool = False

    @property
    def rule(self) -> SpacingRule:
        """The rule as a plan states it."""
        return SpacingRule.made(
            first=self.first.name,
            other=self.other.name,
            minimum=tuple(map(str, self.after)),
            minimum_before=tuple(map(str, self.before)),
            same_day=self.same_day,
            origin=self.origin,
            by_clinic=self.by_clinic,
            sources=self.sources,
        )


def treatment_of(protocol: Protocol, areas: Sequence[str] = ()) -> Treatment:
    """Return a protocol as a treatment of the areas asked for.

    Raises:
        InputError: When it treats none of them.
    """
    treated = {area.casefold() for area in protocol.areas}
    if wanted := {area.strip().casefold() for area in areas}:
        treated &= wanted
        if not treated:
            raise InputError.of(
                "unknown_area",
                f"{protocol.id} does not treat {', '.join(areas)}.",
                field="area",
                value=", ".join(areas),
                remedy=f"Known: {', '.join(protocol.areas)}.",
            )
    return Treatment(protocol.id, protocol.name, protocol.family, frozenset(treated), protocol)


def other_treatment(asked: OtherTreatment, known: Mapping[str, Protocol]) -> Treatment:
    """Return a treatment given elsewhere.

    Args:
        asked: What was written.
        known: Protocols besides the packaged ones.

    Raises:
        UnknownNameError: When its name is no family and no known protocol.
    """
    area = frozenset([asked.area.casefold()]) if asked.area else None
    if asked.name in FAMILIES:
        return Treatment(asked.name, FAMILY_NAMES[asked.name], asked.name, area)
    if asked.name not in known and asked.name not in packaged_ids():
        names = [*FAMILIES, *packaged_ids(), *known]
        raise UnknownNameError("treatment", asked.name, names, "other")
    protocol = known.get(asked.name) or get_protocol(asked.name)
    whole = treatment_of(protocol)
    return Treatment(whole.name, whole.title, whole.family, area or whole.areas, protocol)


def check_names(clinic: Clinic, known: Mapping[str, Protocol]) -> None:
    """Refuse a clinic's spacing rule for a treatment that nobody knows.

    Raises:
        UnknownNameError: When a name is no family and no known protocol.
    """
    names = [*FAMILIES, *packaged_ids(), *known]
    for number, rule in enumerate(clinic.spacing, 1):
        for key in ("first", "other"):
            if (name := getattr(rule, key)) not in names:
                raise UnknownNameError("treatment", name, names, f"spacing[{number}].{key}")


def pair_of(first: Treatment, other: Treatment, clinic: Clinic) -> Pair:
    """Return the distance between two treatments; no rule leaves them free."""
    own = list(_most_specific(clinic.spacing, first, other))
    if own:
        return Pair(
            first,
            other,
            tuple(_unlike(side for rule, turned in own for side in _sides(rule, turned)[0])),
            tuple(_unlike(side for rule, turned in own for side in _sides(rule, turned)[1])),
            all(rule.same_day for rule, _ in own),
            ("clinic",),
            tuple(rule.reason for rule, _ in own if rule.reason),
            by_clinic=True,
        )
    rules = [*_rules(first, other, turned=False), *_rules(other, first, turned=True)]
    return Pair(
        first,
        other,
        tuple(_unlike(side for _, rule, turned in rules for side in _sides(rule, turned)[0])),
        tuple(_unlike(side for _, rule, turned in rules for side in _sides(rule, turned)[1])),
        all(rule.same_day for _, rule, _ in rules),
        tuple(dict.fromkeys(protocol.id for protocol, _, _ in rules)),
        tuple(dict.fromkeys(text for protocol, rule, _ in rules for text in _told(protocol, rule))),
    )


def _rules(
    owner: Treatment, other: Treatment, *, turned: bool
) -> Iterator[tuple[Protocol, Spacing, bool]]:
    for rule in owner.protocol.spacing if owner.protocol else ():
        if other.is_called(rule.other) and (not rule.same_area or owner.meets(other)):
            assert owner.protocol is not None, "only protocols have rules"
            yield owner.protocol, rule, turned


def _sides(
    rule: Spacing | ClinicSpacing, turned: bool
) -> tuple[tuple[Interval, ...], tuple[Interval, ...]]:
    """Return what a rule asks for after the first treatment, and after the other."""
    before = (rule.minimum_before,) if rule.minimum_before else ()
    return (before, (rule.minimum,)) if turned else ((rule.minimum,), before)


def _told(protocol: Protocol, rule: Spacing) -> Iterator[str]:
    grades = {source.key: source.grade for source in protocol.sources}
    for key in rule.sources:
        yield f"{protocol.citations[key]} [{grades[key]}]"
    if rule.assumption:
        yield f"Assumption: {rule.assumption}"


def _most_specific(
    rules: Sequence[ClinicSpacing], first: Treatment, other: Treatment
) -> Iterator[tuple[ClinicSpacing, bool]]:
    """Yield the clinic's rules for two treatments, those that name most of them by id."""
    found: list[tuple[int, ClinicSpacing, bool]] = []
    for rule in rules:
        straight = first.is_called(rule.first) and other.is_called(rule.other)
        turned = first.is_called(rule.other) and other.is_called(rule.first)
        if (straight or turned) and (not rule.same_area or first.meets(other)):
            ids = (rule.first not in FAMILIES) + (rule.other not in FAMILIES)
            # A family with itself is read both ways: the stricter way counts.
            found += [
                (ids, rule, way) for way, holds in ((False, straight), (True, turned)) if holds
            ]
    most = max((ids for ids, _, _ in found), default=0)
    yield from ((rule, way) for ids, rule, way in found if ids == most)


def _unlike(intervals: Iterator[Interval]) -> Iterator[Interval]:
    """Yield the intervals that ask for something, each once."""
    seen: dict[tuple[int, int], Interval] = {}
    for interval in intervals:
        if interval.months or interval.days:
            seen.setdefault((interval.months, interval.days), interval)
    yield from seen.values()


@dataclass(frozen=True, slots=True)
class Block:
    """Days kept free around another treatment, and why.

    Args:
        is_distance: Whether there is a distance, not only a day that may not be shared.
    """

    days: DateRange
    reason: Phrase
    is_distance: bool = True


def blocks_around(pair: Pair, day: date) -> Iterator[Block]:
    """Yield the days that the other treatment of a pair, on a day, closes to the first."""
    if pair.after:
        first = day
        while first > date.min and _after(pair.after, _day_before(first)) > day:
            first = _day_before(first)
        if first < day:
            yield Block(
                DateRange(first, _day_before(day)),
                phrase(
                    "less than {interval} before {treatment} on {day}",
                    interval=together(pair.after),
                    treatment=pair.other.title,
                    day=day,
                ),
            )
    if not pair.same_day:
        reason = phrase("not on the day of {treatment}", treatment=pair.other.title)
        yield Block(DateRange(day, day), reason, is_distance=bool(pair.after or pair.before))
    if pair.before and (last := _after(pair.before, day)) > _day_after(day):
        yield Block(
            DateRange(_day_after(day), _day_before(last)),
            phrase(
                "less than {interval} after {treatment} on {day}",
                interval=together(pair.before),
                treatment=pair.other.title,
                day=day,
            ),
        )


def _after(intervals: Sequence[Interval], day: date) -> date:
    return max(interval.after(day) for interval in intervals)


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


def _day_after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def elsewhere(
    protocol: Protocol, request: CourseRequest, clinic: Clinic, known: Mapping[str, Protocol]
) -> tuple[tuple[Pair, ...], tuple[Block, ...]]:
    """Return the distances kept to treatments given elsewhere, and the days they keep free.

    Raises:
        InputError: When the protocol treats none of the areas asked for, or nobody knows a name.
    """
    if not request.other and not request.area:
        return (), ()
    own = treatment_of(protocol, request.area)
    known = {**known, protocol.id: protocol}
    check_names(clinic, known)
    pairs: dict[tuple[str, str | None], Pair] = {}
    blocks: list[Block] = []
    for asked in request.other:
        pair = pair_of(own, other_treatment(asked, known), clinic)
        pairs[asked.name, asked.area] = pair
        blocks += blocks_around(pair, asked.day)
    return tuple(pairs.values()), tuple(blocks)
