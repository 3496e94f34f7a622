"""The second calendar of an undecided course: histories by hand, and all calendars tried.

The rule: 4 sessions 7 to 10 days apart, 2 of 14 to 21 days after improvement, then monthly; 8 in
all, every weekday open.
"""

from datetime import date
from itertools import product
from typing import Any

import pytest

from meso_schedule import (
    CoursePlan,
    CourseRequest,
    Protocol,
    get_protocol,
    plan_combined,
    plan_course,
)
from meso_schedule.course.course_plan import Session
from meso_schedule.output.terminal.plan_text import screen_text
from meso_schedule.planner import without_improvement
from meso_schedule.search.task import OutOfWork
from tests.support.samples import days, no_of, on, phase, protocol

SESSIONS = {"minimum": 1, "usual": 8, "maximum": 15, "minutes": 45, "assumption": "a test"}


def taper(name: str = "taper", **more: Any) -> Protocol:
    return protocol(
        id=name,
        phases=[
            phase("7 days", "10 days", name="weekly", sessions=4),
            phase("14 days", "21 days", name="fortnightly", sessions=2, after_improvement=True),
            phase("1 month", "6 weeks", name="monthly", after_improvement=True),
        ],
        sessions=SESSIONS,
        **more,
    )


FOUR = "2026-12-01 2026-12-08 2026-12-15 2026-12-22"


def planned(held: str, as_of: str = "2026-12-22", **asked: Any) -> CoursePlan:
    request = CourseRequest.read({"held": held.split(), "sessions": 8, **asked})
    return plan_course(taper(), request, as_of=on(as_of))


def told(sessions: tuple[Session, ...] | None) -> list[str] | None:
    return None if sessions is None else [f"{it.mark} {it.date:%m-%d}" for it in sessions]


@pytest.mark.parametrize(
    ("held", "asked", "expected", "decision"),
    [
        (FOUR, {}, ["5 12-29", "6 01-05", "7 01-12", "8 01-19"], "2026-12-22 4"),
        (FOUR, {"pin": ["5=2026-12-30"]}, ["6 01-06", "7 01-13", "8 01-20"], "2026-12-30 5"),
        (FOUR, {"unclear_on": ["2026-12-22"]}, ["5 12-29", "6 01-05", "7 01-12", "8 01-19"],
         "2026-12-22 4"),
        ("", {"start": "2026-12-01", "improves_after": 6}, ["7 01-12", "8 01-19"],
         "2027-01-05 6"),
    ],
)  # fmt: skip
def test_it_begins_after_the_decision(
    held: str, asked: dict[str, Any], expected: list[str], decision: str
) -> None:
    plan = planned(held, **asked)
    assert told(plan.without_improvement) == expected
    (due,) = plan.assessments
    assert (f"{due.date} {due.after_session}", due.decides) == (decision, True)
    assert plan.findings[0].kind == "undecided"


@pytest.mark.parametrize(
    "asked",
    [
        {"improved_on": ["2026-12-22"]},
        {"not_improved_on": ["2026-12-22"]},
        {"no_improvement": True},
    ],
)
def test_what_is_decided_has_one_calendar(asked: dict[str, Any]) -> None:
    plan = planned(FOUR, **asked)
    assert plan.without_improvement is None
    assert plan.assessments == ()


def test_no_second_calendar_is_said_with_session_and_reason() -> None:
    plan = planned(FOUR, pin=["5=2027-01-05"])
    assert plan.without_improvement is None
    (finding,) = (it for it in plan.findings if it.kind == "without_improvement")
    assert (finding.session, "pinned to 2027-01-05" in finding.message) == (5, True)


def test_no_forecast_but_a_second_calendar_is_a_way_out() -> None:
    error = no_of(planned, FOUR, finish_by="2027-01-20")
    (way,) = (it for it in error.relaxations if it.kind == "no_improvement")
    assert way.option == "--no-improvement"
    plan = planned(FOUR, finish_by="2027-01-20", no_improvement=True)
    assert told(plan.sessions) == ["5 12-29", "6 01-05", "7 01-12", "8 01-19"]


def test_the_way_out_takes_the_place_of_an_improvement_that_was_foreseen() -> None:
    error = no_of(planned, FOUR, finish_by="2027-01-20", improves_after=4)
    (way,) = (it for it in error.relaxations if it.kind == "no_improvement")
    assert way.change == {"no_improvement": True, "improves_after": None}
    assert way.message.startswith("Expect no improvement instead of one after session 4:")
    plan = planned(FOUR, finish_by="2027-01-20", **way.change)
    assert told(plan.sessions) == ["5 12-29", "6 01-05", "7 01-12", "8 01-19"]


