"""The questions a clinic asks of all its courses, answered from what is kept beside the events."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, time
from decimal import Decimal
from typing import Any, get_args

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select

from meso_schedule.base.money import parse_amount, parse_currency
from meso_schedule.base.phones import abroad
from meso_schedule.book.ids import parse_course_id
from meso_schedule.book.lines import TEST, CourseLine, DiaryLine, Show
from meso_schedule.book.patient_identity import Patient, folded
from meso_schedule.book.state import CourseStatus, SessionStatus
from meso_schedule.book.storage.schema import COURSES, EVENTS, SESSIONS
from meso_schedule.book.storage.transaction import Transaction

_COURSE_STATUS, _SESSION_STATUS = get_args(CourseStatus), get_args(SessionStatus)
_MINUTES_OF_A_DAY = 24 * 60
# Events that may bring something in without a session, and those that may put them right.
_WITH_FEES = ("opened", "consulted", "missed", "moved", "stopped", "corrected")
# Events that may give a session another day, or none.
_MOVING = (
    *("planned", "booked", "moved", "consulted", "cancelled", "stopped", "paused", "corrected"),
)
_TOLD = {
    name: re.compile(rf'"{name}":("(?:[^"\\]|\\.)*")') for name in ("phone", "email", "reference")
}
_DAYS = ("opened_on", "last_held", "earliest", "recommended", "latest", "booked_on")


def list_courses(
    within: Transaction, show: Show = "all", as_of: date | None = None
) -> Iterator[CourseLine]:
    """Yield courses, the one due first at the front.

    Args:
        within: A transaction.
        show: `due`: the next session may be held on `as_of`; `overdue`: its latest day has
            passed; `unbooked`: it is due some day and nothing is booked from `as_of` on.
        as_of: The day of asking; needed for all but `all`.

    Raises:
        BookFault: When a line is not what was written.
    """
    columns = [COURSES.c[name] for name in CourseLine._fields]
    query = select(*columns).where(_wanted(show, str(as_of)))
    order = (COURSES.c.latest.is_(None), COURSES.c.latest, COURSES.c.course)
    # All at once: a line that is refused must leave no reading open.
    for row in within.connection.execute(query.order_by(*order)).all():
        with _readable(within, row[0]):
            line = CourseLine._make(
                _day(value) if name in _DAYS else value
                for name, value in zip(CourseLine._fields, row, strict=True)
            )
            parse_course_id(line.course)
            _check(line.status in _COURSE_STATUS and line.sessions_held >= 0)
        yield line


def _wanted(show: Show, today: str) -> ColumnElement[bool]:
    if show == "all":
        return COURSES.c.status != "absence"
    running = COURSES.c.status == "running"
    if show == "due":
        return and_(running, COURSES.c.latest >= today, COURSES.c.earliest <= today)
    if show == "overdue":
        return and_(running, COURSES.c.latest < today)
    # Of several treatments the one due first has to have a day.
    named = or_(COURSES.c.next_protocol.is_(None), SESSIONS.c.protocol == COURSES.c.next_protocol)
    booked = SESSIONS.c.status == "booked", SESSIONS.c.number > 0
    coming = and_(SESSIONS.c.course == COURSES.c.course, *booked, named)
    return and_(running, not_(exists().where(coming, SESSIONS.c.date >= today)))


def count_unrecorded(within: Transaction, today: date) -> dict[str, int]:
    """Return of each running course how many sessions are booked for days gone by."""
    query = (
        select(SESSIONS.c.course, func.count())
        .join(COURSES, COURSES.c.course == SESSIONS.c.course)
        .where(COURSES.c.status == "running", SESSIONS.c.status == "booked")
        .where(SESSIONS.c.date < str(today))
        .group_by(SESSIONS.c.course)
    )
    return dict(within.connection.execute(query).all())


def phones(within: Transaction) -> dict[str, str | None]:
    """Return the phone told last of each course of which one was ever told.

    It is None where a correction may have changed what was told.
    """
    kind, said = EVENTS.c.kind, EVENTS.c.payload
    opened = and_(kind == "opened", said.contains('"phone":"', autoescape=True))
    told = or_(opened, and_(kind == "contact", said.is_not(None)))
    query = select(EVENTS.c.course, said).where(told).order_by(EVENTS.c.sequence)
    rows = within.connection.execute(query).all()
    found: dict[str, str | None] = {it: json.loads(text).get("phone") for it, text in rows}
    corrected = select(EVENTS.c.course).where(EVENTS.c.kind == "corrected").distinct()
    return found | {it: None for it in within.connection.scalars(corrected) if it in found}


def absences(within: Transaction) -> list[str]:
    """Return the ids of the absences and closures of the clinic."""
    query = select(COURSES.c.course).where(COURSES.c.status == "absence")
    return list(within.connection.scalars(query.order_by(COURSES.c.course)))


def changed_since(within: Transaction, count: int) -> list[str]:
    """Return the courses of the events after so many, in their order."""
    query = select(EVENTS.c.course).where(EVENTS.c.sequence > count).order_by(EVENTS.c.sequence)
    return list(dict.fromkeys(within.connection.scalars(query)))


def list_sessions(within: Transaction, first: date, last: date) -> Iterator[DiaryLine]:
    """Yield the sessions from one day to another, both included, by date and time.

    Raises:
        BookFault: When a line is not what was written.
    """
    names = (name for name in DiaryLine._fields if name != "test")
    columns = [(COURSES if name == "patient" else SESSIONS).c[name] for name in names]
    query = (
        select(*columns)
        .join(COURSES, COURSES.c.course == SESSIONS.c.course)
        .where(SESSIONS.c.date.between(str(first), str(last)), SESSIONS.c.status != TEST)
        .order_by(
            SESSIONS.c.date,
            SESSIONS.c.start.is_(None),
            SESSIONS.c.start,
            *(SESSIONS.c.course, SESSIONS.c.protocol, SESSIONS.c.number),
        )
    )
    rows: Iterable[Any] = within.connection.execute(query).all()
    for row in rows:
        with _readable(within, row.course):
            line = _diary_line(*row)
        yield line


def courses_with_tests(within: Transaction, first: date, last: date) -> list[str]:
    """Return the courses of which a test is to be done by a day from one to another."""
    query = (
        select(SESSIONS.c.course)
        .where(SESSIONS.c.date.between(str(first), str(last)), SESSIONS.c.status == TEST)
        .order_by(SESSIONS.c.course)
    )
    return list(dict.fromkeys(within.connection.scalars(query)))


def courses_of_each(
    within: Transaction, patients: Sequence[Patient], home: str | None
) -> list[list[str]]:
    """Return of each patient the courses that may be theirs, by whole name, phone or reference."""

    def told(of: Patient) -> set[tuple[str, str]]:
        return {(name, key(name, text)) for name, text in of._asdict().items() if text}

    def key(name: str, text: str) -> str:
        return abroad(text, home) if name == "phone" else folded(text)

    wanted = [told(it) for it in patients]
    courses: dict[tuple[str, str], set[str]] = {it: set() for own in wanted for it in own}
    names = {name for name, _ in courses}
    for course, name, text in _told_of(within, names):
        courses.get((name, key(name, text)), set()).add(course)
    return [sorted({course for it in own for course in courses[it]}) for own in wanted]


def _told_of(within: Transaction, names: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Yield what courses tell of their patients, as `told_of_patients`, and their names."""
    if "name" in names:
        named = select(COURSES.c.course, COURSES.c.patient).where(COURSES.c.patient.is_not(None))
        rows = within.connection.execute(named).all()
        yield from ((course, "name", str(name)) for course, name in rows)
    if others := [it for it in ("phone", "reference") if it in names]:
        yield from told_of_patients(within, others)


