"""`protocols`, `compare`, `schema`, help and what is loaded."""

import csv
import json
import os
import re
from io import StringIO

import pytest

from tests.support.command_line import AS_OF, FACE, Run, printed, write
from tests.support.samples import CONFORMANCE, PACKAGE, WEEK


def test_protocols(run: Run) -> None:
    bare = run("protocols")
    assert bare.code == 0
    assert run("protocols", "list").out == bare.out
    for wanted in ("HAIR loss", "haïr"):
        found = run("protocols", "list", "--for", wanted, "--format", "json").json
        sessions = {entry["id"]: entry["sessions"] for entry in found}
        assert {"hair-loss", "hair-loss-dutasteride", "hair-prp", "exosome-hair"} < set(sessions)
        assert "cellulite" not in sessions
        assert sessions["hair-loss"] == {"minimum": 4, "usual": 7, "maximum": 10}
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
    key = r"""^# (\[|[a-z_]+ = ("[^"]*"|\[.*\]|[0-9]+)( +#.*)?$)"""
    whole = re.sub(key, r"\1", printed, flags=re.M)
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
    assert made["rows"][1]["visits"] == 5
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


def test_comparing_what_cannot_be_is_a_no(run: Run) -> None:
    away = ("--away", "2026-12-19..2027-01-06")
    done = run("compare", "cellulite", "--start", "2026-12-01", *away, *AS_OF)
    assert done.code == 1
    assert "No calendar fits" in done.out


def test_published_schedules_of_one_treatment_are_compared(run: Run) -> None:
    words = ("compare", "--variants", "cellulite-clinic", "--start", "2026-12-01", *AS_OF)
    found = run(*words, "--format", "json").json
    assert [row["protocol"] for row in found["rows"]] == [
        *("cellulite", "cellulite-aminophylline", "cellulite-clinic"),
    ]
    assert found["rows"][1]["days_later"] == [0] * 6
    assert "Visit by visit" in run(*words).out
    both = run(*words, "general")
    assert (both.code, "--variants" in both.err) == (2, True)
    unknown = run("compare", "--variants", "celulite", *AS_OF)
    assert (unknown.code, "Did you mean cellulite" in unknown.err) == (2, True)


def test_liposuction_is_compared_and_is_no_course(run: Run) -> None:
    found = run("compare", "hair-loss", "liposuction", "--format", "json", *AS_OF).json
    assert [row["protocol"] for row in found["rows"]] == ["hair-loss"]
    assert [(it["id"], it["recovery"]) for it in found["others"]] == [("liposuction", "6 weeks")]
    alone = run("compare", "liposuction", *AS_OF)
    assert (alone.code, "No protocol is named" in alone.err) == (2, True)
    assert run("compare", "hair-loss", "liposuctions", *AS_OF).code == 2
