"""A replan that changes nothing says so and writes nothing; what is asked anew is remembered."""

import pytest

from tests.cli.courses.desk import Counter
from tests.cli.courses.several import open_two

NOTHING = "Every booked day can stay: nothing changes."


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--late", "20"),
        ("--late", "0"),
        ("--start", "2026-12-01"),
        ("--release", "2"),
        ("--away", "2026-12-25"),
        ("--days", "tue"),
    ],
)
def test_what_changes_nothing_writes_nothing(counter: Counter, words: tuple[str, ...]) -> None:
    course = counter.open("--away", "2026-12-25", "--days", "tue")
    for _ in range(2):
        ran = counter.ask("courses", "replan", course, *words, "--yes")
        assert (ran.code, ran.out) == (0, f"{NOTHING}\n")
    made = counter.done("courses", "replan", course, *words, "--yes")
    assert (made["revision"], made["changes"], made["booked"]) == (None, [], False)
    assert counter.done("courses", "show", course)["revision"] == 2


def test_of_several_treatments_too(counter: Counter) -> None:
    course = open_two(counter)
    for words in ((), ("mesobotox*2",), ("--late", "9")):
        assert counter.ask("courses", "replan", course, *words, "--yes").out == f"{NOTHING}\n"
    assert counter.done("courses", "show", course)["revision"] == 2


@pytest.mark.parametrize(
    ("words", "name", "kept", "told"),
    [
        (("--away", "2026-12-24"), "away", ["2026-12-24"], "away 2026-12-24"),
        (("--finish-by", "2027-02-01"), "finish_by", "2027-02-01", "finish by 2027-02-01"),
        (("--days", "tue,wed"), "days", ["tue", "wed"], "days tue wed"),
        (("--prefer", "tue"), "prefer", ["tue"], "prefer tue"),
    ],
)
def test_what_is_asked_anew_is_remembered_once(
    counter: Counter, words: tuple[str, ...], name: str, kept: object, told: str
) -> None:
    course = counter.open()
    before = counter.sessions(course)
    preview = counter.ask("courses", "replan", course, *words)
    assert f"Asked from now on: {told}." in preview.out
    assert "Nothing is written yet" in preview.out
    assert counter.done("courses", "replan", course, *words, "--yes")["revision"] == 4
    assert counter.done("courses", "show", course)["request"][name] == kept
    assert counter.sessions(course) == before
    assert counter.ask("courses", "replan", course, *words, "--yes").out == f"{NOTHING}\n"


def test_a_session_let_go_is_said(counter: Counter) -> None:
    course = counter.open()
    counter.done("courses", "move", course, "--alone", "2", "--to", "2026-12-08")
    ran = counter.ask("courses", "replan", course, "--release", "2", "--yes")
    assert "Of session 2 changes: that it is fixed by hand." in ran.out
    assert counter.ask("courses", "replan", course, "--release", "2").out == f"{NOTHING}\n"


@pytest.mark.parametrize("sessions", ["2", "4"])
def test_lateness_that_is_needed_is_agreed(counter: Counter, sessions: str) -> None:
    course = counter.open("--sessions", sessions)
    late = ("--late", "--reason", "travels")
    counter.done("courses", "move", course, "--alone", "2", "--to", "2026-12-14", *late)
    counter.done("courses", "replan", course, "--late", "3", "--yes")
    assert counter.done("courses", "show", course)["request"]["late"] == 3
