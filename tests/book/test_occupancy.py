"""What visits take of people, rooms and devices: nothing twice, and a function of the book."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Row, delete, select, update

from meso_schedule.book.book import Book
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.payloads import DeviceUnits
from meso_schedule.book.records import Cancelled, Held, Missed, Moved
from meso_schedule.book.storage import quarters_taken as kept
from meso_schedule.book.storage.schema import MASKS, TAKEN, VISITS
from meso_schedule.book.writing import CourseChange
from tests.book.samples import now
from tests.book.taken import MONDAY, at, begin, cells_of, check, room, slot, takes


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


def test_courses_written_together_change_places(address: str) -> None:
    with Book.open(address) as book:
        places = ("09:00", "10:00")
        own = [begin(book, at(slot(MONDAY, start, takes()))) for start in places]
        third = begin(book, at(slot(MONDAY, "11:00", takes())))
        swaps: list[CourseChange] = [
            (course, [Moved(number=1, to=MONDAY, start=start, takes=takes())], None)
            for course, start in zip(own, reversed(places), strict=True)
        ]
        late = Moved(number=1, to=MONDAY, start="09:15", takes=takes())
        before = book.head()
        with pytest.raises(RefusedError, match="just taken"):
            book.append_all([*swaps, (third, [late], None)], now())
        assert book.head() == before
        book.append_all(swaps, now())
        assert [str(book.course(it).sessions[0].start) for it in own] == ["10:00", "09:00"]
        assert check(book) == 3


def test_the_key_stands_behind_the_check(address: str) -> None:
    with Book.open(address) as book:
        begin(book, at(slot(MONDAY, "09:00", takes())))
        cells = dict.fromkeys(cells_of(book), "other")
        with book._storage.writing() as within, pytest.raises(RefusedError, match="just taken"):
            kept._insert(within, cells)


def test_held_sessions_take_nothing_more(address: str) -> None:
    with Book.open(address) as book:
        course = begin(book, at(slot(MONDAY, "09:00", takes())))
        book.append(course, Held(number=1, on=MONDAY), context=now("2027-03-22"))
        assert cells_of(book) == {}
        assert book.occupancy(MONDAY).masks == {}
