"""Books in files: bad files, rights, locks, migrations, and what is left on the disk."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from meso_schedule.base.errors import ExitCode, MesoScheduleError
from meso_schedule.book.book import Book
from meso_schedule.book.book_errors import BookFault, NotABookError
from meso_schedule.book.records import Note
from meso_schedule.book.storage import event_log, migrations, sqlite
from meso_schedule.book.storage.transaction import Transaction
from tests.book.samples import day_to_day, fixed, now, opened
from tests.faults.scenarios import LATER

NOBODY = 65534


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a small book."""
    made = tmp_path / "courses.book"
    with Book.open(made, randomness=fixed()) as book:
        book.open_course(opened(), *day_to_day(), context=now())
    return made


@contextmanager
def without_rights(folder: Path) -> Iterator[None]:
    """Be somebody who may read but not write there."""
    if os.geteuid():
        yield
        return
    for place in (folder, *folder.parents):
        if str(place).startswith("/tmp/pytest"):
            place.chmod(place.stat().st_mode | 0o055)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def refused(path: Path, kind: type[MesoScheduleError], code: str, *, create: bool = True) -> str:
    """Open a book that must be refused; return the sentence."""
    with pytest.raises(kind) as caught:
        Book.open(path, timeout=0.1, create=create)
    assert caught.value.faults[0].code == code
    expected = ExitCode.BAD_INPUT if kind is NotABookError else ExitCode.ENVIRONMENT
    assert caught.value.exit_code == expected
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_nothing_there(tmp_path: Path) -> None:
    refused(tmp_path / "none", NotABookError, "no_book", create=False)
    (tmp_path / "empty").touch()
    refused(tmp_path / "empty", NotABookError, "no_book", create=False)
    refused(tmp_path / "no" / "folder", BookFault, "no_folder")
    assert [entry.name for entry in tmp_path.iterdir()] == ["empty"]


@pytest.mark.parametrize("address", ["", "http://example.org/book", "postgres://x/y"])
def test_addresses_of_nothing(address: str) -> None:
    with pytest.raises(NotABookError) as caught:
        Book.open(address)
    assert caught.value.faults[0].code == "bad_address"


def test_folders_links_and_pipes(path: Path, tmp_path: Path) -> None:
    assert "is a folder" in refused(tmp_path, NotABookError, "not_a_file")
    link = tmp_path / "link"
    link.symlink_to(path)
    assert "is a link" in refused(link, NotABookError, "not_a_file")
    dangling = tmp_path / "dangling"
    dangling.symlink_to(tmp_path / "nowhere")
    assert "is a link" in refused(dangling, NotABookError, "not_a_file")
    os.mkfifo(tmp_path / "pipe")
    assert "is no file" in refused(tmp_path / "pipe", NotABookError, "not_a_file")
    assert not (tmp_path / "nowhere").exists()


def test_a_name_that_no_file_can_have(tmp_path: Path) -> None:
    refused(tmp_path / ("x" * 300), BookFault, "storage")
    refused(Path("a\0b"), BookFault, "storage")


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_another_programs_database_is_left_alone(mode: str, tmp_path: Path) -> None:
    path = tmp_path / "photos.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA journal_mode={mode}")
        connection.execute("CREATE TABLE photos (name TEXT)")
        connection.commit()
    before = path.read_bytes(), path.stat().st_mode
    refused(path, NotABookError, "other_database")
    assert (path.read_bytes(), path.stat().st_mode) == before


def test_a_database_that_only_claims_to_be_a_book(tmp_path: Path) -> None:
    path = tmp_path / "odd.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA application_id={sqlite.APPLICATION_ID}")
        connection.execute("CREATE TABLE photos (name TEXT)")
        connection.commit()
    refused(path, NotABookError, "other_database")


