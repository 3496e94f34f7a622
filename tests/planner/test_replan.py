"""Replanning, worked by hand: what moves, what stays, and why.

Each course is replanned alone, and in a programme with a treatment that is far away.
"""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from meso_schedule import (
    Begun,
    BookedSession,
    Clinic,
    CourseRequest,
    NoCalendarFits,
    Replan,
    renumbered,
    replan_combined,
    replan_course,
)
from meso_schedule.base.times import Clock
from tests.planner.test_beside_another import far_away
from tests.support.samples import (
    ASSUMED,
    COUNTS,
    WEEK,
    Table,
    booked,
    clinic,
    clinic_table,
    faults_of,
    no_of,
    on,
    phase,
    protocol,
)

WEEKLY = phase("7 days", "10 days", name="weekly")
COURSE = protocol(phases=[WEEKLY])
REPEATING = protocol(phases=[WEEKLY | {"early": "repeat"}])
HELD = {"held": "2026-12-01"}
EVERY = clinic(hours=dict.fromkeys(WEEK, "09:00-17:00"))
TUESDAYS = "2=2026-12-08 3=2026-12-15"


# A Tuesday after all that is asked here.
LATER = "2045-01-03"


Replanning = Callable[..., Replan]


def alone(
    bookings: Sequence[BookedSession],
    as_of: str = "2026-12-02",
    house: Clinic | None = None,
    release: tuple[int, ...] = (),
    *,
    asked_at: str = "00:00",
    rule: Any = COURSE,
    **asked: Any,
) -> Replan:
    request = CourseRequest.read(HELD | asked)
    return replan_course(
        rule,
        request,
        bookings,
        clinic=house,
        as_of=on(as_of),
        release=release,
        asked_at=Clock.parse(asked_at),
    )


def beside(
    bookings: Sequence[BookedSession],
    as_of: str = "2026-12-02",
    house: Clinic | None = None,
    release: tuple[int, ...] = (),
    *,
    asked_at: str = "00:00",
    rule: Any = COURSE,
    **asked: Any,
) -> Replan:
    """Replan it as one of two treatments, and return what becomes of it."""
    asked = HELD | asked
    held, pins = (asked.pop(name, None) or [] for name in ("held", "pin"))
    count = f"*{asked.pop('sessions')}" if "sessions" in asked else ""
    asked["protocol"] = [f"{rule.id}{count}", f"far-away@{LATER}"]
    asked["pin"] = [f"{rule.id}:{pin}" for pin in pins]
    days = tuple(map(on, [held] if isinstance(held, str) else held))
    own = Begun(days, tuple(bookings), frozenset(release), asked_at=Clock.parse(asked_at))
    made = replan_combined(
        [rule, far_away()],
        CourseRequest.read(asked),
        {rule.id: own},
        clinic=house,
        as_of=on(as_of),
    )
    visits = {
        name: tuple(visit for visit in getattr(made.plan, name) if visit.label == "A")
        for name in ("sessions", "top_ups")
    }
    changes = tuple(change for change in made.changes if change.label == "A")
    plan = made.plan.model_copy(update=visits)
    return made.model_copy(update={"changes": changes, "plan": plan})


@pytest.fixture(params=[alone, beside])
def replanned(request: pytest.FixtureRequest) -> Replanning:
    """Replan a course alone, or in a programme."""
    found: Replanning = request.param
    return found


def moves(made: Replan) -> list[tuple[int, str, str, str]]:
    return [(c.number, c.kind, str(c.before), str(c.after)) for c in made.changes]


def why(made: Replan) -> dict[int, str]:
    return {change.number: "; ".join(change.why) for change in made.changes}


def test_what_is_booked_well_stays(replanned: Replanning) -> None:
    made = replanned(booked(TUESDAYS))
    assert made.changes == ()
    assert (made.plan.objective.moved, made.plan.objective.moved_days) == (0, 0)
    assert "booked on this day already" in made.plan.sessions[0].why


def test_a_session_moves_alone_where_it_can(replanned: Replanning) -> None:
    # 8 December is closed: 9 December is free, and 15 December is six days later, too soon.
    made = replanned(booked("2=2026-12-08 3=2026-12-18"), away=["2026-12-08"])
    assert moves(made) == [(2, "moved", "2026-12-08", "2026-12-09")]
    assert why(made)[2] == "the patient is away 2026-12-08"
    made = replanned(booked(TUESDAYS), away=["2026-12-08"])
    assert moves(made) == [
        (2, "moved", "2026-12-08", "2026-12-09"),
        (3, "moved", "2026-12-15", "2026-12-16"),
    ]
    assert why(made)[3] == (
        "session 2 moves to 2026-12-09; too soon: its window opens on 2026-12-16"
    )


