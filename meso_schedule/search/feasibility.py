"""What the hard rules leave: how far each session can move, and how far a course can come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from meso_schedule.search.task import Task


class Feasibility:
    """Tells whether the sessions after a given one can still be placed."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self._known: dict[tuple[int, int], bool] = {}
        # Days from which the rest is known to fit: one of them in a window settles it.
        self._sure: list[list[int]] = [[] for _ in range(task.count)]

    def __call__(self, session: int, day: int) -> bool:
        """Tell whether all sessions after `session`, when it is on `day`, can be placed."""
        if session == self.task.count - 1:
            return True
        known = self._known.get((session, day))
        if known is None:
            known = self._known[session, day] = self._look(session + 1, day)
        return known

    def trust(self, session: int, days: Iterable[int]) -> None:
        """Take it as known that the rest fits when `session` is on any of these usable days."""
        self._sure[session].extend(days)

    def _look(self, session: int, before: int) -> bool:
        first, last = self.task.window(session, before)
        if any(first <= day <= last for day in self._sure[session]):
            return True
        return any(self(session, day) for day in self.task.days_for(session, first, last))


def room_to_move(task: Task, dates: Sequence[int]) -> list[tuple[int, int | None]]:
    """Return for each session the last day it could be on and the first one after its date.

    The sessions before stay as they are; those after must still find a day each.
    """
    possible = Feasibility(task)
    room: list[tuple[int, int | None]] = []
    # Last session first, so that what is found there answers for the sessions before.
    for session in range(task.count - 1, -1, -1):
        day = dates[session]
        _, last = task.window(session, dates[session - 1])
        if task.end is not None and session == 0 and not task.lead:
            last = day
        later = task.days_for(session, day + 1, last)
        backup = next((option for option in later if possible(session, option)), None)
        furthest = next((option for option in reversed(later) if possible(session, option)), day)
        possible.trust(session, {day, furthest, backup or day})
        room.append((furthest, backup))
    return room[::-1]


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the hard rules let a course come.

    Args:
        layers: The days each session can be on, for every session that can be placed.
        spans: The days the first session that cannot be placed could have been on.
    """

    layers: list[list[int]]
    spans: list[tuple[int, int]]


def reachable(task: Task) -> Reach:
    """Find the days each session can be on when those before it are placed."""
    layers: list[list[int]] = []
    spans = [(task.first, task.last)]
    while len(layers) < task.count:
        session = len(layers)
        days = [day for span in spans for day in task.days_for(session, *span)]
        if not days:
            return Reach(layers, spans)
        layers.append(days)
        if len(layers) < task.count:
            spans = _merged(task.window(session + 1, day) for day in days)
    return Reach(layers, [])


def is_possible(task: Task) -> bool:
    """Tell whether any calendar keeps the hard rules."""
    return len(reachable(task).layers) == task.count


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in spans:
        if last < first:
            continue
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(last, merged[-1][1])
        else:
            merged.append((first, last))
    return merged


def shortened(task: Task, count: int) -> Task:
    """Return the task with its first sessions only."""
    return replace(task, gaps=task.gaps[: count - 1])
