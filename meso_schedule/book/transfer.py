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

from meso_schedule.base.models import Model
from meso_schedule.book.book_errors import BookFault, RefusedError
from meso_schedule.book.digests import canonical
from meso_schedule.book.events import Event, Head
from meso_schedule.book.ids import parse_course_id
from meso_schedule.book.incoming import FORMAT, Written, refuse_file
from meso_schedule.book.reading import history_of, state_of
from meso_schedule.book.storage.event_log import (
    all_events,
    course_event,
    events_of,
    events_under,
    read_head,
)
from meso_schedule.book.storage.hash_chain import HashChain
from meso_schedule.book.storage.keys import is_salted, note_taken_in
from meso_schedule.book.storage.projection import project
from meso_schedule.book.storage.transaction import Transaction


class Imported(Model):
    """The answer to an import: courses taken in, and those that were there already."""

    courses: tuple[str, ...]
    known: tuple[str, ...]
    events: int


def export(within: Transaction, courses: Sequence[str] | None) -> Iterator[str]:
    """Yield the lines of a file of courses.

    Args:
        within: A reading transaction.
        courses: Their ids; None for the whole book.

    Raises:
        InputError: When there is no such course.
    """
    head: JsonValue = None
    events: Iterable[Event]
    if courses is None:
        head = read_head(within).model_dump()
        events = all_events(within)
    else:
        ids = list(map(parse_course_id, courses))
        events = [event for course in ids for event in history_of(within, course)]
    digest = hashlib.sha256()
    yield f'{{"format":{FORMAT},"head":{canonical(head)},"events":[\n'
    before = ""
    for event in events:
        if not event.is_as_written:
            raise within.damaged(f"event {event.sequence} is not what was written")
        line = canonical(_written(event))
        digest.update(line.encode() + b"\n")
        yield before + line
        before = ",\n"
    yield f'\n],"digest":"{digest.hexdigest()}"}}\n'


def _written(event: Event) -> dict[str, Any]:
    columns = {name: getattr(event, name) for name in Written.model_fields}
    payload = event.payload
    return columns | {"payload": None if payload is None else json.loads(payload)}


def take_in(
    within: Transaction,
    events: Iterable[Event],
    head: Callable[[], Head | None],
    source: str,
) -> Imported:
    """Add the events of whole courses to a book.

    A course that is in it already, event for event, is left as it is. A key under which it was
    written is known here too; where this book has used the same key, its own use counts.

    Args:
        within: A writing transaction, which is to be given up when this fails.
        events: In their order, without sequence and hash; they are read one by one.
        head: Returns, when all were read, the end of the book they are from; when this book is
            empty it must come out again.
        source: The file's name, for errors.

    Raises:
        InputError: When the events do not make whole courses.
        RefusedError: When the book has other events of such a course, or under a key of which both
            keep a plain digest.
    """
    taking = _Taking(within, source)
    with HashChain(within) as chain:
        before = chain.head.count
        keys = dict[int, str]()
        for event in taking.new(events):
            placed = chain.add(event)
            if event.key and is_salted(event):
                keys[placed.sequence] = event.key
    note_taken_in(within, keys)
    taking.finish()
    end = head()
    if before == 0 and end and chain.head != end:
        refuse_file(source, "changed_file", "The events do not end as the book did.")
    return Imported(
        courses=tuple(course for course in taking.revisions if course not in taking.known),
        known=tuple(course for course in taking.revisions if course in taking.known),
        events=chain.head.count - before,
    )


class _Taking:
    """Courses on their way into a book: how far each has come, and whether it was there."""

    def __init__(self, within: Transaction, source: str) -> None:
        self._within = within
        self._source = source
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
            there = course_event(self._within, event.course, event.revision)
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
        if events_under(self._within, key):
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
            elif course_event(self._within, course, last + 1):
                raise _other_course(course)

    def _project(self, course: str) -> None:
        try:
            state = state_of(events_of(self._within, course), self._source)
        except BookFault as error:
            refuse_file(self._source, error.code, error.problem)
        project(self._within, state)


def _other_course(course: str) -> RefusedError:
    return RefusedError(
        "other_course",
        f"The book holds another course {course}.",
        "Import it into another book.",
        field="course",
        value=course,
    )
