"""How late the first sessions of treatments may begin beside each other, worked by hand."""

from typing import Any

import pytest

from meso_schedule import CoursePlan, CourseRequest, NoCalendarFits, Protocol, plan_combined
from tests.support import samples
from tests.support.samples import ASSUMED, EVERY_DAY, FREE, Table, clinic, dated, on, phase

AS_OF = on("2026-11-22")


def course(name: str, apart: str = "", sessions: int = 1, **more: Any) -> Protocol:
    """Return a weekly course that keeps a distance to every other of this file."""
    rules = [
        {"other": other, "minimum": apart, "minimum_before": apart, **ASSUMED}
        for other in ("one", "two", "three")
        if apart and other != name
    ]
    return samples.course(name, sessions, spacing=rules or FREE, **more)


def plan(*protocols: Protocol, shut: str = "", **asked: object) -> CoursePlan:
    first, _, last = shut.partition("..")
    closures = [{"from": first, "to": last, "reason": "works"}] if shut else []
    request = CourseRequest.read({"start": "2026-12-01", **asked})
    where = clinic(hours=EVERY_DAY, closures=closures)
    return plan_combined(protocols, request, clinic=where, as_of=AS_OF)


def windows(made: CoursePlan) -> str:
    """Return each first session with the last day of its window."""
    first = [it for it in made.sessions if it.number == 1]
    return " ".join(f"{it.mark}:{it.date:%m-%d}<={it.window.latest:%m-%d}" for it in first)


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


TIGHT = [phase("7 days", "7 days")]
SHUT = "2026-12-02..2026-12-"


@pytest.mark.parametrize(
    ("protocols", "asked", "expected"),
    [
        # The first day two weeks after 1 December is the 15th; 13 days more are the 28th.
        ([course("one", "14 days"), course("two")], {}, "A1:12-01<=12-14 B1:12-15<=12-28"),
        (
            [course("one", "14 days"), course("two")],
            {"shut": SHUT + "27"},
            "A1:12-01<=12-14 B1:12-28<=12-28",
        ),
        # Where the last day opens later only, one begins later to let the other in.
        (
            [course("one", "14 days"), course("two")],
            {"shut": "2026-12-15..2026-12-28"},
            "A1:12-02<=12-14 B1:12-29<=12-29",
        ),
        # Three sessions a week apart leave no day between them: the 15th and two weeks.
        (
            [course("one", "14 days", 3, phases=TIGHT), course("two")],
            {"pin": ["one:1=2026-12-01"]},
            "A1:12-01<=12-14 B1:12-29<=01-11",
        ),
        # Two of the others, each two weeks from all.
        (
            [course("one", "14 days"), course("two", "14 days"), course("three")],
            {},
            "A1:12-01<=12-14 B1:12-15<=12-28 C1:12-29<=01-11",
        ),
        # There is room before the other: nothing is taken from the first days.
        (
            [course("one", "14 days"), course("two")],
            {"protocol": ["one", "two@2026-12-29"]},
            "A1:12-01<=12-14 B1:12-29<=01-11",
        ),
        # Before the other, which is pinned, no day is left: after it the days are counted.
        (
            [course("one", "14 days"), course("two")],
            {"protocol": ["one@2026-12-10", "two"], "pin": ["two:1=2026-12-12"]},
            "B1:12-12<=12-14 A1:12-26<=01-08",
        ),
        # Days that are asked for count from there, too.
        (
            [course("one", "14 days"), course("two")],
            {"start_within": 0},
            "A1:12-01<=12-01 B1:12-15<=12-15",
        ),
        (
            [course("one", "14 days"), course("two")],
            {"start_within": 20, "shut": SHUT + "20"},
            "A1:12-01<=12-21 B1:12-21<=01-04",
        ),
        # One was held on 22 November and comes on the 29th and 6 December: two weeks later.
        (
            [course("one", "14 days", 3, phases=TIGHT), course("two")],
            {"held": ["one:2026-11-22"], "protocol": ["one", "two@2026-12-01"], "start": None},
            "B1:12-20<=01-02",
        ),
        # No distance, only no day shared.
        ([course("one", "0 days"), course("two")], {}, "A1:12-01<=12-14 B1:12-02<=12-14"),
    ],
)
def test_the_window_counts_from_the_first_day_that_keeps_the_distances(
    protocols: list[Protocol], asked: Table, expected: str
) -> None:
    assert windows(plan(*protocols, **asked)) == expected


@pytest.mark.parametrize(
    ("protocols", "asked"),
    [
        ([course("one", "14 days"), course("two")], {"shut": SHUT + "28"}),
        (
            [course("one", "14 days"), course("two")],
            {"start_within": 0, "shut": "2026-12-15..2026-12-15"},
        ),
    ],
)
def test_a_day_past_that_window_is_a_no(protocols: list[Protocol], asked: Table) -> None:
    with pytest.raises(NoCalendarFits):
        plan(*protocols, **asked)


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


def test_the_first_visit_may_be_later_where_it_pushes_the_others() -> None:
    """One on the 1st pushes two to the 15th; two on the 5th pushes one to the 19th."""
    pair = course("one", "14 days"), course("two")
    made = plan(*pair, protocol=["one", "two@2026-12-05"], start_within=0, alternatives=5)
    assert windows(made) == "A1:12-01<=12-01 B1:12-15<=12-15"
    assert [[f"{day:%m-%d}" for day in it.dates] for it in made.alternatives] == [
        ["12-05", "12-19"]
    ]


def test_a_day_to_share_is_none_where_a_session_held_is_too_near() -> None:
    """With the second of two it would be a day after the first: a week after both is the 9th."""
    rule = {"other": "two", "minimum": "7 days", "minimum_before": "7 days", "same_day": True}
    one = samples.course("one", 1, spacing=[rule | ASSUMED])
    two = course("two", sessions=2, phases=[phase("1 day", "1 day")])
    request = CourseRequest.read(
        {"start": "2026-12-01", "start_within": 3, "held": ["two:2026-12-01"]}
    )
    made = plan_combined(
        [one, two], request, clinic=clinic(hours=EVERY_DAY), as_of=on("2026-12-01")
    )
    assert dated(made) == "B2:12-02 A1:12-09"
    (first,) = (it for it in made.sessions if it.label == "A")
    assert (first.window.latest, first.slack_days) == (on("2026-12-12"), 3)
