"""Calendars larger or wilder than any that make sense: read, or refused before they cost work."""

from datetime import date
from unittest import mock
from zoneinfo import ZoneInfo

import pytest

from meso_schedule import read_busy
from meso_schedule.availability.calendar_events import MAX_COMING, MAX_DATES
from meso_schedule.availability.calendars import MAX_STEPS
from tests.support.calendars import LONDON, calendar, event, house_zone
from tests.support.samples import faults_of

UTC_ZONE = ZoneInfo("UTC")


def many(number: int, *lines: str) -> bytes:
    return calendar(*(line for uid in range(number) for line in event(*lines, uid=str(uid))))


def codes(data: bytes) -> list[str]:
    return [fault.code for fault in faults_of(lambda: read_busy(data).spans(2026, UTC_ZONE))]


SERIES = ("DTSTART:20150101T090000Z", "DURATION:PT1H")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (many(250, *SERIES, "RRULE:FREQ=DAILY"), ["endless_calendar"]),
        (many(11, *SERIES, "RRULE:FREQ=HOURLY"), ["endless_calendar"]),
        (many(5, *SERIES, "RRULE:FREQ=HOURLY"), ["endless_calendar"]),
        (many(4, *SERIES, "RRULE:FREQ=HOURLY"), []),
        (many(100, *SERIES, "RRULE:FREQ=DAILY"), []),
        (many(1, *SERIES, "RRULE:FREQ=MONTHLY;BYDAY=6MO"), []),
        (many(1, *SERIES, "RRULE:FREQ=MONTHLY;BYDAY=6MO;COUNT=3"), []),
        (many(1, *SERIES, "RRULE:FREQ=MONTHLY;BYDAY=53MO,-6TU"), []),
        (many(1, *SERIES, "RRULE:FREQ=YEARLY;BYDAY=53MO,-53SU"), []),
        (many(1, *SERIES, "RRULE:FREQ=YEARLY;BYMONTH=12;BYDAY=53MO"), []),
        (many(1, *SERIES, "RRULE:FREQ=YEARLY;BYDAY=60MO"), ["bad_calendar"]),
        # What is over costs nothing, however much of it there is.
        (many(2_000, *SERIES, "RRULE:FREQ=DAILY;UNTIL=20251201"), []),
        (many(2_000, *SERIES, "RRULE:FREQ=DAILY;COUNT=3000"), []),
        (many(5_000, *SERIES, "RRULE:FREQ=YEARLY"), ["endless_calendar"]),
        (many(2, *SERIES, "EXDATE:" + ",".join(["20261201T090000Z"] * 3_000)), []),
        (many(17, *SERIES, "EXDATE:" + ",".join(["20261201T090000Z"] * 3_000)), ["too_large"]),
        (many(17, *SERIES, "RDATE:" + ",".join(["20261201T090000Z"] * 3_000)), ["too_large"]),
    ],
)
def test_work_is_counted_before_it_is_done(data: bytes, expected: list[str]) -> None:
    assert codes(data) == expected


DAY_BY_DAY = ",".join(["20001010T010101"] * 30_001)


@pytest.mark.parametrize(
    "data",
    [
        calendar(*[""] * 400_000),
        calendar(*event("DTSTART:20261201T090000Z", "EXDATE:" + "," * 50_000)),
        calendar(
            *house_zone("+0100")[:-2],
            f"RDATE:{DAY_BY_DAY}",
            *house_zone("+0100")[-2:],
            *event("DTSTART;TZID=House:20261201T090000"),
        ),
    ],
)
def test_files_of_very_many_lines_or_times_are_too_large(data: bytes) -> None:
    assert codes(data) == ["too_large"]


def test_very_many_versions_and_moved_instances_of_one_event() -> None:
    cores = event(*SERIES, "RRULE:FREQ=DAILY;COUNT=2") * 400
    moved = [
        event(*SERIES, f"RECURRENCE-ID:201501{day:02}T{hour:02}0000Z")
        for day in range(1, 29)
        for hour in range(24)
    ]
    assert codes(calendar(*cores, *(line for lines in moved for line in lines))) == [
        "endless_calendar"
    ]


def test_zones_that_change_their_clocks_too_often() -> None:
    lines = [
        line
        for number in range(200)
        for line in (
            *(it.replace("Europe/London", f"Z{number}") for it in LONDON),
            *event(f"DTSTART;TZID=Z{number}:20261201T090000", "DURATION:PT1H", uid=str(number)),
        )
    ]
    assert codes(calendar(*lines)) == ["too_large"]


@pytest.mark.parametrize(
    "lines",
    [
        ("DTSTART:20261201T090000Z", "DTEND:20261201T100000Z"),
        ("DTSTART:20261201T090000Z", "DURATION:1H"),
        ("DTSTART:20261201T090000Z", "RECURRENCE-ID:20261201T100000Z"),
    ],
)
def test_more_events_to_come_than_any_clinic_has(lines: tuple[str, ...]) -> None:
    """What is over is not counted, and further events that cannot be read are only counted."""
    gone = event("DTSTART:20200101T090000Z", "DTEND:20200101T100000Z", uid="gone")
    coming = [line for uid in range(300) for line in event(*lines, uid=str(uid % 299))]
    with mock.patch("meso_schedule.availability.calendar_events.MAX_COMING", 300):
        data = calendar(*gone, *coming)
        read = read_busy(data, since=date(2026, 1, 1))
        told = list(read.findings(date(2026, 1, 1), UTC_ZONE))
        assert [faults_of(lambda: read_busy(data + b" ", since=None))[0].code] == ["too_large"]
    if "DURATION:1H" in lines:
        assert len(told) == 21
        assert "of further events, 280 cannot be read whole" in told[-1].message


def test_the_bounds_of_work() -> None:
    # A hundred times a day that repeat, ten single ones in ten years, 27 appointments of a year.
    assert MAX_STEPS >= 100 * 366
    assert MAX_DATES >= 10 * 10 * 366
    assert MAX_COMING >= 27 * 366
