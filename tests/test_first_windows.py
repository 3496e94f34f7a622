"""How late the first sessions of treatments may begin beside each other, worked by hand."""

import pytest

from meso_schedule import CoursePlan, CourseRequest, NoCalendarFits, Protocol, plan_combined
from tests.samples import ASSUMED, EVERY_DAY, Table, clinic, on, protocol

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


def windows(made: CoursePlan) -> list[str]:
    firsts = [visit for visit in made.sessions if visit.number == 1]
    return [
        f"{it.label} {it.date:%m-%d} of {it.window.earliest:%m-%d}..{it.window.latest:%m-%d}"
        for it in sorted(firsts, key=lambda visit: visit.mark)
    ]


def widened(made: CoursePlan) -> list[str | None]:
    return [finding.label for finding in made.findings if finding.kind == "start_widened"]


@pytest.mark.parametrize(
    ("apart", "asked", "expected", "said"),
    [
        # Each may have to wait for the other: the first day for it is the 15th.
        ("14 days", {}, ["A 12-01 of 12-01..12-28", "B 12-15 of 12-01..12-28"], ["B"]),
        ("7 days", {}, ["A 12-01 of 12-01..12-21", "B 12-08 of 12-01..12-21"], []),
        # Nothing is near the other.
        (
            "14 days",
            {"protocol": ["one", "two@2027-01-15"]},
            ["A 12-01 of 12-01..12-14", "B 01-15 of 01-15..01-28"],
            [],
        ),
        # The other begins nine days later: 24 December keeps the distance to it, 15 to this one.
        (
            "14 days",
            {"protocol": ["one", "two@2026-12-10"]},
            ["A 12-01 of 12-01..01-06", "B 12-15 of 12-10..12-28"],
            [],
        ),
        # What is asked for is kept to the day.
        (
            "7 days",
            {"start_within": 7},
            ["A 12-01 of 12-01..12-08", "B 12-08 of 12-01..12-08"],
            [],
        ),
    ],
)
def test_the_distance_to_others_widens_a_first_window(
    apart: str, asked: Table, expected: list[str], said: list[str]
) -> None:
    made = plan(course("one", apart), course("two"), **asked)
    assert windows(made) == expected
    assert widened(made) == said


def test_three_wait_for_each_other() -> None:
    """1, 15 and 29 December: each may be the last, and as late as thirteen days after."""
    made = plan(course("one", "14 days"), course("two", "14 days"), course("three"))
    assert windows(made) == [
        "A 12-01 of 12-01..01-11",
        "B 12-15 of 12-01..01-11",
        "C 12-29 of 12-01..01-11",
    ]
    assert widened(made) == ["B", "C"]
    message = next(it.message for it in made.findings if it.kind == "start_widened")
    assert "TWO begins after 2026-12-14" in message


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


def test_a_closure_and_a_distance_together() -> None:
    """Open again on the 10th: the other follows on the 24th, thirteen days after its first 15th."""
    made = plan(course("one", "14 days"), course("two"), shut="2026-12-01..2026-12-09")
    assert windows(made) == ["A 12-10 of 12-01..12-28", "B 12-24 of 12-01..12-28"]


def test_sessions_held_of_another_are_kept_from() -> None:
    """Held on 20 November: 4 December keeps the distance, thirteen days more are the 17th."""
    made = plan(
        course("one", "14 days", sessions=2),
        course("two"),
        held=["one:2026-11-20"],
        protocol=["one", "two@2026-12-01"],
    )
    (first,) = [visit for visit in made.sessions if visit.label == "B"]
    assert (first.window.earliest, first.window.latest) == (on("2026-12-01"), on("2026-12-17"))