def test_text_and_cut_off_files(path: Path, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello " * 200)
    refused(tmp_path / "text", NotABookError, "not_a_database")
    whole = path.read_bytes()
    for length in (1, 15, 20):
        path.write_bytes(whole[:length])
        refused(path, NotABookError, "not_a_database")
    for length in (50, 99, 512, 4096, 8192, len(whole) - 4096, len(whole) - 1):
        path.write_bytes(whole[:length])
        refused(path, BookFault, "damaged_book")


def test_a_file_that_may_not_be_written_can_still_be_read(path: Path) -> None:
    path.chmod(0o444)
    with without_rights(path.parent), Book.open(path) as book:
        (line,) = book.courses()
        with pytest.raises(BookFault) as caught:
            book.append(line.course, Note(text="x"), context=now())
    assert (caught.value.code, caught.value.exit_code) == ("read_only", ExitCode.ENVIRONMENT)


def test_a_file_that_may_not_be_read(path: Path) -> None:
    path.chmod(0o600)
    with without_rights(path.parent):
        if os.geteuid() != NOBODY:
            path.chmod(0o000)
        refused(path, BookFault, "unreachable")
    with without_rights(path.parent):
        refused(path.with_name("new"), BookFault, "storage")


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_a_book_is_private_from_its_first_byte(
    umask: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "courses.book"
    seen: list[int] = []

    def connect(*words: object, **more: object) -> sqlite3.Connection:
        if path.exists():
            seen.append(stat.S_IMODE(path.stat().st_mode))
        return real(*words, **more)  # type: ignore[call-overload, no-any-return]

    real = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", connect)
    before = os.umask(umask)
    try:
        with Book.open(path) as book:
            book.open_course(opened(), context=now())
    finally:
        os.umask(before)
    assert set(seen) == {0o600}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_empty_file_that_others_may_read_is_made_private(tmp_path: Path) -> None:
    path = tmp_path / "courses.book"
    path.touch(0o644)
    Book.open(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("mode", "after", "said"),
    [
        (0o600, 0o600, []),
        (0o400, 0o400, []),
        (0o644, 0o600, ["Others could read"]),
        (0o666, 0o600, ["Others could read"]),
        (0o604, 0o600, ["Others could read"]),
        (0o602, 0o600, ["Others could read"]),
        (0o444, 0o400, ["Others could read"]),
        (0o755, 0o600, ["Others could read"]),
        (0o640, 0o640, ["The group of the book"]),
        (0o660, 0o660, ["The group of the book"]),
    ],
)
def test_a_book_that_others_may_read_is_shut_or_that_is_said(
    path: Path, mode: int, after: int, said: list[str]
) -> None:
    path.chmod(mode)
    with Book.open(path) as book:
        found = [(finding.kind, str(finding.message)) for finding in book.findings]
    assert [kind for kind, _ in found] == ["readable"] * len(said)
    for (_, message), words in zip(found, said, strict=True):
        assert words in message
        assert f"{path} " in message
        assert f"{mode:o}" in message
    assert stat.S_IMODE(path.stat().st_mode) == after


def not_permitted(*_: object) -> None:
    raise PermissionError


def test_a_book_of_somebody_else_that_others_may_read(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.chmod(0o644)
    with without_rights(path.parent):
        if os.geteuid() != NOBODY:
            monkeypatch.setattr(Path, "chmod", not_permitted)
        with Book.open(path) as book:
            (finding,) = book.findings
    assert "its owner should set it to 600" in str(finding.message)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_where_rights_are_not_kept_with_the_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.chmod(0o644)
    monkeypatch.delattr(os, "fchmod")
    with Book.open(path) as book:
        assert book.findings == ()


def test_another_program_makes_the_file_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "courses.book"
    monkeypatch.setattr(sqlite, "check_place", lambda _: False)
    Book.open(path).close()
    Book.open(path).close()
    assert path.stat().st_size > 0


def stopped(path: Path, error: type[BaseException], *writers: Path) -> None:
    """Open a book, let an event be written by way of each path, and fail."""
    with Book.open(path):
        for writer in writers:
            with Book.open(writer) as book:
                book.open_course(opened(), context=now())
        raise error


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_nothing_is_left_of_a_book_stopped_before_its_first_event(
    error: type[BaseException], path: Path, tmp_path: Path
) -> None:
    fresh = tmp_path / "fresh.book"
    with pytest.raises(error):
        stopped(fresh, error)
    assert os.listdir(tmp_path) == [path.name]
    with pytest.raises(error):
        stopped(fresh, error, fresh)
    with Book.open(fresh, create=False) as book:
        assert book.head().count == 1


def test_an_empty_book_that_was_there_stays(tmp_path: Path) -> None:
    with Book.open(tmp_path / "empty.book"):
        pass
    with pytest.raises(KeyboardInterrupt):
        stopped(tmp_path / "empty.book", KeyboardInterrupt)
    assert os.listdir(tmp_path) == ["empty.book"]


@pytest.mark.parametrize(
    ("place", "broken"),
    [
        ("meso_schedule.book.storage.sqlite.PRAGMAS", ("no_such(",)),
        ("meso_schedule.book.storage.addresses.migrate", None),
        ("meso_schedule.book.storage.sqlite._connect", None),
    ],
)
def test_a_book_that_cannot_be_begun_leaves_no_file(
    place: str, broken: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, broken)
    with pytest.raises((MesoScheduleError, TypeError)):
        Book.open(tmp_path / "fresh.book")
    assert os.listdir(tmp_path) == []


def test_a_locked_book(path: Path) -> None:
    with Book.open(path, timeout=0.1) as book, closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert len(book.courses()) == 1, "a writer keeps no reader out"
        with pytest.raises(BookFault) as caught:
            book.open_course(opened(), context=now())
        assert (caught.value.code, caught.value.exit_code) == ("locked", ExitCode.ENVIRONMENT)
        other.execute("COMMIT")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(BookFault, match="is locked by another program"):
            book.courses()
        refused(path, BookFault, "locked")


def test_settings_are_those_that_keep_what_was_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    with Book.open(path) as book, book._storage.reading() as within:
        found = {
            name: within.connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {
        "journal_mode": "delete",
        "synchronous": 3,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
    }


def test_tables_are_strict(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        strict = connection.execute("SELECT name, strict FROM pragma_table_list").fetchall()
    assert {name for name, is_strict in strict if is_strict} == {
        *("meso_migrations", "meso_events", "meso_head", "meso_courses", "meso_sessions"),
        *("meso_book", "meso_keys", "meso_visits", "meso_taken", "meso_masks"),
    }


def test_an_older_book_is_migrated_and_a_copy_kept(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Book.open(path) as book:
        before = "".join(book.export())
    content = path.read_bytes()
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, LATER))
    with Book.open(path) as book:
        assert "".join(book.export()) == before
        assert book.verify().is_sound
        (course,) = [line.course for line in book.courses()]
        copy = path.with_name("courses.book.before-4")
        assert book.erase(course, context=now()).copies == (copy,)
    # SQLite counts changes in the first bytes.
    assert copy.read_bytes()[100:] == content[100:]
    content = copy.read_bytes()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with Book.open(path.with_name("new")) as book:
        book.restore(copy)
        assert "".join(book.export()) == before
    assert copy.read_bytes() == content


def test_a_migration_that_fails_changes_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = migrations.Migration(4, "broken", (*LATER.statements, "CREATE NONSENSE"))
    content = path.read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, broken))
        with pytest.raises(BookFault):
            Book.open(path)
    assert path.read_bytes() == content
    with Book.open(path) as book:
        assert book.verify().is_sound


def test_a_newer_book_is_refused_untouched(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, LATER))
        Book.open(path).close()
    content = path.read_bytes()
    assert "tables of version 4" in refused(path, BookFault, "newer_book")
    assert path.read_bytes() == content


def left_after_erasing(path: Path) -> list[bytes]:
    """Erase one patient of twelve; return what of him is still in the file."""
    with Book.open(path) as book:
        courses = [
            book.open_course(
                opened(patient=f"Secretpatient {number}"),
                *day_to_day(),
                Note(text=f"Secretnote {number} " * 140),
                context=now(key=f"Secretkey {number}"),
            ).course
            for number in range(12)
        ]
        assert b"Secretnote 7" in path.read_bytes()
        salts = [event.salt for event in book.history(courses[7])]
        book.erase(courses[7], context=now())
        content = path.read_bytes()
        assert b"Secretnote 8" in content
    words = [b"Secretpatient 7", b"Secretnote 7", b"Secretkey 7"]
    return [word for word in (*words, *(str(salt).encode() for salt in salts)) if word in content]


def test_nothing_of_an_erased_patient_is_left_in_the_file(tmp_path: Path) -> None:
    assert left_after_erasing(tmp_path / "courses.book") == []
    assert [entry.name for entry in tmp_path.iterdir()] == ["courses.book"]


def test_content_that_is_only_deleted_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "PRAGMAS", (*sqlite.PRAGMAS, "secure_delete=OFF"))
    monkeypatch.setattr(sqlite.SqliteStorage, "compact", lambda _: None)
    assert b"Secretnote 7" in left_after_erasing(tmp_path / "courses.book")


