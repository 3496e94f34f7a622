"""Corrections: what an event should have said, and what is due when it is so."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from meso_schedule.errors import InputError, shortened
from meso_schedule.running.followed import followed
from meso_schedule.running.naming import parts_of_name, protocol_named
from meso_schedule.running.parts import parts_of
from meso_schedule.store.errors import RefusedError
from meso_schedule.store.events import Event
from meso_schedule.store.folding import fold
from meso_schedule.store.parts import Forecast
from meso_schedule.store.reading import entries_of
from meso_schedule.store.records import Corrected, Record
from meso_schedule.store.state import CourseState, Entry

_TRUTH = {"true": True, "false": False}


def corrected(
    events: Sequence[Event],
    revision: int,
    reason: str,
    changes: Mapping[str, str | None],
    *,
    as_of: date,
    target: str,
) -> tuple[Corrected, str]:
    """Return a correction with what is due after it, and the kind of event it corrects.

    Args:
        events: All events of the course.
        revision: The event that was wrong.
        reason: What was wrong.
        changes: What it should have said; None takes a word out. Empty: it did not happen.
        as_of: The day of asking.
        target: The book, for errors.

    Raises:
        RefusedError: When there is no such event.
        InputError: When the changes do not fit it.
    """
    entries = entries_of(events, target)
    wrong = next((entry for entry in entries if entry.revision == revision), None)
    if wrong is None:
        raise RefusedError(
            "no_such_event",
            f"Revision {revision} is no event that can be corrected.",
            "Look it up in the course's history.",
            field="revision",
            value=revision,
        )
    before = fold(events[0].course, entries)
    changes = _with_treatment(before, changes)
    replacement = _replacement(wrong.record, changes) if changes else None
    record = Corrected(revision=revision, reason=reason, replacement=replacement)
    last = entries[-1]
    state = fold(events[0].course, [*entries, Entry(last.revision + 1, last.at, record)])
    forecast = _forecast(state, as_of) if state.protocols else None  # the book refuses the latter
    return record.model_copy(update={"forecast": forecast}), wrong.record.kind


def _forecast(state: CourseState, as_of: date) -> Forecast:
    """Return what is due after a correction.

    Raises:
        RefusedError: When what is left cannot be followed, such as improvement before any session.
    """
    for part in parts_of(state):
        if part.improved_on and not part.held:
            raise _contradiction(f"No session was held by {part.improved_on}.")
    try:
        return followed(state, as_of).forecast
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
    if len(state.protocols) == 1:
        return changes
    number, protocol = changes.get("number"), changes.get("protocol")
    if number and (found := parts_of_name(state, number, "set")):
        return {**changes, "number": str(found[1]), "protocol": found[0]}
    if protocol:
        return {**changes, "protocol": protocol_named(state, protocol, "set")}
    return changes


def _replacement(record: Record, changes: Mapping[str, str | None]) -> dict[str, Any]:
    """Return the content of an event with changes; what was due then is no part of it."""
    known = set(type(record).model_fields) - {"forecast"}
    if unknown := sorted(changes.keys() - known):
        raise InputError.of(
            "unknown_key",
            f"An event {record.kind!r} says nothing of {shortened(unknown[0])}.",
            field="set",
            value=unknown[0],
            remedy=f"Known: {', '.join(sorted(known))}.",
        )
    content = {name: value for name, value in record.content.items() if name != "forecast"}
    for name, text in changes.items():
        if text is None:
            content.pop(name, None)
        else:
            content[name] = _value(record, name, text)
    return content


def _value(record: Record, name: str, text: str) -> Any:
    before = getattr(record, name)
    if isinstance(before, bool) and text in _TRUTH:
        return _TRUTH[text]
    is_number = isinstance(before, int) and not isinstance(before, bool)
    return int(text) if is_number and text.isascii() and text.isdigit() else text
