"""The quarters of people, rooms and devices: what visits take of them, and what is left."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from meso_schedule.availability.staff import Needs, Staff, quarters_in
from meso_schedule.base.models import MOST_TURNOVER
from meso_schedule.base.times import QUARTER
from meso_schedule.book.takings import BookedVisit

# Who or what is taken: a practitioner, a device, or the rooms of which a visit takes one.
Resource = tuple[str, ...]
# A quarter of it, counted since 1970.
Cell = tuple[Resource, int]
Taken = Mapping[Cell, int]
# A row of quarters from the first up to, and without, the last, counted from the begin of a visit.
Use = tuple[Resource, int, int]

# So many sets of rooms are told apart; the others are as good as all rooms.
_MOST_POOLS = 12
# Turnover reaches so many quarters past a visit.
MARGIN = MOST_TURNOVER // QUARTER


class Capacities:
    """How much of each resource is left beside visits that are not asked about.

    Rooms are counted by sets: of the visits that could only be in rooms of a set no more fit than
    it has rooms. Where all rooms do for the same treatments that is exact; else it allows
    no less than there is, and who gets which room is checked where a repair is whole.

    Args:
        staff: The people, rooms and devices.
        needs: What the courses that may change take.
        visits: What stays, or stays as long as nobody asks.
    """

    def __init__(self, staff: Staff, needs: Iterable[Needs], visits: Sequence[BookedVisit]) -> None:
        self.staff = staff
        wanted = {tuple(sorted(room.id for room in staff.suitable([need]))) for need in needs}
        booked = {_rooms_of(visit) for visit in visits}
        every = tuple(sorted(room.id for room in staff.clinic.rooms))
        kept = sorted((wanted | booked) - {(), every})[:_MOST_POOLS]
        self._pools: list[Resource] = [*kept, every] if every else []
        self._devices = {device.id: device for device in staff.clinic.devices}
        self._rooms = {room.id: room for room in staff.clinic.rooms}
        self._counts: dict[tuple[Resource, date], int] = {}
        self._dates: dict[int, date] = {}
        self._taken: Counter[Cell] = Counter()
        for visit in visits:
            self._taken.update(self.taken_by_visit(visit))

    def uses(self, need: Needs) -> tuple[list[Use], Use]:
        """Return what a visit takes of rooms and devices, and what of whoever gives it."""
        staff = self.staff
        rooms = staff.suitable([need])
        names = {room.id for room in rooms}
        end = min((quarters_in(room, [need]) for room in rooms), default=0)
        begin, after = need.quarters
        pools = [(pool, 0, end) for pool in self._pools if names and names <= set(pool)]
        devices = [((it.id,), begin, after) for it in staff.devices_of([need])]
        return [*pools, *devices], ((), begin, after)

    def shared(self, need: Needs) -> list[str]:
        """Return the rooms and devices that a visit can take."""
        rooms = [room.id for room in self.staff.suitable([need])]
        return rooms + [device.id for device in self.staff.devices_of([need])]

    def taken_by_visit(self, visit: BookedVisit) -> Counter[Cell]:
        """Return the quarters that a booked visit takes."""
        found: Counter[Cell] = Counter()
        takes = visit.takes
        for name, first, end in (*takes.people, *takes.devices):
            found.update(((name,), quarter) for quarter in range(first, end))
        if takes.rooms:
            names, end = set(_rooms_of(visit)), min(until for _, until in takes.rooms)
            for pool in self._pools:
                if names <= set(pool):
                    found.update((pool, quarter) for quarter in range(visit.begin, end))
        return found

    def left(self, cell: Cell) -> int:
        """Return how much of a resource is left on a quarter."""
        return max(0, self._count(cell) - self._taken[cell])

    def _count(self, cell: Cell) -> int:
        resource, quarter = cell
        # Turnover may run past midnight, into a day on which a room is closed.
        days = {self.date_of(quarter - it) for it in (0, MARGIN)}
        return max(self._count_on(resource, day) for day in days)

    def _count_on(self, resource: Resource, day: date) -> int:
        key = resource, day
        if key not in self._counts:
            self._counts[key] = self._open_on(resource, day)
        return self._counts[key]

    def _open_on(self, resource: Resource, day: date) -> int:
        hours = self.staff.hours
        if resource in self._pools:
            # What is booked may name a room that was given up since.
            rooms = (self._rooms[name] for name in resource if name in self._rooms)
            return sum(hours.is_open(room, day) for room in rooms)
        device = self._devices.get(resource[0])
        return hours.at_hand(device, day) if device else 1

    def date_of(self, quarter: int) -> date:
        """Return the day of the clinic that a quarter lies in."""
        if quarter not in self._dates:
            moment = datetime.fromtimestamp(60 * QUARTER * quarter, self.staff.hours.zone)
            self._dates[quarter] = moment.date()
        return self._dates[quarter]


def _rooms_of(visit: BookedVisit) -> Resource:
    return tuple(sorted(room for room, _ in visit.takes.rooms))
