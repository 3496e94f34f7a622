"""The cheapest ways out where several protocols do not fit together."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from meso_schedule.base.dates import LAST_ORDINAL
from meso_schedule.base.errors import InputError
from meso_schedule.base.phrases import counted, days, joined, phrase
from meso_schedule.course.no_calendar import WayOut
from meso_schedule.course.request import MAX_DAYS
from meso_schedule.course.wishes import Wanted
from meso_schedule.planner.conflicts import in_order
from meso_schedule.planner.freed_days import absences_left, named_day, opening_lines
from meso_schedule.planner.programme_setup import ProgrammeSetup, join
from meso_schedule.search.best_first import OutOfWork, best_calendar
from meso_schedule.search.feasibility import Completion
from meso_schedule.search.programme import Programme
from meso_schedule.search.states import Calendar

# A way out is looked for with less work than the calendar itself.
_MOST_STEPS = 40_000


def ways_out_of_programme(asked: ProgrammeSetup) -> tuple[WayOut, ...]:
    """Return the smallest change of each kind that makes a calendar possible, cheapest first.

    A change whose effect takes too much work to tell is left out.
    """
    ways = (
        _more_late(asked),
        _other_start(asked),
        _later(asked, "finish_by"),
        _later(asked, "event"),
        _less_away(asked),
        _extra_openings(asked),
        _release(asked),
        _fewer_sessions(asked),
    )
    return in_order([way for way in ways if way])


def _changed(
    asked: ProgrammeSetup, wanted: tuple[Wanted, ...] | None = None, /, **update: object
) -> ProgrammeSetup:
    """Return what is asked with a change.

    Raises:
        InputError: When it cannot be asked.
    """
    wishes = tuple(map(str, wanted or asked.wanted))
    request = asked.request.model_copy(update={"protocol": wishes, **update})
    protocols = [setup.protocol for setup in asked.setups]
    return join(
        protocols,
        request,
        asked.clinic,
        asked.as_of,
        known=asked.known,
        busy=asked.busy,
        begun=asked.begun,
    )


def _fits(asked: ProgrammeSetup) -> bool:
    return Completion(asked.programme()).can_begin() is True


def _least(low: int, most: int, fits: Callable[[int], bool]) -> int | None:
    """Return the least number above `low`, at most `most`, from which on all fit."""
    if low >= most or not fits(most):
        return None
    step = 1
    while not fits(min(low + step, most)):
        low, step = low + step, step * 2
    high = min(low + step, most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(middle) else (middle, high)
    return high


def _more_late(asked: ProgrammeSetup) -> WayOut | None:
    late = _least(asked.request.late, MAX_DAYS, lambda late: _fits(_changed(asked, late=late)))
    if late is None:
        return None
    changed = _changed(asked, late=late)
    calendar = _attempt(changed.programme())
    if calendar is None:
        return None
    cost = calendar.measure.late_days
    message = phrase(
        "Let sessions be up to {days} late: {total} past the windows in all.",
        days=days(late),
        total=days(cost),
    )
    return WayOut(kind="late", message=message, option=f"--late {late}", cost_days=cost)


def _other_start(asked: ProgrammeSetup) -> WayOut | None:
    found = [_start_of(asked, place) for place in range(len(asked.setups))]
    ways = [way for way in found if way]
    return min(ways, key=lambda way: way.cost_days or 0, default=None)


def _start_of(asked: ProgrammeSetup, place: int) -> WayOut | None:
    """Return the smallest shift of one protocol's start that helps."""
    setup, task = asked.setups[place], asked.tasks[place]
    if setup.is_backwards or setup.standing:
        return None
    asked_for, width = setup.start.toordinal(), setup.start_within
    today = asked.as_of.toordinal()
    begin = max(asked_for - MAX_DAYS, today)
    if not setup.is_running:
        begin = min(asked_for, begin)
    end = max(asked_for, min(asked_for + MAX_DAYS, LAST_ORDINAL - width, task.limit))

    def shift(session: int, day: int) -> int:
        return 0 if session else max(0, day - asked_for - width, asked_for - day)

    tasks = [*asked.tasks]
    tasks[place] = replace(task, first=begin, last=end + width, opens=None)
    calendar = _attempt(asked.programme(tasks, {place: shift}))
    if calendar is None:
        return None
    moved = shift(0, calendar.dates[place][0])
    is_later = calendar.dates[place][0] > asked_for
    start = date.fromordinal(asked_for + moved if is_later else asked_for - moved)
    wish = replace(asked.wanted[place], start=start)
    message = (
        phrase(
            "Start {name} {days} later: {day}.",
            name=setup.protocol.name,
            days=days(moved),
            day=start,
        )
        if is_later
        else phrase(
            "Start {name} {days} earlier: {day}.",
            name=setup.protocol.name,
            days=days(moved),
            day=start,
        )
    )
    return WayOut(kind="start", message=message, option=str(wish), cost_days=moved)


def _attempt(programme: Programme) -> Calendar | None:
    try:
        return best_calendar(programme, _MOST_STEPS)
    except OutOfWork:
        return None