def told_of_patients(
    within: Transaction, names: Sequence[str] = ("phone", "email", "reference")
) -> Iterator[tuple[str, str, str]]:
    """Yield what events tell of how patients are reached: course, name of the field, text.

    Something that was told later may have taken its place.
    """
    said = EVENTS.c.payload
    any_of = or_(*(said.contains(f'"{name}":"', autoescape=True) for name in names))
    rows = within.connection.execute(select(EVENTS.c.course, said).where(any_of))
    for course, payload in rows:
        for name in names:
            for text in _TOLD[name].findall(payload):
                yield course, name, json.loads(text)


def courses_with_fees(within: Transaction, since: date) -> list[str]:
    """Return the courses that may have brought in something without a session since a day.

    What took place on a day is never written down before it, but where the day of asking was
    ahead of the clock.
    """
    return _written(within, since, _WITH_FEES)


def courses_with_moves(within: Transaction, since: date) -> list[str]:
    """Return the courses whose days may have become others since a day."""
    return _written(within, since, _MOVING)


def _written(within: Transaction, since: date, kinds: Sequence[str]) -> list[str]:
    written = or_(EVENTS.c.at >= str(since), EVENTS.c.payload.contains('"as_of"'))
    query = select(EVENTS.c.course).where(EVENTS.c.kind.in_(kinds), written)
    return list(within.connection.scalars(query.distinct().order_by(EVENTS.c.course)))


def _diary_line(day: str, *known: Any) -> DiaryLine:
    *plain, provisional, pinned, currency, low, high = known
    line = DiaryLine._make(
        (
            *(date.fromisoformat(day), *plain, bool(provisional), bool(pinned)),
            *(currency, _amount(low), _amount(high), None),
        )
    )
    if line.start is not None:
        time.fromisoformat(line.start)
    _check(line.status in _SESSION_STATUS and line.number >= 0)
    _check(line.minutes is None or 0 < line.minutes <= _MINUTES_OF_A_DAY)
    if line.currency is not None:
        parse_currency(line.currency)
    _check(len({known is None for known in (line.currency, line.low, line.high)}) == 1)
    return line


@contextmanager
def _readable(within: Transaction, course: str) -> Iterator[None]:
    """Turn a value that none of ours can be into the error of a damaged book."""
    try:
        yield
    except (ValueError, TypeError, ArithmeticError):
        what = f"what list and diary say of {course} cannot be read; rebuild them"
        raise within.damaged(what) from None


def _check(is_as_written: bool) -> None:
    if not is_as_written:
        raise ValueError


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else parse_amount(text)
