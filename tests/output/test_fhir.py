"""FHIR transactions as Medplum (R4) and fhir.resources (R4B) read them, and a server keeps them."""

import json
import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fhir.resources.R4B.bundle import Bundle

from meso_schedule import (
    CoursePlan,
    Protocol,
    catalogue,
    get_protocol,
    plan_combined,
    plan_course,
    read_busy,
    read_plan,
)
from meso_schedule.cli.app import main
from meso_schedule.course.request import CourseRequest
from meso_schedule.output import Gone, languages, to_fhir, to_json
from meso_schedule.output.fhir import revocation
from tests.support.samples import ROOT, clinic, on, protocol
from tests.support.tools import need

AS_OF = on("2026-11-22")
GONE = [
    Gone(7, on("2027-01-12")),
    Gone("A8", on("2027-01-13"), *(datetime(2027, 1, 13, hour, tzinfo=UTC) for hour in (9, 10))),
]


def plan(**asked: Any) -> CoursePlan:
    wish = {"start": "2026-12-01", "sessions": 5, "patient": "A. Patient", **asked}
    wish = {"reference": "R-1", **wish}
    rules = get_protocol("facial-rejuvenation")
    return plan_course(rules, CourseRequest.read(wish), clinic=clinic(), as_of=AS_OF)


def several() -> CoursePlan:
    chosen = [get_protocol("facial-rejuvenation"), get_protocol("mesobotox")]
    wish = CourseRequest(start="2026-12-01", at="10:00", reference="R-2")
    return plan_combined(chosen, wish, clinic=clinic(), as_of=AS_OF)


