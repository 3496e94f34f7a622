"""Several tracks on one timeline: the states of a combined calendar, and its visits.

A visit is a day with one session, or with one of several tracks. Visits are placed in the order
of their days. Of what is placed, a state keeps no more than what bears on the rest: an entry of
each track.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import repeat
from operator import ge
from typing import NamedTuple

from meso_schedule.search.measure import PENALTY, UNITS
from meso_schedule.search.openings import Openings, State, placed
from meso_schedule.search.programme import Guest, Programme
from meso_schedule.search.tracks import (
    Choice,
    Choices,
    DateFields,
    Track,
    common_days,
)
from meso_schedule.search.ways import DAY_BITS, DAY_MASK

Group = tuple[int, ...]
# A group, and what its visit costs together with those there must be after it.
Opening = tuple[Group, int]


class Visits(NamedTuple):
    """The visits of a group of tracks that can come next.

    Args:
        group: The places treated.
        choices: The days, and what they cost.
        others: What the other tracks cost at least, and the visits to come.
    """

    group: Group
    choices: Choices
    others: int


class States:
    """The states of a programme and the steps between them."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self._opening = Openings(programme)
        tasks = self._opening.tasks
        if programme.meet:
            # The minutes from the preferred time, and who gives what, are those of visits.
            tasks = tuple(replace(task, timed=False, staffed=False) for task in tasks)
        fields = DateFields(tasks)
        self.date_bits = fields.bits
        self._places = range(len(tasks))
        self._penalties = [self._penalty_share(place) << fields.bits for place in self._places]
        costs = programme.cost_of_day
        self.tracks = [
            Track(
                task, fields, shifts, (costs and partial(costs, 1 << place), self._penalties[place])
            )
            for place, (task, shifts) in enumerate(zip(tasks, fields.shifts(tasks), strict=True))
        ]
        self._final: State = tuple(track.final for track in self.tracks)
        self._visit, self._minute, self._moved, self._other = (
            UNITS[name] << fields.bits
            for name in ("visits", "time_minutes", "moved", "other_practitioner")
        )
        self._is_plain = not (programme.taken or programme.cost_of_day or programme.meet)
        self._groups = [*((place,) for place in self._places), *programme.groups]
        # By the number of sessions placed of each track.
        self._visits: dict[tuple[int, ...], int] = {}
        self._openings: dict[tuple[int, ...], list[tuple[int, list[Opening]]]] = {}
        # By a group, its entries and the last day.
        self._choices: dict[tuple[Group, tuple[int, ...], int], Choices] = {}

    def _penalty_share(self, place: int) -> int:
        """Return what of the penalty of a day each track is sure to pay, however many share it."""
        sharing = [len(group) for group in self.programme.groups if place in group]
        return PENALTY // max(sharing, default=1)

    def begin(self) -> tuple[State, int] | None:
        """Return the state in which nothing is placed and what is to come at least; or None."""
        entries = [
            it
            for it in map(Track.entry, self.tracks, self._opening.begin, repeat(0))
            if it is not None
        ]
        return self._whole(tuple(entries)) if len(entries) == len(self.tracks) else None

    def follow(self, state: State, group: Group, day: int) -> tuple[State, int] | None:
        """Return the state that a visit leads to and what is to come at least.

        None where what follows cannot be placed.
        """
        following = self._opening.entries(self.tracks, state, group, day)
        return None if following is None else self._whole(following)

    def _whole(self, state: State) -> tuple[State, int] | None:
        """Return a state and what is to come at least; None where it cannot be placed."""
        total = self._visits_ahead(placed(state)) * self._visit
        for entry, track in zip(state, self.tracks, strict=True):
            ahead = track.ahead(entry)
            if ahead is None:
                return None
            total += ahead
        return state, total

    def is_complete(self, state: State) -> bool:
        """Tell whether all sessions are placed."""
        return all(map(ge, state, self._final))

    def openings(self, state: State) -> list[tuple[int, list[Opening]]]:
        """Return the groups that can be treated next, by what visits of them cost in vain."""
        counts = placed(state)
        known = self._openings.get(counts)
        if known is None:
            vain: dict[int, list[Opening]] = {}
            for group in self._groups:
                after = tuple([count + (place in group) for place, count in enumerate(counts)])
                if all(
                    track.task.count >= it for track, it in zip(self.tracks, after, strict=True)
                ):
                    visits = (1 + self._visits_ahead(after)) * self._visit
                    more = visits - self._visits_ahead(counts) * self._visit
                    least = 0 if self.programme.taken else more
                    vain.setdefault(least, []).append((group, visits))
            known = self._openings[counts] = sorted(vain.items())
        return known

    def visits(self, state: State, openings: Iterable[Opening]) -> Iterator[Visits]:
        """Yield the visits of groups that can come next."""
        ahead = [track.ahead(entry) or 0 for track, entry in zip(self.tracks, state, strict=True)]
        # The visit after this one must still come in time for every track.
        last = min(
            [
                self._opening.cap(place, entry >> DAY_BITS, self.tracks[place].last(entry))
                for place, entry in enumerate(state)
                if entry < self._final[place]
            ]
        )
        total = sum(ahead)
        for group, visits in openings:
            others = total + visits
            for place in group:
                others -= ahead[place]
            yield Visits(group, self._choices_of(group, state, last), others)

    def _choices_of(self, group: Group, state: State, last: int) -> Choices:
        """Return the days up to a last one on which a group can be treated next."""
        if len(group) == 1:
            (place,) = group
            last = self._opening.last(place, state[place] >> DAY_BITS, last)
            if self._is_plain:
                return self.tracks[place].choices(state[place], last)
        entries = tuple([state[place] for place in group])
        last = min([last, *[self.tracks[place].last(state[place]) for place in group]])
        known = self._choices.get((group, entries, last))
        if known is None:
            known = self._choices[group, entries, last] = self._shared(group, entries, last)
        return known

    def _shared(self, group: Group, entries: Sequence[int], last: int) -> Choices:
        """Return the days that a group can share, with what they cost beyond a visit of its own."""
        programme = self.programme
        nodes = [entry >> DAY_BITS for entry in entries]
        options = [
            self.tracks[place].options(node) for place, node in zip(group, nodes, strict=True)
        ]
        fitting = programme.shared(sum(1 << place for place in group)) if len(group) > 1 else None

        def settle(day: int) -> Choice | None:
            if fitting and not fitting.usable(day, day):
                return None
            choices = [choice for listed in options if (choice := listed.on(day))]
            if len(choices) < len(options):
                return None
            more = self._more_cost(nodes, group, day)
            value, cost = (sum([choice[it] for choice in choices]) for it in (0, 1))
            return Choice(value + more, cost + more, day)

        less = self._visit if programme.taken else 0
        days = [
            (sum([listed.cost(day) for listed in options]) - less, day)
            for day in common_days(options, max([entry & DAY_MASK for entry in entries]), last)
        ]
        return Choices(iter(sorted(days)), settle)

    def visit_cost(self, choice: Choice) -> int:
        """Return what a visit costs."""
        return choice.cost + self._visit

    def _more_cost(self, nodes: Sequence[int], group: Group, day: int) -> int:
        """Return what a visit costs beyond its sessions and a visit of its own."""
        programme = self.programme
        taken = programme.taken.get(day, 0)
        cost = -self._visit if taken else 0
        if programme.cost_of_day and programme.cost_of_day(sum([1 << it for it in group]), day):
            told = [self._penalties[it] for it in group if programme.cost_of_day(1 << it, day)]
            cost += (PENALTY << self.date_bits) - sum(told)
        if programme.meet:
            return cost + self._visit_start_cost(nodes, group, day)
        if len(group) > 1 or taken:
            held = taken | sum(1 << place for place in group)
            cost += self._shared_start_cost(group, held, taken, day)
        return cost

    def _shared_start_cost(self, group: Group, held: int, taken: int, day: int) -> int:
        """Return what a shared begin, and who gives what then, cost beyond those of each alone."""
        programme, cost = self.programme, 0
        alone = [programme.tasks[place] for place in group]
        if alone[0].timed:
            off = programme.shared(held).minutes_off(day)
            cost += sum(off - task.days.minutes_off(day) for task in alone) * self._minute
        if alone[0].staffed:
            others = programme.shared(held).others(day)
            others -= programme.shared(taken).others(day) if taken else 0
            cost += (others - sum(task.days.others(day) for task in alone)) * self._other
        return cost

    def _visit_start_cost(self, nodes: Sequence[int], group: Group, day: int) -> int:
        """Return what a visit's begin costs: booked times that cannot stay, and minutes off."""
        programme = self.programme
        assert programme.meet, "asked only where times are booked"
        guests = []
        for place, node in zip(group, nodes, strict=True):
            booking = programme.tasks[place].booked.get(node >> DAY_BITS)
            guests.append(Guest(place, booking.minute_on(day) if booking else None))
        lost, off, others = programme.meet(guests, day)
        minutes = len(group) * off if programme.tasks[group[0]].timed else 0
        return lost * self._moved + minutes * self._minute + others * self._other

    def _visits_ahead(self, counts: tuple[int, ...]) -> int:
        """Return how many visits there must be at least, so many sessions being placed."""
        known = self._visits.get(counts)
        if known is None:
            known = self._visits[counts] = self._least_visits(counts)
        return known

    def _least_visits(self, counts: Sequence[int]) -> int:
        if self.programme.taken:
            return 0
        left = [track.task.count - count for count, track in zip(counts, self.tracks, strict=True)]
        return max(sum(left[place] for place in group) for group in self.programme.strangers)
