"""A clinic of ten people over some weeks, or a year: its export alone is looked at afterwards."""

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from meso_schedule.book import Book as CourseBook
from meso_schedule.book.storage import sqlite
from tests.cli.courses.clinic_year import PEOPLE, PRICES, ZONE, Year
from tests.cli.courses.export_reading import Read, courses_of, people_taken, too_soon, unbalanced
from tests.support.lengths import length

BEGIN = date(2027, 1, 4)


@pytest.mark.untraced
def test_a_clinic_over_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "PRAGMAS", (*sqlite.PRAGMAS, "synchronous=OFF"))
    days, a_day = length(5, 365), length(1, 4)
    year = Year(tmp_path / "year.book", random.Random(9))
    for number in range(days):
        today = BEGIN + timedelta(number)
        if today.weekday() < 5:
            year.day(today, a_day)
        if today.weekday() == 4:
            year.repair(today, year.rng.choice(PEOPLE), 5)
        if number == days // 2:
            year.change(today)
        if number == days // 3:
            year.repair(today, None, 1)
    with CourseBook.open(year.path, clinic=year.clinic) as book:
        assert book.verify().is_sound
        text = "".join(book.export())
    courses = courses_of(text)
    assert len(courses) == year.done["opened"]
    assert {"held", "repaired"} <= year.done.keys()
    assert _doubled(courses) == []
    assert _doubled({**courses, "another": max(courses.values(), key=lambda it: len(it.slots))})
    changed = BEGIN + timedelta(days // 2)
    stopped = [it for it in courses.values() if it.settled]
    assert {unbalanced(it, Decimal(PRICES[it.opened > changed])) for it in stopped} <= {0}
    assert {course: found for course, read in courses.items() if (found := too_soon(read))} == {}


def _doubled(courses: dict[str, Read]) -> list[tuple[str, str]]:
    """Return the quarter hours of a practitioner that several courses take."""
    taken: dict[tuple[str, str], set[str]] = defaultdict(set)
    for who, moment, course in people_taken(courses, str(ZONE)):
        assert who in PEOPLE
        taken[who, moment.isoformat()].add(course)
    return [cell for cell, whose in taken.items() if len(whose) > 1]
