"""A session is moved in one step: alone where nothing else moves, else with those that follow."""

from datetime import date

import pytest

from tests.cli.courses.desk import Counter

FACE = ("facial-rejuvenation", "--start", "2026-12-01", "--at", "16:00")


def opened(counter: Counter) -> str:
    made = counter.done(
        "courses", "open", *FACE, "--patient", "A. Example", "--as-of", "2026-11-22"
    )
    course: str = made["course"]
    counter.done("courses", "hold", course, "--on", "2026-12-01", "--as-of", "2026-12-02")
    return course


def days(counter: Counter, course: str) -> list[str]:
    shown = counter.done("courses", "show", course, "--as-of", "2026-12-02")
    return [session["date"] for session in shown["sessions"]]


def test_what_moves_nothing_else_is_booked_at_once(counter: Counter) -> None:
    course = opened(counter)
    before = days(counter, course)
    move = ("courses", "move", course, "6", "--to", "thu", "--at", "15:00", "--as-of", "2026-12-02")
    moved = counter.ask(*move)
    assert moved.code == 0
    assert "Session 6 is on Thu 21 Jan 2027 at 15:00.\n" in moved.out
    assert days(counter, course) == [*before[:5], "2027-01-21"]
    counter.done("courses", "print", course, "--output", "a.pdf", "--as-of", "2026-12-02")


def test_others_that_must_follow_are_shown_and_asked_about(counter: Counter) -> None:
    """From 10 December 7 days at least, to 18; then the clinic is closed from 24 to 26."""
    course = opened(counter)
    before = days(counter, course)
    move = ("courses", "move", course, "2", "--to", "thu", "--at", "15:00", "--as-of", "2026-12-02")
    asked = counter.ask(*move)
    assert asked.code == 2
    assert "4 more must follow. Session 3 moves from Tue 15 Dec 2026 to Fri 18 Dec" in asked.err
    assert days(counter, course) == before
    made = counter.done(*move, "--yes")
    assert [change["number"] for change in made["changes"]] == [3, 4, 5, 6]
    assert days(counter, course) == [
        *("2026-12-01", "2026-12-10", "2026-12-18", "2026-12-28", "2027-01-11", "2027-01-25")
    ]
    counter.done("courses", "print", course, "--output", "a.pdf", "--as-of", "2026-12-02")


def test_one_that_was_missed_is_moved_the_same_way(counter: Counter) -> None:
    """On 11 December session 2 of the 8th is past and was not held."""
    course = opened(counter)
    late = ("--late", "--reason", "ill", "--as-of", "2026-12-11", "--yes")
    counter.done("courses", "move", course, "2", "--to", "mon", *late)
    assert days(counter, course)[:3] == ["2026-12-01", "2026-12-14", "2026-12-21"]


def test_alone_leaves_the_others_where_they_are(counter: Counter) -> None:
    course = opened(counter)
    before = days(counter, course)
    move = ("courses", "move", course, "2", "--alone", "--to", "2026-12-10")
    told = counter.ask(*move, "--as-of", "2026-12-02")
    assert told.code == 0
    assert "Some booked days no longer fit" in told.out
    assert days(counter, course) == [before[0], "2026-12-10", *before[2:]]


@pytest.mark.parametrize(
    ("typed", "as_of", "to"),
    [("thu", "2026-12-02", "2026-12-10"), ("Friday", "2026-12-02", "2026-12-11")],
)
def test_a_weekday_is_that_of_the_booked_week(
    counter: Counter, typed: str, as_of: str, to: str
) -> None:
    course = opened(counter)
    move = ("courses", "move", course, "2", "--alone", "--to", typed, "--as-of", as_of)
    counter.done(*move)
    assert days(counter, course)[1] == to
    assert date.fromisoformat(to).strftime("%a") == typed[:3].title()


def test_where_an_earlier_one_is_not_recorded_it_moves_alone(counter: Counter) -> None:
    """Session 2 of 8 December cannot be after the 11th: it has to be recorded first."""
    course = opened(counter)
    told = counter.ask(
        "courses", "move", course, "3", "--to", "2026-12-18", "--as-of", "2026-12-14"
    )
    assert told.code == 0
    assert "Those after it no longer fit, and cannot follow." in told.out
