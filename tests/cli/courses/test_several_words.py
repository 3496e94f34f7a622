"""How sessions of several treatments are named, and what is refused."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.courses.desk import CLINIC, Counter
from tests.cli.courses.several import HAIR, TOGETHER, days, due, marks, open_two


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (("hold", "{}", "--session", "1"), 2, "which_treatment"),
        (("hold", "{}", "--session", "C1"), 2, "unknown_treatment"),
        (("hold", "{}", "--session", "peel:1"), 2, "unknown_treatment"),
        (("hold", "{}", "--session", "A"), 2, "bad_session"),
        (("hold", "{}", "--session", "A0"), 2, "bad_session"),
        (("hold", "{}", "--session", "9"), 2, "which_treatment"),
        (("hold", "{}", "--treatment", "C"), 2, "unknown_treatment"),
        (("hold", "{}", "--treatment", "botox"), 2, "unknown_treatment"),
        (("miss", "{}", "--session", "2"), 2, "which_treatment"),
        (("miss", "{}", "--session", "A9"), 4, "no_such_session"),
        (("miss", "{}", "--session", "A1"), 4, "in_the_future"),
        (("miss", "{}", "--treatment", "nose"), 2, "unknown_treatment"),
        (("move", "{}", "--alone", "1", "--to", "2027-01-05"), 2, "which_treatment"),
        (("move", "{}", "--alone", "B9", "--to", "2027-01-05"), 4, "no_such_session"),
        (("move", "{}", "--alone", "two", "--to", "2027-01-05"), 2, "bad_session"),
        (("replan", "{}", "--release", "2"), 2, "which_treatment"),
        (("improve", "{}"), 4, "no_taper"),
        (("improve", "{}", "--treatment", "Z"), 2, "unknown_treatment"),
        (("open", "mesobotox", "mesobotox"), 2, "duplicate_protocol"),
        (("open", "mesobotox", "nothing"), 2, "unknown_protocol"),
        (
            ("open", "general", "mesobotox", "hyaluronic-acid", "cellulite", "mesoglow"),
            2,
            "too_many",
        ),
        (("open", "mesobotox", "hyaluronic-acid", "--held", "2026-11-02"), 2, "bad_held"),
        (("open", "mesobotox", "hyaluronic-acid", "--sessions", "39"), 2, "bad_sessions"),
        (("open", "mesobotox", "hyaluronic-acid", "--pin", "1=2027-01-05"), 2, "bad_pin"),
    ],
)
def test_refused(counter: Counter, words: Sequence[str], code: int, error: str) -> None:
    course = open_two(counter)
    assert counter.refused("courses", *(word.format(course) for word in words)) == (code, error)


def test_what_is_refused_says_what_to_write(counter: Counter) -> None:
    course = open_two(counter)
    document = counter.ask(
        "courses", "move", course, "--alone", "1", "--to", "2027-01-05", "--format", "json"
    )
    error = document.json["error"]
    assert (error["field"], error["value"]) == ("session", "1")
    assert error["remedy"] == "Write A1 or hyaluronic-acid:1, or B1 or mesobotox:1."
    ran = counter.ask("courses", "hold", course, "--treatment", "C")
    assert "Known: A hyaluronic-acid, B mesobotox." in ran.err
    assert "B2 or mesobotox:2" in counter.ask("courses", "hold", course, "--session", "x").err


def test_a_number_that_only_one_treatment_can_mean(counter: Counter) -> None:
    course = open_two(counter)
    # Only hyaluronic acid has a third session.
    moved = counter.ask("courses", "move", course, "--alone", "3", "--to", "2027-03-05")
    assert "session A3 moves" in moved.err
    counter.set_day("2027-02-04")
    counter.done("courses", "hold", course, "--session", "a1", "--on", "2027-01-04")
    # The first of A is held: it can only be that of B, whoever says which treatment or does not.
    held = counter.ask("courses", "hold", course, "--session", "1", "--on", "2027-01-04")
    assert "session B1 was held" in held.err
    held = counter.ask("courses", "hold", course, "--session", "2", "--treatment", "A")
    assert "session A2 was held" in held.err


def test_the_visit_of_the_day_is_meant(counter: Counter) -> None:
    course = open_two(counter, rules="")
    # A1 on the 4th was forgotten; on the 18th B1 is booked, and that is what was held.
    counter.set_day("2027-01-18")
    assert "session B1 was held" in counter.ask("courses", "hold", course).err
    assert "session A1 was held" in counter.ask("courses", "hold", course, "--on", "2027-01-18").err


def test_what_is_due_where_nothing_is_booked(counter: Counter) -> None:
    course = open_two(counter)
    counter.set_day("2027-01-05")
    counter.done("courses", "miss", course)
    for mark in ("A2", "A3", "B2"):
        counter.set_day("2027-05-01")
        counter.done("courses", "miss", course, "--session", mark)
    # Both are due since 4 January; the book has no days for either.
    ran = counter.ask("courses", "hold", course)
    assert "sessions A1 and B1 were held" in ran.err
    assert "Nothing is booked: see" in ran.out
    assert counter.refused("courses", "hold", course) == (4, "nothing_due")
    assert counter.refused("courses", "miss", course) == (4, "no_such_session")
    # Of one treatment that is named its next session is meant, due or not.
    counter.set_day("2027-05-03")
    assert "session A2 was held" in counter.ask("courses", "hold", course, "--treatment", "A").err
    counter.set_day("2027-06-01")
    listed = counter.done("courses", "list", "--unbooked")["courses"]
    assert [line["course"] for line in listed] == [course]


def test_a_missed_visit_is_missed_by_both(counter: Counter) -> None:
    course = open_two(counter)
    counter.set_day("2027-01-05")
    ran = counter.ask("courses", "miss", course)
    assert "sessions A1 and B1 of Mon 4 Jan 2027 were missed" in ran.err
    assert "Session A1 is due from Mon 4 Jan 2027 to Sun 31 Jan 2027." in ran.out
    assert [status for mark, status, _ in marks(counter, course) if mark in ("A1", "B1")] == [
        *("missed", "missed")
    ]


def test_one_that_is_due_and_has_no_day_is_not_lost(counter: Counter) -> None:
    course = open_two(counter)
    counter.set_day("2027-01-05")
    counter.done("courses", "hold", course, "--on", "2027-01-04")
    counter.set_day("2027-03-05")
    counter.done("courses", "miss", course, "--session", "A2")
    counter.done("courses", "miss", course, "--session", "A3")
    # B2 is booked for 5 April, but it is A that is overdue.
    (line,) = counter.done("courses", "list", "--unbooked")["courses"]
    assert (line["next_protocol"], line["booked_on"]) == ("hyaluronic-acid", None)
    assert len(counter.done("courses", "list", "--overdue")["courses"]) == 1


def open_skin_and_hair(counter: Counter, *words: str) -> str:
    Path("clinic.toml").write_text(CLINIC + TOGETHER)
    Path("hair.toml").write_text(HAIR)
    made = counter.done(
        *("courses", "open", "skin*4", "hair*3", "mesobotox*1@2027-03-01"),
        *("--rules", "skin.toml", "--rules", "hair.toml", *words),
    )
    course: str = made["course"]
    return course


def test_improvement_holds_for_all_that_wait(counter: Counter) -> None:
    course = open_skin_and_hair(counter)
    assert counter.refused("courses", "improve", course) == (4, "nothing_held")
    for day in ("2026-12-01", "2026-12-08"):
        counter.set_day(day)
        counter.done("courses", "hold", course, "--treatment", "skin")
        counter.done("courses", "hold", course, "--treatment", "hair")
    before = due(counter, course)
    # Weekly up to the third session of skin; hair is monthly, once it has improved.
    assert before["A"] == (3, "2026-12-15", "2026-12-18")
    assert before["B"] == (3, "2026-12-15", "2027-02-08"), "weekly until it is assessed"
    ran = counter.ask("courses", "improve", course)
    assert "improvement of skin, hair was recorded" in ran.err
    assert "Session A3 is due from Tue 22 Dec 2026 to Tue 29 Dec 2026." in ran.out
    assert counter.refused("courses", "improve", course) == (4, "already_recorded")
    shown = counter.done("courses", "show", course)
    assert shown["improvements"] == {"skin": "2026-12-08", "hair": "2026-12-08"}
    assert "Improved A, B" in counter.ask("courses", "show", course, "--full").out
    # Closed from the 24th to the 26th: every day from the 22nd fits, and nothing is provisional.
    counter.done("courses", "replan", course, "--yes")
    sessions = counter.done("courses", "show", course)["sessions"]
    assert not any(it["provisional"] for it in sessions)
    assert next(it["date"] for it in sessions if (it["label"], it["number"]) == ("A", 3)) == (
        "2026-12-22"
    )
    assert "protocols" in counter.done("courses", "history", course)["events"][6]["content"]
    assert "skin" in counter.ask("courses", "history", course).out


def test_improvement_of_one_and_then_the_other(counter: Counter) -> None:
    course = open_skin_and_hair(counter)
    counter.done("courses", "hold", course, "--treatment", "skin")
    counter.done("courses", "hold", course, "--treatment", "hair")
    counter.set_day("2026-12-08")
    counter.done("courses", "improve", course, "--treatment", "hair")
    assert counter.refused("courses", "improve", course, "--treatment", "B")[1] == (
        "already_recorded"
    )
    assert counter.refused("courses", "improve", course, "--treatment", "C") == (4, "no_taper")
    made = counter.done("courses", "improve", course)["state"]
    assert made["improvements"] == {"hair": "2026-12-08", "skin": "2026-12-08"}
    counter.done("courses", "replan", course, "--yes")


def test_a_course_of_two_that_began_elsewhere(counter: Counter) -> None:
    elsewhere = (
        "--held",
        "skin:2026-11-17",
        "--held",
        "skin:2026-11-24",
        "--held",
        "hair:2026-11-24",
    )
    course = open_skin_and_hair(counter, *elsewhere, "--improved-on", "2026-11-24")
    assert [entry for entry in marks(counter, course) if entry[1] == "held"] == [
        ("B1", "held", "2026-11-24"),
        ("A1", "held", "2026-11-17"),
        ("A2", "held", "2026-11-24"),
    ]
    # Both improved on the day: skin every 2 to 3 weeks, hair every month or two.
    found = due(counter, course)
    assert found["A"] == (3, "2026-12-08", "2026-12-15")
    assert found["B"] == (2, "2026-12-24", "2027-01-24")
    assert counter.refused("courses", "improve", course) == (4, "already_recorded")
    # A3 waits for the 11th, so that A4 shares the visit of B2.
    booked = days(counter, course)
    assert (booked["A3"], booked["A4"], booked["B2"]) == ("2026-12-11", *2 * ["2026-12-28"])
    counter.set_day("2026-12-11")
    assert "session A3 was held" in counter.ask("courses", "hold", course).err
    assert counter.done("courses", "replan", course)["changes"] == []
    counter.done("courses", "print", course, "--output", "a.txt")


def test_all_sessions_of_one_were_held_elsewhere(counter: Counter) -> None:
    words = ("hyaluronic-acid*3", "mesobotox*1", "--held", "mesobotox:2026-11-03")
    Path("clinic.toml").write_text(CLINIC)
    course = counter.done("courses", "open", *words)["course"]
    found = due(counter, course)
    assert found["B"] is None
    assert found["A"] is not None
    assert "Next B" not in counter.ask("courses", "show", course, "--full").out
    counter.done("courses", "print", course, "--output", "a.txt")
