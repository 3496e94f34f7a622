"""Booked sessions that rules, hours and people, as they are today, no longer allow."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from meso_schedule.availability.staff import Needs
from meso_schedule.base.times import QUARTER
from meso_schedule.book.book import Book
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.lines import CONSULTATION
from meso_schedule.book.payloads import Slot
from meso_schedule.book.records import Booked, Consulted, Record
from meso_schedule.book.state import CourseConsultation, CourseSession, CourseState
from meso_schedule.book.takings import BookedVisit, share_out, visits_of
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.planner.given_here import given_at
from meso_schedule.running.booked_slots import takes_of
from meso_schedule.running.consultation_records import moved_consultation
from meso_schedule.running.course_progress import CourseProgress
from meso_schedule.running.course_replan import Name
from meso_schedule.running.course_view import CourseView
from meso_schedule.running.fallen_consultations import Fallen, consultation_to_come
from meso_schedule.running.limits import set_up_running
from meso_schedule.running.moving import move_of
from meso_schedule.running.not_moved import as_if_held, unrecorded
from meso_schedule.running.repaired_course import Repaired
from meso_schedule.running.room import NoRoomError, check_room, not_treating
from meso_schedule.running.treatment_progress import TreatmentProgress

# Why each visit of a course is no longer allowed.
Whys = dict[Name, tuple[str, ...]]

_RUNNING = ("running", "paused")
_CONSULTATION: Name = (CONSULTATION, 0)
_CROWDED = "not all that it takes is free at that time"


def views_of(book: Book, clinic: Clinic, *, now: datetime, as_of: date) -> list[CourseView]:
    """Return the running courses with visits to come, as if what is past had been held.

    Args:
        book: Where they are booked.
        clinic: As its file says, with the absences and closures of the book.
        now: The moment of asking.
        as_of: The day of asking.
    """
    running = book.each(it.course for it in book.courses() if it.status in _RUNNING)
    states = [
        state
        for state in running
        if any(
            it.status == "booked" and it.date >= as_of
            for it in (*state.upcoming, state.consulting)
            if it
        )
    ]
    return [
        CourseView(
            as_if_held(state, unrecorded(state, as_of, now)), as_of, clinic, book, now, beside
        )
        for state, beside in zip(states, book.beside_each(states, clinic.home_country), strict=True)
    ]


def all_not_allowed(views: Sequence[CourseView]) -> dict[str, Whys]:
    """Return the visits of all courses that are no longer allowed, by course.

    What is allowed by itself must find its people, rooms and devices beside the others: who comes
    first has them, as `takings.share_out` says.
    """
    found = {view.state.course: dict(_alone(view)) for view in views}
    visits = (visits_today(view, leaving=found[view.state.course]) for view in views)
    without = share_out([visit for own in visits for visit in own]).without
    for view in views:
        own = found[view.state.course]
        for name, day in _days_to_come(view):
            if (view.state.course, str(day)) in without:
                own.setdefault(name, (_CROWDED,))
    return {course: whys for course, whys in found.items() if whys}


def with_today(view: CourseView) -> Repaired | None:
    """Return a course with what its visits that stay take by now; None where it is the same.

    A room that was given up, or is turned over for longer, is taken as it is today.
    """
    own = [(_as_today(one, it, view.clinic), it) for one, it in _to_come(view)]
    changed = tuple(_slot_of(now, view) for now, before in own if now != before)
    records: list[Record] = []
    if (visit := _consultation_today(view)) and visit != consultation_to_come(view):
        to, start, takes = visit.date, visit.start, visit.takes
        records.append(Consulted(on=view.today, to=to, start=start, takes=takes))
    if changed:
        records.append(Booked(sessions=changed, forecast=view.now.forecast))
    return Repaired(view.state, (), tuple(records)) if records else None


def _slot_of(session: CourseSession, view: CourseView) -> Slot:
    told = {name: getattr(session, name) for name in Slot.model_fields}
    return Slot.made(**told | {"protocol": session.protocol if view.now.is_combined else None})


def _days_to_come(view: CourseView) -> Iterator[tuple[Name, date]]:
    yield from (((it.protocol, it.number), it.date) for _, it in _to_come(view))
    if visit := consultation_to_come(view):
        yield _CONSULTATION, visit.date


def visits_today(view: CourseView, leaving: Whys | None = None) -> list[BookedVisit]:
    """Return what the visits of a course take as the clinic is today.

    Args:
        view: The course.
        leaving: Visits that take nothing.
    """
    sessions = [
        _as_today(one, session, view.clinic)
        for one, session in _to_come(view)
        if (session.protocol, session.number) not in (leaving or {})
    ]
    visit = None if leaving and _CONSULTATION in leaving else _consultation_today(view)
    today = {"sessions": tuple(sessions), "consultation": visit}
    return visits_of(view.state.model_copy(update=today))


def _consultation_today(view: CourseView) -> CourseConsultation | None:
    visit = consultation_to_come(view)
    if visit is None or visit.takes is None or view.clinic is None:
        return visit
    need = Needs.of_consultation(view.now.treatments[0].protocol, visit.minutes)
    takes = takes_of(view.clinic, need, visit.date, visit.takes.practitioner)
    return visit.model_copy(update={"takes": takes})


def _as_today(
    one: TreatmentProgress, session: CourseSession, clinic: Clinic | None
) -> CourseSession:
    if session.takes is None or clinic is None:
        return session
    protocol = given_at(clinic, one.protocol)
    takes = takes_of(clinic, Needs.of(protocol), session.date, session.takes.practitioner)
    assert takes, "who gives it is known"
    kept = takes.model_copy(update={"overlaps": session.takes.overlaps})
    return session.model_copy(update={"takes": kept, "minutes": protocol.sessions.minutes})


def _to_come(view: CourseView) -> Iterator[tuple[TreatmentProgress, CourseSession]]:
    """Yield the booked sessions to come, each with its treatment; what has begun is past."""
    for one in view.now.treatments:
        yield from ((one, it) for it in one.ahead if it.status == "booked")


def _alone(view: CourseView) -> Iterator[tuple[Name, tuple[str, ...]]]:
    """Yield what is not allowed whatever others have booked."""
    for one, session in _to_come(view):
        if why := _reasons(view.now, one, session, view.clinic or Clinic.default()):
            yield (session.protocol, session.number), why
    if (visit := consultation_to_come(view)) and (why := _why_not_consulted(view, visit)):
        yield _CONSULTATION, why


def _why_not_consulted(view: CourseView, visit: CourseConsultation) -> tuple[str, ...]:
    clinic = view.clinic or Clinic.default()
    giver = visit.takes.practitioner if visit.takes else None
    alone = _with_only(clinic, giver)
    if giver and not alone.practitioners:
        return (_gone(giver),)
    try:
        moved_consultation(view.now, visit.date, visit.start, clinic=alone)
    except NoRoomError as error:
        return error.reasons
    return ()


def fallen_in_file(whys: Mapping[str, Whys], views: Mapping[str, CourseView]) -> Iterator[Fallen]:
    """Yield the consultations among the visits that are no longer allowed."""
    for course, own in whys.items():
        if _CONSULTATION in own:
            yield Fallen(views[course], own[_CONSULTATION])


def _gone(giver: str) -> str:
    return f"{giver} is not in the clinic file"


def _with_only(clinic: Clinic, giver: str | None) -> Clinic:
    people = tuple(who for who in clinic.practitioners if who.id == giver)
    return clinic.model_copy(update={"practitioners": people})


def _reasons(
    course: CourseProgress, one: TreatmentProgress, session: CourseSession, clinic: Clinic
) -> tuple[str, ...]:
    """Say why a session may not be where it is with whom it is; nothing where it may."""
    giver = session.takes.practitioner if session.takes else None
    alone = _with_only(clinic, giver)
    if giver and not alone.practitioners:
        return (_gone(giver),)
    for who in alone.practitioners:
        if why := not_treating(who, one.protocol):
            return (why,)
    try:
        if session.start and session.start.minutes % QUARTER == 0:
            check_room(set_up_running(one, alone).availability, session.date, session.start)
        move_of(
            course,
            one,
            session.number,
            session.date,
            at=session.start,
            late=session.pinned,
            clinic=alone,
            by_hand=session.pinned,
        )
    except NoRoomError as error:
        return error.reasons
    except RefusedError as error:
        return (str(error).rstrip("."),)
    return ()


def lost_of(state: CourseState, whys: Whys) -> tuple[CourseSession, ...]:
    """Return the sessions of a course that are no longer allowed, by their days."""
    return tuple(it for it in state.upcoming if (it.protocol, it.number) in whys)
