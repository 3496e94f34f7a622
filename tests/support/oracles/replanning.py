"""Treatments that have begun, some booked: the fewest moves, by trying every calendar."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from typing import NamedTuple

from .arithmetic import Raw, after
from .brute_force import Chain, Days, holds
from .joint_brute import Dates, Trial
from .reading import clock
from .standing import standing


class Booked(NamedTuple):
    """A booked session as a caller gives it."""

    day: date
    start: str | None
    pinned: bool
    provisional: bool = False


Bookings = Mapping[str, Mapping[int, Booked]]
# Late days, moved, days moved, criterion 2, visits, misses, squares, minutes, dates.
Measure = tuple[int, int, int, int, int, int, int, int, Dates]
# A protocol by its place, and a session of it by its number.
Mark = tuple[int, int]


class Visit(NamedTuple):
    """One visit: when it begins, and which protocols keep their booked times."""

    minute: int | None
    kept: frozenset[int]


class Replanned(NamedTuple):
    """The smallest of all measures, how many calendars reach it, and the room of each session."""

    measure: Measure
    ties: int
    room: tuple[tuple[tuple[int, date | None], ...], ...]


def keeps_time(days: Days, day: date, start: str) -> bool:
    """Tell whether the hours of a day hold the chair time from a start on."""
    asked = days.asked
    pieces = asked.cut(asked.opening_hours(day), day)
    return any(holds(asked, day, piece, clock(start)) for piece in pieces)


class Question(Trial):
    """Running treatments with booked sessions, by protocol and number."""

    def __init__(
        self,
        protocols: Sequence[Raw],
        request: Raw,
        clinic: Raw | None,
        as_of: date,
        booked: Bookings,
        most: int = 60_000,
    ) -> None:
        super().__init__(protocols, request, clinic, as_of, most)
        notice = (clinic or {}).get("notice")
        until = after(as_of, notice) if notice else as_of - timedelta(days=1)
        every = [booked.get(protocol["id"], {}) for protocol in protocols]
        self.booked = [
            {number: it for number, it in own.items() if it.pinned or it.day <= last}
            for own, last in zip(every, self._last_days(every, as_of), strict=True)
        ]
        self.fixed: dict[Mark, date] = {
            (place, number): entry.day
            for place, own in enumerate(self.booked)
            for number, entry in own.items()
            if number not in self.programme.asked[place].pins
            and as_of <= entry.day
            and (entry.pinned or entry.day <= until)
        }
        if any(self.booked):
            self.chains = [replace(chain, floor=as_of) for chain in self.chains]
        self._visits: dict[tuple[date, tuple[tuple[int, int], ...]], Visit] = {}

    def _last_days(self, every: Sequence[Mapping[int, Booked]], as_of: date) -> list[date]:
        """Return the day up to which the bookings of each count.

        A treatment whose skin has not improved, or is not expected to, does not keep what it
        booked for the other case: from its first such session on all are free, and the others
        are free from the first such decision on.
        """
        last: list[date | None] = []
        for place, own in enumerate(every):
            protocol, request = self.programme.protocols[place], self.programme.requests[place]
            now = standing(protocol, request, as_of) if request["held"] else None
            hopes = [it.day for it in own.values() if it.provisional]
            is_no = now is not None and now.answer == "no"
            if not hopes or not (is_no or request.get("no_improvement")):
                last.append(None)
                continue
            before = [it.day for it in own.values() if it.day < min(hopes)]
            last.append(max([*before, *([now.last] if now else [])], default=date.min))
        first = min((day for day in last if day), default=date.max)
        return [day or first for day in last]

    def pinned(self, released: Sequence[Mark] = ()) -> dict[int, Chain]:
        """Return the chains with the fixed sessions pinned, those released aside."""
        chains = {}
        for place, chain in enumerate(self.chains):
            pins = {
                number: day
                for (other, number), day in self.fixed.items()
                if other == place and (place, number) not in released
            }
            asked = replace(chain.asked, pins={**chain.asked.pins, **pins})
            chains[place] = replace(chain, asked=asked)
        return chains

    def marked(self, dates: Dates) -> dict[date, tuple[Mark, ...]]:
        """Return which sessions are on each day."""
        days: dict[date, tuple[Mark, ...]] = {}
        for place, own in enumerate(dates):
            for number, day in enumerate(own, self.chains[place].first):
                days[day] = (*days.get(day, ()), (place, number))
        return days

    def visit(self, day: date, marks: tuple[Mark, ...]) -> Visit:
        """Return when a visit begins: every minute of the day is tried."""
        key = day, marks
        if key not in self._visits:
            self._visits[key] = self._look(day, marks)
        return self._visits[key]

    def _look(self, day: date, marks: tuple[Mark, ...]) -> Visit:
        places = tuple(place for place, _ in marks)
        whole = self.shared(places)
        begins: dict[int, int] = {}
        minutes = 0
        for place, number in marks:
            entry = self.booked[place].get(number)
            if entry and entry.day == day and entry.start:
                begins[place] = clock(entry.start) - minutes
            minutes += self.programme.asked[place].minutes
        best: tuple[int, int, int] | None = None
        for minute in set(begins.values()):
            if minute < 0 or not keeps_time(whole, day, f"{minute // 60:02}:{minute % 60:02}"):
                continue
            count = sum(other == minute for other in begins.values())
            off = 0 if whole.asked.at is None else abs(minute - whole.asked.at)
            best = min(best or (0, 0, 0), (-count, off, minute))
        if best is None:
            return Visit(whole.minute(day), frozenset())
        return Visit(best[2], frozenset(place for place, it in begins.items() if it == best[2]))

    def stays(self, mark: Mark, day: date, visit: Visit) -> bool:
        """Tell whether a session on a day does not move."""
        place, number = mark
        entry = self.booked[place].get(number)
        if entry is None:
            return True
        return entry.day == day and (entry.start is None or place in visit.kept)

    def measure(self, dates: Dates) -> Measure:
        """Return the literal tuple of the criteria."""
        late, second, visits, misses, squares, _, _ = self.objective(dates)
        moved = days_moved = minutes = 0
        at = self.programme.asked[0].at
        for day, marks in self.marked(dates).items():
            visit = self.visit(day, marks)
            for mark in marks:
                if not self.stays(mark, day, visit):
                    moved += 1
                    days_moved += abs((day - self.booked[mark[0]][mark[1]].day).days)
            if at is not None and visit.minute is not None:
                minutes += len(marks) * abs(visit.minute - at)
        return late, moved, days_moved, second, visits, misses, squares, minutes, dates

    def best_replanned(self) -> Replanned | None:
        """Return the smallest of all measures, None when nothing fits."""
        every = self.every(self.pinned())
        if not every:
            return None
        measures = [self.measure(dates) for dates in every]
        least = min(measures)
        room = tuple(tuple(self._room(every, least[-1], place)) for place in self.places)
        return Replanned(least, measures.count(least), room)

    def fewest_released(self) -> int | None:
        """Return how many fixed sessions must be let go, None when that does not help."""
        for count in range(1, len(self.fixed) + 1):
            for released in combinations(self.fixed, count):
                if next(self.calendars(self.pinned(released)), None) is not None:
                    return count
        return None
