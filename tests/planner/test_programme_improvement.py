"""Improvement recorded of one of several treatments that have begun."""

from datetime import date
from typing import Any

import pytest

from meso_schedule import (
    Begun,
    CourseRequest,
    InputError,
    NoCalendarFits,
    get_protocol,
    plan_combined,
    replan_combined,
)

FACE, TOXIN, OTHER = (
    get_protocol("facial-rejuvenation"),
    get_protocol("mesobotox"),
    get_protocol("general"),
)
AS_OF = date(2026, 12, 9)
HELD = (date(2026, 12, 1), date(2026, 12, 8))
WANTED = ["facial-rejuvenation*4", "mesobotox*1@2027-03-01"]


def test_improvement_of_one_is_that_of_the_request_where_it_alone_waits() -> None:
    """The toxin waits for nothing: both ways of saying it make the same calendar."""
    begun = Begun(held=HELD, improved_on=date(2026, 12, 8))
    one = replan_combined(
        [FACE, TOXIN], CourseRequest(protocol=WANTED), {FACE.id: begun}, as_of=AS_OF
    )
    request = CourseRequest(protocol=WANTED, improved_on=date(2026, 12, 8))
    other = replan_combined([FACE, TOXIN], request, {FACE.id: Begun(held=HELD)}, as_of=AS_OF)
    assert one.plan.sessions == other.plan.sessions
    # Fortnightly from the session after the improvement, and firm.
    first = one.plan.sessions[0]
    assert (first.phase, first.window.earliest, first.provisional) == (
        *("fortnightly", date(2026, 12, 22), False),
    )


def test_what_was_recorded_comes_before_what_was_foreseen() -> None:
    request = CourseRequest(protocol=WANTED, no_improvement=True)
    begun = {FACE.id: Begun(held=HELD, improved_on=date(2026, 12, 8))}
    made = replan_combined([FACE, TOXIN], request, begun, as_of=AS_OF)
    assert made.plan.sessions[0].phase == "fortnightly"
    begun = {FACE.id: Begun(held=HELD)}
    made = replan_combined([FACE, TOXIN], request, begun, as_of=AS_OF)
    assert made.plan.sessions[0].phase == "initial"


def two(**changed: Any) -> CourseRequest:
    """Return a face that has improved beside a course that may."""
    request = {
        "protocol": ["facial-rejuvenation*4", "general*6@2027-03-04"],
        "held": ["facial-rejuvenation:2026-12-01"],
        "improved_on": ["2026-12-08"],
    }
    return CourseRequest.read(request | changed)


def test_what_is_foreseen_is_of_those_that_are_undecided() -> None:
    phases = {
        never: [
            [it.phase for it in plan.sessions if it.label == label]
            for plan in [plan_combined([FACE, OTHER], two(no_improvement=never), as_of=AS_OF)]
            for label in "AB"
        ]
        for never in (False, True)
    }
    face = ["fortnightly", "fortnightly", "monthly"]
    assert phases[False] == [face, ["initial"] * 4 + ["fortnightly"] * 2]
    assert phases[True] == [face, ["initial"] * 6]


def test_nothing_is_foreseen_where_all_are_decided() -> None:
    held = ["facial-rejuvenation:2026-12-01", "general:2026-11-30"]
    with pytest.raises(InputError) as caught:
        plan_combined([FACE, OTHER], two(held=held, improves_after=3), as_of=AS_OF)
    (fault,) = caught.value.faults
    assert (fault.code, fault.field, fault.value) == ("contradiction", "improves_after", "3")


def test_a_word_that_decides_nothing_leaves_what_is_foreseen() -> None:
    asked = two(
        held=["facial-rejuvenation:2026-12-01", "general:2026-11-30"],
        improved_on=["facial-rejuvenation:2026-12-08"],
        unclear_on=["general:2026-12-08"],
        no_improvement=True,
        late=14,
    )
    plan = plan_combined([FACE, OTHER], asked, as_of=AS_OF)
    assert {it.phase for it in plan.sessions if it.label == "B"} == {"initial"}


def test_to_expect_no_improvement_of_the_other_can_be_planned_as_offered() -> None:
    """Six sessions of 7 to 10 days end in time, four and two that are a fortnight apart do not."""
    asked = two(finish_by="2027-04-10")
    with pytest.raises(NoCalendarFits) as caught:
        plan_combined([FACE, OTHER], asked, as_of=AS_OF)
    (way,) = (it for it in caught.value.relaxations if it.kind == "no_improvement")
    plan = plan_combined([FACE, OTHER], two(finish_by="2027-04-10", **way.change), as_of=AS_OF)
    assert plan.sessions[-1].date <= date(2027, 4, 10)
