"""A practitioner who is not there, a clinic that is closed: whom to call, booked whole or not."""

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.courses.desk import CLINIC, Counter
from tests.cli.courses.test_practitioners import DOCTOR, OTHERS

PEOPLE = f'{CLINIC}{DOCTOR}{OTHERS}[[rooms]]\nid = "room-2"\n'
AWAY = ("clinic", "absent", "doctor-a", "2026-12-08..2026-12-09")
NAMES = ("Anna Secret", "Berta Secret", "Carla Secret")


@pytest.fixture
def three(counter: Counter) -> list[str]:
    """Open three courses of Tuesdays at 10:00, two of them with the doctor; the last at noon."""
    Path("clinic.toml").write_text(PEOPLE)
    who = (("doctor-a", "10:00"), ("nurse-b", "10:00"), ("doctor-a", "12:00"))
    return [
        counter.open("--sessions", "2", "--practitioner", giver, "--at", at, patient=name)
        for name, (giver, at) in zip(NAMES, who, strict=True)
    ]


def _booked(counter: Counter, course: str) -> list[tuple[str, str, str]]:
    shown = counter.done("courses", "show", course)["sessions"]
    return [(it["date"], it["start"], it["takes"]["practitioner"]) for it in shown]


def _held(counter: Counter, courses: list[str]) -> None:
    """Hold the first sessions, a week to ten days after which the second ones are due."""
    for course in courses:
        counter.done("courses", "hold", course, "--on", "2026-12-01")
    counter.set_day("2026-12-02")


def _calls(found: Any) -> list[tuple[str, str, str, str]]:
    return [
        (it["patient"], it["to"]["date"], it["to"]["start"], it["to"]["practitioner"])
        for it in found["calls"]
    ]


def test_a_preview_says_whom_to_call_and_that_nothing_is_booked(
    counter: Counter, three: list[str]
) -> None:
    before = counter.path.read_bytes()
    found = counter.done(*AWAY)
    # The nurse is taken from 10:00 to 10:45: as far before as after it, the earlier counts.
    assert _calls(found) == [
        ("Anna Secret", "2026-12-08", "09:15", "nurse-b"),
        ("Carla Secret", "2026-12-08", "12:00", "nurse-b"),
    ]
    assert (found["lost"], found["kept"], found["not_kept"], found["booked"]) == (2, 2, [], False)
    assert (found["method"], found["proven"]) == ("column generation", True)
    assert {it["why"] for it in found["calls"]} == {"Dr A is not there"}
    counter.done("courses", "contact", three[0], "--phone", "020 7946 0001")
    found, before = counter.done(*AWAY), counter.path.read_bytes()
    told = counter.ask(*AWAY)
    assert told.code == 0
    assert told.out.splitlines()[-1] == (
        f"Nothing is booked: --yes --proposal {found['id']} books it."
    )
    assert re.search(r"Anna .*2 +Tue 8 Dec 10:00 +Tue 8 Dec 09:15 .*\n020 7946 0001 *\n", told.out)
    assert told.out.count("is not there") == 1, "told once where it is the same of all"
    assert counter.path.read_bytes() == before
    assert three[1] not in told.out


def test_what_was_seen_is_booked_and_counts_for_what_is_booked_later(
    counter: Counter, three: list[str]
) -> None:
    seen = counter.done(*AWAY, "--reason", "flu")
    booked = counter.done(*AWAY, "--reason", "flu", "--yes", "--proposal", seen["id"])
    assert booked["booked"]
    assert _booked(counter, three[0])[1] == ("2026-12-08", "09:15", "nurse-b")
    assert _booked(counter, three[1])[1] == ("2026-12-08", "10:00", "nurse-b")
    assert _booked(counter, three[2])[1] == ("2026-12-08", "12:00", "nurse-b")
    verified = counter.done("book", "verify")
    assert (verified["is_sound"], verified["courses"]) == (True, 3)
    assert len(counter.done("courses", "list")["courses"]) == 3
    (kept,) = counter.done("clinic", "absent", "--list")["absences"]
    assert (kept["id"], kept["practitioner"]) == (booked["absence"], "doctor-a")
    assert "doctor-a, 8-9 Dec 2026 (flu)" in counter.ask("clinic", "closed", "--list").out
    later = ("--start", "2026-12-09", "--start-within", "0", "--practitioner", "doctor-a")
    fourth = counter.open("--sessions", "2", *later, patient="Dora Secret")
    assert _booked(counter, fourth)[0] == ("2026-12-09", "09:00", "nurse-b")
    ended = counter.done("clinic", "absent", "--end", booked["absence"])["absences"]
    assert [it["ended"] for it in ended] == ["2026-12-01"]
    fifth = counter.open("--sessions", "2", *later, patient="Eva Secret")
    assert _booked(counter, fifth)[0] == ("2026-12-09", "09:00", "doctor-a")
    assert counter.refused("clinic", "absent", "--end", booked["absence"]) == (4, "absence_ended")
    assert counter.refused("courses", "show", booked["absence"]) == (2, "unknown_course")
    assert counter.refused("courses", "note", booked["absence"], "x") == (2, "unknown_course")


