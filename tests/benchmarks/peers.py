"""What the search is held against: OR-Tools CP-SAT, and `dateutil.rrule` for naive dates.

CP-SAT gets the same task as the search: usable days laid out, no window known. It minimises
criteria 1, 2 and 4, the only ones that the instances ask for, as one weighted sum; ties may
fall as they like. Its days are integers, and their squared distances are summed.

How a window follows from the day before decides the speed. Formulations tried on the
reference instance with one worker, in milliseconds to build and solve (the least of 8 interleaved
rounds), with the solver's own parameters, then with the best of 12 to 17 other settings of
presolve, probing, symmetry, linearization, branching and cores:

| formulation | own | tuned |
|---|---|---|
| runs of days whose windows open equally far after them; squares as products | 7.0 | 2.4 |
| the same, domains cut to the days that arcs reach | 6.8 | 2.7 |
| the same, squares as a literal per distance | 8.0 | 2.4 |
| the same, squares as a unary sum of odd weights | 8.5 | 2.4 |
| the same, squares above their tangents | 7.0 | 3.1 |
| the same, squares by `add_element` | 15.5 | 3.9 |
| windows by `add_element`; squares as products | 55.5 | 5.9 |
| the same, squares above their tangents | 58.1 | 6.3 |
| the same, squares by a table | 68.3 | 6.7 |
| the same, squares by `add_element` | 64.6 | 7.0 |
| a table of arcs between neighbouring days | 126.4 | 8.7 |
| `add_circuit` over the arcs | 251.1 | 11.1 |
| path flow over the arcs | 105.8 | 13.5 |
| path flow with a literal per day | 103.0 | 16.2 |

Hints of naive weekly dates changed nothing. The first and the third formulation are kept. Squares
as products win with 10 sessions, with the solver's own parameters and tuned to branch; that search
needs 80 ms with 20 sessions and more than 6 s with 40, where a literal per distance, tuned to use
the linear relaxation, needs 11 and 40 ms.
"""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Literal, NamedTuple

from dateutil.rrule import DAILY, MONTHLY, rrule
from ortools.sat.python import cp_model

from meso_schedule.planner.setup import Setup
from meso_schedule.rules.windows import GapWindows
from meso_schedule.search.task import Task, measure

Frequency = Literal[0, 1, 2, 3, 4, 5, 6]


class Optimum(NamedTuple):
    """The criteria that the instances ask for."""

    late_days: int
    start_days: int
    squared_deviation: int


class Variant(NamedTuple):
    """A formulation of the squares, and the solver's parameters beside its defaults."""

    literals: bool
    parameters: dict[str, Any]


_UNPREPARED = {"cp_model_presolve": False, "cp_model_probing_level": 0, "symmetry_level": 0}
DEFAULTS = Variant(False, {})
BRANCHING = Variant(
    False, {**_UNPREPARED, "linearization_level": 0, "search_branching": cp_model.FIXED_SEARCH}
)
RELAXING = Variant(
    True, {**_UNPREPARED, "linearization_level": 1, "search_branching": cp_model.LP_SEARCH}
)


def optimum_of_search(task: Task, dates: Sequence[int]) -> Optimum:
    """Return the criteria of dates as CP-SAT states them."""
    found = measure(task, dates)
    return Optimum(*(found[name] for name in Optimum._fields))


def cp_sat_optimum(task: Task, variant: Variant = BRANCHING) -> Optimum:
    """Build the model, solve it with one worker and return the proven optimum."""
    model = cp_model.CpModel()
    chain = add_chain(model, task, variant)
    first, squares, lates, largest = chain.days[0], chain.squares, chain.lates, chain.largest
    start_weight = largest + 1
    late_weight = start_weight * (task.last - task.first + 1)
    total = start_weight * (first - task.first) + cp_model.LinearExpr.sum(squares)
    model.minimize(total + late_weight * cp_model.LinearExpr.sum(lates) if lates else total)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    for name, value in variant.parameters.items():
        setattr(solver.parameters, name, value)
    status = solver.solve(model)
    assert status == cp_model.OPTIMAL, solver.status_name()
    late_days, rest = divmod(round(solver.objective_value), late_weight)
    return Optimum(late_days, *divmod(rest, start_weight))


class ModelChain(NamedTuple):
    """The sessions of a task in a model, and what the distances of their days cost at most."""

    days: list[cp_model.IntVar]
    squares: list[cp_model.LinearExpr]
    lates: list[cp_model.LinearExpr]
    largest: int


