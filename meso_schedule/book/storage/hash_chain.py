"""Add events to the end of the book, each linked to the one before."""

from dataclasses import replace
from typing import Any, Self

from sqlalchemy import insert, select, update

from meso_schedule.book.digests import GENESIS
from meso_schedule.book.events import Event, Head
from meso_schedule.book.storage.event_log import read_head
from meso_schedule.book.storage.schema import EVENTS, HEAD
from meso_schedule.book.storage.transaction import Transaction

_AT_ONCE = 500
_NAMES = tuple(column.name for column in EVENTS.columns)


class HashChain:
    """The end of the book in a writing transaction; what is added is there when it is left.

    Raises:
        BookFault: When the book does not end where it says, so that nothing can follow.
    """

    def __init__(self, within: Transaction) -> None:
        self._connection = within.connection
        self.head = read_head(within)
        query = select(EVENTS.c.sequence, EVENTS.c.hash).order_by(EVENTS.c.sequence.desc())
        last = self._connection.execute(query.limit(1)).one_or_none()
        if (self.head.count, self.head.hash) != (tuple(last) if last else (0, GENESIS)):
            raise within.damaged("it does not end where it says that it does")
        self._waiting: list[dict[str, Any]] = []

    def add(self, event: Event) -> Event:
        """Add an event as the next one and return it with its sequence and hash."""
        placed = replace(event, sequence=self.head.count + 1)
        placed = replace(placed, hash=placed.linked_to(self.head.hash))
        self.head = Head(count=placed.sequence, hash=placed.hash)
        self._waiting.append({name: getattr(placed, name) for name in _NAMES})
        if len(self._waiting) >= _AT_ONCE:
            self._write()
        return placed

    def _write(self) -> None:
        if self._waiting:
            self._connection.execute(insert(EVENTS), self._waiting)
            self._waiting.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._write()
            self._connection.execute(update(HEAD).values(self.head.model_dump()))
