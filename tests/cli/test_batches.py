"""`plan --batch`: answers in order, resumed after a stop."""

import json
from pathlib import Path
from typing import Any

import pytest

from meso_schedule.planner import batch_lines
from meso_schedule.planner.planning import plan_combined
from tests.support.command_line import AS_OF, BATCH, CLINIC, LINES, Run, write


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


def test_a_defect_is_the_answer_to_its_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(protocols: Any, request: Any, **more: Any) -> Any:
        if request.reference == "broken":
            raise ZeroDivisionError
        return plan_combined(protocols, request, **more)

    monkeypatch.setattr(batch_lines, "plan_combined", broken)
    asked = [{"protocol": "general", "reference": name} for name in ("a", "broken", "c")]
    write("jobs.jsonl", "\n".join(json.dumps({"id": it["reference"], **it}) for it in asked))
    done = run(*BATCH)
    assert (done.code, done.err) == (0, "Wrote plans.jsonl: 2 plans and 1 error.\n")
    one, defect, other = answers()
    assert (one["plan"]["reference"], other["plan"]["reference"]) == ("a", "c")
    assert defect["id"] == "broken"
    assert defect["error"] == {
        "code": "defect",
        "message": "The program failed with ZeroDivisionError: a defect of its own.",
        "source": "jobs.jsonl, line 2",
        "field": None,
        "value": None,
        "remedy": "Report it, with what was asked.",
    }


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
