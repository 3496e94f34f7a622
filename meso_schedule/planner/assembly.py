"""Make the plan of a placed programme: one calendar, one bill, one care list, all findings."""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, TypeVar

from meso_schedule.base.intervals import Offset, lasting
from meso_schedule.base.models import FrozenDict
from meso_schedule.base.money import in_currency
from meso_schedule.base.phrases import Phrase, phrase
from meso_schedule.base.times import WEEKDAYS
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.costs.programme_bill import Bill, total_of
from meso_schedule.course.bill import CostEstimate, TreatmentCost
from meso_schedule.course.course_plan import (
    CareSpan,
    Citation,
    ClosedDay,
    CoursePlan,
    Letterhead,
    PlannedConsultation,
    PlannedTest,
    ProtocolStamp,
    Session,
    SpacingRule,
    TreatmentPart,
)
from meso_schedule.course.history import HeldSession
from meso_schedule.planner.alternatives import alternatives_of
from meso_schedule.planner.assessments import assessments_of, photo_days
from meso_schedule.planner.care import (
    HeldVisit,
    begun_findings,
    combined_care,
    not_over,
    results,
    screening,
)
from meso_schedule.planner.findings import findings_of_all, holiday_findings
from meso_schedule.planner.parts import Part, parts_of
from meso_schedule.planner.placing import PlacedProgramme
from meso_schedule.planner.preparation import dated_tests
from meso_schedule.planner.products_needed import products_of
from meso_schedule.planner.programme_setup import ProgrammeSetup
from meso_schedule.planner.sessions import NOTHING_TO_PLAN, objective_of, objective_of_all
from meso_schedule.planner.setup import Setup
from meso_schedule.planner.without_improvement import without_improvement
from meso_schedule.rules.protocol import Protocol
from meso_schedule.rules.rule_tables import Sourced

T = TypeVar("T")
_NOW = Offset.parse("0 days")


def assemble(placed: PlacedProgramme) -> CoursePlan:
    """Return the plan of what is placed."""
    asked, parts = placed.asked, parts_of(placed)
    sessions = _in_order(part.sessions for part in parts)
    top_ups = _in_order(part.top_ups for part in parts)
    visits = _in_order([sessions, top_ups])
    closed = tuple(_closed_days(asked, visits))
    care = _care(asked, parts)
    alternatives, untold = alternatives_of(placed)
    otherwise = without_improvement(placed, parts)
    findings = [*otherwise.findings, *begun_findings(care, visits, asked.as_of)]
    findings += [*findings_of_all(placed, parts), *untold, *holiday_findings(closed)]
    return CoursePlan.made(
        reference=asked.reference,
        patient=asked.request.patient,
        clinic=letterhead_of(asked.clinic),
        protocols=tuple(_stamp(part.setup) for part in parts),
        as_of=asked.as_of,
        timezone=asked.clinic.timezone,
        consultation=_consultation(asked, sessions),
        tests=tuple(_tests(asked, parts)),
        sessions=sessions,
        top_ups=top_ups,
        without_improvement=otherwise.sessions,
        assessments=tuple(assessments_of(parts)),
        photos=photo_days(parts),
        alternatives=tuple(alternatives),
        closed=closed,
        openings=tuple(_openings(asked, visits)),
        history=_history(parts),
        cost=total_of([Bill(it.setup.label, it.course_dates, it.cost) for it in parts]),
        top_up_cost=_top_up_cost(parts),
        products=products_of(parts),
        care=care,
        screening=screening(part.setup.protocol for part in parts),
        assumptions=tuple(_assumptions(parts)),
        notices=_unlike(
            text
            for part in parts
            for text in part.setup.protocol.notices_in(asked.clinic.home_country)
        ),
        findings=tuple(sorted(findings, key=lambda finding: finding.rank)),
        objective=objective_of_all(asked, placed.calendar.measure, placed.calendar.bound),
        spacing=tuple(_spacing(asked)),
        sources=tuple(_citations(parts)),
        **_of_each(asked, parts),
    )


