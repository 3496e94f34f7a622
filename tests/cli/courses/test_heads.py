"""`book verify` sees what was cut off, by the end that commands keep outside of the book."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.courses.desk import Counter


@pytest.fixture
def state(counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the user's state folder, which is in use when nothing else is named."""
    monkeypatch.delenv("MESO_HEAD")
    assert counter.path.parent == tmp_path
    return tmp_path / "state"


def kept(state: Path) -> list[str]:
    return [path.read_text().strip() for path in sorted(state.rglob("*.head"))]


def head_of(counter: Counter) -> str:
    head = counter.done("book", "verify")["head"]
    return f"{head['count']}:{head['hash']}"


def test_it_is_kept_in_the_state_folder_after_each_command(counter: Counter, state: Path) -> None:
    course = counter.open()
    for words in (
        ("hold", course),
        ("note", course, "x"),
        ("pay", course, "10.00"),
        ("stop", course),
        ("erase", course, "--yes"),
    ):
        assert counter.ask("courses", *words).code == 0
        assert kept(state) == [head_of(counter)]
    ran = counter.ask("book", "verify")
    assert "Nothing is cut off" in ran.out
    assert [path.stat().st_mode & 0o777 for path in state.rglob("*.head")] == [0o600]


def cut(path: Path, count: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"DELETE FROM meso_events WHERE sequence > {count}")
        connection.execute(
            "UPDATE meso_head SET (count, hash) ="
            " (SELECT sequence, hash FROM meso_events ORDER BY sequence DESC LIMIT 1)"
            if count
            else f"UPDATE meso_head SET count = 0, hash = '{'0' * 64}'"
        )
        connection.execute("DELETE FROM meso_keys")
        if not count:
            connection.execute("DELETE FROM meso_sessions")
            connection.execute("DELETE FROM meso_courses")
        connection.commit()


@pytest.mark.parametrize("how", ["cut", "emptied", "older copy", "backup"])
def test_what_is_gone_is_a_no_that_says_which_is_older(
    counter: Counter, state: Path, how: str
) -> None:
    course = counter.open()
    shutil.copy(counter.path, "older")
    counter.done("book", "backup", "backup")
    counter.done("courses", "note", course, "x")
    counter.done("courses", "note", course, "y")
    count = head_of(counter).partition(":")[0]
    if how in ("older copy", "backup"):
        shutil.copy("older" if how == "older copy" else "backup", counter.path)
    else:
        cut(counter.path, int(count) - 1 if how == "cut" else 0)
        counter.ask("book", "rebuild")
    ran = counter.ask("book", "verify")
    assert ran.code == 1
    assert "The book is older than the end that" in ran.out
    assert f"event {count} had been written" in ran.out
    ran = counter.ask("book", "verify", "--format", "json")
    assert ran.code == 1
    assert [problem["code"] for problem in ran.json["problems"]] == ["not_the_kept_end"]
    assert kept(state)[0].startswith(f"{count}:")


def test_variable_and_option_beat_the_folder(
    counter: Counter, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MESO_HEAD", "by variable")
    course = counter.open()
    assert Path("by variable").read_text().strip() == head_of(counter)
    option = ("--head-file", "by option")
    counter.done("courses", "note", course, "x", *option)
    counter.done("courses", "note", course, "y", *option)
    assert Path("by option").read_text().strip() == head_of(counter)
    assert Path("by variable").read_text().partition(":")[0] != head_of(counter).partition(":")[0]
    assert kept(state) == []
    cut(counter.path, int(head_of(counter).partition(":")[0]) - 1)
    counter.ask("book", "rebuild")
    assert counter.ask("book", "verify").code == 0, "the variable's is only behind"
    assert counter.ask("book", "verify", *option).code == 1


def test_that_it_cannot_be_kept_is_a_warning(counter: Counter, state: Path) -> None:
    state.write_text("in the way")
    course = counter.open()
    ran = counter.ask("courses", "note", course, "x")
    assert ran.code == 0
    assert "was not kept" in ran.err
    ran = counter.ask("book", "verify")
    assert ran.code == 0
    assert "No end of this book is kept" in ran.out
    assert "cannot be known" in ran.out


def test_restoring_sets_it_after_saying_what_goes(counter: Counter, state: Path) -> None:
    course = counter.open()
    counter.done("book", "backup", "backup")
    first = int(head_of(counter).partition(":")[0]) + 1
    counter.done("courses", "note", course, "x")
    counter.done("courses", "note", course, "y")
    ran = counter.ask("book", "restore", "backup")
    assert (ran.code, "go" in ran.err.split()) == (2, False)
    ran = counter.ask("book", "restore", "backup", "--force", "--yes")
    assert ran.code == 0
    assert f"Events {first} to {first + 1} go: the backup does not have them." in ran.err
    assert kept(state) == [head_of(counter)]
    counter.done("courses", "note", course, "x")
    restored = counter.done("book", "restore", "backup", "--force", "--yes")
    assert restored["gone"] == [first, first]
    assert counter.done("book", "restore", "backup", "--force", "--yes")["gone"] is None
