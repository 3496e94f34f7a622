"""The library in a web service: answers, refusals with field, value and remedy, and types."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from meso_schedule import Clinic, CourseRequest, Protocol, read_plan
from meso_schedule.base.errors import InputError
from meso_schedule.base.models import InputModel
from meso_schedule.output import to_pdf
from tests.support.samples import ROOT
from tests.support.tools import need
from tests.support.web_app import app
from tests.test_guide import blocks

# FastAPI hands pydantic the names of its parameters, which some versions remark on.
pytestmark = pytest.mark.filterwarnings("ignore:The 'alias' attribute with value")
CLIENT = TestClient(app)
AS_OF = {"as_of": "2026-11-22"}
FACE = "/plans/facial-rejuvenation"


def test_a_plan_and_what_is_made_of_it() -> None:
    wish = {"start": "2026-12-01", "sessions": 3}
    answer = CLIENT.post(FACE, params=AS_OF, json=wish)
    assert answer.status_code == 200
    plan = answer.json()
    assert [session["date"] for session in plan["sessions"]] == [
        *("2026-12-01", "2026-12-08", "2026-12-15")
    ]
    assert plan["cost"]["low"] == "540.00"
    sheet = CLIENT.post("/sheets", params={"kept": json.dumps(plan), "language": "de"})
    assert sheet.content.startswith(b"%PDF")
    feed = CLIENT.post("/feeds/facial-rejuvenation", params=AS_OF, json=wish)
    assert feed.text.count("BEGIN:VEVENT") == 3
    assert CLIENT.get("/schemas/request").json()["properties"]["start"]["description"]


def test_a_no_tells_its_ways_out() -> None:
    wish = {"start": "2026-12-01", "finish_by": "2026-12-10", "sessions": 3}
    answer = CLIENT.post(FACE, params=AS_OF, json=wish)
    assert answer.status_code == 409
    assert "finish_by" in {way["kind"] for way in answer.json()["ways_out"]}


@pytest.mark.parametrize(
    ("body", "field", "value", "remedy"),
    [
        ({"start": "2026-13-01"}, "start", "2026-13-01", "Write a day that exists."),
        ({"sesions": 3}, "sesions", "sesions", "Did you mean 'sessions'?"),
        ({"days": ["mon", "mom"]}, "days[2]", "mom", "Write mon, tue, wed, thu, fri, sat, sun."),
        ({"late": 999}, "late", "999", "Write a whole number from 0 to 366."),
    ],
)
def test_a_bad_body(body: dict[str, Any], field: str, value: str, remedy: str) -> None:
    answer = CLIENT.post(FACE, params=AS_OF, json=body)
    assert answer.status_code == 422
    (told,) = answer.json()["detail"]
    assert told["loc"] == ["body", field]
    assert {name: told["ctx"][name] for name in ("field", "value", "remedy")} == {
        "field": field,
        "value": value,
        "remedy": remedy,
    }


def test_what_only_the_library_can_know() -> None:
    for path, body in (("/plans/facial-rejuvenatio", {}), (FACE, {"sessions": 30})):
        answer = CLIENT.post(path, params=AS_OF, json={"start": "2026-12-01", **body})
        assert answer.status_code == 422
        (told,) = answer.json()["detail"]
        assert told["field"]
        assert told["remedy"]


def test_the_app_of_the_guide() -> None:
    (block,) = (it for it in blocks("library", "python") if "FastAPI()" in it)
    made: dict[str, Any] = {"__name__": "app"}
    exec(compile(block, "app", "exec"), made)
    client, path = TestClient(made["app"]), "/plans/hair-loss"
    answer = client.post(path, params=AS_OF, json={"start": "2026-12-01"})
    kept = answer.json()
    sheet = client.post("/sheets", params={"language": "de"}, json=kept)
    assert sheet.content == to_pdf(read_plan(answer.text), language="de")
    for place, body in ((path, {"start": "soon"}), ("/plans/nope", {})):
        (told,) = client.post(place, params=AS_OF, json=body).json()["detail"]
        assert told["loc"] == ["body", told["ctx"]["field"]]
        assert told["ctx"]["remedy"]
    wish = {"start": "2026-12-01", "finish_by": "2026-12-10"}
    assert client.post(path, params=AS_OF, json=wish).status_code == 409
    broken = client.post("/sheets", params={"language": "xx"}, json=kept)
    assert broken.status_code == 422


@pytest.mark.parametrize("kind", [CourseRequest, Clinic, Protocol])
def test_a_framework_and_a_reader_are_told_the_same_faults(kind: type[InputModel]) -> None:
    data = {"start": "x", "name": 1, "id": "A", "unknown": 2, "late": -1}
    with pytest.raises(InputError) as read:
        kind.read(data)
    with pytest.raises(InputError) as made:
        kind(**data)
    with pytest.raises(ValidationError) as validated:
        kind.model_validate(data)
    assert made.value.faults == read.value.faults
    assert [(it["type"], it["ctx"]["field"]) for it in validated.value.errors()] == [
        (it.code, it.field) for it in read.value.faults
    ]


PROGRAM = """
from meso_schedule import CourseRequest, get_protocl
from meso_schedule.output import to_pdf, to_doc
"""


CALLERS = ["examples", "tests/support/typed_requests.py", "tests/support/web_app.py"]


def test_mypy_passes_what_callers_write_and_tells_a_misspelt_import(tmp_path: Path) -> None:
    """Strict, without our settings."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    words = ("mypy", "--config-file=", "--strict", "--cache-dir", os.devnull, *CALLERS)
    done = subprocess.run(
        [sys.executable, "-m", *words, str(program)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    first, second = [line for line in done.stdout.splitlines() if "error:" in line]
    assert first.startswith(str(program))
    assert 'has no attribute "get_protocl"; maybe "get_protocol' in first
    assert 'has no attribute "to_doc"' in second


def test_pyright_passes_what_callers_write() -> None:
    program = Path(os.environ.get("MESO_NODE_MODULES", ""), "pyright", "index.js")
    need(program.is_file(), "pyright")
    words = ["node", str(program), "--pythonpath", sys.executable, *CALLERS]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
