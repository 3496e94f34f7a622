"""A shared clinic as a dictionary: who is booked when, and who is not there.

It shares no code with the program: quarters of the day on the clock of the wall, typed figures.
"""

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

# Quarters of the day: two hours, of which a session takes three quarters. The first of them goes
# without the practitioner, and the room is turned over for one quarter more.
OPENS, CLOSES, CHAIR, NUMBING, TURNOVER, ROOMS = 36, 44, 3, 1, 1, 2
# The weekdays on which each is there.
PEOPLE = {"doctor-a": {0, 1, 2}, "nurse-b": {0, 1}}
OPEN_ON = {0, 1, 2}
CLINIC = """\
name = "Shared Clinic"
timezone = "Europe/London"
currency = "GBP"
[hours]
mon = ["09:00-11:00"]
tue = ["09:00-11:00"]
wed = ["09:00-11:00"]
"""
STAFF = """\
[[practitioners]]
id = "doctor-a"
name = "Dr A"
[[practitioners]]
id = "nurse-b"
name = "Nurse B"
[practitioners.hours]
mon = ["09:00-11:00"]
tue = ["09:00-11:00"]
[[rooms]]
id = "room-1"
turnover = 15
[[rooms]]
id = "room-2"
turnover = 15
"""


class Place(NamedTuple):
    """Where a session is: its day, its first quarter, and who gives it; None where nobody does."""

    day: date
    start: int
    who: str | None

    @classmethod
    def at(cls, day: str, start: str, who: str | None) -> "Place":
        """Read one as documents have it."""
        hour, minute = map(int, start.split(":"))
        return cls(date.fromisoformat(day), (60 * hour + minute) // 15, who)

    @property
    def hands_on(self) -> range:
        return range(self.start + NUMBING, self.start + CHAIR)

    @property
    def in_room(self) -> range:
        return range(self.start, self.start + CHAIR + TURNOVER)


@dataclass
class Away:
    """Who is not there, None for all, and when; `ended` is the first day that is free again."""

    who: str | None
    first: date
    last: date
    ended: date | None = None

    def covers(self, who: str | None, day: date) -> bool:
        is_named = self.who is None or self.who == who
        return (
            is_named and self.first <= day <= self.last and not (self.ended and self.ended <= day)
        )


Sessions = dict[int, Place]


@dataclass
class People:
    """The booked sessions of each course, how each was before its last steps, and who is away."""

    courses: dict[str, Sessions] = field(default_factory=dict)
    steps: dict[str, list[Sessions]] = field(default_factory=dict)
    revisions: dict[str, int] = field(default_factory=dict)
    away: dict[str, Away] = field(default_factory=dict)

    def record(self, course: str, sessions: Sessions, revision: int) -> None:
        """Take in what a step makes of a course; one that writes nothing is none."""
        if self.revisions.get(course) != revision:
            self.steps.setdefault(course, []).append(self.courses.get(course, {}))
        self.courses[course], self.revisions[course] = sessions, revision

    def take_back(self, course: str, revision: int) -> None:
        """Take back the last step of a course."""
        self.courses[course], self.revisions[course] = self.steps[course].pop(), revision

    def forget(self, course: str) -> None:
        """Take a course out that is erased."""
        del self.courses[course], self.steps[course], self.revisions[course]

    def copy(self) -> "People":
        return deepcopy(self)

    def others(self, course: str | None) -> Iterator[Place]:
        """Yield what takes people and rooms, but for one course."""
        for name, sessions in self.courses.items():
            if name != course:
                yield from (it for it in sessions.values() if it.who)

    def is_there(self, who: str | None, day: date) -> bool:
        """Tell whether somebody works on a day."""
        if any(it.covers(who, day) for it in self.away.values()):
            return False
        return day.weekday() in (PEOPLE[who] if who else OPEN_ON)

    def free(self, day: date, without: str | None = None) -> dict[int, list[str]]:
        """Return who is free at which quarter of a day."""
        booked = [it for it in self.others(without) if it.day == day]
        hands = {(it.who, quarter) for it in booked for quarter in it.hands_on}
        rooms = Counter(quarter for it in booked for quarter in it.in_room)
        found = {}
        for start in range(OPENS, CLOSES - CHAIR + 1):
            new = Place(day, start, None)
            who = [
                name
                for name in PEOPLE
                if self.is_there(name, day) and not hands & {(name, it) for it in new.hands_on}
            ]
            if who and all(rooms[quarter] < ROOMS for quarter in new.in_room):
                found[start] = who
        return found

    def fits(self, course: str | None, place: Place, *, by_absence: bool = True) -> bool:
        """Tell whether a session of a course may be somewhere.

        Args:
            course: The course, whose own sessions are not in its way.
            place: Where.
            by_absence: Whether it counts who is not there; what is undone is put back all the same.
        """
        known = self if by_absence else People(self.courses)
        return place.who in known.free(place.day, course).get(place.start, [])

    def twice(self) -> list[tuple[str | None, date, int]]:
        """Return who, and which room, has two visits at a time."""
        booked = list(self.others(None))
        hands = Counter((it.who, it.day, quarter) for it in booked for quarter in it.hands_on)
        rooms = Counter((None, it.day, quarter) for it in booked for quarter in it.in_room)
        return [it for it, count in hands.items() if count > 1] + [
            it for it, count in rooms.items() if count > ROOMS
        ]

    def is_away(self, absence: Away) -> bool:
        """Tell whether an absence is known that holds on the first and last day of another."""
        return any(
            it.who == absence.who
            and all(it.covers(it.who, day) for day in (absence.first, absence.last))
            for it in self.away.values()
        )

    def hit(self, absence: Away, today: date) -> set[tuple[str, int]]:
        """Return what falls away with an absence, as of nine o'clock: what began then stays."""
        return {
            (course, number)
            for course, sessions in self.courses.items()
            for number, it in sessions.items()
            if absence.covers(it.who, it.day) and (it.day, it.start) > (today, OPENS)
        }


def nearest(day: date, first: date, count: int = 30) -> list[date]:
    """Return the days around one, the nearest first, none before another."""
    days = (day + timedelta(days=shift) for shift in range(-count, count + 1))
    return sorted((it for it in days if it >= first), key=lambda it: (abs(it - day), it))
