"""The search from 10 to 40 sessions; run by hand with `--benchmark-enable`."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from meso_schedule.search.single_track import best_dates
from tests.benchmarks.instance import GROWTH, Instance
from tests.benchmarks.peers import RELAXING, cp_sat_optimum, optimum_of_search


@pytest.mark.parametrize("instance", GROWTH, ids=str)
def test_growth(benchmark: BenchmarkFixture, instance: Instance) -> None:
    benchmark.group = "growth"
    dates = benchmark.pedantic(
        best_dates, setup=lambda: ((instance.task(),), {}), rounds=200, warmup_rounds=10
    )
    assert len(dates) == instance.sessions
    assert optimum_of_search(instance.task(), dates) == cp_sat_optimum(instance.task(), RELAXING)
