"""A signal at any moment of any command: nothing half written, 128+n, no traceback."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from meso_schedule.book.book import Book
from meso_schedule.cli.app import main
from tests.support.command_line import hear_all
from tests.support.lengths import length, sampled
from tests.support.samples import ROOT

AS_OF = ("--as-of", "2026-11-22")
OPEN = ("courses", "open", "general", "--start", "2026-12-01", "--book", "own.book")
JOB = '{"id": 1, "protocol": "general", "start": "2026-12-01", "sessions": 15}\n'
COMMANDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "plan": (
        (*("plan", "general", "--start", "2026-12-01"), *AS_OF, "--output", "a.json"),
        ("a.json",),
    ),
    "sheet": (("plan", "general", *AS_OF, "--output", "a.pdf"), ("a.pdf",)),
    "open": ((*OPEN, "--output", "a.json"), ("a.json",)),
    "export": (("courses", "export", "--all", "--book", "own.book", "--output", "a"), ("a",)),
    "import": (("courses", "import", "all.json", "--book", "other.book"), ()),
    "backup": (("book", "backup", "copy.book", "--book", "own.book", "--force"), ()),
    "restore": (("book", "restore", "old.book", "--book", "own.book", "--force", "--yes"), ()),
}
# How many moments of each command; with MESO_LONG=1 many.
MOMENTS = length(1, 60)
NUMBERS = (signal.SIGINT, signal.SIGTERM)


def started(
    *words: str, before: Callable[[], None] = hear_all, **more: Any
) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "meso_schedule", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=before,
        **more,
    )


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "own"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "own"))
    monkeypatch.setenv("LOGNAME", "nurse")
    for name in ("MESO_CLINIC", "MESO_BOOK", "MESO_DEBUG"):
        monkeypatch.delenv(name, raising=False)


def seconds_of(words: tuple[str, ...]) -> float:
    begin = time.monotonic()
    with started(*words) as running:
        _, told = running.communicate(timeout=60)
    assert running.returncode == 0, told
    return time.monotonic() - begin


def sound(name: str) -> int:
    """Return how many events a book has that nothing is wrong with."""
    with Book.open(name) as book:
        assert book.verify().is_sound
        return book.head().count


@pytest.mark.parametrize("command", COMMANDS)
def test_at_any_moment(command: str) -> None:
    words, files = COMMANDS[command]
    for prepared in (
        OPEN,
        ("courses", "export", "--all", "--book", "own.book", "--output", "all.json"),
        ("book", "backup", "old.book", "--book", "own.book"),
        ("book", "backup", "copy.book", "--book", "own.book"),
    ):
        assert main(prepared) == 0
    made = ("other.book", *files)
    lasts = seconds_of(words)
    draw = random.Random(command)
    for moment in range(MOMENTS):
        for name in made:
            Path(name).unlink(missing_ok=True)
        number = NUMBERS[(moment + len(command)) % 2]
        with started(*words) as running:
            time.sleep(lasts * (draw.random() * 0.9 + 0.1))
            running.send_signal(number)
            _, told = running.communicate(timeout=60)
        # Before the program has begun the system itself ends it.
        assert running.returncode in (0, 128 + number, -number), told
        assert b"Traceback" not in told or b"<frozen" in told, told
        assert b"ignored" not in told, told
        for name in ("own.book", "old.book", "copy.book"):
            assert sound(name) >= 1
        if Path("a.json").exists():
            json.loads(Path("a.json").read_bytes())
        if Path("other.book").exists() and Path("other.book").stat().st_size:
            assert sound("other.book") in (0, 1, 2)
        left = {path.name for path in Path().iterdir()}
        assert left <= {"own.book", "old.book", "copy.book", "all.json", *made}, left


def workers_of(parent: int) -> set[int]:
    found = subprocess.run(["pgrep", "-P", str(parent)], capture_output=True, check=False)
    return set(map(int, found.stdout.split()))


def is_alive(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def batch(before: Callable[[], None] = hear_all, **more: Any) -> "subprocess.Popen[bytes]":
    """Start a batch on two workers and wait until it has written answers."""
    Path("jobs.jsonl").write_text(JOB * 50_000)
    words = ("plan", "--batch", "jobs.jsonl", "--output", "plans.jsonl", "--workers", "2")
    running = started(*words, *AS_OF, before=before, **more)
    part = Path("plans.jsonl.part")
    while not (part.exists() and part.stat().st_size):
        assert running.poll() is None
        time.sleep(0.05)
    return running


def wait_for_end(workers: set[int]) -> None:
    for _ in range(200):
        if not any(map(is_alive, workers)):
            return
        time.sleep(0.05)
    pytest.fail("the workers go on")


@pytest.mark.parametrize(
    "number", sampled([signal.SIGKILL, signal.SIGINT, *NUMBERS[1:], signal.SIGHUP], 2)
)
def test_workers_end_with_their_parent(number: int) -> None:
    running = batch()
    workers = workers_of(running.pid)
    assert len(workers) == 2
    running.send_signal(number)
    _, told = running.communicate(timeout=30)
    assert running.returncode == (-9 if number == signal.SIGKILL else 128 + number)
    assert told == b""
    wait_for_end(workers)


@pytest.mark.parametrize("number", sampled([*NUMBERS, signal.SIGHUP], 3))
def test_a_signal_to_the_whole_group(number: int) -> None:
    """As a terminal sends it: the parent alone answers."""
    running = batch(start_new_session=True)
    workers = workers_of(running.pid)
    os.killpg(running.pid, number)
    _, told = running.communicate(timeout=30)
    assert (running.returncode, told) == (128 + number, b"")
    wait_for_end(workers)


def test_what_nohup_ignores_stays_ignored() -> None:
    def as_nohup() -> None:
        hear_all()
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    running = batch(as_nohup, start_new_session=True)
    workers = workers_of(running.pid)
    os.killpg(running.pid, signal.SIGHUP)
    size = Path("plans.jsonl.part").stat().st_size
    while Path("plans.jsonl.part").stat().st_size <= size + 10_000:
        assert running.poll() is None
        time.sleep(0.05)
    assert workers_of(running.pid) == workers
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=30)
    assert running.returncode == 143
    wait_for_end(workers)


def test_a_batch_without_an_answer_leaves_nothing() -> None:
    read, write = os.pipe()
    name = f"/dev/fd/{read}"
    words = ("plan", "--batch", name, "--output", "plans.jsonl", *AS_OF)
    running = started(*words, pass_fds=(read,))
    while not Path("plans.jsonl.part").exists():
        time.sleep(0.02)
    running.send_signal(signal.SIGTERM)
    _, told = running.communicate(timeout=30)
    os.close(read)
    os.close(write)
    assert (running.returncode, told) == (143, b"")
    assert list(Path().glob("plans*")) == []
