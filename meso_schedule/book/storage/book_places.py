"""Where the file of a book is, and what the system keeps beside it."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from meso_schedule.base.errors import EnvironmentFault
from meso_schedule.base.private_files import PRIVATE
from meso_schedule.book.book_errors import BookFault, NotABookError

_OF_OTHERS = stat.S_IRWXG | stat.S_IRWXO
# What SQLite makes beside a database; without it a commit can be lost, or all of them.
_FILES = {
    "": "the book",
    "-journal": "the journal of the book",
    "-wal": "the log of the book",
    "-shm": "the index of the book's log",
}


def check_place(path: Path) -> bool:
    """Tell whether there is a file; refuse what is none.

    Raises:
        NotABookError: For a link, a folder or a device.
        BookFault: When the folder is missing or closed.
    """
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        if not path.parent.is_dir():
            raise BookFault(
                "no_folder",
                f"The folder of {path} does not exist.",
                str(path),
                "Make it first, or name a file in another folder.",
            ) from None
        return False
    except (OSError, ValueError) as error:
        raise cannot(path, "be reached", error) from None
    if stat.S_ISREG(mode):
        return True
    kind = "a link" if stat.S_ISLNK(mode) else "a folder" if stat.S_ISDIR(mode) else "no file"
    raise NotABookError.because(
        "not_a_file", f"{path} is {kind}.", str(path), "Name the file of the book itself."
    )


def files_of(address: str) -> dict[Path, str]:
    """Return the files of a book, made already or not, each with what it is.

    Args:
        address: A path; of a database there is none.
    """
    if "://" in address:
        return {}
    book = Path(os.path.realpath(address))
    return {book.with_name(f"{book.name}{ending}"): what for ending, what in _FILES.items()}


def shut(path: Path) -> str | None:
    """Shut everybody else out of a file with records of patients, or say that they may read it.

    Where a group shares it that was meant, or has to be mended by its owner: it is said only.

    Returns:
        What is to be told; None where nobody else may read it, or rights are kept elsewhere.
    """
    mode = stat.S_IMODE(path.stat().st_mode)
    if not mode & _OF_OTHERS or not hasattr(os, "fchmod"):
        return None
    if mode & stat.S_IRWXO:
        try:
            path.chmod(mode & PRIVATE)
        except OSError:
            return (
                f"Others may read the book {path} ({mode:o}), and this cannot be changed from"
                " here: its owner should set it to 600."
            )
        return f"Others could read the book {path} ({mode:o}): now only its owner can."
    return (
        f"The group of the book {path} may read or write it ({mode:o}): set it to 600 unless"
        " that is meant."
    )


def cannot(path: Path, what: str, error: Exception) -> BookFault:
    """Return the error of a file that the system does not give."""
    reason = getattr(error, "strerror", None) or str(error)
    return BookFault(
        "storage", f"{path} cannot {what}: {reason}.", str(path), "Check the folder and the disk."
    )


@contextmanager
def told_by_the_book() -> Iterator[None]:
    """Turn the error of a file that cannot be written into one of the book."""
    try:
        yield
    except BookFault:
        raise
    except EnvironmentFault as error:
        raise BookFault("storage", error.problem, error.target, error.remedy) from None
