"""Backups: where they go, and what is restored from them."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import takewhile
from pathlib import Path

from meso_schedule.base.errors import InputError, UnreadableFileError
from meso_schedule.base.json_stream import NOT_TEXT, pieces_of
from meso_schedule.base.private_files import check_targets, is_database, is_same, written_whole
from meso_schedule.base.source_files import is_own_pipe, open_source
from meso_schedule.book.book_errors import NotABookError
from meso_schedule.book.digests import GENESIS
from meso_schedule.book.events import Event, Head
from meso_schedule.book.incoming import MAX_BYTES, Incoming
from meso_schedule.book.storage.book_places import cannot, check_place, files_of, told_by_the_book
from meso_schedule.book.storage.event_log import all_events, all_hashes, drop_events, read_head
from meso_schedule.book.storage.interface import Storage, migrate, no_book
from meso_schedule.book.storage.projection import clear
from meso_schedule.book.storage.sqlite import SqliteStorage, load_copy
from meso_schedule.book.storage.transaction import Transaction
from meso_schedule.book.verification import UNRULY, verify

# The events of a backup, and what tells the end of the book they are from.
Copied = tuple[Iterable[Event], Callable[[], Head | None]]


def check_target(path: Path, shown: str, *, force: bool) -> None:
    """Refuse a file for a backup that must not be written.

    Raises:
        InputError: For a link, a folder, the book itself or its journal, or a file that exists
            without force.
        BookFault: When its folder is missing.
    """
    check_place(path)
    try:
        check_targets([path], force=force, spared=files_of(shown), over_databases=True)
    except InputError as error:
        raise error.in_field("target") from None


def write_copy(
    storage: Storage, path: Path, lines: Callable[[], Iterator[str]], *, force: bool
) -> None:
    """Write a backup, whole or not at all."""
    if isinstance(storage, SqliteStorage):
        storage.copy_to(path, force=force)
        return
    with (
        told_by_the_book(),
        written_whole(path, force=force) as fresh,
        fresh.open("w", encoding="utf-8", newline="\n") as file,
    ):
        file.writelines(lines())
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def read_copy(path: Path, shown: str) -> Iterator[Copied]:
    """Read a backup.

    Args:
        path: The backup: a file, or a pipe of the shell's own that `export` writes into.
        shown: The book that is filled from it.

    Yields:
        Its events, and what returns the end of the book they are from when all were read.

    Raises:
        InputError: When it is no backup, or the book itself.
        BookFault: When it is damaged or cannot be read.
    """
    if not is_own_pipe(path) and _is_copied_file(path, shown):
        with closing(load_copy(path)) as storage:
            migrate(storage, create=False)
            events, head = _verified(storage)
            yield events, lambda: head
        return
    with open_source(path) as file:
        incoming = Incoming(pieces_of(file, str(path), MAX_BYTES), str(path))
        try:
            yield incoming, lambda: incoming.head
        except UnreadableFileError as error:
            if error.faults[0].code != NOT_TEXT:
                raise
            raise NotABookError.because(
                "not_a_backup", f"{path} is no backup.", str(path), "Name another file."
            ) from None


def _is_copied_file(path: Path, shown: str) -> bool:
    """Tell whether a backup is a book itself, not what `export` writes; refuse what is none."""
    if not check_place(path):
        raise no_book(str(path))
    for own, what in files_of(shown).items():
        if is_same(path, own):
            raise InputError.of(
                "same_file",
                f"{path} is {what} itself.",
                field="source",
                value=path,
                remedy="Name a backup of it.",
            )
    try:
        return is_database(path)
    except OSError as error:
        raise cannot(path, "be read", error) from None


def _verified(storage: Storage) -> tuple[list[Event], Head]:
    with storage.reading() as within:
        found = verify(storage, within)
        if not found.is_as_written:
            broken = (it for it in found.problems if it.code != UNRULY)
            raise within.damaged(next(broken).message.rstrip("."))
        return list(all_events(within)), found.head


def lost(within: Transaction, events: Iterable[Event], kept: Head | None) -> tuple[int, int] | None:
    """Return the first and the last event that are in a book, and not in what it is filled with.

    Args:
        within: A transaction of the book.
        events: What it is filled with.
        kept: The end that was kept of it, which may lie past the book's own.
    """
    mine = all_hashes(within)
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


def empty(within: Transaction, *, force: bool) -> None:
    """Empty a book before it is filled from a backup.

    Raises:
        InputError: When it is not empty and `force` is not given.
    """
    if not read_head(within).count:
        return
    if not force:
        raise InputError.of(
            "target_exists",
            f"The book {within.shown} is not empty.",
            field="book",
            value=within.shown,
            remedy="Restore into a new book, or give force to lose what this one holds.",
        )
    clear(within)
    drop_events(within)
