"""Plans that earlier versions wrote are read, and told in every form."""

import json
from pathlib import Path

import pytest

from meso_schedule import InputError, read_plan
from meso_schedule.output import to_csv, to_fhir, to_html, to_ics, to_json, to_markdown, to_text

FOLDER = Path(__file__).with_name("earlier_plans")
# As they were planned then: four sessions, in two of them the first was held already.
DATES = {
    "1-of-3": ["2026-12-01", "2026-12-08", "2026-12-15", "2026-12-22"],
    "2-of-3": ["2026-11-24", "2026-12-01", "2026-12-08"],
    "3-of-3": ["2026-11-24", "2026-12-01", "2026-12-08"],
}


@pytest.mark.parametrize("name", DATES)
def test_a_plan_of_an_earlier_version(name: str) -> None:
    text = (FOLDER / f"{name}.json").read_text("utf-8")
    plan = read_plan(text)
    assert [str(session.date) for session in plan.sessions] == DATES[name]
    assert plan.cost is not None
    assert str(plan.cost.low) == json.loads(text)["cost"]["low"]
    for told in (to_text(plan), to_markdown(plan), to_csv(plan), to_html(plan, language="fr")):
        assert len(told) > 300
    assert to_ics(plan).count(b"BEGIN:VEVENT") >= len(plan.visits)
    assert len(to_fhir(plan)["entry"]) == len(plan.visits) + 1
    written = to_json(plan)
    assert read_plan(written) == plan
    kept = json.loads(written)
    assert [key for key in json.loads(text) if key not in kept] == []


def test_a_plan_of_a_later_format_is_refused() -> None:
    later = {**json.loads((FOLDER / "3-of-3.json").read_text("utf-8")), "format": 2}
    with pytest.raises(InputError, match="format"):
        read_plan(json.dumps(later))
