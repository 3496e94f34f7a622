"""Clinic files: a whole example, every fault, public holidays of the real world."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from meso_schedule import Clinic, parse_clinic, read_clinic
from meso_schedule.base.errors import InputError, UnknownNameError, UnreadableFileError
from meso_schedule.base.times import TimeRange
from meso_schedule.clinic.holidays import HolidayRegion, holidays_of_year, public_holidays
from tests.support.samples import (
    Table,
    clinic,
    clinic_table,
    codes_and_fields,
    faults_of,
    on,
    python,
)

EXAMPLE = """
name = "Example Clinic"
timezone = "Europe/London"
currency = "GBP"
address = "1 Example Street"
phone = "+44 20 0000 0000"
email = "desk@clinic.example"
[hours]
mon = ["09:00-13:00", "14:00-18:00"]
sat = ["18:00-24:00"]
[holidays]
country = "GB"
subdivision = "ENG"
[[closures]]
from = "2026-12-24"
to = "2027-01-02"
reason = "Christmas"
[[closures]]
from = 2027-02-01
to = 2027-02-01
[[openings]]
date = "2026-12-28"
hours = ["10:00-14:00"]
[prices.facial-rejuvenation]
session = "180.00"
packages = [{ sessions = 6, price = "960.00" }]
deposit = "20%"
instalments = 3
[tax]
name = "VAT"
rate = "20%"
included = true
"""
PRICES = {"session": "180.00"}
TAX = {"name": "VAT", "rate": "20%", "included": True}
CLOSURE = {"from": "2026-12-24", "to": "2027-01-02"}
OPENING = {"date": "2026-12-28", "hours": "10:00-14:00"}


@pytest.fixture
def quick_switches() -> Iterator[None]:
    """Let threads take turns as often as they can, so that a race is seen."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def priced(**changes: Any) -> Table:
    return {"currency": "GBP", "prices": {"general": PRICES | changes}}


def late(*steps: Table) -> Table:
    return {"currency": "GBP", "cancelling": {"late": list(steps)}}


def test_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "clinic.toml"
    path.write_text(EXAMPLE, encoding="utf-8")
    read = read_clinic(str(path))
    assert (read.name, read.timezone, read.currency) == ("Example Clinic", "Europe/London", "GBP")
    assert read.hours.of_weekdays() == [
        (TimeRange(540, 780), TimeRange(840, 1080)),
        *[()] * 4,
        (TimeRange(1080, 1440),),
        (),
    ]
    assert read.holidays == HolidayRegion(country="GB", subdivision="ENG")
    christmas, unnamed = read.closures
    assert on("2026-12-24") in christmas.days
    assert on("2027-01-02") in christmas.days
    assert on("2027-01-03") not in christmas.days
    assert christmas.reason == "Christmas"
    assert (unnamed.first, unnamed.reason) == (on("2027-02-01"), "closed by the clinic")
    assert read.openings[0].hours == (TimeRange(600, 840),)
    prices = read.prices["facial-rejuvenation"]
    assert (prices.session, str(prices.deposit), prices.instalments) == (Decimal(180), "20%", 3)
    assert (prices.packages[0].sessions, prices.packages[0].price) == (6, Decimal(960))
    assert read.tax is not None
    assert read.tax.rate.fraction == Decimal("0.2")
    assert not read.is_default
    assert Clinic.model_validate_json(read.model_dump_json()) == read


def test_without_a_file() -> None:
    default = Clinic.default()
    assert default.is_default
    assert default is Clinic.default()
    assert default.timezone == "UTC"
    assert default.hours.of_weekdays() == [(TimeRange(540, 1020),)] * 5 + [(), ()], (
        "Monday to Friday, 09:00-17:00"
    )
    assert (default.holidays, default.currency, default.closures) == (None, None, ())


