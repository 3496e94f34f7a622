"""Several treatments that have begun, worked by hand: what moves, what stays, and why."""

from collections.abc import Mapping
from typing import Any

import pytest

from meso_schedule import (
    Begun,
    Clinic,
    CoursePlan,
    CourseRequest,
    Protocol,
    Replan,
    get_protocol,
    plan_combined,
    replan_combined,
    replan_course,
)
from tests.support.samples import (
    ASSUMED,
    EVERY_DAY,
    Table,
    apart,
    booked,
    clinic,
    codes_and_fields,
    course,
    dated,
    days,
    faults_of,
    no_of,
    on,
    phase,
)

OPEN = clinic(hours=EVERY_DAY)
HYALURONIC, TOXIN = get_protocol("hyaluronic-acid"), get_protocol("mesobotox")


def held(text: str, bookings: str = "", release: tuple[int, ...] = (), **more: Any) -> Begun:
    return Begun(tuple(days(text)), tuple(booked(bookings, **more)), frozenset(release))


def replanned(
    protocols: tuple[Protocol, ...],
    begun: Mapping[str, Begun],
    as_of: str,
    house: Clinic | None = OPEN,
    **asked: object,
) -> Replan:
    request = CourseRequest.read(asked)
    return replan_combined(protocols, request, begun, clinic=house, as_of=on(as_of))


def moves(made: Replan) -> str:
    return " ".join(
        f"{c.label}{c.number}:{c.kind}:{c.before:%m-%d}>{c.after:%m-%d}"
        for c in made.changes
        if c.before and c.after
    )


def why(made: Replan) -> dict[str, str]:
    return {f"{c.label}{c.number}": "; ".join(c.why) for c in made.changes}


def timed(plan: CoursePlan) -> str:
    return " ".join(f"{v.mark}:{v.start:%dT%H:%M}" for v in plan.visits if v.start)


# The rule files say: hyaluronic acid after 1 month, at most 6 weeks; mesoBotox after 3 months and
# 90 days; two weeks between the two, whichever comes first.
PAIR = (HYALURONIC, TOXIN)
BOOKED_PAIR = {
    "hyaluronic-acid": held("2027-01-04", "2=2027-02-05 3=2027-03-05"),
    "mesobotox": held("", "1=2027-01-20 2=2027-04-20"),
}
ASKED_PAIR: Table = {"protocol": ["hyaluronic-acid", "mesobotox*2"], "start": "2027-01-04"}


def test_what_is_booked_well_stays() -> None:
    made = replanned(PAIR, BOOKED_PAIR, "2027-01-10", clinic(), **ASKED_PAIR)
    assert made.changes == ()
    assert dated(made.plan) == "B1:01-20 A2:02-05 A3:03-05 B2:04-20"
    found = made.plan.objective
    assert (found.moved, found.moved_days, found.start_days) == (0, 0, 16)
    assert "booked on this day already" in made.plan.sessions[0].why


def test_an_absence_moves_one_treatment_and_leaves_the_other() -> None:
    away = ["2027-02-04..2027-02-10"]
    made = replanned(PAIR, BOOKED_PAIR, "2027-01-10", clinic(), away=away, **ASKED_PAIR)
    # 3 February is 30 days after 4 January, two weeks after mesoBotox on 20 January, and 30 days
    # before 5 March.
    assert moves(made) == "A2:moved:02-05>02-03"
    assert (made.plan.objective.moved, made.plan.objective.moved_days) == (1, 2)


def test_the_distance_between_treatments_moves_sessions() -> None:
    away = ["2027-01-18..2027-01-22"]
    made = replanned(PAIR, BOOKED_PAIR, "2027-01-10", clinic(), away=away, **ASKED_PAIR)
    # Before the 18th is too near to 4 January. From the 25th two weeks lead to 8 February, a
    # month to 8 March; three months lead to 25 April, a Sunday.
    assert moves(made) == (
        "A2:moved:02-05>02-08 A3:moved:03-05>03-08 B1:moved:01-20>01-25 B2:moved:04-20>04-26"
    )
    assert (made.plan.objective.moved, made.plan.objective.moved_days) == (4, 17)
    assert why(made)["A2"] == "less than 2 weeks after MesoBotox on 2027-01-25"
    assert why(made)["B1"].startswith("the patient is away 2027-01-18..2027-01-22")
    assert "too soon: its window opens on 2027-04-25" in why(made)["B2"]
    assert [change.protocol for change in made.changes] == [
        *("hyaluronic-acid", "hyaluronic-acid"),
        *("mesobotox", "mesobotox"),
    ]


