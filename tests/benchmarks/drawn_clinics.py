"""A clinic that has been running for months: courses booked one after another until it is full.

Times are quarters from midnight in UTC, days count from the Monday on which somebody falls ill.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from meso_schedule import CourseRequest, Protocol
from meso_schedule.book.absence_records import Absent
from meso_schedule.book.book import Book
from meso_schedule.book.payloads import DeviceUnits, KeptProtocol, RoomTurnover, Slot, Takes
from meso_schedule.book.records import Booked, Held, Opened
from meso_schedule.book.storage import quarters_taken
from meso_schedule.book.writing import Context, write
from tests.support.samples import ASSUMED, clinic_table, phase, rule_table

MONDAY = date(2027, 1, 4)
WEEK = ("mon", "tue", "wed", "thu", "fri")
NOW = datetime.combine(MONDAY, time(7), UTC)
OPEN, CLOSE, LUNCH = 32, 76, 3
BEFORE, AHEAD = 16, 60  # weeks that have passed, and that are looked at
START_WITHIN = 20
PATIENCE = 25  # so many in a row find no place: the fortnight is full


@dataclass(frozen=True)
class Treatment:
    """What a session takes, in quarters, and the days between two, phase by phase."""

    id: str
    share: int
    before: int
    hands: int
    turnover: int
    device: bool
    sessions: tuple[int, int]
    phases: tuple[tuple[int, int, int, int], ...]
    continuity: str = "prefer"

    @property
    def length(self) -> int:
        return self.before + self.hands

    def gaps(self, count: int) -> list[tuple[int, int, int]]:
        """Return the least, best and most days before each session after the first."""
        every = [gap for many, *gap in self.phases for _ in range(many)]
        return [(low, best, high) for low, best, high in every[1:count]]

    @property
    def protocol(self) -> Protocol:
        """The same as a rule file says it."""
        counts = {"minimum": 1, "usual": 3, "maximum": 40, "minutes": 15 * self.length, **ASSUMED}
        counts |= {"before": 15 * self.before, "turnover": 15 * self.turnover}
        counts |= {"continuity": self.continuity}
        counts |= {"devices": ["injector"]} if self.device else {}
        phases = [
            phase(f"{low} days", f"{high} days", recommended=f"{best} days", sessions=many)
            | {"name": f"phase {number}"}
            for number, (many, low, best, high) in enumerate(self.phases)
        ]
        return Protocol.read(rule_table(id=self.id, name=self.id, sessions=counts, phases=phases))


WEEKLY, FORTNIGHTLY, MONTHLY, QUARTERLY = (7, 7, 10), (12, 14, 17), (28, 30, 35), (80, 91, 100)
TREATMENTS = (
    Treatment("scalp", 18, 0, 3, 0, True, (6, 9), ((5, *WEEKLY), (2, *FORTNIGHTLY), (9, *MONTHLY))),
    Treatment("face", 30, 2, 3, 1, False, (5, 8), ((4, *WEEKLY), (2, *FORTNIGHTLY), (9, *MONTHLY))),
    Treatment("hyaluronic", 17, 2, 2, 1, False, (4, 7), ((9, *MONTHLY),)),
    Treatment("mesobotox", 10, 0, 2, 0, False, (3, 5), ((9, *QUARTERLY),)),
    Treatment("body", 15, 0, 4, 1, True, (7, 12), ((8, *WEEKLY), (9, *FORTNIGHTLY))),
    Treatment("pain", 10, 0, 2, 0, False, (4, 6), ((9, *WEEKLY),), "same"),
)


@dataclass
class Patient:
    """A course: from when, on which weekdays and in which hours, and when the patient is away."""

    treatment: Treatment
    sessions: int
    first: int
    days: tuple[int, ...]
    begin: int
    end: int
    at: int
    away: list[tuple[int, int]]
    usual: str | None
    places: list[tuple[int, int, str]] = field(default_factory=list)

    def can_come(self, day: int) -> bool:
        """Tell whether the patient can come on a day."""
        return day % 7 in self.days and not any(one <= day <= last for one, last in self.away)


class DrawnClinic:
    """A clinic and what is booked of it.

    Args:
        people: How many practitioners.
        full: What share of the coming fortnight is booked, where so many patients ask.
        seed: Of what is drawn.
    """

    def __init__(self, people: int, full: float, seed: int) -> None:
        self.rng = rng = random.Random(f"{people} {full} {seed}")
        self.people = [f"doctor-{number}" for number in range(people)]
        self.closed = {day for day in range(-7 * BEFORE, 7 * AHEAD) if rng.random() < 1 / 40}
        self.hours = {who: self._week(people) for who in self.people}
        self.leave = {who: self._leave() for who in self.people}
        self.able = {
            it.id: [who for who in self.people if rng.random() < 0.75] or [rng.choice(self.people)]
            for it in TREATMENTS
        }
        self.rooms = people + max(1, people // 3)
        self.devices = max(1, -(-people // 3))
        self.courses: list[Patient] = []
        self._free = {
            (who, day): self._mask(who, day)
            for who in self.people
            for day in range(-7 * BEFORE, 7 * AHEAD)
        }
        self._rooms: dict[int, list[int]] = {}
        self._injectors: dict[int, list[int]] = {}
        for week in range(-BEFORE, 0):
            self._fill(7 * week, full)

    def _week(self, people: int) -> dict[int, list[tuple[int, int]]]:
        off = self.rng.choice((None, 0, 1, 2, 3, 4)) if people > 1 else None
        week = {}
        for day in range(5):
            begin, end = self.rng.choice(((36, 68), (36, 68), (40, 76), (32, 64)))
            lunch = begin + self.rng.choice((14, 16, 18))
            if day != off:
                week[day] = [(begin, lunch), (lunch + LUNCH, end)]
        return week

    def _leave(self) -> list[int]:
        weeks = range(-BEFORE, AHEAD)
        return [7 * week for week in self.rng.sample(weeks, (BEFORE + AHEAD) // 13)]

    def works(self, who: str, day: int) -> list[tuple[int, int]]:
        """Return the hours of a practitioner on a day."""
        is_off = day in self.closed or any(0 <= day - monday < 7 for monday in self.leave[who])
        return [] if is_off else self.hours[who].get(day % 7, [])

    def _mask(self, who: str, day: int) -> int:
        return sum(((1 << end - begin) - 1) << begin for begin, end in self.works(who, day))

    def full(self, days: range) -> float:
        """Return the share of everybody's hours that is booked."""
        masks = [
            (self._mask(who, day), self._free[who, day]) for who in self.people for day in days
        ]
        all_of = sum(mask.bit_count() for mask, _ in masks)
        return 1 - sum(free.bit_count() for _, free in masks) / max(1, all_of)

    def _fill(self, week: int, full: float) -> None:
        failed = 0
        while failed < PATIENCE and self.full(range(week, week + 14)) < full:
            course = self._drawn(week + self.rng.randrange(5))
            if self._placed(course):
                self.courses.append(course)
            else:
                failed += 1

    def _drawn(self, first: int) -> Patient:
        rng = self.rng
        (treatment,) = rng.choices(TREATMENTS, [it.share for it in TREATMENTS])
        (count,) = rng.choices((2, 3, 4, 5), (15, 25, 25, 35))
        hours = ((OPEN, CLOSE), (OPEN, 52), (48, 68), (60, CLOSE))
        ((begin, end),) = rng.choices(hours, (45, 20, 20, 15))
        trips = [first + rng.randrange(10, 150) for _ in range(rng.choice((0, 0, 1, 1, 2)))]
        able = self.able[treatment.id]
        return Patient(
            treatment,
            rng.randint(*treatment.sessions),
            first,
            tuple(sorted(rng.sample(range(5), count))),
            begin,
            end,
            rng.randint(begin, end - treatment.length),
            [(day, day + rng.randrange(3, 12)) for day in trips],
            rng.choice(able) if rng.random() < 0.7 else None,
        )

    def _placed(self, course: Patient) -> bool:
        """Put the sessions of a course near to where they are best; tell whether all have one."""
        able = self.able[course.treatment.id]
        mains = [course.usual] if course.usual else able
        return any(self._placed_with(course, main, able) for main in mains)

    def _placed_with(self, course: Patient, main: str, able: Sequence[str]) -> bool:
        course.places = []
        window = (course.first, course.first, course.first + START_WITHIN)
        people = [main] if course.treatment.continuity == "same" else [main, *able]
        for gap in [(0, 0, 0), *course.treatment.gaps(course.sessions)]:
            if course.places:
                before = course.places[-1][0]
                window = (before + gap[0], before + gap[1], before + gap[2])
            place = next(self._places(course, window, people), None)
            if place is None:
                return False
            course.places.append(place)
        for place in course.places:
            self._take(course.treatment, place)
        return True

    def _places(
        self, course: Patient, window: tuple[int, int, int], people: Sequence[str]
    ) -> Iterator[tuple[int, int, str]]:
        low, best, high = window
        for day in sorted(range(low, high + 1), key=lambda it: abs(it - best)):
            if course.can_come(day):
                for who in people:
                    starts = self._starts(course, day, who)
                    if starts:
                        yield day, min(starts, key=lambda it: abs(it - course.at)), who

    def _starts(self, course: Patient, day: int, who: str) -> list[int]:
        treatment, free = course.treatment, self._free[who, day]
        hands = (1 << treatment.hands) - 1
        return [
            start
            for start in range(course.begin, course.end - treatment.length + 1)
            if free >> start + treatment.before & hands == hands
            and max(self._in_rooms(day)[start : start + treatment.length + treatment.turnover])
            < self.rooms
            and not (
                treatment.device
                and max(self._in_use(day)[start + treatment.before : start + treatment.length])
                >= self.devices
            )
        ]

    def _in_rooms(self, day: int) -> list[int]:
        return self._rooms.setdefault(day, [0] * 96)

    def _in_use(self, day: int) -> list[int]:
        return self._injectors.setdefault(day, [0] * 96)

    def _take(self, treatment: Treatment, place: tuple[int, int, str]) -> None:
        day, start, who = place
        hands = range(start + treatment.before, start + treatment.length)
        self._free[who, day] &= ~(((1 << treatment.hands) - 1) << hands[0])
        for quarter in range(start, start + treatment.length + treatment.turnover):
            self._in_rooms(day)[quarter] += 1
        for quarter in hands if treatment.device else ():
            self._in_use(day)[quarter] += 1

    @property
    def running(self) -> list[Patient]:
        """The courses with sessions to come."""
        return [it for it in self.courses if it.places[-1][0] >= 0]

    def absence(self, days: int, most_lost: int) -> tuple[Absent, int]:
        """Return whoever is booked most away for so many booked days, and how many fall away.

        There are fewer days where more than so many sessions would.
        """
        booked = Counter((who, day) for it in self.running for day, _, who in it.places if day > 0)
        who = max(self.people, key=lambda it: (sum(booked[it, day] for day in range(1, 13)), it))
        last = lost = 0
        while days and (more := booked[who, last + 1]) + lost <= most_lost:
            last, lost, days = last + 1, lost + more, days - bool(more)
        away = {"practitioner": who, "first": _day(1), "last": _day(last)}
        return Absent.read(away), lost

    def table(self) -> dict[str, Any]:
        """Return the clinic file."""
        return clinic_table(
            timezone="UTC",
            hours=dict.fromkeys(WEEK, f"{_clock(OPEN)}-{_clock(CLOSE)}"),
            closures=[{"from": _day(day), "to": _day(day)} for day in sorted(self.closed)],
            practitioners=[
                {
                    "id": who,
                    "name": who,
                    "treats": [it.id for it in TREATMENTS if who in self.able[it.id]],
                    "hours": {
                        WEEK[day]: [f"{_clock(begin)}-{_clock(end)}" for begin, end in own]
                        for day, own in self.hours[who].items()
                    },
                    "absences": [
                        {"from": _day(monday), "to": _day(monday + 6)}
                        for monday in sorted(self.leave[who])
                    ],
                }
                for who in self.people
            ],
            rooms=[{"id": f"room-{number}"} for number in range(self.rooms)],
            devices=[{"id": "injector", "count": self.devices}],
        )

    def book(self, path: Path) -> Book:
        """Return a book in which the courses are kept, with what was held."""
        protocols = {it.id: KeptProtocol.of(it.protocol) for it in TREATMENTS}
        by = Context(who="desk", at=NOW)
        book = Book.open(path)
        # A repair reads the visits; who has which quarter is not laid out, which takes long.
        bare: Any = patch.object(quarters_taken, "_share_out_near", lambda *_: [])
        with bare, book._storage.writing() as within:
            for number, course in enumerate(self.running):
                begun = Opened(
                    on=MONDAY + timedelta(min(-1, course.first)),
                    patient=f"P{number}",
                    protocols=(protocols[course.treatment.id],),
                    request=_request(course),
                    timezone="UTC",
                )
                slots = [self._slot(course, *it) for it in enumerate(course.places, 1)]
                held = [
                    Held(number=it, on=MONDAY + timedelta(day))
                    for it, (day, _, _) in enumerate(course.places, 1)
                    if day < 0
                ]
                write(within, None, [begun, Booked(sessions=tuple(slots)), *held], by, os.urandom)
        return book

    def _slot(self, course: Patient, number: int, place: tuple[int, int, str]) -> Slot:
        treatment, (day, start, who) = course.treatment, place
        units = (DeviceUnits(device="injector", count=self.devices),) if treatment.device else ()
        rooms = (
            RoomTurnover(room=f"room-{room}", minutes=15 * treatment.turnover)
            for room in range(self.rooms)
        )
        takes = Takes(
            practitioner=who, before=15 * treatment.before, rooms=tuple(rooms), devices=units
        )
        return Slot(
            number=number,
            date=MONDAY + timedelta(day),
            start=_clock(start),
            minutes=15 * treatment.length,
            takes=takes,
        )


def _request(course: Patient) -> CourseRequest:
    return CourseRequest(
        start=MONDAY + timedelta(course.first),
        sessions=course.sessions,
        days=[WEEK[day] for day in course.days],
        start_within=START_WITHIN,
        between=f"{_clock(course.begin)}-{_clock(course.end)}",
        at=_clock(course.at),
        away=[f"{_day(one)}..{_day(last)}" for one, last in course.away],
        practitioner=course.usual,
    )


def _day(day: int) -> str:
    return str(MONDAY + timedelta(day))


def _clock(quarter: int) -> str:
    return f"{quarter // 4:02}:{quarter % 4 * 15:02}"
