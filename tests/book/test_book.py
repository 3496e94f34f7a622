"""The book as a whole, in a file and in PostgreSQL alike."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from meso_schedule.base.errors import ExitCode, FormatError, InputError
from meso_schedule.book.book import Book
from meso_schedule.book.book_errors import BookFault, NotABookError, RefusedError
from meso_schedule.book.ids import new_course_id
from meso_schedule.book.records import Corrected, Held, Note, Record, Stopped
from tests.book.samples import TODAY, booked, day_to_day, fixed, forecast, now, opened

OTHER = new_course_id(fixed(99))


def begin(book: Book, *records: Record, **context: Any) -> str:
    """Open a course and return its id."""
    return book.open_course(opened(), *records, context=now(**context)).course


def test_what_is_written_is_there(address: str) -> None:
    with Book.open(address) as book:
        receipt = book.open_course(opened(), *day_to_day(), context=now())
        assert (receipt.first, receipt.last, receipt.revision) == (1, 5, 5)
        assert (receipt.is_repeated, receipt.findings) == (False, ())
    with Book.open(address, create=False) as book:
        assert book.course(receipt.course.upper()) == receipt.state
        kinds = [event.kind for event in book.history(receipt.course)]
        assert kinds == ["opened", "booked", "held", "paid", "note"]
        assert book.verify().is_sound


def test_a_batch_is_written_whole_or_not_at_all(address: str) -> None:
    with Book.open(address) as book:
        course = begin(book, booked(TODAY))
        held = Held(number=1, on=TODAY)
        with pytest.raises(RefusedError):
            book.append(course, Note(text="x"), held, held, context=now())
        assert book.course(course).revision == 2
        with pytest.raises(RefusedError):
            book.open_course(opened(on="2026-11-23"), context=now())
        assert len(book.courses()) == 1


def test_the_same_key_never_writes_twice(address: str) -> None:
    with Book.open(address) as book:
        first = book.open_course(opened(), booked(TODAY), context=now(key="k1"))
        noted = book.append(first.course, Note(text="x"), context=now(key="k2", revision=2))
        again = book.open_course(opened(), booked(TODAY), context=now("2026-11-25", key="k1"))
        assert again.is_repeated
        assert again.model_copy(update={"is_repeated": False}) == first
        stale = book.append(first.course, Note(text="x"), context=now(key="k2", revision=2))
        assert (stale.is_repeated, stale.state) == (True, noted.state)
        for course, record in ((first.course, Note(text="y")), (first.course, booked(TODAY))):
            with pytest.raises(RefusedError, match="Something else was asked under this key"):
                book.append(course, record, context=now(key="k2"))
        with pytest.raises(RefusedError, match="Choose another key"):
            book.open_course(opened(), context=now(key="k2"))
        assert book.head().count == 3


def test_what_was_asked_may_be_more_than_what_is_written(address: str) -> None:
    asked = {"command": "hold", "on": TODAY}
    with Book.open(address) as book:
        assert book.recall("k", asked) is None
        course = begin(book, booked(TODAY))
        held = Held(number=1, on=TODAY)
        written = book.append(course, held, context=now(key="k", asked=asked))
        found = book.recall("k", asked)
        assert found is not None
        assert (found.is_repeated, found.state) == (True, written.state)
        later = book.append(course, Note(text="planned anew"), context=now(key="k", asked=asked))
        assert later.state == written.state
        with pytest.raises(RefusedError):
            book.recall("k", {"command": "hold", "on": "2026-11-21"})


def test_a_stale_revision_is_refused(address: str) -> None:
    with Book.open(address) as book:
        course = begin(book)
        book.append(course, Note(text="x"), context=now(revision=1))
        with pytest.raises(RefusedError) as caught:
            book.append(course, Note(text="y"), context=now(revision=1))
        assert (caught.value.code, caught.value.exit_code) == ("stale", ExitCode.REFUSED)
        assert caught.value.faults[0].field == "revision"
        assert "is at revision 2, not 1" in str(caught.value)


@pytest.mark.parametrize(
    ("context", "field"),
    [
        ({"who": ""}, "who"),
        ({"who": "a\nb"}, "who"),
        ({"key": " "}, "key"),
        ({"at": now().at.replace(tzinfo=None)}, "at"),
    ],
)
def test_who_when_and_key_are_checked(context: dict[str, Any], field: str, tmp_path: Path) -> None:
    with Book.open(tmp_path / "b") as book, pytest.raises(InputError) as caught:
        begin(book, **context)
    assert caught.value.faults[0].field == field


def test_courses_that_are_not_there(address: str) -> None:
    with Book.open(address) as book:
        asked: tuple[Callable[[], object], ...] = (
            lambda: book.course(OTHER),
            lambda: book.history(OTHER),
            lambda: book.append(OTHER, Note(text="x"), context=now()),
            lambda: book.erase(OTHER, context=now()),
            lambda: list(book.export([OTHER])),
        )
        for ask in asked:
            with pytest.raises(InputError, match=f"There is no course {OTHER}"):
                ask()
        with pytest.raises(FormatError, match="is no course id"):
            book.course("xxxxxxxx")
        with pytest.raises(InputError, match="nothing to write"):
            book.append(OTHER, context=now())


def test_an_id_is_never_given_twice(tmp_path: Path) -> None:
    same = b"\x01" * 40
    draws = iter([same, same, same, same, b"\x02" * 40, *[same] * 9])
    with Book.open(tmp_path / "b", randomness=lambda count: next(draws)[:count]) as book:
        assert begin(book) != begin(book)


def test_the_clock_that_went_back_is_told_not_refused(address: str) -> None:
    with Book.open(address) as book:
        begin(book)
        receipt = book.open_course(opened(on="2026-11-21"), context=now("2026-11-21"))
        assert [finding.kind for finding in receipt.findings] == ["clock_went_back"]
        found = book.verify()
        assert found.is_sound
        assert [finding.kind for finding in found.findings] == ["clock_went_back"]


def test_lists_of_what_is_due_overdue_and_unbooked(address: str) -> None:
    with Book.open(address) as book:
        due = begin(book, *day_to_day())
        overdue = begin(book, Note(text="x", forecast=forecast(1, TODAY, TODAY, "2026-11-24")))
        stopped = begin(book, *day_to_day(), Stopped(on=TODAY))
        assert [line.course for line in book.courses()] == [overdue, due, stopped]

        def found(show: Any, day: str) -> list[str]:
            return [line.course for line in book.courses(show, as_of=date.fromisoformat(day))]

        assert found("due", "2026-11-28") == []
        assert found("due", "2026-11-29") == found("due", "2026-12-02") == [due]
        assert found("overdue", "2026-12-02") == [overdue]
        assert found("overdue", "2026-12-03") == [overdue, due]
        assert found("unbooked", TODAY) == [overdue]
        assert found("unbooked", "2026-12-01") == found("unbooked", "2026-12-08") == [overdue]
        assert found("unbooked", "2026-12-09") == [overdue, due]
        line = book.courses()[1]
        assert (line.patient, line.protocols, line.status) == (
            "Anna Secret",
            "house-mix",
            "running",
        )
        assert (line.sessions_held, line.last_held, line.next_number) == (1, date(2026, 11, 22), 2)
        assert line.booked_on == date(2026, 11, 30)


def test_the_diary(address: str) -> None:
    with Book.open(address) as book:
        course = begin(book, *day_to_day())
        other = begin(book, booked("2026-11-30", "2026-12-09"), Stopped(on=TODAY))
        priced = {"currency": "GBP", "low": "180.00", "high": "200.00"}
        content = {"sessions": [{"number": 2, "date": "2026-11-30", "start": "09:00"}]}
        content["sessions"][0] |= {"price": priced, "minutes": 45, "pinned": True}
        replaced = Corrected(revision=2, reason="x", replacement=content)
        book.append(course, replaced, context=now())
        first = date(2026, 11, 22)
        lines = book.diary(first, first + timedelta(days=8))
        assert [(line.course, line.number, line.status) for line in lines] == [
            (course, 1, "held"),
            (course, 2, "booked"),
        ]
        assert (lines[1].start, lines[1].minutes, lines[1].pinned) == ("09:00", 45, True)
        assert [str(lines[1].low), str(lines[1].high), lines[1].currency] == [
            "180.00",
            "200.00",
            "GBP",
        ]
        assert other not in {line.course for line in lines}


def test_what_follows_from_the_events_can_be_made_again(address: str) -> None:
    with Book.open(address) as book:
        course = begin(book, *day_to_day())
        before = book.courses(), book.diary(date(2026, 1, 1), date(2027, 1, 1))
        with book._storage.writing() as within:
            within.connection.exec_driver_sql("UPDATE meso_courses SET patient = 'Another'")
            within.connection.exec_driver_sql("DELETE FROM meso_sessions WHERE number = 3")
        found = book.verify()
        assert [(problem.code, problem.course) for problem in found.problems] == [("list", course)]
        assert book.rebuild() == 1
        assert book.verify().is_sound
        assert (book.courses(), book.diary(date(2026, 1, 1), date(2027, 1, 1))) == before


def test_erasing_leaves_a_tombstone_and_a_chain_that_holds(address: str) -> None:
    with Book.open(address) as book:
        kept = begin(book, key="kept")
        course = begin(book, *day_to_day(), key="anna")
        with pytest.raises(RefusedError, match="has changed"):
            book.erase(course, context=now(revision=1))
        answer = book.erase(course, context=now(key="erase", revision=5))
        assert (answer.is_repeated, answer.state.status, answer.state.patient) == (
            False,
            "erased",
            None,
        )
        assert book.erase(course, context=now()).is_repeated
        assert book.verify().is_sound
        assert {event.payload for event in book.history(course)} == {None, "{}"}
        assert "Anna" not in "".join(book.export([course]))
        assert book.course(course).status == "erased"
        assert {line.course: line.patient for line in book.courses()}[course] is None
        assert [line.course for line in book.diary(date(2026, 1, 1), date(2027, 1, 1))] == []
        with pytest.raises(RefusedError, match=f"The course {course} was erased"):
            book.append(course, Note(text="x"), context=now())
        assert not book.open_course(opened(), context=now(key="anna")).is_repeated
        assert book.course(kept).patient == "Anna Secret"


def test_a_whole_book_goes_to_an_empty_one_with_its_chain(address: str, tmp_path: Path) -> None:
    with Book.open(address) as book, Book.open(tmp_path / "other") as other:
        begin(book, *day_to_day(), key="a")
        course = begin(book, *day_to_day(), key="b")
        begin(book)
        book.erase(course, context=now())
        text = "".join(book.export())
        taken = other.import_courses(text, source="all.json")
        assert (len(taken.courses), taken.known, taken.events) == (3, (), 12)
        assert "".join(other.export()) == text
        assert other.head() == book.head()
        assert other.verify().is_sound
        assert other.courses() == book.courses()
        assert other.import_courses(text, source="all.json").courses == ()
        assert (
            book.open_course(opened(), *day_to_day(), context=now(key="a")).state
            == other.open_course(opened(), *day_to_day(), context=now(key="a")).state
        )


def test_a_course_goes_to_another_book_and_comes_back_the_same(
    address: str, tmp_path: Path
) -> None:
    with Book.open(address) as book, Book.open(tmp_path / "other") as other:
        begin(book)
        course = begin(book, *day_to_day(), Corrected(revision=4, reason="twice"), key="a")
        begin(other, key="theirs")
        text = "".join(book.export([course]))
        taken = other.import_courses(text, source="one.json")
        assert taken.courses == (course,)
        assert "".join(other.export([course])) == text
        assert other.course(course) == book.course(course)
        assert other.verify().is_sound
        other.append(course, Note(text="more"), context=now())
        with pytest.raises(RefusedError, match=f"holds another course {course}"):
            other.import_courses(text, source="one.json")
        with Book.open(tmp_path / "third") as third:
            mine = begin(third, key="a")
            third.import_courses(text, source="one.json")
            again = third.open_course(opened(), context=now(key="a"))
            assert (again.course, again.is_repeated) == (mine, True), "its own use counts"


def exported(tmp_path: Path) -> dict[str, Any]:
    """Return a book of two courses as plain data."""
    with Book.open(tmp_path / "origin", randomness=fixed()) as book:
        begin(book, *day_to_day())
        begin(book)
        document: dict[str, Any] = json.loads("".join(book.export()))
    return document


def resealed(document: dict[str, Any]) -> str:
    """Write a document with a digest that fits."""
    from meso_schedule.book.digests import canonical, sha256

    document["digest"] = sha256("".join(canonical(event) + "\n" for event in document["events"]))
    return json.dumps(document)


def broken_documents(document: dict[str, Any]) -> dict[str, str]:
    """Return files that must be refused, by the code of the fault."""

    def events(**changes: Any) -> dict[str, Any]:
        first, *rest = document["events"]
        return {**document, "events": [{**first, **changes}, *rest]}

    foreign = {**document["events"][-1], "kind": "danced"}
    return {
        "bad_json": "{",
        "newer_file": json.dumps({**document, "format": 2}),
        "missing_key": json.dumps({"format": 1, "events": [], "digest": "x"}),
        "changed_file digest": json.dumps({**document, "digest": "0" * 64}),
        "changed_file who": resealed(events(who="somebody else")),
        "changed_file payload": resealed(events(salt="0" * 32)),
        "not_whole": resealed({**document, "events": document["events"][1:]}),
        "damaged_book": resealed(events(payload=None, salt=None)),
        "newer_book": resealed({**document, "events": [*document["events"][:-1], foreign]}),
        "bad_course_id": resealed(events(course="xxxxxxxx")),
        "damaged_book time": resealed(events(at="2026-11-22T09:00:00")),
        "bad_text": resealed(events(who="a\nb")),
    }


def test_files_that_were_changed_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    document = exported(tmp_path)
    with Book.open(tmp_path / "other") as book:
        for name, text in broken_documents(document).items():
            with pytest.raises(InputError) as caught:
                book.import_courses(text, source="all.json")
            assert caught.value.faults[0].code == name.split()[0], name
            assert "all.json" in str(caught.value)
            assert "Secret" not in str(caught.value)
            assert book.head().count == 0
        assert len(book.import_courses(resealed(document), source="all.json").courses) == 2


def test_a_backup_is_restored_into_an_empty_book(address: str, tmp_path: Path) -> None:
    copy = tmp_path / "backup"
    with Book.open(address) as book:
        begin(book, *day_to_day())
        assert book.backup(copy) == book.head()
        text = "".join(book.export())
        with pytest.raises(InputError, match="exists"):
            book.backup(copy)
        book.backup(copy, force=True)
    assert copy.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir() if "backup" in path.name) == ["backup"]
    before = copy.read_bytes()
    with Book.open(tmp_path / "new") as book:
        book.restore(copy)
        assert "".join(book.export()) == text
        with pytest.raises(InputError, match="is not empty"):
            book.restore(copy)
        begin(book)
        book.restore(copy, force=True)
        assert "".join(book.export()) == text
        assert book.verify().is_sound
    assert copy.read_bytes() == before


def test_a_backup_goes_into_postgres_too(postgres: str, tmp_path: Path) -> None:
    with Book.open(tmp_path / "b") as book, Book.open(postgres) as other:
        begin(book, *day_to_day())
        book.backup(tmp_path / "copy")
        assert other.restore(tmp_path / "copy") == book.head()
        assert "".join(other.export()) == "".join(book.export())


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    with Book.open(tmp_path / "b") as book:
        with pytest.raises(NotABookError, match="There is no book at"):
            book.restore(tmp_path / "nothing")
        (tmp_path / "image").write_bytes(b"\xff\xd8\xff")
        with pytest.raises(NotABookError, match="is no backup"):
            book.restore(tmp_path / "image")
        (tmp_path / "text").write_text("hello")
        with pytest.raises(InputError, match="not valid JSON"):
            book.restore(tmp_path / "text")
        begin(book, *day_to_day())
        book.backup(tmp_path / "copy")
        content = (tmp_path / "copy").read_bytes()
        (tmp_path / "copy").write_bytes(content.replace(b"Prefers", b"prefers"))
        with Book.open(tmp_path / "new") as other, pytest.raises(BookFault, match="damaged"):
            other.restore(tmp_path / "copy")
        with pytest.raises(InputError, match="would replace the book"):
            book.backup(tmp_path / "b", force=True)


def test_a_large_book_is_read_and_written_in_parts(tmp_path: Path) -> None:
    with Book.open(tmp_path / "b") as book, Book.open(tmp_path / "other") as other:
        for _ in range(205):
            begin(book, *day_to_day())
        text = "".join(book.export())
        assert other.import_courses(text, source="all.json").events == 1025
        assert "".join(other.export()) == text
        assert other.verify().is_sound