def test_fewer_moves_come_before_shorter_ones(replanned: Replanning) -> None:
    # 7 and 10 days after 8 December are 15 and 18; three days once is fewer than one day twice.
    made = replanned(
        booked("2=2026-12-08 3=2026-12-15 4=2026-12-25"), away=["2026-12-15"], sessions=4
    )
    assert moves(made) == [(3, "moved", "2026-12-15", "2026-12-16")]
    made = replanned(
        booked("2=2026-12-08 3=2026-12-18 4=2026-12-28"), away=["2026-12-18"], sessions=4
    )
    assert [move[0] for move in moves(made)] == [3, 4]
    assert why(made)[4].startswith("session 3 moves to 2026-12-17; too late")


def test_one_move_of_three_days_comes_before_two_of_one(replanned: Replanning) -> None:
    # The other way would be 17 and 24 December: two sessions, each a day earlier.
    bookings = booked("2=2026-12-09 3=2026-12-18 4=2026-12-25")
    made = replanned(bookings, house=EVERY, away=["2026-12-25..2026-12-27"], sessions=4)
    assert moves(made) == [(4, "moved", "2026-12-25", "2026-12-28")]
    assert (made.plan.objective.moved, made.plan.objective.moved_days) == (1, 3)


def test_a_booked_day_can_be_free_and_still_be_given_up(replanned: Replanning) -> None:
    # Session 2 could stay on the 8th, but then no day of 15 to 18 December is left for session 3.
    made = replanned(booked("2=2026-12-08"), away=["2026-12-15..2026-12-18"])
    assert why(made)[2] == "if it stayed, no day would be left for session 3"
    assert moves(made)[1] == (3, "new", "None", "2026-12-21")
    assert why(made)[3] == "it had no date yet"
    late = replanned(booked("2=2026-12-08"), away=["2026-12-15..2026-12-18"], late=5)
    assert why(late)[2] == "if it stayed, the course would be 3 days later"


@pytest.mark.parametrize(
    ("bookings", "away", "house", "number", "said"),
    [
        # From the 8th, the 18th being lost, 17 December at the latest: 28 and 7 would follow it.
        (
            "2=2026-12-08 3=2026-12-18 4=2026-12-28 5=2027-01-07",
            "2026-12-18",
            EVERY,
            2,
            "if it stayed, 3 sessions would move, not 2",
        ),
        # 27 December is a lost Sunday: from the 17th the 24th is three days earlier, and back.
        (
            "2=2026-12-10 3=2026-12-17 4=2026-12-27 5=2027-01-06",
            "2026-12-10 2026-12-27",
            None,
            3,
            "if it stayed, others would move by 5 days, not 3",
        ),
        # Either 18 and 25 December, or 27 December and 3 January: two moves of a day each.
        (
            "2=2026-12-09 3=2026-12-19 4=2026-12-26 5=2027-01-02",
            "2026-12-26",
            EVERY,
            3,
            "as many would move if it stayed, and the rest would lie worse",
        ),
    ],
)
def test_a_session_gives_way_to_others(
    replanned: Replanning, bookings: str, away: str, house: Clinic | None, number: int, said: str
) -> None:
    made = replanned(booked(bookings), house=house, away=away.split(), sessions=5)
    assert why(made)[number] == said


def test_a_session_held_late_moves_the_next(replanned: Replanning) -> None:
    made = replanned(booked(TUESDAYS), held=["2026-12-03"], as_of="2026-12-04")
    assert moves(made)[0] == (2, "moved", "2026-12-08", "2026-12-10")
    assert why(made)[2] == (
        "the session before is on 2026-12-03; too soon: its window opens on 2026-12-10"
    )


def test_a_missed_session_is_booked_anew(replanned: Replanning) -> None:
    made = replanned(booked(TUESDAYS), as_of="2026-12-10")
    assert moves(made)[0] == (2, "moved", "2026-12-08", "2026-12-10")
    assert why(made)[2].startswith("past on the day of planning")
    first = replanned(booked("1=2026-12-01"), "2026-12-03", held=(), start="2026-12-01")
    assert moves(first)[0] == (1, "moved", "2026-12-01", "2026-12-03")
    assert first.plan.objective.start_days == 2
    assert "Tue 2026-12-01 to Wed 2026-12-02: past on the day of planning" in (
        first.plan.sessions[0].why
    )


