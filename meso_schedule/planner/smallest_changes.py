"""The smallest change of each kind that makes a calendar possible where none fits."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any, Literal

from meso_schedule.availability.open_days import OpenDays
from meso_schedule.base.dates import LAST_ORDINAL, DateRange
from meso_schedule.base.phrases import Phrase, counted, days, joined, phrase
from meso_schedule.base.times import Between, Weekday
from meso_schedule.course.no_calendar import Released, WayOut, released
from meso_schedule.course.request import MAX_DAYS, CourseRequest
from meso_schedule.planner.programme_setup import ProgrammeSetup
from meso_schedule.planner.setting_up import asked_again, asked_otherwise
from meso_schedule.planner.setup import Setup
from meso_schedule.planner.trying import Tries, least
from meso_schedule.search.programme import Programme
from meso_schedule.search.solving import beginnings


def more_late(asked: ProgrammeSetup, tries: Tries) -> WayOut | None:
    """Let sessions be later than their windows by the fewest days."""

    def allowed(late: int) -> Programme:
        return asked.asking(late=late).programme()

    late = least(asked.request.late, MAX_DAYS, lambda late: tries.fits(allowed(late)))
    calendar = None if late is None else tries.best(allowed(late))
    if late is None or calendar is None:
        return None
    cost = calendar.measure["late_days"]
    message = phrase(
        "Let sessions be up to {days} late: {total} past the windows in all.",
        days=days(late),
        total=days(cost),
    )
    return WayOut(kind="late", message=message, change={"late": late}, cost_days=cost)


def other_start(asked: ProgrammeSetup, tries: Tries) -> WayOut | None:
    """Shift the start of one treatment by the fewest days."""
    found = [_start_of(asked, place, tries) for place in range(len(asked.setups))]
    ways = [way for way in found if way]
    return min(ways, key=lambda way: way.cost_days or 0, default=None)


def _start_of(asked: ProgrammeSetup, place: int, tries: Tries) -> WayOut | None:
    """Return the smallest shift of the start of one treatment that helps, of two the earlier."""
    setup, task = asked.setups[place], asked.tasks[place]
    if setup.is_backwards or setup.standing:
        return None
    start, width = setup.start.toordinal(), setup.request.within
    first = max(start - MAX_DAYS, asked.as_of.toordinal())
    last = min(start + MAX_DAYS, LAST_ORDINAL - width, task.limit)

    can = beginnings(asked.programme(), place)

    def fits(earliest: int, latest: int, opens: int | None = None) -> bool:
        moved = replace(task, first=earliest, last=latest, opens=opens)
        return earliest <= latest and tries.tells(can, moved)

    def helps(shift: int) -> bool:
        latest = min(last, start + shift)
        opens = setup.first_free(latest)
        end = min(opens + width, LAST_ORDINAL)
        return latest >= first and fits(max(first, start - shift), end, opens)

    # Most often no other start of this treatment helps, which the widest range tells at once.
    shift = least(0, MAX_DAYS, helps) if helps(MAX_DAYS) else None
    if shift is None:
        return None
    is_earlier = start - shift >= first and fits(start - shift, start - shift)
    day = date.fromordinal(start - shift if is_earlier else start + shift)
    message = _moved_start(setup, shift, day, is_earlier=is_earlier)
    change = _wish(asked, place, start=day)
    return WayOut(kind="start", message=message, change=change, cost_days=shift)


def _wish(asked: ProgrammeSetup, place: int, **change: Any) -> dict[str, Any]:
    """Return what one treatment is asked instead: among several in its own wish."""
    own = {"protocol": (replace(asked.wanted[place], **change),)}
    return asked.setups[place].told(change, own)


def _moved_start(setup: Setup, shift: int, day: date, *, is_earlier: bool) -> Phrase:
    told, name = {"days": days(shift), "day": day}, setup.protocol.name
    if is_earlier:
        return setup.told(
            phrase("Start {days} earlier: {day}.", **told),
            phrase("Start {name} {days} earlier: {day}.", name=name, **told),
        )
    return setup.told(
        phrase("Start {days} later: {day}.", **told),
        phrase("Start {name} {days} later: {day}.", name=name, **told),
    )


def later(
    name: Literal["finish_by", "event"], asked: ProgrammeSetup, tries: Tries
) -> WayOut | None:
    """Return the smallest shift of the day to finish by, or of the event, that helps."""
    day: date | None = getattr(asked.request, name)
    if day is None:
        return None
    last = min(MAX_DAYS, LAST_ORDINAL - day.toordinal())

    def fits(shift: int) -> bool:
        return tries.fits(asked.asking(**{name: day + timedelta(days=shift)}).programme())

    shift = least(0, last, fits)
    if shift is None:
        return None
    later = day + timedelta(days=shift)
    message = (
        phrase("Finish {days} later: {day}.", days=days(shift), day=later)
        if name == "finish_by"
        else phrase("Hold the event {days} later: {day}.", days=days(shift), day=later)
    )
    return WayOut(kind=name, message=message, change={name: later}, cost_days=shift)


def _freed(
    asked: ProgrammeSetup, open_days: ProgrammeSetup, tries: Tries
) -> tuple[list[int], list[int]]:
    """Return the fewest days to free, when those of `open_days` could be used, and those beside.

    Days are ordinals; none where that helps nothing.
    """

    def costs(held: int, day: int) -> bool:
        come = [setup for place, setup in enumerate(asked.setups) if held >> place & 1]
        if not all(setup.availability.is_usable(day) for setup in come):
            return True
        return len(come) > 1 and not asked.shared(held).is_usable(day)

    calendar = tries.best(open_days.programme(cost_of_day=costs))
    if calendar is None:
        return [], []
    visits: dict[int, int] = defaultdict(int)
    for place, dates in enumerate(calendar.dates):
        for day in dates:
            visits[day] |= 1 << place
    freed = sorted(day for day, held in visits.items() if costs(held, day))
    return freed, [day for day in visits if day not in freed]


def less_away(asked: ProgrammeSetup, tries: Tries) -> WayOut | None:
    """Let the patient come on the fewest days of absence."""
    if not asked.request.away:
        return None
    freed, _ = _freed(asked, asked_again(asked, away=()), tries)
    if not freed:
        return None
    message = phrase("Come on {days} after all.", days=_named(freed))
    change = {"away": tuple(_absences_left(asked.request, freed))}
    return WayOut(kind="away", message=message, change=change, cost_days=len(freed))


def _absences_left(request: CourseRequest, freed: Sequence[int]) -> Iterator[DateRange]:
    """Yield the absences with some days taken out."""
    for absence in request.away:
        first = absence.first.toordinal()
        for day in [*freed, absence.last.toordinal() + 1]:
            if not first <= day <= absence.last.toordinal() + 1:
                continue
            if first < day:
                yield DateRange(date.fromordinal(first), date.fromordinal(day - 1))
            first = day + 1


def extra_openings(asked: ProgrammeSetup, tries: Tries) -> WayOut | None:
    """Let the clinic open on the fewest closed days."""
    clinic, open_days = asked.clinic, asked.setups[0].availability.open_days
    if not clinic.closures and not clinic.holidays:
        return None
    freed, _ = _freed(asked, always_open(asked), tries)
    if not freed:
        return None
    lines = "\n".join(_opening_lines(open_days, date.fromordinal(day)) for day in freed)
    message = phrase(
        "Open on {days}, in the clinic file:\n{lines}",
        days=counted(len(freed), "a closed day", "{count} closed days"),
        lines=lines,
    )
    return WayOut(kind="closure", message=message, cost_days=len(freed))


def always_open(asked: ProgrammeSetup) -> ProgrammeSetup:
    """Return what is asked of a clinic without closures and holidays."""
    lifted = asked.clinic.model_copy(update={"closures": (), "holidays": None})
    return asked_again(replace(asked, clinic=lifted))


def _opening_lines(open_days: OpenDays, day: date) -> str:
    """Write the lines of a clinic file that open a day at its usual hours."""
    hours = ", ".join(f'"{hours}"' for hours in open_days.hours(day))
    return f'[[openings]]\ndate = "{day}"\nhours = [{hours}]'


def other_weekdays(asked: ProgrammeSetup, tries: Tries) -> WayOut | None:
    """Let the patient come on the fewest days whose weekday was left out."""
    if not asked.request.days:
        return None
    freed, _ = _freed(asked, asked_again(asked, days=None), tries)
    if not freed:
        return None
    numbers = {date.fromordinal(day).weekday() for day in freed}
    numbers |= {day.number for day in asked.request.days}
    message = phrase("Come on other weekdays: {days}.", days=_named(freed))
    change = {"days": tuple(map(Weekday, sorted(numbers)))}
    return WayOut(kind="days", message=message, change=change, cost_days=len(freed))


def other_hours(asked: ProgrammeSetup, tries: Tries) -> WayOut | None:
    """Let the patient come at any hour of the weekdays of the fewest days."""
    between = asked.request.between
    if not between:
        return None
    freed, beside = _freed(asked, asked_again(asked, between=None), tries)
    if not freed:
        return None
    open_days = asked.setups[0].availability.open_days
    hours = set(_hours_of(open_days, freed))
    weekdays = {date.fromordinal(day).weekday() for day in freed}
    own = {Between(it, day) for day in weekdays for it in open_days.between[day]}
    alike = (it for it in _hours_of(open_days, beside) if it.weekday in weekdays)
    if not all(any(it.lies_in(other) for other in hours) for it in alike):
        # Another day of the weekday is open at other hours: what the patient named stays.
        hours |= own
    kept = (it for it in between if it.weekday not in weekdays)
    change = {"between": (*kept, *sorted(hours, key=_opening_order))}
    message = phrase("Come at other hours: {days}.", days=_named(freed))
    return WayOut(kind="between", message=message, change=change, cost_days=len(freed))


def _hours_of(open_days: OpenDays, days: Iterable[int]) -> Iterator[Between]:
    for day in map(date.fromordinal, days):
        yield from (Between(hours, day.weekday()) for hours in open_days.hours(day))


def _opening_order(hours: Between) -> tuple[int, int]:
    return hours.weekday or 0, hours.hours.start


def _named(freed: Sequence[int]) -> Phrase:
    return joined([phrase("{day}", day=date.fromordinal(day)) for day in freed], "; ")


def release(asked: ProgrammeSetup, tries: Tries) -> WayOut | None:
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

    costs = {place: partial(day_cost, place) for place in range(len(tasks))}
    calendar = tries.best(asked.programme(tasks, costs))
    if calendar is None:
        return None
    freed = [
        Released(setup.named, setup.next_number + session)
        for place, (setup, days) in enumerate(zip(asked.setups, calendar.dates, strict=True))
        for session, day in enumerate(days)
        if day_cost(place, session, day)
    ]
    return released(freed)


def no_improvement(asked: ProgrammeSetup, tries: Tries) -> WayOut | None:
    """Expect no improvement, where it is undecided."""
    if all(setup.ahead.without is None for setup in asked.setups):
        return None
    change: dict[str, Any] = {"no_improvement": True, "improves_after": None}
    changed = asked_otherwise(asked, **change)
    if changed is None or not tries.fits(changed.programme()):
        return None
    after = asked.request.improves_after
    message = phrase("Expect no improvement: the first phases run to the end.")
    if after is None:
        del change["improves_after"]
    else:
        message = phrase(
            "Expect no improvement instead of one after session {number}: the first phases run to"
            " the end.",
            number=after,
        )
    return WayOut(kind="no_improvement", message=message, change=change, cost_days=None)


def fewer_sessions(asked: ProgrammeSetup, tries: Tries) -> WayOut | None:
    """Return the change that leaves out the fewest sessions of one treatment."""
    found = [(_left_out(asked, place, tries), place) for place in range(len(asked.setups))]
    able = [(number, place) for number, place in found if number]
    return _without_some(asked, *min(able)) if able else None


def _without_some(asked: ProgrammeSetup, number: int, place: int) -> WayOut:
    setup = asked.setups[place]
    count = setup.sessions - number
    told = {
        "sessions": counted(count, "{count} session", "{count} sessions"),
        "asked": setup.sessions,
    }
    message = setup.told(
        phrase("Plan {sessions} instead of {asked}.", **told),
        phrase(
            "Plan {sessions} of {protocol} instead of {asked}.",
            protocol=setup.protocol.id,
            **told,
        ),
    )
    change = _wish(asked, place, sessions=count)
    return WayOut(kind="sessions", message=message, change=change, cost_days=None)


def _left_out(asked: ProgrammeSetup, place: int, tries: Tries) -> int | None:
    """Return the fewest sessions of one treatment to leave out."""
    setup = asked.setups[place]

    def fits(number: int) -> bool:
        counts = [other.sessions for other in asked.setups]
        counts[place] -= number
        changed = asked_otherwise(asked, counts)
        return changed is not None and tries.fits(changed.programme())

    return least(0, setup.sessions - setup.fewest, fits)
