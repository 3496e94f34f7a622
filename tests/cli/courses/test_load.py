"""How full the clinic is, against two weeks reckoned by hand."""

import itertools
import random
import re
from pathlib import Path
from typing import Any

import pytest

from meso_schedule.running.overflow import overflow
from tests.cli.courses.desk import CLINIC, Counter
from tests.cli.courses.test_practitioners import OTHERS
from tests.support.lengths import length

PART_TIME = """\
[[practitioners]]
id = "doctor-a"
name = "Dr A"
[practitioners.hours]
mon = ["09:00-13:00"]
tue = ["14:00-20:00"]
"""
HOUR = 60
# Monday 21 to Sunday 27 December: the clinic is open 8, 11 and 8 hours, then closed. The week
# after 8, 11, 8, 8 and 8. The doctor works 4 hours on Mondays and 6 on Tuesdays.
THERE = {
    "2026-12-21": {"doctor-a": 10 * HOUR, "nurse-b": 27 * HOUR, "room-1": 27 * HOUR},
    "2026-12-28": {"doctor-a": 10 * HOUR, "nurse-b": 43 * HOUR, "room-1": 43 * HOUR},
}
# Sessions of 45 minutes, 10 more of the room: one of the doctor each week, one of the nurse that
# waits for improvement, one that was missed and is due again, with whoever gave the one before:
# on Monday mornings the doctor, who comes first. One of nobody each week.
BOOKED = {
    "2026-12-21": {"doctor-a": 45, "nurse-b": 0, "room-1": 55},
    "2026-12-28": {"doctor-a": 45, "nurse-b": 0, "room-1": 45 + 10 + 10},
}
PROVISIONAL = {
    "2026-12-21": {"doctor-a": 0, "nurse-b": 0, "room-1": 0},
    "2026-12-28": {"doctor-a": 0, "nurse-b": 45, "room-1": 45},
}
FORECAST = {
    "2026-12-21": {"doctor-a": 45, "nurse-b": 0, "room-1": 0},
    "2026-12-28": {"doctor-a": 0, "nurse-b": 0, "room-1": 0},
}


def _fill(counter: Counter) -> str:
    old = counter.open("--sessions", "2", "--start", "2026-12-22", "--at", "10:00")
    Path("clinic.toml").write_text(CLINIC + PART_TIME + OTHERS)
    doctor = ("--practitioner", "doctor-a", "--start", "2026-12-22")
    counter.open("--sessions", "2", *doctor, patient="Berta Secret")
    counter.open("--sessions", "4", "--improves-after", "3", patient="Carla Secret")
    due = counter.open("--sessions", "2", "--start", "2026-12-14", patient="Dora Secret")
    counter.set_day("2026-12-14")
    counter.done("courses", "hold", due, "--on", "2026-12-14")
    counter.set_day("2026-12-21")
    counter.done("courses", "miss", due, "--on", "2026-12-21")
    counter.set_day("2026-12-22")
    return old


def _figures(found: Any, name: str) -> dict[str, dict[str, int]]:
    return {
        week["monday"]: {it["id"]: it[name] for it in (*week["practitioners"], *week["rooms"])}
        for week in found["weeks"]
    }


def test_two_weeks_by_hand(counter: Counter) -> None:
    old = _fill(counter)
    found = counter.done("clinic", "load", "--weeks", "2")
    assert _figures(found, "available") == THERE
    assert _figures(found, "booked") == BOOKED
    assert _figures(found, "provisional") == PROVISIONAL
    assert _figures(found, "forecast") == FORECAST
    left = _figures(found, "free")
    assert left["2026-12-28"]["nurse-b"] == 43 * HOUR - 45
    nobody = {"booked": 45, "forecast": 0, "provisional": 0}
    assert [week["unassigned"] for week in found["weeks"]] == [nobody, nobody]
    assert [(it["course"], it["date"]) for it in found["unassigned"]] == [
        (old, "2026-12-22"),
        (old, "2026-12-29"),
    ]
    told = counter.ask("clinic", "load", "--weeks", "2").out
    assert len(re.findall(r"nobody named +0:45 +0:00 +0:00\n", told)) == 2
    assert "Nobody is named for 2 booked sessions" in told
    ill = ("clinic", "absent", "nurse-b", "2026-12-30")
    counter.done(*ill, "--yes", "--proposal", counter.done(*ill)["id"])
    fewer = _figures(counter.done("clinic", "load", "--weeks", "2"), "available")
    assert fewer["2026-12-21"] == THERE["2026-12-21"]
    assert fewer["2026-12-28"]["nurse-b"] == THERE["2026-12-28"]["nurse-b"] - 8 * HOUR


