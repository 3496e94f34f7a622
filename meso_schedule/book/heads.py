"""The end of a book, kept outside of it: what a book alone cannot know.

A book whose end was cut off, that was emptied, or that an older copy took the place of is
sound in itself. After each commit its end is therefore kept in a file of its own, in which
its verification looks. Where that file is, the caller says.
"""

import os
import re
import stat
from pathlib import Path

from sqlalchemy import Connection, select

from meso_schedule.base.errors import InputError
from meso_schedule.book.book_errors import BookFault
from meso_schedule.book.digests import GENESIS
from meso_schedule.book.reading import book_id
from meso_schedule.book.schema import EVENTS
from meso_schedule.book.verification import Head, Problem, Verification
from meso_schedule.course.course_plan import Finding

_LONGEST = 100


def head_file(place: Path, book: str) -> Path:
    """Return the file for the end of a book.

    Args:
        place: The file, or a folder that has one for each book.
        book: The id of the book.
    """
    return place / f"{book}.head" if place.is_dir() else place


def parse_head(text: str) -> Head | None:
    """Read `COUNT:HASH`; None when it is something else."""
    found = re.fullmatch(r"([0-9]{1,15}):([0-9a-f]{64})\n?", text)
    return Head(count=int(found[1]), hash=found[2]) if found else None


def read_head_file(path: Path) -> Head | None:
    """Read the end that a file keeps; None when there is none yet.

    Raises:
        InputError: When the file is something else, which is left as it is.
        OSError: When it cannot be read.
    """
    try:
        # Opening must not wait for whoever would write into a pipe.
        opened = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return None
    with os.fdopen(opened, "rb") as file:
        is_file = stat.S_ISREG(os.fstat(opened).st_mode)
        text = file.read(_LONGEST).decode("ascii", "replace") if is_file else "no file"
    head = parse_head(text)
    if text and head is None:
        raise InputError.of(
            "no_head_file",
            f"{path} does not keep the end of a book.",
            field="head_file",
            value=path,
            remedy="Name another file, or take this one away.",
        )
    return head


def holds(connection: Connection, head: Head) -> bool:
    """Tell whether a book has an end in its chain."""
    if head.count == 0:
        return head.hash == GENESIS
    found = connection.scalar(select(EVENTS.c.hash).where(EVENTS.c.sequence == head.count))
    return found == head.hash


def kept_head(connection: Connection, place: Path | None, target: str) -> Head | None:
    """Return the end that is kept of a book; None where none is, or none can be read."""
    if place is None:
        return None
    try:
        return read_head_file(head_file(place, book_id(connection, target)))
    except OSError:
        return None


def compare(connection: Connection, found: Verification, place: Path, target: str) -> Verification:
    """Hold what verifying a book has found against the end that is kept of it.

    Raises:
        InputError: When the file there is something else.
    """
    try:
        path = head_file(place, book_id(connection, target))
    except BookFault:
        return found  # that it does not say which book it is has been found
    kept = kept_head(connection, place, target)
    if kept is None:
        message = (
            f"No end of this book is kept at {path}: whether events were cut off at its end"
            " cannot be known."
        )
        finding = Finding(kind="no_kept_head", message=message)
        return found.model_copy(update={"findings": (*found.findings, finding)})
    problems = found.problems
    if not holds(connection, kept):
        problems = (*problems, parted(kept, found.head, path))
    return found.model_copy(update={"problems": problems, "kept": kept})


def keep(path: Path, connection: Connection, head: Head, *, anew: bool) -> str | None:
    """Keep the end of a book, unless the one kept before is not in it.

    Args:
        path: The file.
        connection: In a writing transaction, so that nobody else keeps an end meanwhile.
        head: The end.
        anew: Whether the end kept before does not count any more.

    Returns:
        What is to be told when it was not kept.

    Raises:
        InputError: When the file is something else.
        OSError: When it cannot be read or written.
    """
    before = read_head_file(path)
    if before and not anew and not holds(connection, before):
        return (
            f"The end that {path} keeps, event {before.count}, is not in the book: it was left"
            " there. Verify the book."
        )
    if before != head:
        _write(path, f"{head.count}:{head.hash}\n".encode())
    return None


def _write(path: Path, content: bytes) -> None:
    opened = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        # In one piece and in place: a reader meanwhile sees the one or the other.
        os.write(opened, content)
        os.ftruncate(opened, len(content))
    finally:
        os.close(opened)


def parted(kept: Head, head: Head, path: Path) -> Problem:
    """Return what is wrong with a book that does not have the end that a file keeps."""
    if kept.count > head.count:
        which = (
            f"The book is older than the end that {path} keeps: it ends with event {head.count},"
            f" and event {kept.count} had been written."
        )
    elif kept.count < head.count:
        which = (
            f"The end that {path} keeps, event {kept.count}, is older than the book, which ends"
            f" with event {head.count}, but is not in it: it is another book, or was written anew."
        )
    else:
        which = (
            f"The end that {path} keeps is another event {kept.count} than that of the book:"
            " neither is older, one was written anew."
        )
    return Problem(code="not_the_kept_end", message=which, sequence=kept.count)
