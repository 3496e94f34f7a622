"""A folder of its own for each test, and the entry point to call."""

import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from meso_schedule.cli.app import main
from tests.support.command_line import Ran, Run


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("MESO_CLINIC", "MESO_DEBUG", "COLUMNS", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call the entry point as the console script does."""

    def call(*words: str, stdin: str | bytes = b"") -> Ran:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(given)))
        code = main(words)
        return Ran(code, *capsys.readouterr())

    return call
