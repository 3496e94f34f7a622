"""Every number and text of files and requests has limits, and is told with its field."""

from collections.abc import Iterator
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from meso_schedule import Clinic, CourseRequest, Protocol, read_protocol
from meso_schedule.base.errors import MORE_FAULTS, MOST_FAULTS, Fault, InputError, shortened
from meso_schedule.base.free_text import RECORDED
from meso_schedule.book.records import Held, Note, Opened, read_record
from tests.support.samples import ASSUMED, ROOT, Table, clinic_table, faults_of, phase, rule_table

RULES = rule_table(
    phases=[phase(sessions=2, recommended="8 days", lapse="6 weeks", grace="1 day"), phase()],
    top_up={"minimum": "3 months", "maximum": "4 months", **ASSUMED},
    results={"settle": "3 days", "lasts_minimum": "3 months", "lasts_maximum": "1 year", **ASSUMED},
    prices=[{"currency": "GBP", "per": "session", "low": "10.00", "high": "20.00", **ASSUMED}],
    spacing=[{"other": "toxin", "minimum": "7 days", "minimum_before": "3 days", **ASSUMED}],
    care=[{"what": "sun", "action": "avoid", "starts": "-7 days", "ends": "8 hours", **ASSUMED}],
    facts={"dose_ml": "0.01", **ASSUMED},
    sources=[{"key": "study", "title": "Study", "year": 2016, "grade": "high"}],
)
CLINIC = clinic_table(
    currency="GBP",
    notice="2 days",
    closures=[{"from": "2026-12-24", "to": "2026-12-26"}],
    openings=[{"date": "2026-12-28", "hours": ["10:00-14:00"]}],
    prices={
        "mine": {
            "session": "9.00",
            "packages": [{"sessions": 3, "price": "20.00"}],
            "deposit": "20%",
            "instalments": 2,
        }
    },
    tax={"name": "VAT", "rate": "20%", "included": True},
    stopping={"fee": "10%"},
)
REQUEST: Table = {
    "start": "2026-12-01",
    "start_within": 3,
    "sessions": 4,
    "improves_after": 2,
    "late": 1,
    "budget": "900.00",
    "top_ups": 1,
    "alternatives": 1,
    "at": "10:00",
    "pin": ["1=2026-12-01"],
}
FILES: dict[str, tuple[Any, dict[str, Any]]] = {
    "rules": (Protocol, RULES),
    "clinic": (Clinic, CLINIC),
    "request": (CourseRequest, REQUEST),
}
TEXTS = {
    *("name", "id", "version", "areas", "title", "key", "what", "assumption", "address", "reason"),
    *("family", "other", "action", "grade", "per", "currency", "timezone", "patient"),
}
HUGE: tuple[object, ...] = (10**9, -(10**30), 10**5000)
NO_NUMBERS: tuple[object, ...] = (float("inf"), float("nan"), "9" * 5000)


def leaves(table: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    entries = table.items() if isinstance(table, dict) else enumerate(table)
    for key, value in entries:
        if isinstance(value, dict | list):
            yield from leaves(value, (*place, key))
        else:
            yield (*place, key)


def with_value(table: Table, place: tuple[Any, ...], value: object) -> Table:
    made = inner = deepcopy(table)
    for part in place[:-1]:
        inner = inner[part]
    inner[place[-1]] = value
    return made


def assert_told(faults: tuple[Fault, ...], name: object) -> None:
    assert faults
    for fault in faults:
        assert fault.field, fault
        assert fault.remedy, fault
        assert len(str(fault)) < 500
        assert len(fault.value or "") <= 200
    assert any(str(name) in (fault.field or "") for fault in faults)


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("value", [*HUGE, *NO_NUMBERS], ids=range(len(HUGE) + len(NO_NUMBERS)))
def test_no_number_of_any_file_is_huge_or_none(kind: str, value: object) -> None:
    model, table = FILES[kind]
    for place in leaves(table):
        faults = faults_of(partial(model.read, with_value(table, place, value)))
        named = [part for part in place if isinstance(part, str)]
        assert_told(faults, named[-1])


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        *(("rules", ("sessions", name)) for name in ("minimum", "usual", "maximum", "minutes")),
        ("rules", ("phases", 0, "sessions")),
        ("rules", ("sources", 0, "year")),
        ("clinic", ("prices", "mine", "instalments")),
        ("clinic", ("prices", "mine", "packages", 0, "sessions")),
        *(("request", (name,)) for name in ("sessions", "improves_after")),
    ],
)
@pytest.mark.parametrize("value", [0, -1])
def test_counts_begin_at_one(kind: str, place: tuple[Any, ...], value: int) -> None:
    model, table = FILES[kind]
    assert faults_of(lambda: model.read(with_value(table, place, value)))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("phases", 0, "sessions"), 41),
        (("phases", 1, "sessions"), 300_000_000),
        (("sources", 0, "year"), 20216),
        (("results", "settle"), "99999 years"),
        (("results", "lasts_maximum"), "99999 months"),
        (("spacing", 0, "minimum"), "101 years"),
        (("spacing", 0, "minimum_before"), "99999 weeks"),
        (("care", 0, "starts"), "-99999 months"),
        (("care", 0, "ends"), "99999 weeks"),
        (("phases", 0, "minimum"), " + ".join(["1 day"] * 200)),
        (("phases", 0, "minimum"), ["1 month"] * 13),
        (("prices", 0, "high"), "20." + "0" * 5000),
        (("facts", "dose_ml"), "-5"),
        (("facts", "dose_ml"), ["1", "\u22125 ml"]),
        (("facts", "dose_ml"), "nan"),
        (("facts", "dose_ml"), "1e12"),
        (("facts", "dose_ml"), "4-1"),
        (("id",), "a" * 201),
        (("name",), "Mine\x07"),
        (("name",), "two\nlines"),
        (("areas", 0), "fa\x1b[31mce"),
        (("phases", 0, "name"), "a\x00"),
        (("care", 0, "what"), "sun\x08"),
        (("care", 0, "what"), "x" * 2001),
        (("name",), "x" * 201),
        (("name",), "turned \u202eround"),
        (("spacing", 0, "same_day"), "yes"),
        (("phases", 1, "after_improvement"), 0),
    ],
)
def test_nonsense_in_a_rule_file_is_refused(place: tuple[Any, ...], value: object) -> None:
    faults = faults_of(lambda: Protocol.read(with_value(RULES, place, value)))
    assert_told(faults, place[0])


