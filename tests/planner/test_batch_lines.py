"""JSON lines: finished where they are planned, in the order given, whatever is wrong with one."""

import json
import runpy
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from meso_schedule import plan_combined, plan_course, plan_lines, read_busy, read_plan
from meso_schedule.course.request import CourseRequest
from meso_schedule.planner import batch_lines
from tests.support.samples import ROOT, clinic, on, protocol

AS_OF = on("2026-11-22")
OWN = protocol(id="own-rule")
JOBS: list[dict[str, Any]] = [
    {"id": "a", "protocol": "hair-loss", "start": "2026-12-01"},
    {"id": 2, "protocol": "hairloss"},
    {"id": 3, "protocol": "own-rule", "start": "2026-12-01", "sessions": 3},
    {"protocol": "own-rule", "start": "2026-12-24", "start_within": 0},
]


def answered(lines: Iterator[str]) -> list[dict[str, Any]]:
    found = list(lines)
    assert all(line.endswith("\n") and line.count("\n") == 1 for line in found)
    return [json.loads(line) for line in found]


def test_each_line_has_its_answer_in_order() -> None:
    texts = [json.dumps(job) for job in JOBS]
    lines: list[str | bytes] = [
        texts[0],
        texts[1].encode() + b"\r\n",
        texts[2] + "\n",
        texts[3],
        "[]",
        b"\xff",
        "\ud800",
    ]
    house = clinic(closures=[{"from": "2026-12-24", "to": "2026-12-24", "reason": "Eve"}])
    first, unknown, third, no, *broken = answered(
        plan_lines(lines, as_of=AS_OF, clinic=house, protocols=[OWN], source="jobs.jsonl")
    )
    assert first["id"] == "a"
    assert read_plan(json.dumps(first["plan"])).sessions[0].date == date(2026, 12, 1)
    assert (unknown["id"], unknown["error"]["code"]) == (2, "unknown_protocol")
    assert unknown["error"]["source"] == "jobs.jsonl, line 2"
    alone = plan_course(
        OWN, CourseRequest(start="2026-12-01", sessions=3), clinic=house, as_of=AS_OF
    )
    assert third == {"id": 3, "plan": json.loads(alone.model_dump_json())}
    assert (no["id"], no["error"]["code"]) == (None, "no_calendar")
    assert no["conflict"]["session"] == 1
    assert [it["id"] for it in broken] == [None] * 3
    assert all(it["error"]["remedy"] for it in broken)


def test_what_a_clinic_does_otherwise_and_what_is_taken() -> None:
    job = json.dumps({"id": 1, "protocol": "own-rule", "start": "2026-12-01", "at": "10:00"})
    house = clinic(treatments={"own-rule": {"minutes": 50}})
    taken = read_busy(
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20261201T090000\r\nDTEND:20261201T110000\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    (made,) = answered(plan_lines([job], as_of=AS_OF, clinic=house, protocols=[OWN], busy=[taken]))
    session = made["plan"]["sessions"][0]
    assert (session["start"][11:16], session["end"][11:16]) == ("11:00", "11:50")


def test_on_processes_and_threads() -> None:
    lines = [json.dumps({**JOBS[0], "id": number}) for number in range(40)]
    here = list(plan_lines(lines, as_of=AS_OF, protocols=[OWN]))
    for pool in (ProcessPoolExecutor(2), ThreadPoolExecutor(2)):
        with pool:
            assert (
                list(plan_lines(iter(lines), as_of=AS_OF, protocols=[OWN], executor=pool)) == here
            )


def test_a_defect_is_the_answer_to_its_line(monkeypatch: pytest.MonkeyPatch) -> None:

    def broken(protocols: Any, request: CourseRequest, **more: Any) -> object:
        if request.sessions == 3:
            raise ZeroDivisionError
        return plan_combined(protocols, request, **more)

    monkeypatch.setattr(batch_lines, "plan_combined", broken)
    lines = map(json.dumps, [JOBS[2], JOBS[0]])
    defect, whole = answered(plan_lines(lines, as_of=AS_OF, protocols=[OWN]))
    assert (defect["id"], defect["error"]["code"]) == (3, "defect")
    assert "plan" in whole


def test_shards_keep_the_order_and_are_bounded() -> None:
    example = runpy.run_path(str(ROOT / "examples" / "many_machines.py"))
    under_way = [0]

    class Late:
        def __init__(self, shard: list[str]) -> None:
            self.shard = shard
            under_way[0] += 1
            assert under_way[0] <= 3

        def result(self) -> str:
            under_way[0] -= 1
            told: str = example["planned"](self.shard, AS_OF)
            return told

    lines = [json.dumps({**JOBS[1], "id": number}) for number in range(23)]
    made = "".join(example["in_shards"](lines, Late, 1, 5)).splitlines()
    assert [json.loads(line)["id"] for line in made] == list(range(23))
