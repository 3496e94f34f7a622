"""What is assessed of the skin, and what it makes of the sessions: histories worked by hand.

The rule: 4 sessions 7 to 10 days apart, 2 of 14 to 21 days after improvement, then monthly; 8 in
all, every weekday open. Verdict and phase of the last session held, and the days that are
foreseen, are counted on a calendar. A recommended day on a Saturday is shared between two
sessions: 1 + 1 squared is less than 0 + 4.
"""

import pytest

from meso_schedule import CourseRequest, NoCalendarFits, plan_combined, plan_course
from meso_schedule.course.history import Verdict
from meso_schedule.course.improvement import Assessment, Improvement
from meso_schedule.evaluation.evaluate import standing_of
from meso_schedule.planner import readings
from meso_schedule.search.task import OutOfWork
from tests.support.samples import days, on, phase, protocol

RULE = protocol(
    phases=[
        phase("7 days", "10 days", name="weekly", sessions=4),
        phase("14 days", "21 days", name="fortnightly", sessions=2, after_improvement=True),
        phase("1 month", "6 weeks", name="monthly", after_improvement=True),
    ],
    sessions={"minimum": 1, "usual": 8, "maximum": 15, "minutes": 45, "assumption": "a test"},
)
FOUR = "2026-12-01 2026-12-08 2026-12-15 2026-12-22"
NONE: dict[str, str] = {}


@pytest.mark.parametrize(
    ("held", "said", "last", "dates"),
    [
        (FOUR, NONE, "on schedule weekly", "01-05 01-19 02-19 03-19"),
        (f"{FOUR} 2026-12-29", {"yes": "2026-12-29"}, "on schedule weekly", "01-12 01-26 02-26"),
        (
            f"{FOUR} 2027-01-05",
            {"yes": "2027-01-05"},
            "on schedule fortnightly",
            "01-19 02-19 03-19",
        ),
        (
            f"{FOUR} 2027-01-05 2027-01-19",
            {"yes": "2027-01-19"},
            "on schedule fortnightly",
            "02-19 03-19",
        ),
        (
            "2026-12-01 2026-12-08",
            {"yes": "2026-12-08"},
            "on schedule weekly",
            "12-22 01-05 02-05 03-05 04-05 05-05",
        ),
        (
            f"{FOUR} 2026-12-29 2027-01-05",
            {"no": "2026-12-22", "yes": "2027-01-05"},
            "on schedule weekly",
            "01-19 02-02",
        ),
        (f"{FOUR} 2026-12-29", NONE, "on schedule weekly", "01-12 01-26 02-26"),
        (f"{FOUR} 2027-01-05", NONE, "on schedule fortnightly", "01-19 02-19 03-19"),
        (f"{FOUR} 2027-01-04", NONE, "on schedule weekly", "01-18 02-01 03-01"),
        (f"{FOUR} 2027-01-12", NONE, "on schedule fortnightly", "01-26 02-26 03-26"),
        (f"{FOUR} 2027-01-13", NONE, "late fortnightly", "01-28 03-01 04-01"),
        (f"{FOUR} 2026-12-28", NONE, "too soon weekly", "01-11 01-25 02-25"),
        (
            f"{FOUR} 2026-12-29",
            {"yes": "2026-12-22"},
            "too soon fortnightly",
            "01-12 02-12 03-12",
        ),
        (
            f"{FOUR} 2027-01-05",
            {"yes": "2026-12-29"},
            "on schedule fortnightly",
            "01-19 02-19 03-19",
        ),
        (f"{FOUR} 2027-01-05", {"no": "2026-12-22"}, "late weekly", "01-12 01-19 01-26"),
        (FOUR, {"no": "2026-12-22"}, "on schedule weekly", "12-29 01-05 01-12 01-19"),
        (FOUR, {"unclear": "2026-12-22"}, "on schedule weekly", "01-05 01-19 02-19 03-19"),
        (
            "2026-12-01 2026-12-08",
            {"yes": "2026-12-01"},
            "too soon fortnightly",
            "12-22 01-22 02-22 03-22 04-23 05-24",
        ),
        (
            "2026-12-01",
            {"yes": "2026-12-01"},
            "on schedule weekly",
            "12-15 12-29 01-29 03-01 04-02 05-03 06-03",
        ),
        (
            "2026-12-01 2026-12-08 2026-12-15 2026-12-29",
            {"yes": "2026-12-15"},
            "on schedule fortnightly",
            "01-12 02-12 03-12 04-12",
        ),
        (
            f"{FOUR} 2026-12-29 2027-01-05 2027-01-19",
            {"yes": "2027-01-05"},
            "on schedule fortnightly",
            "02-02",
        ),
        (f"{FOUR} 2027-01-05 2027-01-12", NONE, "on schedule weekly", "01-26 02-26"),
        (
            f"{FOUR} 2027-01-05",
            {"no": "2027-01-05"},
            "on schedule fortnightly",
            "01-12 01-19 01-26",
        ),
        (
            f"{FOUR} 2027-01-05 2027-01-12",
            {"no": "2027-01-05", "yes": "2027-01-12"},
            "on schedule weekly",
            "01-26 02-26",
        ),
        (
            f"{FOUR} 2027-01-05 2027-01-19 2027-02-19",
            {"yes": "2027-02-19"},
            "on schedule monthly",
            "03-19",
        ),
        (FOUR, {"yes": "2026-12-23"}, "on schedule weekly", "01-05 01-19 02-19 03-19"),
        (f"{FOUR} 2026-12-29", {"no": "2026-12-29"}, "on schedule weekly", "01-05 01-12 01-19"),
        (
            f"{FOUR} 2027-01-11",
            {"yes": "2027-01-11"},
            "on schedule fortnightly",
            "01-25 02-25 03-25",
        ),
    ],
)
def test_a_history_is_judged_and_goes_on(
    held: str, said: dict[str, str], last: str, dates: str
) -> None:
    names = {"yes": "improved_on", "no": "not_improved_on", "unclear": "unclear_on"}
    words = {names[answer]: day for answer, day in said.items()}
    as_of = max(*days(held), *(on(day) for day in said.values()), on("2026-12-01"))
    request = CourseRequest.read({"held": held.split(), "sessions": 8, **words})
    plan = plan_course(RULE, request, as_of=as_of)
    entry = plan.history[-1]
    assert f"{entry.verdict} {entry.phase}" == last
    assert [f"{session.date:%m-%d}" for session in plan.sessions] == dates.split()


