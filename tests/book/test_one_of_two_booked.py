"""In the book too one of both calendars comes true, where practitioners give the sessions.

Random courses of `tests/planner/test_one_of_two.py`, given by one or two practitioners with weeks
and absences of their own, are opened, held up to the decision, decided either way and planned anew.
"""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from meso_schedule import Clinic, CoursePlan, NoCalendarFits
from meso_schedule.book import Book, Context
from tests.planner.test_one_of_two import MONDAY, Days, Life, days_of, life
from tests.support.lengths import length
from tests.support.random_files import WEEKDAYS, chance

# So many runs of the library take too long under a tracer; other tests reach every branch.
pytestmark = pytest.mark.untraced
LIVES = length(5, 600)


def person(rng: Random, name: str) -> dict[str, Any]:
    off = rng.sample(WEEKDAYS, rng.randint(0, 3))
    hours = {
        day: [rng.choice(["09:00-17:00", "11:00-16:00"])] for day in WEEKDAYS if day not in off
    }
    away = str(MONDAY + timedelta(days=rng.randint(3, 50)))
    absences = [{"from": away, "to": away, "reason": "away"}] if chance(rng, 50) else []
    return {"id": name, "name": name, "hours": hours, "absences": absences}


def staffed(rng: Random, known: Life) -> Life:
    people = [person(rng, name) for name in ("a", "b")[: rng.randint(1, 2)]]
    hours = {day: ["09:00-17:00"] for day in WEEKDAYS}
    clinic = Clinic.read({"name": "A", "timezone": "UTC", "hours": hours, "practitioners": people})
    return known._replace(clinic=clinic)


def asked(day: date, minute: int) -> Context:
    return Context(who="test", at=datetime.combine(day, time(6, minute), UTC))


def come_true(book: Book, course: str, plan: CoursePlan, day: date, word: Any) -> Days:
    """Hold what is booked up to a day, decide on it, plan anew and return what is booked then."""
    dates = dict.fromkeys(it.date for it in plan.sessions if it.date <= day)
    for number, held in enumerate(dates):
        book.hold(course, by=asked(day, number), on=held, yes=True)
    book.assess(course, word, by=asked(day, 50), on=day, treatment="taper")
    book.replan(course, by=asked(day, 51), yes=True)
    sessions = [it for it in book.course(course).upcoming if it.date > day]
    return {(it.protocol, it.number): it.date for it in sessions}


def test_one_of_the_two_comes_true(tmp_path: Path) -> None:
    differed = 0
    for seed in range(LIVES):
        rng = Random(seed)
        known = staffed(rng, life(rng))
        found = []
        for word in ("yes", "no"):
            path = tmp_path / f"{seed}-{word}.book"
            with Book.open(path, create=True, clinic=known.clinic) as book:
                try:
                    made = book.open_course(known.protocols, known.request, by=asked(MONDAY, 0))
                except NoCalendarFits:
                    break
                plan = book.print_plan(made.course, as_of=MONDAY)
                if plan.without_improvement is None:
                    break
                (due,) = (it for it in plan.assessments if it.decides)
                calendar = plan.sessions if word == "yes" else plan.without_improvement
                expected = days_of(calendar, due.date)
                assert come_true(book, made.course, plan, due.date, word) == expected, (seed, word)
                found.append(expected)
        differed += len(found) == 2 and found[0] != found[1]
    assert differed > LIVES // 6
