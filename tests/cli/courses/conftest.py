"""A desk with a book, a clinic file and a clock that the test sets."""

import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO, TextIOWrapper
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from meso_schedule.book.storage import sqlite
from meso_schedule.cli import environment as surroundings
from meso_schedule.cli.app import main
from tests.cli.courses.desk import CLINIC, RULES, Counter, Ran
from tests.cli.courses.programme import IN_A_PROGRAMME, in_a_programme


class Clock:
    """What the program takes for the time."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 12, 1, 9, tzinfo=ZoneInfo("Europe/London"))

    def set(self, day: str, hour: int = 9, zone: str = "Europe/London", minute: int = 0) -> None:
        at = datetime.fromisoformat(f"{day}T{hour:02}:{minute:02}")
        self.moment = at.replace(tzinfo=ZoneInfo(zone))

    def now(self, clinic: object) -> datetime:
        zone = getattr(clinic, "timezone", "UTC")
        self.moment += timedelta(seconds=1)
        return self.moment.astimezone(ZoneInfo(zone))


@pytest.fixture
def counter(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Counter:
    """Yield a desk in a folder of its own, on Tuesday 1 December 2026."""
    monkeypatch.setattr(sqlite, "PRAGMAS", (*sqlite.PRAGMAS, "synchronous=OFF"))
    clock = Clock()
    monkeypatch.setattr(surroundings, "now", clock.now)
    monkeypatch.chdir(tmp_path)
    for name in ("MESO_DEBUG", "COLUMNS", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, path in {
        "MESO_BOOK": tmp_path / "courses.book",
        "MESO_CLINIC": tmp_path / "clinic.toml",
        "XDG_CONFIG_HOME": tmp_path / "config",
        "XDG_DATA_HOME": tmp_path / "data",
        "XDG_STATE_HOME": tmp_path / "state",
        "LOGNAME": "nurse",
    }.items():
        monkeypatch.setenv(name, str(path))
    (tmp_path / "clinic.toml").write_text(CLINIC)
    (tmp_path / "skin.toml").write_text(RULES)
    run = _runner(capsys, monkeypatch)
    if getattr(request, "param", "") == IN_A_PROGRAMME:
        run = in_a_programme(run)
    return Counter(run, clock.set, tmp_path / "courses.book")


def _runner(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Ran]:
    def call(*words: str, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(stdin)))
        code = main(words)
        return Ran(code, *capsys.readouterr())

    return call
