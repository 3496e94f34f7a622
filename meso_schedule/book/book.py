"""`Book`: running courses, opened by address.

A book is a file, or a PostgreSQL database by an address that begins with
`postgresql+psycopg://`. It reads no clock: who writes and when is handed in as a `Context`.
What a method has returned has been committed to the disk.
"""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Self

from meso_schedule.base.errors import MesoScheduleError
from meso_schedule.book.backups import check_target, empty, lost, read_copy, write_copy
from meso_schedule.book.book_reading import BookReading
from meso_schedule.book.digests import canonical
from meso_schedule.book.erasure import Erasure, erase
from meso_schedule.book.events import Head
from meso_schedule.book.heads import compare, keep, kept_head
from meso_schedule.book.ids import Randomness, parse_course_id
from meso_schedule.book.incoming import Incoming
from meso_schedule.book.last_backup import keep_backup, last_backup
from meso_schedule.book.reading import project_all
from meso_schedule.book.records import Opened, Record
from meso_schedule.book.storage.addresses import open_storage
from meso_schedule.book.storage.event_log import read_head
from meso_schedule.book.storage.held_storage import held
from meso_schedule.book.storage.interface import TIMEOUT_SECONDS, Storage
from meso_schedule.book.transfer import Imported, export, take_in
from meso_schedule.book.verification import Verification, verify
from meso_schedule.book.writing import (
    Context,
    CourseChange,
    Receipt,
    recall,
    write,
    write_all,
)
from meso_schedule.course.course_plan import Finding


