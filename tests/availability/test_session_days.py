"""Days and times: every reason for a no, the quarter-hour grid, changes of the clock."""

from collections import Counter
from datetime import UTC, date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meso_schedule import CourseRequest, get_protocol, plan_combined
from meso_schedule.availability.open_days import OpenDays, clock_changes
from meso_schedule.availability.session_days import Availability
from meso_schedule.availability.treatment_spacing import Block
from meso_schedule.base.dates import DateRange
from meso_schedule.base.errors import InputError
from meso_schedule.base.phrases import phrase
from meso_schedule.base.times import Between, parse_clock
from tests.support.samples import EVERY_DAY, WEEK, Table, clinic, on

TWO_SHIFTS: Table = {day: ["09:00-13:00", "14:00-18:00"] for day in WEEK}
LONG_DAYS: Table = {"hours": EVERY_DAY}


def available(
    minutes: int = 45,
    *,
    at: str | None = None,
    between: tuple[str, ...] = (),
    away: tuple[str, ...] = (),
    days: tuple[int, ...] = (),
    **changes: Any,
) -> Availability:
    open_days = OpenDays(
        clinic(**changes),
        days=days,
        between=[Between.parse(text) for text in between],
        away=[DateRange.parse(text) for text in away],
    )
    return Availability(open_days, minutes, at=None if at is None else parse_clock(at))


def usable(days: Availability, first: str, last: str) -> list[str]:
    found = days.usable(on(first).toordinal(), on(last).toordinal())
    return [str(date.fromordinal(day)) for day in found]


def start(days: Availability, day: str) -> str | None:
    ordinal = on(day).toordinal()
    if not days.is_usable(ordinal):
        return None
    return days.instants(ordinal)[0].strftime("%H:%M")


CHRISTMAS: Table = {
    "holidays": {"country": "GB", "subdivision": "ENG"},
    "closures": [
        {"from": "2026-12-24", "to": "2026-12-25", "reason": "Party"},
        {"from": "2026-12-30", "to": "2026-12-30"},
    ],
}


@pytest.mark.parametrize(
    ("asked", "changes", "day", "reasons"),
    [
        ({}, {}, "2026-12-01", ()),
        ({}, {}, "2026-12-05", ("closed on Saturdays",)),
        ({}, CHRISTMAS, "2026-12-24", ("Party",)),
        ({}, CHRISTMAS, "2026-12-25", ("Party", "Christmas Day")),
        ({}, CHRISTMAS, "2026-12-30", ("closed by the clinic",)),
        ({"days": (0, 2)}, {}, "2026-12-01", ("the patient cannot come on Tuesdays",)),
        (
            *({"days": (0,)}, {}, "2026-12-06"),
            ("closed on Sundays", "the patient cannot come on Sundays"),
        ),
        ({"away": ("2026-12-01",)}, {}, "2026-12-01", ("the patient is away 2026-12-01",)),
        (
            *({"away": ("2026-11-28..2026-12-03", "2026-12-01")}, {}, "2026-12-01"),
            (
                "the patient is away 2026-11-28..2026-12-03",
                "the patient is away 2026-12-01",
            ),
        ),
        ({"minutes": 481}, {}, "2026-12-01", ("the opening hours hold no 481 minutes",)),
        (
            *({"between": ("17:00-20:00",)}, {}, "2026-12-01"),
            ("the opening hours hold no 45 minutes between 17:00-20:00",),
        ),
        (
            *({"between": ("07:00-09:30", "tue:06:00-07:00", "tue:18:00-19:00")}, {}),
            "2026-12-01",
            ("the opening hours hold no 45 minutes between 06:00-07:00 or 18:00-19:00",),
        ),
        (
            *({"days": (4,), "away": ("2026-12-24",)}, CHRISTMAS, "2026-12-24"),
            (
                "Party",
                "the patient cannot come on Thursdays",
                "the patient is away 2026-12-24",
            ),
        ),
        (
            {},
            {"openings": [{"date": "2026-12-01", "hours": []}]},
            *("2026-12-01", ("closed",)),
        ),
        (
            {},
            {"openings": [{"date": "2026-12-01", "hours": "09:00-09:30"}]},
            *("2026-12-01", ("the opening hours hold no 45 minutes",)),
        ),
    ],
)
def test_every_reason(asked: Table, changes: Table, day: str, reasons: tuple[str, ...]) -> None:
    days = available(**asked, **changes)
    ordinal = on(day).toordinal()
    assert days.reasons(ordinal) == reasons
    assert days.is_usable(ordinal) == (not reasons)


