"""Calendars that strangers wrote: broken events, other encodings, bytes of any kind."""

import pickle
from datetime import date, datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest

from meso_schedule import read_busy
from meso_schedule.availability.calendars import BusyCalendar
from meso_schedule.base.errors import InputError
from tests.support.calendars import LONDON, calendar, event, house_zone, random_calendar
from tests.support.samples import faults_of

NEW_YORK = ZoneInfo("America/New_York")
AS_OF = date(2026, 11, 22)
GOOD = event("DTSTART:20261201T150000Z", "DTEND:20261201T160000Z", uid="good@example")


def taken(busy: BusyCalendar, zone: ZoneInfo = NEW_YORK) -> list[str]:
    """Return the busy times of 2026, on the clock of the zone."""
    spans = (
        (start.astimezone(zone), end.astimezone(zone)) for start, end in busy.spans(2026, zone)
    )
    return [f"{start:%m-%d %H:%M}..{end:%m-%d %H:%M}" for start, end in sorted(spans)]


def told(busy: BusyCalendar) -> list[tuple[str, str]]:
    return [(it.kind, str(it.message)) for it in busy.findings(AS_OF, NEW_YORK)]


def whole(day: int, last: int | None = None) -> str:
    return f"12-{day:02} 00:00..12-{(last or day) + 1:02} 00:00"


WHOLE = "calendar_event_whole_days"
PART = "calendar_event_in_part"
OUT = "calendar_event_left_out"


@pytest.mark.parametrize(
    "length",
    [
        *("PT1W", "1H", "", "P", "PT", "P1DT", "P99999999999H", "PT99999999999H", "-", "PT1H30"),
        *("P1Y", "P999999999W", "P999999D", "PT-1H", "one hour", "P²D", "P" + "1" * 5_000 + "D"),
    ],
)
@pytest.mark.parametrize("repeats", [[], ["RRULE:FREQ=DAILY;COUNT=2"]])
def test_an_unreadable_length_takes_the_day(length: str, repeats: list[str]) -> None:
    # 03:00 UTC on the 8th is the evening of the 7th in New York.
    lines = event("DTSTART:20261208T030000Z", f"DURATION:{length}", *repeats, uid="long@example")
    busy = read_busy(calendar(*GOOD, *lines), "room.ics")
    days = [whole(7), whole(8)] if repeats else [whole(7)]
    assert taken(busy) == ["12-01 10:00..12-01 11:00", *days]
    ((kind, message),) = told(busy)
    assert kind == WHOLE
    assert "room.ics, line 10: the event long@example" in message
    assert "DURATION" in message


@pytest.mark.parametrize(
    ("length", "end"),
    [("PT1H ", "16:00"), (" PT1H", "16:00"), ("pt90m", "16:30"), ("+PT1H", "16:00")],
)
def test_a_length_with_blanks_or_small_letters_is_read(length: str, end: str) -> None:
    busy = read_busy(calendar(*event("DTSTART:20261208T150000", f"DURATION:{length}")))
    assert taken(busy) == [f"12-08 15:00..12-08 {end}"]
    assert told(busy) == []


