"""A session and a day that the book contradicts are refused by what is recorded, nothing is lost.

Sessions 1 to 4 are booked for 1, 8, 15 and 29 December 2026.
"""

import pytest

from tests.cli.courses.desk import Counter
from tests.cli.courses.programme import in_both


@in_both
@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (("miss", "{}", "--session", "2", "--on", "2026-12-09"), 4, "other_day"),
        (("miss", "{}", "--session", "2", "--on", "2026-12-15"), 4, "other_day"),
        (("miss", "{}", "--session", "3", "--on", "2026-12-08"), 4, "other_day"),
        (("miss", "{}", "--on", "2026-12-09"), 4, "nothing_booked"),
        (("miss", "{}", "--session", "2", "--on", "2027-01-09"), 4, "in_the_future"),
        (("miss", "{}", "--session", "5", "--on", "2026-12-08"), 4, "no_such_session"),
        (("hold", "{}", "--session", "1", "--on", "2026-12-01"), 4, "missed_then"),
        (("hold", "{}", "--on", "2026-12-01"), 4, "missed_then"),
        (("move", "{}", "--alone", "1", "--to", "2026-12-16"), 4, "outside_window"),
    ],
)
def test_refused_by_what_is_recorded(
    counter: Counter, words: tuple[str, ...], code: int, error: str
) -> None:
    course = counter.open()
    counter.done("courses", "miss", course)
    counter.set_day("2026-12-15")
    before = counter.sessions(course)
    assert counter.refused("courses", *(word.format(course) for word in words)) == (code, error)
    assert counter.sessions(course) == before


@in_both
def test_a_day_means_what_is_booked_on_it(counter: Counter) -> None:
    course = counter.open()
    counter.set_day("2026-12-15")
    counter.done("courses", "miss", course, "--on", "2026-12-15")
    assert [(number, status) for number, status, _ in counter.sessions(course)] == [
        *((1, "booked"), (2, "booked"), (3, "missed"), (4, "booked"))
    ]
    counter.done("courses", "miss", course, "--session", "2", "--on", "2026-12-08")
    told = counter.ask("courses", "miss", course, "--on", "2026-12-09").err
    assert "session 1 is booked for 2026-12-01" in told


@in_both
def test_one_missed_can_come_later(counter: Counter) -> None:
    course = counter.open()
    counter.done("courses", "miss", course)
    counter.set_day("2026-12-02")
    counter.done("courses", "hold", course)
    assert counter.sessions(course)[0] == (1, "held", "2026-12-02")
