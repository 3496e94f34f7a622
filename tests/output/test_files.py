"""Files are written whole or not at all, and never over another one unasked."""

import errno
import os
import shutil
import signal
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from meso_schedule.base import private_files
from meso_schedule.base.errors import EnvironmentFault, ExitCode, InputError
from meso_schedule.base.private_files import (
    check_targets,
    make_private,
    place,
    write_files,
    written_whole,
)
from meso_schedule.cli.app import main


def left_over(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def failing(number: int) -> Any:
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


def test_files_hold_the_text_and_are_private(tmp_path: Path) -> None:
    texts = {tmp_path / "a.csv": b"one\r\ntwo\r\n", tmp_path / "b.txt": "Zoë\n".encode()}
    write_files(texts)
    assert left_over(tmp_path) == ["a.csv", "b.txt"]
    assert (tmp_path / "a.csv").read_bytes() == b"one\r\ntwo\r\n"
    assert (tmp_path / "b.txt").read_text(encoding="utf-8") == "Zoë\n"
    assert stat.S_IMODE((tmp_path / "a.csv").stat().st_mode) == 0o600


def test_an_existing_file_is_kept(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("old")
    with pytest.raises(InputError) as caught:
        write_files({tmp_path / "a.txt": b"new", tmp_path / "b.txt": b"new"})
    fault = caught.value.faults[0]
    assert (fault.code, fault.field, caught.value.exit_code) == ("target_exists", "output", 2)
    assert "--force" in str(fault.remedy)
    assert left_over(tmp_path) == ["b.txt"]
    assert (tmp_path / "b.txt").read_text() == "old"


def test_force_replaces_it(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("old")
    (tmp_path / "b.txt").chmod(0o644)
    write_files({tmp_path / "a.txt": b"new", tmp_path / "b.txt": b"new"}, force=True)
    assert (tmp_path / "b.txt").read_text() == "new"
    assert stat.S_IMODE((tmp_path / "b.txt").stat().st_mode) == 0o600
    assert left_over(tmp_path) == ["a.txt", "b.txt"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    write_files({tmp_path / "link.txt": b"new"}, force=True)
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text() == "new"


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["folder"], "is_folder"),
        (["queue"], "no_file"),
        (["a.txt", "./folder/../a.txt"], "duplicate_target"),
    ],
)
def test_targets_that_are_no_files(tmp_path: Path, names: list[str], code: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "queue")
    with pytest.raises(InputError) as caught:
        check_targets([tmp_path / name for name in names], force=True)
    assert [fault.code for fault in caught.value.faults] == [code]
    assert caught.value.exit_code == ExitCode.BAD_INPUT


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="does not exist") as caught:
        write_files({tmp_path / "a.txt": b"new", tmp_path / "none" / "b.txt": b"new"})
    assert caught.value.exit_code == ExitCode.ENVIRONMENT
    assert left_over(tmp_path) == []


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="cannot be written"):
        write_files({tmp_path / ("x" * 300): b"new"})


@pytest.mark.parametrize("force", [False, True])
def test_a_full_disk_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, force: bool
) -> None:
    (tmp_path / "old.txt").write_text("old")
    monkeypatch.setattr(os, "fsync", failing(errno.ENOSPC))
    texts = {tmp_path / "a.txt": b"new"} | ({tmp_path / "old.txt": b"new"} if force else {})
    with pytest.raises(EnvironmentFault, match="No space left"):
        write_files(texts, force=force)
    assert left_over(tmp_path) == ["old.txt"]
    assert (tmp_path / "old.txt").read_text() == "old"


@pytest.mark.parametrize("fails_at", [1, 2, 3])
def test_when_the_last_step_fails_all_is_as_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    (tmp_path / "b.txt").write_text("old b")
    (tmp_path / "c.txt").write_text("old c")
    placed = private_files.place
    calls = 0

    def place_some(fresh: Path, target: Path, *, force: bool) -> None:
        nonlocal calls
        calls += 1
        if calls == fails_at:
            raise EnvironmentFault("It fails.", str(target), "Try again.")
        placed(fresh, target, force=force)

    monkeypatch.setattr(private_files, "place", place_some)
    names = ("a.txt", "b.txt", "c.txt")
    with pytest.raises(EnvironmentFault, match="It fails"):
        write_files({tmp_path / name: b"new" for name in names}, force=True)
    assert left_over(tmp_path) == ["b.txt", "c.txt"]
    assert (tmp_path / "b.txt").read_text() == "old b"
    assert (tmp_path / "c.txt").read_text() == "old c"