def test_each_treatment_has_its_history_and_its_next_session() -> None:
    request = CourseRequest(
        protocol=["hyaluronic-acid", "mesobotox"],
        held=["mesobotox:2027-01-11", "hyaluronic-acid:2027-01-04", "hyaluronic-acid:2027-01-20"],
    )
    made = plan_combined(PAIR, request, clinic=clinic(), as_of=on("2027-02-06"))
    assert [(it.mark, str(it.date), it.verdict) for it in made.history] == [
        ("A1", "2027-01-04", "on schedule"),
        ("B1", "2027-01-11", "on schedule"),
        ("A2", "2027-01-20", "too soon"),
    ]
    assert made.next_session is None
    assert [
        (part.label, part.held, part.next_session and str(part.next_session.earliest))
        for part in made.treatments
    ] == [("A", 2, "2027-02-17"), ("B", 1, "2027-04-11")]
    # Days of the other treatment's sessions held count from the session as it was held.
    # A month after 20 January is a Saturday: the Friday before it is 30 days after.
    assert dated(made) == "A3:02-19 B2:04-12 B3:07-12 B4:10-12"
    told = {(it.kind, it.label): it.message for it in made.findings}
    assert told["too_soon", "A"].endswith(
        "Session 2 on 2027-01-20 was too soon; it counts all the same."
    )
    assert told["too_close", "B"] == (
        "MesoBotox on 2027-01-11 came less than 2 weeks after Hyaluronic acid mesotherapy"
        " on 2027-01-04."
    )
    assert told["too_close", "A"] == (
        "Hyaluronic acid mesotherapy on 2027-01-20 came less than 2 weeks after MesoBotox"
        " on 2027-01-11."
    )
    assert made.reference == request.reference_on(on("2027-02-06"))
    assert made.cost is not None
    assert made.cost.remaining is not None
    assert [(it.label, it.session) for it in made.cost.cumulative][:3] == [
        ("A", 1),
        ("B", 1),
        ("A", 2),
    ]
    assert [span.labels for span in made.care if "A2" in span.labels]


@pytest.mark.parametrize(
    ("rules", "first", "said"),
    [
        # Held on the 1st: a week after, or only two days where the rule is the other way round.
        ({"minimum": "7 days"}, "one", "08"),
        ({"minimum": "7 days"}, "two", "05"),
        ({"minimum": "2 days", "minimum_before": "7 days"}, "one", "05"),
        ({"minimum": "2 days", "minimum_before": "7 days"}, "two", "08"),
    ],
)
def test_sessions_held_keep_days_free_for_the_others(rules: Table, first: str, said: str) -> None:
    one = course("one", 1, spacing=[{"other": "two", **ASSUMED, **rules}])
    begun = {first: held("2026-12-01")}
    made = replanned((one, course("two", 1)), begun, "2026-12-05", start="2026-12-05")
    assert [f"{visit.date:%d}" for visit in made.plan.sessions] == [said]
    assert made.plan.objective.visits == 1
    assert [part.sessions for part in made.plan.treatments] == (
        [0, 1] if first == "one" else [1, 0]
    )


def test_a_day_that_is_held_is_shared_only_where_it_may_be() -> None:
    begun = {"one": held("2026-12-05")}
    apart_days = (course("one", 1, spacing=apart("two", "0 days")), course("two", 1))
    made = replanned(apart_days, begun, "2026-12-05", start="2026-12-05")
    assert dated(made.plan) == "B1:12-06"
    shared = (course("one", 1, spacing=apart("two", "0 days", same_day=True)), course("two", 1))
    assert dated(replanned(shared, begun, "2026-12-05", start="2026-12-05").plan) == "B1:12-05"
    both = {"one": held("2026-12-05"), "two": held("2026-12-05")}
    made = replanned(apart_days, both, "2026-12-06")
    assert made.plan.sessions == ()
    (message,) = [it.message for it in made.plan.findings if it.kind == "too_close"]
    assert message == "ONE and TWO were both given on 2026-12-05: they may not share a day."
    made = replanned(shared, both, "2026-12-06")
    assert "too_close" not in {it.kind for it in made.plan.findings}


def test_a_treatment_that_has_not_begun_is_not_planned_in_the_past() -> None:
    pair = course("one", 2), course("two", 1)
    made = replanned(pair, {"one": held("2026-12-01")}, "2026-12-04", start="2026-12-01")
    assert dated(made.plan) == "B1:12-04 A2:12-08"
    # The three days that were past count from the start.
    assert made.plan.objective.start_days == 3


