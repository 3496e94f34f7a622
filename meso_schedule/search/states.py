"""Several chains of sessions on one timeline: the states of a combined calendar, and its visits.

A visit is a day with one session, or with one of several protocols. Visits are placed in the
order of their days, so a state is the number of sessions placed and the last day of each
protocol: what a spacing rule asks for after earlier sessions is implied by the last one. Of a
protocol without a session yet it is the day that its first days are counted from.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import merge
from typing import NamedTuple

from meso_schedule.search.openings import Openings, State
from meso_schedule.search.programme import Guest, Programme
from meso_schedule.search.tracks import DAY_BITS, Options, Scale, Track

_CRITERIA = ("day_cost", "late", "moved", "moved_day", "start", "visit", "miss", "square", "minute")

# A visit that can come next: what no calendar that goes on with it costs less than, what it costs
# itself, the places treated, the day.
Visit = tuple[int, int, tuple[int, ...], int]


class Step(NamedTuple):
    """One more visit: the state it leads to, what it costs, and the least that is to come."""

    state: State
    cost: int
    ahead: int


class Measure(NamedTuple):
    """What a calendar is measured by, the first criterion first, the dates left aside."""

    day_cost: int
    late_days: int
    moved: int
    moved_days: int
    start_days: int
    visits: int
    preference_misses: int
    squared_deviation: int
    time_minutes: int


class Calendar(NamedTuple):
    """The days of each chain's sessions.

    Args:
        bound: Where the best calendar is not proven, what no calendar is better than; else None.
    """

    dates: list[list[int]]
    measure: Measure
    bound: Measure | None = None


class States:
    """The states of a programme and the steps between them."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.openings = Openings(programme)
        tasks = self.openings.tasks
        self.scale = Scale(tasks)
        total = sum(task.count for task in tasks)
        self.total = total
        self.tracks: list[Track] = []
        offset = 0
        for place, task in enumerate(tasks):
            day_cost = programme.day_costs.get(place)
            track = Track(task, self.scale, offset, total, day_cost, is_timed=not programme.meet)
            self.tracks.append(track)
            offset += task.count
        self.begin = self.openings.begin
        self._finals = [task.count << DAY_BITS for task in tasks]
        self._places = range(len(tasks))
        self._is_plain = not (programme.taken or programme.cost_of_day or programme.meet)
        self._visits: dict[tuple[int, ...], int] = {}

    def measure(self, cost: int) -> Measure:
        """Return what a cost says."""
        return Measure(*(self.scale.read(cost, name) for name in _CRITERIA))

    def is_complete(self, state: State) -> bool:
        """Tell whether all sessions are placed."""
        for node, final in zip(state, self._finals, strict=True):  # noqa: SIM110 - asked often
            if node < final:
                return False
        return True

    def visits(self, state: State) -> Iterator[Visit]:
        """Return the visits that can come next, those first that leave the least to come."""
        tracks, floors = self.tracks, self.openings.floors(state)
        live = [p for p in self._places if state[p] >> DAY_BITS < tracks[p].count]
        ahead: dict[int, int] = {}
        for place in live:
            distance = tracks[place].ahead(state[place], floors[place])
            assert distance is not None, "a state that is reached leaves every chain a way on"
            ahead[place] = distance
        options = {place: tracks[place].options(state[place]) for place in live}
        # The visit after this one must still come in time for every chain.
        cap = min(self.openings.cap(it, state[it], options[it].days[-1]) for it in live)
        total = sum(ahead.values()) + max(0, self.visits_ahead(state) - 1) * self.scale.visit
        found: list[Iterable[Visit]] = []
        for place in live:
            others = total - ahead[place]
            last = self.openings.last(place, state[place], cap)
            visits = self._alone(state, place, options[place], (floors[place], last), others)
            found.append(visits if self._is_plain else sorted(visits))
        for group in self.programme.groups:
            if all(place in options for place in group):
                first = max(floors[place] for place in group)
                others = total - sum(ahead[place] for place in group)
                shared = self._shared(state, group, options, first, cap)
                found.append(sorted((cost + others, cost, group, day) for day, cost in shared))
        return merge(*found)

    def _alone(
        self, state: State, place: int, options: Options, span: tuple[int, int], others: int
    ) -> Iterator[Visit]:
        """Yield the visits of one treatment in a span of days, in the order of its own costs."""
        group, cost_of, (first, last) = (place,), self.tracks[place].cost, span
        for day in options.order:
            if not first <= day <= last:
                continue
            more = self.scale.visit if self._is_plain else self._visit_cost(state, group, day)
            cost = cost_of(options, day) + more
            yield cost + others, cost, group, day

    def _shared(
        self,
        state: State,
        group: tuple[int, ...],
        options: Mapping[int, Options],
        first: int,
        cap: int,
    ) -> Iterator[tuple[int, int]]:
        """Yield the days that a group can share, and what they cost."""
        fitting = self.programme.shared(sum(1 << place for place in group))
        common = set(options[group[0]].days).intersection(*(options[it].days for it in group[1:]))
        for day in common:
            if first <= day <= cap and fitting.usable(day, day):
                own = (self.tracks[place].cost(options[place], day) for place in group)
                yield day, sum(own) + self._visit_cost(state, group, day)

    def step(self, state: State, visit: Visit) -> Step | None:
        """Return where a visit leads; None when what follows cannot be placed."""
        _, cost, group, day = visit
        following = self.openings.follow(state, group, day)
        ahead = None if following is None else self.least_ahead(following)
        return None if following is None or ahead is None else Step(following, cost, ahead)

    def _visit_cost(self, state: State, group: tuple[int, ...], day: int) -> int:
        """Return what a visit costs beyond its sessions: itself, and a start that suits all."""
        taken = self.programme.taken.get(day, 0)
        cost = 0 if taken else self.scale.visit
        if self.programme.cost_of_day and self.programme.cost_of_day(day):
            cost += self.scale.day_cost
        if self.programme.meet:
            return cost + self._visit_start_cost(state, group, day)
        if (len(group) > 1 or taken) and self.programme.tasks[group[0]].timed:
            held = taken | sum(1 << place for place in group)
            off = self.programme.shared(held).minutes_off(day)
            for place in group:
                alone = self.programme.tasks[place].days.minutes_off(day)
                cost += (off - alone) * self.scale.minute
        return cost

    def _visit_start_cost(self, state: State, group: tuple[int, ...], day: int) -> int:
        """Return what a visit's begin costs: booked times that cannot stay, and minutes off."""
        programme, scale = self.programme, self.scale
        assert programme.meet, "asked only where times are booked"
        guests = []
        for place in group:
            booking = programme.tasks[place].booked.get(state[place] >> DAY_BITS)
            guests.append(Guest(place, booking.minute_on(day) if booking else None))
        lost, off = programme.meet(guests, day)
        minutes = len(group) * off if programme.tasks[group[0]].timed else 0
        return lost * scale.moved + minutes * scale.minute

    def visits_ahead(self, nodes: Sequence[int]) -> int:
        """Return how many visits there must be at least after a state."""
        placed = tuple([node >> DAY_BITS for node in nodes])
        known = self._visits.get(placed)
        if known is None:
            known = self._visits[placed] = self._least_visits(placed)
        return known

    def _least_visits(self, placed: Sequence[int]) -> int:
        if self.programme.taken:
            return 0
        left = [track.count - count for count, track in zip(placed, self.tracks, strict=True)]
        return max(sum(left[place] for place in group) for group in self.programme.strangers)

    def least_ahead(self, state: State) -> int | None:
        """Return a cost that no calendar from a state on is below; None when there is none."""
        ahead = self.visits_ahead(state) * self.scale.visit
        floors = self.openings.floors(state)
        for node, track, floor in zip(state, self.tracks, floors, strict=True):
            distance = track.ahead(node, floor)
            if distance is None:
                return None
            ahead += distance
        return ahead
