"""Write several files whole or not at all."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from meso_schedule.errors import EnvironmentFault, Fault, InputError


@dataclass(slots=True)
class _Writing:
    """A target on its way: its new content in a temporary file, its old one kept aside."""

    target: Path
    fresh: Path
    old: Path | None = None


def check_targets(targets: Sequence[Path], *, force: bool) -> None:
    """Refuse targets that could not be written, before any work is done.

    Raises:
        InputError: For a folder, a device, a name given twice, or a file that exists without force.
        EnvironmentFault: When the folder of a target is missing.
    """
    faults: list[Fault] = []
    seen: set[Path] = set()
    for target in targets:
        with _telling_of(target):
            real = _real(target)
            faults += _target_faults(target, force=force, is_repeated=real in seen)
        seen.add(real)
    if faults:
        raise InputError(faults)
    for target in targets:
        if not _real(target).parent.is_dir():
            raise EnvironmentFault(
                f"The folder of {target} does not exist.",
                str(target),
                "Make it first, or name a file in another folder.",
            )


def write_files(contents: Mapping[Path, bytes], *, force: bool = False) -> None:
    """Write files to their targets: all of them, or none.

    Each goes to a temporary file beside its target first, readable by its owner only, and
    takes the target's place when all are written.

    Raises:
        InputError: As for `check_targets`.
        EnvironmentFault: When a target cannot be written; what was there before is still there.
    """
    check_targets(list(contents), force=force)
    writings: list[_Writing] = []
    try:
        for target, content in contents.items():
            writings.append(_Writing(_real(target), _write_beside(target, content)))
        for writing in writings:
            _place(writing, force=force)
    except BaseException:
        for writing in reversed(writings):
            _undo(writing)
        raise
    finally:
        for writing in writings:
            _drop(writing.fresh)
            _drop(writing.old)


def place(fresh: Path, target: Path, *, force: bool) -> None:
    """Let a finished file take the place of its target, never over another one without force."""
    with _telling_of(target):
        if force:
            fresh.replace(target)
            return
        try:
            os.link(fresh, target)
        except FileExistsError:
            raise InputError([_exists(target)]) from None
        except OSError:  # a file system without hard links
            check_targets([target], force=False)
            fresh.replace(target)
            return
        fresh.unlink()


def _place(writing: _Writing, *, force: bool) -> None:
    if force and writing.target.exists():
        with _telling_of(writing.target):
            writing.old = _aside(writing.target)
    place(writing.fresh, writing.target, force=force)


def _undo(writing: _Writing) -> None:
    if writing.fresh.exists():
        return
    old, writing.old = writing.old, None  # if it cannot come back, it stays where it is
    with contextlib.suppress(OSError):
        if old:
            old.replace(writing.target)
        else:
            writing.target.unlink()


def _drop(path: Path | None) -> None:
    if path:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _write_beside(target: Path, content: bytes) -> Path:
    with _telling_of(target):
        descriptor, name = _temporary(target)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            _drop(Path(name))
            raise
    return Path(name)


def _aside(target: Path) -> Path:
    """Keep the old file under another name, so that it can come back."""
    descriptor, name = _temporary(target)
    os.close(descriptor)
    try:
        shutil.copy2(target, name)
    except BaseException:
        _drop(Path(name))
        raise
    return Path(name)


def _temporary(target: Path) -> tuple[int, str]:
    real = _real(target)
    return tempfile.mkstemp(prefix=f".{real.name[:40]}.", suffix=".tmp", dir=real.parent)


@contextlib.contextmanager
def _telling_of(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        _cannot_write(target, error)


def _cannot_write(target: Path, error: OSError) -> NoReturn:
    reason = error.strerror or str(error)
    raise EnvironmentFault(
        f"{target} cannot be written: {reason}.",
        str(target),
        "Check the folder's permissions and the space left.",
    ) from None


def _real(target: Path) -> Path:
    """Follow links, so that a link stays a link and its file is what changes."""
    return Path(os.path.realpath(target))


def _target_faults(target: Path, *, force: bool, is_repeated: bool) -> Iterator[Fault]:
    if is_repeated:
        yield _fault("duplicate_target", target, "is named twice", "Name each file once.")
    elif target.is_dir():
        yield _fault("is_folder", target, "is a folder", "Name a file in it.")
    elif target.exists() and not target.is_file():
        yield _fault("no_file", target, "is no ordinary file", "Name an ordinary file.")
    elif target.exists() and not force:
        yield _exists(target)


def _exists(target: Path) -> Fault:
    remedy = "Give --force to replace it, or name another file."
    return _fault("target_exists", target, "exists already", remedy)


def _fault(code: str, target: Path, problem: str, remedy: str) -> Fault:
    return Fault(code, f"{target} {problem}.", None, "output", str(target), remedy)
