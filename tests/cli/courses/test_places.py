"""Where a book is kept and what else is touched: rights, room, links, files on the way."""

import os
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from meso_schedule.base.errors import ExitCode
from tests.book.test_sqlite import without_rights
from tests.cli.courses.desk import Counter
from tests.faults.settings import needs_strace
from tests.support.samples import ROOT

KEPT = r"([-0-9T:+]+ )?\d+:[0-9a-f]{64}\n?"
PROGRAM = [sys.executable, "-m", "meso_schedule"]
OPENING = ("courses", "open", "skin", "--rules", "skin.toml", "--patient", "Anna Secret")
# A file that is opened for writing, or made: its name and how.
_OPENED = re.compile(r'^\d+ +openat\([^,]+, "([^"]+)", ([A-Z_|]+)[^)]*\) += +\d+')


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.fixture
def readable(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Counter, str, Path]]:
    """Yield a desk, a course, and the folder of its book, which everybody may read."""
    course = counter.open()
    with TemporaryDirectory(prefix="meso-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for variable, path in (
            ("MESO_BOOK", counter.path),
            ("MESO_CLINIC", Path("clinic.toml")),
        ):
            (folder / path.name).write_bytes(path.read_bytes())
            (folder / path.name).chmod(0o444)
            monkeypatch.setenv(variable, str(folder / path.name))
        counter.path = folder / counter.path.name
        yield counter, course, folder


def test_a_book_that_may_only_be_read(readable: tuple[Counter, str, Path]) -> None:
    counter, course, folder = readable
    with without_rights(folder):
        for words in (
            *(
                ("hold", course),
                ("note", course, "x"),
                ("move", course, "--alone", "2", "--to", "2026-12-09"),
            ),
            *(("miss", course, "--on", "2026-12-01"), ("erase", course, "--yes")),
        ):
            assert counter.refused("courses", *words) == (5, "read_only")
        assert counter.refused("courses", "open", "mesoglow") == (5, "read_only")
        assert counter.refused("book", "rebuild") == (5, "read_only")
        assert [line["course"] for line in counter.done("courses", "list")["courses"]] == [course]
        assert counter.done("book", "verify")["is_sound"]
        assert counter.sessions(course)[0] == (1, "booked", "2026-12-01")


def test_no_room_for_a_new_book(counter: Counter) -> None:
    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000))

    ran = subprocess.run(
        [*PROGRAM, *OPENING],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=no_room,
    )
    assert ran.returncode == ExitCode.ENVIRONMENT, ran
    assert "full" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert ran.stdout == ""
    counter.open()
    assert counter.done("book", "verify")["courses"] == 1


def test_no_room_for_the_answer(counter: Counter) -> None:
    """What was written stays written; that the answer got lost is told."""
    course = counter.open()
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [*PROGRAM, "courses", "note", course, "x", "--key", "one"],
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ran.returncode == ExitCode.ENVIRONMENT, ran
    assert "Traceback" not in ran.stderr
    counter.set_day("2026-12-02")
    again = counter.done("courses", "note", course, "x", "--key", "one")
    assert again["is_repeated"]
    assert len(counter.done("courses", "show", course)["notes"]) == 1


def test_a_link_to_nowhere_makes_no_book(counter: Counter) -> None:
    counter.open()
    Path("link").symlink_to("nowhere")
    ran = counter.ask(*OPENING, "--book", "link")
    assert (ran.code, ran.out) == (2, "")
    assert "is a link" in ran.err
    assert not Path("nowhere").exists()
    for words in (("book", "backup", "link", "--force"), ("book", "restore", "link", "--yes")):
        assert counter.refused(*words)[0] == 2
    assert not Path("nowhere").exists()


def test_the_history_is_in_the_order_of_writing(counter: Counter) -> None:
    course = counter.open()
    counter.set_day("2026-12-01", 12)
    counter.done("courses", "note", course, "first")
    counter.set_day("2026-12-01", 7)
    made = counter.done("courses", "note", course, "second")
    assert [finding["kind"] for finding in made["findings"]] == ["clock_went_back"]
    events = counter.done("courses", "history", course)["events"]
    assert [event["revision"] for event in events] == [1, 2, 3, 4]
    assert events[3]["at"] < events[2]["at"]
    assert [note["text"] for note in made["state"]["notes"]] == ["first", "second"]