def test_a_start_that_has_passed_is_a_no(replanned: Replanning) -> None:
    with pytest.raises(NoCalendarFits) as caught:
        replanned(booked("1=2026-12-01"), "2026-12-10", held=(), start="2026-12-01", start_within=3)
    assert caught.value.conflict.session == 1
    assert len(caught.value.conflict.blocked) == 4
    option = "--start 2026-12-10" if replanned is alone else "house-mix@2026-12-10"
    assert [way.option for way in caught.value.relaxations] == [option]


def test_a_first_session_outside_its_days(replanned: Replanning) -> None:
    asked: Table = {"held": (), "start": "2026-12-07", "start_within": 3}
    made = replanned(booked("1=2026-12-04"), "2026-12-01", **asked)
    assert why(made)[1] == "outside the days the course may begin on"


def test_times_stay_with_their_days(replanned: Replanning) -> None:
    sessions = booked("2=2026-12-08T16:00 3=2026-12-15T11:10")
    made = replanned(sessions)
    assert made.changes == ()
    assert [str(s.start)[11:16] for s in made.plan.sessions] == ["16:00", "11:10"]
    liked = replanned(sessions, at="10:00")
    assert [str(s.start)[11:16] for s in liked.plan.sessions] == ["16:00", "11:10"]
    assert liked.plan.objective.time_minutes == 430
    shorter = clinic(hours={"tue": "09:00-12:00"})
    made = replanned(sessions, house=shorter, at="10:00")
    assert [(c.number, c.start_before, c.start_after) for c in made.changes] == [
        (2, "16:00", "10:00")
    ]
    assert why(made)[2] == "the opening hours no longer hold its time"
    assert made.plan.objective.moved_days == 0


@pytest.mark.parametrize(
    ("asked_at", "stays"), [("00:00", False), ("10:00", False), ("10:01", True), ("23:59", True)]
)
def test_a_notice_in_hours_counts_from_the_time_of_asking(
    replanned: Replanning, asked_at: str, stays: bool
) -> None:
    house = clinic(notice="24 hours")
    made = replanned(booked("2=2026-12-09T10:00"), "2026-12-08", house, asked_at=asked_at)
    assert ("inside the clinic's notice of 24 hours" in made.plan.sessions[0].why) == stays


def test_what_is_fixed_stays_or_is_released(replanned: Replanning) -> None:
    house = clinic(notice="1 week")
    sessions = booked("2=2026-12-09 3=2026-12-16")
    made = replanned(sessions, house=house)
    assert "inside the clinic's notice of 1 week" in made.plan.sessions[0].why
    error = no_of(replanned, sessions, house=house, away=["2026-12-09"])
    ways = {way.kind: way for way in error.relaxations}
    name = "" if replanned is alone else "house-mix:"
    assert ways["release"].option == f"--release {name}2"
    assert ways["release"].cost_days == 1
    reasons = {day.reason for day in error.conflict.blocked}
    assert "session 2 stays on 2026-12-09: inside the clinic's notice of 1 week" in reasons
    made = replanned(sessions, house=house, away=["2026-12-09"], release=(2,))
    assert moves(made) == [(2, "moved", "2026-12-09", "2026-12-08")]
    by_hand = booked("2=2026-12-09", pinned=True) + booked("3=2026-12-16")
    assert "fixed by hand" in replanned(by_hand).plan.sessions[0].why
    asked = replanned(by_hand, pin=["2=2026-12-10"])
    assert why(asked)[2] == "session 2 is pinned to 2026-12-10"


def test_nothing_leads_out_where_it_is_only_asked_what_can_stay() -> None:
    kept = Begun((on("2026-12-01"),), tuple(booked("2=2026-12-20")), stays=True)
    request = CourseRequest.read({"protocol": COURSE.id})
    error = no_of(replan_combined, [COURSE], request, {COURSE.id: kept}, as_of=on("2026-12-02"))
    assert error.conflict.session == 2
    assert error.relaxations == ()


def test_releasing_is_no_way_out_where_nothing_would_fit(replanned: Replanning) -> None:
    by_hand = booked("2=2026-12-09", pinned=True)
    error = no_of(replanned, by_hand, away=["2026-12-01..2027-03-01"])
    kinds = {way.kind for way in error.relaxations}
    assert "release" not in kinds
    assert "away" in kinds


def test_a_first_session_on_a_day_that_is_lost(replanned: Replanning) -> None:
    asked: Table = {"held": (), "start": "2026-12-07", "away": ["2026-12-08"]}
    made = replanned(booked("1=2026-12-08"), "2026-12-01", **asked)
    assert why(made)[1] == "the patient is away 2026-12-08"


