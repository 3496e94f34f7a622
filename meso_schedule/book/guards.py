"""What may be written next, as far as the events of a course tell.

Everything here is refused with exit code 4 and a sentence: the past stays as it was recorded.
"""

from collections.abc import Sequence
from datetime import date
from functools import singledispatch
from typing import NoReturn

from meso_schedule.base.errors import InputError
from meso_schedule.book.absence_records import Absent
from meso_schedule.book.absences import check_absence
from meso_schedule.book.amounts import check_ends, check_fee, check_paid
from meso_schedule.book.book_errors import erased, not_opened, refuse, stopped
from meso_schedule.book.folding import fold
from meso_schedule.book.named_sessions import (
    check_protocol,
    refuse_absent,
    session_to_come,
    unless_held,
)
from meso_schedule.book.records import (
    Adopted,
    Assessed,
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
from meso_schedule.book.screening import check_screening
from meso_schedule.book.state import CourseState, Entry

_AFTER_STOP = (Contact, Note, Paid, Corrected, Erased)


def check(course: str, entries: Sequence[Entry], entry: Entry) -> None:
    """Refuse an event that may not follow; `correction_guards` sees to corrections.

    Args:
        course: The course's id.
        entries: What stands in the course; empty for a new one.
        entry: What comes next.

    Raises:
        RefusedError: The sentence says why.
        InputError: For an amount that is none in the currency of the course.
    """
    record = entry.record
    if isinstance(record, Absent) or (entries and isinstance(entries[0].record, Absent)):
        check_absence(entries, record)
        return
    if not entries:
        if not isinstance(record, Opened):
            raise not_opened()
        _check_opened(record, entry.today)
        return
    state = fold(course, entries)
    if isinstance(record, Opened):
        refuse("already_open", f"The course {course} is open.", "Open another.", "course", course)
    if state.is_erased:
        raise erased(course)
    if state.stopped and not isinstance(record, _AFTER_STOP) and not _settles(record, state):
        raise stopped(course, state.stopped.on)
    _check_day(record, state, entry.today)
    _check_kind(record, state, entry.today)


def _settles(record: Record, state: CourseState) -> bool:
    """Tell whether a stop says what an earlier one left open: what the course came to."""
    before = state.stopped
    is_open = before is not None and before.used is None
    return is_open and isinstance(record, Stopped) and record.used is not None


def _check_day(record: Record, state: CourseState, today: date) -> None:
    day: date | None = getattr(record, "on", None)
    if day is None:
        return
    if day > today and not getattr(record, "called_off", None):
        refuse(
            "in_the_future",
            f"{day} is still to come: it is {today}.",
            f"Give a day up to {today}.",
            "on",
            day,
        )
    is_word = isinstance(record, Assessed | Reviewed)
    if day < (min(it.date for it in state.held) if is_word and state.held else state.opened_on):
        refuse(
            "before_opening",
            f"{day} lies before {state.opened_on}, when the course was opened.",
            f"Give a day from {state.opened_on}.",
            "on",
            day,
        )


def _check_opened(record: Opened, today: date) -> None:
    latest = max([record.on, *(slot.date for slot in record.held)])
    if latest > today:
        refuse(
            "in_the_future",
            f"{latest} is still to come: it is {today}.",
            f"Give days up to {today}.",
            "on",
            latest,
        )


@singledispatch
def _check_kind(record: Record, state: CourseState, today: date) -> None:
    """Check what is special to a kind of record; notes have nothing of the sort."""


@_check_kind.register(Planned)
@_check_kind.register(Booked)
def _check_slots(record: Planned | Booked, state: CourseState, _today: date) -> None:
    _refuse_paused(state)
    for slot in record.sessions:
        unless_held(slot.number, slot.protocol, state)


@_check_kind.register
def _check_held(record: Held, state: CourseState, _today: date) -> None:
    session = unless_held(record.number, record.protocol, state)
    name = state.protocol_id(record.protocol)
    if session and session.status == "missed" and session.date == record.on:
        refuse(
            "missed_then",
            f"Session {state.mark(record.number, name)} was missed on {record.on}.",
            "Withdraw that event first, if the patient came after all.",
            "on",
            record.on,
        )
    for other in state.held:
        is_later = other.number > record.number
        in_order = other.date > record.on if is_later else other.date < record.on
        if other.protocol != name or in_order:
            continue
        refuse(
            "out_of_order",
            f"Session {state.mark(other.number, name)} was held on {other.date}: session"
            f" {state.mark(record.number, name)} was {'before' if is_later else 'after'} it.",
            "Check number and day, or correct the other session first.",
            "on",
            record.on,
        )


@_check_kind.register
def _check_consulted(record: Consulted, state: CourseState, today: date) -> None:
    visit = state.consultation
    if visit is None or visit.status != "booked":
        told = f"was {visit.status} on {visit.date}" if visit else "was never agreed"
        refuse(
            "no_consultation",
            f"The consultation {told}.",
            "Correct that event if it was wrong, or leave the consultation out.",
            "consultation",
        )
    if record.to and record.to < today:
        _refuse_past(record.to, today, "a consultation that took place is held, not moved")
    check_fee(record, state)


@_check_kind.register
def _check_missed(record: Missed, state: CourseState, _today: date) -> None:
    check_fee(record, state)
    session = session_to_come(record.number, record.protocol, state)
    if session.status == "missed":
        refuse_absent(record.number, record.protocol, state)
    if session.date != record.on:
        mark = state.mark(record.number, record.protocol)
        refuse(
            "other_day",
            f"Session {mark} is booked for {session.date}, not for {record.on}.",
            f"Give {session.date}, or the session that was booked then.",
            "on",
            record.on,
        )


@_check_kind.register
def _check_moved(record: Moved, state: CourseState, today: date) -> None:
    check_fee(record, state)
    _refuse_paused(state)
    session_to_come(record.number, record.protocol, state)
    if record.to < today:
        _refuse_past(record.to, today, "a session that took place is held, not moved")


def _refuse_past(day: date, today: date, instead: str) -> NoReturn:
    refuse(
        "in_the_past",
        f"{day} is past: it is {today}.",
        f"Give a day from {today}; {instead}.",
        "to",
        day,
    )


@_check_kind.register
def _check_cancelled(record: Cancelled, state: CourseState, _today: date) -> None:
    for number in record.numbers:
        session_to_come(number, record.protocol, state)


@_check_kind.register
def _check_improved(record: Improved, state: CourseState, _today: date) -> None:
    for name in record.protocols or ():
        check_protocol(name, state)
    if record.improved is not None:
        return
    known = (state.improvements.get(name) for name in record.protocols or state.improvements)
    before = state.improved_on or next(filter(None, known), None)
    if before:
        refuse(
            "already_recorded",
            f"Improvement was recorded for {before}.",
            "Correct that event.",
            "on",
            record.on,
        )


@_check_kind.register
def _check_reviewed(record: Reviewed, state: CourseState, _today: date) -> None:
    for name in record.protocols or ():
        check_protocol(name, state)


@_check_kind.register
def _check_screened(record: Screened, state: CourseState, today: date) -> None:
    if record.consent and record.consent > today:
        problem, remedy = f"{record.consent} is still to come: it is {today}.", "Give its day."
        refuse("in_the_future", problem, remedy, "consent", record.consent)
    protocols = (kept.read() for kept in state.protocols)
    check_screening(record.screening, protocols, record.cleared_by)


@_check_kind.register
def _check_stopped(record: Stopped, state: CourseState, _today: date) -> None:
    _not_before_held(record.on, state)
    check_ends(record, state)


@_check_kind.register
def _check_extended(record: Extended, _state: CourseState, today: date) -> None:
    if record.until < today:
        refuse(
            "in_the_past",
            f"{record.until} is past: it is {today}.",
            f"Give a day from {today}.",
            "until",
            record.until,
        )


@_check_kind.register
def _check_paused(record: Paused, state: CourseState, _today: date) -> None:
    _refuse_paused(state)
    _not_before_held(record.on, state)
    last = max((pause.ended for pause in state.pauses if pause.ended), default=record.on)
    _not_before(record.on, last, f"The course went on on {last}, after {record.on}.")


@_check_kind.register
def _check_resumed(record: Resumed, state: CourseState, _today: date) -> None:
    if (pause := state.pause) is None:
        refuse("not_paused", "The course is not paused.", "Pause it first.", "course", state.course)
    _not_before(record.on, pause.began, f"The course was paused on {pause.began}.")


@_check_kind.register
def _check_paid(record: Paid, state: CourseState, _today: date) -> None:
    if record.carried == state.course:
        raise InputError.of(
            "contradiction",
            f"Money cannot be carried from course {state.course} to itself.",
            field="from",
            value=record.carried,
            remedy="Name another course.",
        )
    check_paid(record, state)


@_check_kind.register
def _check_adopted(record: Adopted, state: CourseState, _today: date) -> None:
    before = [protocol.id for protocol in state.protocols]
    if [protocol.id for protocol in record.protocols] != before:
        refuse(
            "other_protocol",
            f"The course is one of {', '.join(before)}.",
            "Adopt these, or open a new course.",
            "protocols",
            ", ".join(protocol.id for protocol in record.protocols),
        )


def _not_before_held(day: date, state: CourseState) -> None:
    last = max((session.date for session in state.held), default=day)
    _not_before(day, last, f"A session was held on {last}, after {day}.")


def _not_before(day: date, first: date, problem: str) -> None:
    if day < first:
        refuse("in_the_past", problem, f"Give a day from {first}.", "on", day)


def _refuse_paused(state: CourseState) -> None:
    if pause := state.pause:
        refuse(
            "paused",
            f"The course is paused since {pause.began}: {pause.reason}.",
            f"Let it go on first: 'meso-schedule courses pause {state.course} --end'.",
            "course",
            state.course,
        )
