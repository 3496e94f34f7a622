"""Treatments that have begun, and booked ones, against oracles that share no code with them.

`MESO_LONG=1` runs the long form: 5,000 small programmes instead of 400, 3,000 plans instead of 160.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random

import pytest

from meso_schedule import (
    Begun,
    BookedSession,
    Clinic,
    CourseRequest,
    NoCalendarFits,
    Protocol,
    Replan,
    replan_combined,
)
from meso_schedule.course.no_calendar import NoCalendarFound, WayOut
from tests.planner.test_programme_oracles import with_way_out, without_spacing
from tests.support.begun import BegunCase, crowded_begun, random_begun, small_begun
from tests.support.lengths import length
from tests.support.oracles.checker_joint import joint_faults
from tests.support.oracles.joint_brute import TooManyError
from tests.support.oracles.joint_reading import held_of
from tests.support.oracles.joint_replanning import JointQuestion
from tests.support.oracles.replanning import Booked
from tests.support.planning import plain
from tests.support.programmes import ProgrammeCase

# So many runs of the library take too long under a tracer; other tests reach every branch.
pytestmark = pytest.mark.untraced

SMALL = length(112, 5_000)
PLANS = length(56, 3_000)
BLOCKS = length(7, 20)
APART = length(80, 160)


def begun_of(
    booked: Mapping[str, Mapping[int, Booked]], release: Mapping[str, tuple[int, ...]]
) -> dict[str, Begun]:
    """Return bookings of plain data, by the id of their protocol."""
    return {
        name: Begun(
            booked=tuple(
                BookedSession.model_validate(
                    {
                        "number": number,
                        "date": entry.day.isoformat(),
                        "pinned": entry.pinned,
                        **({"start": entry.start} if entry.start else {}),
                    }
                )
                for number, entry in own.items()
            ),
            release=frozenset(release.get(name, ())),
        )
        for name, own in booked.items()
    }


def replan_of(begun: BegunCase) -> Replan:
    """Replan a programme of plain data."""
    case = begun.case
    return replan_combined(
        [Protocol.model_validate(table) for table in case.protocols],
        CourseRequest.model_validate(case.request),
        begun_of(begun.booked, begun.release),
        clinic=Clinic.model_validate(case.clinic) if case.clinic else None,
        as_of=case.as_of,
    )


def question_of(begun: BegunCase) -> JointQuestion:
    """Return what brute force is asked."""
    case = begun.case
    question = JointQuestion(
        case.protocols, case.request, case.clinic, case.as_of, begun.booked, most=30_000
    )
    names = [table["id"] for table in case.protocols]
    for name, numbers in begun.release.items():
        for number in numbers:
            question.fixed.pop((names.index(name), number), None)
    return question


@pytest.mark.parametrize("block", range(BLOCKS))
def test_the_fewest_booked_sessions_of_all_move(block: int) -> None:
    planned = 0
    for seed in range(block, SMALL, BLOCKS):
        # Every fourth has visits in which booked times compete.
        begun = (crowded_begun if seed % 4 == 3 else small_begun)(Random(seed))
        told = f"seed {seed}"
        question = question_of(begun)
        try:
            best = question.best_replanned()
        except TooManyError:
            continue
        try:
            made = replan_of(begun)
        except NoCalendarFits as error:
            assert best is None, told
            assert_honest_no(begun, question, error, told)
            continue
        assert best is not None, told
        assert best.ties == 1, told
        found = made.plan.objective
        dates = tuple(
            tuple(visit.date for visit in made.plan.sessions if visit.protocol == table["id"])
            for table in begun.case.protocols
        )
        assert (dates, found.late_days) == (best.measure[-1], best.measure[0]), told
        if any(begun.booked.values()):
            assert (found.moved, found.moved_days) == best.measure[1:3], told
        assert best.measure[3:8] == (
            found.start_days,
            found.visits,
            found.preference_misses,
            found.squared_deviation,
            found.time_minutes,
        ), told
        room = tuple(
            tuple((it.slack_days, it.backup) for it in made.plan.sessions if it.protocol == name)
            for name in ids_of(begun)
        )
        assert room == best.room, told
        assert_changes_are_told(made, begun, question, told)
        planned += 1
    assert planned > SMALL // BLOCKS // 5


def ids_of(begun: BegunCase) -> list[str]:
    """Return the ids of the protocols, in the order of their labels."""
    return [table["id"] for table in begun.case.protocols]


def assert_changes_are_told(
    made: Replan, begun: BegunCase, question: JointQuestion, told: str
) -> None:
    """Check that the changes are exactly the moves, each with a reason, and what is fixed stays."""
    ids = ids_of(begun)
    placed = {(ids.index(v.protocol), v.number): v.date for v in made.plan.visits}
    dates = tuple(
        tuple(visit.date for visit in made.plan.sessions if visit.protocol == name) for name in ids
    )
    moved = set()
    for day, marks in question.marked(dates).items():
        visit = question.visit(day, marks)
        moved |= {mark for mark in marks if not question.stays(mark, day, visit)}
    booked = {
        (ids.index(name), n): it for name, own in begun.booked.items() for n, it in own.items()
    }
    changes = {(ids.index(it.protocol or ""), it.number): it for it in made.changes}
    assert len(changes) == len(made.changes), told
    assert {mark for mark, it in changes.items() if it.kind == "moved"} == moved, told
    assert {mark for mark, it in changes.items() if it.kind == "new"} == placed.keys() - booked, (
        told
    )
    dropped = {mark for mark, it in changes.items() if it.kind == "dropped"}
    assert dropped == booked.keys() - placed.keys(), told
    for mark, change in changes.items():
        assert change.label == "ABCD"[mark[0]], told
        assert change.why, told
        assert all(change.why), told
        assert change.after == placed.get(mark), told
        assert change.before == (booked[mark].day if mark in booked else None), told
    for mark, day in question.fixed.items():
        assert placed.get(mark, day) == day, told


@pytest.mark.parametrize("block", range(BLOCKS))
def test_plans_that_have_begun_hold_every_statement_they_make(block: int) -> None:
    planned = 0
    for seed in range(block, PLANS, BLOCKS):
        case = random_begun(Random(seed)).case
        try:
            made = replan_of(BegunCase(case, {}, {}))
        except (NoCalendarFits, NoCalendarFound):
            continue
        planned += 1
        found = joint_faults(
            plain(made.plan), case.protocols, case.request, case.clinic, case.as_of
        )
        assert found == [], f"seed {seed}"
    assert planned > PLANS // BLOCKS // 8


@pytest.mark.parametrize("block", range(4))
def test_without_spacing_late_days_and_moves_are_those_of_each_alone(block: int) -> None:
    compared = 0
    for seed in range(block, APART, 4):
        begun = random_begun(Random(seed))
        case = without_spacing(begun.case)
        # Alone, what has not begun may be planned in the past.
        start = max(case.request["start"], case.as_of.isoformat())
        case = case._replace(request=case.request | {"start": start})
        begun = begun._replace(case=case, booked=untimed(begun.booked))
        if set(begun.case.request) & {"improves_after", "no_improvement"}:
            continue
        try:
            alone = [replan_of(part).plan.objective for part in parts_of(begun)]
            together = replan_of(begun).plan.objective
        except (NoCalendarFits, NoCalendarFound):
            continue
        if together.bound is not None:
            continue
        compared += 1
        for name in ("late_days", "moved", "moved_days", "start_days"):
            total = sum(getattr(part, name) or 0 for part in alone)
            assert (getattr(together, name) or 0) == total, f"seed {seed}: {name}"
    assert compared > APART // 20


def untimed(booked: Mapping[str, Mapping[int, Booked]]) -> dict[str, dict[int, Booked]]:
    """Return bookings of days only."""
    return {
        name: {number: entry._replace(start=None) for number, entry in own.items()}
        for name, own in booked.items()
    }


def parts_of(begun: BegunCase) -> Iterator[BegunCase]:
    """Yield each treatment as a programme of its own, planned on the same day."""
    case = begun.case
    for table, text in zip(case.protocols, case.request["protocol"], strict=True):
        held = held_of(table, case.request)
        pins = [pin for pin in case.request.get("pin", []) if pin.startswith(f"{table['id']}:")]
        request = case.request | {
            "protocol": text,
            "held": [f"{table['id']}:{day}" for day in held],
            "pin": pins,
        }
        waits = any(phase.get("after_improvement") for phase in table["phases"])
        if not waits or not any(day <= request.get("improved_on", "") for day in held):
            request.pop("improved_on", None)
        booked = {name: own for name, own in begun.booked.items() if name == table["id"]}
        yield BegunCase(
            ProgrammeCase([table], request, case.clinic, case.as_of), booked, begun.release
        )


def assert_honest_no(
    begun: BegunCase, question: JointQuestion, error: NoCalendarFits, told: str
) -> None:
    """Check the conflict, that each way out works, and that no fewer sessions can be released."""
    conflict, ids = error.conflict, [table["id"] for table in begun.case.protocols]
    places = [ids.index(name) for name in (*conflict.beside, conflict.protocol) if name]
    assert all(day.reason for day in conflict.blocked), told
    assert not possible(question, places, conflict.session), told
    if conflict.session > question.chains[places[-1]].first:
        assert possible(question, places, conflict.session - 1), told
    ways = {way.kind: way for way in error.relaxations}
    assert len(ways) == len(error.relaxations), told
    fewest = question.fewest_released()
    assert (ways["release"].cost_days if "release" in ways else None) == fewest, told
    for way in error.relaxations:
        made = replan_of(tried(begun, way))
        if way.kind == "late":
            assert made.plan.objective.late_days == way.cost_days, told


def possible(question: JointQuestion, places: Sequence[int], last: int) -> bool:
    """Tell whether some treatments have a calendar, the last of them cut after a session."""
    pinned = question.pinned()
    chains = {place: pinned[place] for place in places}
    chains[places[-1]] = replace(chains[places[-1]], last=last)
    return next(question.calendars(chains), None) is not None


def tried(begun: BegunCase, way: WayOut) -> BegunCase:
    """Return the programme changed as the way out says."""
    if way.kind != "release":
        return begun._replace(case=with_way_out(begun.case, way))
    assert way.option is not None
    release = dict(begun.release)
    for word in way.option.split()[1::2]:
        name, _, number = word.partition(":")
        release[name] = (*release.get(name, ()), int(number))
    return begun._replace(release=release)
