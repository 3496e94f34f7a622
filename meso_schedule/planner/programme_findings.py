"""Facts to be told with a combined plan: those of its treatments, and those of them together."""

from collections.abc import Iterator, Sequence
from datetime import date

from meso_schedule.base.dates import LAST_ORDINAL
from meso_schedule.base.phrases import joined as listed
from meso_schedule.base.phrases import phrase
from meso_schedule.course.course_plan import CoursePlan, Finding
from meso_schedule.course.request import START_WITHIN
from meso_schedule.course.wishes import LABELS
from meso_schedule.planner.findings import spacing_findings, too_close_findings
from meso_schedule.planner.kept_free import seen_from
from meso_schedule.planner.programme_setup import Joined
from meso_schedule.search.states import Calendar

# Facts that concern the whole plan, told once however many protocols say them.
_COMMON = ("no_clinic", "estimated_holiday", "no_spacing")
# Facts about sessions of one treatment, told of each even where two say them in the same words.
_OWN = ("too_soon", "review", "lapsed", "overdue", "complete", "no_improvement")


def findings_of_all(joined: Joined, parts: Sequence[CoursePlan]) -> Iterator[Finding]:
    """Yield what the parts say: once for all where they agree, else with the protocol's name."""
    common = set.intersection(*({(it.kind, it.message) for it in part.findings} for part in parts))
    seen: set[tuple[str, str]] = set()
    for label, part in zip(LABELS, parts, strict=False):
        for finding in part.findings:
            key = (finding.kind, finding.message)
            if finding.kind == "estimated_holiday" or key in seen:
                continue
            if finding.kind in _COMMON or (key in common and finding.kind not in _OWN):
                seen.add(key)
                yield finding.model_copy(update={"session": None})
                continue
            message = phrase("{name}: {text}", name=part.protocols[0].name, text=finding.message)
            mark = label if finding.session is not None else None
            yield finding.model_copy(update={"message": message, "label": mark})
    for pair in joined.pairs.values():
        yield from spacing_findings(pair)
    yield from _too_close(joined)
    yield from _begun_later(joined, parts)


def _too_close(joined: Joined) -> Iterator[Finding]:
    """Say which sessions held of two treatments were nearer than a spacing rule asks for."""
    for one, other in joined.pairs:
        for place, beside in ((one, other), (other, one)):
            pair = seen_from(joined.pairs, beside, place)
            yield from too_close_findings(
                pair, LABELS[place], joined.held(place), joined.held(beside), is_first=place == one
            )


def _begun_later(joined: Joined, parts: Sequence[CoursePlan]) -> Iterator[Finding]:
    """Say which first sessions are later than they may be alone: the distance asks for it."""
    if joined.request.start_within is not None:
        return
    for label, setup, part in zip(LABELS, joined.setups, parts, strict=False):
        if setup.standing or setup.is_backwards or not part.sessions:
            continue
        latest = date.fromordinal(min(setup.start.toordinal() + START_WITHIN, LAST_ORDINAL))
        if part.sessions[0].date > latest:
            message = phrase(
                "Because of the distance to the other treatments, {name} begins after {latest},"
                " otherwise the last day for it.",
                name=setup.protocol.name,
                latest=latest,
            )
            yield Finding(kind="start_widened", session=1, label=label, message=message)


def money_findings_of_all(parts: Sequence[CoursePlan]) -> Iterator[Finding]:
    """Say why the whole has no total, where it has none."""
    currencies = sorted({part.cost.currency for part in parts if part.cost})
    if len(currencies) > 1:
        message = phrase(
            "Prices are in {currencies}: no total is given. Ask for one currency.",
            currencies=listed(currencies),
        )
        yield Finding(kind="currencies_differ", message=message)
    elif currencies and any(part.cost is None for part in parts):
        message = phrase("No total is given: not every treatment has a price.")
        yield Finding(kind="no_total", message=message)


_CRITERIA = {
    "late_days": phrase("days past the windows"),
    "moved": phrase("booked sessions that move"),
    "moved_days": phrase("days by which booked sessions move"),
    "start_days": phrase("days from the start"),
    "visits": phrase("visits"),
    "preference_misses": phrase("sessions off the preferred weekdays"),
    "squared_deviation": phrase("squared days from the recommended ones"),
    "time_minutes": phrase("minutes from the preferred time"),
}


def proof_findings(calendar: Calendar) -> Iterator[Finding]:
    """Say that the best calendar is not proven, and by how much a better one could be better."""
    if calendar.bound is None:
        return
    for name, words in _CRITERIA.items():
        found, bound = getattr(calendar.measure, name), getattr(calendar.bound, name)
        if found != bound:
            message = phrase(
                "The search stopped before the best calendar was proven: this one has {found}"
                " {criterion}, and none has fewer than {bound}.",
                found=found,
                criterion=words,
                bound=bound,
            )
            yield Finding(kind="not_proved", message=message)
            return
    message = phrase(
        "The search stopped before the best calendar was proven: only the dates of others as good"
        " may be earlier."
    )
    yield Finding(kind="not_proved", message=message)
