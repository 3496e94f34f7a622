"""The names of time zones in calendars: those of the world, of Windows, of Outlook, of the file."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel.core import get_global

from meso_schedule import read_busy
from meso_schedule.availability.calendar_text import CalendarText
from meso_schedule.availability.calendar_zones import Zones
from meso_schedule.availability.zone_names import zone_named
from tests.support.calendars import calendar, event, house_zone
from tests.support.samples import faults_of

# What Windows shows for a zone, and CLDR's name of it.
SHOWN = """
(UTC-12:00) International Date Line West|Dateline Standard Time
(UTC-11:00) Coordinated Universal Time-11|UTC-11
(UTC-10:00) Aleutian Islands|Aleutian Standard Time
(UTC-10:00) Hawaii|Hawaiian Standard Time
(UTC-08:00) Baja California|Pacific Standard Time (Mexico)
(UTC-08:00) Pacific Time (US & Canada)|Pacific Standard Time
(UTC-07:00) Arizona|US Mountain Standard Time
(UTC-07:00) Chihuahua, La Paz, Mazatlan|Mountain Standard Time (Mexico)
(UTC-06:00) Central America|Central America Standard Time
(UTC-06:00) Central Time (US & Canada)|Central Standard Time
(UTC-06:00) Guadalajara, Mexico City, Monterrey|Central Standard Time (Mexico)
(UTC-05:00) Bogota, Lima, Quito, Rio Branco|SA Pacific Standard Time
(UTC-05:00) Eastern Time (US & Canada)|Eastern Standard Time
(UTC-05:00) Indiana (East)|US Eastern Standard Time
(UTC-04:00) Atlantic Time (Canada)|Atlantic Standard Time
(UTC-04:00) Georgetown, La Paz, Manaus, San Juan|SA Western Standard Time
(UTC-03:30) Newfoundland|Newfoundland Standard Time
(UTC-03:00) Brasilia|E. South America Standard Time
(UTC-03:00) City of Buenos Aires|Argentina Standard Time
(UTC-03:00) Greenland|Greenland Standard Time
(UTC-01:00) Cabo Verde Is.|Cape Verde Standard Time
(UTC) Coordinated Universal Time|UTC
(UTC+00:00) Dublin, Edinburgh, Lisbon, London|GMT Standard Time
(GMT) Greenwich Mean Time : Dublin, Edinburgh, Lisbon, London|GMT Standard Time
(UTC+00:00) Monrovia, Reykjavik|Greenwich Standard Time
(UTC+01:00) Casablanca|Morocco Standard Time
(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna|W. Europe Standard Time
(UTC+01:00) Amsterdam, Berlin, Bern, Rom, Stockholm, Wien|W. Europe Standard Time
(GMT+01.00) Amsterdam / Berlin / Bern / Rome / Stockholm / Vienna|W. Europe Standard Time
Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna (GMT +1:00)|W. Europe Standard Time
Amsterdam\\, Berlin\\, Bern\\, Rome|W. Europe Standard Time
(UTC+01:00) Belgrade, Bratislava, Budapest, Ljubljana, Prague|Central Europe Standard Time
(UTC+01:00) Brussels, Copenhagen, Madrid, Paris|Romance Standard Time
(UTC+01:00) Sarajevo, Skopje, Warsaw, Zagreb|Central European Standard Time
(UTC+01:00) West Central Africa|W. Central Africa Standard Time
(UTC+02:00) Athens, Bucharest|GTB Standard Time
(UTC+02:00) Helsinki, Kyiv, Riga, Sofia, Tallinn, Vilnius|FLE Standard Time
(UTC+02:00) Jerusalem|Israel Standard Time
(UTC+03:00) Kuwait, Riyadh|Arab Standard Time
(UTC+04:00) Moscow, St. Petersburg, Volgograd|Russian Standard Time
(UTC+04:00) Abu Dhabi, Muscat|Arabian Standard Time
(UTC+05:00) Ekaterinburg|Ekaterinburg Standard Time
(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi|India Standard Time
(UTC+05:30) Sri Jayawardenepura|Sri Lanka Standard Time
(UTC+06:30) Yangon (Rangoon)|Myanmar Standard Time
(UTC+08:00) Beijing, Chongqing, Hong Kong, Urumqi|China Standard Time
(UTC+09:00) Osaka, Sapporo, Tokyo|Tokyo Standard Time
(UTC+09:30) Adelaide|Cen. Australia Standard Time
(UTC+10:00) Canberra, Melbourne, Sydney|AUS Eastern Standard Time
(UTC+10:30) Lord Howe Island|Lord Howe Standard Time
(UTC+11:00) Solomon Is., New Caledonia|Central Pacific Standard Time
(UTC+12:00) Auckland, Wellington|New Zealand Standard Time
(UTC+13:00) Nuku'alofa|Tonga Standard Time
(UTC+13:00) Samoa|Samoa Standard Time
(UTC-11:00) Midway Island, Samoa|UTC-11
w. europe standard time|W. Europe Standard Time
W. Europe Daylight Time|W. Europe Standard Time
Eastern Time (US & Canada)|Eastern Standard Time
tzone://Microsoft/Utc|UTC
"""
WINTER, SUMMER = datetime(2026, 12, 8, 9, tzinfo=UTC), datetime(2027, 7, 6, 9, tzinfo=UTC)


def offsets(name: str) -> list[timedelta | None]:
    zone = zone_named(name)
    assert zone is not None, name
    return [moment.astimezone(zone).utcoffset() for moment in (WINTER, SUMMER)]


@pytest.mark.parametrize("line", SHOWN.strip().splitlines())
def test_names_that_windows_shows_mean_the_zones_of_cldr(line: str) -> None:
    shown, _, inside = line.partition("|")
    zone = ZoneInfo(get_global("windows_zone_mapping")[inside])
    assert offsets(shown) == [moment.astimezone(zone).utcoffset() for moment in (WINTER, SUMMER)]


@pytest.mark.parametrize("inside", sorted({*get_global("windows_zone_mapping")} - {"UTC"}))
def test_every_name_that_windows_has_inside(inside: str) -> None:
    assert zone_named(inside) == ZoneInfo(get_global("windows_zone_mapping")[inside])


@pytest.mark.parametrize(
    ("name", "hours"),
    [
        *(("UTC+01", 1), ("UTC+1", 1), ("UTC+01:00", 1), ("GMT+0100", 1), ("gmt+1", 1)),
        *(("+0100", 1), ("-05:00", -5), ("UTC-05:00", -5), ("(UTC+01:00)", 1), ("GMT", 0)),
        *(("UTC", 0), ("Z", 0), ("Etc/GMT+5", -5), ("UTC+14", 14), ("Greenwich Mean Time", 0)),
    ],
)
def test_an_offset_alone_is_fixed(name: str, hours: int) -> None:
    assert offsets(name) == [timedelta(hours=hours)] * 2


@pytest.mark.parametrize(
    "name",
    [
        "/freeassociation.sourceforge.net/Tzfile/Europe/Berlin",
        "/mozilla.org/20050126_1/Europe/Berlin",
        "europe/berlin",
        " Europe/Berlin ",
    ],
)
def test_names_of_the_world_in_other_dress(name: str) -> None:
    assert zone_named(name) == ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    "name",
    [
        *("Customized Time Zone", "tzone://Microsoft/Custom", "House", "Nowhere/Town", "UTC+25"),
        *("UTC+01:75", "(UTC+01:00) Nowhere at all", "Berlin", "", "()", "(UTC+99:00) Here"),
    ],
)
def test_names_that_mean_nothing(name: str) -> None:
    assert zone_named(name) is None


def utc_hours(*lines: str, zones: dict[str, str] | None = None) -> list[int]:
    spans = read_busy(calendar(*lines), "work.ics", zones=zones).spans(2026, ZoneInfo("Asia/Tokyo"))
    return sorted(start.hour for start, _ in spans)


NINE = ("20261208T090000", "DURATION:PT1H")


@pytest.mark.parametrize(
    ("start", "hour"),
    [
        # Quoted as it should be, and not, with colons in the name and in the value.
        ('DTSTART;TZID="(UTC+01:00) Amsterdam, Berlin, Bern, Rome":', 8),
        ("DTSTART;TZID=(UTC+01:00) Amsterdam, Berlin, Bern, Rome:", 8),
        ("DTSTART;TZID=tzone://Microsoft/Utc:", 9),
        ('DTSTART;VALUE=DATE-TIME;TZID="UTC-05:00":', 14),
        ("dtstart;tzid=gmt+0100:", 8),
        # Nameless and not defined: the clinic's, in Tokyo.
        ("DTSTART;TZID=:", 0),
        ("DTSTART;TZID=:  ", 0),
    ],
)
def test_names_in_a_file(start: str, hour: int) -> None:
    assert utc_hours(*event(start + NINE[0], NINE[1])) == [hour]


def test_a_nameless_zone_that_the_file_defines() -> None:
    defined = [line.replace("House", "") for line in house_zone("+0200")]
    assert utc_hours(*defined, *event(f"DTSTART;TZID=:{NINE[0]}", NINE[1])) == [7]


def test_a_definition_that_cannot_be_read_is_none() -> None:
    for old, new in (
        ("TZOFFSETTO:+0500", "TZOFFSETTO:5"),
        ("TZOFFSETTO:+0500", "TZOFFSETTO:+9900"),
        ("DTSTART:19700101T000000", "DTSTART:long ago"),
        ("DTSTART:19700101T000000", "DTSTART:19700101T000000\r\nRRULE:FREQ=DAILY"),
        ("BEGIN:STANDARD", "BEGIN:OTHER\r\nEND:OTHER\r\nBEGIN:STANDARD"),
    ):
        broken = "\r\n".join(house_zone("+0500")).replace(old, new).split("\r\n")
        lines = [*broken, *event(f"DTSTART;TZID=House:{NINE[0]}", NINE[1])]
        assert [it.code for it in faults_of(lambda lines=lines: utc_hours(*lines))] == [  # type: ignore[misc]
            "unknown_zone"
        ]
    empty = ["BEGIN:VTIMEZONE", "TZID:House", "END:VTIMEZONE"]
    assert faults_of(lambda: utc_hours(*empty, *event(f"DTSTART;TZID=House:{NINE[0]}")))


# The rule of the European Union, under a name that nobody else knows.
EUROPE = [
    *("BEGIN:VTIMEZONE", "TZID:Office", "BEGIN:DAYLIGHT", "DTSTART:16010325T020000"),
    *("TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"),
    *("END:DAYLIGHT", "BEGIN:STANDARD", "DTSTART:16011028T030000"),
    *("TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"),
    *("END:STANDARD", "END:VTIMEZONE"),
]


@pytest.mark.parametrize("year", [1999, 2026, 2050, 2090])
def test_a_zone_of_the_file_as_the_world_knows_it(year: int) -> None:
    lines = [
        line
        for month in range(1, 13)
        for day in (1, 25, 26, 27, 28)
        for hour in (0, 1, 2, 3, 12)
        for line in event(
            f"DTSTART;TZID=Office:{year}{month:02}{day:02}T{hour:02}3000",
            "DURATION:PT1M",
            f"EXDATE:{year}{month:02}{day:02}T{hour - 2:02}3000Z"
            if hour > 2 and day == 1
            else "X:",
            uid=f"{month}-{day}-{hour}",
        )
    ]
    same = [line.replace("Office", "Europe/Berlin") for line in lines]
    tokyo = ZoneInfo("Asia/Tokyo")
    ours = sorted(read_busy(calendar(*EUROPE, *lines)).spans(year, tokyo))
    assert ours == sorted(read_busy(calendar(*same)).spans(year, tokyo))
    assert len(ours) > 250


@pytest.mark.parametrize(
    ("more", "hour"),
    [
        (["RDATE:20261101T000000", "RDATE:20201101T000000,20211101T000000"], 2),
        (["RRULE:FREQ=YEARLY;UNTIL=20251231"], 2),
        (["RRULE:FREQ=YEARLY;UNTIL=20251231T000000Z"], 2),
        (["RRULE:FREQ=YEARLY;UNTIL=20251231T000000"], 2),
        (["X-NOTHING:1"], 2),
    ],
)
def test_changes_of_a_zone_written_in_other_ways(more: list[str], hour: int) -> None:
    zone = house_zone("+0700")
    place = zone.index("END:STANDARD")
    zone = [*zone[:place], *more, *zone[place:]]
    assert utc_hours(*zone, *event(f"DTSTART;TZID=House:{NINE[0]}", NINE[1])) == [hour]


def test_the_hour_that_a_zone_of_the_file_tells_twice() -> None:
    office = [*EUROPE, *event("DTSTART;TZID=Office:20261025T023000", "DURATION:PT1H")]
    assert utc_hours(*office) == [0]
    zone = Zones(CalendarText(calendar(*office)).components("VTIMEZONE"), {}).find("Office")
    assert zone
    twice = datetime(2026, 10, 25, 2, 30, tzinfo=zone)
    assert [twice.replace(fold=fold).utcoffset() for fold in (0, 1)] == [
        *(timedelta(hours=2), timedelta(hours=1))
    ]


@pytest.mark.parametrize(
    "names", [{"Customized Time Zone": "Europe/Berlin"}, {"customized  time zone": "Europe/Berlin"}]
)
def test_what_whoever_asks_says_of_a_name(names: dict[str, str]) -> None:
    start = f"DTSTART;TZID=Customized Time Zone:{NINE[0]}"
    assert utc_hours(*event(start, NINE[1]), zones=names) == [8]
    (fault,) = faults_of(lambda: utc_hours(*event(start, NINE[1])))
    assert (fault.code, fault.field, fault.value) == ("unknown_zone", "busy", "work.ics")
    assert "line 4" in fault.message
    assert "--zone 'Customized Time Zone=Europe/Berlin'" in str(fault.remedy)


def test_what_is_said_beats_what_the_file_defines() -> None:
    lines = [*house_zone("+0500"), *event(f"DTSTART;TZID=House:{NINE[0]}", NINE[1])]
    assert utc_hours(*lines, zones={"House": "Europe/Berlin"}) == [8]


def test_each_unknown_zone_is_named_once() -> None:
    lines = [
        line
        for number, zone in enumerate(("One", "Two", "One"))
        for line in event(f"DTSTART;TZID={zone}:{NINE[0]}", uid=str(number))
    ]
    assert [it.code for it in faults_of(lambda: utc_hours(*lines))] == ["unknown_zone"] * 2


def test_no_more_than_twenty_unknown_zones_are_named() -> None:
    starts = [
        event(f"DTSTART;TZID=Zone {number}:{NINE[0]}", uid=str(number)) for number in range(99)
    ]
    lines = [line for start in starts for line in start]
    assert len(faults_of(lambda: utc_hours(*lines))) == 20


@pytest.mark.parametrize(
    "lines",
    [
        event(f"DTSTART;TZID=Nowhere:{NINE[0]}", "TRANSP:TRANSPARENT"),
        event(f"DTSTART;TZID=Nowhere:{NINE[0]}", "STATUS:CANCELLED"),
        event("DTSTART;TZID=Nowhere:20251208T090000", "DURATION:PT1H"),
        event("DTSTART;TZID=Nowhere:20251208T090000", "DTEND;TZID=Nowhere:20251208T100000"),
    ],
)
def test_an_unknown_zone_of_what_cannot_matter_refuses_nothing(lines: list[str]) -> None:
    since = datetime(2026, 11, 22, tzinfo=UTC).date()
    busy = read_busy(calendar(*lines), since=since)
    assert list(busy.spans(2026, ZoneInfo("UTC"))) == []
