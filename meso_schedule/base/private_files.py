"""Files that only their owner may read, written whole or not at all.

The one place that decides what may be written where. Windows has neither rights by mode nor
folders that can be opened; both ways are taken here and nowhere else.
"""

import contextlib
import os
import re
import secrets
import shutil
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from meso_schedule.base.errors import EnvironmentFault, Fault, InputError
from meso_schedule.base.interruptions import undisturbed

PRIVATE = 0o600

# Files that a command reads or keeps, each with what it is: never replaced, whatever is forced.
Spared = Mapping[Path, str]

_DATABASE = b"SQLite format 3\0"
_KEPT_END = re.compile(rb"[0-9]{1,15}:[0-9a-f]{64}\n?")


def check_targets(
    targets: Sequence[Path],
    *,
    force: bool,
    spared: Spared | None = None,
    over_databases: bool = False,
) -> None:
    """Refuse targets that must not or could not be written, before any work is done.

    Args:
        targets: The files to be written.
        force: Whether files that exist may be replaced.
        spared: Those that never are, by whatever name, link or case they are reached.
        over_databases: Whether a database may be replaced: an older backup of a book.

    Raises:
        InputError: For a folder, a device, a name given twice, a file that is spared or exists.
        EnvironmentFault: When the folder of a target is missing.
    """
    faults: list[Fault] = []
    for number, target in enumerate(targets):
        with telling_of(target):
            if any(is_same(target, other) for other in targets[:number]):
                faults.append(_fault("duplicate_target", target, "is named twice.", _ONCE))
            elif kept := _spared_as(target, spared or {}):
                faults.append(_fault("spared_file", target, f"would replace {kept}.", _OTHER))
            else:
                faults += _target_faults(target, force=force, over_databases=over_databases)
    if faults:
        raise InputError(faults)
    for target in targets:
        if not _real(target).parent.is_dir():
            raise EnvironmentFault(
                f"The folder of {target} does not exist.",
                str(target),
                "Make it first, or name a file in another folder.",
            )


def is_same(path: Path, other: Path) -> bool:
    """Tell whether two names lead to one file, or will when it is made."""
    # Unlike those of a path these take a name that is too long.
    if os.path.exists(path) or os.path.exists(other):
        return os.path.exists(path) and os.path.exists(other) and path.samefile(other)
    return _folded(path) == _folded(other)


def write_files(
    contents: Mapping[Path, bytes | Iterable[bytes]],
    *,
    force: bool = False,
    spared: Spared | None = None,
) -> None:
    """Write files to their targets: all of them, or none.

    Each goes to a file beside its target first and takes the target's place when all are
    written.

    Args:
        contents: What each file is to hold, whole or piece by piece.
        force: As for `check_targets`.
        spared: As for `check_targets`.

    Raises:
        InputError: As for `check_targets`.
        EnvironmentFault: When a target cannot be written; what was there before is still there.
    """
    check_targets(list(contents), force=force, spared=spared)
    writings = [_Writing(target, _beside(target)) for target in contents]
    with undisturbed() as let_through:
        try:
            for writing, content in zip(writings, contents.values(), strict=True):
                for _ in _written(writing, [content] if isinstance(content, bytes) else content):
                    let_through()
            _place_all(writings, force=force)
        finally:
            for writing in writings:
                _drop(writing.fresh)


@contextlib.contextmanager
def written_whole(target: Path, *, force: bool) -> Iterator[Path]:
    """Let others write a file; when they have, it takes the target's place for good.

    Args:
        target: The file.
        force: Whether one that exists is replaced.

    Yields:
        An empty private file beside the target.
    """
    fresh = _beside(target)
    with telling_of(target), undisturbed():
        try:
            make_private(fresh)
            yield fresh
            place(fresh, target, force=force)
            _sync_folder(fresh.parent)
        finally:
            _drop(fresh)


def place(fresh: Path, target: Path, *, force: bool) -> None:
    """Let a finished file take the place of its target, never over another one without force."""
    with telling_of(target), undisturbed():
        real = _real(target)
        if force or not _linked(fresh, real):
            fresh.replace(real)
        else:
            fresh.unlink()


def make_private(path: Path) -> None:
    """Make an empty file that only its owner may read and write.

    Raises:
        FileExistsError: When there is one.
        OSError: When it cannot be made.
    """
    with open(path, "xb", opener=_open_private) as file:
        # A umask can take rights from the owner too.
        if hasattr(os, "fchmod"):
            os.fchmod(file.fileno(), PRIVATE)
        else:
            path.chmod(PRIVATE)


