"""The combined search finds the optimum that CP-SAT proves, and in far less time."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.benchmarks.joint_peers import (
    DISTANCES,
    VARIANTS,
    cp_sat_optimum,
    optimum_of_search,
    programme,
    tasks,
)
from tests.benchmarks.peers import Variant


def test_joint_search(benchmark: BenchmarkFixture) -> None:
    found = benchmark.pedantic(
        optimum_of_search, setup=lambda: ((programme(),), {}), rounds=100, warmup_rounds=5
    )
    assert found == (14, 7)


@pytest.mark.parametrize("by_pairs", DISTANCES.values(), ids=DISTANCES)
@pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS)
def test_joint_cp_sat(benchmark: BenchmarkFixture, variant: Variant, by_pairs: bool) -> None:
    found = benchmark.pedantic(
        cp_sat_optimum,
        setup=lambda: ((tasks(), variant), {"by_pairs": by_pairs}),
        rounds=5,
        warmup_rounds=1,
    )
    assert found == optimum_of_search(programme())
