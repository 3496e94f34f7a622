"""A repair as it is shown: whom to call, who cannot be kept, and why."""

from typing import Any

from meso_schedule.book.state import CourseSession, CourseState
from meso_schedule.cli.courses.book_writer import naming
from meso_schedule.cli.environment import has_colour, width
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.output.terminal.conflict_text import conflict_lines
from meso_schedule.output.terminal.layout import Column, Page, cell
from meso_schedule.output.words.language import ENGLISH
from meso_schedule.output.words.text import count_text, span_text
from meso_schedule.running.repair import Call, Proposal

_CALLS = (
    Column("Patient", folds=True),
    Column("Phone"),
    Column("Session"),
    Column("From"),
    Column("To"),
    Column("With", folds=True),
)


def proposal_document(found: Proposal) -> dict[str, Any]:
    """Return a repair for programs."""
    return {
        "id": found.id,
        "revision": found.revision,
        "as_of": str(found.as_of),
        "practitioner": found.absence.practitioner,
        "from": str(found.absence.first),
        "to": str(found.absence.last),
        "method": "one by one",
        "proven": False,
        "lost": sum(len(it.lost) for it in found.courses),
        "kept": sum(it.refusal is None for it in found.courses),
        "not_kept": [
            {
                "course": it.state.course,
                "why": str(it.refusal),
                "conflict": it.refusal.conflict.model_dump(mode="json"),
            }
            for it in found.courses
            if it.refusal
        ],
        "calls": [
            {
                "course": it.state.course,
                "patient": it.state.patient,
                "phone": it.state.phone,
                "protocol": call.before.protocol,
                "number": call.before.number,
                "from": _place(call.before),
                "to": _place(call.after) if call.after else None,
            }
            for it in found.courses
            for call in it.calls
        ],
    }


def _place(session: CourseSession) -> dict[str, str | None]:
    return {
        "date": str(session.date),
        "start": str(session.start) if session.start else None,
        "practitioner": session.takes.practitioner if session.takes else None,
    }


def proposal_text(found: Proposal, clinic: Clinic, booked: str | None) -> str:
    """Return a repair for a terminal; its last line says whether it is booked.

    Args:
        found: The repair.
        clinic: Where the practitioners have their names.
        booked: The id of the absence that was booked with it.
    """
    page = Page(width(), colour=has_colour())
    names = {who.id: who.name for who in clinic.practitioners}
    who = names.get(found.absence.practitioner or "", "The clinic")
    page.block(f"{who}, {span_text(found.absence.first, found.absence.last)}")
    page.paragraph(_sums(found))
    calls = [(it.state, call) for it in found.courses for call in it.calls]
    if rows := [_row(state, call, names) for state, call in calls]:
        page.table(_CALLS, [list(map(cell, row)) for row in rows])
    for it in found.courses:
        if it.refusal:
            page.paragraph(f"{naming(it.state)} can't be kept:")
            page.bullets(line.strip() for line in conflict_lines(it.refusal))
    page.paragraph(
        "Each course was planned exactly, in its turn, the nearest loss first; that fewer calls"
        " would do is not ruled out."
    )
    page.paragraph(
        f"Booked: the absence is {booked}."
        if booked
        else f"Nothing is booked: --yes --proposal {found.id} books it."
    )
    return str(page)


def _sums(found: Proposal) -> str:
    lost = sum(len(it.lost) for it in found.courses)
    kept = sum(it.refusal is None for it in found.courses)
    calls = sum(len(it.calls) for it in found.courses)
    return (
        f"Falling away: {count_text(lost, 'booked session')} of"
        f" {count_text(len(found.courses), 'course')}. {kept} kept,"
        f" {len(found.courses) - kept} not kept; {count_text(calls, 'session')} to call about."
    )


def _row(state: CourseState, call: Call, names: dict[str, str]) -> tuple[str, ...]:
    mark = state.mark(call.before.number, call.before.protocol)
    year, after = call.before.date.year, call.after
    giver = after.takes.practitioner if after and after.takes else ""
    return (
        *(state.patient or state.course, state.phone or "", mark, _when(call.before, year)),
        *(_when(after, year) if after else "let go", names.get(giver, giver)),
    )


def _when(session: CourseSession, year: int) -> str:
    day = ENGLISH.weekday_near(session.date, year)
    return f"{day} {session.start}" if session.start else day
