"""A clinic's own minutes and usual numbers in place of those of a rule file."""

import pytest

from meso_schedule import CourseRequest, compare, get_protocol, plan_course
from tests.support.samples import clinic, faults_of, on

AS_OF = on("2026-11-22")
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
