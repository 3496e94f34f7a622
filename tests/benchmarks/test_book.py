"""A book of a clinic's many years: what is asked each day does not wait for the rest of it.

As functions, in a process that is warm: `pytest --benchmark-enable tests/benchmarks/test_book.py`,
by default on a small book; `MESO_LONG=1` makes it one of 10,000 courses of 8 sessions.
"""

import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from meso_schedule import get_protocol
from meso_schedule.book.book import Book
from meso_schedule.book.payloads import KeptForecast, KeptPrice, KeptProtocol, Slot
from meso_schedule.book.records import Booked, Held, Note, Opened
from meso_schedule.book.storage.transaction import Transaction
from meso_schedule.book.writing import Context, write
from tests.support.lengths import length

COURSES = length(120, 10_000)
SESSIONS = 8
TODAY = date(2026, 11, 23)
# Courses begin evenly over 1,200 days, so that the last ones are under way.
BEGAN = datetime(2026, 11, 22, 18, tzinfo=UTC) - timedelta(days=1200)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the path of the book, filled in a single transaction."""
    made = tmp_path_factory.mktemp("book") / "courses.book"
    kept = KeptProtocol.of(get_protocol("mesoglow"))
    with Book.open(made) as book, book._storage.writing() as within:
        for number in range(COURSES):
            fill(within, kept, BEGAN + timedelta(days=1200) * number / COURSES)
    return made


def fill(within: Transaction, kept: KeptProtocol, at: datetime) -> None:
    """Write a course: all sessions booked a fortnight apart, those that are past held."""
    days = [at.date() + timedelta(days=14 * number) for number in range(SESSIONS)]
    price = KeptPrice(currency="GBP", low="180.00", high="180.00")
    slots = tuple(
        Slot(number=number, date=day, start="17:30", minutes=45, price=price)
        for number, day in enumerate(days, start=1)
    )
    held = [day for day in days if day < TODAY][:2]
    due = held[-1] + timedelta(days=14)
    forecast = KeptForecast(
        number=len(held) + 1, earliest=due, recommended=due, latest=due + timedelta(days=7)
    )
    now = Context(who="nurse", at=at)
    begun = Opened(on=days[0], patient="P", protocols=(kept,))
    answer = write(within, None, [begun, Booked(sessions=slots)], now, secrets.token_bytes)
    for number, day in enumerate(held, start=1):
        later = Context(who="nurse", at=datetime.combine(day, at.timetz()))
        record = Held(number=number, on=day, forecast=forecast)
        write(within, answer.course, [record], later, secrets.token_bytes)


@pytest.fixture
def book(path: Path) -> Iterator[Book]:
    """Return the book, open."""
    with Book.open(path) as opened:
        yield opened


def test_open(benchmark: Any, path: Path) -> None:
    benchmark(lambda: Book.open(path).close())


def test_due(benchmark: Any, book: Book) -> None:
    assert benchmark(lambda: book.courses("due", as_of=TODAY))


def test_week(benchmark: Any, book: Book) -> None:
    assert benchmark(lambda: book.diary(TODAY, TODAY + timedelta(days=6)))


def test_month(benchmark: Any, book: Book) -> None:
    assert benchmark(lambda: book.diary(TODAY, TODAY + timedelta(days=30)))


def test_append(benchmark: Any, book: Book) -> None:
    courses = (line.course for line in book.courses("due", as_of=TODAY) * 1000)
    numbers = count()
    at = datetime(2026, 11, 23, 9, tzinfo=UTC)

    def note() -> None:
        book.append(next(courses), Note(text=f"{next(numbers)}"), context=Context("nurse", at))

    benchmark(note)
