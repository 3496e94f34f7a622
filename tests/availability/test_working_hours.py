"""When practitioners work, in quarters of the world's clock, against a reading minute by minute."""

import random
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from meso_schedule import Clinic
from meso_schedule.availability.quarters import (
    day_of,
    hours_of,
    joined_spans,
    minutes_of,
    quarter_of,
    starts_free_of,
    starts_within,
)
from meso_schedule.availability.working_hours import WorkingHours
from meso_schedule.base.times import TimeRange
from tests.support.lengths import length
from tests.support.samples import Table, clinic_table, on

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Around changes of the clock: of an hour, of half an hour (Lord Howe), at midnight (Beirut).
DAYS = {
    "Europe/London": ("2027-03-28", "2027-10-31", "2027-01-11"),
    "Australia/Lord_Howe": ("2027-04-04", "2027-10-03", "2027-01-11"),
    "Asia/Beirut": ("2027-03-28", "2027-10-31", "2027-01-11"),
    "Asia/Kathmandu": ("2027-03-28",),
}


def clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def some_hours(rng: random.Random) -> list[str]:
    ends = sorted(rng.sample(range(0, 1441, rng.choice((5, 15, 30))), 2 * rng.randint(0, 3)))
    return [f"{clock(first)}-{clock(last)}" for first, last in pairwise(ends)][::2]


def some_week(rng: random.Random) -> Table:
    return {day: some_hours(rng) for day in WEEKDAYS if rng.random() < 0.8}


def some_range(rng: random.Random, day: date, first: int = -3, last: int = 3) -> Table:
    begin = rng.randint(first, last)
    return {
        "from": str(day + timedelta(begin)),
        "to": str(day + timedelta(rng.randint(begin, last))),
    }


def some_clinic(rng: random.Random, zone: str, day: date) -> Table:
    who: Table = {"id": "doctor-a", "name": "A"}
    if rng.random() < 0.7:
        who["hours"] = some_week(rng)
    if rng.random() < 0.5:
        who["rota"] = [{**some_range(rng, day), **some_week(rng)}]
    if rng.random() < 0.3:
        who["shifts"] = [{"date": str(day), "hours": some_hours(rng)}]
    who["absences"] = [
        {**some_range(rng, day), **({"hours": some_hours(rng)} if rng.random() < 0.7 else {})}
        for _ in range(rng.randint(0, 2))
    ]
    closures = [some_range(rng, day, 0, 0)] if rng.random() < 0.1 else []
    return clinic_table(timezone=zone, hours=some_week(rng), practitioners=[who], closures=closures)


class Clock:
    """Every minute around a day, with what the clock on the wall shows."""

    def __init__(self, day: date, zone: str) -> None:
        begin = datetime.combine(day - timedelta(1), time(), UTC)
        place = ZoneInfo(zone)
        minutes = [begin + timedelta(minutes=n) for n in range(4 * 1440)]
        self.shown = [(it, it.astimezone(place).replace(tzinfo=None)) for it in minutes]
        self.midnight = datetime.combine(day, time())

    def first(self, minute: int) -> datetime:
        wanted = self.midnight + timedelta(minutes=minute)
        return next(moment for moment, wall in self.shown if wall >= wanted)

    def within(self, hours: Iterable[str]) -> Callable[[datetime], bool]:
        spans = [
            tuple(self.first(60 * int(end[:2]) + int(end[3:])) for end in text.split("-"))
            for text in hours
        ]
        return lambda moment: any(first <= moment < last for first, last in spans)


clock_of = cache(Clock)


def plain_reading(table: Table, day: date) -> list[int]:
    """Return the quarters since 1970 on which the only practitioner works, minute by minute."""
    who, weekday = table["practitioners"][0], WEEKDAYS[day.weekday()]
    seen = clock_of(day, table["timezone"])

    def holds(entry: Table) -> bool:
        return on(entry["from"]) <= day <= on(entry["to"])

    if any(map(holds, table["closures"])) or not table["hours"].get(weekday):
        return []
    hours = who["hours"].get(weekday, []) if "hours" in who else table["hours"][weekday]
    for rota in filter(holds, who.get("rota", [])):
        hours = rota.get(weekday, [])
    away = [entry.get("hours") or ["00:00-24:00"] for entry in filter(holds, who["absences"])]
    for shift in who.get("shifts", []):
        hours, away = shift["hours"], []
    works = seen.within(hours)
    gone = seen.within(text for texts in away for text in texts)
    minutes: dict[int, int] = {}
    for moment, _ in seen.shown:
        if works(moment) and not gone(moment):
            quarter = int(moment.timestamp()) // 900
            minutes[quarter] = minutes.get(quarter, 0) + 1
    return sorted(quarter for quarter, count in minutes.items() if count == 15)


