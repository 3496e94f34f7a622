"""Other days of the first visit, of one treatment and of several."""

from typing import Any

import pytest

from meso_schedule import CoursePlan, CourseRequest, Protocol, plan_combined
from meso_schedule.output.words.details import alternative_lines
from tests.support import samples
from tests.support.samples import ASSUMED, EVERY_DAY, Table, clinic, on, phase

AS_OF = on("2026-11-22")
OPEN = clinic(hours=EVERY_DAY)


def course(name: str, sessions: int = 2, **more: Any) -> Protocol:
    return samples.course(name, sessions, **{"phases": [phase("7 days", "9 days")], **more})


def plan(*protocols: Protocol, **asked: object) -> CoursePlan:
    table: Table = {"start": "2026-12-01", "start_within": 2, "alternatives": 5, **asked}
    request = CourseRequest.read(table)
    return plan_combined(protocols, request, clinic=OPEN, as_of=AS_OF)


def told(made: CoursePlan) -> list[str]:
    return [
        " ".join(f"{mark}{day:%d}" for mark, day in zip(it.labels or "**", it.dates, strict=False))
        for it in made.alternatives
    ]


@pytest.mark.parametrize(
    ("names", "asked", "expected"),
    [
        ("one", {}, ["*02 *09", "*03 *10"]),
        ("one two", {}, ["A102 B102 A209 B209", "A103 B103 A210 B210"]),
        ("one two", {"pin": ["one:1=2026-12-02"]}, ["A102 B102 A209 B209"]),
        ("one two", {"held": ["one:2026-11-20"]}, None),
    ],
)
def test_the_best_calendar_of_each_other_day(
    names: str, asked: Table, expected: list[str] | None
) -> None:
    shared = [{"other": "two", "minimum": "0 days", "same_day": True, **ASSUMED}]
    made = plan(
        *(course(name, spacing=shared if name == "one" else []) for name in names.split()), **asked
    )
    first = made.sessions[0].date
    if expected is None:
        assert all(min(it.dates) != first for it in made.alternatives)
        return
    assert told(made) == expected


def test_starts_are_those_of_the_visits() -> None:
    shared = [{"other": "two", "minimum": "0 days", "same_day": True, **ASSUMED}]
    made = plan(course("one", 1, spacing=shared), course("two", 1), at="10:00", alternatives=1)
    (other,) = made.alternatives
    starts = [start.strftime("%H:%M") for start in other.starts if start]
    assert (other.labels, starts) == (("A1", "B1"), ["10:00", "10:45"])
    assert other.objective.visits == 1
    assert list(alternative_lines(made)) == [("Wed 2 Dec 2026", "A1 2 Dec, B1 2 Dec")]


def test_a_course_that_is_held_has_no_other_first_day() -> None:
    made = plan(course("one", 1), held=["2026-11-20"], start_within=None, start=None)
    assert (made.sessions, made.alternatives) == ((), ())


def test_what_takes_too_much_work_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meso_schedule.planner.alternatives._MOST_STEPS", -1)
    made = plan(course("one"), course("two"))
    assert made.alternatives == ()
    findings = [it for it in made.findings if it.kind == "not_proved"]
    assert [str(it.message) for it in findings] == [
        f"Whether the first visit could be on {day} took too much work to tell."
        for day in ("2026-12-02", "2026-12-03")
    ]


def test_two_that_share_a_day_do_not_push_each_other_later() -> None:
    # Each may begin on the first three days only; apart, they would keep four days.
    rule = {"other": "two", "minimum": "4 days", "minimum_before": "4 days", "same_area": False}
    made = plan(course("one", 1, spacing=[{**rule, "same_day": True, **ASSUMED}]), course("two", 1))
    assert told(made) == ["A102 B102", "A103 B103"]
