"""Pairs of changes, where no single change makes a calendar possible, by trying every value."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations, islice
from random import Random
from typing import Any, NamedTuple

import pytest

from meso_schedule import (
    Clinic,
    CoursePlan,
    CourseRequest,
    NoCalendarFits,
    Protocol,
    get_protocol,
    plan_course,
)
from meso_schedule.base.times import WEEKDAYS
from meso_schedule.course.no_calendar import WayOut, both
from meso_schedule.course.wishes import Wanted
from meso_schedule.output.terminal.conflict_text import conflict_lines
from meso_schedule.planner import pairs_of_changes, smallest_changes
from meso_schedule.planner import ways_out as told
from meso_schedule.planner.planning import plan_combined
from tests.planner.test_begun_against_oracles import replan_of, tried
from tests.support.begun import BegunCase, booked_alone, small_begun
from tests.support.lengths import length
from tests.support.oracles import joint_brute
from tests.support.oracles import ways_out as oracle
from tests.support.planning import plan_of, with_way_out
from tests.support.samples import no_of
from tests.support.strategies import Case

AS_OF = date(2026, 12, 1)
RUNS = length(10, 300)
MOST = 24
# The kinds in the order in which the first of two is made small, and how each is tried.
KINDS: dict[str, Callable[[oracle.Question], oracle.WayOut | None]] = {
    "start": oracle.start_way,
    "finish_by": oracle.finish_by_way,
    "late": oracle.late_way,
    "away": oracle.away_way,
    "days": oracle.days_way,
    "between": oracle.between_way,
    "sessions": oracle.sessions_way,
    "closure": oracle.closure_way,
}


def small_case(random: Random) -> Case:
    """Return a short course that is asked for too much in several ways at once."""
    protocol = {
        "id": "test",
        "name": "Test",
        "family": "peel",
        "areas": ["face"],
        "version": "1",
        "sessions": {
            "minimum": random.choice([2, 3]),
            "usual": 3,
            "maximum": 3,
            "minutes": 45,
            "assumption": "test",
        },
        "phases": [
            {
                "name": "all",
                "minimum": "4 days",
                "assumption": "test",
                "maximum": random.choice(["5 days", "6 days"]),
                **random.choice([{}, {"lapse": "8 days"}]),
            }
        ],
    }
    first = random.randint(1, 9)
    request: dict[str, Any] = {
        "start": f"2026-12-{first:02}",
        "start_within": random.choice([0, 2]),
    }
    if random.random() < 0.8:
        request["finish_by"] = f"2026-12-{first + random.randint(4, 9):02}"
    if random.random() < 0.7:
        end = first + random.randint(3, 14)
        request["away"] = [f"2026-12-{first + random.randint(0, 3):02}..2026-12-{end:02}"]
    if random.random() < 0.5:
        request["days"] = random.sample(WEEKDAYS[:5], random.randint(1, 2))
    if random.random() < 0.3:
        request["between"] = ["06:00-07:00"]
    clinic: dict[str, Any] = {
        "name": "Test",
        "timezone": "UTC",
        "hours": {day: ["09:00-17:00"] for day in WEEKDAYS[:5]},
    }
    if random.random() < 0.5:
        last = first + random.randint(2, 12)
        closure = {"from": f"2026-12-{first:02}", "to": f"2026-12-{last:02}", "reason": "Works"}
        clinic["closures"] = [closure]
    return Case(protocol, request, clinic, AS_OF)


def lifted(case: Case, kind: str) -> Case | None:
    """Return a case with the greatest change of a kind; None where it has nothing to change."""
    request, clinic = dict(case.request), dict(case.clinic or {})
    if kind == "late":
        request["late"] = oracle.MOST_DAYS
    elif kind == "sessions":
        request["sessions"] = case.protocol["sessions"]["minimum"]
    elif kind == "closure":
        clinic.pop("closures", None)
    elif kind == "finish_by" and kind in request:
        given = date.fromisoformat(request[kind])
        request[kind] = str(date.fromordinal(given.toordinal() + oracle.MOST_DAYS))
    elif kind in request and kind != "start":
        del request[kind]
    else:
        return None
    return case._replace(request=request, clinic=clinic)


def smallest(case: Case, kind: str) -> oracle.WayOut | None:
    return KINDS[kind](oracle.Question(*case))


def possible(case: Case) -> Iterator[tuple[str, str]]:
    """Yield the kinds of every pair that makes a calendar possible."""
    for first, second in combinations(KINDS, 2):
        greatest = lifted(case, second)
        if greatest and smallest(greatest, first):
            yield first, second


def noes() -> Iterator[tuple[Case, NoCalendarFits]]:
    """Yield courses that no single change makes possible, their protocol named or not."""
    seed = found = 0
    while found < RUNS:
        case = small_case(Random(seed))
        seed += 1
        if seed % 2:
            case = case._replace(request={**case.request, "protocol": ["test"]})
        try:
            plan_of(case)
        except NoCalendarFits as error:
            if all(way.parts for way in error.relaxations):
                found += 1
                yield case, error


@pytest.fixture
def every_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every pair told, and no change greater than a brute force tries quickly."""
    monkeypatch.setattr(told, "_PAIRS", 100)
    monkeypatch.setattr(oracle, "MOST_DAYS", MOST)
    for module in (smallest_changes, pairs_of_changes):
        monkeypatch.setattr(module, "MAX_DAYS", MOST)


