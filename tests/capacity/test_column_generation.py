"""What a bound says, what is left of rooms, and the best calendar at some prices."""

from collections import Counter
from typing import Any

import pytest

from meso_schedule import Interval
from meso_schedule.availability.staff import Needs, Staff
from meso_schedule.book.takings import BookedVisit, Visit
from meso_schedule.capacity import master as master_module
from meso_schedule.capacity.booked_course import BookedCourse
from meso_schedule.capacity.capacities import Capacities, Cell
from meso_schedule.capacity.column_generation import _checked
from meso_schedule.capacity.generation import Found
from meso_schedule.capacity.master import CalendarColumn, Master
from meso_schedule.capacity.place_choice import Candidate, PlaceChoice
from meso_schedule.capacity.places import Calendar, Placement, RepairMeasure
from meso_schedule.capacity.scale import Scale
from meso_schedule.capacity.solver import Whole
from meso_schedule.capacity.track import Near, PricedStep
from meso_schedule.search.task import Task
from tests.support.oracles.repairs import MONDAY
from tests.support.samples import clinic, protocol

SCALE = Scale.of(40, 6)


@pytest.mark.parametrize(
    ("bound", "least"),
    [
        (-3.0, (0, 0, 0)),
        (6.2, (0, 0, 7)),
        (2 * SCALE.kept + 19, (2, 0, 19)),
        # No repair changes more sessions than there are, so one more is late, or not kept.
        (SCALE.late * 0.7, (0, 1, 0)),
        (SCALE.kept * 0.7, (1, 0, 0)),
        (SCALE.kept + 6 * SCALE.late + 41, (2, 0, 0)),
    ],
)
def test_what_a_bound_says(bound: float, least: tuple[int, int, int]) -> None:
    assert SCALE.least(bound)[:3] == least


class _EveryDay:
    def usable(self, first: int, last: int) -> list[int]:
        return list(range(first, last + 1))


def test_what_may_be_used_from_the_first_session_on_is_tried_from_each_day() -> None:
    days: Any = _EveryDay()
    day = MONDAY.toordinal()
    task = Task(days, day, day + 2, (), valid=Interval.parse("10 days"))
    course = BookedCourse("a", (task,), (), frozenset())
    assert [(it.first, it.last, it.limit) for it in course.variants] == [
        (day + more, day + more, day + more + 10) for more in range(3)
    ]


def _visit(rooms: tuple[str, ...]) -> BookedVisit:
    takes = Visit(
        people=(),
        rooms=tuple((room, 103) for room in rooms),
        needs_room=bool(rooms),
        devices=(),
        units=(),
        overlaps=False,
    )
    return BookedVisit("c", "1970-01-02", 100, 103, takes)


def test_rooms_are_counted_by_the_sets_that_would_do() -> None:
    made = clinic(
        timezone="UTC",
        practitioners=[{"id": "doctor-a", "name": "Dr A"}],
        rooms=[
            {"id": "room-1", "treats": ["other-mix"], "turnover": 15},
            {"id": "room-2"},
            {"id": "room-3"},
        ],
    )
    need = Needs.of(protocol())
    visits = [_visit(("room-2", "room-3")), _visit(("room-1",)), _visit(())]
    left = Capacities(Staff(made, MONDAY), [need], visits)
    every, mine = ("room-1", "room-2", "room-3"), ("room-2", "room-3")
    # 2 January 1970 was a Friday. All three rooms: two are taken; of the two that would do, one.
    assert [left.left((rooms, 102)) for rooms in (every, mine, ("room-1",))] == [1, 1, 0]
    assert [left.left((rooms, 103)) for rooms in (every, mine, ("room-1",))] == [3, 2, 1]
    rooms, hands = left.uses(need)
    assert [(name, end) for name, _, end in rooms] == [(mine, 3), (every, 3)]
    assert hands == ((), 0, 3)


class _OneOfEach:
    """A stand-in for what is left: of everything one."""

    def left(self, _: object) -> int:
        return 1


def _column(course: str, *cells: str) -> CalendarColumn:
    """Return a calendar that takes some quarters; none where the course is let go."""
    calendar = tuple(Placement(1, 0, cell) for cell in cells) or None
    measure = RepairMeasure(changed=1) if cells else RepairMeasure(not_kept=1)
    return CalendarColumn(course, calendar, measure, {((cell,), 0): 1 for cell in cells})


