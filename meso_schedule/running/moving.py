"""Whether a session of a course can go to another day."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import NamedTuple

from meso_schedule.availability.asked_days import availability_for
from meso_schedule.availability.session_days import Availability
from meso_schedule.availability.shared_days import SharedAvailability
from meso_schedule.availability.staff import Needs
from meso_schedule.base.busy_times import BusySource
from meso_schedule.base.times import Clock
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.payloads import Takes
from meso_schedule.book.state import CourseSession
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.clinic.occupancy import EMPTY
from meso_schedule.course.history import Window
from meso_schedule.course.request import MAX_DAYS
from meso_schedule.planner.readings import as_booked
from meso_schedule.planner.setup import Setup
from meso_schedule.planner.shared_visits import visit_start
from meso_schedule.rules.rule_tables import Gap
from meso_schedule.rules.windows import GapWindows
from meso_schedule.running.booked_slots import takes_of
from meso_schedule.running.course_progress import CourseProgress
from meso_schedule.running.course_spacing import check_distance, sharing
from meso_schedule.running.limits import Limit, is_out_of_reach, limit_of, set_up_running
from meso_schedule.running.room import NoRoomError, check_room
from meso_schedule.running.treatment_progress import TreatmentProgress
from meso_schedule.search.programme import Guest

Neighbours = Sequence[tuple[TreatmentProgress, CourseSession]]


class Move(NamedTuple):
    """A session that can go to another day.

    Args:
        session: Where it is now.
        window: The days it should be on, given the session before.
        late_days: Days past the window.
        upsets: Whether the session after it no longer keeps its own window.
        start: When it begins there; None where only the day is booked.
        takes: Who gives it there, and what it takes; None where the clinic names nobody.
        over: What of it others have booked at that time, in words, where the clinic lets a person
            book over it.
    """

    session: CourseSession
    to: date
    window: Window
    late_days: int
    upsets: bool
    start: Clock | None = None
    takes: Takes | None = None
    over: tuple[str, ...] = ()


def move_of(
    course: CourseProgress,
    one: TreatmentProgress,
    number: int,
    to: date,
    *,
    at: Clock | None = None,
    late: bool = False,
    clinic: Clinic | None = None,
    busy: Sequence[BusySource] = (),
    by_hand: bool = True,
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
        by_hand: Whether it is put there by hand, in any window that is open while improvement is
            undecided.

    Raises:
        RefusedError: When there is no such session to come, or the day lies outside its window,
            past the last day that was asked for, or too close to another treatment.
        NoRoomError: When the clinic is closed, the patient cannot come, or the visit would not
            fit.
    """
    session = one.state.find_session(number)
    if session is None or session not in one.movable:
        raise _not_to_come(one, number)
    clinic = clinic or Clinic.default()
    others, start = sharing(course, one, to), at or session.start
    setup = set_up_running(one, clinic, busy)
    setup = _as_placed(one, setup, number, to, by_hand=by_hand)
    window, last = _window(one, setup, number, late=late)
    _check_window(one.mark(number), to, window, last, late=late)
    _check_limit(one, setup, number, to, late=late)
    over = _over(setup, to, start) if by_hand and not others else ()
    if over:
        setup = set_up_running(one, clinic.with_booked(EMPTY), busy)
        setup = _as_placed(one, setup, number, to, by_hand=by_hand)
    check_room(setup.availability, to, None if others else start)
    check_distance(course, one, number, to, clinic)
    if others:
        start = _SharedVisit(course, one, others, setup.availability).start_on(to, at, start)
    start, takes = _takes(setup, session, to, start)
    if over and takes:
        takes = takes.model_copy(update={"overlaps": True})
    late_days = max(0, (to - window.latest).days)
    return Move(session, to, window, late_days, _upsets(one, setup, number, to), start, takes, over)


