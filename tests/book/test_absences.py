"""Absences in the book: events that only end, and writes to several courses, all or none."""

from datetime import date
from pathlib import Path

import pytest

from meso_schedule.base.dates import DateRange
from meso_schedule.base.errors import InputError
from meso_schedule.book.absence_records import AbsenceEnded, Absent
from meso_schedule.book.absences import BookedAbsence, is_hit, with_absences
from meso_schedule.book.book import Book
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.records import Corrected, Note
from meso_schedule.book.writing import CourseChange
from tests.book.samples import now, opened
from tests.support.samples import clinic

MONDAY, FRIDAY = date(2027, 1, 11), date(2027, 1, 15)
ABSENT = Absent(practitioner="doctor-a", first=MONDAY, last=FRIDAY)


def test_all_or_none(address: str) -> None:
    with Book.open(address) as book:
        course = book.open_course(opened(), context=now()).course
        before = book.head()
        stale: list[CourseChange] = [
            (None, [ABSENT], None),
            (course, [Note(text="x")], 1),
            (course, [Note(text="y")], 1),
        ]
        with pytest.raises(RefusedError, match="has changed"):
            book.append_all(stale, now())
        assert (book.head(), book.absences()) == (before, [])
        first, second = book.append_all(stale[:2], now())
        assert [it.id for it in book.absences()] == [first.course]
        assert (second.course, second.revision) == (course, 2)
        assert book.changed_since(before.count) == [first.course, course]
        assert book.verify().is_sound


def test_an_absence_only_ends(address: str) -> None:
    with Book.open(address) as book:
        (receipt,) = book.append_all([(None, [ABSENT], None)], now())
        name = receipt.course
        for record in (Note(text="x"), ABSENT, opened()):
            with pytest.raises(RefusedError) as caught:
                book.append(name, record, context=now())
            assert caught.value.code == "no_course"
        book.append(name, AbsenceEnded(on=FRIDAY), context=now())
        with pytest.raises(RefusedError) as caught:
            book.append(name, AbsenceEnded(on=FRIDAY), context=now())
        assert caught.value.code == "absence_ended"
        with pytest.raises((RefusedError, InputError)):
            book.append(name, Corrected(revision=1, reason="x"), context=now())
        (kept,) = book.absences()
        assert kept.days == DateRange(MONDAY, date(2027, 1, 14))
        course = book.open_course(opened(), context=now()).course
        with pytest.raises(RefusedError):
            book.append(course, ABSENT, context=now())
        with pytest.raises(RefusedError):
            book.append(course, AbsenceEnded(on=FRIDAY), context=now())
        with pytest.raises(InputError, match="There is no course"):
            book.course(name)
        assert [it.course for it in book.courses()] == [course]
        assert book.verify().is_sound
        assert book.verify().courses == 1
        book.rebuild()
        assert book.verify().is_sound
        assert [it.id for it in book.absences()] == [name]


def test_it_goes_with_the_book(address: str, tmp_path: Path) -> None:
    with Book.open(address) as book, Book.open(tmp_path / "other.book") as other:
        book.append_all([(None, [ABSENT], None)], now())
        other.import_courses(book.export(), source="export")
        assert other.absences() == book.absences()
        assert other.verify().is_sound


def test_days_in_the_wrong_order() -> None:
    with pytest.raises(InputError, match="before it starts"):
        Absent.read({"first": str(FRIDAY), "last": str(MONDAY)})


def test_as_if_it_stood_in_the_clinic_file() -> None:
    doctors = [{"id": "doctor-a", "name": "Dr A"}, {"id": "nurse-b", "name": "Nurse B"}]
    house = clinic(practitioners=doctors)
    assert with_absences(house, []) is house

    def absence(who: str | None, **more: object) -> BookedAbsence:
        told = {"id": "x", "practitioner": who, "first": MONDAY, "last": FRIDAY, "reason": None}
        return BookedAbsence.made(**{**told, **more})

    made = with_absences(
        house,
        [
            absence("doctor-a", reason="flu"),
            absence(None),
            absence("nurse-b", ended=MONDAY),
            absence("doctor-z"),
        ],
    )
    assert [(it.days, it.reason) for it in made.practitioners[0].absences] == [
        (DateRange(MONDAY, FRIDAY), "flu")
    ]
    assert made.practitioners[1].absences == ()
    assert [it.days for it in made.closures] == [DateRange(MONDAY, FRIDAY)]
    days = DateRange(MONDAY, FRIDAY)
    assert is_hit("doctor-a", days, MONDAY, "doctor-a")
    assert not is_hit("doctor-a", days, MONDAY, "nurse-b")
    assert not is_hit(None, days, date(2027, 1, 16), None)
    assert is_hit(None, days, FRIDAY, None)