def test_days_that_are_booked_already_are_not_booked_again(
    counter: Counter, three: list[str]
) -> None:
    seen = counter.done(*AWAY)
    counter.done(*AWAY, "--yes", "--proposal", seen["id"])
    (kept,) = counter.done("clinic", "absent", "--list")["absences"]
    for again in (AWAY, (*AWAY[:-1], "2026-12-09")):
        told = " ".join(counter.ask(*again).out.split())
        assert f"booked as an absence already: {kept['id']}, 8-9 Dec 2026. There is" in told
        name = counter.done(*again)["id"]
        assert counter.refused(*again, "--yes", "--proposal", name) == (4, "nothing_to_book")
    assert counter.refused(*AWAY, "--yes", "--proposal", seen["id"]) == (4, "stale")
    told = counter.ask(*AWAY[:-1], "2026-12-09..2026-12-10").out
    assert "No booked session falls away.\nNothing is booked: --yes " in told
    assert len(counter.done("clinic", "absent", "--list")["absences"]) == 1
    assert counter.refused("clinic", "absent", "--list", "--late", "2") == (2, "contradiction")
    assert counter.refused("clinic", "absent", "--list", "--end", "x") == (2, "contradiction")
    assert three


@pytest.mark.parametrize(
    ("words", "opened", "what"),
    [
        (
            AWAY,
            '[[practitioners]]\nid = "doctor-a"\nname = "Dr A"\n[[practitioners.shifts]]',
            "shift",
        ),
        (("clinic", "closed", AWAY[-1]), "[[openings]]", "an opening"),
    ],
)
def test_what_the_clinic_file_opens_by_name_stays(
    words: tuple[str, ...], opened: str, what: str, counter: Counter, three: list[str]
) -> None:
    """A shift beats an absence, and an opening a closure, whether file or book has them."""
    day = f'{opened}\ndate = "2026-12-08"\nhours = ["09:00-17:00"]\n'
    people = PEOPLE.replace(DOCTOR, day) if what == "shift" else f"{PEOPLE}{day}"
    Path("clinic.toml").write_text(people)
    found = counter.done(*words)
    assert (found["lost"], found["calls"], found["opened"]) == (0, [], ["2026-12-08"])
    told = " ".join(counter.ask(*words).out.split())
    assert f"What is booked on Tue 8 Dec 2026 stays: {'a ' * (what == 'shift')}{what}" in told
    assert three


def test_a_course_that_nothing_keeps_is_let_go_from_the_lost_session_on(
    counter: Counter, three: list[str]
) -> None:
    _held(counter, three)
    words = ("clinic", "closed", "2026-12-08..2026-12-20")
    seen = counter.ask(*words, "--format", "json")
    assert seen.code == 1
    found = seen.json
    assert sorted(it["course"] for it in found["not_kept"]) == sorted(three)
    reasons = {day["reason"] for day in found["not_kept"][0]["conflict"]["blocked"]}
    assert "closed by the clinic" in reasons
    told = counter.ask(*words)
    assert "can't be kept:" in told.out
    assert told.out.count("let go") == len(three)
    assert (
        f"  Once this is booked, give it to 'meso-schedule courses replan {three[0]}'." in told.out
    )
    assert "\n    1. " in told.out
    done = counter.ask(*words, "--yes", "--proposal", found["id"], "--format", "json")
    assert (done.code, done.json["booked"]) == (1, True)
    for course in three:
        assert [day for day, *_ in _booked(counter, course)] == ["2026-12-01"]
    assert counter.done("book", "verify")["is_sound"]


