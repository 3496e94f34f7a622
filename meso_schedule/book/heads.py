"""The end of a book, kept outside of it: what a book alone cannot know.

A book whose end was cut off, that was emptied, or that an older copy took the place of is
sound in itself. After each commit its end is therefore kept in a file of its own, in which
its verification looks. Where that file is, the caller says.
"""

import os
import re
import stat
from pathlib import Path

from meso_schedule.base.errors import InputError
from meso_schedule.base.private_files import is_same
from meso_schedule.base.source_files import is_folder
from meso_schedule.book.book_errors import BookFault
from meso_schedule.book.events import Head
from meso_schedule.book.storage.book_places import files_of
from meso_schedule.book.storage.event_log import book_id, hash_at, read_head
from meso_schedule.book.storage.transaction import Transaction
from meso_schedule.book.verification import Problem, Verification
from meso_schedule.course.course_plan import Finding

_LONGEST = 150


def head_file(place: Path, book: str) -> Path:
    """Return the file for the end of a book.

    Args:
        place: The file, or a folder that has one for each book.
        book: The id of the book.
    """
    return place / f"{book}.head" if is_folder(place) else place


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
    text = read_kept(path) or ""
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


def read_kept(path: Path) -> str | None:
    """Read the line that a file keeps of a book; None when there is no file yet.

    Raises:
        OSError: When it cannot be read.
    """
    try:
        # Opening must not wait for whoever would write into a pipe.
        opened = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return None
    with os.fdopen(opened, "rb") as file:
        is_file = stat.S_ISREG(os.fstat(opened).st_mode)
        return file.read(_LONGEST).decode("ascii", "replace") if is_file else "no file"


def holds(within: Transaction, head: Head) -> bool:
    """Tell whether a book has an end in its chain."""
    return hash_at(within, head.count) == head.hash


def kept_head(within: Transaction, place: Path | None) -> Head | None:
    """Return the end that is kept of a book; None where none is, or none can be read."""
    if place is None:
        return None
    try:
        return read_head_file(head_file(place, book_id(within)))
    except OSError:
        return None


def compare(within: Transaction, found: Verification, place: Path) -> Verification:
    """Hold what verifying a book has found against the end that is kept of it.

    Raises:
        InputError: When the file there is something else.
    """
    try:
        path = head_file(place, book_id(within))
    except BookFault:
        return found  # that it does not say which book it is has been found
    kept = kept_head(within, place)
    if kept is None:
        message = (
            f"No end of this book is kept at {path}: whether events were cut off at its end"
            " cannot be known."
        )
        finding = Finding(kind="no_kept_head", message=message)
        return found.model_copy(update={"findings": (*found.findings, finding)})
    problems = found.problems
    if not holds(within, kept):
        problems = (*problems, parted(kept, found.head, path))
    return found.model_copy(update={"problems": problems, "kept": kept})


def keep(within: Transaction, place: Path, *, anew: bool) -> str | None:
    """Keep the end of a book, unless the one kept before is not in it.

    Args:
        within: A writing transaction, so that nobody else keeps an end meanwhile.
        place: The file, or a folder that has one for each book.
        anew: Whether the end kept before does not count any more.

    Returns:
        What is to be told when it was not kept.

    Raises:
        InputError: When the file is something else.
        OSError: When it cannot be read or written.
    """
    path, head = head_file(place, book_id(within)), read_head(within)
    for own, what in files_of(within.shown).items():
        if is_same(path, own):
            return f"The end of the book was not kept at {path}: that is {what} itself."
    before = read_head_file(path)
    if before and not anew and not holds(within, before):
        return (
            f"The end that {path} keeps, event {before.count}, is not in the book: it was left"
            " there. Verify the book."
        )
    if before != head:
        write_kept(path, f"{head}\n")
    return None


def write_kept(path: Path, line: str) -> None:
    """Write the line that a file keeps of a book, which only its owner may read.

    Raises:
        OSError: When it cannot be written.
    """
    content = line.encode()
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
