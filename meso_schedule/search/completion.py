"""What the hard rules leave several tracks: whether what is to come fits, and how far it moves."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from itertools import combinations
from operator import ge

from meso_schedule.base.dates import LAST_ORDINAL
from meso_schedule.search.feasibility import Feasibility
from meso_schedule.search.openings import Openings, State, placed
from meso_schedule.search.programme import Programme, Room
from meso_schedule.search.task import OutOfWork, Task
from meso_schedule.search.ways import DAY_BITS, DAY_MASK

# Visits looked at for one question before it counts as unanswered.
_MOST_LOOKS = 5_000

# A state holds of each track a node, as in `tracks`, and the first day its next session can be on.
Visit = tuple[tuple[int, ...], int]
Pin = tuple[int, int]


class _Days:
    """The days of one track from which its own sessions can go on.

    Args:
        task: The sessions.
        first: The first day session 0 may be on.
    """

    def __init__(self, task: Task, first: int) -> None:
        self.task = task
        self.final = task.count << 2 * DAY_BITS
        self._possible = Feasibility(task, first, task.last)
        self._after: dict[int, list[int]] = {}

    def entry(self, node: int, floor: int) -> int | None:
        """Return what stands for a node and a floor; None where they leave no day."""
        if node >= self.final >> DAY_BITS:
            return node << DAY_BITS
        days = self.after(node << DAY_BITS | floor)
        return node << DAY_BITS | days[0] if days else None

    def first(self, entry: int) -> int:
        """Return the first day that an entry leaves the next session."""
        return entry & DAY_MASK

    def last(self, entry: int) -> int:
        """Return the last day of the next session."""
        return self.after(entry)[-1]

    def after(self, entry: int) -> list[int]:
        """Return the days of the next session."""
        known = self._after.get(entry)
        if known is None:
            node, floor = entry >> DAY_BITS, entry & DAY_MASK
            session = node >> DAY_BITS
            first, last = self.task.window(session, node & DAY_MASK)
            known = self._after[entry] = self._possible.days(session, max(first, floor), last)
        return known


class Completion:
    """Tells whether the sessions still to come can be placed under the hard rules.

    Args:
        programme: What is to be placed.
        dates: A calendar that keeps the hard rules, when one is known.
    """

    def __init__(self, programme: Programme, dates: Sequence[Sequence[int]] = ()) -> None:
        self._programme = programme
        begin = min((days[0] for days in dates if days), default=0)
        self.openings = Openings(programme)
        self.tracks = [_Days(task, max(task.first, begin)) for task in self.openings.tasks]
        self._final = tuple(track.final for track in self.tracks)
        self._known: dict[tuple[State, Pin | None], bool] = {}
        # The visits by which others with as many sessions placed went on: they are tried first.
        self._ways: dict[tuple[int, ...], dict[Visit, None]] = {}
        self._looks = 0
        if dates:
            self._trust(dates)

    def beginning(self, place: int, task: Task) -> "Completion":
        """Return the same where the first session of a track has other days.

        What is known of the days after that session holds there too.
        """
        made = copy(self)
        made._programme = self._programme.with_task(place, task)
        made.openings = Openings(made._programme)
        made.tracks = [*self.tracks]
        made.tracks[place] = _Days(made.openings.tasks[place], task.first)
        made._known = {it: fits for it, fits in self._known.items() if placed(it[0])[place]}
        return made

    def can_begin(self) -> bool | None:
        """Tell whether there is any calendar at all; None where that takes too much work."""
        return self.can_follow(self.openings.begin, 0)

    def can_follow(self, nodes: Sequence[int], floor: int, pin: Pin | None = None) -> bool | None:
        """Tell whether all can be placed from a day on, one track's next session on a day.

        None where the answer takes too much work.
        """
        self._looks = 0
        state = self.openings.settled(self.tracks, nodes, floor)
        try:
            return state is not None and self._look(state, pin)
        except OutOfWork:
            return None

    def _trust(self, dates: Sequence[Sequence[int]]) -> None:
        """Take it as known that a calendar keeps the hard rules."""
        state = self.openings.settled(self.tracks, self.openings.begin, 0)
        for _, group, day in self.openings.steps(dates):
            assert state is not None, "a calendar that is given can be followed"
            self._ways.setdefault(placed(state), {})[group, day] = None
            self._known[state, None] = True
            state = self.openings.entries(self.tracks, state, group, day)

    def _look(self, state: State, pin: Pin | None) -> bool:
        if all(map(ge, state, self._final)):
            return True
        known = self._known.get((state, pin))
        if known is not None:
            return known
        ways = self._ways.setdefault(placed(state), {})
        found = False
        for group, day in self._visits(state, pin, list(ways)):
            self._looks += 1
            if self._looks > _MOST_LOOKS:
                raise OutOfWork
            following = self.openings.entries(self.tracks, state, group, day)
            is_placed = pin is not None and pin[0] in group
            if following and self._look(following, None if is_placed else pin):
                ways[group, day] = None
                found = True
                break
        self._known[state, pin] = found
        return found

    def _visits(self, state: State, pin: Pin | None, ways: Sequence[Visit]) -> Iterator[Visit]:
        """Yield the visits that can come next, known ways first, then in the order of days."""
        listed = {
            place: track.after(entry)
            for place, (track, entry) in enumerate(zip(self.tracks, state, strict=True))
            if entry < track.final
        }
        if pin:
            place, day = pin
            listed[place] = [day] if day in listed[place] else []
        if not all(listed.values()):
            return
        # The visit after this one must still come in time for every track.
        last = min(
            self.openings.cap(place, state[place] >> DAY_BITS, days[-1])
            for place, days in listed.items()
        )
        for group, day in ways:
            if day <= last and all(_holds(listed.get(place, ()), day) for place in group):
                yield group, day
        able: dict[int, list[int]] = {}
        for place, days in listed.items():
            for day in days[: bisect_right(days, last)]:
                able.setdefault(day, []).append(place)
        for day in sorted(able):
            for group in self._groups(able[day], day):
                if (group, day) not in ways:
                    yield group, day

    def _groups(self, places: Sequence[int], day: int) -> Iterator[tuple[int, ...]]:
        """Yield the places that can be treated together on a day, the most first."""
        programme = self._programme
        for size in range(len(places), 1, -1):
            for group in combinations(places, size):
                held = sum(1 << place for place in group)
                if group in programme.groups and programme.shared(held).usable(day, day):
                    yield group
        yield from ((place,) for place in places)


def _holds(days: Sequence[int], day: int) -> bool:
    """Tell whether days, in order, hold one."""
    place = bisect_left(days, day)
    return place < len(days) and days[place] == day


def room_beside(programme: Programme, dates: Sequence[Sequence[int]]) -> list[Room]:
    """Return for each session the last day it could be on and the first one after its date.

    What lies before it, and what shares its day, stays as it is; whatever comes later must still
    find a day each, after the day it had. None for a last day that takes too much work to tell.
    """
    completion = Completion(programme, dates)
    room: list[Room] = [[(None, None)] * len(days) for days in dates]
    # Last session first, so that what is found there answers for the sessions before.
    for nodes, group, day in reversed(list(completion.openings.steps(dates))):
        for place in reversed(group):
            task, session = programme.tasks[place], nodes[place] >> DAY_BITS
            beside = [other for other in group if other != place]
            before = completion.openings.follow(nodes, beside, day)
            # What shares its day may be late enough for a first session only beside it.
            found = (day, None) if before is None else _room(completion, task, before, (place, day))
            room[place][session] = found
    return room


def _room(
    completion: Completion, task: Task, nodes: Sequence[int], at: tuple[int, int]
) -> tuple[int | None, int | None]:
    place, day = at
    if task.end is not None and nodes[place] <= DAY_MASK and not task.lead:
        return day, None
    later = completion.tracks[place].after(nodes[place] << DAY_BITS | day + 1)
    last = completion.openings.last(place, nodes[place], LAST_ORDINAL)
    later = later[: bisect_right(later, last)]

    def not_refused(options: Iterable[int]) -> Iterator[tuple[int, bool | None]]:
        for option in options:
            if (fits := completion.can_follow(nodes, day + 1, (place, option))) is not False:
                yield option, fits

    backup, fits = next(not_refused(later), (None, False))
    if backup is None:
        return day, None
    if fits is None:
        return None, None
    furthest, fits = next(not_refused(reversed(later)))
    return furthest if fits else None, backup
