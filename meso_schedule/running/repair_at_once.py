"""A repair of all courses at once, by the search of `capacity`; each is checked by the planner."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from meso_schedule.availability.staff import Needs, Staff
from meso_schedule.base.errors import InputError
from meso_schedule.base.times import Clock
from meso_schedule.book.state import CourseSession, CourseState
from meso_schedule.book.takings import BookedVisit, occupancy_of, share_out, visits_of
from meso_schedule.capacity.booked_course import BookedCourse
from meso_schedule.capacity.capacities import Capacities, Cell
from meso_schedule.capacity.column_generation import NOBODY, Found, Others, repair_together
from meso_schedule.capacity.places import Calendar, Placement
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.clinic.occupancy import EMPTY
from meso_schedule.course.no_calendar import NoCalendarFits
from meso_schedule.planner.programme_setup import ProgrammeSetup
from meso_schedule.planner.setup import Setup
from meso_schedule.running.assigning import with_booked
from meso_schedule.running.course_progress import progress_of
from meso_schedule.running.course_replan import programme_of_course
from meso_schedule.running.course_view import CourseView
from meso_schedule.running.repair_in_turn import in_turn
from meso_schedule.running.repaired_course import Hit, Loss, Repaired
from meso_schedule.running.replanning import moved_to


@dataclass(frozen=True, slots=True)
class OtherPatients:
    """Who else may be called.

    Args:
        view_of: Returns a course by its id.
        most: How many; None for any.
    """

    view_of: Callable[[str], CourseView]
    most: int | None


@dataclass(frozen=True, slots=True)
class AtOnce:
    """A repair of all courses at once.

    Args:
        courses: What becomes of those that are hit, in their order, and of others that change.
        found: What the search said.
        is_whole: Whether the search looked at every course that is hit.
    """

    courses: tuple[Repaired, ...]
    found: Found
    is_whole: bool


def repaired_at_once(
    loss: Loss, *, others: OtherPatients | None = None, known: Found | None = None
) -> AtOnce | None:
    """Return the best repair of all courses; None where the planner does not take one of them.

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
    if unread:
        # They take their turn at the end; till then they keep what they have in any case.
        staying += [visit for it in unread for visit in _remaining(it)]
        beside = _beside(loss, staying, others)
        own = {it.view.state.course: _read(it, beside, names) for it in loss.hit}
    priced = [course for course in own.values() if course]
    needs = [course.needs for course in priced]
    capacities = Capacities(Staff(beside.clinic, date.min), needs, staying)
    found = repair_together(
        priced,
        capacities,
        others=_others(others, staying, beside, capacities) if others else NOBODY,
        late_days=max([loss.late, *(it.view.now.asked.late for it in loss.hit)]),
        known=known,
    )
    courses = _made(beside, found, others)
    return None if courses is None else AtOnce(courses, found, not unread)


def _beside(loss: Loss, staying: Sequence[BookedVisit], others: OtherPatients | None) -> Loss:
    """Return what falls away, of a clinic in which what stays is booked; nothing if all may go."""
    booked = EMPTY if others else occupancy_of(staying)
    return replace(loss, clinic=loss.clinic.with_booked(booked))


def _remaining(hit: Hit) -> list[BookedVisit]:
    """Return the visits that a course has still when it can't be kept."""
    first = str(hit.lost[0].date) if hit.lost else ""
    return [visit for visit in visits_of(hit.view.state) if visit.date < first]


def _made(loss: Loss, found: Found, others: OtherPatients | None) -> tuple[Repaired, ...] | None:
    """Return what is written to each course; those that found nothing take their turn at the end.

    None where any cannot be where it was put, or leaves another without what it had.
    """
    changes = list(_changes(loss.hit, found, others))
    made = [_booked(it, calendar, loss, loss.clinic) for it, calendar in changes]
    kept = {it.state.course: it for it in made if it}
    states = {name: with_booked(it.state, it.records) for name, it in kept.items()}
    names = [it.view.state.course for it in loss.hit]
    gone = states.keys() | set(names)
    after = [it for it in loss.visits if it.course not in gone]
    after += [visit for state in states.values() for visit in visits_of(state)]
    left = [it for it in loss.hit if it.view.state.course not in kept]
    after += [visit for it in left for visit in _remaining(it)]
    if len(kept) < len(made) or share_out(after).without - share_out(loss.visits).without:
        return None
    if loss.clinic.reserve and not all(_keeps_reserve(*it, after, loss) for it in changes):
        return None
    kept |= {it.state.course: it for it in in_turn(replace(loss, hit=left, visits=after), states)}
    return tuple(kept[name] for name in (*names, *sorted(kept.keys() - set(names))))


