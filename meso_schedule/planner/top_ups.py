"""Top-ups of combined treatments: one protocol after another, beside what is placed."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from meso_schedule.availability.days import Availability
from meso_schedule.base.phrases import phrase
from meso_schedule.course.course_plan import Finding
from meso_schedule.planner.programme_setup import ProgrammeSetup
from meso_schedule.planner.setup import Setup, top_up_task
from meso_schedule.planner.shared_visits import lost_and_off, visit_start
from meso_schedule.rules.rule_tables import TopUp
from meso_schedule.search.best_first import best_calendar
from meso_schedule.search.feasibility import Reach, reachable, shortened
from meso_schedule.search.programme import Guest, Programme
from meso_schedule.search.task import Task

Taken = dict[int, list[Guest]]


class VisitDays:
    """Usable days of one protocol on which the visits already placed leave room for it.

    Args:
        alone: The days on which it fits alone.
        joined: What else is placed.
        place: Which protocol.
        taken: Who is treated on each day already.
    """

    def __init__(
        self,
        alone: Availability,
        joined: ProgrammeSetup,
        place: int,
        taken: Mapping[int, Sequence[Guest]],
    ) -> None:
        self._alone = alone
        self._joined = joined
        self._place = place
        self._taken = taken

    def usable(self, first: int, last: int) -> list[int]:
        """Return the usable days from first to last, in order."""
        return [day for day in self._alone.usable(first, last) if self._has_room(day)]

    def _has_room(self, day: int) -> bool:
        """Tell whether a visit has room, and keeps the booked times that it keeps without."""
        guests = [guest for guest in self._taken.get(day, ()) if guest.place != self._place]
        if not guests:
            return True
        shared, every = self._joined.shared, [*guests, own_guest(self._place, None)]
        if not shared(bits_of(every)).is_usable(day):
            return False
        if all(guest.minute is None for guest in guests):
            return True
        return visit_start(guests, day, shared).kept <= visit_start(every, day, shared).kept

    def lookup(self, first: int, last: int) -> Container[int]:
        """Return what tells of each day from first to last whether it is usable."""
        return frozenset(self.usable(first, last))

    def minutes_off(self, day: int) -> int:
        """Return the minutes between the start alone and the preferred time."""
        return self._alone.minutes_off(day)


def own_guest(place: int, minute: int | None) -> Guest:
    """Return a top-up of a protocol as a guest: those of later protocols are placed later."""
    return Guest(place, minute, rank=1 + place)


def bits_of(guests: Sequence[Guest]) -> int:
    """Return the places of those treated, as bits."""
    return sum(1 << guest.place for guest in guests)


@dataclass(frozen=True, slots=True)
class TopUps:
    """Top-ups placed, and where there are fewer than asked for, how far they could come.

    Args:
        number: Of the first of them.
    """

    task: Task
    rule: TopUp
    number: int
    dates: list[int]
    reach: Reach | None
    wanted: int


def place_top_ups(
    joined: ProgrammeSetup, place: int, setup: Setup, last: int | None, taken: Taken
) -> TopUps | None:
    """Return the best top-ups of one protocol, or None when none are asked for.

    Args:
        place: Which protocol.
        setup: What is asked of it, the days that the others keep free left out.
        last: Its last course session to come; None when all are held.
        taken: Who is treated on each day already.
    """
    asked = top_up_task(setup, last)
    if asked is None:
        return None
    days = VisitDays(setup.availability, joined, place, taken)
    whole = replace(asked.task, days=days)
    reach = reachable(whole)
    count = len(reach.layers)
    task = shortened(whole, count)
    dates = _best(joined, place, task, taken) if count else []
    is_cut = count < whole.count or setup.request.until is not None
    return TopUps(task, asked.rule, asked.number, dates, reach if is_cut else None, whole.count)


def _best(joined: ProgrammeSetup, place: int, task: Task, taken: Taken) -> list[int]:
    def shared(held: int) -> Availability:
        return joined.shared(held >> 1 | (held & 1) << place)

    def meet(guests: Sequence[Guest], day: int) -> tuple[int, int]:
        own = own_guest(place, guests[0].minute)
        return lost_and_off([*taken.get(day, ()), own], day, joined.shared)

    moved = {day: bits_of(guests) << 1 for day, guests in taken.items()}
    programme = Programme((task,), {}, frozenset(), shared, moved)
    if joined.is_booked_at_times:
        programme = replace(programme, meet=meet)
    found = best_calendar(programme)
    assert found is not None, "days that can be reached have a best calendar"
    return found.dates[0]


def missing_rule_findings(joined: ProgrammeSetup) -> Iterator[Finding]:
    """Say which protocols have no rule for the top-ups asked for."""
    if not joined.request.top_ups and not joined.request.until:
        return
    for setup in joined.setups:
        if setup.protocol.top_up is None:
            message = phrase(
                "{name} has no rule for top-ups: none are planned.", name=setup.protocol.name
            )
            yield Finding(kind="no_top_up_rule", message=message)
