"""When a book was last backed up: kept beside its end, outside of it.

What a book said of its own backups would be lost with it, and no copy of it could know.
"""

import re
from datetime import datetime
from pathlib import Path

from meso_schedule.base.errors import MesoScheduleError
from meso_schedule.book.events import Head
from meso_schedule.book.heads import head_file, parse_head, read_kept, write_kept
from meso_schedule.book.storage.event_log import book_id
from meso_schedule.book.storage.transaction import Transaction
from meso_schedule.book.verification import LastBackup


def last_backup(within: Transaction, place: Path) -> LastBackup | None:
    """Return the last backup that is known of a book; None where none is, or none can be read.

    Args:
        within: A transaction of the book.
        place: Where its end is kept: the file, or a folder that has one for each book.
    """
    try:
        return _parsed(read_kept(_file(within, place)) or "")
    except (OSError, MesoScheduleError):
        return None


def keep_backup(within: Transaction, place: Path, at: datetime, head: Head) -> str | None:
    """Keep when a book was backed up.

    Args:
        within: A transaction of the book.
        place: Where its end is kept.
        at: The moment.
        head: The end of what was copied.

    Returns:
        What is to be told when it was not kept.

    Raises:
        OSError: When the file cannot be read or written.
    """
    path = _file(within, place)
    text = read_kept(path)
    if text and _parsed(text) is None:
        return f"The time of the backup was not kept at {path}: that is something else."
    write_kept(path, f"{at.isoformat(timespec='seconds')} {head}\n")
    return None


def _file(within: Transaction, place: Path) -> Path:
    kept = head_file(place, book_id(within))
    return kept.with_name(f"{kept.name}.backup")


def _parsed(text: str) -> LastBackup | None:
    """Read moment and end; None when it is something else."""
    moment, _, end = text.partition(" ")
    head = parse_head(end)
    if head is None or not re.fullmatch(r"[0-9T:+-]+", moment):
        return None
    try:
        return LastBackup(at=datetime.fromisoformat(moment), head=head)
    except ValueError:
        return None