def test_faults_name_the_file(tmp_path: Path) -> None:
    path = tmp_path / "clinic.toml"
    path.write_text(EXAMPLE.replace('"Europe/London"', '"Europe/Lodnon"'), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_clinic(path)
    (fault,) = caught.value.faults
    assert (fault.code, fault.source, fault.field) == ("unknown_zone", str(path), "timezone")
    assert fault.remedy == "Write an IANA name such as Europe/London."
    with pytest.raises(UnreadableFileError):
        read_clinic(tmp_path / "none.toml")


def test_the_text_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "clinic.toml"
    path.write_text(EXAMPLE, encoding="utf-8")
    assert parse_clinic(EXAMPLE) == read_clinic(path)
    broken = EXAMPLE.replace('"Europe/London"', '"Europe/Lodnon"').replace("sat =", "day =")
    faults = faults_of(lambda: parse_clinic(broken))
    assert codes_and_fields(faults) == {
        *(("unknown_zone", "timezone"), ("unknown_key", "hours.day"))
    }
    assert {fault.source for fault in faults} == {"clinic"}
    with pytest.raises(UnreadableFileError) as caught:
        parse_clinic("name =", "upload 7")
    (fault,) = caught.value.faults
    assert (fault.code, fault.source) == ("bad_toml", "upload 7")


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"name": None}, "missing_key", "name"),
        ({"timezone": None}, "missing_key", "timezone"),
        ({"hours": None}, "missing_key", "hours"),
        ({"adress": "x"}, "unknown_key", "adress"),
        ({"timezone": "Europe"}, "unknown_zone", "timezone"),
        ({"timezone": "../Europe/London"}, "unknown_zone", "timezone"),
        ({"timezone": "Mars/Base"}, "unknown_zone", "timezone"),
        ({"timezone": "a\x00b"}, "unknown_zone", "timezone"),
        ({"timezone": ""}, "bad_text", "timezone"),
        ({"currency": "gbp"}, "unknown_currency", "currency"),
        ({"hours": {"mon": "17:00-09:00"}}, "bad_hours", "hours.mon[1]"),
        ({"hours": {"mon": ["09:00-13:00", "9-5"]}}, "bad_time", "hours.mon[2]"),
        ({"hours": {"mon": ["09:00-13:00", "12:59-18:00"]}}, "overlapping_hours", "hours.mon"),
        ({"hours": {"mon": ["14:00-18:00", "09:00-13:00"]}}, "overlapping_hours", "hours.mon"),
        ({"hours": {"monday": "09:00-17:00"}}, "unknown_key", "hours.monday"),
        ({"holidays": {"country": "XX"}}, "unknown_country", "holidays.country"),
        ({"holidays": {"country": "gb"}}, "unknown_country", "holidays.country"),
        ({"holidays": {"country": "__"}}, "unknown_country", "holidays.country"),
        (
            {"holidays": {"country": "GB", "subdivision": "XX"}},
            *("unknown_subdivision", "holidays.subdivision"),
        ),
        ({"holidays": {}}, "missing_key", "holidays.country"),
        ({"closures": [CLOSURE | {"to": "2026-12-23"}]}, "bad_range", "closures[1]"),
        ({"closures": [CLOSURE, {"from": "2026-12-24"}]}, "missing_key", "closures[2].to"),
        ({"closures": [CLOSURE | {"from": "2026-02-30"}]}, "bad_date", "closures[1].from"),
        ({"openings": [OPENING | {"date": "today"}]}, "bad_date", "openings[1].date"),
        ({"openings": [OPENING, OPENING]}, "duplicate_opening", "openings[2]"),
        (
            {"openings": [OPENING, OPENING | {"date": "2026-12-29"}, OPENING]},
            *("duplicate_opening", "openings[3]"),
        ),
        ({"openings": [{"hours": []}]}, "missing_key", "openings[1].date"),
        (
            {"openings": [OPENING | {"dates": ["2026-12-29"]}]},
            *("missing_key", "openings[1].date"),
        ),
        (
            {"openings": [OPENING, {"dates": ["2026-12-29", "2026-12-28"], "hours": []}]},
            *("duplicate_opening", "openings[2]"),
        ),
        ({"rota": [CLOSURE | {"to": "2026-12-23"}]}, "bad_range", "rota[1]"),
        ({"rota": [CLOSURE, CLOSURE]}, "overlapping_hours", "rota[2]"),
        ({"rota": [CLOSURE | {"mon": "9-5"}]}, "bad_time", "rota[1].mon[1]"),
        ({"rota": [{"from": "2026-12-24", "mon": []}]}, "missing_key", "rota[1].to"),
        ({"yearly": {"02-30": []}}, "bad_date", "yearly.02-30"),
        ({"yearly": {"12-1": []}}, "bad_date", "yearly.12-1"),
        ({"yearly": {"12-24": "9-5"}}, "bad_time", "yearly.12-24[1]"),
        ({"treatments": {"general": {"minutes": 0}}}, "bad_number", "treatments.general.minutes"),
        ({"treatments": {"general": {"usual": 41}}}, "bad_number", "treatments.general.usual"),
        (
            {"treatments": {"general": {"minutes": 30, "before": 20, "after": 10}}},
            *("bad_minutes", "treatments.general.minutes"),
        ),
        ({"treatments": {"general": {"minimum": 3}}}, "unknown_key", "treatments.general.minimum"),
        ({"openings": [OPENING | {"hours": "9-5"}]}, "bad_time", "openings[1].hours[1]"),
        ({"prices": {"general": PRICES}}, "missing_key", "currency"),
        (priced(session="180.001"), "too_many_decimals", "prices.general.session"),
        (priced(session=180.0), "bad_amount", "prices.general.session"),
        (priced(session="-180"), "bad_amount", "prices.general.session"),
        (
            priced(packages=[{"sessions": 6, "price": "9.601"}]),
            *("too_many_decimals", "prices.general.packages[1].price"),
        ),
        (
            priced(packages=[{"sessions": 1, "price": "180.00"}]),
            *("bad_number", "prices.general.packages[1].sessions"),
        ),
        (
            priced(packages=[{"sessions": 41, "price": "960.00"}]),
            *("bad_number", "prices.general.packages[1].sessions"),
        ),
        (
            priced(packages=[{"sessions": 6.0, "price": "960.00"}]),
            *("bad_number", "prices.general.packages[1].sessions"),
        ),
        (priced(deposit="101%"), "bad_percent", "prices.general.deposit"),
        (priced(deposit="half"), "bad_amount", "prices.general.deposit"),
        (priced(deposit=0.2), "bad_amount", "prices.general.deposit"),
        (priced(deposit="50.001"), "too_many_decimals", "prices.general.deposit"),
        (priced(instalments=0), "bad_number", "prices.general.instalments"),
        (priced(instalments=-1), "bad_number", "prices.general.instalments"),
        (priced(instalments=41), "bad_number", "prices.general.instalments"),
        (priced(instalments="3"), "bad_number", "prices.general.instalments"),
        (priced(rest="third"), "bad_value", "prices.general.rest"),
        (
            priced(deposit="180.01", deposit_per="session"),
            *("deposit_too_high", "prices.general.deposit"),
        ),
        (priced(moves=-1), "bad_number", "prices.general.moves"),
        (priced(moves=41), "bad_number", "prices.general.moves"),
        ({"notice": "24h"}, "bad_interval", "notice"),
        (
            {"consultation": {"minutes": 30, "redeemed": "-3 days"}},
            *("bad_interval", "consultation.redeemed"),
        ),
        (priced(deposit_days=["mon"]), "missing_key", "prices.general.deposit_days"),
        (
            priced(deposit="20%", deposit_days=["mo"]),
            *("bad_weekday", "prices.general.deposit_days[1]"),
        ),
        (
            priced(options={"two": {"session": "9.001"}}),
            *("too_many_decimals", 'prices.general.options."two".session'),
        ),
        (priced(options={"two": {}}), "missing_key", "prices.general.options.two.session"),
        (priced(tax="some"), "bad_value", "prices.general.tax"),
        (priced(sesion="180.00"), "unknown_key", "prices.general.sesion"),
        ({"tax": TAX | {"rate": "20"}}, "bad_percent", "tax.rate"),
        ({"currency": "GBP", "stopping": {"fee": "50.001"}}, "too_many_decimals", "stopping.fee"),
        ({"stopping": {"fee": "120%"}}, "bad_percent", "stopping.fee"),
        ({"stopping": {"fee_of": "all"}}, "bad_value", "stopping.fee_of"),
        ({"stopping": {"withdraw": "14"}}, "bad_interval", "stopping.withdraw"),
        ({"stopping": {"withdraw": "1 day - 2 days"}}, "negative_gap", "stopping.withdraw"),
        (late({"inside": "48 hours", "keep": "101%"}), "bad_percent", "cancelling.late[1].keep"),
        (late({"inside": "soon", "keep": "1%"}), "bad_interval", "cancelling.late[1].inside"),
        (late({"inside": "400 days", "keep": "1%"}), "bad_interval", "cancelling.late.inside"),
        (late({"keep": "50%"}), "missing_key", "notice"),
        (late({"inside": "2 days", "keep": "1.005"}), "too_many_decimals", "cancelling.late"),
        (late({"inside": "2 days", "keep": "1"}) | {"currency": None}, "missing_key", "currency"),
        (
            late({"inside": "12 hours", "keep": "1%"}, {"inside": "48 hours", "keep": "9%"}),
            *("out_of_order", "cancelling.late[2]"),
        ),
        (
            late({"inside": "24 hours", "keep": "1%"}, {"inside": "1 day", "keep": "9%"}),
            *("out_of_order", "cancelling.late[2]"),
        ),
        (
            {"cancelling": {"missed": [{"inside": "2 days", "keep": "1%"}]}},
            *("contradiction", "cancelling.missed"),
        ),
        ({"cancelling": {"missed": ["1%", "2%"]}}, "contradiction", "cancelling.missed[2]"),
        ({"cancelling": {"missed": "sessions"}}, "bad_amount", "cancelling.missed[1].keep"),
        ({"cancelling": {"early": "1%"}}, "unknown_key", "cancelling.early"),
        ({"tax": TAX | {"rate": 0.2}}, "bad_percent", "tax.rate"),
        ({"tax": TAX | {"included": 3}}, "bad_type", "tax.included"),
        ({"tax": {"name": "VAT", "rate": "20%"}}, "missing_key", "tax.included"),
    ],
)
def test_each_fault(changes: Table, code: str, field: str) -> None:
    (fault,) = faults_of(lambda: clinic(**changes))
    assert (fault.code, fault.field) == (code, field)
    assert fault.remedy