def test_a_week_that_overflows_whatever_one_does(counter: Counter) -> None:
    """Only the doctor may: half an hour of work a week, where three sessions of 45 are to be."""
    _fill(counter)
    half_an_hour = PART_TIME.replace("09:00-13:00", "09:00-09:30").split("tue = ")[0]
    nurse = OTHERS.replace('"Nurse B"\n', '"Nurse B"\ntreats = ["toxin"]\n')
    Path("clinic.toml").write_text(CLINIC + half_an_hour + nurse)
    weeks = counter.done("clinic", "load", "--weeks", "3")["weeks"]
    missing = {"minutes": 3 * 45 - 30, "protocols": ["skin"], "whose": ["doctor-a"]}
    assert [it["missing"] for it in weeks] == [missing, missing, None]
    assert [it["missing_rooms"] for it in weeks] == [None, None, None]
    told = counter.ask("clinic", "load", "--weeks", "1").out
    assert "1:45 hours are missing whatever one does: skin, for which there is Dr A" in told
    closed = nurse.replace("turnover = 10\n", 'turnover = 10\ntreats = ["peel"]\n')
    Path("clinic.toml").write_text(CLINIC + closed)
    (week,) = counter.done("clinic", "load", "--weeks", "1")["weeks"]
    assert week["missing"]["whose"] == []
    # Two are booked and turned over; so is the third, which is due.
    assert week["missing_rooms"]["minutes"] == 3 * (45 + 10)
    assert "for which there is no room" in counter.ask("clinic", "load", "--weeks", "1").out


@pytest.mark.untraced
def test_what_is_missing_against_every_choice_of_people() -> None:
    """Work of those alone who are chosen, less what they have: the most over all choices."""
    rng = random.Random(16)
    for _ in range(length(300, 30_000)):
        people = [f"p{it}" for it in range(rng.randint(0, 5))]
        there = {who: rng.randint(0, 9) for who in people}
        wanted = {f"w{it}": rng.randint(0, 12) for it in range(rng.randint(0, 6))}
        able = {name: rng.sample(people, rng.randint(0, len(people))) for name in wanted}
        choices = itertools.chain.from_iterable(
            itertools.combinations(people, size) for size in range(len(people) + 1)
        )
        most = max(
            sum(wanted[it] for it in wanted if set(able[it]) <= set(chosen))
            - sum(there[who] for who in chosen)
            for chosen in choices
        )
        found = overflow(wanted, able, there)
        assert (found.minutes if found else 0) == most
        if found:
            assert {who for it in found.protocols for who in able[it]} <= set(found.whose)
            work = sum(wanted[it] for it in found.protocols)
            assert work - sum(there[who] for who in found.whose) == most


def test_a_practitioner_who_is_gone_has_no_hours(counter: Counter) -> None:
    _fill(counter)
    Path("clinic.toml").write_text(CLINIC + OTHERS)
    week = counter.done("clinic", "load", "--weeks", "1")["weeks"][0]
    assert [
        (it["id"], it["available"], it["booked"], it["free"]) for it in week["practitioners"]
    ] == [
        ("nurse-b", 27 * HOUR, 0, 27 * HOUR),
        ("doctor-a", 0, 45, -45),
    ]
    assert "-0:45" in counter.ask("clinic", "load", "--weeks", "1").out


def test_what_cannot_be_told(counter: Counter) -> None:
    assert counter.refused("clinic", "load") == (2, "no_capacity")
    Path("clinic.toml").write_text(CLINIC + OTHERS)
    for weeks in ("0", "105", "x"):
        assert counter.refused("clinic", "load", "--weeks", weeks) == (2, "bad_number")
    assert counter.refused("clinic", "load") == (2, "no_book")
