"""The planner's answers that the oracles do not look at: findings, reasons, budgets, edges."""

import pickle
from datetime import UTC, date, datetime
from typing import Any

import pytest

from meso_schedule import Clinic, CoursePlan, CourseRequest, Protocol, get_protocol, plan_course
from meso_schedule.base.errors import BudgetTooSmallError, CalendarEndError, InputError
from meso_schedule.rules.catalogue import catalogue
from tests.support.planning import days
from tests.support.samples import protocol

AS_OF = date(2026, 11, 22)
WEEK = {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


def clinic(**more: Any) -> Clinic:
    base = {"name": "Example Clinic", "timezone": "Europe/London", "hours": WEEK}
    return Clinic.read({**base, **more})


def plan(protocol: str, *, at_clinic: Clinic | None = None, **request: Any) -> CoursePlan:
    asked = CourseRequest.read(request)
    return plan_course(get_protocol(protocol), asked, clinic=at_clinic, as_of=AS_OF)


def dates(answer: CoursePlan) -> list[date]:
    return [session.date for session in answer.sessions]


def kinds(answer: CoursePlan) -> list[str]:
    return [finding.kind for finding in answer.findings]


def test_taper_forecast_and_no_improvement() -> None:
    # From Tuesday 1 December: weekly, fortnightly, monthly, by the packaged rule.
    usual = plan("general", start="2026-12-01", sessions=7)
    assert dates(usual) == days(
        "2026-12-01 2026-12-08 2026-12-15 2026-12-22 2027-01-05 2027-01-19 2027-02-19"
    )
    assert [session.provisional for session in usual.sessions] == [False] * 4 + [True] * 3
    early = plan("general", start="2026-12-01", sessions=5, improves_after=2)
    assert dates(early) == days("2026-12-01 2026-12-08 2026-12-22 2027-01-05 2027-02-05")
    assert [session.provisional for session in early.sessions] == [False, False, True, True, True]
    never = plan("general", start="2026-12-01", sessions=6, no_improvement=True)
    assert dates(never) == days("2026-12-01 2026-12-08 2026-12-15 2026-12-22 2026-12-29 2027-01-05")
    assert not any(session.provisional for session in never.sessions)
    stretched = plan("general", start="2026-12-01", sessions=6, improves_after=9)
    assert dates(stretched) == dates(never)


def test_christmas_moves_a_session_and_says_why() -> None:
    english = clinic(
        holidays={"country": "GB", "subdivision": "ENG"},
        closures=[{"from": "2026-12-29", "to": "2026-12-30", "reason": "Stocktaking"}],
    )
    answer = plan("cellulite", at_clinic=english, start="2026-12-04", sessions=4, start_within=0)
    # 25 and 28 December are holidays, 26 and 27 a weekend, 29 and 30 closed: the last session
    # is on Thursday 31. The gaps 10, 8 and 9 days cost 9 + 1 + 4 = 14; so do 10, 9 and 8, which
    # are later; from the 11th it would be 7, 10 and 10 days for 18.
    assert dates(answer) == days("2026-12-04 2026-12-14 2026-12-22 2026-12-31")
    assert answer.sessions[3].why == (
        "9 days after the session before; weekly: 7 to 10 days (cellulite-study, overview)",
        "2 days after the recommended Tue 2026-12-29",
        "Tue 2026-12-29 to Wed 2026-12-30: Stocktaking",
    )
    assert [(str(day.date), day.reason) for day in answer.closed] == [
        ("2026-12-25", "Christmas Day"),
        ("2026-12-26", "Boxing Day"),
        ("2026-12-28", "Boxing Day (observed)"),
        ("2026-12-29", "Stocktaking"),
        ("2026-12-30", "Stocktaking"),
    ]


def test_event_is_planned_back_from() -> None:
    # Three days to settle before Saturday 29 May 2027: the last day is Wednesday 26 May.
    answer = plan("cellulite", event="2027-05-29", sessions=3)
    assert dates(answer) == days("2027-05-12 2027-05-19 2027-05-26")
    first = answer.sessions[0]
    assert (first.window.earliest, first.window.recommended) == (AS_OF, first.date)
    assert (first.window.latest, first.slack_days, first.backup) == (first.date, 0, None)
    assert first.why == (
        "counted back so that the last session settles before the event on 2027-05-29",
    )


def test_lateness_is_used_only_where_needed_and_told() -> None:
    away = ["2026-12-05..2026-12-13"]
    answer = plan("cellulite", start="2026-12-01", start_within=0, sessions=3, away=away, late=5)
    # 1 December + 10 days is the 11th; the first free day is Monday 14, three days late.
    assert dates(answer) == days("2026-12-01 2026-12-14 2026-12-21")
    assert [session.late_days for session in answer.sessions] == [0, 3, 0]
    assert answer.objective.late_days == 3
    assert "late" in kinds(answer)
    assert "3 days past the window, as allowed" in answer.sessions[1].why


def test_preference_and_pin_are_told() -> None:
    answer = plan("cellulite", start="2026-12-01", sessions=3, pin=["2=2026-12-11"])
    assert dates(answer) == days("2026-12-01 2026-12-11 2026-12-18")
    assert answer.sessions[1].why[-1] == "fixed by request"
    liked = plan("cellulite", start="2026-12-01", start_within=0, sessions=3, prefer=["thu"])
    assert dates(liked) == days("2026-12-01 2026-12-10 2026-12-17")
    assert "Tue 2026-12-08 to Wed 2026-12-09: left for a preferred weekday" in liked.sessions[1].why


def test_start_later_than_asked_says_what_was_in_the_way() -> None:
    answer = plan("cellulite", start="2026-12-05", sessions=3)
    assert answer.sessions[0].why == (
        "2 days after the first day asked for",
        "Sat 2026-12-05: closed on Saturdays",
        "Sun 2026-12-06: closed on Sundays",
    )


def test_top_ups_by_number_and_by_date() -> None:
    by_number = plan("facial-rejuvenation", start="2026-12-01", top_ups=2)
    assert [visit.number for visit in by_number.top_ups] == [7, 8]
    assert by_number.top_up_cost is not None
    assert [entry.session for entry in by_number.top_up_cost.cumulative] == [7, 8]
    assert by_number.top_up_cost.deposit is None
    # The least gap is three months: 19 January, 19 April, 19 July at the earliest.
    last_day = plan("facial-rejuvenation", start="2026-12-01", until="2027-07-19")
    assert [visit.date for visit in last_day.top_ups] == days("2027-04-19 2027-07-19")
    day_less = plan("facial-rejuvenation", start="2026-12-01", until="2027-07-18")
    assert len(day_less.top_ups) == 1
    none = plan("facial-rejuvenation", start="2026-12-01", until="2027-04-18")
    assert none.top_ups == ()
    assert "no_top_up" in kinds(none)
    assert plan("facial-rejuvenation", start="2026-12-01", top_ups=0).top_ups == ()


def test_top_up_that_cannot_be_placed_ends_the_chain() -> None:
    away = "2027-08-01..2028-03-31"
    answer = plan("facial-rejuvenation", start="2026-12-01", top_ups=3, away=away)
    # Two fit before August, 3 to 5 months apart; a third would be due by 31 December 2027.
    assert len(answer.top_ups) == 2
    assert answer.top_ups[1].date < date(2027, 8, 1)
    found = next(finding for finding in answer.findings if finding.kind == "top_up_unplaced")
    assert found.session == 9
    nowhere = plan(
        "facial-rejuvenation", start="2026-12-01", top_ups=1, away="2027-02-01..2028-01-01"
    )
    assert nowhere.top_ups == ()
    assert "top_up_unplaced" in kinds(nowhere)


def test_top_ups_to_a_far_date_stop_at_forty() -> None:
    answer = plan("facial-rejuvenation", start="2026-12-01", until="2045-01-01")
    assert len(answer.top_ups) == 40
    assert "top_ups_cut" in kinds(answer)


def test_top_up_can_be_pinned() -> None:
    answer = plan(
        "facial-rejuvenation", start="2026-12-01", top_ups=1, pin=["7=2027-05-03", "1=2026-12-02"]
    )
    assert answer.sessions[0].date == date(2026, 12, 2)
    assert answer.top_ups[0].date == date(2027, 5, 3)


@pytest.mark.parametrize(
    ("budget", "sessions"),
    [("1200.00", 6), ("1199.99", 5), ("1000.00", 5), ("999.99", 4), ("600.00", 3)],
)
def test_budget_cuts_sessions(budget: str, sessions: int) -> None:
    # 200 GBP a session, "Mesotherapy (Rejuvenation)".
    answer = plan("facial-rejuvenation", start="2026-12-01", budget=budget)
    assert len(answer.sessions) == sessions
    assert ("budget_cut" in kinds(answer)) == (sessions < 6)


def test_budget_below_the_fewest_sessions_is_a_no() -> None:
    with pytest.raises(BudgetTooSmallError) as caught:
        plan("facial-rejuvenation", start="2026-12-01", budget="599.99")
    assert str(caught.value) == "599.99 GBP does not pay for 3 sessions, which cost 600.00 GBP."
    assert caught.value.faults[0].field == "budget"


def test_budget_never_drops_a_pinned_session() -> None:
    with pytest.raises(BudgetTooSmallError, match="does not pay for 6 sessions"):
        plan("facial-rejuvenation", start="2026-12-01", budget="1000.00", pin="6=2027-01-19")
    kept = plan("facial-rejuvenation", start="2026-12-01", budget="1000.00", pin="5=2027-01-05")
    assert len(kept.sessions) == 5


def test_budget_without_a_price_cannot_be_held() -> None:
    with pytest.raises(InputError) as caught:
        plan("general", start="2026-12-01", budget="1000.00")
    assert caught.value.faults[0].code == "no_price"


def test_alternatives_are_the_best_for_other_first_days() -> None:
    answer = plan("cellulite", start="2026-12-01", start_within=3, sessions=3, alternatives=5)
    assert [other.dates for other in answer.alternatives] == [
        tuple(days("2026-12-02 2026-12-09 2026-12-16")),
        tuple(days("2026-12-03 2026-12-10 2026-12-17")),
        tuple(days("2026-12-04 2026-12-11 2026-12-18")),
    ]
    assert [other.objective.start_days for other in answer.alternatives] == [1, 2, 3]
    timed = plan("cellulite", start="2026-12-01", sessions=3, alternatives=1, at="10:00")
    assert str(timed.alternatives[0].starts[0]) == "2026-12-02 10:00:00+00:00"


def test_alternatives_leave_out_days_without_a_calendar() -> None:
    asked: dict[str, Any] = {
        "start": "2026-12-01",
        "start_within": 2,
        "sessions": 3,
        "finish_by": "2026-12-16",
    }
    answer = plan("cellulite", alternatives=9, **asked)
    assert [other.dates[0] for other in answer.alternatives] == days("2026-12-02")


def test_findings_of_an_unusual_request() -> None:
    answer = plan("general", start="2026-11-16", currency="CHF")
    assert kinds(answer) == [
        "undecided",
        "no_clinic",
        "start_before_as_of",
        "no_published_interval",
        "provisional",
        "no_price",
    ]
    assert answer.cost is None
    silent = plan("general", start="2026-12-01", no_prices=True)
    assert "no_price" not in kinds(silent)


def test_no_prices_shows_no_money_at_all() -> None:
    answer = plan("facial-rejuvenation", start="2026-12-01", top_ups=1, no_prices=True)
    assert answer.cost is answer.top_up_cost is None
    assert all(session.price is None for session in (*answer.sessions, *answer.top_ups))
    assert "GBP" not in answer.model_dump_json()


@pytest.mark.parametrize(("sessions", "outside"), [(4, True), (5, False), (10, False), (11, True)])
def test_sum_outside_the_published_course_price_is_told(sessions: int, outside: bool) -> None:
    # A course is 1000 to 2000 GBP, a session 200 GBP: "Mesotherapy (Rejuvenation)".
    answer = plan("facial-rejuvenation", start="2026-12-01", sessions=sessions)
    assert ("outside_published" in kinds(answer)) == outside


def test_clinic_price_in_another_currency_is_not_converted() -> None:
    polish = clinic(currency="PLN", prices={"facial-rejuvenation": {"session": "900.00"}})
    answer = plan("facial-rejuvenation", at_clinic=polish, start="2026-12-01", currency="GBP")
    assert answer.cost is not None
    assert (answer.cost.basis, str(answer.cost.low)) == ("published", "1200.00")
    assert "clinic_price_unused" in kinds(answer)


def test_estimated_holiday_is_a_finding() -> None:
    kuwaiti = clinic(holidays={"country": "MY"})
    answer = plan("cellulite", at_clinic=kuwaiti, start="2030-01-20", sessions=4)
    assert "estimated_holiday" in kinds(answer)


def test_given_file_that_replaces_a_packaged_protocol_is_told(tmp_path: Any) -> None:
    packaged = get_protocol("cellulite")
    source = tmp_path / "own.toml"
    original = next(path for path in _packaged() if path.stem == "cellulite")
    source.write_text(original.read_text().replace('version = "1"', 'version = "2"'))
    own = get_protocol("cellulite", rules=[source])
    answer = plan_course(own, CourseRequest(start=date(2026, 12, 1)), as_of=AS_OF)
    assert "replaced_protocol" in kinds(answer)
    assert answer.protocols[0].version == "2"
    assert answer.protocols[0].digest != packaged.digest
    assert catalogue([source])["cellulite"].replaces_packaged


def _packaged() -> Any:
    from meso_schedule.rules.catalogue import PACKAGED

    return PACKAGED.glob("*.toml")


def test_reference_is_derived_from_the_request_alone() -> None:
    first = plan("cellulite", start="2026-12-01")
    again = plan_course(
        get_protocol("cellulite"), CourseRequest(start=date(2026, 12, 1)), as_of=date(2026, 11, 30)
    )
    assert first.reference == again.reference
    assert first.reference != plan("cellulite", start="2026-12-02").reference
    assert first.reference != plan("cellulite", start="2026-12-01", patient="B").reference
    assert plan("cellulite", reference="A-17").reference == "A-17"


def test_same_request_gives_the_same_bytes_and_survives_the_journey() -> None:
    answer = plan("facial-rejuvenation", start="2026-12-01", at="10:00", top_ups=2, alternatives=2)
    again = plan("facial-rejuvenation", start="2026-12-01", at="10:00", top_ups=2, alternatives=2)
    assert answer.model_dump_json() == again.model_dump_json()
    assert pickle.loads(pickle.dumps(answer)) == answer
    assert CoursePlan.model_validate_json(answer.model_dump_json()) == answer


@pytest.mark.parametrize(
    ("protocol", "request_", "field"),
    [
        ("cellulite", {"sessions": 2}, "sessions"),
        ("cellulite", {"sessions": 16}, "sessions"),
        ("hair-loss", {"improves_after": 2}, "improves_after"),
        ("hair-loss", {"no_improvement": True}, "no_improvement"),
        ("cellulite", {"top_ups": 1}, "top_ups"),
        ("cellulite", {"until": "2028-01-01"}, "until"),
        ("cellulite", {"pin": "7=2027-01-05"}, "pin"),
        ("cellulite", {"protocol": "general"}, "protocol"),
        ("cellulite", {"as_of": "2026-11-23"}, "as_of"),
        ("cellulite", {"event": "2026-11-21"}, "event"),
        ("cellulite", {"finish_by": "2026-11-21"}, "finish_by"),
    ],
)
def test_request_that_does_not_go_with_its_protocol(
    protocol: str, request_: dict[str, Any], field: str
) -> None:
    asked = CourseRequest.read(request_)
    with pytest.raises(InputError) as caught:
        plan_course(get_protocol(protocol), asked, as_of=AS_OF)
    assert [fault.field for fault in caught.value.faults] == [field]
    assert all(fault.remedy and fault.value for fault in caught.value.faults)


def test_calendar_that_leaves_the_year_9999_is_refused() -> None:
    with pytest.raises(CalendarEndError) as caught:
        plan_course(
            get_protocol("mesobotox"), CourseRequest(start=date(9999, 6, 1)), as_of=date(9999, 1, 1)
        )
    assert caught.value.faults[0].field == "start"
    with pytest.raises(CalendarEndError):
        plan_course(get_protocol("cellulite"), CourseRequest(start=date(9999, 12, 20)), as_of=AS_OF)


def test_protocol_of_one_session_needs_no_gap() -> None:
    answer = plan("mesobotox", start="2026-12-05", sessions=1)
    assert dates(answer) == days("2026-12-07")
    assert answer.sessions[0].backup == date(2026, 12, 8)


def test_protocol_without_results_facts_or_care(sample_protocol: dict[str, Any]) -> None:
    bare = Protocol.read(sample_protocol)
    answer = plan_course(bare, CourseRequest(start=date(2026, 12, 1)), as_of=AS_OF)
    assert (answer.results, answer.facts, answer.care, answer.screening) == (None, {}, (), ())
    assert answer.sources == ()


@pytest.fixture
def sample_protocol() -> dict[str, Any]:
    why = {"assumption": "for this test"}
    return {
        "id": "bare",
        "name": "Bare",
        "family": "peel",
        "areas": ["face"],
        "version": "1",
        "sessions": {"minimum": 1, "usual": 2, "minutes": 30, **why},
        "phases": [{"name": "all", "minimum": "3 days", "maximum": "5 days", **why}],
    }


def test_last_days_of_the_calendar() -> None:
    last = date(9999, 12, 28)
    answer = plan_course(protocol(), CourseRequest(start=last, sessions=1), as_of=last)
    assert dates(answer) == [last]


@pytest.mark.parametrize(
    ("zone", "day", "at"),
    [("America/New_York", "9999-12-31", "19:30"), ("Asia/Tokyo", "0001-01-01", "09:00")],
)
def test_times_beyond_the_calendar_are_refused(zone: str, day: str, at: str) -> None:
    daily = {name: ["00:00-24:00"] for name in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    there = Clinic.read({"name": "Edge", "timezone": zone, "hours": daily})
    bare = {"assumption": "for this test"}
    once = Protocol.read(
        {
            "id": "once",
            "name": "Once",
            "family": "peel",
            "areas": ["face"],
            "version": "1",
            "sessions": {"minimum": 1, "usual": 1, "minutes": 30, **bare},
            "phases": [{"name": "all", "minimum": "3 days", "maximum": "5 days", **bare}],
        }
    )
    asked = CourseRequest.read({"start": day, "start_within": 0, "at": at})
    with pytest.raises(CalendarEndError):
        plan_course(once, asked, clinic=there, as_of=date.fromisoformat(day))


def test_budget_that_moves_the_number_of_a_pinned_top_up_is_a_no() -> None:
    with pytest.raises(BudgetTooSmallError, match="does not pay for 6 sessions"):
        plan(
            "facial-rejuvenation",
            start="2026-12-01",
            pin="7=2027-05-25",
            top_ups=1,
            budget="700.00",
        )
    kept = plan(
        "facial-rejuvenation", start="2026-12-01", pin="7=2027-05-25", top_ups=1, budget="1200.00"
    )
    assert kept.top_ups[0].date == date(2027, 5, 25)


def test_budget_has_the_decimals_of_its_currency() -> None:
    with pytest.raises(InputError) as caught:
        plan("facial-rejuvenation", start="2026-12-01", budget="900.001")
    (fault,) = caught.value.faults
    assert (fault.code, fault.field, fault.value) == ("too_many_decimals", "budget", "900.001")


def test_day_of_asking_is_a_date() -> None:
    with pytest.raises(InputError) as caught:
        plan_course(
            get_protocol("cellulite"), CourseRequest(), as_of=datetime(2026, 11, 22, tzinfo=UTC)
        )
    assert caught.value.faults[0].field == "as_of"


def test_event_a_lifetime_away_is_a_mistyped_year() -> None:
    with pytest.raises(InputError) as caught:
        plan("cellulite", event="2726-06-12")
    assert (caught.value.faults[0].code, caught.value.faults[0].field) == ("too_far", "event")


def test_money_findings_of_a_clinic() -> None:
    other = clinic(currency="GBP", prices={"facial-rejuv": {"session": "180.00"}})
    answer = plan("facial-rejuvenation", at_clinic=other, start="2026-12-01")
    assert "no_clinic_price" in kinds(answer)
    dear = {"session": "180.00", "deposit": "5000.00"}
    asked = clinic(currency="GBP", prices={"facial-rejuvenation": dear})
    answer = plan("facial-rejuvenation", at_clinic=asked, start="2026-12-01")
    assert "deposit_cut" in kinds(answer)
    cost = answer.cost
    assert cost is not None
    assert cost.deposit is not None
    assert cost.deposit.amount == cost.low


def test_tables_of_a_plan_are_frozen() -> None:
    answer = plan("facial-rejuvenation", start="2026-12-01")
    with pytest.raises(TypeError):
        answer.facts["depth_mm"] = "9"
    with pytest.raises(TypeError):
        answer.clinic.hours.clear()
    assert hash(answer) == hash(plan("facial-rejuvenation", start="2026-12-01"))
    assert pickle.loads(pickle.dumps(answer)) == answer


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"pin": ["botox:1=2026-12-03"]}, "bad_pin"),
        ({"held": ["botox:2026-11-03"]}, "bad_held"),
        ({"protocol": "mesobotox", "pin": ["botox:1=2026-12-03"]}, "bad_pin"),
    ],
)
def test_a_session_of_another_protocol_is_refused(asked: dict[str, object], code: str) -> None:
    request = CourseRequest.read({"start": "2026-12-01", **asked})
    with pytest.raises(InputError) as caught:
        plan_course(get_protocol("mesobotox"), request, as_of=AS_OF)
    assert [fault.code for fault in caught.value.faults] == [code]
