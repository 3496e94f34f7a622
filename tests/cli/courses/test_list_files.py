"""Lists of the book for spreadsheets, read by openpyxl and the csv module; figures by hand."""

import csv
from datetime import datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.cli.courses.desk import CLINIC, Counter


def rows_of(name: str) -> list[dict[str, Any]]:
    (sheet,) = openpyxl.load_workbook(BytesIO(Path(name).read_bytes())).worksheets
    assert sheet.freeze_panes == "A2"
    head, *lines = sheet.iter_rows()
    assert all(cell.data_type != "f" for line in lines for cell in line)
    names = [str(cell.value) for cell in head]
    return [dict(zip(names, [it.value for it in line], strict=True)) for line in lines]


def day(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.fixture
def course(counter: Counter) -> str:
    """A course of a patient whose name would be a formula: 360 pounds, 90 of them paid."""
    course = counter.open("--phone", "+44 20 7946 0018", "--at", "10:00", patient="=1+1")
    counter.done("courses", "pay", course, "90.00", "--method", "card")
    return course


def test_the_list_and_what_was_found(counter: Counter, course: str) -> None:
    for words in (("list",), ("find", "1+1")):
        asked = ("courses", *words, "-o", "a.xlsx", "-o", "a.csv", "--force")
        told = counter.ask(*asked)
        assert (told.out, told.err) == ("", "Wrote a.xlsx.\nWrote a.csv.\n")
        first = Path("a.xlsx").read_bytes()
        assert counter.done(*asked)["courses"][0]["course"] == course
        assert Path("a.xlsx").read_bytes() == first, "the same bytes each time"
        (row,) = rows_of("a.xlsx")
        assert row["course"] == course
        assert (row["patient"], row["sessions_held"]) == ("=1+1", 0)
        assert (row["booked_on"], row["latest"]) == (day("2026-12-01"), day("2026-12-14"))
        (line,) = csv.DictReader(Path("a.csv").read_text("utf-8").splitlines())
        assert (line["patient"], line["booked_on"]) == ("'=1+1", "2026-12-01")


def test_whom_to_call(counter: Counter, course: str) -> None:
    counter.done("courses", "move", course, "4", "--to", "2026-12-30", "--at", "11:30")
    ask = ("courses", "changed", "--since", "2026-12-01")
    counter.ask(*ask, "-o", "calls.xlsx")
    (row,) = rows_of("calls.xlsx")
    assert (row["after"], row["start_after"]) == (day("2026-12-30"), time(11, 30))
    assert row["phone"] == "+44 20 7946 0018"
    counter.ask("courses", "due", "-o", "due.xlsx")
    (due,) = rows_of("due.xlsx")
    assert (due["latest"], due["overdue"], due["valid_until"]) == (day("2026-12-14"), "no", None)
    (head, _) = csv.reader(
        counter.ask(*ask, "--format", "csv", "--separator", ";").out.splitlines(), delimiter=";"
    )
    assert "start_after" in head


def test_the_account(counter: Counter, course: str) -> None:
    counter.ask("courses", "show", course, "-o", "account.xlsx")
    told = [
        (row["entry"], row["date"], row["session"], row["amount"], row["open"], row["method"])
        for row in rows_of("account.xlsx")
    ]
    first, second, third = (day(f"2026-12-{it:02}") for it in (1, 8, 15))
    assert told == [
        ("deposit", first, None, 90, 0, None),
        ("instalment", first, "1", 90, 90, None),
        ("instalment", second, "2", 90, 90, None),
        ("instalment", third, "3", 90, 90, None),
        ("paid", first, None, 90, None, "card"),
        ("left", first, None, 270, None, None),
    ]
    counter.done("courses", "pay", course, "10.50", "--refund")
    Path("clinic.toml").write_text(f'language = "de"\n{CLINIC}')
    ask = ("courses", "show", course, "-o", "account.csv", "--force")
    lines = {
        (): "refund,2026-12-01,,GBP,-10.50,,",
        ("--separator", ";", "--decimal", ","): "refund;2026-12-01;;GBP;-10,50;;",
        ("--bom",): "refund;2026-12-01;;GBP;-10,50;;",
    }
    for signs, line in lines.items():
        counter.ask(*ask, *signs)
        text = Path("account.csv").read_text("utf-8")
        assert line in text.splitlines()
        assert text.startswith("\ufeff") == (signs == ("--bom",))


def test_without_prices_and_of_a_range_nothing_is_left(counter: Counter) -> None:
    start = ("--start", "2026-12-01")
    for words in (("cellulite",), ("facial-rejuvenation", "--currency", "USD", "--yes")):
        course = counter.done("courses", "open", *words, *start, "--patient", "Ben")["course"]
        counter.ask("courses", "show", course, "-o", "account.csv", "--force")
        assert len(Path("account.csv").read_text("utf-8").splitlines()) == 1


def test_what_is_refused(counter: Counter, course: str) -> None:
    for words in (("list",), ("due",), ("show", course)):
        ask = ("courses", *words)
        assert counter.refused(*ask, "-o", "a.pdf") == (2, "unknown_ending")
        assert counter.refused(*ask, "--separator", ";") == (2, "contradiction")
        assert counter.refused(*ask, "-o", "a.xlsx", "--decimal", ",") == (2, "contradiction")
        assert counter.refused(*ask, "-o", "a.csv", "--separator", "x")[0] == 2
        assert counter.refused(*ask, "-o", "clinic.toml.csv", "-o", "clinic.toml.csv")[0] == 2
    assert counter.refused("diary", "--separator", ";") == (2, "contradiction")
    counter.done("courses", "erase", course, "--yes")
    assert counter.refused("courses", "show", course, "-o", "a.csv")[0] == 4
    assert not list(Path().glob("*.csv"))
