"""Which distance two treatments keep: the rules of both rule files, or the clinic's own.

Of several rules that hold, the stricter one counts: every distance is kept, and a day is shared
only if all of them allow it. Where the clinic has a rule for two treatments, it alone holds; of
several of its own, those that name them most closely. Without any rule no day is shared, and two
of one family are kept apart by an assumption.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from meso_schedule.availability.named_treatments import (
    Treatment,
    check_names,
    other_treatment,
    treatment_of,
)
from meso_schedule.base.dates import DateRange
from meso_schedule.base.identifiers import FAMILIES
from meso_schedule.base.intervals import Interval
from meso_schedule.base.phrases import Phrase, phrase
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.clinic.clinic_spacing import ClinicSpacing
from meso_schedule.course.course_plan import SpacingRule
from meso_schedule.course.request import CourseRequest
from meso_schedule.rules.protocol import Protocol
from meso_schedule.rules.rule_tables import Spacing, graded, together

# What keeps two treatments of one family apart where no rule does.
ASSUMED_GAP = Interval.parse("7 days")


class Pair(NamedTuple):
    """The distance that holds between two treatments.

    Args:
        after: What must pass after the first before the other; None where nobody gives a figure.
        before: What must pass after the other before the first.
        same_day: Whether both may share a day.
        origin: Where the rules come from; none where there is no rule.
        by_clinic: Whether they are the clinic's own.
        sources: The rules' sources in small print, and their assumptions.
    """

    first: Treatment
    other: Treatment
    after: tuple[Interval, ...] | None
    before: tuple[Interval, ...] | None
    same_day: bool
    origin: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    by_clinic: bool = False

    @property
    def is_distance(self) -> bool:
        """Whether any time must pass, not only a day that may not be shared."""
        return bool(self.after or self.before)

    @property
    def turned(self) -> "Pair":
        """The same seen from the other treatment."""
        return self._replace(
            first=self.other, other=self.first, after=self.before, before=self.after
        )

    @property
    def rule(self) -> SpacingRule:
        """The rule as a plan states it."""
        sides = {"minimum": self.after, "minimum_before": self.before}
        is_published = self.origin and not self.by_clinic
        return SpacingRule.made(
            first=self.first.name,
            other=self.other.name,
            minimum=tuple(map(str, self.after or ())),
            minimum_before=tuple(map(str, self.before or ())),
            no_figure=tuple(name for name in sides if is_published and sides[name] is None),
            same_day=self.same_day,
            origin=self.origin,
            by_clinic=self.by_clinic,
            sources=self.sources,
        )


class _TwoWay(NamedTuple):
    """One rule for two treatments, seen from the first of them."""

    after: Interval | None
    before: Interval | None
    same_day: bool
    origin: str
    sources: tuple[str, ...]


def pair_of(first: Treatment, other: Treatment, clinic: Clinic) -> Pair:
    """Return the distance between two treatments."""
    own = list(_most_specific(clinic.spacing, first, other))
    rules = own or [*_rules(first, other, is_turned=False), *_rules(other, first, is_turned=True)]
    if not rules:
        return _without_rule(first, other)
    return Pair(
        first,
        other,
        _unlike(rule.after for rule in rules),
        _unlike(rule.before for rule in rules),
        all(rule.same_day for rule in rules),
        tuple(dict.fromkeys(rule.origin for rule in rules)),
        tuple(dict.fromkeys(text for rule in rules for text in rule.sources)),
        by_clinic=bool(own),
    )


def _without_rule(first: Treatment, other: Treatment) -> Pair:
    if first.family != other.family or first.family is None or not first.meets(other):
        return Pair(first, other, None, None, same_day=False)
    told = phrase("no source gives a distance between two treatments of one family")
    sources = (phrase("Assumption: {text}", text=told),)
    return Pair(first, other, (ASSUMED_GAP,), (ASSUMED_GAP,), same_day=False, sources=sources)


def _rules(owner: Treatment, other: Treatment, *, is_turned: bool) -> Iterator[_TwoWay]:
    """Yield what a treatment's own rules ask for; one for its own family holds both ways."""
    for rule in owner.spacing:
        if other.is_called(rule.other) and (not rule.same_area or owner.meets(other)):
            sources = tuple(graded(rule, owner.sources))
            ways = (False, True) if owner.is_called(rule.other) else (is_turned,)
            for way in ways:
                yield _seen(rule, owner.name, sources, is_turned=way)


def _seen(
    rule: Spacing | ClinicSpacing, origin: str, sources: tuple[str, ...], *, is_turned: bool
) -> _TwoWay:
    after, before = rule.minimum, rule.minimum_before
    if is_turned:
        after, before = before, after
    return _TwoWay(after, before, rule.same_day, origin, sources)


def _most_specific(
    rules: Sequence[ClinicSpacing], first: Treatment, other: Treatment
) -> Iterator[_TwoWay]:
    """Yield the clinic's rules for two treatments, those that name most of them by id."""
    found: list[tuple[int, _TwoWay]] = []
    for rule in rules:
        straight = first.is_called(rule.first) and other.is_called(rule.other)
        turned = first.is_called(rule.other) and other.is_called(rule.first)
        if (straight or turned) and (not rule.same_area or first.meets(other)):
            ids = (rule.first not in FAMILIES) + (rule.other not in FAMILIES)
            sources = (rule.reason,) if rule.reason else ()
            # A family with itself is read both ways: the stricter way counts.
            found += [
                (ids, _seen(rule, "clinic", sources, is_turned=way))
                for way, holds in ((False, straight), (True, turned))
                if holds
            ]
    most = max((ids for ids, _ in found), default=0)
    yield from (rule for ids, rule in found if ids == most)


def _unlike(intervals: Iterable[Interval | None]) -> tuple[Interval, ...] | None:
    """Return the intervals that ask for something, each once; None where none is given."""
    given = [interval for interval in intervals if interval]
    asking = {(it.months, it.days): it for it in reversed(given) if it.months or it.days}
    return tuple(reversed(asking.values())) if given else None


class Block(NamedTuple):
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
        first = _first_too_near(pair.after, day)
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
        yield Block(DateRange(day, day), reason, is_distance=pair.is_distance)
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


def _first_too_near(intervals: Sequence[Interval], day: date) -> date:
    """Return the first day after which the intervals lead past a day; itself when none does."""
    end = day.toordinal()
    longest = max(interval.most_days for interval in intervals)
    nearer = map(date.fromordinal, range(max(1, end - longest + 1), end))
    return next((before for before in nearer if _after(intervals, before) > day), day)


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
        pair = _pair_elsewhere(own, other_treatment(asked, known), clinic)
        pairs[asked.name, asked.area] = pair
        blocks += blocks_around(pair, asked.day)
    return tuple(pairs.values()), tuple(blocks)


def _pair_elsewhere(own: Treatment, other: Treatment, clinic: Clinic) -> Pair:
    """Return the distance to a treatment given elsewhere.

    One of the own family is as a session of the course where no rule says otherwise: at least
    what passes between the first two stands between them.
    """
    pair = pair_of(own, other, clinic)
    if pair.origin or not pair.after:
        return pair
    gaps = _unlike((*pair.after, *own.gap))
    return pair._replace(after=gaps, before=gaps)
