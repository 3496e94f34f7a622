"""Books of programs before read as they did.

`before/courses.json` was exported before a course could have several treatments, and
`before/shown.txt` is what `courses show` printed then of each course on 10 December 2026.
`before/treatments.json` is from when courses of one treatment and of several had shapes of their
own, `before/treatments_shown.json` what `courses show --format json` printed on 12 December 2026.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.courses.desk import CLINIC, Counter
from tests.cli.courses.several import HAIR, TOGETHER
from tests.support.samples import ROOT

BEFORE = ROOT / "tests" / "cli" / "courses" / "before"


def test_what_was_exported_before_is_exported_again(counter: Counter) -> None:
    written = (BEFORE / "courses.json").read_text()
    shutil.copy(BEFORE / "courses.json", "courses.json")
    taken = counter.done("courses", "import", "courses.json")
    assert len(taken["courses"]) == 2
    assert counter.ask("courses", "export", "--all").out == written
    assert counter.done("book", "verify")["is_sound"]
    assert counter.done("book", "rebuild")["courses"] == 2
    shown = [
        counter.ask("courses", "show", course, "--full", "--as-of", "2026-12-10").out
        for course in taken["courses"]
    ]
    assert "".join(shown) == (BEFORE / "shown.txt").read_text()


def kept_of(now: Any, then: Any) -> Any:
    """Return what is told now, without the keys that came since."""
    if isinstance(now, dict) and isinstance(then, dict):
        return {name: kept_of(now[name], it) for name, it in then.items() if name in now}
    if isinstance(now, list) and isinstance(then, list) and len(now) == len(then):
        return [kept_of(*pair) for pair in zip(now, then, strict=True)]
    return now


@pytest.fixture
def old(counter: Counter) -> list[str]:
    """Return the courses of one treatment and of two from the program before."""
    Path("clinic.toml").write_text(CLINIC + TOGETHER)
    shutil.copy(BEFORE / "treatments.json", "treatments.json")
    counter.set_day("2026-12-12")
    courses: list[str] = counter.done("courses", "import", "treatments.json")["courses"]
    return courses


def test_courses_of_one_shape_each_are_told_as_before(counter: Counter, old: list[str]) -> None:
    written = (BEFORE / "treatments.json").read_text()
    told = json.loads((BEFORE / "treatments_shown.json").read_text())
    for course, then in zip(old, told, strict=True):
        now = counter.done("courses", "show", course, "--as-of", "2026-12-12")
        assert kept_of(now, then) == then
    assert counter.ask("courses", "export", "--all").out == written
    assert counter.done("book", "verify")["is_sound"]
    assert counter.done("book", "rebuild")["courses"] == 2
    assert counter.done("book", "verify")["is_sound"]


def test_what_is_written_to_old_courses_has_the_shape_of_today(
    counter: Counter, old: list[str]
) -> None:
    """The openings, and what was corrected of them, stay as they are and go on being read."""
    for course, wishes in zip(old, (["skin*4"], ["skin*4", "hair*2@2026-12-08"]), strict=True):
        before = counter.done("courses", "show", course)
        told = counter.done("courses", "history", course)["events"]
        assert counter.done("courses", "replan", course, "--days", "tue,fri", "--yes")["booked"]
        assert _planned(counter, course)["request"]["protocol"] == wishes
        assert "sessions" not in _planned(counter, course)["request"]
        counter.done("courses", "correct", course, "1", "--set", "patient=Cora", "--reason", "name")
        after = counter.done("courses", "show", course)
        assert after["patient"] == "Cora"
        assert after["request"] == before["request"] | {"days": ["tue", "fri"]}
        assert after["terms"] == before["terms"]
        assert after["account"]["agreed_low"] == before["account"]["agreed_low"]
        assert counter.done("courses", "history", course)["events"][: len(told)] == told
    assert counter.done("book", "verify")["is_sound"]


def _planned(counter: Counter, course: str) -> dict[str, Any]:
    exported = json.loads(counter.ask("courses", "export", course).out)["events"]
    last = [event for event in exported if event["kind"] == "planned"][-1]
    assert last["version"] == 2
    payload: dict[str, Any] = last["payload"]
    return payload


def test_a_course_of_one_is_a_list_of_one_treatment(counter: Counter) -> None:
    """What is written of one treatment says all that is written of two, and nothing else."""
    Path("hair.toml").write_text(HAIR)
    Path("clinic.toml").write_text(CLINIC + '[prices.hair]\nsession = "80.00"\n' + TOGETHER)
    rules = ("--rules", "skin.toml", "--rules", "hair.toml")
    said = []
    for names in (("skin",), ("skin", "hair")):
        course = counter.done("courses", "open", *names, *rules)["course"]
        counter.done("courses", "hold", course)
        counter.done("courses", "replan", course, "--days", "tue,wed", "--yes")
        events = json.loads(counter.ask("courses", "export", course).out)["events"]
        said.append({event["kind"]: event for event in events})
        payloads = {kind: event["payload"] for kind, event in said[-1].items()}
        assert [kept["id"] for kept in payloads["opened"]["protocols"]] == list(names)
        assert sorted(payloads["opened"]["treatment_terms"]) == sorted(names)
        for kind in ("opened", "planned"):
            asked = payloads[kind]["request"]["protocol"]
            assert [text.partition("*")[0] for text in asked] == list(names)
    for kind, event in said[0].items():
        other = said[1][kind]
        assert (event["version"], event["payload"].keys()) == (
            other["version"],
            other["payload"].keys(),
        )


@pytest.mark.parametrize("key", ["treatment_terms", "improvements", "too_close", "treatments"])
def test_what_only_several_treatments_say_is_not_said_of_one(counter: Counter, key: str) -> None:
    course = counter.open()
    assert key not in counter.done("courses", "show", course)
    assert key not in counter.done("courses", "hold", course)["state"]
