"""A clinic's own minutes and usual numbers in place of those of a rule file."""

import pytest

from meso_schedule import CourseRequest, compare, get_protocol, plan_course
from meso_schedule.planner.given_here import check_treats, given_at
from tests.support.samples import ASSUMED, clinic, faults_of, on, protocol

AS_OF = on("2026-11-22")
COUNTS = {"minimum": 1, "usual": 3, "maximum": 12, **ASSUMED}
REQUEST = CourseRequest(start="2026-12-01", at="10:00")
HOUSE = clinic(treatments={"cellulite": {"minutes": 75, "usual": 4}})


def test_minutes_and_usual_number_are_the_clinics() -> None:
    rule = get_protocol("cellulite")
    plain = plan_course(rule, REQUEST, clinic=clinic(), as_of=AS_OF)
    made = plan_course(rule, REQUEST, clinic=HOUSE, as_of=AS_OF)
    assert len(made.sessions) == 4
    first = made.sessions[0]
    assert first.start is not None
    assert first.end is not None
    assert (first.end - first.start).seconds == 75 * 60
    assert [it.window for it in made.sessions[:2]] == [it.window for it in plain.sessions[:2]]
    assert made.protocols[0].digest != plain.protocols[0].digest
    assert plan_course(rule, REQUEST, clinic=clinic(), as_of=AS_OF) == plain
    row = compare([rule], REQUEST, clinic=HOUSE, as_of=AS_OF).rows[0]
    assert row.chair_minutes == 75 * row.visits


@pytest.mark.parametrize("usual", [1, 40])
def test_a_usual_number_that_the_rule_does_not_allow(usual: int) -> None:
    house = clinic(treatments={"cellulite": {"usual": usual}})
    rule = get_protocol("cellulite")
    (fault,) = faults_of(lambda: plan_course(rule, REQUEST, clinic=house, as_of=AS_OF))
    assert (fault.code, fault.field) == ("bad_sessions", "treatments.cellulite.usual")
    assert fault.remedy


def test_minutes_without_the_practitioner_are_the_clinics() -> None:
    way = {"minutes": 60, "before": 20, "after": 5, "turnover": 15}
    given = given_at(clinic(treatments={"cellulite": way}), get_protocol("cellulite")).sessions
    assert (given.minutes, given.before, given.after, given.turnover) == (60, 20, 5, 15)


def test_minutes_that_leave_none_with_the_practitioner() -> None:
    house = clinic(treatments={"cellulite": {"before": 40}})
    rule = protocol(id="cellulite", sessions={**COUNTS, "minutes": 45, "after": 5})
    (fault,) = faults_of(lambda: given_at(house, rule))
    assert (fault.code, fault.field) == ("bad_minutes", "treatments.cellulite.minutes")


def test_who_treats_what_does_not_exist_is_refused() -> None:
    doctor = {"id": "doctor-a", "name": "A", "treats": ["cellulite", "house-mix", "filler"]}
    house = clinic(practitioners=[doctor])
    check_treats(house, ["house-mix"])
    (fault,) = faults_of(lambda: check_treats(house, []))
    assert (fault.code, fault.field, fault.value) == (
        "unknown_name",
        "practitioners[1].treats",
        "house-mix",
    )
