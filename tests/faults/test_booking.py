"""Programs that book the same people at once: nobody has two visits at a time."""

from pathlib import Path

import pytest

from tests.faults.settings import tell
from tests.faults.test_writers import figures
from tests.support.lengths import length

BOOKING = "tests.faults.booking"


def booked(address: str, processes: int, writes: int, without: str) -> dict[str, int]:
    """Book from several processes at once, and count what was booked and doubled."""
    return figures(address, processes, writes, without, module=BOOKING)


@pytest.mark.parametrize("without", ["neither", "key", "check"])
def test_either_remedy_alone_keeps_all_from_being_doubled(without: str, tmp_path: Path) -> None:
    processes, writes = 8, length(6 if without == "neither" else 2, 500)
    found = booked(str(tmp_path / "courses.book"), processes, writes, without)
    tell(f"{processes} processes booking at once, without {without}", found)
    assert (found["failed"], found["booked"], found["doubled"]) == (0, processes * writes, 0)
    # That the key is gone is told.
    assert found["problems"] == (without == "key")


def test_without_both_some_are_doubled(tmp_path: Path) -> None:
    assert booked(str(tmp_path / "courses.book"), 8, 2, "both")["doubled"] > 0


def test_nobody_is_doubled_on_postgresql(address: str) -> None:
    processes, writes = length(4, 8), length(4, 500)
    found = booked(address, processes, writes, "neither")
    tell(f"{processes} processes booking at once on PostgreSQL", found)
    everything = processes * writes
    assert found == {"failed": 0, "booked": everything, "doubled": 0, "problems": 0}


@pytest.mark.parametrize(
    ("without", "is_doubled"), [("both", True), ("key", False), ("check", False)][: length(1, 3)]
)
def test_on_postgresql_either_remedy_is_enough(
    without: str, is_doubled: bool, address: str
) -> None:
    found = booked(address, 4, 4, without)
    assert (found["doubled"] > 0) is is_doubled
