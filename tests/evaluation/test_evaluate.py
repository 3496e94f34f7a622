"""Sessions held: verdicts, the next one, and plans of courses that have begun, worked by hand."""

from typing import Any

import pytest

from meso_schedule import (
    CoursePlan,
    CourseRequest,
    NoCalendarFits,
    Protocol,
    Standing,
    compare,
    evaluate,
    get_protocol,
    plan_course,
)
from meso_schedule.base.errors import BudgetTooSmallError, InputError
from meso_schedule.course.improvement import Improvement, Review
from meso_schedule.evaluation.evaluate import standing_of
from meso_schedule.output.tables import csv_plan, markdown_plan
from meso_schedule.output.terminal.plan_text import plan_text
from meso_schedule.output.terminal.protocol_text import protocol_text
from tests.support.samples import (
    ASSUMED,
    Table,
    clinic,
    days,
    faults_of,
    no_of,
    on,
    phase,
    protocol,
)

WEEKLY = phase(name="weekly", sessions=3, lapse="4 weeks", early="repeat")
LATER = phase("1 month", "6 weeks", name="later", after_improvement=True, early="repeat")
JUDGED: Table = {"settle": "3 days", "assess": "30 days", **ASSUMED}
TOP_UP: Table = {"minimum": "3 months", "maximum": "4 months", "lapse": "1 year", **ASSUMED}


def own(*phases: Table, **changes: Any) -> Protocol:
    return protocol(phases=list(phases or (WEEKLY,)), **changes)


def stand(protocol_: Protocol, held: str, as_of: str, **more: Any) -> Standing:
    return evaluate(protocol_, days(held), as_of=on(as_of), **more)


def begun(protocol_: Protocol, held: str, as_of: str, **asked: Any) -> CoursePlan:
    request = CourseRequest(held=held.split(), **asked)
    return plan_course(protocol_, request, clinic=asked.get("clinic"), as_of=on(as_of))


def told(standing: Standing) -> list[tuple[int, str, bool]]:
    return [(entry.number, entry.verdict, entry.counts) for entry in standing.history]


def kinds(plan: CoursePlan) -> set[str]:
    return {finding.kind for finding in plan.findings} - {"no_clinic", "no_price"}


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"grace": "7 days"}, "bad_interval", "phases[1].grace"),
        ({"grace": "1 month"}, "bad_interval", "phases[1].grace"),
        ({"grace": "1 day - 2 days"}, "bad_interval", "phases[1].grace"),
        ({"grace": "200 years"}, "bad_interval", "phases[1].grace"),
        ({"minimum": ["7 days", "2 days"], "grace": "3 days"}, "bad_interval", "phases[1].grace"),
        ({"grace": "soon"}, "bad_interval", "phases[1].grace"),
        ({"lapse_action": "restart"}, "missing_key", "phases[1].lapse_action"),
        ({"lapse": "6 weeks", "lapse_action": "stop"}, "bad_value", "phases[1].lapse_action"),
        ({"lapse": "6 weeks", "lapse_action": "restart", "grace": "0 days"}, None, None),
        ({"grace": "6 days", "lapse_action": "review"}, None, None),
    ],
)
def test_grace_and_what_follows_a_lapse(change: Table, code: str | None, field: str | None) -> None:
    faults = faults_of(lambda: own(phase(**change)))
    assert [(fault.code, fault.field) for fault in faults] == ([(code, field)] if code else [])


def test_a_negative_minimum_is_found_whatever_its_months() -> None:
    faults = faults_of(lambda: own(phase("29 days - 1 month", "60 days")))
    assert [fault.field for fault in faults] == ["phases[1].minimum"]


def test_the_next_window_opens_from_a_session_that_does_not_count() -> None:
    standing = stand(own(), "2026-12-01 2026-12-07 2026-12-13 2026-12-20", "2026-12-20")
    assert told(standing) == [
        (1, "on schedule", True),
        (2, "too soon", False),
        (2, "too soon", False),
        (2, "on schedule", True),
    ]
    assert standing.forecast is not None
    assert (standing.forecast.number, standing.forecast.earliest) == (3, on("2026-12-27"))


