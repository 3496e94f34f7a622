"""The day of asking is that of `--as-of`, for every command alike; the clock alone only warns.

The clock of these tests says 1 December 2026 unless it is set.
"""

from pathlib import Path

import pytest

from tests.cli.courses.desk import Counter

EARLY = "2026-05-12"  # a Tuesday


def early(counter: Counter) -> str:
    """Return a course that was opened half a year before the clock's day."""
    return counter.open("--as-of", EARLY, "--start", EARLY)


@pytest.mark.parametrize(
    ("words", "day", "code", "error"),
    [
        # Days past by the clock and still to come by the day of asking.
        (("move", "{}", "--alone", "2", "--to", "2026-05-21"), EARLY, 0, ""),
        (("move", "{}", "--alone", "2", "--to", "2026-05-21"), "2026-05-22", 4, "in_the_past"),
        (("hold", "{}", "--on", "2026-05-13"), EARLY, 4, "in_the_future"),
        (("hold", "{}", "--on", "2026-05-13"), "2026-05-13", 0, ""),
        (("miss", "{}", "--session", "2"), EARLY, 4, "in_the_future"),
        (("miss", "{}", "--session", "2"), "2026-05-19", 0, ""),
        (("pay", "{}", "5.00", "--on", "2026-05-13"), EARLY, 4, "in_the_future"),
        (("pay", "{}", "5.00", "--on", "2026-05-13"), "2026-05-13", 0, ""),
        (("stop", "{}", "--on", "2026-05-13"), EARLY, 4, "in_the_future"),
        (("stop", "{}"), EARLY, 0, ""),
        (("correct", "{}", "1", "--reason", "x", "--set", "on=2026-05-13"), EARLY, 4, ""),
        (("correct", "{}", "1", "--reason", "x", "--set", "on=2026-05-11"), EARLY, 0, ""),
        (("replan", "{}", "--away", "2026-05-19", "--yes"), EARLY, 0, ""),
        (("note", "{}", "x"), EARLY, 0, ""),
    ],
)
def test_what_is_still_to_come_is_judged_by_the_day_of_asking(
    counter: Counter, words: tuple[str, ...], day: str, code: int, error: str
) -> None:
    course = early(counter)
    line = ("courses", *(word.format(course) for word in words), "--as-of", day)
    if not code:
        assert counter.done(*line)["findings"] == []
        assert counter.done("book", "verify")["is_sound"]
        return
    found = counter.refused(*line)
    assert found == (code, error or "contradiction")


def test_improvement_is_not_seen_after_the_day_of_asking(counter: Counter) -> None:
    course = early(counter)
    counter.done("courses", "hold", course, "--as-of", EARLY)
    words = ("courses", "improve", course, "--as-of", EARLY)
    assert counter.refused(*words, "--on", "2026-05-13") == (4, "in_the_future")
    assert counter.done(*words)["state"]["improved_on"] == EARLY


@pytest.mark.parametrize(
    "words",
    [
        ("hold", "{}"),
        ("pay", "{}", "5.00"),
        ("stop", "{}"),
        ("note", "{}", "x"),
        ("miss", "{}"),
        ("move", "{}", "--alone", "1", "--to", "2026-12-09"),
    ],
)
def test_a_day_ahead_of_the_clock_is_only_said(counter: Counter, words: tuple[str, ...]) -> None:
    course = counter.open()
    line = ("courses", *(word.format(course) for word in words), "--as-of", "2026-12-02")
    made = counter.done(*line)
    assert [finding["kind"] for finding in made["findings"]] == ["asked_ahead"]
    assert "2026-12-02" in made["findings"][0]["message"]
    assert "2026-12-01" in made["findings"][0]["message"]


def test_a_course_is_opened_ahead_of_the_clock(counter: Counter) -> None:
    words = ("courses", "open", "skin", "--rules", "skin.toml", "--as-of", "2026-12-02")
    ran = counter.ask(*words)
    assert ran.code == 0
    assert "The day of asking, 2026-12-02, is still to come" in ran.out
    made = counter.done(*words)
    assert made["state"]["opened_on"] == "2026-12-02"
    # What was written on that day stands when another event is corrected on an earlier one.
    course = made["course"]
    counter.done("courses", "hold", course, "--as-of", "2026-12-02")
    counter.done("courses", "note", course, "x")
    counter.done("courses", "correct", course, "4", "--reason", "x", "--set", "text=y")
    assert counter.done("book", "verify")["is_sound"]


def test_the_day_of_asking_survives_export_and_repeat(counter: Counter) -> None:
    course = early(counter)
    words = (
        "courses",
        "move",
        course,
        "--alone",
        "2",
        "--to",
        "2026-05-21",
        "--as-of",
        EARLY,
        "--key",
        "k",
    )
    first = counter.done(*words)
    counter.set_day("2026-12-03")
    again = counter.done(*words[:-4], "--key", "k")
    assert (again["is_repeated"], again["revision"]) == (True, first["revision"])
    text = counter.ask("courses", "export", "--all").out
    Path("whole.json").write_text(text, encoding="utf-8")
    counter.done("courses", "import", "whole.json", "--book", "other.book")
    assert counter.ask("courses", "export", "--all", "--book", "other.book").out == text
    assert counter.done("book", "verify", "--book", "other.book")["is_sound"]


def test_where_clock_and_day_agree_nothing_more_is_kept(counter: Counter) -> None:
    course = counter.open()
    counter.done("courses", "hold", course, "--as-of", "2026-12-01")
    assert "as_of" not in counter.ask("courses", "export", course).out


def test_a_note_is_of_the_day_of_asking(counter: Counter) -> None:
    course = early(counter)
    counter.done("courses", "note", course, "Prefers mornings", "--as-of", "2026-05-14")
    assert "2026-05-14  Prefers mornings" in counter.ask("courses", "show", course, "--full").out
    assert counter.done("courses", "show", course)["notes"][0]["on"] == "2026-05-14"


def test_what_takes_a_stopped_course_out_of_a_calendar_is_of_that_day(counter: Counter) -> None:
    course = early(counter)
    counter.done("courses", "stop", course, "--as-of", EARLY)
    counter.done("courses", "print", course, "--output", "a.ics", "--as-of", "2026-05-14")
    assert b"DTSTAMP:20260514T" in Path("a.ics").read_bytes()
