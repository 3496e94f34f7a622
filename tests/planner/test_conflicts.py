"""The honest no: conflict, reasons, and ways out worked by hand."""

from datetime import date
from typing import Any

import pytest

from meso_schedule import Clinic, CourseRequest, NoCalendarFits, Protocol, get_protocol, plan_course
from tests.support.planning import days
from tests.support.samples import no_of

AS_OF = date(2026, 11, 22)


def refusal(protocol: str = "cellulite", **request: Any) -> NoCalendarFits:
    clinic = request.pop("clinic", None)
    asked = CourseRequest.read(request)
    return no_of(plan_course, get_protocol(protocol), asked, clinic=clinic, as_of=AS_OF)


def ways(error: NoCalendarFits) -> list[tuple[str, str | None, int | None]]:
    return [(way.kind, way.option, way.cost_days) for way in error.relaxations]


def test_absence_longer_than_the_window() -> None:
    # Weekly, 7 to 10 days: from Tuesday 1 December the second session is due 8 to 11 December.
    error = refusal(start="2026-12-01", start_within=0, sessions=3, away="2026-12-07..2026-12-13")
    conflict = error.conflict
    assert conflict.session == 2
    assert (conflict.window.earliest, conflict.window.latest) == (
        date(2026, 12, 8),
        date(2026, 12, 11),
    )
    assert [day.date for day in conflict.blocked] == days(
        "2026-12-08 2026-12-09 2026-12-10 2026-12-11"
    )
    assert {day.reason for day in conflict.blocked} == {
        "the patient is away 2026-12-07..2026-12-13"
    }
    # Free Tuesday 8: one day. Three days late reach Monday 14. From Friday 4 the window 11 to 14
    # December holds Monday 14, so does that from Monday 30 November? No: 7 to 10 December.
    assert ways(error) == [
        ("away", "--away 2026-12-07 --away 2026-12-09..2026-12-13", 1),
        ("late", "--late 3", 3),
        ("start", "--start 2026-12-04", 3),
    ]
    assert str(error) == (
        "No calendar fits: session 2 has no usable day from 2026-12-08 to 2026-12-11."
    )
    assert error.faults[0].remedy == "Come on 2026-12-08 after all."


@pytest.mark.parametrize(
    ("asked", "kinds"),
    [
        (
            {"start_within": 0, "sessions": 3, "away": "2026-12-07..2026-12-13"},
            ["away", "late", "start"],
        ),
        ({"sessions": 3, "finish_by": "2026-12-14"}, ["start", "finish_by"]),
        ({"sessions": 8, "start_within": 0, "event": "2027-01-04"}, ["event", "sessions"]),
        ({"sessions": 3, "days": ["sat"]}, ["days"]),
        ({"sessions": 3, "between": ["tue:17:30-20:00", "09:00-09:30"]}, ["between"]),
    ],
)
def test_a_way_out_carries_its_change(asked: dict[str, Any], kinds: list[str]) -> None:
    request = CourseRequest.read({"start": "2026-12-01", **asked})
    error = refusal(start="2026-12-01", **asked)
    assert [way.kind for way in error.relaxations] == kinds
    for way in error.relaxations:
        changed = request.model_copy(update=dict(way.change))
        assert plan_course(get_protocol("cellulite"), changed, as_of=AS_OF).sessions, way.option


def test_the_patients_own_weekdays_and_hours() -> None:
    # Open Monday to Friday, 9 to 17: weekly Tuesdays from 1 December are what is lost least.
    days = "2026-12-01; 2026-12-08; 2026-12-15"
    error = refusal(start="2026-12-01", sessions=3, days=["sat"])
    assert ways(error) == [("days", "--days tue,sat", 3)]
    assert error.relaxations[0].message == f"Come on other weekdays: {days}."
    error = refusal(start="2026-12-01", sessions=3, between=["tue:17:30-20:00", "18:00-19:00"])
    option = "--between 18:00-19:00 --between tue:09:00-17:00"
    assert ways(error) == [("between", option, 3)]
    assert error.relaxations[0].message == f"Come at other hours: {days}."


def test_all_hours_of_a_weekday_are_a_way_out() -> None:
    hours = {"tue": ["09:00-13:00", "14:00-18:00"]}
    clinic = Clinic.read({"name": "C", "timezone": "Europe/London", "hours": hours})
    error = refusal(start="2026-12-01", sessions=3, between=["06:00-06:30"], clinic=clinic)
    option = "--between 06:00-06:30 --between tue:09:00-13:00 --between tue:14:00-18:00"
    assert ("between", option, 3) in ways(error)


def test_whole_absence_freed_leaves_no_argument() -> None:
    error = refusal(
        start="2026-12-01", start_within=0, sessions=3,
        away=["2026-12-08", "2026-12-09", "2026-12-10", "2026-12-11"], days=["tue", "wed"],
    )  # fmt: skip
    option = next(way.option for way in error.relaxations if way.kind == "away")
    assert option == "--away 2026-12-09 --away 2026-12-10 --away 2026-12-11"
    single = refusal(start="2026-12-01", start_within=0, sessions=3, away="2026-12-01")
    assert ("away", "", 1) in ways(single)


def test_finish_by_and_event_too_near() -> None:
    # Three weekly sessions take 14 days at least: Tuesday 1, 8, 15 December.
    error = refusal(start="2026-12-01", sessions=3, finish_by="2026-12-14")
    assert error.conflict.session == 3
    # All starts from 1 to 14 December reach session 2 by the 14th at the latest.
    assert error.conflict.blocked[0].date == date(2026, 12, 15)
    assert error.conflict.blocked[0].reason == "after 2026-12-14, the day to finish by"
    assert ways(error) == [
        ("start", "--start 2026-11-30", 1),
        ("finish_by", "--finish-by 2026-12-15", 1),
    ]
    # Swelling wants three days before the event: 15 + 3 = 18 December.
    error = refusal(start="2026-12-01", sessions=3, event="2026-12-17")
    assert error.conflict.blocked[0].reason == "less than 3 days before the event on 2026-12-17"
    assert ("event", "--event 2026-12-18", 1) in ways(error)


