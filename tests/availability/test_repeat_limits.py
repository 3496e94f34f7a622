from datetime import date, datetime
from itertools import takewhile

import pytest
from dateutil.rrule import rrulestr
from icalendar import vRecur

from meso_schedule.availability.repeat_limits import is_hopeless, read_rule, steps, times

BEGIN, END = datetime(2026, 1, 1), datetime(2026, 12, 31, 23, 59)  # noqa: DTZ001


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY",
        "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25",
        "FREQ=YEARLY;BYMONTH=1,2,3",
        "FREQ=YEARLY;BYDAY=MO",
        "FREQ=YEARLY;BYMONTH=1;BYDAY=MO,TU",
        "FREQ=YEARLY;BYYEARDAY=1,100,200",
        "FREQ=YEARLY;BYWEEKNO=20",
        "FREQ=YEARLY;BYMONTHDAY=13",
        "FREQ=MONTHLY",
        "FREQ=MONTHLY;BYMONTHDAY=1,15",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=MONTHLY;BYDAY=FR",
        "FREQ=WEEKLY;BYDAY=MO,WE,FR",
        "FREQ=WEEKLY;INTERVAL=2",
        "FREQ=DAILY",
        "FREQ=DAILY;BYHOUR=9,12;BYMINUTE=0,30",
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=HOURLY;INTERVAL=6",
        "FREQ=HOURLY;BYMINUTE=0,20,40",
        "FREQ=MINUTELY;INTERVAL=90",
        "FREQ=SECONDLY;INTERVAL=7200",
        "FREQ=DAILY;COUNT=20",
        "FREQ=DAILY;UNTIL=20260301T000000",
        "FREQ=DAILY;UNTIL=20240301T000000",
    ],
)
@pytest.mark.parametrize("start", [date(2023, 5, 17), date(2026, 3, 3), date(2030, 1, 1)])
def test_it_is_never_fewer_than_there_are(rule: str, start: date) -> None:
    first = datetime(start.year, start.month, start.day)  # noqa: DTZ001
    told = steps(read_rule(rule), first, BEGIN, END)
    every = rrulestr(rule, dtstart=first)
    happened = [
        moment for moment in takewhile(lambda moment: moment <= END, every) if moment >= BEGIN
    ]
    assert told >= len(happened)
    # Nor is it so much more that an honest calendar would be refused.
    assert told <= 110 * (len(happened) + 20)


def test_a_count_bounds_a_rule_without_conditions() -> None:
    assert steps(read_rule("FREQ=SECONDLY;COUNT=5"), BEGIN, BEGIN, END) == 25
    assert steps(read_rule("FREQ=SECONDLY;COUNT=5;BYHOUR=9"), BEGIN, BEGIN, END) > 10**6


@pytest.mark.parametrize(
    ("rule", "year", "counted"),
    [
        ("FREQ=DAILY;COUNT=30", 2020, 0),
        ("FREQ=DAILY;COUNT=30", 2027, 0),
        ("FREQ=DAILY", 2027, 0),
        # A count of months may take longer than any number of days tells.
        ("FREQ=MONTHLY;COUNT=30", 2020, 50),
    ],
)
def test_a_rule_that_is_over_or_not_begun_costs_nothing(rule: str, year: int, counted: int) -> None:
    start = datetime(year, 3, 1)  # noqa: DTZ001
    assert steps(read_rule(rule), start, BEGIN, END) == counted
    assert list(times(read_rule(rule), start, BEGIN, END)) == []


@pytest.mark.parametrize(
    ("rule", "hopeless"),
    [
        ("FREQ=DAILY", False),
        ("FREQ=DAILY;INTERVAL=0", True),
        ("FREQ=DAILY;INTERVAL=-2", True),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", True),
        ("FREQ=DAILY;BYMONTH=2,3;BYMONTHDAY=30", False),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29", False),
        ("FREQ=DAILY;BYMONTH=4;BYMONTHDAY=-31", True),
        ("FREQ=YEARLY;BYYEARDAY=366", False),
        ("FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1", True),
        ("FREQ=YEARLY;BYWEEKNO=1;BYMONTH=6", True),
        ("FREQ=YEARLY;BYWEEKNO=1;BYYEARDAY=200", True),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-1", False),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=9", True),
    ],
)
def test_rules_that_pick_no_day(rule: str, hopeless: bool) -> None:
    assert is_hopeless(vRecur.from_ical(rule)) is hopeless
