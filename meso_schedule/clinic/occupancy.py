"""What booked visits take of a clinic: quarters of people and devices, and rooms that would do.

A room is no part of a booking: which of those that would do a visit has is a function of all
visits of its time, so that one may be put elsewhere to make place for another.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

# Quarters of a day of the world's clock.
DAY_QUARTERS = 96
# Ways to share out rooms that are followed side by side; with so many alike none is missed.
_MOST_WAYS = 4_096


class RoomWish(NamedTuple):
    """A visit that needs a room, in quarters since 1970.

    Args:
        begin: The first quarter that it takes.
        rooms: Each room that would do, with the first quarter after it; the best first.
    """

    begin: int
    rooms: tuple[tuple[str, int], ...]

    @property
    def end(self) -> int:
        """The first quarter after it in the room that it takes longest."""
        return max((end for _, end in self.rooms), default=self.begin)


def _no_wishes(_first: int, _end: int) -> Sequence[RoomWish]:
    return ()


@dataclass(frozen=True)
class Occupancy:
    """What is taken of each practitioner, room and unit of a device.

    Args:
        masks: By resource and day of the world's clock, the quarters taken; bit 0 is midnight.
        wishes: Returns the visits that have rooms from a quarter up to, and without, another.
    """

    masks: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    wishes: Callable[[int, int], Sequence[RoomWish]] = _no_wishes

    def taken(self, resource: str, first: int, length: int) -> int:
        """Return what is taken of a row of quarters, bit 0 being the first."""
        days = self.masks.get(resource)
        if not days:
            return 0
        mask = 0
        for day in range(first // DAY_QUARTERS, (first + length - 1) // DAY_QUARTERS + 1):
            shift = day * DAY_QUARTERS - first
            bits = days.get(day, 0)
            mask |= bits << shift if shift >= 0 else bits >> -shift
        return mask & (1 << length) - 1

    def freed(self, spans: Sequence[tuple[int, int]]) -> "Occupancy":
        """Return the same with rows of quarters, each up to and without the second, free of all."""
        days: dict[int, int] = {}
        for first, end in spans:
            for quarter in range(first, end):
                day, bit = divmod(quarter, DAY_QUARTERS)
                days[day] = days.get(day, 0) | 1 << bit
        masks = {
            name: {day: mask & ~days.get(day, 0) for day, mask in own.items()}
            for name, own in self.masks.items()
        }
        return Occupancy(masks, self.wishes)

    def units(self, device: str) -> Iterator[str]:
        """Yield the units of a device of which anything is taken."""
        return (name for name in self.masks if name.startswith(f"{device}#"))


EMPTY = Occupancy()


def unit(device: str, number: int) -> str:
    """Return the name of a unit of a device, counted from 1."""
    return f"{device}#{number}"


def rooms_of(wishes: Sequence[RoomWish]) -> list[str | None]:
    """Return the room of each visit; None where there is none for it.

    All have one wherever that can be. Else those that come first have what is left.

    Args:
        wishes: By their beginning.
    """
    found: list[str | None] = []
    for cluster in _clusters(wishes):
        found += _shared_out(cluster) or _first_come(cluster)
    return found


class RoomPlan:
    """The visits that have rooms, and where another one finds one, others changing theirs.

    Args:
        wishes: By their beginning.
    """

    def __init__(self, wishes: Sequence[RoomWish]) -> None:
        rooms = rooms_of(wishes)
        self._placed = [it for it, room in zip(wishes, rooms, strict=True) if room]

    def has_room(self, another: RoomWish) -> bool:
        """Tell whether another visit finds a room, each of the others keeping one."""
        spans = [(wish.begin, min(end for _, end in wish.rooms)) for wish in self._placed]
        begin, end = another.begin, min(end for _, end in another.rooms)
        rooms = {room for wish in (*self._placed, another) for room, _ in wish.rooms}
        if any(_depth(spans, quarter) >= len(rooms) for quarter in range(begin, end)):
            return False
        every = sorted([*self._placed, another], key=lambda wish: wish.begin)
        return all(_shared_out(cluster) for cluster in _clusters(every) if another in cluster)


def _depth(spans: Sequence[tuple[int, int]], quarter: int) -> int:
    return sum(first <= quarter < end for first, end in spans)


def _clusters(wishes: Sequence[RoomWish]) -> Iterator[list[RoomWish]]:
    """Yield runs of visits, none of which touches a visit of another run."""
    run: list[RoomWish] = []
    end = 0
    for wish in wishes:
        if run and wish.begin >= end:
            yield run
            run = []
        run.append(wish)
        end = max(end, wish.end)
    if run:
        yield run


def _shared_out(cluster: Sequence[RoomWish]) -> list[str | None] | None:
    """Return a room for each visit, the first of all ways; None where there is no way."""
    alike = _alike(cluster)
    ways: dict[tuple[tuple[str, int], ...], list[str | None]] = {(): []}
    for wish in cluster:
        following: dict[tuple[tuple[str, int], ...], list[str | None]] = {}
        for busy, rooms in ways.items():
            still = {room: end for room, end in busy if end > wish.begin}
            tried = set()
            for room, end in wish.rooms:
                if room in still or alike[room] in tried:
                    continue
                tried.add(alike[room])
                state = tuple(sorted({**still, room: end}.items()))
                following.setdefault(state, [*rooms, room])
        ways = dict(list(following.items())[:_MOST_WAYS])
    return next(iter(ways.values()), None)


def _alike(cluster: Sequence[RoomWish]) -> dict[str, tuple[tuple[int, int], ...]]:
    """Return for each room for which visits it would do, and until when: rooms alike are equal."""
    uses: dict[str, tuple[tuple[int, int], ...]] = {}
    for number, wish in enumerate(cluster):
        for room, end in wish.rooms:
            uses[room] = (*uses.get(room, ()), (number, end))
    return uses


def _first_come(cluster: Sequence[RoomWish]) -> list[str | None]:
    busy: dict[str, int] = {}
    found: list[str | None] = []
    for wish in cluster:
        free = ((room, end) for room, end in wish.rooms if busy.get(room, 0) <= wish.begin)
        room, end = next(free, (None, 0))
        if room:
            busy[room] = end
        found.append(room)
    return found
