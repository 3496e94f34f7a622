"""What the hard rules leave: how far each session can move, and how far a course can come."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations

from meso_schedule.search.openings import Openings, State
from meso_schedule.search.programme import Programme
from meso_schedule.search.task import Task
from meso_schedule.search.tracks import DAY_BITS, DAY_MASK

# Visits looked at for one question before it counts as unanswered.
_MOST_LOOKS = 5_000
Pin = tuple[int, int]
# For each session the last day it could be on, and the first one after its date.
Room = list[tuple[int | None, int | None]]


class Feasibility:
    """Tells whether the sessions after a given one can still be placed."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self._known: dict[tuple[int, int], bool] = {}
        # Days from which the rest is known to fit: one of them in a window settles it.
        self._sure: list[list[int]] = [[] for _ in range(task.count)]

    def __call__(self, session: int, day: int) -> bool:
        """Tell whether all sessions after `session`, when it is on `day`, can be placed."""
        if session == self.task.count - 1:
            return True
        known = self._known.get((session, day))
        if known is None:
            known = self._known[session, day] = self._look(session + 1, day)
        return known

    def trust(self, session: int, days: Iterable[int]) -> None:
        """Take it as known that the rest fits when `session` is on any of these usable days."""
        self._sure[session].extend(days)

    def _look(self, session: int, before: int) -> bool:
        first, last = self.task.window(session, before)
        if any(first <= day <= last for day in self._sure[session]):
            return True
        return any(self(session, day) for day in self.task.days_for(session, first, last))