def test_nothing_held_and_nothing_booked_is_a_plan() -> None:
    pair = course("one", 3), course("two", 2)
    request = CourseRequest(start=on("2026-12-01"), held=())
    planned = plan_combined(pair, request, clinic=OPEN, as_of=on("2026-12-03"))
    made = replan_combined(pair, request, {}, clinic=OPEN, as_of=on("2026-12-03"))
    assert made.plan == planned
    assert {change.kind for change in made.changes} == {"new"}
    assert len(made.changes) == len(planned.sessions)


def test_one_treatment_is_replanned_as_ever() -> None:
    request = CourseRequest(protocol=("one",), sessions=3)
    begun = {"one": held("2026-12-01", "2=2026-12-09")}
    made = replan_combined([course("one", 2)], request, begun, as_of=on("2026-12-02"))
    own = request.model_copy(update={"held": (on("2026-12-01"),)})
    bookings = begun["one"].booked
    assert made == replan_course(course("one", 2), own, bookings, as_of=on("2026-12-02"))
    assert {change.label for change in made.changes} == {None}
    none = replan_combined([course("one", 2)], own, {}, as_of=on("2026-12-02"))
    assert none.plan.history == made.plan.history
    texts = CourseRequest(held=["one:2026-12-01"], sessions=3)
    assert replan_combined([course("one", 2)], texts, {}, as_of=on("2026-12-02")).plan == none.plan


def test_booked_times_stay_in_a_visit() -> None:
    pair = course("one", 2), course("two", 2, spacing=apart("one", "0 days", same_day=True))
    begun = {
        "one": held("2026-12-01", "2=2026-12-08T10:00"),
        "two": held("2026-12-01", "2=2026-12-08T10:45"),
    }
    made = replanned(pair, begun, "2026-12-02")
    assert made.changes == ()
    assert timed(made.plan) == "A2:08T10:00 B2:08T10:45"
    liked = replanned(pair, begun, "2026-12-02", at="09:00")
    assert timed(liked.plan) == "A2:08T10:00 B2:08T10:45"
    # Both treatments of the visit count the hour from nine to its begin.
    assert liked.plan.objective.time_minutes == 120


def test_of_two_booked_times_one_gives_way() -> None:
    pair = course("one", 2), course("two", 2, spacing=apart("one", "0 days", same_day=True))
    begun = {
        "one": held("2026-12-01", "2=2026-12-11T10:00"),
        "two": held("2026-12-01", "2=2026-12-11T15:00"),
    }
    made = replanned(pair, begun, "2026-12-02", finish_by="2026-12-11")
    # Any other day would move it by a day at least.
    assert timed(made.plan) == "A2:11T10:00 B2:11T10:45"
    assert why(made) == {"B2": "its visit with ONE begins at another time"}
    assert (made.changes[0].start_before, made.changes[0].start_after) == ("15:00", "10:45")
    assert (made.plan.objective.moved, made.plan.objective.moved_days) == (1, 0)
    liked = replanned(pair, begun, "2026-12-02", at="15:00")
    assert timed(liked.plan) == "A2:11T14:15 B2:11T15:00"


def test_a_visit_that_is_too_long_moves_one_of_two() -> None:
    hours = dict.fromkeys(EVERY_DAY, "09:00-10:00")
    pair = course("one", 2), course("two", 2, spacing=apart("one", "0 days", same_day=True))
    begun = {
        "one": held("2026-12-01", "2=2026-12-08"),
        "two": held("2026-12-01", "2=2026-12-08"),
    }
    made = replanned(pair, begun, "2026-12-02", clinic(hours=hours))
    assert moves(made) == "B2:moved:12-08>12-09"
    assert why(made) == {"B2": "no room for one visit with ONE: 90 minutes in the chair"}


def test_times_that_no_longer_hold_are_given_up() -> None:
    hours = dict.fromkeys(EVERY_DAY, "12:00-18:00")
    pair = course("one", 2), course("two", 2, spacing=apart("one", "0 days", same_day=True))
    begun = {
        "one": held("2026-12-01", "2=2026-12-08T17:15"),
        "two": held("2026-12-01", "2=2026-12-08T10:00"),
    }
    made = replanned(pair, begun, "2026-12-02", clinic(hours=hours))
    # 17:15 leaves no room for a second treatment, so the other comes a day later.
    assert timed(made.plan) == "A2:08T17:15"
    assert dated(made.plan) == "A2:12-08 B2:12-09"
    assert why(made) == {"B2": "the opening hours no longer hold its time"}
    # On the same day neither time can stay, and nothing is asked of the time of day.
    made = replanned(pair, begun, "2026-12-02", clinic(hours=hours), finish_by="2026-12-08")
    assert timed(made.plan) == ""
    assert (made.plan.objective.moved, made.plan.objective.moved_days) == (2, 0)
    assert why(made)["A2"] == "its visit with TWO begins at another time"


