"""What a refusal and an honest no look like to people and to programs."""

import re

import pytest

from meso_schedule.cli import plan_command
from tests.support.command_line import AS_OF, CLINIC, FACE, Run, write


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