def test_prices_belong_to_an_id() -> None:
    (fault,) = faults_of(lambda: clinic(currency="GBP", prices={"Face": PRICES}))
    assert (fault.code, fault.value) == ("bad_id", "Face")


@pytest.mark.parametrize(
    "changes",
    [
        {"hours": {}},
        {"hours": {"mon": []}},
        {"hours": {"mon": ["09:00-13:00", "13:00-18:00"]}},
        {"openings": [{"date": "2026-12-28", "hours": []}]},
        {"closures": [CLOSURE | {"to": "2026-12-24"}]},
        priced(deposit="0%"),
        priced(deposit="100%"),
        priced(deposit="50"),
        priced(deposit="180.00", deposit_per="session", rest="monthly"),
        priced(deposit="1%", deposit_days="mon", options={"two": {"session": "290.00"}}),
        priced(deposit="290.00", deposit_per="session", options={"two": {"session": "290.00"}}),
        priced(instalments=40, packages=[{"sessions": 2, "price": "1"}]),
        {"tax": TAX | {"rate": "0%"}},
        {"prices": {}},
        {"cancelling": {"missed": "session", "late": "50%", "moved": "0%"}, "notice": "1 day"},
        late({"inside": "48 hours", "keep": "50%"}, {"inside": "0 days", "keep": "session"}),
        {"rota": [CLOSURE, {"from": "2027-01-03", "to": "2027-01-03", "mon": "09:00-10:00"}]},
        {"yearly": {"02-29": ["09:00-12:00"]}},
        {"treatments": {"general": {"minutes": 15, "before": 0, "after": 14, "turnover": 0}}},
    ],
)
def test_what_lies_on_the_edge_is_taken(changes: Table) -> None:
    assert faults_of(lambda: clinic(**changes)) == ()


