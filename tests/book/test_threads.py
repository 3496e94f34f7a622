"""One `Book` used from two threads, or while a call is under way."""

import threading
from datetime import date

import pytest

from meso_schedule.base.errors import MesoScheduleError
from meso_schedule.book.book import Book
from meso_schedule.book.book_errors import BookFault
from meso_schedule.book.records import Note
from tests.book.samples import day_to_day, now, opened


def test_calls_of_several_threads_wait_for_each_other(address: str) -> None:
    failed: list[BaseException] = []
    with Book.open(address) as book:
        course = book.open_course(opened(), *day_to_day(), context=now()).course

        def work(number: int) -> None:
            try:
                for count in range(5):
                    book.append(course, Note(text=f"{number}/{count}"), context=now())
                    book.course(course)
                    book.courses()
                    book.diary(date(2026, 1, 1), date(2027, 1, 1))
                    assert book.verify().is_sound
            except BaseException as error:
                failed.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        assert book.course(course).revision == 25


def test_a_call_in_the_middle_of_another_is_refused_by_name(address: str) -> None:
    with Book.open(address, timeout=0.1) as book:
        course = book.open_course(opened(), context=now()).course
        lines = book.export()
        next(lines)
        refused: list[MesoScheduleError] = []

        def use() -> None:
            with pytest.raises(BookFault) as caught:
                book.append(course, Note(text="x"), context=now())
            refused.append(caught.value)

        use()
        other = threading.Thread(target=use)
        other.start()
        other.join()
        for error in refused:
            assert error.faults[0].code == "in_use"
            assert "in the middle of another call" in str(error)
            assert "damaged" not in str(error)
        assert len(refused) == 2
        assert "".join(lines)
        book.append(course, Note(text="x"), context=now())
        assert book.verify().is_sound


def test_a_book_that_another_thread_closes(address: str) -> None:
    book = Book.open(address)
    closing = threading.Thread(target=book.close)
    closing.start()
    closing.join()
    book.close()
    with pytest.raises(BookFault, match="was closed") as caught:
        book.courses()
    assert caught.value.code == "closed"


def test_closing_waits_for_the_call_of_another_thread(address: str) -> None:
    book = Book.open(address)
    book.open_course(opened(), context=now())
    with book._storage.reading() as within:
        closing = threading.Thread(target=book.close)
        closing.start()
        closing.join(0.2)
        assert closing.is_alive()
        assert within.connection.exec_driver_sql("SELECT count(*) FROM meso_events").scalar() == 1
    closing.join()
