"""A repair one by one: courses take their turn, each planned exactly beside those before it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from meso_schedule.book.records import Cancelled, Record
from meso_schedule.book.state import CourseState
from meso_schedule.book.takings import occupancy_of, visits_of
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.clinic.occupancy import EMPTY
from meso_schedule.course.no_calendar import NoCalendarFits
from meso_schedule.running.assigning import with_booked
from meso_schedule.running.course_view import CourseView
from meso_schedule.running.repaired_course import Hit, Loss, Repaired
from meso_schedule.running.replanning import Replanned, replanned


def in_turn(loss: Loss, latest: Mapping[str, CourseState] | None = None) -> Iterator[Repaired]:
    """Yield what becomes of courses, each planned exactly beside what those before it got.

    Args:
        loss: What falls away.
        latest: Courses that change already.
    """
    taken, latest = list(loss.visits), dict(latest or {})
    clinic = loss.clinic
    for one in loss.hit:
        view, state = one.view, one.view.state
        others = [visit for visit in taken if visit.course != state.course]
        beside = tuple(latest.get(it.course, it) for it in view.beside)
        now = clinic.with_booked(occupancy_of(others)) if clinic.practitioners else clinic
        found = _repaired(one._replace(view=replace(view, beside=beside)), now, loss)
        latest[state.course] = with_booked(state, found.records)
        taken = [*others, *visits_of(latest[state.course])]
        yield found


def _repaired(hit: Hit, clinic: Clinic, loss: Loss) -> Repaired:
    """Return the calendar of a course that moves as few sessions as it can, or lets them go."""
    view = hit.view
    try:
        made = _planned(hit, clinic, loss)
    except NoCalendarFits as error:
        gone = tuple(_let_go(view, hit.lost[0].date))
        try:
            _planned(hit, clinic.with_booked(EMPTY), loss)
        except NoCalendarFits as alone:
            return Repaired(view.state, hit.lost, gone, alone, is_impossible=True)
        return Repaired(view.state, hit.lost, gone, error)
    return Repaired(view.state, hit.lost, made.records)


def _planned(hit: Hit, clinic: Clinic, loss: Loss) -> Replanned:
    return replanned(
        hit.view.now,
        clinic=clinic,
        changes=loss.asked_of(hit.view),
        busy=hit.view.past_hours,
        release=hit.released,
        asked_at=hit.view.asked_at,
    )


def _let_go(view: CourseView, first: date) -> Iterator[Record]:
    """Take the sessions from a day on off the calendar; nothing is half kept."""
    gone = (
        (one, tuple(it.number for it in one.state.upcoming if it.date >= first))
        for one in view.now.treatments
    )
    yield from (
        Cancelled(numbers=numbers, protocol=one.protocol.id, forecast=view.now.forecast)
        for one, numbers in gone
        if numbers
    )
