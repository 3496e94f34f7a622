"""A damaged book: a sentence and exit 5 in every command, and `book verify` names the damage."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import pytest

from meso_schedule.book.storage.migrations import MIGRATIONS, statements_of
from tests.cli.courses.desk import Counter, Ran
from tests.support.lengths import IS_LONG

T = TypeVar("T")
TEXTS = ("CAST(x'c328' AS TEXT)", "'2026-99-99'", "'NaN'", "''")
NUMBERS = ("-1", "0", "4611686018427387904")


def columns() -> list[tuple[str, str, str]]:
    """Return table, name and type of every column that a book has."""
    with closing(sqlite3.connect(":memory:")) as fresh:
        for migration in MIGRATIONS:
            for statement in statements_of(migration, "sqlite"):
                fresh.execute(statement)
        tables = fresh.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        return [
            (table, name, kind)
            for (table,) in tables
            for _, name, kind, *_ in fresh.execute(f"PRAGMA table_info({table})")
        ]


# What was made by the first that asked for it.
_MADE: list[tuple[str, bytes]] = []


def begin(counter: Counter) -> str:
    """Put down a book of a course under way and one that was erased; return the course."""
    if not _MADE:
        course = counter.open("--key", "opened")
        counter.done("courses", "hold", course, "--key", "held")
        counter.done("courses", "pay", course, "100.00")
        gone = counter.open(patient="Bea Gone")
        counter.done("courses", "erase", gone, "--yes")
        _MADE.append((course, counter.path.read_bytes()))
    (course, content), *_ = _MADE
    counter.path.write_bytes(content)
    return course


@pytest.fixture(autouse=True)
def heads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Remember nothing of the heads of other books made of the same one."""
    monkeypatch.setenv("MESO_HEAD", str(tmp_path / "heads"))
    return tmp_path / "heads"


def commands(course: str) -> tuple[tuple[str, ...], ...]:
    """Return commands that read each table, and some that write."""
    return (
        ("courses", "list"),
        ("courses", "list", "--overdue"),
        ("courses", "show", course),
        ("courses", "history", course),
        ("courses", "export", "--all"),
        ("diary", "--month"),
        ("courses", "note", course, "x", "--key", "new"),
        ("courses", "hold", course, "--key", "held"),
        ("book", "rebuild"),
    )


def is_told(ran: Ran) -> bool:
    """Tell whether a command did its work or said in a sentence why it could not."""
    if ran.code == 5:
        return ran.err.count("Error: ") == 1 and ran.err.rstrip().endswith(".")
    return ran.code in (0, 4)


COLUMNS = columns()


def in_turn(values: tuple[T, ...], place: int) -> tuple[T, ...]:
    """Return all of some values; with the suite every third, others at each place."""
    return values if IS_LONG else values[place % 3 :: 3]


@pytest.mark.parametrize(("table", "column", "kind"), COLUMNS)
def test_no_column_that_is_garbled_is_a_defect(
    counter: Counter, heads: Path, table: str, column: str, kind: str
) -> None:
    course = begin(counter)
    whole, damaged = Path("whole.book"), Path("damaged.book")
    shutil.copy(counter.path, whole)
    place = COLUMNS.index((table, column, kind))
    for value in in_turn(TEXTS if kind == "TEXT" else NUMBERS, place):
        shutil.copy(whole, counter.path)
        if not garble(counter.path, f"UPDATE {table} SET {column} = {value}", table):
            continue
        shutil.copy(counter.path, damaged)
        for words in in_turn(commands(course), place):
            ran = counter.ask(*words)
            assert is_told(ran), (value, words, ran)
            if counter.path.read_bytes() != damaged.read_bytes():
                shutil.copy(damaged, counter.path)
        # What a command wrote into a copy that is no more would be missed.
        shutil.rmtree(heads, ignore_errors=True)
        ran = counter.ask("book", "verify")
        assert ran.code in (1, 5), (value, ran)
        assert f"{counter.path} is sound" not in ran.out


