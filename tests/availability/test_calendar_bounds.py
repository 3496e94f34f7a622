"""Where repeated events of a calendar end, on the clock they are written for."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr

from meso_schedule import read_busy
from tests.support.calendars import calendar, event
from tests.support.tools import ical_js

CLINICS = ("America/New_York", "Europe/London", "Europe/Berlin", "Australia/Sydney")


def days(data: bytes, zone: str, year: int = 2026) -> list[str]:
    """Return the days on which busy times of a year begin, on the clock of the zone."""
    clinic = ZoneInfo(zone)
    found = read_busy(data).spans(year, clinic)
    starts = sorted(start.astimezone(clinic) for start, _ in found)
    return [f"{start:%m-%d}" for start in starts]


def weekly(start: str, until: str) -> bytes:
    lasts = "P1D" if "VALUE=DATE" in start else "PT1H"
    return calendar(*event(start, f"DURATION:{lasts}", f"RRULE:FREQ=WEEKLY;UNTIL={until}"))


ALL = ["12-01", "12-08", "12-15"]


@pytest.mark.parametrize(
    ("zone", "until", "expected", "source"),
    [
        # RFC 5545, 3.3.10: the bound is inclusive; without Z it is on the clock of DTSTART.
        *((zone, "20261215T100000", ALL, "local, the last start itself") for zone in CLINICS),
        *((zone, "20261215T095959", ALL[:2], "local, a second before") for zone in CLINICS),
        *((zone, "20261215T000000", ALL[:2], "local midnight before it") for zone in CLINICS),
        *((zone, "20261215", ALL, "a date is that whole day there") for zone in CLINICS),
        *((zone, "20261214", ALL[:2], "the day before") for zone in CLINICS),
        ("America/New_York", "20261215T150000Z", ALL, "10:00 there"),
        ("America/New_York", "20261215T145959Z", ALL[:2], "a second before 10:00 there"),
        ("Australia/Sydney", "20261214T230000Z", ALL, "10:00 of the 15th there"),
        ("Australia/Sydney", "20261214T225959Z", ALL[:2], "a second before"),
        ("Europe/Berlin", "99991231T235959Z", None, "as good as none"),
        ("Europe/Berlin", "20261215t100000", ALL, "small letters"),
        ("Europe/Berlin", "20261215T100060", ALL, "a leap second"),
    ],
)
@pytest.mark.parametrize("kind", ["zoned", "floating"])
def test_a_bound_is_on_the_clock_of_the_start(
    zone: str, until: str, expected: list[str] | None, source: str, kind: str
) -> None:
    name = f";TZID={zone}" if kind == "zoned" else ""
    found = days(weekly(f"DTSTART{name}:20261201T100000", until), zone)
    assert found[:3] == (expected or ALL), source
    assert len(found) == len(expected or ["a week"] * 5), source


@pytest.mark.parametrize("zone", CLINICS)
@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("20261215", ALL),
        ("20261214", ALL[:2]),
        ("20261215T000000", ALL),
        ("20261215T235959", ALL),
        ("20261214T235959", ALL[:2]),
        ("20261215T120000Z", ALL),
    ],
)
def test_a_bound_of_whole_days(zone: str, until: str, expected: list[str]) -> None:
    assert days(weekly("DTSTART;VALUE=DATE:20261201", until), zone) == expected


@pytest.mark.parametrize(
    ("zone", "until"),
    [
        # The last midnight of the 15th, and its end, as the clinic's clock has them.
        ("Europe/Berlin", "20261214T230000Z"),
        ("Australia/Sydney", "20261214T130000Z"),
        ("America/New_York", "20261215T050000Z"),
        ("America/New_York", "20261216T045959Z"),
        # The same as the world's clock has them.
        ("America/New_York", "20261215T000000Z"),
    ],
)
def test_no_whole_day_is_lost_to_a_bound_in_utc(zone: str, until: str) -> None:
    assert days(weekly("DTSTART;VALUE=DATE:20261201", until), zone)[:3] == ALL


def test_a_bound_in_the_hour_that_comes_twice() -> None:
    # 01:30 for the first time is 05:30 UTC, the bound is 01:10 for the second time.
    data = weekly("DTSTART;TZID=America/New_York:20261025T013000", "20261101T061000Z")
    assert days(data, "America/New_York") == ["10-25", "11-01"]


@pytest.mark.parametrize("until", ["20261130", "20261201T095959", "20261201T000000"])
def test_a_bound_before_the_start_leaves_nothing(until: str) -> None:
    assert days(weekly("DTSTART;TZID=Europe/Berlin:20261201T100000", until), "Europe/Berlin") == []


RULES = (
    *("FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;BYDAY=MO,WE", "FREQ=HOURLY;INTERVAL=7"),
    *("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU", "FREQ=MONTHLY", "FREQ=MONTHLY;INTERVAL=5"),
    *("FREQ=MONTHLY;BYDAY=-1FR", "FREQ=MONTHLY;BYHOUR=6,20;BYMONTHDAY=1,31", "FREQ=YEARLY"),
    *("FREQ=YEARLY;BYMONTH=2,12", "FREQ=YEARLY;INTERVAL=2;BYDAY=20MO", "FREQ=YEARLY;BYYEARDAY=-1"),
    *("FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1", "FREQ=MINUTELY"),
    *("FREQ=DAILY;BYHOUR=9,17;BYMINUTE=0,30", "FREQ=WEEKLY;COUNT=300", "FREQ=DAILY;COUNT=3000"),
    *("FREQ=MONTHLY;COUNT=130", "FREQ=MONTHLY;BYDAY=6MO", "FREQ=SECONDLY;INTERVAL=86399"),
)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule != "FREQ=MINUTELY"])
@pytest.mark.parametrize(
    "start", ["20160131T083000", "20200229T233000", "20261130T000000", "20250704T120000"]
)
def test_a_rule_far_from_its_start_as_dateutil_follows_it(rule: str, start: str) -> None:
    first = datetime.strptime(start, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - made UTC below
    window = datetime(2026, 1, 1), datetime(2026, 12, 31, 23, 59, 59)  # noqa: DTZ001
    followed = set(rrulestr(f"RRULE:{rule}", dtstart=first).between(*window, inc=True))
    if window[0] <= first:
        followed.add(first)
    data = calendar(*event(f"DTSTART:{start}Z", "DURATION:PT1H", f"RRULE:{rule}"))
    found = {
        start.replace(tzinfo=None) for start, _ in read_busy(data).spans(2026, ZoneInfo("UTC"))
    }
    assert {moment for moment in found if window[0] <= moment <= window[1]} == followed


def test_bounds_as_ical_js_reads_them() -> None:
    first = datetime(2026, 12, 1, tzinfo=UTC)
    window = {
        "first": first.timestamp() * 1000,
        "last": (first + timedelta(days=30)).timestamp() * 1000,
    }
    bounds = [
        f"{date(2026, 12, 10) + timedelta(days=day):%Y%m%d}{clock}"
        for day in range(8)
        for clock in ("", "T085959", "T090000", "T235959", "T000000Z", "T090000Z")
    ]
    calendars = [
        calendar(
            *event("DTSTART:20261201T090000Z", "DURATION:PT1H", f"RRULE:FREQ=DAILY;UNTIL={it}")
        )
        for it in bounds
    ]
    counted = [len(found) for found in ical_js("expand", calendars, **window)]
    ours = [len(days(data, "UTC")) for data in calendars]
    # ical.js takes a date for the midnight that begins it.
    assert [
        (bound, count + (len(bound) == 8)) for bound, count in zip(bounds, counted, strict=True)
    ] == list(zip(bounds, ours, strict=True))


def test_left_out_and_moved_times_are_known_in_any_zone() -> None:
    lines = event(
        "DTSTART;TZID=America/New_York:20261201T100000",
        "DURATION:PT1H",
        "RRULE:FREQ=DAILY;COUNT=6",
        "EXDATE:20261202T150000Z",
        "EXDATE;TZID=Europe/Berlin:20261203T160000",
        "EXDATE:20261204T100000",
        "EXDATE;VALUE=DATE:20261205",
    )
    moved = event("RECURRENCE-ID;VALUE=DATE:20261206", "DTSTART:20261220T150000Z", "DURATION:PT1H")
    assert days(calendar(*lines, *moved), "America/New_York") == ["12-01", "12-20"]


def test_times_without_a_zone_left_out_in_utc_stay_the_clinics() -> None:
    lines = event(
        "DTSTART:20261201T090000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3",
        "EXDATE:20261202T140000Z",
    )  # fmt: skip
    zone = ZoneInfo("America/New_York")
    spans = read_busy(calendar(*lines)).spans(2026, zone)
    starts = sorted(start.astimezone(zone) for start, _ in spans)
    assert [f"{start:%d %H:%M}" for start in starts] == ["01 09:00", "03 09:00"]


@pytest.mark.parametrize(
    ("left_out", "expected"),
    [
        ("EXDATE;VALUE=DATE:20261202", ["12-01", "12-03"]),
        ("EXDATE:20261202T000000Z", ["12-01", "12-03"]),
        # Midnight in Berlin.
        ("EXDATE:20261201T230000Z", ["12-01", "12-03"]),
        ("EXDATE;TZID=Europe/Berlin:20261202T000000", ["12-01", "12-03"]),
    ],
)
def test_whole_days_left_out(left_out: str, expected: list[str]) -> None:
    lines = event("DTSTART;VALUE=DATE:20261201", "RRULE:FREQ=DAILY;COUNT=3", left_out)
    assert days(calendar(*lines), "Europe/Berlin") == expected


def test_this_and_all_later_instances_move() -> None:
    lines = [
        *event("DTSTART:20261201T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=6"),
        *event(
            "RECURRENCE-ID;RANGE=THISANDFUTURE:20261203T090000Z",
            "DTSTART:20261203T120000Z",
            "DURATION:PT2H",
        ),
        *event(
            "RECURRENCE-ID;RANGE=THISANDFUTURE:20261205T090000Z",
            "DTSTART:20261205T120000Z",
            "STATUS:CANCELLED",
        ),
    ]
    found = sorted(read_busy(calendar(*lines)).spans(2026, ZoneInfo("UTC")))
    assert [f"{start:%d %H}-{end:%H}" for start, end in found] == [
        *("01 09-10", "02 09-10", "03 12-14", "04 12-14")
    ]


def test_an_instance_left_out_and_moved_is_left_out() -> None:
    lines = [
        *event(
            *("DTSTART:20261201T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2"),
            "EXDATE:20261202T090000Z",
        ),
        *event("RECURRENCE-ID:20261202T090000Z", "DTSTART:20261205T120000Z", "DURATION:PT1H"),
    ]
    assert days(calendar(*lines), "UTC") == ["12-01"]


def test_versions_that_share_a_number_all_count() -> None:
    lines = [
        *event("DTSTART:20261201T090000Z", "DURATION:PT1H"),
        *event("DTSTART:20261202T090000Z", "DURATION:PT1H"),
    ]
    assert days(calendar(*lines), "UTC") == ["12-01", "12-02"]


@pytest.mark.parametrize("zone", CLINICS)
@pytest.mark.parametrize(
    "lines",
    [
        ["DTSTART;TZID=Europe/Berlin;VALUE=DATE:20261208", "DTEND;VALUE=DATE:20261209"],
        ["DTSTART;TZID=Asia/Tokyo;VALUE=DATE:20261208"],
        ["DTSTART;VALUE=DATE;TZID=America/Los_Angeles:20261208", "DURATION:P1D"],
        ["DTSTART;TZID=Nowhere;VALUE=DATE:20261208"],
        ["DTSTART;TZID=Europe/Berlin:20261208"],
        ["DTSTART;TZID=Europe/Berlin;VALUE=DATE:20261208T000000"],
        ["DTSTART;VALUE=DATE:20261208", "DTEND;VALUE=DATE:20261208"],
        ["DTSTART;VALUE=DATE:20261207", "RDATE;TZID=Asia/Tokyo;VALUE=DATE:20261208",
         "EXDATE;TZID=Asia/Tokyo;VALUE=DATE:20261207"],
    ],
)  # fmt: skip
def test_a_whole_day_is_the_clinics_whatever_zone_stands_beside_it(
    zone: str, lines: list[str]
) -> None:
    clinic = ZoneInfo(zone)
    ((start, end),) = read_busy(calendar(*event(*lines))).spans(2026, clinic)
    assert start.astimezone(clinic) == datetime(2026, 12, 8, tzinfo=clinic)
    assert end.astimezone(clinic) == datetime(2026, 12, 9, tzinfo=clinic)
