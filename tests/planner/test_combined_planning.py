"""Several protocols in one calendar, worked by hand."""

from datetime import date
from decimal import Decimal

import pytest

from meso_schedule import (
    Clinic,
    CoursePlan,
    CourseRequest,
    NoCalendarFits,
    Protocol,
    get_protocol,
    plan_combined,
    plan_course,
    plan_courses,
)
from meso_schedule.base.errors import InputError
from meso_schedule.course.criteria import CRITERIA
from meso_schedule.course.no_calendar import NoCalendarFound
from meso_schedule.course.told_errors import error_document
from meso_schedule.output.terminal.conflict_text import conflict_lines
from meso_schedule.planner.findings import proof_findings
from meso_schedule.planner.setting_up import programme_of
from meso_schedule.planner.top_ups import days_beside, others_of
from meso_schedule.search.programme import Calendar, Guest
from tests.support.samples import (
    ASSUMED,
    COUNTS,
    EVERY_DAY,
    Table,
    apart,
    clinic,
    codes_and_fields,
    course,
    dated,
    faults_of,
    no_of,
    on,
    phase,
    protocol,
)

AS_OF = on("2026-11-22")
HYALURONIC, TOXIN = get_protocol("hyaluronic-acid"), get_protocol("mesobotox")
OPEN = clinic(hours=EVERY_DAY)
# The packaged pair keeps two weeks: of two that begin on 1 December the other can on the 15th only.
TIGHT: Table = {"start_within": 0, "away": ["2026-12-15"]}


def plan(*protocols: Protocol, held: Clinic | None = None, **asked: object) -> CoursePlan:
    request = CourseRequest.read({"start": "2026-12-01", **asked})
    return plan_combined(protocols, request, clinic=held or OPEN, as_of=AS_OF)


def test_the_packaged_pair_keeps_two_weeks() -> None:
    made = plan(HYALURONIC, TOXIN, held=clinic(), protocol=["hyaluronic-acid", "mesobotox*2"])
    # 1 December, a Tuesday; toxin 14 days later is the 15th, the next hyaluronic acid must wait
    # until the 29th anyway and may come on 1 January, a Friday.
    assert dated(made) == "A1:12-01 B1:12-15 A2:01-01 A3:02-01 B2:03-15"
    assert (made.objective.start_days, made.objective.visits) == (14, 5)
    assert made.sessions[1].window.latest == on("2026-12-28"), "14 days more than the usual 13"
    assert made.spacing[0].minimum == ("2 weeks",)


def test_sharing_a_day_saves_a_visit() -> None:
    made = plan(course("one"), course("two", 2, phases=[phase("9 days", "14 days")]))
    # Two comes on the 10th or later; One can wait for it by 2 days, so 4 is the square, not the
    # 25 of Two on the 15th.
    assert dated(made) == "A1:12-01 B1:12-01 A2:12-10 B2:12-10 A3:12-17"
    assert (made.objective.visits, made.objective.squared_deviation) == (3, 4)
    assert made.sessions[0].why[-1] == "one visit with B1: 90 minutes in the chair"


# Tuesday holds one of them; both fit on Wednesday, but the start comes before the visits.
SHORT = clinic(hours=dict.fromkeys(EVERY_DAY, "09:00-10:00") | {"wed": "09:00-10:30"})
FIVE = {"one": {"spacing": apart("two", "5 days", minimum_before="5 days")}}
TENTH = {"one": {"phases": [phase("7 days", "14 days", recommended="10 days")]}}
EIGHTH = {"one": {"phases": [phase("7 days", "9 days", recommended="8 days")]}}
PINS = ["one:2=2026-12-10", "two:1=2026-12-04"]
LATE: Table = {"away": ["2026-12-08..2026-12-13"], "start_within": 0, "late": 30}
TWO_LATE: Table = {"away": ["2026-12-08..2026-12-10"], "start_within": 0, "late": 2}