@pytest.mark.usefixtures("every_pair")
@pytest.mark.untraced
def test_pairs_are_all_there_are_and_both_changes_the_smallest() -> None:
    seen = set[tuple[str, ...]]()
    for case, error in noes():
        assert oracle.ways_out(*case) == [], case
        pairs = {tuple(part.kind for part in way.parts): way for way in error.relaxations}
        assert set(pairs) == set(possible(case)), case
        for (first, second), way in pairs.items():
            greatest = lifted(case, second)
            assert greatest is not None
            assert_smallest(way.parts[0], smallest(greatest, first), case)
            assert_smallest(way.parts[1], smallest(with_way_out(case, way.parts[0]), second), case)
            assert isinstance(plan_of(with_way_out(case, way)), CoursePlan)
        seen |= set(pairs)
    assert len(seen) >= length(8, 20)


def assert_smallest(found: WayOut, wanted: oracle.WayOut | None, case: Case) -> None:
    assert wanted is not None, case
    assert (found.kind, found.cost_days) == (wanted.kind, wanted.cost), (found, case)
    assert wanted.option is None or found.option == wanted.option, case


@pytest.mark.usefixtures("every_pair")
def test_fewer_sessions_and_an_opening() -> None:
    case = small_case(Random(31))
    error = no_of(plan_of, case)
    pairs = {tuple(part.kind for part in way.parts): way for way in error.relaxations}
    assert isinstance(plan_of(with_way_out(case, pairs["sessions", "closure"])), CoursePlan)


@pytest.mark.usefixtures("every_pair")
@pytest.mark.parametrize("begun", [booked_alone(Random(466)), small_begun(Random(243))])
def test_booked_sessions_released_and_the_clinic_opened(begun: BegunCase) -> None:
    error = no_of(replan_of, begun)
    pairs = {tuple(part.kind for part in way.parts): way for way in error.relaxations}
    assert replan_of(tried(begun, pairs["release", "closure"])).plan.sessions


def test_the_cheapest_pairs_are_told_first() -> None:
    for _, error in noes():
        costs = [way.cost_days for way in error.relaxations]
        known = [cost for cost in costs if cost is not None]
        assert costs == sorted(known) + [None] * (len(costs) - len(known))
        assert len(costs) <= 3
        for way in error.relaxations:
            parts = [part.cost_days for part in way.parts]
            assert way.cost_days == (None if None in parts else sum(part or 0 for part in parts))
        if error.relaxations:
            return


def test_the_search_for_pairs_ends_at_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [case for case, error in islice(noes(), 5) if not error.is_cut]
    assert any("away" in case.request for case in cases)
    for most in (0, 3):
        monkeypatch.setattr(pairs_of_changes, "_MOST_TRIES", most)
        assert all(no_of(plan_of, case).is_cut for case in cases)


def test_pairs_of_a_course_that_waits_for_improvement() -> None:
    """An event and a day to finish by, an absence and a weekday stand in the way at once."""
    request = {
        "start": "2026-12-01",
        "sessions": 12,
        "days": ["mon"],
        "between": ["mon:06:00-07:00"],
        "event": "2027-02-01",
        "finish_by": "2027-01-30",
        "away": ["2027-01-01..2027-01-31"],
    }
    with pytest.raises(NoCalendarFits) as caught:
        plan_course(get_protocol("facial-rejuvenation"), CourseRequest.read(request), as_of=AS_OF)
    told = [str(way.message) for way in caught.value.relaxations]
    assert told[0] == (
        "Both: Come on other weekdays: 2026-12-01; 2026-12-08; 2026-12-15."
        " Plan 4 sessions instead of 12."
    )


