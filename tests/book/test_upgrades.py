"""Events of earlier versions in the shape of today; what cannot be read stays as it was asked."""

from decimal import Decimal
from typing import Any

import pytest

from meso_schedule.book.book import Book
from meso_schedule.book.payloads import Terms
from meso_schedule.book.records import Opened, Planned, read_record
from meso_schedule.book.upgrades import request_of_each, terms_of_each
from tests.book.samples import kept, now, opened
from tests.support.samples import ROOT

TERMS = Terms(currency="GBP", low=Decimal("90.00"), high=Decimal("90.00"), sessions=2)
TWO = (kept(), kept(id="other"))


def events_in(text: str) -> list[str]:
    """Return the lines of an export that hold an event, by their text."""
    return sorted(line.rstrip(",") for line in text.splitlines() if '"payload"' in line)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"sessions": 4, "late": 2}, {"protocol": ["house-mix*4", "other*4"], "late": 2}),
        ({"late": 2}, {"protocol": ["house-mix", "other"], "late": 2}),
        ({"protocol": ["house-mix*3", "other"]}, {"protocol": ["house-mix*3", "other"]}),
        ({"protocol": ["other"], "sessions": 4}, {"protocol": ["other"], "sessions": 4}),
        ({"sessions": "four"}, {"sessions": "four"}),
        ({"sessions": True}, {"sessions": True}),
        ({"sessions": 100}, {"sessions": 100}),
        ({"sessions": 0}, {"sessions": 0}),
    ],
)
def test_what_was_asked(asked: dict[str, Any], expected: dict[str, Any]) -> None:
    assert request_of_each(asked, TWO) == expected
    assert request_of_each(expected, TWO) == expected


def test_what_it_costs() -> None:
    assert terms_of_each(opened(terms=TERMS)) == {"house-mix": TERMS}
    assert terms_of_each(opened(protocols=TWO, treatment_terms={"other": TERMS})) == {
        "other": TERMS
    }
    assert terms_of_each(opened()) == {}


@pytest.mark.parametrize("record", [Opened, Planned])
def test_every_version_of_a_kind_is_read(record: type[Opened | Planned]) -> None:
    content = {
        Opened: opened(terms=TERMS).content,
        Planned: {"sessions": [{"number": 1, "date": "2026-12-01"}], "request": {"sessions": 4}},
    }[record]
    first, last = (read_record(record.kind, version, content) for version in (1, record.version))
    assert first == last
    assert record.version == 2


def test_a_book_of_the_program_before_in_either_database(address: str) -> None:
    """Every hash is the one of then, also once what is written now follows."""
    text = (ROOT / "tests" / "cli" / "courses" / "before" / "treatments.json").read_text()
    with Book.open(address) as book:
        one, two = book.import_courses(text, source="treatments.json").courses
        assert "".join(book.export()) == text
        then = book.head()
        terms = [book.course(course).treatment_terms for course in (one, two)]
        assert [sorted(known) for known in terms] == [["skin"], ["hair", "skin"]]
        assert [book.course(course).request["protocol"] for course in (one, two)] == [
            ["skin*4"],
            ["skin*4", "hair*2@2026-12-08"],
        ]
        book.open_course(opened(), context=now("2026-12-12"))
        assert book.verify(then).is_sound
        assert book.rebuild() == 3
        assert book.verify(then).is_sound
        assert events_in("".join(book.export([one, two]))) == events_in(text)
