"""Sessions placed one after another: their windows, slack and reasons, and what they measure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from meso_schedule.availability.shared_days import SharedAvailability
from meso_schedule.base.phrases import Phrase, phrase
from meso_schedule.course.bill import MoneyRange
from meso_schedule.course.course_plan import Session
from meso_schedule.course.criteria import Objective
from meso_schedule.course.history import Window
from meso_schedule.evaluation.verdicts import name_of
from meso_schedule.planner.programme_setup import ProgrammeSetup
from meso_schedule.planner.reasons import Step, first_reasons, gap_reasons, restart_reasons
from meso_schedule.planner.setup import Setup
from meso_schedule.planner.visit_times import Shared
from meso_schedule.rules.rule_tables import Gap, TopUp
from meso_schedule.search.measure import Measure
from meso_schedule.search.programme import Room
from meso_schedule.search.task import Booking, Task, measure

NOTHING_TO_PLAN = Objective.made(
    late_days=0, start_days=0, preference_misses=0, squared_deviation=0, time_minutes=0
)


class PlacedTrack(NamedTuple):
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

    def times(self, place: int) -> tuple[datetime | None, datetime | None]:
        """Return when a session begins and ends in a visit of its own; None without a time."""
        availability, booking = self.setup.availability, self.booking(place)
        minute = booking.minute if booking else None
        if minute is None and not availability.timed:
            return None, None
        return availability.instants(self.dates[place], minute)

    def takes(self, place: int) -> tuple[str | None, str | None]:
        """Return who gives a session in a visit of its own, and where; None where nobody knows."""
        availability, day = self.setup.availability, self.dates[place]
        if not isinstance(availability, SharedAvailability):
            return None, None
        booking = self.booking(place)
        kept = booking.minute if booking else None
        minute = availability.start_minute(day) if kept is None else kept
        giver = booking.practitioner if booking else None
        return giver or availability.choice(day).people[0], availability.room_at(day, minute)


def planned_sessions(
    chain: PlacedTrack, room: Room, shared: Mapping[int, Shared], after: int = 0
) -> Iterator[Session]:
    """Yield the sessions of a chain, each with its window, slack and reasons.

    Args:
        chain: The sessions placed.
        room: The last day each could be on, and the first one after its date.
        shared: Its part in visits that it shares with other treatments, by day.
        after: The number after which they are told.
    """
    for place in range(max(0, after + 1 - chain.number), len(chain.dates)):
        day = chain.dates[place]
        before = chain.before(place)
        visit = shared.get(day)
        start, end = (visit.start, visit.end) if visit else chain.times(place)
        giver, room_id = (visit.practitioner, visit.room) if visit else chain.takes(place)
        step = chain.task.step(place, chain.dates)
        window = _window(chain, step)
        furthest, backup = room[place]
        rule = chain.rules[place]
        yield Session.made(
            number=chain.number + place,
            label=chain.setup.label,
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
            slack_days=None if furthest is None else furthest - day,
            backup=date.fromordinal(backup) if backup else None,
            price=chain.price,
            why=(*_why(chain, place, step), *([visit.why] if visit else [])),
            sources=rule.sources,
            practitioner=giver,
            room=room_id,
        )


def _window(chain: PlacedTrack, step: Step | None) -> Window:
    if step:
        earliest, recommended, latest, _ = step[0].after(step[1])
    else:
        earliest, latest = chain.task.first, chain.task.last
        recommended = chain.dates[0] if chain.setup.is_free else earliest
    return Window.made(
        earliest=date.fromordinal(earliest),
        recommended=date.fromordinal(recommended),
        latest=date.fromordinal(latest),
    )


def _why(chain: PlacedTrack, place: int, step: Step | None) -> Iterator[str]:
    setup, day = chain.setup, chain.dates[place]
    if step:
        name = name_of(chain.rules[place])
        yield from gap_reasons(chain.task, setup.availability, place, day, step, name=name)
        yield from _ending(chain, place, step)
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


def _ending(chain: PlacedTrack, place: int, step: Step) -> Iterator[Phrase]:
    """Say until when the course is valid, where that ends the window of a session."""
    until = chain.setup.valid_until(date.fromordinal(chain.dates[0]))
    is_top_up = isinstance(chain.rules[place], TopUp)
    if until and not is_top_up and step[0].after(step[1])[2] > until.toordinal():
        yield phrase("by {day}, the last day on which the course is valid", day=until)


def _staying(chain: PlacedTrack, place: int) -> Iterator[Phrase]:
    """Say why a session stays on a day whatever its window would have it do."""
    if place in chain.task.pins:
        yield chain.setup.fixed.get(chain.number + place) or phrase("fixed by request")
    elif chain.booking(place):
        yield phrase("booked on this day already")


def _is_provisional(chain: PlacedTrack, place: int) -> bool:
    """Tell whether a session depends on improvement that is not recorded."""
    waits = getattr(chain.rules[place], "after_improvement", False)
    return waits and chain.setup.known.answer != "yes"


def objective_of(chain: PlacedTrack) -> Objective:
    """Return what the sessions of a chain are measured by, as if they stood alone."""
    task, setup = chain.task, chain.setup
    # The days that were past on the day of planning count from the start too.
    is_begun = task.end is not None or setup.standing is not None
    gone = 0 if is_begun else task.first - setup.start.toordinal()
    aside = (*_aside(setup, is_booked=bool(task.booked)), "visits")
    return _objective(measure(task, chain.dates), gone, aside)


def objective_of_all(
    asked: ProgrammeSetup, measure: Measure, bound: Measure | None = None
) -> Objective:
    """Return what a calendar of all treatments is measured by.

    Args:
        asked: What is asked.
        measure: Of the calendar.
        bound: What no calendar is better than, where the best one is not proven.
    """
    aside = _aside(asked.setups[0], is_booked=asked.is_booked)
    found = _objective(measure, asked.days_gone, aside)
    if bound is None:
        return found
    return found.model_copy(update={"bound": objective_of_all(asked, bound)})


def _aside(setup: Setup, *, is_booked: bool) -> tuple[str, ...]:
    """Return the criteria that are of no matter."""
    return (
        *(() if is_booked else ("moved", "moved_days")),
        *(() if setup.label else ("visits",)),
        *(() if setup.staff else ("other_practitioner",)),
    )


def _objective(measure: Measure, days_gone: int, aside: Collection[str]) -> Objective:
    values = {name: value for name, value in measure.items() if name not in aside}
    return Objective.made(**values | {"start_days": values["start_days"] + days_gone})
