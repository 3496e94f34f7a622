"""Why each session is on its day, in sentences."""

from collections.abc import Iterator, Sequence
from datetime import date

from meso_schedule.availability.session_days import Availability
from meso_schedule.base.phrases import Phrase, days, phrase, shared_runs
from meso_schedule.base.times import WEEKDAY_NAMES
from meso_schedule.evaluation.standing import Standing
from meso_schedule.evaluation.verdicts import name_of
from meso_schedule.rules.rule_tables import together
from meso_schedule.rules.windows import GapWindows
from meso_schedule.search.task import Task

# The rule before a session, and the day it counts from.
Step = tuple[GapWindows, int]


def first_reasons(
    task: Task, availability: Availability, day: int, *, event: date | None, start: int
) -> Iterator[Phrase]:
    """Explain the first session.

    Args:
        event: The event that the course is planned back from, when no start was given.
        start: The first day it may be on.
    """
    if event:
        yield phrase(
            "counted back so that the last session settles before the event on {event}", event=event
        )
    elif day == start:
        yield phrase("the first day asked for")
    else:
        yield phrase("{days} after the first day asked for", days=days(day - start))
        yield from _passed_over(task, availability, range(start, day), 0)


def restart_reasons(
    task: Task, availability: Availability, day: int, standing: Standing
) -> Iterator[str]:
    """Explain the session with which a phase starts again, after a lapse or by a review."""
    assert standing.rule is not None, "only a session with a rule can start again"
    assert standing.forecast is not None, "asked only when a session follows"
    if standing.forecast.lapse is None:
        yield standing.forecast.reason
    else:
        yield phrase(
            "{phase} starts again: more than {lapse} after the session on {before}",
            phase=name_of(standing.rule),
            lapse=standing.rule.sourced(together(standing.rule.lapse)),
            before=standing.last,
        )
    if day != task.first:
        yield phrase("{days} after the day of planning", days=days(day - task.first))
        yield from _passed_over(task, availability, range(task.first, day), 0)


def gap_reasons(
    task: Task, availability: Availability, session: int, day: int, step: Step, *, name: str
) -> Iterator[Phrase]:
    """Explain a session by the gap before it.

    Args:
        session: Counted from 0.
        day: Its day.
        step: The rule before it, and the day it counts from.
        name: The phase, or what the gap belongs to.
    """
    windows, before = step
    _, recommended, latest, _ = windows.after(before)
    yield phrase(
        "{days} after the session before; {phase}: {rule}",
        days=days(day - before),
        phase=name,
        rule=windows.gap.sourced_text,
    )
    if day > latest:
        yield phrase("{days} past the window, as allowed", days=days(day - latest))
    if day != recommended:
        off, aim = days(abs(day - recommended)), _named(recommended)
        yield (
            phrase("{days} after the recommended {day}", days=off, day=aim)
            if day > recommended
            else phrase("{days} before the recommended {day}", days=off, day=aim)
        )
        between = range(min(day + 1, recommended), max(day, recommended + 1))
        yield from _passed_over(task, availability, between, session)


def _passed_over(
    task: Task, availability: Availability, passed: Sequence[int], session: int
) -> Iterator[Phrase]:
    """Say why days nearer to the aim were not taken, runs of days with one reason together."""
    if session in task.pins:
        return
    told = [_why_not(task, availability, session, day) for day in passed]
    for place, count, reason in shared_runs(told):
        first, last = _named(passed[place]), _named(passed[place + count - 1])
        yield (
            phrase("{day}: {reason}", day=first, reason=reason)
            if count == 1
            else phrase("{first} to {last}: {reason}", first=first, last=last, reason=reason)
        )


def _why_not(task: Task, availability: Availability, session: int, day: int) -> Sequence[str]:
    if session == 0 and day < task.first:
        return [phrase("past on the day of planning")]
    if reasons := availability.reasons(day):
        return reasons
    if task.booked:
        return [phrase("left for what is booked")]
    if task.prefer:
        return [phrase("left for a preferred weekday")]
    return [phrase("left for the course as a whole")]


def _named(ordinal: int) -> Phrase:
    day = date.fromordinal(ordinal)
    return Phrase(f"{WEEKDAY_NAMES[day.weekday()][:3]} {day}", "{day}", {"day": day})
