"""What events say after their corrections: replaced, withdrawn or unchanged."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from meso_schedule.base.errors import InputError
from meso_schedule.base.free_text import RECORDED
from meso_schedule.book.records import Corrected, Erased, Moved, Record, read_record
from meso_schedule.book.state import Entry


def amended(entries: Sequence[Entry]) -> Iterator[Entry]:
    """Yield the entries as they stand after the corrections: replaced, left out or unchanged.

    The last correction of an event wins: it says all that the event should have said.
    """
    corrections = corrections_in(entries)
    for entry in entries:
        at, correction = corrections.get(entry.revision, (entry.at, None))
        if correction is None or not can_be_corrected(entry.record):
            yield entry
        elif replacement := replacement_of(entry.record, correction):
            # A move went to a day that was to come when it was made, not when it was corrected.
            as_of = entry.today if isinstance(replacement, Moved) else correction.as_of
            asked = replacement.model_copy(update={"as_of": as_of})
            yield Entry(entry.revision, at, asked)


def is_withdrawn(entries: Sequence[Entry], revision: int) -> bool:
    """Tell whether an event was said not to have happened, and not to have after all since."""
    _, correction = corrections_in(entries).get(revision, (None, None))
    return correction is not None and correction.replacement is None


def last_said(entries: Sequence[Entry], wrong: Entry) -> Record:
    """Return what an event says after its corrections; withdrawn, what it said before that."""
    said = wrong.record
    for entry in entries:
        record = entry.record
        if isinstance(record, Corrected) and record.revision == wrong.revision:
            said = replacement_of(wrong.record, record) or said
    return said


def can_be_corrected(record: Record) -> bool:
    """Tell whether an event may be said to be wrong; corrections and tombstones are not."""
    return not isinstance(record, Corrected | Erased)


def replacement_of(record: Record, correction: Corrected) -> Record | None:
    """Return what a record should have said; None when it did not happen.

    A replacement that does not fit the record's kind leaves it as it was.
    """
    if correction.replacement is None:
        return None
    try:
        return read_record(record.kind, record.version, correction.replacement, context=RECORDED)
    except InputError:
        return record


def corrections_in(entries: Sequence[Entry]) -> dict[int, tuple[datetime, Corrected]]:
    """Return the last correction of each revision that has one, and when it was written."""
    return {
        entry.record.revision: (entry.at, entry.record)
        for entry in entries
        if isinstance(entry.record, Corrected)
    }
