"""How patients are reached, and whom to call for what is due."""

from typing import Any

import pytest

from tests.cli.courses.desk import Counter

PHONE, EMAIL = "+44 20 7946 0018", "ana@example.com"


def reached(counter: Counter, course: str) -> tuple[str | None, str | None]:
    shown = counter.done("courses", "show", course)
    return shown["phone"], shown["email"]


def test_kept_with_the_course_and_changed(counter: Counter) -> None:
    course = counter.open("--phone", PHONE, "--email", EMAIL)
    assert reached(counter, course) == (PHONE, EMAIL)
    text = counter.ask("courses", "show", course, "--full").out
    assert PHONE in text
    assert EMAIL in text
    told = counter.ask("courses", "contact", course, "--phone", "0171 999 (mother)")
    assert f"the patient is reached under 0171 999 (mother) and {EMAIL}." in told.err
    counter.done("courses", "contact", course, "--email", "")
    assert reached(counter, course) == ("0171 999 (mother)", None)
    counter.done("courses", "stop", course)
    gone = counter.ask("courses", "contact", course, "--phone", "")
    assert "no contact is known." in gone.err
    assert reached(counter, course) == (None, None), "of a course that was stopped, too"
    assert reached(counter, counter.open()) == (None, None)


def test_a_correction_of_the_opening_and_a_change_after_it(counter: Counter) -> None:
    course = counter.open("--phone", PHONE)
    change = ("courses", "correct", course, "1", "--set", "phone=0171 1", "--reason", "a slip")
    counter.done(*change)
    assert reached(counter, course) == ("0171 1", None)
    assert counter.refused(*change[:5], "phone=none", *change[6:]) == (2, "bad_number")


def test_nothing_of_it_is_left_after_erasing(counter: Counter) -> None:
    course = counter.open("--phone", PHONE, "--email", EMAIL)
    counter.done("courses", "contact", course, "--phone", "0171 999")
    counter.done("courses", "erase", course, "--yes")
    left = b"".join(file.read_bytes() for file in counter.path.parent.glob("courses.book*"))
    assert not [it for it in (PHONE, EMAIL, "0171 999") if it.encode() in left]
    assert counter.done("courses", "due")["months"] == []
    shown = counter.done("courses", "show", course)
    assert (shown["phone"], shown["email"]) == (None, None)
    assert counter.refused("courses", "contact", course, "--phone", "0171 5") == (4, "erased")


@pytest.mark.parametrize(
    ("text", "is_found"),
    [("7946 0018", True), ("79460018", True), ("ANA@", True), ("00", False), ("7946 0019", False)],
)
def test_found_by_how_the_patient_is_reached(counter: Counter, text: str, is_found: bool) -> None:
    course = counter.open("--phone", PHONE, "--email", EMAIL)
    counter.open(patient="Berta")
    found = counter.ask("courses", "find", text, "--format", "json").out
    assert (course in found) is is_found


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--phone", "ana"), "bad_number"),
        (("--phone", "12"), "bad_number"),
        (("--phone", " "), "bad_text"),
        (("--phone", "0171\x1b[2J"), "bad_text"),
        (("--phone", "1" * 201), "too_long"),
        (("--email", "ana"), "bad_address"),
        (("--email", "a@b, c@d"), "bad_address"),
    ],
)
def test_what_nobody_is_reached_under(counter: Counter, words: tuple[str, ...], code: str) -> None:
    opening = ("courses", "open", "skin", "--rules", "skin.toml", *words)
    assert counter.refused(*opening) == (2, code)
    course = counter.open()
    assert counter.refused("courses", "contact", course, *words) == (2, code)
    assert counter.refused("courses", "contact", course) == (2, "missing_argument")


def due(counter: Counter, *words: str) -> list[tuple[Any, ...]]:
    months = counter.done("courses", "due", *words)["months"]
    facts = ("patient", "phone", "session", "what", "booked_on", "overdue")
    return [(it["month"], *(v[k] for k in facts)) for it in months for v in it["visits"]]


def test_due_by_month(counter: Counter) -> None:
    """Skin: a top-up three to four months after the last; Berta's first came and went."""
    over = counter.open("--sessions", "2", "--no-improvement", "--phone", PHONE, patient="Ana")
    counter.open("--start", "2026-12-10", patient="Berta")
    ill = counter.open(patient="Cleo")
    counter.done("courses", "pause", ill, "--reason", "ill")
    stopped = counter.open(patient="Dora")
    counter.done("courses", "stop", stopped)
    ana = ("Ana", PHONE)
    assert due(counter) == [
        ("2026-12", *ana, "1", "session", "2026-12-01", False),
        ("2026-12", "Berta", None, "1", "session", "2026-12-10", False),
    ]
    for day in ("2026-12-01", "2026-12-08"):
        counter.set_day(day)
        counter.done("courses", "hold", over)
    counter.set_day("2027-01-05")
    berta = ("2027-01", "Berta", None, "1", "session", "2026-12-10", True)
    top_up = ("2027-03", *ana, "3", "top-up", None, False)
    assert due(counter) == [berta, top_up], "8 Dec and three months: 8 Mar"
    assert due(counter, "--until", "2027-03-07") == [berta]
    assert due(counter, "--until", "2027-03-08", "--unbooked") == [berta, top_up]
    text = counter.ask("courses", "due").out
    for word in ("January 2027", "March 2027", "8 Mar - 8 Apr", PHONE, "top-up 3", "overdue"):
        assert word in text
    counter.set_day("2027-05-01")
    assert due(counter, "--unbooked")[1] == ("2027-05", *ana, "3", "top-up", None, True)
    counter.open("--no-improvement", patient="Ana")
    assert [it[1:5] for it in due(counter) if it[1] == "Ana"] == [("Ana", None, "1", "session")]


def test_nothing_is_due(counter: Counter) -> None:
    counter.done("courses", "stop", counter.open())
    rules = counter.path.parent / "skin.toml"
    before, _, after = rules.read_text().partition("[top_up]")
    rules.write_text(before + after[after.index("[facts]") :])
    over = counter.open("--sessions", "2", "--no-improvement", patient="Ana")
    for day in ("2026-12-01", "2026-12-08"):
        counter.set_day(day)
        counter.done("courses", "hold", over)
    assert counter.ask("courses", "due").out.strip() == "Nothing is due."


def test_how_long_a_course_may_be_used_is_told(counter: Counter) -> None:
    clinic = counter.path.parent / "clinic.toml"
    text = clinic.read_text()
    clinic.write_text(text.replace('deposit = "25%"', 'deposit = "25%"\nvalid = "6 months"'))
    counter.open()
    assert "valid until 1" in counter.ask("courses", "due").out
    visit = counter.done("courses", "due")["months"][0]["visits"][0]
    assert visit["valid_until"] == "2027-06-01"
