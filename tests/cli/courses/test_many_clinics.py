"""Many clinics repaired at once: one task a book, the same bytes whoever works on them."""

import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from meso_schedule import read_clinic
from meso_schedule.base.dates import DateRange
from meso_schedule.book.absence_records import Absent
from meso_schedule.book.book import Book
from meso_schedule.running.calling import call_list
from meso_schedule.running.repair import proposal
from tests.test_readme import ROOT

NOW = datetime(2027, 1, 8, tzinfo=ZoneInfo("Europe/London"))
ILL = ("doctor-a", "2027-01-11..2027-01-24", date(2027, 1, 8))


@pytest.mark.untraced
def test_a_pool_and_a_cluster_give_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    distributed = pytest.importorskip("distributed")
    monkeypatch.syspath_prepend(ROOT / "examples")
    example = import_module("many_clinics")
    folders = example.some_clinics(tmp_path, 2)
    alone = [example.repaired(folder, *ILL) for folder in folders]
    told = [json.loads(line) for line in alone]
    assert [it["folder"] for it in told] == ["clinic-0", "clinic-1"]
    assert all(it["lines"] and not it["not_kept"] for it in told)
    assert {line["after"]["practitioner"] for it in told for line in it["lines"]} == {"nurse-b"}
    client = distributed.Client(processes=False, n_workers=2, dashboard_address=None)
    with client, ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        for executor in (pool, client.get_executor()):
            assert list(example.repairs(executor, folders, *ILL)) == alone


def test_who_only_makes_place_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "examples")
    (folder,) = import_module("many_clinics").some_clinics(tmp_path, 1)
    who, days, as_of = ILL
    span, clinic = DateRange.parse(days), read_clinic(folder / "clinic.toml")
    absence = Absent(practitioner=who, first=span.first, last=span.last)
    with Book.open(folder / "clinic.book") as book:
        found = proposal(book, clinic, absence, now=NOW, as_of=as_of)
    moved = replace(found, courses=tuple(it._replace(lost=()) for it in found.courses))
    told = call_list(moved, clinic).lines
    assert {line.why for line in told} == {"makes place for others"}