class Book(BookReading):
    """An open book; a context manager that closes it.

    Calls of several threads wait for each other; what is read piece by piece, such as an export,
    has to be read to its end before the next call. Any number of programs may have it open.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, Book.open(f"{folder}/courses.book") as book:
    ...     book.head().count
    0
    """

    def __init__(
        self,
        storage: Storage,
        randomness: Randomness = secrets.token_bytes,
        heads: Path | None = None,
    ) -> None:
        super().__init__(storage)
        self._heads = heads
        self._randomness = randomness
        self._told = [("readable", storage.said)] if storage.said else []

    @classmethod
    def open(
        cls,
        address: str | PathLike[str],
        *,
        create: bool = True,
        timeout: float = TIMEOUT_SECONDS,
        randomness: Randomness = secrets.token_bytes,
        heads: str | PathLike[str] | None = None,
    ) -> Self:
        """Open a book and bring its tables up to date.

        Args:
            address: A path, or `postgresql+psycopg://user:password@host/database`.
            create: Whether to begin a new book where there is none.
            timeout: Seconds to wait for another program that is writing.
            randomness: Where ids and salts come from.
            heads: Where the end of the book is kept after each commit, so that `verify` sees what
                was cut off: a file, or a folder that has one for each book; left out, nowhere.

        Raises:
            NotABookError: When there is something else, or nothing and none is to be made.
            BookFault: When it is locked, damaged, cannot be reached or needs a newer program.
        """
        try:
            storage = open_storage(address, create=create, timeout=timeout)
        except MesoScheduleError as error:
            # What a driver said repeats passwords, and some programs send it on with the error.
            error.__context__ = None
            raise
        return cls(storage, randomness, None if heads is None else Path(heads))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._storage.close(is_stopped=kind is not None)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is to be told of the book itself: others could read it, its end was not kept."""
        return tuple(Finding(kind=kind, message=message) for kind, message in self._told)

    def close(self) -> None:
        """Let go of the book."""
        self._storage.close()

    def open_course(self, opened: Opened, *more: Record, context: Context) -> Receipt:
        """Open a course under a new id, and write what else belongs to its beginning.

        Raises:
            RefusedError: When the events cannot follow each other, or the key was used before.
        """
        return self._write(None, (opened, *more), context)

    def append(self, course: str, *records: Record, context: Context) -> Receipt:
        """Write events to a course, all or none.

        Raises:
            RefusedError: When what is recorded does not allow it, the course has changed since
                the revision that was seen, or the key was used for something else.
            InputError: When there is no such course.
        """
        return self._write(parse_course_id(course), records, context)

    @contextmanager
    def alone(self) -> Iterator["Book"]:
        """Keep every other writer out, and yield this book: it stays as it is seen.

        What is written to it is committed at the end, all or none.

        Raises:
            BookFault: When another program holds it too long.
        """
        with held(self._storage) as storage:
            yield Book(storage, self._randomness)
        self._keep_head()

    def _write(self, course: str | None, records: Sequence[Record], context: Context) -> Receipt:
        with self._storage.writing() as within:
            receipt = write(within, course, records, context, self._randomness)
        self._keep_head()
        return receipt

    def _keep_head(self, *, anew: bool = False) -> None:
        """Keep the end of the book as it is now; what was committed stands in any case."""
        if self._heads is None:
            return
        try:
            with self._storage.writing() as within:
                said = keep(within, self._heads, anew=anew)
        except (OSError, MesoScheduleError) as error:
            said = f"The end of the book was not kept at {self._heads}: {error}"
        if said:
            self._told.append(("head_not_kept", said))

    def recall(self, key: str, asked: object) -> Receipt | None:
        """Return the first answer to what was asked under a key; None when the key is new.

        Ask before planning anything: what was right then may be refused by now.

        Raises:
            RefusedError: When something else was asked under it.
        """
        with self._storage.reading() as within:
            return recall(within, key, canonical(asked))

    def append_all(self, changes: Sequence[CourseChange], context: Context) -> list[Receipt]:
        """Write events to several courses, all or none; one may take what another gives up.

        Args:
            changes: What is written to each.
            context: Who writes and when.

        Raises:
            RefusedError: When what is recorded does not allow one of them.
        """
        with self._storage.writing() as within:
            receipts = write_all(within, changes, context, self._randomness)
        self._keep_head()
        return receipts

    def head(self) -> Head:
        """Return the end of the book, which proves later that nothing was cut off."""
        with self._storage.reading() as within:
            return read_head(within)

    def verify(self, known: Head | None = None) -> Verification:
        """Check the whole book: tables, chain, payloads, and what follows from them.

        `known` is the end of the book as it was noted before. The end that is kept where `open` was
        told has to be in the book, too.

        Raises:
            InputError: When the file there is something else.
        """
        with self._storage.reading() as within:
            found = verify(self._storage, within, known)
            if self._heads is None:
                return found
            compared = compare(within, found, self._heads)
            return compared.model_copy(update={"backup": last_backup(within, self._heads)})

    def rebuild(self) -> int:
        """Make list and diary again from the events; return how many courses there are."""
        with self._storage.writing() as within:
            return project_all(within)

    def erase(self, course: str, *, context: Context) -> Erasure:
        """Remove what was recorded of a course for good; a tombstone stays.

        Raises:
            InputError: When there is no such course.
            RefusedError: When it has changed since it was seen, or the key was used before.
            BookFault: When the file could not be rewritten: erase it again.
        """
        with self._storage.writing() as within:
            answer = erase(within, parse_course_id(course), context, self._randomness)
        self._keep_head()
        self._storage.compact()
        return answer.model_copy(update={"copies": tuple(self._storage.copies())})

    def export(self, courses: Sequence[str] | None = None) -> Iterator[str]:
        """Yield courses as JSON text, piece by piece; left out, the whole book.

        Raises:
            InputError: When there is no such course.
        """
        with self._storage.reading() as within:
            yield from export(within, courses)

    def import_courses(self, text: str | Iterable[str], *, source: str) -> Imported:
        """Take in what `export` wrote, all or nothing.

        Args:
            text: The file's content, whole or piece by piece.
            source: The file's name, for errors.

        Raises:
            InputError: When the file is none of ours, or was changed.
            RefusedError: When the book holds another course of the same id.
        """
        events = Incoming([text] if isinstance(text, str) else text, source)
        with self._storage.writing() as within:
            taken = take_in(within, events, lambda: events.head, source)
        self._keep_head()
        return taken

    def backup(
        self, target: str | PathLike[str], *, force: bool = False, at: datetime | None = None
    ) -> Head:
        """Copy the book to a file that only its owner may read.

        A book in a file becomes another such file; one in a database what `export` writes.

        Args:
            target: The file.
            force: Whether an earlier backup there is replaced.
            at: The moment, which is kept where the end of the book is, for `verify`; left out,
                nothing is.

        Raises:
            InputError: When the target exists and `force` is not given.
            BookFault: When it cannot be written.
        """
        path = Path(target)
        check_target(path, self.shown, force=force)
        write_copy(self._storage, path, self.export, force=force)
        head = self.head()
        if at is not None:
            self._keep_backup(at, head)
        return head

    def _keep_backup(self, at: datetime, head: Head) -> None:
        """Keep when the book was copied; the copy stands in any case."""
        if self._heads is None:
            return
        try:
            with self._storage.reading() as within:
                said = keep_backup(within, self._heads, at, head)
        except (OSError, MesoScheduleError) as error:
            said = f"The time of the backup was not kept at {self._heads}: {error}"
        if said:
            self._told.append(("backup_not_kept", said))

    def lost_by(self, source: str | PathLike[str]) -> tuple[int, int] | None:
        """Return the first and the last event that restoring a backup would lose.

        They are in this book, or were when its end was last kept, and not in the backup; None
        where none is.

        Raises:
            InputError: When the source is no backup.
            BookFault: When the backup is damaged.
        """
        with read_copy(Path(source), self.shown) as (events, _), self._storage.reading() as within:
            return lost(within, events, kept_head(within, self._heads))

    def restore(self, source: str | PathLike[str], *, force: bool = False) -> Head:
        """Fill this book from a backup, which is verified first and stays as it is.

        Args:
            source: What `backup` or `export` wrote.
            force: Whether what this book holds may be lost.

        Raises:
            InputError: When the source is no backup, or this book is not empty.
            BookFault: When the backup is damaged.
        """
        with (
            read_copy(Path(source), self.shown) as (events, head),
            self._storage.writing() as within,
        ):
            empty(within, force=force)
            take_in(within, events, head, str(source))
        self._keep_head(anew=True)
        if force:
            self._storage.compact()
        return self.head()
