"""Programs that book free times of the same people, all at once: `-m tests.faults.booking`."""

import json
import os
import random
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import text

from meso_schedule.book.book import Book
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.payloads import RoomTurnover, Slot, Takes
from meso_schedule.book.records import Booked
from meso_schedule.book.storage import quarters_taken, sqlite
from meso_schedule.book.storage.schema import VISITS
from meso_schedule.book.takings import share_out
from tests.book.samples import now, opened

MONDAY = date(2027, 3, 22)
PEOPLE = ("doctor-a", "nurse-b")
_DAY = range(36, 68)  # quarters of a day, 09:00 to 17:00
_LENGTH = 3


def book_some(path: str, process: int, writes: int) -> None:
    """Look for free times and book them, again where another was quicker."""
    rng = random.Random(process)
    with Book.open(path, timeout=120) as book:
        for _ in range(writes):
            while not _is_booked(book, rng):
                pass


def _is_booked(book: Book, rng: random.Random) -> bool:
    who, day, quarter = rng.choice(_free(book, 6))
    start = f"{quarter // 4:02}:{quarter % 4 * 15:02}"
    takes = Takes(practitioner=who, rooms=(_room(who),))
    slot = Slot(number=1, date=day, start=start, minutes=15 * _LENGTH, takes=takes)
    try:
        book.open_course(opened(timezone="UTC"), Booked(sessions=(slot,)), context=now())
    except RefusedError as error:
        if error.code != "just_taken":
            raise
        return False
    return True


def _room(who: str) -> RoomTurnover:
    return RoomTurnover(room=f"room-of-{who}")


def _free(book: Book, most: int) -> list[tuple[str, date, int]]:
    """Return the first free times of all people."""
    masks = book.occupancy(MONDAY - timedelta(1)).masks
    found: list[tuple[str, date, int]] = []
    day = MONDAY
    while len(found) < most:
        number = (day - date(1970, 1, 1)).days
        for who in PEOPLE:
            taken = masks.get(who, {}).get(number, 0)
            starts = range(_DAY.start, _DAY.stop, _LENGTH)
            found += [(who, day, it) for it in starts if not taken >> it & (1 << _LENGTH) - 1]
        day += timedelta(1)
    return found[:most]


def write_without(path: str, remedy: str) -> None:
    """Take away what keeps two from booking the same.

    Args:
        path: A book that is there.
        remedy: `key` takes the primary key away, `check` the look at what others have booked
            when it is written, `both` both; `neither` nothing.
    """
    if remedy in ("check", "both"):
        quarters_taken._share_out_near = _look_at_own
    if remedy in ("key", "both"):
        with Book.open(path) as book, book._storage.writing() as within:
            for statement in (
                "CREATE TABLE unkeyed AS SELECT * FROM meso_taken",
                "DROP TABLE meso_taken",
                "ALTER TABLE unkeyed RENAME TO meso_taken",
            ):
                within.connection.execute(text(statement))


def _look_at_own(within: Any, visit: Any) -> list[Any]:
    """Write down what a visit takes as it was seen free, without a look at the others."""
    own = list(quarters_taken._read(within, VISITS.c.course == visit.course))
    quarters_taken._insert(within, share_out(own).taken)
    quarters_taken._draw_masks(within, visit.begin // 96, (visit.end - 1) // 96)
    return own


def together(path: str, processes: int, writes: int, without: str) -> dict[str, int]:
    """Book from several processes at once; return how many times anybody has two visits."""
    # When it reaches the disk is seen to elsewhere.
    sqlite.PRAGMAS = (*sqlite.PRAGMAS, "synchronous=OFF")
    Book.open(path).close()
    write_without(path, without)
    children = []
    for process in range(processes):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                book_some(path, process, writes)
                status = 0
            finally:
                os._exit(status)
        children.append(child)
    failed = sum(os.waitpid(child, 0)[1] != 0 for child in children)
    with Book.open(path) as book:
        cells = Counter(cell for line in book.courses() for cell in _cells(book, line.course))
        problems = len(book.verify().problems)
    doubled = sum(count > 1 for count in cells.values())
    booked = cells.total() // _LENGTH
    return {"failed": failed, "booked": booked, "doubled": doubled, "problems": problems}


def _cells(book: Book, course: str) -> Iterator[tuple[str, int]]:
    """Yield who is taken when, from what a course says of itself alone."""
    for it in book.course(course).upcoming:
        begin = datetime.fromisoformat(f"{it.date}T{it.start}:00").replace(tzinfo=UTC)
        first = int(begin.timestamp()) // 900
        assert it.takes
        yield from (
            (it.takes.practitioner, first + more) for more in range((it.minutes or 0) // 15)
        )


if __name__ == "__main__":
    print(json.dumps(together(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])))
