"""Several protocols asked for at once: what each is asked, and how they bind one another."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, partial
from itertools import combinations

from meso_schedule.availability.days import Availability
from meso_schedule.availability.spacing import (
    Block,
    Pair,
    blocks_around,
    check_names,
    pair_of,
    treatment_of,
)
from meso_schedule.base.busy_times import BusySource
from meso_schedule.base.errors import Fault, InputError
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.history import HeldSession
from meso_schedule.course.request import CourseRequest
from meso_schedule.course.request_checks import has_improvement, programme_faults
from meso_schedule.course.wishes import Wanted
from meso_schedule.planner.booked import Progress, booking_faults, with_bookings
from meso_schedule.planner.setup import Setup, open_days_for, set_up
from meso_schedule.planner.shared_visits import lost_and_off
from meso_schedule.rules.protocol import Protocol
from meso_schedule.search.best_first import MOST_STEPS, best_calendar
from meso_schedule.search.programme import Distance, Programme
from meso_schedule.search.states import Calendar
from meso_schedule.search.task import Task
from meso_schedule.search.tracks import DayCost

Pairs = Mapping[tuple[int, int], Pair]


@dataclass(frozen=True)
class ProgrammeSetup:
    """Several requests that can be asked together.

    Args:
        request: What is asked of all.
        wanted: What is asked of each.
        known: Protocols besides the packaged ones.
        busy: Busy times besides those of the request.
        setups: Each alone.
        pairs: The distance between two, by their places.
        begun: How far each has come, by its id.
    """

    request: CourseRequest
    clinic: Clinic
    as_of: date
    known: Mapping[str, Protocol]
    busy: Sequence[BusySource]
    wanted: tuple[Wanted, ...]
    setups: tuple[Setup, ...]
    pairs: Mapping[tuple[int, int], Pair]
    begun: Mapping[str, Progress] = field(default_factory=dict)

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """The search task of each protocol; one without sessions where all are held."""
        return tuple(setup.task() for setup in self.setups)

    @property
    def start(self) -> date:
        """The day from which the first protocol is planned, or on which anything began."""
        asked = self.wanted[0].start or self.request.start
        return asked or min(self.request.held_days, default=self.as_of)

    @property
    def is_booked(self) -> bool:
        """Whether any session to come is booked."""
        return any(setup.booked for setup in self.setups)

    @cached_property
    def is_booked_at_times(self) -> bool:
        """Whether any session to come is booked for a time that can stay."""
        bookings = (booking for setup in self.setups for booking in setup.booked.values())
        return any(booking.minute is not None for booking in bookings)

    def held(self, place: int) -> tuple[HeldSession, ...]:
        """Return the sessions held of a protocol."""
        standing = self.setups[place].standing
        return standing.history if standing else ()

    @property
    def days_gone(self) -> int:
        """The days from the start that were past on the day of planning, of all not begun."""
        return sum(
            task.first - setup.start.toordinal()
            for setup, task in zip(self.setups, self.tasks, strict=True)
            if setup.standing is None and task.end is None
        )

    def booked_minute(self, place: int, number: int, day: int) -> int | None:
        """Return the time that a session is booked for, when it is on its booked day."""
        booking = self.setups[place].booked.get(number)
        return booking.minute_on(day) if booking else None

    @cached_property
    def distances(self) -> dict[tuple[int, int], Distance]:
        """The distance after one and before another, where there is one."""
        distances = {}
        for (first, other), pair in self.pairs.items():
            if pair.after:
                distances[first, other] = Distance(pair.after)
            if pair.before:
                distances[other, first] = Distance(pair.before)
        return distances

    @cached_property
    def apart(self) -> frozenset[tuple[int, int]]:
        """The pairs that never share a day."""
        return frozenset(places for places, pair in self.pairs.items() if not pair.same_day)

    @cached_property
    def _days(self) -> dict[int, Availability]:
        return {}

    def shared(self, held: int) -> Availability:
        """Return the days on which a set of protocols, as bits, fits into one visit."""
        if held not in self._days:
            self._days[held] = self.setups[0].availability.lasting(self.minutes(held))
        return self._days[held]

    def areas(self, protocol: Protocol) -> tuple[str, ...]:
        """Return the areas that a protocol treats here."""
        treated = treatment_of(protocol, self.request.area).areas or frozenset()
        return tuple(area for area in protocol.areas if area.casefold() in treated)

    def minutes(self, held: int) -> int:
        """Return the chair time of a set of protocols, as bits."""
        times = (setup.protocol.sessions.minutes for setup in self.setups)
        return sum(time for place, time in enumerate(times) if held >> place & 1)

    def programme(
        self,
        tasks: Sequence[Task] | None = None,
        day_costs: Mapping[int, DayCost] | None = None,
        places: Sequence[int] | None = None,
        cost_of_day: Callable[[int], bool] | None = None,
    ) -> Programme:
        """Return what the search is to place.

        Args:
            tasks: Other tasks than those asked for, one for each place.
            day_costs: What sessions cost beyond all criteria, by place.
            places: Only these protocols, in order.
            cost_of_day: Days that cost a toll, once however many share them.
        """
        tasks = tuple(tasks or self.tasks)
        if places is None:
            return Programme(
                tasks,
                self.distances,
                self.apart,
                self.shared,
                day_costs=day_costs or {},
                cost_of_day=cost_of_day,
                next_free=lambda place, day: self.setups[place].first_free(day),
                meet=partial(lost_and_off, shared=self.shared) if self.is_booked_at_times else None,
            )
        number = {place: new for new, place in enumerate(places)}

        def shared(held: int) -> Availability:
            return self.shared(sum(1 << place for place in places if held >> number[place] & 1))

        return Programme(
            tuple(tasks[place] for place in places),
            {
                (number[one], number[two]): distance
                for (one, two), distance in self.distances.items()
                if one in number and two in number
            },
            frozenset(
                (number[one], number[two])
                for one, two in self.apart
                if one in number and two in number
            ),
            shared,
            next_free=lambda new, day: self.setups[places[new]].first_free(day),
        )

    def best(self, most: int = MOST_STEPS, *, or_any: bool = False) -> Calendar | None:
        """Return the best calendar, or None when the hard rules leave none.

        Args:
            most: Steps to look at.
            or_any: Whether a good calendar will do when the bound is passed.

        Raises:
            OutOfWork: When no calendar was found within the bound of work.
        """
        return best_calendar(self.programme(), most, or_any=or_any)


def join(
    protocols: Sequence[Protocol],
    request: CourseRequest,
    clinic: Clinic,
    as_of: date,
    *,
    known: Mapping[str, Protocol],
    busy: Sequence[BusySource],
    begun: Mapping[str, Progress] | None = None,
) -> ProgrammeSetup:
    """Check what is asked of several protocols and fill in what is left open.

    Args:
        known: Protocols besides the packaged ones.
        busy: Busy times besides those of the request.
        begun: What of each is booked, by its id; what is held stands in the request.

    Raises:
        InputError: With every fault of the request.
    """
    wanted = request.wanted or tuple(Wanted(protocol.id) for protocol in protocols)
    if faults := list(programme_faults(protocols, request, wanted)):
        raise InputError(faults)
    known = {**known, **{protocol.id: protocol for protocol in protocols}}
    check_names(clinic, known)
    treatments = [treatment_of(protocol, request.area) for protocol in protocols]
    pairs = {
        (one, two): pair_of(treatments[one], treatments[two], clinic)
        for one, two in combinations(range(len(protocols)), 2)
    }
    begun = begun or {}
    requests = [
        _improved(_asked_of(protocol, request).of(wish), begun.get(protocol.id))
        for protocol, wish in zip(protocols, wanted, strict=True)
    ]
    open_days = open_days_for(request, clinic, busy)
    setups = [
        set_up(protocol, asked, clinic, as_of, busy=busy, known=known, open_days=open_days)
        for protocol, asked in zip(protocols, requests, strict=True)
    ]
    setups = list(with_progress(setups, pairs, begun))
    return ProgrammeSetup(request, clinic, as_of, known, busy, wanted, tuple(setups), pairs, begun)


def _asked_of(protocol: Protocol, request: CourseRequest) -> CourseRequest:
    """Leave out what a protocol has no rule for, as long as another one has."""
    aside: dict[str, object] = {}
    if not protocol.has_taper:
        aside = {"improves_after": None, "no_improvement": False}
    if not has_improvement(protocol, request):
        aside["improved_on"] = None
    if protocol.top_up is None:
        aside |= {"top_ups": None, "until": None}
    return request.model_copy(update=aside)


def _improved(asked: CourseRequest, begun: Progress | None) -> CourseRequest:
    """Put improvement recorded of one treatment in place of what was foreseen."""
    if begun is None or begun.improved_on is None:
        return asked
    foreseen = {"improves_after": None, "no_improvement": False}
    return asked.model_copy(update={"improved_on": begun.improved_on, **foreseen})


def with_progress(
    setups: Sequence[Setup], pairs: Pairs, begun: Mapping[str, Progress]
) -> Sequence[Setup]:
    """Return what is asked of each, with what is held and booked of all of them.

    Sessions held of one keep days free for those to come of the others. Once anything is held or
    booked, no session of any treatment is planned in the past.

    Args:
        setups: What is asked of each alone.
        pairs: The distance between two, by their places.
        begun: What is booked, by the id of the protocol.

    Raises:
        InputError: With every booking that cannot be.
    """
    faults: list[Fault] = []
    made = []
    for place, setup in enumerate(setups):
        own = begun.get(setup.protocol.id, Progress())
        faults += booking_faults(setup, own.booked, f"{setup.protocol.id}:")
        held = list(_held_blocks(setups, pairs, place))
        coming = [block for block in held if block.days.last >= setup.as_of]
        spaced = replace(without_days_of(setup, coming), beside=tuple(held))
        made.append(with_bookings(spaced, own.booked, own.release))
    if faults:
        raise InputError(faults)
    is_running = any(setup.is_running for setup in made)
    return [replace(setup, is_beside_running=is_running) for setup in made]


def without_days_of(setup: Setup, blocks: Sequence[Block]) -> Setup:
    """Return what is asked with more days kept free for protocols of the same plan."""
    availability = setup.availability.without(blocks)
    every, beside = (*setup.blocks, *blocks), (*setup.beside, *blocks)
    return replace(setup, availability=availability, blocks=every, beside=beside)


def blocks_of(pairs: Pairs, place: int, other: int, days: Sequence[date]) -> Iterator[Block]:
    """Yield the days that the sessions of another protocol keep free for one."""
    pair = seen_from(pairs, place, other)
    for day in days:
        yield from blocks_around(pair, day)


def seen_from(pairs: Pairs, place: int, other: int) -> Pair:
    """Return the distance between two protocols, the one at `place` first."""
    if place < other:
        return pairs[place, other]
    pair = pairs[other, place]
    return replace(pair, first=pair.other, other=pair.first, after=pair.before, before=pair.after)


def _held_blocks(setups: Sequence[Setup], pairs: Pairs, place: int) -> Iterator[Block]:
    for other, setup in enumerate(setups):
        if other != place and setup.standing:
            held = [entry.date for entry in setup.standing.history]
            yield from blocks_of(pairs, place, other, held)
