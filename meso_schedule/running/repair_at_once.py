"""A repair of all courses at once, by the search of `capacity`; each is checked by the planner."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from meso_schedule.availability.staff import Needs, Staff
from meso_schedule.base.errors import InputError
from meso_schedule.book.state import CourseSession, CourseState
from meso_schedule.book.takings import BookedVisit, occupancy_of
from meso_schedule.capacity.booked_course import BookedCourse
from meso_schedule.capacity.capacities import Capacities, Cell
from meso_schedule.capacity.column_generation import repair_together
from meso_schedule.capacity.generation import Found
from meso_schedule.capacity.places import Calendar, Placement, RepairMeasure
from meso_schedule.capacity.priced_courses import NOBODY, Others
from meso_schedule.clinic.occupancy import EMPTY
from meso_schedule.course.no_calendar import NoCalendarFits
from meso_schedule.planner.setup import Setup
from meso_schedule.planner.top_ups import with_top_ups
from meso_schedule.running.chosen_calendars import (
    ChosenCalendars,
    OtherPatients,
    booked_sessions,
    is_whole,
    remaining,
)
from meso_schedule.running.course_progress import progress_of
from meso_schedule.running.course_replan import programme_of_course
from meso_schedule.running.not_moved import BEGUN
from meso_schedule.running.repaired_course import Hit, Loss, Repaired


class AtOnce(NamedTuple):
    """A repair of all courses at once.

    Args:
        courses: What becomes of those that are hit, in their order, and of others that change.
        found: What the search said of those that it looked at.
        least: What no repair of all costs less than; None where that is not known.
        waited: How many courses the search did not look at, which took their turn.
    """

    courses: tuple[Repaired, ...]
    found: Found
    least: RepairMeasure | None
    waited: int


def repaired_at_once(
    loss: Loss, *, others: OtherPatients | None = None, known: Found | None = None
) -> AtOnce | None:
    """Return the best repair of all courses; None where the planner takes no choice that was tried.

    Args:
        loss: What falls away of a clinic that names who treats.
        others: Who else may be called; None for nobody.
        known: What was found when nobody else may.
    """
    names = {it.view.state.course for it in loss.hit}
    staying = [visit for visit in loss.visits if visit.course not in names]
    beside = _beside(loss, staying, others)
    own = {it.view.state.course: _read(it, beside, names) for it in loss.hit}
    unread = [it for it in loss.hit if own[it.view.state.course] is None]
    # They take their turn at the end; till then they keep what they have in any case.
    waiting = [visit for it in unread for visit in remaining(it)]
    priced = [course for course in own.values() if course]
    needs = [course.needs for course in priced]
    capacities = Capacities(Staff(beside.clinic, date.min), needs, [*staying, *waiting])
    planner = ChosenCalendars(_beside(loss, [*staying, *waiting], others), others)
    late = max([loss.late, *(it.view.now.asked.late for it in loss.hit)])
    found = repair_together(
        priced,
        capacities,
        check=planner.refused,
        others=_others(others, beside, capacities, late) if others else NOBODY,
        late_days=late,
        known=known,
        freed=sum(map(capacities.taken_by_visit, waiting), Counter()),
    )
    if found is None:
        return None
    courses = planner.repaired(found)
    return AtOnce(courses, found, _least(loss, found, unread, courses), len(unread))


def _least(
    loss: Loss, found: Found, unread: Sequence[Hit], courses: Sequence[Repaired]
) -> RepairMeasure | None:
    """Return what no repair costs less than, those that took their turn among them.

    These cost at least a call for each session that can't stay, or are not kept where nothing
    would keep them. How late they become is not told, so where any may no bound is.
    """
    made = {it.state.course: it for it in courses}
    turns = (it for it in loss.hit if not is_whole(it, found.calendars.get(it.view.state.course)))
    kept = (it for it in turns if not made[it.view.state.course].refusal)
    if any(loss.late or it.view.now.asked.late for it in kept):
        return None
    least, staff = found.least, Staff(loss.clinic, date.min)
    for hit in unread:
        if made[hit.view.state.course].is_impossible and not hit.view.beside:
            least = least.plus(RepairMeasure(not_kept=1))
        else:
            away = sum(_is_away(it, staff) for it in hit.lost)
            least = least.plus(RepairMeasure(changed=away))
    return least


def _is_away(session: CourseSession, staff: Staff) -> bool:
    """Tell whether a session can't stay: whoever gives it does not work at all on its day."""
    if session.takes is None:
        return staff.hours.is_shut(session.date)
    giver = session.takes.practitioner
    people = [who for who in staff.clinic.practitioners if who.id == giver]
    return not any(staff.hours.spans(who, session.date) for who in people)


