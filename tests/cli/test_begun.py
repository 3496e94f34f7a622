"""Courses that have begun, on the command line."""

import json

import pytest

from tests.support.command_line import AS_OF, CLINIC, Run, write
from tests.support.samples import PACKAGE


def test_a_course_that_has_begun(run: Run) -> None:
    held = ("plan", "facial-rejuvenation", "--held", "2026-12-01", "--held", "2026-12-07")
    made = run(*held, "--as-of", "2026-12-08", "--format", "json").json
    assert [(h["number"], h["verdict"], h["counts"]) for h in made["history"]] == [
        (1, "on schedule", True),
        (2, "too soon", True),
    ]
    assert made["next_session"]["earliest"] == "2026-12-14"
    assert [session["number"] for session in made["sessions"]] == [3, 4, 5, 6]
    assert {session["status"] for session in made["sessions"]} == {"planned"}
    assert "Held: 1 1 Dec 2026, 2 7 Dec 2026\n" in run(*held, "--as-of", "2026-12-08").out
    assert "Held so far" in run(*held, "--as-of", "2026-12-08", "--full").out
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
        ('lapse_action = "continue"', 'lapse_action = "end"', "phases[1].lapse_action"),
        ('lapse = "6 weeks"\n', "", "phases[1].lapse_action"),
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