def test_who_missed_a_session_is_called_about_its_new_day(
    counter: Counter, three: list[str]
) -> None:
    counter.set_day("2026-12-02")
    counter.done("courses", "miss", three[0], "--session", "1")
    found = counter.done(*AWAY, "--others", "none")
    places = {(it["course"], it["number"]): (it["from"], it["to"]) for it in found["calls"]}
    before, after = places[three[0], 1]
    assert (before, after["date"]) == (None, "2026-12-02")
    told = counter.ask(*AWAY, "--others", "none", "--output", "calls.csv").out
    assert re.search(r"Anna Secret +1 +no day +Wed 2 Dec 10:00 +had no day\n +with Dr A\n", told)
    rows = csv.DictReader(Path("calls.csv").read_text().splitlines())
    (row,) = (it for it in rows if it["why"] == "had no day")
    assert (row["from_date"], row["to_date"]) == ("", "2026-12-02")


def test_late_days_are_taken_where_they_are_allowed(counter: Counter, three: list[str]) -> None:
    _held(counter, three)
    words = ("clinic", "closed", "2026-12-08..2026-12-13")
    assert counter.ask(*words).code == 1
    found = counter.done(*words, "--late", "7")
    assert [it["to"]["date"] for it in found["calls"]] == ["2026-12-14"] * 3
    assert found["kept"] == len(three)


def test_a_stale_proposal_is_refused_with_what_changed(counter: Counter, three: list[str]) -> None:
    seen = counter.done(*AWAY)
    counter.done("courses", "move", three[2], "2", "--to", "2026-12-10", "--alone")
    told = counter.ask(*AWAY, "--yes", "--proposal", seen["id"], "--format", "json")
    assert (told.code, told.json["error"]["code"]) == (4, "stale")
    assert told.json["changed"] == [three[2]]
    assert told.json["proposal"]["lost"] == 1
    assert three[2] in told.json["error"]["message"]
    assert counter.done("clinic", "absent", "--list")["absences"] == []


def test_what_else_is_written_does_not_make_it_stale_but_a_week_does(
    counter: Counter, three: list[str]
) -> None:
    Path("clinic.toml").write_text(PEOPLE)
    days = ("clinic", "absent", "doctor-a", "2026-12-10..2026-12-11")
    seen = counter.done(*days)
    counter.done("courses", "note", three[0], "called")
    counter.set_day("2026-12-08")
    assert counter.done(*days, "--yes", "--proposal", seen["id"])["booked"]
    other = ("clinic", "absent", "nurse-b", "2026-12-21")
    seen = counter.done(*other)
    counter.set_day("2026-12-16")
    words = (*other, "--yes", "--proposal", seen["id"])
    assert counter.refused(*words) == (4, "stale")
    assert "It is not of the last seven days." in counter.ask(*words).err
    now = counter.done(*other)["id"]
    told = counter.ask(*other[:-1], "2026-12-22", "--yes", "--proposal", now)
    assert (told.code, "proposed for other words, or of another book" in told.err) == (4, True)


def test_a_fortnight_of_illness_takes_three_commands(
    counter: Counter, three: list[str], tmp_path: Path
) -> None:
    """Look, print the list, call; then book it, with new sheets and feeds."""
    counter.done("courses", "contact", three[0], "--phone", "020 7946 0001")
    words = ("clinic", "absent", "doctor-a", "2026-12-01..2026-12-14")
    lists = [str(tmp_path / f"calls{ending}") for ending in (".pdf", ".csv")]
    told = counter.ask(*words, "--format", "json", "-o", lists[0], "-o", lists[1])
    found = told.json
    (header, *rows) = csv.reader(Path(lists[1]).read_text().splitlines())
    cells = [dict(zip(header, row, strict=True)) for row in rows]
    moments = [
        min((it["from_date"], it["from_start"]), (it["to_date"], it["to_start"])) for it in cells
    ]
    assert moments == sorted(moments)
    assert len(cells) == len(found["calls"]) == 4
    assert {it["phone"] for it in cells if it["patient"] == NAMES[0]} == {"020 7946 0001"}
    assert Path(lists[0]).read_bytes().startswith(b"%PDF-")
    folder = tmp_path / "new"
    folder.mkdir()
    booking = (*words, "--yes", "--proposal", found["id"], "--print", str(folder))
    (folder / f"{three[2]}.pdf").write_text("kept")
    assert counter.refused(*booking) == (2, "target_exists")
    done = counter.done(*booking, "--force")
    moved = {it["course"] for it in done["calls"]}
    assert {it.name for it in folder.iterdir()} == {
        f"{course}{ending}" for course in moved for ending in (".pdf", ".ics")
    }
    feed = (folder / f"{three[0]}.ics").read_text()
    (first, *_) = (it for it in done["calls"] if it["course"] == three[0])
    assert f"DTSTART;TZID=Europe/London:{first['to']['date'].replace('-', '')}T" in feed
    assert counter.ask(*words, "--print", str(folder)).code == 2


