"""An absence in a full book, drawn at random, and the least that it costs: one model of intervals.

It shares no code with the package. Times are quarters from midnight in UTC.
"""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ortools.sat.python import cp_model

from tests.support.samples import ASSUMED, Table, clinic_table, phase, rule_table

MONDAY = date(2027, 1, 4)
WEEK = ("mon", "tue", "wed", "thu", "fri")
OPEN, CLOSE, LUNCH, AFTER_LUNCH = 36, 68, 48, 52
WITHIN = 13
_KEPT = 1_000


@dataclass(frozen=True)
class Rule:
    """A treatment: what a session takes, in quarters, and the days between two, or top-ups."""

    id: str
    length: int
    before: int
    turnover: int
    devices: bool
    gaps: tuple[int, int]
    top_up: tuple[int, int] = (13, 19)

    def table(self) -> Table:
        counts = {"minimum": 1, "usual": 2, "maximum": 6, "minutes": 15 * self.length, **ASSUMED}
        counts |= {"before": 15 * self.before, "turnover": 15 * self.turnover}
        counts |= {"devices": ["mesogun"]} if self.devices else {}
        first, last = self.gaps
        phases = [phase(f"{first} days", f"{last} days")]
        first, last = self.top_up
        top_up = {"minimum": f"{first} days", "maximum": f"{last} days", **ASSUMED}
        return rule_table(id=self.id, name=self.id, sessions=counts, phases=phases, top_up=top_up)


RULES = (
    Rule("scalp", 3, 0, 0, True, (7, 10)),
    Rule("face", 4, 1, 1, False, (7, 10)),
    Rule("hyaluronic", 3, 1, 1, False, (12, 17)),
    Rule("mesobotox", 2, 0, 0, False, (26, 35)),
)


@dataclass(frozen=True)
class Place:
    """A session: days after the Monday, the quarter in which it begins, who gives it."""

    day: int
    start: int
    who: str


@dataclass
class Course:
    """A course that has not begun: from which day it may begin, when the patient can come.

    Whose it is, and whether its sessions were put there by hand, or nobody was named for the last;
    what is asked of it besides. How many of the places are those of top-ups, and whether they are
    all, after a course that was held as soon before the first day as it could be.
    """

    rule: Rule
    first: int
    days: tuple[int, ...]
    begin: int
    end: int
    places: list[Place] = field(default_factory=list)
    patient: str | None = None
    pinned: bool = False
    is_named: bool = True
    asked: Table = field(default_factory=dict)
    top_ups: int = 0
    is_held: bool = False

    @property
    def fewest(self) -> int:
        """How many of the places are those of the course itself."""
        return len(self.places) - self.top_ups

    @property
    def opening(self) -> tuple[int, int]:
        """The first and the last day of the first place."""
        least, most = self.rule.top_up
        return self.first, self.first + (most - least if self.is_held else WITHIN)

    def gap(self, k: int, count: int) -> tuple[int, int]:
        """Return the days between a place and the one before, of so many places."""
        return self.rule.top_up if k >= count - self.top_ups else self.rule.gaps


@dataclass
class Absence:
    """A book, and who is away from one day to another; nobody where the clinic is closed.

    The turnover of the first room may take longer, in minutes.
    """

    people: dict[str, tuple[int, ...]]
    treats: dict[str, tuple[str, ...]]
    rooms: int
    devices: int
    courses: list[Course]
    who: str | None = "doctor-0"
    first: int = 0
    last: int = 0
    reserve: str | None = None
    slow: int = 0

    def clinic(self) -> Table:
        hours = ["09:00-12:00", "13:00-17:00"]
        return clinic_table(
            timezone="UTC",
            practitioners=[
                {"id": who, "name": who, "treats": list(self.treats[who])}
                | {"hours": {WEEK[day]: hours for day in days}}
                for who, days in self.people.items()
            ],
            rooms=[
                {"id": f"room-{number}", "turnover": 0 if number else self.slow}
                for number in range(self.rooms)
            ],
            devices=[{"id": "mesogun", "count": self.devices}],
            reserve={"share": self.reserve, "beyond": "1 day"} if self.reserve else None,
        )

    def works(self, who: str, day: int) -> bool:
        is_away = self.who in (who, None) and self.first <= day <= self.last
        return day % 7 in self.people[who] and not is_away

    def may(self, course: Course, place: Place) -> bool:
        """Tell whether people and hours leave a session a place, others aside."""
        rule = course.rule
        hands = range(place.start + rule.before, place.start + rule.length)
        return (
            place.day % 7 in course.days
            and rule.id in self.treats[place.who]
            and course.begin <= place.start
            and place.start + rule.length <= course.end
            and (hands[-1] < LUNCH or hands[0] >= AFTER_LUNCH)
            and self.works(place.who, place.day)
        )

    def lost(self, course: Course) -> list[int]:
        return [k for k, it in enumerate(course.places) if not self.works(it.who, it.day)]