def test_a_session_inside_the_grace_counts() -> None:
    rule = own(WEEKLY | {"grace": "2 days"})
    held = "2026-12-01 2026-12-06 2026-12-10 2026-12-16"
    standing = stand(rule, held, "2026-12-16")
    assert told(standing)[1:] == [
        (2, "on schedule", True),
        (3, "too soon", False),
        (3, "on schedule", True),
    ]
    reasons = [entry.reason for entry in standing.history]
    assert "before 2026-12-08, inside the grace of 2 days" in reasons[1]
    assert "before 2026-12-11, the grace of 2 days included: does not count" in reasons[2]


def test_a_phase_starts_again_with_the_session_after_its_lapse() -> None:
    rule = own(
        WEEKLY, phase("2 weeks", "3 weeks", name="rest", lapse="5 weeks", lapse_action="restart")
    )
    held = "2026-12-01 2026-12-08 2026-12-15 2026-12-29 2027-02-03"
    standing = stand(rule, held, "2027-02-03", sessions=6)
    assert told(standing)[3:] == [(4, "on schedule", False), (4, "lapsed", True)]
    assert "counts no more: the phase starts again on 2027-02-03" in standing.history[3].reason
    assert standing.counted == 4
    assert standing.furthest == 5
    waiting = stand(rule, held[:43], "2027-02-03", sessions=6)
    assert waiting.restarts
    assert told(waiting)[3:] == [(4, "on schedule", False)]
    assert waiting.forecast is not None
    assert waiting.forecast.number == 4
    assert "the phase starts again" in waiting.forecast.reason


@pytest.mark.parametrize(
    ("entered", "last", "starts_again"),
    [(3, (1, "on schedule", True), False), (5, (3, "on schedule", False), True)],
)
def test_a_clinicians_restart_and_a_session_of_one_day_follow_the_order_of_recording(
    entered: int, last: tuple[int, str, bool], starts_again: bool
) -> None:
    held = days("2026-12-01 2026-12-08 2026-12-15")
    improvement = Improvement(reviews=(Review(on("2026-12-15"), "restart", entered),))
    as_of = on("2026-12-16")
    standing = standing_of(own(), held, improvement, as_of=as_of, recorded=(1, 2, 4))
    assert told(standing) == [(1, "on schedule", False), (2, "on schedule", False), last]
    assert standing.restarts == starts_again
    assert standing.forecast is not None
    assert standing.forecast.number == (1 if starts_again else 2)
    is_first = "a clinician had the phase start again on 2026-12-15" in standing.history[2].reason
    assert is_first != starts_again


def test_a_restart_after_an_early_session_is_of_the_phase_of_that_session() -> None:
    rule = own(WEEKLY | {"early": "review"}, phase("1 month", "6 weeks", name="later"))
    held = days("2026-12-01 2026-12-08 2026-12-14")
    improvement = Improvement(reviews=(Review(on("2026-12-16"), "restart"),))
    standing = standing_of(rule, held, improvement, as_of=on("2026-12-17"), sessions=5)
    assert "before 2026-12-15: counts, and a clinician must review" in standing.history[2].reason
    assert not any(entry.counts for entry in standing.history)
    assert standing.forecast is not None
    assert (standing.forecast.number, standing.forecast.phase) == (1, "weekly")
    assert standing.forecast.reason == "weekly starts again on 2026-12-16"


def test_top_ups_that_start_again_leave_the_course_as_it_was_given() -> None:
    rule = own(WEEKLY, top_up=TOP_UP | {"lapse_action": "restart"})
    held = "2026-12-01 2026-12-08 2026-12-15 2027-03-15"
    standing = stand(rule, held, "2028-05-01")
    assert [entry.counts for entry in standing.history] == [True, True, True, False]
    assert (standing.restarts, standing.given, standing.given_before) == (True, 3, 0)
    assert standing.forecast is not None
    assert (standing.forecast.number, standing.forecast.phase) == (4, "top-up")


