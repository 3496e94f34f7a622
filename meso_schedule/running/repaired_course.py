"""What becomes of a course of which sessions fall away."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from meso_schedule.book.records import Record
from meso_schedule.book.state import CourseSession, CourseState
from meso_schedule.book.takings import BookedVisit
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.no_calendar import NoCalendarFits
from meso_schedule.running.assigning import with_booked
from meso_schedule.running.course_replan import Name, without_gone
from meso_schedule.running.course_view import CourseView


class Hit(NamedTuple):
    """A course of which sessions fall away.

    Args:
        view: The course as it is.
        lost: The sessions, by their days; none of a course that only makes place.
    """

    view: CourseView
    lost: tuple[CourseSession, ...]

    @property
    def released(self) -> list[tuple[str, int]]:
        """The sessions that fall away, by protocol and number."""
        return [(it.protocol, it.number) for it in self.lost]


class Loss(NamedTuple):
    """What falls away of a book, and what it is repaired with.

    Args:
        hit: The courses of which sessions fall away, in the order of their turn.
        visits: What is booked, of them and of others.
        clinic: As it is with the absence.
        late: How many days late sessions may be, where the course itself allows fewer.
    """

    hit: Sequence[Hit]
    visits: Sequence[BookedVisit]
    clinic: Clinic
    late: int

    def asked_of(self, view: CourseView) -> dict[str, int | None]:
        """Return what is asked of a course from now on that was not before."""
        late = {"late": self.late} if self.late > view.now.asked.late else {}
        return {**late, **without_gone(view.now.asked, self.clinic)}


class Call(NamedTuple):
    """A session that changes its day, its time or who gives it.

    Args:
        before: As it was booked; None where it had no day, as one that was missed.
        after: As it is to be; None where it is taken off the calendar.
    """

    before: CourseSession | None
    after: CourseSession | None

    @property
    def session(self) -> CourseSession:
        """The session as it is told where it has one place only."""
        told = self.before or self.after
        assert told, "a call is about a session"
        return told


class Repaired(NamedTuple):
    """What becomes of a course that is hit.

    Args:
        state: The course as it is.
        lost: Its sessions that fall away.
        records: What is written to it.
        refusal: Why no calendar keeps it; its sessions from the first lost one on are let go.
        is_impossible: Whether no calendar would keep it in a clinic without other patients.
    """

    state: CourseState
    lost: tuple[CourseSession, ...]
    records: tuple[Record, ...]
    refusal: NoCalendarFits | None = None
    is_impossible: bool = False

    @property
    def later(self) -> CourseState:
        """The course as it is to be."""
        return with_booked(self.state, self.records)

    @property
    def calls(self) -> list[Call]:
        """The sessions about which the patient is called, those that were booked first."""
        before = _booked(self.state.upcoming)
        after = _booked(self.later.sessions)
        pairs = (Call(before.get(name), after.get(name)) for name in before | after)
        return [it for it in pairs if _place(it.before) != _place(it.after)]


def _booked(sessions: Iterable[CourseSession]) -> dict[Name, CourseSession]:
    return {(it.protocol, it.number): it for it in sessions if it.status == "booked"}


def _place(session: CourseSession | None) -> tuple[date, object, str | None] | None:
    if session is None:
        return None
    giver = session.takes.practitioner if session.takes else None
    return session.date, session.start, giver
