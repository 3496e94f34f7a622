"""What a calendar of the diary takes out: sessions that are off, or given by somebody else."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from meso_schedule.base.dates import DateRange
from meso_schedule.book.book import Book
from meso_schedule.book.folding import fold
from meso_schedule.book.reading import entries_of
from meso_schedule.book.state import CourseSession, CourseState
from meso_schedule.course.diary_sheet import DiaryEntry

# Who subscribes has seen what changed longer ago.
_SEEN = timedelta(days=92)


def gone_from(
    book: Book,
    shown: Sequence[DiaryEntry],
    days: DateRange,
    as_of: date,
    practitioner: str | None = None,
) -> list[DiaryEntry]:
    """Return the sessions that stood in a diary and do no longer, as they stood there last.

    Args:
        book: The courses.
        shown: What the diary shows now.
        days: Its days.
        as_of: The day of asking.
        practitioner: Whose diary it is; None for that of all.
    """
    there = {(it.course, it.protocol, it.number) for it in shown}
    return [
        _entry(now, session)
        for course in book.courses_with_moves(as_of - _SEEN)
        for now, session in _of_course(book, course, practitioner)
        if days.first <= session.date <= days.last
        and (course, session.protocol, session.number) not in there
    ]


def _of_course(
    book: Book, course: str, practitioner: str | None
) -> Iterator[tuple[CourseState, CourseSession]]:
    """Yield each session that was ever booked with a practitioner, where it was last."""
    entries = entries_of(book.history(course), book.shown)
    now = fold(course, entries)
    if now.is_erased:
        return
    booked = (
        session
        for place in range(1, len(entries))
        for session in fold(course, entries[:place]).upcoming
        if practitioner in (None, session.takes.practitioner if session.takes else None)
    )
    last = {(session.protocol, session.number): session for session in booked}
    yield from ((now, session) for session in last.values())


def _entry(now: CourseState, session: CourseSession) -> DiaryEntry:
    return DiaryEntry(
        date=session.date,
        start=session.start,
        minutes=session.minutes,
        course=now.course,
        patient=now.patient,
        phone=None,
        protocol=session.protocol,
        number=session.number,
        status="cancelled",
        provisional=False,
        practitioner=None,
        rooms=(),
        revision=now.revision,
    )