@pytest.mark.parametrize(
    ("wanted", "rules", "asked", "expected", "late"),
    [
        ("one*1 two*1", {}, {"held": SHORT}, "A1:12-01 B1:12-02", 0),
        ("one*2 two*1@2026-12-20", {}, {}, "A1:12-01 A2:12-08 B1:12-20", 0),
        ("one*2@2026-12-05", {}, {}, "1:12-05 2:12-12", 0),
        # The earliest dates are compared in the order given.
        ("one*1 two*1", FIVE, {"start_within": 9}, "A1:12-01 B1:12-06", 0),
        ("two*1 one*1", FIVE, {"start_within": 9}, "A1:12-01 B1:12-06", 0),
        ("one*3 two*1", {}, {"pin": PINS}, "A1:12-01 B1:12-04 A2:12-10 A3:12-17", 0),
        ("one*2 two*1", {}, LATE, "A1:12-01 B1:12-01 A2:12-14", 3),
        # The 11th, a Friday, is recommended; the 10th is nearer than the 15th.
        ("one*2 two*1", TENTH, {"days": ["tue", "wed", "thu"]}, "A1:12-01 B1:12-01 A2:12-10", 0),
        # The window of the second is 8 to 10 December.
        ("one*2 two*1@2026-12-20", EIGHTH, TWO_LATE, "A1:12-01 A2:12-11 B1:12-20", 1),
    ],
)
def test_days_worked_by_hand(
    wanted: str, rules: dict[str, Table], asked: Table, expected: str, late: int
) -> None:
    names = [word.partition("*")[0] for word in wanted.split()]
    protocols = [course(name, **rules.get(name, {})) for name in names]
    made = plan(*protocols, protocol=wanted.split(), **asked)
    assert (dated(made), made.objective.late_days) == (expected, late)


def test_times_of_a_shared_visit_follow_each_other() -> None:
    made = plan(course("one", 1), course("two", 1), at="17:30", between=["09:00-18:00"])
    one, two = made.sessions
    assert one.start is not None
    assert one.end == two.start
    assert f"{one.start:%H:%M}" == "16:30", "the last quarter hour that holds 90 minutes"
    assert made.objective.time_minutes == 120, "an hour off, for each of two treatments"


def test_treatments_given_elsewhere_block_days() -> None:
    own = course("one", 2, spacing=apart("filler", "10 days", minimum_before="4 days"))
    made = plan(own, other=["filler face 2026-11-30"])
    assert dated(made) == "1:12-04 2:12-11"
    assert made.spacing[0].other == "filler"
    assert "less than 4 days after filler on 2026-11-30" in " ".join(made.sessions[0].why)
    two = course("two", 1, family="peel", spacing=[])
    both = plan(own, two, other=["filler 2026-11-30", "device 2026-12-02"])
    assert dated(both).startswith("B1:12-01 A1:12-04")
    unknown = [f.message for f in both.findings if f.kind == "no_spacing_rule"]
    assert len(unknown) == 4, "one with two, one with the device, two with filler and device"
    assert all(
        message.endswith("whether any time should pass between them.") for message in unknown
    )


def test_top_ups_follow_the_courses_and_keep_their_distance() -> None:
    gap = {"minimum": "1 month", "maximum": "6 weeks", **ASSUMED}
    one = course("one", 1, top_up=gap)
    two = course("two", 1, top_up=gap, spacing=apart("one", "10 days", minimum_before="10 days"))
    made = plan(one, two, top_ups=2)
    assert dated(made) == "A1:12-01 B1:12-11 A2:01-01 B2:01-11 A3:02-01 B3:02-11"
    assert [visit.mark for visit in made.top_ups] == ["A2", "B2", "A3", "B3"]
    shared = plan(one, course("three", 1, top_up=gap), top_ups=1)
    assert dated(shared) == "A1:12-01 B1:12-01 A2:01-01 B2:01-01"
    until = plan(one, course("three", 1), until="2027-02-20")
    assert dated(until) == "A1:12-01 B1:12-01 A2:01-01 A3:02-01"
    assert "no_top_up_rule" in {finding.kind for finding in until.findings}
    none = plan(one, course("three", 1, top_up=gap), until="2026-12-20")
    assert none.top_ups == ()
    assert [f.kind for f in none.findings].count("no_top_up") == 1, "the same for both"


def test_top_ups_join_visits_and_their_times() -> None:
    gap = {"minimum": "10 days", "maximum": "20 days", **ASSUMED}
    one = course("one", 1, top_up=gap)
    made = plan(one, course("two", 3), top_ups=1, at="10:00")
    # From the 11th to the 21st; the 15th is a visit already.
    assert dated(made) == "A1:12-01 B1:12-01 B2:12-08 B3:12-15 A2:12-15"
    times = {visit.mark: f"{visit.start:%H:%M}" for visit in made.visits}
    assert (times["A2"], times["B3"]) == ("10:00", "10:45")


