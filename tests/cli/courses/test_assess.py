"""`courses assess`, `review` and `hold --improved`: what clinicians say of a course.

Weekly sessions on 1, 8 and 15 December 2026, then one two weeks on if the skin has improved.
"""

from io import TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from tests.cli.courses import conftest
from tests.cli.courses.desk import RULES, Counter, Ran
from tests.cli.courses.programme import in_both

WEEKS = ("2026-12-01", "2026-12-08", "2026-12-15")


class Terminal(TextIOWrapper):
    """Where somebody answers."""

    def isatty(self) -> bool:
        return True


def begun(counter: Counter, weeks: tuple[str, ...] = WEEKS) -> str:
    course = counter.open("--start", "2026-12-01")
    for day in weeks:
        counter.done("courses", "hold", course, "--as-of", day)
    return course


def flat(ran: Ran) -> str:
    return " ".join(ran.out.split())


def booked(counter: Counter, course: str) -> list[str]:
    return [day for _, status, day in counter.sessions(course) if status == "booked"]


def words(made: Any) -> list[tuple[str, str]]:
    return [(it["on"], it["improved"]) for it in made["state"]["assessments"] if not it["until"]]


@in_both
def test_without_improvement_the_next_session_moves_and_no_other_does(counter: Counter) -> None:
    course = begun(counter)
    assert booked(counter, course) == ["2026-12-29"]
    day = ("--as-of", "2026-12-15")
    told = counter.ask("courses", "assess", course, "--improved", "no", *day)
    assert "replan" in told.out
    made = counter.done("courses", "replan", course, "--yes", *day)
    assert [change["to"] for change in made["changes"]] == ["2026-12-22"]
    assert counter.ask("courses", "show", course, "--full").out.count("Not improved") == 1


def test_what_is_foreseen_stays_where_it_is_booked(counter: Counter) -> None:
    course = begun(counter)
    told = counter.ask("courses", "assess", course, "--improved", "yes", "--as-of", "2026-12-15")
    assert (told.code, "replan" in told.out) == (0, False)
    assert booked(counter, course) == ["2026-12-29"]


@in_both
def test_an_assessment_is_corrected_and_withdrawn(counter: Counter) -> None:
    course = begun(counter)
    made = counter.done("courses", "assess", course, "--improved", "no", "--as-of", "2026-12-15")
    wrong = ("courses", "correct", course, str(made["revision"]), "--reason", "other patient")
    later = ("--as-of", "2026-12-16")
    made = counter.done(*wrong, "--set", "improved=yes", *later)
    assert words(made) == [("2026-12-15", "yes")]
    assert made["state"]["forecast"]["earliest"] == "2026-12-29"
    made = counter.done(*wrong, "--withdraw", *later)
    assert words(made) == []
    assert made["state"]["forecast"]["earliest"] == "2026-12-22"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [(b"no\n", ["no"]), (b"maybe\nunclear\n", ["unclear"]), (b"\n", []), (b"y\n", ["yes"])],
)
def test_a_session_that_decides_asks_on_a_terminal(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, typed: bytes, expected: list[str]
) -> None:
    course = begun(counter, WEEKS[:2])
    monkeypatch.setattr(conftest, "TextIOWrapper", Terminal)
    ran = counter.ask("courses", "hold", course, "--as-of", WEEKS[2], stdin=typed)
    assert "Has the skin improved?" in ran.err
    shown = counter.done("courses", "show", course)
    assert [it["improved"] for it in shown["assessments"]] == expected


def test_what_was_assessed_is_held_with_the_session(counter: Counter) -> None:
    course = begun(counter, WEEKS[:2])
    day = ("--as-of", WEEKS[2])
    hold = ("courses", "hold", course, *day, "--improved")
    assert counter.refused(*hold, "perhaps") == (2, "bad_answer")
    assert words(counter.done(*hold, "no")) == [(WEEKS[2], "no")]


def test_a_review_leads_on_past_a_lapse(counter: Counter) -> None:
    course = begun(counter, WEEKS[:1])
    day = ("--as-of", "2027-01-04")
    replan = ("courses", "replan", course, "--late", "60", *day)
    assert counter.refused(*replan) == (1, "no_calendar")
    review = ("courses", "review", course, "--who", "Dr A", *day)
    assert counter.refused(*review) == (2, "missing_argument")
    assert counter.refused(*review, "--go-on", "--stop") == (2, "contradiction")
    made = counter.done(*review, "--go-on")
    assert made["state"]["reviews"][0]["reviewed"]["who"] == "Dr A"
    assert counter.done(*replan)["changes"]


