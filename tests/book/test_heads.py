"""The end of a book, kept outside of it: what was cut off, emptied or put back is seen."""

import os
import shutil
import threading
from pathlib import Path

import pytest

from meso_schedule.base.errors import InputError
from meso_schedule.book.book import Book
from meso_schedule.book.records import Note
from tests.book.samples import day_to_day, now, opened


@pytest.fixture
def heads(tmp_path: Path) -> Path:
    """Return a folder for ends of books."""
    folder = tmp_path / "heads"
    folder.mkdir()
    return folder


def fill(address: object, heads: Path) -> str:
    """Make a book of six events and return its course."""
    with Book.open(str(address), heads=heads) as book:
        course = book.open_course(opened(), *day_to_day(), context=now()).course
        book.append(course, Note(text="x"), context=now())
        assert book.findings == ()
    return course


def cut(book: Book, count: int) -> None:
    """Cut a book off cleanly: it is sound in itself."""
    with book._storage.writing() as within:
        for statement in (
            f"DELETE FROM meso_keys WHERE sequence > {count}",
            f"DELETE FROM meso_events WHERE sequence > {count}",
            f"UPDATE meso_head SET count = {count}, hash = coalesce((SELECT hash FROM meso_events"
            f" WHERE sequence = {count}), '{'0' * 64}')",
        ):
            within.connection.exec_driver_sql(statement)
    book.rebuild()


def found(address: object, heads: Path | None) -> tuple[list[str], list[str], str]:
    """Return codes of problems, kinds of findings, and the words."""
    with Book.open(str(address), heads=heads) as book:
        told = book.verify()
    words = " ".join(problem.message for problem in told.problems)
    return [it.code for it in told.problems], [it.kind for it in told.findings], words


def test_one_file_a_book_keeps_its_end_after_each_commit(
    address: str, tmp_path: Path, heads: Path
) -> None:
    fill(address, heads)
    fill(tmp_path / "other.book", heads)
    with Book.open(address, heads=heads) as book:
        head = book.head()
        assert book.verify().kept == head
        assert f"{head.count}:{head.hash}\n" in [path.read_text() for path in heads.iterdir()]
        assert [path.stat().st_mode & 0o777 for path in heads.iterdir()] == [0o600, 0o600]
        course = book.courses()[0].course
        text = "".join(book.export())
        book.erase(course, context=now())
        assert book.verify().kept == book.head()
        book.append(book.open_course(opened(), context=now()).course, Note(text="x"), context=now())
        assert book.verify().kept == book.head()
    with Book.open(tmp_path / "third.book", heads=heads) as third:
        third.import_courses(text, source="all.json")
        assert third.verify().kept == third.head()
    assert len([*heads.iterdir()]) == 3


@pytest.mark.parametrize("count", [5, 3, 0])
def test_what_was_cut_off_is_found(address: str, heads: Path, count: int) -> None:
    fill(address, heads)
    with Book.open(address) as book:
        cut(book, count)
        assert book.verify().is_sound, "the book alone cannot know"
    problems, findings, words = found(address, heads)
    assert (problems, findings) == (["not_the_kept_end"], [])
    assert "The book is older than the end that" in words
    assert f"ends with event {count}, and event 6 had been written" in words


def test_an_older_copy_put_in_its_place_is_found(tmp_path: Path, heads: Path) -> None:
    path = tmp_path / "courses.book"
    course = fill(path, heads)
    shutil.copy(path, tmp_path / "older")
    with Book.open(path, heads=heads) as book:
        book.backup(tmp_path / "backup")
        book.append(course, Note(text="later"), context=now())
    for copy in ("older", "backup"):
        shutil.copy(tmp_path / copy, path)
        problems, _, words = found(path, heads)
        assert problems == ["not_the_kept_end"]
        assert "The book is older" in words


def test_what_is_written_on_top_of_an_older_copy_is_found_too(tmp_path: Path, heads: Path) -> None:
    path = tmp_path / "courses.book"
    course = fill(path, heads)
    shutil.copy(path, tmp_path / "older")
    with Book.open(path, heads=heads) as book:
        book.append(course, Note(text="later"), context=now())
    shutil.copy(tmp_path / "older", path)
    expected = ["The book is older", "neither is older", "is older than the book"]
    for part, words in enumerate(expected):
        told = found(path, heads)
        assert told[0] == ["not_the_kept_end"]
        assert words in told[2]
        with Book.open(path, heads=heads) as book:
            book.append(course, Note(text=f"other {part}"), context=now())
            (finding,) = book.findings
        assert finding.kind == "head_not_kept"
        assert "event 7, is not in the book: it was left there" in str(finding.message)


def test_an_end_that_is_only_behind_is_fine(address: str, heads: Path) -> None:
    course = fill(address, heads)
    with Book.open(address) as book:
        book.append(course, Note(text="kept nowhere"), context=now())
    assert found(address, heads) == ([], [], "")
    with Book.open(address, heads=heads) as book:
        book.append(course, Note(text="kept again"), context=now())
        assert book.verify().kept == book.head()


def test_that_nothing_is_kept_is_told(address: str, heads: Path) -> None:
    with Book.open(address, heads=heads) as book:
        course = book.courses()
    assert course == []
    assert found(address, heads) == ([], ["no_kept_head"], "")
    assert found(address, None) == ([], [], "")


