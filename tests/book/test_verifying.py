"""Whatever is done to a book behind its back is found and named."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from meso_schedule.book.book import Book
from meso_schedule.book.book_errors import BookFault
from meso_schedule.book.reading import state_of
from meso_schedule.book.records import Note
from tests.book.samples import day_to_day, fixed, now, opened


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """A book of two courses: events 1 to 5 and 7 of one, 6 and 8 of the other."""
    with Book.open(tmp_path / "courses.book", randomness=fixed()) as made:
        first = made.open_course(opened(), *day_to_day(), context=now()).course
        second = made.open_course(opened(), context=now()).course
        made.append(first, Note(text="x"), context=now(key="k"))
        made.append(second, Note(text="y"), context=now())
        yield made


def tamper(book: Book, *statements: str) -> list[tuple[str, int | None]]:
    """Change a book behind its back; return codes and events of what is found."""
    with book._storage.writing() as within:
        for statement in statements:
            within.connection.exec_driver_sql(statement)
    return [(problem.code, problem.sequence) for problem in book.verify().problems]


@pytest.mark.parametrize(
    "column",
    [
        "course = (SELECT course FROM meso_events WHERE sequence = 6), revision = 77",
        "kind = 'held'",
        "version = 2",
        "at = '2026-11-22T09:00:01+00:00'",
        "at = '2026-11-22T09:00:00'",
        "at = 'noon'",
        "who = 'another'",
        "key = 'another'",
        "part = 3",
        "asked = 'another'",
        "hash = '00'",
    ],
)
def test_a_changed_column_is_found(book: Book, column: str) -> None:
    found = tamper(book, f"UPDATE meso_events SET {column} WHERE sequence = 5")
    assert ("changed", 5) in found
    assert {sequence for _, sequence in found} <= {5, 6, 7, 8, None}


@pytest.mark.parametrize("column", ['payload = \'{"text":"z"}\'', "salt = 'aa'", "digest = 'aa'"])
def test_a_changed_payload_is_found(book: Book, column: str) -> None:
    found = tamper(book, f"UPDATE meso_events SET {column} WHERE sequence = 5")
    assert ("changed", 5) in found
    course = book.courses()[0].course
    with pytest.raises(BookFault, match="event 5 is not what was written"):
        book.course(course)


def test_a_changed_event_with_a_hash_that_fits_breaks_the_chain(book: Book) -> None:
    """Whoever changes an event would have to change every later one too."""
    before, event = (
        entry
        for course in book.courses()
        for entry in book.history(course.course)
        if entry.sequence in (4, 5)
    )
    forged = replace(event, who="another")
    found = tamper(
        book,
        "UPDATE meso_events SET who = 'another',"
        f" hash = '{forged.linked_to(before.hash)}' WHERE sequence = 5",
    )
    assert found == [("changed", 6)]


def forge(book: Book, **changes: object) -> None:
    """Change event 5 so that it fits its place in the chain."""
    events = {
        event.sequence: event for line in book.courses() for event in book.history(line.course)
    }
    changed = replace(events[5], **changes)  # type: ignore[arg-type]
    fitting: dict[str, object] = {**changes, "hash": changed.linked_to(events[4].hash)}
    columns = ", ".join(f"{name} = '{value}'" for name, value in fitting.items())
    tamper(book, f"UPDATE meso_events SET {columns} WHERE sequence = 5".replace(":", r":"))


def test_a_missing_event_is_found(book: Book) -> None:
    assert ("missing", 6) in tamper(book, "DELETE FROM meso_events WHERE sequence = 6")


def test_several_missing_events_are_found(book: Book) -> None:
    tamper(book, "DELETE FROM meso_events WHERE sequence IN (2, 3)")
    assert "Events 2 to 3 are missing." in [found.message for found in book.verify().problems]


def test_a_missing_event_is_found_when_the_rest_is_renumbered(book: Book) -> None:
    found = tamper(
        book,
        "DELETE FROM meso_events WHERE sequence = 6",
        "UPDATE meso_events SET sequence = sequence - 1 WHERE sequence > 6",
        "UPDATE meso_head SET count = 7",
    )
    assert ("changed", 6) in found


def test_events_that_changed_places_are_found(book: Book) -> None:
    found = tamper(
        book,
        "UPDATE meso_events SET sequence = 99 WHERE sequence = 3",
        "UPDATE meso_events SET sequence = 3 WHERE sequence = 4",
        "UPDATE meso_events SET sequence = 4 WHERE sequence = 99",
    )
    assert ("changed", 3) in found
    assert ("reordered", 4) in found


def test_a_book_cut_short_is_found(book: Book) -> None:
    known = book.head()
    assert ("missing", 8) in tamper(book, "DELETE FROM meso_events WHERE sequence = 8")
    head = "(SELECT hash FROM meso_events WHERE sequence = 7)"
    second = sorted(line.course for line in book.courses() if line.revision == 2)[0]
    tamper(book, f"UPDATE meso_head SET count = 7, hash = {head}")
    book.rebuild()
    assert book.verify().is_sound, "cut off cleanly, the book alone cannot know"
    assert [problem.code for problem in book.verify(known).problems] == ["cut_off"]
    book.append(second, Note(text="another end"), context=now())
    assert [problem.code for problem in book.verify(known).problems] == ["cut_off"]


def test_a_noted_end_that_is_still_there_is_fine(book: Book) -> None:
    known = book.head()
    book.open_course(opened(), context=now())
    assert book.verify(known).is_sound


def test_a_wrong_end_is_found(book: Book) -> None:
    assert tamper(book, "UPDATE meso_head SET count = 3") == [("head", 8)]
    assert ("damaged_book", None) in tamper(book, "DELETE FROM meso_head")
    with pytest.raises(BookFault, match="does not say how many events"):
        book.head()


def test_a_payload_that_is_gone_is_no_erasure(book: Book) -> None:
    found = tamper(book, "UPDATE meso_events SET payload = NULL, salt = NULL WHERE sequence = 4")
    assert ("gone", 4) in found
    with pytest.raises(BookFault, match="are gone"):
        book.course(book.courses()[0].course)


def test_what_should_have_been_erased_is_found(book: Book) -> None:
    course = book.courses()[0].course
    event = book.history(course)[0]
    book.erase(course, context=now())
    assert event.payload is not None
    payload = event.payload.replace("'", "''")
    sql = f"UPDATE meso_events SET payload = '{payload}', salt = '{event.salt}'"
    tamper(book, f"{sql} WHERE sequence = {event.sequence}".replace(":", r":"))
    assert ("not_erased", event.sequence) in tamper(book)


def test_a_later_programs_event_is_told(book: Book) -> None:
    forge(book, version=9)
    with pytest.raises(BookFault, match="event 5 of kind 'note', version 9, which this version"):
        book.course(book.courses()[0].course)


def test_a_payload_that_fits_no_record_is_damage(book: Book) -> None:
    """Even when whoever wrote it took care of every digest."""
    from meso_schedule.book.digests import salted

    forge(book, payload='{"word":"x"}', salt="aa", digest=salted("aa", '{"word":"x"}'))
    with pytest.raises(BookFault, match="event 5 cannot be read"):
        book.course(book.courses()[0].course)


def test_the_record_of_migrations_is_checked(book: Book) -> None:
    assert tamper(book, "UPDATE meso_migrations SET name = 'x'") == [("migrations", None)]


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("DELETE FROM meso_keys", [("keys", 7)]),
        ("UPDATE meso_keys SET sequence = 3", [("keys", 3), ("keys", 7)]),
        ("UPDATE meso_keys SET sequence = 99", [("keys", 7), ("keys", 99)]),
        ("INSERT INTO meso_keys VALUES ('x', 8)", [("keys", 8)]),
        ("UPDATE meso_keys SET lookup = ''", [("keys", 7)]),
        ("UPDATE meso_book SET secret = 'none'", [("keys", None)]),
    ],
)
def test_keys_that_lead_elsewhere_are_found(
    book: Book, sql: str, found: list[tuple[str, int | None]]
) -> None:
    assert tamper(book, sql) == found


@pytest.mark.parametrize(
    ("sql", "match"),
    [
        ("UPDATE meso_keys SET sequence = 99", "event 99 is missing"),
        ("UPDATE meso_keys SET sequence = 3", "event 3 was written under no key"),
        ("UPDATE meso_book SET secret = 'none'", "the secret of its keys cannot be read"),
    ],
)
def test_keys_that_lead_elsewhere_lead_nowhere(book: Book, sql: str, match: str) -> None:
    tamper(book, sql)
    with pytest.raises(BookFault, match=match):
        book.recall("k", None)


def test_an_index_that_does_not_lead_to_the_events_is_found() -> None:
    """As after a flipped bit in it: the course is known, its events are not found by it."""
    with pytest.raises(BookFault, match="are not where they should be"):
        state_of([], "book")


def test_lists_without_events_are_found(book: Book) -> None:
    insert = "INSERT INTO meso_courses SELECT 'cccccccc', revision, status, patient, protocols,"
    rest = " opened_on, sessions_held, last_held, next_number, next_protocol, earliest,"
    found = tamper(book, f"{insert}{rest} recommended, latest, booked_on FROM meso_courses LIMIT 1")
    assert found == [("list", None)]


def test_tables_that_were_changed_are_found(book: Book) -> None:
    assert tamper(book, "DROP INDEX meso_sessions_date") == [("database", None)]


def test_sessions_of_no_course_are_found(book: Book) -> None:
    with book._storage.reading() as within:
        raw = within.connection.connection.driver_connection
    assert raw is not None
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute("UPDATE meso_sessions SET course = 'nobody' WHERE number = 1")
    raw.execute("PRAGMA foreign_keys = ON")
    assert "A session belongs to no course." in [
        problem.message for problem in book.verify().problems
    ]