def test_what_is_fixed_stays_or_is_released() -> None:
    house = clinic(hours=EVERY_DAY, notice="1 week")
    pair = course("one", 2), course("two", 2, spacing=apart("one", "3 days"))
    begun = {
        "one": held("2026-12-01", "2=2026-12-09"),
        "two": held("2026-12-04", "2=2026-12-14", pinned=True),
    }
    made = replanned(pair, begun, "2026-12-05", house)
    assert made.changes == ()
    assert "inside the clinic's notice of 1 week" in made.plan.sessions[0].why
    assert "fixed by hand" in made.plan.sessions[1].why
    away: Table = {"away": ["2026-12-09", "2026-12-14"]}
    error = no_of(replanned, pair, begun, "2026-12-05", house, **away)
    assert (error.conflict.protocol, error.conflict.session) == ("one", 2)
    (way,) = [way for way in error.relaxations if way.kind == "release"]
    assert way.option == "--release one:2 --release two:2"
    assert (way.cost_days, way.message) == (2, "Let booked session one:2 and two:2 move.")
    begun = {
        "one": held("2026-12-01", "2=2026-12-09", (2,)),
        "two": held("2026-12-04", "2=2026-12-14", (2,), pinned=True),
    }
    made = replanned(pair, begun, "2026-12-05", house, **away)
    # The 12th is three days after the 9th, which is lost: the 8th, or the 10th.
    assert moves(made) == "A2:moved:12-09>12-08 B2:moved:12-14>12-13"


def test_a_pin_of_the_request_comes_before_a_booking() -> None:
    pair = course("one", 2), course("two", 1)
    begun = {"one": held("2026-12-01", "2=2026-12-08", pinned=True), "two": held("2026-12-01")}
    made = replanned(pair, begun, "2026-12-02", pin=["one:2=2026-12-10"])
    assert why(made) == {"A2": "session 2 is pinned to 2026-12-10"}


def test_a_start_that_has_passed_is_a_no_with_a_later_start() -> None:
    pair = course("one", 2), course("two", 1)
    begun = {"one": held("2026-12-20")}
    asked: Table = {"start": "2026-12-01", "start_within": 3}
    error = no_of(replanned, pair, begun, "2026-12-22", **asked)
    assert (error.conflict.protocol, error.conflict.session) == ("two", 1)
    options = [way.option for way in error.relaxations]
    assert options == ["two@2026-12-22"]
    made = replanned(pair, begun, "2026-12-22", protocol=["one", *options], start_within=3)
    assert dated(made.plan) == "B1:12-22 A2:12-27"


def test_distances_and_sessions_held_make_a_conflict() -> None:
    tight = [phase("7 days", "7 days")]
    pair = course("one", 3, phases=tight, spacing=apart("two", "4 days", minimum_before="4 days"))
    other = course("two", 2, phases=tight)
    begun = {"one": held("2026-12-01"), "two": held("2026-12-04")}
    error = no_of(replanned, (pair, other), begun, "2026-12-06")
    conflict = error.conflict
    # Two is due on the 11th, one on the 8th and the 15th: three days apart.
    assert (conflict.protocol, conflict.session, conflict.beside) == ("two", 2, ("one",))
    assert conflict.blocked[0].reason == "no calendar keeps 4 days before and 4 days after ONE"
    ways = {way.kind: way for way in error.relaxations}
    assert "start" not in ways
    made = replanned((pair, other), begun, "2026-12-06", late=1)
    assert made.plan.objective.late_days == ways["late"].cost_days
    assert ways["sessions"].option in ("one*2", "two*1")


def test_improvement_is_recorded_of_those_that_wait_for_it() -> None:
    phases = [phase("7 days", "10 days", name="first", sessions=2)]
    phases += [phase("14 days", "20 days", name="then", after_improvement=True)]
    three = course("one", 3, phases=phases), course("two", 3, phases=phases), course("six", 2)
    begun = {"one": held("2026-12-01"), "two": held("2026-12-03"), "six": held("2026-12-01")}
    made = replanned(three, begun, "2026-12-05", improved_on="2026-12-02")
    phase_of = {visit.mark: visit.phase for visit in made.plan.sessions}
    assert (phase_of["A2"], phase_of["B2"], phase_of["B3"]) == ("then", "first", "then")
    provisional = {visit.mark for visit in made.plan.sessions if visit.provisional}
    assert provisional == {"B3"}


