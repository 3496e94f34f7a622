"""What the book refuses, through the real entry point: exit code, sentence, the book unchanged."""

import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from meso_schedule.cli import book_in_use
from tests.cli.courses.desk import CLINIC, Counter
from tests.support.samples import ROOT

READING = (
    ("courses", "list"),
    ("diary", "--week"),
    ("book", "verify"),
    ("courses", "export", "--all"),
)


REFUSED = (
    (("hold", "{}", "--session", "1"), 4, "already_held"),
    (("hold", "{}", "1"), 4, "already_held"),
    (("hold", "{}", "2", "--session", "3"), 2, "contradiction"),
    (("hold", "{}", "--on", "2026-12-02"), 4, "in_the_future"),
    (("hold", "{}", "--on", "2026-11-30"), 4, "before_opening"),
    (("hold", "{}", "--on", "2026-12-01"), 4, "out_of_order"),
    (("hold", "{}", "--on", "tomorrow"), 4, "in_the_future"),
    (("hold", "{}", "--on", "soon"), 2, "bad_date"),
    (("hold", "{}", "--at", "25:00"), 2, "bad_time"),
    (("hold", "{}", "--session", "0"), 2, "bad_number"),
    (("hold", "{}", "--as-of", "2026-13-01"), 2, "bad_date"),
    (("hold", "{}", "--on", "2026-12-08", "--as-of", "2026-12-07"), 4, "in_the_future"),
    (("hold", "{}", "--clinic", "none.toml"), 2, "missing_file"),
    (("miss", "{}", "--session", "1"), 4, "already_held"),
    (("miss", "{}", "--session", "9"), 4, "no_such_session"),
    (("miss", "{}", "9", "--called-off"), 4, "no_such_session"),
    (("miss", "{}"), 4, "in_the_future"),
    (("move", "{}", "--alone", "1", "--to", "2026-12-08"), 4, "no_such_session"),
    (("move", "{}", "--alone", "9", "--to", "2026-12-08"), 4, "no_such_session"),
    (("move", "{}", "--alone", "x", "--to", "2026-12-08"), 2, "bad_number"),
    (("move", "{}", "--alone", "2", "--to", "soon"), 2, "bad_date"),
    (("improve", "{}", "--on", "2026-12-02"), 4, "in_the_future"),
    (("improve", "{}", "--on", "2026-11-30"), 4, "nothing_held"),
    (("stop", "{}", "--on", "2026-12-02"), 4, "in_the_future"),
    (("stop", "{}", "--used", "much"), 2, "bad_amount"),
    (("note", "{}", ""), 2, "bad_text"),
    (("pay", "{}", "-5"), 2, "unknown_option"),
    (("pay", "{}", "1,50"), 2, "bad_amount"),
    (("replan", "{}", "--release", "x"), 2, "bad_number"),
    (("replan", "{}", "--release", "9"), 4, "no_such_session"),
    (("replan", "{}", "--away", "never"), 2, "bad_date"),
    (("replan", "{}", "--days", "sat,sun", "--yes"), 1, "no_calendar"),
    (("replan", "{}", "--busy", "none.ics"), 2, "unreadable"),
    (("print", "{}", "--output", "a.xyz"), 2, "unknown_ending"),
    (("print", "{}", "--output", "none/a.txt"), 5, "environment"),
    (("show", "2222222"), 2, "bad_course_id"),
    (("hold", "Anna Secret"), 2, "bad_course_id"),
    (("show", "22222222"), 2, "unknown_course"),
    (("hold", "22222222"), 2, "unknown_course"),
    (("erase", "22222222", "--yes"), 2, "unknown_course"),
    (("open", "skin"), 2, "unknown_protocol"),
    (("open", "skin", "--rules", "skin.toml", "--days", "sun"), 1, "no_calendar"),
    (("open", "skin", "--rules", "skin.toml", "--output", "clinic.toml"), 2, "unknown_ending"),
    (("hodl", "{}"), 2, "unknown_command"),
)


def test_refused(counter: Counter) -> None:
    """What helps is in `test_met_errors.py`; here programs look."""
    course = counter.open()
    counter.done("courses", "hold", course)
    for words, code, error in REFUSED:
        typed = [word.format(course) for word in words]
        assert counter.refused("courses", *typed) == (code, error), typed


def test_a_mistyped_id_is_never_another_course(counter: Counter) -> None:
    course = counter.open()
    swapped = course[1] + course[0] + course[2:]
    if swapped != course:
        assert counter.refused("courses", "show", swapped) == (2, "bad_course_id")
    assert counter.done("courses", "show", course.upper())["course"] == course


