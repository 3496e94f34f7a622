"""Files that only their owner may read, from before their first byte."""

import os
import stat
from pathlib import Path

from meso_schedule.store.errors import BookFault, NotABookError

PRIVATE = 0o600
_OF_OTHERS = stat.S_IRWXG | stat.S_IRWXO


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


def make_private(path: Path) -> None:
    """Make an empty file that only its owner may read and write.

    Raises:
        BookFault: When it cannot be made.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
    try:
        made = os.open(path, flags, PRIVATE)
    except FileExistsError:
        return  # another program made it first, in the same way
    except OSError as error:
        raise cannot(path, "be made", error) from None
    try:
        # A umask can take rights from the owner too.
        os.fchmod(made, PRIVATE)
    finally:
        os.close(made)


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


def put_in_place(fresh: Path, target: Path) -> None:
    """Give a finished file its name, for good.

    Raises:
        BookFault: When that fails.
    """
    try:
        fresh.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise cannot(target, "be written", error) from None


def cannot(path: Path, what: str, error: Exception) -> BookFault:
    """Return the error of a file that the system does not give."""
    reason = getattr(error, "strerror", None) or str(error)
    return BookFault(
        "storage", f"{path} cannot {what}: {reason}.", str(path), "Check the folder and the disk."
    )
