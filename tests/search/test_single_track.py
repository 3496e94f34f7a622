"""The search alone, on plain ordinals."""

import random
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from meso_schedule.base.errors import CalendarEndError
from meso_schedule.base.intervals import Interval
from meso_schedule.rules.rule_tables import Gap
from meso_schedule.rules.windows import GapWindows
from meso_schedule.search.feasibility import (
    is_possible,
    reachable,
    room_to_move,
    shortened,
)
from meso_schedule.search.single_track import best_dates
from meso_schedule.search.task import LATE, SQUARE, OutOfWork, Task
from meso_schedule.search.ways import steps_into
from tests.support.lengths import length

# Criteria in their order, then the dates.
Way = tuple[int, int, int, int, int, tuple[int, ...]]


class Weekdays:
    """Monday to Friday, each day as far from the preferred time as its weekday's number."""

    def __init__(self, taken: Collection[int] = ()) -> None:
        self.taken = taken

    def usable(self, first: int, last: int) -> list[int]:
        days = (day for day in range(first, last + 1) if (day - 1) % 7 < 5)
        return [day for day in days if day not in self.taken]

    def lookup(self, first: int, last: int) -> list[int]:
        return self.usable(first, last)

    def minutes_off(self, day: int) -> int:
        return (day - 1) % 7 * 15

    def others(self, day: int) -> int:
        return day % 2


def gap(minimum: str, maximum: str, recommended: str | None = None, lapse: str = "") -> Gap:
    return Gap(
        minimum=(Interval.parse(minimum),),
        recommended=Interval.parse(recommended) if recommended else None,
        maximum=(Interval.parse(maximum),),
        lapse=(Interval.parse(lapse),) if lapse else (),
        assumption="for this test",
    )


MONDAY = date(2026, 11, 30).toordinal()


def task(*gaps: Gap, late: int = 0, **more: object) -> Task:
    windows = [GapWindows(rule, late) for rule in gaps]
    whole = Task(days=Weekdays(), first=MONDAY, last=MONDAY + 13, gaps=windows)
    return replace(whole, **more)  # type: ignore[arg-type]


def test_bounds_that_cross_are_mended_upwards() -> None:
    # 31 January + 1 month is 1 March, 29 days; the 28 days of the maximum end on 28 February.
    windows = GapWindows(gap("1 month", "28 days", lapse="27 days"), late=2)
    anchor = date(2027, 1, 31).toordinal()
    march = date(2027, 3, 1).toordinal()
    assert windows.after(anchor) == (march, march, march, anchor + 27)


def test_lateness_never_passes_lapse() -> None:
    windows = GapWindows(gap("7 days", "10 days", lapse="12 days"), late=30)
    assert windows.after(100) == (107, 107, 110, 112)


@pytest.mark.parametrize(
    ("windows", "alike"),
    [
        (GapWindows(gap("7 days", "10 days"), 3), 1),
        (GapWindows(gap("1 month", "1 month + 1 week", lapse="3 months"), 9), 28),
        (GapWindows(gap("1 month - 3 days", "1 month + 2 days", "1 month"), 40), 28),
        (GapWindows(gap("90 days", "4 months", "3 months", lapse="130 days"), 30), 1),
    ],
    ids=["days", "months", "both sides", "days and months"],
)
def test_steps_of_a_run_are_those_of_each_of_its_days(windows: GapWindows, alike: int) -> None:
    """Every day of a leap cycle: the steps are the window's days, each at its own cost."""
    for day in range(MONDAY, MONDAY + 1461):
        earliest, recommended, latest, last = windows.after(day)
        first, final, shift, ends = windows.run(day)
        steps = steps_into(*ends)
        assert first <= day <= final
        assert (day + shift + ends[0], day + shift + ends[3]) == (earliest, last)
        costs = {day + shift + step: cost for step, cost in steps}
        assert sorted(costs) == list(range(earliest, last + 1))
        assert [cost for _, cost in steps] == sorted(costs.values())
        for choice, cost in costs.items():
            late = max(0, choice - latest)
            assert cost == late * LATE + (choice - recommended) ** 2 * SQUARE
        for other in {first, final} if alike == 28 else {day}:
            assert tuple(end - other for end in windows.after(other)) == (
                earliest - day,
                recommended - day,
                latest - day,
                last - day,
            )


@pytest.mark.parametrize("rule", [gap("7 days", "10 days"), gap("1 month", "2 months")])
def test_no_window_lies_past_the_end_of_the_calendar(rule: Gap) -> None:
    last = date.max.toordinal()
    for look in (GapWindows(rule).after, GapWindows(rule).run):
        with pytest.raises(CalendarEndError):
            look(last - 9)


