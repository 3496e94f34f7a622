"""Put a placed course together: sessions with windows and reasons, cost, care, findings."""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from meso_schedule.base.phrases import Phrase, phrase
from meso_schedule.base.times import WEEKDAYS
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.costs.estimate import Tariff, estimate_cost, taxed_part
from meso_schedule.course.bill import CostEstimate
from meso_schedule.course.course_plan import (
    CareSpan,
    Citation,
    ClosedDay,
    CoursePlan,
    Finding,
    Letterhead,
    ProtocolStamp,
    Session,
)
from meso_schedule.planner.care import HeldVisit, care_spans, not_over, results, screening
from meso_schedule.planner.findings import (
    budget_findings,
    history_findings,
    holiday_findings,
    money_findings,
    request_findings,
    session_findings,
)
from meso_schedule.planner.sessions import (
    NOTHING_TO_PLAN,
    PlacedTrack,
    alternatives_of,
    objective_of,
    planned_sessions,
)
from meso_schedule.planner.setup import Setup
from meso_schedule.rules.rule_tables import Sourced


def assemble(
    setup: Setup,
    course: PlacedTrack | None,
    top_ups: PlacedTrack | None,
    top_up_findings: Sequence[Finding],
    tariff: Tariff | None,
    *,
    beside: Sequence[CoursePlan] = (),
) -> CoursePlan:
    """Return the plan of a course and its top-ups.

    Args:
        setup: What is asked.
        course: The course sessions to come; None when all are held.
        top_ups: The top-ups to come; None when there are none.
        top_up_findings: What there is to say of placing the top-ups.
        tariff: The prices that hold; None when none are known.
        beside: The plans that stand before it on one bill, which is taxed once.
    """
    request, standing = setup.request, setup.standing
    protocol, clinic = setup.protocol, setup.clinic
    sessions = tuple(planned_sessions(course)) if course else ()
    later = tuple(planned_sessions(top_ups)) if top_ups else ()
    visits = sessions + later
    cost = _course_cost(setup, sessions, _taxed(plan.cost for plan in beside))
    closed = tuple(closed_days(setup, visits))
    findings = [
        *budget_findings(setup, tariff),
        *request_findings(setup),
        *history_findings(setup),
        *session_findings(visits),
        *top_up_findings,
        *(money_findings(setup, tariff, cost) if not request.no_prices else ()),
        *holiday_findings(closed),
    ]
    return CoursePlan(
        reference=request.derived_reference(protocol.id, setup.start),
        patient=request.patient,
        clinic=_letterhead(clinic),
        protocols=(
            ProtocolStamp(
                id=protocol.id,
                name=protocol.name,
                version=protocol.version,
                digest=protocol.digest,
            ),
        ),
        as_of=setup.as_of,
        timezone=clinic.timezone,
        sessions=sessions,
        top_ups=later,
        alternatives=tuple(alternatives_of(course)) if course else (),
        closed=closed,
        openings=tuple(setup.availability.open_days.extra_openings(*months_of(setup, visits))),
        history=standing.history if standing else (),
        next_session=standing.forecast if standing else None,
        cost=cost,
        top_up_cost=_top_up_cost(setup, later, _taxed(plan.top_up_cost for plan in beside)),
        care=_care(setup, visits),
        screening=screening(protocol),
        assumptions=tuple(_assumptions(setup, top_ups)),
        facts=protocol.facts.entries() if protocol.facts else {},
        notices=tuple(notice.text for notice in protocol.notices),
        results=results(protocol, _last_day(setup, sessions)),
        findings=tuple(findings),
        objective=objective_of(course, course.dates) if course else NOTHING_TO_PLAN,
        spacing=tuple(pair.rule for pair in setup.pairs),
        sources=tuple(
            Citation(key=source.key, citation=source.citation, grade=source.grade)
            for source in protocol.sources
        ),
    )


