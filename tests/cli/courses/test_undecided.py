"""A session that waits for a word on improvement can be moved anywhere in either window."""

import json
from pathlib import Path

import pytest

from tests.cli.courses.desk import Counter

# Three weekly sessions from Tuesday 1 December; the fourth is 7 to 21 days after 15 December.
HELD = ("2026-12-01", "2026-12-08", "2026-12-15")


def begun(counter: Counter, *words: str) -> str:
    course = counter.open("--start", "2026-12-01", *words)
    for day in HELD:
        counter.set_day(day)
        counter.done("courses", "hold", course, "--on", day)
    return course


def test_an_undecided_session_moves_before_the_conditional_minimum(counter: Counter) -> None:
    course = begun(counter, "--sessions", "5")
    assert counter.sessions(course)[3:] == [
        (4, "booked", "2026-12-29"),
        (5, "booked", "2027-01-12"),
    ]
    counter.done("courses", "move", course, "4", "--to", "2026-12-23")
    assert counter.sessions(course)[3] == (4, "booked", "2026-12-23")
    # It is a weekly one now, and the next one still waits: fortnightly, from 6 January.
    replanned = counter.done("courses", "replan", course, "--yes")
    assert replanned["changes"] == []
    assert counter.ask("courses", "print", course, "--output", "plan.json").code == 0
    plan = json.loads(Path("plan.json").read_text("utf-8"))
    phases = [(it["number"], it["phase"], it["date"]) for it in plan["sessions"]]
    assert phases == [(4, "weekly", "2026-12-23"), (5, "fortnightly", "2027-01-12")]
    counter.set_day("2026-12-23")
    held = counter.ask("courses", "hold", course, "--on", "2026-12-23")
    assert "Session 4: on schedule" in held.out


@pytest.mark.parametrize("day", ["2026-12-21", "2027-01-06"])
def test_outside_both_windows_it_is_refused(counter: Counter, day: str) -> None:
    course = begun(counter)
    assert counter.refused("courses", "move", course, "4", "--to", day) == (4, "outside_window")


def test_once_decided_only_its_own_window_is_left(counter: Counter) -> None:
    course = begun(counter)
    counter.done("courses", "improve", course, "--on", "2026-12-15")
    refused = counter.refused("courses", "move", course, "4", "--to", "2026-12-23")
    assert refused == (4, "outside_window")