def _keeps_reserve(hit: Hit, calendar: Calendar, visits: Sequence[BookedVisit], loss: Loss) -> bool:
    """Tell whether a course leaves what is kept for urgent cases, beside all others as they are."""
    beside = [it for it in visits if it.course != hit.view.state.course]
    clinic = loss.clinic.with_booked(occupancy_of(beside))
    return _booked(hit, calendar, loss, clinic) is not None


def _changes(
    hit: Sequence[Hit], found: Found, others: OtherPatients | None
) -> Iterator[tuple[Hit, Calendar]]:
    """Yield each course that is kept or makes place, and where its sessions go."""
    own = {it.view.state.course: it for it in hit}
    for name, calendar in found.calendars.items():
        if calendar is None:
            continue
        if name not in own:
            assert others, "nobody else changes"
            own[name] = Hit(others.view_of(name), ())
        yield own[name], calendar


def _booked(hit: Hit, calendar: Calendar, loss: Loss, clinic: Clinic) -> Repaired | None:
    view = hit.view
    records = moved_to(
        view.now,
        _state_at(view.state, calendar),
        clinic=clinic,
        changes=loss.asked_of(view),
        busy=view.past_hours,
        release=hit.released,
        asked_at=view.asked_at,
    )
    return None if records is None else Repaired(view.state, hit.lost, records)


def _state_at(state: CourseState, calendar: Calendar) -> CourseState:
    """Return a course with its booked sessions at other places, in their order."""
    booked = sorted(_booked_sessions(state), key=lambda it: it.number)
    moved = {it.number: _at(it, place) for it, place in zip(booked, calendar, strict=True)}
    sessions = tuple(moved[it.number] if it in booked else it for it in state.sessions)
    return state.model_copy(update={"sessions": sessions})


def _booked_sessions(state: CourseState) -> list[CourseSession]:
    return [it for it in state.upcoming if it.status == "booked"]


def _at(session: CourseSession, place: Placement) -> CourseSession:
    assert session.takes, "only sessions that somebody gives are moved"
    takes = session.takes.model_copy(update={"practitioner": place.practitioner})
    day = date.fromordinal(place.day)
    return session.model_copy(update={"date": day, "start": Clock(place.minute), "takes": takes})


def _others(
    others: OtherPatients, staying: Sequence[BookedVisit], loss: Loss, capacities: Capacities
) -> Others:
    taken: dict[str, Counter[Cell]] = {}
    for visit in staying:
        taken.setdefault(visit.course, Counter()).update(capacities.taken_by_visit(visit))

    def course(name: str) -> BookedCourse | None:
        view = others.view_of(name)
        if view.state.stopped or any(it.upcoming for it in view.beside):
            return None
        return _read(Hit(view, ()), loss, set(), taken[name])

    return Others(taken, course, len(staying), others.most)


def _read(
    hit: Hit, loss: Loss, names: set[str], taken: Counter[Cell] | None = None
) -> BookedCourse | None:
    """Return a course for the search; None where it is not one that it can place.

    That is one of several treatments, with top-ups or a budget, with sessions that have no day, no
    time or nobody who gives them, or of a patient of whom another one is hit.

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
    places = _places(state, made)
    if places is None or now.asked.budget is not None:
        return None
    (setup,) = made.setups
    is_bound = Needs.of(setup.protocol).continuity == "same"
    mains = [made.with_main(main) for main in made.mains if is_bound] or [made]
    return BookedCourse(
        id=state.course,
        tasks=tuple(it.tasks[0] for it in mains),
        booked=places,
        kept=frozenset(_kept(setup, places)),
        taken=taken or Counter(),
        remaining=tuple(_remaining(hit)),
    )


def _kept(setup: Setup, places: Calendar) -> Iterator[int]:
    """Yield the places of the sessions that have to stay, and can."""
    for number in setup.fixed:
        booking, place = setup.booked[number], number - setup.next_number
        if booking.is_kept and booking.practitioner == places[place].practitioner:
            yield place


def _places(state: CourseState, asked: ProgrammeSetup) -> Calendar | None:
    """Return where the sessions of a course are; None where any has no place, or is one more."""
    (setup,) = asked.setups
    sessions = sorted(_booked_sessions(state), key=lambda it: it.number)
    count = asked.tasks[0].count
    numbers = range(setup.next_number, setup.next_number + count)
    places = [
        Placement(it.date.toordinal(), it.start.minutes, it.takes.practitioner)
        for it in sessions
        if it.start and it.takes and it.date >= asked.as_of
    ]
    is_whole = sorted(setup.booked) == list(numbers) and len(sessions) == len(places)
    return tuple(places) if is_whole and len(places) == count > 0 else None
