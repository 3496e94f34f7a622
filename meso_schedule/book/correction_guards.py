"""Whether a correction may be written, and whether a course can stand as it leaves it.

A correction is an event of its own: what it corrects stays in the book as it was recorded.
"""

from collections.abc import Sequence
from typing import NoReturn

from meso_schedule.base.errors import InputError
from meso_schedule.book.amendments import amended, can_be_corrected, is_withdrawn, last_said
from meso_schedule.book.book_errors import RefusedError, erased, not_opened, refuse
from meso_schedule.book.folding import fold
from meso_schedule.book.guards import check
from meso_schedule.book.records import Corrected, Opened, read_record
from meso_schedule.book.state import Entry


def extended(course: str, entries: Sequence[Entry], entry: Entry) -> list[Entry]:
    """Return the entries of a course with one more, when it may follow them.

    Args:
        course: The course's id.
        entries: What stands in the course; empty for a new one.
        entry: What comes next.

    Raises:
        RefusedError: When it may not; the sentence says why.
        InputError: For a correction that does not fit its event, or an amount that is none in
            the currency of the course.
    """
    longer = [*entries, entry]
    if isinstance(entry.record, Corrected):
        _check_correction(course, entries, entry.record)
        _check_whole(course, entries, entry.record, longer)
    else:
        check(course, entries, entry)
    return longer


def contradictions(course: str, entries: Sequence[Entry]) -> dict[int, RefusedError | InputError]:
    """Return which events could not be written today as the corrections leave them, and why.

    Args:
        course: The course's id.
        entries: What stands in it; it was not erased.

    Returns:
        By revision; empty in a course that was written by the rules of today.
    """
    standing: list[Entry] = []
    found: dict[int, RefusedError | InputError] = {}
    for entry in amended(entries):
        if isinstance(entry.record, Corrected):
            continue
        try:
            check(course, standing, entry)
        except (RefusedError, InputError) as error:
            found[entry.revision] = error
        standing.append(entry)
    return found


def _check_correction(course: str, entries: Sequence[Entry], record: Corrected) -> None:
    if not entries:
        raise not_opened()
    if fold(course, entries).is_erased:
        raise erased(course)
    wrong = entry_of(entries, record.revision)
    if not can_be_corrected(wrong.record):
        raise _no_such_event(record.revision)
    if record.replacement is None and isinstance(wrong.record, Opened):
        refuse(
            "not_opened",
            "An opening cannot be taken back.",
            "Say what it should have been, or stop the course.",
            "event_revision",
            record.revision,
        )
    said = (getattr(wrong.record, "carried", None), (record.replacement or {}).get("carried"))
    if any(said):
        refuse(
            "carried",
            "Money carried over stands in two courses.",
            "Carry it back: 'courses pay' the other course '--from' this one.",
            "event_revision",
            record.revision,
        )
    says = None
    if record.replacement is not None:
        try:
            says = read_record(wrong.record.kind, wrong.record.version, record.replacement).told
        except InputError as error:
            raise error.at(f"replacement of revision {record.revision}") from None
    if is_withdrawn(entries, record.revision) and says != last_said(entries, wrong).told:
        raise withdrawn(record.revision)


def entry_of(entries: Sequence[Entry], revision: int) -> Entry:
    """Return what an event says.

    Raises:
        RefusedError: When there is none of that revision.
    """
    for entry in entries:
        if entry.revision == revision:
            return entry
    raise _no_such_event(revision)


def _no_such_event(revision: int) -> RefusedError:
    return RefusedError(
        "no_such_event",
        f"Revision {revision} is no event that can be corrected.",
        "Look it up in the course's history.",
        field="event_revision",
        value=revision,
    )


def withdrawn(revision: int) -> RefusedError:
    """Return the error of an event that was said not to have happened."""
    return RefusedError(
        "withdrawn",
        f"Revision {revision} was withdrawn: only its return is possible.",
        "Give return, which takes the withdrawal back; then it can be corrected.",
        field="event_revision",
        value=revision,
    )


def _check_whole(
    course: str, entries: Sequence[Entry], record: Corrected, longer: Sequence[Entry]
) -> None:
    """Check each event again as the corrections leave them.

    What could not stand before says nothing against the correction of another event: else a book
    in which two are wrong could never be put right.
    """
    known = contradictions(course, entries).keys() - {record.revision}
    for revision, error in contradictions(course, longer).items():
        if revision not in known:
            _contradict(revision, error, is_own=revision == record.revision)


def _contradict(revision: int, error: RefusedError | InputError, *, is_own: bool) -> NoReturn:
    if is_own and isinstance(error, InputError):
        raise error
    raise RefusedError(
        "contradiction",
        f"After this correction revision {revision} cannot stand: {error.faults[0].message}",
        "Correct that event first.",
        field="event_revision",
        value=revision,
    ) from None
