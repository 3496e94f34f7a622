"""Why each session is on its day, in sentences."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from meso_schedule.availability import Availability
from meso_schedule.rules import Gap
from meso_schedule.search import Task
from meso_schedule.times import WEEKDAY_NAMES


def first_reasons(
    task: Task, availability: Availability, day: int, *, event: date | None, start: int
) -> Iterator[str]:
    """Explain the first session.

    Args:
        event: The event that the course is planned back from, when no start was given.
        start: The first day it may be on.
    """
    if event:
        yield f"counted back so that the last session settles before the event on {event}"
    elif day == start:
        yield "the first day asked for"
    else:
        yield f"{_days(day - start)} after the first day asked for"
        yield from _passed_over(task, availability, range(start, day), 0)
    yield from _pinned(task, 0)


def gap_reasons(
    task: Task, availability: Availability, session: int, dates: Sequence[int], name: str
) -> Iterator[str]:
    """Explain a session by the gap before it.

    Args:
        session: Counted from 0.
        dates: The days of all sessions.
        name: The phase, or what the gap belongs to.
    """
    before, day = dates[session - 1], dates[session]
    windows = task.gaps[session - 1]
    _, recommended, latest, _ = windows.after(before)
    yield f"{_days(day - before)} after the session before; {name}: {gap_text(windows.gap)}"
    if day > latest:
        yield f"{_days(day - latest)} past the window, as allowed"
    if day != recommended:
        side = "after" if day > recommended else "before"
        yield f"{_days(abs(day - recommended))} {side} the recommended {_named(recommended)}"
        between = range(min(day + 1, recommended), max(day, recommended + 1))
        yield from _passed_over(task, availability, between, session)
    yield from _pinned(task, session)


def gap_text(gap: Gap) -> str:
    """Say an interval rule in words, with the keys of its sources."""
    return f"{gap.text} ({', '.join(gap.sources) or 'assumed'})"


def _passed_over(
    task: Task, availability: Availability, days: Sequence[int], session: int
) -> Iterator[str]:
    """Say why days nearer to the aim were not taken, runs of days with one reason together."""
    if session in task.pins:
        return
    chosen = "a preferred weekday" if task.prefer else "the course as a whole"
    told = [("; ".join(availability.reasons(day)) or f"left for {chosen}", day) for day in days]
    for reason, group in groupby(told, key=lambda entry: entry[0]):
        run = [day for _, day in group]
        span = _named(run[0]) if len(run) == 1 else f"{_named(run[0])} to {_named(run[-1])}"
        yield f"{span}: {reason}"


def _pinned(task: Task, session: int) -> Iterator[str]:
    if session in task.pins:
        yield "fixed by request"


def _named(ordinal: int) -> str:
    day = date.fromordinal(ordinal)
    return f"{WEEKDAY_NAMES[day.weekday()][:3]} {day}"


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"
