"""Consultations that fall away: which, why, and the day that each goes to."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from meso_schedule.availability.session_days import Availability
from meso_schedule.base.dates import LAST_ORDINAL, DateRange
from meso_schedule.base.times import Clock
from meso_schedule.book.absence_records import Absent
from meso_schedule.book.absences import is_hit
from meso_schedule.book.records import Consulted
from meso_schedule.book.state import CourseConsultation, CourseSession, CourseState
from meso_schedule.book.takings import BookedVisit, occupancy_of, visits_of
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.request import MAX_DAYS
from meso_schedule.running.consultation_records import consulted_at, days_of_consultation
from meso_schedule.running.course_view import CourseView


class Fallen(NamedTuple):
    """A consultation that falls away.

    Args:
        view: Its course as it is.
        whys: Why, where that is not the absence.
    """

    view: CourseView
    whys: tuple[str, ...]

    @property
    def before(self) -> CourseConsultation:
        """The consultation as it is booked."""
        assert self.view.state.consulting, "it falls away"
        return self.view.state.consulting


class MovedConsultation(NamedTuple):
    """A consultation that falls away, and where it goes.

    Args:
        record: What is written; None where no day has room for it.
    """

    fallen: Fallen
    record: Consulted | None

    @property
    def state(self) -> CourseState:
        """The course as it is."""
        return self.fallen.view.state

    @property
    def after(self) -> CourseConsultation | None:
        """The consultation as it is to be; None where no day has room for it."""
        if self.record is None:
            return None
        moved = {"date": self.record.to, "start": self.record.start, "takes": self.record.takes}
        return self.fallen.before.model_copy(update=moved)

    @property
    def later(self) -> CourseState:
        """The course with the consultation where it goes."""
        return self.state.model_copy(update={"consultation": self.after or self.fallen.before})


def consultation_to_come(view: CourseView) -> CourseConsultation | None:
    """Return the consultation of a course; None where it has none, or it has begun when asked."""
    visit, asked = view.state.consulting, (str(view.today), f"{view.moment:%H:%M}")
    if visit is None or visit.status != "booked":
        return None
    return visit if (str(visit.date), str(visit.start or "24:00")) > asked else None


def fallen_by(
    absence: Absent, views: Iterable[CourseView], opened: Collection[date] = ()
) -> Iterator[Fallen]:
    """Yield the consultations that an absence, or a closure, takes.

    Args:
        absence: Who is not there, or that the clinic is closed.
        views: Courses that have any visit while it lasts.
        opened: Days on which it does not hold.
    """
    days = DateRange(absence.first, absence.last)
    for view in views:
        if visit := consultation_to_come(view):
            giver = visit.takes.practitioner if visit.takes else None
            is_lost = is_hit(absence.practitioner, days, visit.date, giver)
            if is_lost and visit.date not in opened:
                yield Fallen(view, ())


def moved_consultations(
    fallen: Iterable[Fallen], visits: Sequence[BookedVisit], clinic: Clinic
) -> list[MovedConsultation]:
    """Return where consultations go, one after another, the nearest before all others.

    Each goes to the day nearest to its own that leaves the sessions of its course where they are,
    with the time to think; where none does, to the nearest that has room, and they follow.

    Args:
        fallen: The consultations.
        visits: What is booked, of their courses and of others.
        clinic: As it is without who, or what, is gone.
    """
    taken, found = list(visits), []
    for one in sorted(fallen, key=lambda it: (it.before.date, str(it.before.start))):
        others = [it for it in taken if it.course != one.view.state.course]
        now = clinic.with_booked(occupancy_of(others)) if clinic.practitioners else clinic
        found.append(MovedConsultation(one, _placed(one, now)))
        taken = [*others, *visits_of(found[-1].later)]
    return found


def _placed(fallen: Fallen, clinic: Clinic) -> Consulted | None:
    view, visit = fallen.view, fallen.before
    at = {"at": visit.start} if visit.start else {}
    asked = view.now.asked.changed(**at)
    days = days_of_consultation(view.now, visit, asked, clinic, view.past_hours)
    day = _nearest(view.state, visit, days, view.today.toordinal())
    if day is None:
        return None
    return consulted_at(view.now, _at(visit, day, days), days, clinic)


def _nearest(
    state: CourseState, visit: CourseConsultation, days: Availability, today: int
) -> int | None:
    """Return the day nearest to that of a consultation; first one that no session has to follow."""

    def nearness(day: int) -> tuple[int, int]:
        return abs(day - visit.date.toordinal()), day

    waiting = [it.date.toordinal() for it in _first_sessions(state)]
    near = sorted(days.usable(today, max([today, *waiting])), key=nearness)
    kept = (day for day in near if not _too_soon(state, _at(visit, day, days)))
    last = min(max(today, visit.date.toordinal()) + MAX_DAYS, LAST_ORDINAL)
    return next(kept, None) or min(days.usable(today, last), key=nearness, default=None)


def _at(visit: CourseConsultation, day: int, days: Availability) -> CourseConsultation:
    start = Clock(days.start_minute(day)) if visit.start else None
    return visit.model_copy(update={"date": date.fromordinal(day), "start": start})


def sessions_too_soon(state: CourseState) -> tuple[CourseSession, ...]:
    """Return the first sessions that do not keep the time to think after the consultation."""
    return _too_soon(state, state.consulting) if state.consulting else ()


def _too_soon(state: CourseState, visit: CourseConsultation) -> tuple[CourseSession, ...]:
    return tuple(it for it in _first_sessions(state) if _is_too_soon(it, visit))


def _first_sessions(state: CourseState) -> Iterator[CourseSession]:
    """Yield session 1 of each treatment of which none was held."""
    seen = {it.protocol for it in state.held}
    for it in state.upcoming:
        if it.status == "booked" and it.protocol not in seen:
            seen.add(it.protocol)
            yield it


def _is_too_soon(session: CourseSession, visit: CourseConsultation) -> bool:
    if session.date < visit.reflection.after(visit.date):
        return True
    if session.start is None or visit.end is None:
        return False
    midnight = datetime.combine(session.date, time())
    return midnight + timedelta(minutes=session.start.minutes) < visit.end
