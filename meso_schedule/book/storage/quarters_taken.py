"""Who has which quarter of which practitioner, room and device, kept beside the events.

It follows from the booked visits alone. What one visit changes reaches no further than the visits
that touch it, those that touch them, and so on: only these are shared out anew.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, delete, insert, select
from sqlalchemy.exc import IntegrityError

from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.state import CourseState
from meso_schedule.book.storage.schema import MASKS, TAKEN, VISITS
from meso_schedule.book.storage.transaction import Transaction
from meso_schedule.book.takings import BookedVisit, share_out, visits_of, wishes_of
from meso_schedule.clinic.occupancy import DAY_QUARTERS, RoomWish

Row = dict[str, Any]
_HALF = DAY_QUARTERS // 2


def just_taken(days: Iterable[str]) -> RefusedError:
    """Return the error of a booking for which another was quicker."""
    told = ", ".join(days)
    return RefusedError(
        "just_taken",
        f"What the visit on {told} needs was just taken.",
        "Plan it again.",
        field="book",
        value=told,
    )


def visit_rows(state: CourseState) -> list[Row]:
    """Return what is kept of the visits of a course, by their days."""
    return [_row(visit) for visit in visits_of(state)]


def _row(visit: BookedVisit) -> Row:
    return {
        "course": visit.course,
        "date": visit.date,
        "begin_quarter": visit.begin,
        "end_quarter": visit.end,
        "takes": visit.takes.model_dump_json(),
    }


def take(within: Transaction, *states: CourseState) -> list[str]:
    """Share out anew what the visits of courses change; what one gives up another may take.

    Returns:
        The days on which a visit, of these courses or another, no longer has all that it wants.
    """
    connection = within.connection
    own = VISITS.c.course.in_([state.course for state in states])
    before = set(_read(within, own))
    after = {visit for state in states for visit in visits_of(state)}
    changed = before ^ after
    if not changed:
        return []
    connection.execute(delete(VISITS).where(own))
    if after:
        connection.execute(insert(VISITS), [_row(visit) for visit in after])
    lacking: set[str] = set()
    for visit in sorted(changed, key=lambda it: (it.begin, it.date, it.course)):
        near = _share_out_near(within, visit)
        without = share_out(near).without
        if without:
            was = share_out([*(before & changed), *(it for it in near if it not in after)])
            lacking |= {
                it.date
                for it in near
                if (it.course, it.date) in without - was.without and not it.takes.overlaps
            }
    return sorted(lacking)


def _share_out_near(within: Transaction, visit: BookedVisit) -> list[BookedVisit]:
    """Share out what all visits want that touch one, directly or by others; return these."""
    first, end, near = visit.begin, visit.end, list[BookedVisit]()
    while True:
        touching = and_(VISITS.c.begin_quarter < end, VISITS.c.end_quarter > first)
        near = list(_read(within, touching))
        reach = (
            min([first, *(it.begin for it in near)]),
            max([end, *(it.end for it in near)]),
        )
        if reach == (first, end):
            break
        first, end = reach
    connection = within.connection
    inside = and_(TAKEN.c.quarter >= first, TAKEN.c.quarter < end)
    connection.execute(delete(TAKEN).where(inside))
    _insert(within, share_out(near).taken)
    _draw_masks(within, first // DAY_QUARTERS, (end - 1) // DAY_QUARTERS)
    return near


def _insert(within: Transaction, taken: Mapping[tuple[str, int], str]) -> None:
    rows = [
        {"resource": name, "quarter": quarter, "course": course}
        for (name, quarter), course in sorted(taken.items())
    ]
    if not rows:
        return
    try:
        within.connection.execute(insert(TAKEN), rows)
    except IntegrityError:
        raise just_taken(sorted({name for name, _ in taken})) from None


def _draw_masks(within: Transaction, first: int, last: int) -> None:
    """Draw the masks of some days anew."""
    connection = within.connection
    connection.execute(delete(MASKS).where(MASKS.c.day >= first, MASKS.c.day <= last))
    begin, end = first * DAY_QUARTERS, (last + 1) * DAY_QUARTERS
    query = select(TAKEN.c.resource, TAKEN.c.quarter).where(
        TAKEN.c.quarter >= begin, TAKEN.c.quarter < end
    )
    if rows := _mask_rows((name, quarter) for name, quarter in connection.execute(query)):
        connection.execute(insert(MASKS), rows)


def _mask_rows(cells: Iterable[tuple[str, int]]) -> list[Row]:
    masks: dict[tuple[str, int], int] = {}
    for name, quarter in cells:
        day, bit = divmod(quarter, DAY_QUARTERS)
        masks[name, day] = masks.get((name, day), 0) | 1 << bit
    return [
        {"resource": name, "day": day, "early": bits & (1 << _HALF) - 1, "late": bits >> _HALF}
        for (name, day), bits in sorted(masks.items())
    ]


def _read(within: Transaction, condition: Any) -> Iterator[BookedVisit]:
    rows = within.connection.execute(select(VISITS).where(condition)).all()
    return (BookedVisit.of(*row) for row in rows)


def clear(within: Transaction) -> None:
    """Take all rows away."""
    for table in (VISITS, TAKEN, MASKS):
        within.connection.execute(delete(table))


def kept_visits(within: Transaction, course: str) -> list[Row]:
    """Return what is kept of the visits of a course, by their days."""
    query = select(VISITS).where(VISITS.c.course == course).order_by(VISITS.c.date)
    return [dict(row) for row in within.connection.execute(query).mappings()]


def is_as_shared_out(within: Transaction) -> bool:
    """Tell whether all that is taken follows from the visits."""
    connection = within.connection
    cells = share_out(list(_read(within, VISITS.c.begin_quarter.is_not(None))))
    taken = {(row.resource, row.quarter): row.course for row in connection.execute(select(TAKEN))}
    ordered = select(MASKS).order_by(MASKS.c.resource, MASKS.c.day)
    masks = [dict(row) for row in connection.execute(ordered).mappings()]
    return cells.taken == taken and sorted(masks, key=_name) == _mask_rows(taken)


def _name(row: Row) -> tuple[str, int]:
    return row["resource"], row["day"]


def read_masks(
    within: Transaction, first: int, last: int | None = None, without: str | None = None
) -> dict[str, dict[int, int]]:
    """Return what is taken of each resource, by days of the world's clock.

    Args:
        first: The first day.
        last: The last day; left out, all that follow.
        without: A course whose visits take nothing.
    """
    query = select(MASKS.c.resource, MASKS.c.day, MASKS.c.early, MASKS.c.late)
    query = query.where(MASKS.c.day >= first)
    if last is not None:
        query = query.where(MASKS.c.day <= last)
    masks: dict[str, dict[int, int]] = {}
    # Thousands of rows, taken as the database gives them: a record of each takes as long again.
    cursor = within.connection.execute(query).cursor
    assert cursor, "a query has rows"
    for name, day, early, late in cursor.fetchall():
        masks.setdefault(name, {})[day] = late << _HALF | early
    if without is not None:
        own = select(TAKEN.c.resource, TAKEN.c.quarter).where(TAKEN.c.course == without)
        for name, quarter in within.connection.execute(own):
            day, bit = divmod(quarter, DAY_QUARTERS)
            if day in masks.get(name, ()):
                masks[name][day] &= ~(1 << bit)
    return masks


def read_visits(within: Transaction, first: int) -> list[BookedVisit]:
    """Return the booked visits that end after a quarter."""
    return list(_read(within, VISITS.c.end_quarter > first))


def read_rooms(within: Transaction, first: str, last: str) -> dict[tuple[str, str], str]:
    """Return the room that each booked visit of some days has, by course and day."""
    begins = and_(TAKEN.c.course == VISITS.c.course, TAKEN.c.quarter == VISITS.c.begin_quarter)
    query = select(*VISITS.c, TAKEN.c.resource).join(TAKEN, begins)
    query = query.where(VISITS.c.date.between(first, last))
    rows = within.connection.execute(query).all()
    found = ((BookedVisit.of(*row), name) for *row, name in rows)
    return {(it.course, it.date): name for it, name in found if name in dict(it.takes.rooms)}


def read_wishes(
    within: Transaction, first: int, end: int, without: str | None = None
) -> Sequence[RoomWish]:
    """Return the visits that touch a row of quarters and have rooms, by their beginning."""
    touching = and_(VISITS.c.begin_quarter < end, VISITS.c.end_quarter > first)
    return list(wishes_of([it for it in _read(within, touching) if it.course != without]))
