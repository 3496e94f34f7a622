"""Read from a trace of system calls what was not on the disk yet when it was acknowledged."""

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.support.samples import ROOT

_CALLS = "trace=openat,write,pwrite64,ftruncate,unlink,fsync,fdatasync"
_FILE = re.compile(r"^\d+ +(\w+)\((\d+|AT_FDCWD)(?:<([^>]*)>)?(.*)$")
_UNLINK = re.compile(r'^\d+ +unlink\("([^"]*)"\)')


def early_acknowledgements(folder: Path, writes: int, *pragmas: str) -> int:
    """Return how many writes were acknowledged while something of them was not synced.

    Args:
        folder: Where to work.
        writes: How many writes.
        pragmas: Settings that a book must not have.
    """
    trace, place = folder / "trace.txt", folder / "book"
    place.mkdir()
    words = [
        "strace",
        "-f",
        "--seccomp-bpf",
        "-y",
        "-qq",
        "-o",
        str(trace),
        "-e",
        _CALLS,
        "-e",
        "signal=none",
    ]
    words += [sys.executable, "-m", "tests.faults.writer", "acknowledge"]
    words += [str(place / "courses.book"), str(writes), *pragmas]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    states = list(_acknowledged(trace.read_text(errors="replace").splitlines(), str(place)))
    assert len(states) == writes
    return sum(not is_synced for is_synced in states)


def _acknowledged(lines: Iterable[str], place: str) -> Iterable[bool]:
    """Yield for each acknowledgement whether all was synced before it."""
    waiting: set[str] = set()
    for line in lines:
        if unlinked := _UNLINK.match(line):
            waiting.discard(unlinked[1])
            if unlinked[1].startswith(place):
                waiting.add(place)
        elif read := _FILE.match(line):
            call, file, path, rest = read.groups()
            if call == "write" and file == "1":
                yield not waiting
            elif call == "openat" and place in rest and "O_CREAT" in rest:
                waiting.add(place)
            elif path and path.startswith(place):
                if call in ("fsync", "fdatasync"):
                    waiting.discard(path)
                elif call in ("pwrite64", "ftruncate"):
                    waiting.add(path)
