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
from meso_schedule.running.repair import Proof, Proposal, has_solver
from meso_schedule.running.repaired_course import Call, Repaired

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
        "method": found.method,
        "proven": found.proof is not None and found.proof.is_proven,
        "at_least": _least(found.proof),
        "others": found.others,
        "lost": sum(len(it.lost) for it in found.courses),
        "kept": sum(it.refusal is None for it in found.hit),
        "not_kept": [
            {
                "course": it.state.course,
                "why": str(it.refusal),
                "impossible": it.is_impossible,
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


def _least(proof: Proof | None) -> dict[str, int] | None:
    """Return what no repair costs less than; None where nothing is known of that."""
    if proof is None:
        return None
    bound = proof.least
    return {
        "not_kept": bound.not_kept,
        "late_days": bound.late_days,
        "sessions_changed": bound.changed,
    }


def proposal_text(
    found: Proposal, clinic: Clinic, booked: str | None, beside: Proposal | None = None
) -> str:
    """Return a repair for a terminal; its last line says whether it is booked.

    Args:
        found: The repair.
        clinic: Where the practitioners have their names.
        booked: The id of the absence that was booked with it.
        beside: The repair if others may be called too.
    """
    page = Page(width(), colour=has_colour())
    names = {who.id: who.name for who in clinic.practitioners}
    who = names.get(found.absence.practitioner or "", "The clinic")
    page.block(f"{who}, {span_text(found.absence.first, found.absence.last)}")
    _add_repair(page, found, names)
    if beside:
        page.paragraph(compared_text(found, beside))
        if beside.id != found.id:
            page.block("If others are called too")
            _add_repair(page, beside, names)
    page.paragraph(_next_step(found, booked, beside))
    return str(page)


def _add_repair(page: Page, found: Proposal, names: dict[str, str]) -> None:
    page.paragraph(_sums(found))
    calls = [(it.state, call) for it in found.courses for call in it.calls]
    if rows := [_row(state, call, names) for state, call in calls]:
        page.table(_CALLS, [list(map(cell, row)) for row in rows])
    for it in found.courses:
        if it.refusal:
            page.paragraph(f"{naming(it.state)} can't be kept:")
            alone = ["Nothing could keep it: not even if nobody else were booked."]
            lines = [line.strip() for line in conflict_lines(it.refusal)]
            page.bullets([*alone, *lines] if it.is_impossible else lines)
    page.paragraph(proof_text(found))


def _next_step(found: Proposal, booked: str | None, beside: Proposal | None) -> str:
    if booked:
        return f"Booked: the absence is {booked}."
    if beside is None or beside.id == found.id:
        return f"Nothing is booked: --yes --proposal {found.id} books it."
    return (
        f"Nothing is booked: --yes --proposal {found.id} books the first,"
        f" --yes --proposal {beside.id} the second."
    )


def proof_text(found: Proposal) -> str:
    """Say what is proven of a repair, and what is not."""
    proof = found.proof
    if proof is None:
        if found.is_at_once:
            return (
                "That fewer calls would do is not ruled out: courses of several treatments, and two"
                " of one patient, were planned after the others."
            )
        more = "" if has_solver() else " meso_schedule[capacity] plans all of them at once."
        return (
            "Each course was planned exactly, in its turn, the nearest loss first; that fewer calls"
            f" would do is not ruled out.{more}"
        )
    calls = count_text(proof.measure.changed, "call")
    if proof.is_proven:
        return (
            f"Proven: no repair keeps more courses, nor as many with fewer than {calls} for them."
            " How far sessions move is not proven to be the least."
        )
    if proof.measure.not_kept == proof.least.not_kept:
        at_least = proof.least.changed
        late = proof.measure.late_days - proof.least.late_days
        if late <= 0:
            return f"Proven: no repair keeps more courses. {calls} for them; at least {at_least}."
        return (
            f"Proven: no repair keeps more courses. {count_text(proof.measure.late_days, 'day')}"
            f" late; at least {proof.least.late_days}. That fewer calls would do is not ruled out."
        )
    return (
        f"Not proven: {count_text(proof.measure.not_kept, 'course')} can't be kept; at least"
        f" {proof.least.not_kept}. That fewer calls would do is not ruled out."
    )


def compared_text(found: Proposal, beside: Proposal) -> str:
    """Say what it brings to call others too."""
    whose = f"{found.absence.practitioner}'s patients" if found.absence.practitioner else ""
    whose = whose or "the patients hit"
    others = f"if {count_text(beside.others, 'other')} {'is' if beside.others == 1 else 'are'}"
    first, second = found.not_kept, beside.not_kept
    if beside.id == found.id:
        return f"To call others than {whose} too brings nothing more."
    if not first:
        calls, fewer = (sum(len(it.calls) for it in one.courses) for one in (found, beside))
        return (
            f"All courses are kept if only {whose} are called, by {count_text(calls, 'call')};"
            f" by {fewer} {others} called too."
        )
    lost = f"{count_text(len(first), 'course')} can't be kept if only {whose} are called"
    return f"{lost}; {_remaining(second)}, {others} called too."


def _remaining(lost: list[Repaired]) -> str:
    if not lost:
        return "all can"
    if all(it.is_impossible for it in lost):
        return f"all but the {len(lost)} that nothing could keep"
    return f"all but {len(lost)}"


def _sums(found: Proposal) -> str:
    lost = sum(len(it.lost) for it in found.courses)
    kept = sum(it.refusal is None for it in found.hit)
    calls = sum(len(it.calls) for it in found.courses)
    return (
        f"Falling away: {count_text(lost, 'booked session')} of"
        f" {count_text(len(found.hit), 'course')}. {kept} kept,"
        f" {len(found.hit) - kept} not kept; {count_text(calls, 'session')} to call about."
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
