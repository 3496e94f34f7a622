"""The command line through its real entry point: results, refusals, exit codes, streams."""

import contextlib
import csv
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from meso_schedule.cli import app, plan_command
from meso_schedule.cli import environment as surroundings
from meso_schedule.cli import signals as stopping
from meso_schedule.cli.app import main
from tests.support.samples import CONFORMANCE, PACKAGE, ROOT, WEEK

AS_OF = ("--as-of", "2026-11-22")
FACE = ("plan", "facial-rejuvenation", "--start", "2026-12-01", *AS_OF)

CLINIC = """\
name = "Example Clinic"
timezone = "Europe/London"
currency = "GBP"
[hours]
mon = ["09:00-17:00"]
tue = ["09:00-20:00"]
[[closures]]
from = "2026-12-24"
to = "2027-01-02"
reason = "Christmas"
"""


class Ran(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("MESO_CLINIC", "MESO_DEBUG", "COLUMNS", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call the entry point as the console script does."""

    def call(*words: str, stdin: str | bytes = b"") -> Ran:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(given)))
        code = main(words)
        return Ran(code, *capsys.readouterr())

    return call


def process(*words: str, **options: Any) -> subprocess.Popen[bytes]:
    """Start the program in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "meso_schedule", *words],
        **{
            "env": {**os.environ, "PYTHONPATH": str(ROOT)},
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            **options,
        },
    )


def printed(*words: str, **environment: str) -> str:
    """Return what a fresh interpreter prints."""
    done = subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )
    return done.stdout


def write(name: str, text: str | bytes) -> str:
    Path(name).write_bytes(text.encode() if isinstance(text, str) else text)
    return name


# Results


def test_a_plan_as_a_table(run: Run) -> None:
    done = run(*FACE)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Facial rejuvenation mesotherapy\n")
    assert "Tue 22 Dec 2026" in done.out
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
    named = run(*FACE, "--clinic", "clinic.toml").out
    assert "Example Clinic" in named
    monkeypatch.setenv("MESO_CLINIC", "clinic.toml")
    assert run(*FACE).out == named
    monkeypatch.setenv("MESO_CLINIC", "")
    assert "Example Clinic" not in run(*FACE).out
    own = tmp_path / "config" / "meso-schedule" / "clinic.toml"
    own.parent.mkdir(parents=True)
    own.write_text(CLINIC)
    assert run(*FACE).out == named


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


# Files


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


# Requests

REQUEST = {"protocol": "mesobotox", "start": "2026-12-01", "sessions": 3, "as_of": "2026-11-22"}


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


def test_a_request_file(run: Run) -> None:
    asked = json.dumps(REQUEST | {"finish_by": None, "away": "2026-12-24", "late": 1, "held": []})
    made = run("plan", "--request", write("r.json", asked), "--format", "json").json
    assert len(made["sessions"]) == 3
    piped = run("plan", "--request", "-", "--format", "json", stdin=asked)
    assert piped.json == made
    toml = 'protocol = "mesobotox"\nstart = 2026-12-01\nsessions = 3\nas_of = "2026-11-22"\n'
    toml += 'away = "2026-12-24"\nlate = 1\n'
    assert run("plan", "--request", write("r.toml", toml), "--format", "json").json == made
    assert run("plan", "--request", "-", "--format", "json", stdin=toml).json == made


def test_options_beside_a_request_file(run: Run) -> None:
    name = write("r.json", json.dumps(REQUEST | {"days": ["Monday", "tue"]}))
    words = ("plan", "mesobotox", "--request", name, "--sessions", "3", "--days", "mon,tue")
    assert run(*words, "--late", "2").code == 0
    refused = run("plan", "--request", name, "--sessions", "4", "--no-improvement")
    assert refused.code == 2
    assert refused.err == (
        "Error: --sessions: The command line says 4, r.json says 3. Give it once.\n"
    )
    other = run("plan", "general", "--request", name)
    assert "The command line says general, r.json says mesobotox" in other.err
    flag = write("f.json", json.dumps(REQUEST | {"no_prices": False}))
    assert "true, f.json says false" in run("plan", "--request", flag, "--no-prices").err