@pytest.mark.parametrize(
    ("day", "source"),
    [
        ("2026-12-25", "an opening beats a closure and a holiday"),
        ("2026-12-28", "an opening beats the observed Boxing Day"),
        ("2026-12-26", "an opening beats the week's hours and a holiday of the region"),
        ("2026-12-30", "an opening beats a closure"),
    ],
)
def test_an_opening_beats_everything_of_the_clinic(day: str, source: str) -> None:
    opening = {"date": day, "hours": ["10:00-14:00"]}
    assert available(**CHRISTMAS).reasons(on(day).toordinal()), source
    days = available(at="09:00", **CHRISTMAS, openings=[opening])
    assert start(days, day) == "10:00", source
    assert available(away=(day,), **CHRISTMAS, openings=[opening]).reasons(on(day).toordinal()) == (
        f"the patient is away {day}",
    ), "but not an absence"


def test_the_hours_of_an_opening_replace_those_of_the_day() -> None:
    opening = {"date": "2026-12-01", "hours": "13:00-20:00"}
    days = available(at="09:00", openings=[opening])
    assert (start(days, "2026-11-30"), start(days, "2026-12-01")) == ("09:00", "13:00")


def test_usable_days_over_new_year() -> None:
    days = available(days=(3, 4), away=("2027-01-08..2027-01-14",), **CHRISTMAS)
    assert usable(days, "2026-12-17", "2027-01-15") == [
        *("2026-12-17", "2026-12-18", "2026-12-31", "2027-01-07", "2027-01-15")
    ], "24 to 25 December closed, 1 January a holiday"


def test_an_empty_range_has_no_days() -> None:
    assert usable(available(), "2026-12-02", "2026-12-01") == []


def test_the_last_days_of_the_calendar() -> None:
    days = available(timezone="UTC")
    assert usable(days, "9999-12-30", "9999-12-31") == ["9999-12-30", "9999-12-31"]


@given(
    st.lists(st.tuples(st.integers(-900, 900), st.integers(0, 40)), min_size=1, max_size=5),
    st.sampled_from(["UTC", "America/Havana"]),
    st.sets(st.integers(0, 6)),
)
def test_days_do_not_depend_on_what_was_asked_before(
    spans: list[tuple[int, int]], zone: str, weekdays: set[int]
) -> None:
    asked: Table = {
        "days": tuple(weekdays),
        "away": ("2026-06-01..2026-06-20", "2027-12-30..2028-01-02"),
        "timezone": zone,
        "closures": [{"from": "2025-12-24", "to": "2026-01-05"}],
        "openings": [{"date": "2027-01-02", "hours": "09:00-12:00"}],
    }
    shared, origin = available(**asked), on("2026-12-01").toordinal()
    for shift, length in spans:
        first, last = origin + shift, origin + shift + length
        found = shared.usable(first, last)
        assert found == available(**asked).usable(first, last)
        assert found == [day for day in range(first, last + 1) if not shared.reasons(day)]


def test_days_closed_by_closures_and_holidays() -> None:
    opening = {"date": "2026-12-28", "hours": "10:00-14:00"}
    days = available(**CHRISTMAS, openings=[opening])
    found = days.open_days.shut_days(on("2026-12-24"), on("2027-01-31"))
    assert [(str(shut.date), shut.reason) for shut in found] == [
        ("2026-12-24", "Party"),
        ("2026-12-25", "Party; Christmas Day"),
        ("2026-12-26", "Boxing Day"),
        ("2026-12-30", "closed by the clinic"),
        ("2027-01-01", "New Year's Day"),
    ]


def test_a_year_without_known_holidays_is_refused() -> None:
    with pytest.raises(InputError, match="not for 9000"):
        usable(available(**CHRISTMAS), "9000-12-01", "9000-12-02")