def test_a_course_let_go_has_only_a_feed_that_takes_it_out(
    counter: Counter, three: list[str], tmp_path: Path
) -> None:
    _held(counter, three)
    words = ("clinic", "closed", "2026-12-08..2026-12-20")
    seen = counter.ask(*words, "--format", "json").json
    folder = ("--print", str(tmp_path / "new"))
    assert counter.refused(*words, "--yes", "--proposal", seen["id"], *folder)[0] == 5
    (tmp_path / "new").mkdir()
    listed = ("-o", str(tmp_path / "calls.pdf"), "-o", str(tmp_path / "calls.xlsx"))
    assert counter.ask(*words, "--yes", "--proposal", seen["id"], *folder, *listed).code == 1
    assert {it.suffix for it in (tmp_path / "new").iterdir()} == {".ics"}
    assert "STATUS:CANCELLED" in (tmp_path / "new" / f"{three[0]}.ics").read_text()


def test_a_closure_where_nobody_is_named(counter: Counter) -> None:
    course = counter.open("--sessions", "2")
    seen = counter.done("clinic", "closed", "2026-12-08")
    assert [(it["from"]["date"], it["to"]["date"]) for it in seen["calls"]] == [
        ("2026-12-08", "2026-12-09")
    ]
    told = counter.ask("clinic", "closed", "2026-12-08", "--yes", "--proposal", seen["id"]).out
    assert told.splitlines()[-1].startswith("Booked: the absence is ")
    assert counter.sessions(course)[1][2] == "2026-12-09"
    assert "the clinic is closed, 8 Dec 2026" in counter.ask("clinic", "closed", "--list").out
    fresh = counter.open("--sessions", "2", patient="Berta Secret")
    assert counter.sessions(fresh)[1][2] == "2026-12-09"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("absent",), "missing_argument"),
        (("absent", "doctor-z", "2026-12-08"), "unknown_name"),
        (("absent", "doctor-a"), "missing_argument"),
        (("absent", "doctor-a", "2026-12-09..2026-12-08"), "bad_range"),
        (("absent", "doctor-a", "8 December"), "bad_date"),
        (("absent", "doctor-a", "2026-11-01"), "past"),
        (("absent", "doctor-a", "2026-12-08", "--others", "some"), "bad_others"),
        (("absent", "doctor-a", "2026-12-08", "--late", "-1"), "bad_number"),
        (("absent", "doctor-a", "2026-12-08", "--yes"), "missing_argument"),
        (
            ("absent", "doctor-a", "2026-12-08", "--proposal", "261201-4-b538fdef"),
            "missing_argument",
        ),
        (("absent", "doctor-a", "2026-12-08", "--yes", "--proposal", "x"), "bad_proposal"),
        (
            ("absent", "doctor-a", "2026-12-08", "--yes", "--proposal", "269999-4-b538fdef"),
            "bad_proposal",
        ),
        (("absent", "--end", "nobody"), "unknown_absence"),
        (("closed",), "missing_argument"),
        (("absent", "doctor-a", "2026-12-08", "-o", "calls.txt"), "unknown_format"),
        (("absent", "doctor-a", "2026-12-08", "--print", "new"), "missing_argument"),
    ],
)
def test_what_is_refused(words: tuple[str, ...], code: str, counter: Counter) -> None:
    Path("clinic.toml").write_text(PEOPLE)
    counter.open("--sessions", "2")
    assert counter.refused("clinic", *words) == (2, code)