def test_no_later_word_makes_a_verdict_worse() -> None:
    """Improved on 22 Dec, corrected to no on 12 Jan: 5 Jan was held as booked."""
    before = Assessment(on("2026-12-22"), "yes", entered=5, since=5, until=7)
    after = Assessment(on("2026-12-22"), "no", entered=5, since=7)
    held = days(f"{FOUR} 2027-01-05")
    improvement = Improvement((before, after))
    found = standing_of(
        RULE, held, improvement, as_of=on("2027-01-12"), sessions=8, recorded=(1, 2, 3, 4, 6)
    )
    assert found.history[-1].verdict == "on schedule"
    unrecorded = standing_of(RULE, held, improvement, as_of=on("2027-01-12"), sessions=8)
    assert unrecorded.history[-1].verdict == "late"


def test_an_undecided_session_may_be_put_before_the_conditional_minimum() -> None:
    held = tuple(days(FOUR))
    request = CourseRequest.read({"held": held, "sessions": 8, "pin": ["5=2026-12-30"]})
    plan = plan_course(RULE, request, as_of=on("2026-12-22"))
    assert [f"{session.date:%m-%d}" for session in plan.sessions] == [
        "12-30",
        "01-13",
        "01-28",
        "03-01",
    ]
    assert plan.sessions[0].phase == "weekly"


def fifth_and_sixth(pin: str) -> list[str]:
    request = CourseRequest.read({"held": FOUR.split(), "sessions": 8, "pin": [pin]})
    plan = plan_course(RULE, request, as_of=on("2026-12-22"))
    return [f"{it.date:%m-%d} {it.phase}" for it in plan.sessions[:2]]


def test_after_a_free_session_the_reading_that_has_a_calendar_stands() -> None:
    """Two fortnightly steps from 22 Dec end on 19 Jan: before it the pinned one is weekly."""
    assert fifth_and_sixth("6=2027-01-12") == ["01-05 fortnightly", "01-12 weekly"]
    assert fifth_and_sixth("6=2027-01-19") == ["01-05 fortnightly", "01-19 fortnightly"]


def test_readings_that_take_too_much_work_are_left_as_foreseen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_end(*_: object) -> None:
        raise OutOfWork

    monkeypatch.setattr(readings, "solve", no_end)
    assert fifth_and_sixth("6=2027-01-19") == ["01-05 fortnightly", "01-19 fortnightly"]
    with pytest.raises(NoCalendarFits):
        fifth_and_sixth("6=2027-01-12")


@pytest.mark.parametrize("day", ["2026-12-28", "2027-01-13"])
def test_an_undecided_session_cannot_be_outside_both_windows(day: str) -> None:
    asked = {"held": FOUR.split(), "sessions": 8, "pin": [f"5={day}"]}
    with pytest.raises(NoCalendarFits):
        plan_course(RULE, CourseRequest.read(asked), as_of=on("2026-12-22"))


def test_of_two_tapers_begun_two_weeks_apart_the_other_is_untouched() -> None:
    both = [RULE, RULE.model_copy(update={"id": "other", "areas": ("scalp",)})]
    later = "2026-12-15 2026-12-22 2026-12-29 2027-01-05"
    held = [f"{RULE.id}:{day}" for day in FOUR.split()] + [f"other:{day}" for day in later.split()]
    asked = {"protocol": [f"{rule.id}*8" for rule in both], "held": held, "days": ["tue"]}

    def found(**said: object) -> list[tuple[list[str], set[bool], list[Verdict]]]:
        request = CourseRequest.read(asked | said)
        plan = plan_combined(both, request, as_of=on("2027-01-05"))
        rows = []
        for rule in both:
            own = [session for session in plan.sessions if session.protocol == rule.id]
            verdicts = [it.verdict for it in plan.history if it.label == own[0].label]
            rows.append(([str(it.date) for it in own], {it.provisional for it in own}, verdicts))
        return rows

    undecided, assessed = found(), found(improved_on=[f"{RULE.id}:2026-12-22"])
    assert assessed[1] == undecided[1]
    assert (undecided[0][1], assessed[0][1], assessed[1][1]) == ({True}, {False}, {True})
