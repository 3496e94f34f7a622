"""The cases of tests/conformance/history through the real entry point."""

import csv
import runpy
from io import StringIO
from pathlib import Path

import pytest

from meso_schedule.cli.app import main
from meso_schedule.rules.catalogue import packaged_ids
from tests.support.samples import CONFORMANCE, PACKAGE

HOME = CONFORMANCE / "history"
CASES = HOME / "cases.csv"
FILES = [
    *sorted((PACKAGE / "rules" / "packaged").glob("*.toml")),
    *sorted((CONFORMANCE / "schedules").glob("*.toml")),
    *sorted(HOME.glob("*.toml")),
]


@pytest.fixture(autouse=True)
def _unwrapped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)


def rows() -> list[dict[str, str]]:
    lines = CASES.read_text("utf-8").splitlines(keepends=True)
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def check(cases: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = main(["protocols", "check", *map(str, FILES), "--cases", str(cases)])
    return code, capsys.readouterr().err


def test_the_file_is_what_its_generator_writes() -> None:
    made = runpy.run_path(str(HOME / "make_cases.py"))["table"]()
    assert made == CASES.read_text("utf-8")


def test_there_are_cases_enough_on_every_side_of_every_boundary() -> None:
    cases = rows()
    assert len(cases) >= 300
    boundary = [case for case in cases if "before the" in case["name"] or "on the" in case["name"]]
    assert len(boundary) > len(cases) / 2
    named = {case["protocol"] for case in cases if case["protocol"]}
    assert len(named) > 10
    assert named < set(packaged_ids())
    files = {case["file"] for case in cases if case["file"]}
    assert len(files) == len(FILES) - len(packaged_ids())
    verdicts = {word for case in cases for word in case["expected_verdicts"].split("; ")}
    assert verdicts == {"on schedule", "too soon", "late", "lapsed"}
    statuses = {case["expected_status"] for case in cases}
    assert statuses == {"not yet", "due", "overdue", "lapsed", "none"}
    assert len({case["id"] for case in cases}) == len(cases)
    assert all(case["source"] for case in cases)


def test_every_case_agrees(capsys: pytest.CaptureFixture[str]) -> None:
    assert check(CASES, capsys) == (0, "")


@pytest.mark.parametrize(
    ("column", "old", "new"),
    [
        ("expected_verdicts", "on schedule; too soon", "on schedule; late"),
        ("expected_counts", "yes; yes", "yes; no"),
        ("expected_reasons", "before 2026-12-08", "before 2026-12-09"),
        ("expected_next", "3", "2"),
        ("expected_earliest", "2026-12-14", "2026-12-15"),
        ("expected_recommended", "2026-12-14", "2026-12-13"),
        ("expected_latest", "2026-12-17", "2026-12-18"),
        ("expected_lapse", "none", "2026-12-31"),
        ("expected_status", "not yet", "due"),
        ("held", "2026-12-07", "2026-12-09"),
    ],
)
def test_each_difference_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], column: str, old: str, new: str
) -> None:
    case = rows()[0]
    assert old in case[column]
    changed = case | {column: case[column].replace(old, new), "as_of": "2026-12-09"}
    out = StringIO()
    writer = csv.DictWriter(out, case)
    writer.writeheader()
    writer.writerow(changed)
    path = tmp_path / "wrong.csv"
    path.write_text(f"# One line of the file.\n# It is wrong.\n{out.getvalue()}", "utf-8")
    code, told = check(path, capsys)
    assert code == 1
    assert "wrong.csv, line 4" in told
    assert (column if column != "held" else "expected_verdicts") in told
    assert "(H001, session 2 a day before the minimum of weekly" in told


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("2026-12-08 2026-12-01,2026-12-09,late", 1, "Give the earlier day first"),
        ("2026-12-08,2026-12-01,late", 1, "lies after the day of asking"),
        (",2026-12-01,late", 1, "Add the days of the sessions held"),
        ("soon,2026-12-01,late", 1, "Cannot read date 'soon'"),
        ("2026-12-01,2026-12-09,late;;", 1, "expected late;;"),
    ],
)
def test_cases_that_are_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, code: int, said: str
) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text(f"protocol,held,as_of,expected_verdicts\ngeneral,{line}\n", "utf-8")
    done, told = check(path, capsys)
    assert done == code
    assert said in told
    assert "wrong.csv, line 2" in told


def test_a_case_may_ask_for_verdicts_and_for_dates(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "both.csv"
    header = "protocol,held,as_of,sessions,expected_verdicts,expected_dates"
    line = "cellulite,2026-12-01,2026-12-02,3,on schedule,2026-12-08 2026-12-15"
    path.write_text(f"{header}\n{line}\n", "utf-8")
    assert check(path, capsys) == (0, "")
    path.write_text(f"{header}\n{line.replace('12-15', '12-16')}\n", "utf-8")
    assert check(path, capsys)[0] == 1