def test_improvement_recorded_makes_the_later_phase_firm() -> None:
    rule = own(WEEKLY, LATER)
    held = "2026-12-01 2026-12-08"
    foreseen = stand(rule, held, "2026-12-09", sessions=5)
    assert [entry.name for entry in foreseen.phases] == ["weekly"] * 3 + ["later"] * 2
    improved = stand(rule, held, "2026-12-09", sessions=5, improved_on=on("2026-12-08"))
    assert [entry.name for entry in improved.phases] == ["weekly"] * 2 + ["later"] * 3
    first = stand(rule, held, "2026-12-09", sessions=5, improved_on=on("2026-12-07"))
    assert told(first)[1] == (2, "too soon", False), "judged by the later phase, a month"
    plan = begun(rule, held, "2026-12-09", sessions=5, improved_on="2026-12-08")
    assert [str(session.date) for session in plan.sessions] == [
        *("2027-01-08", "2027-02-08", "2027-03-08")
    ]
    assert not any(session.provisional for session in plan.sessions)
    assert stand(own(), held, "2026-12-09", improved_on=on("2026-12-08")).phases


def test_a_session_of_a_later_phase_without_improvement_is_told() -> None:
    plan = begun(
        own(WEEKLY, LATER), "2026-12-01 2026-12-08 2026-12-15 2027-01-15", "2027-01-16", sessions=5
    )
    assert kinds(plan) >= {"no_improvement", "provisional"}


@pytest.mark.parametrize(
    ("held", "as_of", "more", "code", "field"),
    [
        ("", "2026-12-01", {}, "missing_argument", "held"),
        ("2026-12-02", "2026-12-01", {}, "not_yet", "held"),
        ("2026-12-01 2026-12-01", "2026-12-01", {}, "duplicate_session", "held"),
        ("2026-12-08 2026-12-01", "2026-12-08", {}, "wrong_order", "held"),
        ("2026-12-01", "2026-12-08", {"improved_on": on("2026-12-09")}, "not_yet", "improved_on"),
        (
            "2026-12-01",
            "2026-12-08",
            {"improved_on": on("2026-11-30")},
            "contradiction",
            "improved_on",
        ),
        ("2026-12-01 2026-12-08", "2026-12-08", {"sessions": 1}, "too_many_sessions", "held"),
    ],
)
def test_what_no_sessions_held_can_be(
    held: str, as_of: str, more: Table, code: str, field: str
) -> None:
    faults = faults_of(lambda: stand(own(), held, as_of, **more))
    assert [(fault.code, fault.field) for fault in faults] == [(code, field)]
    assert all(fault.remedy for fault in faults)


def test_what_was_given_beyond_the_maximum_is_recorded_all_the_same() -> None:
    rule = own(sessions={"minimum": 1, "usual": 1, "maximum": 1, "minutes": 45, **ASSUMED})
    standing = stand(rule, "2026-12-01 2026-12-08", "2026-12-08")
    assert told(standing)[1:] == [(2, "on schedule", True)]
    assert (standing.given, standing.forecast) == (2, None)
    plan = begun(rule, "2026-12-01 2026-12-08", "2026-12-08")
    assert plan.sessions == ()
    message = next(it.message for it in plan.findings if it.kind == "maximum_reached")
    assert message == "2 treatments were given; a course has at most 1."


def test_a_treatment_in_vain_is_one_of_the_most_that_a_course_may_have() -> None:
    rule = own(sessions={"minimum": 1, "usual": 3, "maximum": 3, "minutes": 45, **ASSUMED})
    standing = stand(rule, "2026-12-01 2026-12-07 2026-12-14", "2026-12-14")
    assert (standing.counted, standing.wanted, standing.given) == (2, 3, 3)
    assert (standing.opening, standing.forecast) == (None, None)


