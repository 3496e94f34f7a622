"""The search alone, on plain ordinals."""

from dataclasses import replace
from datetime import date
from itertools import product

from meso_schedule.dates import Interval
from meso_schedule.reach import (
    is_possible,
    reachable,
    room_to_move,
    shortened,
)
from meso_schedule.rules import Gap
from meso_schedule.search import (
    GapWindows,
    Task,
    best_dates,
    measure,
)


class Weekdays:
    """Monday to Friday, each day as far from the preferred time as its weekday's number."""

    def usable(self, first: int, last: int) -> list[int]:
        return [day for day in range(first, last + 1) if (day - 1) % 7 < 5]

    def minutes_off(self, day: int) -> int:
        return (day - 1) % 7 * 15


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
        (measure(whole, path), list(path))
        for path in product(range(MONDAY, MONDAY + 20), repeat=3)
        if all((day - 1) % 7 < 5 for day in path)
        and path[0] <= MONDAY + 4
        and all(
            windows.after(before)[0] <= day <= windows.after(before)[3]
            for windows, before, day in zip(whole.gaps, path, path[1:], strict=False)
        )
    ]
    assert best_dates(whole) == min(every)[1]


def test_toll_comes_before_everything() -> None:
    free = task(gap("3 days", "8 days"), last=MONDAY)
    dear = replace(free, toll=lambda day: day < MONDAY + 7)
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
