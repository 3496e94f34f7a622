"""Appointments of a record system as busy times; figures typed from the standard's words."""

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from meso_schedule import InputError, read_busy

UTC = ZoneInfo("UTC")


def appointment(**changes: Any) -> dict[str, Any]:
    told = {
        "resourceType": "Appointment",
        "id": "a1",
        "status": "booked",
        "start": "2026-12-01T09:00:00+01:00",
        "end": "2026-12-01T09:45:00+01:00",
    }
    return {name: value for name, value in {**told, **changes}.items() if value is not None}


def bundle(*resources: object) -> dict[str, Any]:
    entries = [{"resource": it} for it in resources]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries}


def times(document: object) -> list[str]:
    found = sorted(read_busy(json.dumps(document), "kept.json").spans(2026, UTC))
    return [f"{start:%m-%d %H:%M}-{end:%H:%M}" for start, end in found]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["12-01 08:00-08:45"]),
        ({"status": "arrived"}, ["12-01 08:00-08:45"]),
        ({"status": "pending"}, ["12-01 08:00-08:45"]),
        ({"status": "of tomorrow"}, ["12-01 08:00-08:45"]),
        ({"end": None, "minutesDuration": 30}, ["12-01 08:00-08:30"]),
        ({"start": "2026-12-01T08:00:00.123Z"}, ["12-01 08:00-08:45"]),
        ({"status": "cancelled"}, []),
        ({"status": "noshow"}, []),
        ({"status": "entered-in-error"}, []),
        ({"status": "proposed", "start": None, "end": None}, []),
        ({"resourceType": "Slot", "status": "busy-unavailable"}, ["12-01 08:00-08:45"]),
        ({"resourceType": "Slot", "status": "free"}, []),
        ({"resourceType": "Patient"}, []),
        ({"resourceType": ["x"]}, []),
    ],
)
def test_what_takes_time(changes: dict[str, Any], expected: list[str]) -> None:
    assert times(bundle(appointment(**changes), 5)) == expected


def test_one_appointment_alone_and_with_a_mark_before_it() -> None:
    assert times(appointment()) == ["12-01 08:00-08:45"]
    text = "\ufeff " + json.dumps(bundle(appointment()))
    assert len(list(read_busy(text).spans(2026, UTC))) == 1
    assert times({"resourceType": "Bundle"}) == []


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (bundle(appointment(start="2026-12-01T09:00:00")), "'a1' has a time that cannot be read"),
        (bundle(appointment(start=None)), "'a1' has a time that cannot be read: 'None'"),
        (bundle(appointment(end="soon")), "'soon'"),
        (bundle(appointment(end=None, minutesDuration=-5)), "a time that cannot be read"),
        (bundle(appointment(start="0001-01-01T00:00:00+14:00")), "cannot be read"),
        (bundle(appointment(end="2026-12-01T08:00:00+01:00")), "ends before it starts"),
        ({"resourceType": "Patient"}, "no Bundle of appointments"),
        ({"entry": []}, "no Bundle of appointments"),
        ({"resourceType": "Bundle", "entry": 5}, "no Bundle of appointments"),
    ],
)
def test_what_is_refused(document: object, problem: str) -> None:
    with pytest.raises(InputError) as caught:
        times(document)
    (fault,) = caught.value.faults
    assert problem in fault.message
    assert (fault.code, fault.field, fault.value) == ("bad_calendar", "busy", "kept.json")
    assert fault.remedy


def test_no_json_at_all() -> None:
    with pytest.raises(InputError, match="JSON"):
        read_busy('{"resourceType": ', "kept.json")
