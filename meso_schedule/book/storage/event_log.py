"""The events of a book as its tables hold them: read, and taken away with all that they say."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, select, update

from meso_schedule.book.digests import GENESIS
from meso_schedule.book.events import Event, Head
from meso_schedule.book.records import Erased
from meso_schedule.book.storage.schema import BOOK, COURSES, EVENTS, HEAD, KEYS
from meso_schedule.book.storage.transaction import Transaction

_KINDS: list[Any] = [field.type for field in fields(Event)]
_AT_ONCE = 1000


def read_head(within: Transaction) -> Head:
    """Return how many events there are, and the hash of the last."""
    row = within.connection.execute(select(HEAD).where(HEAD.c.one == 1)).one_or_none()
    if row is None:
        raise within.damaged("it does not say how many events there are")
    _, count, last = row
    if count < 0 or not re.fullmatch("[0-9a-f]{64}", last):
        raise within.damaged("what it says of its end cannot be read")
    return Head(count=count, hash=last)


def book_id(within: Transaction) -> str:
    """Return which book it is."""
    found: str | None = within.connection.scalar(select(BOOK.c.id).where(BOOK.c.one == 1))
    if found is None or not re.fullmatch("[0-9a-f]{32}", found):
        raise within.damaged("it does not say which book it is")
    return found


def all_hashes(within: Transaction) -> list[str]:
    """Return the hash of every event, by sequence."""
    return list(within.connection.scalars(select(EVENTS.c.hash).order_by(EVENTS.c.sequence)))


def hash_at(within: Transaction, sequence: int) -> str | None:
    """Return the hash of an event, that of the beginning for 0; None where there is none."""
    if sequence == 0:
        return GENESIS
    query = select(EVENTS.c.hash).where(EVENTS.c.sequence == sequence)
    return within.connection.scalar(query)


def course_events(within: Transaction, course: str) -> list[Event]:
    """Return the events of a course, by revision; none when there is no such course.

    Raises:
        BookFault: When one of them is not what was written, or is missing.
    """
    (events,) = events_of_each(within, [course])
    return events


def events_of_each(within: Transaction, courses: Sequence[str]) -> Iterator[list[Event]]:
    """Yield the events of each of some courses, as `course_events` returns them."""
    listed = select(COURSES.c.course, COURSES.c.revision).where(COURSES.c.course.in_(courses))
    revisions = dict(within.connection.execute(listed).all())
    before = EVENTS.alias()
    linked = select(EVENTS, before.c.hash).where(EVENTS.c.course.in_(courses))
    linked = linked.outerjoin(before, before.c.sequence == EVENTS.c.sequence - 1)
    rows: dict[str, list[Row[Any]]] = {course: [] for course in courses}
    for row in within.connection.execute(linked.order_by(EVENTS.c.revision)).all():
        rows[row.course].append(row)
    for course in courses:
        yield _checked(within, course, rows[course], revisions.get(course, 0))


def _checked(
    within: Transaction, course: str, rows: Sequence[Row[Any]], revision: int
) -> list[Event]:
    """Return the events of a course, each made of a row that ends with the hash before it."""
    events = [_event(within, row[:-1]) for row in rows]
    in_order = all(event.revision == place for place, event in enumerate(events, start=1))
    if not in_order or len(events) != revision:
        raise within.damaged(f"list and events of course {course} do not agree")
    for event, (*_, found) in zip(events, rows, strict=True):
        previous = GENESIS if event.sequence == 1 else str(found)
        if event.linked_to(previous) != event.hash or not event.is_as_written:
            raise within.damaged(f"event {event.sequence} is not what was written")
    return events


def events_of(within: Transaction, course: str) -> list[Event]:
    """Return the events of a course as they stand there, by revision."""
    return _events(within, EVENTS.c.course == course, EVENTS.c.revision)


def event_at(within: Transaction, sequence: int) -> Event:
    """Return the event of a sequence."""
    found = _events(within, EVENTS.c.sequence == sequence, EVENTS.c.sequence)
    if not found:
        raise within.damaged(f"event {sequence} is missing")
    return found[0]


def course_event(within: Transaction, course: str, revision: int) -> Event | None:
    """Return an event of a course; None where the book does not hold it."""
    there = (EVENTS.c.course == course) & (EVENTS.c.revision == revision)
    return next(iter(_events(within, there, EVENTS.c.revision)), None)


def events_under(within: Transaction, key: str) -> list[Event]:
    """Return the events that keep a digest of a key, by part."""
    return _events(within, EVENTS.c.key == key, EVENTS.c.part)


def all_events(within: Transaction) -> Iterator[Event]:
    """Yield every event, by sequence, a few at a time."""
    after = 0
    while found := _events(within, EVENTS.c.sequence > after, EVENTS.c.sequence, _AT_ONCE):
        yield from found
        after = found[-1].sequence


def course_ids(within: Transaction) -> list[str]:
    """Return the ids of all courses, in the order they were opened."""
    query = select(EVENTS.c.course).where(EVENTS.c.revision == 1).order_by(EVENTS.c.sequence)
    return list(within.connection.scalars(query))


def drop_payloads(within: Transaction, course: str) -> None:
    """Take away what the events of a course say, with their salts; their tombstone stays."""
    told = (EVENTS.c.course == course) & (EVENTS.c.kind != Erased.kind)
    within.connection.execute(update(EVENTS).where(told).values(payload=None, salt=None))


def drop_events(within: Transaction) -> None:
    """Take away every event, and what their keys were looked up by."""
    within.connection.execute(delete(KEYS))
    within.connection.execute(delete(EVENTS))
    within.connection.execute(update(HEAD).values(count=0, hash=GENESIS))


def _events(
    within: Transaction, wanted: ColumnElement[bool], order: Any, most: int | None = None
) -> list[Event]:
    query = select(EVENTS).where(wanted).order_by(order).limit(most)
    return [_event(within, row) for row in within.connection.execute(query).all()]


def _event(within: Transaction, row: Sequence[Any]) -> Event:
    """Make an event of a row; a damaged page can put anything anywhere."""
    if not all(map(isinstance, row, _KINDS)):
        raise within.damaged(f"event {row[0]!r} cannot be read")
    return Event(*row)