def test_faults_of_several_tables_come_at_once() -> None:
    faults = faults_of(
        lambda: clinic(
            closures=[CLOSURE | {"to": "2026-12-23"}],
            openings=[OPENING, OPENING],
            holidays={"country": "XX"},
            **priced(session="180.001", instalments=0),
        )
    )
    assert codes_and_fields(faults) == {
        ("bad_range", "closures[1]"),
        ("duplicate_opening", "openings[2]"),
        ("unknown_country", "holidays.country"),
        ("too_many_decimals", "prices.general.session"),
        ("bad_number", "prices.general.instalments"),
    }


def test_a_broken_table_hides_no_fault_of_another() -> None:
    faults = faults_of(lambda: clinic(timezone="Mars/Base", openings=[OPENING, OPENING]))
    assert codes_and_fields(faults) == {
        ("unknown_zone", "timezone"),
        ("duplicate_opening", "openings[2]"),
    }


@pytest.mark.parametrize("data", [None, [], "clinic", [clinic_table()]])
def test_no_table_at_all(data: object) -> None:
    (fault,) = faults_of(lambda: Clinic.read(data))
    assert (fault.code, fault.field) == ("bad_type", None)


def test_the_nearest_country_and_region_are_offered() -> None:
    (fault,) = faults_of(lambda: clinic(holidays={"country": "GBR"}))
    assert fault.remedy is not None
    assert "GB" in fault.remedy
    (fault,) = faults_of(lambda: clinic(holidays={"country": "GB", "subdivision": "EN"}))
    assert fault.remedy is not None
    assert "ENG" in fault.remedy


