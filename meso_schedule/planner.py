"""Plan one course: search, then cost, care and findings, into one `CoursePlan`."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from meso_schedule.assembly import Chain, assemble
from meso_schedule.busy import BusySource
from meso_schedule.clinic import Clinic
from meso_schedule.conflicts import no_calendar
from meso_schedule.costs import Tariff, find_tariff, total_cost
from meso_schedule.course import CoursePlan, Finding
from meso_schedule.dates import LAST_ORDINAL
from meso_schedule.errors import BudgetTooSmallError, FormatError, InputError
from meso_schedule.money import in_currency
from meso_schedule.phrases import phrase
from meso_schedule.reach import Reach, reachable, shortened
from meso_schedule.request import CourseRequest
from meso_schedule.rule_checks import MAX_SESSIONS
from meso_schedule.rules import Protocol
from meso_schedule.search import Task, best_dates
from meso_schedule.tasks import Setup, set_up
from meso_schedule.windows import GapWindows


def plan_course(
    protocol: Protocol,
    request: CourseRequest,
    *,
    clinic: Clinic | None = None,
    as_of: date,
    busy: Sequence[BusySource] = (),
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
    clinic = clinic or Clinic.default()
    setup = set_up(protocol, request, clinic, as_of, busy=busy)
    tariff = find_tariff(protocol, clinic, request.currency)
    if request.budget is not None:
        affordable = _affordable(setup, tariff)
        if affordable < setup.sessions:
            setup = set_up(protocol, request, clinic, as_of, sessions=affordable, busy=busy)
    task = setup.task()
    dates = best_dates(task)
    if dates is None:
        raise no_calendar(setup)
    if setup.is_backwards:
        task = replace(task, last=dates[0])
    price = tariff.session if tariff and not request.no_prices else None
    course = Chain(setup, task, dates, [phase.name for phase in setup.phases], setup.phases, price)
    top_ups, top_up_findings = _top_ups(course)
    return assemble(course, top_ups, tariff, top_up_findings)


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
    try:
        in_currency(budget, tariff.currency)
    except FormatError as error:
        raise InputError.of(
            error.code, error.problem, field="budget", value=budget, remedy=error.remedy
        ) from None
    for count in range(setup.sessions, least - 1, -1):
        if total_cost(tariff, setup.clinic, count).high <= budget:
            break
    else:
        needed = total_cost(tariff, setup.clinic, least).high
        raise BudgetTooSmallError(budget, tariff.currency, least, needed)
    # Fewer sessions would also give another number to a top-up that is pinned.
    pinned = [pin.session for pin in setup.request.pin if pin.session > count < setup.sessions]
    if pinned:
        kept = min(max(pinned), setup.sessions)
        needed = total_cost(tariff, setup.clinic, kept).high
        raise BudgetTooSmallError(budget, tariff.currency, kept, needed)
    return count


def _top_ups(course: Chain) -> tuple[Chain | None, list[Finding]]:
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


def _top_up_chain(course: Chain, task: Task, dates: list[int]) -> Chain:
    gap = task.gaps[0].gap
    names, rules = ["top-up"] * len(dates), [gap] * len(dates)
    return Chain(course.setup, task, dates, names, rules, course.price)


def _top_up_findings(setup: Setup, wanted: int, reach: Reach) -> Iterator[Finding]:
    placed = len(reach.layers) - 1
    number = setup.sessions + placed + 1
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
        first, last = date.fromordinal(reach.spans[0][0]), date.fromordinal(reach.spans[-1][1])
        message = phrase(
            "Top-up {number} has no usable day from {first} to {last}: the top-ups end there.",
            number=number,
            first=first,
            last=last,
        )
        yield Finding(kind="top_up_unplaced", session=number, message=message)
