"""The book in the library: what it is told besides visits and money, and what it tells."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from meso_schedule import CourseRequest, InputError, RefusedError, parse_clinic
from meso_schedule.book import Book
from meso_schedule.rules.catalogue import parse_protocol
from tests.cli.courses.desk import CLINIC, RULES
from tests.cli.courses.test_library import ASKED, KEEPING, NEEDLES, OPENED, SKIN, by

STAFF = """
[[practitioners]]
id = "ann"
name = "Ann"
"""


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """Return a book of a clinic that keeps something of visits missed or moved."""
    return Book.open(tmp_path / "own.book", clinic=parse_clinic(KEEPING))


def test_what_clinicians_say(book: Book) -> None:
    course = book.open_course(SKIN, OPENED, by=by()).course
    for number, day in enumerate(("2026-12-01", "2026-12-08", "2026-12-15"), 1):
        book.hold(course, by=by(day), session=number)
    made = book.improve(course, by=by("2026-12-16"), on="2026-12-15")
    assert made.state.upcoming[0].provisional is False
    with pytest.raises(RefusedError):
        book.improve(course, by=by("2026-12-17"))
    told = book.review(course, "go-on", by=by("2027-03-01"), who="Dr A")
    assert len(told.state.reviews) == 1
    assert book.history(course)[-1].kind == "reviewed"
    with pytest.raises(InputError, match="A course stops as a whole"):
        book.review(course, "stop", by=by("2027-03-01"), treatment="A")
    ended = book.review(course, "stop", by=by("2027-03-02"))
    assert ended.state.stopped is not None
    assert ended.state.stopped.reason == "reviewed by nurse"


def test_what_is_not_taken(book: Book) -> None:
    course = book.open_course(SKIN, OPENED, by=by()).course
    calls: dict[str, list[Callable[[], object]]] = {
        "phone": [lambda: book.contact(course, by=by())],
        "reason": [
            lambda: book.pause(course, by=by()),
            lambda: book.pause(course, by=by(), end=True, reason="well"),
        ],
        "until": [
            lambda: book.extend(course, "2026-12-24", "x", by=by()),
            lambda: book.extend(course, "", "x", by=by()),
        ],
        "screening": [lambda: book.screen(course, by=by())],
        "cleared_by": [lambda: book.screen(course, by=by(), cleared_by="Dr A")],
        "language": [lambda: book.open_course(SKIN, OPENED, by=by(), language="xx")],
        "consultation": [lambda: book.miss(course, by=by(), consultation=True)],
        "lot": [lambda: book.hold(course, by=by(), consultation=True, lot="L-1")],
        "patient": [lambda: book.replan(course, by=by(), changes={"patient": "B."})],
        "nonsense": [lambda: book.replan(course, by=by(), changes={"nonsense": 1})],
        "treatment": [lambda: book.replan(course, by=by(), changes={"protocol": "skin*3"})],
        "refund": [lambda: book.pay(course, "1", by=by(), source=course, refund=True)],
        "method": [lambda: book.pay(course, "1", by=by(), source=course, method="card")],
        "source": [lambda: book.pay(course, "1", by=by(), source="zzz")],
        "clinic": [lambda: book.assign(by=by())],
        "key": [lambda: book.assign(by=by(key="1"))],
        "text": [lambda: book.note(course, "", by=by())],
        "on": [lambda: book.hold(course, by=by(), on="")],
        "yes": [lambda: book.erase(course, by=by())],
    }
    for name, every in calls.items():
        for call in every:
            with pytest.raises(InputError) as caught:
                call()
            assert caught.value.faults[0].field == name
    assert book.course(course).revision == 2
    answers: dict[str, Any] = {"screening": {NEEDLES: "yes"}}
    with pytest.raises(RefusedError, match="a clinician"):
        book.screen(course, **answers, by=by())
    with pytest.raises(RefusedError, match="a clinician"):
        book.open_course(SKIN, CourseRequest(start="2026-12-01"), by=by(), **answers)


def test_no_improvement_is_foreseen_where_there_was_one(book: Book) -> None:
    course = book.open_course(SKIN, OPENED, by=by()).course
    foreseen = book.replan(course, by=by(), changes={"no_improvement": True})
    assert foreseen.replanned is not None
    assert foreseen.replanned.wishes["no_improvement"] is True
    book.hold(course, by=by(), improved="yes")
    with pytest.raises(InputError, match="Improvement is recorded on 2026-12-01"):
        book.replan(course, by=by(), changes={"no_improvement": True})


def test_newer_rules(book: Book) -> None:
    course = book.open_course(SKIN, OPENED, by=by()).course
    assert book.adopt(course, by=by(key="1"), rules=[SKIN]) is None
    newer = parse_protocol(RULES.replace('version = "1"', 'version = "2"'))
    made = book.adopt(course, by=by(key="2"), rules=[newer], reason="new")
    again = book.adopt(course, by=by(key="2"), rules=[newer], reason="new")
    assert made is not None
    assert again is not None
    assert (again.is_repeated, again.revision) == (True, made.revision)
    assert book.course(course).protocols[0].version == "2"
    with pytest.raises(InputError, match="skin"):
        book.adopt(course, by=by())
    fewer = parse_protocol(
        RULES.replace("minimum = 2\n", "minimum = 5\n").replace("= 4\nm", "= 5\nm")
    )
    with pytest.raises(InputError, match="now takes 5 to 8 sessions"):
        book.adopt(course, by=by(), rules=[fewer])


def test_who_is_told_and_what_was_paid(book: Book, tmp_path: Path) -> None:
    course = book.open_course(SKIN, OPENED, by=by()).course
    book.move(course, 2, "2026-12-09", by=by(), alone=True)
    book.pay(course, "90.00", by=by(), method="card")
    (told,) = book.changed("2026-12-01", as_of="2026-12-01")
    assert (told.course, str(told.before), str(told.after)) == (course, "2026-12-08", "2026-12-09")
    assert str(book.receipt(course, as_of="2026-12-01").paid) == "90.00"
    assert [it.course for it in book.due("2026-12-01", unbooked=True)] == []
    near = book.free(SKIN, as_of="2026-12-01", around="2026-12-25", limit=2)
    assert [str(day.date) for day in near.days] == ["2026-12-22", "2026-12-23"]
    asked = CourseRequest(days=["tue"])
    assert str(book.free(SKIN, as_of="2026-12-02", request=asked).days[0].date) == "2026-12-08"
    with Book.open(tmp_path / "other.book") as other:
        taken = other.import_courses(book.export([course[:6]]))
        assert taken.courses == (course,)
        assert other.course(course) == book.course(course)
        assert other.import_courses("".join(book.export())).known == (course,)
    assert book.erase(course, by=by(), yes=True).course == course
    assert book.course(course).is_erased
    with pytest.raises(RefusedError, match="erased"):
        book.receipt(course, as_of="2026-12-01")


def test_people_for_sessions_that_nobody_is_named_for(tmp_path: Path) -> None:
    place = tmp_path / "own.book"
    with Book.open(place, clinic=parse_clinic(CLINIC)) as before:
        courses = [
            before.open_course(SKIN, CourseRequest(**{**ASKED, "patient": name}), by=by()).course
            for name in ("A. One", "B. Two")
        ]
    with Book.open(place, clinic=parse_clinic(CLINIC + STAFF)) as book:
        assert [it.made is not None for it in book.assign(by=by())] == [True, True]
        assert book.course(courses[0]).revision == 2
        with pytest.raises(InputError, match="no course id"):
            book.assign("9999zzzz", by=by())
        (one,) = book.assign(courses[1][:7], by=by(), yes=True)
        assert one.state.course == courses[1]
        assert {it.takes.practitioner for it in book.course(courses[1]).upcoming if it.takes} == {
            "ann"
        }
        assert len(book.assign(by=by(as_of=date(2026, 12, 1)), yes=True)) == 1
