"""The search of several tracks, and the room they leave, against trying everything."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from random import Random

import pytest

from meso_schedule.base.intervals import Interval
from meso_schedule.rules.windows import GapWindows
from meso_schedule.search.programme import Distance, Programme
from meso_schedule.search.solving import beginnings, can_begin, room, solve
from meso_schedule.search.task import OutOfWork, Task
from tests.search.test_single_track import MONDAY, Weekdays, gap

Dates = tuple[tuple[int, ...], ...]


def programme(rng: Random) -> Programme:
    """Return two or three short tracks that bind one another."""
    gaps = [gap("2 days", "5 days", "3 days"), gap("3 days", "4 days"), gap("1 day", "6 days")]
    taken = {MONDAY + rng.randrange(30) for _ in range(4)}
    tasks = [
        Task(
            Weekdays(taken),
            MONDAY,
            MONDAY + rng.choice([2, 4, 7]),
            [GapWindows(rng.choice(gaps), rng.choice([0, 2]))] * rng.choice([0, 1, 1, 2]),
            prefer=rng.choice([frozenset(), frozenset({1, 3})]),
        )
        for _ in range(rng.choice([2, 2, 3]))
    ]
    pairs = [(one, two) for one in range(len(tasks)) for two in range(len(tasks)) if one != two]
    distances = {
        pair: Distance([Interval.parse(rng.choice(["2 days", "3 days", "5 days"]))])
        for pair in pairs
        if rng.random() < 0.6
    }
    apart = frozenset(pair for pair in pairs if pair[0] < pair[1] and rng.random() < 0.5)
    return Programme(tuple(tasks), distances, apart, lambda _: Weekdays())


def all_dates(task: Task, before: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    """Yield all dates of one track alone."""
    if len(before) == task.count:
        yield before
        return
    first, last = task.first, task.last
    if before:
        first, _, _, last = task.gaps[len(before) - 1].after(before[-1])
    for day in task.days.usable(first, last):
        yield from all_dates(task, (*before, day))


def calendars(asked: Programme) -> Iterator[Dates]:
    """Yield all that keep every distance."""
    for dates in product(*map(all_dates, asked.tasks)):
        placed = [(place, day) for place, days in enumerate(dates) for day in days]
        if all(
            (day < other and not ((d := asked.distances.get((p, q))) and other < d.after(day)))
            or day > other
            or (day == other and (min(p, q), max(p, q)) not in asked.apart)
            for p, day in placed
            for q, other in placed
            if p != q
        ):
            yield dates


def criteria(asked: Programme, dates: Dates) -> tuple[int, ...]:
    """Return what is compared first to last, before the dates."""
    late = start = misses = square = 0
    for task, days in zip(asked.tasks, dates, strict=True):
        start += days[0] - task.first
        misses += sum(bool(task.prefer) and (day - 1) % 7 not in task.prefer for day in days)
        for rule, before, day in zip(task.gaps, days, days[1:], strict=False):
            _, recommended, latest, _ = rule.after(before)
            late += max(0, day - latest)
            square += (day - recommended) ** 2
    return late, start, len({day for days in dates for day in days}), misses, square


def rooms(every: list[Dates], dates: Dates, place: int, session: int) -> tuple[int, int | None]:
    """Return how far a session can move when what lies before it, or on its day, stays."""
    day = dates[place][session]
    fitting = [
        other[place][session]
        for other in every
        if other[place][:session] == dates[place][:session]
        and other[place][session] > day
        and all(
            (them[it] == days[it]) if days[it] <= day else (them[it] > day)
            for p, (them, days) in enumerate(zip(other, dates, strict=True))
            for it in range(len(days))
            if p != place
        )
    ]
    return max(fitting, default=day), min(fitting, default=None)


# In the last a state is reached anew for less.
@pytest.mark.parametrize("seed", [*range(60), 293])
def test_best_calendar_and_its_room_are_those_that_trying_everything_finds(seed: int) -> None:
    asked = programme(Random(seed))
    every = list(calendars(asked))
    found = solve(asked)
    assert can_begin(asked) == bool(every)
    if not every:
        assert found is None
        return
    assert found is not None
    best = min(every, key=lambda dates: (criteria(asked, dates), dates))
    assert tuple(map(tuple, found.dates)) == best
    left = room(asked, found.dates)
    assert left == [
        [rooms(every, best, place, session) for session in range(len(days))]
        for place, days in enumerate(best)
    ]


@pytest.mark.parametrize("seed", range(20))
def test_one_track_that_begins_on_other_days(seed: int) -> None:
    """What is known of one first window is asked of others after it, in any order."""
    rng = Random(seed)
    asked = programme(rng)
    place = rng.randrange(len(asked.tasks))
    can = beginnings(asked, place)
    for _ in range(6):
        first = MONDAY + rng.randrange(-3, 9)
        task = replace(asked.tasks[place], first=first, last=first + rng.randrange(4))
        moved = asked.with_task(place, task)
        assert can(task) == any(True for _ in calendars(moved))
        opened = replace(task, opens=task.first)
        assert can(opened) == can_begin(asked.with_task(place, opened))


# In the last a visit is too late for a first session.
@pytest.mark.parametrize("seed", [*range(40), 68, 99])
def test_first_days_that_others_take_are_no_loss_and_no_gain(seed: int) -> None:
    """With first windows that are pushed on: as good as without, where a calendar was found."""
    asked = programme(Random(seed))
    opened = replace(asked, tasks=tuple(replace(it, opens=it.first) for it in asked.tasks))
    found = solve(opened)
    assert can_begin(opened) == (found is not None)
    if (strict := solve(asked)) is not None:
        assert found is not None
        assert tuple(found.measure.values()) <= tuple(strict.measure.values())
        assert len(room(opened, found.dates)) == len(asked.tasks)


def test_past_the_bound_of_work_neither_a_calendar_nor_a_no_is_claimed() -> None:
    asked = next(made for made in map(programme, map(Random, range(60))) if solve(made))
    with pytest.raises(OutOfWork):
        solve(asked, -1)
