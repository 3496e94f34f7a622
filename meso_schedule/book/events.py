"""One event as the book keeps it, and how it is read."""

import json
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter

from meso_schedule.base.errors import InputError
from meso_schedule.base.free_text import RECORDED
from meso_schedule.base.models import Model
from meso_schedule.book.book_errors import damaged, newer_book
from meso_schedule.book.digests import link, salted
from meso_schedule.book.records import RECORDS, Record, read_record


class Head(Model):
    """The end of a book: how many events it has and the hash of the last.

    Noted elsewhere, it later proves that nothing was cut off.
    """

    count: int
    hash: str

    def __str__(self) -> str:
        return f"{self.count}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Event:
    """An event.

    Args:
        sequence: Its place in the book, counted from 1.
        course: The course it belongs to.
        revision: Its place in the course, counted from 1.
        kind: What happened; with `version`, which record says it.
        at: When it was written down, ISO with the offset of the clinic.
        who: Who wrote it down.
        key: Salted digest of the caller's key, when one was given; plain in events of versions
            before. `keys.py` tells more.
        part: Its place among the events written under that key.
        asked: Salted digest of what was asked under that key.
        digest: Salted digest of the payload.
        payload: What it says, canonical JSON; None once erased.
        salt: The salt of these digests; None once erased. That of a key is the salt of the first
            event written under it.
        hash: Hash over all of it but payload and salt, and over the hash before.
    """

    sequence: int
    course: str
    revision: int
    kind: str
    version: int
    at: str
    who: str
    key: str | None
    part: int
    asked: str | None
    digest: str
    payload: str | None
    salt: str | None
    hash: str

    def linked_to(self, previous: str) -> str:
        """Return the hash the event must have after an event of hash `previous`."""
        return link(previous, _CHAINED(self))

    @property
    def time(self) -> datetime:
        """When it was written down.

        Raises:
            ValueError: When that cannot be read or has no offset.
        """
        at = datetime.fromisoformat(self.at)
        if at.tzinfo is None:
            raise ValueError("the time has no offset")
        return at

    @property
    def is_erased(self) -> bool:
        """Whether its payload is gone."""
        return self.payload is None

    @property
    def is_as_written(self) -> bool:
        """Whether payload and salt fit the digest, or are both gone."""
        if self.payload is None or self.salt is None:
            return self.payload is None and self.salt is None
        return salted(self.salt, self.payload) == self.digest


# All that the hash of an event is over, but the hash before it.
_CHAINED = attrgetter(*(field.name for field in fields(Event)[:11]))


def record_of(event: Event, target: str) -> Record:
    """Read what an event says.

    Args:
        event: An event that was not erased.
        target: The book, for the error.

    Raises:
        BookFault: When the payload is not what was written, or a later program's.
    """
    if event.payload is None or not event.is_as_written:
        raise damaged(target, f"event {event.sequence} is not what was written")
    if (event.kind, event.version) not in RECORDS:
        what = f"event {event.sequence} of kind {event.kind!r}, version {event.version}"
        raise newer_book(target, what)
    try:
        return read_record(event.kind, event.version, json.loads(event.payload), context=RECORDED)
    except (InputError, ValueError):
        # The sentences of the faults would show what the patient's record says.
        raise damaged(target, f"event {event.sequence} cannot be read") from None
