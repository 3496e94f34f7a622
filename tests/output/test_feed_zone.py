"""The clock of a feed's zone, as programs read it that know the zone from the feed alone."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject

from meso_schedule.output.calendar_file import Gone
from meso_schedule.output.feed import cancellations
from meso_schedule.output.feed_zone import zone_table
from tests.support.lengths import sampled
from tests.support.samples import on
from tests.support.tools import ical_js

YEARLY = [
    # zone, first, last, what its rule is by the tz database 2026
    ("Europe/London", "2026-10-01", "2027-04-30", {"3 -1SU 01:00 +1", "10 -1SU 02:00 +0"}),
    ("Europe/Dublin", "2026-10-01", "2027-04-30", {"3 -1SU 01:00 +1", "10 -1SU 02:00 +0"}),
    ("America/New_York", "2026-10-01", "2027-12-01", {"3 2SU 02:00 -4", "11 1SU 02:00 -5"}),
    ("America/Havana", "2026-10-01", "2027-12-01", {"3 2SU 00:00 -4", "11 1SU 01:00 -5"}),
    ("Australia/Sydney", "2026-09-01", "2027-05-01", {"4 1SU 03:00 +10", "10 1SU 02:00 +11"}),
    ("Australia/Lord_Howe", "2026-09-01", "2027-05-01", {"4 1SU 02:00 +10.5", "10 1SU 02:00 +11"}),
    ("Pacific/Chatham", "2026-09-01", "2027-05-01", {"4 1SU 03:45 +12.75", "9 -1SU 02:45 +13.75"}),
    ("Antarctica/Troll", "2026-09-01", "2027-05-01", {"3 -1SU 01:00 +2", "10 -1SU 03:00 +0"}),
    # Saturday at 24:00, the first after the first: Sunday from the second to the eighth.
    ("America/Santiago", "2026-03-01", "2027-10-01", {"4 SU2-8 00:00 -4", "9 SU2-8 00:00 -3"}),
    # The Friday before the last Sunday.
    ("Asia/Jerusalem", "2026-03-01", "2027-12-01", {"3 FR23-29 02:00 +3", "10 -1SU 02:00 +2"}),
    # An hour before the last Sunday begins; the rule of before ended in 2023.
    ("America/Nuuk", "2026-03-01", "2027-12-01", {"3 SA24-30 23:00 -1", "10 -1SU 00:00 -2"}),
    # The end of the last Thursday of October, so a Friday that may be the first of November.
    (
        "Africa/Cairo",
        "2026-03-01",
        "2030-12-01",
        {"4 -1FR 00:00 +3", "10 FR26-31 00:00 +2", "11 FR1-1 00:00 +2"},
    ),
]
OTHERS = [
    # No change of the clock, none any more, none that a rule tells.
    ("Asia/Kolkata", "2026-10-01", "2027-04-30"),
    ("Asia/Tokyo", "2026-10-01", "2027-04-30"),
    ("Etc/GMT+5", "2026-10-01", "2027-04-30"),
    ("Africa/Casablanca", "2026-10-01", "2028-04-30"),
    ("Africa/El_Aaiun", "2026-01-01", "2026-12-31"),
    ("Asia/Gaza", "2026-02-01", "2026-12-31"),
    ("America/Asuncion", "2024-02-01", "2025-12-31"),
    ("Asia/Tehran", "2022-02-01", "2023-12-31"),
    ("Asia/Almaty", "2024-02-01", "2024-05-31"),
    ("Pacific/Apia", "2011-09-01", "2012-05-31"),
    ("Asia/Pyongyang", "2018-03-01", "2018-07-31"),
]
CHANGED = [
    # The rule is another one within the span.
    ("America/New_York", "2006-01-15", "2007-12-31"),
    ("America/Nuuk", "2022-10-01", "2024-12-31"),
    ("Africa/Cairo", "2022-01-15", "2024-12-31"),
    ("Europe/London", "1995-01-15", "1996-12-31"),
    ("America/Santiago", "2022-01-15", "2023-12-31"),
    ("Australia/Lord_Howe", "2000-01-15", "2008-12-31"),
    ("Europe/Dublin", "9990-10-01", "9998-04-30"),
    ("Pacific/Kiritimati", "1999-12-01", "2000-02-01"),
]
SPANS = [*(entry[:3] for entry in YEARLY), *OTHERS, *CHANGED]


def moments(zone: ZoneInfo, first: date, last: date) -> Iterator[datetime]:
    """Yield a moment every ten days, and some around each change of the clock."""
    moment = datetime(first.year, first.month, first.day, 9, tzinfo=UTC)
    end = datetime(last.year, last.month, last.day, 9, tzinfo=UTC)
    while moment < end:
        before = moment.astimezone(zone).utcoffset()
        yield moment
        for hours in range(1, 241):
            later = moment + timedelta(hours=hours)
            if (after := later.astimezone(zone).utcoffset()) != before:
                yield from (later + timedelta(hours=it) for it in (-25, -2, -1, 0, 1, 2, 26))
                before = after
        moment += timedelta(days=10)


def starts(name: str, first: str, last: str) -> list[datetime]:
    """Return moments as the clock shows them, without an hour that comes twice.

    ical.js takes it for the second one, against RFC 5545 (3.3.5).
    """
    zone = ZoneInfo(name)
    found = {moment.astimezone(zone) for moment in moments(zone, on(first), on(last))}
    once = (it for it in found if it.utcoffset() == it.replace(fold=not it.fold).utcoffset())
    return sorted(once, key=datetime.timestamp)


def file_of(zone: str, times: list[datetime]) -> bytes:
    """Return a feed with events of half an hour, whose zone has a name that no program knows."""
    gone = [
        Gone(number, start.date(), start, start + timedelta(minutes=30))
        for number, start in enumerate(times, 1)
    ]
    data = cancellations(gone, "R-1", as_of=on("2026-11-29"), timezone=zone, revision=1)
    assert data.count(b"BEGIN:VTIMEZONE") == 1
    # So that they have to read the table; icalendar keeps each by its name.
    unknown = f"Somewhere/{zone.replace('/', '-')}-{times[0].year}"
    return data.replace(zone.encode(), unknown.encode())


def as_read(zone: str, first: str, last: str) -> Any:
    return icalendar.Timezone.from_ical(zone_table(zone, on(first), on(last)).to_ical())


def recurrences(table: Any) -> set[str]:
    """Return the yearly rules of a table in short: month, day, time, hours from UTC after."""
    told = set()
    for part in table.subcomponents:
        if "RRULE" in part:
            rule, begin = part["RRULE"], part["DTSTART"].dt
            days = rule.get("BYMONTHDAY", [])
            where = f"{rule['BYDAY'][0]}{f'{days[0]}-{days[-1]}' if days else ''}"
            offset = part["TZOFFSETTO"].td / timedelta(hours=1)
            told.add(f"{rule['BYMONTH'][0]} {where} {begin:%H:%M} {offset:+g}")
            assert rule["FREQ"] == ["YEARLY"]
            assert days == [] or days == list(range(days[0], days[-1] + 1))
    return told


@pytest.mark.parametrize(
    ("zone", "first", "last", "rules"), YEARLY, ids=[entry[0] for entry in YEARLY]
)
def test_a_zone_with_a_yearly_rule_says_it(
    zone: str, first: str, last: str, rules: set[str]
) -> None:
    table = as_read(zone, first, last)
    assert recurrences(table) == rules
    assert all("RRULE" in part for part in table.subcomponents)
    kinds: dict[str, timedelta] = {part.name: part["TZOFFSETTO"].td for part in table.subcomponents}
    assert kinds["DAYLIGHT"] > kinds["STANDARD"]


@pytest.mark.parametrize(("zone", "first", "last"), OTHERS)
def test_a_zone_without_a_yearly_rule_tells_each_change(zone: str, first: str, last: str) -> None:
    table = as_read(zone, first, last)
    assert recurrences(table) == set()
    assert not any("RDATE" in part for part in table.subcomponents)


def test_morocco_tells_the_changes_of_ramadan() -> None:
    """The tz database 2026: +00 from 7 February to 14 March 2027, else +01."""
    table = as_read("Africa/Casablanca", "2026-11-01", "2027-06-01")
    told = [
        (str(part["DTSTART"].dt), part["TZOFFSETTO"].td / timedelta(hours=1))
        for part in table.subcomponents
    ]
    assert [entry for entry in told if entry[0] > "2026-12"] == [
        ("2027-02-07 03:00:00", 0),
        ("2027-03-14 02:00:00", 1),
    ]


@pytest.mark.parametrize(("zone", "first", "last"), CHANGED[:5])
def test_a_rule_is_said_from_where_it_holds(zone: str, first: str, last: str) -> None:
    table = as_read(zone, first, last)
    parts = [(part["DTSTART"].dt, "RRULE" in part) for part in table.subcomponents]
    assert parts == sorted(parts)
    assert {True, False} == {is_ruled for _, is_ruled in parts}
    assert parts[-1][1]


@pytest.mark.untraced
def test_other_programs_know_the_time_from_the_table() -> None:
    """ical.js, vobject and icalendar at moments around each change of the clock."""
    spans = sampled(SPANS, 3)
    times = [starts(*span) for span in spans]
    files = [file_of(span[0], moments) for span, moments in zip(spans, times, strict=True)]
    for span, moments, data, read in zip(spans, times, files, ical_js("read", files), strict=True):
        wanted = [moment.timestamp() for moment in moments]
        assert [entry["start"] / 1000 for entry in read] == wanted, span
        assert list(as_vobject_reads(data)) == wanted, span
        events: Any = icalendar.Calendar.from_ical(data).events
        assert [event["DTSTART"].dt.timestamp() for event in events] == wanted, span


def as_vobject_reads(data: bytes) -> Iterator[float]:
    calendar = vobject.readOne(data.decode())
    for event in calendar.vevent_list:
        yield event.dtstart.value.replace(tzinfo=calendar.vtimezone.tzinfo).timestamp()


@pytest.mark.parametrize("zone", ["UTC", "Etc/UTC", "GMT", "Zulu"])
def test_universal_time_by_any_name(zone: str) -> None:
    start = datetime(2027, 7, 1, 9, tzinfo=ZoneInfo(zone))
    gone = [Gone(1, start.date(), start, start + timedelta(minutes=30))]
    data = cancellations(gone, "R-1", as_of=on("2026-11-29"), timezone=zone, revision=1)
    event: Any = icalendar.Calendar.from_ical(data).events[0]
    assert event["DTSTART"].dt.astimezone(UTC) == start
    named = set(re.findall(rb"TZID[:=]([^:\r]+)", data))
    assert len(named) <= 1
    assert bool(named) == (b"BEGIN:VTIMEZONE" in data)