def price(low: str, currency: str = "GBP") -> list[Table]:
    return [{"currency": currency, "per": "session", "low": low, "high": low, **ASSUMED}]


def test_costs_side_by_side_and_together() -> None:
    one, two = course("one", prices=price("100.00")), course("two", 2, prices=price("50.00"))
    made = plan(one, two)
    assert made.cost is not None
    assert (made.cost.low, made.cost.basis) == (Decimal("400.00"), "published")
    assert [(c.label, c.cost.low) for c in made.costs if c.cost] == [
        ("A", Decimal("300.00")),
        ("B", Decimal("100.00")),
    ]
    grown = [(entry.label, entry.session, str(entry.low)) for entry in made.cost.cumulative]
    assert grown == [
        *[("A", 1, "100.00"), ("B", 1, "150.00"), ("A", 2, "250.00"), ("B", 2, "300.00")],
        ("A", 3, "400.00"),
    ]
    assert [line.label for line in made.cost.lines] == ["A", "B"]


def test_a_clinic_with_deposits_and_taxes() -> None:
    own = clinic(
        hours=EVERY_DAY,
        currency="GBP",
        prices={
            "one": {"session": "100.00", "deposit": "20%", "instalments": 2},
            "two": {"session": "60.00", "instalments": 2},
        },
        tax={"name": "VAT", "rate": "20%", "included": True},
    )
    made = plan(course("one"), course("two", 2), course("three", 1, prices=price("9.00")), held=own)
    assert made.cost is not None
    assert (made.cost.basis, made.cost.low) == ("mixed", Decimal("429.00"))
    assert made.cost.deposit is not None
    assert made.cost.deposit.amount == Decimal("60.00")
    assert [(str(p.due), str(p.amount)) for p in made.cost.instalments or ()] == [
        ("2026-12-01", "180.00"),
        ("2026-12-08", "180.00"),
    ]
    assert made.cost.tax is not None
    assert made.cost.tax.amount == Decimal("70.00")


def test_totals_that_cannot_be_given() -> None:
    one = course("one", prices=price("100.00"))
    euro = plan(one, course("two", prices=price("50.00", "EUR")))
    assert euro.cost is None
    assert "currencies_differ" in {finding.kind for finding in euro.findings}
    free = plan(one, course("two"))
    assert (free.cost, len(free.costs)) == (None, 1)
    assert "no_total" in {finding.kind for finding in free.findings}
    assert plan(one, course("two"), no_prices=True).costs == ()


def care(what: str, starts: str, ends: str) -> Table:
    return {"action": "avoid", "what": what, "starts": starts, "ends": ends, **ASSUMED}


def test_one_care_list_with_the_stricter_of_two_rules() -> None:
    one = course("one", 1, care=[care("Aspirin", "-7 days", "0 days")])
    two = course("two", 1, care=[care("Aspirin", "-3 days", "2 days")])
    (span,) = plan(one, two).care
    assert (str(span.first), str(span.last)) == ("2026-11-24", "2026-12-03")
    assert (span.labels, span.marks) == (("A1", "B1"), ("A1", "B1"))


def test_results_and_facts_stand_with_their_treatment() -> None:
    results = {"settle": "5 days", **ASSUMED}
    made = plan(course("one", 1, results=results, facts={"dose": "1 ml", **ASSUMED}), course("two"))
    assert (made.results, made.facts) == (None, {})
    first, second = made.treatments
    assert first.results is not None
    assert str(first.results.first) == "2026-12-06"
    assert (first.facts, second.results) == ({"dose": "1 ml"}, None)


def test_findings_and_questions_are_told_once() -> None:
    ask = [{"action": "ask", "what": "Are you pregnant?", **ASSUMED}]
    made = plan_combined(
        [course("one", care=ask), course("two", care=ask)],
        CourseRequest(start=on("2026-11-20")),
        as_of=AS_OF,
    )
    assert [entry.question for entry in made.screening] == ["Are you pregnant?"]
    assert [f.kind for f in made.findings].count("no_clinic") == 1
    early = [f for f in made.findings if f.kind == "start_before_as_of"]
    assert [(f.label, f.session) for f in early] == [(None, None)], "the start is that of both"


