"""Run a scenario again and again under strace, with the fault one system call later each time.

`python -m tests.faults.driver CALLS SCENARIO FOLDER STEP [PRAGMA…]`, started by `inject`.
strace counts the calls of each process on its own and acts on call number `TURN`. A child
makes `TURN - n` idle calls first, so that the n-th call of the scenario is the one.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from meso_schedule.base.errors import ExitCode, MesoScheduleError
from tests.faults.scenarios import SCENARIOS, Scenario, copy, look, prepare, unsafe
from tests.support.samples import ROOT

TURN = 600
CALLS = ("pwrite64", "fdatasync", "fsync", "unlink", "ftruncate", "rename")
DONE, REFUSED, OTHER = 0, 3, 4


def inject(
    faults: Mapping[str, str], scenario: str, folder: Path, *pragmas: str, step: int = 1
) -> dict[str, int]:
    """Return how often the book was found in which state.

    Args:
        faults: What strace does at a system call, `signal=KILL` or `error=ENOSPC`; one kind of
            call is hit after the other.
        scenario: What is done meanwhile.
        folder: Where to work.
        pragmas: Settings that a book must not have.
        step: Hit only every n-th call.
    """
    are_errors = all(fault.startswith("error") for fault in faults.values())
    turn = f"{TURN}+" if are_errors else str(TURN)
    # With the filter strace stops at these calls alone, but sends no signals (version 6.1).
    words = ["strace", "-f", *(["--seccomp-bpf"] if are_errors else []), "-qq", "-o", os.devnull]
    words += ["-e", f"trace={','.join(faults)}"]
    for call, fault in faults.items():
        words += ["-e", f"inject={call}:{fault}:when={turn}"]
    words += [sys.executable, "-m", __name__, ",".join(faults), scenario, str(folder), str(step)]
    done = subprocess.run([*words, *pragmas], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    counts: dict[str, int] = json.loads(done.stdout)
    return counts


def idle(call: str, file: int) -> None:
    """Make a call that does nothing."""
    calls: dict[str, Callable[[], Any]] = {
        "pwrite64": lambda: os.pwrite(file, b"x", 0),
        "fdatasync": lambda: os.fdatasync(file),
        "fsync": lambda: os.fsync(file),
        "unlink": lambda: os.unlink("/nowhere/at/all"),
        "ftruncate": lambda: os.ftruncate(file, 0),
        "rename": lambda: os.rename("/nowhere/at/all", "/nowhere/at/all/either"),
    }
    try:
        calls[call]()
    except OSError:
        return


def in_child(work: Callable[[], int]) -> int | None:
    """Return the answer of a forked child; None when it was killed."""
    child = os.fork()
    if child == 0:
        code = OTHER
        try:
            code = work()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return None if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def act(call: str, scenario: Scenario, path: Path, number: int) -> int:
    """Run the scenario so that its n-th call is hit."""
    file = os.open(os.devnull, os.O_WRONLY)
    for _ in range(TURN - number):
        idle(call, file)
    try:
        scenario.act(path)
    except MesoScheduleError as error:
        return REFUSED if error.exit_code == ExitCode.ENVIRONMENT else OTHER
    return DONE


STATES = ("before", "after", "torn", "corrupt")


def main(calls: str, name: str, folder: Path, step: int) -> Counter[str]:
    """Hit each call of the scenario."""
    folder.mkdir(parents=True, exist_ok=True)
    prepare(SCENARIOS[name], folder / "origin")
    counts: Counter[str] = Counter()
    for call in calls.split(","):
        counts += hit(call, SCENARIOS[name], folder, step)
    return counts


def hit(call: str, scenario: Scenario, folder: Path, step: int) -> Counter[str]:
    """Hit each call of a kind, until there are no more."""
    counts: Counter[str] = Counter()
    number = 1
    while True:
        path = copy(folder / "origin", folder / "book")
        code = in_child(lambda: act(call, scenario, path, number))  # noqa: B023
        if code == DONE:
            return counts
        if code == OTHER:
            raise AssertionError("The scenario fails by itself: its calls would never end.")
        counts["killed" if code is None else "refused" if code == REFUSED else "other"] += 1
        found = in_child(lambda: STATES.index(look(scenario, path)))  # noqa: B023
        counts[STATES[found] if found is not None and found < len(STATES) else "other"] += 1
        number += step


if __name__ == "__main__":
    unsafe(*sys.argv[5:])
    print(json.dumps(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))))
