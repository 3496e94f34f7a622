"""A book in a file, by SQLite.

The rollback journal is used, not the write-ahead log: some versions of SQLite in use have
a fault in resetting that log.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, StaticPool, create_engine, event

from meso_schedule.base.interruptions import undisturbed
from meso_schedule.base.private_files import PRIVATE, make_private, written_whole
from meso_schedule.book.book_errors import NotABookError, damaged
from meso_schedule.book.storage import migrations
from meso_schedule.book.storage.book_places import check_place, shut, told_by_the_book
from meso_schedule.book.storage.gate import Gate
from meso_schedule.book.storage.interface import TIMEOUT_SECONDS, no_book
from meso_schedule.book.storage.schema import EVENTS
from meso_schedule.book.storage.sqlite_faults import no_database, translated
from meso_schedule.book.storage.transaction import Transaction

# "MESO", so that no other program's database is taken for a book.
APPLICATION_ID = 0x4D45534F

# EXTRA also syncs the folder after the journal is gone: the commit survives a power cut.
# Deleted content is overwritten, and nothing is put into temporary files.
PRAGMAS: tuple[str, ...] = (
    "journal_mode=DELETE",
    "synchronous=EXTRA",
    "foreign_keys=ON",
    "secure_delete=ON",
    "temp_store=MEMORY",
    "trusted_schema=OFF",
    "cell_size_check=ON",
)
BEGIN_WRITING = "BEGIN IMMEDIATE"

_WRITING = "meso_writing"


class SqliteStorage:
    """A book that SQLite holds: `open_file` and `load_copy` make one.

    Args:
        path: The file it is in, or is a copy of.
        connection: The connection to it.
        timeout: Seconds to wait for another program that is writing.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, timeout: float) -> None:
        self.shown = str(path)
        self.said: str | None = None
        # Whether this program made the file.
        self.is_begun_here = False
        self._path = path
        self._connection = connection
        self._timeout = timeout
        self._gate = Gate(self.shown, timeout)
        self._engine = create_engine(
            "sqlite://", creator=lambda: connection, poolclass=StaticPool, hide_parameters=True
        )
        event.listen(self._engine, "begin", _begin)

    def translated(self) -> AbstractContextManager[None]:
        return translated(self._path)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        with (
            self._gate,
            self.translated(),
            self._engine.connect() as connection,
            connection.begin(),
        ):
            yield Transaction(connection, self.shown)

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        with self._gate, self.translated(), self._engine.connect() as connection:
            options = connection.execution_options(**{_WRITING: True})
            with options.begin():
                yield Transaction(options, self.shown)

    def tables(self, connection: Connection) -> set[str]:
        rows = connection.exec_driver_sql("SELECT name FROM sqlite_schema WHERE type = 'table'")
        return {name for (name,) in rows}

    def claim(self, connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")

    def before_migration(self, number: int) -> None:
        self.copy_to(self._path.with_name(f"{self._path.name}.before-{number}"))

    def copies(self) -> list[Path]:
        return sorted(self._path.parent.glob(f"{self._path.name}.before-*"))

    def copy_to(self, target: Path, *, force: bool = True) -> None:
        """Copy the book as last committed to another file, which is replaced with `force`.

        The copy has neither the secret of the book nor what is made with it.
        """
        with (
            told_by_the_book(),
            written_whole(target, force=force) as fresh,
            self.translated(),
            closing(_connect(self._path, "ro", self._timeout)) as source,
            closing(sqlite3.connect(fresh)) as copy,
        ):
            _copy(source, copy)
            _keep_from_copies(copy)

    def problems(self, connection: Connection) -> Iterator[str]:
        for (found,) in connection.exec_driver_sql("PRAGMA integrity_check(20)"):
            if found != "ok":
                yield f"The database says: {found}."
        if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            yield "A session belongs to no course."
        sql = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name"
        if connection.exec_driver_sql(sql).all() != _expected_schema(sql):
            yield "The tables are not those that the program made."

    def compact(self) -> None:
        with self._gate, self.translated():
            self._connection.execute("VACUUM")

    def close(self, *, is_stopped: bool = False) -> None:
        if self._gate.close():
            if is_stopped and self.is_begun_here:
                self._take_away()
            self._engine.dispose()
            self._connection.close()

    def _take_away(self) -> None:
        """Remove the file of a book to which nothing was ever written, by anyone."""
        with suppress(sqlite3.Error, OSError):
            # Whoever waits to write is told by SQLite that the file is gone.
            self._connection.execute("BEGIN IMMEDIATE")
            schema = "SELECT 1 FROM sqlite_schema WHERE name = ?"
            is_made = self._connection.execute(schema, [EVENTS.name]).fetchone()
            events = f"SELECT 1 FROM {EVENTS.name}"
            if not is_made or not self._connection.execute(events).fetchone():
                self._path.unlink()


def open_file(
    path: Path, *, create: bool = True, timeout: float = TIMEOUT_SECONDS
) -> SqliteStorage:
    """Open the file of a book.

    Args:
        path: The file.
        create: Whether to make it where there is none.
        timeout: Seconds to wait for another program that is writing.

    Raises:
        NotABookError: When there is something else.
        BookFault: When it cannot be used as things are.
    """
    exists = check_place(path)
    if not exists and not create:
        raise no_book(str(path))
    is_begun_here = False
    try:
        if not exists:
            # Another program may make it first, in the same way.
            with translated(path), suppress(FileExistsError), undisturbed():
                make_private(path)
                is_begun_here = True
        storage = _opened(path, timeout)
    except BaseException:
        if is_begun_here:
            _remove_empty(path)
        raise
    storage.is_begun_here = is_begun_here
    return storage


def _opened(path: Path, timeout: float) -> SqliteStorage:
    with translated(path):
        said = None
        if path.stat().st_size == 0:
            path.chmod(PRIVATE)
        else:
            _check_owner(path, timeout)
            said = shut(path)
        connection = _connect(path, "rw", timeout)
        try:
            for pragma in PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
    storage = SqliteStorage(path, connection, timeout)
    storage.said = said
    return storage


def _remove_empty(path: Path) -> None:
    with suppress(OSError):
        if path.stat().st_size == 0:
            path.unlink()


def load_copy(path: Path) -> SqliteStorage:
    """Read the file of a book into memory; whatever is done to the copy, the file stays.

    Raises:
        NotABookError: When there is something else.
        BookFault: When it cannot be read.
    """
    with translated(path):
        _check_owner(path, TIMEOUT_SECONDS)
        copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        try:
            with closing(_connect(path, "ro", TIMEOUT_SECONDS)) as source:
                _copy(source, copy)
        except BaseException:
            copy.close()
            raise
    return _InMemory(path, copy, TIMEOUT_SECONDS)


class _InMemory(SqliteStorage):
    def before_migration(self, number: int) -> None:
        """Do nothing: the file itself stays as it is."""


def _connect(path: Path, mode: str, timeout: float) -> sqlite3.Connection:
    uri = f"file:{quote(os.fspath(path.absolute()))}?mode={mode}"
    return sqlite3.connect(
        uri, uri=True, timeout=timeout, isolation_level=None, check_same_thread=False
    )


def _copy(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    # Reading locks the source, after the timeout at most; the copying alone would wait for ever.
    source.execute("BEGIN")
    source.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    source.backup(target)


def _keep_from_copies(copy: sqlite3.Connection) -> None:
    """Take the secret out, and let keys be found by their salted digests instead."""
    if copy.execute("SELECT 1 FROM sqlite_schema WHERE name = 'meso_book'").fetchone():
        copy.executescript(_WITHOUT_SECRET)


# What is taken out is overwritten, and goes into no journal either.
_WITHOUT_SECRET = """
    PRAGMA secure_delete = ON;
    PRAGMA journal_mode = OFF;
    BEGIN;
    UPDATE meso_book SET secret = NULL WHERE secret IS NOT NULL;
    UPDATE meso_keys SET lookup = (
        SELECT key FROM meso_events WHERE meso_events.sequence = meso_keys.sequence
    ) WHERE lookup NOT LIKE '2:%';
    COMMIT;
"""


def _check_owner(path: Path, timeout: float) -> None:
    """Refuse another program's database before anything is done to it."""
    try:
        found, tables = _owner(path, "ro", timeout)
    except sqlite3.OperationalError as error:
        name = getattr(error, "sqlite_errorname", "")
        if not name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")):
            raise
        # A program was killed while it wrote: its journal must be played back first.
        found, tables = _owner(path, "rw", timeout)
    if found != APPLICATION_ID and (found or tables):
        raise NotABookError.because(
            "other_database",
            f"{path} is the database of another program.",
            str(path),
            "Name another place for the book.",
        )


def _owner(path: Path, mode: str, timeout: float) -> tuple[int, int]:
    with closing(_connect(path, mode, timeout)) as connection:
        connection.execute("BEGIN")
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema")]
        (found,) = connection.execute("PRAGMA application_id").fetchone()
        (page_size,) = connection.execute("PRAGMA page_size").fetchone()
        # Nobody writes meanwhile. SQLite reads zeros where a page is cut off, and takes a
        # single byte for an empty file.
        size = path.stat().st_size
    if size % page_size:
        if found == APPLICATION_ID:
            raise damaged(str(path), "its end is gone")
        raise no_database(path)
    if found != APPLICATION_ID and EVENTS.name in names:
        raise damaged(str(path), "the mark of a book is gone")
    return found, len(names)


def _begin(connection: Connection) -> None:
    is_writing = connection.get_execution_options().get(_WRITING)
    connection.exec_driver_sql(BEGIN_WRITING if is_writing else "BEGIN")


def _expected_schema(sql: str) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(":memory:")) as fresh:
        for migration in migrations.MIGRATIONS:
            for statement in migrations.statements_of(migration, "sqlite"):
                fresh.execute(statement)
        return fresh.execute(sql).fetchall()
