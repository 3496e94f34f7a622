"""Books in which anything happens: no quarter of anybody, or of a room, is ever taken twice.

Courses are opened, moved, missed, called off and erased, absences and closures repaired, and the
book is restored from backups and taken to others.
"""

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from meso_schedule.book.absence_records import AbsenceEnded, Absent
from meso_schedule.book.book import Book
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.records import Cancelled, Missed, Moved
from meso_schedule.running.repair import proposals
from tests.book.samples import now
from tests.book.taken import MONDAY, at, begin, cells_of, check, room, slot, takes
from tests.faults.settings import tell
from tests.support.lengths import length
from tests.support.samples import WEEK, clinic

TODAY = date(2026, 11, 24)
CLINIC = clinic(
    hours=dict.fromkeys(WEEK, "09:00-15:00"),
    practitioners=[{"id": who, "name": f"Dr {who}"} for who in "ab"],
    rooms=[{"id": f"room-{number}", "turnover": 10} for number in (1, 2)],
)
WEEKS = length(1, 4)


class RandomBook:
    """A book and what was done to it.

    Args:
        folder: Where it is, and its backups.
        rng: What is done next.
    """

    def __init__(self, folder: Path, rng: random.Random) -> None:
        self.folder, self.rng = folder, rng
        self.book = Book.open(folder / "0.book")
        self.courses: list[str] = []
        self.copy: tuple[Path, list[str]] | None = None
        # How many sessions were booked, in whatever way, and what was done how often.
        self.booked = 0
        self.done = dict.fromkeys(("move", "repair", "restore", "import", "erase"), 0)
        self.files = 0

    def step(self) -> None:
        """Do something; what is refused leaves all as it was."""
        what = self.rng.choice(
            ("open",) * 14 + ("move",) * 7 + ("miss", "cancel", "erase", "repair", "whole")
        )
        if what == "open" or not self.courses:
            self.open()
        elif what == "whole":
            self.rng.choice((self.backup, self.restore, self.take_along))()
        elif what == "erase":
            self.book.erase(self.pick(gone=True), context=now())
            self.done[what] += 1
        elif what == "repair":
            self.repair()
        else:
            self.change(what)

    def new_file(self, ending: str) -> Path:
        self.files += 1
        return self.folder / f"{self.files}.{ending}"

    def pick(self, *, gone: bool = False) -> str:
        course = self.rng.choice(self.courses)
        if gone:
            self.courses.remove(course)
        return course

    def day(self) -> date:
        """Return one of few days, on the last of which the clock changes."""
        return MONDAY + timedelta(self.rng.choice((0, 1, 6)) + 7 * self.rng.randrange(WEEKS))

    def place(self) -> tuple[date, str]:
        quarter = self.rng.choice(("00", "15", "30", "45"))
        return self.day(), f"{self.rng.randint(9, 13):02d}:{quarter}"

    def open(self) -> None:
        rooms = [room(f"room-{it}", self.rng.choice((0, 15))) for it in self.rng.sample((1, 2), 2)]
        before, many = self.rng.choice((0, 20)), self.rng.randint(1, 2)
        taken = takes(self.rng.choice("ab"), before=before, rooms=tuple(rooms[:many]))
        asked = {"sessions": 1, "start": str(MONDAY), "start_within": 27}
        sessions = at(slot(*self.place(), taken))
        try:
            course = begin(self.book, sessions, patient=f"P{self.booked}", request=asked)
        except RefusedError:
            return
        self.courses.append(course)
        self.booked += 1

    def change(self, what: str) -> None:
        course = self.pick()
        day, start = self.place()
        (own,) = [it.takes for it in self.book.course(course).sessions[:1]] or [None]
        record = {
            "move": Moved(number=1, to=day, start=start, takes=own or takes()),
            "miss": Missed(number=1, on=day),
            "cancel": Cancelled(numbers=(1,)),
        }[what]
        try:
            on = "2027-04-30" if what == "miss" else str(TODAY)
            self.book.append(course, record, context=now(on))
        except RefusedError:
            return
        self.booked += what == "move"
        self.done["move"] += what == "move"

    def repair(self) -> None:
        """Book what is proposed for an absence or a closure, which mostly ends soon."""
        day = str(self.day())
        who = self.rng.choice(("a", "b", None))
        absence = Absent.read({"practitioner": who, "first": day, "last": day})
        at_noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
        others = self.rng.choice((0, 0, 0, None))
        made = proposals(self.book, CLINIC, absence, now=at_noon, as_of=TODAY, others=others)
        *_, chosen = made
        self.book.append_all(chosen.changes, now(str(TODAY)))
        moved = sum(call.after is not None for it in chosen.courses for call in it.calls)
        self.booked += moved
        self.done["repair"] += moved > 0
        for it in self.book.absences():
            if it.ended is None and self.rng.random() < 0.8:
                self.book.append(it.id, AbsenceEnded(on=TODAY), context=now(str(TODAY)))

    def backup(self) -> None:
        name = self.new_file("copy")
        self.book.backup(name)
        self.copy = name, list(self.courses)

    def restore(self) -> None:
        if self.copy is None:
            self.backup()
        assert self.copy
        self.book.restore(self.copy[0], force=True)
        self.courses = list(self.copy[1])
        self.done["restore"] += 1

    def take_along(self) -> None:
        """Go on in another book, which takes what this one takes."""
        text, before = list(self.book.export()), cells_of(self.book)
        self.book.close()
        self.book = Book.open(self.new_file("book"))
        self.book.import_courses(text, source="export")
        assert cells_of(self.book) == before
        self.done["import"] += 1


@pytest.mark.untraced
@pytest.mark.parametrize("seed", range(length(1, 150)))
def test_nothing_is_taken_twice_whatever_is_done(seed: int, tmp_path: Path) -> None:
    found = RandomBook(tmp_path, random.Random(f"taken {seed}"))
    for place in range(length(45, 300)):
        found.step()
        if place % 20 == 0:
            check(found.book)
    found.take_along()
    assert check(found.book) > 3
    assert found.booked > 15
    tell("sessions booked", {"in all": found.booked, **found.done})
    found.book.close()
