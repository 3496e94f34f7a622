"""The first day that the visits of some treatments leave to the others."""

from collections.abc import Sequence

from meso_schedule.search.programme import Programme
from meso_schedule.search.ways import DAY_BITS


class PairSpacing:
    """The first days that distances leave to a session that stands after one of another track.

    Where the two share no day, it stands between that session and the next one of its track, or
    further on. As long as steps there are too short for the distances on both sides, it waits for
    the next that is not.

    Args:
        programme: What is to be placed.
    """

    def __init__(self, programme: Programme) -> None:
        self._waits = {
            (it, other): _waits(programme, other, it) for other, it in programme.distances
        }
        self._after = [
            [
                (other, distance.after, self._waits[place, other])
                for other in range(len(programme.tasks))
                if (distance := programme.distances.get((other, place)))
            ]
            for place in range(len(programme.tasks))
        ]
        # Those that share no day and keep a distance on both sides.
        self.pairs = [
            pair
            for pair in self._waits
            if pair[::-1] in self._waits and (min(pair), max(pair)) in programme.apart
        ]

    def floor(self, place: int, group: Sequence[int], nodes: Sequence[int], day: int) -> int:
        """Return the first day that a visit leaves the next session of a track.

        Args:
            place: The track.
            group: Who is treated.
            nodes: The number of sessions placed of each, above a day.
            day: The day of the visit.
        """
        floor = day + 1
        for other, after, waits in self._after[place]:
            if other in group:
                floor = max(floor, after(day), day + waits[nodes[other] >> DAY_BITS])
        return floor

    def wait(self, place: int, other: int, entry: int) -> int:
        """Return the days that a track waits at least after the next session of another.

        Args:
            place: The track.
            other: The other one.
            entry: Of the other, with sessions to come.
        """
        return self._waits[place, other][(entry >> 2 * DAY_BITS) + 1]


def _waits(programme: Programme, other: int, place: int) -> list[int]:
    """Return the days that a track waits at least, by the sessions of another that are placed."""
    task = programme.tasks[other]
    after = programme.distances[other, place].shortest
    waits = [after] * (task.count + 1)
    if (min(place, other), max(place, other)) in programme.apart:
        before = programme.distances.get((place, other))
        both = after + (before.shortest if before else 0)
        for placed in range(task.count - 1, 0, -1):
            step = task.gaps[placed - 1].lengths
            if step.longest < both:
                waits[placed] = step.shortest + waits[placed + 1]
    return waits
