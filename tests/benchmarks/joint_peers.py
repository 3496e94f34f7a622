"""A combined calendar against OR-Tools CP-SAT: `python -m tests.benchmarks.joint_peers`.

The instance is hyaluronic acid monthly, 12 times, beside mesoBotox every 3 months, 4 times, over a
year, 2 weeks apart either way. Both get the same tasks, usable days laid out, no window known, and
prove the same optimum of the criteria that the instance asks for: late days are none and visits
are 16 whatever the days, so days from the start and squared distances are left.

Formulations of the distance: a literal for each pair of sessions that says which comes first, or
sessions of 14 days that may not overlap (the gaps of one protocol are longer than that). Squares
as in `peers`: products, or a literal for each distance. Each is tried with the solver's own
parameters and with those that `peers` found best.
"""

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache, partial
from typing import NamedTuple

from ortools.sat.python import cp_model

from meso_schedule import Clinic, CourseRequest, Interval, get_protocol
from meso_schedule.availability.session_days import Availability
from meso_schedule.planner.setting_up import set_up
from meso_schedule.planner.setup import Setup
from meso_schedule.search.programme import Distance, Programme
from meso_schedule.search.solving import solve
from meso_schedule.search.task import Task
from tests.benchmarks.peers import BRANCHING, DEFAULTS, RELAXING, Variant, add_chain
from tests.benchmarks.ratios import Times, side_by_side, table

START = date(2027, 1, 4)
DISTANCE = 14
ROUNDS = 12
SESSIONS = {"hyaluronic-acid": 12, "mesobotox": 4}


class Optimum(NamedTuple):
    """The criteria that the instance asks for."""

    start_days: int
    squared_deviation: int


@cache
def setups() -> list[Setup]:
    """Return what is asked of each protocol, its usable days laid out."""
    found = []
    for name, sessions in SESSIONS.items():
        request = CourseRequest(start=START, start_within=27, sessions=sessions)
        setup = set_up(get_protocol(name), request, Clinic.default(), START)
        setup.availability.usable(START.toordinal(), START.toordinal() + 5 * 366)
        found.append(setup)
    return found


def tasks() -> list[Task]:
    """Return the search tasks; no window is known to them yet."""
    return [setup.task() for setup in setups()]


def _never(_: int) -> Availability:
    raise AssertionError("the treatments never share a day")


def programme() -> Programme:
    """Return what the search is to place."""
    distance = Distance([Interval.parse(f"{DISTANCE} days")])
    distances = {(0, 1): distance, (1, 0): distance}
    return Programme(tuple(tasks()), distances, frozenset([(0, 1)]), _never)


def optimum_of_search(asked: Programme) -> Optimum:
    """Search, and return the criteria as CP-SAT states them."""
    found = solve(asked)
    assert found is not None
    assert (found.measure["late_days"], found.measure["visits"], found.bound) == (0, 16, None)
    return Optimum(*(found.measure[name] for name in Optimum._fields))


def cp_sat_optimum(asked: Sequence[Task], variant: Variant, *, by_pairs: bool) -> Optimum:
    """Build the model, solve it with one worker and return the proven optimum."""
    model = cp_model.CpModel()
    chains = [add_chain(model, task, variant) for task in asked]
    if by_pairs:
        for one in chains[0].days:
            for other in chains[1].days:
                is_first = model.new_bool_var("")
                model.add(other - one >= DISTANCE).only_enforce_if(is_first)
                model.add(one - other >= DISTANCE).only_enforce_if(~is_first)
    else:
        days = [day for chain in chains for day in chain.days]
        model.add_no_overlap([model.new_fixed_size_interval_var(d, DISTANCE, "") for d in days])
    weight = sum(chain.largest for chain in chains) + 1
    starts = sum(chain.days[0] - task.first for chain, task in zip(chains, asked, strict=True))
    squares = [square for chain in chains for square in chain.squares]
    model.minimize(weight * starts + cp_model.LinearExpr.sum(squares))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    for name, value in variant.parameters.items():
        setattr(solver.parameters, name, value)
    status = solver.solve(model)
    assert status == cp_model.OPTIMAL, solver.status_name()
    return Optimum(*divmod(round(solver.objective_value), weight))


VARIANTS = {
    "squares as products, own parameters": DEFAULTS,
    "squares as products, branching": BRANCHING,
    "squares as literals, own parameters": Variant(True, {}),
    "squares as literals, relaxing": RELAXING,
}
DISTANCES = {"a literal a pair": True, "no overlap": False}


def main() -> None:
    """Time all of them, taking turns, and print the table."""

    def cp_sat(variant: Variant, by_pairs: bool) -> Callable[[], Callable[[], object]]:
        return lambda: partial(cp_sat_optimum, tasks(), variant, by_pairs=by_pairs)

    competitors: dict[str, tuple[Callable[[], Callable[[], object]], int]] = {
        "search": (lambda: partial(optimum_of_search, programme()), 5)
    }
    for distance, by_pairs in DISTANCES.items():
        for name, variant in VARIANTS.items():
            competitors[f"{distance}; {name}"] = cp_sat(variant, by_pairs), 1
    times: dict[str, Times] = side_by_side(competitors, ROUNDS)
    ours = times["search"]
    head = ("what", "milliseconds, least (median)", "times the search")
    rows = (
        (
            name,
            f"{1e3 * found.least:.3g} ({1e3 * found.middle:.3g})",
            f"{found.least / ours.least:.3g} ({found.middle / ours.middle:.3g})",
        )
        for name, found in times.items()
    )
    print(table(head, rows))


if __name__ == "__main__":
    main()
