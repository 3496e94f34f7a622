"""When a book was last backed up is kept beside its end, and never written over anything else."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from meso_schedule.book.book import Book
from meso_schedule.book.records import Note
from tests.book.samples import now, opened

AT = datetime(2026, 11, 27, 18, 30, 5, tzinfo=timezone(timedelta(hours=1)))


@pytest.fixture
def heads(tmp_path: Path) -> Path:
    folder = tmp_path / "heads"
    folder.mkdir()
    return folder


def backed_up(tmp_path: Path, heads: Path | None, at: datetime | None = AT) -> list[str]:
    """Make a book if there is none, back it up, and return the kinds of what is told."""
    with Book.open(tmp_path / "courses.book", heads=heads) as book:
        if not book.head().count:
            book.open_course(opened(), context=now())
        book.backup(tmp_path / "copy", force=True, at=at)
        return [finding.kind for finding in book.findings]


def test_the_last_backup_is_known_with_its_end(address: str, tmp_path: Path, heads: Path) -> None:
    with Book.open(address, heads=heads) as book:
        course = book.open_course(opened(), context=now()).course
        assert book.verify().backup is None
        head = book.backup(tmp_path / "a", at=AT - timedelta(days=9))
        assert book.backup(tmp_path / "b", at=AT) == head
        book.append(course, Note(text="x"), context=now())
        told = book.verify()
        assert told.backup is not None
        assert (told.backup.at, told.backup.head) == (AT, head)
        assert told.model_dump(mode="json")["backup"]["at"] == "2026-11-27T18:30:05+01:00"
        assert told.head.count == head.count + 1
        assert book.findings == ()
    (path,) = heads.glob("*.backup")
    assert path.stat().st_mode & 0o777 == 0o600
    with Book.open(tmp_path / "other.book", heads=heads) as other:
        assert other.verify().backup is None, "it is another book's"


def test_a_file_for_the_end_has_it_beside(tmp_path: Path) -> None:
    assert backed_up(tmp_path, tmp_path / "end") == []
    assert (tmp_path / "end.backup").read_text().startswith("2026-11-27T18:30:05+01:00 1:")
    assert backed_up(tmp_path, tmp_path / "end", AT.astimezone(UTC)) == []
    assert (tmp_path / "end.backup").read_text().startswith("2026-11-27T17:30:05+00:00 1:")


def test_without_a_moment_or_a_place_nothing_is_kept(tmp_path: Path, heads: Path) -> None:
    assert backed_up(tmp_path, heads, None) == []
    assert backed_up(tmp_path, None) == []
    assert [*heads.glob("*.backup")] == []
    with Book.open(tmp_path / "courses.book") as book:
        assert book.verify().backup is None


@pytest.mark.parametrize(
    "text",
    [
        "my own notes",
        f"noon 1:{'0' * 64}\n",
        f"2026-99-99T09:00:00+00:00 1:{'0' * 64}\n",
        f"2026-11-27T09:00:00+00:00 {'0' * 64}\n",
    ],
)
def test_what_is_something_else_stays(tmp_path: Path, text: str) -> None:
    path = tmp_path / "end.backup"
    path.write_text(text)
    assert backed_up(tmp_path, tmp_path / "end") == ["backup_not_kept"]
    assert path.read_text() == text
    with Book.open(tmp_path / "courses.book", heads=tmp_path / "end") as book:
        assert book.verify().backup is None
        assert book.verify().is_sound


def test_a_place_that_cannot_be_written_is_a_warning(tmp_path: Path, heads: Path) -> None:
    assert backed_up(tmp_path, heads) == []
    (path,) = heads.glob("*.backup")
    path.unlink()
    path.symlink_to(tmp_path / "copy" / "in a file")
    assert backed_up(tmp_path, heads) == ["backup_not_kept"]
    assert (tmp_path / "copy").is_file(), "the backup stands"
    with Book.open(tmp_path / "courses.book", heads=heads) as book:
        assert book.verify().backup is None


def test_a_book_that_does_not_say_which_it_is(tmp_path: Path, heads: Path) -> None:
    assert backed_up(tmp_path, heads) == []
    with Book.open(tmp_path / "courses.book", heads=heads) as book:
        with book._storage.writing() as within:
            within.connection.exec_driver_sql("DELETE FROM meso_book")
        assert book.verify().backup is None
    assert backed_up(tmp_path, heads) == ["backup_not_kept"]
