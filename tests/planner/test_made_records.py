"""Records that the planner makes without a check are what a check would have made of them."""

from typing import Any

import pytest

from meso_schedule import CoursePlan, CourseRequest, get_protocol, plan_combined
from meso_schedule.course.course_plan import Finding
from tests.benchmarks.floors import records
from tests.support.samples import EVERY_DAY, clinic, on

HOUSE = clinic(
    currency="GBP",
    hours=EVERY_DAY,
    holidays={"country": "GB", "subdivision": "ENG"},
    closures=[{"from": "2026-12-24", "to": "2026-12-28", "reason": "Party"}],
    openings=[{"date": "2026-12-31", "hours": "10:00-14:00"}],
    tax={"name": "VAT", "rate": "20%", "included": True},
    prices={
        "facial-rejuvenation": {
            "session": "180.00",
            "packages": [{"sessions": 3, "price": "480.00"}],
            "deposit": "20%",
            "instalments": 3,
        }
    },
)


@pytest.mark.parametrize("house", [HOUSE, None])
@pytest.mark.parametrize(
    ("names", "asked"),
    [
        ("general", {"at": "10:00", "late": 3}),
        ("facial-rejuvenation", {"top_ups": 2, "budget": "900.00", "alternatives": 2}),
        ("facial-rejuvenation", {"held": ["2026-11-16"], "other": "filler face 2026-10-20"}),
        ("mesoglow", {"no_prices": True, "event": "2027-06-01"}),
        ("facial-rejuvenation mesobotox", {"at": "10:00", "until": "2028-01-01"}),
        ("facial-rejuvenation mesobotox", {"held": ["mesobotox:2026-11-02"]}),
    ],
)
def test_each_is_what_a_check_makes_of_it(names: str, asked: dict[str, Any], house: Any) -> None:
    if house is None and "budget" in asked:
        pytest.skip("nothing has a price")
    request = CourseRequest.read({"start": "2026-12-01", **asked})
    protocols = list(map(get_protocol, names.split()))
    plan = plan_combined(protocols, request, clinic=house, as_of=on("2026-11-22"))
    for kind, fields in records(plan):
        checked = kind(**fields)
        for name, value in fields.items():
            assert getattr(checked, name) == value
            assert type(getattr(checked, name)) is type(value), f"{kind.__name__}.{name}"
    assert CoursePlan.model_validate_json(plan.model_dump_json()) == plan


def test_a_field_that_is_none_is_refused() -> None:
    with pytest.raises(AssertionError, match="Finding has no field"):
        Finding.made(kind="late", message="Late.", seesion=3)
