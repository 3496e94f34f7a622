"""The people, rooms and devices of a clinic: when each is free for what a session takes."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple, Self

from meso_schedule.availability.quarters import (
    Day,
    bits,
    day_of,
    starts_free_of,
    starts_within,
)
from meso_schedule.availability.working_hours import WorkingHours
from meso_schedule.base.models import MOST_TURNOVER
from meso_schedule.base.times import QUARTER
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.clinic.occupancy import Occupancy, RoomPlan, RoomWish
from meso_schedule.clinic.resources import Device, Practitioner, Room
from meso_schedule.rules.protocol import Protocol
from meso_schedule.rules.rule_tables import Continuity

# Quarters after a day into which turnover can reach.
_MARGIN = MOST_TURNOVER // QUARTER
_WEEK = 7


class Needs(NamedTuple):
    """What a treatment of a visit takes; `offset` minutes after the visit has begun.

    Args:
        first: Minutes from the beginning of the visit to that of the practitioner's part.
        length: Minutes of the practitioner's part.
        turnover: Minutes of the room after the visit.
    """

    protocol: str
    family: str
    minutes: int
    first: int
    length: int
    turnover: int
    devices: tuple[str, ...]
    continuity: Continuity

    @classmethod
    def of(cls, protocol: Protocol, offset: int = 0) -> Self:
        """Return what a protocol asks for."""
        counts = protocol.sessions
        return cls(
            protocol.id,
            protocol.family,
            counts.minutes,
            offset + counts.before,
            counts.minutes - counts.before - counts.after,
            counts.turnover,
            counts.devices,
            counts.continuity,
        )

    @classmethod
    def of_consultation(cls, protocol: Protocol, minutes: int) -> Self:
        """Return what a consultation about a protocol asks for: who gives it, and a room for it."""
        return cls(protocol.id, protocol.family, minutes, 0, minutes, 0, (), "prefer")

    @property
    def quarters(self) -> tuple[int, int]:
        """The quarters of the practitioner's part, from the beginning: the first, the one after."""
        return self.first // QUARTER, -(-(self.first + self.length) // QUARTER)