def test_backwards_from_an_event() -> None:
    one = course("one", 2, spacing=apart("two", "2 days", minimum_before="2 days"))
    request = CourseRequest(event=on("2026-12-20"))
    made = plan_combined([one, course("two", 1)], request, clinic=OPEN, as_of=AS_OF)
    # Three days settle: the 17th is the last day; one of them ends on the 15th.
    assert dated(made) == "A1:12-08 A2:12-15 B1:12-17"
    assert made.objective.start_days == 2


def test_tapers_are_asked_of_those_that_have_one() -> None:
    taper = [phase(sessions=2), phase("14 days", "20 days", after_improvement=True, name="later")]
    made = plan(course("one", 4, phases=taper), course("two"), improves_after=3)
    assert [v.phase for v in made.sessions if v.label == "A"] == ["weekly"] * 3 + ["later"]


def test_a_no_names_both_protocols_and_the_rule() -> None:
    error = no_of(plan, HYALURONIC, TOXIN, **TIGHT)
    assert (error.conflict.protocol, error.conflict.beside) == ("mesobotox", ("hyaluronic-acid",))
    assert error.conflict.spacing[0].minimum == ("2 weeks",)
    assert str(error).startswith("mesobotox beside hyaluronic-acid: No calendar fits: session 1")
    assert "2 weeks before and 2 weeks after Hyaluronic" in error.conflict.blocked[0].reason
    way, other = error.relaxations
    assert (way.kind, way.option, way.cost_days) == ("start", "hyaluronic-acid@2026-11-30", 1)
    plan(HYALURONIC, TOXIN, protocol=[way.option, "mesobotox"], **TIGHT)
    assert (other.kind, other.cost_days) == ("away", 1)


def test_a_protocol_that_has_no_calendar_alone() -> None:
    with pytest.raises(NoCalendarFits, match="one: No calendar fits: session 2") as caught:
        plan(course("one", 2), course("two", 1), away=["2026-12-08..2026-12-30"], start_within=0)
    kinds = {way.kind: way for way in caught.value.relaxations}
    assert set(kinds) == {"late", "start", "away", "sessions"}
    assert kinds["sessions"].option == "one*1"


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"minimum": "20 days"}, "no calendar keeps 20 days after ONE"),
        (
            {"minimum": "0 days", "minimum_before": "20 days"},
            "no calendar keeps 20 days before ONE",
        ),
    ],
)
def test_reasons_by_the_rule_there_is(rules: Table, said: str) -> None:
    one = course("one", 3, spacing=apart("two", **rules))
    error = no_of(plan, one, course("two", 3), start_within=2, finish_by="2026-12-20")
    assert said in " ".join(day.reason for day in error.conflict.blocked)


def test_two_that_may_not_share_the_only_day() -> None:
    one = course("one", 1, spacing=apart("two", "0 days"))
    error = no_of(plan, one, course("two", 1), start_within=0)
    (day,) = error.conflict.blocked
    assert day.reason == "no calendar has room beside ONE"


def test_three_that_fit_by_twos_only() -> None:
    rule = {"minimum_before": "2 days"}
    one = course(
        "one", 1, spacing=[*apart("two", "2 days", **rule), *apart("three", "2 days", **rule)]
    )
    two = course("two", 1, spacing=apart("three", "2 days", **rule))
    error = no_of(plan, one, two, course("three", 1), finish_by="2026-12-04")
    assert error.conflict.beside == ("one", "two")
    assert error.relaxations[0].cost_days == 1


def test_ways_out_by_the_calendar_of_clinic_and_patient() -> None:
    shut = clinic(
        hours=EVERY_DAY,
        closures=[{"from": "2026-12-08", "to": "2026-12-30", "reason": "Works"}],
    )
    error = no_of(plan, course("one", 2), course("two", 2), held=shut, start_within=0)
    closure = next(way for way in error.relaxations if way.kind == "closure")
    assert (closure.cost_days, closure.option) == (1, None)
    assert 'date = "2026-12-08"' in closure.message
    error = no_of(plan, course("one", 4), course("two", 2), finish_by="2026-12-15", start_within=0)
    ways = {way.kind: way.option for way in error.relaxations}
    assert ways["finish_by"] == "--finish-by 2026-12-22"
    error = no_of(plan, course("one", 4), course("two", 2), event="2026-12-18", start_within=0)
    assert "--event 2026-12-25" in [way.option for way in error.relaxations]
    request = CourseRequest(event=on("2026-12-01"))
    error = no_of(
        plan_combined, [course("one", 4), course("two")], request, clinic=OPEN, as_of=AS_OF
    )
    assert "start" not in [way.kind for way in error.relaxations]


