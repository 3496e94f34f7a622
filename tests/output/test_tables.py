"""CSV as a reader takes it that was written from RFC 4180 alone."""

import csv
from datetime import date
from io import StringIO

import pytest

from meso_schedule import CourseRequest, InputError, get_protocol, plan_course
from meso_schedule.output import to_csv
from meso_schedule.output.tables import csv_plan, csv_table
from tests.support.payloads import PAYLOADS
from tests.support.samples import clinic, on, protocol

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def records(text: str) -> list[list[str]]:
    """Read CSV strictly: quotes only around whole fields, CRLF only between records.

    Source:
        RFC 4180, section 2.
    """
    rows: list[list[str]] = [[]]
    place = 0
    while place < len(text):
        if text[place] == '"':
            cell, place = _quoted(text, place + 1)
        else:
            ends = [text.find(sign, place) for sign in (",", "\r\n")]
            end = min(end for end in (*ends, len(text)) if end >= 0)
            cell, place = text[place:end], end
            assert not set(cell) & set('"\r\n'), cell
        rows[-1].append(cell)
        if text.startswith("\r\n", place):
            rows.append([])
            place += 2
        else:
            assert text.startswith(",", place), text[place : place + 20]
            place += 1
    assert rows.pop() == [], "the last record ends in CRLF"
    return rows


def _quoted(text: str, place: int) -> tuple[str, int]:
    cell = ""
    while True:
        end = text.index('"', place)
        cell += text[place:end]
        if not text.startswith('""', end):
            return cell, end + 1
        cell, place = f'{cell}"', end + 2


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_every_cell_stays_a_cell_and_none_is_a_formula(payload: str) -> None:
    made = records(csv_table(["A", "B", "C"], [[payload, "1", payload], ["x", payload, "y"]]))
    assert [len(row) for row in made] == [3, 3, 3]
    (first, one, again), (x, middle, y) = made[1:]
    assert (one, x, y) == ("1", "x", "y")
    assert first == again == middle
    assert not first.startswith(FORMULA)
    if payload.startswith(FORMULA):
        assert first.startswith(f"'{payload[0]}")


def test_a_plan_is_read_back_from_its_csv() -> None:
    shut = {"from": "2026-12-08", "to": "2026-12-08", "reason": "=1+1"}
    rules, request = protocol(), CourseRequest.read({"start": "2026-12-01"})
    plan = plan_course(rules, request, clinic=clinic(closures=[shut]), as_of=on("2026-11-22"))
    header, *rows = records(csv_plan(plan))
    assert [row[header.index("Date")] for row in rows] == [str(s.date) for s in plan.sessions]
    assert [row[header.index("No.")] for row in rows] == ["1", "2", "3"]
    assert all("=1+1" in row[header.index("Why")] for row in rows[1:2])
    assert all(len(row) == len(header) for row in rows)


@pytest.mark.parametrize(
    ("separator", "decimal"), [(",", "."), (";", ","), ("\t", ","), (";", ".")]
)
def test_csv_of_a_spreadsheet_elsewhere(separator: str, decimal: str) -> None:
    rules = get_protocol("facial-rejuvenation")
    plan = plan_course(rules, CourseRequest(start="2026-12-01"), as_of=date(2026, 11, 22))
    told = to_csv(plan, separator=separator, decimal=decimal)
    found = list(csv.DictReader(StringIO(told), delimiter=separator))
    plain = list(csv.DictReader(StringIO(to_csv(plan))))
    price = next(name for name in plain[0] if name.startswith("Price"))
    for line, like in zip(found, plain, strict=True):
        assert line.pop(price) == like.pop(price).replace(".", decimal)
        assert line == like
    for signs in ({"separator": "|"}, {"decimal": ";"}, {"separator": ",", "decimal": ","}):
        with pytest.raises(InputError):
            to_csv(plan, **signs)