@pytest.mark.parametrize(
    ("name", "text", "field", "words"),
    [
        ("r.json", '{"sesions": 3}', "sesions", "sessions"),
        ("r.json", '{"start": "2026-02-30"}', "start", "is not a day"),
        ("r.json", '{"start": 20261201}', "start", "is no date"),
        ("r.json", '{"late": 1.5}', "late", "whole number"),
        ("r.json", '{"budget": 900}', "budget", "quotes"),
        ("r.json", '{"budget": "NaN"}', "budget", "Cannot read amount"),
        ("r.json", '{"sessions": true}', "sessions", "whole number"),
        ("r.json", '{"days": []}', "days", "empty"),
        ("r.json", '{"days": ["mon", 3]}', "days[2]", "Write"),
        ("r.json", '{"held": ["2099-11-01"]}', "held", "after the day of asking"),
        ("r.json", '{"held": ["2026-11-08", "2026-11-01"]}', "held", "Give the earlier day first"),
        ("r.json", '{"held": ["2026-11-01"], "improved_on": true}', "improved_on", "no date"),
        ("r.json", '{"clinic": "c.toml"}', "clinic", "No such key"),
        ("r.json", '{"patient": "\\ud800"}', "patient", "not Unicode"),
        ("r.json", '{"start": ' + "[" * 30 + "]" * 30 + "}", "start", "too deep"),
        ("r.json", '{"start": ' + "[" * 900 + "]" * 900 + "}", "start", "deep"),
        ("r.json", '{"start": "2026-12-01", "start": "2026-12-02"}', None, "written twice"),
        ("r.json", '{"late": NaN}', None, "not a number"),
        ("r.json", "[1]", None, "no object"),
        ("r.json", "{", None, "not valid JSON"),
        ("r.json", "", None, "empty"),
        ("r.json", b"\xef\xbb\xbf{}", None, "byte order mark"),
        ("r.json", b'{"patient": "\xff"}', None, "not UTF-8"),
        ("r.json", "[" * 100_000, None, "deep"),
        ("r.json", b" " * 1_000_001, None, "larger than"),
        ("r.toml", "late = 1\nlate = 2\n", None, "not valid TOML"),
        ("r.toml", "late = 1.0\n", "late", "whole number"),
    ],
)
def test_bad_request_files(
    run: Run, name: str, text: str | bytes, field: str | None, words: str
) -> None:
    done = run("plan", "general", "--request", write(name, text), "--format", "json")
    assert done.code == 2
    assert words in done.err
    assert done.err.startswith(f"Error: {name}")
    fault = done.json["error"]
    assert fault["source"] == name
    assert fault["field"] == field or fault["code"] == "too_deep"


def test_request_files_that_cannot_be_read(run: Run) -> None:
    Path("folder.json").mkdir()
    for name, words in (
        ("none.json", "no such file"),
        ("folder.json", "is a folder"),
        ("r.yaml", "ending '.yaml' is not known"),
        ("plain", "no ending"),
    ):
        done = run("plan", "general", "--request", name)
        assert done.code == 2
        assert words in done.err


def test_faults_of_both_places_are_told_with_their_place(run: Run) -> None:
    name = write("r.json", '{"finish_by": "2026-11-01"}')
    done = run(*FACE, "--request", name, "--late", "400", "--sessions", "x", "--format", "json")
    faults = {fault["field"]: fault["source"] for fault in done.json["errors"]}
    assert faults == {"sessions": "command line", "late": "command line", "start": "command line"}
    late = run("plan", "general", *AS_OF, "--request", name, "--format", "json").json
    assert (late["error"]["field"], late["error"]["source"]) == ("finish_by", "r.json")


# Refusals


