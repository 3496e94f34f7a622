import pickle
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from meso_schedule import read_busy
from meso_schedule.base.busy_times import Span
from meso_schedule.base.errors import CalendarEndError, InputError
from tests.support.calendars import LONDON, calendar, event, house_zone, random_calendar
from tests.support.lengths import length
from tests.support.samples import faults_of
from tests.support.tools import ical_js

PARIS = ZoneInfo("Europe/Paris")
UTC_ZONE = ZoneInfo("UTC")


def spans(data: bytes, year: int = 2026, zone: ZoneInfo = PARIS) -> list[str]:
    """Return the busy times of a year, on the clock of the zone."""
    found = sorted(set(read_busy(data, "work.ics").spans(year, zone)))
    return [shown(span, zone) for span in found]


def codes_of(read: Callable[[], object]) -> list[str]:
    return [fault.code for fault in faults_of(read)]


def shown(span: Span, zone: ZoneInfo) -> str:
    start, end = (moment.astimezone(zone) for moment in span)
    return f"{start:%m-%d %H:%M}..{end:%m-%d %H:%M}"


HOUR = "DURATION:PT1H"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["DTSTART:20261201T090000Z", HOUR], ["12-01 10:00..12-01 11:00"]),
        (["DTSTART:20261201T090000", HOUR], ["12-01 09:00..12-01 10:00"]),
        (["DTSTART;TZID=Europe/London:20261201T090000", HOUR], ["12-01 10:00..12-01 11:00"]),
        (
            ["DTSTART;TZID=GMT Standard Time:20261201T090000", HOUR],
            ["12-01 10:00..12-01 11:00"],
        ),
        (["DTSTART;TZID=House:20261201T090000", HOUR], ["12-01 05:00..12-01 06:00"]),
        (["DTSTART;VALUE=DATE:20261201"], ["12-01 00:00..12-02 00:00"]),
        (
            ["DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261204"],
            ["12-01 00:00..12-04 00:00"],
        ),
        (
            ["DTSTART:20261201T220000", "DTEND:20261202T020000"],
            ["12-01 22:00..12-02 02:00"],
        ),
        # The night in which the clock goes back: hours are elapsed time, ends are wall time.
        (
            ["DTSTART;TZID=Europe/Paris:20261024T230000", "DURATION:PT8H"],
            ["10-24 23:00..10-25 06:00"],
        ),
        (["DTSTART:20261024T230000", "DURATION:PT8H"], ["10-24 23:00..10-25 06:00"]),
        (
            ["DTSTART;TZID=Europe/Paris:20261024T230000", "DURATION:P1DT1H"],
            ["10-24 23:00..10-26 00:00"],
        ),
        (
            [
                "DTSTART;TZID=Europe/Paris:20261024T230000",
                "DTEND;TZID=Europe/Paris:20261025T070000",
            ],
            ["10-24 23:00..10-25 07:00"],
        ),
        # Repeated wall times stay the same on both sides of a change of the clock.
        (
            ["DTSTART;TZID=Europe/London:20261020T090000", HOUR, "RRULE:FREQ=WEEKLY;COUNT=2"],
            ["10-20 10:00..10-20 11:00", "10-27 10:00..10-27 11:00"],
        ),
        (
            ["DTSTART:20261020T090000Z", HOUR, "RRULE:FREQ=WEEKLY;COUNT=2"],
            ["10-20 11:00..10-20 12:00", "10-27 10:00..10-27 11:00"],
        ),
        (
            ["DTSTART:20261201T090000Z", HOUR, "RDATE;VALUE=PERIOD:20261205T090000Z/PT2H"],
            ["12-01 10:00..12-01 11:00", "12-05 10:00..12-05 12:00"],
        ),
        (
            ["DTSTART:20261201T090000Z", HOUR, "RRULE:FREQ=MINUTELY;COUNT=2"],
            ["12-01 10:00..12-01 11:00", "12-01 10:01..12-01 11:01"],
        ),
        (
            [
                "DTSTART;TZID=Europe/London:20261130T090000",
                HOUR,
                "RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            ],
            ["11-30 10:00..11-30 11:00", "12-31 10:00..12-31 11:00"],
        ),
        # One that runs backwards takes the time between.
        (["DTSTART:20261201T090000Z", "DTEND:20261201T080000Z"], ["12-01 09:00..12-01 10:00"]),
        (["DTSTART:20261201T090000Z", HOUR, "TRANSP:TRANSPARENT"], []),
        (["DTSTART:20261201T090000Z", HOUR, "STATUS:CANCELLED"], []),
        (["DTSTART:20261201T090000Z", HOUR, "STATUS:TENTATIVE"], ["12-01 10:00..12-01 11:00"]),
        (["DTSTART:20261201T090000Z", HOUR, "DTSTAMP:nonsense"], ["12-01 10:00..12-01 11:00"]),
    ],
)
def test_one_event(lines: list[str], expected: list[str]) -> None:
    assert spans(calendar(*LONDON, *house_zone("+0500"), *event(*lines))) == expected


