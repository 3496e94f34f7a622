"""What a bound says, what is left of rooms, and the best calendar at some prices."""

from typing import Any

import pytest

from meso_schedule import Interval
from meso_schedule.availability.staff import Needs, Staff
from meso_schedule.book.takings import BookedVisit, Visit
from meso_schedule.capacity.booked_course import BookedCourse
from meso_schedule.capacity.capacities import Capacities
from meso_schedule.capacity.column_generation import Scale
from meso_schedule.search.task import Task
from tests.support.oracles.repairs import MONDAY
from tests.support.samples import clinic, protocol

SCALE = Scale.of(40, 0)


@pytest.mark.parametrize(
    ("bound", "least"),
    [
        (-3.0, (0, 0, 0)),
        (6.2, (0, 0, 7)),
        (2 * SCALE.kept + 19, (2, 0, 19)),
        # No repair changes more sessions than there are, so one more is late, or not kept.
        (SCALE.late * 0.7, (0, 1, 0)),
        (SCALE.kept * 0.7, (1, 0, 0)),
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
