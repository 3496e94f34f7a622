"""The sessions of a course as a table."""

from collections.abc import Iterator, Mapping, Sequence

from meso_schedule.base.phrases import phrase
from meso_schedule.book.state import CourseState, SessionStatus
from meso_schedule.course.course_plan import Session
from meso_schedule.output.terminal.first_screen import given_text
from meso_schedule.output.terminal.layout import Cell, Column, cell
from meso_schedule.output.words.language import Language

_STATUS: Mapping[SessionStatus, str] = {
    "planned": phrase("planned"),
    "booked": phrase("booked"),
    "held": phrase("held"),
    "missed": phrase("missed"),
}


def session_table(
    state: CourseState,
    otherwise: Sequence[Session],
    rooms: Mapping[tuple[str, str], str],
    called: Mapping[str, str],
    language: Language,
) -> tuple[Sequence[Column], list[list[Cell]]]:
    """Return columns and rows; who gives a session, and where, only where that is told of any.

    Args:
        state: The course.
        otherwise: Sessions that an open question would put on another day.
        rooms: The room of each booked visit, by course and day.
        called: What practitioners and rooms are called, by their ids; those left out are not told.
    """
    rows = list(_session_rows(state, otherwise, _given(state, rooms, called), language))
    last = None if any(row[-1] for row in rows) else -1
    return _columns(language)[:last], [list(map(cell, row[:last])) for row in rows]


def _columns(language: Language) -> list[Column]:
    say = language.say
    return [
        Column(say(phrase("No.")), is_number=True),
        Column(say(phrase("Date")), folds=True),
        Column(say(phrase("Time"))),
        Column(say(phrase("Status")), folds=True),
        Column(say(phrase("Phase")), folds=True),
        Column(say(phrase("Notes")), folds=True),
        Column(say(phrase("With")), folds=True),
    ]


def _session_rows(
    state: CourseState,
    otherwise: Sequence[Session],
    given: Mapping[tuple[str, int], str],
    language: Language,
) -> Iterator[tuple[str, ...]]:
    others = {(it.protocol, it.number): it.date for it in otherwise}
    for session in sorted(
        state.sessions, key=lambda entry: (entry.date, entry.protocol, entry.number)
    ):
        notes = [
            word
            for word, holds in (
                (phrase("provisional"), session.provisional),
                (phrase("fixed by hand"), session.pinned),
                (phrase("stopped"), state.stopped and session.status in ("planned", "booked")),
            )
            if holds
        ]
        notes += [phrase("lot {lot}", lot=session.lot)] if session.lot else []
        other = others.get((session.protocol, session.number), session.date)
        notes += [phrase("else {day}", day=language.day(other))] if other != session.date else []
        yield (
            state.mark(session.number, session.protocol),
            language.day(session.date),
            language.clock(session.start) if session.start else "",
            language.say(_STATUS[session.status]),
            language.say(session.phase or ""),
            ", ".join(map(language.say, notes)),
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
