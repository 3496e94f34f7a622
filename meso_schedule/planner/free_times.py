"""When a session of a protocol could be: the free times of the days nearest to one."""

from collections.abc import Iterator, Sequence
from datetime import date

from meso_schedule.availability.session_days import Availability
from meso_schedule.availability.shared_days import SharedAvailability
from meso_schedule.base.busy_times import BusySource
from meso_schedule.base.models import IsoDate, Model
from meso_schedule.base.phrases import parts_of
from meso_schedule.base.times import DAY_MINUTES, QUARTER, Clock
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.request import MAX_DAYS, CourseRequest
from meso_schedule.planner.given_here import given_at
from meso_schedule.planner.setting_up import set_up
from meso_schedule.rules.protocol import Protocol


class FreeTime(Model):
    """When a session can begin.

    Args:
        practitioners: Who is free then, by their ids; none where the clinic names nobody.
        room: One that is free then, or that others make free by changing theirs.
    """

    start: Clock
    practitioners: tuple[str, ...] = ()
    room: str | None = None


class FreeDay(Model):
    """A day with all the times at which a session can begin."""

    date: IsoDate
    times: tuple[FreeTime, ...]


class FreeDays(Model):
    """What is free near a day.

    Args:
        days: In order.
        blocked: Why nothing is free on the day itself; none where something is.
    """

    around: IsoDate
    days: tuple[FreeDay, ...]
    blocked: tuple[str, ...] = ()


def free_days(
    protocol: Protocol,
    request: CourseRequest,
    *,
    clinic: Clinic | None = None,
    as_of: date,
    around: date,
    most: int = 5,
    busy: Sequence[BusySource] = (),
) -> FreeDays:
    """Return the days nearest to one on which a session of a protocol can be, with all times.

    Each time stands for a session alone: what the sessions before and after it ask for is left
    aside.

    Args:
        protocol: Whose session it is.
        request: The days, hours and practitioner that are asked for.
        clinic: Its hours, and what is booked of it.
        as_of: The day of asking; no earlier one is looked at.
        around: Where to look: at most a year before and after it.
        most: How many days.
        busy: Calendars whose events leave no room.

    Raises:
        InputError: When the request does not go with the protocol.
    """
    clinic = clinic or Clinic.default()
    asked = request.model_copy(update={"start": max(around, as_of)})
    setup = set_up(given_at(clinic, protocol), asked, clinic, as_of, busy=busy)
    days, near = setup.availability, around.toordinal()
    found: list[FreeDay] = []
    for day in _nearest(near, max(as_of.toordinal(), near - MAX_DAYS), near + MAX_DAYS):
        if times := tuple(_times(days, day, request.practitioner)):
            found.append(FreeDay.made(date=date.fromordinal(day), times=times))
        if len(found) == most:
            break
    why = () if any(it.date == around for it in found) else days.reasons(near)
    blocked = (part for reason in why for part in parts_of(reason))
    found.sort(key=lambda it: it.date)
    return FreeDays.made(around=around, days=tuple(found), blocked=tuple(map(str, blocked)))


def _nearest(near: int, first: int, last: int) -> Iterator[int]:
    """Yield the days from a first to a last one, those nearest to one at the front."""
    yield from sorted(range(first, last + 1), key=lambda day: (abs(day - near), day))


def _times(days: Availability, day: int, practitioner: str | None) -> Iterator[FreeTime]:
    if not days.is_usable(day):
        return
    for minute in range(0, DAY_MINUTES, QUARTER):
        if not days.can_start(day, minute):
            continue
        start = Clock(minute)
        if not isinstance(days, SharedAvailability):
            yield FreeTime.made(start=start)
        elif able := [who for who in days.able(day, minute) if practitioner in (None, who)]:
            room = days.room_at(day, minute)
            yield FreeTime.made(start=start, practitioners=tuple(able), room=room)