def absence(seed: int, *, people: int, asked: int, away: int, top_ups: float = 0.0) -> Absence:
    """Return a book that is filled course by course, and an absence in its second week.

    Args:
        seed: Of what is drawn.
        people: How many practitioners.
        asked: How many courses are tried; those that find no place are left out.
        away: For how many days.
        top_ups: Which share of the courses has top-ups, or nothing else to come.
    """
    rng = random.Random(seed)
    names = [f"doctor-{number}" for number in range(people)]
    every = tuple(rule.id for rule in RULES)
    found = Absence(
        {who: tuple(sorted(rng.sample(range(5), rng.choice((4, 5, 5))))) for who in names},
        {who: every if rng.random() < 0.6 else tuple(rng.sample(every, 3)) for who in names},
        rooms=people + 1 if rng.random() < 0.5 else people,
        devices=max(1, people // 2),
        courses=[],
    )
    taken: dict[tuple[str, int, int], int] = defaultdict(int)
    for _ in range(asked):
        if course := _placed(found, _topped(_drawn(rng), rng, top_ups), rng, taken):
            found.courses.append(course)
    found.first = 7 + rng.randrange(3)
    found.last = found.first + away - 1
    return found


def _drawn(rng: random.Random) -> Course:
    days = tuple(sorted(rng.sample(range(5), rng.choice((2, 3, 4, 5)))))
    begin, end = rng.choice(((OPEN, CLOSE), (OPEN, 56), (44, 64), (52, CLOSE)))
    return Course(rng.choice(RULES), rng.randrange(10), days, begin, end)


def _topped(course: Course, rng: random.Random, share: float) -> Course:
    if share and rng.random() < share:
        course.top_ups = rng.choice((1, 1, 2))
        course.is_held = rng.random() < 0.4
    return course


def _placed(
    book: Absence, course: Course, rng: random.Random, taken: dict[tuple[str, int, int], int]
) -> Course | None:
    """Put the sessions of a course where there is place; None where any finds none."""
    first, last = course.opening
    book.first, book.last = 0, -1
    own: list[tuple[str, int, int]] = []
    count = course.top_ups + (0 if course.is_held else rng.choice((1, 2, 2, 3, 4)))
    for k in range(1, count + 1):
        places = [
            Place(day, start, who)
            for day in range(first, last + 1)
            for start in range(OPEN, CLOSE)
            for who in book.people
        ]
        rng.shuffle(places)
        for place in places:
            cells = _cells(course.rule, place)
            free = all(taken[cell] < _count(book, cell[0]) for cell in cells)
            if free and book.may(course, place):
                break
        else:
            return None
        course.places.append(place)
        own += cells
        first, last = (place.day + gap for gap in course.gap(k, count))
    for cell in own:
        taken[cell] += 1
    return course


def _cells(rule: Rule, place: Place) -> list[tuple[str, int, int]]:
    hands = range(place.start + rule.before, place.start + rule.length)
    room = range(place.start, place.start + rule.length + rule.turnover)
    named = [(place.who, it) for it in hands] + [("room", it) for it in room]
    named += [("mesogun", it) for it in hands] if rule.devices else []
    return [(name, place.day, quarter) for name, quarter in named]


def _count(book: Absence, name: str) -> int:
    return {"room": book.rooms, "mesogun": book.devices}.get(name, 1)


class _Model:
    """Optional intervals: none of a person overlap, no more in rooms and devices than there are."""

    def __init__(self, book: Absence, movable: list[int]) -> None:
        self.book, self.made = book, cp_model.CpModel()
        self.people: dict[str, list[Any]] = defaultdict(list)
        self.pools: dict[str, list[Any]] = defaultdict(list)
        self.gone: list[Any] = []
        self.changed: list[Any] = []
        for number, course in enumerate(book.courses):
            if number in movable:
                self._add(course)
            else:
                for place in course.places:
                    self._fix(course.rule, place, None)

    def _fix(self, rule: Rule, place: Place, here: Any) -> None:
        begin = 96 * place.day + place.start
        self._take(rule, begin, {place.who: here}, here)

    def _take(self, rule: Rule, begin: Any, givers: dict[str, Any], here: Any) -> None:
        length, made = rule.length - rule.before, self.made
        for who, gives in givers.items():
            self.people[who].append(_interval(made, begin + rule.before, length, gives))
        room = rule.length + rule.turnover
        self.pools["room"].append(_interval(made, begin, room, here))
        if rule.devices:
            self.pools["mesogun"].append(_interval(made, begin + rule.before, length, here))

    def _add(self, course: Course) -> None:
        made, rule = self.made, course.rule
        whole: Any = made.new_bool_var("")
        here, before = whole, None
        lost = self.book.lost(course)
        self.gone.append(whole.Not())
        for place in course.places[: lost[0]] if lost else []:
            self._fix(rule, place, whole.Not())
        if not (lost and course.fewest):
            made.add(whole == 1)
        _, last = course.opening
        for k, booked in enumerate(course.places):
            least, most = course.gap(k, len(course.places))
            last += most if k else 0
            if lost and k >= course.fewest:
                here = self._dropped(here, whole)
            starts: dict[str, list[int]] = defaultdict(list)
            for day in range(course.first, last + 1):
                for start in range(OPEN, CLOSE):
                    for who in self.book.people:
                        if self.book.may(course, Place(day, start, who)):
                            starts[who].append(96 * day + start)
            every = sorted({it for own in starts.values() for it in own})
            if not every:
                made.add(here == 0)
                continue
            begin = made.new_int_var_from_domain(cp_model.Domain.from_values(every), "")
            on_day = made.new_int_var(0, last, "")
            made.add_division_equality(on_day, begin, 96)
            givers = {}
            for who, own in starts.items():
                gives = givers[who] = made.new_bool_var("")
                allowed = cp_model.Domain.from_values(own)
                made.add_linear_expression_in_domain(begin, allowed).only_enforce_if(gives)
            made.add(sum(givers.values()) == here)
            self._take(rule, begin, givers, here)
            if before is None:
                made.add(on_day <= last).only_enforce_if(here)
            else:
                made.add(on_day >= before + least).only_enforce_if(here)
                made.add(on_day <= before + most).only_enforce_if(here)
            before = on_day
            stays = made.new_bool_var("")
            made.add(begin == 96 * booked.day + booked.start).only_enforce_if(stays)
            if booked.who in givers:
                made.add_implication(stays, givers[booked.who])
            else:
                made.add(stays == 0)
            change = made.new_bool_var("")
            made.add(change + stays >= here)
            self.changed.append(change)

    def _dropped(self, before: Any, whole: Any) -> Any:
        """Return whether a top-up is kept, which only follows what is kept; else it is a call."""
        here = self.made.new_bool_var("")
        self.made.add_implication(here, before)
        change = self.made.new_bool_var("")
        self.made.add(change + here >= whole)
        self.changed.append(change)
        return here

    def solved(self) -> tuple[int, int]:
        """Return how few courses are not kept, and how few sessions then change."""
        made, book = self.made, self.book
        for own in self.people.values():
            made.add_no_overlap(own)
        for name, own in self.pools.items():
            made.add_cumulative(own, [1] * len(own), _count(book, name))
        made.minimize(_KEPT * sum(self.gone) + sum(self.changed))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        assert solver.solve(made) == cp_model.OPTIMAL
        return divmod(round(solver.objective_value), _KEPT)


def _interval(made: Any, begin: Any, length: int, here: Any) -> Any:
    if here is None:
        return made.new_fixed_size_interval_var(begin, length, "")
    return made.new_optional_fixed_size_interval_var(begin, length, here, "")


def least(book: Absence, *, others: bool = False) -> tuple[int, int]:
    """Return how few courses are not kept, and how few sessions then change.

    Args:
        book: The absence.
        others: Whether the patients may be called who are not hit.
    """
    movable = [n for n, it in enumerate(book.courses) if others or book.lost(it)]
    return _Model(book, movable).solved()
