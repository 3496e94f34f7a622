"""Calendars that wait for a word on improvement, some sessions fixed: against trying every one.

`MESO_LONG=1` runs the long form, thousands.
"""

from datetime import date, timedelta
from random import Random
from typing import NamedTuple

import pytest

from meso_schedule import Clinic, CourseRequest, NoCalendarFits, Protocol, plan_course
from meso_schedule.planner.programme_setup import ProgrammeSetup
from meso_schedule.planner.setting_up import programme_of
from meso_schedule.search.solving import solve
from tests.support.lengths import length
from tests.support.oracles.arithmetic import gap, window
from tests.support.oracles.undecided import Undecided
from tests.support.random_files import Table, chance
from tests.support.samples import ASSUMED, EVERY_DAY, clinic_table, rule_table

pytestmark = pytest.mark.untraced
BLOCKS = 4
CASES = length(2_000, 20_000)
PLANS = length(40, 1_000)


class Waiting(NamedTuple):
    """A course that has begun, or is about to, as plain data."""

    protocol: Table
    request: Table
    clinic: Table
    as_of: date


def days(rng: Random, name: str, least: int, **more: object) -> Table:
    """Return a short phase."""
    aim = least + rng.choice((0, 0, 1))
    table = {"name": name, "minimum": f"{least} days", "recommended": f"{aim} days"}
    return {**table, "maximum": f"{aim + rng.randint(0, 2)} days", **ASSUMED, **more}


def waiting_case(rng: Random) -> Waiting:
    """Return a course that waits, or may wait, with pins around both windows."""
    firm, hoped = rng.randint(1, 3), rng.randint(2, 6)
    phases = [days(rng, "firm", firm, sessions=rng.randint(1, 2))]
    if chance(rng, 30):
        phases.append(days(rng, "second", rng.randint(1, 4), sessions=1))
    phases.append(days(rng, "hoped", hoped, sessions=rng.randint(1, 2), after_improvement=True))
    if chance(rng, 60):
        phases.append(days(rng, "slow", hoped + rng.randint(0, 3), after_improvement=True))
    certain = sum(phase["sessions"] for phase in phases if "after_improvement" not in phase)
    held = [date(2027, 3, 1)]
    for _ in range(rng.randint(max(0, certain - 2), certain)):
        held.append(held[-1] + timedelta(days=rng.choice((firm, firm + 1, hoped))))
    sessions = len(held) + rng.randint(1, 4)
    request: Table = {"held": [str(day) for day in held], "sessions": sessions}
    if chance(rng, 25):
        request["unclear_on"] = [str(rng.choice(held))]
    if chance(rng, 15):
        name = rng.choice(("not_improved_on", "improved_on"))
        request[name] = [str(rng.choice(held))]
    elif chance(rng, 20):
        request["improves_after"] = rng.randint(1, certain + 1)
    if chance(rng, 30):
        request["late"] = rng.randint(1, 3)
    if chance(rng, 30):
        request["prefer"] = rng.sample(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), 2)
    request["pin"] = pins(rng, phases, len(held), sessions, held[-1])
    if len(held) == 1 and "unclear_on" not in request and chance(rng, 60):
        del request["held"]
        request |= {"start": str(held[0]), "start_within": rng.randint(0, 3)}
        for name in ("improved_on", "not_improved_on"):
            request.pop(name, None)
    clinic = clinic_table(hours=EVERY_DAY, timezone="UTC")
    if chance(rng, 50):
        first = held[-1] + timedelta(days=rng.randint(1, 12))
        last = first + timedelta(days=rng.randint(0, 2))
        clinic["closures"] = [{"from": str(first), "to": str(last), "reason": "works"}]
    table = rule_table(phases=phases)
    return Waiting(table, request, clinic, held[-1] + timedelta(days=rng.randint(0, 1)))


def pins(rng: Random, phases: list[Table], held: int, sessions: int, day: date) -> list[str]:
    """Return pins near where sessions can be, often before the conditional minimum."""
    found = []
    for number in range(held + 1, sessions + 1):
        day = window(gap(rng.choice(phases)), day).recommended
        if chance(rng, 45):
            day += timedelta(days=rng.choice((0, 0, 0, 1, -1)))
            found.append(f"{number}={day}")
    return found


def asked_of(case: Waiting) -> ProgrammeSetup:
    return programme_of(
        [Protocol.read(case.protocol)],
        CourseRequest.read(case.request),
        Clinic.read(case.clinic),
        case.as_of,
    )


@pytest.mark.parametrize("block", range(BLOCKS))
def test_a_fixed_session_is_of_the_phase_that_its_gap_tells(block: int) -> None:
    told: set[object] = set()
    for seed in range(block, CASES, BLOCKS):
        case = waiting_case(Random(seed))
        best, asked = Undecided(*case).best(), asked_of(case)
        calendar = solve(asked.programme())
        assert (best is None) == (calendar is None), f"seed {seed}"
        told.add(best is None)
        if best is None or calendar is None:
            continue
        days = map(date.fromordinal, calendar.dates[0])
        phases = (phase.name for phase in asked.setups[0].rules)
        found = list(zip(days, phases, strict=True))
        assert found == [(it.day, it.table["name"]) for it in best], f"seed {seed}"
        told |= {it.table["name"] for it in best}
    assert told >= {True, False, "firm", "hoped"}


def test_a_plan_tells_the_windows_of_the_calendar_found() -> None:
    planned = 0
    for seed in range(PLANS):
        case = waiting_case(Random(seed))
        question = Undecided(*case)
        best = question.best()
        if best is None:
            continue
        planned += 1
        plan = plan_course(
            Protocol.read(case.protocol),
            CourseRequest.read(case.request),
            clinic=Clinic.read(case.clinic),
            as_of=case.as_of,
        )
        assert [(it.date, it.phase) for it in plan.sessions] == [
            (it.day, it.table["name"]) for it in best
        ], f"seed {seed}"
        windows = [(it.window.earliest, it.window.recommended) for it in plan.sessions]
        known = [it.window and it.window[:2] for it in best]
        first = question.asked.first
        assert windows == [it or (first, first) for it in known], f"seed {seed}"
        late, _, _, squares, _ = question.measure(best)
        assert (plan.objective.late_days, plan.objective.squared_deviation) == (late, squares)
    assert planned > PLANS // 4


def test_before_both_minima_the_window_is_the_one_foreseen() -> None:
    """From 28 days on, 5 to 8 once the skin has improved: 4 days are neither."""
    firm = {"name": "firm", "sessions": 1, "minimum": "28 days", "maximum": "30 days", **ASSUMED}
    hoped = {"name": "hoped", "minimum": "5 days", "maximum": "8 days", **ASSUMED}
    rule = rule_table(phases=[firm, hoped | {"after_improvement": True}])
    request = {"held": ["2027-03-01"], "sessions": 3, "pin": ["2=2027-03-05"]}
    with pytest.raises(NoCalendarFits) as refused:
        plan_course(Protocol.read(rule), CourseRequest.read(request), as_of=date(2027, 3, 1))
    window = refused.value.conflict.window
    assert (window.earliest, window.latest) == (date(2027, 3, 6), date(2027, 3, 9))
