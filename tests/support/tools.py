"""Programs that check our files and share no code with us.

A test that needs one is skipped where it is missing; with `MESO_TOOLS=1` it fails instead.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

_SCRIPT = Path(__file__).with_name("ical_js.cjs")


def need(found: object, name: str) -> None:
    """Skip the test, or fail it, when a program is missing."""
    if not found and os.environ.get("MESO_TOOLS") == "1":
        pytest.fail(f"{name} is missing")
    elif not found:
        pytest.skip(f"{name} is missing")


def ical_js(task: str, calendars: list[bytes], **asked: Any) -> list[Any]:
    """Return what ical.js reads in calendars.

    Args:
        task: `read` for the events, `expand` for the times that events take.
        calendars: The files.
        asked: With `expand`, `first` and `last` as milliseconds.
    """
    folder = os.environ.get("MESO_NODE_MODULES", "")
    need(shutil.which("node") and Path(folder, "ical.js").is_dir(), "ical.js")
    texts = [calendar.decode() for calendar in calendars]
    done = subprocess.run(
        ["node", str(_SCRIPT)],
        input=json.dumps({"task": task, "calendars": texts, **asked}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "TZ": "UTC"},
    )
    assert done.returncode == 0, done.stderr
    answers: list[Any] = json.loads(done.stdout)
    return answers