@pytest.mark.parametrize(
    ("country", "region", "day", "name", "source"),
    [
        ("GB", "ENG", "2026-12-25", "Christmas Day", "gov.uk/bank-holidays"),
        ("GB", "ENG", "2026-12-28", "Boxing Day", "gov.uk: 26 December 2026 is a Saturday"),
        ("GB", "ENG", "2026-04-06", "Easter Monday", "gov.uk/bank-holidays"),
        ("GB", "ENG", "2026-05-25", "Spring Bank Holiday", "gov.uk/bank-holidays"),
        ("GB", "ENG", "2026-08-31", "Summer Bank Holiday", "gov.uk: the last Monday in England"),
        ("GB", "SCT", "2026-08-03", "Summer Bank Holiday", "gov.uk: the first Monday in Scotland"),
        ("GB", "SCT", "2026-11-30", "Saint Andrew's Day", "gov.uk: Scotland alone"),
        ("GB", "ENG", "2026-11-30", None, "gov.uk: Scotland alone"),
        ("GB", "SCT", "2026-04-06", None, "gov.uk: no Easter Monday in Scotland"),
        ("GB", "NIR", "2026-07-13", "Battle of the Boyne", "gov.uk: 12 July 2026 is a Sunday"),
        ("US", None, "2026-11-26", "Thanksgiving", "5 U.S.C. 6103: fourth Thursday of November"),
        ("US", None, "2026-07-03", "Independence Day", "4 July 2026 is a Saturday"),
        ("US", None, "2027-12-31", "New Year's Day", "1 January 2028 is a Saturday"),
        ("DE", "BY", "2026-01-06", "Epiphany", "Bavarian law on holidays"),
        ("DE", "BE", "2026-01-06", None, "no holiday in Berlin"),
        ("DE", "BE", "2026-10-03", "German Unity Day", "treaty of unification"),
        ("FR", None, "2026-07-14", "National Day", "French labour code L3133-1"),
        ("CA", "QC", "2026-06-24", "Saint John the Baptist Day", "Quebec's National Holiday Act"),
    ],
)
def test_public_holidays(
    country: str, region: str | None, day: str, name: str | None, source: str
) -> None:
    date = on(day)
    found = holidays_of_year(HolidayRegion(country=country, subdivision=region), date.year)
    assert {held.year for held in found} == {date.year}
    assert name in found[date].name if name else date not in found, source


