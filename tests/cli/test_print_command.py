"""`print`: a plan that was kept is shown and written as when it was made."""

import json
from pathlib import Path

import pytest

from tests.support.command_line import Run

PLAN = ("plan", "facial-rejuvenation", "--start", "2026-12-01", "--as-of", "2026-11-22")
JOBS = [
    {"id": "a", "protocol": "facial-rejuvenation", "start": "2026-12-01"},
    {"id": 7, "protocol": ["mesoglow"], "start": "2026-12-01"},
    {"id": "no", "protocol": "nothing"},
]


@pytest.fixture(autouse=True)
def _kept(run: Run) -> None:
    Path("plan.json").write_text(run(*PLAN, "--format", "json").out, encoding="utf-8")


def test_files_and_screen_are_those_of_the_plan(run: Run) -> None:
    options = ("--language", "de", "--calendar")
    made = run(*PLAN, *options, "-o", "a.pdf", "-o", "a.html", "-o", "a.ics")
    kept = run("print", "plan.json", *options, "-o", "b.pdf", "-o", "b.html", "-o", "b.ics")
    assert (kept.code, kept.out) == (0, made.out)
    for ending in ("pdf", "html", "ics"):
        assert Path(f"b.{ending}").read_bytes() == Path(f"a.{ending}").read_bytes()


def test_a_line_of_a_batch(run: Run) -> None:
    Path("jobs.jsonl").write_text("".join(f"{json.dumps(job)}\n" for job in JOBS))
    batch = ("plan", "--batch", "jobs.jsonl", "--as-of", "2026-11-22", "-o", "plans.jsonl")
    assert run(*batch).code == 0
    assert run("print", "plans.jsonl", "--id", "a").out == run("print", "plan.json").out
    glow = ("plan", "mesoglow", "--start", "2026-12-01", "--as-of", "2026-11-22")
    assert run("print", "plans.jsonl", "--id", "7").out == run(*glow).out
    for identity, told in (("no", "no plan, but an error"), ("b", "holds no answer 'b'")):
        answer = run("print", "plans.jsonl", "--id", identity)
        assert (answer.code, told in answer.err) == (2, True)


def test_what_is_no_plan(run: Run) -> None:
    Path("list.json").write_text("[]")
    for name, told in (("list.json", "list.json"), ("none.json", "no such file")):
        answer = run("print", name)
        assert (answer.code, told in answer.err, answer.out) == (2, True, "")


def test_the_plan_is_not_written_over(run: Run) -> None:
    before = Path("plan.json").read_bytes()
    answer = run("print", "plan.json", "-o", "plan.json", "--force")
    assert (answer.code, Path("plan.json").read_bytes()) == (2, before)
    assert "the plan" in answer.err