@pytest.mark.parametrize(
    ("lines", "expected", "kind"),
    [
        # Of the start, the day can be read.
        (["DTSTART:20261208T250000Z"], [whole(8)], WHOLE),
        (["DTSTART:20261208T9:00"], [whole(8)], WHOLE),
        (["DTSTART:2026-12-08T09:00:00Z"], [whole(8)], WHOLE),
        (["DTSTART:20261208T090000+0100"], [whole(8)], WHOLE),
        (["DTSTART:20261208T090000Z", "DTSTART:20261210T090000Z"], [whole(8), whole(10)], WHOLE),
        (["DTSTART:20261208T250000", "DTEND:20261210T100000"], [whole(8, 10)], WHOLE),
        (["DTSTART:20261208T250000", "DURATION:P2D"], [whole(8, 9)], WHOLE),
        # Only the end tells a day; midnight ends the one before.
        (["DTSTART:soon", "DTEND:20261208T100000Z"], [whole(8)], WHOLE),
        (["DTEND:20261209T000000"], [whole(8)], WHOLE),
        (["DTEND;VALUE=DATE:2026-12-09"], [whole(9)], WHOLE),
        # Of the end, the day or nothing can be read.
        (["DTSTART:20261208T090000", "DTEND:later"], [whole(8)], WHOLE),
        (["DTSTART:20261208T090000", "DTEND:20261210T990000"], [whole(8, 10)], WHOLE),
        (["DTSTART:20261208T090000", "DTEND:20261201T990000"], [whole(8)], WHOLE),
        (["DTSTART;VALUE=DATE:20261208", "DTEND:20261210T990000"], [whole(8, 10)], WHOLE),
        (["DTSTART;VALUE=DATE:20261208", "DURATION:P1"], [whole(8)], WHOLE),
        (["DTSTART:20261208T090000", "DTEND:20261208T100000", "DTEND:x"], [whole(8)], WHOLE),
        # What is left out stays busy; what is added is, on the whole day that it may mean.
        (
            ["DTSTART:20261208T090000", "DURATION:PT1H", "EXDATE:20261208T990000"],
            ["12-08 09:00..12-08 10:00"],
            PART,
        ),
        (
            ["DTSTART:20261208T090000", "DURATION:PT1H", "RDATE:20261209T990000,never"],
            ["12-08 09:00..12-08 10:00", whole(9)],
            PART,
        ),
        (
            ["DTSTART:20261208T090000", "DURATION:PT1H", "RDATE:20261209T090000/never"],
            ["12-08 09:00..12-08 10:00", whole(9)],
            PART,
        ),
        (
            ["DTSTART:20261208T090000", "DURATION:PT1H", "SEQUENCE:new"],
            ["12-08 09:00..12-08 10:00"],
            PART,
        ),
        (
            ["DTSTART:20261208T090000", "DURATION:PT1H", "RECURRENCE-ID:last week"],
            ["12-08 09:00..12-08 10:00"],
            PART,
        ),
        # No day at all, or none that matters.
        (["SUMMARY:draft", "without", "a", "date"], [], OUT),
        (["DTSTART:20190230T090000Z", "DTEND:20190230T100000Z"], [], OUT),
        (["DTSTART:soon", "DTEND:later"], [], OUT),
        (["DTSTART"], [], OUT),
        (["DTSTART;TZID"], [], OUT),
        (["DTSTART:20261208T990000", "TRANSP:TRANSPARENT"], [], OUT),
        (["DTSTART:20261208T090000", "RRULE:FREQ=NEVER", "STATUS:CANCELLED"], [], OUT),
        (["DTSTART:20251208T990000", "DTEND:x"], [], OUT),
        (["DTSTART:20251208T090000", "DURATION:1H"], [], OUT),
    ],
)
def test_one_bad_event(lines: list[str], expected: list[str], kind: str) -> None:
    data = calendar(*GOOD, *event(*lines, uid="bad@example"))
    busy = read_busy(data, "/home/anna/room.ics", since=AS_OF)
    assert taken(busy) == ["12-01 10:00..12-01 11:00", *expected]
    ((found, message),) = told(busy)
    assert found == kind
    assert message.startswith("Calendar room.ics, line 10: ")
    assert "bad@example" in message