def add_chain(model: cp_model.CpModel, task: Task, variant: Variant) -> ModelChain:
    """Add the sessions of a task to a model."""
    days = task.days.usable(task.first, task.last)
    chain = ModelChain([_day(model, days)], [], [], 0)
    for gap in task.gaps:
        runs = _runs(gap, days)
        days = task.days.usable(
            min(run.first + run.earliest for run in runs),
            max(run.last + run.last_step for run in runs),
        )
        day = _day(model, days)
        recommended, latest = _targets(model, chain.days[-1], day, runs)
        least = min(run.earliest - run.recommended for run in runs)
        most = max(run.last_step - run.recommended for run in runs)
        square = _square_by_literals if variant.literals else _square_by_product
        chain.squares.append(square(model, day - recommended, least, most))
        chain = chain._replace(largest=chain.largest + max(least * least, most * most))
        if gap.late:
            late = model.new_int_var(0, gap.late, "")
            model.add(late >= day - latest)
            chain.lates.append(late)
        chain.days.append(day)
    return chain


class _Run(NamedTuple):
    """Days one after another whose windows open and close equally far after them."""

    first: int
    last: int
    earliest: int
    recommended: int
    latest: int
    last_step: int


def _day(model: cp_model.CpModel, days: Sequence[int]) -> cp_model.IntVar:
    return model.new_int_var_from_domain(cp_model.Domain.from_values(days), "")


def _runs(gap: GapWindows, days: Sequence[int]) -> list[_Run]:
    bounds = (gap.gap.minimum, gap.gap.target, gap.gap.maximum, gap.gap.lapse)
    if not any(interval.months for bound in bounds for interval in bound):
        return [_Run(days[0], days[-1], *(end - days[0] for end in gap.after(days[0])))]
    runs = []
    steps_of = [(day, tuple(end - day for end in gap.after(day))) for day in days]
    for steps, run in groupby(steps_of, key=itemgetter(1)):
        members = [day for day, _ in run]
        runs.append(_Run(members[0], members[-1], *steps))
    return runs


def _targets(
    model: cp_model.CpModel, before: cp_model.IntVar, day: cp_model.IntVar, runs: Sequence[_Run]
) -> tuple[cp_model.LinearExpr, cp_model.LinearExpr]:
    """Return the recommended and the latest day; the window itself is held where runs differ.

    Where they do not, the bounds of the distance from the recommended day hold it.
    """
    if len(runs) == 1:
        return before + runs[0].recommended, before + runs[0].latest
    chosen = [model.new_bool_var("") for _ in runs]
    model.add_exactly_one(chosen)
    shapes = {(run.earliest - run.recommended, run.last_step - run.recommended) for run in runs}
    for literal, run in zip(chosen, runs, strict=True):
        model.add_linear_constraint(before, run.first, run.last).only_enforce_if(literal)
        if len(shapes) > 1:
            window = model.add_linear_constraint(day - before, run.earliest, run.last_step)
            window.only_enforce_if(literal)
    weighted = cp_model.LinearExpr.weighted_sum
    recommended = weighted(chosen, [run.recommended for run in runs])
    return before + recommended, before + weighted(chosen, [run.latest for run in runs])


def _square_by_product(
    model: cp_model.CpModel, distance: cp_model.LinearExpr, least: int, most: int
) -> cp_model.LinearExpr:
    off = model.new_int_var(least, most, "")
    model.add(off == distance)
    square = model.new_int_var(0, max(least * least, most * most), "")
    model.add_multiplication_equality(square, [off, off])
    return square


def _square_by_literals(
    model: cp_model.CpModel, distance: cp_model.LinearExpr, least: int, most: int
) -> cp_model.LinearExpr:
    offs = range(least, most + 1)
    chosen = [model.new_bool_var("") for _ in offs]
    model.add_exactly_one(chosen)
    model.add(distance == cp_model.LinearExpr.weighted_sum(chosen, offs))
    return cp_model.LinearExpr.weighted_sum(chosen, [off * off for off in offs])


class Recurrence(NamedTuple):
    """The naive dates of one phase, as `rrule` takes them."""

    frequency: Frequency
    interval: int
    start: date
    number: int


def recurrences(setup: Setup) -> list[Recurrence]:
    """Return one recurrence per phase, beginning one interval after the end of that before."""
    rules: list[Recurrence] = []
    day = setup.start
    for phase, sessions in groupby(setup.phases):
        step = phase.target[0]
        count = len(list(sessions))
        if rules:
            day = step.after(day)
        frequency: Frequency = MONTHLY if step.months else DAILY
        rules.append(Recurrence(frequency, step.months or step.days, day, count))
        for _ in range(count - 1):
            day = step.after(day)
    return rules


def naive_dates(rules: Sequence[Recurrence]) -> list[datetime]:
    """Return the dates of all phases, weekends and absences among them."""
    return [
        day
        for rule in rules
        for day in rrule(rule.frequency, rule.start, interval=rule.interval, count=rule.number)
    ]
