"""Whether a session of a course can go to another day beside the sessions of other treatments."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache

from meso_schedule.availability.busy_times import BusySource
from meso_schedule.availability.days import Availability
from meso_schedule.base.times import Clock
from meso_schedule.book.state import CourseSession
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.planner.setup import availability_for
from meso_schedule.planner.shared_visits import Guest, meeting_of
from meso_schedule.running.course_progress import Followed
from meso_schedule.running.distances import check_distance, sharing
from meso_schedule.running.moving import Move, NoRoomError, move_of
from meso_schedule.running.treatment_progress import Running

Neighbours = Sequence[tuple[Running, CourseSession]]


def move_beside(
    course: Followed,
    one: Running,
    number: int,
    to: date,
    *,
    at: Clock | None = None,
    late: bool = False,
    clinic: Clinic | None = None,
    busy: Sequence[BusySource] = (),
) -> Move:
    """Check that a session can go to another day, and say when it begins there.

    On a day that other treatments share it takes its place in their visit, which moves none of
    them; else it keeps its time.

    Args:
        course: The course.
        one: The treatment of the session.
        number: The session's number in the book.
        to: The new day.
        at: The new time; left out, the one it has, or that of the visit it joins.
        late: Whether the day may lie past the window; never past the lapse.
        clinic: Its hours, closures and spacing rules, as they are now.
        busy: Calendars whose events leave no room.

    Raises:
        RefusedError: When there is no such session to come, or the day lies outside its window
            or too close to another treatment.
        NoRoomError: When the clinic is closed, the patient cannot come, or the visit would not
            fit.
    """
    session = one.state.find_session(number)
    start = at or (session.start if session else None)
    others = sharing(course, one, to)
    alone = None if others else start
    move = move_of(one, number, to, at=alone, late=late, clinic=clinic, busy=busy)
    check_distance(course, one, number, to, clinic)
    if not others:
        return replace(move, start=alone)
    visit = _Visit(course, one, others, clinic or Clinic.default(), busy)
    return replace(move, start=visit.start_on(to, at, start))


class _Visit:
    """The visit of a day that one more session is to join."""

    def __init__(
        self,
        course: Followed,
        one: Running,
        others: Neighbours,
        clinic: Clinic,
        busy: Sequence[BusySource],
    ) -> None:
        self._one = one
        self._others = others
        self._places = {it.protocol.id: place for place, it in enumerate(course.treatments)}
        self._minutes = [it.protocol.sessions.minutes for it in course.treatments]

        def shared(places: int) -> Availability:
            chair = sum(time for place, time in enumerate(self._minutes) if places >> place & 1)
            return availability_for(one.protocol, one.request, clinic, busy, minutes=chair)

        self._shared = cache(shared)

    def start_on(self, day: date, at: Clock | None, before: Clock | None) -> Clock | None:
        """Return when the session begins; None where no time is booked.

        Args:
            day: The day of the visit.
            at: The time asked for.
            before: The time the session has, for a visit without any.
        """
        everyone = self._shared(sum(1 << place for place in self._all))
        if not everyone.is_usable(day.toordinal()):
            raise NoRoomError(day, at, everyone.reasons(day.toordinal()))
        booked = [(self._place(it), session) for it, session in self._others]
        is_timed = any(session.start for _, session in booked)
        own = at or (None if is_timed else before)
        if own is None and not is_timed:
            return None
        mine = Guest(self._place(self._one), own.minutes if own else None)
        guests = [
            mine,
            *(Guest(place, it.start.minutes if it.start else None) for place, it in booked),
        ]
        meeting = meeting_of(guests, day.toordinal(), self._shared)
        asked = {guest.place for guest in guests if guest.minute is not None}
        if meeting.start is None or not asked <= meeting.kept:
            raise NoRoomError(day, own, [self._crowded()])
        earlier = [place for place in self._all if place < mine.place]
        return Clock(meeting.start + sum(self._minutes[place] for place in earlier))

    @property
    def _all(self) -> list[int]:
        return [self._place(self._one), *(self._place(it) for it, _ in self._others)]

    def _place(self, course: Running) -> int:
        return self._places[course.protocol.id]

    def _crowded(self) -> str:
        marks = [
            f"{it.mark(session.number)} at {session.start}"
            if session.start
            else it.mark(session.number)
            for it, session in self._others
        ]
        return (
            f"one visit with {', '.join(marks)} does not fit: its treatments follow one another"
            " in the order of their letters"
        )
