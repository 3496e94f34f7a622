"""Files that are read: ordinary ones and the shell's own pipes, never more than a limit."""

import os
import re
import stat
from pathlib import Path
from typing import BinaryIO, NoReturn

from meso_schedule.base.errors import UnreadableFileError

# Python reads no whole number of more.
MOST_DIGITS = 4_300
# What `<(…)` and a redirection are called: the only pipes that surely have a writer of ours.
_OWN_PIPE = re.compile(r"/dev/stdin|(/dev|/proc/self)/fd/[0-9]+")


def is_folder(path: Path) -> bool:
    """Tell whether there is a folder; a name that is too long is none."""
    return os.path.isdir(path)


def read_source(path: Path, limit: int) -> bytes:
    """Read a whole file.

    Args:
        path: The file, or a pipe of the shell's own.
        limit: The most bytes that such a file makes sense with.

    Raises:
        UnreadableFileError: When it is missing, no ordinary file, too large or cannot be read.
    """
    with open_source(path) as file:
        # Nothing of a file that is too large need be read.
        if os.fstat(file.fileno()).st_size > limit:
            refuse_size(str(path), limit)
        return read_limited(file, str(path), limit)


def read_limited(file: BinaryIO, source: str, limit: int) -> bytes:
    """Read what is open to its end.

    Raises:
        UnreadableFileError: When it is too large or cannot be read.
    """
    try:
        data = file.read(limit + 1)
    except (OSError, ValueError) as error:
        refuse_reading(source, error)
    if len(data) > limit:
        refuse_size(source, limit)
    return data


def open_source(path: Path) -> BinaryIO:
    """Open a file to read it.

    Raises:
        UnreadableFileError: When it is missing, a folder, a device, a pipe with a name, or may
            not be read.
    """
    source = str(path)
    try:
        # Opening a device can do something; waiting for a writer can last for ever.
        _check_kind(source, os.stat(path).st_mode)
        return open(path, "rb", opener=_open_at_once)
    except FileNotFoundError:
        refuse(source, "missing_file", "There is no such file.", "Check the name.")
    except (OSError, ValueError) as error:
        refuse_reading(source, error)


def is_own_pipe(path: Path) -> bool:
    """Tell whether a name is that of a pipe which the shell has made."""
    return _OWN_PIPE.fullmatch(str(path)) is not None


def refuse_size(source: str, limit: int) -> NoReturn:
    """Refuse a file that is larger than any that makes sense."""
    size = f"{limit // 10**6} MB" if limit < 10**9 else f"{limit // 10**9} GB"
    remedy = "Check that it is the right file."
    refuse(source, "too_large", f"It is larger than {size}.", remedy)


def refuse_reading(source: str, error: OSError | ValueError) -> NoReturn:
    """Refuse a file that the system does not give."""
    reason = getattr(error, "strerror", None) or str(error)
    refuse(source, "unreadable", f"It cannot be read: {reason}.", "Check its permissions.")


def _check_kind(source: str, mode: int) -> None:
    if stat.S_ISDIR(mode):
        refuse(source, "is_folder", "It is a folder.", "Name a file in it.")
    if not stat.S_ISREG(mode) and not (stat.S_ISFIFO(mode) and _OWN_PIPE.fullmatch(source)):
        remedy = "Name an ordinary file, or hand it over as <(command)."
        refuse(source, "no_file", "It is no ordinary file but a pipe or a device.", remedy)


def _open_at_once(name: str, flags: int) -> int:
    # Some ordinary files of the system, such as its log, wait for more too.
    at_once = 0 if _OWN_PIPE.fullmatch(name) else getattr(os, "O_NONBLOCK", 0)
    return os.open(name, flags | at_once)


def refuse(source: str, code: str, message: str, remedy: str) -> NoReturn:
    """Refuse a file with one sentence."""
    raise UnreadableFileError.of(code, message, source=source, remedy=remedy) from None
