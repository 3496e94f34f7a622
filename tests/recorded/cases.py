"""What is asked of the program: one command, or a life of many in one folder."""

import shlex
from pathlib import Path
from typing import NamedTuple

DAY = "2026-12-01"
TYPED = Path(__file__).with_name("typed")


class Step(NamedTuple):
    """One command.

    Args:
        words: What is typed; `{1}` is the id of the first course opened in the same case.
        day: The day it is typed on.
        stdin: What comes in.
        copies: Files written over others before, `{"clinic.toml": "painters.toml"}`.
        environment: What is set besides.
    """

    words: tuple[str, ...]
    day: str = DAY
    stdin: str = ""
    copies: tuple[tuple[str, str], ...] = ()
    environment: tuple[tuple[str, str], ...] = ()

    @property
    def line(self) -> str:
        """What is typed, as in a shell."""
        return shlex.join(self.words)


class Case(NamedTuple):
    """Commands in a folder of their own, under a name that tells what they are about."""

    name: str
    steps: tuple[Step, ...]


def asked(group: str) -> list[Case]:
    """Return a case for each command line of a file, named by its number and its words."""
    lines = (TYPED / f"{group}.txt").read_text("utf-8").splitlines()
    return [
        case_of(group, number, Step(tuple(shlex.split(line))))
        for number, line in enumerate(filter(None, lines), 1)
    ]


def case_of(group: str, number: int, step: Step) -> Case:
    """Return the case of one command."""
    return Case(f"{group} {number:03}: {step.line[:90]}", (step,))