class Staff:
    """The people, rooms and devices of a clinic with what is booked of them.

    Args:
        clinic: Whose they are.
        as_of: The day of asking.
        is_urgent: Whether what is kept for urgent cases is offered.
    """

    def __init__(self, clinic: Clinic, as_of: date, *, is_urgent: bool = False) -> None:
        self.clinic = clinic
        self.hours = WorkingHours(clinic)
        self._as_of = as_of
        self._is_urgent = is_urgent
        self._left: dict[tuple[str, int], int] = {}
        self._plans: dict[int, RoomPlan] = {}

    @property
    def booked(self) -> Occupancy:
        """What is booked of them."""
        return self.clinic.booked

    @cached_property
    def names(self) -> dict[str, str]:
        """What each practitioner is called: the name, and the id."""
        return {who.id: f"{who.name} ({who.id})" for who in self.clinic.practitioners}

    def treating(self, needs: Needs) -> list[Practitioner]:
        """Return who may give a treatment."""
        people = self.clinic.practitioners
        return [who for who in people if who.takes(needs.protocol, needs.family)]

    def day(self, day: date) -> Day:
        """Return a day in quarters."""
        return day_of(day, self.hours.zone)

    def works(self, who: Practitioner, day: date, needs: Needs) -> int:
        """Return the starts of a visit whose part for a practitioner lies in working hours."""
        return starts_within(self.hours.spans(who, day), needs.first, needs.length)

    def free(self, who: Practitioner, day: date, needs: Needs) -> int:
        """Return the starts of a visit whose part a practitioner can do."""
        works = self.works(who, day, needs)
        if not works or self.is_reserved(who, day, needs):
            return 0
        first, length = self.day(day)
        taken = self.booked.taken(who.id, first, length)
        return works & starts_free_of(taken, *needs.quarters, length) if taken else works

    def is_reserved(self, who: Practitioner, day: date, needs: Needs) -> bool:
        """Tell whether another session would take of what is kept for urgent cases."""
        reserve = self.clinic.reserve
        if reserve is None or self._is_urgent or day < reserve.beyond.after(self._as_of):
            return False
        week = (day.toordinal() - 1) // _WEEK
        left = self._left.get((who.id, week))
        if left is None:
            left = self._left[who.id, week] = self._left_of(who, week, reserve.share.percent)
        begin, end = needs.quarters
        return end - begin > left

    def _left_of(self, who: Practitioner, week: int, percent: Decimal) -> int:
        """Return the quarters of a week that can be booked still, the reserve left aside."""
        days = [date.fromordinal(_WEEK * week + 1 + number) for number in range(_WEEK)]
        works = sum(self.hours.free(who, day).bit_count() for day in days)
        taken = sum(self.booked.taken(who.id, *self.day(day)).bit_count() for day in days)
        return int(works * (100 - percent) / 100) - taken

    def rooms_for(self, day: date, needs: Sequence[Needs]) -> list[Room]:
        """Return the rooms that would do for a visit, open on a day."""
        return [room for room in self.suitable(needs) if self.hours.is_open(room, day)]

    def suitable(self, needs: Sequence[Needs]) -> list[Room]:
        """Return the rooms that would do for a visit."""
        devices = [it for it in self.devices_of(needs) if it.rooms is not None]
        return [
            room
            for room in self.clinic.rooms
            if all(room.takes(need.protocol, need.family) for need in needs)
            and all(room.id in (device.rooms or ()) for device in devices)
        ]

    def devices_of(self, needs: Sequence[Needs]) -> list[Device]:
        """Return the devices that a visit takes."""
        wanted = {name for need in needs for name in need.devices}
        return [device for device in self.clinic.devices if device.id in wanted]

    def in_rooms(self, day: date, needs: Sequence[Needs]) -> int:
        """Return the starts of a visit at which a room that would do is free as it is."""
        first, length = self.day(day)
        if not self.clinic.rooms:
            return bits(0, length)
        if self._is_left:
            return 0  # who is in a room that was given up comes into another
        mask = 0
        for room in self.rooms_for(day, needs):
            taken = self.booked.taken(room.id, first, length + _MARGIN)
            mask |= starts_free_of(taken, 0, quarters_in(room, needs), length)
        return mask

    @cached_property
    def _is_left(self) -> bool:
        """Whether anything is booked of what the clinic does not have any more."""
        clinic = self.clinic
        known = {*(it.id for it in clinic.practitioners), *(it.id for it in clinic.rooms)}
        known |= {it.id for it in clinic.devices}
        return any(name.partition("#")[0] not in known for name in self.booked.masks)

    def after_changes(self, day: date, needs: Sequence[Needs], starts: int) -> int:
        """Return those of some starts at which a room is free once others change theirs."""
        rooms = self.rooms_for(day, needs)
        if not (rooms and starts):
            return 0
        first, _ = self.day(day)
        plan = self._plan(day)
        ends = [(room.id, quarters_in(room, needs)) for room in rooms]
        return sum(
            1 << start
            for start in set_bits(starts)
            if plan.has_room(
                RoomWish(first + start, tuple((room, first + start + end) for room, end in ends))
            )
        )

    def _plan(self, day: date) -> RoomPlan:
        first, length = self.day(day)
        if first not in self._plans:
            # A room is changed for one that is taken as late as the day before and after.
            wishes = self.booked.wishes(first - length, first + 2 * length)
            # What is booked may name a room that was given up since.
            rooms = {room.id for room in self.clinic.rooms}
            left = (it._replace(rooms=tuple(r for r in it.rooms if r[0] in rooms)) for it in wishes)
            self._plans[first] = RoomPlan([it for it in left if it.rooms])
        return self._plans[first]

    def with_device(self, device: Device, day: date, needs: Sequence[Needs]) -> int:
        """Return the starts of a visit at which a device is free."""
        first, length = self.day(day)
        full = self._full(device, day, first, length)
        mask = bits(0, length)
        for need in needs:
            if device.id in need.devices:
                mask &= starts_free_of(full, *need.quarters, length)
        return mask

    def _full(self, device: Device, day: date, first: int, length: int) -> int:
        """Return the quarters of a day at which no more of a device is to be had."""
        left = [bits(0, length)]  # those at which one, two, … more are taken
        for name in self.booked.units(device.id):
            taken = self.booked.taken(name, first, length)
            left = [
                (after & ~taken) | (before & taken)
                for after, before in zip([*left, 0], [0, *left], strict=True)
            ]
        mask = 0
        for exact in left[self.hours.at_hand(device, day) :]:
            mask |= exact
        return mask


def quarters_in(room: Room, needs: Sequence[Needs]) -> int:
    """Return how many quarters a visit takes of a room."""
    turnover = max(room.turnover, *(need.turnover for need in needs))
    return -(-(sum(need.minutes for need in needs) + turnover) // QUARTER)


def set_bits(mask: int) -> Iterator[int]:
    """Yield the bits of a mask that are set, from the lowest on."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
