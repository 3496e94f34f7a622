"""What a course under way asks of the planner, and the calendar that moves as little as it can."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from meso_schedule.base.busy_times import BusySource
from meso_schedule.base.times import MIDNIGHT, Clock
from meso_schedule.book.state import CourseState
from meso_schedule.book.takings import visits_of
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.no_calendar import NoCalendarFits
from meso_schedule.course.request import WORDS, CourseRequest, left_out
from meso_schedule.course.wishes import Wanted
from meso_schedule.planner.programme_setup import ProgrammeSetup
from meso_schedule.planner.progress import Progress
from meso_schedule.planner.replan import Replan, programme_begun, replan_combined
from meso_schedule.rules.protocol import Protocol
from meso_schedule.running.course_progress import CourseProgress
from meso_schedule.running.course_spacing import spacing_known
from meso_schedule.running.treatment_progress import TreatmentProgress, as_agreed, bookings_of

# A session of the book: its protocol and its number.
Name = tuple[str, int]


def replan_of(
    course: CourseProgress,
    *,
    clinic: Clinic | None,
    busy: Sequence[BusySource] = (),
    release: Collection[Name] = (),
    late: int | None = None,
    is_fixed: bool = False,
    asked_at: Clock = MIDNIGHT,
) -> Replan:
    """Return the calendar of a course that moves as few booked sessions as it can.

    Args:
        course: The course, as it is asked for now.
        clinic: Hours, closures, spacing rules and notice, as they are now.
        busy: Calendars whose events leave no room for a session.
        release: Sessions that may move although they would have to stay.
        late: The lateness allowed, when it is not that of the course.
        is_fixed: Whether every booked session has to stay.
        asked_at: The time of asking.

    Raises:
        InputError: When what is asked does not go with the course.
        NoCalendarFits: When no calendar keeps every rule.
    """
    begun = _begun(course, release, asked_at, is_fixed=is_fixed)
    clinic = _making_room(clinic, course.state)
    asked = _asked(course, begun)
    if is_fixed:
        asked = asked.changed(**without_gone(asked, clinic))
    asked = _with_main(asked, course.state, clinic)
    if late is not None:
        # The start is widened as well: lateness alone does not.
        room = {"start_within": late} if asked.start else {}
        asked = asked.model_copy(update={"late": late, **room})
    clinic = spacing_known(clinic, course.state) if clinic else None
    return replan_combined(
        [one.protocol for one in course.treatments],
        asked,
        begun,
        clinic=clinic,
        as_of=course.as_of,
        busy=busy,
        known=_known(course),
    )


def programme_of_course(
    course: CourseProgress,
    clinic: Clinic,
    busy: Sequence[BusySource],
    release: Collection[Name],
    asked_at: Clock,
) -> ProgrammeSetup:
    """Return what `replan_of` asks the planner.

    Args:
        course: The course, as it is asked for now.
        clinic: Hours, closures, spacing rules and notice, as they are now.
        busy: Calendars whose events leave no room for a session.
        release: Sessions that may move although they would have to stay.
        asked_at: The time of asking.

    Raises:
        InputError: When what is asked does not go with the course.
    """
    begun = _begun(course, release, asked_at)
    return programme_begun(
        [one.protocol for one in course.treatments],
        _with_main(_asked(course, begun), course.state, clinic),
        begun,
        clinic=spacing_known(clinic, course.state),
        as_of=course.as_of,
        busy=busy,
        known=_known(course),
    )


def _known(course: CourseProgress) -> Mapping[str, Protocol]:
    return {**course.elsewhere.known, **course.treatments[0].known}


def _begun(
    course: CourseProgress, release: Collection[Name], asked_at: Clock, *, is_fixed: bool = False
) -> dict[str, Progress]:
    return {
        one.protocol.id: _progress_of(one, release, asked_at, is_fixed=is_fixed)
        for one in course.treatments
    }


def without_gone(asked: CourseRequest, clinic: Clinic | None) -> dict[str, None]:
    """Return what is asked anew where the practitioner who was asked for is there no more."""
    names = [who.id for who in clinic.practitioners] if clinic else []
    is_gone = asked.practitioner and asked.practitioner not in names
    return {"practitioner": None} if is_gone else {}


def _making_room(clinic: Clinic | None, state: CourseState) -> Clinic | None:
    """Return a clinic where what was booked by hand over others finds its time free: it stays."""
    over = [(it.begin, it.end) for it in visits_of(state) if it.takes.overlaps]
    return clinic.with_booked(clinic.booked.freed(over)) if clinic and over else clinic


def _with_main(asked: CourseRequest, state: CourseState, clinic: Clinic | None) -> CourseRequest:
    """Return what is asked with the practitioner of the last session held, where none is asked."""
    names = [who.id for who in clinic.practitioners] if clinic else []
    given = [it for it in state.held if it.takes and it.takes.practitioner in names]
    last = max(given, key=lambda it: (it.date, it.number), default=None)
    if asked.practitioner or last is None or last.takes is None:
        return asked
    return asked.model_copy(update={"practitioner": last.takes.practitioner})


def can_stay(course: CourseProgress, clinic: Clinic | None) -> bool:
    """Tell whether every booked session can stay on its day, and none is wanting."""
    try:
        made = replan_of(course, clinic=clinic, is_fixed=True)
    except NoCalendarFits:
        return False
    return not made.changes


def no_longer_fits(course: CourseProgress, clinic: Clinic | None) -> bool:
    """Tell whether some booked day of the sessions to come no longer keeps the rules.

    A day that is past is to be recorded first, and says nothing of the others.
    """
    days = [session.date for session in course.state.upcoming]
    if not days or min(days) < course.as_of:
        return False
    try:
        made = replan_of(course, clinic=clinic, is_fixed=True)
    except NoCalendarFits:
        return True
    return any(change.kind != "new" for change in made.changes)


def _progress_of(
    one: TreatmentProgress, release: Collection[Name], asked_at: Clock, *, is_fixed: bool
) -> Progress:
    return one.progress._replace(
        booked=bookings_of(one),
        stays=is_fixed,
        release=frozenset(
            number - one.offset for name, number in release if name == one.protocol.id
        ),
        asked_at=asked_at,
        validity=one.validity,
        pauses=one.state.rests(one.as_of),
        prepared=one.prepared,
    )


def _asked(course: CourseProgress, begun: Mapping[str, Progress]) -> CourseRequest:
    """Return what is asked; what has neither begun nor days does not begin in the past."""
    agreed = as_agreed(course.state, course.asked)
    asked = course.elsewhere.beside(course.asked).changed(**agreed, **left_out(WORDS))
    wanted = (
        _later(wish, asked.start, course.as_of) if _is_idle(begun[wish.protocol]) else wish
        for wish in asked.wanted
    )
    return asked.model_copy(update={"protocol": tuple(map(str, wanted))})


def _is_idle(own: Progress) -> bool:
    return not own.held and not own.booked


def _later(wish: Wanted, start: date | None, as_of: date) -> Wanted:
    begin = wish.start or start
    return Wanted(wish.protocol, wish.sessions, as_of) if begin and begin < as_of else wish
