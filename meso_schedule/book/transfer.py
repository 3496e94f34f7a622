"""Courses as JSON, one event a line, to take to another book and back without a loss.

What is written: every column of an event but its sequence and hash, which follow from where
it stands. A whole book that goes into an empty one therefore gets the same chain, which its
`head` proves; a single course is linked anew to the end of the book that takes it.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from pydantic import JsonValue
from sqlalchemy import Connection

from meso_schedule.base.models import Model
from meso_schedule.book.book_errors import BookFault, RefusedError, damaged, unknown_course
from meso_schedule.book.digests import canonical
from meso_schedule.book.events import Event
from meso_schedule.book.hash_chain import HashChain
from meso_schedule.book.incoming import FORMAT, Written, refuse_file
from meso_schedule.book.keys import is_salted, note_taken_in
from meso_schedule.book.projection import project
from meso_schedule.book.reading import (
    all_events,
    course_event,
    course_events,
    events_of,
    events_under,
    read_head,
    state_of,
)
from meso_schedule.book.verification import Head


class Imported(Model):
    """The answer to an import: courses taken in, and those that were there already."""

    courses: tuple[str, ...]
    known: tuple[str, ...]
    events: int


def export(connection: Connection, courses: Sequence[str] | None, target: str) -> Iterator[str]:
    """Yield the lines of a file of courses.

    Args:
        connection: In a reading transaction.
        courses: Their ids; None for the whole book.
        target: The book, for errors.

    Raises:
        InputError: When there is no such course.
    """
    head: JsonValue = None
    events: Iterable[Event]
    if courses is None:
        count, last = read_head(connection, target)
        head = {"count": count, "hash": last}
        events = all_events(connection, target)
    else:
        events = [event for course in courses for event in _existing(connection, course, target)]
    digest = hashlib.sha256()
    yield f'{{"format":{FORMAT},"head":{canonical(head)},"events":[\n'
    before = ""
    for event in events:
        if not event.is_as_written:
            raise damaged(target, f"event {event.sequence} is not what was written")
        line = canonical(_written(event))
        digest.update(line.encode() + b"\n")
        yield before + line
        before = ",\n"
    yield f'\n],"digest":"{digest.hexdigest()}"}}\n'


def _existing(connection: Connection, course: str, target: str) -> list[Event]:
    events = course_events(connection, course, target)
    if not events:
        raise unknown_course(course)
    return events


def _written(event: Event) -> dict[str, Any]:
    columns = {name: getattr(event, name) for name in Written.model_fields}
    payload = event.payload
    return columns | {"payload": None if payload is None else json.loads(payload)}


def take_in(
    connection: Connection,
    events: Iterable[Event],
    head: Callable[[], Head | None],
    source: str,
    target: str,
) -> Imported:
    """Add the events of whole courses to a book.

    A course that is in it already, event for event, is left as it is. A key under which it was
    written is known here too; where this book has used the same key, its own use counts.

    Args:
        connection: In a writing transaction, which is to be given up when this fails.
        events: In their order, without sequence and hash; they are read one by one.
        head: Returns, when all were read, the end of the book they are from; when this book is
            empty it must come out again.
        source: The file's name, for errors.
        target: The book, for errors.

    Raises:
        InputError: When the events do not make whole courses.
        RefusedError: When the book has other events of such a course, or under a key of which both
            keep a plain digest.
    """
    taking = _Taking(connection, source, target)
    with HashChain(connection, target) as chain:
        before = chain.count
        keys = dict[int, str]()
        for event in taking.new(events):
            placed = chain.add(event)
            if event.key and is_salted(event):
                keys[placed.sequence] = event.key
    note_taken_in(connection, keys)
    taking.finish()
    end = head()
    if before == 0 and end and (chain.count, chain.hash) != (end.count, end.hash):
        refuse_file(source, "changed_file", "The events do not end as the book did.")
    return Imported(
        courses=tuple(course for course in taking.revisions if course not in taking.known),
        known=tuple(course for course in taking.revisions if course in taking.known),
        events=chain.count - before,
    )


class _Taking:
    """Courses on their way into a book: how far each has come, and whether it was there."""

    def __init__(self, connection: Connection, source: str, target: str) -> None:
        self._connection = connection
        self._source = source
        self._target = target
        self.revisions: dict[str, int] = defaultdict(int)
        self.known: set[str] = set()

    def new(self, events: Iterable[Event]) -> Iterator[Event]:
        """Yield the events of courses that the book does not hold."""
        for event in events:
            course = event.course
            self.revisions[course] += 1
            if event.revision != self.revisions[course]:
                message = f"The events of course {course} are not all there."
                refuse_file(self._source, "not_whole", message)
            if not event.is_as_written:
                message = f"Course {course} is not as it was written."
                refuse_file(self._source, "changed_file", message)
            if not self._is_known(event):
                yield event

    def _is_known(self, event: Event) -> bool:
        there = None
        if event.revision == 1 or event.course in self.known:
            there = course_event(self._connection, event.course, event.revision, self._target)
        if there is not None and event.revision == 1:
            self.known.add(event.course)
        if event.course in self.known:
            if there is None or _written(there) != _written(event):
                raise _other_course(event.course)
            return True
        if event.key and event.part == 0:
            self._check_key(event, event.key)
        return False

    def _check_key(self, event: Event, key: str) -> None:
        if events_under(self._connection, key, self._target):
            raise RefusedError(
                "key_used",
                f"A key of course {event.course} was used in this book.",
                "Import it into another book.",
                field="key",
            )

    def finish(self) -> None:
        """Fold each new course, and see that no course of the book goes on after the file."""
        for course, last in self.revisions.items():
            if course not in self.known:
                self._project(course)
            elif course_event(self._connection, course, last + 1, self._target):
                raise _other_course(course)

    def _project(self, course: str) -> None:
        try:
            state = state_of(events_of(self._connection, course, self._target), self._source)
        except BookFault as error:
            refuse_file(self._source, error.code, error.problem)
        project(self._connection, state)


def _other_course(course: str) -> RefusedError:
    return RefusedError(
        "other_course",
        f"The book holds another course {course}.",
        "Import it into another book.",
        field="course",
        value=course,
    )
