"""What the sessions of a course use up, typed from what a session uses."""

from datetime import date
from typing import Any

import pytest

from meso_schedule import CourseRequest, get_protocol, plan_combined, plan_course
from meso_schedule.course.plan_json import read_plan

AS_OF = date(2026, 12, 1)


def needs(plan: Any) -> list[tuple[str | None, str, str, int, str]]:
    told = plan.model_dump(mode="json")["products"]
    return [(it["label"], it["amount"], it["unit"], it["sessions"], it["total"]) for it in told]


@pytest.mark.parametrize(
    ("name", "asked", "expected"),
    [
        # Label of Kybella: 10 ml at most a session, in 50 injections of 0.2 ml.
        ("deoxycholic-chin", {"sessions": 4}, [(None, "10", "ml", 4, "40")]),
        ("skin-quality-vyc12", {"top_ups": 1}, [(None, "2", "ml", 1, "2")]),
        ("skin-quality-vyc12", {"top_ups": 1, "held": ["2026-11-03"]}, []),
        (
            "hyaluronic-acid",
            {"sessions": 4, "held": ["2026-10-20", "2026-11-20"]},
            [(None, "1", "ml", 2, "2")],
        ),
        ("general", {}, []),
    ],
)
def test_a_course_needs_what_its_sessions_to_come_use(
    name: str, asked: dict[str, Any], expected: list[Any]
) -> None:
    plan = plan_course(get_protocol(name), CourseRequest.read(asked), as_of=AS_OF)
    assert needs(plan) == expected
    assert read_plan(plan.model_dump_json()).products == plan.products


def test_each_of_several_needs_its_own() -> None:
    protocols = [get_protocol("mesobotox"), get_protocol("hyaluronic-acid")]
    request = CourseRequest.read({"protocol": ["mesobotox*1", "hyaluronic-acid*3"]})
    assert needs(plan_combined(protocols, request, as_of=AS_OF)) == [("B", "1", "ml", 3, "3")]