def layer_by_layer(whole: Task) -> list[int] | None:
    """Find the best dates without any pruning: the best way to each day of each session."""

    def step(way: Way, day: int, gap: GapWindows | None) -> Way:
        late, start, misses, square, minutes, dates = way
        if gap:
            _, recommended, latest, _ = gap.after(dates[-1])
            late += max(0, day - latest)
            square += (day - recommended) ** 2
        elif whole.end is None:
            start = day - whole.first
        misses += bool(whole.prefer) and (day - 1) % 7 not in whole.prefer
        minutes += (day - 1) % 7 * 15 if whole.timed else 0
        return late, start, misses, square, minutes, (*dates, day)

    def can_be(session: int, day: int) -> bool:
        open_day = bool(whole.days.usable(day, day))
        return open_day and day <= whole.limit and whole.pins.get(session, day) == day

    begin = range(whole.first, whole.last + 1)
    layer = {day: step((0, 0, 0, 0, 0, ()), day, None) for day in begin if can_be(0, day)}
    for session, gap in enumerate(whole.gaps, 1):
        following: dict[int, Way] = {}
        for before, way in layer.items():
            earliest, _, _, last = gap.after(before)
            for day in range(earliest, last + 1):
                if can_be(session, day):
                    onward = step(way, day, gap)
                    following[day] = min(following.get(day, onward), onward)
        layer = following
    ends = [
        (late, start if whole.end is None else whole.end - day, *distance)
        for day, (late, start, *distance) in layer.items()
    ]
    return list(min(ends)[-1]) if ends else None  # type: ignore[call-overload]


@pytest.mark.parametrize("seed", range(length(80, 250)))
def test_no_pruning_changes_the_answer(seed: int) -> None:
    """Long courses with every criterion, against the best way to each day of each session."""
    chance = random.Random(seed)
    rules = chance.sample(
        [
            gap("7 days", "10 days", lapse="6 weeks"),
            gap("5 days", "9 days", "7 days"),
            gap("2 weeks", "3 weeks"),
            gap("1 month", "1 month + 1 week", lapse="3 months"),
            gap("1 month - 4 days", "1 month + 4 days", "1 month"),
            gap("3 weeks", "1 month", "25 days"),
        ],
        k=2,
    )
    gaps = [chance.choice(rules) for _ in range(chance.randint(1, 24))]
    late = chance.choice([0, 0, 3, 12])
    taken = {MONDAY + chance.randrange(600) for _ in range(chance.choice([0, 60, 250]))}
    whole = task(*gaps, late=late, days=Weekdays(taken), last=MONDAY + chance.randrange(14))
    if best := best_dates(whole):
        number = chance.randrange(len(best))
        changes: dict[str, object] = chance.choice(
            [
                {},
                {"pins": {number: best[number] + chance.choice([0, 1, 2])}},
                {"limit": best[-1] - chance.choice([0, 1, 3])},
                {"end": best[-1] + 1, "limit": best[-1] + 1, "last": best[0] + 20},
            ]
        )
        whole = replace(whole, **changes)  # type: ignore[arg-type]
    whole = replace(
        whole,
        prefer=chance.choice([frozenset(), frozenset({0, 2})]),
        timed=chance.choice([False, True]),
    )
    assert best_dates(whole) == layer_by_layer(whole)


def test_no_step_is_longer_than_longest() -> None:
    windows = GapWindows(gap("1 month", "2 months + 3 days"), late=4)
    steps = [windows.after(day)[3] - day for day in range(MONDAY, MONDAY + 1461)]
    assert max(steps) <= windows.longest()


def test_every_criterion_in_its_order() -> None:
    """Against all sequences, the tuple of criteria compared literally."""
    whole = task(
        gap("3 days", "4 days", "4 days"),
        gap("2 days", "3 days"),
        late=2,
        last=MONDAY + 4,
        prefer=frozenset({1, 3}),
        timed=True,
    )
    every = [
        (whole.cost(path), list(path))
        for path in product(range(MONDAY, MONDAY + 20), repeat=3)
        if all((day - 1) % 7 < 5 for day in path)
        and path[0] <= MONDAY + 4
        and all(
            windows.after(before)[0] <= day <= windows.after(before)[3]
            for windows, before, day in zip(whole.gaps, path, path[1:], strict=False)
        )
    ]
    assert best_dates(whole) == min(every)[1]


def test_penalty_comes_before_everything() -> None:
    free = task(gap("3 days", "8 days"), last=MONDAY)
    dear = replace(free, day_cost=lambda _, day: day < MONDAY + 7)
    assert best_dates(free) == [MONDAY, MONDAY + 3]
    assert best_dates(dear) == [MONDAY, MONDAY + 7]


