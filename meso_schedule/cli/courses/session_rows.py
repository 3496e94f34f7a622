"""The sessions of a course as a table."""

from collections.abc import Iterator, Mapping, Sequence

from meso_schedule.book.state import CourseState
from meso_schedule.course.course_plan import Session
from meso_schedule.output.terminal.first_screen import given_text
from meso_schedule.output.terminal.layout import Cell, Column, cell
from meso_schedule.output.words.text import day_text

_COLUMNS = (
    Column("No.", is_number=True),
    Column("Date", folds=True),
    Column("Time"),
    Column("Status", folds=True),
    Column("Phase", folds=True),
    Column("Notes", folds=True),
    Column("With", folds=True),
)


def session_table(
    state: CourseState,
    otherwise: Sequence[Session],
    rooms: Mapping[tuple[str, str], str],
    called: Mapping[str, str],
) -> tuple[Sequence[Column], list[list[Cell]]]:
    """Return columns and rows; who gives a session, and where, only where that is told of any.

    Args:
        state: The course.
        otherwise: Sessions that an open question would put on another day.
        rooms: The room of each booked visit, by course and day.
        called: What practitioners and rooms are called, by their ids; those left out are not told.
    """
    rows = list(_session_rows(state, otherwise, _given(state, rooms, called)))
    last = None if any(row[-1] for row in rows) else -1
    return _COLUMNS[:last], [list(map(cell, row[:last])) for row in rows]


def _session_rows(
    state: CourseState, otherwise: Sequence[Session], given: Mapping[tuple[str, int], str]
) -> Iterator[tuple[str, ...]]:
    others = {(it.protocol, it.number): it.date for it in otherwise}
    for session in sorted(
        state.sessions, key=lambda entry: (entry.date, entry.protocol, entry.number)
    ):
        notes = [
            word
            for word, holds in (
                ("provisional", session.provisional),
                ("fixed by hand", session.pinned),
                ("stopped", state.stopped and session.status in ("planned", "booked")),
            )
            if holds
        ]
        notes += [f"lot {session.lot}"] if session.lot else []
        other = others.get((session.protocol, session.number), session.date)
        notes += [f"else {day_text(other)}"] if other != session.date else []
        yield (
            state.mark(session.number, session.protocol),
            day_text(session.date),
            str(session.start or ""),
            session.status,
            session.phase or "",
            ", ".join(notes),
            given.get((session.protocol, session.number), ""),
        )


def _given(
    state: CourseState, rooms: Mapping[tuple[str, str], str], called: Mapping[str, str]
) -> dict[tuple[str, int], str]:
    """Say of each session who gives it, and in which room it is booked."""
    return {
        (it.protocol, it.number): given_text(
            [
                (
                    it.takes.practitioner,
                    rooms.get((state.course, str(it.date))) if it.status == "booked" else None,
                )
            ],
            called,
        )
        for it in state.sessions
        if it.takes
    }
