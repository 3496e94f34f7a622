"""What the events of a course say, and the state that they amount to."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from meso_schedule.book.book_errors import damaged, unknown_course
from meso_schedule.book.events import Event, record_of
from meso_schedule.book.folding import fold
from meso_schedule.book.state import CourseState, Entry
from meso_schedule.book.storage.event_log import course_ids, event_at, events_of, events_of_each
from meso_schedule.book.storage.projection import clear, project
from meso_schedule.book.storage.transaction import Transaction


def history_of(within: Transaction, course: str) -> list[Event]:
    """Return the events of a course, by revision; at least one.

    Raises:
        InputError: When the book does not hold it.
        BookFault: When one of them is not what was written, or is missing.
    """
    (events,) = histories_of(within, [course])
    return events


def histories_of(within: Transaction, courses: Sequence[str]) -> Iterator[list[Event]]:
    """Yield the events of each of some courses, as `history_of` returns them."""
    for course, events in zip(courses, events_of_each(within, courses), strict=True):
        if not events:
            raise unknown_course(course)
        yield events


def last_time(within: Transaction, count: int) -> datetime | None:
    """Return when the last event was written down; None when there is none."""
    return _time(event_at(within, count), within.shown) if count else None


def entries_of(events: Sequence[Event], target: str) -> list[Entry]:
    """Read what the events of a course say; what was erased says nothing."""
    kept = [event for event in events if not event.is_erased]
    if len(kept) < len(events) and (not kept or kept[-1].kind != "erased"):
        raise damaged(target, f"events of course {events[0].course} are gone")
    return [Entry(event.revision, _time(event, target), record_of(event, target)) for event in kept]


def state_of(events: Sequence[Event], target: str) -> CourseState:
    """Fold the events of one course, which has some."""
    if not events:
        raise damaged(target, "the events of a course are not where they should be")
    return fold(events[0].course, entries_of(events, target))


def project_all(within: Transaction) -> int:
    """Make what lists show again from all events; return how many courses there are."""
    clear(within)
    courses = course_ids(within)
    for course in courses:
        project(within, state_of(events_of(within, course), within.shown))
    return len(courses)


def _time(event: Event, target: str) -> datetime:
    try:
        return event.time
    except ValueError:
        raise damaged(target, f"the time of event {event.sequence} cannot be read") from None