def test_top_ups_follow_their_bookings() -> None:
    rule = {"minimum": "14 days", "maximum": "20 days", **ASSUMED}
    pair = course("one", 2, top_up=rule), course("two", 3, spacing=apart("one", "3 days"))
    begun = {
        "one": held("2026-12-01 2026-12-08", "3=2026-12-24"),
        "two": held("2026-12-05", "2=2026-12-14 3=2026-12-26"),
    }
    made = replanned(pair, begun, "2026-12-09", top_ups=2)
    # The last day of its window is the nearest to the 26th, and closes the 24th to the top-up.
    assert dated(made.plan).split()[:3] == ["B2:12-14", "B3:12-24", "A3:12-23"]
    assert why(made)["A3"] == "not on the day of TWO"
    change = {f"{c.label}{c.number}": c.kind for c in made.changes}
    assert change["A4"] == "new"
    dropped = replanned(pair, {"one": held("2026-12-01 2026-12-08", "3=2026-12-24")}, "2026-12-09",
                        start="2026-12-09")  # fmt: skip
    assert why(dropped)["A3"] == "session 2 is the last: 3 is not needed"


def test_a_top_up_joins_a_visit_only_where_booked_times_stay() -> None:
    rule = {"minimum": "7 days", "maximum": "8 days", **ASSUMED}
    share = apart("one", "0 days", same_day=True)
    pair = course("one", 1, top_up=rule), course("two", 2, spacing=share)
    begun = {
        "one": held("2026-12-01", "2=2026-12-08T09:00"),
        "two": held("2026-12-01", "2=2026-12-08T09:00"),
    }
    house = clinic(hours=dict.fromkeys(EVERY_DAY, "09:00-12:00"))
    made = replanned(pair, begun, "2026-12-02", house, top_ups=1)
    # Before it in the chair the top-up would need the quarter past eight.
    assert timed(made.plan) == "B2:08T09:00"
    assert dated(made.plan) == "B2:12-08 A2:12-09"
    begun["two"] = held("2026-12-01", "2=2026-12-08T09:45")
    made = replanned(pair, begun, "2026-12-02", house, top_ups=1)
    assert timed(made.plan) == "B2:08T09:45 A2:08T09:00"
    assert made.changes == ()


def test_care_of_a_held_day_and_of_a_time_on_it_begins_with_the_day() -> None:
    care = [{"action": "expect", "what": "swelling", "starts": "6 hours", "ends": "2 days"}]
    told = [{**entry, **ASSUMED} for entry in care]
    pair = course("one", 1, care=told), course("two", 1, care=told)
    begun = {"one": held("2026-12-05")}
    made = replanned(pair, begun, "2026-12-05", at="10:00", start="2026-12-05")
    (span,) = made.plan.care
    assert sorted(span.labels) == ["A1", "B1"]
    assert str(span.first) == "2026-12-05"


def test_what_has_begun_is_checked() -> None:
    pair = course("one", 2), course("two", 2)

    def faults(begun: Mapping[str, Begun], **asked: object) -> set[tuple[str, str | None]]:
        return codes_and_fields(
            faults_of(lambda: replanned(pair, begun, "2026-12-05", OPEN, **asked))
        )

    assert faults({"six": Begun()}) == {("bad_begun", "begun")}
    assert faults({"one": held("2026-12-01")}, held=["one:2026-12-02"]) == {
        ("contradiction", "held")
    }
    bad = {"one": held("2026-12-01", "1=2026-12-03"), "two": held("", "2=2026-12-08 2=2026-12-09")}
    assert faults(bad) == {("bad_booking", "booked"), ("contradiction", "booked")}
    (first, *_) = faults_of(lambda: replanned(pair, bad, "2026-12-05"))
    assert first.value == "one:1=2026-12-03"
    assert faults({"one": held("2026-12-09")}) == {("not_yet", "held")}


def test_the_bound_of_work_holds_for_replans_too() -> None:
    three = (
        course("one", 6, phases=[phase("5 days", "25 days")]),
        course("two", 5, phases=[phase("9 days", "20 days")]),
        course("six", 4, phases=[phase("6 days", "16 days")]),
    )
    asked: Table = {"start": "2026-12-01", "days": ["mon", "tue", "fri"]}
    begun = {"six": held("", "1=2026-12-04 2=2026-12-12")}
    made = replan_combined(
        three,
        CourseRequest.read(asked),
        begun,
        clinic=OPEN,
        as_of=on("2026-12-01"),
        most_steps=20,
    )
    assert made.plan.objective.bound is not None
    assert made.plan.objective.bound.moved == made.plan.objective.moved == 1
