"""What is erased leaves no trace that can be guessed, and its keys are new again."""

import hashlib
import hmac
import json
import re
from pathlib import Path
from typing import Any

import pytest

from meso_schedule.book.book import Book
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.digests import canonical, sha256
from meso_schedule.book.records import Note
from tests.book.samples import day_to_day, now, opened

KEYS = ("Anna Secret 2026-11-22", "noted", "and erased")


def texts(book: Book) -> set[str]:
    """Return every text that stands in the tables of a book."""
    with book._storage.reading() as within:
        return {
            value
            for table in book._storage.tables(within.connection)
            for row in within.connection.exec_driver_sql(f"SELECT * FROM {table}")
            for value in row
            if isinstance(value, str)
        }


def guesses(key: str, known: set[str]) -> set[str]:
    """Return what somebody who guesses a key could look for, with all that he knows."""
    found = {key, sha256(key)}
    for text in known:
        found.add(sha256(f"{text}\n{key}"))
        for secret in (text.encode(), bytes.fromhex(text) if is_hexadecimal(text) else b""):
            found.add(hmac.new(secret, key.encode(), hashlib.sha256).hexdigest())
    return found


def is_hexadecimal(text: str) -> bool:
    return re.fullmatch(r"([0-9a-f]{2})+", text) is not None


def traces(key: str, known: set[str]) -> set[str]:
    """Return the texts in which a guess shows."""
    guessed = guesses(key, known)
    return {text for text in known if text in guessed or text[-64:] in guessed}


def secret_of(book: Book) -> str:
    """Return the secret of a book, and see that what keys are looked up by is made with it."""
    with book._storage.reading() as within:
        ((secret,),) = within.connection.exec_driver_sql("SELECT secret FROM meso_book").all()
    assert isinstance(secret, str)
    assert len(bytes.fromhex(secret)) == 32
    return secret


def test_whoever_guesses_a_key_of_an_erased_course_cannot_tell(address: str) -> None:
    with Book.open(address) as book:
        course = book.open_course(opened(), *day_to_day(), context=now(key=KEYS[0])).course
        book.append(course, Note(text="x"), context=now(key=KEYS[1]))
        other = book.open_course(opened(), context=now(key="another")).course
        assert traces(KEYS[0], texts(book)), "the test sees what is there"
        book.erase(course, context=now(key=KEYS[2]))
        for key in KEYS:
            assert not traces(key, texts(book)), key
        assert book.open_course(opened(), context=now(key="another")).course == other
        assert book.verify().is_sound
        exported = "".join(book.export())
    assert not traces(KEYS[0], set(re.findall(r'"([^"]*)"', exported)))


def test_nothing_of_it_is_left_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "courses.book"
    with Book.open(path) as book:
        course = book.open_course(opened(), context=now(key=KEYS[0])).course
        book.append(course, Note(text="x"), context=now(key=KEYS[1]))
        with book._storage.reading() as within:
            salts = within.connection.exec_driver_sql("SELECT salt FROM meso_events").scalars()
            lookups = within.connection.exec_driver_sql("SELECT lookup FROM meso_keys").scalars()
            gone = [*salts, *lookups]
        assert len(gone) == 4
        assert all(text.encode() in path.read_bytes() for text in gone)
        book.erase(course, context=now())
    content = path.read_bytes()
    assert not [text for text in gone if text.encode() in content]


def test_the_secret_stays_in_the_book(address: str, tmp_path: Path) -> None:
    with Book.open(address) as book:
        course = book.open_course(opened(), context=now(key=KEYS[0])).course
        secret = secret_of(book)
        lookup = hmac.new(bytes.fromhex(secret), KEYS[0].encode(), "sha256").hexdigest()
        assert lookup in texts(book)
        book.backup(tmp_path / "backup")
        told = "".join(book.export()) + "".join(book.export([course]))
    for written in (told.encode(), (tmp_path / "backup").read_bytes()):
        assert secret.encode() not in written
        assert bytes.fromhex(secret) not in written
        assert lookup.encode() not in written
        assert sha256(KEYS[0]).encode() not in written


