"""Hours of a clinic, by week, for a while, every year and of one day: against a plain reading."""

from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from meso_schedule.availability.open_days import OpenDays
from meso_schedule.base.times import Clock
from meso_schedule.clinic.notice_period import NoticePeriod
from tests.support.lengths import length
from tests.support.samples import WEEK, Table, clinic, on

BEGIN = date(2027, 12, 1)
SPAN = 150  # over 29 February
MORNING, EVENING = ["09:00-12:00"], ["16:00-20:00"]


def drawn(rng: Random) -> Table:
    """Return the hours of a clinic file with everything that can change them."""

    def days(count: int) -> list[str]:
        found = rng.sample(range(SPAN), count)
        return [str(BEGIN + timedelta(days=place)) for place in found]

    def week() -> Table:
        return {day: rng.choice((MORNING, EVENING)) for day in rng.sample(WEEK, 4)}

    def span() -> Table:
        first, last = sorted(days(2))
        return {"from": first, "to": last}

    opened = days(3)
    return {
        "hours": week(),
        "rota": [span() | week()],
        "yearly": {day[5:]: rng.choice((MORNING, EVENING, [])) for day in [*days(3), "2028-02-29"]},
        "closures": [span() for _ in range(2)],
        "openings": [
            {"date": opened[0], "hours": rng.choice((MORNING, []))},
            {"dates": opened[1:], "hours": EVENING},
        ],
    }


def hours_on(table: Table, day: date) -> list[str]:
    """Return the hours of a day as the file says: the nearest to the single day wins."""
    text = str(day)
    for opening in table["openings"]:
        if text in [opening.get("date"), *opening.get("dates", [])]:
            return list(opening["hours"])
    if any(it["from"] <= text <= it["to"] for it in table["closures"]):
        return []
    if text[5:] in table["yearly"]:
        return list(table["yearly"][text[5:]])
    week = table["hours"]
    for rota in table["rota"]:
        if rota["from"] <= text <= rota["to"]:
            week = rota
    return list(week.get(WEEK[day.weekday()], []))


@pytest.mark.parametrize("seed", range(length(20, 1000)))
def test_against_a_plain_reading(seed: int) -> None:
    table = drawn(Random(seed))
    open_days = OpenDays(clinic(**table))
    days = [BEGIN + timedelta(days=place) for place in range(SPAN)]
    usual = {day: bool(table["hours"].get(WEEK[day.weekday()])) for day in days}
    shut = {entry.date for entry in open_days.shut_days(days[0], days[-1])}
    extra = set(open_days.extra_openings(days[0], days[-1]))
    named = {
        on(it)
        for entry in table["openings"]
        for it in [entry.get("date"), *entry.get("dates", [])]
        if it
    }
    for day in days:
        expected = hours_on(table, day)
        is_shut = any(open_days.clinic_reasons(day))
        assert is_shut == (not expected), (seed, day)
        if expected:
            assert [str(hours) for hours in open_days.hours(day)] == expected, (seed, day)
        assert not (is_shut and usual[day] and day not in named) or day in shut, (seed, day)
        assert (day in extra) == (bool(expected) and (day in named or not usual[day])), (seed, day)


def test_a_day_of_every_year_beats_a_holiday_but_no_closure() -> None:
    house = {
        "holidays": {"country": "GB", "subdivision": "ENG"},
        "yearly": {"12-25": MORNING, "12-24": [], "12-27": MORNING},
        "closures": [{"from": "2027-12-27", "to": "2027-12-27", "reason": "works"}],
    }
    open_days = OpenDays(clinic(**house))
    assert not any(open_days.clinic_reasons(on("2026-12-25")))
    assert list(open_days.clinic_reasons(on("2026-12-24"))) == ["closed"]
    assert "works" in list(open_days.clinic_reasons(on("2027-12-27")))
    told = {
        str(it.date): it.reason for it in open_days.shut_days(on("2026-12-01"), on("2026-12-31"))
    }
    assert told == {
        "2026-12-24": "closed by the clinic",
        "2026-12-26": "Boxing Day",
        "2026-12-28": "Boxing Day (observed)",
    }


ZONE = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("notice", "visit", "asked", "expected", "why"),
    [
        ("24 hours", "2026-12-08T17:00", "2026-12-07T17:00", False, "exactly 24 hours"),
        ("24 hours", "2026-12-08T17:00", "2026-12-07T17:01", True, "a minute less"),
        ("1 day", "2026-12-08T17:00", "2026-12-07T00:00", True, "the day before, all of it"),
        ("1 day", "2026-12-08T17:00", "2026-12-06T23:59", False, "two days before"),
        ("0 days", "2026-12-08T17:00", "2026-12-07T23:59", False, "the day before"),
        ("0 days", "2026-12-08T17:00", "2026-12-08T00:00", True, "the same day"),
        ("24 hours", "2026-10-25T12:00", "2026-10-24T12:30", False, "25 hours less a half"),
        ("24 hours", "2026-10-25T12:00", "2026-10-24T13:01", True, "the clock went back"),
        ("24 hours", "2026-03-29T12:00", "2026-03-28T11:30", True, "a day of 23 hours"),
        ("24 hours", "2026-03-29T12:00", "2026-03-28T11:00", False, "24 hours of it"),
        ("48 hours", "2026-12-08T09:00", "2026-12-09T09:00", True, "the visit is past"),
    ],
)
def test_notice(notice: str, visit: str, asked: str, expected: bool, why: str) -> None:
    start, moment = (datetime.fromisoformat(it).replace(tzinfo=ZONE) for it in (visit, asked))
    assert NoticePeriod.parse(notice).holds(start, moment) == expected, why


def test_a_visit_without_a_time_begins_as_the_clinic_opens() -> None:
    open_days = OpenDays(clinic())
    assert f"{open_days.visit_start(on('2026-12-08'), None):%H:%M}" == "09:00"
    assert f"{open_days.visit_start(on('2026-12-06'), None):%H:%M}" == "00:00", "a Sunday"
    assert f"{open_days.visit_start(on('2026-12-08'), Clock(1020)):%H:%M}" == "17:00"