@pytest.mark.parametrize("zone", DAYS)
def test_against_a_reading_of_every_minute(zone: str) -> None:
    rng = random.Random(f"working {zone}")
    worked = 0
    for _ in range(length(8, 300)):
        for text in DAYS[zone]:
            day = on(text)
            table = some_clinic(rng, zone, day)
            made = Clinic.read(table)
            hours = WorkingHours(made)
            free = hours.free(made.practitioners[0], day)
            assert hours.free(made.practitioners[0], day) == free
            first, _ = day_of(day, ZoneInfo(zone))
            found = [first + n for n in range(free.bit_length()) if free >> n & 1]
            assert found == plain_reading(table, day), (day, table)
            worked += bool(found)
    assert worked


@pytest.mark.parametrize(
    ("day", "zone", "length"),
    [
        ("2027-03-28", "Europe/London", 92),
        ("2027-10-31", "Europe/London", 100),
        ("2027-01-11", "Europe/London", 96),
        ("2027-10-03", "Australia/Lord_Howe", 94),
        ("2027-03-28", "Asia/Beirut", 92),
    ],
)
def test_a_day_has_as_many_quarters_as_hours_pass(day: str, zone: str, length: int) -> None:
    begin = datetime.combine(on(day), time(), ZoneInfo(zone))
    assert day_of(on(day), ZoneInfo(zone)) == (quarter_of(begin), length)


@pytest.mark.parametrize(
    ("day", "zone"), [(day, zone) for zone, days in DAYS.items() for day in days]
)
def test_what_was_counted_is_shown_as_the_clock_has_it(day: str, zone: str) -> None:
    hours = [TimeRange(3 * 60 + 5, 11 * 60), TimeRange(17 * 60 + 30, 24 * 60)]
    where, when = ZoneInfo(zone), date.fromisoformat(day)
    assert list(hours_of(minutes_of(hours, when, where), when, where)) == hours


def test_hours_that_the_clock_jumps_over_are_none() -> None:
    day, zone = on("2027-03-28"), ZoneInfo("Europe/London")
    hours = [TimeRange.parse(text) for text in ("00:00-01:15", "01:15-01:45", "01:45-03:00")]
    assert list(minutes_of(hours, day, zone)) == [(0, 60), (60, 120)]


def test_starts_against_every_quarter() -> None:
    rng = random.Random("starts")
    for _ in range(length(300, 5_000)):
        spans = joined_spans(
            (first, first + rng.randint(1, 200)) for first in rng.sample(range(1300), 3)
        )
        lead, minutes = rng.randint(0, 70), rng.randint(1, 120)
        mask = starts_within(spans, lead, minutes)
        inside = {minute for first, last in spans for minute in range(first, last)}
        taken = sum(1 << quarter for quarter in {minute // 15 for minute in inside})
        free = starts_free_of(taken, lead // 15, -(-(lead + minutes) // 15), 96)
        for quarter in range(96):
            wanted = set(range(15 * quarter + lead, 15 * quarter + lead + minutes))
            assert mask >> quarter & 1 == (wanted <= inside), (spans, lead, minutes)
            cells = {minute // 15 for minute in wanted}
            clear = cells.isdisjoint(minute // 15 for minute in inside)
            assert free >> quarter & 1 == clear, (spans, lead, minutes)


def test_rooms_and_devices_are_closed_for_a_while() -> None:
    closure = {"from": "2027-02-15", "to": "2027-02-19"}
    made = Clinic.read(
        clinic_table(
            rooms=[{"id": "room-1", "closures": [closure]}, {"id": "room-2"}],
            devices=[
                {"id": "laser", "count": 3, "closures": [{**closure, "count": 2}, closure]},
                {"id": "mesogun", "count": 2, "closures": [{**closure, "count": 1}]},
            ],
        )
    )
    hours = WorkingHours(made)
    days: list[Any] = [on("2027-02-14"), on("2027-02-15"), on("2027-02-19"), on("2027-02-22")]
    assert [hours.is_open(made.rooms[0], day) for day in days] == [False, False, False, True], (
        "the 14th is a Sunday"
    )
    assert [hours.is_open(made.rooms[1], day) for day in days] == [False, True, True, True]
    assert [hours.at_hand(made.devices[0], day) for day in days] == [0, 0, 0, 3]
    assert [hours.at_hand(made.devices[1], day) for day in days] == [0, 1, 1, 2]
