"""A whole plan, with cost and care, from nothing; run by hand with `--benchmark-enable`."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.benchmarks.instance import TEN_SESSIONS, Instance
from tests.benchmarks.peers import Optimum, cp_sat_optimum


@pytest.mark.parametrize("instance", TEN_SESSIONS, ids=str)
def test_plan(benchmark: BenchmarkFixture, instance: Instance) -> None:
    benchmark.group = instance.name
    plan = benchmark.pedantic(instance.plan, rounds=100, warmup_rounds=5)
    found = plan.objective
    optimum = Optimum(found.late_days, found.start_days, found.squared_deviation)
    assert optimum == cp_sat_optimum(instance.task())
    assert len(plan.sessions) == instance.sessions
    assert plan.cost is not None
    # One package of six at 960.00, four single sessions at 180.00.
    assert str(plan.cost.low) == "1680.00"
    assert plan.care
