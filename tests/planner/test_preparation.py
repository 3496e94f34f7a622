"""What comes before session 1: the consultation, the time to think, tests."""

from datetime import date
from typing import Any

import pytest

from meso_schedule import Clinic, CoursePlan, CourseRequest, NoCalendarFits, Protocol, plan_course
from meso_schedule.base.errors import InputError
from meso_schedule.output import to_csv, to_events, to_html, to_ics, to_markdown, to_text
from meso_schedule.planner.planning import plan_combined
from meso_schedule.planner.progress import BookedSession
from meso_schedule.planner.replan import replan_course
from tests.planner.test_validity import protocol
from tests.support.samples import no_of

TODAY = date(2026, 12, 1)  # a Tuesday
WEEKDAYS = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
HUNDRED = {"minutes": 30, "price": "100.00", "reflection": "2 days", "redeemed": True}


def clinic(consultation: Any = HUNDRED, **more: Any) -> Clinic:
    tables: dict[str, Any] = {"name": "C", "timezone": "UTC", "currency": "GBP", "hours": WEEKDAYS}
    prices = {"facial": {"session": "250.00"}}
    return Clinic.read(tables | {"prices": prices, "consultation": consultation} | more)


def rule(**more: Any) -> Protocol:
    return Protocol.read(protocol("facial", (28, 28, 42)) | more)


def planned(
    clinic_: Clinic | None = None, rule_: Protocol | None = None, **asked: Any
) -> CoursePlan:
    asked = {"consultation": "first", "sessions": 3} | asked
    request = CourseRequest.read(asked)
    return plan_course(rule_ or rule(), request, clinic=clinic_ or clinic(), as_of=TODAY)


@pytest.mark.parametrize(
    ("wish", "reflection", "day", "first"),
    [
        ("first", "2 days", "2026-12-01", "2026-12-03"),
        ("first", "0 days", "2026-12-01", "2026-12-01"),
        ("2026-12-03", "2 days", "2026-12-03", "2026-12-07"),
        ("2026-12-03", "1 week", "2026-12-03", "2026-12-10"),
        ("2026-11-27", "1 week", "2026-11-27", "2026-12-04"),
        ("2026-11-02", "1 week", "2026-11-02", "2026-12-01"),
    ],
)
def test_session_1_leaves_time_to_think(wish: str, reflection: str, day: str, first: str) -> None:
    plan = planned(clinic({**HUNDRED, "reflection": reflection}), consultation=wish)
    assert plan.consultation
    assert (str(plan.consultation.date), str(plan.sessions[0].date)) == (day, first)


def test_an_earlier_start_as_a_way_out_leaves_time_to_think_too() -> None:
    away, slow = ["2026-12-15..2026-12-20"], clinic({**HUNDRED, "reflection": "2 weeks"})
    error = no_of(planned, slow, start="2026-12-16", start_within=0, away=away)
    assert "--start 2026-12-21" in [way.option for way in error.relaxations]


def test_a_start_too_near_is_told_by_its_reason() -> None:
    near = planned(consultation="2026-12-10", start=date(2026, 12, 2))
    assert str(near.sessions[0].date) == "2026-12-14", "the 12th is a Saturday"
    why = " ".join(near.sessions[0].why)
    assert "less than 2 days after the consultation on 2026-12-10" in why
    error = no_of(planned, consultation="2026-12-30", start=date(2026, 12, 2))
    way = next(it for it in error.relaxations if it.kind == "start")
    planned(consultation="2026-12-30", **way.change)


def test_a_far_start_stays() -> None:
    plan = planned(start=date(2027, 2, 1))
    assert str(plan.sessions[0].date) == "2027-02-01"


@pytest.mark.parametrize(
    ("redeemed", "start", "expected"),
    [
        (True, date(2027, 2, 1), True),
        (False, date(2026, 12, 3), False),
        ("30 days", date(2026, 12, 31), True),
        ("30 days", date(2027, 1, 1), False),
    ],
)
def test_whether_its_price_counts_against_the_course(
    redeemed: Any, start: date, expected: bool
) -> None:
    made = planned(clinic({**HUNDRED, "redeemed": redeemed}), start=start).consultation
    assert made
    assert made.redeemed is expected


def test_its_price_is_what_is_paid() -> None:
    tax = {"name": "VAT", "rate": "20%", "included": False}
    made = planned(clinic(tax=tax)).consultation
    assert made
    assert str(made.price) == "120.00"
    exempt = planned(clinic(tax=tax), tax_exempt="medical").consultation
    assert exempt
    assert str(exempt.price) == "100.00"
    inside = planned(clinic(tax=tax | {"included": True}), tax_exempt="medical").consultation
    assert inside
    assert str(inside.price) == "83.33", "100 less 16.67"
    none = planned(no_prices=True).consultation
    assert none
    assert (none.price, none.redeemed) == (None, False)


def test_every_output_tells_of_it() -> None:
    plan = planned(at="10:00")
    assert plan.consultation
    assert plan.consultation.start
    assert f"{plan.consultation.start:%H:%M}" == "10:00"
    words = (
        "Tue 1 Dec 2026 10:00: consultation, 30 minutes, 100.00 GBP, counts against the course,"
        " 2 days to think before session 1"
    )
    assert words in " ".join(to_text(plan).split())
    assert words in to_markdown(plan)
    assert "consultation, 30 minutes, 100.00 GBP" in to_html(plan)
    assert "Beratungsgespräch, 30 Minuten" in to_html(plan, language="de")
    assert to_csv(plan).splitlines()[1].startswith("consultation,2026-12-01,")
    assert b"SUMMARY:Consultation" in to_ics(plan, detail=True)
    quiet = to_ics(plan)
    assert quiet.count(b"BEGIN:VEVENT") == 4
    assert b"onsultation" not in quiet, "it gives nothing away"
    assert len(to_events(plan)) == 4
    assert CoursePlan.model_validate_json(plan.model_dump_json()) == plan