@pytest.mark.parametrize(
    "rule",
    [
        *("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYDAY=6MO"),
        *("FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1", "FREQ=YEARLY;INTERVAL=4;BYYEARDAY=366"),
    ],
)
def test_a_rule_that_never_comes_leaves_the_event_itself(rule: str) -> None:
    lines = event("DTSTART:20261201T090000Z", HOUR, f"RRULE:{rule}")
    assert spans(calendar(*lines)) == ["12-01 10:00..12-01 11:00"]


def test_an_instance_that_was_moved_or_cancelled() -> None:
    weekly = event("DTSTART:20261201T090000Z", HOUR, "RRULE:FREQ=WEEKLY;COUNT=4")
    moved = event("RECURRENCE-ID:20261208T090000Z", "DTSTART:20261209T120000Z", HOUR)
    gone = event(
        "RECURRENCE-ID:20261215T090000Z", "DTSTART:20261215T090000Z", HOUR, "STATUS:CANCELLED"
    )
    assert spans(calendar(*weekly, *moved, *gone)) == [
        "12-01 10:00..12-01 11:00",
        "12-09 13:00..12-09 14:00",
        "12-22 10:00..12-22 11:00",
    ]


def test_an_instance_moved_to_another_year() -> None:
    weekly = event("DTSTART:20261201T090000Z", HOUR, "RRULE:FREQ=WEEKLY;COUNT=2")
    moved = event("RECURRENCE-ID:20261208T090000Z", "DTSTART:20280301T120000Z", HOUR)
    assert spans(calendar(*weekly, *moved), 2028) == ["03-01 13:00..03-01 14:00"]


def test_the_newer_version_of_an_event_counts() -> None:
    versions = [
        *event("DTSTART:20261201T090000Z", HOUR, "SEQUENCE:1"),
        *event("DTSTART:20261202T090000Z", HOUR, "SEQUENCE:2"),
    ]
    assert spans(calendar(*versions)) == ["12-02 10:00..12-02 11:00"]


def test_a_series_without_end_reaches_every_year() -> None:
    data = calendar(*event("DTSTART:20200107T090000", HOUR, "RRULE:FREQ=WEEKLY"))
    assert len(spans(data, 2026)) in (52, 53)
    assert len({span[0] for span in read_busy(data).spans(2044, PARIS)}) >= 52


def test_free_busy_tables() -> None:
    table = [
        "BEGIN:VFREEBUSY",
        "UID:1",
        "DTSTAMP:20260101T000000Z",
        "FREEBUSY:20261201T090000Z/PT2H,20261202T090000Z/20261202T100000Z",
        "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261203T090000Z/PT1H",
        "FREEBUSY;FBTYPE=FREE:20261204T090000Z/PT1H",
        "END:VFREEBUSY",
    ]
    assert spans(calendar(*table)) == [
        "12-01 10:00..12-01 12:00",
        "12-02 10:00..12-02 11:00",
        "12-03 10:00..12-03 11:00",
    ]


def test_zones_of_one_file_do_not_hold_in_another() -> None:
    lines = event("DTSTART;TZID=House:20261201T090000", HOUR)
    early = calendar(*house_zone("+0500"), *lines)
    late = calendar(*house_zone("+0300"), *lines)
    behind = calendar(*lines, *house_zone("+0300"))
    assert spans(early) == ["12-01 05:00..12-01 06:00"]
    assert spans(late) == ["12-01 07:00..12-01 08:00"]
    assert spans(behind) == spans(late)
    assert codes_of(lambda: read_busy(calendar(*lines))) == ["unknown_zone"]