def test_a_second_calendar_that_takes_too_much_work_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_end(*_: object) -> None:
        raise OutOfWork

    monkeypatch.setattr(without_improvement, "solve", no_end)
    plan = planned(FOUR)
    assert plan.without_improvement is None
    (finding,) = (it for it in plan.findings if it.kind == "not_proved")
    assert finding.message == "What follows without improvement took too much work to tell."
    assert told(plan.sessions) == ["5 01-05", "6 01-19", "7 02-19", "8 03-19"]


def test_the_result_is_judged_when_the_rules_say() -> None:
    results = {"settle": "7 days", "assess": "30 days", "assumption": "a test"}
    request = CourseRequest.read({"held": FOUR.split(), "sessions": 8})
    plan = plan_course(taper(results=results), request, as_of=on("2026-12-22"))
    assert [(str(it.date), it.after_session, it.decides) for it in plan.assessments] == [
        ("2026-12-22", 4, True),
        ("2027-04-18", 8, False),
    ]
    assert plan.photos == (on("2026-12-01"), on("2026-12-22"), on("2027-04-18"))


@pytest.mark.parametrize(
    ("event", "told"),
    [
        # mesoBotox on 21 December settles by 4 January and is judged on 20 January.
        (
            "2027-01-04",
            ["The event on 2027-01-04 comes before the result is judged, on 2027-01-20."],
        ),
        (
            "2027-01-19",
            ["The event on 2027-01-19 comes before the result is judged, on 2027-01-20."],
        ),
        ("2027-01-20", []),
        (None, []),
    ],
)
def test_an_event_before_the_result_is_judged(event: str | None, told: list[str]) -> None:
    asked = CourseRequest.read({"start": "2026-12-21", "sessions": 1, "event": event})
    plan = plan_course(get_protocol("mesobotox"), asked, as_of=on("2026-12-01"))
    assert str(plan.sessions[-1].date) == "2026-12-21"
    assert [it.message for it in plan.findings if it.kind == "not_judged"] == told
    first_lines = screen_text(plan, width=120)
    assert ("comes before the result is judged" in first_lines) == bool(told)


def test_of_two_tapers_one_assessed_leaves_the_other_as_it_was() -> None:
    """The second begins two weeks later, so that the two never meet in a week."""
    tapers = [taper("rose", areas=["face"]), taper("lily", areas=["legs"])]
    later = [str(date.fromordinal(day.toordinal() + 10)) for day in days(FOUR)]
    held = [*(f"rose:{day}" for day in FOUR.split()), *(f"lily:{day}" for day in later)]
    asked = {"held": held, "protocol": ["rose*8", "lily*8"]}

    def both(**more: Any) -> CoursePlan:
        request = CourseRequest.read(asked | more)
        return plan_combined(tapers, request, as_of=on("2027-01-01"))

    open_, decided = both(), both(improved_on=["rose:2026-12-22"])
    assert [it.label for it in open_.assessments] == ["A", "B"]
    assert [it.label for it in decided.assessments] == ["B"]
    assert any("none has improved" in it.message for it in open_.findings)
    assert {it.label for it in open_.without_improvement or ()} == {"A", "B"}


def test_it_is_the_best_of_all_calendars_without_improvement() -> None:
    """Every sequence of days of the weekly interval, tried one by one."""
    for away in ("2026-12-29", "2027-01-05..2027-01-06", "2026-12-29..2026-12-31"):
        plan = planned(FOUR, sessions=7, away=[away])
        best = min(
            (sum((gap - 7) ** 2 for gap in gaps), dates)
            for gaps in product(range(7, 11), repeat=3)
            for dates in [_after(on("2026-12-22"), gaps)]
            if not any(_is_in(day, away) for day in dates)
        )
        assert plan.without_improvement is not None
        assert tuple(it.date for it in plan.without_improvement) == best[1]


def _after(day: date, gaps: tuple[int, ...]) -> tuple[date, ...]:
    places = [day.toordinal() + sum(gaps[: number + 1]) for number in range(len(gaps))]
    return tuple(map(date.fromordinal, places))


def _is_in(day: date, span: str) -> bool:
    first, _, last = span.partition("..")
    return first <= str(day) <= (last or first)
