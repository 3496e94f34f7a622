"""Facts to be told with a plan: never an error, never dropped."""

from collections.abc import Iterator, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from meso_schedule.availability.busy_spans import TellingSource
from meso_schedule.availability.spacing import Pair
from meso_schedule.base.dates import LAST_ORDINAL
from meso_schedule.base.phrases import Phrase, days, joined, phrase
from meso_schedule.base.phrases import joined as listed
from meso_schedule.costs.estimate import Tariff, cheaper_course, total_cost, wanted_currency
from meso_schedule.course.bill import CostEstimate
from meso_schedule.course.course_plan import ClosedDay, CoursePlan, Finding, Session
from meso_schedule.course.history import HeldSession
from meso_schedule.course.wishes import LABELS
from meso_schedule.evaluation.evaluate import Standing
from meso_schedule.planner.programme_setup import ProgrammeSetup, seen_from
from meso_schedule.planner.setup import Setup
from meso_schedule.rules.protocol import Protocol
from meso_schedule.rules.rule_tables import together
from meso_schedule.search.states import Calendar

# Facts that concern the whole plan, told once however many protocols say them.
_COMMON = ("no_clinic", "estimated_holiday", "no_spacing")

# Facts about sessions of one treatment, told of each even where two say them in the same words.
_OWN = ("too_soon", "review", "lapsed", "overdue", "complete", "no_improvement")


def request_findings(setup: Setup) -> Iterator[Finding]:
    """Say what is unusual about what was asked."""
    protocol = setup.protocol
    if setup.clinic.is_default:
        message = phrase("No clinic file: Monday to Friday 09:00-17:00, no holidays, times in UTC.")
        yield Finding(kind="no_clinic", message=message)
    if protocol.replaces_packaged:
        message = phrase(
            "The rules of {id} come from a given file, not from the packaged one.", id=protocol.id
        )
        yield Finding(kind="replaced_protocol", message=message)
    if setup.start < setup.as_of and not setup.standing:
        message = phrase(
            "The start, {start}, lies before the day of planning, {as_of}.",
            start=setup.start,
            as_of=setup.as_of,
        )
        yield Finding(kind="start_before_as_of", session=1, message=message)
    for pair in setup.pairs:
        yield from spacing_findings(pair)
    for source in setup.busy:
        if isinstance(source, TellingSource):
            yield from source.findings(setup.as_of, ZoneInfo(setup.clinic.timezone))
    if protocol.no_published_interval:
        message = phrase(
            "No interval of their own is published for {names}: the general one is used.",
            names=joined(protocol.no_published_interval),
        )
        yield Finding(kind="no_published_interval", message=message)


def spacing_findings(pair: Pair) -> Iterator[Finding]:
    """Say where no distance between two treatments of one area is known."""
    if not pair.origin and pair.first.meets(pair.other):
        message = phrase(
            "No spacing rule is known for {first} and {other}: none is kept.",
            first=pair.first.title,
            other=pair.other.title,
        )
        yield Finding(kind="no_spacing", message=message)


