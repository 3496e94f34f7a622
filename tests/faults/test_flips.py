"""Single bits that flip on the disk: found, or of no consequence."""

import random
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from meso_schedule.base.errors import MesoScheduleError
from meso_schedule.book.book import Book
from meso_schedule.book.records import Note
from tests.book.samples import day_to_day, fixed, now, opened
from tests.faults.settings import tell
from tests.support.lengths import length

FLIPS = length(20, 1000)


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of a few hundred events, one course of it erased."""
    path = tmp_path_factory.mktemp("whole") / "origin.book"
    with Book.open(path, randomness=fixed()) as book:
        for number in range(30):
            opening = opened(patient=f"Patient {number}")
            course = book.open_course(opening, *day_to_day(), context=now()).course
            for half in "ab":
                key = f"note {number}{half}"
                book.append(course, Note(text="long " * 350), context=now(key=key))
        book.erase(course, context=now())
    return path


def told(book: Book) -> tuple[object, ...]:
    """Return everything a book says."""
    diary = book.diary(date(2026, 1, 1), date(2027, 12, 31))
    return "".join(book.export()), book.courses(), diary


def consequence(path: Path, sound: tuple[object, ...]) -> str:
    """Say whether damage is found by `verify`, harmless, or neither."""
    try:
        with Book.open(path) as book:
            if not book.verify().is_sound:
                return "found"
            return "harmless" if told(book) == sound else "missed"
    except MesoScheduleError:
        return "found"


def flipped(path: Path, whole: bytes, place: int) -> None:
    """Write the file with one bit turned over."""
    damaged = bytearray(whole)
    damaged[place // 8] ^= 1 << place % 8
    path.write_bytes(damaged)


@pytest.mark.untraced
def test_each_flipped_bit_is_found_or_harmless(origin: Path, tmp_path: Path) -> None:
    whole = origin.read_bytes()
    with Book.open(origin) as book:
        assert book.verify().is_sound
        sound = told(book)
    rng = random.Random(3)
    counts = {"found": 0, "harmless": 0, "missed": 0}
    for _ in range(FLIPS):
        path = tmp_path / "flipped.book"
        flipped(path, whole, rng.randrange(len(whole) * 8))
        counts[consequence(path, sound)] += 1
    tell("single bits flipped", counts)
    assert counts["missed"] == 0
    assert counts["found"] > FLIPS / 4


def test_the_database_itself_does_not_find_them(origin: Path, tmp_path: Path) -> None:
    """SQLite's own check sees the structure of the pages, not what is written in them."""
    path = tmp_path / "flipped.book"
    whole = origin.read_bytes()
    place = whole.index(b"long long") * 8
    flipped(path, whole, place)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with Book.open(path) as book:
        assert [problem.code for problem in book.verify().problems][:1] == ["changed"]