@contextlib.contextmanager
def telling_of(target: Path) -> Iterator[None]:
    """Turn what the system raises into the error of a file that cannot be written."""
    try:
        yield
    except OSError as error:
        raise EnvironmentFault(
            f"{target} cannot be written: {error.strerror or error}.",
            str(target),
            "Check the folder's permissions and the space left.",
        ) from None


@dataclass(slots=True)
class _Writing:
    """A target on its way: its new content, and its old one kept aside."""

    target: Path
    fresh: Path
    old: Path | None = None


def _written(writing: _Writing, pieces: Iterable[bytes]) -> Iterator[None]:
    with telling_of(writing.target):
        make_private(writing.fresh)
        with writing.fresh.open("r+b") as file:
            for piece in pieces:
                file.write(piece)
                yield
            file.flush()
            os.fsync(file.fileno())


def _place_all(writings: Sequence[_Writing], *, force: bool) -> None:
    try:
        for writing in writings:
            if force and writing.target.exists():
                writing.old = _beside(writing.target)
                with telling_of(writing.target):
                    shutil.copy2(writing.target, writing.old)
            place(writing.fresh, writing.target, force=force)
    except BaseException:
        for writing in reversed(writings):
            _undo(writing)
        raise
    finally:
        for writing in writings:
            _drop(writing.old)


def _undo(writing: _Writing) -> None:
    """Bring back what was there, where the new file has taken its place."""
    if writing.fresh.exists():
        return
    old, writing.old = writing.old, None  # if it cannot come back, it stays where it is
    with contextlib.suppress(OSError):
        if old:
            old.replace(_real(writing.target))
        else:
            _real(writing.target).unlink()


def _drop(path: Path | None) -> None:
    if path:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _linked(fresh: Path, target: Path) -> bool:
    """Give a file a second name that was free; False where there are no hard links."""
    try:
        os.link(fresh, target)
    except FileExistsError:
        raise InputError([_exists(target)]) from None
    except OSError:
        check_targets([target], force=False)
        return False
    return True


def _sync_folder(folder: Path) -> None:
    try:
        opened = os.open(folder, os.O_RDONLY)
    except PermissionError:
        return  # Windows opens no folder and keeps the order by itself
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, PRIVATE)


def _beside(target: Path) -> Path:
    """Return a name in the target's folder that nothing has."""
    real = _real(target)
    return real.with_name(f".{real.name[:40]}.{secrets.token_hex(8)}.tmp")


def _real(target: Path) -> Path:
    """Follow links, so that a link stays a link and its file is what changes."""
    return Path(os.path.realpath(target))


def _folded(path: Path) -> str:
    """Return a name as a system sees it that knows no case."""
    return unicodedata.normalize("NFC", os.path.realpath(path)).casefold()


def _spared_as(target: Path, spared: Spared) -> str | None:
    return next((kept for path, kept in spared.items() if is_same(target, path)), None)


def _target_faults(target: Path, *, force: bool, over_databases: bool) -> Iterator[Fault]:
    if os.path.isdir(target):
        yield _fault("is_folder", target, "is a folder.", "Name a file in it.")
    elif os.path.exists(target) and not target.is_file():
        yield _fault("no_file", target, "is no ordinary file.", "Name an ordinary file.")
    elif os.path.exists(target) and not force:
        yield _exists(target)
    elif os.path.exists(target):
        content = _beginning(target)
        if content.startswith(_DATABASE) and not over_databases:
            yield _fault("spared_file", target, "would replace a database.", _OTHER)
        elif _KEPT_END.fullmatch(content):
            yield _fault("spared_file", target, "would replace the kept end of a book.", _OTHER)


def is_database(path: Path) -> bool:
    """Tell whether a file is one of SQLite."""
    return _beginning(path).startswith(_DATABASE)


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(100)


def _exists(target: Path) -> Fault:
    remedy = "Give --force to replace it, or name another file."
    return _fault("target_exists", target, "exists already.", remedy)


_ONCE = "Name each file once."
_OTHER = "Name another file: --force does not replace it."


def _fault(code: str, target: Path, problem: str, remedy: str) -> Fault:
    return Fault(code, f"{target} {problem}", None, "output", str(target), remedy)
