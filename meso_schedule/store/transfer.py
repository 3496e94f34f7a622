"""Courses as JSON, one event a line, to take to another book and back without a loss.

What is written: every column of an event but its sequence and hash, which follow from where
it stands. A whole book that goes into an empty one therefore gets the same chain, which its
`head` proves; a single course is linked anew to the end of the book that takes it.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, NoReturn

from pydantic import AfterValidator, JsonValue
from sqlalchemy import Connection

from meso_schedule.documents import parse_json
from meso_schedule.errors import FormatError, InputError
from meso_schedule.free_text import Whole, check_text
from meso_schedule.store.chain import Chain
from meso_schedule.store.digests import canonical
from meso_schedule.store.errors import BookFault, RefusedError, damaged, unknown_course
from meso_schedule.store.events import Event
from meso_schedule.store.ids import parse_course_id
from meso_schedule.store.keys import note_taken_in
from meso_schedule.store.projection import project
from meso_schedule.store.reading import (
    all_events,
    course_events,
    events_under,
    read_head,
    state_of,
)
from meso_schedule.store.verifying import Head
from meso_schedule.validation import Count, InputModel, Model, Table

FORMAT = 1


def _one_line(text: str) -> str:
    check_text(text, len(text))
    return text


class _Written(InputModel):
    """An event in a file."""

    course: Whole
    revision: Count
    kind: Whole
    version: Count
    at: Whole
    who: Annotated[Whole, AfterValidator(_one_line)]
    key: Whole | None
    part: Count
    asked: Whole | None
    digest: Whole
    payload: Table[str, JsonValue] | None
    salt: Whole | None


class _Document(InputModel):
    """A file of courses."""

    format: Count
    head: Head | None
    events: tuple[Table[str, JsonValue], ...]
    digest: Whole


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
    columns = {name: getattr(event, name) for name in _Written.model_fields}
    payload = event.payload
    return columns | {"payload": None if payload is None else json.loads(payload)}


def read_document(text: str, source: str) -> tuple[list[Event], Head | None]:
    """Read a file of courses, whole and as it was written.

    Args:
        text: The file's content.
        source: The file's name, for errors.

    Returns:
        Its events, in order, without sequence and hash; and the end of the book they are from.

    Raises:
        InputError: When it is no such file, was changed, or comes from a later version.
    """
    document = parse_json(text, source)
    if isinstance(document, dict) and document.get("format", FORMAT) != FORMAT:
        _refuse(source, "newer_file", "Another version of the program wrote this file.")
    try:
        read = _Document.model_validate(document)
        digest = hashlib.sha256()
        for table in read.events:
            digest.update(canonical(table).encode() + b"\n")
        if digest.hexdigest() != read.digest:
            _refuse(source, "changed_file", "The file is not as it was written.")
        return [_event(_Written.model_validate(table)) for table in read.events], read.head
    except InputError as error:
        raise error.at(source) from None
    except FormatError as error:
        raise InputError(error.faults).at(source, "course") from None


def _event(written: _Written) -> Event:
    columns = {name: getattr(written, name) for name in _Written.model_fields}
    payload = None if written.payload is None else canonical(written.payload)
    columns |= {"course": parse_course_id(written.course), "payload": payload}
    return Event(sequence=0, hash="", **columns)


def take_in(
    connection: Connection, events: Sequence[Event], head: Head | None, source: str, target: str
) -> Imported:
    """Add the events of whole courses to a book.

    A course that is in it already, event for event, is left as it is. A key under which it was
    written is known here too; where this book has used the same key, its own use counts.

    Args:
        connection: In a writing transaction.
        events: What `read_document` returned.
        head: The end of the book they are from; when this book is empty it must come out again.
        source: The file's name, for errors.
        target: The book, for errors.

    Raises:
        InputError: When the events do not make whole courses.
        RefusedError: When the book has other events of such a course, or under a key of which both
            keep a plain digest.
    """
    by_course = defaultdict(list)
    for event in events:
        by_course[event.course].append(event)
    for course, own in by_course.items():
        _check_course(course, own, source)
    known = {course for course, own in by_course.items() if _is_known(connection, own, target)}
    with Chain(connection, target) as chain:
        was_empty = chain.count == 0
        added = chain.add_all(event for event in events if event.course not in known)
        if was_empty and head and (chain.count, chain.hash) != (head.count, head.hash):
            _refuse(source, "changed_file", "The events do not end as the book did.")
    note_taken_in(connection, added)
    for course, own in by_course.items():
        if course not in known:
            project(connection, state_of(own, source))
    return Imported(
        courses=tuple(course for course in by_course if course not in known),
        known=tuple(course for course in by_course if course in known),
        events=len(added),
    )


def _check_course(course: str, events: list[Event], source: str) -> None:
    if [event.revision for event in events] != list(range(1, len(events) + 1)):
        _refuse(source, "not_whole", f"The events of course {course} are not all there.")
    if any(not event.is_as_written for event in events):
        _refuse(source, "changed_file", f"Course {course} is not as it was written.")
    try:
        state_of(events, source)
    except BookFault as error:
        _refuse(source, error.code, error.problem)


def _is_known(connection: Connection, events: list[Event], target: str) -> bool:
    there = course_events(connection, events[0].course, target)
    if [_written(event) for event in there] == [_written(event) for event in events]:
        return True
    if there:
        raise RefusedError(
            "other_course",
            f"The book holds another course {events[0].course}.",
            "Import it into another book.",
            field="course",
            value=events[0].course,
        )
    for event in events:
        if event.key and event.part == 0 and events_under(connection, event.key, target):
            raise RefusedError(
                "key_used",
                f"A key of course {events[0].course} was used in this book.",
                "Import it into another book.",
                field="key",
            )
    return False


def _refuse(source: str, code: str, message: str) -> NoReturn:
    raise InputError.of(
        code, message, source=source, remedy="Export it again from the book it comes from."
    )
