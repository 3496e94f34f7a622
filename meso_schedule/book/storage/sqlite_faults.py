"""What SQLite answers when something fails, as errors of the book."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from meso_schedule.book.book_errors import BookFault, NotABookError, damaged
from meso_schedule.book.storage.book_places import cannot


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite and the system raise into errors of the book."""
    try:
        yield
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.ProgrammingError):
            raise
        raise _fault(path, error.orig) from None
    except (sqlite3.DatabaseError, OSError) as error:
        raise _fault(path, error) from None
    except UnicodeDecodeError:
        # What the database says is wrong repeats the text that cannot be read.
        raise damaged(str(path), "a text in it is none") from None


def _fault(path: Path, error: BaseException | None) -> Exception:
    name = getattr(error, "sqlite_errorname", "")
    kind = "_".join(name.split("_")[:2])
    if kind in _FAULTS:
        code, problem, remedy = _FAULTS[kind]
        return BookFault(code, problem.format(path), str(path), remedy)
    if kind == "SQLITE_NOTADB":
        with path.open("rb") as file:
            was_book = _A_TABLE in file.read(_BEGINNING)
        return damaged(str(path), "its beginning is gone") if was_book else no_database(path)
    if isinstance(error, OSError):
        return cannot(path, "be used", error)
    return damaged(str(path), f"the database answers {name or type(error).__name__}")


# The first of the tables, and where their names stand in a book.
_A_TABLE = b"meso_events"
_BEGINNING = 65536


def no_database(path: Path) -> NotABookError:
    """Return the error of a file that is something else."""
    return NotABookError.because(
        "not_a_database",
        f"{path} is no book, or its beginning is gone.",
        str(path),
        "Name another file, or restore the book from a backup.",
    )


_FAULTS = {
    "SQLITE_BUSY": (
        "locked",
        "The book {} is locked by another program.",
        "Wait until it is done and try again.",
    ),
    "SQLITE_FULL": (
        "disk_full",
        "The disk of the book {} is full; nothing was written.",
        "Make room and try again.",
    ),
    "SQLITE_READONLY": (
        "read_only",
        "The book {} cannot be written.",
        "Check the rights of the file and its folder.",
    ),
    "SQLITE_CANTOPEN": (
        "unreachable",
        "The book {} cannot be opened.",
        "Check the rights of the file and its folder.",
    ),
    "SQLITE_IOERR": (
        "storage",
        "The book {} cannot be read or written: the disk fails or is full.",
        "Check the disk and try again.",
    ),
    "SQLITE_CORRUPT": (
        "damaged_book",
        "The book {} is damaged.",
        "Restore it from a backup.",
    ),
}
