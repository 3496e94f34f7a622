"""Measure commands on a book of many years: `python -m tests.benchmarks.book_commands`.

10,000 courses of 8 sessions, beside an empty program on typer, from an installed wheel; the
programs take turns, so that a busy machine slows them alike. `MESO_COURSES` makes it smaller.
"""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from meso_schedule import get_protocol
from meso_schedule.book.book import Book
from meso_schedule.book.payloads import KeptProtocol
from tests.benchmarks.startup import LEFT_OUT, NOTHING, Run, call, install
from tests.benchmarks.test_book import BEGAN, fill

COURSES = int(os.environ.get("MESO_COURSES", "10000"))
ROUNDS = 15
WARM_UPS = 2
SMALL = 10


def make(path: Path, courses: int) -> None:
    """Fill a book in a single transaction."""
    kept = KeptProtocol.of(get_protocol("mesoglow"))
    with Book.open(path) as book, book._storage.writing() as within:
        for number in range(courses):
            fill(within, kept, BEGAN + timedelta(days=1200) * number / courses)


def waiting(path: Path) -> Iterator[str]:
    """Yield courses whose next session can be held today."""
    today = datetime.now(UTC).date()
    with Book.open(path) as book:
        lines = book.courses("all")
    for line in lines:
        if line.opened_on < today and (line.last_held or date.min) < today - timedelta(days=1):
            yield line.course


def measure(folder: Path, path: Path) -> dict[str, list[Run]]:
    """Install, then let the programs take turns."""
    environment = {name: text for name, text in os.environ.items() if name not in LEFT_OUT}
    environment |= {
        "XDG_CONFIG_HOME": str(folder),
        "MESO_BOOK": str(path),
        "MESO_HEAD": str(folder),
    }
    small = folder / "small.book"
    make(small, SMALL)
    programs = install(folder, environment)
    command, courses = programs / "meso-schedule", waiting(path)
    runs: dict[str, list[Run]] = {}
    for turn in range(WARM_UPS + ROUNDS):
        words: dict[str, Sequence[str | Path]] = {
            NOTHING: (programs / "empty-program",),
            "`courses list --due`": (command, "courses", "list", "--due"),
            "`diary --week`": (command, "diary", "--week"),
            "`courses hold`": (command, "courses", "hold", next(courses)),
            f"`diary --week`, {SMALL} courses": (command, "diary", "--week", "--book", small),
        }
        for name, line in words.items():
            run = call(line, environment)
            if turn >= WARM_UPS:
                runs.setdefault(name, []).append(run)
    return runs


def main() -> None:
    """Print the table: milliseconds of wall and processor time, ratios to the empty program."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "courses.book"
        make(path, COURSES)
        found = measure(folder, path)
    base = found[NOTHING]
    print(
        "| program | wall, least | median | ratio of leasts | of medians | CPU, ratio of leasts |"
    )
    print(f"|{' --- |' * 6}")
    for name, runs in found.items():
        wall, empty = ([run.wall for run in side] for side in (runs, base))
        cpu = min(run.cpu for run in runs) / min(run.cpu for run in base)
        cells = (f"{min(wall):.0f}", f"{median(wall):.0f}", f"{min(wall) / min(empty):.2f}")
        print(f"| {name} | {' | '.join(cells)} | {median(wall) / median(empty):.2f} | {cpu:.2f} |")


if __name__ == "__main__":
    main()