def _later(asked: ProgrammeSetup, name: str) -> WayOut | None:
    """Return the smallest shift of the day to finish by, or of the event, that helps."""
    day: date | None = getattr(asked.request, name)
    if day is None:
        return None
    last = min(MAX_DAYS, LAST_ORDINAL - day.toordinal())

    def moved(shift: int) -> ProgrammeSetup:
        return _changed(asked, **{name: day + timedelta(days=shift)})

    shift = _least(0, last, lambda shift: _fits(moved(shift)))
    if shift is None:
        return None
    later = day + timedelta(days=shift)
    if name == "finish_by":
        message = phrase("Finish {days} later: {day}.", days=days(shift), day=later)
        return WayOut(
            kind="finish_by", message=message, option=f"--finish-by {later}", cost_days=shift
        )
    message = phrase("Hold the event {days} later: {day}.", days=days(shift), day=later)
    return WayOut(kind="event", message=message, option=f"--event {later}", cost_days=shift)


def _freed(asked: ProgrammeSetup, open_days: ProgrammeSetup) -> list[int]:
    """Return the fewest days to free, as ordinals, when those of `open_days` could be used."""
    usable = [setup.availability for setup in asked.setups]

    def costs(day: int) -> bool:
        return not any(days.usable(day, day) for days in usable)

    calendar = _attempt(open_days.programme(cost_of_day=costs))
    if calendar is None:
        return []
    return sorted({day for days in calendar.dates for day in days if costs(day)})


def _less_away(asked: ProgrammeSetup) -> WayOut | None:
    if not asked.request.away:
        return None
    freed = _freed(asked, _changed(asked, away=()))
    if not freed:
        return None
    message = phrase("Come on {days} after all.", days=joined(map(named_day, freed), "; "))
    left = absences_left(asked.request, freed)
    option = " ".join(f"--away {absence}" for absence in left)
    return WayOut(kind="away", message=message, option=option, cost_days=len(freed))


def _extra_openings(asked: ProgrammeSetup) -> WayOut | None:
    clinic = asked.clinic
    if not clinic.closures and not clinic.holidays:
        return None
    lifted = clinic.model_copy(update={"closures": (), "holidays": None})
    freed = _freed(asked, _changed(replace(asked, clinic=lifted)))
    if not freed:
        return None
    lines = "\n".join(opening_lines(clinic, date.fromordinal(day)) for day in freed)
    message = phrase(
        "Open on {days}, in the clinic file:\n{lines}",
        days=counted(len(freed), "a closed day", "{count} closed days"),
        lines=lines,
    )
    return WayOut(kind="closure", message=message, option=None, cost_days=len(freed))


def _release(asked: ProgrammeSetup) -> WayOut | None:
    """Let the fewest booked sessions move that have to stay where they are."""
    fixed = [
        {number - setup.next_number: setup.booked[number].day for number in setup.fixed}
        for setup in asked.setups
    ]
    if not any(fixed):
        return None
    tasks = [
        replace(task, pins={it: day for it, day in task.pins.items() if it not in stays})
        for task, stays in zip(asked.tasks, fixed, strict=True)
    ]

    def day_cost(place: int, session: int, day: int) -> int:
        return int(fixed[place].get(session, day) != day)

    calendar = _attempt(
        asked.programme(tasks, {place: partial(day_cost, place) for place in range(len(tasks))})
    )
    if calendar is None:
        return None
    freed = [
        f"{setup.protocol.id}:{setup.next_number + session}"
        for place, (setup, days) in enumerate(zip(asked.setups, calendar.dates, strict=True))
        for session, day in enumerate(days)
        if day_cost(place, session, day)
    ]
    return WayOut(
        kind="release",
        message=phrase("Let booked session {numbers} move.", numbers=joined(freed)),
        option=" ".join(f"--release {name}" for name in freed),
        cost_days=len(freed),
    )


def _fewer_sessions(asked: ProgrammeSetup) -> WayOut | None:
    """Return the change that leaves out the fewest sessions of one protocol."""
    best: tuple[int, int, Wanted] | None = None
    for place, setup in enumerate(asked.setups):
        # A session held cannot become one after the course.
        held = setup.standing.furthest if setup.standing else 0
        least = max(setup.protocol.sessions.minimum, held)

        def left_out(number: int, place: int = place, count: int = setup.sessions) -> Wanted:
            return replace(asked.wanted[place], sessions=count - number)

        def fits(number: int, place: int = place, make: Callable[[int], Wanted] = left_out) -> bool:
            wanted = (*asked.wanted[:place], make(number), *asked.wanted[place + 1 :])
            try:
                return _fits(_changed(asked, wanted))
            except InputError:  # a session that is pinned
                return False

        most = setup.sessions - least
        number = _least(0, most, fits)
        if number is not None and (best is None or number < best[0]):
            best = number, setup.sessions, left_out(number)
    if best is None:
        return None
    number, count, wish = best
    message = phrase(
        "Plan {sessions} of {protocol} instead of {asked}.",
        sessions=counted(count - number, "{count} session", "{count} sessions"),
        protocol=wish.protocol,
        asked=count,
    )
    return WayOut(kind="sessions", message=message, option=str(wish), cost_days=None)