@pytest.mark.parametrize(
    ("hours", "minutes", "at", "expected", "source"),
    [
        ("09:00-17:00", 45, "17:30", "16:15", "the whole chair time before closing"),
        ("09:00-17:00", 45, "08:00", "09:00", "not before opening"),
        ("09:00-17:00", 45, "12:00", "12:00", "the time itself"),
        ("09:00-17:00", 45, "12:07", "12:00", "7 minutes off, not 8"),
        ("09:00-17:00", 45, "12:08", "12:15", "7 minutes off, not 8"),
        ("09:10-17:00", 45, "09:00", "09:15", "on the quarter hour"),
        ("09:10-10:10", 55, "09:00", "09:15", "the last minute is used"),
        ("09:10-10:10", 56, "09:00", None, "no quarter hour leaves 56 minutes"),
        ("23:00-24:00", 60, "12:00", "23:00", "24:00 closes a day"),
        ("23:00-24:00", 61, "12:00", None, "24:00 closes a day"),
        (["09:00-13:00", "14:00-18:00"], 45, "13:07", "12:15", "52 minutes off, not 53"),
        (["09:00-13:00", "14:00-18:00"], 45, "13:08", "14:00", "52 minutes off, not 53"),
        (["09:00-13:00", "14:00-18:00"], 60, "13:00", "12:00", "a tie takes the earlier"),
        (["09:00-09:30", "14:00-18:00"], 45, "09:00", "14:00", "one opening holds it all"),
        (["09:00-13:00", "13:00-13:30"], 60, "13:00", "12:00", "openings are not joined"),
    ],
)
def test_the_nearest_start(
    hours: object, minutes: int, at: str, expected: str | None, source: str
) -> None:
    assert start(available(minutes, at=at, hours={"tue": hours}), "2026-12-01") == expected, source


@pytest.mark.parametrize(
    ("between", "at", "day", "expected", "source"),
    [
        (("10:05-12:00",), None, "2026-12-01", "10:15", "the earliest quarter hour"),
        (("10:05-12:00",), "18:00", "2026-12-01", "11:15", "the whole session before noon"),
        (("12:30-14:45",), None, "2026-12-01", "14:00", "cut by the lunch break"),
        (("12:00-13:00", "16:00-17:00"), "15:00", "2026-12-01", "16:00", "the nearer of two"),
        (("tue:10:00-12:00",), None, "2026-12-01", "10:00", "a Tuesday"),
        (("tue:10:00-12:00",), None, "2026-12-02", "09:00", "other weekdays are not limited"),
        (("16:00-18:00", "tue:10:00-12:00"), None, "2026-12-01", "10:00", "Tuesday's own win"),
        (("16:00-18:00", "tue:10:00-12:00"), None, "2026-12-02", "16:00", "the general ones"),
        (("12:30-14:30",), None, "2026-12-01", None, "30 minutes on each side of lunch"),
    ],
)
def test_the_hours_of_the_patient(
    between: tuple[str, ...], at: str | None, day: str, expected: str | None, source: str
) -> None:
    assert start(available(between=between, at=at, hours=TWO_SHIFTS), day) == expected, source


def test_without_times_the_quarter_hour_does_not_matter() -> None:
    days = available(56, hours={"tue": "09:10-10:10"})
    assert not days.timed
    assert usable(days, "2026-12-01", "2026-12-08") == ["2026-12-01", "2026-12-08"]
    assert days.start_minute(on("2026-12-01").toordinal()) == 550


@pytest.mark.parametrize(
    ("at", "minutes_off"), [("12:00", 0), ("12:10", 5), ("18:00", 105), ("00:00", 540)]
)
def test_minutes_from_the_preferred_time(at: str, minutes_off: int) -> None:
    assert available(at=at).minutes_off(on("2026-12-01").toordinal()) == minutes_off


@pytest.mark.parametrize(
    ("zone", "year", "changes", "source"),
    [
        ("Europe/London", 2026, "2026-03-29 2026-10-25", "EU and UK: last Sundays"),
        ("America/New_York", 2026, "2026-03-08 2026-11-01", "US: second and first Sunday"),
        ("Australia/Lord_Howe", 2026, "2026-04-05 2026-10-04", "New South Wales: first Sundays"),
        ("America/Havana", 2026, "2026-03-08 2026-11-01", "Cuba: at midnight"),
        ("Asia/Beirut", 2026, "2026-03-29 2026-10-24", "Lebanon: back at midnight on Saturday"),
        ("Pacific/Apia", 2011, "2011-04-02 2011-09-24 2011-12-30", "Samoa left a day out"),
        ("Asia/Tokyo", 2026, "", "Japan: none"),
        ("UTC", 2026, "", "none"),
    ],
)
def test_days_on_which_the_clock_changes(zone: str, year: int, changes: str, source: str) -> None:
    assert clock_changes(zone, year) == frozenset(map(on, changes.split())), source


