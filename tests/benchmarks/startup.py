"""Measure the installed command from its start to its end: `python -m tests.benchmarks.startup`.

A wheel of this source tree is installed in a fresh virtual environment and its bytecode is
compiled, as on a user's machine; the programs take turns, so that a busy machine slows them alike.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
ROUNDS = 25
WARM_UPS = 2
PLAN = ("plan", "facial-rejuvenation", "--start", "2026-12-01")
NOTHING = "empty program on typer"
JSON = "`meso-schedule plan --format json`"
SHEET = "`meso-schedule plan --output sheet.pdf`"
# What would change the measured programs, or keep their bytecode from being used.
LEFT_OUT = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONPROFILEIMPORTTIME", "MESO_CLINIC")

EMPTY_MODULE = """\
import typer

app = typer.Typer()


@app.command()
def main() -> None:
    pass
"""
EMPTY_SCRIPT = """\
#!{python}
import sys
from empty_program import app
sys.exit(app())
"""


class Run(NamedTuple):
    """Milliseconds of one run."""

    wall: float
    cpu: float


def install(folder: Path, environment: dict[str, str]) -> Path:
    """Install a wheel of the source tree beside an empty program; return where programs are."""
    venv = folder / "venv"
    python = venv / "bin" / "python"
    wheels = folder / "wheels"
    pip = (python, "-m", "pip", "--quiet")
    call([sys.executable, "-m", "venv", venv], environment)
    call([*pip, "wheel", "--no-deps", "--wheel-dir", wheels, ROOT], environment)
    call([*pip, "install", *wheels.glob("*.whl")], environment)
    (packages,) = venv.glob("lib/python*/site-packages")
    (packages / "empty_program.py").write_text(EMPTY_MODULE, encoding="utf-8")
    script = venv / "bin" / "empty-program"
    script.write_text(EMPTY_SCRIPT.format(python=python), encoding="utf-8")
    script.chmod(0o755)
    call([python, "-m", "compileall", "-q", packages], environment)
    return venv / "bin"


def call(words: Sequence[str | Path], environment: dict[str, str]) -> Run:
    """Run a program to its end, its output thrown away, and return how long it took."""
    before, begin = getrusage(RUSAGE_CHILDREN), perf_counter()
    subprocess.run(
        words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True
    )
    wall, after = perf_counter() - begin, getrusage(RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Run(1e3 * wall, 1e3 * cpu)


def measure(folder: Path) -> dict[str, list[Run]]:
    """Install, then let the programs take turns."""
    environment = {name: text for name, text in os.environ.items() if name not in LEFT_OUT}
    environment["XDG_CONFIG_HOME"] = str(folder)  # holds no clinic file of the user
    programs = install(folder, environment)
    command = programs / "meso-schedule"
    clinic = ROOT / "examples" / "clinic.toml"
    asked = (command, *PLAN, "--clinic", clinic)
    words: dict[str, Sequence[str | Path]] = {
        "interpreter": (programs / "python", "-c", "pass"),
        NOTHING: (programs / "empty-program",),
        "`meso-schedule --version`": (command, "--version"),
        "`meso-schedule plan`": (command, *PLAN),
        "`meso-schedule plan` with a clinic file": asked,
        JSON: (*asked, "--format", "json"),
        SHEET: (*asked, "--force", "--output", folder / "sheet.pdf"),
    }
    runs: dict[str, list[Run]] = {name: [] for name in words}
    for turn in range(WARM_UPS + ROUNDS):
        for name, line in words.items():
            run = call(line, environment)
            if turn >= WARM_UPS:
                runs[name].append(run)
    return runs


def main() -> None:
    """Print milliseconds of wall and processor time, and ratios to the empty program."""
    with TemporaryDirectory() as folder:
        found = measure(Path(folder))
    base = found[NOTHING]
    head = ("program", "wall, least", "median", "ratio of leasts", "of medians", "CPU, least")
    print(f"| {' | '.join((*head, 'median', 'ratio of leasts', 'of medians'))} |")
    print(f"|{' --- |' * (len(head) + 3)}")
    for name, runs in found.items():
        cells = [name]
        for kind in Run._fields:
            mine, nothing = ([getattr(run, kind) for run in side] for side in (runs, base))
            cells += [f"{min(mine):.0f}", f"{median(mine):.0f}"]
            cells += [f"{min(mine) / min(nothing):.2f}", f"{median(mine) / median(nothing):.2f}"]
        print(f"| {' | '.join(cells)} |")
    for kind in Run._fields:
        sheet, plain = ([getattr(run, kind) for run in found[name]] for name in (SHEET, JSON))
        least, middle = min(sheet) / min(plain), median(sheet) / median(plain)
        print(f"\nA sheet to a plan as JSON, {kind}: {least:.2f}, medians {middle:.2f}.")


if __name__ == "__main__":
    main()
