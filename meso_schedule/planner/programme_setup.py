"""What is asked of one or several treatments in one calendar, and how they bind one another."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, partial

from meso_schedule.availability.named_treatments import treatment_of
from meso_schedule.availability.session_days import Availability
from meso_schedule.availability.shared_days import SharedAvailability
from meso_schedule.availability.staff import Needs
from meso_schedule.base.busy_times import BusySource
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.history import HeldSession
from meso_schedule.course.request import CourseRequest
from meso_schedule.course.wishes import Wanted
from meso_schedule.evaluation.turns import Ahead
from meso_schedule.planner.booked import with_bookings
from meso_schedule.planner.preparation import FirstVisit
from meso_schedule.planner.programme_spacing import Pairs
from meso_schedule.planner.progress import Progress
from meso_schedule.planner.setup import Setup
from meso_schedule.planner.shared_visits import start_costs
from meso_schedule.rules.protocol import Protocol
from meso_schedule.search.programme import Calendar, Distance, Programme
from meso_schedule.search.task import Task


@dataclass(frozen=True)
class ProgrammeSetup:
    """One or several treatments that can be asked together.

    Args:
        request: What is asked of all.
        wanted: What is asked of each.
        known: Protocols besides the packaged ones.
        busy: Busy times besides those of the request.
        setups: Each alone.
        pairs: The distance between two, by their places.
        begun: How far each has come, by its id.
        first_visit: The consultation before all of them.
        shared_days: The days on which sets of treatments, as bits, fit into one visit.
    """

    request: CourseRequest
    clinic: Clinic
    as_of: date
    known: Mapping[str, Protocol]
    busy: Sequence[BusySource]
    wanted: tuple[Wanted, ...]
    setups: tuple[Setup, ...]
    pairs: Pairs
    begun: Mapping[str, Progress] = field(default_factory=dict)
    first_visit: FirstVisit | None = None
    shared_days: dict[int, Availability] = field(default_factory=dict)

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """The search task of each; one without sessions where all are held."""
        return tuple(setup.task() for setup in self.setups)

    @property
    def reference(self) -> str:
        """The caller's reference, or one derived from what is asked."""
        asked = self.wanted[0].start or self.request.start
        start = asked or min(self.request.held_days, default=self.as_of)
        return self.request.derived_reference(" ".join(map(str, self.wanted)), start)

    @property
    def is_booked(self) -> bool:
        """Whether any session to come is booked."""
        return any(progress.booked for progress in self.begun.values())

    @cached_property
    def is_booked_at_times(self) -> bool:
        """Whether any session to come is booked for a time that can stay."""
        bookings = (booking for setup in self.setups for booking in setup.booked.values())
        return any(booking.minute is not None for booking in bookings)

    @property
    def stays(self) -> bool:
        """Whether every booked session has to stay: it is only asked whether it can."""
        return any(progress.stays for progress in self.begun.values())

    def held(self, place: int) -> tuple[HeldSession, ...]:
        """Return the sessions held of a treatment."""
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

    def shared(self, held: int) -> Availability:
        """Return the days on which a set of treatments, as bits, fits into one visit."""
        if held not in self.shared_days:
            self.shared_days[held] = self._shared(held)
        return self.shared_days[held]

    def _shared(self, held: int) -> Availability:
        alone = self.setups[0].availability
        if not isinstance(alone, SharedAvailability):
            return alone.lasting(self.minutes(held))
        offset, needs = 0, []
        for place, setup in enumerate(self.setups):
            if held >> place & 1:
                needs.append(Needs.of(setup.protocol, offset))
                offset += setup.protocol.sessions.minutes
        return alone.giving(needs)

    def areas(self, protocol: Protocol) -> tuple[str, ...]:
        """Return the areas that a protocol treats here."""
        treated = treatment_of(protocol, self.request.area).areas or frozenset()
        return tuple(area for area in protocol.areas if area.casefold() in treated)

    def minutes(self, held: int) -> int:
        """Return the chair time of a set of treatments, as bits."""
        times = (setup.protocol.sessions.minutes for setup in self.setups)
        return sum(time for place, time in enumerate(times) if held >> place & 1)

    def programme(
        self,
        tasks: Sequence[Task] | None = None,
        day_costs: Mapping[int, Callable[[int, int], int]] | None = None,
        cost_of_day: Callable[[int, int], bool] | None = None,
    ) -> Programme:
        """Return what the search is to place.

        Args:
            tasks: Other tasks than those asked for, one for each place.
            day_costs: What sessions cost beyond all criteria, by place.
            cost_of_day: Whether a visit of a set of treatments, as bits, costs a penalty on a day.
        """
        every = tuple(tasks or self.tasks)
        if day_costs:
            every = tuple(
                replace(task, day_cost=day_costs.get(it)) for it, task in enumerate(every)
            )
        return Programme(
            every,
            self.distances,
            self.apart,
            self.shared,
            cost_of_day=cost_of_day,
            next_free=self._first_free if any(setup.beside for setup in self.setups) else None,
            meet=partial(start_costs, shared=self.shared) if self.is_booked_at_times else None,
        )

    def _first_free(self, place: int, day: int) -> int:
        return self.setups[place].first_free(day)

    def only(self, places: Collection[int], tasks: Sequence[Task] | None = None) -> Programme:
        """Return what the search is to place when only some treatments have sessions to come."""
        every = tasks or self.tasks
        return self.programme(
            [
                task if place in places else replace(task, is_empty=True, opens=None)
                for place, task in enumerate(every)
            ]
        )

    def with_main(self, main: str) -> "ProgrammeSetup":
        """Return the same with a main practitioner."""
        setups = [_with_main(setup, main) for setup in self.setups]
        return replace(self, setups=with_bookings(setups, self.begun), shared_days={})

    @property
    def mains(self) -> list[str]:
        """Who can be the main practitioner; nobody where that is said, or of no matter."""
        first = self.setups[0]
        if first.staff is None or self.request.practitioner:
            return []
        needs = [Needs.of(setup.protocol) for setup in self.setups]
        people = first.staff.clinic.practitioners
        able = {who.id for need in needs for who in first.staff.treating(need)}
        matters = any(need.continuity != "any" for need in needs)
        return [who.id for who in people if who.id in able] if matters else []

    def times_of(self, calendar: Calendar) -> tuple[list[int], list[int]]:
        """Return when the sessions begin, and who gives them, by the file's order."""
        order = [who.id for who in self.clinic.practitioners]
        given = [
            setup.given(number, day)
            for setup, days in zip(self.setups, calendar.dates, strict=True)
            for number, day in enumerate(days, setup.next_number)
        ]
        return [minute for minute, _ in given], [order.index(who) for _, who in given]

    @property
    def unimproved(self) -> "ProgrammeSetup":
        """The same as if no treatment that is undecided would improve the skin."""
        setups = tuple(
            replace(
                setup,
                ahead=Ahead(setup.ahead.without),
                improvement=setup.improvement._replace(never=True),
            )
            if setup.ahead.without
            else setup
            for setup in self.setups
        )
        return replace(self, setups=setups)

    def asking(self, **update: object) -> "ProgrammeSetup":
        """Return the same with other ends or lateness, which change neither days nor phases."""
        setups = tuple(
            replace(setup, request=setup.request.model_copy(update=update)) for setup in self.setups
        )
        return replace(self, request=self.request.model_copy(update=update), setups=setups)


def _with_main(setup: Setup, main: str) -> Setup:
    assert isinstance(setup.availability, SharedAvailability), "the clinic names who treats"
    return replace(setup, availability=setup.availability.with_main(main))
