"""Practitioners, rooms and devices of a clinic file: what is taken, and every fault of each."""

from typing import Any

import pytest

from meso_schedule import Clinic
from meso_schedule.base.errors import Fault
from meso_schedule.clinic.resources import treats_faults
from tests.support.samples import Table, clinic, clinic_table, codes_and_fields, faults_of

DOCTOR = {"id": "doctor-a", "name": "Dr A. Example"}
WEEK = {"from": "2027-01-04", "to": "2027-03-31", "tue": "09:00-13:00"}
SHIFT = {"date": "2027-02-06", "hours": "10:00-14:00"}


def faults(**changes: Any) -> tuple[Fault, ...]:
    return faults_of(lambda: Clinic.read(clinic_table(**changes)))


def doctor(**more: Any) -> list[Table]:
    return [{**DOCTOR, **more}]


def room(**more: Any) -> list[Table]:
    return [{"id": "room-1", **more}]


def device(**more: Any) -> list[Table]:
    return [{"id": "mesogun", **more}]


def test_what_is_left_out_is_the_clinics_and_everything() -> None:
    made = clinic(
        practitioners=doctor(),
        rooms=room(),
        devices=[*device(), *device(id="laser", rooms="room-1")],
        reserve={"share": "10%", "beyond": "3 days"},
    )
    assert made.practitioners[0].hours is None
    assert made.practitioners[0].takes("cellulite", "mesotherapy")
    assert (made.rooms[0].turnover, made.devices[0].count, made.devices[0].rooms) == (0, 1, None)
    assert made.devices[1].rooms == ("room-1",)
    assert made.overlap == "refuse"
    assert clinic().practitioners == ()


@pytest.mark.parametrize(
    ("treats", "taken"),
    [(None, True), ([], False), (["mesotherapy"], True), ("cellulite", True), (["peel"], False)],
)
def test_families_and_protocols_are_treated(treats: object, taken: bool) -> None:
    made = clinic(practitioners=doctor(treats=treats)).practitioners[0]
    assert made.takes("cellulite", "mesotherapy") is taken


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"overlap": "maybe"}, "bad_value", "overlap"),
        ({"practitioners": [{"id": "doctor-a"}]}, "missing_key", "practitioners[1].name"),
        ({"practitioners": doctor(id="Dr A")}, "bad_id", "practitioners[1].id"),
        ({"practitioners": doctor() * 2}, "duplicate_id", "practitioners[2].id"),
        (
            {"practitioners": doctor(), "rooms": room(id="doctor-a")},
            "duplicate_id",
            "rooms[1].id",
        ),
        (
            {"rooms": room(), "devices": device(id="room-1")},
            "duplicate_id",
            "devices[1].id",
        ),
        (
            {"practitioners": doctor(hours={"mon": "09:00-25:00"})},
            "bad_time",
            "practitioners[1].hours.mon[1]",
        ),
        (
            {"practitioners": doctor(hours={"mon": ["14:00-17:00", "09:00-13:00"]})},
            "overlapping_hours",
            "practitioners[1].hours.mon",
        ),
        (
            {
                "practitioners": doctor(
                    rota=[WEEK, {**WEEK, "from": "2027-03-31", "to": "2027-05-01"}]
                )
            },
            "overlapping_hours",
            "practitioners[1].rota[2]",
        ),
        (
            {"practitioners": doctor(rota=[{**WEEK, "to": "2027-01-03"}])},
            "bad_range",
            "practitioners[1].rota[1]",
        ),
        (
            {"practitioners": doctor(shifts=[SHIFT, SHIFT])},
            "duplicate_shift",
            "practitioners[1].shifts[2]",
        ),
        (
            {"practitioners": doctor(absences=[{"from": "2027-02-19", "to": "2027-02-15"}])},
            "bad_range",
            "practitioners[1].absences[1]",
        ),
        ({"rooms": room(turnover=-1)}, "bad_number", "rooms[1].turnover"),
        ({"rooms": room(turnover=241)}, "bad_number", "rooms[1].turnover"),
        (
            {"rooms": room(closures=[{"from": "2027-02-19", "to": "2027-02-15"}])},
            "bad_range",
            "rooms[1].closures[1]",
        ),
        ({"devices": device(count=-1)}, "bad_number", "devices[1].count"),
        ({"devices": device(count=100)}, "bad_number", "devices[1].count"),
        ({"devices": device(rooms=["room-1"])}, "unknown_name", "devices[1].rooms"),
        (
            {"devices": device(closures=[{"from": "2027-02-19", "to": "2027-02-15"}])},
            "bad_range",
            "devices[1].closures[1]",
        ),
        ({"reserve": {"share": "ten"}}, "bad_percent", "reserve.share"),
        ({"reserve": {"share": "101%"}}, "bad_percent", "reserve.share"),
        (
            {"reserve": {"share": "10%", "beyond": "1 day - 3 days"}},
            "bad_interval",
            "reserve.beyond",
        ),
        (
            {"treatments": {"cellulite": {"turnover": 241}}},
            "bad_number",
            "treatments.cellulite.turnover",
        ),
    ],
)
def test_each_fault_is_told_with_its_place(changes: Table, code: str, field: str) -> None:
    found = faults(**changes)
    assert codes_and_fields(found) == {(code, field)}
    assert all(fault.remedy for fault in found)


def test_all_faults_are_told_at_once_whatever_else_is_wrong() -> None:
    found = faults(
        timezone="Nowhere",
        practitioners=[
            {**DOCTOR, "hours": {"mon": "late"}, "shifts": [SHIFT, SHIFT], "rota": [WEEK, WEEK]},
            {"id": "doctor-a"},
        ],
        rooms=[{"id": "doctor-a", "turnover": 999}, 7],
        devices=device(rooms=["room-9"], count=-3),
    )
    assert codes_and_fields(found) == {
        ("unknown_zone", "timezone"),
        ("bad_hours", "practitioners[1].hours.mon[1]"),
        ("duplicate_shift", "practitioners[1].shifts[2]"),
        ("overlapping_hours", "practitioners[1].rota[2]"),
        ("missing_key", "practitioners[2].name"),
        ("duplicate_id", "practitioners[2].id"),
        ("bad_number", "rooms[1].turnover"),
        ("bad_type", "rooms[2]"),
        ("duplicate_id", "rooms[1].id"),
        ("bad_number", "devices[1].count"),
        ("unknown_name", "devices[1].rooms"),
    }


def test_what_is_no_family_and_no_protocol_is_told() -> None:
    made = clinic(
        practitioners=doctor(treats=["mesotherapy", "celulite"]), rooms=room(treats=["peel"])
    )
    (found,) = treats_faults(made.resources, ["cellulite"])
    assert (found.code, found.field, found.value) == (
        "unknown_name",
        "practitioners[1].treats",
        "celulite",
    )
    assert found.remedy == "Did you mean cellulite?"
    (found,) = treats_faults({"rooms": [{"treats": ["x"]}]}, ["cellulite"])
    assert found.remedy == "Known: mesotherapy, toxin, filler, lipolysis, peel, device, cellulite."