def _over(setup: Setup, to: date, start: Clock | None) -> tuple[str, ...]:
    """Say what others have booked at a time that a person may book over it; else nothing.

    Without a time there is nothing to book over: a free one is looked for.
    """
    days, day = setup.availability, to.toordinal()
    if setup.clinic.overlap != "warn" or start is None or not isinstance(days, SharedAvailability):
        return ()
    is_full = days.causes(day, start.minutes) == ("full",)
    return tuple(map(str, days.full_reasons(day, start.minutes))) if is_full else ()


def _takes(
    setup: Setup, session: CourseSession, to: date, start: Clock | None
) -> tuple[Clock | None, Takes | None]:
    """Return when a session begins, and what it takes: with its own practitioner where that can be.

    Where the clinic names who treats, every session has a time.
    """
    days = setup.availability
    if not isinstance(days, SharedAvailability):
        return start, None
    day = to.toordinal()
    minute = days.start_minute(day) if start is None else start.minutes
    wanted = session.takes.practitioner if session.takes else None
    giver = days.giver(day, minute, wanted)
    return Clock(minute), takes_of(setup.clinic, Needs.of(setup.protocol), to, giver)


def _not_to_come(course: TreatmentProgress, number: int) -> RefusedError:
    mark = course.mark(number)
    problem = f"Session {mark} is neither planned nor booked."
    remedy = "Look it up with 'courses show'."
    if any(session.number == number for session in course.passed_over):
        last = course.mark(course.last_visit)
        problem = f"Session {mark} was passed over: session {last} was held."
        remedy = "Replan the course, which drops it, or record that it was missed."
    return RefusedError("no_such_session", problem, remedy, field="session", value=mark)


def _window(
    course: TreatmentProgress, setup: Setup, number: int, *, late: bool
) -> tuple[Window, date]:
    """Return the window of a session, given the one before, and the last day allowed."""
    place = number - course.offset
    before = _day_before(course, number)
    allowed = MAX_DAYS if late else course.request.late
    if before is None or (
        place == setup.next_number and setup.standing and setup.standing.restarts
    ):
        opening = setup.opening(allowed)
        first = date.fromordinal(opening.first)
        latest = date.fromordinal(opening.last + course.state.pushed)
        last = latest if not late else date.fromordinal(opening.last + MAX_DAYS)
        return Window(earliest=first, recommended=first, latest=latest), last
    rule = _rule(course, setup, place)
    if course.standing and course.standing.is_lapsed and place == setup.next_number:
        rule = rule.model_copy(update={"lapse": ()})
    days = GapWindows(rule, allowed).after(before.toordinal())
    earliest, recommended, latest, last = map(date.fromordinal, days)
    return Window(earliest=earliest, recommended=recommended, latest=latest), last


def _as_placed(
    course: TreatmentProgress, setup: Setup, number: int, to: date, *, by_hand: bool
) -> Setup:
    """Return what is asked with the sessions up to one as their days tell what they are."""
    before = [entry for entry in course.ahead if entry.number < number]
    days = {entry.number - course.offset: entry.date.toordinal() for entry in before}
    put = {entry.number - course.offset for entry in before if entry.pinned}
    place = number - course.offset
    days[place] = to.toordinal()
    return as_booked(setup, days, {*put, place} if by_hand else put)


def _day_before(course: TreatmentProgress, number: int) -> date | None:
    """Return the day of the session before one, booked or held; None before the first."""
    before = [entry for entry in course.ahead if entry.number < number]
    if before:
        return max(before, key=lambda entry: entry.number).date
    return course.standing.last if course.standing else None


def _check_window(mark: str, to: date, window: Window, last: date, *, late: bool) -> None:
    if window.earliest <= to <= last:
        return
    shown = f"{window.earliest} to {window.latest}"
    if to < window.earliest:
        problem = f"{to} is too soon for session {mark}: its window is {shown}."
        remedy = f"Choose a day from {window.earliest}."
    elif late:
        problem = f"{to} is too late for session {mark}: it lapses after {last}."
        remedy = f"Choose a day up to {last}."
    else:
        problem = f"{to} is too late for session {mark}: its window is {shown}."
        remedy = f"Choose a day up to {window.latest}, or allow it: --late --reason TEXT."
    raise RefusedError("outside_window", problem, remedy, field="to", value=to)


