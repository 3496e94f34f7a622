"""One course in a full book, searched layer by layer: plain and slow.

It shares no code with the package.

Times are minutes since 1970 in UTC. A quarter hour that a session begins to take is taken whole.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.support.samples import ASSUMED, Table, clinic_table, phase, rule_table

WEEK = ("mon", "tue", "wed", "thu", "fri")
ZONE = "Europe/London"
# The clock changes on the 28th, a Sunday on which the clinic is open.
BEGIN = date(2027, 3, 15)
LENGTH = 33


@dataclass(frozen=True)
class Visit:
    """A booked visit: who gives it, when, the rooms that would do with their turnover, devices."""

    who: str
    begin: int
    minutes: int
    before: int
    after: int
    rooms: dict[str, int]
    devices: tuple[str, ...] = ()

    def hands_on(self) -> set[int]:
        return cells(self.begin + self.before, self.begin + self.minutes - self.after)

    def in_room(self, room: str) -> set[int]:
        return cells(self.begin, self.begin + self.minutes + self.rooms[room])


@dataclass
class FullBook:
    """A clinic with what is booked, and the rule of what is asked for."""

    clinic: Table
    rule: Table
    request: Table
    visits: list[Visit] = field(default_factory=list)

    def near(self, begin: int) -> list[Visit]:
        """Return the visits of a day; none is near midnight."""
        return [it for it in self.visits if it.begin // 1440 == begin // 1440]


def cells(first: int, last: int) -> set[int]:
    return set(range(first // 15, -(-last // 15)))


def moment(day: date, minute: int) -> int:
    """Return the minute since 1970 at which the clock shows a time of a day."""
    wall = datetime.combine(day, time(minute // 60, minute % 60), ZoneInfo(ZONE))
    return int(wall.astimezone(UTC).timestamp()) // 60


def has_rooms(visits: Sequence[Visit]) -> bool:
    """Tell whether all visits can have a room, tried one by one."""

    def place(number: int, taken: dict[str, set[int]]) -> bool:
        if number == len(visits):
            return True
        visit = visits[number]
        return any(
            place(number + 1, {**taken, room: taken.get(room, set()) | visit.in_room(room)})
            for room in visit.rooms
            if taken.get(room, set()).isdisjoint(visit.in_room(room))
        )

    return place(0, {})


def rooms_of(visits: Sequence[Visit]) -> list[str]:
    """Return the room of each visit, the first way that is found."""
    found: list[str] = []
    left = list(visits)
    for visit in visits:
        left = left[1:]
        for room in visit.rooms:
            fixed = [
                Visit(it.who, it.begin, it.minutes, 0, 0, {own: it.rooms[own]})
                for it, own in zip(visits, [*found, room], strict=False)
            ]
            if has_rooms([*fixed, *left]):
                found.append(room)
                break
    return found


def fits(book: FullBook, visit: Visit) -> bool:
    """Tell whether a visit takes nothing that is taken."""
    near = book.near(visit.begin)
    if any(it.who == visit.who and not it.hands_on().isdisjoint(visit.hands_on()) for it in near):
        return False
    for name in visit.devices:
        (count,) = [it["count"] for it in book.clinic["devices"] if it["id"] == name]
        users = [it.hands_on() for it in near if name in it.devices]
        if any(sum(cell in it for it in users) >= count for cell in visit.hands_on()):
            return False
    if not book.clinic["rooms"]:
        return True
    return bool(visit.rooms) and has_rooms([*near, visit])


def some_book(rng: random.Random) -> FullBook:
    """Return a random clinic whose book is nearly full."""
    rooms = [
        {"id": f"room-{n}", "turnover": rng.choice((0, 0, 10, 20)), **_treats(rng)}
        for n in range(1, rng.randint(1, 4))
    ]
    devices = [{"id": "mesogun", "count": rng.randint(1, 2)}]
    if rooms and rng.random() < 0.4:
        devices[0]["rooms"] = [rng.choice(rooms)["id"]]
    clinic = clinic_table(
        timezone=ZONE,
        hours={day: ["09:00-12:00", "13:00-16:10"] for day in (*WEEK, "sun")},
        practitioners=[
            {"id": f"doctor-{n}", "name": f"Dr {n}", **_treats(rng), **_hours(rng)}
            for n in "abc"[: rng.randint(1, 3)]
        ],
        rooms=rooms,
        devices=devices,
    )
    book = FullBook(clinic, _rule(rng), _request(rng))
    busy = rng.randint(5, 60)
    for number in range(LENGTH):
        day = BEGIN + timedelta(number)
        for _ in range(busy):
            who = rng.choice(clinic["practitioners"])["id"]
            minutes = rng.choice((30, 45, 60, 75))
            sample = Visit(
                who,
                moment(day, rng.randrange(9 * 60, 16 * 60, 15)),
                minutes,
                rng.choice((0, 0, 20)),
                0,
                {it["id"]: max(it["turnover"], 5) for it in rooms if rng.random() < 0.8},
                ("mesogun",) if rng.random() < 0.2 else (),
            )
            if (sample.rooms or not rooms) and fits(book, sample):
                book.visits.append(sample)
    book.visits.sort(key=lambda visit: (visit.begin, visit.who))
    return book


def _treats(rng: random.Random) -> Table:
    return rng.choice(
        ({}, {}, {"treats": ["mesotherapy"]}, {"treats": ["house-mix"]}, {"treats": []})
    )


def _hours(rng: random.Random) -> Table:
    if rng.random() < 0.5:
        return {}
    return {"hours": {day: ["09:10-12:30", "13:00-15:00"] for day in rng.sample(WEEK, 3)}}


def _rule(rng: random.Random) -> Table:
    counts: dict[str, Any] = {"minimum": 1, "usual": 3, "maximum": 12, **ASSUMED}
    taken = {
        "minutes": rng.choice((30, 45, 50, 60)),
        "before": rng.choice((0, 0, 15, 20)),
        "after": rng.choice((0, 0, 5)),
        "turnover": rng.choice((0, 10)),
        "devices": ["mesogun"] if rng.random() < 0.4 else [],
        "continuity": rng.choice(("same", "prefer", "prefer", "any")),
    }
    return rule_table(sessions={**counts, **taken}, phases=[phase("5 days", "9 days")])


def _request(rng: random.Random) -> Table:
    asked: Table = {"start": str(BEGIN + timedelta(rng.randint(0, 9))), "start_within": 4}
    asked["sessions"] = rng.randint(1, 3)
    if rng.random() < 0.6:
        asked["at"] = rng.choice(("09:00", "11:10", "14:00"))
    if rng.random() < 0.3:
        asked["between"] = [rng.choice(("09:00-11:45", "13:00-16:00"))]
    if rng.random() < 0.3:
        asked["prefer"] = ["tue", "thu"]
    if rng.random() < 0.3:
        asked["practitioner"] = "doctor-a"
    return asked


def starts_on(book: FullBook, day: date) -> Iterator[tuple[int, int]]:
    """Yield each start of a day, in minutes after midnight, with each practitioner's place."""
    told, people = book.rule["sessions"], book.clinic["practitioners"]
    name = WEEK[day.weekday()] if day.weekday() < 5 else "sun" if day.weekday() == 6 else "sat"
    opens = book.clinic["hours"].get(name, [])
    rooms = {
        room["id"]: max(room["turnover"], told["turnover"])
        for room in book.clinic["rooms"]
        if takes(room)
        and all(
            room["id"] in device.get("rooms", [room["id"]])
            for device in book.clinic["devices"]
            if device["id"] in told["devices"]
        )
    }
    for minute in range(0, 24 * 60, 15):
        last = minute + told["minutes"]
        if not any(begin <= minute and last <= end for begin, end in map(span, opens)):
            continue
        limits = book.request.get("between")
        if limits and not any(begin <= minute and last <= end for begin, end in map(span, limits)):
            continue
        for place, who in enumerate(people):
            works = who["hours"].get(name, []) if "hours" in who else opens
            first, end = minute + told["before"], last - told["after"]
            inside = all(any(a <= m < b for a, b in map(span, works)) for m in range(first, end))
            visit = Visit(
                who["id"],
                moment(day, minute),
                told["minutes"],
                told["before"],
                told["after"],
                rooms,
                tuple(told["devices"]),
            )
            if takes(who) and inside and fits(book, visit):
                yield minute, place