def test_errors_do_not_repeat_what_a_book_holds(path: Path) -> None:
    with Book.open(path) as book:
        with book._storage.writing() as within:
            within.connection.exec_driver_sql("DROP TABLE meso_sessions")
        with pytest.raises(BookFault) as caught:
            book.open_course(opened(patient="Berta Hidden"), booked_today(), context=now())
        assert "Berta" not in str(caught.value)
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__


def booked_today() -> Note:
    return Note(text="Berta Hidden comes today")


def test_a_row_that_is_no_event(path: Path) -> None:
    with Book.open(path) as book:
        with book._storage.writing() as within:
            text = "CAST(x'ff' AS TEXT)"
            within.connection.exec_driver_sql(
                f"UPDATE meso_events SET who = {text} WHERE sequence = 2"
            )
        (line,) = book.courses()
        with pytest.raises(BookFault, match="is damaged: the database answers OperationalError"):
            book.course(line.course)
        assert [problem.code for problem in book.verify().problems] == ["damaged_book"]


def test_an_event_of_other_types_is_damage() -> None:
    """What a flipped bit in the head of a row can do, whatever the table's own rules are."""
    row: Any = (1, "c", 1, "note", 1, "noon", b"nurse", None, 0, None, "d", "p", "s", "h")
    nowhere: Any = None
    with pytest.raises(BookFault, match="event 1 cannot be read"):
        event_log._event(Transaction(nowhere, "book"), row)