def test_without_prices_no_money_is_told_of_it() -> None:
    told = " ".join(to_text(planned(no_prices=True)).split())
    assert "consultation, 30 minutes, 2 days to think before session 1" in told


def test_days_without_times() -> None:
    plan = planned(clinic(address="1 Street"))
    assert plan.consultation
    assert plan.consultation.start is None
    assert b"DTSTART;VALUE=DATE:20261201" in to_ics(plan)


TESTED = {"tests": [{"what": "patch test", "before": "48 hours", "assumption": "made up"}]}


def test_a_test_has_a_day_of_its_own() -> None:
    plan = planned(rule_=rule(**TESTED))
    (test,) = plan.tests
    assert (str(test.date), str(plan.sessions[0].date)) == ("2026-12-01", "2026-12-03")
    later = planned(rule_=rule(**TESTED), consultation=None, start=date(2026, 12, 14))
    assert str(later.tests[0].date) == "2026-12-11", "the Friday before"
    assert "Fri 11 Dec 2026: patch test, 48 hours before session 1" in to_text(later)
    assert b"SUMMARY:Test: patch test" in to_ics(later, detail=True)
    assert "test,2026-12-11" in to_csv(later)
    weeks = {"tests": [{**TESTED["tests"][0], "before": "1 week"}]}
    plan = planned(rule_=rule(**weeks), consultation="2026-12-03", start=TODAY)
    assert str(plan.sessions[0].date) == "2026-12-10"
    assert "a test comes before it: patch test" in " ".join(plan.sessions[0].why)


def test_a_course_begun_has_its_tests_behind_it() -> None:
    plan = planned(rule_=rule(**TESTED), consultation=None, held=[date(2026, 11, 20)])
    assert plan.tests == ()


def test_no_test_without_an_open_day() -> None:
    closed = {"closures": [{"from": "2026-12-01", "to": "2028-12-31", "reason": "works"}]}
    openings = {"openings": [{"date": "2026-12-09", "hours": ["09:00-17:00"]}]}
    with pytest.raises(NoCalendarFits):
        planned(clinic(**closed, **openings), rule(**TESTED), consultation=None, sessions=1)


def test_of_several_treatments_each_has_its_tests() -> None:
    other = Protocol.read(protocol("hair", (7, 7, 9)) | TESTED)
    request = CourseRequest(protocol=("facial*2", "hair*2"), consultation="2026-12-02")
    plan = plan_combined([rule(), other], request, clinic=clinic(), as_of=TODAY)
    assert [(test.label, str(test.date)) for test in plan.tests] == [("B", "2026-12-09")]
    firsts = {it.label: str(it.date) for it in plan.sessions if it.number == 1}
    assert firsts == {"A": "2026-12-04", "B": "2026-12-11"}, "7 days apart, of one family"
    assert "B Wed 9 Dec 2026: patch test" in to_text(plan)


@pytest.mark.parametrize(
    ("consultation", "code", "field"),
    [
        ({"minutes": 0}, "bad_number", "consultation.minutes"),
        ({"minutes": 30, "price": "1.001"}, "too_many_decimals", "consultation.price"),
        (
            {"minutes": 30, "reflection": "1 day - 2 days"},
            "negative_gap",
            "consultation.reflection",
        ),
        ({"minutes": 30, "redeemed": "1 day - 2 days"}, "negative_gap", "consultation.redeemed"),
        ({"minutes": 30, "late": "50%"}, "missing_key", "notice"),
        ({"minutes": 30, "missed": "120%"}, "bad_percent", "consultation.missed[1].keep"),
    ],
)
def test_bad_input(consultation: Any, code: str, field: str) -> None:
    with pytest.raises(InputError) as caught:
        clinic(consultation)
    assert [(fault.code, fault.field) for fault in caught.value.faults] == [(code, field)]


def test_a_consultation_without_a_price_needs_no_currency() -> None:
    house = {"name": "C", "timezone": "UTC", "hours": WEEKDAYS, "consultation": {"minutes": 30}}
    made = planned(Clinic.read(house)).consultation
    assert made
    assert (made.minutes, made.price) == (30, None)


def test_a_price_needs_a_currency() -> None:
    with pytest.raises(InputError) as caught:
        Clinic.read({"name": "C", "timezone": "UTC", "hours": WEEKDAYS, "consultation": HUNDRED})
    assert [fault.field for fault in caught.value.faults] == ["currency"]


@pytest.mark.parametrize(
    ("clinic_", "wish", "code"),
    [
        (clinic(None), "first", "no_consultation"),
        (clinic(), "2026-12-05", "no_room"),
    ],
)
def test_no_consultation(clinic_: Clinic, wish: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        planned(clinic_, consultation=wish)
    assert [(fault.code, fault.field) for fault in caught.value.faults] == [(code, "consultation")]


def test_a_test_that_has_no_day_left_is_not_told() -> None:
    """Session 1 is booked for tomorrow: the test was done, or is done no more."""
    booked = [BookedSession(number=1, date=date(2026, 12, 2))]
    made = replan_course(
        rule(**TESTED), CourseRequest(sessions=1), booked, clinic=clinic(), as_of=TODAY
    )
    assert made.plan.tests == ()
