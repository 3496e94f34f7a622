"""How late the first sessions of treatments may begin beside each other, worked by hand."""

import pytest

from meso_schedule import CoursePlan, CourseRequest, NoCalendarFits, Protocol, plan_combined
from tests.support.samples import ASSUMED, EVERY_DAY, Table, clinic, on, protocol

AS_OF = on("2026-11-22")


def course(name: str, apart: str = "", sessions: int = 1, **more: object) -> Protocol:
    """Return a weekly course that keeps a distance to every other of this file."""
    counts = {"minimum": 1, "usual": sessions, "maximum": 9, "minutes": 45, **ASSUMED}
    rules = [
        {"other": other, "minimum": apart, "minimum_before": apart, **ASSUMED}
        for other in ("one", "two", "three")
        if apart and other != name
    ]
    return protocol(id=name, name=name.upper(), sessions=counts, spacing=rules, **more)


def plan(*protocols: Protocol, shut: str = "", **asked: object) -> CoursePlan:
    first, _, last = shut.partition("..")
    closures = [{"from": first, "to": last, "reason": "works"}] if shut else []
    request = CourseRequest.model_validate({"start": "2026-12-01", **asked})
    where = clinic(hours=EVERY_DAY, closures=closures)
    return plan_combined(protocols, request, clinic=where, as_of=AS_OF)


def test_a_first_session_past_its_own_days_is_said() -> None:
    """1 December and two weeks: the 15th, a day after the last one that it had alone."""
    made = plan(course("one", "14 days"), course("two"))
    assert [finding.label for finding in made.findings if finding.kind == "start_widened"] == ["B"]
    message = next(it.message for it in made.findings if it.kind == "start_widened")
    assert "TWO begins after 2026-12-14" in message
    near = plan(course("one", "7 days"), course("two"))
    assert not [finding for finding in near.findings if finding.kind == "start_widened"]
    asked = plan(course("one", "14 days"), course("two"), start_within=14)
    assert not [finding for finding in asked.findings if finding.kind == "start_widened"]


@pytest.mark.parametrize(
    ("shut", "asked"),
    [
        # The other is six weeks away, so nothing but the closure is in the way.
        ("2026-12-01..2026-12-14", {"protocol": ["one", "two@2027-01-15"]}),
        # Both would be pushed.
        ("2026-12-01..2026-12-14", {}),
        # The other is near enough to widen the window, but alone it is a no already.
        ("2026-12-01..2026-12-14", {"protocol": ["one", "two@2026-12-10"]}),
        ("2026-12-01..2026-12-14", {"protocol": ["two@2026-12-10", "one"]}),
        ("2027-01-01..2027-01-14", {"protocol": ["one", "two@2027-01-01"]}),
    ],
)
def test_what_closed_days_alone_push_out_stays_a_no(shut: str, asked: Table) -> None:
    names = [text.partition("@")[0] for text in asked.get("protocol", ["one", "two"])]
    with pytest.raises(NoCalendarFits):
        plan(*(course(name, "14 days") for name in names), shut=shut, **asked)
