"""A course alone and in a programme: a treatment that is far away changes nothing of it."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from meso_schedule import (
    Clinic,
    CoursePlan,
    CourseRequest,
    NoCalendarFits,
    Protocol,
    plan_combined,
    plan_course,
)
from tests.support.lengths import length
from tests.support.samples import protocol
from tests.support.strategies import Case, random_case, small_case

# So many runs of the library take too long under a tracer; other tests reach every branch.
pytestmark = pytest.mark.untraced

CASES = length(8, 600)
# What bounds every treatment would bound the one that is far away; a budget is that of both.
ASIDE = ("finish_by", "event", "budget", "alternatives", "start_within", "area")


def far_away() -> Protocol:
    """Return a treatment of one short session, of another family and elsewhere."""
    gap = {"minimum": "1 day", "maximum": "2 days", "assumption": "Far away."}
    return protocol(
        id="far-away",
        family="device",
        areas=["elsewhere"],
        sessions={"minimum": 1, "usual": 1, "minutes": 5, "assumption": "Far away."},
        phases=[{"name": "only", **gap}],
        top_up=None,
    )


def both(case: Case) -> tuple[CoursePlan, CoursePlan] | None:
    """Plan a course alone, and beside one that is far away; None where either cannot be."""
    own = Protocol.read(case.protocol)
    asked = {name: value for name, value in case.request.items() if name not in ASIDE}
    later = date.fromisoformat(asked.get("start", str(case.as_of))) + timedelta(days=20_000)
    count = f"*{asked.pop('sessions')}" if "sessions" in asked else ""
    given = asked.get("pin", [])
    pins = [f"{own.id}:{pin}" for pin in ([given] if isinstance(given, str) else given)]
    together = asked | {"protocol": [own.id + count, f"far-away@{later}"], "pin": pins}
    clinic = Clinic.read(case.clinic) if case.clinic else None
    alone = CourseRequest.read(asked | {"protocol": own.id + count})
    programme = CourseRequest.read(together)
    try:
        return (
            plan_course(own, alone, clinic=clinic, as_of=case.as_of),
            plan_combined([own, far_away()], programme, clinic=clinic, as_of=case.as_of),
        )
    except NoCalendarFits:
        return None


def told(plan: CoursePlan, name: str) -> list[dict[str, Any]]:
    """Return what a plan says of the visits of one treatment."""
    visits = (visit for visit in plan.visits if visit.protocol == name)
    return [visit.model_dump(exclude={"label"}) for visit in visits]


@pytest.mark.parametrize("make", [small_case, random_case])
def test_a_treatment_that_is_far_away_changes_nothing(make: Callable[[Random], Case]) -> None:
    compared = 0
    for seed in range(CASES):
        case = make(Random(seed))
        plans = both(case)
        if plans is None:
            continue
        alone, together = plans
        name = case.protocol["id"]
        assert told(together, name) == told(alone, name), f"seed {seed}"
        for criterion in ("late_days", "preference_misses", "squared_deviation"):
            found = getattr(together.treatments[0].objective, criterion)
            assert found == getattr(alone.objective, criterion), f"seed {seed}"
        compared += 1
    assert compared > CASES // 3
