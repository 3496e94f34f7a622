"""A book as a dictionary: what a course must be after any run of operations.

It shares no code with the book. A course is the list of what was accepted; its state is
that list played again from the start.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

FIRST = date(2026, 11, 22)
WHATS = (
    *("open", "plan", "book", "hold", "miss", "move", "cancel"),
    *("improve", "pay", "note", "stop", "correct", "erase"),
)


class Operation(NamedTuple):
    """One thing to do.

    Args:
        course: Which of the courses opened so far.
        number: Session, or for a correction the revision.
        shift: Days from today to the day meant.
        key: Which key, if any.
        is_stale: Whether an old revision is given.
        tomorrow: Whether the day changes first.
    """

    what: str
    course: int = 0
    number: int = 1
    shift: int = 0
    key: int | None = None
    is_stale: bool = False
    tomorrow: bool = False


def random_operation(rng: Random) -> Operation:
    """Return any operation; most of them can be done."""
    what = rng.choice((*WHATS, *("open", "book", "hold", "move", "note") * 2))
    if what in ("stop", "erase") and rng.random() < 0.7:
        what = "book"
    return Operation(
        what,
        rng.randrange(1000),
        rng.randint(1, 5),
        rng.choice((0, 0, 0, -1, 1, -3, 4, 9)),
        rng.randrange(40) if rng.random() < 0.2 else None,
        rng.random() < 0.05,
        rng.random() < 0.1,
    )


class Entry(NamedTuple):
    """What was accepted, on which day it was written, and the day it tells of."""

    what: str
    number: int
    day: date
    today: date


@dataclass
class View:
    """What a course looks like."""

    sessions: dict[int, tuple[str, date]] = field(default_factory=dict)
    notes: int = 0
    paid: int = 0
    improved: date | None = None
    stopped: date | None = None
    opened: date | None = None


def replay(entries: Iterable[Entry]) -> tuple[str | None, View]:
    """Return why the entries cannot follow each other, or None, and what comes of them."""
    view = View()
    for entry in entries:
        if refusal := _why_not(view, entry):
            return refusal, view
        _take(view, entry)
    return None, view


def _why_not(view: View, entry: Entry) -> str | None:
    what, number, day, today = entry
    if what == "open":
        return "in_the_future" if day > today else None
    if view.stopped and what not in ("note", "pay"):
        return "stopped"
    if what in ("hold", "miss", "improve", "stop", "pay"):
        if day > today:
            return "in_the_future"
        if view.opened and day < view.opened:
            return "before_opening"
    status, on = view.sessions.get(number, ("absent", None))
    if what in ("plan", "book", "hold", "miss", "move", "cancel") and status == "held":
        return "already_held"
    if what in ("miss", "move", "cancel") and status == "absent":
        return "no_such_session"
    held = {n: on for n, (state, on) in view.sessions.items() if state == "held"}
    if what == "hold" and status == "missed" and on == day:
        return "missed_then"
    if what == "miss" and status != "missed" and on != day:
        return "other_day"
    crossed = any((n < number) != (on < day) or on == day for n, on in held.items())
    reasons = {
        "hold": crossed and "out_of_order",
        "miss": status == "missed" and "no_such_session",
        "move": day < today and "in_the_past",
        "improve": view.improved is not None and "already_recorded",
        "stop": any(on > day for on in held.values()) and "in_the_past",
    }
    return reasons.get(what) or None


def _take(view: View, entry: Entry) -> None:
    what, number, day, _ = entry
    status = {"book": "booked", "hold": "held", "miss": "missed", "move": "booked"}
    if what == "plan":
        kept = {n: s for n, s in view.sessions.items() if s[0] != "planned"}
        view.sessions = {**kept, number: ("planned", day)}
    elif what in status:
        view.sessions[number] = status[what], day
    elif what == "cancel":
        del view.sessions[number]
    elif what == "note":
        view.notes += 1
    elif what == "pay":
        view.paid += 180
    else:
        setattr(view, {"open": "opened", "improve": "improved", "stop": "stopped"}[what], day)


@dataclass
class Course:
    """A course: what was accepted, by revision; corrections and the end besides."""

    entries: dict[int, Entry] = field(default_factory=dict)
    taken_back: set[int] = field(default_factory=set)
    revision: int = 0
    is_erased: bool = False

    def standing(self, without: int = 0) -> list[Entry]:
        """Return the entries that were not taken back."""
        gone = {*self.taken_back, without}
        return [entry for revision, entry in self.entries.items() if revision not in gone]

    @property
    def view(self) -> View:
        """What the course looks like."""
        return replay(self.standing())[1]


@dataclass
class Model:
    """All courses of a book."""

    today: date = FIRST
    courses: list[Course] = field(default_factory=list)
    keys: dict[int, tuple[tuple[object, ...], int, View]] = field(default_factory=dict)

    def do(self, operation: Operation) -> str | None:
        """Take an operation in; return why it is refused, `repeated`, or None."""
        if operation.tomorrow:
            self.today += timedelta(days=1)
        place, question = self.place(operation), self.asked(operation)
        course = None if place is None else self.courses[place]
        if operation.what == "erase" and course and course.is_erased:
            return "repeated"
        if operation.key in self.keys:
            asked, written, _ = self.keys[operation.key]
            # Keys go with the course.
            if not self.courses[written].is_erased:
                return "repeated" if asked == question else "key_used"
        if course and operation.is_stale:
            return "stale"
        refusal = self._write(course or Course(), operation)
        is_kept = operation.what != "erase" or course is None
        if refusal is None and operation.key is not None and is_kept:
            place = len(self.courses) - 1 if place is None else place
            view = self.courses[place].view
            self.keys[operation.key] = question, place, view
        return refusal

    def place(self, operation: Operation) -> int | None:
        """Return which course is meant; None for a new one."""
        if operation.what == "open" or not self.courses:
            return None
        return operation.course % len(self.courses)

    def day(self, operation: Operation) -> date:
        """Return the day meant."""
        return self.today + timedelta(days=operation.shift)

    def asked(self, operation: Operation) -> tuple[object, ...]:
        """Return what tells one question from another."""
        place, day = self.place(operation), self.day(operation)
        dated = operation.what not in ("cancel", "note", "correct", "erase")
        numbered = operation.what in (
            *("plan", "book", "hold", "miss", "move", "cancel", "correct"),
            *("note",),
        )
        what = "open" if place is None else operation.what
        if what == "open":
            return what, day
        return what, place, day if dated else None, operation.number if numbered else None

    def _write(self, course: Course, operation: Operation) -> str | None:
        what = operation.what if course.entries else "open"
        if course.is_erased:
            return "erased"
        if what == "erase":
            course.is_erased = True
        elif what == "correct":
            if refusal := self._correct(course, operation.number):
                return refusal
        else:
            entry = Entry(what, operation.number, self.day(operation), self.today)
            refusal, _ = replay([*course.standing(), entry])
            if refusal:
                return refusal
            course.entries[course.revision + 1] = entry
        if what == "open":
            self.courses.append(course)
        course.revision += 1
        return None

    @staticmethod
    def _correct(course: Course, revision: int) -> str | None:
        if revision not in course.entries:
            return "no_such_event"
        if revision == 1:
            return "not_opened"
        if revision in course.taken_back:
            return "withdrawn"
        refusal, _ = replay(course.standing(without=revision))
        if refusal is None:
            course.taken_back.add(revision)
        return "contradiction" if refusal else None