def test_past_a_lapse_that_is_assumed_the_course_goes_on_and_somebody_is_asked(
    counter: Counter,
) -> None:
    goes_on = RULES.replace('lapse = "4 weeks"', 'lapse = "4 weeks"\nlapse_action = "continue"')
    Path("skin.toml").write_text(goes_on)
    course = begun(counter, WEEKS[:1])
    day = ("--as-of", "2027-01-04")
    told = " ".join(counter.ask("courses", "show", course, "--full", *day).out.split())
    assert (
        "Session 2 has lapsed: after 2026-12-29, away for more than 4 weeks;"
        " no source says what follows, ask a clinician."
    ) in told
    assert counter.done("courses", "replan", course, "--late", "60", *day)["changes"]


@in_both
def test_a_review_starts_the_phase_again_or_ends_the_course(counter: Counter) -> None:
    course = begun(counter, WEEKS[:1])
    day = ("--as-of", "2027-01-04", "--who", "Dr A")
    made = counter.done("courses", "review", course, "--restart", *day)
    assert made["state"]["forecast"]["earliest"] == "2027-01-04"
    made = counter.done("courses", "review", course, "--stop", *day)
    assert made["state"]["status"] == "stopped"


def test_before_any_session_nothing_is_said(counter: Counter) -> None:
    course = counter.open("--start", "2026-12-01")
    day = ("--as-of", "2026-12-01")
    assert counter.refused("courses", "assess", course, "--improved", "no", *day) == (
        *(4, "nothing_held"),
    )
    review = ("courses", "review", course, "--who", "Dr A", "--go-on", *day)
    assert counter.refused(*review) == (4, "nothing_held")


def test_after_a_review_nobody_is_asked_for_one(counter: Counter) -> None:
    course = begun(counter, WEEKS[:1])
    day = ("--as-of", "2027-01-04")
    lapsed = "after 2026-12-29, the lapse of 4 weeks"
    assert f"{lapsed}: a clinician must review" in flat(
        counter.ask("courses", "show", course, "--full", *day)
    )
    told = flat(counter.ask("courses", "review", course, "--who", "Dr A", "--go-on", *day))
    assert (f"{lapsed}: the course goes on" in told, "must review" in told) == (True, False)


def test_a_treatment_beyond_the_most_is_recorded_and_told(counter: Counter) -> None:
    rules = RULES.partition("[top_up]")[0].replace("maximum = 8", "maximum = 2")
    Path("skin.toml").write_text(rules.replace("usual = 4", "usual = 2"))
    course = begun(counter, WEEKS[:2])
    told = "3 treatments were given; a course has at most 2."
    assert told not in flat(counter.ask("courses", "show", course, "--full"))
    held = counter.ask("courses", "hold", course, "--as-of", WEEKS[2])
    assert (held.code, told in flat(held)) == (0, True)
    assert "replan" not in held.out, "nothing that is booked is amiss"
    assert told in flat(counter.ask("courses", "show", course, "--full"))
    (finding,) = counter.done("courses", "show", course)["findings"]
    assert (finding["kind"], finding["message"]) == ("maximum_reached", told)


def test_of_several_treatments_the_one_with_too_many_is_named(counter: Counter) -> None:
    rules = RULES.partition("[top_up]")[0].replace("maximum = 8", "maximum = 2")
    Path("skin.toml").write_text(rules.replace("usual = 4", "usual = 2"))
    course = counter.open("mesobotox", "--start", "2026-12-01")
    for day in WEEKS:
        hold = ("courses", "hold", course, "--treatment", "skin", "--as-of", day, "--yes")
        told = counter.ask(*hold)
        assert told.code == 0, told
    assert "A: 3 treatments were given; a course has at most 2." in flat(told)


def test_the_most_treatments_bound_what_is_to_come_until_the_course_is_stopped(
    counter: Counter,
) -> None:
    """One in vain of four: two more make four treatments, and three sessions that count."""
    Path("skin.toml").write_text(RULES.replace("maximum = 8", "maximum = 4"))
    course = begun(counter, WEEKS[:1])
    hold = counter.ask("courses", "hold", course, "--as-of", "2026-12-04")
    told = "2 treatments were given, and a course has at most 4: 2 more are planned, not 3."
    assert told in flat(hold)
    (finding,) = counter.done("courses", "show", course)["findings"]
    assert (finding["kind"], finding["message"]) == ("maximum_reached", told)
    counter.done("courses", "stop", course, "--as-of", "2026-12-04")
    assert counter.done("courses", "show", course)["findings"] == []


def test_a_word_for_an_earlier_day_leaves_that_of_a_later_one(counter: Counter) -> None:
    """Better on the 15th; that it was not on the 8th is written down after that."""
    course = begun(counter)
    counter.done("courses", "improve", course, "--on", "2026-12-15", "--as-of", "2026-12-15")
    days = booked(counter, course)
    early = ("assess", course, "--improved", "no", "--on", "2026-12-08", "--as-of", "2026-12-15")
    counter.done("courses", *early)
    assert booked(counter, course) == days
    assert "provisional" not in counter.ask("courses", "show", course).out
