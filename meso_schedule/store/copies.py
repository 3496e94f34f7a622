"""Backups: where they go, and what is restored from them."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile
from pathlib import Path

from sqlalchemy import Connection, delete, select, update

from meso_schedule.errors import InputError
from meso_schedule.store.digests import GENESIS
from meso_schedule.store.errors import NotABookError, damaged
from meso_schedule.store.events import Event
from meso_schedule.store.private_files import cannot, check_place, make_private, put_in_place
from meso_schedule.store.projection import clear
from meso_schedule.store.reading import all_events, read_head
from meso_schedule.store.schema import EVENTS, HEAD, KEYS
from meso_schedule.store.sqlite import SqliteStorage, load_copy
from meso_schedule.store.storage import Storage, migrate, no_book
from meso_schedule.store.transfer import read_document
from meso_schedule.store.verifying import UNRULY, Head, verify

_SQLITE = b"SQLite format 3\0"


def check_target(path: Path, shown: str, *, force: bool) -> None:
    """Refuse a file for a backup that must not be written.

    Raises:
        InputError: For a link, a folder, the book itself, or a file that exists without force.
        BookFault: When its folder is missing.
    """
    if not check_place(path):
        return
    book = Path(shown)
    if not force or (book.exists() and path.samefile(book)):
        raise InputError.of(
            "target_exists",
            f"{path} exists.",
            field="target",
            value=path,
            remedy="Name another file, or replace it with force; never the book itself.",
        )


def write_copy(storage: Storage, path: Path, lines: Callable[[], Iterator[str]]) -> None:
    """Write a backup, whole or not at all."""
    if isinstance(storage, SqliteStorage):
        storage.copy_to(path)
        return
    fresh = path.with_name(f"{path.name}.part")
    fresh.unlink(missing_ok=True)
    make_private(fresh)
    try:
        with fresh.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(lines())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise cannot(path, "be written", error) from None
    else:
        put_in_place(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)


def read_copy(path: Path) -> tuple[list[Event], Head | None]:
    """Read and verify a backup.

    Raises:
        InputError: When it is no backup.
        BookFault: When it is damaged or cannot be read.
    """
    if not check_place(path):
        raise no_book(str(path))
    try:
        with path.open("rb") as file:
            is_database = file.read(len(_SQLITE)) == _SQLITE
        if not is_database:
            return read_document(path.read_bytes().decode(), str(path))
    except OSError as error:
        raise cannot(path, "be read", error) from None
    except UnicodeDecodeError:
        raise NotABookError.because(
            "not_a_backup", f"{path} is no backup.", str(path), "Name another file."
        ) from None
    storage = load_copy(path)
    try:
        migrate(storage, create=False)
        return _verified(storage)
    finally:
        storage.close()


def _verified(storage: Storage) -> tuple[list[Event], Head]:
    with storage.reading() as connection:
        found = verify(storage, connection)
        if not found.is_as_written:
            broken = (it for it in found.problems if it.code != UNRULY)
            raise damaged(storage.shown, next(broken).message.rstrip("."))
        return list(all_events(connection, storage.shown)), found.head


def lost(
    connection: Connection, events: Sequence[Event], kept: Head | None
) -> tuple[int, int] | None:
    """Return the first and the last event that are in a book, and not in what it is filled with.

    Args:
        connection: To the book, in a transaction.
        events: What it is filled with.
        kept: The end that was kept of it, which may lie past the book's own.
    """
    mine = connection.scalars(select(EVENTS.c.hash).order_by(EVENTS.c.sequence)).all()
    theirs = [GENESIS]
    for sequence, event in enumerate(events, start=1):
        theirs.append(replace(event, sequence=sequence).linked_to(theirs[-1]))
    common = sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(mine, theirs[1:], strict=False))
    )
    last = len(mine) if len(mine) > common else 0
    first = common + 1 if last else len(theirs)
    if kept and theirs[kept.count : kept.count + 1] != [kept.hash]:
        last = max(last, kept.count)
    return (min(first, last), last) if last else None


def empty(connection: Connection, shown: str, *, force: bool) -> None:
    """Empty a book before it is filled from a backup.

    Raises:
        InputError: When it is not empty and `force` is not given.
    """
    count, _ = read_head(connection, shown)
    if not count:
        return
    if not force:
        raise InputError.of(
            "target_exists",
            f"The book {shown} is not empty.",
            field="book",
            value=shown,
            remedy="Restore into a new book, or give force to lose what this one holds.",
        )
    clear(connection)
    connection.execute(delete(KEYS))
    connection.execute(delete(EVENTS))
    connection.execute(update(HEAD).values(count=0, hash=GENESIS))
