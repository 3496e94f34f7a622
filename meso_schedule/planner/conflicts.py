"""Why no calendar fits, and the cheapest ways out."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from meso_schedule.base.dates import LAST_ORDINAL
from meso_schedule.base.phrases import Phrase, counted, days, joined, phrase
from meso_schedule.course.history import DateSpan
from meso_schedule.course.no_calendar import BlockedDay, Conflict, NoCalendarFits, WayOut
from meso_schedule.course.request import MAX_DAYS
from meso_schedule.planner.freed_days import extra_openings, less_away, release
from meso_schedule.planner.setup import Setup
from meso_schedule.rules.rule_tables import together
from meso_schedule.search.feasibility import (
    Feasibility,
    Reach,
    is_possible,
    reachable,
)
from meso_schedule.search.single_track import best_dates
from meso_schedule.search.task import Task, measure

_ORDER = ("late", "start", "finish_by", "event", "away", "closure", "release", "sessions")


def no_calendar(setup: Setup) -> NoCalendarFits:
    """Return the error of a course that cannot be placed: its conflict and its ways out."""
    task = setup.task()
    reach = reachable(task)
    return NoCalendarFits(conflict_of(setup, task, reach), _ways_out(setup, task, reach))


def conflict_of(setup: Setup, task: Task, reach: Reach) -> Conflict:
    """Return the first session that cannot be placed, and why."""
    session = len(reach.layers)
    spans = reach.spans if session else [_first_span(setup, task)]
    span = [day for first, last in spans for day in range(first, min(last, LAST_ORDINAL) + 1)]
    number = setup.next_number
    told = {day: joined(hard_reasons(setup, task, session, day, number), "; ") for day in span}
    if not told:
        told = dict(_lapses(task, session, reach))
    blocked = [BlockedDay(date=date.fromordinal(day), reason=why) for day, why in told.items()]
    window = DateSpan(earliest=blocked[0].date, latest=blocked[-1].date)
    return Conflict(session=setup.next_number + session, window=window, blocked=tuple(blocked))


def _lapses(task: Task, session: int, reach: Reach) -> Iterator[tuple[int, Phrase]]:
    """Say of a session whose window opens only after its lapse which lapse that is."""
    steps = [(task.gaps[session - 1], day) for day in reach.layers[-1]] if session else [task.lead]
    for gap, before in filter(None, steps):
        lapse = together(gap.gap.lapse)
        yield gap.after(before)[0], phrase("past the lapse, {interval}", interval=lapse)


def _first_span(setup: Setup, task: Task) -> tuple[int, int]:
    """Return the whole window of session 0, days that are past on the day of planning too."""
    if task.lead is None:
        return (task.first if setup.standing else setup.start.toordinal()), task.last
    earliest, _, _, last = task.lead[0].after(task.lead[1])
    return earliest, last


def hard_reasons(
    setup: Setup, task: Task, session: int, day: int, first_number: int
) -> Iterator[str]:
    """Find why the hard rules keep a session off a day, its window left aside.

    Args:
        setup: What is asked.
        task: The chain of sessions.
        session: Which of them, counted from 0.
        day: The day.
        first_number: The number of the first of them.
    """
    if setup.is_running and day < setup.as_of.toordinal():
        yield phrase("past on the day of planning, {as_of}", as_of=setup.as_of)
        if setup.standing and session == 0:
            yield from setup.standing.lapse_words()
    yield from setup.availability.reasons(day)
    pin = task.pins.get(session)
    if pin is not None and pin != day:
        number, pinned = first_number + session, date.fromordinal(pin)
        if why := setup.fixed.get(number):
            yield phrase(
                "session {number} stays on {day}: {why}", number=number, day=pinned, why=why
            )
        else:
            yield phrase("session {number} is pinned to {day}", number=number, day=pinned)
    if day <= task.limit:
        return
    if first_number > setup.sessions:
        yield phrase("after {day}, the last day of the top-ups", day=setup.request.until)
    else:
        yield from _limit_reasons(setup, day)


def _limit_reasons(setup: Setup, day: int) -> Iterator[str]:
    finish_by, event = setup.request.finish_by, setup.request.event
    if finish_by and day > finish_by.toordinal():
        yield phrase("after {day}, the day to finish by", day=finish_by)
    limit = setup.event_limit
    if limit is not None and day > limit:
        yield phrase(
            "less than {interval} before the event on {day}",
            interval=setup.protocol.settle.words,
            day=event,
        )


def _ways_out(setup: Setup, task: Task, reach: Reach) -> tuple[WayOut, ...]:
    ways = [
        _more_late(setup),
        _other_start(setup, task),
        _later_finish(setup, task),
        _later_event(setup, task),
        less_away(setup, task),
        extra_openings(setup, task),
        release(setup, task),
        _fewer_sessions(setup, reach),
    ]
    return in_order([way for way in ways if way])


def in_order(ways: Sequence[WayOut]) -> tuple[WayOut, ...]:
    """Return ways out, the smallest change first."""
    return tuple(
        sorted(
            ways,
            key=lambda way: (way.cost_days is None, way.cost_days or 0, _ORDER.index(way.kind)),
        )
    )


def _more_late(setup: Setup) -> WayOut | None:
    widened = setup.task
    low = setup.request.late
    step = 1
    while not is_possible(widened(min(low + step, MAX_DAYS))):
        if low + step >= MAX_DAYS:
            return None
        low, step = low + step, step * 2
    high = min(low + step, MAX_DAYS)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_possible(widened(middle)) else (middle, high)
    best = widened(high)
    dates = best_dates(best)
    assert dates is not None, "a possible course has a best calendar"
    cost = measure(best, dates)[0]
    message = phrase(
        "Let sessions be up to {days} late: {total} past the windows in all.",
        days=days(high),
        total=days(cost),
    )
    return WayOut(kind="late", message=message, option=f"--late {high}", cost_days=cost)


def _other_start(setup: Setup, task: Task) -> WayOut | None:
    if setup.is_backwards or setup.standing:
        return None
    width = setup.start_within
    asked = setup.start.toordinal()
    begin = max(asked - MAX_DAYS, setup.as_of.toordinal())
    end = min(asked + MAX_DAYS, LAST_ORDINAL - width, task.limit)
    possible = Feasibility(task)
    starts = [day for day in task.days_for(0, begin, end + width) if possible(0, day)]
    for shift in range(1, MAX_DAYS + 1):
        for start in (asked - shift, asked + shift):
            place = bisect_left(starts, start)
            if begin <= start <= end and place < len(starts) and starts[place] <= start + width:
                day = date.fromordinal(start)
                message = (
                    phrase("Start {days} later: {day}.", days=days(shift), day=day)
                    if start > asked
                    else phrase("Start {days} earlier: {day}.", days=days(shift), day=day)
                )
                return WayOut(
                    kind="start", message=message, option=f"--start {day}", cost_days=shift
                )
    return None


def _earliest_end(task: Task, limit: int) -> int | None:
    """Return the earliest day the last session can be on when only `limit` bounds it."""
    reach = reachable(replace(task, limit=min(limit, LAST_ORDINAL)))
    return min(reach.layers[-1]) if len(reach.layers) == task.count else None


def _later_finish(setup: Setup, task: Task) -> WayOut | None:
    finish_by = setup.request.finish_by
    if finish_by is None:
        return None
    limit = finish_by.toordinal() + MAX_DAYS
    if (event_limit := setup.event_limit) is not None:
        limit = min(limit, event_limit)
    end = _earliest_end(task, limit)
    if end is None:
        return None
    shift, day = end - finish_by.toordinal(), date.fromordinal(end)
    message = phrase("Finish {days} later: {day}.", days=days(shift), day=day)
    return WayOut(kind="finish_by", message=message, option=f"--finish-by {day}", cost_days=shift)


def _later_event(setup: Setup, task: Task) -> WayOut | None:
    event = setup.request.event
    if event is None:
        return None
    limit = event.toordinal() + MAX_DAYS
    if setup.request.finish_by:
        limit = min(limit, setup.request.finish_by.toordinal())
    last = max(task.last, limit) if setup.is_free else task.last
    end = _earliest_end(replace(task, last=last, end=None), limit)
    if end is None:
        return None
    day = setup.protocol.settle.after(date.fromordinal(end))
    shift = (day - event).days
    if shift > MAX_DAYS:
        return None
    message = phrase("Hold the event {days} later: {day}.", days=days(shift), day=day)
    return WayOut(kind="event", message=message, option=f"--event {day}", cost_days=shift)


def _complete_before_restart(setup: Setup) -> int:
    """Return how many sessions would do without the phase that starts again with the next."""
    standing = setup.standing
    if standing is None or not standing.restarts:
        return 0
    last = standing.history[-1]
    return 0 if last.verdict == "too soon" else last.number


def _fewer_sessions(setup: Setup, reach: Reach) -> WayOut | None:
    count = max(setup.next_number - 1 + len(reach.layers), _complete_before_restart(setup))
    pinned = max((pin.session for pin in setup.request.pin), default=0)
    # A session held cannot become one after the course.
    furthest = setup.standing.furthest if setup.standing else 1
    if count < max(setup.protocol.sessions.minimum, pinned, furthest, 1):
        return None
    message = phrase(
        "Plan {sessions} instead of {asked}.",
        sessions=counted(count, "{count} session", "{count} sessions"),
        asked=setup.sessions,
    )
    return WayOut(kind="sessions", message=message, option=f"--sessions {count}", cost_days=None)
