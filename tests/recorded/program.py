"""The program at its entry point, with a clock that stands still and chance that repeats itself.

Nothing inside the package is known by name here: the entry point is that of pyproject.toml, the
module that looks at the clock is found by its doing so.
"""

import os
import re
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from importlib import import_module
from io import BytesIO, TextIOWrapper
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import NamedTuple, Self
from unittest.mock import patch

from meso_schedule.cli.app import main
from tests.recorded.cases import Case, Step

FILES = Path(__file__).with_name("files")
_ROOT = Path(__file__).parents[2]
_PACKAGE = _ROOT / "meso_schedule"
_COURSE = re.compile(r"\b[23456789cdfghjkmprtvwxy]{8}\b")
_ENVIRONMENT = {
    "COLUMNS": "80",
    "HOME": "home",
    "LOGNAME": "nurse",
    "MESO_BOOK": "courses.book",
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
}
_UNSET = ("MESO_CLINIC", "MESO_DEBUG", "NO_COLOR", "LINES", "LANG", "LC_ALL", "LANGUAGE")


class Ran(NamedTuple):
    """What a command did.

    Args:
        code: Its exit code.
        outputs: Both streams and every file that it wrote or changed, by name.
    """

    code: int
    outputs: dict[str, bytes]


def run(case: Case) -> list[Ran]:
    """Run the commands of a case in a folder that holds the files, and nothing else."""
    with ExitStack() as stack:
        folder = stack.enter_context(_folder())
        stack.enter_context(patch.object(secrets, "_sysrand", Random(case.name)))
        courses: list[str] = []
        return [_step(step, number, folder, courses) for number, step in enumerate(case.steps)]


def _step(step: Step, number: int, folder: Path, courses: list[str]) -> Ran:
    for target, source in step.copies:
        shutil.copyfile(FILES / source, folder / target)
    words = [_named(word, courses) for word in step.words]
    before = _written(folder)
    moment = datetime.fromisoformat(f"{step.day}T09:00+00:00") + timedelta(seconds=number)
    with ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, dict(step.environment)))
        stack.enter_context(_stopped_clock(moment))
        code, out, err = _run(words, step.stdin.encode())
    if step.words[:2] == ("courses", "open") and (found := _COURSE.search(out.decode())):
        courses.append(found[0])
    streams = {"stdout": _anywhere(out, folder), "stderr": _anywhere(err, folder)}
    changed = {
        name: _anywhere(data, folder)
        for name, data in _written(folder).items()
        if before.get(name) != data
    }
    return Ran(code, streams | changed)


def _named(word: str, courses: list[str]) -> str:
    """Put in the ids of courses; that of a course that could not be opened is none."""
    return re.sub(
        r"\{(\d)\}",
        lambda found: dict(enumerate(courses, 1)).get(int(found[1]), "22222222"),
        word,
    )


def _run(words: list[str], stdin: bytes) -> tuple[int, bytes, bytes]:
    out, err = BytesIO(), BytesIO()
    with ExitStack() as stack:
        stack.enter_context(patch.object(sys, "stdin", TextIOWrapper(BytesIO(stdin))))
        streams = [TextIOWrapper(raw, encoding="utf-8") for raw in (out, err)]
        stack.enter_context(redirect_stdout(streams[0]))
        stack.enter_context(redirect_stderr(streams[1]))
        code = main(words)
        for stream in streams:
            stream.flush()
        return code, out.getvalue(), err.getvalue()


@contextmanager
def _folder() -> Iterator[Path]:
    """Go to a new folder with the files, in an environment that tells nothing of this machine."""
    came_from = Path.cwd()
    with TemporaryDirectory() as name, patch.dict(os.environ, _ENVIRONMENT):
        for variable in _UNSET:
            os.environ.pop(variable, None)
        folder = Path(name).resolve()
        for path in FILES.iterdir():
            shutil.copyfile(path, folder / path.name)
        os.chdir(folder)
        try:
            yield folder
        finally:
            os.chdir(came_from)


def _written(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder; of a book only that it is there: its bytes are SQLite's."""
    return {
        path.relative_to(folder).as_posix(): b"a book"
        if ".book" in path.name
        else path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm", "-journal"))
    }


def _anywhere(data: bytes, folder: Path) -> bytes:
    return data.replace(str(folder).encode(), b"FOLDER")


@contextmanager
def _stopped_clock(moment: datetime) -> Iterator[None]:
    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromtimestamp(moment.timestamp(), tz or UTC)

    with ExitStack() as stack:
        for module in _looking_at_clocks():
            stack.enter_context(patch.object(module, "datetime", Stopped))
        yield


@cache
def _looking_at_clocks() -> tuple[ModuleType, ...]:
    found = [path for path in _PACKAGE.rglob("*.py") if "datetime.now(" in path.read_text("utf-8")]
    assert found, "No module looks at the clock as 'datetime.now(…)': it could not be stopped."
    names = [path.relative_to(_ROOT).with_suffix("").parts for path in found]
    return tuple(import_module(".".join(name)) for name in names)