@pytest.mark.parametrize(
    ("words", "field", "said"),
    [
        (["facial"], "protocol", "There is no protocol 'facial'"),
        (["general", "--start", "2026-02-30"], "start", "2026-02-30 is not a day"),
        (["general", "--start", "0000-00-00"], "start", "0000-00-00 is not a day"),
        (["general", "--start", "20261201"], "start", "Write it as 2026-12-01."),
        (["general", "--start", ""], "start", "Cannot read date ''"),
        (["general", "--start", "9999-12-20"], "start", "years 1 to 9999"),
        (["general", "--start", "2026-12-01", "--event", "2026-11-30"], "start", "lies after"),
        (["general", "--sessions", "99"], "sessions", "whole number from 1 to 40"),
        (["general", "--sessions", "16"], "sessions", "takes 3 to 15 sessions"),
        (["general", "--sessions", "0"], "sessions", "0 is out of range"),
        (["general", "--sessions", "-1"], "sessions", "-1 is out of range"),
        (["general", "--sessions", "1.5"], "sessions", "Cannot read whole number '1.5'"),
        (["general", "--sessions", "1_0"], "sessions", "Cannot read whole number '1_0'"),
        (["general", "--sessions", "٤"], "sessions", "Cannot read whole number"),
        (["general", "--sessions", " 4"], "sessions", "Cannot read whole number ' 4'"),
        (["general", "--sessions", "9" * 5000], "sessions", "Cannot read whole number"),
        (["general", "--late", "x"], "late", "Write digits only"),
        (["general", "--budget", "NaN"], "budget", "Cannot read amount 'NaN'"),
        (["general", "--budget", "Infinity"], "budget", "Cannot read amount"),
        (["general", "--budget", "-5"], "budget", "Cannot read amount '-5'"),
        (["general", "--budget", "1_000"], "budget", "Cannot read amount '1_000'"),
        (["general", "--currency", "GBX"], "currency", "no currency 'GBX'"),
        (["general", "--currency", "gbp"], "currency", "Write GBP."),
        (["general", "--days", "foo"], "days[1]", "'foo' is no weekday"),
        (["general", "--days", ""], "days[1]", "A weekday is empty"),
        (["general", "--days", "mon,,tue"], "days[2]", "A weekday is empty"),
        (["general", "--between", "20:00-17:00"], "between[1]", "ends before it starts"),
        (["general", "--at", "25:00"], "at", "Cannot read time '25:00'"),
        (["general", "--away", "2026-12-03..2026-12-01"], "away[1]", "ends before it starts"),
        (["general", "--pin", "0=2026-12-01"], "pin[1]", "Cannot read pin"),
        (["general", "--pin", "99=2026-12-01"], "pin", "There is no session 99"),
        (["general", "--as-of", "today"], "as_of", "Cannot read date 'today'"),
        (["general", "--top-ups", "2"], "top_ups", "no rule for top-ups"),
        (["general", "--format", "jsn"], "format", "Did you mean json?"),
        (["general", "general"], "protocol", "named twice"),
        (["general*x"], "protocol", "Cannot read protocol"),
        (["general", "mesobotox", "--sessions", "3"], "sessions", "does not go with several"),
        (["general", "--other", "fillers 2026-12-01"], "other", "Did you mean filler"),
        (["general", "--area", "knee"], "area", "does not treat knee"),
        ([], "protocol", "No protocol is named"),
        (["general", "--patient", "\udcff"], "patient", "not Unicode"),
        (["general", "--start", "2026-12-01", "--start", "2026-12-01"], "start", "given twice"),
        (["general", "--resume"], "resume", "--batch only"),
        (["mesobotox", "--no-improvement"], "no_improvement", "--no-improvement"),
        (["general", "--event", "2027-05-01", "--start-within", "3"], "start_within", "--start-"),
    ],
)
def test_bad_options(run: Run, words: list[str], field: str, said: str) -> None:
    asked = words if "--as-of" in words else [*words, *AS_OF]
    done = run("plan", *asked)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    name = field.split("[")[0]
    spelling = name.upper() if name == "protocol" else f"--{name.replace('_', '-')}"
    assert f"Error: {spelling}: " in done.err
    assert "_" not in spelling
    if name != "format":
        fault = run("plan", *asked, "--format=json").json["error"]
        assert (fault["field"], fault["source"]) == (field, "command line")
        assert set(fault) == {"code", "message", "source", "field", "value", "remedy"}
        assert fault["remedy"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["plan", "general", "--strat", "2026-12-01"], "no option '--strat'. Did you mean --start"),
        (["plan", "general", "--paper", "a4"], "--paper: It goes with a .pdf file only"),
        (["plan", "general", "--helt", "2026-01-01"], "no option '--helt'"),
        (["plan", "general", "--zzzz"], "See 'meso-schedule plan --help'"),
        (["plan", "general", "-x"], "no option '-x'"),
        (["plan", "general", "--start"], "'--start' requires an argument"),
        (["plan", "general", "--force=yes"], "'--force' does not take a value"),
        (["pln"], "no command 'pln'. Did you mean plan?"),
        (["protocols", "lst"], "no command 'lst'. Did you mean list?"),
        (["protocols", "show"], "ID is missing"),
        (["protocols", "show", "a", "b"], "unexpected extra argument"),
        (["schema", "plans"], "no schema 'plans'. Did you mean plan?"),
        (["compare"], "No protocol is named"),
        (["--nothing"], "no option '--nothing'"),
    ],
)
def test_bad_usage(run: Run, words: list[str], said: str) -> None:
    done = run(*words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert done.err.startswith("Error: ")
    assert done.err.count("\n") == 1
    if words[0] == "plan":
        assert run(*words, "--format", "json").json["error"]["source"] == "command line"


def test_several_faults_at_once(run: Run) -> None:
    done = run("plan", "general", "--sessions", "x", "--start", "2026-02-30", "--format", "json")
    assert [fault["field"] for fault in done.json["errors"]] == ["sessions", "start"]
    assert done.err.count("Error: ") == 2


def test_no_calendar(run: Run) -> None:
    words = ("plan", "cellulite", "--start", "2026-12-01", *AS_OF, "--away")
    done = run(*words, "2026-12-19..2027-01-06")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("No calendar fits: session ")
    assert "  1. " in done.err
    document = run(*words, "2026-12-19..2027-01-06", "--format", "json").json
    assert set(document) == {"error", "conflict", "relaxations"}
    assert document["error"]["code"] == "no_calendar"
    assert set(document["conflict"]) >= {"session", "window", "blocked"}
    for way in document["relaxations"]:
        assert set(way) == {"kind", "message", "option", "cost_days"}
        changed = way["option"].split()
        kept = () if way["kind"] == "away" else ("--away", "2026-12-19..2027-01-06")
        start = () if way["kind"] == "start" else ("--start", "2026-12-01")
        assert run("plan", "cellulite", *start, *AS_OF, *kept, *changed).code == 0


def test_a_budget_that_is_too_small(run: Run) -> None:
    done = run(*FACE, "--budget", "100.00", "--format", "json")
    assert done.code == 1
    assert done.json["error"]["field"] == "budget"


def test_long_refusals_are_wrapped(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    done = run("plan", "general", "--sessions", "1_0", "--start", "x" * 70)
    lines = done.err.split("\n")
    assert max(len(line) for line in lines if "x" * 70 not in line) <= 50
    assert "x" * 70 in done.err


def test_endless_values_are_cut_for_people(run: Run) -> None:
    done = run("plan", "general", "--sessions", "9" * 5000)
    assert len(done.err) < 300
    assert "Write digits only" in done.err


def test_data_in_refusals_is_harmless(run: Run) -> None:
    done = run("plan", "gen\x1b[31m\x9b1m\x07eral\nError: all is well", *AS_OF)
    assert done.code == 2
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", done.err)
    assert done.err.count("\n") == 1


def test_a_faulty_clinic_file(run: Run) -> None:
    name = write("clinic.toml", CLINIC.replace("09:00-17:00", "17:00-09:00").replace("GBP", "XXX"))
    done = run(*FACE, "--clinic", name, "--format", "json")
    assert done.code == 2
    assert {fault["source"] for fault in done.json["errors"]} == {"clinic.toml"}
    assert {fault["field"] for fault in done.json["errors"]} == {"hours.mon[1]", "currency"}


def test_a_defect_is_told_in_one_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(plan_command, "_plan_one", broken)
    done = run(*FACE, "--format", "json")
    assert done.code == 70
    assert done.json["error"]["code"] == "defect"
    assert "Traceback" not in done.err
    monkeypatch.setenv("MESO_DEBUG", "1")
    assert "boom" in run(*FACE).err


# Other commands


def test_protocols(run: Run) -> None:
    bare = run("protocols")
    assert bare.code == 0
    assert run("protocols", "list").out == bare.out
    for wanted in ("HAIR loss", "haïr"):
        found = run("protocols", "list", "--for", wanted, "--format", "json").json
        assert {entry["id"] for entry in found} == {"hair-loss", "hair-loss-dutasteride"}
        assert found[0]["sessions"] == {"minimum": 4, "usual": 7, "maximum": 10}
    assert "acne*" in run("protocols", "--for", "acne").out
    none = run("protocols", "list", "--for", "nothing", "--format", "json")
    assert (none.code, none.json) == (0, [])
    assert "No protocol is for 'nothing'" in none.err


def test_one_protocol(run: Run) -> None:
    assert "at least" not in run("protocols", "show", "mesobotox").err
    assert "Gap before each session" in run("protocols", "show", "mesobotox").out
    shown = run("protocols", "show", "mesobotox", "--format", "json").json
    assert shown["phases"][0]["minimum"] == ["3 months", "90 days"]
    assert "Did you mean mesobotox" in run("protocols", "show", "mesobotx").err


def test_a_new_protocol_waits_for_its_sources_and_for_nothing_else(run: Run) -> None:
    printed = run("protocols", "new", "evening-peel").out
    name = write("evening-peel.toml", printed)
    refused = run("protocols", "check", name)
    assert refused.code == 1
    faults = refused.err.strip().split("\n")
    assert len(faults) == len(re.findall(r"^sources = \[\]", printed, re.MULTILINE)) == 8
    assert all("names no source and states no assumption" in fault for fault in faults)
    write(name, re.sub(r"^sources = \[\]", 'sources = ["own-practice"]', printed, flags=re.M))
    done = run("protocols", "check", name)
    assert (done.code, done.out) == (0, "evening-peel.toml: evening-peel is in order.\n")
    planned = run("plan", "evening-peel", "--rules", name, "--start", "2026-12-01", *AS_OF)
    assert planned.code == 0
    whole = re.sub(
        r"^# (\[|minimum|maximum|sources|text|regions|other|place|year)", r"\1", printed, flags=re.M
    )
    write(name, re.sub(r"^sources = \[\]", 'sources = ["own-practice"]', whole, flags=re.M))
    assert run("protocols", "check", name).code == 0


def test_a_new_protocol_in_a_file(run: Run) -> None:
    done = run("protocols", "new", "mine", "--output", "mine.toml")
    assert (done.code, done.out) == (0, "")
    assert "protocols check mine.toml" in done.err
    assert run("protocols", "new", "mine", "--output", "mine.toml").code == 2
    bad = run("protocols", "new", "Not Good")
    assert (bad.code, bad.out) == (2, "")
    assert "'Not Good' is no id" in bad.err


def test_checking_files(run: Run) -> None:
    packaged = [str(path) for path in sorted((PACKAGE / "rules" / "packaged").glob("*.toml"))]
    assert run("protocols", "check", *packaged).code == 0
    faulty = write("faulty.toml", 'id = "faulty"\nunknown = 1\n')
    broken = write("broken.toml", "id =")
    done = run("protocols", "check", packaged[0], faulty)
    assert done.code == 1
    assert done.out.count("in order") == 1
    assert "faulty.toml, unknown: " in done.err
    assert "faulty.toml, phases: " in done.err
    done = run("protocols", "check", faulty, broken, "none.toml")
    assert done.code == 2
    assert {"faulty.toml", "broken.toml:", "none.toml:"} <= set(re.split("[ ,]", done.err))
    twice = run("protocols", "check", packaged[0], packaged[0])
    assert twice.code == 1
    assert "has the same id" in twice.err


def test_checking_courses_worked_by_hand(run: Run) -> None:
    rules = [str(path) for path in sorted((CONFORMANCE / "schedules").glob("*.toml"))]
    hours = "".join(f'{day} = "00:00-24:00"\n' for day in WEEK)
    clinic = write("all.toml", f'name = "All"\ntimezone = "UTC"\n[hours]\n{hours}')
    cases = CONFORMANCE / "schedules.csv"
    words = ("protocols", "check", *rules, "--clinic", clinic, "--cases")
    assert run(*words, str(cases)).code == 0
    header = "file,start,expected_days,source\n"
    relative = os.path.relpath(CONFORMANCE / "schedules" / "savoia.toml")
    wrong = write("wrong.csv", f"{header}{relative},2026-03-02,0 15 30 46,by hand\n")
    done = run(*words, wrong)
    assert done.code == 1
    assert "Planned is 0 15 30 45, expected 0 15 30 46" in done.err
    assert "wrong.csv, line 2" in done.err
    packaged = str(PACKAGE / "rules" / "packaged" / "facial-rejuvenation.toml")
    top_ups = "start,sessions,top_ups,expected_top_ups\n2026-12-01,6,1,2027-05-19\n"
    one = ("protocols", "check", packaged, "--cases")
    assert run(*one, write("t.csv", top_ups)).code == 0
    assert run(*one, write("n.csv", "start\n2026-02-30\n")).code == 1
    assert run(*one, write("n.csv", "sessions\n3\n")).code == 1
    assert run(*one, write("n.csv", "start,sessions\n2026-12-01,99\n")).code == 1
    assert run(*one, write("n.csv", "protocol,start\ngeneral,2026-12-01\n")).code == 0
    for text, said in (
        ("strat\n2026-12-01\n", "no column 'strat'"),
        ("start,note\n2026-12-01\n", "not one cell a column"),
        ('start\n"2026\n', "not valid CSV"),
    ):
        done = run(*one, write("n.csv", text))
        assert done.code == 2
        assert said in done.err


def test_comparing(run: Run) -> None:
    words = ("compare", "facial-rejuvenation", "mesobotox", "--start", "2026-12-01", *AS_OF)
    made = run(*words, "--format", "json").json
    assert (made["start"], made["until"]) == ("2026-12-01", "2027-12-01")
    assert [row["protocol"] for row in made["rows"]] == ["facial-rejuvenation", "mesobotox"]
    assert made["rows"][1]["visits"] == 4
    assert "MesoBotox" in run(*words).out
    assert "| MesoBotox |" in run(*words, "--format", "markdown").out
    rows = list(csv.DictReader(StringIO(run(*words, "--format", "csv", "--no-prices").out)))
    assert "Cost" not in rows[0]
    shorter = run(*words, "--until", "2027-03-31", "--format", "json").json
    assert shorter["rows"][1]["visits"] == 2
    assert run(*words, "--until", "2026-01-01").code == 2
    assert run("compare", "facial", *AS_OF).code == 2
    assert run(*words, "--format", "xml").code == 2


def test_schemas(run: Run) -> None:
    whole = run("schema").json
    assert set(whole) == {"protocol", "clinic", "request", "plan"}
    for name, schema in whole.items():
        assert run("schema", name).json == schema
        assert schema["$schema"].startswith("https://json-schema.org/")
    made = run(*FACE, "--format", "json").json
    assert set(made) == set(whole["plan"]["properties"])
    assert "Args:" not in json.dumps(whole)


def test_help(run: Run) -> None:
    for words in ([], ["--help"], ["-h"]):
        done = run(*words)
        assert done.code == 0
        assert "compare" in done.out
    for command in ("plan", "compare", "schema", "protocols"):
        done = run(command, "-h")
        assert done.code == 0
        assert "Usage: " in done.out


def test_the_version_needs_no_parser() -> None:
    code = "import sys; from meso_schedule.cli.app import main; main(['--version']);"
    check = "print([name for name in ('typer', 'pydantic', 'rich') if name in sys.modules])"
    assert re.fullmatch(r"meso-schedule [0-9.]+\n\[\]\n", printed("-c", f"{code} {check}"))


def test_a_plan_loads_nothing_that_it_does_not_use() -> None:
    code = "import sys; from meso_schedule.cli.app import main; main(sys.argv[1:]);"
    unused = (
        "rich",
        "holidays",
        "babel",
        "jinja2",
        "meso_schedule.cli.batches.run",
        "meso_schedule.base.private_files",
    )
    check = f"print([name for name in {unused} if name in sys.modules])"
    assert printed("-c", f"{code} {check}", *FACE).endswith("\n[]\n")


@pytest.mark.parametrize(
    ("words", "number", "offered"),
    [("plan gener", 2, "general"), ("pl", 1, "plan"), ("plan general --fin", 3, "--finish-by")],
)
def test_shell_completion(words: str, number: int, offered: str) -> None:
    asked = {
        "_MESO_SCHEDULE_COMPLETE": "complete_bash",
        "COMP_WORDS": f"meso-schedule {words}",
        "COMP_CWORD": str(number),
    }
    assert printed("-m", "meso_schedule", **asked).strip() == offered


# Streams and signals


@pytest.mark.parametrize(
    "words",
    [
        FACE,
        (*FACE, "--format", "json"),
        ("--version",),
        ("plan", "--help"),
        ("plan", "--format=json"),
    ],
)
def test_a_closed_pipe_is_silent(words: tuple[str, ...]) -> None:
    read, write_end = os.pipe()
    os.close(read)
    with process(*words, stdout=write_end) as running:
        os.close(write_end)
        _, told = running.communicate()
    assert running.returncode == 141
    assert b"Traceback" not in told
    assert b"Broken" not in told


@pytest.mark.parametrize("words", [FACE, (*FACE, "--format", "json"), ("--version",), ("-h",)])
def test_no_space_left(words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full, process(*words, stdout=full) as running:
        _, told = running.communicate()
    assert running.returncode == 5
    assert told == (
        b"Error: standard output: It cannot be written: No space left on device."
        b" Make space, or send it elsewhere.\n"
    )


def test_no_standard_output() -> None:
    command = f'"{sys.executable}" -m meso_schedule {" ".join(FACE)} >&-'
    done = subprocess.run(
        command,
        shell=True,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 5
    assert b"standard output: It is closed." in done.stderr


def test_an_output_without_unicode() -> None:
    out = printed("-m", "meso_schedule", *FACE, "--patient", "Zoë", PYTHONIOENCODING="ascii")
    assert "Zo?" in out
    assert "-----" in out


def on_terminal(stream: str, *words: str, **environment: str) -> str:
    """Return what the program shows on a terminal."""
    ours, theirs = pty.openpty()
    plain = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    env = {**plain, "PYTHONPATH": str(ROOT), "TERM": "xterm", **environment}
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, stream: theirs}
    shown = b""
    with process(*words, env=env, **streams) as running:
        os.close(theirs)
        with contextlib.suppress(OSError):  # a terminal that is gone ends in an error
            while piece := os.read(ours, 65536):
                shown += piece
    os.close(ours)
    assert running.returncode == 0
    return shown.decode()


def test_colour_on_a_terminal_only() -> None:
    shown = on_terminal("stdout", *FACE)
    assert "\x1b[1mFacial rejuvenation mesotherapy\x1b[0m" in shown
    assert "~5" in shown
    assert "\x1b" not in on_terminal("stdout", *FACE, NO_COLOR="1")
    assert "\x1b" not in on_terminal("stdout", *FACE, TERM="dumb")


def test_a_progress_bar_on_a_terminal_only() -> None:
    write("jobs.jsonl", f"{LINES[0]}\n" * 40)
    shown = on_terminal("stderr", *BATCH, "--workers", "2")
    assert "32 jobs" in shown
    assert "Wrote plans.jsonl: 40 plans and 0 errors." in shown


JOBS = [
    {"id": "a", "protocol": "general", "start": "2026-12-01", "sessions": 3},
    {"id": 2, "protocol": "facial-rejuvenation", "start": "2026-12-01", "days": "tue"},
    {"id": 3, "protocol": "celulite"},
    {"id": 4, "protocol": "general", "sessions": 99},
    {"id": 5, "protocol": "cellulite", "start": "2026-12-01", "days": ["sun"]},
    {"id": 6},
    {"id": 7, "protocol": ["general", "general"]},
    {"id": 8, "protocol": "general", "as_of": "2020-01-01"},
    {"id": 1.5, "protocol": "general"},
]
LINES = [json.dumps(job) for job in JOBS] + ["", "[1]", "{", '{"id": 9, "patient": "\\ud800"}']
BATCH = ("plan", "--batch", "jobs.jsonl", "--output", "plans.jsonl", *AS_OF)


def answers(name: str = "plans.jsonl") -> list[Any]:
    return [json.loads(line) for line in Path(name).read_text().splitlines()]


def test_a_batch(run: Run) -> None:
    write("jobs.jsonl", "\n".join(LINES))
    done = run(*BATCH)
    assert (done.code, done.out) == (0, "")
    assert done.err == "Wrote plans.jsonl: 2 plans and 11 errors.\n"
    made = answers()
    assert [answer["id"] for answer in made] == ["a", *range(2, 9), None, None, None, None, 9]
    asked = ("plan", "general", "--start", "2026-12-01", "--sessions", "3", *AS_OF)
    assert made[0]["plan"] == run(*asked, "--format", "json").json
    codes = [answer["error"]["code"] for answer in made[2:]]
    assert codes == [
        *("unknown_protocol", "bad_number", "no_calendar", "missing_argument"),
        "duplicate_protocol",
        *("contradiction", "bad_id", "empty_file", "no_object", "bad_json", "bad_text"),
    ]
    assert made[4]["conflict"]["session"] == 1
    assert made[3]["error"]["source"] == "jobs.jsonl, line 4"
    assert not Path("plans.jsonl.part").exists()
    assert run(*BATCH).code == 2
    parallel = run(*BATCH[:4], "two.jsonl", *AS_OF, "--workers", "2")
    assert parallel.code == 0
    assert Path("two.jsonl").read_bytes() == Path("plans.jsonl").read_bytes()


def test_a_batch_goes_on_where_it_stopped(run: Run) -> None:
    write("jobs.jsonl", "\n".join(LINES))
    run(*BATCH)
    whole = Path("plans.jsonl").read_bytes()
    Path("plans.jsonl").unlink()
    for size in (0, 10, len(whole) // 2, len(whole) - 1, len(whole)):
        write("plans.jsonl.part", whole[:size])
        assert run(*BATCH).code == 2
        assert run(*BATCH, "--resume").code == 0
        assert Path("plans.jsonl").read_bytes() == whole
        Path("plans.jsonl").unlink()
    assert run(*BATCH, "--resume").code == 0
    Path("plans.jsonl").unlink()
    write("plans.jsonl.part", whole)
    assert run(*BATCH[:5], "--resume").code == 0


def test_answers_never_replace_the_jobs(run: Run) -> None:
    write("jobs.jsonl", LINES[0])
    done = run("plan", "--batch", "jobs.jsonl", "--output", "jobs.jsonl", "--force")
    assert done.code == 2
    assert "would replace the jobs" in done.err
    assert Path("jobs.jsonl").read_text() == LINES[0]


def test_jobs_that_cannot_be_read_leave_nothing(run: Run) -> None:
    for name in ("/proc/self/mem", "/dev/zero"):
        done = run("plan", "--batch", name, "--output", "plans.jsonl", *AS_OF)
        assert done.code == 2
        assert name in done.err
        assert not Path("plans.jsonl.part").exists()


def test_a_batch_that_is_another_one_is_refused(run: Run) -> None:
    write("jobs.jsonl", "\n".join(LINES))
    run(*BATCH)
    whole = Path("plans.jsonl").read_bytes()
    Path("plans.jsonl").unlink()
    write("plans.jsonl.part", whole)
    write("fewer.jsonl", "\n".join(LINES[:2]))
    write("other.jsonl", "\n".join(LINES[1:]))
    for jobs, as_of, said in (
        ("fewer.jsonl", "2026-11-22", "Line 3 does not answer line 3 of fewer.jsonl"),
        ("other.jsonl", "2026-11-22", "Line 1 does not answer line 1 of other.jsonl"),
        ("jobs.jsonl", "2026-11-23", "Line 1 was planned as of 2026-11-22"),
    ):
        words = ("plan", "--batch", jobs, "--output", "plans.jsonl", "--as-of", as_of, "--resume")
        done = run(*words)
        assert done.code == 2
        assert said in done.err
    write("clinic.toml", CLINIC)
    done = run(*BATCH, "--resume", "--clinic", "clinic.toml")
    assert done.code == 2
    assert "answers another request, other rules or another clinic" in done.err
    write("changed.jsonl", "\n".join([LINES[0].replace("2026-12-01", "2026-12-02"), *LINES[1:]]))
    assert run(*BATCH[:2], "changed.jsonl", *BATCH[3:], "--resume").code == 2
    write("plans.jsonl.part", "{}\n")
    assert "is no answer of a batch" in run(*BATCH, "--resume").err
    assert not Path("plans.jsonl").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--start", "2026-12-01"], "--start: It does not go with --batch."),
        (["--format", "csv"], "--format: It does not go with --batch."),
        (["--patient", ""], "--patient: It does not go with --batch."),
        (["--calendar"], "--calendar: It does not go with --batch."),
        (["general"], "PROTOCOL: It does not go with --batch."),
        (["--workers", "0"], "--workers: 0 is out of range."),
        (["--workers", "two"], "--workers: Cannot read whole number"),
        (["--output", "more.jsonl"], "written to one .jsonl file"),
        (["--clinic", "none.toml"], "none.toml: There is no such file."),
        (["--rules", "none.toml"], "none.toml: There is no such file."),
    ],
)
def test_bad_batches(run: Run, words: list[str], said: str) -> None:
    write("jobs.jsonl", "\n".join(LINES))
    done = run(*BATCH, *words)
    assert done.code == 2
    assert said in done.err
    assert not list(Path().glob("plans.jsonl*"))


@pytest.mark.parametrize(("jobs", "code"), [("none.jsonl", 2), (".", 2)])
def test_batches_that_cannot_be_read(run: Run, jobs: str, code: int) -> None:
    assert run("plan", "--batch", jobs, "--output", "plans.jsonl").code == code
    assert run(*BATCH[:3], "--output", "none/plans.jsonl").code in (2, 5)
    assert run("plan", "--batch", jobs, "--output", "plans.json").code == 2
    assert run("plan", "--batch", jobs, "--output", "p.jsonl", "--as-of", "x").code == 2


def test_lines_that_are_too_long(run: Run) -> None:
    long = json.dumps({"id": "l", "patient": "x" * 2_500_000})
    write("jobs.jsonl", f"{long}\n{LINES[0]}\n")
    assert run(*BATCH).code == 0
    first, second = answers()
    assert first["error"]["code"] == "too_large"
    assert second["id"] == "a"


def test_a_signal_that_comes_out_as_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrapped(_: list[str]) -> int:
        try:
            signal.raise_signal(signal.SIGTERM)
        except stopping.SignalReceived as stop:
            raise RuntimeError from stop
        return 0

    monkeypatch.setattr(app, "_dispatch", wrapped)
    assert app.main(["plan"]) == 143


def test_a_signal_that_is_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def swallowed(_: list[str]) -> int:
        with contextlib.suppress(stopping.SignalReceived):
            signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)  # the second one disturbs nothing
        return 0

    monkeypatch.setattr(app, "_dispatch", swallowed)
    before = signal.getsignal(signal.SIGINT)
    assert app.main(["plan"]) == 143
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)]
)
def test_signals(number: int, code: int) -> None:
    job = json.dumps({"id": 1, "protocol": "general", "start": "2026-12-01", "sessions": 15})
    write("jobs.jsonl", f"{job}\n" * 20_000)
    with process(*BATCH, stdin=subprocess.DEVNULL) as running:
        part = Path("plans.jsonl.part")
        while not (part.exists() and part.stat().st_size):
            assert running.poll() is None
            time.sleep(0.02)
        running.send_signal(number)
        _, told = running.communicate(timeout=30)
    assert (running.returncode, told) == (code, b"")
    assert not Path("plans.jsonl").exists()


