"""The one entrance of the search: the fast way where one track stands alone, else the joint one."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from meso_schedule.search.feasibility import is_possible, room_to_move
from meso_schedule.search.programme import Calendar, Programme, Room
from meso_schedule.search.single_track import best_dates
from meso_schedule.search.task import OutOfWork, Task, measure

# Steps looked at, where several tracks are placed, before the search stops and says that it cannot
# prove the best calendar. What only several need is imported where it is.
MOST_STEPS = 150_000


def solve(programme: Programme, most: int = MOST_STEPS, *, or_any: bool = False) -> Calendar | None:
    """Return the best days of all sessions, or None when the hard rules leave none.

    Where the best ones end after what they are valid for, each day of the session from which
    that counts is tried.

    Args:
        programme: What is to be placed.
        most: Steps to look at, where several tracks are placed; one alone has a bound of its own.
        or_any: Whether a good calendar will do when the bound is passed.

    Raises:
        OutOfWork: When the bound is passed and no calendar was found.
    """
    found = _solve(programme, most, or_any=or_any)
    if found is None or not any(task.valid for task in programme.tasks):
        return found
    from meso_schedule.search.valid_spans import begun_each_day, best_of, overrun

    place = overrun(programme, found.dates)
    if place is None:
        return found
    tried = begun_each_day(programme, place)
    return best_of(solve(begun, most, or_any=or_any) for begun in tried)


def _solve(programme: Programme, most: int, *, or_any: bool) -> Calendar | None:
    """Return the best days, whatever they are valid for."""
    place = programme.alone
    if place is None:
        from meso_schedule.search.best_first import best_calendar

        return best_calendar(programme, most, or_any=or_any)
    task = programme.tasks[place]
    if programme.cost_of_day:
        task = _with_penalties(task, partial(programme.cost_of_day, 1 << place))
    days = best_dates(task) if task.count else []
    if days is None:
        return None
    dates = [days if track == place else [] for track in range(len(programme.tasks))]
    return Calendar(dates, measure(task, days))


def can_begin(programme: Programme) -> bool | None:
    """Tell whether there is any calendar at all; None where that takes too much work."""
    found = _can_begin(programme)
    if not found or not any(task.valid for task in programme.tasks):
        return found
    try:
        return solve(programme) is not None
    except OutOfWork:
        return None


def _can_begin(programme: Programme) -> bool | None:
    place = programme.alone
    if place is None:
        from meso_schedule.search.completion import Completion

        return Completion(programme).can_begin()
    task = programme.tasks[place]
    return not task.count or is_possible(task)


def beginnings(programme: Programme, place: int) -> Callable[[Task], bool | None]:
    """Return what tells whether there is any calendar when one track begins on other days.

    Args:
        programme: What is to be placed.
        place: The track, of which it takes the task with other days for its first session.
    """
    if programme.alone is not None:
        return lambda task: can_begin(programme.with_task(place, task))
    from meso_schedule.search.completion import Completion

    completion = Completion(programme)

    def can(task: Task) -> bool | None:
        nonlocal completion
        completion = completion.beginning(place, task)
        return completion.can_begin()

    return can


def room(programme: Programme, dates: Sequence[Sequence[int]]) -> list[Room]:
    """Return for each session of each track the last day it could be on and the first one after.

    What they are valid for counts from the days they have; session 0 alone takes it along.
    """
    own = zip(programme.tasks, dates, strict=True)
    begun = tuple(task.valid_from(days[0]) if days else task for task, days in own)
    if programme.alone is None:
        from meso_schedule.search.completion import room_beside

        return room_beside(replace(programme, tasks=begun), dates)
    found = [
        room_to_move(task, days) if days else [] for task, days in zip(begun, dates, strict=True)
    ]
    alone = programme.tasks[programme.alone]
    if alone.valid and alone.count:
        from meso_schedule.search.valid_spans import first_room

        found[programme.alone][0] = first_room(alone, dates[programme.alone][0])
    return found


def _with_penalties(task: Task, cost_of_day: Callable[[int], bool]) -> Task:
    """Return the task of a track alone with the days that cost a penalty."""
    own = task.day_cost

    def day_cost(session: int, day: int) -> int:
        return cost_of_day(day) + (own(session, day) if own else 0)

    return replace(task, day_cost=day_cost)