def test_pinned_sessions_are_not_left_out() -> None:
    error = no_of(
        plan, course("one", 3), course("two", 1), pin=["one:3=2026-12-08"], start_within=0
    )
    assert "sessions" not in [way.kind for way in error.relaxations]


def test_a_start_moved_earlier() -> None:
    hard = [phase("7 days", "7 days")]
    away = ["2026-12-11..2026-12-31"]
    with pytest.raises(NoCalendarFits) as caught:
        plan(course("one", 2, phases=hard), course("two", 1), away=away, start="2026-12-05")
    (way, *_) = [way for way in caught.value.relaxations if way.kind == "start"]
    assert way.option == "one@2026-12-03"
    assert "2 days earlier" in way.message


def three() -> list[Protocol]:
    """Return protocols whose days rarely meet by themselves."""
    return [
        course("one", 6, phases=[phase("5 days", "25 days")]),
        course("two", 5, phases=[phase("9 days", "20 days")]),
        course("three", 4, phases=[phase("6 days", "16 days")]),
    ]


def test_past_the_bound_of_work_nothing_is_claimed() -> None:
    request = CourseRequest.read({"start": "2026-12-01", "days": ["mon", "tue", "fri"]})
    made = plan_combined(three(), request, clinic=OPEN, as_of=AS_OF, most_steps=20)
    bound = made.objective.bound
    assert bound is not None
    assert bound.visits == made.objective.visits
    assert bound.squared_deviation < made.objective.squared_deviation
    (finding,) = [f for f in made.findings if f.kind == "not_proved"]
    assert f"none has fewer than {bound.squared_deviation}." in finding.message
    proven = plan_combined(three(), request, clinic=OPEN, as_of=AS_OF)
    assert proven.objective.bound is None
    assert proven.objective.squared_deviation > bound.squared_deviation
    assert proven.objective.squared_deviation <= made.objective.squared_deviation


def test_what_has_no_room_between_the_sessions_of_another_is_not_tried_there() -> None:
    # Weekly sessions leave no day for what stands two weeks, or one, from each of them.
    names = ("general", "mesobotox", "mesoglow")
    request = CourseRequest.read({"start": "2026-12-01"})
    made = plan_combined(
        [get_protocol(name) for name in names], request, as_of=AS_OF, most_steps=400
    )
    assert made.objective.bound is None
    assert made.objective.start_days == 14 + 42


def test_past_the_bound_of_work_no_absence_is_claimed() -> None:
    # Sessions 7 days apart, as they must be to end in time, leave no day 4 days from each of them.
    rules = apart("two", "4 days", minimum_before="4 days")
    pair = [course("one", 4, phases=[phase("7 days", "8 days")], spacing=rules), course("two", 1)]
    asked: Table = {"start": "2026-12-01", "start_within": 1, "finish_by": "2026-12-22"}
    request = CourseRequest.read({**asked, "protocol": ["one", "two@2026-12-08"]})
    with pytest.raises(NoCalendarFound, match="within 2 steps") as caught:
        plan_combined(pair, request, clinic=OPEN, as_of=AS_OF, most_steps=2)
    assert caught.value.faults[0].code == "not_proven"
    assert caught.value.exit_code == 3
    more = {**asked, "protocol": ["three", "one", "two@2026-12-08"]}
    with pytest.raises(NoCalendarFits) as proven:
        plan_combined(
            [course("three", 2), *pair],
            CourseRequest.read(more),
            clinic=OPEN,
            as_of=AS_OF,
            most_steps=2,
        )
    assert proven.value.conflict.beside == ("one",), "two of the three rule it out"


def asked_for(*names: str, **asked: object) -> set[tuple[str, str | None]]:
    request = CourseRequest.read({"start": "2026-12-01", **asked})
    protocols = [course(name) for name in names]
    return codes_and_fields(
        faults_of(lambda: plan_combined(protocols, request, clinic=OPEN, as_of=AS_OF))
    )