def test_an_absence_that_is_given_up_whole_is_left_out() -> None:
    away = WayOut(kind="away", message="Come on 1 Dec.", change={"away": ()}, cost_days=1)
    late = WayOut(kind="late", message="Be late.", change={"late": 2}, cost_days=2)
    _, error = next(noes())
    pair = both(late, away)
    lines = list(conflict_lines(NoCalendarFits(error.conflict, [pair])))
    assert lines[-1] == "  1. Both: Be late. Come on 1 Dec. Write --late 2 Leave --away out."
    assert both(late, late.model_copy(update={"cost_days": None})).cost_days is None


# Several treatments

# Kinds of which each change is tried, and those that free days.
SIZED = ("start", "finish_by", "late", "sessions")
SEVERAL = ("start", "finish_by", "late", "away", "days", "between", "sessions", "closure")


class Both(NamedTuple):
    """Two treatments that are asked for too much together."""

    protocols: list[dict[str, Any]]
    request: dict[str, Any]
    clinic: dict[str, Any]

    def is_possible(self) -> bool:
        return next(self.calendars(), None) is not None

    def calendars(self) -> Iterator[joint_brute.Dates]:
        return joint_brute.Trial(*self, AS_OF).calendars()

    def kinds(self) -> list[str]:
        able = ("start", "late", "sessions", *self.request, *self.clinic)
        return [kind for kind in SEVERAL if kind in able or f"{kind}s" in able]

    def lifted(self, kind: str) -> "list[Both]":
        """Return it with the greatest change of a kind, of one treatment with that of each."""
        if kind in SIZED:
            sizes = [size for size, _ in self.changes(kind)]
            return [changed for size, changed in self.changes(kind) if size == max(sizes)]
        changed = lifted(Case(self.protocols[0], self.request, self.clinic, AS_OF), kind)
        assert changed is not None, kind
        return [self._replace(request=changed.request, clinic=changed.clinic or {})]

    def changes(self, kind: str) -> "Iterator[tuple[int, Both]]":
        """Yield every change of a kind that is tried, with its size, the smallest first."""
        if kind == "sessions":
            for name in self.able:
                yield 1, self.wishing(name, "*1")
            return
        for size in range(1, MOST + 1):
            if kind == "late":
                yield size, self.asking(late=size)
            elif kind == "finish_by":
                yield size, self.asking(finish_by=str(moved(self.request[kind], size)))
            else:
                days = (moved(self.request[kind], shift) for shift in (-size, size))
                for day in (it for it in days if it >= AS_OF):
                    yield from ((size, self.wishing(it, f"@{day}")) for it in self.asked)

    @property
    def able(self) -> list[str]:
        """The treatments of which a session can be left out."""
        return [
            it["id"]
            for it, asked in zip(self.protocols, self.asked, strict=True)
            if it["sessions"]["minimum"] == 1 and "*" not in asked
        ]

    @property
    def asked(self) -> list[str]:
        """What is asked of each treatment."""
        return self.request.get("protocol") or [it["id"] for it in self.protocols]

    def asking(self, **changes: Any) -> "Both":
        return self._replace(request={**self.request, **changes})

    def wishing(self, after: str, wish: str) -> "Both":
        """Return it with a wish written after a text in what is asked of each treatment."""
        return self.asking(protocol=[it.replace(after, f"{after}{wish}") for it in self.asked])

    def changed(self, way: WayOut) -> "Both":
        """Return it changed as a way out says, which is typed or added to the clinic file."""
        for part in way.parts:
            self = self.changed(part)
        if way.parts:
            return self
        if way.kind in ("start", "sessions"):
            assert way.option is not None
            name = way.option.replace("*", "@").split("@")[0]
            return self.asking(
                protocol=[way.option if it.startswith(name) else it for it in self.asked]
            )
        made = with_way_out(Case(self.protocols[0], self.request, self.clinic, AS_OF), way)
        return self._replace(request=made.request, clinic=made.clinic or {})

    def is_in_the_way(self, kind: str, day: date) -> bool:
        """Tell whether a day cannot be had for the sake of a kind alone."""
        if kind == "days":
            return WEEKDAYS[day.weekday()] not in self.request["days"]
        if kind == "between":
            return True  # no opening hours are among those asked for
        spans = self.request["away"] if kind == "away" else []
        found = [span.split("..") for span in spans]
        found += [[it["from"], it["to"]] for it in self.clinic.get("closures", [])] * (
            kind == "closure"
        )
        return any(first <= str(day) <= last for first, last in found)


