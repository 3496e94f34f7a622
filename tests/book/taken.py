"""What booked visits take of people and rooms, found out by the export and the state alone.

The checker works out quarter by quarter who has whom and what, and shares no code with the package.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from meso_schedule.book.book import Book
from meso_schedule.book.payloads import RoomTurnover, Slot, Takes
from meso_schedule.book.records import Booked, Record
from meso_schedule.book.storage.schema import TAKEN
from tests.book.samples import now, opened

MONDAY = date(2027, 3, 22)
Cell = tuple[str, int]


def takes(who: str = "doctor-a", **more: object) -> Takes:
    return Takes.model_validate({"practitioner": who, **more})


def room(name: str, minutes: int = 10) -> RoomTurnover:
    return RoomTurnover(room=name, minutes=minutes)


def slot(day: date, start: str, taken: Takes | None, number: int = 1) -> Slot:
    return Slot(number=number, date=day, start=start, minutes=45, takes=taken)


def at(*slots: Slot) -> Booked:
    return Booked(sessions=slots)


def begin(book: Book, *records: Record, **opening: object) -> str:
    begun = opened(timezone="Europe/London", **opening)
    return book.open_course(begun, *records, context=now()).course


def cells_of(book: Book) -> dict[Cell, str]:
    """Return who has which quarter of whom and what."""
    with book._storage.reading() as within:
        rows = within.connection.execute(select(TAKEN)).all()
    return {(row.resource, row.quarter): row.course for row in rows}


def wanted(book: Book) -> Iterator[tuple[str, dict[str, set[int]], set[int], dict[str, set[int]]]]:
    """Yield what each booked session of an export takes: people, its chair time, rooms.

    The state is that of the book; the quarters are worked out here.
    """
    zone = ZoneInfo("Europe/London")
    for line in book.courses():
        for it in book.course(line.course).upcoming:
            if it.status != "booked" or it.takes is None or it.start is None:
                continue
            start = datetime.fromisoformat(f"{it.date}T{it.start}").replace(tzinfo=zone)
            first = int(start.astimezone(UTC).timestamp()) // 60
            last = first + (it.minutes or 0)
            inside = range(first + it.takes.before, last - it.takes.after)
            people = {it.takes.practitioner: {minute // 15 for minute in inside}}
            rooms = {
                one.room: {minute // 15 for minute in range(first, last + one.minutes)}
                for one in it.takes.rooms
            }
            yield line.course, people, {minute // 15 for minute in range(first, last)}, rooms


def check(book: Book) -> int:
    """Find what is taken twice, or not taken although it is wanted; return how many visits."""
    cells, people_cells, count = cells_of(book), set[Cell](), 0
    for course, people, _, rooms in wanted(book):
        count += 1
        for who, quarters in people.items():
            for quarter in quarters:
                assert (who, quarter) not in people_cells, "a person twice"
                people_cells.add((who, quarter))
                assert cells[who, quarter] == course
        mine = [
            name
            for name, quarters in rooms.items()
            if all(cells.get((name, quarter)) == course for quarter in quarters)
        ]
        assert len(mine) >= bool(rooms), "no room"
    assert people_cells <= cells.keys()
    masks = book.occupancy(MONDAY - timedelta(400)).masks
    drawn = {
        (name, 96 * day + bit)
        for name, days in masks.items()
        for day, mask in days.items()
        for bit in range(96)
        if mask >> bit & 1
    }
    assert drawn == cells.keys()
    assert book.verify().is_sound
    return count
