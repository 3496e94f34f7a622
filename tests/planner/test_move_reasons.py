"""The reason for a move names the cause: the clinic, the patient, a calendar, a clock, a rule.

The course is weekly (7 to 10 days), held on Tuesday 1 December 2026; session 2 is booked for the
8th at 10:00 and session 3 for the 15th at 10:00. Each session takes 45 minutes.
"""

from typing import Any

import pytest

from meso_schedule import BookedSession, Clinic, CourseRequest, Replan, replan_course
from tests.support.samples import ASSUMED, WEEK, clinic, on, phase, protocol

COURSE = protocol(phases=[phase("7 days", "10 days", name="weekly")])
AFTERNOON = "the patient's hours, 12:00-16:00, do not hold its time"
LONG = dict.fromkeys(WEEK, "08:00-20:00")


def booking(number: int, day: str, start: str | None = "10:00") -> BookedSession:
    return BookedSession.read({"number": number, "date": day, "start": start})


def replanned(house: Clinic | None = None, *booked: BookedSession, **asked: Any) -> Replan:
    request = CourseRequest.read({"held": "2026-12-01", "sessions": 3} | asked)
    booked = booked or (booking(2, "2026-12-08"), booking(3, "2026-12-15"))
    return replan_course(
        COURSE, request, booked, clinic=house or clinic(hours=LONG), as_of=on("2026-12-02")
    )


def why(made: Replan) -> dict[int, tuple[str, ...]]:
    return {change.number: change.why for change in made.changes}


@pytest.mark.parametrize(
    ("changed", "asked", "told"),
    [
        (
            {},
            {"between": "12:00-16:00"},
            [AFTERNOON],
        ),
        (
            {},
            {"between": ["tue:11:00-12:00", "tue:15:00-16:00", "08:00-20:00"]},
            ["the patient's hours, 11:00-12:00 or 15:00-16:00, do not hold its time"],
        ),
        # It begins in time and would end five minutes late.
        (
            {},
            {"between": "09:00-10:40"},
            ["the patient's hours, 09:00-10:40, do not hold its time"],
        ),
        (
            {"hours": dict.fromkeys(WEEK, "11:00-20:00")},
            {},
            ["the opening hours no longer hold its time"],
        ),
        (
            {"hours": dict.fromkeys(WEEK, "11:00-20:00")},
            {"between": "12:00-16:00"},
            [
                "the opening hours no longer hold its time",
                AFTERNOON,
            ],
        ),
        ({}, {"busy": "2026-12-08T10:30/2026-12-08T11:00"}, ["its time is busy"]),
        (
            {},
            {"busy": "2026-12-08T10:30/2026-12-08T11:00", "between": "12:00-16:00"},
            [AFTERNOON, "its time is busy"],
        ),
        ({}, {"days": ["wed", "thu"]}, ["the patient cannot come on Tuesdays"]),
        ({}, {"away": "2026-12-08"}, ["the patient is away 2026-12-08"]),
        (
            {"closures": [{"from": "2026-12-08", "to": "2026-12-08", "reason": "Painters"}]},
            {},
            ["Painters"],
        ),
        (
            {},
            {"busy": "2026-12-08T00:00/2026-12-09T00:00"},
            ["busy: no 45 minutes are free"],
        ),
        ({}, {"hours_of_tuesday": None}, ["closed on Tuesdays"]),
    ],
)
def test_the_cause_is_named(
    changed: dict[str, Any], asked: dict[str, Any], told: list[str]
) -> None:
    if "hours_of_tuesday" in asked:
        changed, asked = {"hours": {day: it for day, it in LONG.items() if day != "tue"}}, {}
    made = replanned(clinic(**{"hours": LONG} | changed), **asked)
    assert why(made)[2] == tuple(told)


def test_a_clock_put_forward() -> None:
    """On 28 March 2027 the clocks of London go from 01:00 to 02:00."""
    house = clinic(hours=dict.fromkeys(WEEK, "00:00-24:00"))
    request = CourseRequest.read({"held": "2027-03-21", "sessions": 2})
    booked = [booking(2, "2027-03-28", "01:30")]
    made = replan_course(COURSE, request, booked, clinic=house, as_of=on("2027-03-22"))
    assert why(made) == {2: ("the clock is put forward over its time",)}


def test_a_finish_by_and_a_spacing() -> None:
    late = (booking(2, "2026-12-11"), booking(3, "2026-12-21"))
    ends = replanned(None, *late, finish_by="2026-12-18")
    assert why(ends)[3] == ("after 2026-12-18, the day to finish by",)
    beside = replanned(None, other="mesobotox face 2026-11-25")
    assert why(beside)[2] == ("less than 2 weeks after MesoBotox on 2026-11-25",)


def test_a_phase_that_starts_again() -> None:
    rule = protocol(
        phases=[phase("7 days", "10 days", name="weekly", lapse="14 days", lapse_action="restart")]
    )
    request = CourseRequest.read({"held": "2026-12-01", "sessions": 2})
    booked = [booking(1, "2027-01-29", None)]
    made = replan_course(rule, request, booked, clinic=clinic(hours=LONG), as_of=on("2027-01-04"))
    # It may start again within 13 days of the day of planning: up to the 17th.
    assert why(made)[1] == ("outside the days on which its phase may start again",)


@pytest.mark.parametrize(
    ("asked", "number", "day", "told"),
    [
        ({"top_ups": 1}, 3, "2027-03-08", "no day is left for session 3"),
        ({"until": "2027-06-01"}, 3, "2027-03-08", "no day is left for session 3"),
        ({"until": "2027-02-01"}, 3, "2027-03-08", "after 2027-02-01, the last day of the top-ups"),
        ({"top_ups": 1}, 4, "2027-06-08", "session 2 is the last: 4 is not needed"),
    ],
)
def test_a_top_up_that_is_dropped(asked: dict[str, Any], number: int, day: str, told: str) -> None:
    """From three to four months after 8 December 2026 the patient is away."""
    top_up = {"minimum": "3 months", "maximum": "4 months", **ASSUMED}
    rule = protocol(phases=[phase("7 days", "10 days", name="weekly")], top_up=top_up)
    request = CourseRequest.read(
        {"held": ["2026-12-01", "2026-12-08"], "sessions": 2, "away": "2027-02-20..2027-04-20"}
        | asked
    )
    made = replan_course(
        rule, request, [booking(number, day)], clinic=clinic(hours=LONG), as_of=on("2026-12-09")
    )
    assert [(change.kind, change.why) for change in made.changes] == [("dropped", (told,))]
