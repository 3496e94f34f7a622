"""A course of the book as a plan that can be printed."""

from zoneinfo import ZoneInfo

from meso_schedule.availability.start_times import elapsed, wall
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.prices import redeemed_price
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.course_plan import CoursePlan, PlannedConsultation, Session
from meso_schedule.course.no_calendar import NoCalendarFits
from meso_schedule.course.request import MAX_DAYS
from meso_schedule.planner.replan import Replan
from meso_schedule.running.account import statement_of
from meso_schedule.running.appointments import numbered_as_booked
from meso_schedule.running.course_progress import CourseProgress
from meso_schedule.running.course_replan import replan_of
from meso_schedule.running.moving import move_of
from meso_schedule.running.names import as_in_the_book, change_in_the_book
from meso_schedule.running.room import NoRoomError


def plan_as_booked(course: CourseProgress, clinic: Clinic | None) -> CoursePlan:
    """Return the plan whose sessions are on the days that are booked.

    Raises:
        RefusedError: When a session to come has no day, or one that no longer keeps the rules.
    """
    for one in course.treatments:
        for session in one.passed_over:
            mark = one.mark(session.number)
            raise _not_as_booked(course, f"Session {mark} on {session.date} was passed over.")
    made = _fixed_plan(course, clinic)
    for change in made.changes:
        mark = f"{change.label or ''}{change.number + course.offsets[change.label]}"
        why = change_in_the_book(change, course).why
        problem = {
            "new": f"Session {mark} has no day yet.",
            "moved": f"Session {mark} cannot stay on {change.before}: {'; '.join(why)}.",
            "dropped": f"Session {mark} on {change.before} is no longer needed.",
        }[change.kind]
        raise _not_as_booked(course, problem)
    account = statement_of(course.state, course.as_of)
    starts = {(one.label, it.date): it.start for one in course.treatments for it in one.held}
    held = (
        it.model_copy(update={"start": starts.get((it.label, it.date))}) for it in made.plan.history
    )
    told = {
        "booked": True,
        "account": account,
        "consultation": _consultation(course),
        "history": tuple(held),
    }
    return made.plan.model_copy(update=told)


def without_improvement(course: CourseProgress, clinic: Clinic | None) -> tuple[Session, ...]:
    """Return where the sessions to come are if the skin has not improved, by the book's numbers.

    Empty where nothing waits for improvement, and where there is no such calendar.
    """
    if not any(session.provisional for session in course.state.upcoming):
        return ()
    try:
        plan = _fixed_plan(course, clinic).plan
    except RefusedError:
        return ()
    return numbered_as_booked(plan, course.offsets).without_improvement or ()


def _consultation(course: CourseProgress) -> PlannedConsultation | None:
    """Return the consultation while it is to come."""
    visit = course.state.consultation
    if visit is None or visit.status != "booked":
        return None
    zone = ZoneInfo(course.state.timezone or "UTC")
    start = wall(visit.date, visit.start.minutes, zone) if visit.start else None
    return PlannedConsultation.made(
        date=visit.date,
        start=start,
        end=elapsed(start, visit.minutes, zone) if start else None,
        minutes=visit.minutes,
        price=visit.price,
        currency=visit.currency,
        reflection=visit.reflection.words,
        redeemed=bool(redeemed_price(course.state)),
        practitioner=visit.takes.practitioner if visit.takes else None,
    )


def _fixed_plan(course: CourseProgress, clinic: Clinic | None) -> Replan:
    """Return the calendar in which every booked day stays.

    Raises:
        RefusedError: When there is none: with the first session that cannot stay, and why.
    """
    try:
        return replan_of(course, clinic=clinic, is_fixed=True)
    except NoCalendarFits as error:
        told = as_in_the_book(error, course)
    try:
        # A session moved past its window by hand stays there, up to its lapse.
        made = replan_of(course, clinic=clinic, late=MAX_DAYS, is_fixed=True)
    except NoCalendarFits:
        problem = _first_refusal(course, clinic) or str(told)
        raise _not_as_booked(course, problem) from None
    return made.model_copy(update={"plan": _without_slack(made.plan)})


def _without_slack(plan: CoursePlan) -> CoursePlan:
    """Return a plan that tells no other days: so late as its days are nobody agreed to others."""
    left_out = {"slack_days": None, "backup": None}
    visits = tuple(visit.model_copy(update=left_out) for visit in plan.sessions)
    return plan.model_copy(update={"sessions": visits})


def _first_refusal(course: CourseProgress, clinic: Clinic | None) -> str | None:
    """Return why the first session that cannot be where it is booked could not be moved there."""
    for one in course.treatments:
        for session in one.ahead:
            try:
                move_of(
                    course,
                    one,
                    session.number,
                    session.date,
                    at=session.start,
                    late=True,
                    clinic=clinic,
                    by_hand=session.pinned,
                )
            except (RefusedError, NoRoomError) as error:
                return f"Session {one.mark(session.number)}: {error.faults[0].message}"
    return None


def _not_as_booked(course: CourseProgress, problem: str) -> RefusedError:
    name = course.state.course
    return RefusedError(
        "not_as_booked",
        f"The course {name} cannot be printed as it is booked. {problem}",
        "Record what was held or missed, then replan the course.",
        field="course",
        value=name,
    )
