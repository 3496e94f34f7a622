"""Dates and intervals: published examples, a whole leap cycle, bad input; laws of every value."""

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from meso_schedule.base.dates import DateRange, TextValue, add_months, parse_date
from meso_schedule.base.errors import CalendarEndError, FormatError
from meso_schedule.base.intervals import Interval, IntervalFormatError, Offset
from meso_schedule.base.times import Between, Clock, TimeRange, Weekday
from meso_schedule.course.wishes import Pin
from tests.support.samples import on

MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

some_dates = st.dates(date(1900, 1, 1), date(2199, 12, 31))
terms = st.tuples(
    st.integers(0, 400), st.sampled_from(["day", "days", "week", "weeks", "month", "year"])
)


@st.composite
def interval_texts(draw: st.DrawFn) -> str:
    first, *rest = draw(st.lists(terms, min_size=1, max_size=4))
    text = f"{first[0]} {first[1]}"
    for amount, unit in rest:
        text += f"{draw(st.sampled_from([' + ', ' - ', '+', '-']))}{amount} {unit}"
    return text


minutes = st.integers(0, 24 * 60 - 1)
time_ranges = st.builds(
    lambda start, length: TimeRange(start, min(start + length, 24 * 60)),
    minutes,
    st.integers(1, 24 * 60),
)
offsets = st.builds(
    lambda sign, amount, unit: Offset.parse(f"{sign}{amount} {unit}"),
    st.sampled_from(["", "+", "-"]),
    st.integers(0, 99_999),
    st.sampled_from(["hour", "hours", "day", "days", "week", "month", "months"]),
)
values: st.SearchStrategy[TextValue] = st.one_of(
    interval_texts().map(Interval.parse),
    st.builds(Interval, st.integers(0, 900), st.integers(0, 900)),
    offsets,
    st.builds(lambda one, two: DateRange(min(one, two), max(one, two)), st.dates(), st.dates()),
    time_ranges,
    st.builds(Between, time_ranges, st.none() | st.integers(0, 6)),
    st.builds(Weekday, st.integers(0, 6)),
    st.builds(Clock, minutes),
    st.builds(Pin, st.integers(1, 99), st.dates()),
)


def leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def month_later(year: int, month: int, day: int, months: int) -> tuple[int, int, int]:
    """Add months on plain integers; a day that does not exist is the first of the next month."""
    index = year * 12 + month - 1 + months
    year, month = index // 12, index % 12 + 1
    length = MONTH_DAYS[month - 1] + (month == 2 and leap(year))
    if day <= length:
        return year, month, day
    return (year, month + 1, 1) if month < 12 else (year + 1, 1, 1)


