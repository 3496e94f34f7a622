"""A clinic that names who treats: who gives a session, and what it takes, is kept in the book."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.courses.desk import CLINIC, RULES, Counter

DOCTOR = """\
[[practitioners]]
id = "doctor-a"
name = "Dr A"
"""
AWAY = """\
absences = [{ from = "2026-12-01", to = "2026-12-31" }]
"""
OTHERS = """\
[[practitioners]]
id = "nurse-b"
name = "Nurse B"
[[rooms]]
id = "room-1"
turnover = 10
[[devices]]
id = "mesogun"
count = 3
"""


@pytest.fixture
def staffed(counter: Counter) -> Counter:
    """Name a doctor, who is away in December, a nurse, a room and three devices."""
    Path("clinic.toml").write_text(CLINIC + DOCTOR + AWAY + OTHERS)
    rules = RULES.replace("minutes = 45\n", 'minutes = 45\ndevices = ["mesogun"]\n', 1)
    Path("skin.toml").write_text(rules)
    return counter


def _doctor_is_back() -> None:
    Path("clinic.toml").write_text(CLINIC + DOCTOR + OTHERS)


def _session(counter: Counter, course: str, number: int) -> dict[str, Any]:
    shown = counter.done("courses", "show", course)["sessions"]
    (session,) = (it for it in shown if it["number"] == number)
    return dict(session)


def _given(counter: Counter, course: str, number: int) -> tuple[str, str, str]:
    """Return the day and time of a session, and who gives it."""
    session = _session(counter, course, number)
    return session["date"], session["start"], session["takes"]["practitioner"]


def test_a_session_moves_to_somebody_by_name_and_to_what_is_reserved(staffed: Counter) -> None:
    _doctor_is_back()
    course = staffed.open("--sessions", "2", "--practitioner", "doctor-a")
    words = ("courses", "move", course, "2", "--to", "2026-12-09")
    staffed.done(*words, "--at", "10:00", "--practitioner", "nurse-b")
    assert _given(staffed, course, 2) == ("2026-12-09", "10:00", "nurse-b")
    assert staffed.refused(*words, "--practitioner", "nurse-x") == (2, "unknown_name")
    rules = Path("skin.toml").read_text().replace("minutes =", 'continuity = "same"\nminutes =', 1)
    Path("same.toml").write_text(rules.replace('id = "skin"', 'id = "same"', 1))
    words_of_it = ("same", "--rules", "same.toml", "--patient", "Carla Secret", "--sessions", "2")
    mine = ("--start", "2026-12-03", "--practitioner", "doctor-a")
    one = staffed.done("courses", "open", *words_of_it, *mine)["course"]
    alone = ("courses", "move", one, "2", "--to", "2026-12-11", "--practitioner", "nurse-b")
    assert staffed.refused(*alone) == (2, "contradiction")
    handed = staffed.ask("courses", "replan", one, "--practitioner", "nurse-b").out
    assert handed.count("who gives it") + handed.count("moves from") == 2, handed
    staffed.done("courses", "replan", one, "--practitioner", "nurse-b", "--yes")
    assert {_given(staffed, one, number)[2] for number in (1, 2)} == {"nurse-b"}
    staffed.open(
        "--sessions",
        "2",
        "--start",
        "2026-12-03",
        "--at",
        "11:00",
        "--practitioner",
        "nurse-b",
        patient="Berta Secret",
    )
    taken = ("courses", "move", course, "2", "--to", "2026-12-10", "--at", "11:00")
    told = staffed.ask(*taken, "--practitioner", "nurse-b")
    assert (told.code, "Nurse B (nurse-b) is booked" in told.err, "Dr A" in told.err) == (
        1,
        True,
        False,
    )
    peeling = OTHERS.replace('"Nurse B"\n', '"Nurse B"\ntreats = ["peel"]\n')
    Path("clinic.toml").write_text(CLINIC + DOCTOR + peeling)
    assert staffed.refused(*taken, "--practitioner", "nurse-b") == (2, "not_treating")
    reserve = '[reserve]\nshare = "100%"\n'
    Path("clinic.toml").write_text(CLINIC + DOCTOR + OTHERS + reserve)
    later = (*taken[:-1], "14:00")
    told = staffed.ask(*later)
    assert (told.code, "keeps time for urgent cases" in told.err) == (1, True)
    staffed.done(*later, "--urgent", "--practitioner", "doctor-a")
    assert _given(staffed, course, 2) == ("2026-12-10", "14:00", "doctor-a")
    anew = ("courses", "replan", course, "--away", "2026-12-10", "--release", "2")
    told = staffed.ask(*anew)
    assert (told.code, "keeps time for urgent cases" in told.err) == (1, True)
    staffed.done(*anew, "--urgent", "--yes")
    assert _given(staffed, course, 2)[0] == "2026-12-09"


def test_a_session_moves_with_its_practitioner(staffed: Counter) -> None:
    course = staffed.open("--sessions", "2")
    _doctor_is_back()
    staffed.done("courses", "move", course, "2", "--to", "2026-12-09", "--at", "10:00")
    session = _session(staffed, course, 2)
    assert (session["date"], session["start"]) == ("2026-12-09", "10:00")
    assert session["takes"] == {
        "practitioner": "nurse-b",
        "before": 0,
        "after": 0,
        "rooms": [{"room": "room-1", "minutes": 10}],
        "devices": [{"device": "mesogun", "count": 3}],
        "overlaps": False,
    }


def test_a_session_does_not_move_into_a_room_that_is_booked(staffed: Counter) -> None:
    first = staffed.open("--sessions", "2")
    other = staffed.open("--sessions", "2", patient="Berta Secret")
    _doctor_is_back()
    assert _given(staffed, first, 2) == ("2026-12-08", "09:00", "nurse-b")
    words = ("courses", "move", other, "2", "--to", "2026-12-08", "--at", "09:45")
    assert staffed.refused(*words) == (1, "no_room")
    told = staffed.ask(*words).err
    assert "No session can be on 2026-12-08 at 09:45: room-1 is booked." in told
    assert "Anna" not in told


def test_who_gave_the_last_session_gives_the_next(staffed: Counter) -> None:
    course = staffed.open("--sessions", "2")
    staffed.done("courses", "hold", course, "--on", "2026-12-01")
    _doctor_is_back()
    staffed.set_day("2026-12-02")
    staffed.done("courses", "replan", course, "--away", "2026-12-08", "--yes")
    assert _given(staffed, course, 2) == ("2026-12-09", "09:00", "nurse-b")


def test_what_others_booked_counts_for_the_sessions_that_follow(staffed: Counter) -> None:
    """The room is taken from 9 to 9:55 on the day to which session 3 has to follow."""
    course = staffed.open("--sessions", "3")
    at_nine = ("--start", "2026-12-17", "--pin", "1=2026-12-17", "--late", "5")
    other = staffed.open("--sessions", "2", *at_nine, patient="Berta Secret")
    assert _given(staffed, other, 1) == ("2026-12-17", "09:00", "nurse-b")
    moved = staffed.done("courses", "move", course, "2", "--to", "thu", "--yes")
    assert [change["number"] for change in moved["changes"]] == [3]
    assert _given(staffed, course, 2) == ("2026-12-10", "09:00", "nurse-b")
    assert _given(staffed, course, 3) == ("2026-12-17", "10:00", "nurse-b")


def test_an_honest_no_names_everybody_on_each_day(counter: Counter) -> None:
    """The doctor is away; the nurse has one patient on Tuesdays, and Dora has her first."""
    nurse = '[[practitioners]]\nid = "nurse-b"\nname = "Nurse B"\n'
    hours = 'hours = { tue = ["09:00-09:45"] }\n'
    Path("clinic.toml").write_text(CLINIC + DOCTOR + AWAY + nurse + hours)
    counter.open("--sessions", "2", "--start", "2026-12-08", patient="Dora Secret")
    asked = ("--start", "2026-12-08", "--start-within", "2", "--sessions", "2")
    new = ("courses", "open", "skin", "--rules", "skin.toml", "--patient", "Emma", "--yes")
    told = counter.ask(*new, *asked)
    assert told.code == 1
    doctor, day = "Dr A (doctor-a) does not work", "Tue 8 Dec 2026"
    words = " ".join(told.err.split())
    assert f"{day}: {doctor}; Nurse B (nurse-b) is booked" in words
    both = f"{doctor}; Nurse B (nurse-b) does not work"
    assert f"Wed 9 Dec 2026 to Thu 10 Dec 2026: {both}" in words
    free = ("courses", "free", "skin", "--rules", "skin.toml", "--around", "2026-12-08")
    assert counter.done(*free)["blocked"] == [doctor, "Nurse B (nurse-b) is booked"]