def _of_each(asked: ProgrammeSetup, parts: Sequence[Part]) -> dict[str, Any]:
    """Return what is said of a treatment that stands alone, else of each of several."""
    first = parts[0]
    if first.setup.label:
        return {
            "facts": FrozenDict(),
            "results": None,
            "treatments": tuple(_treatment(asked, part) for part in parts),
            "costs": tuple(_costs(parts)),
        }
    return {
        "next_session": first.forecast,
        "facts": first.facts,
        "results": results(first.setup.protocol, first.last_day),
    }


def _top_up_cost(parts: Sequence[Part]) -> CostEstimate | None:
    return total_of(
        [
            Bill(it.setup.label, [visit.date for visit in it.top_ups], it.top_up_cost)
            for it in parts
            if it.top_ups
        ]
    )


def _consultation(asked: ProgrammeSetup, sessions: Sequence[Session]) -> PlannedConsultation | None:
    visit, clinic = asked.first_visit, asked.clinic
    if visit is None:
        return None
    terms, price = visit.terms, None
    if clinic.currency and not asked.request.no_prices:
        price = in_currency(terms.price, clinic.currency)
        if clinic.tax:
            paid = clinic.tax.net if asked.request.tax_exempt else clinic.tax.gross
            price = paid(price, clinic.currency)
    begun = [*asked.request.held_days, *(session.date for session in sessions)]
    return PlannedConsultation.made(
        date=visit.day,
        start=visit.start,
        end=visit.end,
        minutes=terms.minutes,
        price=price,
        currency=clinic.currency,
        reflection=terms.reflection.words,
        redeemed=bool(price and begun and terms.is_redeemed(visit.day, begun[0])),
        practitioner=visit.practitioner,
        room=visit.room,
    )


def _tests(asked: ProgrammeSetup, parts: Sequence[Part]) -> Iterator[PlannedTest]:
    since = max(asked.as_of, asked.first_visit.day) if asked.first_visit else asked.as_of
    for part in parts:
        setup = part.setup
        if setup.standing or not part.sessions:
            continue
        open_days = setup.availability.open_days
        for test, day in dated_tests(setup.protocol, part.sessions[0].date, since, open_days):
            before = lasting(_NOW, test.before)
            yield PlannedTest.made(label=setup.label, what=test.what, before=before, date=day)


def _in_order(groups: Iterable[Iterable[Session]]) -> tuple[Session, ...]:
    sessions = [session for group in groups for session in group]
    return tuple(sorted(sessions, key=lambda session: (session.date, session.label or "")))


def _unlike(entries: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(entries))


def _stamp(setup: Setup) -> ProtocolStamp:
    protocol = setup.protocol
    return ProtocolStamp.made(
        label=setup.label,
        id=protocol.id,
        name=protocol.name,
        version=protocol.version,
        digest=protocol.digest,
        schedule=protocol.schedule_grade,
        benefit=protocol.benefit,
    )


def letterhead_of(clinic: Clinic) -> Letterhead:
    """Return how a clinic signs."""
    return Letterhead.made(
        name=None if clinic.is_default else clinic.name,
        address=clinic.address,
        phone=clinic.phone,
        email=clinic.email,
        notice=clinic.notice.words if clinic.notice else None,
        call_us=clinic.call_us,
        feed_url=clinic.feed_url,
        country=clinic.home_country,
        hours=FrozenDict(zip(WEEKDAYS, clinic.hours.of_weekdays(), strict=True)),
    )


def _months(asked: ProgrammeSetup, visits: Sequence[Session]) -> tuple[date, date]:
    """Return the first and the last day of the months that hold the visits, or today."""
    days = [visit.date for visit in visits] or [asked.as_of]
    first, last = days[0], days[-1]
    return first.replace(day=1), last.replace(day=monthrange(last.year, last.month)[1])


