"""The search finds the optimum that CP-SAT proves; run by hand with `--benchmark-enable`."""

from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from meso_schedule.search.single_track import best_dates
from tests.benchmarks.instance import REFERENCE, TEN_SESSIONS, Instance
from tests.benchmarks.peers import (
    BRANCHING,
    DEFAULTS,
    RELAXING,
    Variant,
    cp_sat_optimum,
    naive_dates,
    optimum_of_search,
    recurrences,
)

VARIANTS = {"own parameters": DEFAULTS, "branching": BRANCHING, "relaxing": RELAXING}


def fresh(instance: Instance, *more: Any) -> Any:
    """Return what hands a task without known windows to each round."""
    return lambda: ((instance.task(), *more), {})


@pytest.mark.parametrize("instance", TEN_SESSIONS, ids=str)
def test_search(benchmark: BenchmarkFixture, instance: Instance) -> None:
    benchmark.group = instance.name
    dates = benchmark.pedantic(best_dates, setup=fresh(instance), rounds=500, warmup_rounds=20)
    assert optimum_of_search(instance.task(), dates) == cp_sat_optimum(instance.task(), RELAXING)


@pytest.mark.parametrize("instance", TEN_SESSIONS, ids=str)
@pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS)
def test_cp_sat(benchmark: BenchmarkFixture, instance: Instance, variant: Variant) -> None:
    benchmark.group = instance.name
    setup = fresh(instance, variant)
    optimum = benchmark.pedantic(cp_sat_optimum, setup=setup, rounds=30, warmup_rounds=2)
    dates = best_dates(instance.task())
    assert dates is not None
    assert optimum == optimum_of_search(instance.task(), dates)


def test_rrule(benchmark: BenchmarkFixture) -> None:
    benchmark.group = REFERENCE.name
    dates = benchmark.pedantic(
        naive_dates, args=(recurrences(REFERENCE.setup),), rounds=500, warmup_rounds=20
    )
    assert len(dates) == REFERENCE.sessions
    assert [str(day.date()) for day in dates[3:6]] == ["2026-12-22", "2027-01-05", "2027-01-19"]