def test_a_limit_moves_sessions_too() -> None:
    made = alone(booked("2=2026-12-11 3=2026-12-21"), finish_by="2026-12-18")
    assert why(made)[3] == "after 2026-12-18, the day to finish by"
    made = alone(booked("2=2026-12-11 3=2026-12-21"), event="2026-12-21")
    assert "less than 3 days before the event on 2026-12-21" in why(made)[3]


def test_top_ups_follow_their_bookings(replanned: Replanning) -> None:
    top_up = {"minimum": "3 months", "maximum": "4 months", **ASSUMED}
    rule = protocol(phases=[WEEKLY], top_up=top_up)
    sessions = booked("2=2026-12-08 3=2027-03-22")
    made = replanned(sessions, rule=rule, sessions=2, until="2027-03-20")
    assert moves(made) == [(3, "moved", "2027-03-22", "2027-03-19")]
    assert why(made)[3] == "after 2027-03-20, the last day of the top-ups"
    stays = replanned(sessions, rule=rule, sessions=2, top_ups=1)
    assert stays.changes == ()
    none = replanned(booked("4=2027-07-01"), rule=rule, sessions=2, top_ups=1)
    assert moves(none)[-1] == (4, "dropped", "2027-07-01", "None")
    assert why(none)[4] == "session 3 is the last: 4 is not needed"
    over = ["2026-12-01", "2026-12-08"]
    gone = replanned(booked("3=2027-03-08"), "2026-12-09", rule=rule, held=over, sessions=2)
    assert why(gone)[3] == "session 2 is the last: 3 is not needed"


def test_what_would_renumber_the_bookings_is_no_way_out(replanned: Replanning) -> None:
    """It begins again, booked 1 and 2: were 1 session asked for, it would be at its end."""
    lapsing = WEEKLY | {"lapse": "20 days", "lapse_action": "restart"}
    counts = COUNTS | {"minimum": 1, "usual": 2}
    rule = protocol(phases=[lapsing], sessions=counts)
    asked = {"rule": rule, "as_of": "2026-12-30", "away": "2027-01-02..2027-01-20"}
    kinds = {
        text: {way.kind for way in no_of(replanned, booked(text), **asked).relaxations}
        for text in ("", "1=2026-12-30 2=2027-01-06")
    }
    assert "sessions" in kinds[""]
    assert kinds["1=2026-12-30 2=2027-01-06"] == kinds[""] - {"sessions"}


def test_bookings_are_numbered_anew_when_a_session_does_not_count(replanned: Replanning) -> None:
    assert [
        (e.number, str(e.date)) for e in renumbered(booked("3=2026-12-18 4=2026-12-11"), 2)
    ] == [
        (2, "2026-12-11"),
        (3, "2026-12-18"),
    ]
    later = booked("3=2026-12-14 4=2026-12-21")
    held = ["2026-12-01", "2026-12-07"]
    made = replanned(renumbered(later, 2), rule=REPEATING, held=held, as_of="2026-12-08")
    assert made.changes == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2=2026-12-08 2=2026-12-09", "contradiction"),
        ("1=2026-12-08", "bad_booking"),
    ],
)
def test_bookings_that_cannot_be(replanned: Replanning, text: str, code: str) -> None:
    faults = faults_of(lambda: replanned(booked(text)))
    assert {fault.code for fault in faults} == {code}
    assert all(fault.remedy for fault in faults)


@pytest.mark.parametrize(
    ("table", "field"),
    [
        ({"number": "2", "date": "2026-12-08"}, "number"),
        ({"number": 2, "date": "soon"}, "date"),
        ({"number": 2, "date": "2026-12-08", "start": "24:00"}, "start"),
        ({"number": 2, "date": "2026-12-08", "fixed": True}, "fixed"),
    ],
)
def test_booked_sessions_are_checked(table: Table, field: str) -> None:
    faults = faults_of(lambda: BookedSession.read(table))
    assert [fault.field for fault in faults] == [field]


@pytest.mark.parametrize(
    ("notice", "is_taken"),
    [
        ("0 days", True),
        ("1 year", True),
        ("24 hours", True),
        ("8784 hours", True),
        ("2 days - 3 days", False),
        ("400 days", False),
        ("8785 hours", False),
        ("1.5 hours", False),
        ("24 hours + 1 day", False),
    ],
)
def test_the_notice_of_a_clinic(notice: str, is_taken: bool) -> None:
    faults = faults_of(lambda: Clinic.read(clinic_table(notice=notice)))
    assert [fault.field for fault in faults] == ([] if is_taken else ["notice"])
