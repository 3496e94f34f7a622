"""Lists of courses, and the history of one, as text for a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from meso_schedule.book.lines import CourseLine
from meso_schedule.book.state import CourseState
from meso_schedule.course.wishes import labels_of
from meso_schedule.output.terminal.layout import Cell, Column, Page, cell
from meso_schedule.output.words.language import ENGLISH

_LIST = (
    Column("Course"),
    Column("Patient, treatment", folds=True),
    Column("Status", folds=True),
    Column("Held", is_number=True),
    Column("Next", is_number=True),
    Column("Due", folds=True),
    Column("Booked", folds=True),
)
_EVENTS = (
    Column("Rev.", is_number=True),
    Column("Written", folds=True),
    Column("By", folds=True),
    Column("Event"),
    Column("Says", folds=True),
)
# What of an event only JSON shows.
_UNTOLD = ("forecast", "request", "terms", "treatment_terms", "held")


def list_text(
    lines: Sequence[CourseLine],
    past: Mapping[str, int],
    phones: Mapping[str, str],
    as_of: date,
    *,
    width: int,
    colour: bool = False,
) -> str:
    """Return a list of courses.

    Args:
        lines: The courses.
        past: Of some, how many sessions are booked for days gone by and not recorded.
        phones: Under which number the patients of some are called.
        as_of: The day of asking.
        width: Columns of the terminal.
        colour: Whether it shows styles.
    """
    page = Page(width, colour=colour)
    if not lines:
        page.paragraph("No courses.")
        return str(page)
    page.table(_LIST, [list(_course_cells(line, past, phones, as_of)) for line in lines])
    return str(page)


def _course_cells(
    line: CourseLine, past: Mapping[str, int], phones: Mapping[str, str], as_of: date
) -> Iterator[Cell]:
    yield cell(line.course)
    known = [line.patient, phones.get(line.course), *line.protocols.split()]
    yield cell(*filter(None, known))
    overdue = line.status == "running" and line.latest is not None and line.latest < as_of
    missing = past.get(line.course)
    told = [f"! {missing} past and not recorded"] if missing else []
    yield cell("overdue" if overdue else line.status, *told)
    yield cell(str(line.sessions_held))
    yield cell(_next_mark(line))
    first, last = line.earliest, line.latest
    yield cell(ENGLISH.span(first, last) if first and last else "")
    yield cell(ENGLISH.dated(line.booked_on) if line.booked_on else "")


def _next_mark(line: CourseLine) -> str:
    """Return the session due next, of several treatments with the letter of its own."""
    if line.next_number is None:
        return ""
    labels = labels_of(line.protocols.split())
    return f"{labels.get(line.next_protocol or '') or ''}{line.next_number}"


def history_text(
    state: CourseState,
    events: Sequence[Mapping[str, Any]],
    *,
    width: int,
    colour: bool = False,
) -> str:
    """Return the events of a course."""
    page = Page(width, colour=colour)
    page.block(f"Course {state.course}")
    page.table(_EVENTS, [list(map(cell, _event_cells(state, event))) for event in events])
    return str(page)


def _event_cells(state: CourseState, event: Mapping[str, Any]) -> Iterator[str]:
    yield str(event["revision"])
    yield str(event["at"]).replace("T", " ")
    yield str(event["who"])
    yield str(event["kind"])
    content = event["content"]
    yield "erased" if content is None else ", ".join(_said(state, content))


def _said(state: CourseState, content: Mapping[str, Any]) -> Iterator[str]:
    for name, value in content.items():
        if name == "sessions":
            slots = (
                f"{state.mark(slot['number'], slot.get('protocol'))} on {slot['date']}"
                for slot in value
            )
            yield f"sessions {', '.join(slots)}"
        elif name == "screening":
            yield ", ".join(f"{it['question']} {it['answer']}" for it in value)
        elif name == "protocols":
            yield ", ".join(map(_protocol, value))
        elif name in _UNTOLD or (name == "protocol" and state.label_of(value) is None):
            continue  # --format json shows it
        else:
            yield f"{name} {value}"


def _protocol(named: str | Mapping[str, Any]) -> str:
    return named if isinstance(named, str) else f"{named['id']} {named['digest'][:19]}"