def test_a_year_holds_its_holidays_however_often_it_is_asked_for() -> None:
    region = HolidayRegion(country="GB", subdivision="ENG")
    first = holidays_of_year(region, 2031)
    holidays_of_year(region, 2032)
    holidays_of_year(region, 2030)
    assert holidays_of_year(region, 2031) == first
    assert len(first) == 8, "England has eight bank holidays in a plain year"


@pytest.mark.usefixtures("quick_switches")
def test_threads_may_ask_at_once() -> None:
    region = HolidayRegion(country="US")

    def ask(shift: int) -> list[int]:
        years = [1990 + (year + shift) % 100 for year in range(100)]
        return [len(holidays_of_year(region, year)) for year in years]

    with ThreadPoolExecutor(4) as pool:
        for counts in pool.map(ask, range(0, 100, 25)):
            assert min(counts) >= 10, "the United States had ten federal holidays before 2021"


@pytest.mark.parametrize("year", [1, 9999])
def test_a_year_that_is_not_known(year: int) -> None:
    with pytest.raises(InputError) as caught:
        holidays_of_year(HolidayRegion(country="GB"), year)
    (fault,) = caught.value.faults
    assert (fault.code, fault.field) == ("unknown_holiday_year", "start")
    assert fault.value == str(year)


def test_the_first_and_last_year_that_are_known() -> None:
    known = public_holidays("GB", None)
    region = HolidayRegion(country="GB")
    assert holidays_of_year(region, known.start_year)
    assert holidays_of_year(region, known.end_year)
    for year in (known.start_year - 1, known.end_year + 1):
        with pytest.raises(InputError, match=f"not for {year}"):
            holidays_of_year(region, year)


def test_unknown_names() -> None:
    with pytest.raises(UnknownNameError):
        public_holidays("XX", None)
    with pytest.raises(UnknownNameError):
        public_holidays("US", "ENG")


EVERY_COUNTRY = """
import json
from holidays.registry import COUNTRIES
from meso_schedule.clinic.holidays import HolidayRegion, holidays_of_year
codes = sorted({names[1] for names in COUNTRIES.values()})
found = {}
for code in codes:
    days = holidays_of_year(HolidayRegion(country=code), 2026)
    found[code] = sorted((str(day), held.name) for day, held in days.items())
print(json.dumps(found))
"""


def test_names_do_not_depend_on_the_language_of_the_machine() -> None:
    german = dict.fromkeys(("LANG", "LANGUAGE", "LC_ALL"), "de_DE.UTF-8")
    thai = dict.fromkeys(("LANG", "LANGUAGE", "LC_ALL"), "th_TH.UTF-8")
    found = python(EVERY_COUNTRY, **german)
    assert '["2026-12-25", "Christmas Day"]' in found
    assert found == python(EVERY_COUNTRY, **thai) == python(EVERY_COUNTRY)


@pytest.mark.parametrize("zone", ["localtime", "posixrules", "Factory", "right/UTC", "posix/UTC"])
def test_zones_that_are_not_the_same_everywhere_are_refused(zone: str) -> None:
    faults = faults_of(lambda: Clinic.read(clinic_table(timezone=zone)))
    assert codes_and_fields(faults) == {("unknown_zone", "timezone")}


def test_a_closure_is_written_as_in_the_file() -> None:
    closure = {"first": "2026-12-24", "last": "2026-12-25"}
    faults = faults_of(lambda: Clinic.read(clinic_table(closures=[closure])))
    assert ("missing_key", "closures[1].from") in codes_and_fields(faults)


def test_a_price_that_was_changed_is_read(tmp_path: Path) -> None:
    path = tmp_path / "clinic.toml"
    for price in ("180.00", "190.00", "180.00"):
        path.write_text(EXAMPLE.replace("180.00", price), encoding="utf-8")
        read = read_clinic(path)
        assert str(next(iter(read.prices.values())).session) == price
        assert read_clinic(path) is read
