"""Every command of the README and every example runs."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import entered

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = [
    re.findall(r"^\$ (.+)$", block, re.MULTILINE)
    for block in re.findall(r"```console\n(.+?)```", README, re.DOTALL)
]


def commands_of(page: str) -> list[str]:
    """Return the commands that a page types."""
    typed = re.findall(r"```console\n(.+?)```", page, re.DOTALL)
    return [command for block in typed for command in re.findall(r"^\$ (.+)$", block, re.MULTILINE)]


SET_UP = [block[0] for block in BLOCKS if block[0].startswith("python3 -m venv")]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_desk(tmp_path_factory.mktemp("desk"))


def made_desk(folder: Path) -> Path:
    """Return a folder with the examples and `meso-schedule` on the path, away from the source."""
    shutil.copytree(ROOT / "examples", folder / "examples")
    script = folder / "bin" / "meso-schedule"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m meso_schedule "$@"\n')
    script.chmod(0o755)
    return folder


def entered_or_run(command: str, desk: Path) -> subprocess.CompletedProcess[str]:
    """Enter a command that needs no shell here; the others run as they are typed."""
    words = shlex.split(command, comments=True)
    if words[0] != "meso-schedule" or set("|<>&;$*") & set(command):
        return run(command, desk)
    return entered(words[1:], desk, XDG_CONFIG_HOME=str(desk), XDG_DATA_HOME=str(desk / "data"))


def run(command: str, desk: Path) -> subprocess.CompletedProcess[str]:
    own = ("MESO_CLINIC", "MESO_BOOK")
    kept = {key: value for key, value in os.environ.items() if key not in own}
    path = f"{desk / 'bin'}:{os.environ['PATH']}"
    folders = {"XDG_CONFIG_HOME": str(desk), "XDG_DATA_HOME": str(desk / "data")}
    environment = {**kept, "PATH": path, "PYTHONPATH": str(ROOT), **folders}
    return subprocess.run(
        command, shell=True, cwd=desk, env=environment, capture_output=True, text=True, check=False
    )


def test_set_up_commands_are_those_that_ci_types() -> None:
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    plan, test = SET_UP
    assert test in ci
    assert plan.rpartition("&& .venv/bin/")[2] in ci


@pytest.mark.parametrize(
    "block", [b for b in BLOCKS if b[0] not in SET_UP], ids=lambda b: b[0][:40]
)
def test_commands(block: list[str], desk: Path) -> None:
    for command in block:
        refused = command.endswith("# exit 1")
        ran = entered_or_run(command, desk)
        assert ran.returncode == (1 if refused else 0), ran.stderr
        told = ran.stderr if refused else ran.stdout
        assert told or re.search(r" (>|--output|--batch) ", command)


@pytest.mark.parametrize("block", re.findall(r"```python\n(.+?)```", README, re.DOTALL))
def test_library_block(block: str, desk: Path) -> None:
    (desk / "block.py").write_text(block)
    assert run(f'"{sys.executable}" block.py', desk).returncode == 0


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_example(example: Path, desk: Path) -> None:
    ran = run(f'"{sys.executable}" examples/{example.name}', desk)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
