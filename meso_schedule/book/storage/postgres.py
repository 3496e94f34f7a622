"""A book in a PostgreSQL database, the schema of its own that the address leads to."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, StaticPool, create_engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from meso_schedule.base.passwords import HIDDEN, is_harmless
from meso_schedule.book.book_errors import BookFault, damaged
from meso_schedule.book.storage.gate import Gate
from meso_schedule.book.storage.interface import TIMEOUT_SECONDS, bad_address
from meso_schedule.book.storage.transaction import Transaction

# Every writer of any book in the database holds this lock, so that each sees the last
# event of the one before.
_LOCK = 0x4D45534F

# What a writing transaction begins with: a commit that has reached the disk, whatever the
# server's settings say, and no other writer meanwhile.
BEGIN_WRITING = (
    "SET LOCAL synchronous_commit = on",
    f"SELECT pg_advisory_xact_lock({_LOCK})",
)

_TABLES = """
    SELECT tablename FROM pg_tables WHERE schemaname = current_schema()
"""


class PostgresStorage:
    """A database that holds a book.

    Args:
        address: `postgresql+psycopg://user:password@host/database`.
        timeout: Seconds to wait for another program that is writing.

    Raises:
        NotABookError: When the address cannot be read.
        BookFault: When the database cannot be reached.
    """

    def __init__(self, address: str, *, timeout: float = TIMEOUT_SECONDS) -> None:
        self.said: str | None = None
        self._timeout = timeout
        try:
            url = make_url(address)
            self.shown = shown(url)
            self._gate = Gate(self.shown, timeout)
            self._engine = create_engine(url, poolclass=StaticPool, hide_parameters=True)
        except (ArgumentError, ValueError):
            raise bad_address("The address of the book cannot be read.") from None
        except ModuleNotFoundError:
            raise BookFault(
                "no_driver",
                "The driver for PostgreSQL is not installed.",
                self.shown,
                "Install meso_schedule[postgres].",
            ) from None

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        with self._gate, self.translated():
            try:
                connection = self._engine.connect()
            except (ArgumentError, ValueError, TypeError):
                # What the driver says of a setting in the address repeats it.
                raise bad_address("The address of the book cannot be read.") from None
            with connection:
                yield connection

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        with self._connected() as plain:
            connection = plain.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            with connection.begin():
                yield Transaction(connection, self.shown)

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        with self._connected() as plain:
            # READ COMMITTED: what is read after the lock was given is the latest.
            connection = plain.execution_options(
                isolation_level="READ COMMITTED", postgresql_readonly=False
            )
            with connection.begin():
                milliseconds = int(self._timeout * 1000)
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {milliseconds}")
                for statement in BEGIN_WRITING:
                    connection.exec_driver_sql(statement)
                yield Transaction(connection, self.shown)

    def tables(self, connection: Connection) -> set[str]:
        return {name for (name,) in connection.exec_driver_sql(_TABLES)}

    def claim(self, connection: Connection) -> None:
        """Do nothing: the tables' names say whose they are."""

    def before_migration(self, number: int) -> None:
        """Do nothing: the database is backed up by those who run it."""

    def copies(self) -> list[Path]:
        return []

    def problems(self, connection: Connection) -> Iterator[str]:  # noqa: ARG002
        """Find nothing: the server checks its own pages."""
        return iter(())

    def compact(self) -> None:
        with self._connected() as plain:
            connection = plain.execution_options(isolation_level="AUTOCOMMIT")
            for table in ("meso_events", "meso_keys", "meso_courses", "meso_sessions"):
                connection.exec_driver_sql(f"VACUUM FULL {table}")

    def close(self, *, is_stopped: bool = False) -> None:  # noqa: ARG002 - nothing was made
        if self._gate.close():
            self._engine.dispose()

    @contextmanager
    def translated(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise self._fault(error) from None

    def _fault(self, error: DBAPIError) -> BookFault:
        state = getattr(error.orig, "sqlstate", None) or ""
        code, problem, remedy = _FAULTS.get(state, _FAULTS.get(state[:2], _UNKNOWN))
        if problem is None:
            return damaged(self.shown, f"the database answers {state}")
        return BookFault(code, problem.format(self.shown), self.shown, remedy)


def shown(url: URL) -> str:
    """Return an address without a password, wherever in it one was written.

    Raises:
        NotABookError: When a password has a mark in it that ends it, and went elsewhere.
    """
    if "@" in (url.host or ""):
        raise bad_address("The address of the book cannot be read.")
    # A name that has anything else in it holds a password that was encoded too.
    username = url.username or ""
    name = re.split(r"[^\w.-]", username, maxsplit=1)[0]
    has_password = url.password is not None or name != username
    query = {
        key: value
        for key, value in url.query.items()
        if key in _SHOWN and is_harmless([value] if isinstance(value, str) else value)
    }
    return URL.create(
        url.drivername,
        name or None,
        HIDDEN if has_password else None,
        url.host,
        url.port,
        url.database if is_harmless([url.database or ""]) else HIDDEN,
        query,
    ).render_as_string(hide_password=True)


# What leads to the database; of all other settings any may be a password.
_SHOWN = ("host", "port", "options", "service", "sslmode")

_LOST = (
    "unreachable",
    "The database {} cannot be reached.",
    "Check the address and that the server runs; try again with the same key.",
)
_FAULTS: dict[str, tuple[str, str | None, str]] = {
    "": _LOST,
    "08": _LOST,
    "57": _LOST,
    "28": ("unreachable", "The database {} does not let you in.", "Check name and password."),
    "3D": ("unreachable", "There is no database {}.", "Check the address."),
    "55P03": (
        "locked",
        "The book {} is locked by another program.",
        "Wait until it is done and try again.",
    ),
    "53": ("disk_full", "The database {} has no room left.", "Make room and try again."),
    "42501": ("read_only", "The book {} cannot be written.", "Check your rights."),
    "25006": ("read_only", "The book {} cannot be written.", "Check that it is the main server."),
}
_UNKNOWN: tuple[str, str | None, str] = ("damaged_book", None, "")
