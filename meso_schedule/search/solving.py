"""The one entrance of the search: the fast way where one track stands alone, else the joint one."""

from collections.abc import Sequence
from dataclasses import replace

from meso_schedule.search.best_first import MOST_STEPS, best_calendar
from meso_schedule.search.feasibility import (
    Completion,
    Room,
    is_possible,
    room_beside,
    room_to_move,
)
from meso_schedule.search.programme import Programme
from meso_schedule.search.single_track import best_dates
from meso_schedule.search.states import Calendar, Measure
from meso_schedule.search.task import Task, measure, moves


def solve(programme: Programme, most: int = MOST_STEPS, *, or_any: bool = False) -> Calendar | None:
    """Return the best days of all sessions, or None when the hard rules leave none.

    Args:
        programme: What is to be placed.
        most: Steps to look at, where several tracks are placed.
        or_any: Whether a good calendar will do when the bound is passed.

    Raises:
        OutOfWork: When the bound is passed and no calendar was found.
    """
    place = _alone(programme)
    if place is None:
        return best_calendar(programme, most, or_any=or_any)
    task = _with_tolls(programme, place)
    days = best_dates(task) if task.count else []
    if days is None:
        return None
    dates = [days if track == place else [] for track in range(len(programme.tasks))]
    return Calendar(dates, _measure(task, days))


def can_begin(programme: Programme) -> bool | None:
    """Tell whether there is any calendar at all; None where that takes too much work."""
    place = _alone(programme)
    if place is None:
        return Completion(programme).can_begin()
    task = programme.tasks[place]
    return not task.count or is_possible(task)


def room(programme: Programme, dates: Sequence[Sequence[int]]) -> list[Room]:
    """Return for each session the last day it could be on and the first one after its date."""
    place = _alone(programme)
    if place is None:
        return room_beside(programme, dates)
    tracks = zip(programme.tasks, dates, strict=True)
    return [room_to_move(task, days) if days else [] for task, days in tracks]


def _alone(programme: Programme) -> int | None:
    """Return the place of the only track with sessions to place; None where several have some."""
    if programme.taken:
        return None
    live = [place for place, task in enumerate(programme.tasks) if task.count]
    return None if len(live) > 1 else (live or [0])[0]


def _with_tolls(programme: Programme, place: int) -> Task:
    """Return the task of a track with what its days cost beyond all criteria."""
    task = programme.tasks[place]
    of_session, of_day = programme.day_costs.get(place), programme.cost_of_day
    if not of_session and not of_day:
        return task

    def day_cost(session: int, day: int) -> int:
        own = of_session(session, day) if of_session else 0
        return own + bool(of_day and of_day(day))

    return replace(task, day_cost=day_cost)


def _measure(task: Task, days: Sequence[int]) -> Measure:
    if not days:
        return Measure(*[0] * len(Measure._fields))
    late, start, misses, square, minutes = measure(task, days)
    moved, moved_days = moves(task, days) if task.booked else (0, 0)
    tolls = sum(map(task.day_cost, range(len(days)), days)) if task.day_cost else 0
    return Measure(tolls, late, moved, moved_days, start, len(days), misses, square, minutes)
