"""What can be asked, and what cannot."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from meso_schedule import CourseRequest
from meso_schedule.base.errors import InputError
from meso_schedule.course.request import ANSWERS, FIELDS, WORDS
from meso_schedule.course.schemas import SCHEMAS, schema
from meso_schedule.course.wishes import Wanted
from tests.support.typed_requests import IN_STRINGS, IN_VALUES


@pytest.mark.parametrize(
    ("request_", "code", "field"),
    [
        ({"start_within": -1}, "bad_number", "start_within"),
        ({"start_within": 367}, "bad_number", "start_within"),
        ({"sessions": 0}, "bad_number", "sessions"),
        ({"sessions": 41}, "bad_number", "sessions"),
        ({"improves_after": 0}, "bad_number", "improves_after"),
        ({"late": -1}, "bad_number", "late"),
        ({"late": 367}, "bad_number", "late"),
        ({"top_ups": 41}, "bad_number", "top_ups"),
        ({"alternatives": -1}, "bad_number", "alternatives"),
        ({"improves_after": 1, "no_improvement": True}, "contradiction", "improves_after"),
        ({"top_ups": 1, "until": "2027-01-01"}, "contradiction", "until"),
        ({"event": "2027-01-01", "start_within": 3}, "contradiction", "start_within"),
        ({"pin": ["1=2027-01-01", "2=2027-01-08"] * 2}, "contradiction", "pin"),
        ({"held": ["2026-11-01", "2026-11-01"]}, "duplicate_session", "held"),
        ({"held": ["2026-11-08", "2026-11-01"]}, "wrong_order", "held"),
        ({"held": ["a:2026-11-01", "b:2026-11-01", "a:2026-11-01"]}, "duplicate_session", "held"),
        ({"held": ["a:2026-11-08", "b:2026-11-09", "a:2026-11-01"]}, "wrong_order", "held"),
        ({"held": ["a:soon"]}, "bad_date", "held[1]"),
        ({"held": ["A b:2026-11-01"]}, "bad_date", "held[1]"),
        ({"held": [3]}, "bad_date", "held[1]"),
        ({"improved_on": "2026-11-01", "improves_after": 3}, "contradiction", "improves_after"),
        ({"improved_on": "2026-11-01", "no_improvement": True}, "contradiction", "no_improvement"),
        ({"start": "2027-01-02", "event": "2027-01-01"}, "dates_crossed", "start"),
        ({"start": "2027-01-02", "finish_by": "2027-01-01"}, "dates_crossed", "start"),
        ({"days": []}, "empty_list", "days"),
        ({"days": ["mon", ""]}, "bad_weekday", "days[2]"),
        ({"sessions": 2.5}, "bad_number", "sessions"),
        ({"sessions": "3"}, "bad_number", "sessions"),
        ({"budget": 900}, "bad_amount", "budget"),
        ({"budget": "NaN"}, "bad_amount", "budget"),
        ({"at": "24:00"}, "bad_time", "at"),
        ({"sesions": 3}, "unknown_key", "sesions"),
        ({"price": "540.00"}, "missing_argument", "reason"),
        ({"reason": "member"}, "contradiction", "reason"),
        ({"price": "1.5e3", "reason": "member"}, "bad_amount", "price[1]"),
        ({"price": "540.00", "reason": "gift", "budget": "9"}, "contradiction", "budget"),
    ],
)
def test_each_fault(request_: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(InputError) as caught:
        CourseRequest.read(request_)
    assert {(fault.code, fault.field) for fault in caught.value.faults} == {(code, field)}
    assert all(fault.remedy for fault in caught.value.faults)


@pytest.mark.parametrize(
    "request_",
    [
        {"late": 366, "start_within": 0, "sessions": 40, "top_ups": 0, "alternatives": 366},
        {"start": "2027-01-01", "event": "2027-01-01", "finish_by": "2027-01-01"},
        {"event": "2027-01-01", "start": "2026-12-01", "start_within": 3},
        {"held": [], "away": [], "pin": [], "days": None, "late": None, "no_improvement": None},
        {"held": ["2026-11-01", "2026-11-02"], "improved_on": "2026-11-01"},
        {"days": "Monday", "between": "tue:17:00-20:00", "away": "2027-01-01"},
    ],
)
def test_what_lies_on_the_edge_is_taken(request_: dict[str, Any]) -> None:
    asked = CourseRequest.read(request_)
    assert CourseRequest.model_validate_json(asked.model_dump_json()) == asked


def test_nothing_is_foreseen_after_no_improvement() -> None:
    with pytest.raises(InputError) as caught:
        CourseRequest.read({"not_improved_on": "2026-11-01", "improves_after": 3})
    (fault,) = caught.value.faults
    assert (fault.code, fault.field, fault.value) == ("contradiction", "improves_after", "3")
    told = "It is recorded on 2026-11-01 that the skin has not improved, so nothing is foreseen."
    assert (fault.message, fault.remedy) == (told, "Leave improves_after out.")


def test_nothing_but_a_table_is_a_request() -> None:
    with pytest.raises(InputError) as caught:
        CourseRequest.read(["2026-12-01"])
    assert caught.value.faults[0].code == "bad_type"


def test_sessions_held_are_dates_or_name_their_protocol() -> None:
    plain = CourseRequest.read({"held": ["2026-11-01", date(2026, 11, 8)]})
    assert plain.held == plain.held_days == (date(2026, 11, 1), date(2026, 11, 8))
    texts = ["mesobotox:2026-11-08", "hyaluronic-acid:2026-11-01"]
    asked = CourseRequest.read({"held": texts})
    assert asked.held_days == (date(2026, 11, 8), date(2026, 11, 1))
    assert json.loads(asked.model_dump_json())["held"] == texts
    assert CourseRequest(held=asked.held) == asked
    assert asked.of(Wanted("mesobotox")).held == (date(2026, 11, 8),)
    jsonschema = CourseRequest.model_json_schema()["properties"]["held"]["anyOf"]
    assert [kind.get("type") for kind in jsonschema[1:]] == ["array", "null"]
    assert {"type": "string", "format": "date"} in jsonschema[1]["items"]["anyOf"]


def test_strings_are_taken_for_every_value() -> None:
    assert IN_STRINGS == IN_VALUES
    # Null is not given.
    others = {"no_improvement", "until", "price", "reason", *ANSWERS}
    assert set(FIELDS) - IN_STRINGS.model_fields_set == others


def test_each_field_says_what_it_is() -> None:
    schema = CourseRequest.model_json_schema()["properties"]
    told = {name: field["description"] for name, field in schema.items()}
    assert set(told) == set(FIELDS)
    assert len(set(told.values())) == len(FIELDS)
    for name, words in told.items():
        assert words[0].isupper()
        assert words.endswith(".")
        assert f"{name}: {words}" in str(CourseRequest.__doc__)
    assert told["late"] == "Days by which a session may pass its window; left out, 0."


def described(part: Any, place: str) -> Iterator[tuple[str, str]]:
    """Yield what a JSON Schema says of each field, by its name."""
    for name, field in part.get("properties", {}).items():
        yield f"{place}.{name}", field.get("description", "")
    for name, below in part.get("$defs", {}).items():
        yield from described(below, name)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_field_of_every_schema_says_what_it_means(name: str) -> None:
    told = dict(described(schema(name), name))
    assert not [field for field, words in told.items() if not words.endswith(".")]
    assert not [field for field, words in told.items() if "\n" in words or len(words) > 250]


def test_a_meaning_is_of_its_record_before_it_is_of_all() -> None:
    plan = dict(described(schema("plan"), "plan"))
    assert plan["Objective.start_days"] == "Days from the start."
    assert plan["CareSpan.from"] == "The first day."
    assert plan["SpacingRule.first"].startswith("The treatment that comes first")
    assert plan["ResultSpan.from"].startswith("The day by which swelling has settled")
    assert plan["plan.phrases"].endswith("for other languages.")


def test_a_derived_reference_tells_wishes_apart() -> None:
    values = IN_STRINGS.model_dump(exclude_defaults=True, exclude={"reference"})
    whole = CourseRequest.read(values)
    reference = whole.derived_reference("general", date(2026, 12, 1))
    told = {
        name
        for name in values
        if whole.model_copy(
            update={name: CourseRequest.model_fields[name].default}
        ).derived_reference("general", date(2026, 12, 1))
        != reference
    }
    # What is asked of the days, and what happens later, makes no other course.
    aside = {"protocol", "as_of", "start", "busy", "other", "held", *WORDS}
    aside |= {"consultation", "urgent"}
    assert told == set(values) - aside
