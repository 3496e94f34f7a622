"""A course is found by patient, reference and the beginning of its id."""

from collections.abc import Iterable, Iterator

import pytest

from meso_schedule.book.book import Book
from meso_schedule.book.state import CourseState
from tests.cli.courses.desk import Counter


def found(counter: Counter, text: str) -> list[str]:
    ran = counter.ask("courses", "find", text, "--format", "json")
    courses = [line["course"] for line in ran.json["courses"]]
    assert ran.code == (0 if courses else 1)
    return courses


def test_courses_are_found(counter: Counter) -> None:
    anna = counter.open("--reference", "EX-0001", patient="Anna Secret")
    ben = counter.open("--reference", "EX-0002", patient="Ben Hidden")
    assert found(counter, "anna") == [anna]
    assert found(counter, "HIDDEN") == [ben]
    assert found(counter, "ex-0002") == [ben]
    assert sorted(found(counter, "EX-")) == sorted([anna, ben])
    assert found(counter, anna[:7]) == [anna]
    assert found(counter, "nobody") == []
    assert "Anna Secret" in counter.ask("courses", "find", "secret").out
    assert counter.ask("courses", "find", "nobody").out == "No courses.\n"
    assert counter.refused("courses", "find", " ") == (2, "missing_argument")
    counter.done("courses", "erase", ben, "--yes")
    assert found(counter, "hidden") == []


def test_only_the_courses_of_whom_it_was_told_are_read(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reference with signs that are written otherwise in an event, and a phone of before."""
    counter.open("--phone", "020 7946 0001", patient="Anna Secret")
    ben = counter.open("--reference", 'Grün "7"', "--phone", "020 7946 0002", patient="Ben Hidden")
    counter.done("courses", "contact", ben, "--phone", "020 7946 0003")
    read: list[str] = []
    whole = Book.each

    def noted(book: Book, courses: Iterable[str]) -> Iterator[CourseState]:
        read.extend(names := [*courses])
        return whole(book, names)

    monkeypatch.setattr(Book, "each", noted)
    assert found(counter, 'grün "7"') == [ben]
    assert found(counter, "79460003") == [ben]
    assert found(counter, "79460002") == [], "it has another by now"
    assert read == [ben] * 3
    assert found(counter, "nobody") == []
    assert read == [ben] * 3


def test_the_beginning_of_an_id_names_a_course(counter: Counter) -> None:
    anna, ben = counter.open(), counter.open(patient="Ben Hidden")
    length = next(place for place in range(8) if anna[place] != ben[place]) + 1
    short = anna[:length].upper()
    assert counter.done("courses", "show", short)["course"] == anna
    assert counter.done("courses", "note", short, "called")["course"] == anna
    assert counter.done("courses", "history", short)["course"] == anna
    counter.done("courses", "print", short, "--output", "a.txt")
    if length > 1:
        assert counter.refused("courses", "show", anna[: length - 1])[0] == 2
    unused = next(sign for sign in "2345" if sign not in (anna[0], ben[0]))
    assert counter.refused("courses", "note", unused, "x") == (2, "bad_course_id")


def test_the_patient_names_the_course(counter: Counter) -> None:
    anna = counter.open(patient="Anna Secret")
    counter.open(patient="Ben Hidden")
    third = counter.open(patient="Ben Hiddenson")

    def note(*words: str) -> str:
        course: str = counter.done("courses", "note", "called", *words)["course"]
        return course

    assert note("--patient", "Anna Secret") == note("--patient=anna  SECRET") == anna
    assert counter.done("courses", "show", "--patient", "Anna")["course"] == anna
    assert counter.done("courses", "history", "--patient", "secret")["course"] == anna
    counter.done("courses", "move", "4", "--patient", "Anna Secret", "--to", "2026-12-30")
    counter.done("courses", "print", "--patient", "Anna", "--output", "a.txt")
    assert counter.done("courses", "show", "--patient", "Ben Hiddenson")["course"] == third
    # The whole name beats one that begins so.
    assert counter.done("courses", "show", "--patient", "ben hidden")["course"] != third


def test_a_name_that_means_no_single_course(counter: Counter) -> None:
    anna = counter.open(patient="Anna Secret")
    note = ("courses", "note", "called", "--patient")
    assert counter.refused(*note, "Anna") == (2, "unknown_patient")
    assert "Write the whole name: Anna Secret." in counter.ask(*note, "Anna").err
    assert counter.refused(*note, "Nobody") == (2, "unknown_patient")
    assert "See 'courses list'." in counter.ask(*note, "Nobody").err
    assert counter.refused(*note, "  ") == (2, "missing_argument")
    again = counter.open("--start", "2027-01-11", patient="Anna Secret")
    assert counter.refused(*note, "Anna Secret") == (2, "which_course")
    told = counter.ask(*note, "Anna Secret").err
    assert all(
        f"{it} (Anna Secret, skin, opened" in told.replace("\n", " ") for it in (anna, again)
    )
    assert counter.refused("courses", "show", "--patient", "anna") == (2, "which_course")
    assert counter.refused("courses", "show") == (2, "missing_argument")
    assert counter.refused("courses", "show", anna, "--patient", "x") == (2, "usage")
    # What follows -- is no option.
    assert counter.ask("courses", "note", anna, "--", "--patient").code == 0


def test_what_takes_a_course_takes_the_beginning_of_its_id(counter: Counter) -> None:
    anna, ben = counter.open(), counter.open(patient="Ben Hidden")
    assert anna[:7] != ben[:7]
    exported = counter.ask("courses", "export", anna[:7]).out
    assert anna in exported
    assert ben not in exported
    counter.done("courses", "pay", anna, "10")
    counter.done("courses", "pay", ben[:7], "10", "--from", anna[:7])
    assert counter.refused("courses", "pay", ben, "10", "--from", "!") == (2, "bad_course_id")
    assert counter.refused("courses", "erase", "--patient", "Ben", "--yes") == (
        2,
        "unknown_patient",
    )
    counter.done("courses", "erase", ben[:7], "--yes")
    counter.done("courses", "erase", "--patient", "Anna Secret", "--yes")
