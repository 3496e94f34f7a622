"""The choice among calendars of many courses."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from meso_schedule.capacity.capacities import Capacities, Cell, Taken
from meso_schedule.capacity.places import Calendar, RepairMeasure
from meso_schedule.capacity.solver import (
    HALF,
    INFINITE,
    Coefficients,
    Row,
    arrays,
    quiet,
    whole,
)

_TOLERANCE = 1e-7


class CalendarColumn(NamedTuple):
    """A calendar of a course.

    Args:
        course: Whose.
        calendar: None where it is let go.
        measure: What it costs.
        taken: What it takes beyond what the course takes as it is booked, less what it gives up.
        is_of_another: Whether the course is not hit and could stay as it is.
    """

    course: str
    calendar: Calendar | None
    measure: RepairMeasure
    taken: Taken
    is_of_another: bool = False


class Duals(NamedTuple):
    """What the rows of a relaxed choice are worth.

    Args:
        cells: What a quarter costs.
        courses: What a course costs.
        another: What asking another patient costs.
        let_go: What letting a course go is less dear, as so many have to be.
        paid: What is paid for all that is left, together, less what is had for those let go.
    """

    cells: dict[Cell, float]
    courses: dict[str, float]
    another: float
    let_go: float
    paid: float


class Master:
    """The relaxed choice: calendars in parts, rows of quarters added as they are needed.

    Args:
        hit: The courses that need a calendar.
        capacities: What is left of each quarter.
        most_others: How many courses that are not hit may change; None where any may.
    """

    def __init__(self, hit: Sequence[str], capacities: Capacities, most_others: int | None) -> None:
        self.columns: list[CalendarColumn] = []
        self._capacities, self._most_others = capacities, most_others
        self._solver = quiet()
        self._solver.setOptionValue("presolve", "off")
        self._hit = frozenset(hit)
        self._known: set[tuple[str, Calendar | None]] = set()
        self._rows: dict[Cell, int] = {}
        self._users: dict[Cell, Coefficients] = {}
        self._courses: dict[str, int] = {}
        self._let_go: tuple[int, int] | None = None
        self._refused: list[frozenset[tuple[str, Calendar | None]]] = []
        if most_others is not None:
            self._row(-INFINITE, most_others)
        for course in hit:
            self._courses[course] = self._row(1.0, 1.0)

    def _row(self, low: float, high: float, users: Coefficients | None = None) -> int:
        index, values = arrays(users or [])
        self._solver.addRow(low, high, len(index), index, values)
        return int(self._solver.getNumRow()) - 1

    def add(self, column: CalendarColumn, cost: float) -> bool:
        """Add a calendar, and tell whether it was new."""
        key = column.course, column.calendar
        if key in self._known:
            return False
        self._known.add(key)
        if column.course not in self._courses:
            self._courses[column.course] = self._row(-INFINITE, 1.0)
        place = len(self.columns)
        entries: Coefficients = [(self._courses[column.course], 1.0)]
        if column.is_of_another and self._most_others is not None:
            entries.append((0, 1.0))
        for cell, count in column.taken.items():
            self._users.setdefault(cell, []).append((place, float(count)))
            if cell in self._rows:
                entries.append((self._rows[cell], float(count)))
        index, values = arrays(entries)
        self._solver.addCol(cost, 0.0, INFINITE, len(index), index, values)
        self.columns.append(column)
        return True

    def relax(self) -> float:
        """Solve the relaxed choice and return what it costs; rows are added till all hold."""
        solver = self._solver
        solver.setOptionValue("simplex_strategy", 4)  # calendars came: primal
        while True:
            solver.run()
            solver.setOptionValue("simplex_strategy", 1)  # rows came: dual
            broken = self._broken(np.array(solver.getSolution().col_value))
            if not broken:
                return float(solver.getInfo().objective_function_value)
            for cell in broken:
                self._rows[cell] = self._row(-INFINITE, self._left(cell), self._users[cell])

    def _left(self, cell: Cell) -> float:
        return float(self._capacities.left(cell))

    def _broken(self, parts: NDArray[np.float64]) -> list[Cell]:
        load: dict[Cell, float] = {}
        for place in np.nonzero(parts > _TOLERANCE)[0]:
            for cell, count in self.columns[place].taken.items():
                load[cell] = load.get(cell, 0.0) + count * parts[place]
        return sorted(
            cell
            for cell, total in load.items()
            if cell not in self._rows and total > self._left(cell) + _TOLERANCE
        )

    def duals(self) -> Duals:
        """Return what the rows of the choice solved last are worth."""
        worth = [float(it) for it in self._solver.getSolution().row_dual]
        cells = {cell: -worth[row] for cell, row in self._rows.items() if worth[row] < 0}
        another = max(0.0, -worth[0]) if self._most_others is not None else 0.0
        paid = sum(price * self._left(cell) for cell, price in cells.items())
        paid += another * (self._most_others or 0)
        courses = {course: worth[row] for course, row in self._courses.items()}
        let_go = 0.0
        if self._let_go is not None:
            row, least = self._let_go
            let_go = max(0.0, worth[row])
            paid -= let_go * least
        return Duals(cells, courses, another, let_go, paid)

    def let_go(self, least: int) -> bool:
        """Let so many courses go at least; tell whether the choice solved last lets go fewer."""
        users = [(place, 1.0) for place, it in enumerate(self.columns) if it.measure.not_kept]
        parts = self._solver.getSolution().col_value
        if sum(parts[place] for place, _ in users) >= least - _TOLERANCE:
            return False
        self._let_go = self._row(least, INFINITE, users), least
        return True

    def refuse(self, calendars: Collection[tuple[str, Calendar | None]]) -> None:
        """Choose some calendars never again together."""
        self._refused.append(frozenset(calendars))

    def choose(
        self, goals: Sequence[Mapping[int, int]], begin: Collection[tuple[str, Calendar | None]]
    ) -> list[CalendarColumn] | None:
        """Choose whole calendars: the best by the first goal, of those by the second.

        Of the best by all of them who comes first by the id is kept, and not asked.

        Args:
            goals: What the criteria weigh in each, by their place in a measure.
            begin: Courses and calendars of a choice that is known.

        Returns:
            Nothing where none was found within the bound of nodes, and the one known is refused.
        """
        limits, known = list(self._cuts()), set(begin)
        found = [float((it.course, it.calendar) in known) for it in self.columns]
        is_known = not any(it <= known for it in self._refused)
        for costs in (*(self._costs(goal) for goal in goals), self._by_id()):
            better = whole(costs, self._rows_of(limits), found).parts
            if better is None:
                break
            found, is_known = better, True
            total = sum(cost for cost, part in zip(costs, found, strict=True) if part > HALF)
            users = [(place, float(cost)) for place, cost in enumerate(costs) if cost]
            limits.append((users, -INFINITE, float(total)))
        if not is_known:
            return None
        return [it for it, part in zip(self.columns, found, strict=True) if part > HALF]

    def _costs(self, goal: Mapping[int, int]) -> list[int]:
        return [
            sum(column.measure[place] * weight for place, weight in goal.items())
            for column in self.columns
        ]

    def _by_id(self) -> list[int]:
        """Return what it costs to let a course go, or to ask another: the more, the earlier."""
        ids = sorted(self._courses, reverse=True)
        worth = {course: place for place, course in enumerate(ids, 1)}
        return [
            worth[it.course] if it.calendar is None or it.is_of_another else 0
            for it in self.columns
        ]

    def _cuts(self) -> Iterator[Row]:
        for refused in self._refused:
            users = [
                (place, 1.0)
                for place, it in enumerate(self.columns)
                if (it.course, it.calendar) in refused
            ]
            yield users, -INFINITE, len(refused) - 1.0

    def _rows_of(self, limits: Sequence[Row]) -> list[Row]:
        own: dict[str, Coefficients] = {}
        for place, column in enumerate(self.columns):
            own.setdefault(column.course, []).append((place, 1.0))
        rows: list[Row] = [
            (users, 1.0 if course in self._hit else -INFINITE, 1.0) for course, users in own.items()
        ]
        rows += [
            (users, -INFINITE, self._left(cell))
            for cell, users in self._users.items()
            if sum(max(0.0, count) for _, count in users) > self._left(cell)
        ]
        rows += limits
        if self._most_others is not None:
            others = [(it, 1.0) for it, one in enumerate(self.columns) if one.is_of_another]
            rows.append((others, -INFINITE, float(self._most_others)))
        return rows