def test_a_second_head_is_found(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("INSERT INTO meso_head VALUES (2, 0, 'x')")
        connection.commit()
    with Book.open(path) as book:
        assert [problem.message for problem in book.verify().problems] == [
            "The database says: CHECK constraint failed in meso_head."
        ]


def test_settings_that_cannot_be_set(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "PRAGMAS", ("this is none",))
    refused(path, BookFault, "damaged_book")


def test_a_file_that_goes_away_meanwhile(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.unlink()
    monkeypatch.setattr(sqlite, "check_place", lambda _: True)
    refused(path, BookFault, "storage")


def test_a_backup_that_is_in_use(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "TIMEOUT_SECONDS", 0.1)
    with Book.open(tmp_path / "new") as book, closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(BookFault, match="is locked"):
            book.restore(path)


def test_a_backup_that_is_in_use_while_it_is_read(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "TIMEOUT_SECONDS", 0.1)

    def lock(*_: object) -> None:
        other.execute("BEGIN EXCLUSIVE")

    with Book.open(tmp_path / "new") as book, closing(sqlite3.connect(path)) as other:
        monkeypatch.setattr(sqlite, "_check_owner", lock)
        with pytest.raises(BookFault, match="is locked"):
            book.restore(path)


def test_a_backup_that_may_not_be_read(path: Path, tmp_path: Path) -> None:
    path.chmod(0o000)
    (tmp_path / "own").mkdir(0o777)
    (tmp_path / "own").chmod(0o777)
    with (
        without_rights(tmp_path),
        Book.open(tmp_path / "own" / "new") as book,
        pytest.raises(BookFault, match="Permission denied"),
    ):
        book.restore(path)


def test_a_closed_book_is_a_mistake_of_the_program(path: Path) -> None:
    book = Book.open(path)
    book.close()
    with pytest.raises(Exception, match="closed"):
        book.courses()


def test_a_backup_where_nothing_can_be_written(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    with Book.open(path) as book:
        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises(BookFault, match="No space left on device"):
            book.backup(tmp_path / "copy")
    assert not (tmp_path / "copy.part").exists()


def test_a_book_whose_program_was_killed_is_played_back(path: Path, tmp_path: Path) -> None:
    """A hot journal beside the file: the first to open the book rolls it back."""
    program = (
        "import os, sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('PRAGMA cache_size=1')\n"
        "c.execute('BEGIN IMMEDIATE')\n"
        "c.execute('CREATE TABLE t (x)')\n"
        "c.executemany('INSERT INTO t VALUES (?)', [('y' * 3000,)] * 50)\n"
        "c.execute('DELETE FROM meso_events')\n"
        "os._exit(9)\n"
    )
    import subprocess
    import sys

    subprocess.run([sys.executable, "-c", program, str(path)], check=False)
    assert (tmp_path / "courses.book-journal").exists()
    with Book.open(path) as book:
        assert book.verify().is_sound
        assert book.head().count == 5
    assert not (tmp_path / "courses.book-journal").exists()


def test_what_another_program_has_written_meanwhile_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / "courses.book"

    def written_and_stopped(path: Path, _: float) -> None:
        path.write_bytes(b"of another program")
        raise KeyboardInterrupt

    monkeypatch.setattr(sqlite, "_opened", written_and_stopped)
    with pytest.raises(KeyboardInterrupt):
        sqlite.open_file(made)
    assert made.read_bytes() == b"of another program"
