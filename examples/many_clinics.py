"""Say for many clinics whom to call while somebody is away: one task for each book.

    python examples/many_clinics.py clinics doctor-a 2027-01-11..2027-01-24 --as-of 2027-01-10
    python examples/many_clinics.py clinics doctor-a 2027-01-11..2027-01-24 --dask tcp://host:8786

`clinics` holds a folder for each clinic, with `clinic.toml` and `clinic.book` in it. Clinics share
nothing, so each is a task of its own, and the answers come in the order of the folders, the same
bytes whoever works on them. Nothing is booked: each clinic looks at its list, calls, and books what
it saw, `meso-schedule clinic absent doctor-a 2027-01-11..2027-01-24 --yes --proposal ID`.
Without folders it makes some clinics of its own.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from datetime import date, datetime, time
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from meso_schedule import CourseRequest, get_protocol, read_clinic
from meso_schedule.base.dates import DateRange
from meso_schedule.book import Book as CourseBook
from meso_schedule.book import Context
from meso_schedule.book.absence_records import Absent
from meso_schedule.book.book import Book
from meso_schedule.running.calling import call_list
from meso_schedule.running.repair import proposal


def repaired(folder: Path, who: str, days: str, as_of: date) -> str:
    """Return whom one clinic calls, as a line of JSON; it runs in a worker."""
    clinic = read_clinic(folder / "clinic.toml")
    if who not in [it.id for it in clinic.practitioners]:
        return json.dumps({"folder": folder.name, "lines": []}) + "\n"
    span = DateRange.parse(days)
    absence = Absent(practitioner=who, first=span.first, last=span.last)
    now = datetime.combine(as_of, time(), ZoneInfo(clinic.timezone))
    with Book.open(folder / "clinic.book") as book:
        found = proposal(book, clinic, absence, now=now, as_of=as_of)
    told = call_list(found, clinic).model_dump(mode="json")
    return json.dumps({"folder": folder.name, "proposal": found.id, **told}) + "\n"


def repairs(
    executor: Executor, folders: Sequence[Path], who: str, days: str, as_of: date
) -> Iterator[str]:
    """Yield the line of each clinic, in their order, worked on by any executor."""
    yield from executor.map(partial(repaired, who=who, days=days, as_of=as_of), folders)


CLINIC = """\
name = "Clinic {number}"
timezone = "Europe/London"
[hours]
mon = ["09:00-17:00"]
tue = ["09:00-17:00"]
wed = ["09:00-17:00"]
[[practitioners]]
id = "doctor-a"
name = "Dr A. Example"
[[practitioners]]
id = "nurse-b"
name = "Nurse B. Example"
"""


def some_clinics(folder: Path, count: int) -> list[Path]:
    """Make clinics up, each with two patients of the doctor in its book."""
    made = [folder / f"clinic-{number}" for number in range(count)]
    for number, own in enumerate(made):
        own.mkdir()
        (own / "clinic.toml").write_text(CLINIC.format(number=number), encoding="utf-8")
        clinic = read_clinic(own / "clinic.toml")
        desk = Context(who="desk", at=datetime(2027, 1, 4, 9, tzinfo=ZoneInfo(clinic.timezone)))
        with CourseBook.open(own / "clinic.book", clinic=clinic) as book:
            for name in ("Anna", "Berta"):
                request = CourseRequest(
                    start=date(2027, 1, 11 + number % 3),
                    sessions=3,
                    patient=f"{name} {number}",
                    practitioner="doctor-a",
                )
                book.open_course(get_protocol("mesoglow"), request, by=desk)
    return made


def main() -> None:
    options = argparse.ArgumentParser(description="Whom to call, for many clinics.")
    options.add_argument("clinics", nargs="?", type=Path, help="holds a folder for each")
    options.add_argument("practitioner", nargs="?", help="who is away")
    options.add_argument("days", nargs="?", help="2027-01-11..2027-01-24")
    options.add_argument("--as-of", type=date.fromisoformat, default=date.today())
    options.add_argument("--dask", metavar="ADDRESS", help="of a scheduler, tcp://host:8786")
    given = options.parse_args()
    if given.days is None:
        with TemporaryDirectory() as place, ProcessPoolExecutor() as pool:
            made = some_clinics(Path(place), 3)
            ill = "doctor-a", "2027-01-11..2027-01-24", date(2027, 1, 8)
            for line in map(json.loads, repairs(pool, made, *ill)):
                print(line["folder"], line["summary"])
        return
    folders = sorted(path.parent.resolve() for path in given.clinics.glob("*/clinic.toml"))
    asked = folders, given.practitioner, given.days, given.as_of
    if given.dask:
        with import_module("distributed").Client(given.dask) as client:
            print("".join(repairs(client.get_executor(), *asked)), end="")
    else:
        with ProcessPoolExecutor() as pool:
            print("".join(repairs(pool, *asked)), end="")


if __name__ == "__main__":
    main()