@pytest.mark.parametrize("content", ["", "5:" + "0" * 64])
def test_a_file_given_by_name(address: str, tmp_path: Path, content: str) -> None:
    place = tmp_path / "my head"
    place.write_text(content)
    course = fill(address, place) if not content else ""
    with Book.open(address, heads=place) as book:
        if not content:
            assert place.read_text() == f"6:{book.head().hash}\n"
            book.append(course, Note(text="x"), context=now())
            assert place.read_text() == f"7:{book.head().hash}\n"
        else:
            book.open_course(opened(), context=now())
            assert [finding.kind for finding in book.findings] == ["head_not_kept"]
            assert place.read_text() == content


def broken(place: Path, how: str) -> None:
    """Make a place where no end can be kept."""
    if how == "other file":
        place.write_text("my notes")
    elif how == "long file":
        place.write_bytes(b"5:" + b"0" * 5000)
    elif how == "binary":
        place.write_bytes(b"SQLite format 3\0\xff")
    elif how == "pipe":
        os.mkfifo(place)
    elif how == "link to nowhere":
        place.symlink_to(place / "x" / "y")


HOW = ["other file", "long file", "binary", "pipe", "no folder", "link to nowhere"]


@pytest.mark.parametrize("how", HOW)
def test_a_place_where_nothing_can_be_kept_is_a_warning(tmp_path: Path, how: str) -> None:
    place = tmp_path / "no" / "folder" if how == "no folder" else tmp_path / "place"
    broken(place, how)
    before = place.read_bytes() if place.is_file() else None
    with Book.open(tmp_path / "courses.book", heads=place) as book:
        course = book.open_course(opened(), context=now()).course
        (finding,) = book.findings
        assert finding.kind == "head_not_kept"
        assert str(place) in str(finding.message)
        assert book.course(course).revision == 1
        if how in ("no folder", "link to nowhere"):
            assert [it.kind for it in book.verify().findings] == ["no_kept_head"]
        else:
            with pytest.raises(InputError, match="does not keep the end of a book"):
                book.verify()
    assert (place.read_bytes() if place.is_file() else None) == before


@pytest.mark.parametrize("ending", ["", "-journal", "-wal", "-shm"])
def test_no_file_of_the_book_itself_is_taken_for_it(tmp_path: Path, ending: str) -> None:
    path, link = tmp_path / "courses.book", tmp_path / "link"
    link.symlink_to(f"{path}{ending}")
    for place in (f"{path}{ending}", link):
        with Book.open(path, heads=place) as book:
            book.open_course(opened(), context=now())
            (finding,) = book.findings
            assert finding.kind == "head_not_kept"
            assert "of the book" in finding.message or "the book itself" in finding.message
        assert sorted(it.name for it in tmp_path.iterdir()) == ["courses.book", "link"]
    with Book.open(path) as book:
        assert book.verify().is_sound


def test_a_book_that_does_not_say_which_it_is(address: str, heads: Path) -> None:
    course = fill(address, heads)
    with Book.open(address, heads=heads) as book:
        with book._storage.writing() as within:
            within.connection.exec_driver_sql("DELETE FROM meso_book")
        assert "does not say which book it is" in book.verify().problems[0].message
        book.append(course, Note(text="x"), context=now())
        assert "does not say which book it is" in str(book.findings[0].message)


def test_many_writers_never_set_it_back(address: str, heads: Path) -> None:
    course = fill(address, heads)
    seen: list[int] = []

    def work(number: int) -> None:
        with Book.open(address, heads=heads) as mine:
            for count in range(8):
                mine.append(course, Note(text=f"{number}/{count}"), context=now())

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        (path,) = heads.iterdir()
        seen.append(int(path.read_text().partition(":")[0]))
    for thread in threads:
        thread.join()
    assert seen == sorted(seen)
    with Book.open(address, heads=heads) as book:
        assert book.head().count == 38
        assert book.verify().kept == book.head()


@pytest.mark.parametrize(
    ("count", "more", "lost"), [(6, 0, None), (6, 3, (7, 9)), (4, 0, None), (0, 3, (1, 9))]
)
def test_restoring_says_what_goes_and_sets_it(
    address: str, tmp_path: Path, heads: Path, count: int, more: int, lost: tuple[int, int] | None
) -> None:
    """A backup of six events goes into a book that was cut to `count` of 6 + `more`."""
    course = fill(address, heads)
    backup = tmp_path / "backup"
    with Book.open(address, heads=heads) as book:
        book.backup(backup)
        head = book.head()
        for part in range(more):
            book.append(course, Note(text=f"{part}"), context=now())
        if count < 6:
            cut(book, count)
            lost = lost and (7, 9)
        assert book.lost_by(backup) == lost
        assert book.restore(backup, force=True) == head
        assert book.verify().kept == head
        assert book.verify().is_sound


def test_restoring_another_book_loses_this_one(tmp_path: Path, heads: Path) -> None:
    with Book.open(tmp_path / "other") as other:
        other.open_course(opened(), context=now())
        other.backup(tmp_path / "backup")
    path = tmp_path / "courses.book"
    fill(path, heads)
    with Book.open(path) as book:
        assert book.lost_by(tmp_path / "backup") == (1, 6)
    os.truncate(path, 0)
    with Book.open(path, heads=heads) as book:
        assert book.lost_by(tmp_path / "backup") is None, "a book begun anew has an id of its own"
        book.restore(tmp_path / "backup")
        assert book.verify().kept == book.head()
