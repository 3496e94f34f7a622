"""Faults in our own words, whatever pydantic says, with the place and what to write instead."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from meso_schedule import Clinic, CourseRequest
from meso_schedule.base.errors import Fault, InputError, key_path
from meso_schedule.base.free_text import Text
from meso_schedule.base.intervals import Interval
from meso_schedule.base.models import (
    Amount,
    Count,
    Currency,
    InputModel,
    Instant,
    IsoDate,
    Many,
    Model,
    Some,
)
from meso_schedule.base.money import Share
from tests.support.samples import faults_of, on


class Room(Model):
    number: Count
    doors: Many[Text] = ()
    inner: "Room | None" = None


class House(InputModel):
    name: Text
    built: IsoDate | None = None
    first: Text | None = Field(default=None, alias="from")
    sold: bool = False
    kind: Literal["stone", "wood"] = "stone"
    rooms: tuple[Room, ...] = ()
    by_floor: dict[str, Room] = Field(default_factory=dict)
    price: Amount | None = None
    currency: Currency | None = None
    tax: Share | None = None
    lease: Interval | None = None
    plain: str | None = None
    height: Annotated[int, Field(gt=2)] = 3
    owners: Some[Text] = None

    def own_faults(self) -> Iterator[Fault]:
        if self.name == "Nowhere":
            yield Fault("own", "Such a house is nowhere.", field="name")
            yield Fault("own", "It has no place.")

    @classmethod
    def loose_faults(cls, data: Any) -> Iterator[Fault]:
        if isinstance(data, dict) and data.get("kind") == "wood":
            yield Fault("loose", "Wood burns.", field="kind")


class Bare(InputModel):
    name: Text


def refused(**data: Any) -> tuple[Fault, ...]:
    return faults_of(lambda: House.read({"name": "Home", **data}))


def test_a_house_that_is_right() -> None:
    house = House.read(
        {
            "name": "Home",
            "built": "1912-02-29",
            "from": "here",
            "rooms": [{"number": 1, "doors": "oak", "inner": {"number": 2}}],
            "by_floor": {"first": {"number": 3}},
            "price": "180.00",
            "currency": "GBP",
            "tax": "20%",
            "lease": "99 years",
            "owners": "Ann",
        }
    )
    assert house.built == on("1912-02-29")
    assert house.first == "here"
    assert house.rooms[0].doors == ("oak",)
    assert house.rooms[0].inner == Room(number=2)
    assert house.price == Decimal("180.00")
    assert house.owners == ("Ann",)
    assert House.read(house.model_dump()) == house


def test_records_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Room(number=1).number = 2  # type: ignore[misc]


@pytest.mark.parametrize(
    ("data", "code", "field", "value", "message", "remedy"),
    [
        (
            {"name": None},
            *("bad_text", "name", "None"),
            *("None is not text.", "Write text in quotes."),
        ),
        ({"name": " "}, "bad_text", "name", " ", "The text is empty.", "Write text in quotes."),
        (
            {"built": date(1912, 2, 29), "nmae": "Home"},
            *("unknown_key", "nmae", "nmae"),
            *("No such key is known.", "Did you mean 'name'?"),
        ),
        (
            {"rooms": [{"number": 1}, {"number": 2, "dors": "oak"}]},
            *("unknown_key", "rooms[2].dors", "dors"),
            *("No such key is known.", "Did you mean 'doors'?"),
        ),
        (
            {"rooms": [{"number": 1, "inner": {"number": 2, "zzz": 1}}]},
            *("unknown_key", "rooms[1].inner.zzz", "zzz"),
            *("No such key is known.", "Known here: number, doors, inner."),
        ),
        (
            {"by_floor": {"first": {"number": 2, "innr": 1}}},
            *("unknown_key", "by_floor.first.innr", "innr"),
            *("No such key is known.", "Did you mean 'inner'?"),
        ),
        (
            {"form": "here"},
            *("unknown_key", "form", "form"),
            *("No such key is known.", "Did you mean 'from'?"),
        ),
        (
            {"rooms": [{}]},
            *("missing_key", "rooms[1].number", None),
            *("It is required and missing.", "Add it."),
        ),
        (
            {"rooms": [{"number": True}]},
            *("bad_number", "rooms[1].number", "True"),
            *("True is no whole number.", "Write a whole number, without quotes."),
        ),
        (
            {"rooms": [{"number": 1.5}]},
            *("bad_number", "rooms[1].number", "1.5"),
            *("1.5 is no whole number.", "Write a whole number, without quotes."),
        ),
        (
            {"rooms": [{"number": "٤"}]},
            *("bad_number", "rooms[1].number", "٤"),
            *("'٤' is no whole number.", "Write a whole number, without quotes."),
        ),
        (
            {"rooms": [{"number": 1, "doors": ["oak", 2]}]},
            *("bad_text", "rooms[1].doors[2]", "2"),
            *("2 is not text.", "Write text in quotes."),
        ),
        (
            {"rooms": {"number": 1}},
            *("bad_type", "rooms", "{'number': 1}"),
            *("{'number': 1} is no list.", "Write a list in square brackets."),
        ),
        (
            {"rooms": [7]},
            *("bad_type", "rooms[1]", "7"),
            *("7 is no table.", "Write a table of keys and values."),
        ),
        (
            {"by_floor": [7]},
            *("bad_type", "by_floor", "[7]"),
            *("[7] is no table.", "Write a table of keys and values."),
        ),
        (
            {"sold": 3},
            *("bad_type", "sold", "3"),
            *("3 is neither true nor false.", "Write true or false."),
        ),
        (
            {"sold": [3]},
            *("bad_type", "sold", "[3]"),
            *("[3] is neither true nor false.", "Write true or false."),
        ),
        (
            {"kind": "straw"},
            *("bad_value", "kind", "'straw'"),
            *("'straw' is not one of the known words.", "Write 'stone' or 'wood'."),
        ),
        (
            {"plain": 3},
            *("bad_type", "plain", "3"),
            *("3 is not text.", "Write text in quotes."),
        ),
        (
            {"height": 1},
            *("bad_value", "height", "1"),
            *("1 cannot be used.", "Input should be greater than 2."),
        ),
        (
            {"built": "2026-02-30"},
            *("bad_date", "built", "2026-02-30"),
            *("2026-02-30 is not a day of the calendar.", "Write a day that exists."),
        ),
        (
            {"built": datetime(2026, 2, 3)},  # noqa: DTZ001 - as TOML gives it
            *("bad_date", "built", "datetime.datetime(2026, 2, 3, 0, 0)"),
            "datetime.datetime(2026, 2, 3, 0, 0) is no date.",
            'Write it as text, for example "2026-12-01".',
        ),
        (
            {"price": 180.0},
            *("bad_amount", "price", "180.0"),
            *("The amount 180.0 is not in quotes.", 'Write it as text, for example "180.0".'),
        ),
        (
            {"currency": ""},
            *("bad_text", "currency", ""),
            *("The text is empty.", "Write text in quotes."),
        ),
        (
            {"currency": "gbp"},
            *("unknown_currency", "currency", "gbp"),
            *("There is no currency 'gbp'.", "Write GBP."),
        ),
        (
            {"tax": 20},
            *("bad_percent", "tax", "20"),
            *("Cannot read share 20.", "Write for example 20%."),
        ),
        (
            {"lease": "1.5 weeks"},
            *("bad_interval", "lease", "1.5 weeks"),
            "Cannot read interval '1.5 weeks'.",
            "Write for example '10 days' or '3 months'.",
        ),
        (
            {"owners": []},
            *("empty_list", "owners", "[]"),
            *("The list is empty.", "Name at least one or leave it out."),
        ),
        (
            {"owners": ["Ann", ""]},
            *("bad_text", "owners[2]", ""),
            *("The text is empty.", "Write text in quotes."),
        ),
    ],
)
def test_each_fault(
    data: dict[str, Any], code: str, field: str, value: str | None, message: str, remedy: str
) -> None:
    (fault,) = refused(**data)
    assert fault == Fault(code, message, None, field, value, remedy)


def test_a_missing_key() -> None:
    (fault,) = faults_of(lambda: House.read({}))
    assert (fault.code, fault.field) == ("missing_key", "name")


def test_no_table_at_all() -> None:
    (fault,) = faults_of(lambda: House.read("Home"))
    assert (fault.code, fault.field) == ("bad_type", None)
    assert fault.message == "'Home' is no table."


@pytest.mark.parametrize(("length", "ending"), [(78, "a'"), (79, "aaa...")])
def test_long_values_are_cut(length: int, ending: str) -> None:
    (fault,) = refused(kind="a" * length)
    assert fault.value is not None
    assert len(fault.value) == 80
    assert fault.value.endswith(ending)


def test_half_a_character_is_no_text() -> None:
    (fault,) = refused(name="\ud800")
    assert (fault.code, fault.field) == ("bad_text", "name"), "it could be read but never written"


def test_all_faults_come_at_once() -> None:
    faults = refused(name="", built="today", rooms=[{"number": "1"}, 7], zzz=1, kind="wood")
    assert {(fault.code, fault.field) for fault in faults} == {
        ("bad_text", "name"),
        ("bad_date", "built"),
        ("bad_number", "rooms[1].number"),
        ("bad_type", "rooms[2]"),
        ("unknown_key", "zzz"),
        ("loose", "kind"),
    }


def test_faults_between_fields_come_when_each_is_right() -> None:
    assert [fault.code for fault in refused(name="Nowhere")] == ["own", "own"]
    assert [fault.code for fault in refused(name="Nowhere", plain=3)] == ["bad_type"]


def test_a_record_without_rules_of_its_own() -> None:
    assert Bare(name="Home").name == "Home"
    assert [fault.code for fault in faults_of(lambda: Bare.read({"name": 7}))] == ["bad_text"]


def test_the_error_is_ours_whichever_way_a_record_is_made() -> None:
    with pytest.raises(InputError):
        House(name=" ")
    with pytest.raises(InputError):
        House.read({"name": 7})


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        ([], ""),
        (["name"], "name"),
        (["phases", 1, "minimum", 0], "phases[2].minimum[1]"),
        ([0, "name"], "[1].name"),
        (["prices", "general", "session"], "prices.general.session"),
    ],
)
def test_places_count_from_one(parts: list[str | int], path: str) -> None:
    assert key_path(parts) == path


@pytest.mark.parametrize(
    ("given", "many"),
    [(None, ()), ("a", ("a",)), ([], ()), (["a", "b"], ("a", "b")), (("a",), ("a",))],
)
def test_one_or_many(given: object, many: tuple[str, ...]) -> None:
    assert TypeAdapter(Many[Text]).validate_python(given) == many


def test_none_of_some_is_refused() -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Some[Text]).validate_python(())


def test_instants_keep_their_zone_in_json() -> None:
    moment = datetime.fromisoformat("2026-07-01T17:30:00+01:00")
    assert TypeAdapter(Instant).dump_json(moment) == b'"2026-07-01T17:30:00+01:00"'


def test_the_schema_says_that_one_value_stands_for_a_list() -> None:
    asked = CourseRequest.model_json_schema()["properties"]
    weekday = {"type": "string", "pattern": asked["days"]["anyOf"][0]["pattern"]}
    assert asked["days"]["anyOf"][0].items() >= weekday.items()
    kinds = [kind.get("type", "") for kind in asked["away"]["anyOf"]]
    assert kinds == ["string", "array", "null"]
    assert [kind.get("minItems") for kind in asked["days"]["anyOf"]] == [None, 1, None]
    assert asked["late"]["anyOf"][0] == {"type": "integer", "minimum": 0, "maximum": 366}
    written = Clinic.model_json_schema(mode="serialization")["$defs"]["WeekHours"]["properties"]
    assert written["mon"]["type"] == "array"
