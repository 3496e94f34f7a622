"""What is free, what is booked beside it, who gives what and where."""

from pathlib import Path
from typing import Any

import pytest

from meso_schedule.book.book import Book
from meso_schedule.book.storage.quarters_taken import just_taken
from tests.cli.courses.desk import CLINIC, Counter
from tests.cli.courses.test_practitioners import DOCTOR, OTHERS

FREE = ("courses", "free", "skin", "--rules", "skin.toml")
PLAN = ("plan", "skin", "--rules", "skin.toml", "--sessions", "2")


@pytest.fixture
def staffed(counter: Counter) -> Counter:
    """Name a doctor, a nurse, two rooms and three devices."""
    Path("clinic.toml").write_text(f'{CLINIC}{DOCTOR}{OTHERS}[[rooms]]\nid = "room-2"\n')
    return counter


def _times(found: Any) -> dict[str, dict[str, list[str]]]:
    return {
        day["date"]: {it["start"]: it["practitioners"] for it in day["times"]}
        for day in found["days"]
    }


def test_times_at_which_nobody_is_free_are_left_out(staffed: Counter) -> None:
    for name in ("Anna Secret", "Berta Secret"):
        staffed.open("--sessions", "2", patient=name)
    found = staffed.done(*FREE, "--around", "2026-12-02", "--limit", "3")
    times = _times(found)
    # The day itself and its neighbours; a Tuesday is open until 20:00.
    assert list(times) == ["2026-12-01", "2026-12-02", "2026-12-03"]
    assert (min(times["2026-12-01"]), max(times["2026-12-01"])) == ("09:45", "19:15")
    assert (min(times["2026-12-02"]), max(times["2026-12-02"])) == ("09:00", "16:15")
    assert times["2026-12-01"]["09:45"] == ["doctor-a", "nurse-b"]
    # After 45 minutes the one with ten minutes of turnover is not let go before 10:00.
    assert found["days"][0]["times"][0]["room"] == "room-2"


def test_only_the_practitioner_who_is_asked_for(staffed: Counter) -> None:
    staffed.open("--sessions", "2")
    asked = ("--practitioner", "doctor-a", "--around", "2026-12-01", "--limit", "1")
    found = staffed.done(*FREE, *asked)
    (times,) = _times(found).values()
    assert next(iter(times.items())) == ("09:45", ["doctor-a"])
    told = staffed.ask(*FREE, *asked).out
    assert "Tue 1 Dec 2026  09:45 to 19:15  Dr A\n" in told
    assert staffed.refused(*FREE, "--practitioner", "doctor-z") == (2, "unknown_name")
    assert staffed.refused(*FREE, "--limit", "0") == (2, "bad_number")


def test_a_run_of_times_ends_where_others_are_free(staffed: Counter) -> None:
    staffed.open("--sessions", "2", "--at", "12:00")
    lines = staffed.ask(*FREE, "--around", "2026-12-01", "--limit", "1").out.splitlines()
    assert [line.split("  ")[-2:] for line in lines[-3:]] == [
        ["09:00 to 11:15", "Dr A, Nurse B"],
        ["11:30 to 12:30", "Nurse B"],
        ["12:45 to 19:15", "Dr A, Nurse B"],
    ]


def test_a_year_without_a_free_day_is_a_no(counter: Counter) -> None:
    counter.open("--sessions", "2")
    told = counter.ask(*FREE, "--around", "2026-12-25", "--days", "sun")
    assert told.code == 1
    assert "Nothing on the day itself: Christmas; the patient cannot come on Fridays." in told.out
    assert "names no practitioners" in told.out
    every = counter.ask(*FREE, "--limit", "1").out
    assert "Tue 1 Dec 2026  09:00 to 19:15\n" in every