def room_to_move(task: Task, dates: Sequence[int]) -> Room:
    """Return for each session the last day it could be on and the first one after its date.

    The sessions before stay as they are; those after must still find a day each.
    """
    possible = Feasibility(task)
    room: Room = []
    # Last session first, so that what is found there answers for the sessions before.
    for session in range(task.count - 1, -1, -1):
        day = dates[session]
        _, last = task.window(session, dates[session - 1])
        if task.end is not None and session == 0 and not task.lead:
            last = day
        later = task.days_for(session, day + 1, last)
        backup = next((option for option in later if possible(session, option)), None)
        furthest = next((option for option in reversed(later) if possible(session, option)), day)
        possible.trust(session, {day, furthest, backup or day})
        room.append((furthest, backup))
    return room[::-1]


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the hard rules let a course come.

    Args:
        layers: The days each session can be on, for every session that can be placed.
        spans: The days the first session that cannot be placed could have been on.
    """

    layers: list[list[int]]
    spans: list[tuple[int, int]]


def reachable(task: Task) -> Reach:
    """Find the days each session can be on when those before it are placed."""
    layers: list[list[int]] = []
    spans = [(task.first, task.last)]
    while len(layers) < task.count:
        session = len(layers)
        days = [day for span in spans for day in task.days_for(session, *span)]
        if not days:
            return Reach(layers, spans)
        layers.append(days)
        if len(layers) < task.count:
            spans = _merged(task.window(session + 1, day) for day in days)
    return Reach(layers, [])


def is_possible(task: Task) -> bool:
    """Tell whether any calendar keeps the hard rules."""
    return len(reachable(task).layers) == task.count


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in spans:
        if last < first:
            continue
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(last, merged[-1][1])
        else:
            merged.append((first, last))
    return merged


def shortened(task: Task, count: int) -> Task:
    """Return the task with its first sessions only."""
    return replace(task, gaps=task.gaps[: count - 1])


class Completion:
    """Tells whether the sessions still to come can be placed under the hard rules."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.openings = Openings(programme)
        self.tasks = self.openings.tasks
        self._alone = [Feasibility(task) for task in programme.tasks]
        self._known: dict[State, bool] = {}
        self._looks = 0

    def can_follow(self, state: State, floor: int, pin: Pin) -> bool | None:
        """Tell whether all can be placed from `floor` on when one chain's next session is pinned.

        It is None where the answer takes too much work.
        """
        return self._answer(state, floor, pin)

    def can_begin(self) -> bool | None:
        """Tell whether there is any calendar at all; None where that takes too much work."""
        return self._answer(self.openings.begin, 0, None)

    def _answer(self, state: State, floor: int, pin: Pin | None) -> bool | None:
        self._looks = 0
        found = self._look(state, floor, pin)
        return found if found or self._looks <= _MOST_LOOKS else None

    def _look(self, state: State, floor: int, pin: Pin | None) -> bool:
        if all(
            node >> DAY_BITS == task.count for node, task in zip(state, self.tasks, strict=True)
        ):
            return True
        if pin is None and state in self._known:
            return self._known[state]
        found = False
        for following, day, pinned in self._visits(state, floor, pin):
            self._looks += 1
            if self._looks > _MOST_LOOKS:
                return False
            if self._look(following, day + 1, pin if not pinned else None):
                found = True
                break
        if pin is None and self._looks <= _MOST_LOOKS:
            self._known[state] = found
        return found

    def _visits(
        self, state: State, floor: int, pin: Pin | None
    ) -> Iterator[tuple[State, int, bool]]:
        """Yield the visits that can come next, the earliest first."""
        windows = self._windows(state, floor, pin)
        if any(first > last for first, last in windows.values()):
            return
        cap = min(self.openings.cap(it, state[it], last) for it, (_, last) in windows.items())
        days = {
            place: self.tasks[place].days_for(state[place] >> DAY_BITS, first, min(last, cap))
            for place, (first, last) in windows.items()
        }
        for day in sorted({day for listed in days.values() for day in listed}):
            able = [place for place, listed in days.items() if day in listed]
            for size in range(len(able), 0, -1):
                for group in combinations(able, size):
                    following = self.openings.follow(state, group, day)
                    if following and self._fits(state, group, day):
                        yield following, day, pin is not None and pin[0] in group

    def _windows(self, state: State, floor: int, pin: Pin | None) -> dict[int, tuple[int, int]]:
        windows: dict[int, tuple[int, int]] = {}
        floors = self.openings.floors(state)
        for place, (node, task) in enumerate(zip(state, self.tasks, strict=True)):
            if node >> DAY_BITS == task.count:
                continue
            first, last = task.window(node >> DAY_BITS, node & DAY_MASK)
            first = max(first, floor, floors[place])
            if pin and pin[0] == place:
                first, last = max(first, pin[1]), min(last, pin[1])
            windows[place] = first, min(last, task.limit)
        return windows

    def _fits(self, state: State, group: Sequence[int], day: int) -> bool:
        if any(pair in self.programme.apart for pair in combinations(group, 2)):
            return False
        if not all(self._alone[place](state[place] >> DAY_BITS, day) for place in group):
            return False
        if len(group) == 1:
            return True
        held = sum(1 << place for place in group)
        return bool(self.programme.shared(held).usable(day, day))


def room_beside(programme: Programme, dates: Sequence[Sequence[int]]) -> list[Room]:
    """Return for each session the last day it could be on and the first one after its date.

    What lies before it, and what shares its day, stays as it is; whatever comes later must still
    find a day each, after the day it had. The last day is None where it takes too much work to
    tell: the first one is then the first that is known to do.
    """
    completion = Completion(programme)
    return [
        [_room(completion, dates, place, session) for session in range(len(days))]
        for place, days in enumerate(dates)
    ]


def _room(
    completion: Completion, dates: Sequence[Sequence[int]], place: int, session: int
) -> tuple[int | None, int | None]:
    task, day = completion.tasks[place], dates[place][session]
    placed = [
        days[:session] if other == place else [it for it in days if it <= day]
        for other, days in enumerate(dates)
    ]
    state = completion.openings.after(placed)
    if state is None:
        return day, None
    _, last = task.window(session, dates[place][session - 1] if session else 0)
    if task.end is not None and session == 0 and not task.lead:
        last = day
    later = task.days_for(session, day + 1, completion.openings.last(place, state[place], last))

    @cache
    def fits(option: int) -> bool | None:
        return completion.can_follow(state, day + 1, (place, option))

    backup = next(filter(fits, later), None)
    furthest = next((option for option in reversed(later) if fits(option) is not False), day)
    return furthest if furthest == day or fits(furthest) else None, backup
