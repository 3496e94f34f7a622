"""A repair as it is shown: whom to call, who cannot be kept, why, and what of it is proven."""

import re
from typing import Any

from meso_schedule.cli.environment import has_colour, width
from meso_schedule.course.call_list import CallLine, CallList, CallPlace
from meso_schedule.output.call_list_files import places_text
from meso_schedule.output.terminal.layout import Cell, Column, Page, cell, text, wrap
from meso_schedule.output.words.language import ENGLISH, Language
from meso_schedule.output.words.text import count_text
from meso_schedule.running.proposal import Proof, Proposal
from meso_schedule.running.repair import has_solver
from meso_schedule.running.repaired_course import Repaired

# A repair, and whom to call for it.
Seen = tuple[Proposal, CallList]

_NOT_RULED_OUT = "That fewer calls would do is not ruled out."
_CALLS = (
    Column("Patient, phone", folds=True),
    Column("Session"),
    Column("From"),
    Column("To", folds=True),
    Column("Why", folds=True),
)


def proposal_document(found: Proposal, calls: CallList) -> dict[str, Any]:
    """Return a repair for programs."""
    absence = found.absence
    return {
        "id": found.id,
        "revision": found.revision,
        "as_of": str(found.as_of),
        "practitioner": absence.practitioner if absence else None,
        "from": str(absence.first) if absence else None,
        "to": str(absence.last) if absence else None,
        "method": found.method,
        "in_turn": len(found.hit) if found.waited is None else found.waited,
        "proven": found.proof is not None and found.proof.is_proven,
        "at_least": _least(found.proof),
        "others": found.others,
        "opened": list(map(str, found.opened)),
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
        "calls": [_call_document(line) for line in calls.lines],
        "consultations": list(map(_consultation_document, calls.consultations)),
        "staying": [it.state.course for it in found.staying],
        "unrecorded": [
            {
                "course": it.view.state.course,
                "protocol": one.protocol,
                "number": one.number,
                "date": str(one.date),
            }
            for it in found.past
            for one in it.lost
        ],
    }


def _consultation_document(line: CallLine) -> dict[str, Any]:
    told = line.model_dump(mode="json", include={"course", "patient", "phone", "why"})
    assert line.before, "a consultation falls away from where it is"
    before = line.before.model_dump(mode="json", include={"date", "start"})
    return {**told, **before, "to": _place(line.after)}


def _call_document(line: CallLine) -> dict[str, Any]:
    told = line.model_dump(
        mode="json", include={"course", "patient", "phone", "protocol", "number"}
    )
    return {**told, "from": _place(line.before), "to": _place(line.after), "why": line.why}


def _place(place: CallPlace | None) -> dict[str, Any] | None:
    return place.model_dump(mode="json", exclude={"called"}) if place else None


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


def proposal_text(seen: Seen, beside: Seen | None, absence: str | None, *, is_booked: bool) -> str:
    """Return a repair for a terminal; its last line says whether it is booked.

    Args:
        seen: The repair.
        beside: The repair if others may be called too.
        absence: The id of the absence that was booked with it.
        is_booked: Whether it is booked.
    """
    page, (found, calls) = Page(width(), colour=has_colour()), seen
    other = beside[0] if beside and beside[0].id != found.id else None
    page.block(calls.title)
    _add_repair(page, found, calls)
    if beside and found.hit:
        page.paragraph(compared_text(found, beside[0]))
        if other:
            page.block("If others are called too")
            _add_repair(page, *beside)
    if found.staying:
        page.paragraph(_staying_text(found))
    if is_booked:
        page.paragraph(f"Booked: the absence is {absence}." if absence else "Booked.")
    else:
        page.paragraph(_next_step(found, other))
    return str(page)


def _staying_text(found: Proposal) -> str:
    """Say of how many courses only what they take of the clinic changes."""
    return (
        f"{count_text(len(found.staying), 'other course')}: nobody is called; rooms, devices and"
        " minutes are booked as the file has them now."
    )


def _add_repair(page: Page, found: Proposal, calls: CallList) -> None:
    page.paragraph(calls.summary)
    spoken = ENGLISH.in_country(calls.country)
    if calls.lines:
        whys = {line.why for line in calls.lines}
        is_one = len(whys) == 1 < len(calls.lines)
        shown = _CALLS[:-1] if is_one else _CALLS
        rows = (_row(line, spoken)[: len(shown)] for line in calls.lines)
        page.table(shown, list(rows))
        if is_one:
            page.paragraph(f"Why each of them: {whys.pop()}.")
    for it in calls.not_kept:
        page.paragraph(f"Course {it.course} of {it.who} can't be kept:")
        for reason in it.reasons:
            _add_reason(page, reason)
    if found.hit:
        page.paragraph(proof_text(found))


def _add_reason(page: Page, reason: str) -> None:
    lead = re.match(r" *(?:[0-9]+\. )?", reason)
    begin = f"  {lead[0] if lead else ''}"
    for line in wrap(reason[len(begin) - 2 :], page.width - len(begin)):
        page.line([text(f"{begin}{line}")])
        begin = " " * len(begin)


def _next_step(found: Proposal, other: Proposal | None) -> str:
    if not found.changes:
        return "There is nothing to book."
    if other is None:
        return f"Nothing is booked: --yes --proposal {found.id} books it."
    return (
        f"Nothing is booked: --yes --proposal {found.id} books the first,"
        f" --yes --proposal {other.id} the second."
    )


def proof_text(found: Proposal) -> str:
    """Say what is proven of a repair, and what is not."""
    if found.waited is None:
        return _in_turn_text(found)
    told = (
        _bound_text(found.proof) if found.proof else "That fewer calls would do is not ruled out."
    )
    if not found.waited:
        return told
    return (
        f"{told} {count_text(found.waited, 'course')} took a turn after all others: one of several"
        " treatments, with top-ups and a last day, with a session that nobody was named for, or of"
        " a patient of whom another is hit."
    )


def _in_turn_text(found: Proposal) -> str:
    if found.proof:
        return _bound_text(found.proof)
    more = "" if has_solver() else " meso_schedule[capacity] plans all of them at once."
    return (
        "Each course was planned exactly, in its turn, the nearest loss first; that fewer calls"
        f" would do is not ruled out.{more}"
    )


def _bound_text(proof: Proof) -> str:
    calls = count_text(proof.measure.changed, "call")
    if proof.is_proven:
        if not proof.measure.changed:
            return "Proven: no repair keeps more courses."
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
            f" late; at least {proof.least.late_days}. {_NOT_RULED_OUT}"
        )
    return (
        f"Not proven: {count_text(proof.measure.not_kept, 'course')} can't be kept; at least"
        f" {proof.least.not_kept}. {_NOT_RULED_OUT}"
    )


def compared_text(found: Proposal, beside: Proposal) -> str:
    """Say what it brings to call others too."""
    absent = found.absence.practitioner if found.absence else None
    whose = f"{absent}'s patients" if absent else ""
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


def _row(line: CallLine, spoken: Language) -> list[Cell]:
    place = line.before or line.after
    assert place, "a call is about a session"
    places = places_text(line, place.date.year, spoken)
    return [cell(*filter(None, [line.who, line.phone])), *map(cell, [line.mark, *places, line.why])]
