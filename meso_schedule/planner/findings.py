"""Facts to be told with a plan: never an error, never dropped."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from meso_schedule.availability.busy_spans import TellingSource
from meso_schedule.base.phrases import Phrase, days, joined, listed, phrase
from meso_schedule.course.course_plan import ClosedDay, Finding, Session
from meso_schedule.course.criteria import CRITERIA
from meso_schedule.course.history import HeldSession
from meso_schedule.evaluation.standing import Standing
from meso_schedule.planner.assessments import judging_findings
from meso_schedule.planner.money_findings import (
    budget_findings,
    money_findings,
    money_findings_of_all,
    validity_findings,
)
from meso_schedule.planner.parts import Part
from meso_schedule.planner.placing import PlacedProgramme
from meso_schedule.planner.programme_setup import ProgrammeSetup
from meso_schedule.planner.setup import Setup
from meso_schedule.planner.spacing_findings import distance_findings, spacing_findings
from meso_schedule.planner.wish_findings import start_findings, wish_findings
from meso_schedule.search.programme import Calendar

# Facts that concern the whole plan, told once however many protocols say them.
_COMMON = ("no_clinic", "no_capacity", "estimated_holiday", "no_spacing_rule", "no_spacing_figure")

# Facts about sessions of one treatment, told of each even where two say them in the same words.
_OWN = (
    *("too_soon", "review", "lapsed", "overdue", "complete", "no_improvement"),
    *("maximum_reached", "restarted", "undecided"),
)


def request_findings(setup: Setup) -> Iterator[Finding]:
    """Say what is unusual about what was asked."""
    protocol = setup.protocol
    if setup.clinic.is_default:
        message = phrase("No clinic file: Monday to Friday 09:00-17:00, no holidays, times in UTC.")
        yield Finding.made(kind="no_clinic", message=message)
    elif not setup.staff:
        message = phrase(
            "The clinic file names no practitioners: what others have booked is not counted."
        )
        yield Finding.made(kind="no_capacity", message=message)
    people = (it for it in setup.clinic.practitioners if it.id == setup.request.practitioner)
    for who in people:
        if not who.takes(protocol.id, protocol.family):
            message = phrase(
                "{practitioner} does not give {protocol}.",
                practitioner=who.name,
                protocol=protocol.name,
            )
            yield Finding.made(kind="practitioner_not_kept", session=1, message=message)
    if protocol.replaces_packaged:
        message = phrase(
            "The rules of {id} come from a given file, not from the packaged one.", id=protocol.id
        )
        yield Finding.made(kind="replaced_protocol", message=message)
    if setup.start < setup.as_of and not setup.standing:
        message = phrase(
            "The start, {start}, lies before the day of planning, {as_of}.",
            start=setup.start,
            as_of=setup.as_of,
        )
        yield Finding.made(kind="start_before_as_of", session=1, message=message)
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
        yield Finding.made(kind="no_published_interval", message=message)


def history_findings(setup: Setup) -> Iterator[Finding]:
    """Say what sessions held ask for: a repeat, a review, a record of improvement."""
    standing = setup.standing
    if standing is None:
        yield from _elsewhere_findings(setup, setup.sessions)
        return
    yield from _review_findings(standing)
    for entry in standing.history:
        if entry.verdict == "too soon" and entry.early_action != "review":
            yield Finding.made(kind="too_soon", session=entry.number, message=_too_soon(entry))
    yield from _lapse_findings(setup, standing)
    yield from _pause_findings(setup, standing)
    yield from _restart_findings(standing)
    yield from _maximum_findings(setup, standing)
    if standing.counted >= setup.wanted:
        message = phrase("All {count} sessions of the course are held.", count=setup.sessions)
        yield Finding.made(kind="complete", message=message)
    waits = {phase.name for phase in setup.protocol.phases if phase.after_improvement}
    waiting = [entry for entry in standing.course if entry.phase in waits]
    if waiting and not standing.known.has_improved:
        message = phrase(
            "Session {number} on {day} was of a phase after improvement, and none is recorded.",
            number=waiting[0].number,
            day=waiting[0].date,
        )
        yield Finding.made(kind="no_improvement", session=waiting[0].number, message=message)


def _review_findings(standing: Standing) -> Iterator[Finding]:
    """Say after which sessions held a clinician must review the course."""
    for entry in standing.unreviewed:
        told = {"number": entry.number, "day": entry.date}
        if entry.lapse_action == "review":
            message = phrase(
                "Session {number} on {day} came after its lapse:"
                " a clinician must review the course before the next session.",
                **told,
            )
        else:
            message = phrase(
                "Session {number} on {day} was too soon:"
                " a clinician must review the course before the next session.",
                **told,
            )
        yield Finding.made(kind="review", session=entry.number, message=message)


def _too_soon(entry: HeldSession) -> Phrase:
    told = {"number": entry.number, "day": entry.date}
    if entry.early_action == "repeat":
        return phrase("Session {number} on {day} was too soon and does not count.", **told)
    return phrase("Session {number} on {day} was too soon; it counts all the same.", **told)


def _lapse_findings(setup: Setup, standing: Standing) -> Iterator[Finding]:
    """Say what a lapse asks for before the next session, and whether that one is overdue."""
    forecast = standing.forecast
    for words in standing.lapse_words():
        number = setup.next_number
        message = phrase("Session {number} has lapsed: {words}.", number=number, words=words)
        kind = "review" if standing.awaits_review else "lapsed"
        yield Finding.made(kind=kind, session=number, message=message)
    if forecast and forecast.status == "overdue":
        message = phrase(
            "Session {number} is overdue: its window ended on {latest}.",
            number=forecast.number,
            latest=forecast.latest,
        )
        yield Finding.made(kind="overdue", session=forecast.number, message=message)


def _pause_findings(setup: Setup, standing: Standing) -> Iterator[Finding]:
    """Say that a pause asks for a review before the next session, until it had one."""
    since = setup.improvement.unreviewed(setup.pauses, standing.last)
    if since and not setup.is_complete:
        message = phrase(
            "The course was paused from {first} to {last}:"
            " a clinician must review it before the next session.",
            first=since[0].first,
            last=since[-1].last,
        )
        yield Finding.made(kind="review", session=setup.next_number, message=message)


def _restart_findings(standing: Standing) -> Iterator[Finding]:
    """Say how many treatments were given before a phase started again."""
    if standing.given_before:
        message = phrase(
            "The course started again: {count} treatments were given before, and are not counted"
            " among the most that it may have.",
            count=standing.given_before,
        )
        yield Finding.made(kind="restarted", message=message)


def _maximum_findings(setup: Setup, standing: Standing) -> Iterator[Finding]:
    """Say that no more treatments are planned than a course may have, or that more were given."""
    most = setup.protocol.sessions.maximum
    planned = max(0, setup.sessions - standing.counted)
    for message in standing.maximum_words(most, planned, setup.wanted - standing.counted):
        yield Finding.made(kind="maximum_reached", message=message)
    yield from _elsewhere_findings(setup, standing.given + planned)


def _elsewhere_findings(setup: Setup, own: int) -> Iterator[Finding]:
    """Say that with what is given elsewhere it is more than a course may have.

    Args:
        setup: What is asked.
        own: How many treatments the course has, given and planned.
    """
    most = setup.protocol.sessions.maximum
    elsewhere = sum(other.name == setup.protocol.id for other in setup.request.other)
    if elsewhere and own + elsewhere > most:
        message = phrase(
            "{count} more were given or booked elsewhere; they are not counted among the {most}.",
            count=elsewhere,
            most=most,
        )
        yield Finding.made(kind="maximum_reached", message=message)


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
            yield Finding.made(kind="late", session=session.number, message=message)
    provisional = [str(session.number) for session in visits if session.provisional]
    if provisional:
        message = phrase(
            "Provisional until improvement is recorded: session {numbers}.",
            numbers=listed(provisional),
        )
        yield Finding.made(kind="provisional", session=int(provisional[0]), message=message)


def holiday_findings(closed: Sequence[ClosedDay]) -> Iterator[Finding]:
    """Say which holidays may still move."""
    for day in closed:
        if day.estimated:
            message = phrase(
                "The date of {holiday} on {day} is not certain yet.",
                holiday=day.told,
                day=day.date,
            )
            yield Finding.made(kind="estimated_holiday", message=message)


def findings_of_all(placed: PlacedProgramme, parts: Sequence[Part]) -> Iterator[Finding]:
    """Yield what there is to say of the whole, the holidays of its months left aside."""
    asked = placed.asked
    yield from _told_once(parts)
    yield from start_findings(asked, parts)
    yield from distance_findings(asked, parts)
    yield from _missing_rules(asked)
    yield from money_findings_of_all(parts)
    yield from proof_findings(placed.calendar)


def _findings_of(part: Part) -> Iterator[Finding]:
    """Yield what there is to say of one treatment."""
    setup, tariff = part.setup, part.treatment.tariff
    yield from budget_findings(setup, tariff)
    yield from request_findings(setup)
    yield from history_findings(setup)
    yield from wish_findings(setup, part.visits)
    yield from session_findings(part.visits)
    yield from judging_findings(part)
    yield from part.treatment.findings
    yield from validity_findings(part)
    if not setup.request.no_prices:
        yield from money_findings(setup, tariff, part.cost)


def _told_once(parts: Sequence[Part]) -> Iterator[Finding]:
    """Yield what is said of each: once for all where they agree, else with the treatment's name."""
    told = [(part.setup, list(_findings_of(part))) for part in parts]
    if parts[0].setup.label is None:
        yield from told[0][1]
        return
    common = set.intersection(*({(it.kind, it.message) for it in found} for _, found in told))
    seen: set[tuple[str, str]] = set()
    for setup, found in told:
        for finding in found:
            key = (finding.kind, finding.message)
            if key in seen:
                continue
            if finding.kind in _COMMON or (key in common and finding.kind not in _OWN):
                seen.add(key)
                yield finding.model_copy(update={"session": None})
                continue
            message = phrase("{name}: {text}", name=setup.protocol.name, text=finding.message)
            mark = setup.label if finding.session is not None else None
            yield finding.model_copy(update={"message": message, "label": mark})


def _missing_rules(asked: ProgrammeSetup) -> Iterator[Finding]:
    """Say which protocols have no rule for the top-ups asked for."""
    if not asked.request.top_ups and not asked.request.until:
        return
    for setup in asked.setups:
        if setup.protocol.top_up is None:
            message = phrase(
                "{name} has no rule for top-ups: none are planned.", name=setup.protocol.name
            )
            yield Finding.made(kind="no_top_up_rule", message=message)


def proof_findings(calendar: Calendar) -> Iterator[Finding]:
    """Say that the best calendar is not proven, and by how much a better one could be better."""
    if calendar.bound is None:
        return
    for name, words in CRITERIA.items():
        found, bound = calendar.measure[name], calendar.bound[name]
        if found != bound:
            message = phrase(
                "The search stopped before the best calendar was proven: this one has {found}"
                " {criterion}, and none has fewer than {bound}.",
                found=found,
                criterion=words,
                bound=bound,
            )
            yield Finding.made(kind="not_proved", message=message)
            return
    message = phrase(
        "The search stopped before the best calendar was proven: only the dates of others as good"
        " may be earlier."
    )
    yield Finding.made(kind="not_proved", message=message)
