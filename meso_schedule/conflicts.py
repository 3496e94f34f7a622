"""Why no calendar fits, and the cheapest ways out."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from meso_schedule.availability import Availability
from meso_schedule.clinic import Clinic
from meso_schedule.course import (
    BlockedDay,
    Conflict,
    DateSpan,
    WayOut,
)
from meso_schedule.dates import LAST_ORDINAL, DateRange
from meso_schedule.errors import NoCalendarFits
from meso_schedule.phrases import Phrase, counted, days, joined, phrase
from meso_schedule.reach import (
    Feasibility,
    Reach,
    is_possible,
    reachable,
)
from meso_schedule.request import MAX_DAYS, START_WITHIN, CourseRequest
from meso_schedule.rules import together
from meso_schedule.search import (
    Task,
    best_dates,
    measure,
)
from meso_schedule.tasks import Setup, availability_for
from meso_schedule.windows import GapWindows

_ORDER = ("late", "start", "finish_by", "event", "away", "closure", "sessions")


def no_calendar(setup: Setup) -> NoCalendarFits:
    """Return the error of a course that cannot be placed: its conflict and its ways out."""
    task = setup.task()
    reach = reachable(task)
    return NoCalendarFits(_conflict(setup, task, reach), _ways_out(setup, task, reach))


def _conflict(setup: Setup, task: Task, reach: Reach) -> Conflict:
    session = len(reach.layers)
    span = [day for first, last in reach.spans for day in range(first, min(last, LAST_ORDINAL) + 1)]
    told = {day: joined(_reasons(setup, task, session, day), "; ") for day in span}
    if not told:
        gap = task.gaps[session - 1]
        lapsed = phrase("past the lapse, {interval}", interval=together(gap.gap.lapse))
        told = {gap.after(day)[0]: lapsed for day in reach.layers[-1]}
    blocked = [BlockedDay(date=date.fromordinal(day), reason=why) for day, why in told.items()]
    window = DateSpan(earliest=blocked[0].date, latest=blocked[-1].date)
    return Conflict(session=session + 1, window=window, blocked=tuple(blocked))


def _reasons(setup: Setup, task: Task, session: int, day: int) -> Iterator[str]:
    yield from setup.availability.reasons(day)
    pin = task.pins.get(session)
    if pin is not None and pin != day:
        yield phrase(
            "session {number} is pinned to {day}", number=session + 1, day=date.fromordinal(pin)
        )
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
        _more_late(setup, task),
        _other_start(setup, task),
        _later_finish(setup, task),
        _later_event(setup, task),
        _less_away(setup, task),
        _extra_openings(setup, task),
        _fewer_sessions(setup, reach),
    ]
    found = [way for way in ways if way]
    return tuple(
        sorted(
            found,
            key=lambda way: (
                way.cost_days is None,
                way.cost_days or 0,
                _ORDER.index(way.kind),
            ),
        )
    )


def _more_late(setup: Setup, task: Task) -> WayOut | None:
    def widened(late: int) -> Task:
        gaps = {id(gap): gap.gap for gap in task.gaps}
        rules = {key: GapWindows(gap, late) for key, gap in gaps.items()}
        return replace(task, gaps=[rules[id(gap)] for gap in task.gaps])

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
    if setup.is_backwards:
        return None
    within = setup.request.start_within
    width = START_WITHIN if within is None else within
    begin = max(task.first - MAX_DAYS, setup.as_of.toordinal())
    end = min(task.first + MAX_DAYS, LAST_ORDINAL - width, task.limit)
    possible = Feasibility(task)
    starts = [day for day in task.days_for(0, begin, end + width) if possible(0, day)]
    for shift in range(1, MAX_DAYS + 1):
        for start in (task.first - shift, task.first + shift):
            place = bisect_left(starts, start)
            if begin <= start <= end and place < len(starts) and starts[place] <= start + width:
                day = date.fromordinal(start)
                message = (
                    phrase("Start {days} later: {day}.", days=days(shift), day=day)
                    if start > task.first
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
    last = max(task.last, limit) if setup.is_backwards else task.last
    end = _earliest_end(replace(task, last=last, end=None), limit)
    if end is None:
        return None
    day = setup.protocol.settle.after(date.fromordinal(end))
    shift = (day - event).days
    if shift > MAX_DAYS:
        return None
    message = phrase("Hold the event {days} later: {day}.", days=days(shift), day=day)
    return WayOut(kind="event", message=message, option=f"--event {day}", cost_days=shift)


def _freed(task: Task, open_days: Availability) -> list[int]:
    """Return the fewest days to free, as ordinals, when those of `open_days` could be used."""
    days = task.days

    def costs(day: int) -> bool:
        return not days.usable(day, day)

    dates = best_dates(replace(task, days=open_days, toll=costs))
    return [day for day in dates if costs(day)] if dates else []


def _less_away(setup: Setup, task: Task) -> WayOut | None:
    if not setup.request.away:
        return None
    home = setup.request.model_copy(update={"away": ()})
    freed = _freed(task, availability_for(setup.protocol, home, setup.clinic, setup.busy))
    if not freed:
        return None
    left = _without(setup.request, freed)
    message = phrase("Come on {days} after all.", days=joined(map(_named, freed), "; "))
    option = " ".join(f"--away {absence}" for absence in left)
    return WayOut(kind="away", message=message, option=option, cost_days=len(freed))


def _without(request: CourseRequest, freed: Sequence[int]) -> Iterator[DateRange]:
    for absence in request.away:
        first = absence.first.toordinal()
        for day in [*freed, absence.last.toordinal() + 1]:
            if not first <= day <= absence.last.toordinal() + 1:
                continue
            if first < day:
                yield DateRange(date.fromordinal(first), date.fromordinal(day - 1))
            first = day + 1


def _extra_openings(setup: Setup, task: Task) -> WayOut | None:
    clinic = setup.clinic
    if not clinic.closures and not clinic.holidays:
        return None
    lifted = clinic.model_copy(update={"closures": (), "holidays": None})
    freed = _freed(task, availability_for(setup.protocol, setup.request, lifted, setup.busy))
    if not freed:
        return None
    lines = "\n".join(_opening(clinic, date.fromordinal(day)) for day in freed)
    message = phrase(
        "Open on {days}, in the clinic file:\n{lines}",
        days=counted(len(freed), "a closed day", "{count} closed days"),
        lines=lines,
    )
    return WayOut(kind="closure", message=message, option=None, cost_days=len(freed))


def _opening(clinic: Clinic, day: date) -> str:
    hours = ", ".join(f'"{hours}"' for hours in clinic.hours.of_weekdays()[day.weekday()])
    return f'[[openings]]\ndate = "{day}"\nhours = [{hours}]'


def _fewer_sessions(setup: Setup, reach: Reach) -> WayOut | None:
    count = len(reach.layers)
    pinned = max((pin.session for pin in setup.request.pin), default=0)
    if count < max(setup.protocol.sessions.minimum, pinned, 1):
        return None
    message = phrase(
        "Plan {sessions} instead of {asked}.",
        sessions=counted(count, "{count} session", "{count} sessions"),
        asked=setup.sessions,
    )
    return WayOut(kind="sessions", message=message, option=f"--sessions {count}", cost_days=None)


def _named(ordinal: int) -> Phrase:
    return phrase("{day}", day=date.fromordinal(ordinal))