def _closed_days(asked: ProgrammeSetup, visits: Sequence[Session]) -> Iterator[ClosedDay]:
    """Yield the closed days of the months that hold the visits."""
    open_days = asked.setups[0].availability.open_days
    for shut in open_days.shut_days(*_months(asked, visits)):
        holiday = shut.holiday
        yield ClosedDay.made(
            date=shut.date,
            reason=shut.reason,
            kind="holiday" if holiday else "closure",
            estimated=holiday is not None and holiday.estimated and not shut.closures,
            closures=shut.closures,
            names=FrozenDict(holiday.name.values if holiday else {}),
        )


def _openings(asked: ProgrammeSetup, visits: Sequence[Session]) -> list[date]:
    return asked.setups[0].availability.open_days.extra_openings(*_months(asked, visits))


def _history(parts: Sequence[Part]) -> tuple[HeldSession, ...]:
    entries = [entry for part in parts for entry in part.history]
    return tuple(sorted(entries, key=lambda entry: (entry.date, entry.label or "")))


def _care(asked: ProgrammeSetup, parts: Sequence[Part]) -> tuple[CareSpan, ...]:
    """Return the care around all sessions; once some are held, what is not over yet."""
    told: list[tuple[Protocol, Sequence[Session | HeldVisit]]] = []
    for part in parts:
        held = [HeldVisit(it.number, it.date, label=it.label) for it in part.history]
        told.append((part.setup.protocol, [*held, *part.visits]))
    spans = combined_care(told)
    return not_over(spans, asked.as_of) if any(part.history for part in parts) else spans


def _assumptions(parts: Sequence[Part]) -> Iterator[Phrase]:
    for part in parts:
        yield from map(part.setup.naming, _own_assumptions(part))


def _own_assumptions(part: Part) -> Iterator[Phrase]:
    protocol = part.setup.protocol
    tables: dict[Phrase, Sourced] = {phrase("sessions"): protocol.sessions}
    tables.update({phrase("phase {name}", name=phase.name): phase for phase in part.setup.phases})
    if part.top_ups and protocol.top_up:
        tables[phrase("top-ups")] = protocol.top_up
    if protocol.results:
        tables[phrase("results")] = protocol.results
    for name, table in tables.items():
        if table.assumption:
            yield phrase("{table}: {assumption}", table=name, assumption=table.assumption)


def _spacing(asked: ProgrammeSetup) -> Iterator[SpacingRule]:
    yield from (pair.rule for pair in asked.pairs.values())
    yield from _unlike(pair.rule for setup in asked.setups for pair in setup.pairs)


def _treatment(asked: ProgrammeSetup, part: Part) -> TreatmentPart:
    setup, course = part.setup, part.treatment.course
    assert setup.label, "told of each only among several"
    return TreatmentPart.made(
        label=setup.label,
        protocol=setup.protocol.id,
        name=setup.protocol.name,
        areas=asked.areas(setup.protocol),
        chair_minutes=setup.protocol.sessions.minutes,
        sessions=len(part.sessions),
        top_ups=len(part.top_ups),
        held=len(part.history),
        next_session=part.forecast,
        results=results(setup.protocol, part.last_day),
        facts=part.facts,
        objective=objective_of(course) if course else NOTHING_TO_PLAN,
    )


def _citations(parts: Sequence[Part]) -> Iterator[Citation]:
    cited = dict.fromkeys(
        (source.key, protocol.citations[source.key], source.grade, source.link)
        for protocol in (part.setup.protocol for part in parts)
        for source in protocol.sources
    )
    for key, citation, grade, link in cited:
        yield Citation.made(key=key, citation=citation, grade=grade, link=link)


def _costs(parts: Sequence[Part]) -> Iterator[TreatmentCost]:
    for part in parts:
        if part.cost or part.top_up_cost:
            assert part.setup.label, "told of each only among several"
            yield TreatmentCost.made(
                label=part.setup.label,
                protocol=part.setup.protocol.id,
                cost=part.cost,
                top_up_cost=part.top_up_cost,
            )
