"""The record: what was answered when it was written."""

import json
from pathlib import Path
from typing import Any

from tests.recorded.asking import answer, life, lives, requests

_RECORD = Path(__file__).with_name("record.json")


def recorded() -> dict[str, Any]:
    """Return the record, by requests and by the names of lives."""
    found: dict[str, Any] = json.loads(_RECORD.read_text("utf-8"))
    return found


def write() -> None:
    """Ask everything and write the record anew."""
    told: dict[str, Any] = {request: answer(request) for request in requests()}
    told |= {name: life(commands) for name, commands in lives().items()}
    lines = (f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in told.items())
    _RECORD.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