@pytest.mark.parametrize(
    ("anchor", "interval", "expected", "source"),
    [
        ("2000-01-01", "3 years", "2003-01-01", "CDSi 4.6 CALCDT-1"),
        ("2000-01-01", "6 months", "2000-07-01", "CDSi 4.6 CALCDT-2"),
        ("2000-11-01", "6 months", "2001-05-01", "CDSi 4.6 CALCDT-2"),
        ("2000-01-01", "3 days", "2000-01-04", "CDSi 4.6 CALCDT-3"),
        ("2000-01-01", "3 weeks", "2000-01-22", "CDSi 4.6 CALCDT-3"),
        ("2000-02-01", "5 weeks", "2000-03-07", "CDSi 4.6 CALCDT-3, leap year"),
        ("2001-02-01", "5 weeks", "2001-03-08", "CDSi 4.6 CALCDT-3, common year"),
        ("2000-01-15", "0 days - 4 days", "2000-01-11", "CDSi 4.6 CALCDT-4"),
        ("2000-03-31", "6 months", "2000-10-01", "CDSi 4.6 CALCDT-5"),
        ("2010-08-31", "6 months", "2011-03-01", "CDSi 4.6 CALCDT-5"),
        ("2000-01-31", "6 months - 4 days", "2000-07-27", "CDSi 4.6 CALCDT-6"),
        ("2027-01-31", "1 month", "2027-03-01", "trap: a minimum never comes out shorter"),
        ("2028-01-31", "1 month", "2028-03-01", "trap: 29 February is no 31st either"),
        ("2028-01-29", "1 month", "2028-02-29", "a leap day that exists is kept"),
        ("2027-01-29", "1 month", "2027-03-01", "a leap day that does not exist is not"),
        ("2100-01-29", "1 month", "2100-03-01", "2100 is a common year"),
        ("2000-01-29", "1 month", "2000-02-29", "2000 is a leap year"),
        ("2024-02-29", "1 year", "2025-03-01", "no leap day in 2025"),
        ("2024-02-29", "4 years", "2028-02-29", "a leap day in 2028"),
        ("2027-02-01", "3 months", "2027-05-01", "trap: 89 days, less than a 90-day label"),
        ("2027-02-01", "90 days", "2027-05-02", "trap: the label itself"),
        ("2026-12-01", "15 days", "2026-12-16", "trap: 15 days is not two weeks"),
        ("2026-12-01", "2 weeks", "2026-12-15", "trap: 15 days is not two weeks"),
        ("2026-12-31", "2 months", "2027-03-01", "corrected in the next year"),
        ("2027-08-31", "1 month + 1 week", "2027-10-08", "corrected to 1 October, then a week"),
        ("2027-01-31", "1 month - 3 days", "2027-02-26", "corrected first, then days taken off"),
        ("2027-01-31", "1 year + 1 month", "2028-03-01", "one number of months, corrected once"),
        ("2027-01-31", "1 month + 1 month", "2027-03-31", "one number of months, corrected once"),
        ("2027-05-31", "2 months - 1 month", "2027-07-01", "one number of months, corrected once"),
        ("2027-05-31", "1 month - 1 month", "2027-05-31", "months that cancel change nothing"),
        ("2027-03-31", "0 months - 1 month", "2027-03-01", "31 February is 1 March"),
        ("2027-01-15", "0 days - 1 year", "2026-01-15", "a year back"),
        ("2027-05-05", "0 days", "2027-05-05", "nothing at all"),
        ("9999-11-30", "1 month", "9999-12-30", "the last month of the calendar"),
        ("9999-12-01", "30 days", "9999-12-31", "the last day of the calendar"),
    ],
)
def test_worked_examples(anchor: str, interval: str, expected: str, source: str) -> None:
    assert Interval.parse(interval).after(on(anchor)) == on(expected), source


def test_months_over_every_day_of_a_leap_cycle() -> None:
    year, month, day = 2027, 3, 1
    for passed in range(1461):
        anchor = date(year, month, day)
        assert anchor.toordinal() == date(2027, 3, 1).toordinal() + passed
        for months in range(1, 25):
            expected = month_later(year, month, day, months)
            assert add_months(anchor, months).timetuple()[:3] == expected, (anchor, months)
            back = month_later(year, month, day, -months)
            assert add_months(anchor, -months).timetuple()[:3] == back, (anchor, -months)
        day += 1
        if day > MONTH_DAYS[month - 1] + (month == 2 and leap(year)):
            year, month, day = (year, month + 1, 1) if month < 12 else (year + 1, 1, 1)


@pytest.mark.parametrize(
    ("interval", "sessions", "source"),
    [("4 weeks", 13, "trap: 4-weekly gives 13 a year"), ("1 month", 12, "trap: monthly gives 12")],
)
def test_sessions_of_a_year(interval: str, sessions: int, source: str) -> None:
    day, count = on("2027-01-01"), 0
    while day.year == 2027 and day != on("2027-12-31"):
        day, count = Interval.parse(interval).after(day), count + 1
    assert count == sessions, source


@given(some_dates, some_dates, interval_texts())
def test_a_later_anchor_never_gives_an_earlier_date(one: date, two: date, text: str) -> None:
    interval = Interval.parse(text)
    assert interval.after(min(one, two)) <= interval.after(max(one, two))


@given(some_dates, st.integers(1, 60), st.integers(0, 60))
def test_a_month_is_never_shorter_than_february(anchor: date, months: int, days: int) -> None:
    after = Interval.parse(f"{months} months + {days} days").after(anchor)
    assert 28 * months + days <= (after - anchor).days <= 31 * months + 1 + days


@pytest.mark.parametrize(
    ("anchor", "interval"),
    [
        ("9999-12-31", "1 day"),
        ("9999-12-31", "1 month"),
        ("9999-12-01", "1 month"),
        ("9998-12-31", "1 year + 1 day"),
        ("0001-01-01", "0 days - 1 day"),
        ("0001-01-31", "0 days - 1 month"),
        ("2026-12-01", "99999 years"),
        ("2026-12-01", "99999 months"),
        ("2026-12-01", "99999 weeks + 99999 years"),
    ],
)
def test_the_calendar_ends(anchor: str, interval: str) -> None:
    with pytest.raises(CalendarEndError) as caught:
        Interval.parse(interval).after(on(anchor))
    assert caught.value.anchor == on(anchor)


