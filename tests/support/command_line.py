"""The command line as the tests call it: in this process, and in one of its own."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from meso_schedule.cli.app import main
from tests.support.samples import ROOT

AS_OF = ("--as-of", "2026-11-22")
FACE = ("plan", "facial-rejuvenation", "--start", "2026-12-01", *AS_OF)
CLINIC = """\
name = "Example Clinic"
timezone = "Europe/London"
currency = "GBP"
[hours]
mon = ["09:00-17:00"]
tue = ["09:00-20:00"]
[[closures]]
from = "2026-12-24"
to = "2027-01-02"
reason = "Christmas"
"""


class Ran(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]


def hear_all() -> None:
    """Take every signal as a program does that is started on a terminal."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def printed(*words: str, **environment: str) -> str:
    """Return what a fresh interpreter prints."""
    done = subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )
    return done.stdout


def write(name: str, text: str | bytes) -> str:
    Path(name).write_bytes(text.encode() if isinstance(text, str) else text)
    return name


JOBS = [
    {"id": "a", "protocol": "general", "start": "2026-12-01", "sessions": 3},
    {"id": 2, "protocol": "facial-rejuvenation", "start": "2026-12-01", "days": "tue"},
    {"id": 3, "protocol": "celulite"},
    {"id": 4, "protocol": "general", "sessions": 99},
    {"id": 5, "protocol": "cellulite", "start": "2026-12-01", "days": ["sun"]},
    {"id": 6},
    {"id": 7, "protocol": ["general", "general"]},
    {"id": 8, "protocol": "general", "as_of": "2020-01-01"},
    {"id": 1.5, "protocol": "general"},
]
LINES = [json.dumps(job) for job in JOBS] + ["", "[1]", "{", '{"id": 9, "patient": "\\ud800"}']
BATCH = ("plan", "--batch", "jobs.jsonl", "--output", "plans.jsonl", *AS_OF)


def entered(
    words: Sequence[str], folder: Path, *, stdin: bytes = b"", **environment: str
) -> "subprocess.CompletedProcess[str]":
    """Return what a command does that is entered in a folder, without a process of its own."""
    kept = {key: value for key, value in os.environ.items() if not re.match("MESO_(?!HEAD)", key)}
    out, err = (TextIOWrapper(BytesIO(), "utf-8", write_through=True) for _ in range(2))
    given = TextIOWrapper(BytesIO(stdin), "utf-8")
    with (
        chdir(folder),
        patch.dict(os.environ, {**kept, **environment}, clear=True),
        patch.object(sys, "stdin", given),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        code = main(words)
    told = (stream.buffer.getvalue().decode() for stream in (out, err))
    return subprocess.CompletedProcess(words, code, *told)
