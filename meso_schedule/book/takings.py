"""What the booked visits of a course want of practitioners, rooms and devices, in quarters."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

from meso_schedule.base.models import Model
from meso_schedule.base.times import QUARTER
from meso_schedule.book.state import CourseConsultation, CourseSession, CourseState
from meso_schedule.clinic.occupancy import DAY_QUARTERS, Occupancy, RoomWish, rooms_of, unit

_SECONDS = 60 * QUARTER

# Quarters from one up to, and without, another, of a person or of a device.
Use = tuple[str, int, int]


class Visit(Model):
    """What a visit wants; all sessions of a course on a day are one.

    Args:
        people: Whom it takes, and when.
        rooms: Each room that would do, with the first quarter after it; the best first.
        devices: What is in use, and when.
        units: How many of each device there were.
        overlaps: Whether it was booked by hand over what was booked.
    """

    people: tuple[Use, ...]
    rooms: tuple[tuple[str, int], ...]
    needs_room: bool
    devices: tuple[Use, ...]
    units: tuple[tuple[str, int], ...]
    overlaps: bool


class BookedVisit(NamedTuple):
    """A visit of a course on a day, from its first quarter up to the last that it may take."""

    course: str
    date: str
    begin: int
    end: int
    takes: Visit

    @classmethod
    def of(cls, course: str, date: str, begin: int, end: int, takes: str) -> Self:
        """Read one as the book keeps it."""
        return cls(course, date, begin, end, Visit.model_validate_json(takes))


def visits_of(state: CourseState) -> list[BookedVisit]:
    """Return what the booked visits of a course want, by their days; the consultation is one.

    Sessions without a time, or booked when the clinic named nobody, take nothing.
    """
    days: dict[str, list[CourseSession | CourseConsultation]] = {}
    visits: list[CourseSession | CourseConsultation] = [*state.upcoming]
    if state.consulting:
        visits.insert(0, state.consulting)
    for session in visits:
        if session.status == "booked" and session.takes and session.start and session.minutes:
            days.setdefault(str(session.date), []).append(session)
    return [_visit(state, day, own) for day, own in sorted(days.items())]


def _visit(
    state: CourseState, day: str, sessions: Sequence[CourseSession | CourseConsultation]
) -> BookedVisit:
    zone = ZoneInfo(state.timezone or "UTC")
    spans = [_span(session, zone) for session in sessions]
    begin, end = min(it[0] for it in spans), max(it[1] for it in spans)
    people: list[Use] = []
    devices: list[Use] = []
    units: dict[str, int] = {}
    rooms: dict[str, int] | None = None
    for session, (first, last) in zip(sessions, spans, strict=True):
        takes = session.takes
        assert takes, "only sessions that take something are visits"
        inside = _quarters(first + takes.before, last - takes.after)
        people.append((takes.practitioner, *inside))
        for it in takes.devices:
            devices.append((it.device, *inside))
            units[it.device] = min(it.count, units.get(it.device, it.count))
        own = {it.room: it.minutes for it in takes.rooms}
        rooms = own if rooms is None else _common(rooms, own)
    wishes = tuple((room, _quarters(begin, end + more)[1]) for room, more in (rooms or {}).items())
    visit = Visit(
        people=tuple(people),
        rooms=wishes,
        needs_room=any(session.takes and session.takes.rooms for session in sessions),
        devices=tuple(devices),
        units=tuple(sorted(units.items())),
        overlaps=any(session.takes and session.takes.overlaps for session in sessions),
    )
    first, last = _quarters(begin, end)
    furthest = max([last, *(until for _, until in wishes)])
    return BookedVisit(state.course, day, first, furthest, visit)


def _common(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {room: max(more, other[room]) for room, more in one.items() if room in other}


def _span(session: CourseSession | CourseConsultation, zone: ZoneInfo) -> tuple[int, int]:
    """Return the minutes since 1970 from which, and to which, a session lasts."""
    assert session.start, "only sessions with a time are visits"
    midnight = datetime.combine(session.date, time(), zone)
    start = midnight + timedelta(minutes=session.start.minutes)
    begin = int(start.astimezone(UTC).timestamp()) // 60
    return begin, begin + (session.minutes or 0)


def _quarters(first: int, last: int) -> tuple[int, int]:
    return first // QUARTER, -(-last // QUARTER)


class Cells(NamedTuple):
    """Who has which quarters of a row of visits.

    Args:
        taken: By resource and quarter, the course.
        without: The visits, by course and date, that do not have all that they want.
    """

    taken: dict[tuple[str, int], str]
    without: set[tuple[str, str]]


def share_out(visits: Sequence[BookedVisit]) -> Cells:
    """Share out people, rooms and devices: a function of the visits alone.

    All have what they want wherever that can be. Else it goes by their beginning, and what was
    booked by hand over others comes last.
    """
    found = Cells({}, set())
    for late in (False, True):
        own = [visit for visit in visits if visit.takes.overlaps is late]
        for visit in sorted(own, key=lambda it: (it.begin, it.course)):
            _take_people(visit, found)
            _take_devices(visit, found)
        _take_rooms(sorted(own, key=lambda it: (it.begin, it.course)), found)
    return found


def _take(found: Cells, visit: BookedVisit, name: str, quarters: range) -> bool:
    """Give a visit a resource for some quarters, unless another course has any of them."""
    cells = [(name, quarter) for quarter in quarters]
    if any(found.taken.get(cell, visit.course) != visit.course for cell in cells):
        return False
    found.taken.update(dict.fromkeys(cells, visit.course))
    return True


def _take_people(visit: BookedVisit, found: Cells) -> None:
    for who, first, end in visit.takes.people:
        if not _take(found, visit, who, range(first, end)):
            found.without.add((visit.course, visit.date))


def _take_devices(visit: BookedVisit, found: Cells) -> None:
    counts = dict(visit.takes.units)
    for device, first, end in visit.takes.devices:
        units = (unit(device, number) for number in range(1, counts[device] + 1))
        if not any(_take(found, visit, name, range(first, end)) for name in units):
            found.without.add((visit.course, visit.date))


def _take_rooms(visits: Sequence[BookedVisit], found: Cells) -> None:
    wanting = [visit for visit in visits if visit.takes.needs_room]
    wishes = [RoomWish(visit.begin, _left(visit, found)) for visit in wanting]
    ends = [dict(wish.rooms) for wish in wishes]
    for visit, room, until in zip(wanting, rooms_of(wishes), ends, strict=True):
        if room is None:
            found.without.add((visit.course, visit.date))
        else:
            _take(found, visit, room, range(visit.begin, until[room]))


def _left(visit: BookedVisit, found: Cells) -> tuple[tuple[str, int], ...]:
    """Return the rooms that would do for a visit, those gone to others left aside."""
    return tuple(
        (room, end)
        for room, end in visit.takes.rooms
        if not any((room, quarter) in found.taken for quarter in range(visit.begin, end))
    )


def wishes_of(visits: Sequence[BookedVisit]) -> Iterator[RoomWish]:
    """Yield what visits want of rooms, by their beginning."""
    for visit in sorted(visits, key=lambda it: (it.begin, it.course)):
        if visit.takes.needs_room and not visit.takes.overlaps:
            yield RoomWish(visit.begin, visit.takes.rooms)


def occupancy_of(visits: Sequence[BookedVisit]) -> Occupancy:
    """Return what visits take, shared out among them."""
    masks: dict[str, dict[int, int]] = {}
    for name, quarter in share_out(visits).taken:
        day, bit = divmod(quarter, DAY_QUARTERS)
        own = masks.setdefault(name, {})
        own[day] = own.get(day, 0) | 1 << bit
    wishes = list(wishes_of(visits))
    return Occupancy(
        masks, lambda first, end: [it for it in wishes if it.begin < end and it.end > first]
    )