def test_what_a_plan_says_of_the_most_that_a_course_may_have() -> None:
    rule = own(WEEKLY, sessions={"minimum": 1, "usual": 3, "maximum": 3, "minutes": 45, **ASSUMED})

    def said(held: str, **asked: Any) -> list[str]:
        plan = begun(rule, held, held.split()[-1], **asked)
        return [str(it.message) for it in plan.findings if it.kind == "maximum_reached"]

    # The second came too soon and is to be repeated.
    assert said("2026-12-01 2026-12-05") == [
        "2 treatments were given, and a course has at most 3: 1 more are planned, not 2."
    ]
    away = "1 more were given or booked elsewhere; they are not counted among the 3."
    assert said("2026-12-01", other=["house-mix face 2026-11-10"]) == [away]
    assert said("2026-12-01", other=["house-mix face 2026-11-10"], sessions=2) == []
    asked = CourseRequest.read({"start": "2026-12-01", "other": ["house-mix face 2026-11-10"]})
    plan = plan_course(rule, asked, as_of=on("2026-12-01"))
    assert away in [str(it.message) for it in plan.findings], "before the first session too"


def test_a_session_that_was_too_soon_may_ask_for_a_review() -> None:
    rule = own(WEEKLY | {"early": "review"})
    plan = begun(rule, "2026-12-01 2026-12-05", "2026-12-06")
    (finding,) = (it for it in plan.findings if it.kind == "review")
    assert finding.session == 2
    assert finding.message == (
        "Session 2 on 2026-12-05 was too soon:"
        " a clinician must review the course before the next session."
    )
    reviewed = begun(rule, "2026-12-01 2026-12-05", "2026-12-06", reviewed_on="2026-12-06")
    assert "review" not in kinds(reviewed)


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({"pin": "1=2026-12-01"}, "bad_pin", "pin"),
        ({"improved_on": "2026-12-01"}, "no_taper", "improved_on"),
    ],
)
def test_requests_that_do_not_go_with_sessions_held(asked: Table, code: str, field: str) -> None:
    faults = faults_of(lambda: begun(own(), "2026-12-01", "2026-12-02", **asked))
    assert [(fault.code, fault.field) for fault in faults] == [(code, field)]


def test_several_protocols_are_not_compared_for_a_course_that_has_begun() -> None:
    with pytest.raises(InputError, match="Leave held out"):
        compare([own()], CourseRequest(held=["2026-12-01"]), as_of=on("2026-12-02"))


def test_an_overdue_session_needs_lateness() -> None:
    error = no_of(begun, own(), "2026-12-01 2026-12-08", "2026-12-23")
    assert error.conflict.session == 3
    assert [str(day.date) for day in error.conflict.blocked] == [
        *("2026-12-15", "2026-12-16", "2026-12-17", "2026-12-18")
    ]
    assert {day.reason for day in error.conflict.blocked} == {
        "past on the day of planning, 2026-12-23"
    }
    assert [(way.kind, way.option) for way in error.relaxations] == [
        *(("late", "--late 5"), ("sessions", "--sessions 2"))
    ]
    plan = begun(own(), "2026-12-01 2026-12-08", "2026-12-23", late=5)
    assert [(str(s.date), s.late_days) for s in plan.sessions] == [("2026-12-23", 5)]
    assert "overdue" in kinds(plan)
    assert "Tue 2026-12-15 to Tue 2026-12-22: past on the day of planning" in plan.sessions[0].why


def test_what_a_lapse_that_has_passed_asks_for() -> None:
    held, as_of = "2026-12-01 2026-12-08", "2027-01-06"
    error = no_of(begun, own(), held, as_of)
    assert "a clinician must review" in error.conflict.blocked[0].reason
    error = no_of(begun, own(), held, as_of, late=19)
    assert "a clinician must review" in error.conflict.blocked[0].reason
    reviewed = begun(own(), held, as_of, late=19, reviewed_on=as_of)
    assert kinds(reviewed) == {"lapsed", "late"}
    assert reviewed.sessions[0].date == on(as_of)
    goes_on = begun(own(WEEKLY | {"lapse_action": "continue"}), held, as_of, late=19)
    assert kinds(goes_on) == {"lapsed", "late"}
    again = begun(own(WEEKLY | {"lapse_action": "restart"}), held, as_of)
    assert [(s.number, str(s.date)) for s in again.sessions] == [
        *((1, "2027-01-06"), (2, "2027-01-13"), (3, "2027-01-20"))
    ]
    assert again.sessions[0].why == (
        "weekly starts again: more than 4 weeks (assumed) after the session on 2026-12-08",
    )
    assert again.sessions[0].interval_days == 29
    later = begun(own(WEEKLY | {"lapse_action": "restart"}), held, "2027-01-09")
    assert "2 days after the day of planning" in later.sessions[0].why
    late = begun(own(WEEKLY), "2026-12-01 2027-01-05", "2027-01-06")
    assert "review" in kinds(late)


