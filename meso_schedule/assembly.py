"""Put a placed course together: sessions with windows and reasons, cost, care, findings."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from meso_schedule.care import care_spans, results, screening
from meso_schedule.clinic import Clinic
from meso_schedule.costs import Tariff, estimate_cost
from meso_schedule.course import (
    Alternative,
    Citation,
    ClosedDay,
    CostEstimate,
    CoursePlan,
    Finding,
    Letterhead,
    MoneyRange,
    Objective,
    ProtocolStamp,
    Session,
    Window,
)
from meso_schedule.findings import (
    holiday_findings,
    money_findings,
    request_findings,
    session_findings,
)
from meso_schedule.phrases import Phrase, phrase
from meso_schedule.reach import Feasibility, room_to_move
from meso_schedule.reasons import first_reasons, gap_reasons
from meso_schedule.rules import Gap, Sourced
from meso_schedule.search import Task, best_dates, measure
from meso_schedule.tasks import Setup
from meso_schedule.times import WEEKDAYS


@dataclass(frozen=True, slots=True)
class Chain:
    """Sessions placed one after another: the course, or the top-ups from its last session."""

    setup: Setup
    task: Task
    dates: list[int]
    names: Sequence[str]
    rules: Sequence[Gap]
    price: MoneyRange | None


def assemble(
    course: Chain,
    top_ups: Chain | None,
    tariff: Tariff | None,
    top_up_findings: Sequence[Finding],
) -> CoursePlan:
    """Return the plan of a course and its top-ups.

    Args:
        course: The course sessions.
        top_ups: The top-ups, the last course session first; None when there are none.
        tariff: The prices that hold; None when none are known.
        top_up_findings: What there is to say of placing the top-ups.
    """
    setup, request = course.setup, course.setup.request
    protocol, clinic = setup.protocol, setup.clinic
    sessions = tuple(_sessions(course, 1))
    later = tuple(_sessions(top_ups, setup.sessions))[1:] if top_ups else ()
    visits = sessions + later
    cost = _cost(setup, sessions)
    closed = tuple(_closed(setup, visits))
    findings = [
        *request_findings(setup),
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
        alternatives=tuple(_alternatives(course)),
        closed=closed,
        openings=tuple(setup.availability.extra_openings(*_months_of(visits))),
        cost=cost,
        top_up_cost=_top_up_cost(setup, later),
        care=care_spans(protocol, visits),
        screening=screening(protocol),
        assumptions=tuple(_assumptions(course, top_ups)),
        facts=protocol.facts.entries() if protocol.facts else {},
        notices=tuple(notice.text for notice in protocol.notices),
        results=results(protocol, sessions[-1].date),
        findings=tuple(findings),
        objective=_objective(course.task, course.dates),
        sources=tuple(
            Citation(key=source.key, citation=source.citation, grade=source.grade)
            for source in protocol.sources
        ),
    )


def _sessions(chain: Chain, number: int) -> Iterator[Session]:
    """Yield the sessions of a chain, the first of them numbered `number`.

    A chain of top-ups begins with the last session of the course.
    """
    availability = chain.setup.availability
    room = room_to_move(chain.task, chain.dates)
    for place, day in enumerate(chain.dates):
        before = chain.dates[place - 1] if place else None
        start, end = availability.instants(day) if availability.timed else (None, None)
        window, latest = _window(chain, place)
        furthest, backup = room[place]
        rule = chain.rules[place]
        yield Session(
            number=number + place,
            protocol=chain.setup.protocol.id,
            phase=chain.names[place],
            date=date.fromordinal(day),
            start=start,
            end=end,
            interval_days=day - before if before else None,
            window=window,
            late_days=max(0, day - latest) if before else 0,
            provisional=getattr(rule, "after_improvement", False),
            slack_days=furthest - day,
            backup=date.fromordinal(backup) if backup else None,
            price=chain.price,
            why=tuple(_why(chain, place)),
            sources=rule.sources,
        )


def _window(chain: Chain, place: int) -> tuple[Window, int]:
    if place:
        earliest, recommended, latest, _ = chain.task.gaps[place - 1].after(chain.dates[place - 1])
    else:
        earliest, latest = chain.task.first, chain.task.last
        recommended = chain.dates[0] if chain.setup.is_backwards else earliest
    window = Window(
        earliest=date.fromordinal(earliest),
        recommended=date.fromordinal(recommended),
        latest=date.fromordinal(latest),
    )
    return window, latest


def _why(chain: Chain, place: int) -> Iterator[str]:
    setup, day = chain.setup, chain.dates[place]
    if place:
        name = chain.names[place]
        yield from gap_reasons(chain.task, setup.availability, place, chain.dates, name)
        if getattr(chain.rules[place], "after_improvement", False):
            yield phrase("only if the skin has improved")
    else:
        event = setup.request.event if setup.is_backwards else None
        start = chain.task.first
        yield from first_reasons(chain.task, setup.availability, day, event=event, start=start)


def _cost(setup: Setup, sessions: Sequence[Session]) -> CostEstimate | None:
    if setup.request.no_prices:
        return None
    return estimate_cost(
        setup.protocol,
        [session.date for session in sessions],
        clinic=setup.clinic,
        currency=setup.request.currency,
        as_of=setup.as_of,
        first_number=sessions[0].number if sessions else 1,
    )


def _top_up_cost(setup: Setup, later: Sequence[Session]) -> CostEstimate | None:
    """Top-ups are no course, and are paid as they come: nothing is due on the day of planning."""
    cost = _cost(setup, later)
    course_only = {"deposit": None, "instalments": None, "published_course": None}
    return cost.model_copy(update=course_only) if cost else None


def _months_of(visits: Sequence[Session]) -> tuple[date, date]:
    """Return the first and the last day of the months that hold the visits."""
    first, last = visits[0].date, visits[-1].date
    return first.replace(day=1), last.replace(day=monthrange(last.year, last.month)[1])


def _closed(setup: Setup, visits: Sequence[Session]) -> Iterator[ClosedDay]:
    availability = setup.availability
    for day, reason in availability.closed_days(*_months_of(visits)):
        kind: Literal["holiday", "closure"] = (
            "holiday" if availability.is_holiday(day) else "closure"
        )
        yield ClosedDay(date=day, reason=reason, kind=kind)


def _letterhead(clinic: Clinic) -> Letterhead:
    return Letterhead(
        name=None if clinic.is_default else clinic.name,
        address=clinic.address,
        phone=clinic.phone,
        email=clinic.email,
        hours=dict(zip(WEEKDAYS, clinic.hours.of_weekdays(), strict=True)),
    )


def _objective(task: Task, dates: Sequence[int]) -> Objective:
    late, start, misses, square, minutes = measure(task, dates)
    return Objective(
        late_days=late,
        start_days=start,
        preference_misses=misses,
        squared_deviation=square,
        time_minutes=minutes,
    )


def _alternatives(course: Chain) -> Iterator[Alternative]:
    wanted = course.setup.request.alternatives
    if not wanted:
        return
    task, availability = course.task, course.setup.availability
    possible = Feasibility(task)
    found = []
    for day in task.days_for(0, task.first, task.last):
        if day == course.dates[0] or not possible(0, day):
            continue
        dates = best_dates(replace(task, pins={**task.pins, 0: day}))
        assert dates is not None, "a possible day has a calendar"
        found.append((measure(task, dates), dates))
    for _, dates in sorted(found)[:wanted]:
        timed = availability.timed
        yield Alternative(
            dates=tuple(date.fromordinal(day) for day in dates),
            starts=tuple(availability.instants(day)[0] if timed else None for day in dates),
            objective=_objective(task, dates),
        )


def _assumptions(course: Chain, top_ups: Chain | None) -> Iterator[Phrase]:
    protocol = course.setup.protocol
    tables: dict[Phrase, Sourced] = {phrase("sessions"): protocol.sessions}
    tables.update({phrase("phase {name}", name=phase.name): phase for phase in course.setup.phases})
    if top_ups and protocol.top_up:
        tables[phrase("top-ups")] = protocol.top_up
    if protocol.results:
        tables[phrase("results")] = protocol.results
    for name, table in tables.items():
        if table.assumption:
            yield phrase("{table}: {assumption}", table=name, assumption=table.assumption)
