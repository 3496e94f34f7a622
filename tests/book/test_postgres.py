"""What is special to a book in PostgreSQL."""

import os
import re
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

import psycopg
import pytest

from meso_schedule.base.errors import ExitCode, MesoScheduleError
from meso_schedule.book.book import Book
from meso_schedule.book.book_errors import BookFault, NotABookError
from meso_schedule.book.events import record_of
from meso_schedule.book.records import Note
from meso_schedule.book.storage import migrations
from meso_schedule.book.storage.postgres import PostgresStorage
from tests.book.samples import day_to_day, now, opened
from tests.cli.courses.test_damage import COLUMNS, NUMBERS, in_turn
from tests.faults.scenarios import LATER
from tests.support.lengths import sampled


def plain(address: str) -> str:
    """Return the address for the driver itself."""
    return address.replace("postgresql+psycopg", "postgresql", 1)


def test_no_book_and_another_programs_tables(postgres: str) -> None:
    with pytest.raises(NotABookError, match="There is no book"):
        Book.open(postgres, create=False)
    with psycopg.connect(plain(postgres), autocommit=True) as connection:
        connection.execute("CREATE TABLE photos (name TEXT)")
    with pytest.raises(NotABookError, match="holds tables of another program"):
        Book.open(postgres)


def test_the_password_is_not_shown() -> None:
    with pytest.raises(BookFault) as caught:
        Book.open("postgresql+psycopg://nurse:hunter2@127.0.0.1:1/clinic")
    assert (caught.value.code, caught.value.exit_code) == ("unreachable", ExitCode.ENVIRONMENT)
    assert "hunter2" not in str(caught.value)
    assert "nurse" in str(caught.value)
    with pytest.raises(NotABookError) as unread:
        Book.open("postgresql+psycopg://nurse:hunter2@host:port/clinic")
    assert "hunter2" not in str(unread.value)


def test_without_the_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(BookFault, match=re.escape("Install meso_schedule[postgres].")):
        Book.open("postgresql+psycopg://localhost/clinic")


def test_a_writer_that_does_not_end_locks_the_others_out(postgres: str) -> None:
    Book.open(postgres).close()
    with (
        Book.open(postgres, timeout=0.2) as book,
        Book.open(postgres) as other,
        other._storage.writing(),
    ):
        assert book.courses() == []
        with pytest.raises(BookFault) as caught:
            book.open_course(opened(), context=now())
    assert (caught.value.code, caught.value.exit_code) == ("locked", ExitCode.ENVIRONMENT)


def test_writers_at_once_all_get_through(postgres: str) -> None:
    with Book.open(postgres) as book:
        course = book.open_course(opened(), context=now()).course

    def work(number: int) -> None:
        with Book.open(postgres) as mine:
            for count in range(15):
                mine.append(course, Note(text=f"{number}/{count}"), context=now())

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Book.open(postgres) as book:
        assert book.verify().is_sound
        assert len({note.text for note in book.course(course).notes}) == 60


def test_a_commit_waits_for_the_disk(postgres: str) -> None:
    storage = PostgresStorage(postgres)
    with storage.writing() as within:
        assert within.connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
        assert within.connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "off"
    with storage.reading() as within:
        assert within.connection.exec_driver_sql("SHOW transaction_isolation").scalar() == (
            "repeatable read"
        )
    storage.close()


def test_a_migration_is_whole_or_not_at_all(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Book.open(postgres) as book:
        book.open_course(opened(), *day_to_day(), context=now())
        before = "".join(book.export())
    broken = migrations.Migration(4, "broken", (*LATER.statements, "CREATE NONSENSE"))
    with monkeypatch.context() as patched:
        patched.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, broken))
        with pytest.raises(BookFault, match="is damaged: the database answers 42601"):
            Book.open(postgres)
    with monkeypatch.context() as patched:
        patched.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, LATER))
        with Book.open(postgres) as book:
            assert "".join(book.export()) == before
            (line,) = book.courses()
            assert book.erase(line.course, context=now()).copies == ()
    with pytest.raises(BookFault, match="tables of version 4"):
        Book.open(postgres)


def test_a_backup_that_cannot_be_written_leaves_nothing(
    postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with Book.open(postgres) as book, pytest.raises(BookFault, match="No space left"):
        book.backup(tmp_path / "copy")
    assert list(tmp_path.iterdir()) == []


READ: tuple[Callable[[Book, str], object], ...] = (
    lambda book, _: book.courses("overdue", as_of=date(2027, 1, 1)),
    lambda book, course: book.course(course),
    lambda book, course: [record_of(it, "book") for it in book.history(course)],
    lambda book, _: "".join(book.export()),
    lambda book, _: book.diary(date(2026, 1, 1), date(2027, 12, 31)),
    lambda book, course: book.append(course, Note(text="x"), context=now(key="new")),
    lambda book, course: book.append(course, Note(text="y"), context=now(key="old")),
    lambda book, course: book.erase(course, context=now()),
    lambda book, _: book.rebuild(),
)


@pytest.mark.parametrize(("table", "column", "kind"), sampled(COLUMNS, 5))
def test_no_column_that_is_garbled_is_a_defect(
    postgres: str, table: str, column: str, kind: str
) -> None:
    with Book.open(postgres) as book:
        course = book.open_course(opened(), *day_to_day(), context=now(key="opened")).course
        book.append(course, Note(text="y"), context=now(key="old"))
        gone = book.open_course(opened(), context=now(key="gone")).course
        book.erase(gone, context=now())
    place = COLUMNS.index((table, column, kind))
    texts = ("'2026-99-99'", "'NaN'", "''", "E'\\x01'")
    with psycopg.connect(plain(postgres), autocommit=True) as connection:
        tables = dict.fromkeys(it for it, _, _ in COLUMNS)
        for name in tables:
            connection.execute(f"CREATE TEMP TABLE whole_{name} AS TABLE {name}".encode())
        for value in in_turn(texts if kind == "TEXT" else NUMBERS, place):
            with suppress(psycopg.errors.IntegrityError, psycopg.errors.DataError):
                connection.execute(f"UPDATE {table} SET {column} = {value}".encode())
            for read in in_turn(READ, place):
                with suppress(MesoScheduleError), Book.open(postgres) as book:
                    read(book, course)
            connection.execute(f"TRUNCATE {', '.join(tables)} CASCADE".encode())
            for name in tables:
                connection.execute(f"INSERT INTO {name} TABLE whole_{name}".encode())