@pytest.mark.parametrize(
    ("text", "months", "days"),
    [
        ("7 days", 0, 7),
        ("1 day", 0, 1),
        ("1 days", 0, 1),
        ("2 week", 0, 14),
        ("1 month", 1, 0),
        ("2 years", 24, 0),
        ("6 months + 4 weeks", 6, 28),
        ("1 year+6 months-2 weeks - 1 day", 18, -15),
        ("  10   days ", 0, 10),
        ("007 days", 0, 7),
        ("0 days", 0, 0),
    ],
)
def test_interval_text(text: str, months: int, days: int) -> None:
    interval = Interval.parse(text)
    assert (interval.months, interval.days) == (months, days)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "abc", "1.5 weeks", "1,5 weeks", "½ week", "a week", "week", "7", "7days"),
        *("-7 days", "+7 days", "7 days 1 week", "7 days +", "7 days + + 1 day", "7 days & 1 day"),
        *("7 hours", "7 fortnights", "1_0 days", "٤ days", "7 Days", "100000 days", "1e3 days"),
        *("7\ndays", "7 days\x00", "7 days;", "nan days", "inf days", "P7D", "7 dayss"),
    ],
)
def test_interval_text_that_is_refused(text: str) -> None:
    with pytest.raises(IntervalFormatError) as caught:
        Interval.parse(text)
    assert caught.value.faults[0].value == text
    assert caught.value.faults[0].remedy == "Write for example '10 days' or '3 months'."


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        (Interval(0, 7), "7 days"),
        (Interval(1, 1), "1 month + 1 day"),
        (Interval(12, 0), "12 months"),
        (Interval(0, 0), "0 days"),
        (Interval.parse(" 1 year "), "1 year"),
    ],
)
def test_an_interval_as_text(interval: Interval, text: str) -> None:
    assert str(interval) == text


def test_intervals_are_equal_by_length_not_by_words() -> None:
    assert Interval.parse("2 weeks") == Interval.parse("14 days")
    assert Interval.parse("1 month") != Interval.parse("30 days")


@pytest.mark.parametrize("text", ["2026-12-01", "2028-02-29", "0001-01-01", "9999-12-31"])
def test_dates(text: str) -> None:
    assert parse_date(text).isoformat() == text


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2026-02-30", "2026-02-30 is not a day of the calendar."),
        ("2027-02-29", "2027-02-29 is not a day of the calendar."),
        ("0000-00-00", "0000-00-00 is not a day of the calendar."),
        ("2026-13-01", "2026-13-01 is not a day of the calendar."),
        ("20261201", "Cannot read date '20261201'."),
        ("2026-W49-2", "Cannot read date '2026-W49-2'."),
        ("2026-12-1", "Cannot read date '2026-12-1'."),
        ("01.12.2026", "Cannot read date '01.12.2026'."),
        ("2026-12-01T00:00", "Cannot read date '2026-12-01T00:00'."),
        ("2026-12-01\n", "Cannot read date '2026-12-01\\n'."),
        (" 2026-12-01", "Cannot read date ' 2026-12-01'."),
        ("٢٠٢٦-١٢-٠١", "Cannot read date '٢٠٢٦-١٢-٠١'."),
        ("10000-01-01", "Cannot read date '10000-01-01'."),
        ("", "Cannot read date ''."),
    ],
)
def test_dates_that_are_refused(text: str, problem: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse_date(text)
    assert (caught.value.code, caught.value.problem) == ("bad_date", problem)


@pytest.mark.parametrize(
    ("text", "months", "days", "hours"),
    [
        ("-7 days", 0, -7, None),
        ("8 hours", 0, 0, 8),
        ("- 8 hours", 0, 0, -8),
        ("0 hours", 0, 0, 0),
        ("+2 weeks", 0, 14, None),
        ("-1 month", -1, 0, None),
        ("0 days", 0, 0, None),
    ],
)
def test_offsets(text: str, months: int, days: int, hours: int | None) -> None:
    offset = Offset.parse(text)
    assert (offset.months, offset.days, offset.hours) == (months, days, hours)


@pytest.mark.parametrize(
    "text", ["", "7", "days", "1 year", "1.5 hours", "--1 day", "1 day + 1 hour", "٤ hours", "1d"]
)
def test_offsets_that_are_refused(text: str) -> None:
    with pytest.raises(FormatError) as caught:
        Offset.parse(text)
    assert caught.value.code == "bad_offset"


@pytest.mark.parametrize(
    ("offset", "expected", "source"),
    [
        ("-7 days", "2026-11-24", "a week without aspirin"),
        ("0 days", "2026-12-01", "the day itself"),
        ("2 weeks", "2026-12-15", "two weeks on"),
        ("-1 month", "2026-11-01", "a month before"),
        ("1 month", "2027-01-01", "a month on"),
        ("48 hours", "2026-12-01", "hours need a time and are counted elsewhere"),
    ],
)
def test_an_offset_from_a_day(offset: str, expected: str, source: str) -> None:
    assert Offset.parse(offset).from_day(on("2026-12-01")) == on(expected), source


def test_an_offset_a_month_before_the_31st() -> None:
    assert Offset.parse("-1 month").from_day(on("2027-03-31")) == on("2027-03-01")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-12-24..2027-01-02", "2026-12-24", "2027-01-02"),
        ("2026-12-24 .. 2026-12-24", "2026-12-24", "2026-12-24"),
        ("2026-12-24", "2026-12-24", "2026-12-24"),
    ],
)
def test_date_ranges(text: str, first: str, last: str) -> None:
    days = DateRange.parse(text)
    assert (days.first, days.last) == (on(first), on(last))
    assert on(first) in days
    assert on(last) in days
    assert on(first) - timedelta(days=1) not in days
    assert on(last) + timedelta(days=1) not in days


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2027-01-02..2026-12-24", "bad_range"),
        ("2026-12-24..", "bad_date"),
        ("..2026-12-24", "bad_date"),
        ("2026-12-24-2027-01-02", "bad_date"),
        ("2026-12-24...2027-01-02", "bad_date"),
        ("", "bad_date"),
    ],
)
def test_date_ranges_that_are_refused(text: str, code: str) -> None:
    with pytest.raises(FormatError) as caught:
        DateRange.parse(text)
    assert caught.value.code == code


