"""A consultation and tests among the visits of the clinic: in the diary, moved, with people."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from meso_schedule import InputError, plan_course, read_clinic
from meso_schedule.book import Book, Context
from meso_schedule.course.request import CourseRequest
from meso_schedule.output import to_fhir
from meso_schedule.rules.protocol import Protocol
from tests.cli.courses.desk import CLINIC, RULES, Counter
from tests.cli.courses.several import appointments
from tests.cli.courses.test_practitioners import DOCTOR
from tests.support.samples import on

FIRST = "[consultation]\nminutes = 30\nprice = '50.00'\nreflection = '{days} days'\n"
ROOM = '[[rooms]]\nid = "room-1"\n'


@pytest.fixture
def staffed(counter: Counter) -> Counter:
    """Name a doctor and a room, and a consultation on the day of session 1."""
    Path("clinic.toml").write_text(CLINIC + FIRST.format(days=0) + DOCTOR + ROOM)
    return counter


def plain(counter: Counter, *words: str, days: int = 2) -> str:
    Path("clinic.toml").write_text(CLINIC + FIRST.format(days=days))
    return counter.open("--consultation", *words)


def visits(counter: Counter, days: str) -> list[tuple[str | None, str, int]]:
    found = counter.done("diary", days)["sessions"]
    return [(it["start"], it["protocol"], it["number"]) for it in found]


def show(counter: Counter, course: str) -> Any:
    return counter.done("courses", "show", course)


def test_nobody_is_double_booked(staffed: Counter) -> None:
    """By hand: half an hour, then 45 minutes; the next patient after both, on the quarter."""
    for name in ("Anna Secret", "Berta Secret"):
        staffed.open("--consultation", patient=name)
    assert visits(staffed, "2026-12-01") == [
        ("09:00", "consultation", 0),
        ("09:30", "skin", 1),
        ("10:15", "consultation", 0),
        ("10:45", "skin", 1),
    ]
    told = staffed.ask("diary", "2026-12-01", "--practitioner", "doctor-a").out
    assert "2 sessions, 2 consultations, 150 min." in told
    assert "Not booked: 11:30-20:00." in told
    week = staffed.done("clinic", "load", "--weeks", "1")["weeks"][0]
    booked = {it["id"]: it["booked"] for it in (*week["practitioners"], *week["rooms"])}
    assert booked == {"doctor-a": 150, "room-1": 150}
    staffed.set_day("2026-12-01")
    course = staffed.done("courses", "list")["courses"][0]["course"]
    staffed.done("courses", "hold", course, "--consultation", "--yes")
    week = staffed.done("clinic", "load", "--weeks", "1")["weeks"][0]
    booked = {it["id"]: it["booked"] for it in (*week["practitioners"], *week["rooms"])}
    assert booked == {"doctor-a": 150, "room-1": 120}, "which room it had is not kept"


def test_the_plan_names_who_and_where(staffed: Counter) -> None:
    course = staffed.open("--consultation")
    staffed.done("courses", "print", course, "-o", "plan.md")
    assert "09:00: consultation, 30 minutes, 50.00 GBP, doctor-a" in Path("plan.md").read_text()
    clinic, protocol = read_clinic("clinic.toml"), Protocol.read(tomllib.loads(RULES))
    request = CourseRequest.read({"consultation": "first"})
    plan = plan_course(protocol, request, clinic=clinic, as_of=on("2026-12-01"))
    visit = plan.consultation
    assert visit
    assert (visit.practitioner, visit.room) == ("doctor-a", "room-1")
    entries = [it["resource"] for it in to_fhir(plan)["entry"]]
    first = entries[1]
    assert (first["description"], first["status"]) == ("Consultation", "booked")
    assert first["start"].startswith("2026-12-01T09:00")
    assert len(entries[0]["activity"]) == len(entries) - 1


def test_it_is_moved(staffed: Counter) -> None:
    course = staffed.open("--consultation")
    move = ("courses", "move", course, "--consultation", "--to")
    told = staffed.ask(*move, "wed", "--at", "15:00", "--reason", "ill").out
    assert "The consultation is on Wed 2 Dec 2026 at 15:00.\n" in told
    assert "Some booked days no longer fit" in told, "session 1 was before it"
    kept = show(staffed, course)["consultation"]
    assert (kept["date"], kept["start"], kept["status"]) == ("2026-12-02", "15:00", "booked")
    assert kept["takes"]["practitioner"] == "doctor-a"
    assert visits(staffed, "2026-12-02") == [("15:00", "consultation", 0)]
    (changed,) = staffed.done("courses", "changed", "--since", "2026-12-01")["visits"]
    assert (changed["session"], changed["kind"]) == ("consultation", "moved")
    assert staffed.refused(*move, "2026-12-05") == (1, "no_room")
    assert staffed.refused(*move, "2026-11-30") == (4, "in_the_past")
    made = staffed.done("courses", "replan", course)["changes"]
    assert made[0]["to"] == "2026-12-02"
    staffed.done("courses", "undo", course)
    assert show(staffed, course)["consultation"]["date"] == "2026-12-01"


def test_without_people_it_keeps_its_time(counter: Counter) -> None:
    course = plain(counter, "2026-12-01", "--at", "10:00", "--start", "2026-12-07")
    told = counter.ask("courses", "move", course, "--consultation", "--to", "2026-12-03").out
    assert "The consultation is on Thu 3 Dec 2026 at 10:00.\n" in told
    assert "no longer fit" not in told
    counter.set_day("2026-12-03")
    counter.done("courses", "hold", course, "--consultation")
    assert visits(counter, "2026-12-03") == [("10:00", "consultation", 0)]
    again = ("courses", "move", course, "--consultation", "--to", "2026-12-04")
    assert counter.refused(*again) == (4, "no_consultation")
    bare = counter.open("--sessions", "2", patient="Berta Secret")
    move = ("courses", "move", bare, "--consultation", "--to", "2026-12-04")
    assert counter.refused(*move) == (4, "no_consultation")
    assert counter.refused("courses", "move", bare, "--to", "fri") == (2, "missing_argument")
    both = ("courses", "move", bare, "1", "--consultation", "--to", "fri")
    assert counter.refused(*both) == (2, "contradiction")


def test_one_without_a_time_that_was_missed(counter: Counter) -> None:
    course = plain(counter, "2026-12-02", "--start", "2026-12-07")
    counter.done("courses", "print", course, "-o", "before.ics")
    counter.set_day("2026-12-02")
    assert "1 past and not recorded" not in counter.ask("courses", "list").out
    counter.done("courses", "miss", course, "--consultation", "--yes")
    counter.done("courses", "print", course, "-o", "after.ics")
    before, after = appointments("before.ics"), appointments("after.ics")
    off = [uid for uid, event in after.items() if event["STATUS"] == "CANCELLED"]
    assert len(off) == 1
    assert before[off[0]]["STATUS"] == "CONFIRMED"
    [day] = counter.done("diary", "2026-12-02")["days"]
    assert (day["sessions"], day["consultations"], day["missed"]) == (0, 0, 1)
    assert counter.done("diary", "--month")["days"][0]["missed"] == 1


def test_one_that_was_not_recorded_is_told(counter: Counter) -> None:
    plain(counter, "2026-12-02", "--start", "2026-12-07")
    counter.set_day("2026-12-03")
    assert "1 past and not recorded" in " ".join(counter.ask("courses", "list").out.split())


def test_it_goes_with_the_course(counter: Counter) -> None:
    course = plain(counter, "2026-12-02", "--start", "2026-12-07")
    counter.done("diary", "2026-12-02", "-o", "day.csv")
    assert "consultation,0,booked" in Path("day.csv").read_text()
    counter.done("courses", "stop", course)
    assert visits(counter, "2026-12-02") == []
    other = plain(counter, "2026-12-02", "--start", "2026-12-07")
    assert visits(counter, "2026-12-02") == [(None, "consultation", 0)]
    counter.done("book", "rebuild")
    counter.done("book", "verify")
    counter.done("courses", "erase", other, "--yes")
    assert visits(counter, "2026-12-02") == []


def test_the_library_moves_it_too(counter: Counter) -> None:
    course = plain(counter, "2026-12-02", "--start", "2026-12-07")
    by = Context(who="test", at=datetime(2026, 12, 1, 12, tzinfo=UTC))
    with Book.open(counter.path, clinic=read_clinic("clinic.toml")) as book:
        book.move(course, None, "2026-12-03", by=by, consultation=True, reason="ill")
        with pytest.raises(InputError, match="Nothing says what moves"):
            book.move(course, None, "2026-12-03", by=by)
    assert visits(counter, "2026-12-03") == [(None, "consultation", 0)]


def test_sessions_of_its_day_come_after_it(staffed: Counter) -> None:
    """By hand: 09:00 to 09:30, or moved to 15:00 to 15:30; session 1 is never before its end."""
    course = staffed.open("--consultation")
    move = ("courses", "move", course, "1", "--to", "2026-12-01", "--at")
    assert staffed.refused(*move, "09:15") == (1, "no_room")
    staffed.done(*move, "11:00")
    staffed.done("courses", "move", course, "--consultation", "--to", "tue", "--at", "15:00")
    staffed.done("courses", "replan", course, "--yes")
    assert visits(staffed, "2026-12-01") == [("15:00", "consultation", 0), ("15:30", "skin", 1)]
    assert staffed.refused(*move, "14:00") == (1, "no_room")


PATCH = '[[tests]]\nwhat = "patch test"\nbefore = "48 hours"\nassumption = "made up"\n'


def dated(path: str) -> dict[str, tuple[str, str]]:
    """Return the day and the status of the appointments of a calendar, by what they are."""
    return {
        str(it["SUMMARY"]): (str(it["DTSTART"].dt)[:10], str(it["STATUS"]))
        for it in appointments(path).values()
    }


def test_a_test_before_session_1_is_a_visit(counter: Counter) -> None:
    """By hand: 48 hours before Mon 14 Dec is Sat 12, so Fri 11; before Wed 16 it is Mon 14."""
    Path("skin.toml").write_text(RULES + PATCH)
    course = counter.open("--start", "2026-12-14", "--at", "10:00")
    other = counter.open("--start", "2026-12-14", "--at", "11:00", patient="Berta Secret")
    assert visits(counter, "2026-12-11") == [(None, "test", 0)] * 2
    told = counter.ask("diary", "2026-12-11..2026-12-14").out
    assert "Fri 11 Dec 2026: 0 sessions, 2 tests, 0 min." in told
    assert "test: patch test" in told
    assert "test: patch test" in counter.ask("diary", "--month").out
    counter.done("diary", "2026-12-11", "-o", "day.csv")
    assert ",test,0,booked,False,," in Path("day.csv").read_text()
    counter.done("courses", "move", course, "1", "--to", "2026-12-16", "--yes")
    counter.done("courses", "stop", other)
    assert visits(counter, "2026-12-11") == []
    assert visits(counter, "2026-12-14") == [(None, "test", 0)]
    changed = counter.done("courses", "changed", "--since", "2026-12-01")["visits"]
    told_of = {
        it["patient"]: (it["before"], it["after"]) for it in changed if it["session"] == "test"
    }
    moved, dropped = ("2026-12-11", "2026-12-14"), ("2026-12-11", None)
    assert told_of == {"Anna Secret": moved, "Berta Secret": dropped}
    counter.ask("diary", "2026-12-11..2026-12-14", "-o", "all.ics")
    assert dated("all.ics") == {
        "Anna Secret: test: patch test": ("2026-12-14", "CONFIRMED"),
        "Anna Secret: skin, session 1": ("2026-12-14", "CANCELLED"),
        "Berta Secret: test: patch test": ("2026-12-11", "CANCELLED"),
        "Berta Secret: skin, session 1": ("2026-12-14", "CANCELLED"),
    }
    counter.done("book", "verify")
    with Book.open(counter.path, clinic=read_clinic("clinic.toml")) as book:
        (line,) = book.diary("2026-12-14", "2026-12-15")
        assert (line.test, line.patient) == ("patch test", "Anna Secret")
        (row, *_) = book.changed("2026-12-01", as_of="2026-12-01")
        assert (row.session, str(row.after)) == ("test", "2026-12-14")


def test_a_move_leaves_a_test_its_time_until_it_is_done(counter: Counter) -> None:
    """By hand: tested on Tue 1 Dec at the earliest, 48 hours before Thu 3; of Thu 10 on Tue 8."""
    Path("skin.toml").write_text(RULES + PATCH)
    course = counter.open()
    assert counter.sessions(course)[0] == (1, "booked", "2026-12-03")
    move = ("courses", "move", course, "1", "--to")
    refused = counter.ask(*move, "2026-12-02")
    assert refused.code == 1
    assert "a test comes before it: patch test" in refused.err
    counter.done(*move, "2026-12-10", "--yes")
    counter.set_day("2026-12-08")
    assert counter.refused(*move, "2026-12-09") == (1, "no_room")
    counter.set_day("2026-12-09")
    counter.done(*move, "2026-12-09", "--yes")


def test_a_test_comes_after_the_consultation(counter: Counter) -> None:
    """By hand: on the day of the consultation once it is over, or not at all where it is later."""
    Path("skin.toml").write_text(RULES + PATCH)
    course = plain(counter, "2026-12-01", "--at", "16:30", "--start", "2026-12-03")
    assert visits(counter, "2026-12-01") == [("16:30", "consultation", 0), (None, "test", 0)]
    counter.ask("diary", "2026-12-01..2026-12-03", "-o", "all.ics")
    assert len(dated("all.ics")) == 3
    counter.done("courses", "move", course, "--consultation", "--to", "2026-12-02")
    assert visits(counter, "2026-12-01") == []
    counter.ask("diary", "2026-12-01", "-o", "gone.ics")
    assert {status for _, status in dated("gone.ics").values()} == {"CANCELLED"}


def test_a_closure_that_is_booked_shuts_the_diary(counter: Counter) -> None:
    counter.open("--sessions", "2")
    closed = ("clinic", "closed", "2026-12-07")
    counter.done(*closed, "--yes", "--proposal", counter.done(*closed)["id"])
    assert "Not open: " in counter.ask("diary", "2026-12-07").out


def _tests_told(counter: Counter, days: str) -> tuple[int, list[tuple[str, str, str | None]]]:
    ran = counter.ask("clinic", "closed", days, "--format", "json")
    own = [it for it in ran.json["calls"] if it["protocol"] == "test"]
    return ran.code, [(it["why"], it["from"]["date"], it["to"] and it["to"]["date"]) for it in own]


def test_a_closure_tells_of_the_tests_that_it_takes(counter: Counter) -> None:
    """By hand: 48 hours before Mon 14 Dec is Fri 11 at the latest, before Wed 16 is Mon 14."""
    Path("skin.toml").write_text(RULES + PATCH)
    course = counter.open("--start", "2026-12-14", "--sessions", "2", "--phone", "0123")
    closed = "the clinic is closed"
    assert _tests_told(counter, "2026-12-11") == (0, [(closed, "2026-12-11", "2026-12-10")])
    assert _tests_told(counter, "2026-12-09..2026-12-11") == (
        *(0, [(closed, "2026-12-11", "2026-12-08")]),
    )
    assert _tests_told(counter, "2026-12-10") == (0, [])
    code, (told,) = _tests_told(counter, "2026-12-01..2026-12-11")
    move = f"unless it was done, move session 1 with 'meso-schedule courses move {course}'"
    why = f"{closed}; no day is left: {move}"
    assert (code, told) == (1, (why, "2026-12-11", None))
    # Session 1 of Thu 7 Jan has its test on Tue 5; on Fri 8 it has Wed 6.
    assert _tests_told(counter, "2026-12-14..2026-12-16") == (0, [])
    counter.open("--start", "2027-01-07", "--sessions", "2", patient="Berta Secret")
    follows = ("goes with session 1", "2027-01-05", "2027-01-06")
    assert _tests_told(counter, "2027-01-07") == (0, [follows])
    shown = counter.ask("clinic", "closed", "2026-12-11").out
    words = " ".join(shown.split())
    assert "Another day, by itself: 1 test before session 1; 1 moved, 0 not." in words
    assert "test: patch" in words
    counter.done("clinic", "closed", "2026-12-11", "-o", "calls.csv")
    assert ",test,0,2026-12-11,,,2026-12-10,,,the clinic is closed" in Path("calls.csv").read_text()
    Path("new").mkdir()
    found = counter.done("clinic", "closed", "2026-12-11")
    book = ("--yes", "--proposal", found["id"], "--print", "new")
    counter.done("clinic", "closed", "2026-12-11", *book)
    days = sorted(str(it["DTSTART"].dt)[:10] for it in appointments(f"new/{course}.ics").values())
    assert days == ["2026-12-10", "2026-12-14", "2026-12-21"]
    assert "10 Dec" in counter.ask("courses", "show", course).out
    counter.done("courses", "print", course, "-o", "later.ics")
    assert appointments("later.ics").keys() == appointments(f"new/{course}.ics").keys()
    # Session 1 goes by hand to a day that leaves it one.
    shut = ("clinic", "closed", "2026-12-01..2026-12-11")
    found = counter.ask(*shut, "--format", "json").json
    assert counter.ask(*shut, "--yes", "--proposal", found["id"]).code == 1
    counter.done("courses", "move", course, "1", "--to", "2026-12-16", "--yes")
    assert visits(counter, "2026-12-14") == [(None, "test", 0)]