@pytest.mark.parametrize(
    ("names", "asked", "found"),
    [
        ("one two", {"protocol": ["two", "one"]}, {("contradiction", "protocol")}),
        ("one two", {"sessions": 13}, {("bad_sessions", "sessions")}),
        ("one two", {"held": ["one:2026-12-30"]}, {("not_yet", "held")}),
        ("one two", {"reviewed_on": ["six:2026-11-01"]}, {("bad_held", "reviewed_on")}),
        (
            "one two",
            {"held": ["one:2026-11-01"], "improved_on": "2026-11-02"},
            {("no_taper", "improved_on")},
        ),
        ("one two", {"pin": ["six:2=2026-12-08"]}, {("bad_pin", "pin")}),
        ("one two", {"improves_after": 2}, {("no_rule", "improves_after")}),
        ("one two", {"no_improvement": True}, {("no_rule", "no_improvement")}),
        ("one two", {"top_ups": 2}, {("no_rule", "top_ups")}),
        ("one two", {"until": "2027-12-01"}, {("no_rule", "until")}),
        ("one two", {"area": ["knee"]}, {("unknown_area", "area")}),
        (
            "one two",
            {"protocol": ["one@2027-03-01", "two"], "finish_by": "2027-02-01"},
            {("dates_crossed", "start")},
        ),
    ],
)
def test_what_does_not_go_with_several(
    names: str, asked: Table, found: set[tuple[str, str]]
) -> None:
    assert asked_for(*names.split(), **asked) == found


def test_bad_wishes_are_faults_of_the_request() -> None:
    found = faults_of(lambda: CourseRequest.read({"protocol": ["one*x", "two@soon"]}))
    assert codes_and_fields(found) == {("bad_protocol", "protocol"), ("bad_date", "protocol")}


def test_many_at_once() -> None:
    request = CourseRequest(start=on("2026-12-01"))
    pair = [course("one"), course("two")]
    made = list(plan_courses([(pair, request), (pair[0], request)], clinic=OPEN, as_of=AS_OF))
    assert isinstance(made[0], CoursePlan)
    assert isinstance(made[1], CoursePlan)
    assert (len(made[0].protocols), len(made[1].protocols)) == (2, 1)


def test_the_reference_is_known_before() -> None:
    request = CourseRequest.read({"protocol": ["one*2", "two@2026-12-09"], "start": "2026-12-01"})
    made = plan_combined([course("one"), course("two")], request, clinic=OPEN, as_of=AS_OF)
    assert made.reference == request.reference_on(AS_OF)
    single = CourseRequest.read({"protocol": "one*2@2026-12-09"})
    alone = plan_course(course("one"), single, clinic=OPEN, as_of=AS_OF)
    assert alone.reference == single.reference_on(AS_OF)
    assert alone.sessions[0].date == date(2026, 12, 9)


def test_input_errors_of_clinic_rules() -> None:
    own = clinic(spacing=[{"first": "peel", "other": "nobody", "minimum": "1 day"}])
    with pytest.raises(InputError, match="nobody"):
        plan(course("one"), course("two"), held=own)


def test_closed_days_and_distances_are_told_apart() -> None:
    error = no_of(plan, HYALURONIC, TOXIN, held=clinic(), **TIGHT)
    told = {day.date.isoformat(): day.reason for day in error.conflict.blocked}
    assert told["2026-12-05"] == "closed on Saturdays"
    assert told["2026-12-07"].startswith("no calendar keeps 2 weeks before")


def test_of_three_the_two_that_do_not_fit_are_named() -> None:
    scalp = course("scalp", 1, areas=["scalp"])
    error = no_of(plan, HYALURONIC, scalp, TOXIN, start_within=1, away=["2026-12-15..2026-12-17"])
    assert error.conflict.beside == ("hyaluronic-acid",)


def test_absences_and_closures_that_change_nothing_are_no_way_out() -> None:
    closures = [{"from": "2027-06-01", "to": "2027-06-02", "reason": "Works"}]
    own = clinic(hours=EVERY_DAY, closures=closures)
    pair = course("one", 1, spacing=apart("two", "14 days", minimum_before="14 days"))
    away, last = ["2027-06-05"], "2026-12-14"
    error = no_of(plan, pair, course("two", 1), held=own, away=away, finish_by=last)
    assert {way.kind for way in error.relaxations} == {"start", "finish_by"}