@pytest.mark.parametrize("way", ["restore", "import", "backup itself"])
def test_a_key_is_known_in_a_book_made_from_a_copy(address: str, tmp_path: Path, way: str) -> None:
    with Book.open(address) as book:
        asked = {"what": "anything"}
        written = book.open_course(opened(), context=now(key=KEYS[0], asked=asked))
        gone = book.open_course(opened(), context=now(key="gone", asked=asked)).course
        book.erase(gone, context=now())
        exported = "".join(book.export())
        (tmp_path / "all.json").write_text(exported)
        book.backup(tmp_path / "backup")
    is_itself = way == "backup itself" and "postgres" not in address
    with Book.open(tmp_path / ("backup" if is_itself else "new")) as other:
        if way == "restore":
            other.restore(tmp_path / "backup")
        elif way == "backup itself" and not is_itself:
            other.restore(tmp_path / "all.json")
        elif way == "import":
            other.import_courses(exported, source="all.json")
        again = other.recall(KEYS[0], asked)
        assert again is not None
        assert (again.course, again.is_repeated) == (written.course, True)
        with pytest.raises(RefusedError, match="Something else was asked"):
            other.recall(KEYS[0], "another question")
        assert other.recall("gone", asked) is None
        fresh = other.open_course(opened(), context=now(key="gone", asked=asked))
        assert not fresh.is_repeated
        assert other.recall("gone", asked) == fresh.model_copy(update={"is_repeated": True})
        assert other.verify().is_sound
        other.erase(written.course, context=now())
        assert other.recall(KEYS[0], asked) is None
        assert not traces(KEYS[0], texts(other))


def of_a_version_before(book: Book) -> dict[str, Any]:
    """Return what the versions before wrote of a course: plain digests of two keys."""
    course = book.open_course(opened(), *day_to_day(), context=now(key=KEYS[0], asked=1)).course
    book.append(course, Note(text="x"), context=now(key=KEYS[1], asked=1))
    document: dict[str, Any] = json.loads("".join(book.export([course])))
    for event, key in zip(document["events"], (*KEYS[:1] * 5, KEYS[1]), strict=True):
        event["key"] = sha256(key)
    return document


def sealed(document: dict[str, Any]) -> str:
    """Write a document with a digest that fits."""
    document["digest"] = sha256("".join(f"{canonical(event)}\n" for event in document["events"]))
    return json.dumps(document)


def test_keys_of_versions_before_are_known_and_that_they_stay_is_told(
    address: str, tmp_path: Path
) -> None:
    with Book.open(tmp_path / "origin") as origin:
        document = of_a_version_before(origin)
    text = sealed(document)
    course = document["events"][0]["course"]
    with Book.open(address) as book:
        book.import_courses(text, source="before.json")
        again = book.recall(KEYS[0], 1)
        assert again is not None
        assert (again.course, again.state.revision) == (course, 5)
        assert book.verify().is_sound
        for event in document["events"]:
            event["course"] = OTHER
        with pytest.raises(RefusedError, match=f"A key of course {OTHER} was used in this book"):
            book.import_courses(sealed(document), source="another.json")
        answer = book.erase(course, context=now())
        assert (answer.plain_keys, answer.is_repeated) == (2, False)
        assert book.erase(course, context=now()).plain_keys == 2
        assert book.recall(KEYS[0], 1) is None
        assert not book.open_course(opened(), context=now(key=KEYS[0])).is_repeated
        assert sha256(KEYS[0]) in texts(book), "the chain goes over it"


def test_a_key_that_was_used_for_something_else_erases_nothing(address: str) -> None:
    with Book.open(address) as book:
        course = book.open_course(opened(), context=now(key=KEYS[0])).course
        with pytest.raises(RefusedError, match="Something else was asked under this key"):
            book.erase(course, context=now(key=KEYS[0]))
        assert book.course(course).patient == "Anna Secret"


OTHER = "9x29rhmv"


def test_a_book_of_a_version_before_is_opened_and_its_keys_are_known(
    address: str, tmp_path: Path
) -> None:
    with Book.open(tmp_path / "origin") as origin:
        text = sealed(of_a_version_before(origin))
    with Book.open(address) as book:
        book.import_courses(text, source="before.json")
        exported = "".join(book.export())
        with book._storage.writing() as within:
            for statement in (
                "DROP TABLE meso_book",
                "DROP TABLE meso_keys",
                "DROP TABLE meso_visits",
                "DROP TABLE meso_taken",
                "DROP TABLE meso_masks",
                "DELETE FROM meso_migrations WHERE number > 1",
            ):
                within.connection.exec_driver_sql(statement)
    if "postgres" not in address:
        (tmp_path / "backup").write_bytes(Path(address).read_bytes())
        before = sorted(tmp_path.iterdir())
        with Book.open(tmp_path / "new") as other:
            other.restore(tmp_path / "backup")
            assert other.recall(KEYS[1], 1) is not None
        assert sorted({*tmp_path.iterdir()} - {tmp_path / "new"}) == before
    with Book.open(address) as book:
        assert book.verify().is_sound
        assert "".join(book.export()) == exported
        assert book.recall(KEYS[0], 1) is not None
        written = book.open_course(opened(), context=now(key="of now", asked=1))
        assert book.recall("of now", 1) == written.model_copy(update={"is_repeated": True})
