"""A day of a diary as a grid: a line for each time at which something changes, a column each."""

from collections.abc import Iterator, Sequence

from meso_schedule.base.models import Model
from meso_schedule.base.times import Clock
from meso_schedule.course.diary_sheet import DiaryDay, DiaryEntry, Person

_HOUR = 60
NOBODY = Person(id="", name="nobody named")


class GridPart(Model):
    """A session in a place of the grid.

    Args:
        who: The patient, else the course.
        what: Its protocol and number.
        is_hatched: Whether the practitioner is not with the patient: numbing, or rest.
        is_first: Whether it begins there.
    """

    who: str
    what: str
    is_hatched: bool
    is_first: bool


class GridRow(Model):
    """What happens from a time on, column by column."""

    time: Clock
    cells: tuple[tuple[GridPart, ...], ...]


class DayGrid(Model):
    """The grid of a day.

    Args:
        names: What the columns are called.
    """

    names: tuple[str, ...]
    rows: tuple[GridRow, ...]


def day_grid(day: DiaryDay, people: Sequence[Person]) -> DayGrid | None:
    """Return the grid of a day; None where nobody is named for any of its sessions.

    Args:
        day: The day.
        people: The practitioners of the clinic, in the order of its file.
    """
    timed = [it for it in day.entries if it.span]
    if not any(it.practitioner for it in timed):
        return None
    named = {it.practitioner or "" for it in timed}
    known = {who.id for who in people}
    gone = [Person(id=it, name=it) for it in sorted(named - known - {""})]
    columns = [*people, *gone, *([NOBODY] if "" in named else [])]
    return DayGrid(
        names=tuple(who.name for who in columns),
        rows=tuple(
            GridRow(
                time=Clock(minute),
                cells=tuple(tuple(_parts(timed, who.id, minute)) for who in columns),
            )
            for minute in _times(timed)
        ),
    )


def _times(timed: Sequence[DiaryEntry]) -> list[int]:
    """Return the minutes at which something changes, and the full hours between."""
    changes = {minute for entry in timed for minute in _changes(entry)}
    hours = range(min(changes) // _HOUR * _HOUR + _HOUR, max(changes), _HOUR)
    return sorted({*changes, *hours} - {24 * _HOUR})


def _changes(entry: DiaryEntry) -> tuple[int, ...]:
    assert entry.span, "only sessions with a time stand in a grid"
    first, last = entry.span.start, entry.span.end
    return first, first + entry.before, last - entry.after, last


def _parts(timed: Sequence[DiaryEntry], who: str, minute: int) -> Iterator[GridPart]:
    for entry in timed:
        first, begin, end, last = _changes(entry)
        if (entry.practitioner or "") == who and first <= minute < last:
            yield GridPart(
                who=entry.who,
                what=entry.short,
                is_hatched=not begin <= minute < end,
                is_first=minute == first,
            )
