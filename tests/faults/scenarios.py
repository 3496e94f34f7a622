"""What is done to a book while it is killed or starved, and how it must be found afterwards."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from meso_schedule.base.errors import MesoScheduleError
from meso_schedule.book.absence_records import Absent
from meso_schedule.book.book import Book
from meso_schedule.book.records import Held, Note, Paid, Record
from meso_schedule.book.storage import migrations, sqlite
from tests.book.samples import booked, day_to_day, fixed, now, opened

# The records of a course, and the revision they were made on.
Move = tuple[str | None, Sequence[Record], int | None]

LATER = migrations.Migration(
    4,
    "made up for the test",
    (
        "CREATE TABLE meso_test (number {integer} PRIMARY KEY, name {text}){strict}",
        "ALTER TABLE meso_courses ADD COLUMN tested {text}",
        "UPDATE meso_courses SET tested = course",
        "CREATE INDEX meso_tested ON meso_courses (tested)",
    ),
)


def unsafe(*pragmas: str) -> None:
    """Set pragmas that a book must not have, in place of those it has."""
    names = {pragma.partition("=")[0] for pragma in pragmas}
    kept = [pragma for pragma in sqlite.PRAGMAS if pragma.partition("=")[0] not in names]
    sqlite.PRAGMAS = (*kept, *pragmas)


def first_course(path: Path) -> str:
    """Return the id of the course of `fill`."""
    with Book.open(path) as book:
        return book.courses()[0].course


def fill(path: Path) -> None:
    """Make a small book."""
    with Book.open(path, randomness=fixed()) as book:
        course = book.open_course(opened(), *day_to_day(), context=now()).course
        book.append(course, Note(text="x" * 2000), context=now())


def do_open(path: Path) -> None:
    """Begin a book."""
    Book.open(path).close()


def do_append(path: Path) -> None:
    """Write a batch of events under a key."""
    with Book.open(path) as book:
        (course,) = [line.course for line in book.courses()]
        held = Held(number=2, on="2026-11-30")
        paid = Paid(on="2026-11-30", amount="180.00", currency="GBP")
        records = held, paid, booked("2026-12-10", first=3), Note(text="y" * 2000)
        book.append(course, *records, context=now("2026-11-30", key="the batch"))


def fill_two(path: Path) -> None:
    """Make a book of two courses."""
    with Book.open(path, randomness=fixed()) as book:
        for _ in range(2):
            book.open_course(opened(), booked("2026-12-08"), context=now())


def do_repair(path: Path) -> None:
    """Write an absence with what it moves of two courses."""
    with Book.open(path) as book:
        if book.absences():
            return
        away = Absent(first="2026-12-08", last="2026-12-08")
        moves: list[Move] = [
            (line.course, [booked("2026-12-09"), Note(text="y" * 2000)], None)
            for line in book.courses()
        ]
        book.append_all([(None, [away], None), *moves], now("2026-11-30"))


def do_erase(path: Path) -> None:
    """Erase a course; the file is rewritten."""
    course = first_course(path)
    with Book.open(path) as book:
        book.erase(course, context=now())


def do_migrate(path: Path) -> None:
    """Bring a book up to a newer schema."""
    use_later()
    Book.open(path).close()


def use_later() -> None:
    """Be a later version of the program."""
    if LATER not in migrations.MIGRATIONS:
        migrations.MIGRATIONS += (LATER,)


def nothing(*_: object) -> None:
    """Prepare nothing."""


class Scenario(NamedTuple):
    """What is done, to what, and how many events there may be afterwards."""

    prepare: Callable[[Path], None]
    act: Callable[[Path], None]
    before: int
    after: int
    be_ready: Callable[[], None] = nothing


SCENARIOS = {
    "open": Scenario(nothing, do_open, 0, 0),
    "append": Scenario(fill, do_append, 6, 10),
    "repair": Scenario(fill_two, do_repair, 4, 9),
    "erase": Scenario(fill, do_erase, 6, 7),
    "migrate": Scenario(fill, do_migrate, 6, 6, use_later),
}


def prepare(scenario: Scenario, folder: Path) -> None:
    """Make the folder in which a scenario begins."""
    folder.mkdir()
    scenario.prepare(folder / "courses.book")


def copy(origin: Path, folder: Path) -> Path:
    """Begin again with a copy; return the book's path."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(origin, folder)
    return folder / "courses.book"


def look(scenario: Scenario, path: Path) -> str:
    """Say how a book is found after a fault: `before`, `after`, `torn` or `corrupt`.

    A book that is found whole is then given what was asked once more: it must come out as
    if nothing had happened.
    """
    scenario.be_ready()
    try:
        with Book.open(path) as book:
            found = book.verify()
        if not found.is_sound:
            return "corrupt"
        if found.head.count not in (scenario.before, scenario.after):
            return "torn"
        scenario.act(path)
        with Book.open(path) as book:
            again = book.verify()
        if not again.is_sound or again.head.count != scenario.after:
            return "torn"
    except MesoScheduleError:
        return "corrupt"
    return "before" if found.head.count == scenario.before else "after"
