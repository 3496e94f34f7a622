"""What a plan says of people, rooms and devices: who gives what, and why a day is full."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from meso_schedule import (
    Begun,
    Clinic,
    CoursePlan,
    CourseRequest,
    NoCalendarFits,
    plan_combined,
    plan_course,
    replan_combined,
)
from meso_schedule.clinic.occupancy import EMPTY, Occupancy, RoomWish
from meso_schedule.planner.progress import BookedSession
from meso_schedule.planner.replan import replan_course
from tests.support.samples import (
    ASSUMED,
    COUNTS,
    FREE,
    Table,
    booked,
    clinic,
    codes_and_fields,
    faults_of,
    no_of,
    on,
    protocol,
)

AS_OF = on("2027-01-08")
MONDAY = on("2027-01-11")
ASKED = CourseRequest(start=MONDAY, start_within=0, sessions=1)
WHOLE = (1 << 96) - 1
DOCTORS = [{"id": "doctor-a", "name": "Dr A"}, {"id": "nurse-b", "name": "Nurse B"}]


def taken(**masks: int) -> Occupancy:
    """Return what is taken on the Monday."""
    day = (MONDAY - date(1970, 1, 1)).days
    names = {name.replace("_", "-"): mask for name, mask in masks.items()}
    wishes = [
        RoomWish(
            96 * day + (mask & -mask).bit_length() - 1, ((name, 96 * day + mask.bit_length()),)
        )
        for name, mask in names.items()
        if name.startswith("room")
    ]
    return Occupancy({name: {day: mask} for name, mask in names.items()}, lambda *_: wishes)


def reason(booked: Occupancy = EMPTY, sessions: Mapping[str, Any] = COUNTS, **asked: Any) -> str:
    house = {"practitioners": DOCTORS, "rooms": [{"id": "room-1"}], **asked}
    made: Clinic = clinic(**house).with_booked(booked)
    error = no_of(plan_course, protocol(sessions=sessions), ASKED, clinic=made, as_of=AS_OF)
    (day,) = error.conflict.blocked
    return str(day.reason)


CLOSED = [{"from": "2027-01-11", "to": "2027-01-11"}]


@pytest.mark.parametrize(
    ("booked", "sessions", "house", "told"),
    [
        (
            taken(doctor_a=WHOLE, nurse_b=WHOLE),
            {},
            {},
            "Dr A (doctor-a) is booked; Nurse B (nurse-b) is booked",
        ),
        (
            taken(doctor_a=WHOLE),
            {},
            {"practitioners": [DOCTORS[0], {**DOCTORS[1], "hours": {"tue": "09:00-17:00"}}]},
            "Dr A (doctor-a) is booked; Nurse B (nurse-b) does not work",
        ),
        (
            taken(doctor_a=WHOLE, nurse_b=WHOLE),
            {},
            {"rooms": [{"id": "room-1", "closures": CLOSED}]},
            "Dr A (doctor-a) is booked; Nurse B (nurse-b) is booked; room-1 is closed",
        ),
        (taken(room_1=WHOLE), {}, {}, "room-1 is booked"),
        (EMPTY, {}, {"rooms": [{"id": "room-1", "treats": []}]}, "no room takes it"),
        (
            EMPTY,
            {},
            {"practitioners": [{**DOCTORS[0], "treats": ["peel"]}]},
            "nobody may do it: house-mix",
        ),
        (
            Occupancy({"mesogun#1": taken(x=WHOLE).masks["x"]}),
            {"devices": ["mesogun"]},
            {"devices": [{"id": "mesogun"}]},
            "mesogun is in use",
        ),
        (
            EMPTY,
            {"devices": ["mesogun"]},
            {"devices": [{"id": "mesogun", "closures": CLOSED}]},
            "mesogun is not available",
        ),
        (
            taken(doctor_a=0xFFFF << 36, room_1=0xFFFFFF << 52),
            {},
            {"practitioners": DOCTORS[:1]},
            "practitioner, room and devices are not free at the same time",
        ),
        (
            EMPTY,
            {},
            {"practitioners": DOCTORS[:1], "reserve": {"share": "100%"}},
            "Dr A (doctor-a) keeps time for urgent cases",
        ),
    ],
)
def test_an_honest_no_says_who_and_what_is_full(
    booked: Occupancy, sessions: dict[str, Any], house: dict[str, Any], told: str
) -> None:
    assert reason(booked, {**COUNTS, **sessions}, **house) == told


def test_what_is_kept_for_urgent_cases_is_offered_to_them() -> None:
    made = clinic(practitioners=DOCTORS[:1], reserve={"share": "100%", "beyond": "3 days"})
    urgent = ASKED.changed(urgent=True)
    plan = plan_course(protocol(), urgent, clinic=made, as_of=AS_OF)
    assert plan.sessions[0].practitioner == "doctor-a"
    near = plan_course(protocol(), ASKED, clinic=made, as_of=on("2027-01-09"))
    assert near.sessions[0].date == MONDAY
    with pytest.raises(NoCalendarFits):
        plan_course(protocol(), ASKED, clinic=made, as_of=AS_OF)


def test_unknown_names_are_refused() -> None:
    made = clinic(practitioners=DOCTORS)
    who = ASKED.changed(practitioner="doctor-z")
    (fault,) = faults_of(lambda: plan_course(protocol(), who, clinic=made, as_of=AS_OF))
    assert (fault.code, fault.field, fault.value) == ("unknown_name", "practitioner", "doctor-z")
    rule = protocol(sessions={**COUNTS, "devices": ["laser"]})
    (fault,) = faults_of(lambda: plan_course(rule, ASKED, clinic=made, as_of=AS_OF))
    assert (fault.code, fault.field, fault.value) == ("unknown_name", "sessions.devices", "laser")
    assert fault.source == rule.id
    faulty = {**COUNTS, "before": 500, "turnover": 241}
    assert codes_and_fields(faults_of(lambda: protocol(sessions=faulty))) == {
        *(("bad_number", "sessions.turnover"), ("bad_minutes", "sessions.minutes")),
    }


def test_who_is_asked_for_and_may_not_give_it_is_told() -> None:
    people: list[Table] = [*DOCTORS, {"id": "nurse-x", "name": "Nurse X", "treats": ["peel"]}]
    made = clinic(practitioners=people)
    told = {
        who: [
            str(it.message)
            for it in plan_course(
                protocol(), ASKED.changed(practitioner=who), clinic=made, as_of=AS_OF
            ).findings
            if it.kind == "practitioner_not_kept"
        ]
        for who in (None, "doctor-a", "nurse-x")
    }
    assert told == {
        None: [],
        "doctor-a": [],
        "nurse-x": [f"Nurse X does not give {protocol().name}."],
    }


def test_a_clinic_without_practitioners_says_that_it_knows_no_capacity() -> None:
    plan = plan_course(protocol(), ASKED, clinic=clinic(), as_of=AS_OF)
    assert [it.kind for it in plan.findings].count("no_capacity") == 1
    assert (plan.sessions[0].practitioner, plan.objective.other_practitioner) == (None, None)
    known = plan_course(protocol(), ASKED, clinic=clinic(practitioners=DOCTORS), as_of=AS_OF)
    assert "no_capacity" not in [it.kind for it in known.findings]
    bare = plan_course(protocol(), ASKED, as_of=AS_OF)
    assert "no_capacity" not in [it.kind for it in bare.findings]


def test_a_shared_visit_is_in_one_room_with_whoever_may_do_each() -> None:
    rules = [protocol(id="one", spacing=FREE), protocol(id="two", family="toxin", spacing=FREE)]
    house = clinic(
        practitioners=[{**DOCTORS[0], "treats": ["mesotherapy"]}, DOCTORS[1]],
        rooms=[{"id": "room-1"}, {"id": "room-2", "turnover": 20}],
    )
    booked = taken(room_1=0b1111 << 36)
    plan = plan_combined(rules, ASKED, clinic=house.with_booked(booked), as_of=AS_OF)
    assert [
        (f"{it.start:%H:%M}" if it.start else "", it.practitioner, it.room) for it in plan.sessions
    ] == [("09:00", "nurse-b", "room-2"), ("09:45", "nurse-b", "room-2")]
    assert plan.objective.other_practitioner == 0
    forced = plan_combined(
        rules,
        ASKED.changed(practitioner="doctor-a"),
        clinic=house.with_booked(booked),
        as_of=AS_OF,
    )
    assert [it.practitioner for it in forced.sessions] == ["doctor-a", "nurse-b"]
    assert forced.objective.other_practitioner == 1


def test_a_booked_session_stays_with_its_practitioner_or_goes_to_another() -> None:
    house = clinic(practitioners=DOCTORS)
    request = CourseRequest(start=MONDAY, sessions=1)

    def again(booked: Occupancy, start: str = "10:00") -> tuple[str | None, str]:
        session = BookedSession(number=1, date=MONDAY, start=start, practitioner="nurse-b")
        made = replan_course(
            protocol(), request, [session], clinic=house.with_booked(booked), as_of=AS_OF
        )
        why = made.changes[0].why if made.changes else ()
        return made.plan.sessions[0].practitioner, "; ".join(map(str, why))

    assert again(EMPTY) == ("nurse-b", "")
    assert again(taken(nurse_b=WHOLE)) == ("doctor-a", "")
    full = 0b1111 << 40
    who, why = again(taken(nurse_b=full, doctor_a=full))
    assert (who, why) == (
        "doctor-a",
        "Dr A (doctor-a) is booked; Nurse B (nurse-b) is booked",
    )
    assert again(EMPTY, "10:10")[1] == "its time is not on the quarter hour"


def begins(plan: CoursePlan) -> list[tuple[str, str, str | None]]:
    """Return when each session and top-up begins, and who gives it."""
    visits = (*plan.sessions, *plan.top_ups)
    return [(it.mark, f"{it.start:%d %b %H:%M}", it.practitioner) for it in visits if it.start]


def test_the_patients_busy_times_come_off_those_of_the_people() -> None:
    asked = CourseRequest.read(
        {"start": MONDAY, "sessions": 1, "busy": "2027-01-11T09:00/2027-01-11T10:05"}
    )
    house = clinic(practitioners=DOCTORS).with_booked(taken(doctor_a=0xF << 40))
    made = plan_course(protocol(), asked, clinic=house, as_of=AS_OF)
    assert begins(made) == [("1", "11 Jan 10:15", "nurse-b")]


def test_a_device_is_taken_only_for_the_treatment_that_uses_it() -> None:
    rules = [
        protocol(id="one", spacing=FREE),
        protocol(id="two", family="toxin", spacing=FREE, sessions={**COUNTS, "devices": ["laser"]}),
    ]
    house = clinic(practitioners=DOCTORS[:1], devices=[{"id": "laser"}])
    until_ten = Occupancy({"laser#1": taken(x=0xF << 36).masks["x"]})
    made = plan_combined(rules, ASKED, clinic=house.with_booked(until_ten), as_of=AS_OF)
    assert begins(made) == [("A1", "11 Jan 09:15", "doctor-a"), ("B1", "11 Jan 10:00", "doctor-a")]


def test_two_of_three_treatments_share_a_visit() -> None:
    alone = [{**rule, "same_day": False} for rule in FREE]
    rules = [
        protocol(id="one", spacing=FREE),
        protocol(id="two", family="toxin", spacing=alone),
        protocol(id="three", family="peel", spacing=FREE),
    ]
    asked, house = ASKED.changed(start_within=1), clinic(practitioners=DOCTORS[:1])
    made = plan_combined(rules, asked, clinic=house, as_of=AS_OF)
    assert begins(made) == [
        ("A1", "11 Jan 09:00", "doctor-a"),
        ("C1", "11 Jan 09:45", "doctor-a"),
        ("B1", "12 Jan 09:00", "doctor-a"),
    ]


def test_a_top_up_joins_a_visit_of_the_main_practitioner() -> None:
    gap = {"minimum": "7 days", "recommended": "7 days", "maximum": "9 days", **ASSUMED}
    rules = [
        protocol(id="one", spacing=FREE, top_up=gap),
        protocol(id="two", family="toxin", spacing=FREE),
    ]
    asked = ASKED.changed(sessions=None, protocol=["one*1", "two*2"], top_ups=1)
    made = plan_combined(rules, asked, clinic=clinic(practitioners=DOCTORS), as_of=AS_OF)
    assert begins(made) == [
        ("A1", "11 Jan 09:00", "doctor-a"),
        ("B1", "11 Jan 09:45", "doctor-a"),
        ("B2", "18 Jan 09:45", "doctor-a"),
        ("A2", "18 Jan 09:00", "doctor-a"),
    ]


def test_a_shared_visit_stays_at_its_booked_time_with_another_practitioner() -> None:
    rules = [protocol(id="one", spacing=FREE), protocol(id="two", family="toxin", spacing=FREE)]
    house = clinic(practitioners=DOCTORS).with_booked(taken(doctor_a=0xFF << 40))
    begun = {
        "one": Begun((), tuple(booked("1=2027-01-11T10:00"))),
        "two": Begun((), tuple(booked("1=2027-01-11T10:45"))),
    }
    asked = CourseRequest(start=MONDAY, sessions=1, practitioner="doctor-a")
    made = replan_combined(rules, asked, begun, clinic=house, as_of=AS_OF)
    assert begins(made.plan) == [
        ("A1", "11 Jan 10:00", "nurse-b"),
        ("B1", "11 Jan 10:45", "nurse-b"),
    ]
    assert made.plan.objective.other_practitioner == 2


def test_an_empty_book_takes_nothing_and_holds_no_visit_that_could_change_rooms() -> None:
    assert EMPTY.taken("room-1", 0, 96) == 0
    assert (list(EMPTY.units("laser")), list(EMPTY.wishes(0, 96))) == ([], [])
