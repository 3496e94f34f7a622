"""The days and times at which people, rooms and devices are free for a visit, and who does it.

The days and hours of the clinic and the patient are those of `session_days`; of the starts that
they leave, each day has one best: with the main practitioner where that can be, then nearest to
the preferred time, then earliest.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from copy import copy
from datetime import date
from typing import NamedTuple, Self

from meso_schedule.availability.open_days import OpenDays, clock_changes
from meso_schedule.availability.quarters import first_moment, quarter_of
from meso_schedule.availability.session_days import Availability
from meso_schedule.availability.staff import Needs, Staff, quarters_in, set_bits
from meso_schedule.availability.start_times import Cause
from meso_schedule.base.phrases import Phrase, joined, phrase
from meso_schedule.base.times import DAY_MINUTES, QUARTER, TimeRange
from meso_schedule.clinic.resources import Practitioner


class StaffedStart(NamedTuple):
    """When a visit begins on a day, and who gives each of its treatments.

    Args:
        others: How many of them are not given by the main practitioner.
        minute: After midnight.
        people: Who gives each, by their ids.
    """

    others: int
    minute: int
    people: tuple[str, ...]


class _Free(NamedTuple):
    """The starts of a visit on a day.

    Args:
        starts: At which rooms and devices are free, and somebody for each treatment.
        people: For each treatment, at which starts each practitioner can do it.
    """

    starts: int
    people: tuple[dict[str, int], ...]


class SharedAvailability(Availability):
    """Usable days and start times of visits that take people, rooms and devices.

    Args:
        open_days: When the clinic is open and the patient can come.
        staff: Who and what there is.
        needs: What each treatment of the visit takes, in their order.
        at: Preferred start in minutes after midnight.
        main: The main practitioner; None while that is open.
    """

    def __init__(
        self,
        open_days: OpenDays,
        staff: Staff,
        needs: Sequence[Needs],
        *,
        at: int | None = None,
        main: str | None = None,
    ) -> None:
        minutes = sum(need.minutes for need in needs)
        super().__init__(open_days, minutes, at=at, is_timed=True)
        self.staff = staff
        self.needs = tuple(needs)
        self.main = main
        self._free: dict[int, _Free] = {}
        self._own: dict[tuple[int, Sequence[TimeRange]], int] = {}
        self._choices: dict[int, StaffedStart | None] = {}

    def with_main(self, main: str) -> Self:
        """Return the same with a main practitioner; what is free is not looked up again."""
        made = copy(self)
        made.main, made._choices = main, {}
        made._block(self._blocks)
        return made

    def giving(self, needs: Sequence[Needs]) -> "SharedAvailability":
        """Return the same for a visit of other treatments, without days kept free."""
        at = self.preferred_minute
        return SharedAvailability(self.open_days, self.staff, needs, at=at, main=self.main)

    def usable(self, first: int, last: int) -> list[int]:
        return [day for day in super().usable(first, last) if self._choice(day)]

    def lookup(self, first: int, last: int) -> Container[int]:
        super().lookup(first, last)
        return self

    def __contains__(self, day: object) -> bool:
        return isinstance(day, int) and day in self._open and self._choice(day) is not None

    def start_minute(self, day: int) -> int:
        return self.choice(day).minute

    def others(self, day: int) -> int:
        """Return how many treatments of a usable day the main practitioner does not give."""
        return self.choice(day).others

    def others_at(self, day: int, minute: int | None, ranks: Iterable[int]) -> int:
        choice = self.choice(day) if minute is None else self.people_at(day, minute)
        assert choice, "asked for a begin that is not free"
        return sum(
            choice.people[rank] != self.main and not self._is_any(self.needs[rank])
            for rank in ranks
        )

    def giver(self, day: int, minute: int, wanted: str | None) -> str | None:
        choice, free = self.people_at(day, minute), self._free_on(day)
        assert choice, "asked for a begin that is not free"
        bit = self._bit_of(date.fromordinal(day), minute)
        is_bound = self.needs[0].continuity == "same" and self.main not in (None, wanted)
        is_able = free.people[0].get(wanted or "", 0) >> bit & 1
        return wanted if is_able and not is_bound else choice.people[0]

    def is_other(self, giver: str | None) -> int:
        return int(giver != self.main and not self._is_any(self.needs[0]))

    def choice(self, day: int) -> StaffedStart:
        """Return the best start of a usable day, and who gives what."""
        choice = self._choice(day)
        assert choice, "asked for the start of a day that is not usable"
        return choice

    def can_start(self, day: int, minute: int) -> bool:
        return (
            super().can_start(day, minute)
            and not minute % QUARTER
            and self.people_at(day, minute) is not None
        )

    def people_at(self, day: int, minute: int) -> StaffedStart | None:
        """Return who gives what when a visit begins at a minute; None where nobody can.

        Args:
            day: The day.
            minute: After midnight, on the quarter hour.
        """
        bit = self._bit_of(date.fromordinal(day), minute)
        free = self._free_on(day)
        return self._chosen(free, 1 << bit, {bit: minute}) if free.starts >> bit & 1 else None

    def able(self, day: int, minute: int) -> list[str]:
        """Return who can give the first treatment of a visit that begins at a free minute."""
        bit = self._bit_of(date.fromordinal(day), minute)
        return [who for who, mask in self._free_on(day).people[0].items() if mask >> bit & 1]

    def free_starts(self, day: int) -> dict[str, int]:
        """Return the quarters of a day at which each practitioner can give a visit, as bits.

        Of a visit of one treatment; nobody else where all are with the main practitioner.
        """
        free, (need, *_) = self._free_on(day), self.needs
        bound = self.main if need.continuity == "same" else None
        own = free.people[0].items()
        return {who: at for who, mask in own if (at := mask & free.starts) and bound in (None, who)}

    def minutes_on(self, day: int) -> dict[int, int]:
        """Return what the clock shows at each quarter of a day."""
        minutes = self._minutes(day)
        return minutes or {bit: bit * QUARTER for bit in range(DAY_MINUTES // QUARTER)}

    def bit_at(self, day: int, minute: int) -> int:
        """Return the quarter of a day at which the clock shows a minute."""
        return self._bit_of(date.fromordinal(day), minute)

    def room_at(self, day: int, minute: int) -> str | None:
        """Return a room for a visit that begins at a minute: the first that is free as it is.

        Where others have to change theirs, the first that would do.
        """
        when = date.fromordinal(day)
        first, _ = self.staff.day(when)
        bit = self._bit_of(when, minute)
        rooms = self.staff.rooms_for(when, self.needs)
        for room in rooms:
            end = quarters_in(room, self.needs)
            if not self.staff.booked.taken(room.id, first + bit, end):
                return room.id
        return rooms[0].id if rooms else None

    def causes(self, day: int, minute: int) -> tuple[Cause, ...]:
        found = super().causes(day, minute)
        if found or minute % QUARTER:
            return found or ("quarter",)
        return () if self.people_at(day, minute) else ("full",)

    def full_reasons(self, day: int, minute: int | None = None) -> list[Phrase]:
        """Say who and what is not to be had on a day, or at a time of it."""
        when = date.fromordinal(day)
        starts = self._own_starts(when)
        if minute is not None:
            starts = 1 << self._bit_of(when, minute)
        return list(self._full(when, starts))

    def reasons(self, day: int) -> tuple[str, ...]:
        if not self._day_reasons(date.fromordinal(day)) and self._own_starts(date.fromordinal(day)):
            # Not one of them alone is why: they are told together, or not at all.
            return () if self.is_usable(day) else (joined(self.full_reasons(day), "; "),)
        return super().reasons(day)

    def _choice(self, day: int) -> StaffedStart | None:
        if day not in self._choices:
            free = self._free_on(day)
            self._choices[day] = self._chosen(free, free.starts, self._minutes(day))
        return self._choices[day]

    def _minutes(self, day: int) -> dict[int, int] | None:
        """Return what the clock shows at each start of a day on which it changes, else None."""
        when = date.fromordinal(day)
        if not self._changes(when):
            return None
        return {self._bit_of(when, minute): minute for minute in range(0, DAY_MINUTES, QUARTER)}

    def _chosen(
        self, free: _Free, starts: int, minutes: dict[int, int] | None
    ) -> StaffedStart | None:
        """Return the best of some starts of a day."""
        ranked = [starts] + [0] * len(self.needs)  # by how many are not with the main one
        for need, people in zip(self.needs, free.people, strict=True):
            anybody = 0
            for mask in people.values():
                anybody |= mask
            mine = anybody if self._is_any(need) else people.get(self.main or "", 0)
            theirs = 0 if self.main and need.continuity == "same" else anybody & ~mine
            ranked = [
                (same & mine) | (fewer & theirs)
                for same, fewer in zip(ranked, [0, *ranked], strict=False)
            ]
        for others, mask in enumerate(ranked):
            if mask:
                bit, minute = self._nearest(mask, minutes)
                return StaffedStart(others, minute, tuple(self._who(it, bit) for it in free.people))
        return None

    def _is_any(self, need: Needs) -> bool:
        return self.main is None or need.continuity == "any"

    def _who(self, people: dict[str, int], bit: int) -> str:
        able = [who for who, mask in people.items() if mask >> bit & 1]
        return self.main if self.main in able else able[0]

    def _nearest(self, mask: int, minutes: dict[int, int] | None) -> tuple[int, int]:
        """Return the best bit of a mask and its minute: nearest to the preferred, then earliest."""
        wanted = self.preferred_minute or 0

        def minute_of(bit: int) -> int:
            return minutes[bit] if minutes else bit * QUARTER

        if minutes is None:
            # Only the nearest on either side can be the best.
            below = mask & (2 << wanted // QUARTER) - 1
            above = mask & ~((1 << wanted // QUARTER) - 1)
            near = ([below.bit_length() - 1] if below else []) + list(set_bits(above & -above))
            above &= above - 1
            near += list(set_bits(above & -above))
        else:
            near = [bit for bit in set_bits(mask) if bit in minutes]
        told = ((abs(minute_of(bit) - wanted), minute_of(bit), bit) for bit in near)
        _, minute, bit = min(told)
        return bit, minute

    def _free_on(self, day: int) -> _Free:
        known = self._free.get(day)
        if known is None:
            known = self._free[day] = self._look(date.fromordinal(day))
        return known

    def _look(self, when: date) -> _Free:
        staff, needs = self.staff, self.needs
        starts = self._own_starts(when)
        people = tuple(
            {who.id: mask for who in staff.treating(need) if (mask := staff.free(who, when, need))}
            for need in needs
        )
        for masks in people:
            anybody = 0
            for mask in masks.values():
                anybody |= mask
            starts &= anybody
        for device in staff.devices_of(needs):
            starts &= staff.with_device(device, when, needs)
        if starts:
            free = starts & staff.in_rooms(when, needs)
            starts = free | staff.after_changes(when, needs, starts & ~free)
        return _Free(starts, people)

    def _own_starts(self, when: date) -> int:
        """Return the starts that the hours of clinic and patient and busy times leave on a day."""
        hours, busy = self.open_days.hours(when), self.open_days.busy(when)
        if self._changes(when):
            found = self._starts.all_on_change(when, hours, busy)
            return _mask(self._bit_of(when, minute) for minute in found)
        if busy:
            return _mask(it // QUARTER for it in self._starts.all_on(when, hours, busy))
        key = when.weekday(), tuple(hours)
        if key not in self._own:
            self._own[key] = _mask(it // QUARTER for it in self._starts.all_on(when, hours, ()))
        return self._own[key]

    def _changes(self, when: date) -> bool:
        return when in clock_changes(self.open_days.clinic.timezone, when.year)

    def _bit_of(self, when: date, minute: int) -> int:
        if not self._changes(when):
            return minute // QUARTER
        moment = first_moment(when, minute, self.open_days.zone)
        return quarter_of(moment) - self.staff.day(when).first

    def _full(self, when: date, starts: int) -> Iterator[Phrase]:
        staff, told = self.staff, False
        for need in self.needs:
            people = [it for it in staff.treating(need) if not self._is_barred(need, it)]
            if not people:
                told = True
                yield phrase("nobody may do it: {protocol}", protocol=need.protocol)
            elif not any(starts & staff.free(who, when, need) for who in people):
                told = True
                yield from (self._why_not(who, when, need, starts) for who in people)
        for device in staff.devices_of(self.needs):
            if not starts & staff.with_device(device, when, self.needs):
                told = True
                yield (
                    phrase("{device} is in use", device=device.id)
                    if staff.hours.at_hand(device, when)
                    else phrase("{device} is not available", device=device.id)
                )
        rooms = staff.suitable(self.needs)
        is_open = {room.id: staff.hours.is_open(room, when) for room in rooms}
        is_free = starts & staff.in_rooms(when, self.needs) or staff.after_changes(
            when, self.needs, starts
        )
        if staff.clinic.rooms and not rooms:
            told = True
            yield phrase("no room takes it")
        elif staff.clinic.rooms and not is_free:
            told = True
            for room, opens in is_open.items():
                yield (
                    phrase("{room} is booked", room=room)
                    if opens
                    else phrase("{room} is closed", room=room)
                )
        if not told:
            yield phrase("practitioner, room and devices are not free at the same time")

    def _is_barred(self, need: Needs, who: Practitioner) -> bool:
        return need.continuity == "same" and self.main not in (None, who.id)

    def _why_not(self, who: Practitioner, when: date, need: Needs, starts: int) -> Phrase:
        name = self.staff.names[who.id]
        if not starts & self.staff.works(who, when, need):
            return phrase("{practitioner} does not work", practitioner=name)
        if self.staff.is_reserved(who, when, need):
            return phrase("{practitioner} keeps time for urgent cases", practitioner=name)
        return phrase("{practitioner} is booked", practitioner=name)


def _mask(found: Iterator[int]) -> int:
    mask = 0
    for bit in found:
        mask |= 1 << bit
    return mask