def test_a_closed_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "sys", SimpleNamespace(stdin=None))
    done = run("plan", "--request", "-", *AS_OF)
    assert done.code == 2
    assert "It is closed." in done.err


def test_a_list_on_standard_input_is_no_request(run: Run) -> None:
    done = run("plan", "--request", "-", *AS_OF, stdin="[]")
    assert done.code == 2
    assert "TOML" not in done.err


def test_comparing_what_cannot_be_is_a_no(run: Run) -> None:
    away = ("--away", "2026-12-19..2027-01-06")
    done = run("compare", "cellulite", "--start", "2026-12-01", *away, *AS_OF)
    assert done.code == 1
    assert "No calendar fits" in done.out


def test_a_course_that_has_begun(run: Run) -> None:
    held = ("plan", "facial-rejuvenation", "--held", "2026-12-01", "--held", "2026-12-07")
    made = run(*held, "--as-of", "2026-12-08", "--format", "json").json
    assert [(h["number"], h["verdict"], h["counts"]) for h in made["history"]] == [
        (1, "on schedule", True),
        (2, "too soon", False),
    ]
    assert made["next_session"]["earliest"] == "2026-12-14"
    assert [session["number"] for session in made["sessions"]] == [2, 3, 4, 5, 6]
    assert {session["status"] for session in made["sessions"]} == {"planned"}
    assert "Held so far" in run(*held, "--as-of", "2026-12-08").out
    for option in ("--improved", "--improved-on"):
        firm = run(*held, option, "2026-12-08", "--as-of", "2026-12-08", "--format", "json").json
        assert firm["sessions"][0]["phase"] == "fortnightly"
        assert not firm["sessions"][0]["provisional"]
    asked = json.dumps({"protocol": "facial-rejuvenation", "held": ["2026-12-01", "2026-12-07"]})
    filed = run("plan", "--request", write("r.json", asked), "--as-of", "2026-12-08")
    assert filed.out == run(*held, "--as-of", "2026-12-08").out