def test_what_took_place_is_changed_by_a_correction_alone(counter: Counter) -> None:
    course = counter.open()
    counter.done("courses", "hold", course, "--at", "10:00")
    before = counter.sessions(course)[0]
    for words in (
        *(("hold", course, "--session", "1"), ("hold", course, "--session", "1", "--at", "11:00")),
        *(
            ("miss", course, "--session", "1"),
            ("move", course, "--alone", "1", "--to", "2026-12-02"),
        ),
    ):
        assert counter.refused("courses", *words)[0] == 4
    counter.done("courses", "replan", course, "--away", "2026-12-01", "--yes")
    assert counter.sessions(course)[0] == before
    assert counter.refused("courses", "correct", course, "3", "--set", "at=11:00")[0] == 2


@needs_strace
def test_patient_text_goes_into_no_other_file(counter: Counter, tmp_path: Path) -> None:
    """Each file that is made or written, seen from outside: the book, its journal, the copy."""
    course = counter.open(patient="Anna Secret")
    note = "Secret allergy " * 100
    counter.done("courses", "note", course, note)
    trace = tmp_path.parent / f"{tmp_path.name}.trace"
    for words, target in (
        (("courses", "note", course, note), None),
        (("book", "backup", "copy.book"), "copy.book"),
        (("courses", "export", course, "--output", "one.json"), "one.json"),
        (("courses", "print", course, "--output", "a.pdf"), "a.pdf"),
        (("courses", "erase", course, "--yes"), None),
    ):
        strace = [
            "strace",
            "-f",
            "--seccomp-bpf",
            "-qq",
            "-s",
            "4096",
            "-o",
            str(trace),
            "-e",
            "trace=openat",
        ]
        ran = subprocess.run(
            [*strace, *PROGRAM, *words], env=environment(), capture_output=True, check=False
        )
        assert ran.returncode == 0, ran
        known = {"courses.book", "courses.book-journal", target, f"{target}-journal"}
        for name in opened_for_writing(trace.read_text(errors="replace")):
            is_on_the_way = target and re.fullmatch(
                rf"\.?{target}\.[^/]*(tmp|part)(-journal)?", name
            )
            # The kept end of the book, and the time of its last backup with the end of then.
            is_kept = re.fullmatch(r".*/[0-9a-f]{32}\.head(\.backup)?", name)
            assert name in known or is_on_the_way or is_kept, (words, name)
            assert not is_kept or re.fullmatch(KEPT, Path(name).read_text())
            assert "Secret" not in name
        trace.unlink()
    left = {path.name for path in tmp_path.iterdir()} - {"copy.book", "one.json", "a.pdf"}
    assert left == {"courses.book", "clinic.toml", "skin.toml"}
    assert b"Secret" not in counter.path.read_bytes()


def opened_for_writing(trace: str) -> set[str]:
    """Return the names of the files opened for writing, those of a folder of ours without it."""
    found = (_OPENED.match(line) for line in trace.splitlines())
    names = {it[1] for it in found if it and re.search("O_WRONLY|O_RDWR|O_CREAT", it[2])}
    here = f"{Path.cwd()}/"
    return {name.removeprefix(here) for name in names if not name.startswith(("/dev/", "/proc/"))}


@pytest.mark.parametrize("name", ["folder", "other", "cut"])
def test_an_import_from_what_is_no_export(counter: Counter, name: str) -> None:
    counter.open()
    Path("folder").mkdir()
    Path("other").write_bytes(counter.path.read_bytes())
    assert counter.ask("courses", "export", "--all", "--output", "whole").code == 0
    Path("cut").write_bytes(Path("whole").read_bytes()[:2000])
    code, _ = counter.refused("courses", "import", name)
    assert code == ExitCode.BAD_INPUT
    assert "Secret" not in counter.ask("courses", "import", name).err
