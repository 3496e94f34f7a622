"""Where others were quicker each time they wait, in a book of either kind."""

from datetime import date

import pytest

from meso_schedule.book import Book
from meso_schedule.book.book_errors import BookFault
from meso_schedule.book.records import Note
from meso_schedule.running.course_drafts import CourseDraft
from meso_schedule.running.course_view import FREELY, CourseView, write_once
from tests.cli.courses.test_library import OPENED, SKIN, by


@pytest.mark.parametrize("question", [None, "Shall it be?"])
def test_others_wait_for_one_that_was_slower_each_time(address: str, question: str | None) -> None:
    book = Book.open(address)
    course = book.open_course(SKIN, OPENED, by=by()).course
    other = Book.open(address, timeout=0.05)
    waited: list[bool] = []
    asked: list[str] = []

    def draft(_: CourseView) -> CourseDraft:
        try:
            other.note(course, "quicker", by=by())
            waited.append(False)
        except BookFault:
            waited.append(True)
        return CourseDraft([Note(text="slower")], question if waited[-1] else None)

    seen = CourseView(book.course(course), date(2026, 12, 1), None, book._book, by().at)
    now, _, receipt = write_once(
        seen, draft, lambda it: by(revision=it.state.revision), lambda _, told: asked.append(told)
    )
    assert waited == [False] * FREELY + [True] * (2 if question else 1)
    assert asked == ([question] if question else [])
    assert receipt is not None
    assert receipt.revision == 2 + FREELY + 1
    assert now.book is book._book
    assert [note.text for note in book.course(course).notes] == [*["quicker"] * FREELY, "slower"]
    assert book.verify().is_sound
    other.note(course, "later", by=by())
    book.close()
    other.close()