def test_no_source_says_what_follows_a_lapse_that_is_assumed() -> None:
    held, as_of = "2026-12-01 2026-12-08", "2027-01-06"
    assumed = begun(own(WEEKLY | {"lapse_action": "continue"}), held, as_of, late=19)
    (told,) = [it.message for it in assumed.findings if it.kind == "lapsed"]
    assert told == (
        "Session 3 has lapsed: after 2027-01-05, away for more than 4 weeks;"
        " no source says what follows, ask a clinician."
    )
    published = WEEKLY | {"lapse_action": "continue", "sources": ["study"]}
    del published["assumption"]
    source = {"key": "study", "title": "Study", "grade": "high"}
    (told,) = [
        it.message
        for it in begun(own(published, sources=[source]), held, as_of, late=19).findings
        if it.kind == "lapsed"
    ]
    assert (
        told == "Session 3 has lapsed: after 2027-01-05, the lapse of 4 weeks: the course goes on."
    )


def test_a_phase_that_starts_again_may_be_left_out() -> None:
    rule = own(WEEKLY | {"lapse_action": "restart"})
    with pytest.raises(NoCalendarFits) as caught:
        begun(rule, "2026-12-01 2026-12-08", "2027-01-06", away=["2027-01-01..2027-02-28"])
    ways = {way.kind: way.option for way in caught.value.relaxations}
    assert ways["sessions"] == "--sessions 2"
    done = begun(rule, "2026-12-01 2026-12-08", "2027-01-06", sessions=2)
    assert done.sessions == ()
    with pytest.raises(NoCalendarFits) as caught:
        begun(rule, "2026-12-01 2026-12-05", "2027-01-06", away=["2027-01-01..2027-02-28"])
    assert "sessions" not in {way.kind for way in caught.value.relaxations}


def test_a_course_that_is_complete_has_top_ups_and_results() -> None:
    rule = own(WEEKLY, top_up=TOP_UP, results={"settle": "3 days", **ASSUMED})
    held = "2026-12-01 2026-12-08 2026-12-15"
    plan = begun(rule, held, "2027-01-04", top_ups=2)
    assert plan.sessions == ()
    assert [(visit.number, str(visit.date)) for visit in plan.top_ups] == [
        *((4, "2027-03-15"), (5, "2027-06-15"))
    ]
    assert "complete" in kinds(plan)
    assert plan.results is not None
    assert plan.results.first == on("2026-12-18")
    one = begun(rule, f"{held} 2027-03-15", "2027-03-16", top_ups=2)
    assert [visit.number for visit in one.top_ups] == [5]
    assert begun(rule, f"{held} 2027-03-15", "2027-03-16", top_ups=1).top_ups == ()
    late = begun(rule, held, "2027-05-01", top_ups=1)
    assert late.top_ups == ()
    assert kinds(late) >= {"overdue", "top_up_unplaced"}
    over = begun(own(), held, "2027-05-01")
    assert over.next_session is None
    assert [str(day) for day in (over.closed, over.top_ups)] == ["()", "()"]


def test_money_counts_every_session_that_was_had() -> None:
    prices = {"house-mix": {"session": "100.00", "deposit": "10%", "instalments": 2}}
    house = clinic(currency="GBP", prices=prices)

    def planned(**asked: Any) -> CoursePlan:
        request = CourseRequest(held=days("2026-12-01 2026-12-07"), **asked)
        return plan_course(own(), request, clinic=house, as_of=on("2026-12-08"))

    cost = planned().cost
    assert cost is not None
    assert str(cost.low) == "400.00", "two held, one of them in vain, and two to come"
    assert cost.remaining is not None
    assert str(cost.remaining.low) == "200.00"
    assert cost.deposit is not None
    assert cost.deposit.due == on("2026-12-01")
    assert len(planned(budget="300.00").sessions) == 1
    assert kinds(planned(budget="300.00")) >= {"budget_cut"}
    with pytest.raises(BudgetTooSmallError):
        planned(budget="299.00")


