"""Measure batches on one worker and on two: `python -m tests.benchmarks.batches`.

The same jobs take turns. Plans a second need as many cores as workers to themselves; the processor
time of all processes tells on a busy machine too how much less than twice as fast two can be.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
JOBS = 3_000
ROUNDS = 3


class Run(NamedTuple):
    """Seconds of one batch."""

    wall: float
    cpu: float


def jobs() -> Iterator[str]:
    """Yield jobs that differ in their start, length and reference."""
    for number in range(JOBS):
        asked = {"start": f"2026-12-{1 + number % 28:02}", "sessions": 6 + number % 5}
        yield json.dumps({"id": number, "protocol": "facial-rejuvenation", **asked})


def run(folder: Path, workers: int) -> Run:
    """Answer all jobs once."""
    target = folder / "plans.jsonl"
    words = ("plan", "--batch", "jobs.jsonl", "--output", target.name, "--as-of", "2026-11-22")
    clinic = ROOT / "examples" / "clinic.toml"
    more = ("--clinic", str(clinic), "--workers", str(workers))
    before, begin = getrusage(RUSAGE_CHILDREN), perf_counter()
    subprocess.run(
        [sys.executable, "-m", "meso_schedule", *words, *more],
        cwd=folder,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    wall, after = perf_counter() - begin, getrusage(RUSAGE_CHILDREN)
    target.unlink()
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Run(wall, cpu)


def main() -> None:
    """Print plans a second and processor time, and the ratios of two workers to one."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "jobs.jsonl").write_text("\n".join(jobs()), encoding="utf-8")
        pairs = [(run(folder, 1), run(folder, 2)) for _ in range(ROUNDS)]
    for workers, runs in enumerate(zip(*pairs, strict=True), 1):
        wall, cpu = (min(seconds) for seconds in zip(*runs, strict=True))
        print(
            f"{workers}: {JOBS / wall:.0f} plans a second, {1e3 * cpu / JOBS:.2f} ms of processor"
        )
    faster = median(one.wall / two.wall for one, two in pairs)
    dearer = median(two.cpu / one.cpu for one, two in pairs)
    print(f"two workers: {faster:.2f} times the plans a second, {dearer:.2f} times the processor")


if __name__ == "__main__":
    main()