@pytest.mark.parametrize(
    ("zone", "day", "at", "begins", "ends", "source"),
    [
        ("Europe/London", "2026-12-01", "17:30", "17:30+00:00", "18:15+00:00", "winter"),
        ("Europe/London", "2026-07-01", "17:30", "17:30+01:00", "18:15+01:00", "summer"),
        ("Europe/London", "2027-03-28", "01:30", "02:00+01:00", "02:45+01:00", "01-02 is left out"),
        ("Europe/London", "2027-03-28", "01:15", "00:45+00:00", "02:30+01:00", "across the gap"),
        ("Europe/London", "2026-10-25", "01:30", "01:30+01:00", "01:15+00:00", "the first 01:30"),
        ("Europe/London", "2026-10-25", "02:00", "02:00+00:00", "02:45+00:00", "after the change"),
        ("America/New_York", "2027-03-14", "02:15", "01:45-05:00", "03:30-04:00", "02-03 left out"),
        ("America/New_York", "2027-03-14", "02:30", "03:00-04:00", "03:45-04:00", "02-03 left out"),
        ("America/New_York", "2026-11-01", "01:30", "01:30-04:00", "01:15-05:00", "first 01:30"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "02:30+11:00", "03:15+11:00", "half hour"),
        ("Australia/Lord_Howe", "2026-10-04", "02:00", "01:45+10:30", "03:00+11:00", "half hour"),
        ("Australia/Lord_Howe", "2027-04-04", "01:30", "01:30+11:00", "01:45+10:30", "half hour"),
        (
            "America/Havana",
            "2027-03-14",
            "00:15",
            "01:00-04:00",
            "01:45-04:00",
            "midnight left out",
        ),
        ("America/Havana", "2026-11-01", "00:30", "00:30-04:00", "00:15-05:00", "first midnight"),
        ("Asia/Beirut", "2027-03-28", "00:00", "01:00+03:00", "01:45+03:00", "midnight left out"),
        ("Asia/Beirut", "2026-10-24", "23:15", "23:15+03:00", "23:00+02:00", "the first 23:15"),
    ],
)
def test_starts_when_the_clock_changes(
    zone: str, day: str, at: str, begins: str, ends: str, source: str
) -> None:
    days = available(at=at, timezone=zone, **LONG_DAYS)
    first, last = days.instants(on(day).toordinal())
    assert first.isoformat() == f"{day}T{begins[:5]}:00{begins[5:]}", source
    assert last.isoformat() == f"{day}T{ends[:5]}:00{ends[5:]}", source


@pytest.mark.parametrize(
    ("zone", "day", "hours", "longest", "source"),
    [
        ("Europe/London", "2026-12-01", "00:00-02:00", 120, "a plain night"),
        ("Europe/London", "2027-03-28", "00:00-02:00", 60, "an hour is left out"),
        ("Europe/London", "2027-03-28", "01:00-02:00", 0, "the hour that is left out"),
        ("Europe/London", "2027-03-28", "00:00-01:30", 59, "it closes in the hour left out"),
        ("Europe/London", "2027-03-28", "00:00-24:00", 1380, "a day of 23 hours"),
        ("Europe/London", "2026-10-25", "00:00-02:00", 180, "an hour comes twice"),
        ("Europe/London", "2026-10-25", "00:00-01:30", 90, "it closes at the first 01:30"),
        ("Europe/London", "2026-10-25", "00:00-24:00", 1500, "a day of 25 hours"),
        ("America/New_York", "2027-03-14", "01:00-04:00", 120, "an hour is left out"),
        ("America/New_York", "2026-11-01", "00:00-03:00", 240, "an hour comes twice"),
        ("Australia/Lord_Howe", "2026-10-04", "01:00-03:00", 90, "half an hour is left out"),
        ("Australia/Lord_Howe", "2027-04-04", "01:00-03:00", 150, "half an hour comes twice"),
        ("America/Havana", "2027-03-14", "00:00-02:00", 60, "it opens in the hour left out"),
        ("America/Havana", "2026-11-01", "00:00-02:00", 180, "an hour comes twice"),
        ("Asia/Beirut", "2026-10-24", "22:00-24:00", 180, "the last hour comes twice"),
        ("Pacific/Apia", "2011-12-30", "00:00-24:00", 0, "a day that never was"),
    ],
)
def test_chair_time_is_elapsed_time(
    zone: str, day: str, hours: str, longest: int, source: str
) -> None:
    opening = {"date": day, "hours": hours}
    for at in (None, "00:00"):
        found = [
            minutes
            for minutes in (longest, longest + 1)
            if minutes
            and usable(available(minutes, at=at, timezone=zone, openings=[opening]), day, day)
        ]
        assert found == ([longest] if longest else []), source


