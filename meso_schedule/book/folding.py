"""Fold what the events of a course say into its state.

The fold is pure and total: it takes any run of known records, in any order, and never
fails. What may be written next is decided in `guards.py`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import singledispatch
from itertools import pairwise
from typing import Any

from meso_schedule.base.phrases import phrase
from meso_schedule.book.amendments import amended, corrections_in, replacement_of
from meso_schedule.book.payloads import KeptProtocol, Slot
from meso_schedule.book.records import (
    Adopted,
    Booked,
    Cancelled,
    Consulted,
    Contact,
    Corrected,
    Erased,
    Extended,
    Held,
    Improved,
    Missed,
    Moved,
    Note,
    Opened,
    Paid,
    Paused,
    Planned,
    Record,
    Resumed,
    Reviewed,
    Screened,
    Stopped,
)
from meso_schedule.book.screening import KeptAnswer
from meso_schedule.book.state import (
    CourseConsultation,
    CourseSession,
    CourseState,
    Entry,
    Forfeit,
    KeptAssessment,
    KeptFee,
    KeptReview,
    Pause,
    RecordedPayment,
    Remark,
    SessionStatus,
)
from meso_schedule.book.upgrades import request_of_each, terms_of_each
from meso_schedule.course.course_plan import Finding

_SLOT_KEYS = ("date", "start", "minutes", "phase", "provisional", "pinned", "price", "takes")


@dataclass(slots=True)
class _Draft:
    """A state on its way; `facts` are the fields that are simply replaced."""

    protocols: tuple[KeptProtocol, ...] = ()
    sessions: dict[tuple[str, int], CourseSession] = field(default_factory=dict)
    payments: tuple[RecordedPayment, ...] = ()
    fees: tuple[KeptFee, ...] = ()
    forfeits: tuple[Forfeit, ...] = ()
    notes: tuple[Remark, ...] = ()
    assessed: list[Improved] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def name(self, protocol: str | None, number: int) -> tuple[str, int]:
        return protocol or (self.protocols[0].id if self.protocols else ""), number

    def place(self, slot: Slot, status: SessionStatus, revision: int) -> None:
        protocol, number = name = self.name(slot.protocol, slot.number)
        kept = {key: getattr(slot, key) for key in _SLOT_KEYS}
        self.sessions[name] = CourseSession(
            protocol=protocol, number=number, status=status, revision=revision, **kept
        )

    def change(self, name: tuple[str, int], day: date, revision: int, **changes: Any) -> None:
        protocol, number = name
        session = self.sessions.get(name) or CourseSession(
            protocol=protocol, number=number, status="planned", date=day, revision=revision
        )
        changes |= {"date": day, "revision": revision}
        self.sessions[name] = session.model_copy(update=changes)

    def keep(self, record: Missed | Moved, name: tuple[str, int], day: date, revision: int) -> None:
        place = {"protocol": name[0], "number": name[1], "revision": revision, "on": day}
        if record.fee and record.currency:
            kept = KeptFee(**place, currency=record.currency, amount=record.fee)
            self.fees += (kept,)
        if record.forfeited:
            self.forfeits += (Forfeit(**place),)


def fold(course: str, entries: Sequence[Entry]) -> CourseState:
    """Return the state of a course.

    Args:
        course: Its id.
        entries: What its events say, by revision; at least one.
    """
    draft = _Draft(facts={"opened_on": entries[0].at.date()})
    for entry in amended(entries):
        if entry.record.forecast is not None:
            draft.facts["forecast"] = entry.record.forecast
        _apply(entry.record, draft, entry)
    return CourseState(
        course=course,
        revision=entries[-1].revision,
        last_at=entries[-1].at,
        protocols=draft.protocols,
        sessions=tuple(draft.sessions[name] for name in sorted(draft.sessions)),
        payments=draft.payments,
        fees=draft.fees,
        forfeits=draft.forfeits,
        notes=draft.notes,
        assessments=tuple(_assessments(entries)),
        corrected=tuple(sorted(corrections_in(entries))),
        findings=(*_clock_findings(entries), *_unnamed(draft)),
        **draft.facts,
    )


def _assessments(entries: Sequence[Entry]) -> Iterator[KeptAssessment]:
    """Yield all that was ever assessed of improvement, corrected and withdrawn words too."""
    for entry in entries:
        if not isinstance(entry.record, Improved):
            continue
        told: list[tuple[int, Record | None]] = [(entry.revision, entry.record)]
        told += [
            (later.revision, replacement_of(entry.record, later.record))
            for later in entries
            if isinstance(later.record, Corrected) and later.record.revision == entry.revision
        ]
        ends = [*(since for since, _ in told[1:]), None]
        for (since, says), until in zip(told, ends, strict=True):
            if isinstance(says, Improved):
                yield KeptAssessment(
                    protocols=says.protocols,
                    on=says.on,
                    improved=says.answer,
                    entered=entry.revision,
                    since=since,
                    until=until,
                )


def _clock_findings(entries: Sequence[Entry]) -> Iterator[Finding]:
    for before, after in pairwise(entries):
        if after.at < before.at:
            message = phrase(
                "Revision {revision} was written down at {at}, before the one it follows"
                " ({before}): the clock went back.",
                revision=after.revision,
                at=after.at.isoformat(),
                before=before.at.isoformat(),
            )
            yield Finding(kind="clock_went_back", message=message)


def _unnamed(draft: _Draft) -> Iterator[Finding]:
    """Tell of a course that nobody can find by a name."""
    request = draft.facts.get("request") or {}
    is_named = draft.facts.get("patient") or request.get("reference")
    if not is_named and not draft.facts.get("is_erased"):
        message = phrase(
            "The course has neither patient nor reference: only its id tells whose it is."
        )
        yield Finding(kind="unnamed", message=message)


@singledispatch
def _apply(record: Record, draft: _Draft, entry: Entry) -> None:
    """Take a record into the draft; corrections have been seen to before."""


@_apply.register
def _opened(record: Opened, draft: _Draft, entry: Entry) -> None:
    draft.protocols = record.protocols
    draft.facts |= {
        "opened_on": record.on,
        "patient": record.patient,
        "phone": record.phone,
        "email": record.email,
        "language": record.language,
        "timezone": record.timezone,
        "request": request_of_each(record.request, record.protocols),
        "treatment_terms": terms_of_each(record),
        "elsewhere": record.elsewhere or (),
        "pushed": record.pushed or 0,
    }
    if visit := record.consultation:
        status = "held" if visit.held else "booked"
        draft.facts["consultation"] = CourseConsultation(**dict(visit), status=status)
    for slot in record.held:
        draft.place(slot, "held", entry.revision)


@_apply.register
def _planned(record: Planned, draft: _Draft, entry: Entry) -> None:
    dropped = [name for name, kept in draft.sessions.items() if kept.status == "planned"]
    for name in dropped:
        del draft.sessions[name]
    for slot in record.sessions:
        draft.place(slot, "planned", entry.revision)
    if record.request is not None:
        draft.facts["request"] = request_of_each(record.request, draft.protocols)


@_apply.register
def _booked(record: Booked, draft: _Draft, entry: Entry) -> None:
    for slot in record.sessions:
        draft.place(slot, "booked", entry.revision)


@_apply.register
def _held(record: Held, draft: _Draft, entry: Entry) -> None:
    name = draft.name(record.protocol, record.number)
    changes = {"status": "held", "provisional": False}
    changes |= {"start": record.at} if record.at else {}
    changes["lot"] = record.lot
    draft.change(name, record.on, entry.revision, **changes)


@_apply.register
def _consulted(record: Consulted, draft: _Draft, _entry: Entry) -> None:
    if visit := draft.facts.get("consultation"):
        changes: dict[str, Any] = {"status": "held", "date": record.on}
        if record.missed:
            changes = {"status": "missed", "fee": record.fee}
        if record.to:
            changes = {"date": record.to, "start": record.start, "takes": record.takes}
        draft.facts["consultation"] = visit.model_copy(update=changes)


@_apply.register
def _missed(record: Missed, draft: _Draft, entry: Entry) -> None:
    name = draft.name(record.protocol, record.number)
    draft.change(name, record.on, entry.revision, status="missed")
    draft.keep(record, name, min(record.on, entry.today), entry.revision)


@_apply.register
def _moved(record: Moved, draft: _Draft, entry: Entry) -> None:
    name = draft.name(record.protocol, record.number)
    draft.keep(record, name, entry.today, entry.revision)
    moves = draft.facts.get("moves", {})
    draft.facts["moves"] = {**moves, name[0]: moves.get(name[0], 0) + 1}
    placed = {"start": record.start, "pinned": record.pinned, "takes": record.takes}
    changes = {"status": "booked", **placed}
    draft.change(name, record.to, entry.revision, **changes)


@_apply.register
def _cancelled(record: Cancelled, draft: _Draft, _entry: Entry) -> None:
    for number in record.numbers:
        draft.sessions.pop(draft.name(record.protocol, number), None)


@_apply.register
def _improved(record: Improved, draft: _Draft, _entry: Entry) -> None:
    is_seen, every = record.answer == "yes", tuple(kept.id for kept in draft.protocols)
    known = [(name, it.on) for it in draft.assessed for name in it.protocols or every]
    draft.assessed.append(record)
    # What was said of a later day decides already.
    decided = {*(record.protocols or every)} - {name for name, on in known if on > record.on}
    if record.protocols is None and decided:
        draft.facts["improved_on"] = record.on if is_seen else None
    elif decided:
        kept = draft.facts.get("improvements", {}).items()
        seen = dict.fromkeys(sorted(decided), record.on) if is_seen else {}
        draft.facts["improvements"] = {name: on for name, on in kept if name not in decided} | seen
    for name, session in draft.sessions.items():  # they waited for nothing else
        if is_seen and session.protocol in decided:
            draft.sessions[name] = session.model_copy(update={"provisional": False})


@_apply.register
def _reviewed(record: Reviewed, draft: _Draft, entry: Entry) -> None:
    kept = KeptReview(revision=entry.revision, reviewed=record)
    draft.facts["reviews"] = (*draft.facts.get("reviews", ()), kept)


@_apply.register
def _screened(record: Screened, draft: _Draft, entry: Entry) -> None:
    said = {"on": record.on, "cleared_by": record.cleared_by, "revision": entry.revision}
    kept = {answer.question: answer for answer in draft.facts.get("screening", ())}
    kept |= {it.question: KeptAnswer(**dict(it), **said) for it in record.screening}
    draft.facts["screening"] = tuple(kept.values())
    draft.facts["consent"] = record.consent or draft.facts.get("consent")


@_apply.register
def _paid(record: Paid, draft: _Draft, entry: Entry) -> None:
    draft.payments += (RecordedPayment(revision=entry.revision, at=entry.at, paid=record),)


@_apply.register
def _contact(record: Contact, draft: _Draft, _entry: Entry) -> None:
    draft.facts |= {"phone": record.phone, "email": record.email}


@_apply.register
def _note(record: Note, draft: _Draft, entry: Entry) -> None:
    draft.notes += (Remark(revision=entry.revision, at=entry.at, on=entry.today, text=record.text),)


@_apply.register
def _stopped(record: Stopped, draft: _Draft, _entry: Entry) -> None:
    draft.facts["stopped"] = record


@_apply.register
def _extended(record: Extended, draft: _Draft, _entry: Entry) -> None:
    draft.facts["extended_until"] = record.until


@_apply.register
def _paused(record: Paused, draft: _Draft, _entry: Entry) -> None:
    began = Pause(began=record.on, reason=record.reason)
    draft.facts["pauses"] = (*draft.facts.get("pauses", ()), began)


@_apply.register
def _resumed(record: Resumed, draft: _Draft, _entry: Entry) -> None:
    draft.facts["pauses"] = tuple(
        pause if pause.ended else pause.model_copy(update={"ended": record.on})
        for pause in draft.facts.get("pauses", ())
    )


@_apply.register
def _adopted(record: Adopted, draft: _Draft, _entry: Entry) -> None:
    draft.protocols = record.protocols


@_apply.register
def _erased(_record: Erased, draft: _Draft, _entry: Entry) -> None:
    draft.facts["is_erased"] = True
