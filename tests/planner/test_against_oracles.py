"""The planner against oracles that share no code with it: a course alone, and in a programme.

`MESO_LONG=1` runs the long form, thousands of random courses and programmes of each kind.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import product
from random import Random
from typing import NamedTuple

import pytest

from meso_schedule import Clinic, CoursePlan, CourseRequest, NoCalendarFits, Protocol, plan_course
from meso_schedule.base.errors import BudgetTooSmallError
from meso_schedule.course.no_calendar import NoCalendarFound, WayOut
from meso_schedule.planner import conflicts
from meso_schedule.planner.planning import plan_combined
from tests.support.lengths import length
from tests.support.oracles.arithmetic import phase_of_each
from tests.support.oracles.brute_force import best_top_ups, first_conflict
from tests.support.oracles.checker import faults
from tests.support.oracles.joint_brute import JointAnswer, TooManyError, Trial
from tests.support.oracles.joint_reading import read_programme
from tests.support.oracles.ways_out import ways_out
from tests.support.planning import plain
from tests.support.planning import with_way_out as with_single_way_out
from tests.support.programmes import ProgrammeCase, alone, random_programme, small_programme
from tests.support.samples import FREE
from tests.support.strategies import Case, random_case, small_case

# So many runs of the library take too long under a tracer; other tests reach every branch.
pytestmark = pytest.mark.untraced

BLOCKS = length(4, 20)
APART = length(24, 120)


class Kind(NamedTuple):
    """Courses alone, or programmes: how a small and a usual one are made, and how many."""

    small: Callable[[Random], ProgrammeCase]
    usual: Callable[[Random], ProgrammeCase]
    smalls: int
    usuals: int


KINDS = {
    "alone": Kind(
        lambda rng: alone(small_case(rng)),
        lambda rng: alone(random_case(rng)),
        length(120, 10_000),
        length(64, 20_000),
    ),
    "in a programme": Kind(small_programme, random_programme, length(72, 10_000), length(28, 5000)),
}
in_blocks = pytest.mark.parametrize(("kind", "block"), list(product(KINDS, range(BLOCKS))))


def cases(
    make: Callable[[Random], ProgrammeCase], seeds: range
) -> Iterator[tuple[str, ProgrammeCase]]:
    """Yield random cases; whose session an undecided one is that has a pin, is tried elsewhere."""
    for seed in seeds:
        case = make(Random(seed))
        if not pins_undecided(case):
            yield f"seed {seed}", case


def pins_undecided(case: ProgrammeCase) -> bool:
    read = read_programme(case.protocols, case.request, case.clinic, case.as_of)
    return any(
        phase_of_each(table, request, asked.sessions)[number - 1].get("after_improvement")
        for table, request, asked in zip(case.protocols, read.requests, read.asked, strict=True)
        for number in asked.pins
        if number <= asked.sessions
    )


def plan_of(case: ProgrammeCase) -> CoursePlan:
    """Plan a course or a programme of plain data."""
    return plan_combined(
        [Protocol.read(table) for table in case.protocols],
        CourseRequest.read(case.request),
        clinic=Clinic.read(case.clinic) if case.clinic else None,
        as_of=case.as_of,
    )


def faults_of(plan: CoursePlan, case: ProgrammeCase) -> list[str]:
    """Return every statement of a plan that does not hold."""
    return faults(plain(plan), case.protocols, case.request, case.clinic, case.as_of)


def of_each(plan: CoursePlan, case: ProgrammeCase, name: str) -> tuple[tuple[object, ...], ...]:
    """Return something of each session, by protocol."""
    return tuple(
        tuple(getattr(s, name) for s in plan.sessions if s.protocol == table["id"])
        for table in case.protocols
    )


@in_blocks
def test_calendar_is_the_one_that_trying_everything_finds(kind: str, block: int) -> None:
    planned = 0
    for told, case in cases(KINDS[kind].small, range(block, KINDS[kind].smalls, BLOCKS)):
        try:
            best = Trial(case.protocols, case.request, case.clinic, case.as_of).best()
        except TooManyError:
            continue
        try:
            plan = plan_of(case)
        except NoCalendarFits as error:
            assert best is None, told
            assert_honest_no(case, error, told)
            continue
        assert best is not None, told
        assert_same(plan, case, best, told)
        assert_same_top_ups(plan, case, told)
        assert faults_of(plan, case) == [], told
        planned += 1
    assert planned > KINDS[kind].smalls // BLOCKS // 5


def assert_same(plan: CoursePlan, case: ProgrammeCase, best: JointAnswer, told: str) -> None:
    found = plan.objective
    late, second, visits, misses, squares, minutes, _ = best.objective
    assert best.ties == 1, told
    assert of_each(plan, case, "date") == best.dates, told
    assert found.visits == (None if case.is_alone else visits), told
    assert (found.late_days, found.start_days) == (late, second), told
    assert (found.preference_misses, found.squared_deviation) == (misses, squares), told
    assert found.time_minutes == minutes, told
    assert of_each(plan, case, "slack_days") == best.slack, told
    assert of_each(plan, case, "backup") == best.backup, told


def assert_same_top_ups(plan: CoursePlan, case: ProgrammeCase, told: str) -> None:
    """Check the top-ups of a course alone; those of several are chains beside each other."""
    if not case.is_alone:
        return
    if not (case.request.get("top_ups") or case.request.get("until")):
        assert plan.top_ups == (), told
        return
    last = plan.sessions[-1].date if plan.sessions else plan.history[-1].date
    best = best_top_ups(case.protocols[0], case.request, case.clinic, case.as_of, last)
    assert tuple(session.date for session in plan.top_ups) == (best.dates if best else ()), told


def assert_honest_no(case: ProgrammeCase, error: NoCalendarFits, told: str) -> None:
    """Check the conflict and each way out, which must also work when it is tried."""
    assert all(day.reason for day in error.conflict.blocked), told
    for way in error.relaxations:
        plan = plan_of(with_way_out(case, way))
        if way.kind == "late":
            assert plan.objective.late_days == way.cost_days, told
    check = assert_no_of_one if case.is_alone else assert_no_of_several
    check(case, error, told)


def assert_no_of_one(case: ProgrammeCase, error: NoCalendarFits, told: str) -> None:
    """Check the conflict and the ways out of a course alone, each of which is known."""
    asked = (case.protocols[0], case.request, case.clinic, case.as_of)
    conflict = first_conflict(*asked)
    assert conflict is not None, told
    assert error.conflict.session == conflict.session, told
    if conflict.blocked:
        assert tuple(day.date for day in error.conflict.blocked) == conflict.blocked, told
    wanted, found = ways_out(*asked), [way for way in error.relaxations if not way.parts]
    known = [(way.kind, way.cost) for way in wanted]
    assert [(way.kind, way.cost_days) for way in found] == known, told
    for way, other in zip(found, wanted, strict=True):
        assert other.option is None or way.option == other.option, told


def assert_no_of_several(case: ProgrammeCase, error: NoCalendarFits, told: str) -> None:
    """Check the conflict of a programme, and that no smaller move of a start helps."""
    conflict = error.conflict
    names = [*conflict.beside, conflict.protocol]
    places = [p for p, table in enumerate(case.protocols) if table["id"] in names]
    assert case.protocols[places[-1]]["id"] == conflict.protocol, told
    assert not is_possible(case, places, conflict.session), told
    assert conflict.session == 1 or is_possible(case, places, conflict.session - 1), told
    for way in error.relaxations:
        if way.kind == "start" and way.cost_days and way.cost_days < 10:
            for shift in range(1, way.cost_days):
                assert not any(is_possible(moved) for moved in starts_moved(case, shift)), told


def is_possible(
    case: ProgrammeCase, places: Sequence[int] | None = None, sessions: int | None = None
) -> bool:
    """Tell whether some protocols have a calendar, the last of them cut to so many sessions."""
    places = range(len(case.protocols)) if places is None else places
    # What the distance to protocols left aside adds to the first window stays.
    trial = Trial(case.protocols, case.request, case.clinic, case.as_of)
    return trial.is_possible(places, sessions)


def starts_moved(case: ProgrammeCase, shift: int) -> Iterator[ProgrammeCase]:
    """Yield the programme with the start of one protocol moved."""
    for place, text in enumerate(case.request["protocol"]):
        name, _, own = text.partition("@")
        start = date.fromisoformat(own or case.request.get("start") or case.as_of.isoformat())
        for days in (shift, -shift):
            moved = start + timedelta(days=days)
            if days > 0 or moved >= case.as_of:
                yield with_protocol(case, place, f"{name}@{moved}")


def with_protocol(case: ProgrammeCase, place: int, text: str) -> ProgrammeCase:
    texts = list(case.request["protocol"])
    texts[place] = text
    return case._replace(request=case.request | {"protocol": texts})


def with_way_out(case: ProgrammeCase, way: WayOut) -> ProgrammeCase:
    """Return the course or programme changed as the way out says."""
    if way.parts:
        first, second = way.parts
        return with_way_out(with_way_out(case, first), second)
    if way.kind in ("start", "sessions") and not case.is_alone:
        assert way.option is not None
        name = re.split("[*@]", way.option)[0]
        place = [table["id"] for table in case.protocols].index(name)
        return with_protocol(case, place, way.option)
    single = Case(case.protocols[0], case.request, case.clinic, case.as_of)
    changed = with_single_way_out(single, way)
    return case._replace(request=changed.request, clinic=changed.clinic)


@in_blocks
def test_other_days_of_the_first_visit_are_the_best_of_all_others(kind: str, block: int) -> None:
    compared = 0
    for told, case in cases(KINDS[kind].small, range(block, KINDS[kind].smalls // 3, BLOCKS)):
        case = case._replace(request=case.request | {"alternatives": 3})
        try:
            others = Trial(case.protocols, case.request, case.clinic, case.as_of).others(3)
            plan = plan_of(case)
        except (TooManyError, NoCalendarFits):
            continue
        expected = [
            {
                (f"{label}{number}", day)
                for label, own in zip("ABCD", dates, strict=False)
                for number, day in enumerate(own, 1)
            }
            for dates in others
        ]
        found = [
            set(zip(labels_of(it.labels, it.dates), it.dates, strict=True))
            for it in plan.alternatives
        ]
        assert found == expected, told
        compared += len(found)
    assert compared


def labels_of(labels: Sequence[str], dates: Sequence[date]) -> Sequence[str]:
    """Return what tells sessions apart; those of a course alone have their numbers."""
    return labels or [f"A{number}" for number in range(1, len(dates) + 1)]


@pytest.fixture
def no_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the ways out where there is no calendar, which take the longest."""
    monkeypatch.setattr(conflicts, "ways_out", lambda _: ((), False))


