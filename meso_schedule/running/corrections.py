"""Corrections: what an event should have said, and what is due when it is so."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from meso_schedule.base.errors import FormatError, InputError, shortened
from meso_schedule.base.money import in_currency, parse_amount
from meso_schedule.book.amendments import amended, is_withdrawn, last_said
from meso_schedule.book.amounts import currency_of, fees_in, owed_and_refund, paid_so_far
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.correction_guards import entry_of, extended, withdrawn
from meso_schedule.book.events import Event
from meso_schedule.book.folding import fold
from meso_schedule.book.payloads import KeptForecast
from meso_schedule.book.reading import entries_of
from meso_schedule.book.record import ADDED, Record
from meso_schedule.book.records import Corrected, Moved, Stopped, read_record
from meso_schedule.book.state import CourseState, Entry
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.running.course_progress import progress_of
from meso_schedule.running.moving import move_of
from meso_schedule.running.names import parts_of_name, protocol_named
from meso_schedule.running.treatment_progress import parts_of

_TRUTH = {"true": True, "false": False}
# What says where a session goes; the rest of a move may be corrected whatever the hours are now.
_WHERE = ("number", "protocol", "to", "start", "late")
# What a stop comes to.
_ENDS = ("currency", "used", "owed", "refund")


class Correction(NamedTuple):
    """A correction that can be written.

    Args:
        kind: That of the event it corrects.
        after: The course with it.
    """

    record: Corrected
    kind: str
    after: CourseState


def corrected(
    events: Sequence[Event],
    revision: int,
    reason: str,
    changes: Mapping[str, str | None],
    *,
    as_of: date,
    target: str,
    clinic: Clinic | None = None,
    returns: bool = False,
) -> Correction:
    """Return a correction with what is due after it.

    Corrections add up: what is not said anew stays as it was corrected before. What an event
    could not have said is refused as the command that wrote it refuses it.

    Args:
        events: All events of the course.
        revision: The event that was wrong.
        reason: What was wrong.
        changes: What it should have said; None takes a word out. Empty: it did not happen.
        as_of: The day of asking.
        target: The book, for errors.
        clinic: Its hours, closures and spacing rules, for a session that was moved.
        returns: Whether an event that was withdrawn did happen; there are no changes then.

    Raises:
        RefusedError: When there is no such event, it was withdrawn, or others rest on it.
        InputError: When the changes do not fit it.
        NoRoomError: When a session would have been moved to a day on which none can be.
    """
    course, entries = events[0].course, entries_of(events, target)
    wrong = entry_of(entries, revision)
    said, before = last_said(entries, wrong), _before(course, entries, revision)
    replacement = said.told if returns else None
    if changes:
        changes = _with_treatment(fold(course, entries), changes)
        replacement = _replacement(said, changes, before)
        says = _read(said, replacement)
    record = Corrected(revision=revision, reason=reason, replacement=replacement)
    if is_withdrawn(entries, revision) != returns:
        raise _not_withdrawn(revision) if returns else withdrawn(revision)
    if changes:
        _check_command(says, changes, before, clinic)
    longer = with_correction(course, entries, record, as_of)
    added = longer[-1].record
    assert isinstance(added, Corrected), "it was added last"
    return Correction(added, wrong.record.kind, fold(course, longer))


def with_correction(
    course: str, entries: Sequence[Entry], record: Corrected, as_of: date
) -> list[Entry]:
    """Return the entries of a course with a correction, which says what is due after it.

    Raises:
        RefusedError: When it may not be written.
        InputError: When it does not fit its event.
    """
    last = entries[-1]
    asked = Entry(last.revision + 1, last.at, record.model_copy(update={"as_of": as_of}))
    try:
        longer = extended(course, entries, asked)
    except InputError as error:
        raise error.in_field("set") from None
    forecast = _forecast(fold(course, longer), as_of)
    told = asked.record.model_copy(update={"forecast": forecast})
    return [*entries, Entry(asked.revision, asked.at, told)]


class _Before(NamedTuple):
    """A course just before an event was written, and the day of asking then."""

    state: CourseState
    today: date


def _before(course: str, entries: Sequence[Entry], revision: int) -> _Before | None:
    """Return what an event followed, as the corrections leave it; None for an opening."""
    earlier = [
        entry
        for entry in amended(entries)
        if entry.revision < revision and not isinstance(entry.record, Corrected)
    ]
    today = entry_of(entries, revision).today
    return _Before(fold(course, earlier), today) if earlier else None


def _not_withdrawn(revision: int) -> RefusedError:
    return RefusedError(
        "not_withdrawn",
        f"Revision {revision} was not withdrawn.",
        "Say what it should have been, or withdraw it.",
        field="event_revision",
        value=revision,
    )


def _check_command(
    record: Record, changes: Mapping[str, str | None], before: _Before | None, clinic: Clinic | None
) -> None:
    """Refuse what `move` would have refused on its day; the rest is refused by the book."""
    if not isinstance(record, Moved) or before is None or changes.keys().isdisjoint(_WHERE):
        return
    if record.late and record.reason is None:
        raise InputError.of(
            "missing_argument",
            "A day past the window needs a reason.",
            field="set",
            remedy="Set reason=TEXT too.",
        )
    course = progress_of(before.state, before.today)
    one = course.of(record.protocol)
    move_of(course, one, record.number, record.to, at=record.start, late=record.late, clinic=clinic)


def _forecast(state: CourseState, as_of: date) -> KeptForecast:
    """Return what is due after a correction.

    Raises:
        RefusedError: When what is left cannot be followed, such as improvement before any session.
    """
    for part in parts_of(state):
        first = min((session.date for session in part.held), default=date.max)
        name = part.protocols[0].id
        for word in part.assessments:
            if word.until is None and word.is_of(name) and word.on < first:
                raise _contradiction(f"No session was held by {word.on}.")
    try:
        return progress_of(state, as_of).forecast
    except InputError as error:
        raise _contradiction(error.faults[0].message) from None


def _contradiction(problem: str) -> RefusedError:
    message = f"After this correction the course cannot stand: {problem}"
    remedy = "Correct what else was recorded first."
    return RefusedError("contradiction", message, remedy, field="event_revision")


def _with_treatment(
    state: CourseState, changes: Mapping[str, str | None]
) -> Mapping[str, str | None]:
    """Read `number=B2` as number and protocol, and a treatment's letter as its protocol."""
    number, protocol = changes.get("number"), changes.get("protocol")
    if number and (found := parts_of_name(state, number, "set")):
        return {**changes, "number": str(found[1]), "protocol": found[0]}
    if protocol:
        return {**changes, "protocol": protocol_named(state, protocol, "set")}
    return changes