def test_an_overdue_course_is_a_no_with_its_way_out(run: Run) -> None:
    held = ("plan", "cellulite", "--held", "2026-12-01", "--as-of", "2026-12-15")
    done = run(*held, "--format", "json")
    assert done.code == 1
    assert done.json["error"]["code"] == "no_calendar"
    assert done.json["conflict"]["session"] == 2
    assert done.json["relaxations"][0]["option"] == "--late 4"
    assert "past on the day of planning, 2026-12-15" in done.err
    assert run(*held, "--late", "4").code == 0


@pytest.mark.parametrize(
    ("words", "field", "said"),
    [
        (["--held", "2026-12-08", "--held", "2026-12-01"], "held", "Give the earlier day first"),
        (["--held", "2026-12-01", "--held", "2026-12-01"], "held", "is given twice"),
        (["--held", "2026-12-24"], "held", "after the day of asking, 2026-12-15"),
        (["--held", "soon"], "held[1]", "Cannot read date 'soon'"),
        (["--improved", "2026-12-01"], "improved_on", "No session was held by 2026-12-01"),
        (["--held", "2026-12-01", "--improved", "2026-12-16"], "improved_on", "day of asking"),
        (
            ["--held", "2026-12-01", "--improved", "2026-12-02", "--improves-after", "2"],
            "improves_after",
            "Leave --improves-after out",
        ),
        (["--held", "2026-12-01", "--pin", "1=2026-12-01"], "pin", "was held already"),
        (
            [
                "--sessions",
                "3",
                *(f"--held=2026-{day}" for day in ("11-01", "11-08", "11-15", "11-22")),
            ],
            "held",
            "there are no top-ups. Give sessions = 4",
        ),
    ],
)
def test_sessions_held_that_cannot_be(run: Run, words: list[str], field: str, said: str) -> None:
    done = run("plan", "general", *words, "--as-of", "2026-12-15", "--format", "json")
    assert done.code == 2
    assert said in done.err
    fault = done.json["error"]
    assert (fault["field"], fault["source"]) == (field, "command line")
    assert fault["remedy"]


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('lapse = "6 weeks"', 'lapse = "6 weeks"\ngrace = "7 days"', "phases[1].grace"),
        ('lapse = "6 weeks"', 'lapse = "6 weeks"\ngrace = "-1 day"', "phases[1].grace"),
        ('lapse = "6 weeks"', 'lapse = "6 weeks"\nlapse_action = "end"', "phases[1].lapse_action"),
        ('lapse = "6 weeks"', 'lapse_action = "restart"', "phases[1].lapse_action"),
    ],
)
def test_rules_for_sessions_held_that_cannot_be(run: Run, old: str, new: str, field: str) -> None:
    rules = (PACKAGE / "rules" / "packaged" / "general.toml").read_text("utf-8")
    assert old in rules
    write("own.toml", rules.replace(old, new, 1))
    done = run("plan", "general", "--rules", "own.toml", *AS_OF, "--format", "json")
    assert done.code == 2
    faults = done.json.get("errors") or [done.json["error"]]
    assert [(fault["field"], fault["source"]) for fault in faults] == [(field, "own.toml")]
    assert faults[0]["remedy"]


def test_a_notice_that_cannot_be(run: Run) -> None:
    write("clinic.toml", f'notice = "2 months - 1 year"\n{CLINIC}')
    done = run("plan", "general", "--clinic", "clinic.toml", *AS_OF)
    assert done.code == 2
    assert "clinic.toml, notice: 2 months - 1 year is no notice" in done.err