@pytest.mark.usefixtures("no_ways_out")
@in_blocks
def test_every_statement_of_a_random_plan_holds(kind: str, block: int) -> None:
    planned = 0
    for told, case in cases(KINDS[kind].usual, range(block, KINDS[kind].usuals, BLOCKS)):
        try:
            plan = plan_of(case)
        except (NoCalendarFits, NoCalendarFound, BudgetTooSmallError):
            continue
        planned += 1
        assert faults_of(plan, case) == [], told
    assert planned > KINDS[kind].usuals // BLOCKS // 5


@pytest.mark.parametrize("block", range(BLOCKS))
def test_ways_out_of_random_courses_work(block: int) -> None:
    for seed in range(block, KINDS["alone"].usuals // 2, BLOCKS):
        case = alone(random_case(Random(seed)))
        try:
            plan_of(case)
        except NoCalendarFits as error:
            for way in error.relaxations:
                plan_of(with_way_out(case, way))
        except BudgetTooSmallError:
            continue


@pytest.mark.usefixtures("no_ways_out")
@pytest.mark.parametrize("block", range(4))
def test_without_spacing_the_first_criteria_are_those_of_each_alone(block: int) -> None:
    compared = 0
    for seed in range(block, APART, 4):
        case = without_spacing(random_programme(Random(seed)))
        apart = []
        try:
            together = plan_of(case)
            for table, text in zip(case.protocols, case.request["protocol"], strict=True):
                request = case.request | {"protocol": text}
                if not any(phase.get("after_improvement") for phase in table["phases"]):
                    request = {k: v for k, v in request.items() if "improve" not in k}
                protocol = Protocol.read(table)
                asked = CourseRequest.read(request)
                clinic = Clinic.read(case.clinic)
                apart.append(plan_course(protocol, asked, clinic=clinic, as_of=case.as_of))
        except NoCalendarFits:
            continue
        compared += 1
        for name in ("late_days", "start_days"):
            total = sum(getattr(plan.objective, name) for plan in apart)
            assert getattr(together.objective, name) == total, f"seed {seed}"
    assert compared > APART // 4 // 2 - 1


def without_spacing(case: ProgrammeCase) -> ProgrammeCase:
    """Return the programme with no distances and room for every treatment on each open day."""
    protocols = [{**table, "spacing": FREE} for table in case.protocols]
    hours = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat"), "00:00-24:00")
    clinic = {"name": "Wide", "timezone": "UTC", "hours": hours}
    aside = ("top_ups", "other", "between")
    request = {k: v for k, v in case.request.items() if k not in aside}
    return ProgrammeCase(protocols, request, clinic, case.as_of)