def test_what_takes_too_much_work_to_tell_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meso_schedule.planner.trying._MOST_STEPS", -1)
    monkeypatch.setattr("meso_schedule.planner.conflicts._MOST_STEPS", -1)
    away = ["2026-12-08..2026-12-13"]
    error = no_of(plan, course("one", 2), course("two", 1), away=away, start_within=0)
    assert {way.kind for way in error.relaxations} == {"start", "sessions"}
    assert error.is_cut
    assert error_document(error, {}, "")["relaxations_cut"]
    *_, last = conflict_lines(error)
    assert last == "Other ways out may work: the search for them reached its bound of work."
    scalp = course("scalp", 1, areas=["scalp"])
    error = no_of(plan, HYALURONIC, scalp, TOXIN, start_within=1, away=["2026-12-15..2026-12-17"])
    assert error.conflict.beside == ("hyaluronic-acid", "scalp")


def test_room_that_takes_too_much_work_to_tell_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meso_schedule.search.completion._MOST_LOOKS", 1)
    made = plan(course("one"), course("two"))
    assert [visit.slack_days for visit in made.sessions if visit.number == 1] == [None, None]
    error = no_of(plan, course("one", 4), course("two", 2), finish_by="2026-12-15", start_within=0)
    assert "finish_by" not in {way.kind for way in error.relaxations}


def test_a_bound_that_is_reached_in_every_criterion() -> None:
    measure = dict.fromkeys(CRITERIA, 3)
    (finding,) = proof_findings(Calendar([[1]], measure, measure))
    assert "only the dates of others as good may be earlier" in finding.message


def test_room_among_visits_already_placed() -> None:
    hours = dict.fromkeys(EVERY_DAY, "09:00-10:00")
    request = CourseRequest(start=on("2026-12-01"))
    own = clinic(hours=hours)
    asked = programme_of([course("one"), course("two")], request, own, AS_OF)
    first = on("2026-12-01").toordinal()
    taken = {first: [Guest(1)], first + 1: [Guest(0)]}
    days = days_beside(asked, 0, asked.setups[0].availability, others_of(taken, 0))
    assert days.usable(first, first + 2) == [first + 1, first + 2]
    assert first not in days.lookup(first, first + 2)


def test_a_way_that_is_found_to_be_cheaper_later() -> None:
    # Five days before and after each session of one leave two, at 7 to 9 days, none between.
    rules = apart("two", "5 days", minimum_before="5 days")
    one = course("one", 4, phases=[phase("5 days", "7 days")], spacing=rules)
    two = course("two", 3, phases=[phase("7 days", "9 days", recommended="8 days")])
    error = no_of(plan, one, two, start_within=8, finish_by="2027-01-03")
    assert error.conflict.beside == ("one",)


def test_a_day_that_is_long_enough_for_one_treatment_is_no_day_of_the_other() -> None:
    # One takes 45 minutes and has the hour from eleven; two takes 150 and needs the morning.
    morning = clinic(hours=dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-12:00"))
    long = {**COUNTS, "usual": 2, "minutes": 150}
    two = protocol(id="two", name="TWO", sessions=long, phases=[phase("7 days", "7 days")])
    error = no_of(plan, course("one", 1), two, held=morning, between=["11:00-12:00"])
    (way,) = [it for it in error.relaxations if it.kind == "between"]
    assert way.option == "--between 11:00-12:00 --between wed:09:00-12:00"
    assert way.message == "Come at other hours: 2026-12-02; 2026-12-09."
    made = plan(course("one", 1), two, held=morning, between=["11:00-12:00", "wed:09:00-12:00"])
    assert dated(made) == "A1:12-01 B1:12-02 B2:12-09"


def test_other_hours_keep_those_of_another_day_of_the_weekday() -> None:
    # The 7th is open in the evening only; the 14th, seven days later, at noon as every Monday.
    opening = {"date": "2026-12-07", "hours": ["17:00-21:00"]}
    noon = clinic(hours={"mon": ["12:00-16:00"]}, openings=[opening])
    one = course("one", 2, phases=[phase("7 days", "7 days")])
    asked: Table = {"start": "2026-12-07", "start_within": 0, "between": ["12:30-15:00"]}
    error = no_of(plan, one, held=noon, **asked)
    (way,) = [it for it in error.relaxations if it.kind == "between"]
    hours = ["12:30-15:00", "mon:12:30-15:00", "mon:17:00-21:00"]
    assert way.option == " ".join(f"--between {it}" for it in hours)
    assert dated(plan(one, held=noon, **{**asked, "between": hours})) == "1:12-07 2:12-14"
