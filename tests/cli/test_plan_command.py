"""`plan`: every option reaches the plan, in every form."""

import csv
import json
import re
from io import StringIO
from pathlib import Path

import pytest

from tests.support.command_line import AS_OF, CLINIC, FACE, Run, write
from tests.support.samples import PACKAGE

BUSY = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:test
BEGIN:VEVENT
UID:1
DTSTART:20261201T090000Z
DTEND:20261201T170000Z
RRULE:FREQ=DAILY;COUNT=2
SUMMARY:Secret
END:VEVENT
END:VCALENDAR
"""


def test_a_plan_as_a_table(run: Run) -> None:
    done = run(*FACE)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Facial rejuvenation mesotherapy  ")
    assert "Tue 22 Dec" in done.out
    assert len(done.out.splitlines()) <= 24
    full = run(*FACE, "--full").out
    assert full.startswith("Facial rejuvenation mesotherapy\n")
    assert "Tue 22 Dec 2026" in full
    assert "Why these days" in run(*FACE, "--why").out
    assert "\x1b" not in done.out


def test_a_plan_as_json(run: Run) -> None:
    done = run(*FACE, "--format", "json")
    assert done.out.startswith('{\n  "format": 1,')
    assert done.out.endswith("}\n")
    assert [session["date"] for session in done.json["sessions"]] == [
        *("2026-12-01", "2026-12-08", "2026-12-15", "2026-12-22", "2027-01-05", "2027-01-19")
    ]
    assert not re.search(r": [0-9]+\.", done.out)
    assert run(*FACE, "--format", "json").out == done.out


def test_a_plan_as_csv_and_markdown(run: Run) -> None:
    rows = list(csv.DictReader(StringIO(run(*FACE, "--format", "csv").out)))
    assert rows[3]["Date"] == "2026-12-22"
    assert "| Tue 22 Dec 2026 |" in run(*FACE, "--format", "markdown").out


def test_the_terminal_width_is_kept(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for width in (60, 80, 200):
        monkeypatch.setenv("COLUMNS", str(width))
        lines = run(*FACE, "--calendar").out.split("\n")
        assert max(map(len, lines)) <= width
        assert any(line.startswith("No.") for line in lines) == (width > 60)


def test_every_option_reaches_the_plan(run: Run) -> None:
    done = run(
        *("plan", "facial-rejuvenation", "--start", "2026-12-01", "--start-within", "6", *AS_OF),
        *("--sessions", "4", "--finish-by", "2027-02-01", "--days", "mon,tue", "--days", "thu"),
        *("--between", "10:00-16:00", "--between", "tue:12:00-18:00", "--prefer", "tue"),
        *("--at", "15:00", "--away", "2026-12-08", "--pin", "1=2026-12-01", "--late", "3"),
        *("--budget", "900.00", "--currency", "GBP", "--top-ups", "1", "--alternatives", "1"),
        *("--improves-after", "3", "--patient", "Zoë", "--reference", "R-1", "--format", "json"),
    )
    assert done.code == 0, done.err
    made = done.json
    assert (made["reference"], made["patient"], made["as_of"]) == ("R-1", "Zoë", "2026-11-22")
    assert made["sessions"][0]["start"] == "2026-12-01T15:00:00+00:00"
    assert len(made["sessions"]) == 4
    assert [session["phase"] for session in made["sessions"]][3] == "fortnightly"
    assert len(made["top_ups"]) == 1


def test_no_improvement_and_no_prices(run: Run) -> None:
    made = run(*FACE, "--no-improvement", "--no-prices", "--format", "json").json
    assert {session["phase"] for session in made["sessions"]} == {"initial"}
    assert made["cost"] is None


def test_an_event_and_until(run: Run) -> None:
    made = run("plan", "hyaluronic-acid", "--event", "2027-06-12", *AS_OF, "--format", "json").json
    assert made["sessions"][-1]["date"] <= "2027-06-09"
    made = run(*FACE, "--until", "2027-12-31", "--format", "json").json
    assert made["top_ups"]


def test_the_clinic_file(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write("clinic.toml", CLINIC)
    named = run(*FACE, "--full", "--clinic", "clinic.toml").out
    assert "Example Clinic" in named
    monkeypatch.setenv("MESO_CLINIC", "clinic.toml")
    assert run(*FACE, "--full").out == named
    monkeypatch.setenv("MESO_CLINIC", "")
    assert "Example Clinic" not in run(*FACE, "--full").out
    own = tmp_path / "config" / "meso-schedule" / "clinic.toml"
    own.parent.mkdir(parents=True)
    own.write_text(CLINIC)
    assert run(*FACE, "--full").out == named


def test_today_is_the_clinics_day(run: Run) -> None:
    far_east = write("east.toml", CLINIC.replace("Europe/London", "Pacific/Kiritimati"))
    far_west = write("west.toml", CLINIC.replace("Europe/London", "Pacific/Niue"))
    words = ("plan", "general", "--start", "2090-01-02", "--format", "json", "--clinic")
    east, west = run(*words, far_east).json["as_of"], run(*words, far_west).json["as_of"]
    assert east > west


def test_a_protocol_of_ones_own(run: Run) -> None:
    text = (PACKAGE / "rules" / "packaged" / "cellulite.toml").read_text()
    write("mine.toml", text)
    done = run("plan", "cellulite", "--rules", "mine.toml", "--start", "2026-12-01", *AS_OF)
    assert "come from a given file" in " ".join(done.out.split())


def test_output_files(run: Run) -> None:
    names = ("a.json", "b.csv", "c.md", "d.txt")
    words = [word for name in names for word in ("--output", name)]
    done = run(*FACE, *words, "--format", "csv")
    assert done.code == 0
    assert done.err == "".join(f"Wrote {name}.\n" for name in names)
    assert done.out.startswith("No.,Date,")
    assert json.loads(Path("a.json").read_text())["format"] == 1
    assert Path("b.csv").read_bytes().startswith(b"No.,Date,")
    assert Path("c.md").read_text().startswith("# Facial")
    assert max(map(len, Path("d.txt").read_text().split("\n"))) <= 80
    again = run(*FACE, *words)
    assert (again.code, again.out) == (2, "")
    assert again.err.count("exists already") == 4
    assert run(*FACE, *words, "--force").code == 0


@pytest.mark.parametrize(
    ("names", "code", "words"),
    [
        (["x.docx"], 2, "Known: .json, .csv, .md, .txt"),
        (["x"], 2, "has no ending"),
        (["."], 2, "is a folder"),
        (["none/x.csv"], 5, "does not exist"),
        (["x.csv", "x.csv"], 2, "named twice"),
        (["x.csv", "./x.csv"], 2, "named twice"),
        (["x.csv", "none/y.csv"], 5, "does not exist"),
    ],
)
def test_outputs_that_cannot_be(run: Run, names: list[str], code: int, words: str) -> None:
    done = run(*FACE, *(word for name in names for word in ("--output", name)))
    assert (done.code, done.out) == (code, "")
    assert words in done.err
    assert list(Path().iterdir()) == []


def test_busy_calendars(run: Run) -> None:
    words = ["plan", "general", "--start", "2026-12-01", "--as-of", "2026-11-22", "--sessions=4"]
    more = BUSY.replace("DTSTART:20261201", "DTSTART:20261203").replace("0261201T17", "0261203T12")
    write("work.ics", BUSY)
    write("home.ics", more.replace("COUNT=2", "COUNT=1"))
    done = run(*words, "--busy=work.ics", "--busy=home.ics", "--at=09:00", "--format=json")
    first = done.json["sessions"][0]
    assert first["start"] == "2026-12-03T12:00:00+00:00"
    assert "Secret" not in done.out
    write("asked.json", '{"busy": ["2026-12-03T09:00/2026-12-03T16:00"]}')
    asked = run(*words, "--busy=work.ics", "--request=asked.json", "--at=09:00", "--format=json")
    assert asked.json["sessions"][0]["start"] == "2026-12-03T16:00:00+00:00"


def test_busy_calendars_that_cannot_be_read(run: Run) -> None:
    write("broken.ics", "BEGIN:VCALENDAR")
    words = ["plan", "general", "--busy=missing.ics", "--busy=broken.ics", "--format=json"]
    done = run(*words)
    assert done.code == 2
    told = [(fault["code"], fault["field"], fault["value"]) for fault in done.json["errors"]]
    assert told == [
        ("unreadable", "busy", "missing.ics"),
        ("bad_calendar", "busy", "broken.ics"),
    ]
    write("endless.ics", BUSY.replace("DAILY;COUNT=2", "SECONDLY"))
    done = run("plan", "general", "--start=2026-12-01", "--busy=endless.ics")
    assert (done.code, "--busy: Its events repeat more than" in done.err) == (2, True)


def test_busy_calendars_of_a_batch(run: Run) -> None:
    write("work.ics", BUSY)
    write("jobs.jsonl", '{"id": 1, "protocol": "general", "start": "2026-12-01"}\n')
    words = ["--batch=jobs.jsonl", "--output=plans.jsonl", "--as-of=2026-11-22"]
    assert run("plan", *words, "--busy=work.ics").code == 0
    answer = json.loads(Path("plans.jsonl").read_text())
    assert answer["plan"]["sessions"][0]["date"] == "2026-12-03"


def test_a_calendar_file(run: Run) -> None:
    words = ["plan", "general", "--start=2026-12-01", "--as-of=2026-11-22", "--force"]
    done = run(*words, "--output=plan.ics")
    first = Path("plan.ics").read_bytes()
    assert done.code == 0
    assert b"SUMMARY:Appointment\r\n" in first
    reference = done.err.split("--reference ")[1].split()[0]
    again = run(*words, f"--reference={reference}", "--output=plan.ics", "--feed-sequence=3")
    assert "--reference" not in again.err
    changed = Path("plan.ics").read_bytes()
    assert b"SEQUENCE:3\r\n" in changed
    assert re.findall(rb"UID:.*", changed) == re.findall(rb"UID:.*", first)
    run(*words, "--output=plan.ics", "--feed-detail")
    assert b"SUMMARY:Mesotherapy" in Path("plan.ics").read_bytes()


def test_a_byte_order_mark(run: Run) -> None:
    words = ["plan", "general", "--start=2026-12-01", "--as-of=2026-11-22", "--bom"]
    done = run(*words, "--format=csv", "--output=plan.csv")
    assert done.out.startswith("\ufeffNo.,Date,")
    assert Path("plan.csv").read_bytes().startswith(b"\xef\xbb\xbfNo.,Date,")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("--bom", "--bom: It goes with a .csv file only"),
        ("--feed-detail", "--feed-detail: It goes with a .ics file only"),
        ("--feed-sequence=1", "--feed-sequence: It goes with a .ics file only"),
    ],
)
def test_options_without_their_file(run: Run, word: str, said: str) -> None:
    done = run("plan", "general", word, "--output=plan.md")
    assert (done.code, said in done.err) == (2, True)


@pytest.mark.parametrize("number", ["-1", "one"])
def test_a_version_that_is_no_number(run: Run, number: str) -> None:
    done = run("plan", "general", f"--feed-sequence={number}", "--output=plan.ics")
    assert (done.code, "--feed-sequence" in done.err) == (2, True)


def test_a_file_is_written_by_the_short_option_too(run: Run, tmp_path: Path) -> None:
    for command in (FACE, ("protocols", "new", "glow")):
        target = tmp_path / f"{command[0]}.json"
        assert run(*command, "-o", str(target)).code == 0
        assert target.stat().st_size
