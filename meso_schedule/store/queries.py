"""The questions a clinic asks of all its courses, answered from what is kept beside the events."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, exists, not_, or_, select, true

from meso_schedule.store.schema import COURSES, SESSIONS

Show = Literal["all", "due", "overdue", "unbooked"]

_DAYS = ("opened_on", "last_held", "earliest", "recommended", "latest", "booked_on")


class CourseLine(NamedTuple):
    """A course in the list of courses.

    Args:
        status: running, finished, stopped or erased.
        protocols: Their ids, separated by spaces.
        next_number: The session due next; None when none is.
        earliest: The first day it may be on.
        latest: The last day it may be on.
        booked_on: The first day that is booked; of several treatments, of the one due first.
    """

    course: str
    revision: int
    status: str
    patient: str | None
    protocols: str
    opened_on: date
    sessions_held: int
    last_held: date | None
    next_number: int | None
    next_protocol: str | None
    earliest: date | None
    recommended: date | None
    latest: date | None
    booked_on: date | None


class DiaryLine(NamedTuple):
    """A session in the diary; its price is `low` to `high`."""

    date: date
    start: str | None
    course: str
    patient: str | None
    protocol: str
    number: int
    status: str
    minutes: int | None
    provisional: bool
    pinned: bool
    currency: str | None
    low: Decimal | None
    high: Decimal | None


def list_courses(
    connection: Connection, show: Show = "all", as_of: date | None = None
) -> Iterator[CourseLine]:
    """Yield courses, the one due first at the front.

    Args:
        connection: In a transaction.
        show: `due`: the next session may be held on `as_of`; `overdue`: its latest day has
            passed; `unbooked`: it is due some day and nothing is booked from `as_of` on.
        as_of: The day of asking; needed for all but `all`.
    """
    columns = [COURSES.c[name] for name in CourseLine._fields]
    query = select(*columns).where(_wanted(show, str(as_of)))
    order = (COURSES.c.latest.is_(None), COURSES.c.latest, COURSES.c.course)
    for row in connection.execute(query.order_by(*order)):
        yield CourseLine._make(
            _day(value) if name in _DAYS else value
            for name, value in zip(CourseLine._fields, row, strict=True)
        )


def _wanted(show: Show, today: str) -> ColumnElement[bool]:
    if show == "all":
        return true()
    running = COURSES.c.status == "running"
    if show == "due":
        return and_(running, COURSES.c.latest >= today, COURSES.c.earliest <= today)
    if show == "overdue":
        return and_(running, COURSES.c.latest < today)
    # Of several treatments the one due first has to have a day.
    named = or_(COURSES.c.next_protocol.is_(None), SESSIONS.c.protocol == COURSES.c.next_protocol)
    coming = and_(SESSIONS.c.course == COURSES.c.course, SESSIONS.c.status == "booked", named)
    return and_(running, not_(exists().where(coming, SESSIONS.c.date >= today)))


def list_sessions(connection: Connection, first: date, last: date) -> Iterator[DiaryLine]:
    """Yield the sessions from one day to another, both included, by date and time."""
    columns = [(COURSES if name == "patient" else SESSIONS).c[name] for name in DiaryLine._fields]
    query = (
        select(*columns)
        .join(COURSES, COURSES.c.course == SESSIONS.c.course)
        .where(SESSIONS.c.date.between(str(first), str(last)))
        .order_by(
            SESSIONS.c.date,
            SESSIONS.c.start.is_(None),
            SESSIONS.c.start,
            *(SESSIONS.c.course, SESSIONS.c.protocol, SESSIONS.c.number),
        )
    )
    rows: Iterable[Any] = connection.execute(query)
    for day, *known in rows:
        yield DiaryLine._make((date.fromisoformat(day), *_readable(known)))


def _readable(known: list[Any]) -> Iterator[Any]:
    *plain, provisional, pinned, currency, low, high = known
    yield from plain
    yield from (bool(provisional), bool(pinned), currency, _amount(low), _amount(high))


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
