"""Sessions placed one after another: their windows, slack and reasons, and what they measure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from meso_schedule.base.phrases import Phrase, phrase
from meso_schedule.course.bill import MoneyRange
from meso_schedule.course.course_plan import Alternative, Objective, Session
from meso_schedule.course.history import Window
from meso_schedule.evaluation.verdicts import name_of
from meso_schedule.planner.reasons import Step, first_reasons, gap_reasons, restart_reasons
from meso_schedule.planner.setup import Setup
from meso_schedule.rules.rule_tables import Gap, TopUp
from meso_schedule.search.feasibility import Feasibility, room_to_move
from meso_schedule.search.single_track import best_dates
from meso_schedule.search.task import Booking, Task, measure, moves

NOTHING_TO_PLAN = Objective(
    late_days=0, start_days=0, preference_misses=0, squared_deviation=0, time_minutes=0
)


@dataclass(frozen=True, slots=True)
class PlacedTrack:
    """Sessions placed one after another: the course, or the top-ups from its last session."""

    setup: Setup
    task: Task
    dates: list[int]
    number: int
    rules: Sequence[Gap]
    price: MoneyRange | None

    def before(self, place: int) -> int | None:
        """Return the day of the session before one, held or planned; None before the first."""
        if place:
            return self.dates[place - 1]
        if self.task.lead:
            return self.task.lead[1]
        return self.setup.standing.last.toordinal() if self.setup.standing else None

    def booking(self, place: int) -> Booking | None:
        """Return where a session is booked, when it stays there."""
        day = self.dates[place]
        return self.task.booked.get(place) if self.task.move(place, day) is None else None


def planned_sessions(chain: PlacedTrack) -> Iterator[Session]:
    """Yield the sessions of a chain, each with its window, slack and reasons."""
    availability = chain.setup.availability
    room = room_to_move(chain.task, chain.dates)
    for place, day in enumerate(chain.dates):
        before = chain.before(place)
        booking = chain.booking(place)
        minute = booking.minute if booking else None
        is_timed = availability.timed or minute is not None
        start, end = availability.instants(day, minute) if is_timed else (None, None)
        step = chain.task.step(place, chain.dates)
        window = _window(chain, step)
        furthest, backup = room[place]
        rule = chain.rules[place]
        yield Session(
            number=chain.number + place,
            protocol=chain.setup.protocol.id,
            phase=name_of(rule),
            date=date.fromordinal(day),
            start=start,
            end=end,
            interval_days=day - before if before else None,
            window=window,
            late_days=max(0, day - window.latest.toordinal()) if step else 0,
            provisional=_is_provisional(chain, place),
            top_up=isinstance(rule, TopUp),
            slack_days=furthest - day,
            backup=date.fromordinal(backup) if backup else None,
            price=chain.price,
            why=tuple(_why(chain, place, step)),
            sources=rule.sources,
        )


def _window(chain: PlacedTrack, step: Step | None) -> Window:
    if step:
        earliest, recommended, latest, _ = step[0].after(step[1])
    else:
        earliest, latest = chain.task.first, chain.task.last
        recommended = chain.dates[0] if chain.setup.is_free else earliest
    return Window(
        earliest=date.fromordinal(earliest),
        recommended=date.fromordinal(recommended),
        latest=date.fromordinal(latest),
    )


def _why(chain: PlacedTrack, place: int, step: Step | None) -> Iterator[str]:
    setup, day = chain.setup, chain.dates[place]
    if step:
        name = name_of(chain.rules[place])
        yield from gap_reasons(chain.task, setup.availability, place, day, step, name=name)
        yield from _staying(chain, place)
        if _is_provisional(chain, place):
            yield phrase("only if the skin has improved")
    elif setup.standing:
        yield from restart_reasons(chain.task, setup.availability, day, setup.standing)
        yield from _staying(chain, place)
    else:
        event = setup.request.event if setup.is_backwards else None
        start = setup.start.toordinal()
        yield from first_reasons(chain.task, setup.availability, day, event=event, start=start)
        yield from _staying(chain, place)


def _staying(chain: PlacedTrack, place: int) -> Iterator[Phrase]:
    """Say why a session stays on a day whatever its window would have it do."""
    if place in chain.task.pins:
        yield chain.setup.fixed.get(chain.number + place) or phrase("fixed by request")
    elif chain.booking(place):
        yield phrase("booked on this day already")


def _is_provisional(chain: PlacedTrack, place: int) -> bool:
    """Tell whether a session depends on improvement that is not recorded."""
    waits = getattr(chain.rules[place], "after_improvement", False)
    return waits and not chain.setup.request.improved_on


def objective_of(chain: PlacedTrack, dates: Sequence[int]) -> Objective:
    """Return what a calendar of the chain's sessions is measured by."""
    task, setup = chain.task, chain.setup
    late, start, misses, square, minutes = measure(task, dates)
    if task.end is None and setup.standing is None:
        # The days that were past on the day of planning count from the start too.
        start += task.first - setup.start.toordinal()
    moved, moved_days = moves(task, dates) if task.booked else (None, None)
    return Objective(
        late_days=late,
        moved=moved,
        moved_days=moved_days,
        start_days=start,
        preference_misses=misses,
        squared_deviation=square,
        time_minutes=minutes,
    )


def alternatives_of(course: PlacedTrack) -> Iterator[Alternative]:
    """Yield the best calendars for other days of the first session."""
    wanted = course.setup.request.alternatives
    if not wanted:
        return
    task, availability = course.task, course.setup.availability
    possible = Feasibility(task)
    found = []
    for day in task.days_for(0, task.first, task.last):
        if day == course.dates[0] or not possible(0, day):
            continue
        dates = best_dates(replace(task, pins={**task.pins, 0: day}))
        assert dates is not None, "a possible day has a calendar"
        found.append((measure(task, dates), dates))
    for _, dates in sorted(found)[:wanted]:
        timed = availability.timed
        yield Alternative(
            dates=tuple(date.fromordinal(day) for day in dates),
            starts=tuple(availability.instants(day)[0] if timed else None for day in dates),
            objective=objective_of(course, dates),
        )
