"""What is asked, a line each, and what is kept of the answers."""

import json
import re
import shlex
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.support.command_line import entered

FOLDER = Path(__file__).parent
_DAYS = ("earliest", "recommended", "latest")


def requests() -> list[str]:
    """Return what follows `plan` in each request."""
    return (FOLDER / "requests.txt").read_text("utf-8").splitlines()


def lives() -> dict[str, list[str]]:
    """Return the lives by name: a line each command of `courses`, after its day of asking."""
    _, *told = f"\n{(FOLDER / 'lives.txt').read_text('utf-8')}".split("\n# ")
    return {name: rest.splitlines() for name, _, rest in (text.partition("\n") for text in told)}


def answer(request: str) -> dict[str, Any]:
    """Return the dates, windows and totals of a plan, or where a calendar ends that is none."""
    code, told = _done(["plan", *_ruled(shlex.split(request))])
    if "error" in told:
        conflict = told.get("conflict") or {}
        return {
            "exit": code,
            "session": conflict.get("session"),
            "window": _window(conflict.get("window")),
        }
    return {
        "exit": code,
        "sessions": [_session(session) for session in told["sessions"]],
        "top_ups": [_session(session) for session in told["top_ups"]],
        "cost": _cost(told["cost"]),
        "top_up_cost": _cost(told["top_up_cost"]),
    }


def life(commands: list[str]) -> list[dict[str, Any]]:
    """Return how each command of a life ends, and what the course's dates and totals are then."""
    with TemporaryDirectory() as folder:
        book = {
            "MESO_BOOK": f"{folder}/of.book",
            "MESO_HEAD": folder,
            "MESO_CLINIC": "clinics/clinic.toml",
        }
        course, steps = "", []
        for day, command, *words in map(shlex.split, commands):
            given = _ruled(words) if command == "open" else [course, *words]
            code, told = _done(["courses", command, *given, "--as-of", day], **book)
            course = course or told["course"]
            shown = _done(["courses", "show", course, "--as-of", day], **book)[1]
            steps.append({"exit": code, **_standing(shown)})
        return steps


def _ruled(words: list[str]) -> list[str]:
    """Give the protocols, which stand before the options, the rules that are kept here."""
    asked = words[: next((at for at, word in enumerate(words) if word[0] == "-"), len(words))]
    ids = [re.split(r"[*@]", word)[0] for word in asked]
    return [*words, *(word for name in ids for word in ("--rules", f"rules/{name}.toml"))]


def _done(words: list[str], **environment: str) -> tuple[int, Any]:
    own = {"XDG_CONFIG_HOME": "none", **environment}
    ran = entered([*words, "--format", "json"], FOLDER, stdin=b"", **own)
    return ran.returncode, json.loads(ran.stdout)


def _session(told: Any) -> str:
    name = f"{told.get('label') or ''}{told['number']}"
    window = f", {_window(told['window'])}" if "window" in told else ""
    return f"{name} {told['status']} {told['date']}{window}"


def _window(told: Any) -> str | None:
    return told and " ".join(told[day] for day in _DAYS if day in told)


def _cost(told: Any) -> Any:
    if told is None:
        return None
    tax, deposit = told["tax"], told["deposit"]
    return {
        "total": f"{told['low']} {told['high']} {told['currency']}",
        "tax": tax and tax["amount"],
        "deposit": deposit and f"{deposit['due']} {deposit['amount']}",
        "instalments": [f"{part['due']} {part['amount']}" for part in told["instalments"] or []],
    }


def _standing(told: Any) -> dict[str, Any]:
    return {
        "sessions": [_session(session) for session in told["sessions"]],
        "next": _window(told["next"]),
        "account": told["account"] and _account(told["account"]),
    }


def _account(told: Any) -> dict[str, Any]:
    return {
        "agreed": f"{told['agreed_low']} {told['agreed_high']} {told['currency']}",
        "paid": told["paid"],
        "open": told["open"],
        "due": [f"{part['due']} {part['amount']} {part['open']}" for part in told["due"]],
    }