def _beside(loss: Loss, staying: Sequence[BookedVisit], others: OtherPatients | None) -> Loss:
    """Return what falls away, of a clinic in which what stays is booked; nothing if all may go."""
    booked = EMPTY if others else occupancy_of(staying)
    return loss._replace(clinic=loss.clinic.with_booked(booked))


def _others(others: OtherPatients, loss: Loss, capacities: Capacities, late: int) -> Others:
    names = {BEGUN, *(it.view.state.course for it in loss.hit)}
    visits = [visit for visit in loss.visits if visit.course not in names]
    taken: dict[str, Counter[Cell]] = {}
    for visit in visits:
        taken.setdefault(visit.course, Counter()).update(capacities.taken_by_visit(visit))

    def course(name: str) -> BookedCourse | None:
        view = others.view_of(name)
        is_later = view.now.asked.late > late
        if view.state.stopped or is_later or any(it.upcoming for it in view.beside):
            return None
        return _read(Hit(view, ()), loss, set(), taken[name])

    return Others(taken, course, len(visits), others.most)


def _read(
    hit: Hit, loss: Loss, names: set[str], taken: Counter[Cell] | None = None
) -> BookedCourse | None:
    """Return a course for the search; None where it is not one that it can place.

    That is one of several treatments, with top-ups and a last day, with sessions that have no day,
    no time or nobody who gives them, or of a patient of whom another one is hit.

    Args:
        hit: The course.
        loss: What falls away, with the clinic as it is beside those that stay.
        names: All courses that are hit.
        taken: What it takes as it is booked, where it is not hit.
    """
    view = hit.view
    if any(it.course in names for it in view.beside) or len(view.now.treatments) > 1:
        return None
    asked = {**view.state.request, **loss.asked_of(view)}
    state = view.state.model_copy(update={"request": asked})
    try:
        now = progress_of(state, view.now.as_of, view.now)
        made = programme_of_course(now, loss.clinic, view.past_hours, hit.released, view.asked_at)
    except (InputError, NoCalendarFits):
        return None
    (setup,) = made.setups
    is_bound = Needs.of(setup.protocol).continuity == "same"
    mains = [made.with_main(main) for main in made.mains if is_bound] or [made]
    tasks = [task for it in mains if (task := with_top_ups(it.setups[0]))]
    places = _places(state, setup, tasks[0].count) if tasks else None
    if places is None:
        return None
    fewest = max(0, setup.sessions - setup.next_number + 1)
    return BookedCourse(
        id=state.course,
        tasks=tuple(tasks),
        booked=places,
        kept=frozenset(_kept(setup, places)),
        taken=taken or Counter(),
        remaining=tuple(remaining(hit)) if fewest else (),
        fewest=fewest if hit.lost else None,
    )


def _kept(setup: Setup, places: Calendar) -> Iterator[int]:
    """Yield the places of the sessions that have to stay, and can."""
    for number in setup.fixed:
        booking, place = setup.booked[number], number - setup.next_number
        if booking.is_kept and booking.practitioner == places[place].practitioner:
            yield place


def _places(state: CourseState, setup: Setup, count: int) -> Calendar | None:
    """Return where so many sessions are; None where any has no place, or is one more."""
    sessions = booked_sessions(state)
    numbers = range(setup.next_number, setup.next_number + count)
    places = [
        Placement(it.date.toordinal(), it.start.minutes, it.takes.practitioner)
        for it in sessions
        if it.start and it.takes and it.date >= setup.as_of
    ]
    is_every = sorted(setup.booked) == list(numbers) and len(sessions) == len(places)
    return tuple(places) if is_every and len(places) == count > 0 else None