def moved(day: str, days: int) -> date:
    return date.fromordinal(date.fromisoformat(day).toordinal() + days)


def two_small(random: Random) -> Both | None:
    first, second = small_case(random), small_case(random)
    minimum = random.choice([1, 2])
    own = {"sessions": first.protocol["sessions"] | {"minimum": minimum, "usual": 2, "maximum": 2}}
    other = {"id": "other", "name": "Other", "family": "filler"}
    rule = {"other": "filler", "minimum": "2 days", "minimum_before": "1 day", "assumption": "test"}
    protocols = [first.protocol | own | {"spacing": [rule]}, second.protocol | own | other]
    if not first.clinic:
        return None
    return Both(protocols, first.request, first.clinic)


def plan_both(case: Both) -> CoursePlan:
    rules = [Protocol.read(it) for it in case.protocols]
    request, clinic = CourseRequest.read(case.request), Clinic.read(case.clinic)
    return plan_combined(rules, request, clinic=clinic, as_of=AS_OF)


def noes_of_two() -> Iterator[tuple[Both, NoCalendarFits]]:
    for case in filter(
        None, (two_small(Random(seed)) for seed in range(length(240, 0), length(270, 1_500)))
    ):
        try:
            plan_both(case)
        except NoCalendarFits as error:
            if error.relaxations and all(way.parts for way in error.relaxations):
                yield case, error


def least(case: Both, kind: str) -> int | None:
    """Return the smallest change of a kind that makes a calendar possible."""
    if kind in SIZED:
        return next((size for size, it in case.changes(kind) if it.is_possible()), None)
    in_the_way = (
        {day for days in dates for day in days if case.is_in_the_way(kind, day)}
        for lifted in case.lifted(kind)
        for dates in lifted.calendars()
    )
    return min(map(len, in_the_way), default=None)


def least_first(case: Both, first: str, second: str) -> int | None:
    """Return the smallest change of a kind with which one of another can do the rest."""
    sizes = (least(lifted, first) for lifted in case.lifted(second))
    return min((size for size in sizes if size is not None), default=None)


def size_of(way: WayOut) -> int | None:
    if way.kind == "late":  # its cost is the lateness of the best calendar, not the bound
        assert way.option is not None
        return int(way.option.removeprefix("--late "))
    return 1 if way.kind == "sessions" else way.cost_days


@pytest.mark.usefixtures("every_pair")
@pytest.mark.untraced
def test_pairs_of_several_treatments_are_all_there_are_and_both_changes_the_smallest() -> None:
    seen = set[tuple[str, ...]]()
    for case, error in noes_of_two():
        kinds = case.kinds()
        assert not any(least(case, kind) for kind in kinds), case
        pairs = {tuple(part.kind for part in way.parts): way for way in error.relaxations}
        both_kinds = {it for it in combinations(kinds, 2) if least_first(case, *it)}
        assert set(pairs) == both_kinds, case
        for way in pairs.values():
            first, second = way.parts
            assert size_of(first) == least_first(case, first.kind, second.kind), (way, case)
            assert size_of(second) == least(case.changed(first), second.kind), (way, case)
            assert isinstance(plan_both(case.changed(way)), CoursePlan)
            wishes = [it for it in case.changed(way).asked if it not in ("test", "other")]
            assert set(way.change.get("protocol", [])) == set(map(Wanted.parse, wishes))
        seen |= set(pairs)
    assert len(seen) >= length(8, 20)


def test_changes_of_two_treatments_are_typed_beside_each_other() -> None:
    case = two_small(Random(248))
    assert case
    way = no_of(plan_both, case).relaxations[-1]
    assert way.option == "test@2026-12-02 other*1"
    assert way.message == (
        "Both: Start Test 6 days earlier: 2026-12-02. Plan 1 session of other instead of 2."
    )


def test_changes_of_one_treatment_are_typed_together() -> None:
    begun = Wanted.parse("test@2026-12-02")
    start = WayOut(kind="start", message="Start.", change={"protocol": (begun,)}, cost_days=1)
    less = {"protocol": (replace(begun, sessions=1),)}
    sessions = WayOut(kind="sessions", message="Plan 1.", change=less, cost_days=None)
    assert both(start, sessions).option == "test*1@2026-12-02"