def test_care_that_is_over_is_left_out() -> None:
    care = {"what": "sun", "action": "avoid", "starts": "0 days", "ends": "2 days", **ASSUMED}
    plan = begun(own(care=[care]), "2026-12-01 2026-12-08", "2026-12-10")
    assert [(str(span.first), span.sessions) for span in plan.care] == [
        *(("2026-12-08", (2,)), ("2026-12-15", (3,)))
    ]


def test_the_reference_stays_as_sessions_are_held() -> None:
    asked: Table = {"start": "2026-12-01", "sessions": 3}
    first = plan_course(own(), CourseRequest(**asked), as_of=on("2026-11-22"))
    later = begun(own(), "2026-12-01 2026-12-08", "2026-12-09", **asked)
    assert first.reference == later.reference


def test_an_event_still_draws_the_last_session_near() -> None:
    rule = own(phase("7 days", "14 days", name="weekly"))
    plan = begun(rule, "2026-12-01", "2026-12-02", event="2027-01-01", sessions=3)
    assert plan.sessions[-1].date == on("2026-12-29")
    assert plan.objective.start_days == 0


def test_grace_and_lapse_are_shown_with_a_protocol() -> None:
    rule = own(phase(lapse="6 weeks", lapse_action="restart", grace="1 day"))
    shown = protocol_text(rule, width=200)
    assert "7 to 10 days; lapsed after 6 weeks, then restart; 1 day of grace" in shown
    assert "held too soon" not in shown
    again = protocol_text(own(phase(early="repeat"), results=JUDGED), width=200)
    assert "7 to 10 days; held too soon: repeat" in again
    assert "Judged after   30 days" in again


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("general", ["9 sessions: 3 x 7 days, 2 x 2 weeks if improved, 3 x 1 month if improved"]),
        ("general", ["Not improved  9 sessions: 8 x 7 days"]),
        ("facial-rejuvenation", ["6 sessions: 3 x 7 days, 2 x 2 weeks if improved"]),
        ("facial-rejuvenation", ["Then          a top-up every 4 months"]),
        ("hair-loss-dutasteride", ["7 sessions: 3 x 7 days, 2 x 2 weeks, 1 x 4 weeks"]),
        ("mesobotox", ["3 x 3 months", "a top-up every 3 months"]),
        ("skin-quality-vyc12", ["As planned  1 session", "a top-up every 9 months"]),
    ],
)
def test_the_whole_taper_is_drawn(name: str, said: list[str]) -> None:
    shown = protocol_text(get_protocol(name), width=200)
    assert "The whole course" in shown
    for words in said:
        assert words in shown


def test_history_is_shown() -> None:
    plan = begun(own(), "2026-12-01 2026-12-07", "2026-12-08")
    for width in (60, 90, 160):
        shown = plan_text(plan, width=width)
        assert "Held so far" in shown
        assert "(2), Mon 7 Dec 2026, too soon" in " ".join(shown.split())
        assert "Next: session 2" in shown
    assert "## Held so far" in markdown_plan(plan)
    assert "on schedule" in markdown_plan(plan)
    assert csv_plan(plan).count("\n") == 3
    plain = begun(own(phase()), "2026-12-01", "2026-12-02")
    assert "Lapsed after" not in plan_text(plain, width=90)
    priced = clinic(currency="GBP", prices={"house-mix": {"session": "100.00"}})
    request = CourseRequest(held=["2026-12-01"])
    paid = plan_course(own(), request, clinic=priced, as_of=on("2026-12-02"))
    assert "Of it for sessions still to come  200.00" in plan_text(paid, width=90)
    done = begun(own(), "2026-12-01 2026-12-08 2026-12-15", "2026-12-16")
    assert "All 3 sessions of the course are held" in plan_text(done, width=90, calendar=True)
    assert "Held so far" in markdown_plan(done)
