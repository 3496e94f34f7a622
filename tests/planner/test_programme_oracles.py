"""Combined calendars against oracles that share no code with the search.

`MESO_LONG=1` runs the long form: 5,000 random programmes instead of 240.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random

import pytest

from meso_schedule import Clinic, CoursePlan, CourseRequest, NoCalendarFits, Protocol, plan_course
from meso_schedule.course.no_calendar import NoCalendarFound, WayOut
from meso_schedule.planner import conflicts
from meso_schedule.planner.planning import plan_combined
from tests.support.lengths import length
from tests.support.oracles.checker_joint import joint_faults
from tests.support.oracles.joint_brute import JointAnswer, TooManyError, Trial
from tests.support.planning import plain
from tests.support.planning import with_way_out as with_single_way_out
from tests.support.programmes import ProgrammeCase, random_programme, small_programme
from tests.support.samples import FREE
from tests.support.strategies import Case

# So many runs of the library take too long under a tracer; other tests reach every branch.
pytestmark = pytest.mark.untraced

SMALL = length(96, 10_000)
PROGRAMMES = length(36, 5_000)
BLOCKS = length(6, 20)
APART = length(24, 120)


def plan_of(case: ProgrammeCase) -> CoursePlan:
    """Plan a programme of plain data."""
    return plan_combined(
        [Protocol.model_validate(table) for table in case.protocols],
        CourseRequest.model_validate(case.request),
        clinic=Clinic.model_validate(case.clinic) if case.clinic else None,
        as_of=case.as_of,
    )


def of_each(plan: CoursePlan, case: ProgrammeCase, name: str) -> tuple[tuple[object, ...], ...]:
    """Return something of each session, by protocol."""
    return tuple(
        tuple(getattr(s, name) for s in plan.sessions if s.protocol == table["id"])
        for table in case.protocols
    )


@pytest.mark.parametrize("block", range(BLOCKS))
def test_calendar_is_the_one_that_trying_everything_finds(block: int) -> None:
    planned = 0
    for seed in range(block, SMALL, BLOCKS):
        case = small_programme(Random(seed))
        try:
            best = Trial(case.protocols, case.request, case.clinic, case.as_of).best()
        except TooManyError:
            continue
        try:
            plan = plan_of(case)
        except NoCalendarFits as error:
            assert best is None, f"seed {seed}"
            assert_honest_no(case, error, seed)
            continue
        assert best is not None, f"seed {seed}"
        assert_same(plan, case, best, seed)
        planned += 1
    assert planned > SMALL // BLOCKS // 5


@pytest.mark.parametrize("block", range(BLOCKS))
def test_other_days_of_the_first_visit_are_the_best_of_all_others(block: int) -> None:
    compared = 0
    for seed in range(block, SMALL // 3, BLOCKS):
        case = small_programme(Random(seed))
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
        found = [set(zip(it.labels, it.dates, strict=True)) for it in plan.alternatives]
        assert found == expected, f"seed {seed}"
        compared += len(found)
    assert compared


def assert_same(plan: CoursePlan, case: ProgrammeCase, best: JointAnswer, seed: int) -> None:
    told = f"seed {seed}"
    found = plan.objective
    assert best.ties == 1, told
    assert of_each(plan, case, "date") == best.dates, told
    assert best.objective[:6] == (
        found.late_days,
        found.start_days,
        found.visits,
        found.preference_misses,
        found.squared_deviation,
        found.time_minutes,
    ), told
    assert of_each(plan, case, "slack_days") == best.slack, told
    assert of_each(plan, case, "backup") == best.backup, told


def assert_honest_no(case: ProgrammeCase, error: NoCalendarFits, seed: int) -> None:
    """Check the conflict, and that each way out works and no smaller start or lateness does."""
    told = f"seed {seed}"
    conflict = error.conflict
    names = [*conflict.beside, conflict.protocol]
    places = [p for p, table in enumerate(case.protocols) if table["id"] in names]
    assert case.protocols[places[-1]]["id"] == conflict.protocol, told
    assert all(day.reason for day in conflict.blocked), told
    assert not is_possible(case, places, conflict.session), told
    assert conflict.session == 1 or is_possible(case, places, conflict.session - 1), told
    for way in error.relaxations:
        changed = with_way_out(case, way)
        plan = plan_of(changed)
        if way.kind == "late":
            assert plan.objective.late_days == way.cost_days, told
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
    """Return the programme changed as the way out says."""
    if way.kind in ("start", "sessions"):
        assert way.option is not None
        name = re.split("[*@]", way.option)[0]
        place = [table["id"] for table in case.protocols].index(name)
        return with_protocol(case, place, way.option)
    single = Case(case.protocols[0], case.request, case.clinic, case.as_of)
    changed = with_single_way_out(single, way)
    return case._replace(request=changed.request, clinic=changed.clinic)


@pytest.fixture
def no_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the ways out of programmes without a calendar, which take the longest."""
    monkeypatch.setattr(conflicts, "ways_out", lambda _: ((), False))


@pytest.mark.usefixtures("no_ways_out")
@pytest.mark.parametrize("block", range(BLOCKS))
def test_random_programmes_hold_every_statement_they_make(block: int) -> None:
    planned = 0
    for seed in range(block, PROGRAMMES, BLOCKS):
        case = random_programme(Random(seed))
        try:
            plan = plan_of(case)
        except (NoCalendarFits, NoCalendarFound):
            continue
        planned += 1
        found = joint_faults(plain(plan), case.protocols, case.request, case.clinic, case.as_of)
        assert found == [], f"seed {seed}"
    assert planned > PROGRAMMES // BLOCKS // 5


@pytest.mark.usefixtures("no_ways_out")
@pytest.mark.parametrize("block", range(4))
def test_without_spacing_the_first_criteria_are_those_of_each_alone(block: int) -> None:
    compared = 0
    for seed in range(block, APART, 4):
        case = without_spacing(random_programme(Random(seed)))
        alone = []
        try:
            together = plan_of(case)
            for table, text in zip(case.protocols, case.request["protocol"], strict=True):
                request = case.request | {"protocol": text}
                if not any(phase.get("after_improvement") for phase in table["phases"]):
                    request = {k: v for k, v in request.items() if "improve" not in k}
                protocol = Protocol.model_validate(table)
                asked = CourseRequest.model_validate(request)
                clinic = Clinic.model_validate(case.clinic)
                alone.append(plan_course(protocol, asked, clinic=clinic, as_of=case.as_of))
        except NoCalendarFits:
            continue
        compared += 1
        for name in ("late_days", "start_days"):
            total = sum(getattr(plan.objective, name) for plan in alone)
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
