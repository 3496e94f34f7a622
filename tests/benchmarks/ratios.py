"""Measure everything side by side and print the ratios: `python -m tests.benchmarks.ratios`.

All competitors take turns within each round, so that a busy machine slows them alike.
A ratio is that of the least times, with that of the medians in brackets.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from statistics import median
from time import perf_counter
from typing import NamedTuple

from meso_schedule.search.single_track import best_dates
from tests.benchmarks.floors import floors
from tests.benchmarks.instance import GROWTH, REFERENCE, TEN_SESSIONS, Instance
from tests.benchmarks.peers import (
    BRANCHING,
    DEFAULTS,
    RELAXING,
    Variant,
    cp_sat_optimum,
    naive_dates,
    recurrences,
)

ROUNDS = 40
QUICK = 10  # what takes microseconds is timed so often in each round
LONG_ROUNDS = 5
BRANCHING_SESSIONS = 10  # with many more, branching alone takes seconds

Prepare = Callable[[], Callable[[], object]]


class Times(NamedTuple):
    """Seconds."""

    least: float
    middle: float


def side_by_side(competitors: dict[str, tuple[Prepare, int]], rounds: int) -> dict[str, Times]:
    """Time each competitor so often a round, and return the least and the median times."""
    seconds: dict[str, list[float]] = {name: [] for name in competitors}
    for _ in range(rounds):
        for name, (prepare, times) in competitors.items():
            for _ in range(times):
                run = prepare()
                begin = perf_counter()
                run()
                seconds[name].append(perf_counter() - begin)
    return {name: Times(min(found), median(found)) for name, found in seconds.items()}


def search_of(instance: Instance) -> Prepare:
    """Return what hands the search a task without known windows."""
    return lambda: partial(best_dates, instance.task())


def competitors(instance: Instance) -> dict[str, tuple[Prepare, int]]:
    """Return what to time on an instance: how to prepare a run, and how often a round."""

    def cp_sat(variant: Variant) -> Prepare:
        return lambda: partial(cp_sat_optimum, instance.task(), variant)

    rules = recurrences(instance.setup)
    found: dict[str, tuple[Prepare, int]] = {
        "search": (search_of(instance), QUICK),
        "plan": (lambda: instance.plan, 1),
        "rrule": (lambda: partial(naive_dates, rules), QUICK),
        "relaxing": (cp_sat(RELAXING), 1),
        "defaults": (cp_sat(DEFAULTS), 1),
    }
    if instance.sessions <= BRANCHING_SESSIONS:
        found["branching"] = cp_sat(BRANCHING), 1
    return found


def main() -> None:
    """Print the tables."""
    found = {
        instance.name: side_by_side(
            competitors(instance), ROUNDS if instance in TEN_SESSIONS else LONG_ROUNDS
        )
        for instance in dict.fromkeys((*TEN_SESSIONS, *GROWTH))
    }
    for times in found.values():
        times["tuned"] = min(times[name] for name in ("branching", "relaxing") if name in times)
    print(table(("ratio", *found), ratio_rows(list(found.values()))))
    print()
    print(table(("growth of the search", "ratio", "quadratic"), growth_rows()))
    print()
    print(
        table(
            ("least work of the reference", "ms", "of CP-SAT, tuned", "of CP-SAT, own parameters"),
            floor_rows(found[REFERENCE.name]),
        )
    )
    print()
    print(table(("milliseconds, least (median)", *found), time_rows(list(found.values()))))


def ratio_rows(found: Sequence[dict[str, Times]]) -> Iterator[tuple[str, ...]]:
    """Yield one line for each ratio, with one column for each instance."""
    kinds = (
        ("CP-SAT, tuned : search", "tuned", "search"),
        ("CP-SAT, own parameters : search", "defaults", "search"),
        ("search : `rrule` per phase", "search", "rrule"),
        ("CP-SAT, tuned : whole plan", "tuned", "plan"),
        ("CP-SAT, own parameters : whole plan", "defaults", "plan"),
    )
    for name, over, under in kinds:
        yield name, *(ratio(times[over], times[under]) for times in found)


def growth_rows() -> Iterator[tuple[str, ...]]:
    """Time the search on more and more sessions, and yield one line for each step."""
    times = side_by_side({str(each.sessions): (search_of(each), QUICK) for each in GROWTH}, ROUNDS)
    for fewer, more in (("10", "20"), ("20", "40"), ("10", "40")):
        quadratic = (int(more) / int(fewer)) ** 2
        yield f"{more} : {fewer} sessions", ratio(times[more], times[fewer]), f"{quadratic:.0f}"


def floor_rows(found: dict[str, Times]) -> Iterator[tuple[str, ...]]:
    """Time the work that nothing can leave out, and yield one line for each part."""
    parts = {name: (prepare, QUICK) for name, prepare in floors(REFERENCE).items()}
    for name, times in side_by_side(parts, ROUNDS).items():
        shares = (f"1/{found[key].least / times.least:.3g}" for key in ("tuned", "defaults"))
        yield name, f"{1e3 * times.least:.3g}", *shares


def time_rows(found: Sequence[dict[str, Times]]) -> Iterator[tuple[str, ...]]:
    """Yield one line for each competitor, with one column for each instance."""
    names = {
        "search": "search",
        "rrule": "`rrule` per phase",
        "plan": "whole plan",
        "tuned": "CP-SAT, tuned",
        "defaults": "CP-SAT, own parameters",
    }
    for key, name in names.items():
        times = [found_here[key] for found_here in found]
        yield name, *(f"{1e3 * least:.3g} ({1e3 * middle:.3g})" for least, middle in times)


def ratio(over: Times, under: Times) -> str:
    """Write the ratio of the least times, and that of the medians in brackets."""
    return f"{over.least / under.least:.3g} ({over.middle / under.middle:.3g})"


def table(head: Sequence[str], rows: Iterator[tuple[str, ...]]) -> str:
    """Write a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