@pytest.mark.parametrize(
    "rule",
    [
        *("FREQ=SOMETIMES", "COUNT=2", "", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;UNTIL=soon"),
        *("FREQ=DAILY;UNTIL=", "FREQ=DAILY;UNTIL=20261332", "FREQ=DAILY;BYDAY=XX", "D1 #0"),
        *(
            "FREQ=DAILY;BYDAY=0MO",
            "FREQ=DAILY;BYHOUR=24",
            "FREQ=DAILY;FREQ=DAILY",
            "FREQ=DAILY;X=1",
        ),
        *("FREQ=YEARLY;BYMONTH=13", "FREQ=YEARLY;BYWEEKNO=0", "FREQ=MONTHLY;BYSETPOS=367"),
        *("FREQ=HOURLY;BYSETPOS=2", "FREQ=SECONDLY;BYSETPOS=1", "FREQ=YEARLY;BYDAY=" + "MO," * 700),
        *("FREQ=DAILY;RSCALE=CHINESE", "FREQ=DAILY;WKST=XX", "FREQ=DAILY;COUNT=" + "9" * 5_000),
    ],
)
def test_a_rule_that_cannot_be_read_refuses_by_name_and_line(rule: str) -> None:
    lines = event("DTSTART:20261208T090000Z", f"RRULE:{rule}", uid="bad@example")
    (fault,) = faults_of(lambda: read_busy(calendar(*GOOD, *lines), "room.ics"))
    assert (fault.code, fault.field, fault.value) == ("bad_calendar", "busy", "room.ics")
    assert "The event bad@example on line 10 " in fault.message
    assert fault.remedy


@pytest.mark.parametrize(
    "rule",
    [
        *("FREQ=DAILY;COUNT=-1", "freq=daily", "FREQ=DAILY;", " FREQ = DAILY".replace(" = ", "=")),
        *("RSCALE=GREGORIAN;FREQ=DAILY;SKIP=OMIT", "FREQ=DAILY;BYDAY=MO, TU,WE,TH,FR,SA,SU"),
    ],
)
def test_rules_written_loosely_are_read(rule: str) -> None:
    busy = read_busy(calendar(*event("DTSTART:20261227T090000Z", f"RRULE:{rule}", "DURATION:PT1H")))
    assert len(taken(busy)) >= 5


def test_every_rule_of_an_event_counts() -> None:
    lines = event(
        "DTSTART:20261201T150000Z", "DURATION:PT1H",
        "RRULE:FREQ=DAILY;COUNT=2", "RRULE:FREQ=WEEKLY;COUNT=2",
    )  # fmt: skip
    assert [it[:5] for it in taken(read_busy(calendar(*lines)))] == ["12-01", "12-02", "12-08"]


def test_an_event_that_lasts_longer_than_the_calendar() -> None:
    lines = event("DTSTART:99500101T090000Z", "DURATION:P36500D")
    ((_, end),) = read_busy(calendar(*lines)).spans(9950, NEW_YORK)
    assert end.year == 9998


def test_an_instance_without_a_start_of_its_own_takes_its_day() -> None:
    lines = [
        *event("DTSTART:20261201T150000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2"),
        *event("RECURRENCE-ID:20261202T150000Z"),
    ]
    assert taken(read_busy(calendar(*lines))) == ["12-01 10:00..12-01 11:00", whole(2)]


def test_busy_periods_that_cannot_be_read() -> None:
    table = [
        "BEGIN:VFREEBUSY",
        "UID:table@example",
        "FREEBUSY:tomorrow/PT1H,20261208T090000/never,20261209T150000Z/20261209T160000Z",
        "FREEBUSY;FBTYPE=FREE:nonsense",
        "FREEBUSY;FBTYPE=FREE;TZID=Nowhere:20261208T090000/PT1H",
        "END:VFREEBUSY",
    ]
    busy = read_busy(calendar(*table), "room.ics")
    assert taken(busy) == [whole(8), "12-09 10:00..12-09 11:00"]
    assert [kind for kind, _ in told(busy)] == [OUT, WHOLE]


def test_what_is_wrong_with_many_events_is_told_in_short() -> None:
    lines = [line for number in range(60) for line in event("DTSTART:soon", uid=str(number))]
    said = told(read_busy(calendar(*GOOD, *lines)))
    assert len(said) == 21
    assert said[-1] == (
        "calendar_unreadable",
        "Calendar without a name: of further events, 40 cannot be read whole.",
    )


@pytest.mark.parametrize(
    "data",
    [
        calendar(*GOOD, "SUMMARY:Müller").decode().encode("latin-1"),
        calendar(*GOOD, "SUMMARY:Müller").decode().encode("utf-16"),
        calendar(*GOOD, "SUMMARY:Müller").decode().encode("utf-16-le"),
        b"\xfe\xff" + calendar(*GOOD).decode().encode("utf-16-be"),
        calendar(*GOOD).decode().encode("utf-16-be"),
        calendar(*GOOD).decode().encode("utf-8-sig"),
        calendar(*GOOD).replace(b"\r\n", b"\n"),
        calendar(*GOOD).replace(b"\r\n", b"\r"),
        calendar(*GOOD).replace(b"\r\n", b"\r\r\n"),
        # A fold between the two bytes of one character, and one in the name of a property.
        calendar(*GOOD, "SUMMARY:Müller").replace("ü".encode(), b"\xc3\r\n \xbc"),
        calendar(*GOOD).replace(b"DTEND", b"DT\r\n\tEND"),
        calendar(*GOOD).lower().replace(b"t1", b"T1"),
    ],
)
def test_encodings_and_ends_of_lines(data: bytes) -> None:
    assert taken(read_busy(data)) == ["12-01 10:00..12-01 11:00"]


def test_lines_are_counted_as_in_the_file() -> None:
    folded = ["DESCRIPTION:one", " two", " three", ""]
    lines = [*event(*folded, *GOOD[3:-1]), *event("DTSTART:soon", uid="bad@example")]
    ((_, message),) = told(read_busy(calendar(*lines)))
    assert calendar(*lines).decode().split("\r\n")[int(message.split("line ")[1].split(":")[0]) :][
        0
    ] == ("UID:bad@example")


def test_what_stands_inside_an_event_is_not_its_own() -> None:
    alarm = [
        *("BEGIN:VALARM", "TRIGGER:-PT15M", "DURATION:broken", "REPEAT:1", "UID:alarm"),
        *("DTSTART:20261224T090000Z", "END:VALARM"),
    ]
    busy = read_busy(calendar(*event(*GOOD[3:-1], *alarm)))
    assert taken(busy) == ["12-01 10:00..12-01 11:00"]
    assert told(busy) == []


def test_a_calendar_of_components_in_one_another_takes_no_time() -> None:
    told_of = told(read_busy(calendar(*["BEGIN:X"] * 10_000, *["END:X"] * 10_000)))
    assert [kind for kind, _ in told_of] == ["calendar_blocks_nothing"]


@pytest.mark.parametrize(
    "data",
    [
        b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\n" * 10_000,
        b"BEGIN:VEVENT\nEND:VEVENT\n",
        b"END:VCALENDAR\n",
        calendar(*GOOD).replace(b"END:VEVENT", b"END:VTODO"),
    ],
)
def test_parts_that_do_not_end_where_they_should(data: bytes) -> None:
    assert [fault.code for fault in faults_of(lambda: read_busy(data))] == ["bad_calendar"]


VALUES = (
    *("", " ", ":", ";", "=", "nonsense", "20261208", "20261208T", "T090000", "20261208T090000Z"),
    *("00000101T000000", "00010101", "99991231T235959Z", "20261399", "-1", "1" * 400, "\0", "ü"),
    *("PT1H", "-P1D", "P9999D", "20261208T090000/PT1H", "20261208T090000/20251208T090000", "/"),
    *(
        "FREQ=DAILY",
        "FREQ=YEARLY;BYDAY=0MO",
        "FREQ=DAILY;UNTIL=00010101",
        ",,,",
        "FREQ=DAILY;COUNT=0",
    ),
    *("CANCELLED", "TRANSPARENT", "+0100", "+9999", "-0000", "Europe/Berlin", "2026-12-08"),
)
PARAMETERS = ("", ";TZID=House", ";TZID=", ";TZID=Nowhere", ";VALUE=DATE", ";VALUE=PERIOD", ';X="')


def read_any(data: bytes) -> None:
    """Read a calendar of any bytes: it is read, or refused by name."""
    try:
        busy = BusyCalendar(data, "any.ics", (), AS_OF)
        list(busy.spans(2026, NEW_YORK))
        list(busy.findings(AS_OF, NEW_YORK))
    except InputError:
        pass  # nothing else is raised


def test_each_kept_property_broken_one_by_one() -> None:
    base = [
        *house_zone("+0330"),
        *event(
            "SEQUENCE:1",
            "STATUS:CONFIRMED",
            "TRANSP:OPAQUE",
            "DTSTART;TZID=House:20251208T090000",
            "DTEND;TZID=House:20251208T100000",
            "DURATION:PT1H",
            "RRULE:FREQ=WEEKLY;UNTIL=20271208",
            "RDATE;TZID=House:20261209T090000",
            "EXDATE;TZID=House:20261208T090000",
        ),
        *event("RECURRENCE-ID;TZID=House:20261215T090000", "DTSTART:20261216T090000Z"),
        *("BEGIN:VFREEBUSY", "FREEBUSY:20261208T090000Z/PT1H", "END:VFREEBUSY"),
    ]
    for place, line in enumerate(base):
        name = line.replace(";", ":").split(":")[0]
        if name not in ("BEGIN", "END", "DTSTAMP"):
            for number, value in enumerate(VALUES):
                parameters = PARAMETERS[(place + number) % len(PARAMETERS)]
                broken = [*base[:place], f"{name}{parameters}:{value}", *base[place + 1 :]]
                read_any(calendar(*broken))
        read_any(calendar(*base[:place], *base[place + 1 :]))
        read_any(calendar(*base[:place], line, *base[place:]))


PICKS = {
    "INTERVAL": ("1", "2", "7", "86399", "999999999"),
    "COUNT": ("0", "3", "99999", "999999999"),
    "UNTIL": ("20270101", "99991231T235959Z", "00010101"),
    "BYHOUR": ("9", "0,12,23"),
    "BYMINUTE": ("0", "1,30,59"),
    "BYDAY": ("MO", "-1SU", "5MO,-5TU", "53FR"),
    "BYMONTH": ("2", "1,12"),
    "BYMONTHDAY": ("29", "30,31", "-31"),
    "BYYEARDAY": ("366", "-1"),
    "BYWEEKNO": ("53", "-1"),
    "BYSETPOS": ("1", "-366"),
    "WKST": ("SU",),
}
FREQUENCIES = ("SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY")


@pytest.mark.parametrize("seed", range(12))
def test_rules_made_up_at_random(seed: int) -> None:
    rng = Random(seed)
    lines = []
    for number in range(3):
        picks = [f"{name}={rng.choice(PICKS[name])}" for name in rng.sample([*PICKS], 3)]
        rule = ";".join([f"FREQ={rng.choice(FREQUENCIES)}", *picks])
        start = rng.choice(("20261208T083000Z", "00020101", "20160229T235959", "99981231"))
        lines += event(f"DTSTART:{start}", f"RRULE:{rule}", "DURATION:P1D", uid=str(number))
    read_any(calendar(*lines))


@pytest.mark.parametrize("length", ["PT1H", "PT876000H", "-PT876000H", "P36525D"])
def test_the_longest_lengths_and_the_ends_of_the_calendar(length: str) -> None:
    yearly = event("DTSTART:99970101T000000Z", "RRULE:FREQ=YEARLY", f"DURATION:{length}")
    moved = [f"RECURRENCE-ID;RANGE=THISANDFUTURE:{year}0101T000000Z" for year in range(9000, 9400)]
    onwards = [
        line for it in moved for line in event(it, "DTSTART:00020101T000000Z", f"DURATION:{length}")
    ]
    busy = read_busy(calendar(*yearly, *onwards))
    for year in (2, 2026, 9998):
        assert all(start <= end for start, end in busy.spans(year, NEW_YORK))


@pytest.mark.parametrize("seed", range(60))
def test_bytes_changed_at_random(seed: int) -> None:
    rng = Random(seed)
    data = bytearray(random_calendar(rng))
    for _ in range(rng.randint(1, 12)):
        place = rng.randrange(len(data))
        kind = rng.randrange(4)
        if kind == 0:
            data[place] = rng.randrange(256)
        elif kind == 1:
            del data[place : place + rng.randint(1, 30)]
        elif kind == 2:
            data[place:place] = data[rng.randrange(len(data)) :][: rng.randint(1, 60)]
        else:
            data[place] = rng.choice(b"0123456789:;,=TZP-+\r\n ")
    read_any(bytes(data))


def test_a_calendar_keeps_what_it_was_asked_with_on_its_way_to_another_process() -> None:
    data = calendar(*event("DTSTART;TZID=Office:20261208T090000", "DURATION:PT1H"))
    busy = read_busy(data, "room.ics", zones={"Office": "Asia/Tokyo"}, since=AS_OF)
    again = pickle.loads(pickle.dumps(busy))
    assert taken(again) == taken(busy) == ["12-07 19:00..12-07 20:00"]


@pytest.mark.parametrize(
    "lines",
    [
        [],
        event("DTSTART:20261208T090000Z", "DURATION:PT1H", "TRANSP:TRANSPARENT"),
        event("DTSTART:20261208T090000Z", "DURATION:PT1H", "STATUS:CANCELLED"),
        event("DTSTART:20251208T090000Z", "DURATION:PT1H"),
        event("DTSTART:20251208T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=9"),
        event("DTSTART:20251208T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;UNTIL=20261121"),
        event("DTSTART:20261208T090000Z"),
    ],
)
@pytest.mark.parametrize("since", [None, AS_OF])
def test_a_calendar_that_blocks_nothing_says_so(lines: list[str], since: date | None) -> None:
    busy = read_busy(calendar(*lines), "room.ics", since=since)
    assert told(busy) == [
        (
            "calendar_blocks_nothing",
            "Calendar room.ics takes no time: no busy event of it is still to come.",
        )
    ]


@pytest.mark.parametrize(
    "lines",
    [
        ["DTSTART:20261122T230000Z", "DURATION:PT1H"],
        ["DTSTART:20351208T090000Z", "DURATION:PT1H"],
        ["DTSTART:20101208T090000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY"],
        ["DTSTART:20101208T090000Z", "DURATION:PT1H", "RRULE:FREQ=YEARLY;COUNT=30"],
        ["DTSTART:20101208T090000Z", "RRULE:FREQ=SECONDLY"],
    ],
)
def test_a_calendar_that_blocks_something_says_nothing(lines: list[str]) -> None:
    assert told(read_busy(calendar(*event(*lines)))) == []


@pytest.mark.parametrize("as_of", [date.min, date(9995, 1, 1), date.max])
def test_findings_at_the_ends_of_the_calendar(as_of: date) -> None:
    list(read_busy(calendar(*GOOD)).findings(as_of, ZoneInfo("Asia/Tokyo")))


def test_an_older_version_that_is_over_does_not_hide_the_newer() -> None:
    lines = [
        *event("DTSTART:20261208T150000Z", "DURATION:PT1H", "SEQUENCE:1"),
        *event("DTSTART:20251208T150000Z", "DTEND:20251208T160000Z", "SEQUENCE:2"),
    ]
    assert taken(read_busy(calendar(*lines), since=AS_OF)) == []


@pytest.mark.parametrize("day", ["20140829", "20140801"])
def test_of_what_was_over_nothing_is_told(day: str) -> None:
    lines = event(f"DTSTART:{day}T080000", f"DTSTART:{day}T100000", uid="2")
    assert told(read_busy(calendar(*GOOD, *lines), since=AS_OF)) == []


def test_what_was_over_by_the_first_day_that_matters() -> None:
    lines = [*GOOD, *event("DTSTART:20261101T150000Z", "DTEND:20261101T160000Z", uid="2"), *LONDON]
    assert len(taken(read_busy(calendar(*lines), since=date(2026, 11, 30)))) == 1
    assert len(taken(read_busy(calendar(*lines), since=date(2026, 11, 3)))) == 2
    assert datetime(2026, 12, 1).date() > AS_OF  # noqa: DTZ001
