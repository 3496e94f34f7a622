"""What is to be told of the distance between treatments."""

from collections.abc import Iterator, Sequence
from datetime import date

from meso_schedule.availability.treatment_spacing import Pair
from meso_schedule.base.dates import LAST_ORDINAL
from meso_schedule.base.phrases import phrase
from meso_schedule.course.course_plan import Finding
from meso_schedule.course.history import HeldSession
from meso_schedule.planner.parts import Part
from meso_schedule.planner.programme_setup import ProgrammeSetup
from meso_schedule.planner.programme_spacing import seen_from
from meso_schedule.rules.rule_tables import together


def distance_findings(asked: ProgrammeSetup, parts: Sequence[Part]) -> Iterator[Finding]:
    """Say what the treatments of one calendar are to one another."""
    for pair in asked.pairs.values():
        yield from spacing_findings(pair)
    yield from _pairs_too_close(asked)
    yield from _begun_later(parts)


def spacing_findings(pair: Pair) -> Iterator[Finding]:
    """Say where no rule for two treatments is known, or none for one before the other."""
    first, other = pair.first.title, pair.other.title
    if pair.origin:
        for message in pair.rule.unpublished(first, other):
            yield Finding.made(kind="no_spacing_figure", message=message)
        return
    if pair.after:
        message = phrase(
            "No spacing rule is known for {first} and {other}: {interval} are kept between them, an"
            " assumption. Ask the clinician.",
            first=first,
            other=other,
            interval=together(pair.after),
        )
    else:
        message = phrase(
            "No spacing rule is known for {first} and {other}: they do not share a day. Ask the"
            " clinician whether any time should pass between them.",
            first=first,
            other=other,
        )
    yield Finding.made(kind="no_spacing_rule", message=message)


def _too_close(
    pair: Pair,
    label: str | None,
    held: Sequence[HeldSession],
    before: Sequence[HeldSession],
    *,
    is_first: bool,
) -> Iterator[Finding]:
    """Say which sessions held came too soon after one of another treatment.

    Args:
        pair: The distance from the other treatment, its `first`, to this one.
        label: The letter of this treatment.
        held: The sessions held of this treatment.
        before: Those of the other.
        is_first: Whether two on one day are told here, not with the other treatment.
    """
    for entry in held:
        if is_first and not pair.same_day and any(it.date == entry.date for it in before):
            message = phrase(
                "{treatment} and {other} were both given on {day}: they may not share a day.",
                treatment=pair.other.title,
                other=pair.first.title,
                day=entry.date,
            )
            yield Finding.made(kind="too_close", session=entry.number, label=label, message=message)
        last = max((it.date for it in before if it.date < entry.date), default=None)
        if last and pair.after and entry.date < max(it.after(last) for it in pair.after):
            message = phrase(
                "{treatment} on {day} came less than {interval} after {other} on {before}.",
                treatment=pair.other.title,
                day=entry.date,
                interval=together(pair.after),
                other=pair.first.title,
                before=last,
            )
            yield Finding.made(kind="too_close", session=entry.number, label=label, message=message)


def _pairs_too_close(asked: ProgrammeSetup) -> Iterator[Finding]:
    """Say which sessions held of two treatments were nearer than a spacing rule asks for."""
    for one, other in asked.pairs:
        for place, beside in ((one, other), (other, one)):
            pair = seen_from(asked.pairs, beside, place)
            yield from _too_close(
                pair,
                asked.setups[place].label,
                asked.held(place),
                asked.held(beside),
                is_first=place == one,
            )


def _begun_later(parts: Sequence[Part]) -> Iterator[Finding]:
    """Say which first sessions are later than they may be alone: the distance asks for it."""
    for part in parts:
        setup = part.setup
        if setup.standing or setup.is_backwards or not part.sessions:
            continue
        latest = date.fromordinal(min(setup.start.toordinal() + setup.request.within, LAST_ORDINAL))
        if part.sessions[0].date > latest:
            message = phrase(
                "Because of the distance to the other treatments, {name} begins after {latest},"
                " otherwise the last day for it.",
                name=setup.protocol.name,
                latest=latest,
            )
            yield Finding.made(kind="start_widened", session=1, label=setup.label, message=message)
