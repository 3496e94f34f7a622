"""The best calendars for other days of the first visit."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from meso_schedule.availability.treatment_spacing import Block
from meso_schedule.base.dates import DateRange
from meso_schedule.base.phrases import phrase
from meso_schedule.course.course_plan import Alternative, Finding
from meso_schedule.planner.placing import PlacedProgramme, course_track, marks_of, taken_by
from meso_schedule.planner.programme_setup import ProgrammeSetup
from meso_schedule.planner.sessions import objective_of_all
from meso_schedule.planner.visit_times import shared_times
from meso_schedule.search.programme import Calendar
from meso_schedule.search.solving import solve
from meso_schedule.search.task import OutOfWork, Task

# Steps looked at for one other day. What only a wish for other days needs is imported where it is.
_MOST_STEPS = 20_000


def alternatives_of(placed: PlacedProgramme) -> tuple[list[Alternative], list[Finding]]:
    """Return the best calendars of other days of the first visit, and what was not told of them."""
    asked, dates = placed.asked, placed.calendar.dates
    wanted = asked.request.alternatives
    if not wanted or not any(dates):
        return [], []
    first = min(days[0] for days in dates if days)
    found: list[tuple[ProgrammeSetup, Calendar]] = []
    staffed = [asked.with_main(main) for main in asked.mains] or [asked]
    findings: list[Finding] = []
    for day in _first_days(asked):
        if day == first:
            continue
        try:
            found += _best_beginning_on(staffed, day)
        except OutOfWork:
            message = phrase(
                "Whether the first visit could be on {day} took too much work to tell.",
                day=date.fromordinal(day),
            )
            findings.append(Finding.made(kind="not_proved", message=message))
    best = sorted(found, key=lambda it: _rank(it[1]))[:wanted]
    return [_alternative(one, calendar) for one, calendar in best], findings


def _rank(calendar: Calendar) -> tuple[Any, ...]:
    return (*calendar.measure.values(), calendar.dates)


def _best_beginning_on(
    staffed: Sequence[ProgrammeSetup], day: int
) -> list[tuple[ProgrammeSetup, Calendar]]:
    """Return the best calendar whose first visit is on a day, whoever the main practitioner is."""
    found = [(one, calendar) for one in staffed for calendar in _beginning_on(one, day)]
    return [min(found, key=lambda it: _rank(it[1]))] if found else []


def _first_days(asked: ProgrammeSetup) -> list[int]:
    """Return the days that any treatment can begin with."""
    from meso_schedule.search.openings import Openings

    coming = [task for task in asked.tasks if task.count]
    last = Openings(asked.programme()).last_beginning
    days = {day for task in coming for day in task.days_for(0, task.first, last)}
    return sorted(days)


def _beginning_on(asked: ProgrammeSetup, day: int) -> list[Calendar]:
    """Return the best calendar whose first visit is on a day, where there is one."""
    first = min(task.first for task in asked.tasks if task.count)
    passed = [DateRange(date.fromordinal(first), date.fromordinal(day - 1))] if first < day else []
    shut = [Block(days, phrase("{day}", day=days)) for days in passed]
    tasks = [
        replace(task, days=setup.availability.without(shut))
        for task, setup in zip(asked.tasks, asked.setups, strict=True)
    ]
    found = [
        solve(
            asked.programme([*tasks[:place], _pinned(task, day), *tasks[place + 1 :]]), _MOST_STEPS
        )
        for place, task in enumerate(asked.tasks)
        if task.count and task.days_for(0, max(task.first, day), day)
    ]
    best = min(filter(None, found), key=_rank, default=None)
    return [best] if best else []


def _pinned(task: Task, day: int) -> Task:
    return replace(task, pins={**task.pins, 0: day})


def _alternative(asked: ProgrammeSetup, calendar: Calendar) -> Alternative:
    """Return a calendar as a plan tells it: its sessions by date."""
    told = sorted(_sessions(asked, calendar), key=lambda it: it[:2])
    return Alternative.made(
        dates=tuple(date.fromordinal(day) for day, _, _ in told),
        starts=tuple(start for _, _, start in told),
        labels=tuple(mark for _, mark, _ in told if mark),
        objective=objective_of_all(asked, calendar.measure),
    )


def _sessions(
    asked: ProgrammeSetup, calendar: Calendar
) -> Iterator[tuple[int, str, datetime | None]]:
    """Yield the day, the mark among several treatments, and the start of each session."""
    tracks = [
        [course_track(asked, place, setup, days, None)] if days else []
        for place, (setup, days) in enumerate(zip(asked.setups, calendar.dates, strict=True))
    ]
    marks = dict(marks_of(tracks))
    shared = shared_times(asked, taken_by(asked, calendar), marks)
    for place, own in enumerate(tracks):
        for track in own:
            for session, day in enumerate(track.dates):
                visit = shared[place].get(day)
                start = visit.start if visit else track.times(session)[0]
                yield day, marks[place, day] if track.setup.label else "", start