@given(
    st.sampled_from(
        [
            ("Europe/London", "2027-03-28"),
            ("Europe/London", "2026-10-25"),
            ("America/New_York", "2027-03-14"),
            ("America/Havana", "2026-11-01"),
            ("Asia/Beirut", "2026-10-24"),
            ("Australia/Lord_Howe", "2026-10-04"),
            ("Asia/Tokyo", "2026-10-04"),
        ]
    ),
    st.integers(1, 180),
    st.integers(0, 95),
    st.integers(0, 95),
    st.integers(1, 40),
)
def test_a_start_exists_and_the_session_fits(
    place: tuple[str, str], minutes: int, at: int, opens: int, length: int
) -> None:
    zone, day = place
    closes = min(opens + length, 96)
    hours = f"{opens // 4:02}:{opens % 4 * 15:02}-{closes // 4:02}:{closes % 4 * 15:02}"
    days = available(
        minutes,
        at=f"{at // 4:02}:{at % 4 * 15:02}",
        timezone=zone,
        openings=[{"date": day, "hours": hours}],
    )
    ordinal = on(day).toordinal()
    if not days.is_usable(ordinal):
        return
    first, last = days.instants(ordinal)
    midnight = first.replace(hour=0, minute=0, fold=0, tzinfo=None)
    wall = first.replace(tzinfo=None)
    assert last.timestamp() - first.timestamp() == minutes * 60, "chair time is elapsed time"
    assert (first.date(), first.minute % 15, first.fold) == (on(day), 0, 0)
    assert first.astimezone(UTC).astimezone(first.tzinfo).replace(tzinfo=None) == wall, "it exists"
    assert midnight + timedelta(minutes=opens * 15) <= wall
    assert last.replace(tzinfo=None) <= midnight + timedelta(minutes=closes * 15)


def test_treatments_share_what_is_known_of_a_year(monkeypatch: pytest.MonkeyPatch) -> None:
    years: Counter[int] = Counter()
    special_days = OpenDays._special_days

    def counting(days: OpenDays, year: int) -> set[date]:
        years[year] += 1
        return special_days(days, year)

    monkeypatch.setattr(OpenDays, "_special_days", counting)
    asked = CourseRequest(start=on("2026-12-01"), away=["2026-12-24..2027-01-03"], at="10:00")
    pair = [get_protocol(name) for name in ("hyaluronic-acid", "mesobotox")]
    plan = plan_combined(pair, asked, clinic=clinic(**CHRISTMAS), as_of=on("2026-11-22"))
    assert {visit.date.year for visit in plan.visits} <= set(years)
    assert set(years.values()) == {1}


def test_days_kept_free_come_off_days_that_are_laid_out() -> None:
    days = available(**CHRISTMAS)
    reason = phrase("not on the day of {treatment}", treatment="filler")
    kept = DateRange(on("2026-12-02"), on("2027-01-04"))
    fewer = days.without([Block(kept, reason)])
    ends = on("2026-11-01").toordinal(), on("2027-02-28").toordinal()
    assert fewer.usable(*ends) == [
        day for day in days.usable(*ends) if date.fromordinal(day) not in kept
    ]
    assert fewer.reasons(on("2026-12-02").toordinal()) == (reason,)
    assert days.reasons(on("2026-12-02").toordinal()) == ()
    longer = days.lasting(600)
    assert longer.usable(*ends) == []
    assert longer.reasons(on("2026-12-02").toordinal()) == (
        "the opening hours hold no 600 minutes",
    )


def test_where_nobody_is_known_nobody_else_treats_and_nobody_is_full() -> None:
    days, day = available(), on("2026-12-01").toordinal()
    assert days.is_usable(day)
    assert (days.others(day), days.others_at(day, 540, [0])) == (0, 0)
    assert days.full_reasons(day, 540) == []
