"""What has begun and what is booked, alone and in a programme, against oracles of their own.

`MESO_LONG=1` runs the long form, thousands of each kind.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import reduce
from itertools import product
from random import Random
from typing import NamedTuple

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
from tests.planner.test_against_oracles import (
    assert_honest_no,
    assert_same,
    assert_same_top_ups,
    faults_of,
    of_each,
    plan_of,
    with_way_out,
    without_spacing,
)
from tests.support.begun import BegunCase, booked_alone, crowded_begun, random_begun, small_begun
from tests.support.lengths import length
from tests.support.oracles.arithmetic import phase_of_each
from tests.support.oracles.joint_brute import TooManyError, Trial
from tests.support.oracles.joint_reading import held_of
from tests.support.oracles.reading import listed
from tests.support.oracles.replanning import Booked, Question
from tests.support.oracles.standing import ANSWERS, standing
from tests.support.programmes import ProgrammeCase, alone
from tests.support.running import held_case

# So many runs of the library take too long under a tracer; other tests reach every branch.
pytestmark = pytest.mark.untraced

BLOCKS = length(4, 20)
HELD = length(120, 10_000)
APART = length(80, 160)


class Kind(NamedTuple):
    """How a small and a usual one are made, and how many."""

    small: Callable[[int], BegunCase]
    usual: Callable[[Random], ProgrammeCase]
    smalls: int
    usuals: int


KINDS = {
    "alone": Kind(
        lambda seed: booked_alone(Random(seed)),
        lambda rng: alone(held_case(rng)),
        length(120, 10_000),
        length(176, 10_000),
    ),
    # Every fourth has visits in which booked times compete.
    "in a programme": Kind(
        lambda seed: (crowded_begun if seed % 4 == 3 else small_begun)(Random(seed)),
        lambda rng: random_begun(rng).case,
        length(80, 5_000),
        length(40, 3_000),
    ),
}
in_blocks = pytest.mark.parametrize(("kind", "block"), list(product(KINDS, range(BLOCKS))))


def begun_of(
    booked: Mapping[str, Mapping[int, Booked]], release: Mapping[str, tuple[int, ...]]
) -> dict[str, Begun]:
    """Return bookings of plain data, by the id of their protocol."""
    return {
        name: Begun(
            booked=tuple(
                BookedSession.read(
                    {
                        "number": number,
                        "date": entry.day.isoformat(),
                        "pinned": entry.pinned,
                        "provisional": entry.provisional,
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
        [Protocol.read(table) for table in case.protocols],
        CourseRequest.read(case.request),
        begun_of(begun.booked, begun.release),
        clinic=Clinic.read(case.clinic) if case.clinic else None,
        as_of=case.as_of,
    )


def question_of(begun: BegunCase) -> Question:
    """Return what brute force is asked."""
    case = begun.case
    question = Question(
        case.protocols, case.request, case.clinic, case.as_of, begun.booked, most=30_000
    )
    names = [table["id"] for table in case.protocols]
    for name, numbers in begun.release.items():
        for number in numbers:
            question.fixed.pop((names.index(name), number), None)
    return question


@pytest.mark.parametrize("block", range(BLOCKS))
def test_what_is_to_come_is_what_trying_everything_finds(block: int) -> None:
    for seed in range(block, HELD, BLOCKS):
        case, told = alone(held_case(Random(seed))), f"seed {seed}"
        best = Trial(case.protocols, case.request, case.clinic, case.as_of).best()
        now = standing(case.protocols[0], case.request, case.as_of)
        try:
            plan = plan_of(case)
        except NoCalendarFits as error:
            assert best is None, told
            assert_honest_no(case, error, told)
            continue
        assert [(entry.number, entry.verdict, entry.counts) for entry in plan.history] == [
            (verdict.number, verdict.word, verdict.counts) for verdict in now.verdicts
        ], told
        following = plan.next_session
        window = following and (following.earliest, following.recommended)
        assert window == (now.window and now.window[:2]), told
        if following and now.window:
            assert (following.latest, following.lapse) == now.window[2:], told
            assert following.number == now.counted + 1, told
        if now.counted >= len(now.phases):
            assert plan.sessions == (), told
        else:
            assert best is not None, told
            assert_same(plan, case, best, told)
        assert_same_top_ups(plan, case, told)
        assert faults_of(plan, case) == [], told


@in_blocks
def test_the_fewest_booked_sessions_move(kind: str, block: int) -> None:
    planned = 0
    for seed in range(block, KINDS[kind].smalls, BLOCKS):
        begun = KINDS[kind].small(seed)
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
            assert_honest_no_of_begun(begun, question, error, told)
            continue
        if goes_before_its_minimum(made, question, begun.case.as_of):
            continue
        assert best is not None, told
        assert best.ties == 1, told
        found = made.plan.objective
        late, moved, days_moved, start, visits, misses, squares, minutes, dates = best.measure
        assert of_each(made.plan, begun.case, "date") == dates, told
        assert found.late_days == late, told
        if any(begun.booked.values()):
            assert (found.moved, found.moved_days) == (moved, days_moved), told
        assert found.visits == (None if begun.case.is_alone else visits), told
        assert (found.start_days, found.preference_misses) == (start, misses), told
        assert (found.squared_deviation, found.time_minutes) == (squares, minutes), told
        room = tuple(
            tuple((it.slack_days, it.backup) for it in made.plan.sessions if it.protocol == name)
            for name in ids_of(begun)
        )
        assert room == best.room, told
        assert_changes_are_told(made, begun, question, told)
        planned += 1
    assert planned > KINDS[kind].smalls // BLOCKS // 5


def goes_before_its_minimum(made: Replan, question: Question, as_of: date) -> bool:
    """Tell whether a session that waits for a word is fixed before the minimum if it is a yes.

    It is one of the phases before, and those after it follow otherwise: tried elsewhere.
    """
    programme = question.programme
    phases = {(it.protocol, it.number): it.phase for it in made.plan.sessions}
    pinned = ((place, number) for place, it in enumerate(programme.asked) for number in it.pins)
    for place, number in (*question.fixed, *pinned):
        protocol, request = programme.protocols[place], programme.requests[place]
        if request["held"]:
            after = standing(protocol, request, as_of).decided_after
            waits = after is not None and number > after
        else:
            foreseen = phase_of_each(protocol, request, programme.asked[place].sessions)
            waits = any(it.get("after_improvement") for it in foreseen[number - 1 : number])
        certain = {it["name"] for it in protocol["phases"] if not it.get("after_improvement")}
        if waits and phases.get((protocol["id"], number)) in certain:
            return True
    return False


def ids_of(begun: BegunCase) -> list[str]:
    """Return the ids of the protocols, in the order of their labels."""
    return [table["id"] for table in begun.case.protocols]


def assert_changes_are_told(made: Replan, begun: BegunCase, question: Question, told: str) -> None:
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
    starts = {
        (ids.index(it.protocol), it.number): it.start and f"{it.start:%H:%M}"
        for it in made.plan.visits
    }
    moved |= {
        mark
        for mark in placed.keys() & booked
        if mark[1] not in question.booked[mark[0]]
        and (placed[mark], booked[mark].start and starts[mark])
        != (booked[mark].day, booked[mark].start)
    }
    changes = {(ids.index(it.protocol or ids[0]), it.number): it for it in made.changes}
    assert len(changes) == len(made.changes), told
    assert {mark for mark, it in changes.items() if it.kind == "moved"} == moved, told
    assert {mark for mark, it in changes.items() if it.kind == "new"} == placed.keys() - booked, (
        told
    )
    dropped = {mark for mark, it in changes.items() if it.kind == "dropped"}
    assert dropped == booked.keys() - placed.keys(), told
    for mark, change in changes.items():
        assert change.label == (None if begun.case.is_alone else "ABCD"[mark[0]]), told
        assert change.why, told
        assert all(change.why), told
        assert change.after == placed.get(mark), told
        assert change.before == (booked[mark].day if mark in booked else None), told
    for mark, day in question.fixed.items():
        assert placed.get(mark, day) == day, told


@in_blocks
def test_every_statement_of_what_has_begun_holds(kind: str, block: int) -> None:
    planned = 0
    for seed in range(block, KINDS[kind].usuals, BLOCKS):
        case = KINDS[kind].usual(Random(seed))
        try:
            made = replan_of(BegunCase(case, {}, {}))
        except (NoCalendarFits, NoCalendarFound):
            continue
        planned += 1
        assert faults_of(made.plan, case) == [], f"seed {seed}"
    assert planned > KINDS[kind].usuals // BLOCKS // 8


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
            apart = [replan_of(part).plan.objective for part in parts_of(begun)]
            together = replan_of(begun).plan.objective
        except (NoCalendarFits, NoCalendarFound):
            continue
        if together.bound is not None:
            continue
        compared += 1
        for name in ("late_days", "moved", "moved_days", "start_days"):
            total = sum(getattr(part, name) or 0 for part in apart)
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
        for name in ANSWERS:
            days = [day for day in listed(request.get(name)) if min(held, default="9") <= day]
            request[name] = days if waits else []
        booked = {name: own for name, own in begun.booked.items() if name == table["id"]}
        yield BegunCase(
            ProgrammeCase([table], request, case.clinic, case.as_of), booked, begun.release
        )


def assert_honest_no_of_begun(
    begun: BegunCase, question: Question, error: NoCalendarFits, told: str
) -> None:
    """Check the conflict, that each way out works, and that no fewer sessions can be released."""
    conflict, ids = error.conflict, [table["id"] for table in begun.case.protocols]
    places = [ids.index(name) for name in (*conflict.beside, conflict.protocol or ids[0])]
    assert all(day.reason for day in conflict.blocked), told
    assert not possible(question, places, conflict.session), told
    if conflict.session > question.chains[places[-1]].first:
        assert possible(question, places, conflict.session - 1), told
    singles = [way for way in error.relaxations if not way.parts]
    ways = {way.kind: way for way in singles}
    assert len(ways) == len(singles), told
    fewest = question.fewest_released()
    assert (ways["release"].cost_days if "release" in ways else None) == fewest, told
    for way in error.relaxations:
        made = replan_of(tried(begun, way))
        if way.kind == "late":
            assert made.plan.objective.late_days == way.cost_days, told


def possible(question: Question, places: Sequence[int], last: int) -> bool:
    """Tell whether some treatments have a calendar, the last of them cut after a session."""
    pinned = question.pinned()
    chains = {place: pinned[place] for place in places}
    chains[places[-1]] = replace(chains[places[-1]], last=last)
    return next(question.calendars(chains), None) is not None


def tried(begun: BegunCase, way: WayOut) -> BegunCase:
    """Return the programme changed as the way out says."""
    if way.parts:
        return reduce(tried, way.parts, begun)
    if way.kind != "release":
        return begun._replace(case=with_way_out(begun.case, way))
    assert way.option is not None
    release = dict(begun.release)
    for word in way.option.split()[1::2]:
        whose, _, number = word.rpartition(":")
        name = whose or ids_of(begun)[0]
        release[name] = (*release.get(name, ()), int(number))
    return begun._replace(release=release)
