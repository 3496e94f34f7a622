"""Ways through the book that are seldom gone: pipes, two that went apart, what closes itself."""

import os
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from meso_schedule.book.book import Book
from meso_schedule.book.book_errors import BookFault, RefusedError
from meso_schedule.book.digests import GENESIS
from meso_schedule.book.events import Head
from meso_schedule.book.heads import holds
from meso_schedule.book.records import Note
from meso_schedule.book.storage.book_places import told_by_the_book
from meso_schedule.book.storage.gate import Gate
from meso_schedule.book.storage.sqlite_faults import translated
from tests.book.samples import day_to_day, now, opened


def filled(book: Book) -> str:
    """Open a course in a book and return its id."""
    return book.open_course(opened(), *day_to_day(), context=now()).course


def test_an_export_comes_back_through_a_pipe_of_the_shell(tmp_path: Path) -> None:
    with Book.open(tmp_path / "a") as book, Book.open(tmp_path / "b") as other:
        filled(book)
        text = "".join(book.export())
        reader, writer = os.pipe()
        os.write(writer, text.encode())
        os.close(writer)
        other.restore(f"/dev/fd/{reader}")
        os.close(reader)
        assert "".join(other.export()) == text


def test_every_book_has_the_beginning_in_its_chain(tmp_path: Path) -> None:
    with Book.open(tmp_path / "a") as book, book._storage.reading() as within:
        assert holds(within, Head(count=0, hash=GENESIS))
        assert not holds(within, Head(count=0, hash="0" * 63 + "1"))


def test_two_books_that_went_apart(tmp_path: Path) -> None:
    with Book.open(tmp_path / "a") as book, Book.open(tmp_path / "b") as other:
        course = filled(book)
        other.import_courses("".join(book.export()), source="first.json")
        for one, text in ((book, "here"), (other, "there")):
            one.append(course, Note(text=text), context=now())
        before = "".join(other.export())
        with pytest.raises(RefusedError) as caught:
            other.import_courses("".join(book.export()), source="second.json")
        assert caught.value.code == "other_course"
        assert "".join(other.export()) == before


def test_an_error_of_the_book_stays_as_it_is() -> None:
    fault = BookFault("locked", "It is in use.", "a", "Wait.")
    with pytest.raises(BookFault) as caught, told_by_the_book():
        raise fault
    assert caught.value is fault


def test_a_mistake_of_ours_is_no_damage(tmp_path: Path) -> None:
    error = DBAPIError("select", None, sqlite3.ProgrammingError("closed"))
    with pytest.raises(DBAPIError), translated(tmp_path / "a"):
        raise error


def test_a_call_that_closes_its_own_book(tmp_path: Path) -> None:
    gate = Gate(str(tmp_path / "a"), 0.1)
    with gate:
        assert gate.close()
    with pytest.raises(BookFault) as caught, gate:
        pass
    assert caught.value.faults[0].code == "closed"


def test_nothing_follows_on_a_book_that_does_not_end_where_it_says(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with Book.open(path) as book:
        course = filled(book)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meso_head SET hash = ?", ["0" * 64])
    connection.close()
    before = path.read_bytes()
    with Book.open(path) as book, pytest.raises(BookFault, match="does not end where it says"):
        book.append(course, Note(text="x"), context=now())
    assert path.read_bytes() == before
