"""Lives of books written one by one: under `## name` what is typed, on the day after `@`."""

import shlex

from tests.recorded.cases import TYPED, Case, Step

CLINIC = (("MESO_CLINIC", "clinic.toml"),)


def written_lives() -> list[Case]:
    """Return the lives that are written one by one."""
    _, *lives = f"\n{(TYPED / 'lives.txt').read_text('utf-8')}".split("\n## ")
    return [_life(number, *text.split("\n", 1)) for number, text in enumerate(lives, 1)]


def _life(number: int, name: str, text: str) -> Case:
    steps: list[Step] = []
    day, copies = "", tuple[tuple[str, str], ...]()
    for line in text.splitlines():
        if line.startswith("@"):
            day = line[1:]
        elif line.startswith("cp "):
            _, source, target = line.split()
            copies = ((target, source),)
        else:
            steps.append(Step(tuple(shlex.split(line)), day, copies=copies, environment=CLINIC))
            copies = ()
    return Case(f"life {number:02}: {name}", tuple(steps))
