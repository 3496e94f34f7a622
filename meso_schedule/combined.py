"""Plan several protocols as one calendar."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from meso_schedule.assembly import assemble
from meso_schedule.busy import BusySource
from meso_schedule.chains import Chain
from meso_schedule.clinic import Clinic
from meso_schedule.costs import Tariff, find_tariff
from meso_schedule.course import CoursePlan, Finding
from meso_schedule.errors import NoCalendarFound
from meso_schedule.joint import Calendar
from meso_schedule.joint_conflicts import no_calendar_together, proven_conflict
from meso_schedule.joint_search import MOST_STEPS, OutOfWork
from meso_schedule.joint_top_ups import TopUps, missing_rule_findings, place_top_ups
from meso_schedule.merging import merged
from meso_schedule.planner import plan_course, top_up_findings
from meso_schedule.programme import Joined, join
from meso_schedule.request import CourseRequest
from meso_schedule.rules import Protocol
from meso_schedule.spacing import Block, Pair, blocks_around
from meso_schedule.tasks import Setup, availability_for

_FEW_STEPS = 20_000


def plan_combined(
    protocols: Sequence[Protocol],
    request: CourseRequest,
    *,
    clinic: Clinic | None = None,
    as_of: date,
    busy: Sequence[BusySource] = (),
    known: Mapping[str, Protocol] | None = None,
    most_steps: int = MOST_STEPS,
) -> CoursePlan:
    """Return the best calendar of one to four protocols for one patient.

    Each protocol keeps its own windows, and any two the distance that spacing rules ask for.
    The criteria of a single course are summed over the protocols; after the days from the start
    comes the number of visits, and the earliest dates are compared in the order given.

    Args:
        protocols: One to four, in the order of their labels.
        request: What is asked of all; its `protocol` may give each its own sessions and start.
        clinic: Hours, closures, prices and spacing rules; left out, Monday to Friday in UTC.
        as_of: The day of asking.
        busy: Calendars whose events leave no room for a session.
        known: Protocols besides the packaged ones that treatments given elsewhere may name.
        most_steps: The bound of work; past it the plan is the best one found, and says so.

    Raises:
        InputError: When the request does not go with the protocols.
        NoCalendarFits: When no calendar keeps every rule.
        NoCalendarFound: When the bound of work was passed before any calendar was found.
    """
    clinic = clinic or Clinic.default()
    if len(protocols) == 1:
        return plan_course(
            protocols[0], request, clinic=clinic, as_of=as_of, busy=busy, known=known
        )
    joined = join(protocols, request, clinic, as_of, known=known or {}, busy=busy)
    calendar = _calendar(joined, most_steps)
    tariffs = [find_tariff(protocol, clinic, request.currency) for protocol in protocols]
    placed = [list(days) for days in calendar.dates]
    top_ups: list[TopUps | None] = []
    for place, days in enumerate(calendar.dates):
        setup = _beside(joined, place, placed)
        found = place_top_ups(joined, place, setup, days[-1], _taken(placed))
        top_ups.append(found)
        if found:
            placed[place] += found.dates
    parts = [
        _part(_beside(joined, place, placed), calendar.dates[place], top_ups[place], tariffs[place])
        for place in range(len(protocols))
    ]
    return merged(joined, calendar, parts, list(missing_rule_findings(joined)))


def _calendar(joined: Joined, most_steps: int) -> Calendar:
    """Return the best calendar; a hard one is begun only when no two or three rule it out."""
    try:
        calendar = joined.best(min(most_steps, _FEW_STEPS))
    except OutOfWork:
        if conflict := proven_conflict(joined):
            raise conflict from None
        try:
            calendar = joined.best(most_steps, or_any=True)
        except OutOfWork:
            raise NoCalendarFound(most_steps) from None
    if calendar is None:
        raise no_calendar_together(joined)
    return calendar


def _taken(placed: Sequence[Sequence[int]]) -> dict[int, int]:
    """Return what each day holds, as bits."""
    taken: dict[int, int] = {}
    for place, days in enumerate(placed):
        for day in days:
            taken[day] = taken.get(day, 0) | 1 << place
    return taken


def _beside(joined: Joined, place: int, placed: Sequence[Sequence[int]]) -> Setup:
    """Return one protocol's setup with the days left out that the others, as placed, keep free."""
    setup = joined.setups[place]
    blocks: list[Block] = list(setup.blocks)
    for other, days in enumerate(placed):
        if other != place:
            pair = _seen_from(joined, place, other)
            for day in days:
                blocks += blocks_around(pair, date.fromordinal(day))
    availability = availability_for(setup.protocol, setup.request, setup.clinic, setup.busy, blocks)
    return replace(setup, availability=availability, blocks=tuple(blocks))


def _seen_from(joined: Joined, place: int, other: int) -> Pair:
    if place < other:
        return joined.pairs[place, other]
    pair = joined.pairs[other, place]
    return replace(pair, first=pair.other, other=pair.first, after=pair.before, before=pair.after)


def _part(
    setup: Setup, dates: list[int], top_ups: TopUps | None, tariff: Tariff | None
) -> CoursePlan:
    """Return the plan of one protocol inside the combined one."""
    task = setup.task()
    if setup.is_free:
        task = replace(task, last=dates[0])
    price = tariff.session if tariff and not setup.request.no_prices else None
    course = Chain(setup, task, dates, 1, setup.rules, price)
    later, findings = None, list[Finding]()
    if top_ups:
        number = setup.sessions + 1
        if top_ups.reach:
            findings = list(top_up_findings(setup, number, top_ups.wanted, top_ups.reach))
        if top_ups.dates:
            rules = [top_ups.rule] * len(top_ups.dates)
            later = Chain(setup, top_ups.task, top_ups.dates, number, rules, price)
    return assemble(setup, course, later, findings, tariff)