def test_a_crossed_range_shows_the_right_one() -> None:
    with pytest.raises(FormatError) as caught:
        DateRange.parse("2027-01-02..2026-12-24")
    assert caught.value.remedy == "Write the earlier day first: 2026-12-24..2027-01-02."


def test_pins() -> None:
    assert Pin.parse(" 3=2027-01-05 ") == Pin(3, on("2027-01-05"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("3", "bad_pin"),
        ("=2027-01-05", "bad_pin"),
        ("0=2027-01-05", "bad_pin"),
        ("-1=2027-01-05", "bad_pin"),
        ("1.5=2027-01-05", "bad_pin"),
        ("100=2027-01-05", "bad_pin"),
        ("٣=2027-01-05", "bad_pin"),
        ("3=2027-02-30", "bad_date"),
        ("3=", "bad_date"),
    ],
)
def test_pins_that_are_refused(text: str, code: str) -> None:
    with pytest.raises(FormatError) as caught:
        Pin.parse(text)
    assert caught.value.code == code


@given(values)
def test_text_and_back(value: TextValue) -> None:
    again = type(value).parse(str(value))
    assert again == value
    assert str(again) == str(value)


@given(values)
def test_json_and_back(value: TextValue) -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(type(value))
    assert adapter.validate_python(value) is value
    assert adapter.dump_json(value) == json.dumps(str(value)).encode()
    assert adapter.validate_json(adapter.dump_json(value)) == value


@given(values)
def test_the_schema_takes_what_is_written(value: TextValue) -> None:
    schema = TypeAdapter(type(value)).json_schema()
    assert schema["type"] == "string"
    assert re.search(schema["pattern"], str(value))


@pytest.mark.parametrize(
    "kind", [Interval, Offset, DateRange, TimeRange, Between, Weekday, Clock, Pin]
)
def test_only_text_is_read(kind: type[TextValue]) -> None:
    assert str(kind.parse(kind.example)) == kind.example
    assert TypeAdapter(kind).json_schema()["examples"] == [kind.example]
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(7)
    cause = caught.value.errors()[0]["ctx"]["error"]
    assert isinstance(cause, FormatError)
    assert (cause.code, cause.problem) == ("bad_type", "7 is not text.")
    assert cause.remedy == f'Write text in quotes, for example "{kind.example}".'