def test_no_book_yet(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    for words in (*READING, ("courses", "show", "22222222")):
        ran = counter.ask(*words)
        assert ran.code == 2, ran
        assert "There is no book at" in ran.err
    assert not counter.path.exists()
    monkeypatch.delenv("MESO_BOOK")
    for words in READING:
        assert counter.ask(*words).code == 2
    assert not Path("data").exists()
    counter.open()
    own = Path("data/meso-schedule/courses.book")
    assert own.stat().st_mode & 0o777 == 0o600
    assert own.parent.stat().st_mode & 0o777 == 0o700
    assert counter.ask("courses", "list").code == 0


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("folder", 2),
        ("link", 2),
        ("other.db", 2),
        ("text", 2),
        ("cut", 5),
        ("none/courses.book", 5),
        ("http://example.org/book", 2),
    ],
)
def test_what_is_no_book(counter: Counter, name: str, code: int) -> None:
    counter.open()
    Path("folder").mkdir()
    Path("link").symlink_to(counter.path)
    with sqlite3.connect("other.db") as other:
        other.execute("CREATE TABLE theirs (x)")
    other.close()
    Path("text").write_text("No book at all, but long enough to be looked at. " * 40)
    Path("cut").write_bytes(counter.path.read_bytes()[:8192])
    held = {path: path.read_bytes() for path in Path.cwd().iterdir() if path.is_file()}
    opening = ("courses", "open", "skin", "--rules", "skin.toml", "--patient", "Ben Hidden")
    for words in (*READING, opening):
        ran = counter.ask(*words, "--book", name)
        assert ran.code == code, ran
        assert "Error: " in ran.err
        assert "Anna" not in ran.err
        assert "Traceback" not in ran.err
    assert {path: path.read_bytes() for path in held} == held


def test_a_book_locked_for_longer_than_the_timeout(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = counter.open()
    monkeypatch.setattr(book_in_use, "TIMEOUT_SECONDS", 0.1)
    other = sqlite3.connect(counter.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert counter.refused("courses", "hold", course) == (5, "locked")
    assert counter.refused("diary", "--week") == (5, "locked")
    other.rollback()
    other.close()
    counter.done("courses", "hold", course)


@pytest.mark.parametrize(
    "words", [("x.ics", "--feed-sequence", "few"), ("x.pdf", "--clinic", "pictured.toml")]
)
def test_what_cannot_be_printed_is_told_before_a_course_is_booked(
    counter: Counter, words: Sequence[str]
) -> None:
    pictured = CLINIC.replace("[hours]", 'logo = "nowhere.png"\n[hours]')
    Path("pictured.toml").write_text(pictured)
    opening = ("courses", "open", "skin", "--rules", "skin.toml", "--output", *words)
    assert counter.refused(*opening)[0] == 2
    assert not counter.path.exists()


def test_a_full_disk(counter: Counter) -> None:
    course = counter.open()
    limit = 1_024  # for each file, the journal first

    def no_more_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    text = "x" * 1_900
    ran = subprocess.run(
        [sys.executable, "-m", "meso_schedule", "courses", "note", course, text],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=no_more_room,
    )
    assert ran.returncode == 5, ran
    assert "full" in ran.stderr
    assert ran.stdout == ""
    assert counter.done("courses", "show", course)["notes"] == []
    assert counter.done("book", "verify")["is_sound"]


def test_the_clock_going_back_is_a_finding(counter: Counter) -> None:
    course = counter.open()
    counter.set_day("2026-12-01", 7)
    ran = counter.ask("courses", "note", course, "x")
    assert ran.code == 0
    assert "the clock went back" in ran.out
    found = counter.done("book", "verify")
    assert found["is_sound"]
    assert found["findings"][0]["kind"] == "clock_went_back"
    assert "went back" in counter.ask("courses", "show", course, "--full").out


def test_patient_text_stays_where_it_belongs(counter: Counter) -> None:
    anna = counter.open("--output", "anna.ics", patient="Anna Secret")
    ben = counter.open(patient="Ben Hidden")
    counter.done("courses", "note", anna, "Secret allergy")
    for words in (
        ("hold", ben, "--on", "2027-01-01"),
        ("move", ben, "--alone", "9", "--to", "2026-12-09"),
    ):
        ran = counter.ask("courses", *words)
        assert ran.code == 4
        assert "Secret" not in ran.out + ran.err
    for path in Path.cwd().iterdir():
        assert "Secret" not in path.name
        if path.is_file() and path != counter.path:
            assert b"Secret" not in path.read_bytes(), path
    assert "Hidden" not in counter.ask("courses", "export", anna).out


def test_a_changed_event_is_named(counter: Counter) -> None:
    course = counter.open()
    with sqlite3.connect(counter.path) as book:
        (table,) = book.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%payload%'"
        ).fetchone()
        book.execute(f"UPDATE {table} SET payload = replace(payload, 'Anna', 'Hans')")
    book.close()
    ran = counter.ask("book", "verify")
    assert ran.code == 1
    assert "event 1 was changed" in ran.out
    assert counter.ask("courses", "hold", course).code == 5


def test_a_password_is_never_shown(counter: Counter) -> None:
    address = "postgresql+psycopg://nurse:geheim@127.0.0.1:1/book?connect_timeout=1"
    ran = counter.ask("courses", "list", "--book", address)
    assert ran.code == 5
    assert "geheim" not in ran.err + ran.out