def _last_day(setup: Setup, sessions: Sequence[Session]) -> date:
    """Return the day of the last course session, or of what was held after all of them."""
    if sessions:
        return sessions[-1].date
    assert setup.standing is not None, "a course without sessions to come has been held"
    return setup.standing.last


def _care(setup: Setup, visits: Sequence[Session]) -> tuple[CareSpan, ...]:
    """Return the care around all sessions; once some are held, what is not over yet."""
    if setup.standing is None:
        return care_spans(setup.protocol, visits)
    held = [HeldVisit(entry.number, entry.date) for entry in setup.standing.history]
    return not_over(care_spans(setup.protocol, [*held, *visits]), setup.as_of)


def _taxed(costs: Iterable[CostEstimate | None]) -> Decimal:
    return sum(map(taxed_part, costs), Decimal(0))


def _course_cost(setup: Setup, sessions: Sequence[Session], before: Decimal) -> CostEstimate | None:
    """Return the cost of the whole course: of what was held, whether it counts or not, too."""
    held = len(setup.standing.course) if setup.standing else 0
    return _cost(setup, course_dates(setup, sessions), before, held)


def course_dates(setup: Setup, sessions: Sequence[Session]) -> list[date]:
    """Return the days of all course sessions: of those held, counting or not, and to come."""
    held = [entry.date for entry in setup.standing.course] if setup.standing else []
    return [*held, *(session.date for session in sessions)]


def _cost(
    setup: Setup, dates: Sequence[date], before: Decimal, held: int = 0, first_number: int = 1
) -> CostEstimate | None:
    if setup.request.no_prices:
        return None
    return estimate_cost(
        setup.protocol,
        dates,
        clinic=setup.clinic,
        currency=setup.request.currency,
        as_of=setup.as_of,
        first_number=first_number,
        held=held,
        before=before,
    )


def _top_up_cost(setup: Setup, later: Sequence[Session], before: Decimal) -> CostEstimate | None:
    """Top-ups are no course, and are paid as they come: nothing is due on the day of planning."""
    first = later[0].number if later else 1
    cost = _cost(setup, [session.date for session in later], before, first_number=first)
    course_only = {"deposit": None, "instalments": None, "published_course": None}
    return cost.model_copy(update=course_only) if cost else None


def months_of(setup: Setup, visits: Sequence[Session]) -> tuple[date, date]:
    """Return the first and the last day of the months that hold the visits, or today."""
    days = [visit.date for visit in visits] or [setup.as_of]
    first, last = days[0], days[-1]
    return first.replace(day=1), last.replace(day=monthrange(last.year, last.month)[1])


def closed_days(setup: Setup, visits: Sequence[Session]) -> Iterator[ClosedDay]:
    """Yield the closed days of the months that hold the visits."""
    for shut in setup.availability.open_days.shut_days(*months_of(setup, visits)):
        holiday = shut.holiday
        yield ClosedDay(
            date=shut.date,
            reason=shut.reason,
            kind="holiday" if holiday else "closure",
            estimated=holiday is not None and holiday.estimated and not shut.closures,
            closures=shut.closures,
            names=holiday.name.values if holiday else {},
        )


def _letterhead(clinic: Clinic) -> Letterhead:
    return Letterhead(
        name=None if clinic.is_default else clinic.name,
        address=clinic.address,
        phone=clinic.phone,
        email=clinic.email,
        hours=dict(zip(WEEKDAYS, clinic.hours.of_weekdays(), strict=True)),
    )


def _assumptions(setup: Setup, top_ups: PlacedTrack | None) -> Iterator[Phrase]:
    protocol = setup.protocol
    tables: dict[Phrase, Sourced] = {phrase("sessions"): protocol.sessions}
    tables.update({phrase("phase {name}", name=phase.name): phase for phase in setup.phases})
    if top_ups and protocol.top_up:
        tables[phrase("top-ups")] = protocol.top_up
    if protocol.results:
        tables[phrase("results")] = protocol.results
    for name, table in tables.items():
        if table.assumption:
            yield phrase("{table}: {assumption}", table=name, assumption=table.assumption)
