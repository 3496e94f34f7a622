"""A time at which no session can be is refused with its cause.

Session 2 is booked for Tuesday 8 December 2026; Tuesdays are open from 09:00 to 20:00, the
session takes 45 minutes.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.courses.desk import CLINIC, Counter
from tests.cli.courses.test_practitioners import DOCTOR

MEETING = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:1
DTSTAMP:20261101T000000Z
DTSTART:20261209T100000Z
DTEND:20261209T110000Z
SUMMARY:Secret meeting
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.parametrize(
    ("opened", "moved", "told", "remedy"),
    [
        (
            (),
            ("--at", "16:30"),
            "the session does not fit into the opening hours",
            "add an opening to the clinic file",
        ),
        ((), ("--at", "10:30", "--busy", "busy.ics"), "that time is busy", "'courses free'"),
        (
            ("--between", "12:00-14:00"),
            ("--at", "09:30"),
            "the session does not fit into the patient's hours, 12:00-14:00",
            "'courses replan' with --days, --between or --away",
        ),
        (
            ("--between", "12:00-14:00", "--between", "15:00-16:00"),
            ("--at", "16:30"),
            "the session does not fit into the opening hours; the session does not fit into the"
            " patient's hours, 12:00-14:00 or 15:00-16:00",
            "add an opening to the clinic file",
        ),
    ],
)
def test_the_cause_is_named(
    counter: Counter, opened: Sequence[str], moved: Sequence[str], told: str, remedy: str
) -> None:
    Path("busy.ics").write_text(MEETING.replace("\n", "\r\n"), newline="")
    course = counter.open(*opened)
    words = ("courses", "move", course, "--alone", "2", "--to", "2026-12-09", *moved)
    assert counter.refused(*words) == (1, "no_room")
    ran = counter.ask(*words)
    assert f"No session can be on 2026-12-09 at {moved[1]}: {told}." in ran.err
    assert remedy in ran.err
    assert "Secret" not in ran.err


def test_a_day_on_which_the_patient_does_not_come(counter: Counter) -> None:
    course = counter.open("--days", "tue")
    ran = counter.ask("courses", "move", course, "2", "--to", "thu")
    assert ran.code == 1
    assert "the patient cannot come on Thursdays. Choose another day, or say when" in ran.err


def test_reasons_name_sessions_as_the_book_does(counter: Counter) -> None:
    """Too soon, visit 2 does not count: visit 3 is the second session that does."""
    course = counter.open()
    counter.done("courses", "hold", course)
    counter.set_day("2026-12-04")
    counter.done("courses", "hold", course)
    made = counter.done("courses", "replan", course)
    assert {change["number"]: change["why"] for change in made["changes"]} == {
        3: ["the session before is on 2026-12-04; too late: its window ends on 2026-12-14"],
        4: ["session 3 moves to 2026-12-14; too late: its window ends on 2026-12-24"],
        5: ["it had no date yet"],
    }


def test_a_time_of_today_that_is_past_is_refused(counter: Counter) -> None:
    """It is 14:20 of Tuesday 8 December; the quarter hour that runs can be booked still."""
    Path("clinic.toml").write_text(f"{CLINIC}{DOCTOR}[consultation]\nminutes = 30\n")
    wished = ("--consultation", "2026-12-09", "--start", "2026-12-10", "--at", "10:00")
    new = counter.open(*wished, "--sessions", "2", patient="Berta Secret")
    course = counter.open("--sessions", "2", "--at", "11:00")
    counter.done("courses", "hold", course, "1", "--on", "2026-12-01")
    counter.set_day("2026-12-08", 14, minute=20)
    move = ("courses", "move", course, "2", "--to", "2026-12-08")
    visit = ("courses", "move", new, "--consultation", "--to", "2026-12-08")
    for words in ((*move, "--at", "14:00"), move, (*visit, "--at", "09:00"), visit):
        assert counter.refused(*words) == (4, "in_the_past")
    told = counter.ask(*move, "--format", "json").json["error"]
    assert (told["field"], told["value"]) == ("at", "11:00")
    assert told["message"].startswith("11:00 on 2026-12-08 is past: it is 14:20.")
    assert "what took place is held" in told["remedy"]
    counter.done(*move, "--at", "14:15")
    counter.done(*visit, "--at", "15:00")
    counter.done("courses", "hold", course, "2", "--at", "11:00")
    asked_before = (*visit[:-1], "2026-12-07", "--at", "09:00", "--as-of", "2026-12-07")
    assert counter.ask(*asked_before).code == 0


def test_hours_of_today_that_are_past_are_not_offered(counter: Counter) -> None:
    """Tuesday 1 December, open from 09:00 to 20:00; the last of 45 minutes begins at 19:15."""
    counter.set_day("2026-12-01", 19, minute=20)
    written = counter.open("--sessions", "2", patient="Carla Secret")
    assert counter.sessions(written)[0][2] == "2026-12-01", "nobody is named: to be held at once"
    Path("clinic.toml").write_text(CLINIC + DOCTOR)
    counter.set_day("2026-12-01")
    free = ("courses", "free", "skin", "--rules", "skin.toml", "--around", "2026-12-01")

    def found() -> tuple[str, str]:
        day = counter.done(*free, "--limit", "1")["days"][0]
        return day["date"], day["times"][0]["start"]

    assert found() == ("2026-12-01", "09:00")
    counter.set_day("2026-12-01", 14, minute=20)
    assert found() == ("2026-12-01", "14:30")
    course = counter.open("--sessions", "2")
    shown = counter.done("courses", "show", course)["sessions"]
    assert [it["start"] for it in shown] == ["14:30", "09:00"]
    counter.set_day("2026-12-01", 19, minute=20)
    assert found() == ("2026-12-02", "09:00")
    late = counter.open("--sessions", "2", patient="Berta Secret")
    assert counter.sessions(late)[0][2] == "2026-12-02"