def test_event_before_which_nothing_can_be_held() -> None:
    error = refusal(sessions=3, event="2026-11-23")
    assert error.conflict.session == 1
    assert [day.date for day in error.conflict.blocked] == [AS_OF]
    # Planned back, the first session is Monday 23 November, the last 7 December.
    assert ways(error) == [("event", "--event 2026-12-10", 17)]


def test_event_further_away_than_a_year_of_shifts_is_no_way_out() -> None:
    error = refusal("mesobotox", event="2026-12-07", sessions=12)
    assert [way.kind for way in error.relaxations] == ["sessions"]


def test_event_whose_settling_passes_the_year_is_no_way_out() -> None:
    # Monday 23 November, 23 February, 24 May (90 days), 24 August, 24 November 2027, and two
    # weeks to settle: 367 days after the event.
    error = refusal("mesobotox", event="2026-12-06", sessions=5)
    assert "event" not in [way.kind for way in error.relaxations]
    error = refusal("mesobotox", event="2026-12-07", sessions=5)
    assert ("event", "--event 2027-12-08", 366) in ways(error)


def test_window_that_lapses_before_it_opens_is_told() -> None:
    packaged = get_protocol("mesobotox").model_dump(mode="json", exclude_none=True)
    # 30 days after 31 January are 2 March; a month has lapsed on the 1st.
    packaged["phases"][0] |= {"minimum": "30 days", "recommended": "30 days"}
    packaged["phases"][0] |= {"maximum": "30 days", "lapse": "1 month"}
    asked = CourseRequest(start=date(2027, 1, 31), start_within=0, sessions=2)
    week = {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    daily = Clinic.read({"name": "Daily", "timezone": "UTC", "hours": week})
    error = no_of(plan_course, Protocol.read(packaged), asked, clinic=daily, as_of=AS_OF)
    conflict = error.conflict
    assert [(str(day.date), day.reason) for day in conflict.blocked] == [
        ("2027-03-02", "past the lapse, 1 month")
    ]
    assert (conflict.session, conflict.window.earliest) == (2, date(2027, 3, 2))


def test_finish_further_away_than_a_year_is_no_way_out() -> None:
    error = refusal("mesobotox", start="2026-12-01", sessions=12, finish_by="2026-12-31")
    assert [way.kind for way in error.relaxations] == ["sessions"]


def test_both_ends_bound_each_other() -> None:
    error = refusal(start="2026-12-01", sessions=3, finish_by="2026-12-14", event="2026-12-16")
    # Either end alone would still be stopped by the other.
    assert [way.kind for way in error.relaxations] == ["start"]


def test_closures_give_the_lines_to_add() -> None:
    clinic = Clinic.read(
        {
            "name": "Example Clinic",
            "timezone": "Europe/London",
            "hours": {"tue": ["09:00-12:00", "14:00-18:00"]},
            "holidays": {"country": "GB", "subdivision": "ENG"},
            "closures": [{"from": "2026-12-08", "to": "2026-12-09"}],
        }
    )
    error = refusal(start="2026-12-01", start_within=0, sessions=3, clinic=clinic)
    way = next(way for way in error.relaxations if way.kind == "closure")
    assert (way.option, way.cost_days) == (None, 1)
    assert way.message.endswith(
        '[[openings]]\ndate = "2026-12-08"\nhours = ["09:00-12:00", "14:00-18:00"]'
    )


def test_pinned_day_outside_its_window() -> None:
    error = refusal(start="2026-12-01", start_within=0, sessions=3, pin="2=2026-12-15")
    assert error.conflict.session == 2
    assert {day.reason for day in error.conflict.blocked} == {"session 2 is pinned to 2026-12-15"}


def test_fewer_sessions_never_below_the_minimum_or_a_pin() -> None:
    asked: dict[str, Any] = {
        "start": "2026-12-01",
        "start_within": 0,
        "away": "2026-12-24..2027-01-10",
    }
    error = refusal(sessions=6, **asked)
    assert ("sessions", "--sessions 4", None) in ways(error)
    assert "Plan 4 sessions instead of 6." in [way.message for way in error.relaxations]
    pinned = refusal(sessions=6, pin="6=2027-01-12", **asked)
    assert "sessions" not in [way.kind for way in pinned.relaxations]
    least = refusal("mesobotox", start="2026-12-01", sessions=2, finish_by="2026-12-31")
    assert ("sessions", "--sessions 1", None) in ways(least)


def test_clinic_that_never_opens_has_no_way_out() -> None:
    closed = Clinic.read({"name": "Closed", "timezone": "UTC", "hours": {}})
    error = refusal(start="2026-12-01", sessions=3, clinic=closed)
    assert error.relaxations == ()
    assert error.faults[0].remedy == "Change the rules asked for."
    assert len(error.conflict.blocked) == 14
    assert error.conflict.blocked[0].reason == "closed on Tuesdays"


def test_start_is_never_moved_before_the_day_of_asking() -> None:
    error = refusal(start="2026-11-23", sessions=3, finish_by="2026-12-06")
    assert ways(error) == [("finish_by", "--finish-by 2026-12-07", 1)]


def test_absence_that_is_not_in_the_way_is_no_way_out() -> None:
    error = refusal(start="2026-12-01", sessions=3, finish_by="2026-12-10", away="2026-12-24")
    assert "away" not in [way.kind for way in error.relaxations]
