"""Sessions that are valid for so long after the first of them: each day of that one is tried."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from meso_schedule.search.feasibility import is_possible
from meso_schedule.search.measure import Measure
from meso_schedule.search.openings import Openings
from meso_schedule.search.programme import Calendar, Programme
from meso_schedule.search.task import Task


def overrun(programme: Programme, dates: Sequence[Sequence[int]]) -> int | None:
    """Return the place of the first track that ends after what it is valid for."""
    tracks = enumerate(zip(programme.tasks, dates, strict=True))
    return next(
        (place for place, (task, days) in tracks if days and days[-1] > task.valid_until(days[0])),
        None,
    )


def begun_each_day(programme: Programme, place: int) -> Iterator[Programme]:
    """Yield what is to be placed with session 0 of a track fixed to each of its days."""
    task = programme.tasks[place]
    last = task.last if programme.alone == place else Openings(programme).tasks[place].last
    for day in task.days_for(0, task.first, last):
        begun = replace(task.valid_from(day), pins={**task.pins, 0: day})
        tasks = (*programme.tasks[:place], begun, *programme.tasks[place + 1 :])
        yield replace(programme, tasks=tasks)


def first_room(task: Task, day: int) -> tuple[int, int | None]:
    """Return the last day that session 0 could be on and the first one after its day."""
    last = day if task.end is not None else task.last
    able = [
        later
        for later in task.days_for(0, day + 1, last)
        if is_possible(replace(task.valid_from(later), pins={**task.pins, 0: later}))
    ]
    return (able[-1], able[0]) if able else (day, None)


def best_of(calendars: Iterable[Calendar | None]) -> Calendar | None:
    """Return the best of some calendars; it is proven where nothing better is left open."""
    found = [calendar for calendar in calendars if calendar]
    if not found:
        return None
    best = min(found, key=lambda it: (_rank(it.measure), it.dates))
    open_ends = [it.bound for it in found if it.bound and _rank(it.bound) < _rank(best.measure)]
    return best._replace(bound=min(open_ends, key=_rank, default=best.bound))


def _rank(measure: Measure) -> tuple[int, ...]:
    return tuple(measure.values())
