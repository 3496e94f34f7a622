"""A clinic's time, played day by day through the book as programs keep it."""

import random
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from meso_schedule import Clinic, CourseRequest, MesoScheduleError, get_protocol
from meso_schedule.book import Book as CourseBook
from meso_schedule.book import Context
from meso_schedule.book.absence_records import Absent
from meso_schedule.book.book import Book
from meso_schedule.running.proposal import Proposal
from meso_schedule.running.repair import proposal, proposals_of_file

ZONE = ZoneInfo("Europe/London")
PROTOCOLS = ("mesoglow", "cellulite", "facial-rejuvenation", "hair-prp")
PEOPLE = [f"doctor-{number}" for number in range(10)]
PRICES = ("120.00", "150.00")
OPEN = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-17:00")


def clinic(*, is_later: bool) -> Clinic:
    """Return the clinic; later with a rota for half of its people and with other prices."""
    spring = {"from": "2027-01-01", "to": "2029-12-31", **dict.fromkeys(OPEN, "09:00-14:00")}
    price = PRICES[is_later]
    return Clinic.read(
        {
            "name": "Year",
            "timezone": str(ZONE),
            "currency": "GBP",
            "hours": OPEN,
            "practitioners": [
                {"id": who, "name": who, **({"rota": [spring]} if is_later and place % 2 else {})}
                for place, who in enumerate(PEOPLE)
            ],
            "rooms": [{"id": f"room-{number}", "turnover": 10} for number in range(6)],
            "prices": {name: {"session": price} for name in PROTOCOLS},
        }
    )


@dataclass
class Year:
    """The clinic as its days pass; what it did is counted by its name.

    Args:
        path: Where its book is.
        rng: What chance decides.
    """

    path: Path
    rng: random.Random
    clinic: Clinic = field(default_factory=lambda: clinic(is_later=False))
    done: dict[str, int] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)

    def day(self, today: date, opening: int) -> None:
        """Play a day on which so many patients open a course."""
        by = Context("desk", datetime.combine(today, time(18), ZONE))
        with CourseBook.open(self.path, clinic=self.clinic) as book:
            for course in self.missed:
                with suppress(MesoScheduleError):
                    book.replan(course, by=by, yes=True)
            self.missed.clear()
            for line in book.diary(today, today):
                if line.status == "booked":
                    self._visit(book, line.course, by)
            for number in range(opening):
                self._open(book, f"Patient {today} {number}", today, by)
            running = [it.course for it in book.courses() if it.status == "running"]
            for course in self.rng.sample(running, min(2, len(running))):
                self._dealing(book, course, today, by)

    def _count(self, what: str) -> None:
        self.done[what] = self.done.get(what, 0) + 1

    def _visit(self, book: CourseBook, course: str, by: Context) -> None:
        with suppress(MesoScheduleError):
            if self.rng.random() < 0.9:
                book.hold(course, by=by, yes=True)
                self._count("held")
                book.replan(course, by=by, yes=True)
            else:
                book.miss(course, by=by, yes=True)
                self._count("missed")
                self.missed.append(course)

    def _open(self, book: CourseBook, patient: str, today: date, by: Context) -> None:
        protocol = get_protocol(self.rng.choice(PROTOCOLS))
        start = today + timedelta(self.rng.randint(1, 7))
        asked = {"practitioner": self.rng.choice(PEOPLE)} if self.rng.random() < 0.5 else {}
        request = CourseRequest(start=start, sessions=4, patient=patient, **asked)
        with suppress(MesoScheduleError):
            book.open_course(protocol, request, by=by)
            self._count("opened")

    def _dealing(self, book: CourseBook, course: str, today: date, by: Context) -> None:
        what = self.rng.choice(("move", "pay", "pay", "assess", "stop"))
        ahead = [it for it in book.course(course).upcoming if it.date > today]
        with suppress(MesoScheduleError):
            if what == "move" and ahead:
                to = ahead[0].date + timedelta(self.rng.randint(-2, 2))
                book.move(course, ahead[0].number, to, by=by, yes=True)
            elif what == "pay":
                book.pay(course, "50.00", by=by)
            elif what == "assess":
                book.assess(course, self.rng.choice(("yes", "no")), by=by)
            elif what == "stop":
                book.stop(course, by=by)
            self._count(what)

    def repair(self, today: date, who: str | None, days: int) -> None:
        """Have somebody be ill, or the clinic closed, from the next day on."""
        first = today + timedelta(1)
        told = {"practitioner": who, "first": str(first), "last": str(first + timedelta(days - 1))}
        self._book(today, Absent.read(told))

    def change(self, today: date) -> None:
        """Have another rota and other prices from now on."""
        self.clinic = clinic(is_later=True)
        self._book(today, None)

    def _book(self, today: date, absence: Absent | None) -> None:
        now = datetime.combine(today, time(19), ZONE)
        with Book.open(self.path) as book:
            found: Proposal = (
                proposal(book, self.clinic, absence, now=now, as_of=today)
                if absence
                else next(proposals_of_file(book, self.clinic, now=now, as_of=today))
            )
            book.append_all(found.changes, Context("desk", now, as_of=today))
        self._count("repaired")
        self.done["called"] = self.done.get("called", 0) + sum(
            len(it.calls) for it in found.courses
        )