def takes(entry: Table) -> bool:
    return "treats" not in entry or bool({"mesotherapy", "house-mix"} & set(entry["treats"]))


def span(text: str) -> tuple[int, int]:
    begin, end = (60 * int(part[:2]) + int(part[3:]) for part in text.split("-"))
    return begin, end


Answer = tuple[tuple[int, ...], tuple[date, ...], tuple[int, ...], tuple[int, ...]]


def best(book: FullBook) -> Answer | None:
    """Return the criteria, dates, starts and practitioners' places of the best calendar."""
    asked, told = book.request, book.rule["sessions"]
    people = [it["id"] for it in book.clinic["practitioners"]]
    given = asked.get("practitioner")
    mains = [people.index(given)] if given else range(len(people))
    known: dict[date, list[tuple[int, int]]] = {}
    answers = [it for main in mains if (it := _best_with(book, main, known)) is not None]
    assert told["continuity"] in ("same", "prefer", "any")
    return min(answers, default=None)


def _best_with(
    book: FullBook, main: int, known: dict[date, list[tuple[int, int]]]
) -> Answer | None:
    asked, told = book.request, book.rule["sessions"]
    first = date.fromisoformat(asked["start"])
    at = span(f"{asked['at']}-00:00")[0] if "at" in asked else None

    def options(day: date) -> Iterator[tuple[int, int, int, int]]:
        if day not in known:
            known[day] = list(starts_on(book, day))
        for minute, place in known[day]:
            other = int(place != main and told["continuity"] != "any")
            if not (other and told["continuity"] == "same"):
                yield other, 0 if at is None else abs(minute - at), minute, place

    def step(before: Answer | None, day: date) -> Answer | None:
        chosen = min(options(day), default=None)
        if chosen is None:
            return None
        other, off, minute, place = chosen
        miss = int("prefer" in asked and day.weekday() not in (1, 3))
        total, dates, starts, places = before or ((0,) * 5, (), (), ())
        square = (day - dates[-1] - timedelta(5)).days ** 2 if dates else 0
        begin = 0 if dates else (day - first).days
        more = (begin, other, miss, square, off)
        return (
            tuple(one + two for one, two in zip(total, more, strict=True)),
            (*dates, day),
            (*starts, minute),
            (*places, place),
        )

    layer: dict[date, Answer] = {}
    for number in range(asked["start_within"] + 1):
        day = first + timedelta(number)
        if (reached := step(None, day)) is not None:
            layer[day] = reached
    for _ in range(asked["sessions"] - 1):
        following: dict[date, Answer] = {}
        for before, answer in layer.items():
            for gap in range(5, 10):
                day = before + timedelta(gap)
                reached = step(answer, day)
                if reached is not None and (day not in following or reached < following[day]):
                    following[day] = reached
        layer = following
    return min(layer.values(), default=None)