def test_what_is_booked_counts_in_a_plan_beside_a_book(staffed: Counter) -> None:
    course = staffed.open("--sessions", "2")
    alone = staffed.done(*PLAN)["sessions"][0]
    beside = staffed.done(*PLAN, "--book", str(staffed.path))["sessions"][0]
    assert [(it["start"][11:16], it["practitioner"], it["room"]) for it in (alone, beside)] == [
        ("09:00", "doctor-a", "room-1"),
        ("09:00", "nurse-b", "room-2"),
    ]
    assert [it["course"] for it in staffed.done("courses", "list")["courses"]] == [course]
    assert "Nurse B, room-2" in staffed.ask(*PLAN, "--book", str(staffed.path)).out
    assert staffed.refused(*PLAN, "--book", "none.book") == (2, "no_book")
    batch = ("plan", "--batch", "jobs.jsonl", "--output", "a.jsonl", "--book", str(staffed.path))
    assert staffed.refused(*batch) == (2, "contradiction")


def test_two_sessions_at_one_time_are_told_where_nobody_is_named(counter: Counter) -> None:
    at = ("--at", "10:00")
    first = counter.done("courses", "open", *PLAN[1:], *at, "--patient", "Anna Secret")
    assert "same_time" not in [it["kind"] for it in first["plan"]["findings"]]
    words = ("--at", "10:30", "--days", "tue", "--patient", "Berta Secret")
    made = counter.done("courses", "open", *PLAN[1:], *words)
    told = [it for it in made["plan"]["findings"] if it["kind"] == "same_time"]
    assert [(it["session"], it["message"]) for it in told] == [
        (1, "Session 1 on 2026-12-01 at 10:30 has the time of another session in the book."),
        (2, "Session 2 on 2026-12-08 at 10:30 has the time of another session in the book."),
    ]
    beside = counter.done(*PLAN, "--at", "10:45", "--book", str(counter.path))
    assert [it["kind"] for it in beside["findings"]].count("same_time") == 2
    after = counter.done(*PLAN, "--at", "11:15", "--book", str(counter.path))
    assert "same_time" not in [it["kind"] for it in after["findings"]]
    untimed = counter.done(*PLAN, "--book", str(counter.path))
    assert "same_time" not in [it["kind"] for it in untimed["findings"]]


def test_one_practitioner_is_not_told_on_every_line(counter: Counter) -> None:
    Path("clinic.toml").write_text(CLINIC + DOCTOR)
    course = counter.open("--sessions", "2")
    for words in (("courses", "show", course), (*PLAN, "--book", str(counter.path))):
        assert "Dr A" not in counter.ask(*words).out


def test_who_was_too_late_twice_is_told_what_is_free_now(
    staffed: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("courses", "open", *PLAN[1:], "--patient", "Anna Secret")

    def taken(*_: object, **__: object) -> None:
        raise just_taken(["2026-12-01"])

    monkeypatch.setattr(Book, "open_course", taken)
    told = staffed.ask(*asked, "--format", "json")
    assert told.code == 4
    assert told.json["error"]["code"] == "just_taken"
    free = "Free now: 1 2026-12-01 09:00 doctor-a, 2 2026-12-08 09:00 doctor-a."
    assert told.json["error"]["remedy"].startswith(free)
    assert [it["date"] for it in told.json["plan"]["sessions"]] == ["2026-12-01", "2026-12-08"]
    monkeypatch.undo()


def test_a_replan_that_was_too_late_twice_says_what_is_free_now(
    staffed: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = staffed.open("--sessions", "2")
    append, calls = Book.append, []

    def taken(*given: Any, **more: Any) -> Any:
        calls.append(given)
        if len(calls) <= 2:
            raise just_taken(["2026-12-08"])
        return append(*given, **more)

    monkeypatch.setattr(Book, "append", taken)
    words = ("courses", "replan", course, "--away", "2026-12-08", "--yes")
    told = staffed.ask(*words, "--format", "json")
    assert (told.code, told.json["error"]["code"], len(calls)) == (4, "just_taken", 2)
    assert [it["to"] for it in told.json["changes"]] == ["2026-12-09"]
    assert "moves from" in told.json["error"]["remedy"]
    assert staffed.done(*words)["changes"]
