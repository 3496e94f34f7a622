"""Courses that have begun, and booked ones, against oracles that share no code with them."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings

from meso_schedule import (
    BookedSession,
    Clinic,
    CourseRequest,
    NoCalendarFits,
    Protocol,
    Replan,
    replan_course,
)
from tests.planner.test_against_oracles import (
    assert_honest_no,
    assert_same_measure,
    assert_same_top_ups,
)
from tests.support.lengths import length
from tests.support.oracles.brute_force import best_course
from tests.support.oracles.checker import faults
from tests.support.oracles.replanning import Question
from tests.support.oracles.standing import standing
from tests.support.planning import plain, plan_of
from tests.support.running import BookedCase, booked_cases, held_case, held_cases
from tests.support.strategies import Case

# So many runs of the library take too long under a tracer; other tests reach every branch.
pytestmark = pytest.mark.untraced

PLANS = length(250, 10_000)
BLOCKS = 10


@settings(max_examples=length(200, 1_500), deadline=None, suppress_health_check=list(HealthCheck))
@given(held_cases())
def test_what_is_to_come_is_what_trying_everything_finds(case: Case) -> None:
    best = best_course(case.protocol, case.request, case.clinic, case.as_of)
    now = standing(case.protocol, case.request, case.as_of)
    try:
        plan = plan_of(case)
    except NoCalendarFits as error:
        assert best is None
        assert_honest_no(case, error)
        return
    assert [(entry.number, entry.verdict, entry.counts) for entry in plan.history] == [
        (verdict.number, verdict.word, verdict.counts) for verdict in now.verdicts
    ]
    if now.window is None:
        assert plan.next_session is None
    else:
        following = plan.next_session
        assert following is not None
        assert (following.earliest, following.recommended) == now.window[:2]
        assert (following.latest, following.lapse) == now.window[2:]
        assert following.number == now.counted + 1
    if now.counted >= len(now.phases):
        assert plan.sessions == ()
    else:
        assert best is not None
        assert best.ties == 1
        assert tuple(session.date for session in plan.sessions) == best.dates
        assert_same_measure(plan, best)
        assert tuple(session.slack_days for session in plan.sessions) == best.slack
        assert tuple(session.backup for session in plan.sessions) == best.backup
    last = plan.sessions[-1].date if plan.sessions else now.last
    assert_same_top_ups(case, plan, last)
    assert faults(plain(plan), case.protocol, case.request, case.clinic, case.as_of) == []


@pytest.mark.parametrize("block", range(BLOCKS))
def test_plans_of_begun_courses_hold_every_statement_they_make(block: int) -> None:
    planned = 0
    for seed in range(block, PLANS, BLOCKS):
        case = held_case(Random(seed))
        try:
            plan = plan_of(case)
        except NoCalendarFits:
            continue
        planned += 1
        found = faults(plain(plan), case.protocol, case.request, case.clinic, case.as_of)
        assert found == [], f"seed {seed}"
    assert planned > PLANS // BLOCKS // 5


def replan_of(booked_case: BookedCase) -> Replan:
    """Replan a case of plain data."""
    case = booked_case.case
    return replan_course(
        Protocol.model_validate(case.protocol),
        CourseRequest.model_validate(case.request),
        [
            BookedSession.model_validate(
                {
                    "number": number,
                    "date": entry.day.isoformat(),
                    "pinned": entry.pinned,
                    **({"start": entry.start} if entry.start else {}),
                }
            )
            for number, entry in booked_case.booked.items()
        ],
        clinic=Clinic.model_validate(case.clinic) if case.clinic else None,
        as_of=case.as_of,
        release=booked_case.release,
    )


@settings(max_examples=length(200, 1_500), deadline=None, suppress_health_check=list(HealthCheck))
@given(booked_cases())
def test_the_fewest_booked_sessions_move(booked_case: BookedCase) -> None:
    case, booked, _ = booked_case
    question = Question(case.protocol, case.request, case.clinic, case.as_of, booked)
    best = question.best()
    try:
        made = replan_of(booked_case)
    except NoCalendarFits as error:
        assert best is None
        ways = {way.kind: way for way in error.relaxations}
        fewest = question.fewest_released()
        assert (ways["release"].cost_days if "release" in ways else None) == fewest
        if fewest:
            option = ways["release"].option or ""
            replan_of(booked_case._replace(release=tuple(map(int, option.split()[1::2]))))
        return
    plan = made.plan
    if plan.sessions:
        assert best is not None
        assert best.ties == 1
        assert tuple(session.date for session in plan.sessions) == best.measure[-1]
        if booked:
            found = plan.objective
            assert (found.late_days, found.moved, found.moved_days) == best.measure[:3]
            assert best.measure[3:7] == (
                found.start_days,
                found.preference_misses,
                found.squared_deviation,
                found.time_minutes,
            )
    assert_changes_are_told(made, booked_case, question)


def assert_changes_are_told(made: Replan, booked_case: BookedCase, question: Question) -> None:
    """Check that the changes are exactly the moves, each with a reason."""
    booked = booked_case.booked
    dates = {visit.number: visit.date for visit in made.plan.visits}
    moved = {
        number: (booked[number].day, day)
        for number, day in dates.items()
        if number in booked and not question.stays(number, day)
    }
    told = {change.number: change for change in made.changes}
    assert len(told) == len(made.changes)
    assert {n: (c.before, c.after) for n, c in told.items() if c.kind == "moved"} == moved
    assert {n for n, c in told.items() if c.kind == "new"} == dates.keys() - booked.keys()
    assert {n for n, c in told.items() if c.kind == "dropped"} == booked.keys() - dates.keys()
    assert all(change.why and all(change.why) for change in made.changes)
    for number, day in question.fixed.items():
        assert dates.get(number, day) == day
