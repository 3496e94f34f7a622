"""Plan one course: search, then cost, care and findings, into one `CoursePlan`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from meso_schedule.care import care_spans, results, screening
from meso_schedule.clinic import Clinic
from meso_schedule.conflicts import no_calendar
from meso_schedule.costs import Tariff, estimate_cost, find_tariff, total_cost, wanted_currency
from meso_schedule.course import (
    Alternative,
    Citation,
    ClosedDay,
    CostEstimate,
    CoursePlan,
    CourseRequest,
    Finding,
    Letterhead,
    MoneyRange,
    Objective,
    ProtocolStamp,
    Session,
    Window,
)
from meso_schedule.dates import LAST_ORDINAL, WEEKDAYS
from meso_schedule.errors import BudgetTooSmallError, InputError
from meso_schedule.reasons import first_reasons, gap_reasons
from meso_schedule.rule_checks import MAX_SESSIONS
from meso_schedule.rules import Gap, Protocol, Sourced
from meso_schedule.search import (
    GapWindows,
    Reach,
    Task,
    best_dates,
    measure,
    reachable,
    room_to_move,
    shortened,
)
from meso_schedule.tasks import Setup, set_up


@dataclass(frozen=True, slots=True)
class _Chain:
    """Sessions placed one after another: the course, or the top-ups from its last session."""

    setup: Setup
    task: Task
    dates: list[int]
    names: Sequence[str]
    rules: Sequence[Gap]
    price: MoneyRange | None


def plan_course(
    protocol: Protocol,
    request: CourseRequest,
    *,
    clinic: Clinic | None = None,
    as_of: date,
) -> CoursePlan:
    """Return the best calendar of a course, with its reasons, cost and care.

    The calendar keeps every window, open day and wish given as a rule; among all that do,
    it is the one that a fixed order of criteria puts first, so the answer is unique.

    Args:
        protocol: The recipe.
        request: What the patient asks for.
        clinic: Hours, closures and prices; left out, Monday to Friday 09:00-17:00 in UTC.
        as_of: The day of asking.

    Raises:
        InputError: When the request does not go with the protocol.
        NoCalendarFits: When no calendar keeps every rule; it carries the cheapest ways out.
        BudgetTooSmallError: When the budget does not pay for the fewest sessions.

    >>> from meso_schedule import CourseRequest, get_protocol
    >>> plan = plan_course(
    ...     get_protocol("cellulite"),
    ...     CourseRequest(start=date(2026, 12, 1), sessions=3),
    ...     as_of=date(2026, 11, 22),
    ... )
    >>> [str(session.date) for session in plan.sessions]
    ['2026-12-01', '2026-12-08', '2026-12-15']
    """
    clinic = clinic or Clinic.default()
    setup = set_up(protocol, request, clinic, as_of)
    tariff = find_tariff(protocol, clinic, request.currency)
    if request.budget is not None:
        affordable = _affordable(setup, tariff)
        if affordable < setup.sessions:
            setup = set_up(protocol, request, clinic, as_of, affordable)
    task = setup.task()
    dates = best_dates(task)
    if dates is None:
        raise no_calendar(setup)
    if setup.is_backwards:
        task = replace(task, last=dates[0])
    price = tariff.session if tariff and not request.no_prices else None
    course = _Chain(setup, task, dates, [phase.name for phase in setup.phases], setup.phases, price)
    top_ups, top_up_findings = _top_ups(course)
    return _assemble(course, top_ups, tariff, top_up_findings)


def _affordable(setup: Setup, tariff: Tariff | None) -> int:
    """Return the most sessions, up to those asked for, that the budget pays for."""
    budget, least = setup.request.budget, setup.protocol.sessions.minimum
    assert budget is not None, "asked only with a budget"
    if tariff is None:
        raise InputError.of(
            "no_price",
            f"No price of {setup.protocol.id} is known to hold the budget against.",
            field="budget",
            value=budget,
            remedy="Give a clinic file with its price, or another currency.",
        )
    for count in range(setup.sessions, least - 1, -1):
        if total_cost(tariff, setup.clinic, count).high <= budget:
            break
    else:
        needed = total_cost(tariff, setup.clinic, least).high
        raise BudgetTooSmallError(
            f"{budget} {tariff.currency}", least, f"{needed} {tariff.currency}"
        )
    pinned = [pin.session for pin in setup.request.pin if count < pin.session <= setup.sessions]
    if pinned:
        needed = total_cost(tariff, setup.clinic, max(pinned)).high
        raise BudgetTooSmallError(
            f"{budget} {tariff.currency}", max(pinned), f"{needed} {tariff.currency}"
        )
    return count


def _top_ups(course: _Chain) -> tuple[_Chain | None, list[Finding]]:
    setup, request = course.setup, course.setup.request
    gap = setup.protocol.top_up
    wanted = MAX_SESSIONS if request.until else request.top_ups or 0
    if gap is None or not wanted:
        return None, []
    last = course.dates[-1]
    windows = GapWindows(gap, request.late)
    whole = Task(
        days=setup.availability,
        first=last,
        last=last,
        gaps=[windows] * wanted,
        limit=request.until.toordinal() if request.until else LAST_ORDINAL,
        pins={
            pin.session - setup.sessions: pin.day.toordinal()
            for pin in request.pin
            if pin.session > setup.sessions
        },
        prefer=course.task.prefer,
        timed=course.task.timed,
    )
    dates = None if request.until else best_dates(whole)
    if dates:
        return _top_up_chain(course, whole, dates), []
    reach = reachable(whole)
    placed = len(reach.layers) - 1
    findings = list(_top_up_findings(setup, wanted, reach))
    task = shortened(whole, placed + 1)
    dates = best_dates(task) if placed else None
    return (_top_up_chain(course, task, dates) if dates else None), findings


def _top_up_chain(course: _Chain, task: Task, dates: list[int]) -> _Chain:
    gap = task.gaps[0].gap
    names, rules = ["top-up"] * len(dates), [gap] * len(dates)
    return _Chain(course.setup, task, dates, names, rules, course.price)


def _top_up_findings(setup: Setup, wanted: int, reach: Reach) -> Iterator[Finding]:
    placed = len(reach.layers) - 1
    number = setup.sessions + placed + 1
    until = setup.request.until
    if until and not placed:
        yield Finding(kind="no_top_up", message=f"No top-up can be held by {until}.")
    elif until and placed == wanted:
        message = f"Only {wanted} top-ups are planned; more could be held by {until}."
        yield Finding(kind="top_ups_cut", session=number - 1, message=message)
    elif not until:
        first, last = date.fromordinal(reach.spans[0][0]), date.fromordinal(reach.spans[-1][1])
        message = (
            f"Top-up {number} has no usable day from {first} to {last}: the top-ups end there."
        )
        yield Finding(kind="top_up_unplaced", session=number, message=message)


def _assemble(
    course: _Chain,
    top_ups: _Chain | None,
    tariff: Tariff | None,
    top_up_findings: Sequence[Finding],
) -> CoursePlan:
    setup, request = course.setup, course.setup.request
    protocol, clinic = setup.protocol, setup.clinic
    sessions = tuple(_sessions(course, 1))
    later = tuple(_sessions(top_ups, setup.sessions))[1:] if top_ups else ()
    visits = sessions + later
    cost = _cost(setup, sessions)
    closed = tuple(_closed(setup, visits))
    findings = [
        *_request_findings(setup),
        *_session_findings(visits),
        *top_up_findings,
        *(_money_findings(setup, tariff, cost) if not request.no_prices else ()),
        *_holiday_findings(closed),
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


def _sessions(chain: _Chain, number: int) -> Iterator[Session]:
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


def _window(chain: _Chain, place: int) -> tuple[Window, int]:
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


def _why(chain: _Chain, place: int) -> Iterator[str]:
    setup, day = chain.setup, chain.dates[place]
    if place:
        name = chain.names[place]
        yield from gap_reasons(chain.task, setup.availability, place, chain.dates, name)
        if getattr(chain.rules[place], "after_improvement", False):
            yield "only if the skin has improved"
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
    """Top-ups are paid as they come: no deposit is due for them on the day of planning."""
    cost = _cost(setup, later)
    return cost.model_copy(update={"deposit": None, "instalments": None}) if cost else None


def _closed(setup: Setup, visits: Sequence[Session]) -> Iterator[ClosedDay]:
    first = visits[0].date.replace(day=1)
    last = visits[-1].date
    month_end = last.replace(day=28) + timedelta(days=4)
    last = month_end - timedelta(days=month_end.day)
    for day, reason in setup.availability.closed_days(first, last):
        yield ClosedDay(date=day, reason=reason)


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


def _alternatives(course: _Chain) -> Iterator[Alternative]:
    wanted = course.setup.request.alternatives
    if not wanted:
        return
    task, availability = course.task, course.setup.availability
    found = []
    for day in task.days_for(0, task.first, task.last):
        if day == course.dates[0]:
            continue
        dates = best_dates(replace(task, pins={**task.pins, 0: day}))
        if dates:
            found.append((measure(task, dates), dates))
    for _, dates in sorted(found)[:wanted]:
        timed = availability.timed
        yield Alternative(
            dates=tuple(date.fromordinal(day) for day in dates),
            starts=tuple(availability.instants(day)[0] if timed else None for day in dates),
            objective=_objective(task, dates),
        )


def _assumptions(course: _Chain, top_ups: _Chain | None) -> Iterator[str]:
    protocol = course.setup.protocol
    tables: dict[str, Sourced] = {"sessions": protocol.sessions}
    tables.update({f"phase {phase.name}": phase for phase in course.setup.phases})
    if top_ups and protocol.top_up:
        tables["top-ups"] = protocol.top_up
    if protocol.results:
        tables["results"] = protocol.results
    for name, table in tables.items():
        if table.assumption:
            yield f"{name}: {table.assumption}"


def _request_findings(setup: Setup) -> Iterator[Finding]:
    protocol, request = setup.protocol, setup.request
    if setup.clinic.is_default:
        message = "No clinic file: Monday to Friday 09:00-17:00, no holidays, times in UTC."
        yield Finding(kind="no_clinic", message=message)
    if protocol.replaces_packaged:
        message = f"The rules of {protocol.id} come from a given file, not from the packaged one."
        yield Finding(kind="replaced_protocol", message=message)
    if setup.start < setup.as_of:
        message = f"The start, {setup.start}, lies before the day of planning, {setup.as_of}."
        yield Finding(kind="start_before_as_of", session=1, message=message)
    asked = request.sessions or protocol.sessions.usual
    if setup.sessions < asked:
        message = f"The budget of {request.budget} pays for {setup.sessions} of {asked} sessions."
        yield Finding(kind="budget_cut", message=message)
    if protocol.no_published_interval:
        names = ", ".join(protocol.no_published_interval)
        message = f"No interval of their own is published for {names}: the general one is used."
        yield Finding(kind="no_published_interval", message=message)


def _session_findings(visits: Sequence[Session]) -> Iterator[Finding]:
    for session in visits:
        if session.late_days:
            message = (
                f"Session {session.number} is {session.late_days} days past its window,"
                f" which ends on {session.window.latest}."
            )
            yield Finding(kind="late", session=session.number, message=message)
    provisional = [str(session.number) for session in visits if session.provisional]
    if provisional:
        message = f"Provisional until improvement is recorded: session {', '.join(provisional)}."
        yield Finding(kind="provisional", session=int(provisional[0]), message=message)


def _money_findings(
    setup: Setup, tariff: Tariff | None, cost: CostEstimate | None
) -> Iterator[Finding]:
    protocol, clinic = setup.protocol, setup.clinic
    wanted = wanted_currency(protocol, clinic, setup.request.currency)
    if tariff is None:
        inside = f" in {wanted}" if wanted else ""
        known = ", ".join(dict.fromkeys(price.currency for price in protocol.prices))
        hint = f" Prices are known in {known}." if known else ""
        message = f"No price{inside} is known for {protocol.id}: no cost is given.{hint}"
        yield Finding(kind="no_price", message=message)
    elif protocol.id in clinic.prices and tariff.basis == "published":
        message = (
            f"The clinic's price is in {clinic.currency}; the published one in {wanted} is shown."
        )
        yield Finding(kind="clinic_price_unused", message=message)
    if cost and (course := cost.published_course):
        published = f"{course.low} to {course.high} {cost.currency}"
        if cost.high < course.low or cost.low > course.high:
            message = f"The sum lies outside the published price of a course, {published}."
            yield Finding(kind="outside_published", message=message)


def _holiday_findings(closed: Sequence[ClosedDay]) -> Iterator[Finding]:
    for day in closed:
        if "(estimated)" in day.reason:
            message = f"The date of {day.reason} on {day.date} is not certain yet."
            yield Finding(kind="estimated_holiday", message=message)
