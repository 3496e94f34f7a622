"""The planner against oracles that share no code with it.

`MESO_LONG=1` runs the long form: 20,000 random plans instead of 1,000.
"""

from datetime import date
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings

from meso_schedule import CoursePlan, NoCalendarFits
from meso_schedule.base.errors import BudgetTooSmallError
from tests.support.lengths import length
from tests.support.oracles.brute_force import BruteAnswer, best_course, best_top_ups, first_conflict
from tests.support.oracles.checker import faults
from tests.support.oracles.ways_out import ways_out
from tests.support.planning import plain, plan_of, with_way_out
from tests.support.strategies import Case, random_case, small_cases

# So many runs of the library take too long under a tracer; other tests reach every branch.
pytestmark = pytest.mark.untraced

PLANS = length(90, 20_000)
BLOCKS = length(6, 20)


@settings(max_examples=length(200, 2_000), deadline=None, suppress_health_check=list(HealthCheck))
@given(small_cases())
def test_calendar_is_the_one_that_trying_everything_finds(case: Case) -> None:
    best = best_course(case.protocol, case.request, case.clinic, case.as_of)
    try:
        plan = plan_of(case)
    except NoCalendarFits as error:
        assert best is None
        assert_honest_no(case, error)
        return
    assert best is not None
    assert best.ties == 1
    assert tuple(session.date for session in plan.sessions) == best.dates
    assert_same_measure(plan, best)
    assert tuple(session.slack_days for session in plan.sessions) == best.slack
    assert tuple(session.backup for session in plan.sessions) == best.backup
    assert_same_top_ups(case, plan, plan.sessions[-1].date)
    assert faults(plain(plan), case.protocol, case.request, case.clinic, case.as_of) == []


def assert_same_measure(plan: CoursePlan, best: BruteAnswer) -> None:
    found = plan.objective
    assert best.objective[:5] == (
        found.late_days,
        found.start_days,
        found.preference_misses,
        found.squared_deviation,
        found.time_minutes,
    )


def assert_same_top_ups(case: Case, plan: CoursePlan, last: date) -> None:
    if not (case.request.get("top_ups") or case.request.get("until")):
        assert plan.top_ups == ()
        return
    best = best_top_ups(case.protocol, case.request, case.clinic, case.as_of, last)
    assert tuple(session.date for session in plan.top_ups) == (best.dates if best else ())


def assert_honest_no(case: Case, error: NoCalendarFits) -> None:
    """Check the conflict and each way out, which must also work when it is tried."""
    conflict = first_conflict(case.protocol, case.request, case.clinic, case.as_of)
    assert conflict is not None
    assert error.conflict.session == conflict.session
    assert all(day.reason for day in error.conflict.blocked)
    if conflict.blocked:
        assert tuple(day.date for day in error.conflict.blocked) == conflict.blocked
    wanted = ways_out(case.protocol, case.request, case.clinic, case.as_of)
    found = error.relaxations
    assert [(way.kind, way.cost_days) for way in found] == [(way.kind, way.cost) for way in wanted]
    for way, other in zip(found, wanted, strict=True):
        assert other.option is None or way.option == other.option
        plan = plan_of(with_way_out(case, way))
        if way.kind == "late":
            assert plan.objective.late_days == way.cost_days


@pytest.mark.parametrize("block", range(BLOCKS))
def test_random_plans_hold_every_statement_they_make(block: int) -> None:
    planned = 0
    for seed in range(block, PLANS, BLOCKS):
        case = random_case(Random(seed))
        try:
            plan = plan_of(case)
        except NoCalendarFits as error:
            for way in error.relaxations:
                plan_of(with_way_out(case, way))
            continue
        except BudgetTooSmallError:
            continue
        planned += 1
        found = faults(plain(plan), case.protocol, case.request, case.clinic, case.as_of)
        assert found == [], f"seed {seed}"
    assert planned > PLANS // BLOCKS // 3
