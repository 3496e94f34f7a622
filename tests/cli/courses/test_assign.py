"""People and rooms for courses that were opened before anybody was named."""

from pathlib import Path
from typing import Any

import pytest

from meso_schedule.book.book import Book
from meso_schedule.book.storage.quarters_taken import just_taken
from tests.cli.courses.desk import CLINIC, Counter
from tests.cli.courses.test_practitioners import DOCTOR, OTHERS

NAMES = ("Anna Secret", "Berta Secret", "Carla Secret")


@pytest.fixture
def old(counter: Counter) -> list[str]:
    """Open three courses at one time, then name a doctor, a nurse and two rooms."""
    made = [
        counter.open("--sessions", "2", "--at", "10:00", "--start", "2026-12-02", patient=name)
        for name in NAMES
    ]
    Path("clinic.toml").write_text(f'{CLINIC}{DOCTOR}{OTHERS}[[rooms]]\nid = "room-2"\n')
    return made


def _given(found: Any) -> dict[str, list[tuple[str, str, str]]]:
    return {
        it["course"]: [(one["date"], one["start"], one["practitioner"]) for one in it["sessions"]]
        for it in found["assigned"]
    }


def test_first_come_each_gets_whoever_is_free(counter: Counter, old: list[str]) -> None:
    first, second, third = sorted(old)  # opened on one day: by their ids
    shown = counter.done("courses", "assign", "--all")
    days = ("2026-12-02", "2026-12-09")
    # Two people: the third has to go where its day stays, 45 minutes beside the first two.
    assert _given(shown) == {
        first: [(day, "10:00", "doctor-a") for day in days],
        second: [(day, "10:00", "nurse-b") for day in days],
        third: [(day, "09:15", "doctor-a") for day in days],
    }
    assert [it["course"] for it in shown["assigned"]] == [first, second, third]
    rooms = {it["sessions"][0]["room"] for it in shown["assigned"][:2]}
    assert rooms == {"room-1", "room-2"}
    assert len(counter.done("clinic", "load", "--weeks", "2")["unassigned"]) == 6
    booked = counter.done("courses", "assign", "--all", "--yes")
    assert _given(booked) == _given(shown)
    assert counter.done("clinic", "load", "--weeks", "2")["unassigned"] == []
    assert counter.done("book", "verify")["is_sound"]
    told = counter.ask("courses", "assign", "--all")
    assert (told.code, told.out) == (0, "Somebody is named for every booked session.\n")


def test_who_is_absent_is_not_named(counter: Counter, old: list[str]) -> None:
    absent = ("clinic", "absent", "doctor-a", "2026-12-09")
    counter.done(*absent, "--yes", "--proposal", counter.done(*absent)["id"])
    for more in ((), ("--yes",)):
        shown = counter.done("courses", "assign", old[0], *more)
        # The nurse, as she can give both.
        days = ("2026-12-02", "2026-12-09")
        assert _given(shown) == {old[0]: [(day, "10:00", "nurse-b") for day in days]}


def test_a_preview_says_on_its_last_line_that_nothing_is_booked(
    counter: Counter, old: list[str]
) -> None:
    told = counter.ask("courses", "assign", old[0]).out
    assert "  session 1 on Wed 2 Dec 2026 at 10:00 with Dr A in room-" in told
    assert told.endswith("Nothing is booked yet: give --yes to book it.\n")
    assert old[1] not in told
    third = counter.ask("courses", "assign", "--all").out
    assert "at 09:15 with Dr A in room-" in third
    assert third.count("; it moves there") == 2


def test_hours_that_are_past_are_not_given(counter: Counter, old: list[str]) -> None:
    """Half past nine of the day: the third can no longer go before the others."""
    counter.set_day("2026-12-02", 9, minute=30)
    third = _given(counter.done("courses", "assign", "--all"))[sorted(old)[2]]
    assert third == [("2026-12-02", "10:45", "doctor-a"), ("2026-12-09", "09:15", "doctor-a")]


def test_where_nobody_is_free_it_says_so(counter: Counter, old: list[str]) -> None:
    away = 'absences = [{ from = "2026-12-01", to = "2027-12-31" }]\n'
    Path("clinic.toml").write_text(CLINIC + DOCTOR + away)
    told = counter.ask("courses", "assign", old[0], "--yes")
    assert told.code == 1
    assert "nobody can be named." in told.out
    assert "Nothing is booked" not in told.out
    assert "Booked." not in told.out
    shown = counter.ask("courses", "assign", "--all", "--format", "json")
    assert (shown.code, [it["course"] for it in shown.json["not_assigned"]]) == (1, sorted(old))


def test_planned_anew_where_another_was_quicker(
    counter: Counter, old: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    append, calls = Book.append, []

    def taken(*given: Any, **more: Any) -> Any:
        calls.append(given)
        if len(calls) == 1:
            raise just_taken(["2026-12-02"])
        return append(*given, **more)

    monkeypatch.setattr(Book, "append", taken)
    assert counter.ask("courses", "assign", old[0], "--yes").out.endswith("\nBooked.\n")
    assert len(calls) == 2


def test_what_cannot_be_assigned(counter: Counter, old: list[str]) -> None:
    assert counter.refused("courses", "assign") == (2, "missing_argument")
    assert counter.refused("courses", "assign", old[0], "--all") == (2, "contradiction")
    assert counter.refused("courses", "assign", "no course") == (2, "bad_course_id")
    Path("clinic.toml").write_text(CLINIC)
    assert counter.refused("courses", "assign", "--all") == (2, "no_capacity")
