"""What booked visits take of people, rooms and devices: nothing twice, and a function of the book.

The checker reads the export alone, quarter by quarter, and shares no code with the package.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Row, delete, select, update

from meso_schedule.book.book import Book
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.payloads import DeviceUnits, RoomTurnover, Slot, Takes
from meso_schedule.book.records import Booked, Cancelled, Held, Missed, Moved, Record
from meso_schedule.book.storage import quarters_taken as kept
from meso_schedule.book.storage.schema import MASKS, TAKEN, VISITS
from tests.book.samples import now, opened
from tests.support.lengths import length

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


def begin(book: Book, *records: Record) -> str:
    return book.open_course(opened(timezone="Europe/London"), *records, context=now()).course


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


def test_who_is_booked_is_not_booked_again(address: str) -> None:
    with Book.open(address) as book:
        begin(book, at(slot(MONDAY, "09:00", takes(before=20))))
        for start, is_free in (("09:45", True), ("08:45", False), ("09:00", False)):
            before = book.head()
            if is_free:
                begin(book, at(slot(MONDAY, start, takes())))
                continue
            with pytest.raises(RefusedError, match="just taken") as caught:
                begin(book, at(slot(MONDAY, start, takes())))
            assert (caught.value.code, caught.value.exit_code) == ("just_taken", 4)
            assert book.head() == before, "nothing is written"
        begin(book, at(slot(MONDAY, "09:00", takes("nurse-b"))))
        begin(book, at(slot(MONDAY, "08:30", takes())))
        assert check(book) == 4


def test_minutes_without_the_practitioner_are_free(address: str) -> None:
    with Book.open(address) as book:
        begin(book, at(slot(MONDAY, "09:00", takes(before=15, after=15))))
        begin(book, at(slot(MONDAY, "08:30", takes())))
        begin(book, at(slot(MONDAY, "09:30", takes())))
        assert check(book) == 3


def test_a_room_is_changed_to_make_place(address: str) -> None:
    both = (room("room-1"), room("room-2"))
    with Book.open(address) as book:
        first = begin(book, at(slot(MONDAY, "09:00", takes(rooms=both))))
        assert ("room-1", 96 * (MONDAY - date(1970, 1, 1)).days + 36) in cells_of(book)
        begin(book, at(slot(MONDAY, "09:30", takes("nurse-b", rooms=both[:1]))))
        own = {name for (name, _), course in cells_of(book).items() if course == first}
        assert own == {"doctor-a", "room-2"}
        with pytest.raises(RefusedError, match="just taken"):
            begin(book, at(slot(MONDAY, "09:15", takes("c", rooms=both))))
        assert check(book) == 2


def test_devices_are_counted(address: str) -> None:
    gun = (DeviceUnits(device="mesogun", count=2),)
    with Book.open(address) as book:
        for who in "ab":
            begin(book, at(slot(MONDAY, "09:00", takes(who, devices=gun))))
        with pytest.raises(RefusedError, match="just taken"):
            begin(book, at(slot(MONDAY, "09:30", takes("c", devices=gun))))
        begin(book, at(slot(MONDAY, "09:45", takes("c", devices=gun))))
        assert {name for name, _ in cells_of(book)} == {"a", "b", "c", "mesogun#1", "mesogun#2"}


def test_what_is_booked_over_others_takes_the_time_when_they_go(address: str) -> None:
    with Book.open(address) as book:
        first = begin(book, at(slot(MONDAY, "09:00", takes())))
        second = begin(book, at(slot(MONDAY, "09:15", takes(overlaps=True))))
        assert set(cells_of(book).values()) == {first}
        book.append(first, Missed(number=1, on=MONDAY), context=now("2027-03-22"))
        assert set(cells_of(book).values()) == {second}
        assert book.verify().is_sound


def test_sessions_of_one_visit_are_one(address: str) -> None:
    with Book.open(address) as book:
        own = (room("room-1", 30),)
        course = begin(
            book,
            at(
                slot(MONDAY, "09:00", takes(rooms=own)),
                slot(MONDAY, "09:40", takes(rooms=(room("room-2"), *own)), number=2),
                slot(MONDAY + timedelta(7), "09:00", None, number=3),
            ),
        )
        visits = [(row.date, row.end_quarter - row.begin_quarter) for row in _rows(book, course)]
        assert visits == [(str(MONDAY), 8)], "85 minutes in the chair, 30 to turn over"
        assert {name for name, _ in cells_of(book)} == {"doctor-a", "room-1"}


def _rows(book: Book, course: str) -> list[Row[Any]]:
    with book._storage.reading() as within:
        return list(within.connection.execute(select(VISITS).where(VISITS.c.course == course)))


def test_a_course_makes_room_for_itself(address: str) -> None:
    with Book.open(address) as book:
        rooms = (room("room-1"),)
        course = begin(book, at(slot(MONDAY, "09:00", takes(rooms=rooms))))
        begin(book, at(slot(MONDAY, "11:00", takes(rooms=rooms))))
        masks = book.occupancy(MONDAY, MONDAY, without=course).masks
        day = (MONDAY - date(1970, 1, 1)).days
        assert masks["doctor-a"][day] == 0b111 << 44
        assert len(book.occupancy(MONDAY, without=course).wishes(0, 10**9)) == 1
        assert len(book.occupancy(MONDAY).wishes(0, 10**9)) == 2
        assert book.occupancy(MONDAY + timedelta(2)).masks == {}
        book.append(course, Cancelled(numbers=(1,)), context=now())
        assert set(cells_of(book).values()).isdisjoint({course})


def test_visits_of_a_course_on_other_days_make_no_room(address: str) -> None:
    week_later = MONDAY + timedelta(7)
    with Book.open(address) as book:
        own = at(slot(MONDAY, "09:00", takes()), slot(week_later, "09:00", takes(), number=2))
        course = begin(book, own)
        begin(book, at(slot(MONDAY, "11:00", takes())))
        masks = book.occupancy(MONDAY, MONDAY, without=course).masks
        assert masks == {"doctor-a": {(MONDAY - date(1970, 1, 1)).days: 0b111 << 44}}


def test_only_visits_that_wait_for_a_room_wish_for_one(address: str) -> None:
    rooms = (room("room-1"),)
    with Book.open(address) as book:
        begin(book, at(slot(MONDAY, "09:00", takes(rooms=rooms))))
        begin(book, at(slot(MONDAY, "11:00", takes())))
        begin(book, at(slot(MONDAY, "09:15", takes("nurse-b", rooms=rooms, overlaps=True))))
        (wish,) = book.occupancy(MONDAY).wishes(0, 10**9)
        assert wish.begin == 96 * (MONDAY - date(1970, 1, 1)).days + 36
        assert [name for name, _ in wish.rooms] == ["room-1"]


def test_rebuilding_gives_the_same_and_damage_is_found(address: str) -> None:
    with Book.open(address) as book:
        for number in range(3):
            rooms = (room("room-1"), room("room-2"))
            begin(book, at(slot(MONDAY, f"{9 + number}:00".zfill(5), takes(rooms=rooms))))
        before = cells_of(book)
        for change in (
            update(MASKS).values(early=1),
            delete(TAKEN).where(TAKEN.c.resource == "room-1"),
            delete(VISITS),
        ):
            with book._storage.writing() as within:
                within.connection.execute(change)
            assert not book.verify().is_sound
            book.rebuild()
            assert book.verify().is_sound
            assert cells_of(book) == before


def test_the_key_stands_behind_the_check(address: str) -> None:
    with Book.open(address) as book:
        begin(book, at(slot(MONDAY, "09:00", takes())))
        cells = dict.fromkeys(cells_of(book), "other")
        with book._storage.writing() as within, pytest.raises(RefusedError, match="just taken"):
            kept._insert(within, cells)


@pytest.mark.parametrize("seed", range(length(2, 200)))
def test_nothing_is_taken_twice_whatever_is_done(seed: int, tmp_path: Path) -> None:
    rng, done = random.Random(f"taken {seed}"), 0
    path = tmp_path / "courses.book"
    with Book.open(path) as book:
        courses: list[str] = []
        for _ in range(40):
            done += _step(rng, book, courses)
        assert check(book) > 3
        assert done > 10
        text = list(book.export())
        before = cells_of(book)
    with Book.open(tmp_path / "other.book") as other:
        other.import_courses(text, source="export")
        assert cells_of(other) == before
        check(other)


def _step(rng: random.Random, book: Book, courses: list[str]) -> bool:
    """Do something at random; tell whether it was taken."""
    taken = takes(
        rng.choice("ab"),
        before=rng.choice((0, 20)),
        rooms=tuple(room(f"room-{n}", rng.choice((0, 15))) for n in rng.sample((1, 2), 2))[
            : rng.randint(1, 2)
        ],
    )
    day = MONDAY + timedelta(rng.choice((0, 1, 6)))  # on the last the clock changes
    start = f"{rng.randint(9, 13):02d}:{rng.choice((0, 15, 30, 45)):02d}"
    action = rng.choice(("open", "open", "open", "move", "miss", "cancel", "erase"))
    try:
        if action == "open" or not courses:
            courses.append(begin(book, at(slot(day, start, taken))))
            return True
        course = rng.choice(courses)
        if action == "erase":
            courses.remove(course)
            book.erase(course, context=now())
            return True
        record = {
            "move": Moved(number=1, to=day, start=start, takes=taken),
            "miss": Missed(number=1, on=day),
            "cancel": Cancelled(numbers=(1,)),
        }[action]
        book.append(course, record, context=now("2027-04-30" if action == "miss" else "2026-11-24"))
    except RefusedError:
        return False
    return True


def test_held_sessions_take_nothing_more(address: str) -> None:
    with Book.open(address) as book:
        course = begin(book, at(slot(MONDAY, "09:00", takes())))
        book.append(course, Held(number=1, on=MONDAY), context=now("2027-03-22"))
        assert cells_of(book) == {}
        assert book.occupancy(MONDAY).masks == {}
