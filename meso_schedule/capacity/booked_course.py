"""A booked course that may change: where its sessions are, where they may go, what that takes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from meso_schedule.availability.shared_days import SharedAvailability
from meso_schedule.availability.staff import Needs
from meso_schedule.book.takings import BookedVisit
from meso_schedule.capacity.capacities import Capacities, Cell
from meso_schedule.capacity.places import (
    Calendar,
    Placement,
    RepairMeasure,
    change_between,
    dropped,
)
from meso_schedule.search.feasibility import shortened
from meso_schedule.search.task import Task


@dataclass(frozen=True)
class BookedCourse:
    """A course of one treatment with its top-ups, as a repair sees it.

    Args:
        id: By which it is told from others; ties go by it.
        tasks: What its sessions may do: one for each practitioner who may give all of them, where
            one has to.
        booked: Where its sessions are.
        kept: The places in `booked` of those that stay as they are.
        taken: What its visits take as they are booked.
        remaining: The visits that it has still when it can't be kept: those before the first
            that falls away.
        fewest: How many sessions it can't be without: those after them are top-ups, and are
            dropped for a call each where they find no place. Left out, all that are booked.
    """

    id: str
    tasks: tuple[Task, ...]
    booked: Calendar
    kept: frozenset[int]
    taken: Counter[Cell] = field(default_factory=Counter)
    remaining: tuple[BookedVisit, ...] = ()
    fewest: int | None = None

    @cached_property
    def variants(self) -> tuple[Task, ...]:
        """The tasks; one for each day of session 0 where an end counts from it.

        Then the same without some of the last top-ups, and with at least one session.
        """
        whole = [one for task in self.tasks for one in _by_first_day(task)]
        counts = range(max(1, self._fewest), len(self.booked))
        return (*whole, *(shortened(task, count) for task in whole for count in counts))

    @property
    def _fewest(self) -> int:
        return len(self.booked) if self.fewest is None else self.fewest

    @cached_property
    def late_days(self) -> tuple[int, ...]:
        """How late each session is booked."""
        days = [place.day for place in self.booked]
        return tuple(_lateness(self.tasks[0], days))

    @property
    def needs(self) -> Needs:
        """What a visit takes."""
        return days_of(self.tasks[0]).needs[0]

    def measure(self, calendar: Calendar | None) -> RepairMeasure:
        """Return what a calendar of it costs."""
        if calendar is None and self._fewest:
            return RepairMeasure(not_kept=1)
        places = calendar or ()
        late = _lateness(self.tasks[0], [place.day for place in places])
        more = sum(max(0, new - old) for new, old in zip(late, self.late_days, strict=False))
        change = change_between(self.booked[: len(places)], places)._replace(late_days=more)
        return change.plus(dropped(len(self.booked) - len(places)))

    def taken_by(self, calendar: Calendar | None, capacities: Capacities) -> Counter[Cell]:
        """Return the quarters that a calendar of it takes."""
        found: Counter[Cell] = Counter()
        if calendar is None:
            for visit in self.remaining:
                found.update(capacities.taken_by_visit(visit))
            return found
        rooms, (_, begin, end) = capacities.uses(self.needs)
        for place in calendar:
            first = self.first_quarter(place)
            for resource, after, until in (*rooms, ((place.practitioner,), begin, end)):
                found.update((resource, first + quarter) for quarter in range(after, until))
        return found

    def first_quarter(self, place: Placement) -> int:
        """Return the quarter in which a session begins, counted since 1970."""
        days = days_of(self.tasks[0])
        first, _ = days.staff.day(date.fromordinal(place.day))
        return first + days.bit_at(place.day, place.minute)


def days_of(task: Task) -> SharedAvailability:
    """Return the days of a task of a clinic that names who treats."""
    assert isinstance(task.days, SharedAvailability), "the clinic names who treats"
    return task.days


def _by_first_day(task: Task) -> Iterator[Task]:
    if task.valid is None:
        yield task
        return
    for day in task.days_for(0, task.first, task.last):
        yield replace(task, first=day, last=day).valid_from(day)


def _lateness(task: Task, days: Sequence[int]) -> Iterator[int]:
    """Yield by how many days each session is past its window."""
    for session, day in enumerate(days):
        step = task.step(session, days)
        if step is None:
            yield 0
        else:
            rule, before = step
            yield max(0, day - rule.after(before)[2])
