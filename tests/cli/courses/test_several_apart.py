"""Two treatments that do not bind each other go as two courses of their own would.

Whatever is held, improved or paid: verdicts, what is due, and the sums are those of the
courses kept apart.
"""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.cli.courses.desk import CLINIC, Counter
from tests.cli.courses.several import HAIR
from tests.support.lengths import length

PRICES = '[prices.hair]\nsession = "70.00"\ndeposit = "10%"\ninstalments = 2\n'
FREE = """\
[[spacing]]
first = "skin"
other = "hair"
minimum = "0 days"
same_day = true
"""
NAMES = ("skin", "hair")
WANTED = ("skin*4", "hair*3")


def opened(counter: Counter, *protocols: str) -> str:
    rules = ("--rules", "skin.toml", "--rules", "hair.toml")
    course: str = counter.done("courses", "open", *protocols, *rules)["course"]
    return course


def told(counter: Counter, course: str, name: str) -> dict[str, Any]:
    """Return what is told of one treatment, whatever else the course has."""
    shown = counter.done("courses", "show", course)
    parts = shown.get("treatments", [{"protocol": name, "next": shown["next"]}])
    return {
        "next": next(part["next"] for part in parts if part["protocol"] == name),
        "held": [
            (it["number"], it["date"], it["phase"] if it["status"] == "held" else None)
            for it in shown["sessions"]
            if it["protocol"] == name and it["status"] in ("held", "missed")
        ],
        "history": [
            (it["number"], it["date"], it["verdict"], it["counts"], it["reason"])
            for it in shown["history"]
            if it.get("protocol", name) == name
        ],
    }


def sums(counter: Counter, *courses: str) -> list[Decimal]:
    accounts = [counter.done("courses", "show", course)["account"] for course in courses]
    names = ("agreed_low", "paid", "balance")
    return [sum((Decimal(it[name]) for it in accounts), Decimal(0)) for name in names]


@pytest.mark.parametrize("seed", range(length(2, 40)))
def test_together_as_apart(counter: Counter, seed: int) -> None:
    rng = Random(seed)
    Path("clinic.toml").write_text(CLINIC + PRICES + FREE)
    Path("hair.toml").write_text(HAIR)
    both = opened(counter, *WANTED)
    apart = {name: opened(counter, wish) for name, wish in zip(NAMES, WANTED, strict=True)}
    day = date(2026, 12, 1)
    for _ in range(7):
        day += timedelta(days=rng.choice((0, 3, 7, 8, 11, 15)))
        counter.set_day(str(day))
        name = rng.choice(NAMES)
        kind = rng.choice(("hold", "hold", "hold", "improve", "pay"))
        amount = str(rng.randint(1, 90))
        more = [amount] if kind == "pay" else []
        which = [] if kind == "pay" else ["--treatment", name]
        words = (
            ("courses", kind, both, *more, *which),
            ("courses", kind, apart[name], *more),
        )
        together, alone = (counter.ask(*one, "--format", "json") for one in words)
        assert together.code == alone.code, (together, alone)
        if together.code:
            assert together.json["error"]["code"] == alone.json["error"]["code"]
        for one in NAMES:
            assert told(counter, both, one) == told(counter, apart[one], one)
        assert sums(counter, both) == sums(counter, *apart.values())
    settled = [
        counter.done("courses", "stop", course)["settlement"] for course in (both, *apart.values())
    ]
    used = [Decimal(it["used"]) for it in settled]
    assert used[0] == used[1] + used[2]
    assert counter.done("book", "verify")["is_sound"]
