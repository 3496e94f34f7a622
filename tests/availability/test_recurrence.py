from datetime import date, datetime
from itertools import takewhile

import pytest
from dateutil.rrule import rrulestr

from meso_schedule.availability.calendar_text import TooMuchWorkError, Work
from meso_schedule.availability.recurrence import read_rule, times

BEGIN, END = datetime(2026, 1, 1), datetime(2026, 12, 31, 23, 59)  # noqa: DTZ001


def followed(rule: str, start: datetime, most: int = 50_000) -> tuple[list[datetime], int]:
    """Return the times of a rule in 2026, and what they cost."""
    work = Work(most)
    found = list(times(read_rule(rule), start, BEGIN, END, work))
    return found, most - work._left


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
def test_a_rule_is_followed_and_costs_what_it_is_worth(rule: str, start: date) -> None:
    first = datetime(start.year, start.month, start.day)  # noqa: DTZ001
    every = takewhile(lambda moment: moment <= END, rrulestr(rule, dtstart=first))
    happened = [moment for moment in every if moment >= BEGIN]
    found, cost = followed(rule.split(";UNTIL")[0], first)
    assert found[: len(happened)] == happened
    assert "UNTIL" in rule or found == happened
    assert cost >= len(found)
    # Nor is it so much more that an honest calendar would be refused.
    assert cost <= 60 + 2 * len(found)


@pytest.mark.parametrize(
    ("rule", "year", "cost"),
    [
        ("FREQ=DAILY;COUNT=30", 2020, 0),
        ("FREQ=DAILY;COUNT=30", 2027, 0),
        ("FREQ=DAILY", 2027, 0),
        ("FREQ=DAILY;COUNT=0", 2026, 0),
        ("FREQ=MONTHLY;BYDAY=6MO", 2026, 0),
        # A count of months may take longer than any number of days tells.
        ("FREQ=MONTHLY;COUNT=30", 2020, 211),
    ],
)
def test_a_rule_that_is_over_or_not_begun_costs_nothing(rule: str, year: int, cost: int) -> None:
    assert followed(rule, datetime(year, 3, 1)) == ([], cost)  # noqa: DTZ001


@pytest.mark.parametrize(
    "rule",
    [
        *("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=-31"),
        *("FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1", "FREQ=YEARLY;BYWEEKNO=1;BYMONTH=6"),
        *("FREQ=YEARLY;BYWEEKNO=1;BYYEARDAY=200", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=9"),
        # dateutil refuses them.
        *("FREQ=HOURLY;INTERVAL=2;BYHOUR=9", "FREQ=MINUTELY;INTERVAL=1440;BYHOUR=3"),
        "FREQ=MINUTELY;INTERVAL=2;BYMINUTE=1",
    ],
)
def test_rules_that_never_come(rule: str) -> None:
    assert followed(rule, BEGIN, 2_000_000)[0] == []


@pytest.mark.parametrize(
    "rule",
    [
        *("FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=SECONDLY;COUNT=5;BYHOUR=9"),
        *("FREQ=SECONDLY;BYMONTH=12", "FREQ=MINUTELY;BYDAY=MO", "FREQ=HOURLY;BYMINUTE=0,5,10"),
        "FREQ=DAILY;COUNT=99999;BYHOUR=9,10,11",
    ],
)
@pytest.mark.parametrize("start", [datetime(2, 1, 1), datetime(2025, 12, 31)])  # noqa: DTZ001
def test_what_costs_too_much_is_not_followed(rule: str, start: datetime) -> None:
    with pytest.raises(TooMuchWorkError):
        followed(rule, start, 1_000)


def test_long_intervals_from_long_ago_cost_no_walk() -> None:
    for rule in ("FREQ=DAILY;INTERVAL=999999999", "FREQ=HOURLY;INTERVAL=999999999;COUNT=3"):
        found, cost = followed(rule, datetime(2, 1, 1))  # noqa: DTZ001
        assert (found, cost < 3_000) == ([], True)
