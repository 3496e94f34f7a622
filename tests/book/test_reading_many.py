"""Many courses read at once are as each is by itself, and found to be damaged as it is."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from meso_schedule.base.errors import InputError
from meso_schedule.book import book_reading
from meso_schedule.book.absence_records import Absent
from meso_schedule.book.book import Book
from meso_schedule.book.book_errors import BookFault
from meso_schedule.book.records import Contact, Note
from meso_schedule.book.state import CourseState
from tests.book.samples import day_to_day, now, opened
from tests.book.test_book import OTHER


def written(book: Book, count: int) -> list[CourseState]:
    """Return courses as they were when each was written to last, in turn with the others."""
    names = [
        book.open_course(opened(patient=f"P{number}"), context=now()).course
        for number in range(count)
    ]
    for record in day_to_day():
        for name in names:
            book.append(name, record, context=now())
    return [book.append(it, Note(text="Last."), context=now()).state for it in names]


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (3, 1, 4), (2, 2, 0, 2), ()])
def test_each_is_as_it_was_written(
    address: str, order: Sequence[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book_reading, "_AT_ONCE", 2)
    with Book.open(address) as book:
        states = written(book, 5)
        wanted = [states[place] for place in order]
        assert list(book.each(it.course.upper() for it in wanted)) == wanted


def test_one_that_is_not_there_is_told_by_name(address: str) -> None:
    with Book.open(address) as book:
        first, second = (it.course for it in written(book, 2))
        with pytest.raises(InputError, match=f"There is no course {OTHER}"):
            list(book.each([first, OTHER, second]))
        away = Absent(practitioner="doctor-a", first=date(2027, 1, 11), last=date(2027, 1, 15))
        (receipt,) = book.append_all([(None, [away], None)], now())
        with pytest.raises(InputError, match=f"There is no course {receipt.course}"):
            list(book.each([first, receipt.course]))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("meso_events SET hash = '00' WHERE sequence = 3", "event 4 is not what was written"),
        ("meso_events SET digest = '00' WHERE sequence = 4", "event 4 is not what was written"),
        ("meso_events SET revision = 77 WHERE sequence = 4", "list and events of course"),
        ("meso_courses SET revision = 8 WHERE patient = 'P1'", "list and events of course"),
    ],
)
def test_damage_of_one_is_found_among_others(address: str, change: str, told: str) -> None:
    with Book.open(address) as book:
        first, second = (it.course for it in written(book, 2))
        # Event 1 opened the first course, 2 the second; 3 is of the first again, 4 of the second.
        with book._storage.writing() as within:
            within.connection.execute(text(f"UPDATE {change}"))
        with pytest.raises(BookFault, match=told):
            list(book.each([second]))
        with pytest.raises(BookFault):
            list(book.each([first, second]))


def test_the_other_courses_of_each_patient(address: str) -> None:
    told: list[dict[str, Any]] = [
        {"patient": "Anna Secret", "phone": "020 7946 0001"},
        {"patient": "ANNA  secret", "request": {"reference": "A-1"}},
        {"patient": "Ben", "phone": "+44 20 79460001"},
        {"patient": None, "request": {"reference": "a-1"}},
        {"patient": "Cleo", "phone": "+49 20 79460001"},
        {"patient": None},
    ]
    same = [{1, 2}, {0, 3}, {0}, {1}, set(), set()]
    with Book.open(address) as book:
        receipts = [book.open_course(opened(**it), context=now()) for it in told]
        states = [it.state for it in receipts]
        names = [it.course for it in states]
        wanted = [{names[place] for place in own} for own in same]
        found = book.beside_each(states, "GB")
        assert [{it.course for it in own} for own in found] == wanted
        assert all(it == states[names.index(it.course)] for own in found for it in own)
        assert [book.beside(it, "GB") for it in states] == found
        assert book.beside_each([], "GB") == []
        # Without a country nobody knows that the first and the third are one number.
        assert [it.course for it in book.beside(states[2], None)] == []
        # What was told once and stands no more is no longer the patient's.
        book.append(names[2], Contact(phone="+44 1"), context=now())
        assert [it.course for it in book.beside(states[0], "GB")] == [names[1]]
