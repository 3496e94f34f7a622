"""What the hard rules leave one track alone: how far its sessions can move, and it can come."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from meso_schedule.base.dates import LAST_ORDINAL
from meso_schedule.rules.windows import GapWindows
from meso_schedule.search.programme import Room
from meso_schedule.search.task import Task

# After every day that a window can hold.
_NO_DAY = 2 * LAST_ORDINAL


class Feasibility:
    """The days of each session from which all sessions after it can be placed.

    Args:
        task: What is to be placed.
        first: The first day session 0 may be on.
        last: The last one.
    """

    def __init__(self, task: Task, first: int, last: int) -> None:
        self._days = list(_layers(task, first, last))
        for session in range(len(self._days) - 2, -1, -1):
            following = self._days[session + 1]
            self._days[session] = _leading(self._days[session], task.gaps[session], following)
        if len(self._days) < task.count:
            self._days = [[]] * task.count

    def days(self, session: int, first: int, last: int) -> list[int]:
        """Return those of a span of days, in order."""
        days = self._days[session]
        return days[bisect_left(days, first) : bisect_right(days, last)]


def _layers(task: Task, first: int, last: int) -> Iterator[list[int]]:
    """Yield the days of each session that lie between the first and the last one it can be on."""
    for session in range(task.count):
        if session:
            first, last = task.window(session, first)[0], task.window(session, last)[1]
        days = task.days_for(session, first, last)
        if not days:
            return
        first, last = days[0], days[-1]
        yield days


def _leading(days: Sequence[int], gap: GapWindows, wanted: Iterable[int]) -> list[int]:
    """Return the days after which the window of a gap holds a wanted one."""
    leading = []
    coming = iter(wanted)
    target = next(coming, _NO_DAY)
    end = shortest = longest = 0
    for day in days:
        if day > end:
            _, end, shift, (earliest, _, _, last) = gap.run(day)
            shortest, longest = shift + earliest, shift + last
        while target < day + shortest:
            target = next(coming, _NO_DAY)
        if target <= day + longest:
            leading.append(day)
    return leading


def room_to_move(task: Task, dates: Sequence[int]) -> Room:
    """Return for each session the last day it could be on and the first one after its date.

    The sessions before stay as they are; those after must still find a day each.
    """
    is_free = task.end is not None and not task.lead
    last = dates[0] if is_free else task.last
    possible = Feasibility(task, dates[0], last)
    room: Room = []
    for session, day in enumerate(dates):
        if session:
            _, last = task.window(session, dates[session - 1])
        later = possible.days(session, day + 1, last)
        room.append((later[-1], later[0]) if later else (day, None))
    return room


class Reach(NamedTuple):
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
            spans = list(_following(days, task.gaps[session]))
    return Reach(layers, [])


def is_possible(task: Task) -> bool:
    """Tell whether any calendar keeps the hard rules."""
    return len(reachable(task).layers) == task.count


def _following(days: Sequence[int], gap: GapWindows) -> Iterator[tuple[int, int]]:
    """Yield the spans of days that the windows after some days cover.

    Later windows never open sooner, so it goes from run to run of days.
    """
    place = 0
    while place < len(days):
        first, _, _, last = gap.after(days[place])
        end = place + 1
        while (after := bisect_right(days, last + 1, end, key=lambda day: gap.after(day)[0])) > end:
            end = after
            last = gap.after(days[end - 1])[3]
        if first <= last:
            yield first, last
        place = end


def shortened(task: Task, count: int) -> Task:
    """Return the task with its first sessions only."""
    return replace(task, gaps=task.gaps[: count - 1])