def test_what_is_past_and_not_recorded_stays(
    counter: Counter, three: list[str], tmp_path: Path
) -> None:
    """Anna's first session was on 1 December; nobody said whether she came."""
    counter.set_day("2026-12-02")
    before = _booked(counter, three[0])
    found = counter.done(*AWAY)
    assert [(it["course"], it["number"]) for it in found["unrecorded"]] == [
        (three[0], 1),
        (three[2], 1),
    ]
    assert {it["number"] for it in found["calls"]} == {2}
    assert {it["why"] for it in found["calls"]} == {"Dr A is not there"}
    told = " ".join(counter.ask(*AWAY).out.split())
    assert (
        "Past and not recorded of Anna Secret: session 1 (Tue 1 Dec 2026 10:00); planned as if"
        " held." in told
    )
    (tmp_path / "new").mkdir()
    printed = ("--print", str(tmp_path / "new"))
    counter.done(*AWAY, "--yes", "--proposal", found["id"], *printed)
    moved = {it["course"] for it in found["calls"]}
    assert {it.stem for it in (tmp_path / "new").glob("*.pdf")} == moved
    (first, second) = _booked(counter, three[0])
    assert (first, second[2]) == (before[0], "nurse-b")
    counter.done("courses", "hold", three[0], "--on", "2026-12-01")
    later = counter.done("clinic", "closed", "2026-12-08")
    assert {it["course"] for it in later["unrecorded"]} == set(three[1:])


def test_what_has_begun_today_is_past(counter: Counter, three: list[str]) -> None:
    counter.set_day("2026-12-08", 11)
    counter.done("courses", "hold", three[2], "--on", "2026-12-01")
    found = counter.done("clinic", "closed", "2026-12-08..2026-12-09")
    assert {(it["course"], it["number"]) for it in found["calls"]} == {(three[2], 2)}


def test_what_goes_on_keeps_its_time(counter: Counter) -> None:
    """Anna's session of 09:00 goes on; Berta's could only come beside it, at 09:15."""
    Path("clinic.toml").write_text(CLINIC + DOCTOR)
    first = counter.open("--sessions", "3", "--at", "09:00", patient=NAMES[0])
    second = counter.open("--sessions", "2", "--at", "10:00", patient=NAMES[1])
    counter.done("courses", "move", second, "2", "--to", "2026-12-09", "--alone")
    _held(counter, [first, second])
    hours = CLINIC.replace('tue = ["09:00-20:00"]', 'tue = ["09:00-10:00"]')
    Path("clinic.toml").write_text(hours + DOCTOR)
    counter.set_day("2026-12-08", minute=5)
    words = ("clinic", "closed", "2026-12-09..2026-12-15", "--format", "json")
    found = counter.ask(*words).json
    assert [it["course"] for it in found["not_kept"]] == [second]
    assert {it["course"] for it in found["calls"] if it["to"]} == {first}
    assert counter.ask(*words, "--yes", "--proposal", found["id"]).json["booked"]


def test_what_a_later_visit_passed_over_is_left_alone(counter: Counter, three: list[str]) -> None:
    """Session 1 was never recorded, session 2 was held, session 3 is hit; one makes up for 1."""
    course = counter.open("--sessions", "3", patient="Dora Secret")
    counter.set_day("2026-12-09")
    held = ("courses", "hold", course, "--session", "2", "--on", "2026-12-08", "--yes")
    counter.done(*held)
    found = counter.done("clinic", "closed", "2026-12-10..2026-12-15")
    assert [it["number"] for it in found["calls"] if it["course"] == course] == [3, 4]
    assert course not in {it["course"] for it in found["unrecorded"]}
    told = counter.done(
        "clinic", "closed", "2026-12-10..2026-12-15", "--yes", "--proposal", found["id"]
    )
    assert [it["number"] for it in told["calls"] if it["course"] == course] == [3, 4]
    assert _booked(counter, course)[0][0] == "2026-12-01"
    assert three


def _consulting(counter: Counter, *words: str, reflection: int = 2) -> str:
    terms = f"minutes = 30\nreflection = '{reflection} days'\n"
    Path("clinic.toml").write_text(f"{PEOPLE}[consultation]\n{terms}")
    doctor = ("--practitioner", "doctor-a", "--at", "09:00", "--sessions", "2")
    course = counter.open("--consultation", "2026-12-08", *doctor, *words, patient=NAMES[0])
    counter.done("courses", "contact", course, "--phone", "020 7946 0001")
    return course


