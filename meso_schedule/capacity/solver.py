"""The solver of the extra `capacity`: no other module imports it.

One thread, and work bounded by nodes, never by seconds: the same bytes on every run.
"""

from collections.abc import Sequence
from typing import NamedTuple

import highspy
import numpy as np
from numpy.typing import NDArray

INFINITE = highspy.kHighsInf
# What is chosen is one, what is not is nothing; both nearly.
HALF = 0.5
# Of the states of a solution that the solver tells.
_FEASIBLE = 2
_BOUNDS = {
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 0.5,
    "random_seed": 1,
    "mip_max_stall_nodes": 2_000,
}

Coefficients = list[tuple[int, float]]
# Who is counted, and how much there is at least and at most.
Row = tuple[Coefficients, float, float]


class Whole(NamedTuple):
    """A whole choice.

    Args:
        parts: How much of each is chosen, nearly one or nothing; None where no choice was found.
        is_proven: Whether none is better; where none was found, whether there is none.
    """

    parts: list[float] | None
    is_proven: bool


def whole(
    costs: Sequence[float],
    rows: Sequence[Row],
    begin: list[float] | None = None,
    most_nodes: int = 20_000,
) -> Whole:
    """Return the least dear whole choice, and whether it is proven to be.

    Args:
        costs: What each costs that may be chosen.
        rows: What has to hold.
        begin: A choice that is known.
        most_nodes: The bound of work.
    """
    solver = quiet()
    for name, value in _BOUNDS.items():
        solver.setOptionValue(name, value)
    solver.setOptionValue("mip_max_nodes", most_nodes)
    solver.passModel(_model(costs, rows))
    if begin:
        solution = highspy.HighsSolution()
        solution.col_value = begin
        solver.setSolution(solution)
    solver.run()
    states = highspy.HighsModelStatus
    is_proven = solver.getModelStatus() in (states.kOptimal, states.kInfeasible)
    is_found = solver.getInfo().primal_solution_status == _FEASIBLE
    return Whole(list(solver.getSolution().col_value) if is_found else None, is_proven)


class _Quiet(highspy.Highs):
    """A solver that prints nothing; what it prints first comes with its callbacks."""

    def enableCallbacks(self) -> None:  # noqa: N802
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def quiet() -> highspy.Highs:
    """Return a solver of one thread that prints nothing."""
    solver = _Quiet()  # type: ignore[no-untyped-call]
    solver.setOptionValue("threads", 1)
    return solver


def arrays(entries: Coefficients) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return who is counted, and how much, as the solver takes it."""
    index = np.array([place for place, _ in entries], np.int32)
    return index, np.array([value for _, value in entries], np.float64)


def _model(costs: Sequence[float], rows: Sequence[Row]) -> highspy.HighsLp:
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(costs), len(rows)
    model.col_cost_ = np.array(costs, np.float64)
    model.col_lower_, model.col_upper_ = np.zeros(len(costs)), np.ones(len(costs))
    model.row_lower_ = np.array([low for _, low, _ in rows])
    model.row_upper_ = np.array([high for _, _, high in rows])
    entries = [entry for users, _, _ in rows for entry in users]
    matrix = model.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.start_ = np.cumsum([0] + [len(users) for users, _, _ in rows])
    matrix.index_, matrix.value_ = arrays(entries)
    model.integrality_ = [highspy.HighsVarType.kInteger] * len(costs)
    return model
