"""Top-ups: one treatment after another, beside what is placed."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from meso_schedule.availability.session_days import Availability
from meso_schedule.base.dates import LAST_ORDINAL
from meso_schedule.base.models import MAX_SESSIONS
from meso_schedule.base.phrases import phrase
from meso_schedule.course.course_plan import Finding
from meso_schedule.planner.programme_setup import ProgrammeSetup
from meso_schedule.planner.sessions import PlacedTrack
from meso_schedule.planner.setup import FirstDays, Setup
from meso_schedule.planner.shared_visits import bits_of, start_costs, visit_start
from meso_schedule.rules.rule_tables import TopUp
from meso_schedule.search.feasibility import Reach, reachable, shortened
from meso_schedule.search.programme import Guest, Programme
from meso_schedule.search.solving import solve
from meso_schedule.search.task import Days, Task

# Who is treated on each day.
Taken = dict[int, list[Guest]]
# The top-ups of a treatment, where there are any, and why there are fewer than asked for.
TopUps = tuple[PlacedTrack | None, tuple[Finding, ...]]


def with_top_ups(setup: Setup) -> Task | None:
    """Return the course sessions and the top-ups to come as one search task.

    None where the course sessions have a last day, which is none of the top-ups.
    """
    top_ups = _top_up_task(setup, None) if setup.is_complete else None
    if top_ups:
        return top_ups[2]
    course, rule, (_, wanted) = setup.task(), setup.protocol.top_up, _wanted(setup)
    if rule is None or wanted <= 0:
        return course
    if setup.limit < LAST_ORDINAL or setup.validity.length:
        return None
    windows = setup.windows.of(rule, setup.request.late)
    return replace(course, gaps=[*course.gaps, *[windows] * wanted])


def _wanted(setup: Setup) -> tuple[int, int]:
    """Return the number of the first top-up to come, and how many are asked for."""
    number = max(setup.sessions + 1, setup.next_number)
    asked = MAX_SESSIONS if setup.request.until else setup.request.top_ups or 0
    return number, asked - (number - setup.sessions - 1)


def _top_up_task(setup: Setup, last: int | None) -> tuple[int, TopUp, Task] | None:
    """Return the number and the rule of the first top-up to come, and all as a search task.

    It is None where none are asked for.

    Args:
        setup: What is asked.
        last: The last course session to come; None when all are held.
    """
    request, rule = setup.request, setup.protocol.top_up
    number, wanted = _wanted(setup)
    if rule is None or wanted <= 0:
        return None
    opening = _opening(setup, rule, last)
    windows = opening.lead[0] if opening.lead else setup.windows.of(rule, request.late)
    task = Task(
        days=setup.availability,
        first=opening.first,
        last=opening.last,
        gaps=[windows] * (wanted - 1),
        limit=request.until.toordinal() if request.until else LAST_ORDINAL,
        pins=setup.pins(number),
        prefer=frozenset(day.number for day in request.prefer or ()),
        timed=request.at is not None,
        staffed=setup.staff is not None,
        booked=setup.bookings(number),
        lead=opening.lead,
    )
    return number, rule, task


def _opening(setup: Setup, rule: TopUp, last: int | None) -> FirstDays:
    """Return where the first top-up to come may be."""
    if last is None:
        return setup.opening_after_held(setup.request.late)
    lead = setup.windows.of(rule, setup.request.late), last
    earliest, _, _, latest = lead[0].after(last)
    return FirstDays(earliest, latest, lead)


def others_of(taken: Mapping[int, Sequence[Guest]], place: int) -> Taken:
    """Return who else is treated on each day."""
    others = {day: [it for it in guests if it.place != place] for day, guests in taken.items()}
    return {day: guests for day, guests in others.items() if guests}


def days_beside(asked: ProgrammeSetup, place: int, alone: Availability, others: Taken) -> Days:
    """Return the days of one treatment on which the visits of others leave room for it."""
    return VisitDays(alone, asked, place, others) if others else alone


class VisitDays:
    """Usable days of one protocol on which the visits already placed leave room for it.

    Args:
        alone: The days on which it fits alone.
        asked: What is asked of all.
        place: Which protocol.
        taken: Who else is treated on each day already.
    """

    def __init__(
        self,
        alone: Availability,
        asked: ProgrammeSetup,
        place: int,
        taken: Mapping[int, Sequence[Guest]],
    ) -> None:
        self._alone = alone
        self._asked = asked
        self._place = place
        self._taken = taken

    def usable(self, first: int, last: int) -> list[int]:
        """Return the usable days from first to last, in order."""
        return [day for day in self._alone.usable(first, last) if self._has_room(day)]

    def _has_room(self, day: int) -> bool:
        """Tell whether a visit has room, and keeps the booked times that it keeps without."""
        guests = self._taken.get(day, ())
        if not guests:
            return True
        shared, every = self._asked.shared, [*guests, own_guest(self._place, None)]
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

    def others(self, day: int) -> int:
        """Return whether it is not with the main practitioner alone, as a number."""
        return self._alone.others(day)


def own_guest(place: int, minute: int | None) -> Guest:
    """Return a top-up of a treatment as a guest: those of later ones are placed later."""
    return Guest(place, minute, rank=1 + place)


def place_top_ups(
    asked: ProgrammeSetup, place: int, setup: Setup, last: int | None, taken: Taken
) -> TopUps:
    """Return the best top-ups of one treatment, and why there are fewer than asked for.

    Args:
        asked: What is asked of all.
        place: Which treatment.
        setup: What is asked of it, the days that the others keep free left out.
        last: Its last course session to come; None when all are held.
        taken: Who is treated on each day already.
    """
    wanted = _top_up_task(setup, last)
    if wanted is None:
        return None, ()
    number, rule, alone = wanted
    others = others_of(taken, place)
    task = replace(alone, days=days_beside(asked, place, setup.availability, others))
    findings: tuple[Finding, ...] = ()
    dates = None if setup.request.until else _best(asked, place, task, others)
    if dates is None:
        reach = reachable(task)
        findings = tuple(_findings(setup, number, task.count, reach))
        task = shortened(task, len(reach.layers))
        dates = _best(asked, place, task, others) if reach.layers else None
    if not dates:
        return None, findings
    return PlacedTrack(setup, task, dates, number, [rule] * len(dates), None), findings


def _best(asked: ProgrammeSetup, place: int, task: Task, others: Taken) -> list[int] | None:
    def shared(held: int) -> Availability:
        return asked.shared(held >> 1 | (held & 1) << place)

    def meet(guests: Sequence[Guest], day: int) -> tuple[int, int, int]:
        own = own_guest(place, guests[0].minute)
        return start_costs([*others.get(day, ()), own], day, asked.shared)

    moved = {day: bits_of(guests) << 1 for day, guests in others.items()}
    programme = Programme((task,), {}, frozenset(), shared, moved)
    if asked.is_booked_at_times:
        programme = replace(programme, meet=meet)
    found = solve(programme)
    return found.dates[0] if found else None


def _findings(setup: Setup, first: int, wanted: int, reach: Reach) -> Iterator[Finding]:
    """Say why there are fewer top-ups than asked for."""
    placed = len(reach.layers)
    number = first + placed
    until = setup.request.until
    if until and not placed:
        yield Finding.made(
            kind="no_top_up", message=phrase("No top-up can be held by {day}.", day=until)
        )
    elif until and placed == wanted:
        message = phrase(
            "Only {count} top-ups are planned; more could be held by {day}.",
            count=wanted,
            day=until,
        )
        yield Finding.made(kind="top_ups_cut", session=number - 1, message=message)
    elif not until:
        begin, end = reach.spans[0][0], reach.spans[-1][1]
        message = phrase(
            "Top-up {number} has no usable day from {first} to {last}: the top-ups end there.",
            number=number,
            first=date.fromordinal(min(begin, end)),
            last=date.fromordinal(max(begin, end)),
        )
        yield Finding.made(kind="top_up_unplaced", session=number, message=message)
