"""A book whose program is killed, or whose disk is full, at every single system call."""

from collections import Counter
from pathlib import Path

import pytest

from tests.faults.driver import CALLS, inject
from tests.faults.scenarios import SCENARIOS
from tests.faults.settings import needs_strace, tell
from tests.support.lengths import IS_LONG, length

STEP = length(23, 1)
# Few calls are in the middle of a change; of those that tear a book some must be met.
TORN = length(13, 1)
KILLED = CALLS if IS_LONG else ("pwrite64", "fdatasync", "unlink")


@needs_strace
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_killed_at_every_call_the_book_is_as_before_or_as_after(
    scenario: str, tmp_path: Path
) -> None:
    counts = Counter(inject(dict.fromkeys(KILLED, "signal=KILL"), scenario, tmp_path, step=STEP))
    tell(f"killed while it would {scenario}", dict(counts))
    assert counts["killed"] == counts["before"] + counts["after"] >= 3
    assert not counts.keys() - {"killed", "before", "after"}


@needs_strace
def test_without_a_journal_a_kill_tears_the_book(tmp_path: Path) -> None:
    counts = inject({"pwrite64": "signal=KILL"}, "append", tmp_path, "journal_mode=OFF", step=TORN)
    assert counts.get("corrupt", 0) + counts.get("torn", 0) > 0


@needs_strace
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_with_no_space_left_nothing_is_half_written(scenario: str, tmp_path: Path) -> None:
    errors = {"pwrite64": "error=ENOSPC", "fdatasync": "error=EIO"}
    counts = Counter(inject(errors, scenario, tmp_path, step=STEP))
    tell(f"a disk that is full or broken while it would {scenario}", dict(counts))
    assert counts["refused"] == counts["before"] + counts["after"] >= 2
    assert not counts.keys() - {"refused", "before", "after"}


@needs_strace
def test_without_a_journal_a_full_disk_tears_the_book(tmp_path: Path) -> None:
    counts = inject({"pwrite64": "error=ENOSPC"}, "append", tmp_path, "journal_mode=OFF", step=TORN)
    assert counts.get("corrupt", 0) + counts.get("torn", 0) > 0
