"""Where a book is kept: what SQLite and PostgreSQL have in common."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection

from meso_schedule.book.book_errors import NotABookError, newer_book
from meso_schedule.book.storage import migrations
from meso_schedule.book.storage.schema import EVENTS
from meso_schedule.book.storage.schema import MIGRATIONS as APPLIED
from meso_schedule.book.storage.transaction import Transaction

POSTGRES = "postgresql+psycopg://"

# How long to wait for another program that is writing.
TIMEOUT_SECONDS = 30.0


class Storage(Protocol):
    """A database that holds a book.

    A writing transaction keeps every other writer out from its beginning, and has reached
    the disk when it is left without an error.
    """

    shown: str
    # What is to be told of who may read it, where that was mended or has to be.
    said: str | None

    def reading(self) -> AbstractContextManager[Transaction]:
        """Begin a transaction that sees one state of the book."""
        ...

    def writing(self) -> AbstractContextManager[Transaction]:
        """Begin a transaction that writes all or nothing."""
        ...

    def translated(self) -> AbstractContextManager[None]:
        """Turn what the database raises into errors of the book."""
        ...

    def tables(self, connection: Connection) -> set[str]:
        """Return the names of all tables there are."""
        ...

    def before_migration(self, number: int) -> None:
        """Keep a copy of the book as it is before a migration."""
        ...

    def claim(self, connection: Connection) -> None:
        """Mark a new database as a book."""
        ...

    def problems(self, connection: Connection) -> Iterator[str]:
        """Find what is wrong with the database itself."""
        ...

    def compact(self) -> None:
        """Rewrite the database so that nothing of what was deleted is left in it."""
        ...

    def copies(self) -> list[Path]:
        """Return the copies that migrations have left."""
        ...

    def close(self, *, is_stopped: bool = False) -> None:
        """Let go of the database.

        Args:
            is_stopped: Whether something failed: a file that was made here and holds no event
                is taken away again.
        """
        ...


def migrate(storage: Storage, *, create: bool) -> None:
    """Bring the tables up to what this program writes.

    Raises:
        BookFault: When a later version of the program wrote the book.
        NotABookError: When there is none and none is to be made, or another program's tables.
    """
    with storage.reading() as within:
        version = _version(storage, within)
    if version == migrations.newest():
        return
    if version == 0 and not create:
        raise no_book(storage.shown)
    with storage.writing() as within:
        version = _version(storage, within)
        if 0 < version < migrations.newest():
            storage.before_migration(migrations.newest())
        if version == 0:
            storage.claim(within.connection)
        migrations.apply(within, version)


def no_book(shown: str) -> NotABookError:
    """Return the error of an address under which there is nothing yet."""
    return NotABookError.because(
        "no_book", f"There is no book at {shown}.", shown, "Open a course to begin one."
    )


def _version(storage: Storage, within: Transaction) -> int:
    tables = storage.tables(within.connection)
    if EVENTS.name in tables and APPLIED.name not in tables:
        raise within.damaged("the record of its migrations is gone")
    if tables and APPLIED.name not in tables:
        raise NotABookError.because(
            "other_database",
            f"{storage.shown} holds tables of another program.",
            storage.shown,
            "Name another place for the book.",
        )
    if not tables:
        return 0
    steps = migrations.applied(within)
    number: int = steps[-1][0] if steps else 0
    if number > migrations.newest():
        raise newer_book(storage.shown, f"tables of version {number}")
    if not number or steps != migrations.record(number):
        raise within.damaged("the record of its migrations was changed")
    return number


def bad_address(problem: str) -> NotABookError:
    """Return the error of an address; it may hold a password, so nothing of it is repeated."""
    return NotABookError.because(
        "bad_address",
        problem,
        POSTGRES,
        f"Name a file, or write {POSTGRES}user:password@host/database, with %40 for @ and %3A"
        " for : in a password.",
    )
