"""Courses as text for a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from meso_schedule.book.amounts import currencies_of, currency_of, paid_so_far
from meso_schedule.book.lines import CourseLine
from meso_schedule.book.state import CourseState
from meso_schedule.cli.courses.progress_text import (
    balance_words,
    finding_lines,
    no_total,
    of_it,
)
from meso_schedule.cli.courses.screening_text import answer_row, beside_lines, open_lines
from meso_schedule.cli.courses.session_rows import session_table
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.course_plan import Session
from meso_schedule.course.improvement import Answer
from meso_schedule.course.wishes import LABELS
from meso_schedule.output.terminal.layout import Cell, Column, Page, cell
from meso_schedule.output.words.language import ENGLISH
from meso_schedule.output.words.text import count_text, day_text, sentence
from meso_schedule.running.account import Account, account_of
from meso_schedule.running.course_progress import CourseProgress
from meso_schedule.running.forecasts import forecast_of
from meso_schedule.running.treatment_progress import TreatmentProgress

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
    ids = line.protocols.split()
    if len(ids) < 2 or line.next_protocol not in ids:
        return str(line.next_number)

    return f"{LABELS[ids.index(line.next_protocol)]}{line.next_number}"


def show_text(
    course: CourseProgress,
    clinic: Clinic | None = None,
    others: Sequence[CourseState] = (),
    otherwise: Sequence[Session] = (),
    rooms: Mapping[tuple[str, str], str] | None = None,
    *,
    width: int,
    colour: bool = False,
) -> str:
    """Return everything that can be told of a course on a day.

    Args:
        course: The course.
        clinic: Whose it is.
        rooms: The room of each booked visit, by course and day.
        width: Columns of the terminal.
        colour: Whether it shows styles.
    """
    state = course.state
    page = Page(width, colour=colour)
    page.block(", ".join(_title(one) for one in course.treatments))
    page.pairs((label, body) for label, body in _heading(course) if body)
    page.block("Sessions")
    called = clinic.called if clinic else {}
    page.table(*session_table(state, otherwise, rooms or {}, called))
    if any(one.standing for one in course.treatments):
        page.block("Held so far")
        page.pairs(entry for one in course.treatments for entry in _verdicts(one))
    if account := account_of(state, course.as_of):
        page.block("Money")
        page.pairs(_money(account, state))
    elif known := no_total(state):
        page.block("Money")
        page.bullets([*known, *_paid(state)])
    if state.screening:
        page.block("Screening")
        page.pairs(map(answer_row, state.screening))
        page.bullets(open_lines(state))
    if state.notes:
        page.block("Notes")
        page.pairs((str(remark.on), remark.text) for remark in state.notes)
    if told := [*beside_lines(others), *finding_lines(course, clinic)]:
        page.block("To know")
        page.bullets(told)
    return str(page)


def _title(one: TreatmentProgress) -> str:
    name = str(one.protocol.name)
    return f"{one.label} {name}" if one.label else name


def _verdicts(one: TreatmentProgress) -> Iterator[tuple[str, str]]:
    for session, entry in zip(one.held, one.standing.history if one.standing else (), strict=True):
        yield f"{one.mark(session.number)}, {entry.verdict}", sentence(str(entry.reason))


def _heading(course: CourseProgress) -> Iterator[tuple[str, str]]:
    state = course.state
    yield "Course", f"{state.course}, revision {state.revision}"
    yield "Patient", state.patient or ""
    yield "Phone", state.phone or ""
    yield "Email", state.email or ""
    yield "Status", state.status
    yield "Opened", day_text(state.opened_on)
    for kept in state.protocols:
        label = state.label_of(kept.id)
        stamp = f"{kept.id}, version {kept.version}, {kept.digest[:19]}"
        yield f"Rules {label}" if label else "Rules", stamp
    if visit := state.consultation:
        at = f" at {visit.start}" if visit.start else ""
        by = f", {visit.takes.practitioner}" if visit.takes else ""
        yield "Consultation", f"{day_text(visit.date)}{at}{by}, {visit.status}"
    yield "Consent", day_text(state.consent) if state.consent else ""
    yield from _words(state)
    if state.stopped:
        reason = f": {state.stopped.reason}" if state.stopped.reason else ""
        yield "Stopped", f"{day_text(state.stopped.on)}{reason}"
    yield from _wishes(state)
    for one in course.treatments:
        yield f"Next {one.label}" if one.label else "Next", _next(one)
    for one in course.treatments:
        if until := one.valid_until:
            yield f"Valid{of_it(one)}", f"until {day_text(until)}"


_FOUND: dict[Answer, str] = {"yes": "Improved", "no": "Not improved", "unclear": "Unclear"}


def _words(state: CourseState) -> Iterator[tuple[str, str]]:
    """Say what clinicians said of it, as it stands."""
    for word in state.assessments:
        if word.until is None:
            yield (
                f"{_FOUND[word.improved]} {_whose(state, word.protocols)}".strip(),
                day_text(word.on),
            )
    for review in state.reviews:
        said = review.reviewed
        told = f"{day_text(said.on)}, {said.who}: {said.outcome}"
        yield f"Reviewed {_whose(state, said.protocols)}".strip(), told


def _whose(state: CourseState, protocols: Sequence[str] | None) -> str:
    return ", ".join(state.label_of(name) or name for name in protocols or ())


def _wishes(state: CourseState) -> Iterator[tuple[str, str]]:
    """Say what was asked that bounds where the sessions to come may be."""
    asked = state.request
    for name, label in (("finish_by", "Finish by"), ("event", "Event")):
        if day := asked.get(name):
            yield label, day_text(date.fromisoformat(str(day)))
    for name, label in (("days", "Days"), ("between", "Hours"), ("away", "Away")):
        if wished := asked.get(name):
            yield label, ", ".join(map(str, wished if isinstance(wished, list) else [wished]))
    if late := asked.get("late"):
        yield "Late", f"up to {count_text(int(str(late)), 'day')}"
    if budget := asked.get("budget"):
        yield "Budget", f"{budget} {asked.get('currency') or _currency(state)}".strip()


def _currency(state: CourseState) -> str:
    return currency_of(state) or ""


def _next(one: TreatmentProgress) -> str:
    """Say what is due next of a treatment; nothing when nothing is."""
    forecast = forecast_of(one)
    if not (forecast.number and forecast.earliest and forecast.latest):
        return ""
    status = one.standing.forecast.status if one.standing and one.standing.forecast else ""
    days = f"{day_text(forecast.earliest)} to {day_text(forecast.latest)}"
    mark = one.mark(forecast.number)
    return f"session {mark}, {days}{f', {status}' if status else ''}"


def _paid(state: CourseState) -> Iterator[str]:
    for code in currencies_of(state):
        yield f"Paid: {paid_so_far(state, code)} {code}"


def _carried(state: CourseState) -> Iterator[tuple[str, str]]:
    """Say what of it was carried over, and with which course."""
    for entry in state.payments:
        if entry.paid.carried:
            way = "to" if entry.paid.refund else "from"
            amount = f"{entry.paid.amount} {entry.paid.currency}"
            yield f"Carried {way} {entry.paid.carried}", f"{amount} on {day_text(entry.paid.on)}"


def _money(account: Account, state: CourseState) -> Iterator[tuple[str, str]]:
    code = account.currency
    if account.agreed_low is not None:
        high = f" - {account.agreed_high}" if account.agreed_high != account.agreed_low else ""
        yield "Course", f"{account.agreed_low}{high} {code}"
    for due in account.due:
        when = day_text(due.due) if due.due else "no day yet"
        session = f"session {due.label or ''}{due.session}" if due.session else due.label
        which = f"{due.what.capitalize()}" + (f", {session}" if session else "")
        left = "paid" if not due.open else f"{due.open} open"
        yield which, f"{due.amount} {code} on {when}, {left}"
    if account.fees and not account.due:
        yield "Fees", f"{account.fees} {code}"
    yield "Paid", f"{account.paid} {code}"
    yield from _carried(state)
    if account.open:
        yield "Due now", f"{account.open} {code}"
    if account.balance is not None:
        yield balance_words(account.balance, state), f"{abs(account.balance)} {code}"


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
