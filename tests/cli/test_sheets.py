"""Sheets by the command line: one of a plan, many of a batch."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from meso_schedule.base.papers import PAPERS
from meso_schedule.cli.app import main
from meso_schedule.cli.batches.sheets import Sheets
from meso_schedule.output.print import pdf as sheet_module
from tests.support.samples import ROOT
from tests.support.sheets import opened, pages, squeezed

CLINIC = str(ROOT / "examples" / "clinic.toml")
AS_OF = ("--as-of", "2026-11-22")
FACE = ("plan", "facial-rejuvenation", "--start", "2026-12-01", *AS_OF)
BATCH = ("plan", "--batch", "jobs.jsonl", "--output", "plans.jsonl", "--sheets", "out", *AS_OF)


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("MESO_CLINIC", raising=False)


def there(folder: str = ".") -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


def write_jobs(*jobs: Any) -> None:
    Path("out").mkdir(exist_ok=True)
    lines = (
        json.dumps({"protocol": "facial-rejuvenation", "start": "2026-12-01"} | it) for it in jobs
    )
    Path("jobs.jsonl").write_text("".join(f"{line}\n" for line in lines))


def read(name: str) -> str:
    return squeezed(*pages(Path(name).read_bytes()))


# One sheet


def test_a_sheet_beside_other_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*FACE, "--clinic", CLINIC, "--output", "a.pdf", "--output", "a.json"]) == 0
    assert "Wrote a.pdf." in capsys.readouterr().err
    assert squeezed("Tuesday, 1 December 2026") in read("a.pdf")
    pdf = opened(Path("a.pdf").read_bytes())
    assert [round(float(side)) for side in pdf.pages[0].MediaBox] == [0, 0, 595, 842]


def test_language_and_paper() -> None:
    assert main([*FACE, "--output", "a.PDF", "--paper", "letter", "--language", "pl"]) == 0
    pdf = opened(Path("a.PDF").read_bytes())
    assert pdf.Root.Lang == "pl"
    assert [round(float(side)) for side in pdf.pages[0].MediaBox] == [0, 0, 612, 792]
    assert squeezed("wtorek, 1 grudnia 2026") in read("a.PDF")


def test_the_papers_of_the_options_are_those_of_the_sheet() -> None:
    assert tuple(sheet_module.PAPERS) == PAPERS


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--paper", "a5"), "--paper: There is no paper 'a5'. Did you mean a4?"),
        (("--paper", "x"), "Known: a4, letter."),
        (("--patient", "山"), "--patient: The sheet cannot print '山' (U+5C71"),
    ],
)
def test_a_sheet_that_cannot_be_leaves_nothing(
    words: tuple[str, str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*FACE, "--output", "a.json", "--output", "a.pdf", *words]) == 2
    assert said in capsys.readouterr().err
    assert there() == []


def test_an_unknown_letter_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*FACE, "--output", "a.pdf", "--patient", "山", "--format", "json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["code"], error["field"], error["value"]) == ("unprintable", "patient", "山")


def test_a_logo_is_found_beside_the_clinic_file(capsys: pytest.CaptureFixture[str]) -> None:
    Path("clinic").mkdir()
    text = Path(CLINIC).read_text("utf-8")
    Path("clinic/clinic.toml").write_text(f'logo = "logo.svg"\n{text}', "utf-8")
    asked = [*FACE, "--clinic", "clinic/clinic.toml", "--output", "a.pdf"]
    assert main(asked) == 2
    assert "clinic/logo.svg: There is no such file." in capsys.readouterr().err
    assert main([*asked[:-1], "a.json"]) == 0
    assert "logo" not in json.loads(Path("a.json").read_text())["clinic"]
    picture = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    Path("clinic/logo.svg").write_text(picture)
    assert main(asked) == 0
    Path("clinic/logo.svg").write_text(picture.replace("9", "0"))
    assert main([*asked, "--force"]) == 2


def test_a_failing_renderer_is_a_defect_of_ours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise RuntimeError("unknown variable")

    monkeypatch.setattr(sheet_module, "_compiler", fail)
    assert main([*FACE, "--output", "a.pdf", "--output", "a.json"]) == 70
    told = capsys.readouterr().err
    assert "a defect of its own" in told
    assert "Traceback" not in told
    assert there() == []


# Many sheets


def test_a_batch_with_sheets(capsys: pytest.CaptureFixture[str]) -> None:
    write_jobs(
        {"id": 1, "reference": "A/../1", "patient": "Anna Secret"},
        {"id": 2, "reference": "A 1"},
        {"id": 3, "reference": "a-1"},
        {"id": 4, "days": ["sun"]},
        {"id": 5, "patient": "山"},
        {"id": 6, "reference": "CON"},
        {"id": 7, "reference": "ż" * 60},
        {"id": 8, "reference": "../*"},
        {"id": 9},
    )
    assert main([*BATCH, "--clinic", CLINIC, "--language", "de", "--paper", "letter"]) == 0
    answers = [json.loads(line) for line in Path("plans.jsonl").read_text().splitlines()]
    derived = answers[8]["plan"]["reference"]
    assert there("out") == sorted(
        [
            *("A-1.pdf", "A-1-2.pdf", "a-1-3.pdf", "sheet-CON.pdf", "sheet.pdf"),
            *(f"{'ż' * 50}.pdf", f"{derived}.pdf"),
        ]
    )
    assert squeezed("Dienstag, 1. Dezember 2026") in read("out/A-1.pdf")
    assert "AnnaSecret" in read("out/A-1.pdf")
    assert answers[4]["error"]["code"] == "unprintable"
    assert "7 plans and 2 errors" in capsys.readouterr().err


def test_folders_that_cannot_be(capsys: pytest.CaptureFixture[str]) -> None:
    write_jobs({"id": 1})
    Path("out").rmdir()
    assert main([*BATCH]) == 5
    assert "The folder out does not exist. Make it first." in capsys.readouterr().err
    Path("out").write_text("")
    assert main([*BATCH]) == 2
    assert "out is no folder" in capsys.readouterr().err
    Path("out").unlink()
    Path("out").mkdir()
    Path("out/old.PDF").write_text("old")
    assert main([*BATCH]) == 2
    assert "out holds PDF files already" in capsys.readouterr().err
    assert there() == ["jobs.jsonl", "out"]
    assert main([*BATCH, "--force"]) == 0
    assert len(there("out")) == 2


def test_a_folder_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    write_jobs({"id": 1})

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert main([*BATCH]) == 5
    monkeypatch.undo()


def test_a_batch_with_sheets_goes_on_where_it_stopped() -> None:
    write_jobs(*({"id": number, "reference": f"R {number % 2}"} for number in range(5)))
    assert main([*BATCH]) == 0
    whole = {name: Path("out", name).read_bytes() for name in there("out")}
    assert len(whole) == 5
    answers = Path("plans.jsonl").read_bytes()
    Path("plans.jsonl").unlink()
    Path("plans.jsonl.part").write_bytes(b"".join(answers.splitlines(keepends=True)[:3]))
    Path("out/R-0.pdf").unlink()  # of an answered job
    Path("out/R-1-2.pdf").write_bytes(b"cut sho")  # of the job at which it stopped
    assert main([*BATCH, "--resume"]) == 0
    assert Path("plans.jsonl").read_bytes() == answers
    assert {name: Path("out", name).read_bytes() for name in there("out")} == whole


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*FACE, "--sheets", "out"), "--sheets: It goes with --batch only."),
        ((*BATCH[:5], "--paper", "a4"), "--paper: It does not go with --batch."),
        ((*BATCH, "--paper", "a5"), "--paper: There is no paper 'a5'."),
        ((*BATCH, "--calendar"), "--calendar: It does not go with --batch."),
    ],
)
def test_options_that_do_not_go_together(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write_jobs({"id": 1})
    assert main(words) == 2
    assert said in capsys.readouterr().err


def test_a_progress_bar_on_a_terminal() -> None:
    write_jobs(*({"id": number} for number in range(20)))
    leader, follower = pty.openpty()
    words = [sys.executable, "-m", "meso_schedule", *BATCH]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "80"}
    done = subprocess.run(words, stderr=follower, env=environment, check=False)
    os.close(follower)
    told = os.read(leader, 100_000).decode()
    os.close(leader)
    assert done.returncode == 0
    assert "16 jobs" in told
    assert len(there("out")) == 20


def test_names_are_safe_and_unlike_each_other(tmp_path: Path) -> None:
    sheets = Sheets.open(str(tmp_path), replaces=False)
    asked = ["x", "X", "x-2", "/etc/passwd", "", "...", "nul", "a\nb", "com1", "ß", "SS"]
    assert [sheets.take(name).name for name in asked] == [
        *("x.pdf", "X-2.pdf", "x-2-2.pdf", "etc-passwd.pdf", "sheet.pdf", "sheet-2.pdf"),
        *("sheet-nul.pdf", "a-b.pdf", "sheet-com1.pdf", "ß.pdf", "SS-2.pdf"),
    ]