def test_room_ends_where_the_rest_no_longer_fits() -> None:
    whole = task(gap("7 days", "10 days"), gap("7 days", "10 days"), limit=MONDAY + 16)
    assert best_dates(whole) == [MONDAY, MONDAY + 7, MONDAY + 14]
    assert room_to_move(whole, [MONDAY, MONDAY + 7, MONDAY + 14]) == [
        (MONDAY + 2, MONDAY + 1),
        (MONDAY + 9, MONDAY + 8),
        (MONDAY + 16, MONDAY + 15),
    ]


def test_room_needs_a_look_further_when_a_later_window_is_full() -> None:
    class Gappy(Weekdays):
        def usable(self, first: int, last: int) -> list[int]:
            taken = {MONDAY + 8, MONDAY + 9, MONDAY + 10, MONDAY + 16, MONDAY + 17, MONDAY + 18}
            return [day for day in super().usable(first, last) if day not in taken]

    whole = task(gap("7 days", "8 days"), gap("7 days", "8 days"), days=Gappy())
    # From Tuesday 1 the next is on 8 or 9 December, both taken; from Wednesday and Thursday
    # likewise; from Friday 4 it is the 11th, then the 18th, taken, or the 19th, a Saturday.
    assert room_to_move(whole, [MONDAY, MONDAY + 7, MONDAY + 14])[0] == (MONDAY + 7, MONDAY + 7)


def test_reach_stops_at_the_session_that_has_no_day() -> None:
    whole = task(gap("5 days", "6 days"), last=MONDAY)
    assert not is_possible(whole)  # Saturday and Sunday
    reach = reachable(whole)
    assert reach.layers == [[MONDAY]]
    assert reach.spans == [(MONDAY + 5, MONDAY + 6)]
    assert best_dates(whole) is None
    assert is_possible(shortened(whole, 1))


def test_spans_that_touch_are_one_and_others_stay_apart() -> None:
    # Friday and Monday lead to Saturday and Tuesday.
    apart = task(gap("1 day", "1 day"), first=MONDAY + 4, last=MONDAY + 7, pins={1: MONDAY})
    assert reachable(apart).spans == [(MONDAY + 5, MONDAY + 5), (MONDAY + 8, MONDAY + 8)]
    touching = task(gap("1 day", "2 days"), last=MONDAY + 2, pins={1: MONDAY})
    assert reachable(touching).spans == [(MONDAY + 1, MONDAY + 4)]


def test_window_that_lapses_before_it_opens_holds_no_day() -> None:
    whole = task(gap("3 days", "3 days", lapse="2 days"), last=MONDAY)
    assert reachable(whole).spans == []


WIDE = gap("7 days", "100 days")


@pytest.mark.parametrize(
    "more",
    [
        {"pins": {5: MONDAY + 402}},
        {"pins": {2: MONDAY + 151, 5: MONDAY + 352}},
        {"pins": {5: MONDAY + 402}, "prefer": frozenset({1, 3}), "timed": True},
        {"end": MONDAY + 402, "limit": MONDAY + 402, "last": MONDAY + 390},
        {"pins": {5: MONDAY + 600}},
        {"pins": {5: MONDAY + 404}, "timed": True},
    ],
    ids=["a pin", "two pins", "a pin and wishes", "an end", "out of reach", "a closed day"],
)
def test_what_lies_far_off_is_reached_within_few_arcs(more: dict[str, object]) -> None:
    """From the way to it, taken evenly: blind, it takes more than ten times as many arcs."""
    whole = task(*[WIDE] * 5, **more)  # type: ignore[arg-type]
    assert best_dates(whole, 12_000) == layer_by_layer(whole)


def test_past_the_bound_of_work_nothing_is_claimed() -> None:
    whole = task(*[WIDE] * 5, pins={5: MONDAY + 402})
    with pytest.raises(OutOfWork):
        best_dates(whole, 100)


def test_a_session_is_sought_only_where_its_pin_can_be() -> None:
    class Asked(Weekdays):
        furthest = 0

        def usable(self, first: int, last: int) -> list[int]:
            self.furthest = max(self.furthest, first, last)
            return super().usable(first, last)

    days = Asked()
    whole = task(gap("7 days", "10 days"), days=days, pins={0: date(9999, 12, 30).toordinal()})
    assert best_dates(whole) is None
    assert not is_possible(whole)
    assert days.furthest < MONDAY + 100, "the years up to the pin would be laid out"
