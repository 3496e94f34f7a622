"""A clinic file that changed: what it no longer allows is listed, and repaired as an absence is."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.courses.desk import CLINIC, RULES, Counter
from tests.cli.courses.several import SHARED, TWO
from tests.cli.courses.test_absences import NAMES
from tests.cli.courses.test_practitioners import DOCTOR

NURSE = '[[practitioners]]\nid = "nurse-b"\nname = "Nurse B"\n'
ROOMS = '[[rooms]]\nid = "room-1"\n[[rooms]]\nid = "room-2"\n'
PEOPLE = CLINIC + DOCTOR + NURSE + ROOMS
CONSULTING = f"{PEOPLE}[consultation]\nminutes = 30\n"
CHECK = ("clinic", "check", "clinic.toml", "--rules", "skin.toml")


@pytest.fixture
def booked(counter: Counter) -> list[str]:
    """Book three courses of Tuesdays: two at ten with either practitioner, one at eleven."""
    Path("clinic.toml").write_text(PEOPLE)
    who = (("doctor-a", "10:00"), ("nurse-b", "10:00"), ("nurse-b", "11:00"))
    return [
        counter.open("--sessions", "2", "--practitioner", giver, "--at", at, patient=name)
        for name, (giver, at) in zip(NAMES, who, strict=True)
    ]


def _check(counter: Counter, text: str, *words: str) -> tuple[int, Any]:
    Path("clinic.toml").write_text(text)
    book = ("--book", str(counter.path))
    told = counter.ask(*CHECK, *book, *words, "--format", "json")
    return told.code, told.json


def _lost(found: Any) -> list[tuple[str, int, str]]:
    return [(it["patient"], it["number"], it["why"]) for it in found["calls"]]


def test_nothing_to_call_about_where_all_is_allowed(counter: Counter, booked: list[str]) -> None:
    code, found = _check(counter, PEOPLE)
    assert (code, found["lost"], found["calls"], found["booked"]) == (0, 0, [], False)
    assert len(booked) == len(NAMES)


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        (CLINIC + NURSE + ROOMS, {("Anna Secret", "doctor-a is not in the clinic file")}),
        (
            PEOPLE.replace('"Dr A"\n', '"Dr A"\ntreats = ["toxin"]\n'),
            {("Anna Secret", "Dr A (doctor-a) does not treat skin")},
        ),
        (
            PEOPLE.replace('"Dr A"\n', '"Dr A"\nhours = { tue = ["14:00-20:00"] }\n'),
            {("Anna Secret", "Dr A (doctor-a) does not work")},
        ),
        (
            PEOPLE.replace('tue = ["09:00-20:00"]', 'tue = ["11:00-20:00"]'),
            {
                ("Anna Secret", "the session does not fit into the opening hours"),
                ("Berta Secret", "the session does not fit into the opening hours"),
            },
        ),
    ],
)
def test_what_the_file_no_longer_allows(
    text: str, lost: set[tuple[str, str]], counter: Counter, booked: list[str]
) -> None:
    code, found = _check(counter, text)
    assert code == 1
    assert {(who, why) for who, _, why in _lost(found)} == lost
    assert found["lost"] == 2 * len(lost)
    assert booked
    ill = ("clinic", "absent", "doctor-a", "2026-12-01..2026-12-31", "--others", "none")
    assert counter.ask(*ill, "--format", "json").json["lost"] == 2, "named, or only in the book"


def test_a_room_that_is_gone_leaves_one_of_two(counter: Counter, booked: list[str]) -> None:
    one_room = PEOPLE.replace('[[rooms]]\nid = "room-2"\n', "")
    code, found = _check(counter, one_room)
    assert code == 1
    # At ten there were two; who comes first has the room.
    assert found["lost"] == 2
    loser = {it["patient"] for it in found["calls"]}
    assert len(loser) == 1
    assert loser < {"Anna Secret", "Berta Secret"}
    code, done = _check(counter, one_room, "--yes", "--proposal", found["id"])
    assert (code, done["booked"], done["absence"]) == (0, True, None)
    code, again = _check(counter, one_room)
    assert (code, again["lost"]) == (0, 0)
    assert counter.done("book", "verify")["is_sound"]
    assert counter.done("clinic", "absent", "--list")["absences"] == []
    assert booked


def _rooms(counter: Counter, course: str) -> list[set[str]]:
    shown = counter.done("courses", "show", course)["sessions"]
    return [{room["room"] for room in it["takes"]["rooms"]} for it in shown]


def test_who_stays_leaves_a_room_that_is_gone(counter: Counter, booked: list[str]) -> None:
    """Room 1 is given up: those of Tuesdays at ten both kept it, one as the room beside."""
    room_2 = PEOPLE.replace('[[rooms]]\nid = "room-1"\n', "")
    _, found = _check(counter, room_2)
    moved = {it["course"] for it in found["calls"]}
    assert (found["staying"], len(moved)) == (sorted({*booked} - moved), 1)
    assert (
        "2 other courses: nobody is called" in counter.ask(*CHECK, "--book", str(counter.path)).out
    )
    assert _check(counter, room_2, "--yes", "--proposal", found["id"])[0] == 0
    for course in booked:
        assert _rooms(counter, course) == [{"room-2"}] * 2
    # A second room, and a longer turnover: nobody is called, yet there is something to book.
    more = PEOPLE.replace('id = "room-2"\n', 'id = "room-2"\nturnover = 15\n')
    code, found = _check(counter, more)
    assert (code, found["calls"], sorted(found["staying"])) == (0, [], sorted(booked))
    assert _check(counter, more, "--yes", "--proposal", found["id"])[0] == 0
    assert _rooms(counter, booked[0]) == [{"room-1", "room-2"}] * 2
    code, found = _check(counter, more)
    assert (code, found["staying"]) == (0, [])
    assert counter.done("book", "verify")["is_sound"]


def test_a_new_plan_and_a_repair_leave_a_room_that_is_gone(
    counter: Counter, booked: list[str]
) -> None:
    Path("clinic.toml").write_text(PEOPLE.replace('[[rooms]]\nid = "room-1"\n', ""))
    # Dr A is free at eleven; the room that is left is not.
    free = ("courses", "free", "skin", "--rules", "skin.toml", "--around", "2026-12-08")
    (day, *_) = counter.done(*free, "--limit", "1")["days"]
    times = [it["start"] for it in day["times"]]
    assert (day["date"], "11:00" in times, "11:45" in times) == ("2026-12-08", False, True)
    told = counter.ask("courses", "replan", booked[2], "--yes").out
    assert "Of session 1 changes: what it takes of rooms and devices." in told
    assert _rooms(counter, booked[2]) == [{"room-2"}] * 2
    away = ("clinic", "absent", "doctor-a", "2026-12-08")
    found = counter.done(*away)
    (lost,) = {it["course"] for it in found["calls"]}
    counter.done(*away, "--yes", "--proposal", found["id"])
    assert (lost, _rooms(counter, lost)) == (booked[0], [{"room-2"}] * 2)


def test_without_a_book_nothing_can_be_repaired(counter: Counter) -> None:
    assert counter.done(*CHECK) == {"file": "clinic.toml", "faults": [], "findings": []}
    assert counter.refused(*CHECK, "--late", "2") == (2, "idle_option")


def test_what_nobody_is_named_for_is_looked_at_without(counter: Counter) -> None:
    counter.open("--sessions", "2", "--at", "10:00")
    code, found = _check(counter, PEOPLE)
    assert (code, found["lost"]) == (0, 0)
    # What is past stays as it was, whatever the file says by now.
    counter.set_day("2026-12-02")
    shut = PEOPLE.replace('from = "2026-12-24"', 'from = "2026-12-01"')
    code, found = _check(counter, shut.replace('to = "2026-12-26"', 'to = "2026-12-01"'))
    assert (code, found["lost"]) == (0, 0)


def test_a_session_held_on_the_day_of_a_later_one(counter: Counter) -> None:
    """Session 1 was missed unseen and held on the day of session 2, which nobody recorded."""
    course = counter.open("--sessions", "3", "--at", "10:00")
    days = [day for _, _, day in counter.sessions(course)]
    counter.set_day(days[1])
    counter.done("courses", "hold", course, "--session", "1", "--yes")
    assert days[1:] == [day for _, is_now, day in counter.sessions(course) if is_now == "booked"]
    counter.set_day("2026-12-09")
    code, found = _check(counter, PEOPLE)
    assert (code, found["lost"]) == (0, 0)


def test_sessions_without_a_time_of_day(counter: Counter) -> None:
    """Tuesdays; the 8th is closed by now, and without practitioners no time is booked."""
    counter.open("--sessions", "2")
    assert _check(counter, CLINIC)[1]["lost"] == 0
    shut = CLINIC.replace(
        'from = "2026-12-24"\nto = "2026-12-26"', 'from = "2026-12-08"\nto = "2026-12-08"'
    )
    code, found = _check(counter, shut)
    assert (code, _lost(found)) == (1, [("Anna Secret", 2, "Christmas")])


def test_a_distance_between_treatments_that_is_new(counter: Counter) -> None:
    shared = CLINIC + DOCTOR + SHARED
    Path("clinic.toml").write_text(shared)
    counter.done("courses", "open", *TWO, "--patient", "Dora Secret", "--yes")
    code, found = _check(counter, shared)
    assert (code, found["lost"]) == (0, 0)
    code, found = _check(counter, CLINIC + DOCTOR)
    assert code == 1
    assert all("is too close for session" in why for _, _, why in _lost(found) if "goes" not in why)
    assert found["lost"] >= 2


def test_consultations_that_the_file_no_longer_allows_go_elsewhere(counter: Counter) -> None:
    """One day before session 1 of Monday 14 Dec, which stays: at noon, or the nurse gives it."""
    people = CONSULTING
    Path("clinic.toml").write_text(people)
    words = ("--consultation", "2026-12-08", "--practitioner", "doctor-a", "--at", "10:00")
    counter.open(*words, "--sessions", "2", "--start", "2026-12-14", patient=NAMES[0])
    noon = people.replace('tue = ["09:00-20:00"]', 'tue = ["12:00-20:00"]')
    found = [_check(counter, text) for text in (people, noon, people.replace(DOCTOR, ""))]
    told = [
        [(it["to"]["start"], it["to"]["practitioner"], it["why"]) for it in one["consultations"]]
        for _, one in found
    ]
    outside = "the session does not fit into the opening hours"
    gone = "doctor-a is not in the clinic file"
    assert told == [[], [("12:00", "doctor-a", outside)], [("10:00", "nurse-b", gone)]]
    assert [code for code, _ in found] == [0, 1, 1]
    counter.set_day("2026-12-08", 11)
    assert _check(counter, noon)[1]["consultations"] == []


def test_a_consultation_that_is_crowded_out_is_told(counter: Counter) -> None:
    """Two in two rooms at 10:00; of a file with one room the second goes to 09:30."""
    people = CONSULTING
    Path("clinic.toml").write_text(people)
    for name, who in zip(NAMES, ("doctor-a", "nurse-b"), strict=False):
        words = ("--consultation", "2026-12-08", "--practitioner", who, "--at", "10:00")
        counter.open(*words, "--sessions", "2", "--start", "2026-12-14", patient=name)
    code, found = _check(counter, people.replace('[[rooms]]\nid = "room-2"\n', ""))
    (moved,) = found["consultations"]
    assert (code, moved["why"]) == (1, "not all that it takes is free at that time")
    assert moved["to"]["start"] == "09:30"


def _consulting(counter: Counter, *words: str, patient: str = NAMES[0]) -> str:
    """Book a consultation of 8 December, 10:00, before sessions of Monday the 14th and 21st."""
    Path("clinic.toml").write_text(CONSULTING)
    asked = ("--consultation", "2026-12-08", "--at", "10:00", "--start", "2026-12-14")
    return counter.open(*asked, "--sessions", "2", *words, patient=patient)


def test_who_is_gone_keeps_no_course_from_being_shown_and_moved(counter: Counter) -> None:
    """The course was opened for Dr A, who is in the file no more: the nurse takes over."""
    course = _consulting(counter, "--practitioner", "doctor-a")
    Path("clinic.toml").write_text(CONSULTING.replace(DOCTOR, ""))
    assert [it["date"] for it in counter.done("courses", "show", course)["sessions"]]
    move = ("courses", "move", course)
    for words in (("--consultation", "--to", "2026-12-09"), ("1", "--to", "2026-12-15", "--alone")):
        assert counter.ask(*move, *words).code == 0
    shown = counter.done("courses", "show", course)
    assert shown["consultation"]["takes"]["practitioner"] == "nurse-b"
    assert [it["takes"]["practitioner"] for it in shown["sessions"]] == ["nurse-b", "doctor-a"]
    Path("clinic.toml").write_text(CLINIC)
    counter.done(*move, "1", "--to", "2026-12-16", "--alone")
    code, found = _check(counter, CONSULTING.replace(DOCTOR, ""))
    gone = (NAMES[0], 2, "doctor-a is not in the clinic file")
    assert (code, _lost(found)[-1], found["lost"]) == (1, gone, 1)
    typed = ("courses", "replan", course, "--practitioner", "doctor-z")
    assert counter.refused(*typed) == (2, "unknown_name")


def test_a_device_that_is_gone_lets_its_sessions_go(counter: Counter) -> None:
    Path("skin.toml").write_text(RULES.replace("minutes = 45", 'minutes = 45\ndevices = ["gun"]'))
    Path("clinic.toml").write_text(PEOPLE + '[[devices]]\nid = "gun"\n')
    course = counter.open("--sessions", "2", "--at", "10:00")
    code, found = _check(counter, PEOPLE)
    assert (code, found["kept"], {why for *_, why in _lost(found)}) == (
        *(1, 0, {"gun is not available"}),
    )
    assert counter.refused("courses", "move", course, "1", "--to", "2026-12-02") == (1, "no_room")
    assert counter.refused("courses", "replan", course) == (1, "no_calendar")
    anew = ("courses", "open", "skin", "--rules", "skin.toml", "--patient", "Dora", "--yes")
    assert counter.refused(*anew) == (2, "unknown_name")


def test_a_consultation_alone_is_listed_until_it_is_moved(counter: Counter) -> None:
    """No room takes it; its sessions are let go, and it is all that is left of the course."""
    course = _consulting(counter)
    toxin = '[[rooms]]\nid = "room-3"\ntreats = ["toxin"]\n'
    no_room = CONSULTING.replace(ROOMS, toxin)
    code, found = _check(counter, no_room)
    assert _check(counter, no_room, "--yes", "--proposal", found["id"])[0] == 1
    code, found = _check(counter, no_room)
    (left,) = found["consultations"]
    assert (code, left["course"], left["to"], found["lost"]) == (1, course, None, 0)
    assert left["why"] == "no room takes it; no day has room for it"
    told = counter.ask(*CHECK, "--book", str(counter.path)).out
    words = " ".join(told.split())
    assert "'meso-schedule courses move COURSE --consultation --to DATE' moves them" in words
    assert f"ends them: {course} ({NAMES[0]})." in words
    to = ("courses", "move", course, "--consultation", "--to", "2026-12-09")
    assert counter.refused(*to) == (1, "no_room")
    Path("clinic.toml").write_text(CONSULTING)
    counter.done(*to)
    code, found = _check(counter, CONSULTING)
    assert (code, found["consultations"], found["staying"]) == (0, [], [])


def test_a_consultation_that_stays_leaves_a_room_that_is_gone(counter: Counter) -> None:
    """Else who came later were given the room in which it is."""
    course = _consulting(counter, "--practitioner", "doctor-a")
    room_2 = CONSULTING.replace('[[rooms]]\nid = "room-1"\n', "")
    code, found = _check(counter, room_2)
    assert (code, found["calls"], found["staying"]) == (0, [], [course])
    assert _check(counter, room_2, "--yes", "--proposal", found["id"])[0] == 0
    visit = counter.done("courses", "show", course)["consultation"]
    assert (visit["date"], visit["start"]) == ("2026-12-08", "10:00")
    assert [it["room"] for it in visit["takes"]["rooms"]] == ["room-2"]
    assert counter.done("courses", "changed", "--since", "2026-12-01")["visits"] == []
    assert _check(counter, room_2)[1]["staying"] == []
    late = ("--practitioner", "nurse-b", "--at", "10:00")
    other = counter.open(*late, "--start", "2026-12-08", "--start-within", "0", patient=NAMES[1])
    assert counter.done("courses", "show", other)["sessions"][0]["start"] != "10:00"
