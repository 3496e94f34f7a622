"""What is kept beside the events so that no question needs all of them.

Each row is a pure function of the state of one course, written in the transaction of the
event that changed it, and can be made again from the events at any time.
"""

from typing import Any

from sqlalchemy import delete, insert, select

from meso_schedule.book.lines import CONSULTATION, TEST
from meso_schedule.book.payloads import KeptForecast
from meso_schedule.book.state import CourseSession, CourseState
from meso_schedule.book.storage import quarters_taken
from meso_schedule.book.storage.quarters_taken import take
from meso_schedule.book.storage.schema import COURSES, SESSIONS
from meso_schedule.book.storage.transaction import Transaction

Row = dict[str, Any]


def course_row(state: CourseState) -> Row:
    """Return what the list of courses needs to know of a course."""
    forecast = (state.status == "running" and state.forecast) or KeptForecast()
    booked = [session.date for session in _due_first(state) if session.status == "booked"]
    return {
        "course": state.course,
        "revision": state.revision,
        "status": state.status,
        "patient": state.patient,
        "protocols": " ".join(protocol.id for protocol in state.protocols),
        "opened_on": str(state.opened_on),
        "sessions_held": len(state.held),
        "last_held": _text(max((session.date for session in state.held), default=None)),
        "next_number": forecast.number,
        "next_protocol": forecast.protocol,
        "earliest": _text(forecast.earliest),
        "recommended": _text(forecast.recommended),
        "latest": _text(forecast.latest),
        "booked_on": _text(min(booked, default=None)),
    }


def _due_first(state: CourseState) -> list[CourseSession]:
    """Return the sessions to come of the treatment due first; of all, where none is."""
    name = state.forecast.protocol if state.forecast else None
    return [session for session in state.upcoming if name in (None, session.protocol)]


def session_rows(state: CourseState) -> list[Row]:
    """Return what the diary needs to know of the visits of a course, in their order."""
    past = [session for session in state.sessions if session.status in ("held", "missed")]
    rows = [_session_row(state.course, session) for session in (*past, *state.upcoming)]
    if visit := state.consulting:
        rows.append(
            _row_before(
                state,
                CONSULTATION,
                status=visit.status,
                date=str(visit.date),
                start=_text(visit.start),
                minutes=visit.minutes,
            )
        )
    rows += _test_rows(state)
    return sorted(rows, key=lambda row: (row["protocol"], row["number"]))


def _session_row(course: str, session: CourseSession) -> Row:
    price = session.price
    return {
        "course": course,
        "protocol": session.protocol,
        "number": session.number,
        "status": session.status,
        "date": str(session.date),
        "start": _text(session.start),
        "minutes": session.minutes,
        "provisional": int(session.provisional),
        "pinned": int(session.pinned),
        "currency": price.currency if price else None,
        "low": _text(price.low) if price else None,
        "high": _text(price.high) if price else None,
    }


def _row_before(state: CourseState, protocol: str, **known: object) -> Row:
    """Return what is kept of a visit before session 1."""
    empty = dict.fromkeys(("start", "minutes", "currency", "low", "high"))
    plain = {"number": 0, "provisional": 0, "pinned": 0}
    return {"course": state.course, "protocol": protocol, **plain, **empty, **known}


def _test_rows(state: CourseState) -> list[Row]:
    """Return by which days tests are due; which days they are on the clinic's hours say."""
    last_days = [
        test.last_day(first)
        for kept in state.protocols
        if (first := state.begins_on(kept.id))
        for test in kept.read().tests
    ]
    return [
        _row_before(state, TEST, number=place, status=TEST, date=str(day))
        for place, day in enumerate(last_days)
    ]


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def project(within: Transaction, state: CourseState) -> list[str]:
    """Write the rows of a course, in place of those it had.

    Returns:
        The days of its new visits that do not have all that they want of people and rooms.
    """
    enlist(within, state)
    return take(within, state)


def enlist(within: Transaction, state: CourseState) -> None:
    """Write what lists and the diary know of a course, in place of what they knew."""
    connection = within.connection
    connection.execute(delete(SESSIONS).where(SESSIONS.c.course == state.course))
    connection.execute(delete(COURSES).where(COURSES.c.course == state.course))
    connection.execute(insert(COURSES), course_row(state))
    if rows := session_rows(state):
        connection.execute(insert(SESSIONS), rows)


def clear(within: Transaction) -> None:
    """Take all rows away."""
    quarters_taken.clear(within)
    within.connection.execute(delete(SESSIONS))
    within.connection.execute(delete(COURSES))


def projected(within: Transaction) -> set[str]:
    """Return the courses that have rows."""
    return set(within.connection.scalars(select(COURSES.c.course)))


def differs(within: Transaction, state: CourseState) -> bool:
    """Tell whether the rows kept of a course are not those that its events give."""
    course = select(COURSES).where(COURSES.c.course == state.course)
    sessions = select(SESSIONS).where(SESSIONS.c.course == state.course)
    in_order = sessions.order_by(SESSIONS.c.protocol, SESSIONS.c.number)
    kept = [
        [dict(row) for row in within.connection.execute(query).mappings()]
        for query in (course, in_order)
    ]
    kept.append(quarters_taken.kept_visits(within, state.course))
    return kept != [[course_row(state)], session_rows(state), quarters_taken.visit_rows(state)]
