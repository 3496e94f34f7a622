"""A file of courses: one event after the other, and at its end whether all is as written."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, NoReturn

from pydantic import AfterValidator, JsonValue

from meso_schedule.base.errors import FormatError, InputError
from meso_schedule.base.free_text import Whole, check_text
from meso_schedule.base.json_stream import members
from meso_schedule.base.models import Count, InputModel, Table
from meso_schedule.book.digests import canonical
from meso_schedule.book.events import Event, Head
from meso_schedule.book.ids import parse_course_id

FORMAT = 1
# A hundred thousand courses.
MAX_BYTES = 4_000_000_000
_EVENTS = "events"


def _one_line(text: str) -> str:
    check_text(text, len(text))
    return text


class Written(InputModel):
    """An event in a file: every column but those that follow from where it stands."""

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
    """A file of courses, without its events."""

    format: Count
    head: Head | None
    digest: Whole


class Incoming:
    """The events of a file of courses, read as they are asked for.

    Args:
        pieces: The file's content, piece by piece.
        source: The file's name, for errors.
    """

    def __init__(self, pieces: Iterable[str], source: str) -> None:
        self._pieces = pieces
        self._source = source
        self.head: Head | None = None
        """The end of the book they are from, known when all of them were read."""

    def __iter__(self) -> Iterator[Event]:
        """Yield the events, in order, without sequence and hash.

        Raises:
            InputError: When it is no such file, was changed, or comes from a later version.
        """
        try:
            yield from self._events()
        except InputError as error:
            raise error.at(self._source) from None
        except FormatError as error:
            raise InputError(error.faults).at(self._source, "course") from None

    def _events(self) -> Iterator[Event]:
        digest = hashlib.sha256()
        rest: dict[str, Any] = {}
        for name, value in members(self._pieces, self._source, _EVENTS):
            if name != _EVENTS:
                rest[name] = value
                _check_format(rest, self._source)
                continue
            digest.update(canonical(value).encode() + b"\n")
            yield _event(Written.read(value))
        document = _Document.read(rest)
        if digest.hexdigest() != document.digest:
            refuse_file(self._source, "changed_file", "The file is not as it was written.")
        self.head = document.head


def _check_format(rest: dict[str, Any], source: str) -> None:
    if rest.get("format", FORMAT) != FORMAT:
        refuse_file(source, "newer_file", "Another version of the program wrote this file.")


def _event(written: Written) -> Event:
    columns = {name: getattr(written, name) for name in Written.model_fields}
    payload = None if written.payload is None else canonical(written.payload)
    columns |= {"course": parse_course_id(written.course), "payload": payload}
    return Event(sequence=0, hash="", **columns)


def refuse_file(source: str, code: str, message: str) -> NoReturn:
    """Refuse a file that is not what the program wrote."""
    raise InputError.of(
        code, message, source=source, remedy="Export it again from the book it comes from."
    )