def appointments(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    resources = [entry["resource"] for entry in bundle["entry"]]
    return [it for it in resources if it["resourceType"] == "Appointment"]


def medplum(task: str, *bundles: dict[str, Any]) -> list[Any]:
    folder = os.environ.get("MESO_NODE_MODULES", "")
    need(shutil.which("node") and Path(folder, "@medplum", "mock").is_dir(), "Medplum")
    done = subprocess.run(
        ["node", str(ROOT / "tests" / "support" / "fhir_server.mjs")],
        input=json.dumps({"task": task, "bundles": bundles}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answers: list[Any] = json.loads(done.stdout)
    return answers


def test_an_appointment_a_session() -> None:
    made = plan(at="16:00", improves_after=4)
    bundle = to_fhir(made, gone=GONE)
    care, *found = [entry["resource"] for entry in bundle["entry"]]
    assert (care["resourceType"], care["status"], care["intent"]) == ("CarePlan", "active", "plan")
    assert care["period"] == {"start": "2026-12-01", "end": str(made.sessions[-1].date)}
    assert [it["status"] for it in found] == ["booked"] * 5 + ["cancelled"] * 2
    for session, told in zip(made.sessions, found, strict=False):
        window = session.window
        assert told["requestedPeriod"] == [
            {"start": str(window.earliest), "end": str(window.latest)}
        ]
        assert told["start"][:16] == f"{session.date}T16:00"
        assert told["participant"][0]["actor"]["display"] == "A. Patient"
    assert "only if the skin has improved" in found[4]["comment"]
    kept = {entry["fullUrl"] for entry in bundle["entry"]}
    assert {it["reference"]["reference"] for it in care["activity"]} < kept


def test_a_day_without_a_time_is_proposed() -> None:
    found = appointments(to_fhir(plan()))
    assert [it["status"] for it in found] == ["proposed"] * 5
    assert not any("start" in it or "end" in it for it in found)


def test_the_same_bundle_each_time_and_in_each_language() -> None:
    made = plan(at="16:00", top_ups=1)
    back = read_plan(to_json(made))
    texts = {json.dumps(to_fhir(back, language=it)) for it in languages()}
    assert json.dumps(to_fhir(made)) in texts
    assert len(texts) == len(languages())


def test_resources_are_valid() -> None:
    rules = [to_fhir(it) for it in (*catalogue().values(), protocol())]
    known = {it["entry"][0]["resource"]["identifier"][0]["value"] for it in rules}
    assert len(known) == len(rules)
    bundles = [to_fhir(plan(), gone=GONE), to_fhir(several()), revocation(GONE, "R-1", None)]
    bundles += rules
    for bundle in bundles:
        Bundle.model_validate(bundle)
    assert not any(medplum("validate", *bundles))
    broken = to_fhir(plan())
    del broken["entry"][0]["resource"]["subject"]
    broken["entry"][1]["resource"]["start"] = "2026-12-01"
    (faults,) = medplum("validate", broken)
    assert len(faults) >= 2


def test_a_server_keeps_each_once() -> None:
    timed, days = plan(at="16:00"), plan()
    first, again, changed, ended = medplum(
        "store",
        to_fhir(timed),
        to_fhir(timed),
        to_fhir(days, gone=GONE),
        revocation([Gone(1, on("2026-12-01")), *GONE], "R-1", "A. Patient"),
    )
    assert first["statuses"] == ["201"] * 6
    assert again["statuses"] == ["200"] * 6
    assert len(again["resources"]) == 6
    assert changed["statuses"] == ["200"] * 6 + ["201"] * 2
    states = sorted(it["status"] for it in changed["resources"])
    assert states == ["active", *["cancelled"] * 2, *["proposed"] * 5]
    states = sorted(it["status"] for it in ended["resources"])
    assert states == [*["cancelled"] * 3, *["proposed"] * 4, "revoked"]


def test_what_is_handed_over_takes_its_time() -> None:
    made = plan(at="16:00")
    taken = read_busy(json.dumps(to_fhir(made, gone=GONE)))
    assert sorted(taken.spans(2026, ZoneInfo("UTC"))) == [
        (it.start, it.end) for it in made.sessions if it.date.year == 2026
    ]
    # Two days before and after the plan nothing is taken by what has no time.
    later = plan(start=str(made.sessions[-1].date + timedelta(days=2)))
    assert not list(read_busy(json.dumps(to_fhir(later))).spans(2027, ZoneInfo("UTC")))


@pytest.mark.parametrize("patient", ["", "<b>&", "Ж 中"])
def test_names_are_text(patient: str) -> None:
    wish = {"patient": patient} if patient else {"patient": None}
    told = to_fhir(plan(**wish))
    Bundle.model_validate(told)
    name = appointments(told)[0]["participant"][0]["actor"]["display"]
    assert name == (patient or "R-1")


def test_who_gives_it_and_where() -> None:
    made = plan(at="16:00")
    first = made.sessions[0].model_copy(
        update={"practitioner": "doctor-a", "room": "room-1", "why": ()}
    )
    told = to_fhir(made.model_copy(update={"sessions": (first,)}))
    Bundle.model_validate(told)
    (found,) = appointments(told)
    actors = [(it["actor"]["type"], it["actor"]["display"]) for it in found["participant"][1:]]
    assert actors == [("Practitioner", "doctor-a"), ("Location", "room-1")]
    assert "comment" not in found
    (care,) = (it["resource"] for it in to_fhir(made.model_copy(update={"sessions": ()}))["entry"])
    assert "period" not in care


def definition(protocol: Protocol) -> dict[str, Any]:
    (entry,) = to_fhir(protocol)["entry"]
    told: dict[str, Any] = entry["resource"]
    return told


def test_a_protocol_documents_its_rule() -> None:
    told = definition(get_protocol("facial-rejuvenation"))
    first, second, third, top_up, *care = told["action"]
    # As its rule file says: 7 to 10 days four times, 2 to 3 weeks twice, a month and a week.
    assert first["timingTiming"]["repeat"] == {
        "count": 4,
        "frequency": 1,
        "period": 7,
        "periodMax": 10,
        "periodUnit": "d",
    }
    assert second["timingTiming"]["repeat"]["period"] == 14
    assert "condition" not in first
    assert second["condition"][0]["expression"]["expression"] == "the skin has improved"
    assert second["relatedAction"] == [{"actionId": "phase-1", "relationship": "after-end"}]
    assert "timingTiming" not in third
    assert third["textEquivalent"].startswith("1 month to 1 month + 1 week")
    assert top_up["timingTiming"]["repeat"] == {
        "frequency": 1,
        "period": 3,
        "periodMax": 5,
        "periodUnit": "mo",
    }
    assert {"citation", "justification"} == {it["type"] for it in first["documentation"]}
    assert "avoid, 7 days" in [it["title"] for it in care]
    assert "ask, before the course" in [it["title"] for it in care]


def test_the_command_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "rule.fhir.json"
    show = ("protocols", "show", "mesobotox", "-o")
    assert main([*show, str(path)]) == 0
    assert json.loads(path.read_text("utf-8")) == to_fhir(get_protocol("mesobotox"))
    assert capsys.readouterr().out == ""
    assert main([*show, str(path)]) == 2, "it exists"
    assert main([*show, str(tmp_path / "rule.pdf")]) == 2
    assert main([*show[:3], "--force"]) == 2
