"""What a book writes of the consultation before a course."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from meso_schedule.availability.asked_days import consultation_days, open_days_for, staff_for
from meso_schedule.availability.session_days import Availability
from meso_schedule.availability.shared_days import SharedAvailability
from meso_schedule.availability.staff import Needs
from meso_schedule.base.busy_times import BusySource
from meso_schedule.base.errors import InputError
from meso_schedule.base.times import Clock
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.records import Consulted
from meso_schedule.book.state import CourseConsultation, CourseState
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.request import CourseRequest
from meso_schedule.running.booked_slots import takes_of
from meso_schedule.running.course_progress import CourseProgress
from meso_schedule.running.course_replan import without_gone
from meso_schedule.running.course_view import CourseView
from meso_schedule.running.fee_terms import check_waived, fee_facts, kept_facts
from meso_schedule.running.room import check_room
from meso_schedule.running.visit_fees import KeptOfVisit, kept_of_consultation


def refuse_session(**given: object) -> None:
    """Refuse what belongs to a session beside the consultation, which is none.

    Raises:
        InputError: With the first that was given.
    """
    for name, value in given.items():
        if value is not None:
            raise InputError.of(
                "contradiction",
                "The consultation is no session.",
                field=name,
                value=value,
                remedy=f"Leave {name} or consultation out.",
            )


def check_moving(session: str | None, *, consultation: bool, waive: str | None, late: bool) -> None:
    """Refuse a move of nothing, or of a session and the consultation at once.

    Raises:
        InputError: With what was given too much, or left out.
    """
    if consultation:
        refuse_session(session=session, waive=waive, late="late" if late else None)
    elif session is None:
        raise InputError.of(
            "missing_argument",
            "Nothing says what moves.",
            field="session",
            remedy="Give the session's number, or --consultation.",
        )


def missed_consultation(
    seen: CourseView,
    *,
    on: date | None,
    reason: str | None,
    fee: Decimal | str | None,
    called_off: bool,
    waive: str | None,
) -> tuple[Consulted, KeptOfVisit | None]:
    """Return the event of a consultation that did not take place, and what its terms keep.

    Raises:
        InputError: When there is none, or nothing is kept that could be waived.
    """
    visit, kept = consultation_of(seen.state), None
    facts: dict[str, Any]
    if fee is not None:
        facts = fee_facts(seen, visit.currency, fee)
    else:
        moment = seen.today, seen.asked_at
        kept = kept_of_consultation(visit, seen.clinic, moment, called_off=called_off)
        check_waived([kept], waive)
        facts = kept_facts(kept, waive)
    return Consulted(on=on or seen.today, missed=True, reason=reason, **facts), kept


def consultation_of(state: CourseState) -> CourseConsultation:
    """Return the consultation of a course.

    Raises:
        InputError: When it has none.
    """
    if state.consultation is None:
        raise InputError.of(
            "no_consultation",
            "The course has no consultation.",
            field="consultation",
            remedy="Leave consultation out.",
        )
    return state.consultation


def consultation_to_move(state: CourseState) -> CourseConsultation:
    """Return the consultation that is to come.

    Raises:
        RefusedError: When there is none.
    """
    visit = state.consultation
    if visit is None or visit.status != "booked":
        told = f"was {visit.status} on {visit.date}" if visit else "was never agreed"
        raise RefusedError(
            "no_consultation",
            f"The consultation {told}.",
            "Leave consultation out.",
            field="consultation",
        )
    return visit


def moved_consultation(
    course: CourseProgress,
    to: date,
    at: Clock | None,
    *,
    clinic: Clinic | None = None,
    busy: Sequence[BusySource] = (),
) -> Consulted:
    """Return the event that moves the consultation, with who gives it there.

    Left out, its time stays; the practitioner does where that can be.

    Args:
        course: The course.
        to: The new day.
        at: The new time.
        clinic: Its hours and people, as they are now.
        busy: Calendars whose events leave no room.

    Raises:
        RefusedError: When no consultation is to come.
        NoRoomError: When it cannot be on that day, or at that time.
    """
    visit, clinic = consultation_to_move(course.state), clinic or Clinic.default()
    days = days_of_consultation(course, visit, course.asked, clinic, busy)
    moved = visit.model_copy(update={"date": to, "start": at or visit.start})
    check_room(days, to, moved.start)
    return consulted_at(course, moved, days, clinic)


def days_of_consultation(
    course: CourseProgress,
    visit: CourseConsultation,
    asked: CourseRequest,
    clinic: Clinic,
    busy: Sequence[BusySource],
) -> Availability:
    """Return the days and times that the consultation of a course can take."""
    asked = asked.changed(**without_gone(asked, clinic))
    staff, open_days = staff_for(asked, clinic, course.as_of), open_days_for(asked, clinic, busy)
    protocol = course.treatments[0].protocol
    return consultation_days(protocol, visit.minutes, asked, open_days, staff)


def consulted_at(
    course: CourseProgress, visit: CourseConsultation, days: Availability, clinic: Clinic
) -> Consulted:
    """Return the event that moves a consultation to where it is put, which can be."""
    to, start = visit.date, visit.start
    if not isinstance(days, SharedAvailability):
        return Consulted(on=course.as_of, to=to, start=start)
    day = to.toordinal()
    minute = start.minutes if start else days.start_minute(day)
    giver = days.giver(day, minute, visit.takes.practitioner if visit.takes else None)
    need = Needs.of_consultation(course.treatments[0].protocol, visit.minutes)
    takes = takes_of(clinic, need, to, giver)
    return Consulted(on=course.as_of, to=to, start=Clock(minute), takes=takes)
