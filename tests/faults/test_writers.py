"""Programs that are killed at random, that write all at once, and what they acknowledge when."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.settings import needs_strace, tell
from tests.faults.syncs import early_acknowledgements
from tests.support.lengths import length
from tests.support.samples import ROOT


def figures(*words: object, module: str = "tests.faults.writer") -> dict[str, int]:
    """Run the writer and return what it found."""
    command = [sys.executable, "-m", module, *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, int] = json.loads(done.stdout)
    return found


def test_killed_at_random_nothing_acknowledged_is_lost_or_doubled(tmp_path: Path) -> None:
    found = figures("kill", tmp_path / "courses.book", length(15, 1000), "safe")
    tell("killed at random", found)
    assert found["acknowledged"] > found["kills"] / 4
    assert (found["lost"], found["doubled"], found["problems"]) == (0, 0, 0)


def test_acknowledged_before_the_write_some_are_lost(tmp_path: Path) -> None:
    assert figures("kill", tmp_path / "courses.book", 40, "early")["lost"] > 0


def test_tried_again_without_a_key_some_are_doubled(tmp_path: Path) -> None:
    assert figures("kill", tmp_path / "courses.book", 60, "keyless")["doubled"] > 0


def test_writers_at_once_all_get_through(tmp_path: Path) -> None:
    processes, writes = 8, length(10, 500)
    path = tmp_path / "courses.book"
    found = figures("together", path, processes, writes, "BEGIN IMMEDIATE")
    tell("8 processes at once", found)
    everything = processes * writes
    assert found == {"acknowledged": everything, "events": everything, "problems": 0}


def test_writers_that_lock_late_do_not_all_get_through(tmp_path: Path) -> None:
    found = figures("together", tmp_path / "courses.book", 8, 10, "BEGIN")
    assert found["acknowledged"] < 80


@needs_strace
def test_nothing_is_acknowledged_before_it_is_on_the_disk(tmp_path: Path) -> None:
    early = early_acknowledgements(tmp_path, length(10, 200))
    tell("acknowledged before synced", early)
    assert early == 0


@needs_strace
@pytest.mark.parametrize("setting", ["synchronous=OFF", "synchronous=FULL"])
def test_with_fewer_syncs_writes_are_acknowledged_too_early(setting: str, tmp_path: Path) -> None:
    """FULL does not sync the folder: after a power cut the old journal can be there again."""
    assert early_acknowledgements(tmp_path, 5, setting) == 5
