"""A desk at which every course of one is the first treatment of a programme.

What is typed of the course is typed of that treatment, and what is told of the other is left out,
so that a test of a course of one runs in a programme as it stands. The other begins long after and
costs nothing; neither keeps days free for the other.
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.cli.courses.desk import RULES, Ran

IN_A_PROGRAMME = "in a programme"
in_both = pytest.mark.parametrize(
    "counter",
    ["alone", pytest.param(IN_A_PROGRAMME, marks=pytest.mark.untraced)],
    indirect=True,
)
_OTHER, _BEGINS = "zone", "2027-09-06"
# How a session is named behind an option.
_NAMED = {"--session": "A{}", "--release": "A{}", "--held": "skin:{}", "--pin": "skin:{}"}
_MARK = re.compile(r"\b(A|skin:)(?=\d)")


def in_a_programme(call: Callable[..., Ran]) -> Callable[..., Ran]:
    """Return what runs a command with a programme wherever a course of one is meant."""

    def called(*words: str, **options: Any) -> Ran:
        ran = call(*_typed(words), **options)
        if "json" not in words or not ran.out:
            return ran._replace(out=_MARK.sub("", ran.out), err=_MARK.sub("", ran.err))
        return ran._replace(out=json.dumps(_of_first(json.loads(ran.out))))

    return called


def _typed(words: Sequence[str]) -> Iterator[str]:
    rules = f"{_OTHER}.toml"
    if words[:3] == ("courses", "open", "skin"):
        Path(rules).write_text(_rules())
        words = (*words, f"{_OTHER}*1@{_BEGINS}", "--rules", rules)
    elif words[1] == "adopt" and "--rules" in words:
        words = (*words, "--rules", rules)
    for before, word in zip(("", *words), words, strict=False):
        if word.isdigit() and words[1] == "move" and before in ("--alone", words[2]):
            yield f"A{word}"
        elif word == "skin" and "--sessions" in words:
            yield f"skin*{words[words.index('--sessions') + 1]}"
        elif before == "--set" and word.startswith("number="):
            yield word.replace("=", "=A")
        elif "--sessions" not in (before, word):
            yield _NAMED.get(before, "{}").format(word)


def _rules() -> str:
    text = RULES.partition("[top_up]")[0].replace('"skin"', f'"{_OTHER}"')
    text = text.replace('"mesotherapy"', '"device"').replace('"face"', '"scalp"')
    text = text.replace("after_improvement = true\n", "").replace("minimum = 2\n", "minimum = 1\n")
    currency = tomllib.loads(Path("clinic.toml").read_text()).get("currency", "GBP")
    free = 'per = "session"\nlow = "0"\nhigh = "0"\nassumption = "test"\n'
    return f'{text}[[prices]]\ncurrency = "{currency}"\n{free}'


def _of_first(told: Any) -> Any:
    """Return what is told of the first treatment; the other stays on its day."""
    if isinstance(told, dict):
        return {name: None if name == "label" else _of_first(it) for name, it in told.items()}
    if isinstance(told, list):
        return [_of_first(it) for it in told if not _is_other(it)]
    return _MARK.sub("", told) if isinstance(told, str) else told


def _is_other(told: Any) -> bool:
    if not isinstance(told, dict):
        return bool(told == _OTHER)
    if _OTHER not in (told.get("protocol"), told.get("id")) and told.get("label") != "B":
        return False
    assert told.get("date", _BEGINS) == _BEGINS
    return True