def too_close_findings(
    pair: Pair,
    label: str,
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
            yield Finding(kind="too_close", session=entry.number, label=label, message=message)
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
            yield Finding(kind="too_close", session=entry.number, label=label, message=message)


def history_findings(setup: Setup) -> Iterator[Finding]:
    """Say what sessions held ask for: a repeat, a review, a record of improvement."""
    standing = setup.standing
    if standing is None:
        return
    for entry in standing.history:
        if entry.verdict == "too soon":
            message = phrase(
                "Session {number} on {day} was too soon and does not count.",
                number=entry.number,
                day=entry.date,
            )
            yield Finding(kind="too_soon", session=entry.number, message=message)
    yield from _lapse_findings(setup, standing)
    if setup.is_complete:
        message = phrase("All {count} sessions of the course are held.", count=setup.sessions)
        yield Finding(kind="complete", message=message)
    waiting = [
        entry for entry in standing.course if setup.phases[entry.number - 1].after_improvement
    ]
    if waiting and not setup.request.improved_on:
        message = phrase(
            "Session {number} on {day} was of a phase after improvement, and none is recorded.",
            number=waiting[0].number,
            day=waiting[0].date,
        )
        yield Finding(kind="no_improvement", session=waiting[0].number, message=message)


def _lapse_findings(setup: Setup, standing: Standing) -> Iterator[Finding]:
    """Say what a lapse asks for before the next session, and whether that one is overdue."""
    last, forecast = standing.history[-1], standing.forecast
    if last.lapse_action == "review":
        message = phrase(
            "Session {number} on {day} came after its lapse:"
            " a clinician must review the course before the next session.",
            number=last.number,
            day=last.date,
        )
        yield Finding(kind="review", session=last.number, message=message)
    for words in standing.lapse_words():
        number = setup.next_number
        message = phrase("Session {number} has lapsed: {words}.", number=number, words=words)
        kind = "review" if standing.rule and standing.rule.lapse_action == "review" else "lapsed"
        yield Finding(kind=kind, session=number, message=message)
    if forecast and forecast.status == "overdue":
        message = phrase(
            "Session {number} is overdue: its window ended on {latest}.",
            number=forecast.number,
            latest=forecast.latest,
        )
        yield Finding(kind="overdue", session=forecast.number, message=message)


def session_findings(visits: Sequence[Session]) -> Iterator[Finding]:
    """Say which sessions are late or provisional."""
    for session in visits:
        if session.late_days:
            message = phrase(
                "Session {number} is {days} past its window, which ends on {latest}.",
                number=session.number,
                days=days(session.late_days),
                latest=session.window.latest,
            )
            yield Finding(kind="late", session=session.number, message=message)
    provisional = [str(session.number) for session in visits if session.provisional]
    if provisional:
        message = phrase(
            "Provisional until improvement is recorded: session {numbers}.",
            numbers=joined(provisional),
        )
        yield Finding(kind="provisional", session=int(provisional[0]), message=message)


def money_findings(
    setup: Setup, tariff: Tariff | None, cost: CostEstimate | None
) -> Iterator[Finding]:
    """Say where prices are missing, unused or unlike the published ones."""
    protocol, clinic = setup.protocol, setup.clinic
    wanted = wanted_currency(protocol, clinic, setup.request.currency)
    if tariff is None:
        yield Finding(kind="no_price", message=_no_price(protocol, wanted))
    elif protocol.id in clinic.prices and tariff.basis == "published":
        message = phrase(
            "The clinic's price is in {own}; the published one in {wanted} is shown.",
            own=clinic.currency,
            wanted=wanted,
        )
        yield Finding(kind="clinic_price_unused", message=message)
    elif clinic.prices and tariff.basis == "published":
        message = phrase(
            "The clinic's prices are for {names}; the published one is shown.",
            names=joined(sorted(clinic.prices)),
        )
        yield Finding(kind="no_clinic_price", message=message)
    if tariff and cost:
        yield from _quantity_findings(setup, tariff, cost)
    prices = tariff.price_list if tariff else None
    deposit = prices.deposit.amount if prices and prices.deposit else None
    if cost and deposit is not None and deposit > cost.low:
        message = phrase(
            "The deposit, {deposit}, is more than the total: the total is due.", deposit=deposit
        )
        yield Finding(kind="deposit_cut", message=message)
    course = cost.published_course if cost else None
    if cost and course and (cost.high < course.low or cost.low > course.high):
        message = phrase(
            "The sum lies outside the published price of a course, {low} to {high} {currency}.",
            low=course.low,
            high=course.high,
            currency=cost.currency,
        )
        yield Finding(kind="outside_published", message=message)


def budget_findings(setup: Setup, tariff: Tariff | None) -> Iterator[Finding]:
    """Say that the budget cuts the course, and what the whole of it would cost."""
    asked = setup.request.sessions or setup.protocol.sessions.usual
    if tariff is None or setup.sessions >= asked:
        return
    whole = total_cost(tariff, setup.clinic, asked + setup.repeats)
    told = {"count": setup.sessions, "asked": asked, "currency": tariff.currency}
    if whole.low == whole.high:
        message = phrase(
            "The budget pays for {count} of {asked} sessions;"
            " all {asked} would cost {amount} {currency}.",
            **told,
            amount=whole.high,
        )
    else:
        message = phrase(
            "The budget pays for {count} of {asked} sessions;"
            " all {asked} would cost {low} to {high} {currency}.",
            **told,
            low=whole.low,
            high=whole.high,
        )
    yield Finding(kind="budget_cut", message=message)


def _quantity_findings(setup: Setup, tariff: Tariff, cost: CostEstimate) -> Iterator[Finding]:
    """Say that more sessions would cost less, as a package does."""
    count = len(cost.cumulative)
    if found := cheaper_course(tariff, setup.clinic, count):
        more, amount = found
        message = phrase(
            "{more} sessions would cost {amount} {currency}, less than these {count}: {total}.",
            more=more,
            amount=amount,
            currency=cost.currency,
            count=count,
            total=cost.low,
        )
        yield Finding(kind="package_cheaper", message=message)


def _no_price(protocol: Protocol, wanted: str | None) -> Phrase:
    known = dict.fromkeys(price.currency for price in protocol.prices)
    if not wanted:
        return phrase("No price is known for {id}: no cost is given.", id=protocol.id)
    if not known:
        return phrase(
            "No price in {currency} is known for {id}: no cost is given.",
            currency=wanted,
            id=protocol.id,
        )
    return phrase(
        "No price in {currency} is known for {id}: no cost is given. Prices are known in {known}.",
        currency=wanted,
        id=protocol.id,
        known=joined(known),
    )


def holiday_findings(closed: Sequence[ClosedDay]) -> Iterator[Finding]:
    """Say which holidays may still move."""
    for day in closed:
        if day.estimated:
            message = phrase(
                "The date of {holiday} on {day} is not certain yet.",
                holiday=day.told,
                day=day.date,
            )
            yield Finding(kind="estimated_holiday", message=message)


def findings_of_all(joined: ProgrammeSetup, parts: Sequence[CoursePlan]) -> Iterator[Finding]:
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
    yield from _pairs_too_close(joined)
    yield from _begun_later(joined, parts)


def _pairs_too_close(joined: ProgrammeSetup) -> Iterator[Finding]:
    """Say which sessions held of two treatments were nearer than a spacing rule asks for."""
    for one, other in joined.pairs:
        for place, beside in ((one, other), (other, one)):
            pair = seen_from(joined.pairs, beside, place)
            yield from too_close_findings(
                pair, LABELS[place], joined.held(place), joined.held(beside), is_first=place == one
            )


def _begun_later(joined: ProgrammeSetup, parts: Sequence[CoursePlan]) -> Iterator[Finding]:
    """Say which first sessions are later than they may be alone: the distance asks for it."""
    for label, setup, part in zip(LABELS, joined.setups, parts, strict=False):
        if setup.standing or setup.is_backwards or not part.sessions:
            continue
        latest = date.fromordinal(min(setup.start.toordinal() + setup.start_within, LAST_ORDINAL))
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
