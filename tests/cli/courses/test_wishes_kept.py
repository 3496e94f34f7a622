"""What was asked when a course was opened is known to every command after it.

Four weekly sessions from 1 December 2026: the 1st, 8th, 15th and 22nd.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest

from meso_schedule.book.book import Book
from meso_schedule.book.records import Moved
from tests.book.samples import now
from tests.cli.courses.desk import CLINIC, Counter
from tests.cli.courses.several import open_two

WEEKLY = ("--no-improvement",)
# Skin without a rule of its own settles within three days.
LAST = [
    (("--finish-by", "2026-12-23"), "finish_by", "the day to finish by"),
    (("--event", "2026-12-26", "--start", "2026-12-01"), "event", "the event on 2026-12-26"),
]


def shown_text(counter: Counter, course: str) -> str:
    """Return what is shown of a course, in single spaces."""
    return " ".join(counter.ask("courses", "show", course, "--full").out.split())


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (LAST[0][0], "Finish by Wed 23 Dec 2026"),
        (LAST[1][0], "Event Sat 26 Dec 2026"),
    ],
)
def test_show_tells_the_last_day(counter: Counter, words: Sequence[str], line: str) -> None:
    course = counter.open(*WEEKLY, *words)
    shown = shown_text(counter, course)
    assert line in shown
    assert "To know" not in shown
    document = counter.done("courses", "show", course)
    assert (document["past_limits"], document["missed_limits"]) == ([], [])


@pytest.mark.parametrize(("words", "told"), [(words, told) for words, _, told in LAST])
def test_a_move_keeps_the_last_day(counter: Counter, words: Sequence[str], told: str) -> None:
    course = counter.open(*WEEKLY, *words)
    # Its window is 22 to 25 December; of those 24 and 25 are closed.
    Path("clinic.toml").write_text(CLINIC.replace("2026-12-24", "2026-12-26"))
    move = ("courses", "move", course, "--alone")
    assert counter.refused(*move, "4", "--to", "2026-12-24") == (4, "past_the_limit")
    ran = counter.ask(*move, "4", "--to", "2026-12-24")
    assert "2026-12-23" in ran.err
    assert told in ran.err
    late = ("--late", "--reason", "x")
    assert counter.refused(*move, "4", "--to", "2026-12-24", *late) == (4, "past_the_limit")
    # From the 10th the rest ends on the 24th at the earliest.
    assert counter.refused(*move, "2", "--to", "2026-12-10") == (4, "past_the_limit")
    assert (
        "the course cannot end by 2026-12-23" in counter.ask(*move, "2", "--to", "2026-12-10").err
    )
    counter.done(*move, "2", "--to", "2026-12-09")
    counter.done(*move, "4", "--to", "2026-12-23")


@pytest.mark.parametrize(("words", "asked", "told"), LAST)
def test_a_session_held_late_tells_what_is_lost(
    counter: Counter, words: Sequence[str], asked: str, told: str
) -> None:
    course = counter.open(*WEEKLY, *words)
    counter.done("courses", "hold", course)
    counter.set_day("2026-12-10")
    ran = counter.ask("courses", "hold", course)
    assert "The course can no longer end by Wed 23 Dec 2026" in ran.out
    assert told in ran.out
    assert "replan" in ran.out
    assert "can no longer end by Wed 23 Dec 2026" in shown_text(counter, course)
    (missed,) = counter.done("courses", "show", course)["missed_limits"]
    assert (missed["label"], missed["asked"], missed["day"]) == (None, asked, "2026-12-23")
    # Replanning knows it, and a later day is a way out that works.
    assert counter.refused("courses", "replan", course)[0] == 1
    later = {"finish_by": ("--finish-by", "2026-12-30"), "event": ("--event", "2027-01-09")}
    counter.done("courses", "replan", course, *later[asked], "--yes")
    assert counter.done("courses", "show", course)["missed_limits"] == []


def test_one_missed_or_improved_tells_what_is_lost(counter: Counter) -> None:
    """What is left needs more days than there are."""
    course = counter.open(*WEEKLY, "--finish-by", "2026-12-23")
    counter.done("courses", "hold", course)
    counter.set_day("2026-12-11")
    missed = counter.ask("courses", "miss", course)
    assert "can no longer end by Wed 23 Dec 2026" in missed.out
    words = ("--no-improvement", "--start", "2026-12-11", "--finish-by", "2027-01-04")
    course = counter.open(*words, patient="Ben Hidden")
    counter.done("courses", "hold", course)
    improved = counter.ask("courses", "improve", course)
    # 11, 25 December and 8 January at the earliest.
    assert "can no longer end by Mon 4 Jan 2027" in improved.out


def test_what_is_booked_past_the_last_day_is_named(counter: Counter) -> None:
    course = counter.open(*WEEKLY)
    counter.done("courses", "hold", course)
    counter.done("courses", "replan", course, "--finish-by", "2026-12-22", "--yes")
    counter.set_day("2026-12-09")
    counter.done("courses", "hold", course)
    counter.set_day("2026-12-10")
    words = ("courses", "print", course, "--output", "a.txt")
    assert counter.refused(*words) == (4, "not_as_booked")
    assert counter.done("courses", "show", course)["missed_limits"][0]["day"] == "2026-12-22"


def test_a_top_up_is_free_of_the_day_to_finish_by(counter: Counter) -> None:
    course = counter.open(*WEEKLY, "--top-ups", "1")
    counter.done("courses", "replan", course, "--finish-by", "2026-12-23", "--yes")
    assert counter.done("courses", "show", course)["past_limits"] == []
    # Three months after 22 December.
    counter.done("courses", "move", course, "--alone", "5", "--to", "2027-03-24")


def test_top_ups_keep_their_own_last_day(counter: Counter) -> None:
    course = counter.open("--sessions", "2", "--until", "2027-03-10")
    assert counter.sessions(course)[2] == (3, "booked", "2027-03-08")
    move = ("courses", "move", course, "--alone", "3", "--to")
    assert counter.refused(*move, "2027-03-11") == (4, "past_the_limit")
    assert "the last day of the top-ups" in counter.ask(*move, "2027-03-11").err
    counter.done(*move, "2027-03-10")


def test_what_an_earlier_version_booked_past_the_day_is_told(counter: Counter) -> None:
    course = counter.open(*WEEKLY, "--finish-by", "2026-12-23")
    with Book.open(counter.path) as book:
        book.append(course, Moved(number=4, to="2026-12-28"), context=now("2026-12-01"))
    assert "Session 4 on Mon 28 Dec 2026 is after Wed 23 Dec 2026" in shown_text(counter, course)
    (past,) = counter.done("courses", "show", course)["past_limits"]
    assert (past["session"], past["date"], past["limit"]["day"]) == (
        *("4", "2026-12-28", "2026-12-23"),
    )
    assert "is after Wed 23 Dec 2026, the day to finish by" in (
        counter.ask("courses", "hold", course).out
    )
    words = ("courses", "print", course, "--output", "a.txt")
    assert counter.refused(*words) == (4, "not_as_booked")
    assert "2026-12-23, the day to finish by" in counter.ask(*words).err
    assert counter.done("courses", "stop", course)
    assert counter.done("courses", "show", course)["past_limits"] == []


def test_of_several_treatments_the_last_day_holds_for_each(counter: Counter) -> None:
    course = open_two(counter, "--finish-by", "2027-04-12")
    shown = counter.ask("courses", "show", course, "--full").out
    assert "Finish by" in shown
    days = {
        entry["label"]: entry["date"]
        for entry in counter.done("courses", "show", course)["sessions"]
    }
    assert max(days.values()) <= "2027-04-12"
    last = counter.done("courses", "show", course)["sessions"]
    number = max(entry["number"] for entry in last if entry["label"] == "B")
    refused = counter.refused(
        "courses", "move", course, "--alone", f"B{number}", "--to", "2027-04-13"
    )
    assert refused in ((4, "past_the_limit"), (4, "outside_window"))


def test_agreed_lateness_is_known_to_move_and_hold(counter: Counter) -> None:
    course = counter.open("--late", "3")
    # The window of session 2 is 8 to 11 December.
    moved = counter.done("courses", "move", course, "--alone", "2", "--to", "2026-12-14")
    assert moved["late_days"] == 3
    move = ("courses", "move", course, "--alone", "2", "--to", "2026-12-15")
    assert counter.refused(*move) == (4, "outside_window")
    ran = counter.ask("courses", "hold", course)
    assert "booked for Mon 14 Dec 2026" in ran.out
    assert "no longer fit" not in ran.out


def test_the_budget_is_told(counter: Counter) -> None:
    course = counter.open("--budget", "250.00")
    assert "Budget 250.00 GBP" in shown_text(counter, course)
    assert [number for number, *_ in counter.sessions(course)] == [1, 2]
    # What was agreed stands when prices rise; the budget cuts nothing later.
    Path("clinic.toml").write_text(CLINIC.replace('"100.00"', '"200.00"'))
    counter.done("courses", "replan", course, "--away", "2026-12-08", "--yes")
    assert [number for number, *_ in counter.sessions(course)] == [1, 2]
    assert counter.done("courses", "show", course)["request"]["budget"] == "250.00"
    counter.done("courses", "print", course, "--output", "a.txt")


def test_days_hours_and_absences_are_told(counter: Counter) -> None:
    words = ("--days", "tue,wed", "--between", "10:00-16:00", "--away", "2026-12-29", "--late", "1")
    shown = shown_text(counter, counter.open(*words))
    for line in ("Days Tue, Wed", "Hours 10:00-16:00", "Away 29 Dec 2026", "Late up to 1 day"):
        assert line in shown