@pytest.mark.parametrize(
    "fact", ["0.01", "1-4", "1 to 4 mm", "1,5", "up to 4", "infected skin", "x"]
)
def test_facts_that_say_something_are_taken(fact: str) -> None:
    assert not faults_of(lambda: Protocol.read(with_value(RULES, ("facts", "d"), fact)))


@pytest.mark.parametrize(
    "zone", ["EST", "EST5EDT", "GMT", "Etc/GMT+5", "Etc/Zulu", "CET", "GB", "Zulu", "x" * 5000]
)
def test_zones_of_no_place_are_refused(zone: str) -> None:
    faults = faults_of(lambda: Clinic.read(clinic_table(timezone=zone)))
    assert [fault.code for fault in faults] == ["unknown_zone"]
    assert_told(faults, "timezone")


@pytest.mark.parametrize("zone", ["UTC", "Etc/UTC", "America/Argentina/Ushuaia", "US/Eastern"])
def test_zones_of_places_are_taken(zone: str) -> None:
    assert Clinic.read(clinic_table(timezone=zone)).timezone == zone


@pytest.mark.parametrize(
    "changes",
    [{"email": "reception"}, {"email": "a@b, c@d"}, {"phone": "1\x07"}, {"address": "a\x9b"}],
)
def test_nonsense_in_a_letterhead_is_refused(changes: Table) -> None:
    assert_told(faults_of(lambda: Clinic.read(clinic_table(**changes))), next(iter(changes)))


@pytest.mark.parametrize(("name", "longest"), [("patient", 200), ("reference", 60)])
def test_free_text_of_a_request_has_a_limit(name: str, longest: int) -> None:
    CourseRequest.read({name: "x" * longest})
    for text in ("x" * (longest + 1), "a\x1b[31m", "a\nb", "a\u2028b"):
        assert_told(faults_of(partial(CourseRequest.read, {name: text})), name)


def test_what_a_book_holds_is_read_whatever_its_length() -> None:
    long = {"patient": "x" * 900, "reference": "y" * 900}
    assert CourseRequest.read(long, context=RECORDED).patient == "x" * 900
    record = read_record("note", 1, {"text": "a\x07" * 3000}, context=RECORDED)
    assert isinstance(record, Note)
    rules = with_value(with_value(RULES, ("phases", 0, "sessions"), 99), ("facts", "d"), "-5")
    kept = Protocol.read(rules, context=RECORDED)
    assert len(kept.phase_of_each(5)) == 5
    endless = with_value(RULES, ("phases", 0, "sessions"), 900_000_000)
    assert len(Protocol.read(endless, context=RECORDED).phase_of_each(5)) == 5
    assert Clinic.read(clinic_table(email="x"), context=RECORDED).email == "x"


def test_what_is_written_into_a_book_has_limits() -> None:
    assert Note(text="x" * 2000 + "").text
    assert_told(faults_of(lambda: Note(text="x" * 2001)), "text")
    assert_told(faults_of(lambda: Note(text="a\x1bb")), "text")
    assert_told(
        faults_of(lambda: Held.read({"number": 1, "on": "2026-12-01", "reason": "\x07"})),
        "reason",
    )
    assert_told(faults_of(lambda: Opened.read({"patient": "x" * 201})), "patient")
    assert Note(text="two\nlines\tand a tab").text


def test_a_list_of_faults_stops_at_fifty_with_a_count() -> None:
    made = InputError(Fault("bad", f"No. {n}.", field=f"f{n}", remedy="x") for n in range(63))
    assert len(made.faults) == MOST_FAULTS + 1
    assert (made.faults[-1].code, made.faults[-1].value) == (MORE_FAULTS, "13")
    again = InputError([*made.at("file").faults, Fault("bad", "One more.")])
    assert (len(again.faults), again.faults[-1].value) == (MOST_FAULTS + 1, "14")
    assert len(InputError(made.faults[:50]).faults) == 50


def test_many_faults_are_found_at_once() -> None:
    wrong = with_value(RULES, ("phases",), [{"name": "a"}] * 5000)
    faults = faults_of(lambda: Protocol.read(wrong))
    assert len(faults) == 51


def test_what_is_echoed_is_cut() -> None:
    fault = Fault("x", f"There is {'9' * 5000}.", None, "f" * 900, "v" * 5000, f"Not {'8' * 900}.")
    assert len(str(fault)) < 500
    assert len(fault.value or "") == 200
    assert len(shortened("x " * 500)) == 80
    assert shortened(10**5000) == "A number of more than 4,300 digits"


def test_packaged_and_example_files_keep_the_limits() -> None:
    for path in [*Path(ROOT / "meso_schedule" / "rules" / "packaged").glob("*.toml")]:
        read_protocol(path)
