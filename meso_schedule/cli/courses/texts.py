"""Courses as text for a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from meso_schedule.output.terminal import Column, Page, cell
from meso_schedule.output.text import day_text, sentence

if TYPE_CHECKING:
    from meso_schedule.running.courses import Running
    from meso_schedule.running.money import Account
    from meso_schedule.store.queries import CourseLine

_LIST = (
    Column("Course"),
    Column("Patient", folds=True),
    Column("Protocol", folds=True),
    Column("Status"),
    Column("Held", is_number=True),
    Column("Next", is_number=True),
    Column("Due", folds=True),
    Column("Booked", folds=True),
)
_SESSIONS = (
    Column("No.", is_number=True),
    Column("Date", folds=True),
    Column("Time"),
    Column("Status", folds=True),
    Column("Phase", folds=True),
    Column("Notes", folds=True),
)
_EVENTS = (
    Column("Rev.", is_number=True),
    Column("Written", folds=True),
    Column("By", folds=True),
    Column("Event"),
    Column("Says", folds=True),
)


def list_text(
    lines: "Sequence[CourseLine]", as_of: date, *, width: int, colour: bool = False
) -> str:
    """Return a list of courses."""
    page = Page(width, colour=colour)
    if not lines:
        page.paragraph("No courses.")
        return str(page)
    page.table(_LIST, [list(map(cell, _course_cells(line, as_of))) for line in lines])
    return str(page)


def _course_cells(line: "CourseLine", as_of: date) -> Iterator[str]:
    yield line.course
    yield line.patient or ""
    yield line.protocols
    overdue = line.status == "running" and line.latest is not None and line.latest < as_of
    yield "overdue" if overdue else line.status
    yield str(line.sessions_held)
    yield str(line.next_number or "")
    yield f"{line.earliest} to {line.latest}" if line.earliest else ""
    yield str(line.booked_on or "")


def show_text(course: "Running", *, width: int, colour: bool = False) -> str:
    """Return everything that can be told of a course on a day."""
    from meso_schedule.running.money import account_of

    state = course.state
    page = Page(width, colour=colour)
    page.block(str(course.protocol.name))
    page.pairs((label, body) for label, body in _heading(course) if body)
    page.block("Sessions")
    page.table(_SESSIONS, [list(map(cell, row)) for row in _session_rows(course)])
    if course.standing:
        page.block("Held so far")
        page.pairs(
            (f"{session.number}, {entry.verdict}", sentence(str(entry.reason)))
            for session, entry in zip(course.held, course.standing.history, strict=True)
        )
    if account := account_of(state, course.as_of):
        page.block("Money")
        page.pairs(_money(account))
    if state.notes:
        page.block("Notes")
        page.pairs((str(remark.at.date()), remark.text) for remark in state.notes)
    if state.findings:
        page.block("To know")
        page.bullets(str(finding.message) for finding in state.findings)
    return str(page)


def _heading(course: "Running") -> Iterator[tuple[str, str]]:
    from meso_schedule.running.courses import forecast_of

    state, forecast = course.state, forecast_of(course)
    kept = state.protocols[0]
    yield "Course", f"{state.course}, revision {state.revision}"
    yield "Patient", state.patient or ""
    yield "Status", state.status
    yield "Opened", day_text(state.opened_on)
    yield "Rules", f"{kept.id}, version {kept.version}, {kept.digest[:19]}"
    yield "Improved", day_text(state.improved_on) if state.improved_on else ""
    if state.stopped:
        reason = f": {state.stopped.reason}" if state.stopped.reason else ""
        yield "Stopped", f"{day_text(state.stopped.on)}{reason}"
    if forecast.number and forecast.earliest and forecast.latest:
        status = course.standing.forecast.status if _has_forecast(course) else ""  # type: ignore[union-attr]
        days = f"{day_text(forecast.earliest)} to {day_text(forecast.latest)}"
        yield "Next", f"session {forecast.number}, {days}{f', {status}' if status else ''}"


def _has_forecast(course: "Running") -> bool:
    return course.standing is not None and course.standing.forecast is not None


def _session_rows(course: "Running") -> Iterator[tuple[str, ...]]:
    for session in sorted(course.state.sessions, key=lambda entry: (entry.date, entry.number)):
        notes = [
            word
            for word, holds in (
                ("provisional", session.provisional),
                ("fixed by hand", session.pinned),
                ("stopped", course.state.stopped and session.status in ("planned", "booked")),
            )
            if holds
        ]
        yield (
            str(session.number),
            day_text(session.date),
            str(session.start or ""),
            session.status,
            session.phase or "",
            ", ".join(notes),
        )


def _money(account: "Account") -> Iterator[tuple[str, str]]:
    code = account.currency
    if account.agreed_low is not None:
        high = f" - {account.agreed_high}" if account.agreed_high != account.agreed_low else ""
        yield "Course", f"{account.agreed_low}{high} {code}"
    for due in account.due:
        when = day_text(due.due) if due.due else "no day yet"
        which = f"{due.what.capitalize()}" + (f", session {due.session}" if due.session else "")
        left = "paid" if not due.open else f"{due.open} open"
        yield which, f"{due.amount} {code} on {when}, {left}"
    yield "Paid", f"{account.paid} {code}"
    if account.open:
        yield "Due now", f"{account.open} {code}"
    if account.balance is not None:
        word = "To give back" if account.balance < 0 else "Still to pay"
        yield word, f"{abs(account.balance)} {code}"


def history_text(
    course: str, events: Sequence[Mapping[str, Any]], *, width: int, colour: bool = False
) -> str:
    """Return the events of a course."""
    page = Page(width, colour=colour)
    page.block(f"Course {course}")
    page.table(_EVENTS, [list(map(cell, _event_cells(event))) for event in events])
    return str(page)


def _event_cells(event: Mapping[str, Any]) -> Iterator[str]:
    yield str(event["revision"])
    yield str(event["at"]).replace("T", " ")
    yield str(event["who"])
    yield str(event["kind"])
    content = event["content"]
    yield "erased" if content is None else ", ".join(_said(content))


def _said(content: Mapping[str, Any]) -> Iterator[str]:
    for name, value in content.items():
        if name == "sessions":
            slots = (f"{slot['number']} on {slot['date']}" for slot in value)
            yield f"sessions {', '.join(slots)}"
        elif name == "protocols":
            yield ", ".join(f"{kept['id']} {kept['digest'][:19]}" for kept in value)
        elif name in ("forecast", "request", "terms", "held"):
            continue  # --format json shows it
        else:
            yield f"{name} {value}"