WHOLE = calendar(*event("DTSTART:20261201T090000Z", HOUR))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "bad_calendar"),
        (b"hello", "bad_calendar"),
        (b"<html>", "bad_calendar"),
        (b"\xff\xfe\x00", "bad_calendar"),
        (WHOLE[:-30], "bad_calendar"),
        (WHOLE + WHOLE[:-30], "bad_calendar"),
        (calendar(*event("DTSTART:20261201T090000Z", "RRULE:FREQ=SOMETIMES")), "bad_calendar"),
        (calendar(*event("DTSTART:20261201T090000Z", "RRULE:COUNT=2")), "bad_calendar"),
        (
            calendar(*event("DTSTART:20261201T090000Z", "RRULE:FREQ=DAILY;INTERVAL=0")),
            "bad_calendar",
        ),
        (calendar(*event("DTSTART;TZID=Nowhere/Town:20261201T090000")), "unknown_zone"),
        (
            calendar(
                *event("DTSTART:20261201T090000Z", "EXDATE;TZID=Nowhere/Town:20261201T090000")
            ),
            "unknown_zone",
        ),
        (calendar(*event("DTSTART:20261201T090000Z") * 20_001), "too_large"),
        (WHOLE + b" " * 10_000_000, "too_large"),
    ],
)
def test_what_is_refused(data: bytes, code: str) -> None:
    (fault,) = faults_of(lambda: read_busy(data, "work.ics"))
    assert (fault.code, fault.field, fault.value) == (code, "busy", "work.ics")
    assert fault.remedy


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY",
        "FREQ=HOURLY;BYMINUTE=0,5,10,15,20,25,30,35,40,45,50,55",
        "FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11;BYMINUTE=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,"
        "15,16,17,18,19,20,21,22,23,24,25,26,27,28,29",
        "FREQ=SECONDLY;COUNT=5;BYHOUR=3",
        # It never comes, and is looked for on each day there is.
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    ],
)
def test_repetitions_without_a_sensible_bound(rule: str) -> None:
    busy = read_busy(calendar(*event("DTSTART:20260101T090000Z", f"RRULE:{rule}")), "work.ics")
    (fault,) = faults_of(lambda: busy.spans(2026, PARIS))
    assert (fault.code, fault.field, fault.value) == ("endless_calendar", "busy", "work.ics")


@pytest.mark.parametrize("year", [1, 9999])
def test_the_ends_of_the_calendar(year: int) -> None:
    with pytest.raises(CalendarEndError):
        read_busy(WHOLE).spans(year, PARIS)


def test_nothing_of_an_event_is_kept_but_its_times() -> None:
    busy = read_busy(calendar(*event("DTSTART:20261201T090000Z", HOUR, "SUMMARY:Secret talk")))
    assert not any("Secret" in str(entry) for series in busy._series for entry in series._cores)


def test_a_calendar_survives_the_way_to_another_process() -> None:
    busy = read_busy(WHOLE, "work.ics")
    again = pickle.loads(pickle.dumps(busy))
    assert list(again.spans(2026, PARIS)) == list(busy.spans(2026, PARIS))


def test_random_calendars_as_ical_js_expands_them() -> None:
    first, last = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    calendars = [random_calendar(Random(seed)) for seed in range(length(100, 300))]
    window = {"first": first.timestamp() * 1000, "last": last.timestamp() * 1000}
    expanded = ical_js("expand", calendars, **window)
    for seed, (data, wanted) in enumerate(zip(calendars, expanded, strict=True)):
        found = sorted(
            [start.timestamp() * 1000, end.timestamp() * 1000]
            for start, end in read_busy(data).spans(2026, UTC_ZONE)
            if start < last and end > first
        )
        assert found == wanted, f"seed {seed}"
    assert sum(map(len, expanded)) > 1_000


def test_a_large_calendar_is_read_whole() -> None:
    day = datetime(2026, 1, 1, tzinfo=UTC)
    lines = [
        line
        for number in range(2_000)
        for line in event(
            f"DTSTART:{day + timedelta(hours=number):%Y%m%dT%H%M%SZ}", HOUR, uid=str(number)
        )
    ]
    assert len(list(read_busy(calendar(*lines)).spans(2026, PARIS))) == 2_000


def test_input_error_is_what_callers_catch() -> None:
    with pytest.raises(InputError, match="no calendar"):
        read_busy("hello")
