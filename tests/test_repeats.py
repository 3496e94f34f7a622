from collections.abc import Mapping
from datetime import date, datetime
from itertools import takewhile

import pytest
from dateutil.rrule import rrulestr
from icalendar import vRecur
from icalendar.prop import vDDDTypes

from meso_schedule.repeats import Repeats, is_hopeless, repeats

BEGIN, END = date(2026, 1, 1), date(2026, 12, 31)


def asked(rule: str, start: date) -> Mapping[str, object]:
    return {"RRULE": vRecur.from_ical(rule), "DTSTART": vDDDTypes(start)}


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
    told = repeats(asked(rule, start), BEGIN, END)
    first = datetime(start.year, start.month, start.day)  # noqa: DTZ001
    every = rrulestr(rule, dtstart=first)
    happened = list(takewhile(lambda moment: moment.date() <= END, every))
    assert told.in_all >= len(happened)
    assert told.of_year >= sum(moment.date() >= BEGIN for moment in happened)
    # Nor is it so much more that an honest calendar would be refused.
    assert told.in_all <= 110 * (len(happened) + 1)


def test_a_count_bounds_a_rule_without_conditions() -> None:
    start = BEGIN
    assert repeats(asked("FREQ=SECONDLY;COUNT=5", start), BEGIN, END) == Repeats(5, 5)
    assert repeats(asked("FREQ=SECONDLY;COUNT=5;BYHOUR=9", start), BEGIN, END).in_all > 10**6


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
