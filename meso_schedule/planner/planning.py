"""Plan one course, or several in one calendar: search, then cost, care and findings."""

from collections.abc import Mapping, Sequence
from datetime import date

from meso_schedule.base.busy_times import BusySource
from meso_schedule.base.errors import InputError
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.costs.tariffs import option_faults
from meso_schedule.course.course_plan import CoursePlan
from meso_schedule.course.request import CourseRequest
from meso_schedule.planner.assembly import assemble
from meso_schedule.planner.budget import within_budget
from meso_schedule.planner.given_here import given_at
from meso_schedule.planner.placing import placed_programme
from meso_schedule.planner.setting_up import programme_of
from meso_schedule.rules.protocol import Protocol
from meso_schedule.search.solving import MOST_STEPS


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
    return plan_combined([protocol], request, clinic=clinic, as_of=as_of, busy=busy, known=known)


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
        BudgetTooSmallError: When the budget does not pay for the fewest sessions.
    """
    clinic = clinic or Clinic.default()
    if faults := list(option_faults(protocols, clinic, request.option)):
        raise InputError(faults)
    given = [given_at(clinic, protocol) for protocol in protocols]
    asked = programme_of(given, request, clinic, as_of, known=known, busy=busy)
    return assemble(placed_programme(within_budget(asked, most_steps), most_steps))
