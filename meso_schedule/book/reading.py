"""Read events from the tables, and the state of a course from its events."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from meso_schedule.book.book_errors import damaged, unknown_course
from meso_schedule.book.digests import GENESIS
from meso_schedule.book.events import Event, record_of
from meso_schedule.book.folding import fold
from meso_schedule.book.schema import BOOK, COURSES, EVENTS, HEAD
from meso_schedule.book.state import CourseState, Entry

_NUMBERS = {0, 2, 4, 8}
_MAYBE_NONE = {7, 9, 11, 12}
_AT_ONCE = 1000


def read_head(connection: Connection, target: str) -> tuple[int, str]:
    """Return how many events there are, and the hash of the last."""
    row = connection.execute(select(HEAD).where(HEAD.c.one == 1)).one_or_none()
    if row is None:
        raise damaged(target, "it does not say how many events there are")
    _, count, last = row
    if count < 0 or not re.fullmatch("[0-9a-f]{64}", last):
        raise damaged(target, "what it says of its end cannot be read")
    return count, last


def book_id(connection: Connection, target: str) -> str:
    """Return which book it is."""
    found: str | None = connection.scalar(select(BOOK.c.id).where(BOOK.c.one == 1))
    if found is None or not re.fullmatch("[0-9a-f]{32}", found):
        raise damaged(target, "it does not say which book it is")
    return found


def last_time(connection: Connection, count: int, target: str) -> datetime | None:
    """Return when the last event was written down; None when there is none."""
    return _time(event_at(connection, count, target), target) if count else None


def course_events(connection: Connection, course: str, target: str) -> list[Event]:
    """Return the events of a course, by revision; none when there is no such course.

    Raises:
        BookFault: When one of them is not what was written, or is missing.
    """
    events = events_of(connection, course, target)
    listed = connection.scalar(select(COURSES.c.revision).where(COURSES.c.course == course))
    in_order = all(event.revision == place for place, event in enumerate(events, start=1))
    if not in_order or len(events) != (listed or 0):
        raise damaged(target, f"list and events of course {course} do not agree")
    before = [event.sequence - 1 for event in events]
    query = select(EVENTS.c.sequence, EVENTS.c.hash).where(EVENTS.c.sequence.in_(before))
    hashes = {0: GENESIS, **{row.sequence: row.hash for row in connection.execute(query)}}
    for event in events:
        is_linked = event.linked_to(str(hashes.get(event.sequence - 1))) == event.hash
        if not is_linked or not event.is_as_written:
            raise damaged(target, f"event {event.sequence} is not what was written")
    return events


def events_of(connection: Connection, course: str, target: str) -> list[Event]:
    """Return the events of a course as they stand there, by revision."""
    query = select(EVENTS).where(EVENTS.c.course == course).order_by(EVENTS.c.revision)
    return [_event(row, target) for row in connection.execute(query)]


def event_at(connection: Connection, sequence: int, target: str) -> Event:
    """Return the event of a sequence."""
    row = connection.execute(select(EVENTS).where(EVENTS.c.sequence == sequence)).one_or_none()
    if row is None:
        raise damaged(target, f"event {sequence} is missing")
    return _event(row, target)


def course_event(connection: Connection, course: str, revision: int, target: str) -> Event | None:
    """Return an event of a course; None where the book does not hold it."""
    query = select(EVENTS).where(EVENTS.c.course == course, EVENTS.c.revision == revision)
    row = connection.execute(query).one_or_none()
    return _event(row, target) if row else None


def events_under(connection: Connection, key: str, target: str) -> list[Event]:
    """Return the events that keep a digest of a key, by part."""
    query = select(EVENTS).where(EVENTS.c.key == key).order_by(EVENTS.c.part)
    return [_event(row, target) for row in connection.execute(query)]


def all_events(connection: Connection, target: str) -> Iterator[Event]:
    """Yield every event, by sequence, a few at a time."""
    after = 0
    while True:
        query = select(EVENTS).where(EVENTS.c.sequence > after)
        rows = connection.execute(query.order_by(EVENTS.c.sequence).limit(_AT_ONCE)).all()
        for row in rows:
            yield _event(row, target)
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1].sequence


def course_ids(connection: Connection) -> list[str]:
    """Return the ids of all courses, in the order they were opened."""
    query = select(EVENTS.c.course).where(EVENTS.c.revision == 1).order_by(EVENTS.c.sequence)
    return list(connection.scalars(query))


def entries_of(events: Sequence[Event], target: str) -> list[Entry]:
    """Read what the events of a course say; what was erased says nothing."""
    kept = [event for event in events if not event.is_erased]
    if len(kept) < len(events) and (not kept or kept[-1].kind != "erased"):
        raise damaged(target, f"events of course {events[0].course} are gone")
    return [Entry(event.revision, _time(event, target), record_of(event, target)) for event in kept]


def state_of(events: list[Event], target: str) -> CourseState:
    """Fold the events of one course, which has some."""
    if not events:
        raise damaged(target, "the events of a course are not where they should be")
    return fold(events[0].course, entries_of(events, target))


def course_state(connection: Connection, course: str, target: str) -> CourseState:
    """Return the state of a course.

    Raises:
        InputError: When the book does not hold it.
    """
    events = course_events(connection, course, target)
    if not events:
        raise unknown_course(course)
    return state_of(events, target)


def _time(event: Event, target: str) -> datetime:
    try:
        return event.time
    except ValueError:
        raise damaged(target, f"the time of event {event.sequence} cannot be read") from None


def _event(row: Row[Any], target: str) -> Event:
    """Make an event of a row; a damaged page can put anything anywhere."""
    for place, value in enumerate(row):
        fits = isinstance(value, int if place in _NUMBERS else str)
        if not fits and not (value is None and place in _MAYBE_NONE):
            raise damaged(target, f"event {row[0]!r} cannot be read")
    columns: Any = row
    return Event(*columns)
