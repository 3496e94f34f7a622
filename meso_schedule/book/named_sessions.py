"""The sessions and treatments that an event names: whether the course has them, and as what."""

from typing import NoReturn

from meso_schedule.book.book_errors import refuse
from meso_schedule.book.state import CourseSession, CourseState
from meso_schedule.course.wishes import is_known


def session_to_come(number: int, protocol: str | None, state: CourseState) -> CourseSession:
    """Return a session that has a day and was not held.

    Raises:
        RefusedError: When it has none, or was held.
    """
    return unless_held(number, protocol, state) or refuse_absent(number, protocol, state)


def unless_held(number: int, protocol: str | None, state: CourseState) -> CourseSession | None:
    """Return a session that was not held; None when it has no day.

    Raises:
        RefusedError: When it was held.
    """
    check_protocol(protocol, state)
    session = state.find_session(number, protocol)
    if session and session.status == "held":
        mark = state.mark(session.number, session.protocol)
        refuse(
            "already_held",
            f"Session {mark} was held on {session.date}.",
            "What took place stays as it was recorded; correct that event if it was wrong.",
            "number",
            mark,
        )
    return session


def check_protocol(protocol: str | None, state: CourseState) -> None:
    """Refuse a protocol that is none of the course; None is the only one."""
    known = [kept.id for kept in state.protocols]
    if not is_known(protocol, known):
        refuse(
            "which_protocol",
            f"The course has the protocols {', '.join(known)}.",
            "Name one of them.",
            "protocol",
            protocol,
        )


def refuse_absent(number: int, protocol: str | None, state: CourseState) -> NoReturn:
    """Refuse an event of a session that has no day."""
    mark = state.mark(number, protocol)
    refuse(
        "no_such_session",
        f"Session {mark} is neither planned nor booked.",
        "Plan or book it first.",
        "number",
        mark,
    )
