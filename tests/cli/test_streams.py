"""Pipes, terminals, signals, and an output that fails."""

import contextlib
import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from meso_schedule.cli import environment as surroundings
from tests.support.command_line import AS_OF, BATCH, FACE, LINES, Run, hear_all, printed, write
from tests.support.lengths import sampled
from tests.support.samples import ROOT


def process(*words: str, **options: Any) -> subprocess.Popen[bytes]:
    """Start the program in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "meso_schedule", *words],
        **{
            "env": {**os.environ, "PYTHONPATH": str(ROOT)},
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "preexec_fn": hear_all,
            **options,
        },
    )


def on_terminal(stream: str, *words: str, **environment: str) -> str:
    """Return what the program shows on a terminal."""
    ours, theirs = pty.openpty()
    plain = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    env = {**plain, "PYTHONPATH": str(ROOT), "TERM": "xterm", **environment}
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, stream: theirs}
    shown = b""
    with process(*words, env=env, **streams) as running:
        os.close(theirs)
        with contextlib.suppress(OSError):  # a terminal that is gone ends in an error
            while piece := os.read(ours, 65536):
                shown += piece
    os.close(ours)
    assert running.returncode == 0
    return shown.decode()


@pytest.mark.parametrize(
    "words",
    sampled(
        [
            FACE,
            (*FACE, "--format", "json"),
            ("--version",),
            ("plan", "--help"),
            ("plan", "--format=json"),
        ],
        2,
    ),
)
def test_a_closed_pipe_is_silent(words: tuple[str, ...]) -> None:
    read, write_end = os.pipe()
    os.close(read)
    with process(*words, stdout=write_end) as running:
        os.close(write_end)
        _, told = running.communicate()
    assert running.returncode == 141
    assert b"Traceback" not in told
    assert b"Broken" not in told


@pytest.mark.parametrize(
    "words", sampled([FACE, (*FACE, "--format", "json"), ("--version",), ("-h",)], 2)
)
def test_no_space_left(words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full, process(*words, stdout=full) as running:
        _, told = running.communicate()
    assert running.returncode == 5
    assert told == (
        b"Error: standard output: It cannot be written: No space left on device."
        b" Make space, or send it elsewhere.\n"
    )


def test_no_standard_output() -> None:
    command = f'"{sys.executable}" -m meso_schedule {" ".join(FACE)} >&-'
    done = subprocess.run(
        command,
        shell=True,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 5
    assert b"standard output: It is closed." in done.stderr


def test_an_output_without_unicode() -> None:
    out = printed(
        "-m", "meso_schedule", *FACE, "--full", "--patient", "Zoë", PYTHONIOENCODING="ascii"
    )
    assert "Zo?" in out
    assert "-----" in out


def test_colour_on_a_terminal_only() -> None:
    shown = on_terminal("stdout", *FACE)
    assert "\x1b[1mFacial rejuvenation mesotherapy\x1b[0m" in shown
    assert "~5" in shown
    assert "\x1b" not in on_terminal("stdout", *FACE, NO_COLOR="1")
    assert "\x1b" not in on_terminal("stdout", *FACE, TERM="dumb")


def test_a_progress_bar_on_a_terminal_only() -> None:
    write("jobs.jsonl", f"{LINES[0]}\n" * 40)
    shown = on_terminal("stderr", *BATCH, "--workers", "2")
    assert "32 jobs" in shown
    assert "Wrote plans.jsonl: 40 plans and 0 errors." in shown


# In a process of its own: whoever runs the tests has handlers that a signal may not reach.
IN_THE_MIDDLE = """
import contextlib, signal, sys
from meso_schedule.cli import app
from meso_schedule.cli.signals import SignalReceived

def dispatch(words):
{body}
    return 0

app._dispatch = dispatch
before = signal.getsignal(signal.SIGINT)
code = app.main(["plan"])
print(code, signal.getsignal(signal.SIGINT) is before, file=sys.stderr)
"""
AS_ANOTHER = """
    try:
        signal.raise_signal(signal.SIGTERM)
    except SignalReceived as stop:
        raise RuntimeError from stop
"""
# The second one disturbs nothing.
SWALLOWED = """
    with contextlib.suppress(SignalReceived):
        signal.raise_signal(signal.SIGTERM)
    signal.raise_signal(signal.SIGINT)
"""


@pytest.mark.parametrize("body", [AS_ANOTHER, SWALLOWED], ids=["as another error", "swallowed"])
def test_a_signal_that_does_not_come_out(body: str) -> None:
    words = [sys.executable, "-c", IN_THE_MIDDLE.format(body=body)]
    ran = subprocess.run(words, capture_output=True, text=True, preexec_fn=hear_all, cwd=ROOT)
    assert (ran.returncode, ran.stderr) == (0, "143 True\n")


@pytest.mark.parametrize(
    ("number", "code"),
    sampled([(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)], 3),
)
def test_signals(number: int, code: int) -> None:
    job = json.dumps({"id": 1, "protocol": "general", "start": "2026-12-01", "sessions": 15})
    write("jobs.jsonl", f"{job}\n" * 20_000)
    with process(*BATCH, stdin=subprocess.DEVNULL) as running:
        part = Path("plans.jsonl.part")
        while not (part.exists() and part.stat().st_size):
            assert running.poll() is None
            time.sleep(0.02)
        running.send_signal(number)
        _, told = running.communicate(timeout=30)
    assert (running.returncode, told) == (code, b"")
    assert not Path("plans.jsonl").exists()


def test_a_closed_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "sys", SimpleNamespace(stdin=None))
    done = run("plan", "--request", "-", *AS_OF)
    assert done.code == 2
    assert "It is closed." in done.err


def test_a_list_on_standard_input_is_no_request(run: Run) -> None:
    done = run("plan", "--request", "-", *AS_OF, stdin="[]")
    assert done.code == 2
    assert "TOML" not in done.err