def test_a_file_that_appears_meanwhile_is_kept(tmp_path: Path) -> None:
    fresh, target = tmp_path / "fresh", tmp_path / "target"
    fresh.write_text("new")
    target.write_text("theirs")
    with pytest.raises(InputError) as caught:
        place(fresh, target, force=False)
    assert caught.value.faults[0].code == "target_exists"
    assert target.read_text() == "theirs"


def test_a_file_system_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", failing(errno.EPERM))
    write_files({tmp_path / "a.txt": b"new"})
    assert (tmp_path / "a.txt").read_text() == "new"
    assert left_over(tmp_path) == ["a.txt"]


def test_an_old_file_that_cannot_be_kept_aside_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "b.txt").write_text("old")
    monkeypatch.setattr(shutil, "copy2", failing(errno.ENOSPC))
    with pytest.raises(EnvironmentFault, match="No space left"):
        write_files({tmp_path / "b.txt": b"new"}, force=True)
    assert (tmp_path / "b.txt").read_text() == "old"
    assert left_over(tmp_path) == ["b.txt"]


def test_an_interruption_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_files({tmp_path / "a.txt": b"new"})
    assert left_over(tmp_path) == []


def as_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what Windows does not have: rights by descriptor, folders that can be opened."""
    opened = os.open

    def open_file(name: Any, flags: int, mode: int = 0o777, **more: Any) -> int:
        if os.path.isdir(name):
            raise PermissionError(13, os.strerror(13))
        return opened(name, flags, mode, **more)

    monkeypatch.setattr(os, "open", open_file)
    for name in ("fchmod", "O_NONBLOCK", "O_DIRECTORY", "O_NOFOLLOW", "getuid", "geteuid"):
        monkeypatch.delattr(os, name, raising=False)
    monkeypatch.delattr(signal, "SIGHUP", raising=False)


WAYS = [lambda _: None, as_on_windows]


@pytest.mark.parametrize("way", WAYS)
def test_private_files_on_every_system(
    way: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    way(monkeypatch)
    before = os.umask(0o277)
    try:
        write_files({tmp_path / "a.txt": b"one"})
        write_files({tmp_path / "a.txt": [b"t", b"wo"]}, force=True)
        with written_whole(tmp_path / "b.txt", force=False) as fresh:
            assert stat.S_IMODE(fresh.stat().st_mode) == 0o600
            fresh.write_text("three")
        make_private(tmp_path / "c.txt")
    finally:
        os.umask(before)
    assert left_over(tmp_path) == ["a.txt", "b.txt", "c.txt"]
    assert [(tmp_path / f"{name}.txt").read_text() for name in "abc"] == ["two", "three", ""]
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


@pytest.mark.parametrize("way", WAYS)
def test_the_program_on_every_system(
    way: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    way(monkeypatch)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOGNAME", "nurse")
    job = '{"id": 1, "protocol": "general", "start": "2026-12-01"}\n'
    Path("jobs.jsonl").write_text(job)
    open_one = ("courses", "open", "general", "--start", "2026-12-01", "--output", "a.json")
    for words in (
        open_one,
        ("courses", "export", "--all", "--output", "all.json"),
        ("courses", "import", "all.json"),
        ("book", "backup", "copy.book"),
        ("book", "restore", "copy.book", "--force", "--yes"),
        ("plan", "--batch", "jobs.jsonl", "--output", "plans.jsonl", "--as-of", "2026-11-22"),
    ):
        asked = (*words, "--book", "own.book") if words[0] != "plan" else words
        assert main(asked) == 0, words
    made = {"a.json", "all.json", "copy.book", "own.book", "plans.jsonl"}
    assert set(left_over(tmp_path)) == {*made, "jobs.jsonl"}
    assert {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in made} == {0o600}


def test_a_folder_that_cannot_be_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", failing(errno.EIO))
    with (
        pytest.raises(EnvironmentFault, match="cannot be written"),
        written_whole(tmp_path / "a.txt", force=False) as fresh,
    ):
        fresh.write_text("new")


def test_a_file_written_by_others_is_whole_or_not_there(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("old")

    def half() -> None:
        with written_whole(tmp_path / "a.txt", force=True) as fresh:
            fresh.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    with (
        pytest.raises(InputError, match="exists already"),
        written_whole(tmp_path / "a.txt", force=False) as fresh,
    ):
        fresh.write_text("new")
    assert left_over(tmp_path) == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "old"


def test_pieces_that_end_in_an_error_leave_nothing(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_files({tmp_path / "a.txt": b"whole", tmp_path / "b.txt": pieces()})
    assert left_over(tmp_path) == []