def garble(path: Path, sql: str, table: str) -> bool:
    """Change one row, or all; tell whether anything is other than it was."""
    with closing(sqlite3.connect(path)) as connection:
        connection.text_factory = bytes
        connection.execute("PRAGMA ignore_check_constraints = ON")
        before = connection.execute(f"SELECT * FROM {table}").fetchall()
        for only in ("", f" WHERE rowid = (SELECT max(rowid) FROM {table})"):
            try:
                connection.execute(sql + only)
                break
            except sqlite3.IntegrityError:
                continue
        connection.commit()
        return connection.execute(f"SELECT * FROM {table}").fetchall() != before


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("DELETE FROM meso_migrations", "the record of its migrations was changed"),
        ("DELETE FROM meso_migrations WHERE number = 1", "the record of its migrations"),
        ("DELETE FROM meso_migrations WHERE number = 2", "damaged"),
        ("UPDATE meso_migrations SET name = 'x'", "the record of its migrations was changed"),
        ("DROP TABLE meso_migrations", "the record of its migrations is gone"),
        ("DROP TABLE meso_events", "damaged"),
        ("DROP TABLE meso_head", "damaged"),
        ("DROP TABLE meso_book", "damaged|not those"),
        ("DROP TABLE meso_keys", "damaged|not those"),
        ("DROP TABLE meso_courses", "damaged"),
        ("DROP TABLE meso_sessions", "damaged"),
        ("DELETE FROM meso_head", "how many events"),
        ("DELETE FROM meso_book", "which book it is"),
        ("DELETE FROM meso_courses", "list|List|belongs to no course"),
        ("DELETE FROM meso_sessions", "List or diary"),
        ("DELETE FROM meso_events", "missing|agree"),
        ("UPDATE meso_sessions SET low = 'many', high = 'more'", "List or diary"),
        ("PRAGMA application_id = 7", "mark|damaged"),
    ],
)
def test_tables_and_rows_that_are_gone(counter: Counter, sql: str, words: str) -> None:
    course = begin(counter)
    with closing(sqlite3.connect(counter.path)) as connection:
        connection.execute(sql)
        connection.commit()
    for typed in commands(course):
        before = counter.path.read_bytes()
        ran = counter.ask(*typed)
        assert is_told(ran), (typed, ran)
        counter.path.write_bytes(before)
    ran = counter.ask("book", "verify")
    assert ran.code in (1, 5)
    assert any(word in ran.out + ran.err for word in words.split("|")), ran


@pytest.mark.parametrize(
    ("place", "garbage"),
    [
        ("name", b"meso_\xff\xfeads"),
        ("table", b"CREATE T\xff\xfeLE meso_head"),
        ("column", b"hash TEXT N\xff\xfe NULL"),
    ],
)
def test_a_schema_that_is_no_text(counter: Counter, place: str, garbage: bytes) -> None:
    course = begin(counter)
    sound = {
        "name": b"meso_heads"[:-1],
        "table": b"CREATE TABLE meso_head",
        "column": b"hash TEXT NOT NULL",
    }[place]
    content = counter.path.read_bytes()
    assert sound in content
    counter.path.write_bytes(content.replace(sound, garbage[: len(sound)]))
    for typed in (*commands(course), ("book", "backup", "copy.book")):
        ran = counter.ask(*typed)
        assert (ran.code, ran.err.count("Error: ")) == (5, 1), (typed, ran)
    assert counter.ask("book", "verify").code in (1, 5)


@pytest.mark.parametrize("place", [0, 16, 28, 100])
def test_a_beginning_that_was_overwritten(counter: Counter, place: int) -> None:
    course = begin(counter)
    content = bytearray(counter.path.read_bytes())
    content[place : place + 8] = b"\xff" * 8
    counter.path.write_bytes(content)
    for typed in (*commands(course), ("book", "verify")):
        ran = counter.ask(*typed)
        assert ran.code == 5, (typed, ran)
        assert ran.err.count("Error: ") == 1


def test_an_amount_that_is_none(counter: Counter) -> None:
    begin(counter)
    with closing(sqlite3.connect(counter.path)) as connection:
        connection.execute("UPDATE meso_sessions SET low = 'many'")
        connection.commit()
    for words in (("diary", "--month"), ("diary", "--month", "--format", "json")):
        ran = counter.ask(*words)
        assert ran.code == 5
        assert "cannot be read" in ran.err
        assert "rebuild" in ran.err
    assert counter.ask("book", "rebuild").code == 0
    assert counter.ask("diary", "--month").code == 0
