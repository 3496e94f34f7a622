"""Weekdays, times of day and opening hours, and what is refused as one of them."""

import pytest

from meso_schedule.base.errors import FormatError
from meso_schedule.base.times import (
    Between,
    Clock,
    TimeRange,
    clock_text,
    parse_clock,
    parse_weekday,
)


@pytest.mark.parametrize(
    ("text", "minute"), [("00:00", 0), ("09:05", 545), ("17:30", 1050), ("24:00", 1440)]
)
def test_times_of_day(text: str, minute: int) -> None:
    assert parse_clock(text) == minute
    assert clock_text(minute) == text


@pytest.mark.parametrize(
    "text", ["24:01", "25:00", "17:60", "17.30", "1730", "7:30", "-1:00", "17:30:00", "١٧:٣٠", ""]
)
def test_times_of_day_that_are_refused(text: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse_clock(text)
    assert caught.value.code == "bad_time"


@pytest.mark.parametrize(
    ("text", "number"),
    [("mon", 0), ("Tuesday", 1), (" WED ", 2), ("thu", 3), ("FRIDAY", 4), ("Sat", 5), ("sun", 6)],
)
def test_weekdays(text: str, number: int) -> None:
    assert parse_weekday(text) == number


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("tues", "'tues' is no weekday."),
        ("m", "'m' is no weekday."),
        ("8", "'8' is no weekday."),
        ("", "A weekday is empty."),
        (" ", "A weekday is empty."),
    ],
)
def test_weekdays_that_are_refused(text: str, problem: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse_weekday(text)
    assert (caught.value.code, caught.value.problem) == ("bad_weekday", problem)
    assert caught.value.remedy == "Write mon, tue, wed, thu, fri, sat, sun."


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [("09:00-13:00", 540, 780), ("00:00-24:00", 0, 1440), (" 09:00 - 09:01 ", 540, 541)],
)
def test_time_ranges(text: str, start: int, end: int) -> None:
    assert TimeRange.parse(text) == TimeRange(start, end)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("13:00-09:00", "bad_hours"),
        ("09:00-09:00", "bad_hours"),
        ("09:00", "bad_hours"),
        ("09:00..13:00", "bad_hours"),
        ("", "bad_hours"),
        ("09:00-25:00", "bad_time"),
        ("9-13", "bad_time"),
    ],
)
def test_time_ranges_that_are_refused(text: str, code: str) -> None:
    with pytest.raises(FormatError) as caught:
        TimeRange.parse(text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "weekday"), [("17:00-20:00", None), ("tue:17:00-20:00", 1), ("Friday:17:00-20:00", 4)]
)
def test_hours_of_a_patient(text: str, weekday: int | None) -> None:
    assert Between.parse(text) == Between(TimeRange(1020, 1200), weekday)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("xyz:17:00-20:00", "bad_weekday"),
        (":17:00-20:00", "bad_weekday"),
        ("tue:20:00-17:00", "bad_hours"),
        ("tue:", "bad_hours"),
        ("tue", "bad_hours"),
        ("17:00", "bad_hours"),
    ],
)
def test_hours_of_a_patient_that_are_refused(text: str, code: str) -> None:
    with pytest.raises(FormatError) as caught:
        Between.parse(text)
    assert caught.value.code == code


def test_a_clock_begins_a_session_before_midnight() -> None:
    assert Clock.parse(" 17:30 ") == Clock(1050)
    with pytest.raises(FormatError) as caught:
        Clock.parse("24:00")
    assert caught.value.problem == "24:00 begins no session."
