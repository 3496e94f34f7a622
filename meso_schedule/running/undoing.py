"""The last recorded step of a course undone: what each of its events said before stands again."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from meso_schedule.book.amendments import is_withdrawn, last_said
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.events import Event
from meso_schedule.book.folding import fold
from meso_schedule.book.reading import entries_of
from meso_schedule.book.records import Corrected, Opened
from meso_schedule.book.state import CourseState, Entry
from meso_schedule.running.corrections import with_correction


class Undone(NamedTuple):
    """A step that can be undone.

    Args:
        step: Its events.
        records: The corrections that undo it, the last event first.
        after: The course without it.
    """

    step: tuple[Entry, ...]
    records: tuple[Corrected, ...]
    after: CourseState


def undone(events: Sequence[Event], reason: str, *, as_of: date, target: str) -> Undone:
    """Return the corrections that undo what was written last.

    A step is all that was written at once. What undoes is no step: asked again, the one before
    goes too. A correction that is undone lets stand what was said before it.

    Args:
        events: All events of the course.
        reason: Why.
        as_of: The day of asking.
        target: The book, for errors.

    Raises:
        RefusedError: When nothing but the opening is left, or others rest on it.
    """
    course, entries = events[0].course, entries_of(events, target)
    step = _last_step(events, entries)
    longer = entries
    for entry in reversed(step):
        record = _without(entry, longer, reason, step[0].revision)
        longer = with_correction(course, longer, record, as_of)
    added = (entry.record for entry in longer[len(entries) :])
    records = tuple(record for record in added if isinstance(record, Corrected))
    return Undone(tuple(step), records, fold(course, longer))


def _last_step(events: Sequence[Event], entries: Sequence[Entry]) -> list[Entry]:
    """Return the events of the last step that stands.

    Raises:
        RefusedError: When that is the opening.
    """
    records = (entry.record for entry in entries)
    gone = {it.undoes for it in records if isinstance(it, Corrected) and it.undoes}
    for step in _steps(events, entries):
        said = step[0].record
        is_undo = isinstance(said, Corrected) and bool(said.undoes)
        if not isinstance(said, Opened) and not is_undo and step[0].revision not in gone:
            return step
    raise RefusedError(
        "nothing_to_undo",
        "Nothing but the opening stands of the course.",
        "Stop the course, or erase it.",
        field="course",
    )


def _steps(events: Sequence[Event], entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Yield what was written at once, the last first; the parts of a write are counted from 0."""
    end = len(entries)
    for place in reversed(range(len(entries))):
        if events[place].part == 0:
            yield list(entries[place:end])
            end = place


def _without(entry: Entry, entries: Sequence[Entry], reason: str, first: int) -> Corrected:
    """Return what takes an event back; of a correction, what brings back what was said before."""
    record = entry.record
    if not isinstance(record, Corrected):
        return Corrected(revision=entry.revision, reason=reason, undoes=first)
    before = [it for it in entries if it.revision < entry.revision]
    wrong = next(it for it in before if it.revision == record.revision)
    said: dict[str, Any] | None = last_said(before, wrong).told
    if is_withdrawn(before, record.revision):
        said = None
    return Corrected(revision=record.revision, reason=reason, replacement=said, undoes=first)
