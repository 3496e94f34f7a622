"""Extend a course by an event, or by a correction that leaves all others standing."""

from collections.abc import Sequence

from meso_schedule.errors import InputError
from meso_schedule.store.errors import RefusedError
from meso_schedule.store.folding import amended, can_be_corrected, fold
from meso_schedule.store.records import Corrected, Opened, read_record
from meso_schedule.store.rules import check, erased, refuse
from meso_schedule.store.state import Entry


def extended(course: str, entries: Sequence[Entry], entry: Entry) -> list[Entry]:
    """Return the entries of a course with one more, when it may follow them.

    Args:
        course: The course's id.
        entries: What stands in the course; empty for a new one.
        entry: What comes next.

    Raises:
        RefusedError: When it may not; the sentence says why.
    """
    longer = [*entries, entry]
    if isinstance(entry.record, Corrected):
        _check_correction(course, entries, entry.record)
        _check_whole(course, longer)
    else:
        check(course, entries, entry)
    return longer


def _check_correction(course: str, entries: Sequence[Entry], record: Corrected) -> None:
    if not entries:
        refuse("not_opened", "A course begins with its opening.", "Open it first.", "course")
    if fold(course, entries).is_erased:
        raise erased(course)
    wrong = next((entry for entry in entries if entry.revision == record.revision), None)
    if wrong is None or not can_be_corrected(wrong.record):
        refuse(
            "no_such_event",
            f"Revision {record.revision} is no event that can be corrected.",
            "Look it up in the course's history.",
            "revision",
            record.revision,
        )
    if record.replacement is None:
        if isinstance(wrong.record, Opened):
            refuse(
                "not_opened",
                "An opening cannot be taken back.",
                "Say what it should have been, or stop the course.",
                "revision",
                record.revision,
            )
        return
    try:
        read_record(wrong.record.kind, wrong.record.version, record.replacement)
    except InputError as error:
        raise error.at(f"replacement of revision {record.revision}") from None


def _check_whole(course: str, entries: Sequence[Entry]) -> None:
    """Check each event again as the corrections leave them."""
    standing: list[Entry] = []
    for entry in amended(entries):
        if isinstance(entry.record, Corrected):
            continue
        try:
            check(course, standing, entry)
        except RefusedError as error:
            raise RefusedError(
                "contradiction",
                f"After this correction revision {entry.revision} cannot stand: {error.message}",
                "Correct that event first.",
                field="revision",
                value=entry.revision,
            ) from None
        standing.append(entry)
