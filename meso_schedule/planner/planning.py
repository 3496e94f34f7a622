"""Plan one course: search, then cost, care and findings, into one `CoursePlan`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from meso_schedule.base.busy_times import BusySource
from meso_schedule.base.errors import BudgetTooSmallError, FormatError, InputError
from meso_schedule.base.money import in_currency
from meso_schedule.base.phrases import phrase
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.costs.estimate import Tariff, find_tariff, total_cost
from meso_schedule.course.bill import MoneyRange
from meso_schedule.course.course_plan import CoursePlan, Finding
from meso_schedule.course.request import CourseRequest
from meso_schedule.planner.assembly import assemble
from meso_schedule.planner.conflicts import no_calendar
from meso_schedule.planner.sessions import PlacedTrack
from meso_schedule.planner.setup import Setup, set_up, top_up_task
from meso_schedule.rules.protocol import Protocol
from meso_schedule.search.feasibility import Reach, reachable, shortened
from meso_schedule.search.single_track import best_dates


def plan_course(
    protocol: Protocol,
    request: CourseRequest,
    *,
    clinic: Clinic | None = None,
    as_of: date,
    busy: Sequence[BusySource] = (),
    known: Mapping[str, Protocol] | None = None,
) -> CoursePlan:
    """Return the best calendar of a course, with its reasons, cost and care.

    The calendar keeps every window, open day and wish given as a rule; among all that do,
    it is the one that a fixed order of criteria puts first, so the answer is unique.

    Args:
        protocol: The recipe.
        request: What the patient asks for.
        clinic: Hours, closures and prices; left out, Monday to Friday 09:00-17:00 in UTC.
        as_of: The day of asking.
        busy: Calendars whose events leave no room for a session, as `read_busy` returns them;
            single times go into the request.
        known: Protocols besides the packaged ones that treatments given elsewhere may name.

    Raises:
        InputError: When the request does not go with the protocol, or a calendar repeats
            without bounds.
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
    setup, tariff = prepared(protocol, request, clinic, as_of, busy, known=known)
    return assemble(setup, *placed(setup, tariff), tariff)


def prepared(
    protocol: Protocol,
    request: CourseRequest,
    clinic: Clinic | None,
    as_of: date,
    busy: Sequence[BusySource],
    *,
    known: Mapping[str, Protocol] | None = None,
) -> tuple[Setup, Tariff | None]:
    """Return a request ready to be planned, cut to its budget, and the prices that hold.

    Raises:
        InputError: When the request does not go with the protocol.
        BudgetTooSmallError: When the budget does not pay for the fewest sessions.
    """
    clinic = clinic or Clinic.default()
    setup = set_up(protocol, request, clinic, as_of, busy=busy, known=known)
    tariff = find_tariff(protocol, clinic, request.currency)
    if request.budget is not None:
        affordable = _affordable(setup, tariff)
        if affordable < setup.sessions:
            setup = set_up(
                protocol, request, clinic, as_of, sessions=affordable, busy=busy, known=known
            )
    return setup, tariff


def placed(
    setup: Setup, tariff: Tariff | None
) -> tuple[PlacedTrack | None, PlacedTrack | None, list[Finding]]:
    """Return the best calendar of the course sessions to come, and of the top-ups after them.

    Args:
        setup: What is asked.
        tariff: The prices that hold; None when none are known.

    Raises:
        NoCalendarFits: When no calendar keeps every rule.
    """
    price = tariff.session if tariff and not setup.request.no_prices else None
    course = None if setup.is_complete else _course(setup, price)
    return course, *_top_ups(setup, course, price)


def _course(setup: Setup, price: MoneyRange | None) -> PlacedTrack:
    task = setup.task()
    dates = best_dates(task)
    if dates is None:
        raise no_calendar(setup)
    if setup.is_free:
        task = replace(task, last=dates[0])
    return PlacedTrack(setup, task, dates, setup.next_number, setup.rules, price)


def _affordable(setup: Setup, tariff: Tariff | None) -> int:
    """Return the most sessions, up to those asked for, that the budget pays for."""
    budget, least = setup.request.budget, setup.protocol.sessions.minimum
    # Sessions held are paid for whether they count or not, and cannot be cut.
    repeats = setup.repeats
    if standing := setup.standing:
        least = max(least, min(standing.furthest, setup.sessions))
    assert budget is not None, "asked only with a budget"
    if tariff is None:
        raise InputError.of(
            "no_price",
            f"No price of {setup.protocol.id} is known to hold the budget against.",
            field="budget",
            value=budget,
            remedy="Give a clinic file with its price, or another currency.",
        )
    try:
        in_currency(budget, tariff.currency)
    except FormatError as error:
        raise InputError.of(
            error.code, error.problem, field="budget", value=budget, remedy=error.remedy
        ) from None
    for count in range(setup.sessions, least - 1, -1):
        if total_cost(tariff, setup.clinic, count + repeats).high <= budget:
            break
    else:
        needed = total_cost(tariff, setup.clinic, least + repeats).high
        raise BudgetTooSmallError(budget, tariff.currency, least, needed)
    # Fewer sessions would also give another number to a top-up that is pinned.
    pinned = [pin.session for pin in setup.request.pin if pin.session > count < setup.sessions]
    if pinned:
        kept = min(max(pinned), setup.sessions)
        needed = total_cost(tariff, setup.clinic, kept + repeats).high
        raise BudgetTooSmallError(budget, tariff.currency, kept, needed)
    return count


def _top_ups(
    setup: Setup, course: PlacedTrack | None, price: MoneyRange | None
) -> tuple[PlacedTrack | None, list[Finding]]:
    asked = top_up_task(setup, course.dates[-1] if course else None)
    if asked is None:
        return None, []
    number, whole, wanted = asked.number, asked.task, asked.task.count
    dates = None if setup.request.until else best_dates(whole)
    if dates:
        return PlacedTrack(setup, whole, dates, number, [asked.rule] * wanted, price), []
    reach = reachable(whole)
    count = len(reach.layers)
    findings = list(top_up_findings(setup, number, wanted, reach))
    task = shortened(whole, count)
    dates = best_dates(task) if count else None
    chain = PlacedTrack(setup, task, dates, number, [asked.rule] * count, price) if dates else None
    return chain, findings


def top_up_findings(setup: Setup, first: int, wanted: int, reach: Reach) -> Iterator[Finding]:
    """Say why there are fewer top-ups than asked for."""
    placed = len(reach.layers)
    number = first + placed
    until = setup.request.until
    if until and not placed:
        yield Finding(
            kind="no_top_up", message=phrase("No top-up can be held by {day}.", day=until)
        )
    elif until and placed == wanted:
        message = phrase(
            "Only {count} top-ups are planned; more could be held by {day}.",
            count=wanted,
            day=until,
        )
        yield Finding(kind="top_ups_cut", session=number - 1, message=message)
    elif not until:
        begin, end = reach.spans[0][0], reach.spans[-1][1]
        message = phrase(
            "Top-up {number} has no usable day from {first} to {last}: the top-ups end there.",
            number=number,
            first=date.fromordinal(min(begin, end)),
            last=date.fromordinal(max(begin, end)),
        )
        yield Finding(kind="top_up_unplaced", session=number, message=message)
