"""The optimum of several protocols together by trying every set of sequences. Small ones only."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice, permutations
from typing import NamedTuple

from .arithmetic import Raw
from .brute_force import Chain, Days, course_chain, second_criterion
from .joint_reading import Programme, read_programme

Dates = tuple[tuple[date, ...], ...]
Objective = tuple[int, int, int, int, int, int, Dates]


class JointAnswer(NamedTuple):
    """The best calendar of all.

    Attributes:
        dates: one day a session, by protocol.
        objective: late days, days of criterion 2, visits, misses, squares, minutes, dates.
        ties: how many calendars reach it.
        tried: how many calendars keep the hard rules.
        slack: slack days of each session, by protocol.
        backup: the first later day of each session, by protocol.
    """

    dates: Dates
    objective: Objective
    ties: int
    tried: int
    slack: tuple[tuple[int, ...], ...]
    backup: tuple[tuple[date | None, ...], ...]


class TooManyError(Exception):
    """More calendars than can be tried."""


class Trial:
    """All calendars of a programme.

    Args:
        most: how many calendars, or sequences of one protocol, are tried at most.
    """

    def __init__(
        self,
        protocols: Sequence[Raw],
        request: Raw,
        clinic: Raw | None,
        as_of: date,
        most: int = 60_000,
    ) -> None:
        self.programme: Programme = read_programme(protocols, request, clinic, as_of)
        self.most = most
        self.places = range(len(protocols))
        self._shared: dict[tuple[int, ...], Days] = {}
        self.chains: list[Chain] = []
        has_begun = any(own["held"] for own in self.programme.requests)
        for place in self.places:
            asked = self.programme.asked[place]
            days = Days(asked, self._open(place))
            chain = course_chain(protocols[place], self.programme.requests[place], asked, days)
            self.chains.append(replace(chain, floor=as_of) if has_begun else chain)

    def _open(self, place: int) -> Callable[[date], tuple[tuple[int, int], ...]]:
        """Return the hours of a day, none where another treatment keeps it free."""
        asked = self.programme.asked[place]

        def hours(day: date) -> tuple[tuple[int, int], ...]:
            others = self.programme.elsewhere[place]
            if not self.programme.allows_held(place, day):
                return ()
            if all(other.between.allows(day, other.day) for other in others):
                return asked.opening_hours(day)
            return ()

        return hours

    def shared(self, places: tuple[int, ...]) -> Days:
        """Return the days on which several fit into one visit."""
        if places not in self._shared:
            asked = self.programme.together(places)
            self._shared[places] = Days(asked, asked.opening_hours)
        return self._shared[places]

    def visits(self, dates: Dates) -> dict[date, tuple[int, ...]]:
        """Return who is treated on each day."""
        return {
            day: tuple(place for place, own in enumerate(dates) if day in own)
            for days in dates
            for day in days
        }

    def calendars(self, chains: Mapping[int, Chain] | None = None) -> Iterator[Dates]:
        """Yield every calendar that keeps the hard rules; of some protocols only, in order."""
        chains = dict(enumerate(self.chains)) if chains is None else chains
        places = tuple(chains)
        every = (it for order in permutations(chains) for it in self._mixed(chains, order, {}))
        for dates in dict.fromkeys(every):
            visits = self.visits(dates)
            if all(
                len(held) == 1 or self.shared(tuple(places[p] for p in held)).usable(day)
                for day, held in visits.items()
            ):
                yield dates

    def every(self, chains: Mapping[int, Chain] | None = None) -> list[Dates]:
        """Return all of them, where they are not too many."""
        every = list(islice(self.calendars(chains), self.most + 1))
        if len(every) > self.most:
            raise TooManyError
        return every

    def is_possible(self, places: Sequence[int], sessions: int | None) -> bool:
        """Tell whether some protocols have a calendar, the last cut to so many sessions."""
        chains = {place: self.chains[place] for place in places}
        if sessions is not None:
            chains[places[-1]] = replace(chains[places[-1]], last=sessions)
        return next(self.calendars(chains), None) is not None

    def _mixed(
        self,
        chains: Mapping[int, Chain],
        order: Sequence[int],
        before: Mapping[int, Sequence[date]],
    ) -> Iterator[Dates]:
        """Yield every calendar in which the protocols begin in an order."""
        if len(before) == len(chains):
            yield tuple(tuple(before[place]) for place in chains)
            return
        place = order[len(before)]
        chain = self.opened(place, chains[place], before)
        begun = max((days[0] for days in before.values() if days), default=date.min)
        for tried, own in enumerate(chain.sequences(chain.first, chain.anchor)):
            if tried >= self.most:
                raise TooManyError
            if (not own or own[0] >= begun) and all(
                self.programme.allows(place, mine, other, day)
                for other, days in before.items()
                for day in days
                for mine in own
            ):
                yield from self._mixed(chains, order, {**before, place: own})

    def opened(self, place: int, chain: Chain, others: Mapping[int, Sequence[date]]) -> Chain:
        """Return a chain with the days that its first session has beside sessions of others."""
        if chain.anchor is not None or chain.asked.event_only:
            return chain
        asked = chain.asked
        opens = self.programme.opens(place, asked.first, others)
        return replace(
            chain, asked=replace(asked, first_last=asked.first_last + (opens - asked.first))
        )

    def second(self, place: int, dates: Sequence[date]) -> int:
        """Return criterion 2 of one protocol."""
        return second_criterion(self.chains[place], dates)

    def objective(self, dates: Dates) -> Objective:
        """Return the literal tuple of the criteria."""
        alone = [
            chain.objective(own, self.second(place, own))
            for place, (chain, own) in enumerate(zip(self.chains, dates, strict=True))
        ]
        visits = self.visits(dates)
        late = sum(criteria[0] for criteria in alone)
        second = sum(criteria[1] for criteria in alone)
        misses = sum(criteria[2] for criteria in alone)
        squares = sum(criteria[3] for criteria in alone)
        return late, second, len(visits), misses, squares, self._minutes(visits), dates

    def _minutes(self, visits: dict[date, tuple[int, ...]]) -> int:
        at = self.programme.asked[0].at
        if at is None:
            return 0
        total = 0
        for day, held in visits.items():
            minute = self.shared(held).minute(day)
            assert minute is not None
            total += len(held) * abs(minute - at)
        return total

    def best(self) -> JointAnswer | None:
        """Return the best calendar, None when none keeps the hard rules."""
        every = self.every()
        if not every:
            return None
        tuples = [self.objective(dates) for dates in every]
        least = min(tuples)
        slack = [self._room(every, least[-1], place) for place in self.places]
        return JointAnswer(
            least[-1],
            least,
            tuples.count(least),
            len(every),
            tuple(tuple(days for days, _ in room) for room in slack),
            tuple(tuple(day for _, day in room) for room in slack),
        )

    def others(self, wanted: int) -> list[Dates]:
        """Return the best calendars of other days of the first visit, the best first."""
        least: dict[date, Objective] = {}
        for dates in self.every():
            measured = self.objective(dates)
            first = min(own[0] for own in dates if own)
            least[first] = min(measured, least.get(first, measured))
        return [measured[-1] for measured in sorted(least.values())[1 : wanted + 1]]

    def _room(self, every: list[Dates], best: Dates, place: int) -> list[tuple[int, date | None]]:
        """Return for each session of a protocol how far it can move, all before it staying."""
        found: list[tuple[int, date | None]] = []
        for session, day in enumerate(best[place]):
            moved = sorted(
                {
                    dates[place][session]
                    for dates in every
                    if dates[place][session] > day and _stays(dates, best, place, session, day)
                }
            )
            chain = self.opened(place, self.chains[place], dict(enumerate(best)))
            if chain.anchor is None and session == 0:
                moved = [it for it in moved if it <= chain.asked.first_last]
            if chain.asked.event_only and chain.anchor is None and session == 0:
                moved = []  # the window of such a session ends on its own date
            found.append(((moved[-1] - day).days, moved[0]) if moved else (0, None))
        return found


def _stays(dates: Dates, best: Dates, place: int, session: int, day: date) -> bool:
    """Tell whether all sessions up to a day are as planned but one, and all others after it."""
    for other, (days, planned) in enumerate(zip(dates, best, strict=True)):
        for number, (now, before) in enumerate(zip(days, planned, strict=True)):
            if (other, number) == (place, session):
                continue
            if now != before if before <= day else now <= day:
                return False
    return True