def _three() -> Master:
    """Return three courses, any two of which are in one another's way."""
    left: Any = _OneOfEach()
    master = Master(["a", "b", "c"], left, None)
    for course, *cells in (("a", "x", "y"), ("b", "y", "z"), ("c", "x", "z")):
        master.add(_column(course), 100.0)
        master.add(_column(course, *cells), 1.0)
    return master


def test_where_half_a_course_would_be_let_go_a_whole_one_is() -> None:
    master = _three()
    assert master.relax() == pytest.approx(1.5 * 100 + 1.5)
    assert master.let_go(2)
    assert master.relax() == pytest.approx(2 * 100 + 1)
    assert not master.let_go(2)
    duals = master.duals()
    # What the prices say is what the choice costs.
    assert sum(duals.courses.values()) - duals.paid == pytest.approx(201)
    assert duals.let_go == pytest.approx(99)


def test_calendars_that_can_not_be_together_are_not_chosen_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    goals = SCALE.goals
    first = _three().choose(goals, [])
    assert first
    (kept,) = [it for it in first if it.calendar]
    assert kept.course == "a"
    master = _three()
    for course in "abc":
        if course != kept.course:
            master.refuse(
                [
                    (it.course, it.calendar)
                    for it in master.columns
                    if it.course == course and it.calendar
                ]
            )
    again = master.choose(goals, [])
    assert again == first
    master.refuse([(kept.course, kept.calendar)])
    last = master.choose(goals, [])
    assert last
    assert [it.calendar for it in last] == [None] * 3
    monkeypatch.setattr(master_module, "whole", lambda *_: Whole(None, is_proven=False))
    known = [(it.course, it.calendar) for it in first]
    assert master.choose(goals, known) is None
    assert _three().choose(goals, known) == first


class _TakesNothing(BookedCourse):
    def taken_by(self, *_: object) -> Counter[Cell]:
        return Counter()


def test_calendars_from_two_first_days_can_have_a_place_in_common() -> None:
    booked, other, last = (Placement(day, 0, "doctor-a") for day in (1, 2, 9))
    course = _TakesNothing("a", (), (booked, last), frozenset())
    near = [
        Near(
            {(0, first.day): [first], (1, last.day): [last]},
            [PricedStep(0, 0, first.day, 0.0), PricedStep(1, first.day, last.day, 0.0)],
        )
        for first in (booked, other)
    ]
    left: Any = _OneOfEach()
    candidate = Candidate("a", course, near, True, True, {})
    chosen, is_proven = PlaceChoice([candidate], left, {}, SCALE, None).best(SCALE.kept)
    assert chosen
    assert (chosen.calendars, chosen.cost, is_proven) == ({"a": (booked, last)}, 0, True)


class _Part:
    """A stand-in for a part of a repair: what it chooses, one after another."""

    def __init__(self, *chosen: Found | None) -> None:
        self._chosen = list(chosen)

    def chosen(self, _: object) -> Found | None:
        return self._chosen.pop(0)


def _found(course: str, calendar: Calendar | None) -> Found:
    return Found({course: calendar}, RepairMeasure(), RepairMeasure())


def test_a_part_chooses_anew_till_its_choice_passes() -> None:
    one, other = ((Placement(day, 0, "doctor-a"),) for day in (1, 2))
    begun = [_found("a", one), _found("b", one)]

    def checked(*parts: _Part, refused: Any) -> Found | None:
        own: Any = parts
        return _checked(own, list(begun), refused)

    def without(found: Found) -> list[str]:
        return ["b"] if found.calendars["b"] == one else []

    made = checked(_Part(), _Part(_found("b", other)), refused=without)
    assert made
    assert made.calendars == {"a": one, "b": other}
    assert checked(_Part(), _Part(None), refused=without) is None
    # Calendars of two parts that can't be together: no part can tell.
    assert checked(_Part(), _Part(), refused=lambda _: ["a", "b"]) is None
    always = _Part(*(_found("b", one) for _ in range(40)))
    assert checked(_Part(), always, refused=without) is None
