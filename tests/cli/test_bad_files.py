"""Files no plan can be made of, through the real entry point: told, and nothing written."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.command_line import entered
from tests.support.samples import ROOT

CLINIC = """\
name = "Example Clinic"
timezone = "Europe/London"
currency = "GBP"
[hours]
mon = ["09:00-13:00", "14:00-18:00"]
[holidays]
country = "GB"
subdivision = "ENG"
[prices.cellulite]
session = "180.00"
"""
RULES = (ROOT / "meso_schedule" / "rules" / "packaged" / "cellulite.toml").read_text(
    encoding="utf-8"
)
DEEP = b"a = " + b"[" * 1000 + b"]" * 1000


def plan(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the program in a folder, asking for a file."""
    command = ("plan", "cellulite", "--format", "json", "--as-of", "2026-11-22")
    asked = (*command, "--output", "plan.json", *words)
    return entered(asked, folder, XDG_CONFIG_HOME=str(folder))


def assert_refused(
    ran: subprocess.CompletedProcess[str], folder: Path, code: str, field: str | None, source: str
) -> None:
    assert ran.returncode == 2, ran.stderr
    document = json.loads(ran.stdout)
    faults = document.get("errors") or [document["error"]]
    assert (code, field, source) in {(f["code"], f["field"], f["source"]) for f in faults}
    assert all(fault["message"] and fault["remedy"] for fault in faults)
    assert "Traceback" not in ran.stderr
    assert not (folder / "plan.json").exists()


@pytest.mark.parametrize("option", ["--clinic", "--rules", "--request"])
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"name = '\xff'\n", "not_utf8"),
        (b"\xef\xbb\xbfname = 'x'\n", "byte_order_mark"),
        (DEEP, "too_deep"),
        (b"name = 'x'\nname = 'y'\n", "bad_toml"),
    ],
)
def test_content_that_is_no_document(
    tmp_path: Path, option: str, content: bytes, code: str
) -> None:
    (tmp_path / "given.toml").write_bytes(content)
    ran = plan(tmp_path, option, "given.toml")
    assert_refused(ran, tmp_path, code, None, "given.toml")


@pytest.mark.parametrize(
    ("name", "code"), [("none.toml", "missing_file"), ("dir.toml", "is_folder")]
)
def test_names_that_are_no_file(tmp_path: Path, name: str, code: str) -> None:
    (tmp_path / "dir.toml").mkdir()
    assert_refused(plan(tmp_path, "--clinic", name), tmp_path, code, None, name)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    ran = plan(tmp_path, "--clinic", "/proc/self/mem")
    assert_refused(ran, tmp_path, "unreadable", None, "/proc/self/mem")


def test_fifty_megabytes(tmp_path: Path) -> None:
    with (tmp_path / "huge.toml").open("wb") as file:
        file.truncate(50_000_000)
    ran = plan(tmp_path, "--clinic", "huge.toml")
    assert_refused(ran, tmp_path, "too_large", None, "huge.toml")


def test_a_json_key_written_twice(tmp_path: Path) -> None:
    (tmp_path / "asked.json").write_text('{"sessions": 3, "sessions": 6}')
    ran = plan(tmp_path, "--request", "asked.json")
    assert_refused(ran, tmp_path, "bad_json", None, "asked.json")


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [
        ('"GB"', '"UK"', "unknown_country", "holidays.country"),
        ('"ENG"', '"BAY"', "unknown_subdivision", "holidays.subdivision"),
        ("Europe/London", "Europe/Lonon", "unknown_zone", "timezone"),
        ('"GBP"', '"GBX"', "unknown_currency", "currency"),
        ("14:00-18:00", "12:00-18:00", "overlapping_hours", "hours.mon"),
        ("14:00-18:00", "18:00-14:00", "bad_hours", "hours.mon[2]"),
        ('"180.00"', '"180.001"', "too_many_decimals", "prices.cellulite.session"),
        ('"180.00"', "180.00", "bad_amount", "prices.cellulite.session"),
        ('"180.00"', '"-180.00"', "bad_amount", "prices.cellulite.session"),
        ("session =", "sesion =", "unknown_key", "prices.cellulite.sesion"),
    ],
)
def test_a_clinic_that_cannot_be(tmp_path: Path, old: str, new: str, code: str, field: str) -> None:
    assert old in CLINIC
    (tmp_path / "clinic.toml").write_text(CLINIC.replace(old, new))
    ran = plan(tmp_path, "--clinic", "clinic.toml")
    assert_refused(ran, tmp_path, code, field, "clinic.toml")


def test_a_year_whose_holidays_are_not_known(tmp_path: Path) -> None:
    (tmp_path / "clinic.toml").write_text(CLINIC)
    ran = plan(tmp_path, "--clinic", "clinic.toml", "--start", "2200-12-01")
    assert_refused(ran, tmp_path, "unknown_holiday_year", "start", "command line")


def test_a_minimum_above_the_maximum(tmp_path: Path) -> None:
    assert 'minimum = "7 days"' in RULES
    (tmp_path / "own.toml").write_text(RULES.replace('minimum = "7 days"', 'minimum = "20 days"'))
    ran = plan(tmp_path, "--rules", "own.toml")
    assert_refused(ran, tmp_path, "crossing_bounds", "phases[1].maximum", "own.toml")


def test_a_clinic_that_never_opens_is_a_no(tmp_path: Path) -> None:
    (tmp_path / "clinic.toml").write_text('name = "x"\ntimezone = "UTC"\n[hours]\n')
    ran = plan(tmp_path, "--clinic", "clinic.toml")
    assert ran.returncode == 1
    assert json.loads(ran.stdout)["error"]["code"] == "no_calendar"
    assert not (tmp_path / "plan.json").exists()