def _check_limit(
    course: TreatmentProgress, setup: Setup, number: int, to: date, *, late: bool
) -> None:
    """Refuse a day past the last one that was asked for, or that leaves the rest none before it."""
    limit = limit_of(course, number)
    if limit is None:
        return
    mark, shown = course.mark(number), f"{limit.day}, {limit.words}"
    problem = f"{to} is too late for session {mark}: it lies after {shown}."
    if to <= limit.day:
        task = setup.task(MAX_DAYS if late else None)
        place = number - course.offset - setup.next_number
        if place >= task.count or not is_out_of_reach(replace(task, pins={place: to.toordinal()})):
            return
        problem = f"With session {mark} on {to} the course cannot end by {shown}."
    raise RefusedError(
        "past_the_limit",
        problem,
        f"Choose an earlier day, or {_later_limit(limit)}.",
        field="to",
        value=to,
    )


def _later_limit(limit: Limit) -> str:
    if limit.asked == "valid":
        return "extend the course"
    return f"ask for a later one: replan with {limit.asked}"


def _upsets(course: TreatmentProgress, setup: Setup, number: int, to: date) -> bool:
    """Tell whether the session after one that moves no longer keeps its own window."""
    following = course.state.find_session(number + 1)
    if following is None or following not in course.ahead:
        return False
    rule = _rule(course, setup, number + 1 - course.offset)
    earliest, _, _, last = GapWindows(rule, course.request.late).after(to.toordinal())
    return not earliest <= following.date.toordinal() <= last


def _rule(course: TreatmentProgress, setup: Setup, place: int) -> Gap:
    """Return the interval before a session, numbered as the planner counts them."""
    rule = setup.phases[place - 1] if place <= setup.sessions else course.protocol.top_up
    assert rule is not None, "top-ups without a rule were refused"
    return rule


class _SharedVisit:
    """The visit of a day that one more session is to join."""

    def __init__(
        self,
        course: CourseProgress,
        one: TreatmentProgress,
        others: Neighbours,
        days: Availability,
    ) -> None:
        self._one = one
        self._others = others
        self._places = {it.protocol.id: place for place, it in enumerate(course.treatments)}
        self._minutes = [it.protocol.sessions.minutes for it in course.treatments]

        alone = availability_for(one.protocol, one.request, days.open_days)

        def shared(places: int) -> Availability:
            chair = sum(time for place, time in enumerate(self._minutes) if places >> place & 1)
            return alone.lasting(chair)

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
        mine = _guest(self._place(self._one), own)
        guests = [mine, *(_guest(place, session.start) for place, session in booked)]
        meeting = visit_start(guests, day.toordinal(), self._shared)
        asked = {guest.place for guest in guests if guest.minute is not None}
        if meeting.start is None or not asked <= meeting.kept:
            raise NoRoomError(day, own, [self._crowded()])
        earlier = [place for place in self._all if place < mine.place]
        return Clock(meeting.start + sum(self._minutes[place] for place in earlier))

    @property
    def _all(self) -> list[int]:
        return [self._place(self._one), *(self._place(it) for it, _ in self._others)]

    def _place(self, course: TreatmentProgress) -> int:
        return self._places[course.protocol.id]

    def _crowded(self) -> str:
        marks = [
            it.mark(session.number) + (f" at {session.start}" if session.start else "")
            for it, session in self._others
        ]
        return (
            f"one visit with {', '.join(marks)} does not fit: its treatments follow one another"
            " in the order of their letters"
        )


def _guest(place: int, at: Clock | None) -> Guest:
    return Guest(place, at.minutes if at else None)