def _replacement(
    record: Record, changes: Mapping[str, str | None], before: _Before | None
) -> dict[str, Any]:
    """Return the content of an event with changes; what was due then is no part of it."""
    known = set(type(record).model_fields).difference(ADDED)
    if unknown := sorted(changes.keys() - known):
        raise InputError.of(
            "unknown_key",
            f"An event {record.kind!r} says nothing of {shortened(unknown[0])}.",
            field="set",
            value=unknown[0],
            remedy=f"Known: {', '.join(sorted(known))}.",
        )
    content = record.told
    for name, text in changes.items():
        if text is None:
            content.pop(name, None)
        else:
            content[name] = _value(record, name, text)
    if isinstance(record, Stopped) and before and not changes.keys().isdisjoint(_ENDS):
        return _settled(content, changes, before.state)
    return content


def _settled(
    content: dict[str, Any], changes: Mapping[str, str | None], state: CourseState
) -> dict[str, Any]:
    """Return what a stop says with what follows from the worth of the sessions had.

    Raises:
        InputError: Where no price is known, or something else is given than follows.
    """
    kept = {name: value for name, value in content.items() if name not in _ENDS}
    if "used" not in content:
        return kept
    currency = currency_of(state)
    if currency is None:
        raise InputError.of(
            "no_price",
            "No price of the course in one currency is known.",
            field="set",
            value=content["used"],
            remedy="Leave used out.",
        )
    used = _in_currency(content["used"], currency)
    paid = paid_so_far(state, currency) - fees_in(state, currency)
    owed, refund = map(str, owed_and_refund(state, used, currency))
    follows = {"currency": currency, "used": str(used), "owed": owed, "refund": refund}
    for name in sorted(changes.keys() & follows.keys() - {"used"}):
        if changes[name] != follows[name]:
            raise InputError.of(
                "contradiction",
                f"With {used} {currency} used and {paid} {currency} paid, fees aside, {name} is"
                f" {follows[name]}.",
                field="set",
                value=f"{name}={changes[name]}",
                remedy="Set used; the rest follows.",
            )
    return {**kept, **follows}


def _read(said: Record, content: dict[str, Any]) -> Record:
    try:
        return read_record(said.kind, said.version, content)
    except InputError as error:
        raise error.in_field("set") from None


def _in_currency(text: str, currency: str) -> Decimal:
    try:
        return in_currency(parse_amount(text), currency)
    except FormatError as error:
        raise error.in_field("set") from None


def _value(record: Record, name: str, text: str) -> Any:
    before = getattr(record, name)
    if isinstance(before, bool) and text in _TRUTH:
        return _TRUTH[text]
    is_number = isinstance(before, int) and not isinstance(before, bool)
    return int(text) if is_number and text.isascii() and text.isdigit() else text
