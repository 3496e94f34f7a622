"""Requests from options and files, and what is refused of them."""

import json
from pathlib import Path

import pytest

from tests.support.command_line import AS_OF, FACE, Run, write

REQUEST = {"protocol": "mesobotox", "start": "2026-12-01", "sessions": 3, "as_of": "2026-11-22"}


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
        ("r.json", '{"held": ["2026-11-01"], "improved_on": true}', "improved_on[1]", "no date"),
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
        (["general", "mesobotox", "--sessions", "16"], "sessions", "takes 3 to 15 sessions"),
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
        (["courses", "extend", "x", "--until", "2027-01-01"], "--reason is missing"),
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
