"""Plan several protocols as one calendar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from meso_schedule.base.busy_times import BusySource
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.costs.estimate import find_tariff
from meso_schedule.course.bill import MoneyRange
from meso_schedule.course.course_plan import CoursePlan, Finding
from meso_schedule.course.no_calendar import NoCalendarFound
from meso_schedule.course.request import CourseRequest
from meso_schedule.planner.assembly import assemble
from meso_schedule.planner.merging import merged
from meso_schedule.planner.planning import plan_course, top_up_findings
from meso_schedule.planner.programme_conflicts import no_calendar_for, proven_conflict
from meso_schedule.planner.programme_setup import ProgrammeSetup, blocks_of, join, without_days_of
from meso_schedule.planner.sessions import PlacedTrack
from meso_schedule.planner.setup import Setup
from meso_schedule.planner.top_ups import (
    Taken,
    TopUps,
    missing_rule_findings,
    own_guest,
    place_top_ups,
)
from meso_schedule.rules.protocol import Protocol
from meso_schedule.search.best_first import MOST_STEPS, OutOfWork
from meso_schedule.search.programme import Guest
from meso_schedule.search.states import Calendar

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
        request: What is asked of all; its `protocol` may give each its own sessions and start,
            and `held` says of each session held whose it was.
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
    programme = join(protocols, request, clinic, as_of, known=known or {}, busy=busy)
    return placed_programme(programme, most_steps).plan


@dataclass(frozen=True, slots=True)
class PlacedProgramme:
    """Several protocols in one calendar.

    Args:
        plan: The whole.
        parts: The plan of each protocol.
        courses: The course sessions to come of each; None where all are held.
        top_ups: The top-ups to come of each; None where there are none.
        taken: Who is treated on each day.
    """

    plan: CoursePlan
    parts: tuple[CoursePlan, ...]
    courses: tuple[PlacedTrack | None, ...]
    top_ups: tuple[PlacedTrack | None, ...]
    taken: Taken


def placed_programme(programme: ProgrammeSetup, most_steps: int) -> PlacedProgramme:
    """Return the best calendar of what is asked together, with its top-ups.

    Raises:
        NoCalendarFits: When no calendar keeps every rule.
        NoCalendarFound: When the bound of work was passed before any calendar was found.
    """
    calendar = _calendar(programme, most_steps)
    taken = _taken(programme, calendar)
    placed = [list(days) for days in calendar.dates]
    found = _top_ups_beside(programme, placed, taken)
    parts: list[CoursePlan] = []
    courses, later = [], []
    for place, days in enumerate(calendar.dates):
        setup = _beside(programme, place, placed)
        tariff = find_tariff(setup.protocol, setup.clinic, setup.request.currency)
        price = tariff.session if tariff and not setup.request.no_prices else None
        courses.append(_course(setup, days, price))
        later.append(_top_ups(setup, found[place], price))
        findings = _top_up_findings(setup, found[place])
        parts.append(assemble(setup, courses[-1], later[-1], findings, tariff, beside=parts))
    guests = {date.fromordinal(day): who for day, who in taken.items()}
    plan = merged(programme, calendar, parts, guests, list(missing_rule_findings(programme)))
    return PlacedProgramme(plan, tuple(parts), tuple(courses), tuple(later), taken)


def _top_ups_beside(
    programme: ProgrammeSetup, placed: list[list[int]], taken: Taken
) -> list[TopUps | None]:
    """Return the top-ups of each protocol, and add them to what is placed."""
    top_ups: list[TopUps | None] = []
    for place, days in enumerate([list(days) for days in placed]):
        setup = _beside(programme, place, placed)
        found = place_top_ups(programme, place, setup, days[-1] if days else None, taken)
        top_ups.append(found)
        if found:
            placed[place] += found.dates
            for number, day in enumerate(found.dates, found.number):
                guest = own_guest(place, programme.booked_minute(place, number, day))
                taken.setdefault(day, []).append(guest)
    return top_ups


def _calendar(programme: ProgrammeSetup, most_steps: int) -> Calendar:
    """Return the best calendar; a hard one is begun only when no two or three rule it out."""
    try:
        calendar = programme.best(min(most_steps, _FEW_STEPS))
    except OutOfWork:
        if conflict := proven_conflict(programme):
            raise conflict from None
        try:
            calendar = programme.best(most_steps, or_any=True)
        except OutOfWork:
            raise NoCalendarFound(most_steps) from None
    if calendar is None:
        raise no_calendar_for(programme)
    return calendar


def _taken(programme: ProgrammeSetup, calendar: Calendar) -> Taken:
    """Return who is treated on each day."""
    taken: Taken = {}
    for place, days in enumerate(calendar.dates):
        for number, day in enumerate(days, programme.setups[place].next_number):
            guest = Guest(place, programme.booked_minute(place, number, day))
            taken.setdefault(day, []).append(guest)
    return taken


def _beside(programme: ProgrammeSetup, place: int, placed: Sequence[Sequence[int]]) -> Setup:
    """Return one protocol's setup with the days left out that the others, as placed, keep free."""
    blocks = [
        block
        for other, days in enumerate(placed)
        if other != place
        for block in blocks_of(programme.pairs, place, other, [date.fromordinal(d) for d in days])
    ]
    return without_days_of(programme.setups[place], blocks)


def _course(setup: Setup, dates: list[int], price: MoneyRange | None) -> PlacedTrack | None:
    if not dates:
        return None
    task = setup.task()
    if setup.is_free:
        task = replace(task, last=dates[0])
    return PlacedTrack(setup, task, dates, setup.next_number, setup.rules, price)


def _top_ups(setup: Setup, top_ups: TopUps | None, price: MoneyRange | None) -> PlacedTrack | None:
    if top_ups is None or not top_ups.dates:
        return None
    rules = [top_ups.rule] * len(top_ups.dates)
    return PlacedTrack(setup, top_ups.task, top_ups.dates, top_ups.number, rules, price)


def _top_up_findings(setup: Setup, top_ups: TopUps | None) -> list[Finding]:
    if top_ups is None or top_ups.reach is None:
        return []
    return list(top_up_findings(setup, top_ups.number, top_ups.wanted, top_ups.reach))
