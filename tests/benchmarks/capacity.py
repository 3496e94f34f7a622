"""Measure planning beside a full book: `python -m tests.benchmarks.capacity`.

One course is planned at a clinic that is 80 % full and at the same clinic empty and without
practitioners, which take turns; then what is booked of 120 days is read. `MESO_COURSES` says how
many courses run in the book that is read.
"""

import os
import random
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from meso_schedule import Clinic, CourseRequest, get_protocol
from meso_schedule.book.book import Book
from meso_schedule.book.payloads import KeptProtocol, RoomTurnover, Slot, Takes
from meso_schedule.book.records import Booked, Opened
from meso_schedule.book.writing import Context, write
from meso_schedule.clinic.occupancy import DAY_QUARTERS, Occupancy, RoomWish
from meso_schedule.planner.placing import best_staffed
from meso_schedule.planner.setting_up import programme_of
from tests.benchmarks.ratios import Prepare, side_by_side

MONDAY = date(2027, 1, 4)
OPENED = date(2027, 1, 1)
DAYS = 120
FULL = 0.8
ROUNDS = 30
STEPS = 10**7
COURSES = int(os.environ.get("MESO_COURSES", "1000"))
# Quarters from 09:00 to 17:00 in UTC, and of a session.
BEGIN, END, LENGTH = 36, 68, 3


def clinic(people: int) -> Clinic:
    """Return a clinic of so many practitioners and rooms; none for nought."""
    names = [f"doctor-{number}" for number in range(people)]
    return Clinic.read(
        {
            "name": "Full",
            "timezone": "UTC",
            "hours": dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-17:00"),
            "practitioners": [{"id": name, "name": name} for name in names],
            "rooms": [{"id": f"room-{number}"} for number in range(people)],
        }
    )


def starts(rng: random.Random) -> list[tuple[int, int]]:
    """Return begins of sessions, as day and quarter, that fill the days of one person."""
    found = []
    for day in range(DAYS):
        if (MONDAY + timedelta(day)).weekday() < 5:
            places = range(BEGIN, END - LENGTH + 1, LENGTH)
            found += [(day, it) for it in places if rng.random() < FULL]
    return found


def occupancy(people: int) -> Occupancy:
    """Return what is booked of a clinic that is four fifths full."""
    rng, first = random.Random(people), (MONDAY - date(1970, 1, 1)).days
    masks: dict[str, dict[int, int]] = {}
    wishes = []
    rooms = tuple(f"room-{number}" for number in range(people))
    for number, room in enumerate(rooms):
        for day, quarter in starts(rng):
            for name in (f"doctor-{number}", room):
                own = masks.setdefault(name, {})
                own[first + day] = own.get(first + day, 0) | ((1 << LENGTH) - 1) << quarter
            begin = (first + day) * DAY_QUARTERS + quarter
            wishes.append(RoomWish(begin, tuple((it, begin + LENGTH) for it in rooms)))
    wishes.sort(key=lambda it: it.begin)
    return Occupancy(masks, lambda one, end: [it for it in wishes if one <= it.begin < end])


def planning(made: Clinic) -> Prepare:
    """Return what sets a request up and searches for its calendar."""
    request = CourseRequest(start=MONDAY, sessions=4)
    rule = get_protocol("mesoglow")

    def run() -> None:
        best_staffed(programme_of([rule], request, made, MONDAY - timedelta(5)), STEPS)

    return lambda: run


def fill(path: Path) -> None:
    """Book one course after another, each of three sessions a fortnight apart."""
    kept, rng = KeptProtocol.of(get_protocol("mesoglow")), random.Random(1)
    rooms = tuple(RoomTurnover(room=f"room-{number}") for number in range(10))
    free = [(who, day, it) for who in range(10) for day, it in starts(rng)]
    rng.shuffle(free)
    with Book.open(path) as book, book._storage.writing() as within:
        for number in range(COURSES):
            slots = tuple(
                Slot(
                    number=place,
                    date=MONDAY + timedelta(day),
                    start=f"{it // 4:02}:{it % 4 * 15:02}",
                    minutes=45,
                    takes=Takes(practitioner=f"doctor-{who}", rooms=rooms),
                )
                for place, (who, day, it) in enumerate(free[3 * number : 3 * number + 3], 1)
            )
            begun = Opened(on=OPENED, patient="P", protocols=(kept,), timezone="UTC")
            at = Context(who="nurse", at=datetime(2027, 1, 1, tzinfo=UTC))
            write(within, None, [begun, Booked(sessions=slots)], at, os.urandom)


def main() -> None:
    """Print the tables."""
    empty = clinic(0)
    for people in (3, 10):
        full = clinic(people).with_booked(occupancy(people))
        found = side_by_side({"full": (planning(full), 1), "alone": (planning(empty), 1)}, ROUNDS)
        told = ", ".join(
            f"{name} {1000 * it.least:.1f} ms least, {1000 * it.middle:.1f} median"
            for name, it in found.items()
        )
        ratio = found["full"].least / found["alone"].least
        print(f"{people} practitioners: {told}, ratio {ratio:.1f}")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "full.book"
        fill(path)
        with Book.open(path) as book:
            read = partial(book.occupancy, MONDAY, MONDAY + timedelta(DAYS))
            reads = side_by_side({"occupancy": (lambda: read, 1)}, ROUNDS)["occupancy"]
            lines = side_by_side({"head": (lambda: book.head, 1)}, ROUNDS)["head"]
        print(
            f"occupancy of {DAYS} days: {1000 * reads.least:.2f} ms, {1000 * reads.middle:.2f}"
            f" median; the head of the book {1000 * lines.least:.2f}"
        )


if __name__ == "__main__":
    main()
