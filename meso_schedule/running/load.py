"""How much of a clinic's hours is booked, week by week, and what nobody is named for."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from meso_schedule.availability.working_hours import WorkingHours
from meso_schedule.base.dates import DateRange
from meso_schedule.base.models import IsoDate, Model
from meso_schedule.book.absences import with_absences
from meso_schedule.book.book import Book
from meso_schedule.book.lines import CourseLine
from meso_schedule.book.state import CourseSession, CourseState
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.clinic.resources import Practitioner, Room
from meso_schedule.rules.protocol import Protocol
from meso_schedule.running.overflow import Overflow, overflow

_WEEK = 7
_TAKING_PLACE = ("booked", "held")


class Load(Model):
    """Minutes of a practitioner or a room in a week; of nobody, what nobody is named for.

    Args:
        available: What there is, by the clinic file.
        booked: With the patient, or of a room until it is turned over; held too.
        forecast: Of sessions that are due and not booked.
        provisional: Booked in case the skin improves.
    """

    id: str | None
    available: int = 0
    booked: int = 0
    forecast: int = 0
    provisional: int = 0

    @property
    def free(self) -> int:
        """What is left of it; below nothing where more is booked than there is."""
        return self.available - self.booked - self.provisional


class WeekLoad(Model):
    """A week, from its Monday on.

    Args:
        missing: What of all its work finds no practitioner, whatever one does.
        missing_rooms: What of it finds no room.
    """

    monday: IsoDate
    practitioners: tuple[Load, ...]
    rooms: tuple[Load, ...]
    unassigned: Load
    missing: Overflow | None
    missing_rooms: Overflow | None


class Unassigned(Model):
    """A booked session that nobody is named for."""

    course: str
    protocol: str
    number: int
    date: IsoDate
    minutes: int


class ClinicLoad(Model):
    """The weeks, and each booked session of theirs that nobody is named for."""

    weeks: tuple[WeekLoad, ...]
    unassigned: tuple[Unassigned, ...]


def clinic_load(book: Book, clinic: Clinic, as_of: date, weeks: int) -> ClinicLoad:
    """Return what is booked and forecast of each week, beginning with that of a day.

    Args:
        book: Where it is booked.
        clinic: Whose hours there are, but for the absences and closures of the book.
        as_of: A day of the first week.
        weeks: How many.
    """
    clinic = with_absences(clinic, book.absences())
    monday = as_of - timedelta(as_of.weekday())
    end = monday + timedelta(_WEEK * weeks)
    due = [it for it in book.courses() if it.status == "running" and _is_forecast(it, monday, end)]
    lines = book.diary(monday, end - timedelta(1))
    names = dict.fromkeys([*(it.course for it in lines), *(it.course for it in due)])
    states = {it.course: it for it in book.each(names)}
    tally = _Tally(clinic)
    unassigned = [it for state in states.values() for it in tally.add(state, monday, end)]
    for line in due:
        tally.add_forecast(line, states[line.course])
    rooms = book.rooms(monday, end - timedelta(1))
    tally.add_rooms(states.values(), rooms)
    for state in states.values():
        tally.add_consultation(state, DateRange(monday, end - timedelta(1)), rooms)
    hours = WorkingHours(clinic)
    mondays = [monday + timedelta(_WEEK * number) for number in range(weeks)]
    return ClinicLoad.made(
        weeks=tuple(tally.week(it, hours) for it in mondays),
        unassigned=tuple(sorted(unassigned, key=lambda it: (it.date, it.course, it.number))),
    )


def _is_forecast(line: CourseLine, first: date, end: date) -> bool:
    return bool(line.recommended and line.booked_on is None and first <= line.recommended < end)


def hands_on(session: CourseSession, state: CourseState) -> int:
    """Return the minutes of a session with the practitioner."""
    if session.takes:
        return (session.minutes or 0) - session.takes.before - session.takes.after
    return _hands_on_of(state, session.protocol)


def _hands_on_of(state: CourseState, protocol: str) -> int:
    counts = _read(state, protocol).sessions
    return counts.minutes - counts.before - counts.after


def _read(state: CourseState, protocol: str) -> Protocol:
    return next(it for it in state.protocols if it.id == protocol).read()


def last_giver(state: CourseState, clinic: Clinic) -> str | None:
    """Return who gave the last session held, where the clinic still names them."""
    names = {who.id for who in clinic.practitioners}
    given = [it for it in state.held if it.takes and it.takes.practitioner in names]
    last = max(given, key=lambda it: (it.date, it.number), default=None)
    return last.takes.practitioner if last and last.takes else None


class _Work:
    """What the sessions of a week take, by protocol.

    Args:
        hands_on: Minutes of a practitioner.
    """

    def __init__(self) -> None:
        self.hands_on: dict[str, int] = defaultdict(int)
        self._chair: dict[str, int] = defaultdict(int)
        self._visits: dict[str, int] = defaultdict(int)
        self._protocols: dict[str, Protocol] = {}

    def add(
        self, protocol: Protocol, hands_on: int, minutes: int | None, *, is_visit: bool = True
    ) -> None:
        """Add a session; one that nobody has booked is as long as its protocol says.

        Args:
            protocol: Its protocol.
            hands_on: Minutes with the practitioner.
            minutes: In the chair; None where nobody knows.
            is_visit: Whether the room is turned over for it; once a visit.
        """
        self._protocols[protocol.id] = protocol
        self.hands_on[protocol.id] += hands_on
        self._chair[protocol.id] += minutes or protocol.sessions.minutes
        self._visits[protocol.id] += is_visit

    def able(self, among: Sequence[Practitioner] | Sequence[Room]) -> dict[str, list[str]]:
        """Return who may give each protocol, or the rooms that would do for it."""
        return {
            name: [it.id for it in among if it.takes(name, protocol.family)]
            for name, protocol in self._protocols.items()
        }

    def in_rooms(self, rooms: Sequence[Room]) -> dict[str, int]:
        """Return the minutes of a room, each turned over no longer than the quickest is."""
        least = min((room.turnover for room in rooms), default=0)
        return {
            name: minutes + self._visits[name] * max(least, self._protocols[name].sessions.turnover)
            for name, minutes in self._chair.items()
        }


class _Tally:
    """Minutes by what they are, whose they are and the Monday of their week."""

    def __init__(self, clinic: Clinic) -> None:
        self._clinic = clinic
        self._minutes: dict[tuple[str, str | None, date], int] = defaultdict(int)
        self._work: dict[date, _Work] = defaultdict(_Work)

    def _add(self, kind: str, whose: str | None, day: date, minutes: int) -> None:
        self._minutes[kind, whose, day - timedelta(day.weekday())] += minutes

    def _work_of(self, day: date) -> "_Work":
        return self._work[day - timedelta(day.weekday())]

    def add(self, state: CourseState, first: date, end: date) -> Iterator[Unassigned]:
        """Add the sessions of a course; yield those that nobody is named for."""
        days = set[date]()
        for it in state.sessions:
            if it.status not in _TAKING_PLACE or not first <= it.date < end:
                continue
            whose, minutes = it.takes.practitioner if it.takes else None, hands_on(it, state)
            is_first = it.date not in days
            days.add(it.date)
            protocol = _read(state, it.protocol)
            self._work_of(it.date).add(protocol, minutes, it.minutes, is_visit=is_first)
            is_open = it.provisional and it.status == "booked"
            self._add("provisional" if is_open else "booked", whose, it.date, minutes)
            if whose is None and it.status == "booked":
                yield Unassigned.made(
                    course=state.course,
                    protocol=it.protocol,
                    number=it.number,
                    date=it.date,
                    minutes=minutes,
                )

    def add_consultation(
        self, state: CourseState, days: DateRange, rooms: Mapping[tuple[str, str], str]
    ) -> None:
        """Add the consultation of a course to whom it takes."""
        visit = state.consulting
        if visit is None or visit.status not in _TAKING_PLACE or visit.date not in days:
            return
        self._add(
            "booked", visit.takes.practitioner if visit.takes else None, visit.date, visit.minutes
        )
        room = rooms.get((state.course, str(visit.date)))
        if room and visit.status == "booked":
            self._add("booked", room, visit.date, visit.minutes)

    def add_forecast(self, line: CourseLine, state: CourseState) -> None:
        """Add the session of a course that is due and not booked."""
        assert line.recommended, "only what is due is forecast"
        protocol = line.next_protocol or state.protocols[0].id
        minutes = _hands_on_of(state, protocol)
        self._work_of(line.recommended).add(_read(state, protocol), minutes, None)
        self._add("forecast", last_giver(state, self._clinic), line.recommended, minutes)

    def add_rooms(
        self, states: Iterable[CourseState], rooms: Mapping[tuple[str, str], str]
    ) -> None:
        """Add what booked visits take of their rooms."""
        for state in states:
            for it in state.upcoming:
                room = rooms.get((state.course, str(it.date)))
                if room is None or it.status != "booked":
                    continue
                self._add(
                    "provisional" if it.provisional else "booked", room, it.date, it.minutes or 0
                )
            for day, more in _turnovers(state, rooms):
                self._add("booked", rooms[state.course, str(day)], day, more)

    def week(self, monday: date, hours: WorkingHours) -> WeekLoad:
        """Return a week."""
        clinic, days = self._clinic, [monday + timedelta(number) for number in range(_WEEK)]
        people = {
            who.id: sum(_length(hours.spans(who, day)) for day in days)
            for who in clinic.practitioners
        }
        rooms = {
            room.id: sum(_length(hours.room_spans(room, day)) for day in days)
            for room in clinic.rooms
        }
        work = self._work[monday]
        missing = overflow(work.hands_on, work.able(clinic.practitioners), people)
        chairs = work.in_rooms(clinic.rooms)
        gone = {who for _, who, when in self._minutes if when == monday and who}
        people |= dict.fromkeys(sorted(gone - people.keys() - rooms.keys()), 0)
        return WeekLoad.made(
            monday=monday,
            practitioners=tuple(self._load(who, monday, there) for who, there in people.items()),
            rooms=tuple(self._load(room, monday, there) for room, there in rooms.items()),
            unassigned=self._load(None, monday, 0),
            missing=missing,
            missing_rooms=overflow(chairs, work.able(clinic.rooms), rooms) if rooms else None,
        )

    def _load(self, whose: str | None, monday: date, available: int) -> Load:
        kinds = ("booked", "forecast", "provisional")
        told = {kind: self._minutes.get((kind, whose, monday), 0) for kind in kinds}
        return Load.made(id=whose, available=available, **told)


def _turnovers(
    state: CourseState, rooms: Mapping[tuple[str, str], str]
) -> Iterator[tuple[date, int]]:
    """Yield for how long the room of each booked visit is turned over."""
    longest: dict[date, int] = {}
    for it in state.upcoming:
        room = rooms.get((state.course, str(it.date)))
        for wish in it.takes.rooms if it.takes and it.status == "booked" else ():
            if wish.room == room:
                longest[it.date] = max(wish.minutes, longest.get(it.date, 0))
    yield from longest.items()


def _length(spans: Sequence[tuple[int, int]]) -> int:
    return sum(end - begin for begin, end in spans)