def test_a_consultation_that_falls_away_goes_to_somebody_else(counter: Counter) -> None:
    course = _consulting(counter, "--start", "2026-12-20", "--start-within", "9")
    assert counter.done("clinic", "absent", "nurse-b", "2026-12-08")["consultations"] == []
    found = counter.done(*AWAY, "-o", "calls.csv", "-o", "calls.pdf", "-o", "calls.xlsx")
    place = {"date": "2026-12-08", "start": "09:00", "practitioner": "nurse-b"}
    assert found["consultations"] == [
        {
            "course": course,
            "patient": NAMES[0],
            "phone": "020 7946 0001",
            "why": "Dr A is not there",
            "date": "2026-12-08",
            "start": "09:00",
            "to": place,
        }
    ]
    (call,) = found["calls"]
    assert (call["protocol"], call["number"], call["to"]) == ("consultation", 0, place)
    (row,) = csv.DictReader(Path("calls.csv").read_text("utf-8").splitlines())
    assert (row["protocol"], row["to_practitioner"]) == ("consultation", "Nurse B")
    told = " ".join(counter.ask(*AWAY).out.split())
    assert "Falling away too: 1 consultation, placed before the sessions; 1 moved, 0 not." in told
    assert "Nurse B" in told
    booked = counter.done(*AWAY, "--yes", "--proposal", found["id"], "--print", ".")
    assert booked["booked"]
    assert Path(f"{course}.pdf").is_file()
    kept = counter.done("courses", "show", course)["consultation"]
    assert (kept["date"], kept["takes"]["practitioner"]) == ("2026-12-08", "nurse-b")
    counter.set_day("2026-12-08", 10)
    assert counter.done(*AWAY)["consultations"] == []


@pytest.mark.parametrize(
    ("closed", "start", "expected"),
    [
        # Session 1 of Fri 11 Dec stays where it is: two days to think after Wed 9.
        ("2026-12-08", "2026-12-11", ["2026-12-07"]),
        # None from Tue 1 to Thu 10 Dec: the first day after, and session 1 two days later.
        ("2026-12-01..2026-12-10", "2026-12-11", ["2026-12-11", "2026-12-14"]),
        # Nothing in the window of session 1 is left: the consultation goes on, the course cannot.
        ("2026-12-01..2026-12-31", "2026-12-10", ["2027-01-01", None, None]),
        # No day of the year after: it stays in the book, and is told.
        ("2026-12-01..2028-03-01", "2026-12-10", [None, None, None]),
    ],
)
def test_a_consultation_keeps_the_time_to_think(
    closed: str, start: str, expected: list[str | None], counter: Counter
) -> None:
    course = _consulting(counter, "--start", start)
    words = ("clinic", "closed", closed)
    ran = counter.ask(*words, "--format", "json")
    moves = [it["to"] and it["to"]["date"] for it in ran.json["calls"]]
    assert ran.json["calls"][0]["protocol"] == "consultation"
    assert moves[: len(expected)] == expected, ran.json["calls"]
    follows = "too soon after the consultation" in {it["why"] for it in ran.json["calls"]}
    assert follows == (start == "2026-12-11" and closed.endswith("10"))
    assert ran.code == (1 if None in moves else 0)
    done = counter.ask(*words, "--yes", "--proposal", ran.json["id"])
    assert done.code == ran.code
    shown = counter.done("courses", "show", course)
    assert shown["consultation"]["date"] == (expected[0] or "2026-12-08")


def test_a_consultation_without_a_time_goes_to_a_day(counter: Counter) -> None:
    """Nobody is named and no time: the day before, and session 1 of the same day as ever."""
    Path("clinic.toml").write_text(f"{CLINIC}[consultation]\nminutes = 30\n")
    counter.open("--consultation", "2026-12-08", "--start", "2026-12-09", "--sessions", "2")
    (call,) = counter.done("clinic", "closed", "2026-12-08")["calls"]
    place = {"date": "2026-12-07", "start": None, "practitioner": None}
    assert (call["to"], call["why"]) == (place, "the clinic is closed")


def test_hours_that_are_past_are_not_given(counter: Counter, three: list[str]) -> None:
    """Noon of the day: Carla's session at 16:00 goes to the nurse, none to the morning."""
    _held(counter, three)
    course = three[2]
    counter.done("courses", "move", course, "2", "--to", "2026-12-08", "--at", "16:00", "--alone")
    counter.set_day("2026-12-08", 14)
    found = counter.done("clinic", "absent", "doctor-a", "2026-12-08..2026-12-09")
    assert {it["to"]["date"] + it["to"]["start"] for it in found["calls"]} == {"2026-12-0816:00"}
    counter.done("courses", "miss", course, "--on", "2026-12-08")
    new = counter.done("courses", "replan", course)["changes"][0]
    assert (new["to"], new["start_after"]) == ("2026-12-08", "14:00")
