"""Add events to the end of the book, each linked to the one before."""

from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, insert, select, update

from meso_schedule.book.book_errors import damaged
from meso_schedule.book.digests import GENESIS
from meso_schedule.book.events import Event
from meso_schedule.book.reading import read_head
from meso_schedule.book.schema import EVENTS, HEAD

_AT_ONCE = 500
_NAMES = tuple(column.name for column in EVENTS.columns)


class HashChain:
    """The end of the book in a writing transaction; what is added is there when it is left.

    Raises:
        BookFault: When the book does not end where it says, so that nothing can follow.
    """

    def __init__(self, connection: Connection, target: str) -> None:
        self._connection = connection
        self.count, self.hash = read_head(connection, target)
        query = select(EVENTS.c.sequence, EVENTS.c.hash).order_by(EVENTS.c.sequence.desc())
        last = connection.execute(query.limit(1)).one_or_none()
        if (self.count, self.hash) != (tuple(last) if last else (0, GENESIS)):
            raise damaged(target, "it does not end where it says that it does")
        self._waiting: list[dict[str, Any]] = []

    def add(self, event: Event) -> Event:
        """Add an event as the next one and return it with its sequence and hash."""
        placed = replace(event, sequence=self.count + 1)
        placed = replace(placed, hash=placed.linked_to(self.hash))
        self.count, self.hash = placed.sequence, placed.hash
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

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            self._write()
            self._connection.execute(update(HEAD).values(count=self.count, hash=self.hash))
