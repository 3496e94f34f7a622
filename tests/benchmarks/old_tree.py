"""Compare this source tree with an older one: `python -m tests.benchmarks.old_tree FOLDER`.

The folder holds the checkout of an older commit, as `git worktree add FOLDER COMMIT` makes it. Each
tree runs in a process of its own; they take turns, so that a busy machine slows them alike, and the
least processor time of all rounds counts. A no is set against the plan of the same protocols.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from time import process_time
from typing import Any

from meso_schedule import (
    Clinic,
    CourseRequest,
    NoCalendarFits,
    get_protocol,
    plan_combined,
    plan_course,
)
from tests.benchmarks.instance import AS_OF, REFERENCE, START

HERE = Path(__file__).parents[2]
ROUNDS, QUICK = 5, 5
ONE = "facial-rejuvenation"
SEVERAL = (
    "facial-rejuvenation+mesobotox",
    "fat-reduction+pigmentation",
    "general+mesobotox",
    "facial-rejuvenation+hair-loss+mesobotox",
    "general+mesobotox+mesoglow",
    "facial-rejuvenation+hair-loss+mesobotox+pigmentation",
)
OFTEN = ("facial-rejuvenation", "cellulite", "mesobotox", *SEVERAL[:4])
HOURS = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
SHUT = [{"from": "2026-12-20", "to": "2027-02-20"}]
NOES = {
    "closures": {},
    "event": {"event": "2026-12-20"},
    "finish-by": {"finish_by": "2026-12-24"},
    "away": {"away": "2026-12-10..2027-02-15"},
    "days": {"days": "sat"},
    "pin": {"pin": "2=2027-06-01"},
}


def work(words: str) -> Callable[[], object]:
    """Return what to time: `reference`, ids joined by `+`, or these and a kind of no."""
    if words == "reference":
        return REFERENCE.plan
    names, _, kind = words.partition(" ")
    protocols = [get_protocol(name) for name in names.split("+")]
    wishes: dict[str, Any] = dict(NOES.get(kind, {}))
    if "pin" in wishes and len(protocols) > 1:
        wishes["pin"] = f"{protocols[0].id}:{wishes['pin']}"
    request = CourseRequest.model_validate({"start": START, **wishes})
    clinic = Clinic.model_validate(
        {
            "name": "Example Clinic",
            "timezone": "Europe/London",
            "hours": HOURS,
            "closures": SHUT if kind == "closures" else [],
        }
    )
    if len(protocols) == 1:
        return lambda: plan_course(protocols[0], request, clinic=clinic, as_of=AS_OF)
    return lambda: plan_combined(protocols, request, clinic=clinic, as_of=AS_OF)


def seconds(run: Callable[[], object]) -> float:
    """Return the processor time of one run, a no or not."""
    begin = process_time()
    with suppress(NoCalendarFits):
        run()
    return process_time() - begin


def answer() -> None:
    """Time what is asked for, line by line, in this process."""
    for line in sys.stdin:
        run = work(line.strip())
        seconds(run)
        print(min(seconds(run) for _ in range(QUICK)), flush=True)


class Tree:
    """A process that times the package of a source tree."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            env={**os.environ, "PYTHONPATH": str(folder)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def least(self, words: str) -> float:
        """Return the least seconds of a round."""
        asked, told = self._process.stdin, self._process.stdout
        assert asked
        assert told
        asked.write(f"{words}\n")
        asked.flush()
        return float(told.readline())


def ratio(one: tuple[Tree, str], other: tuple[Tree, str]) -> float:
    """Return how many times as long one takes as the other."""
    rounds = [(one[0].least(one[1]), other[0].least(other[1])) for _ in range(ROUNDS)]
    return min(it for it, _ in rounds) / min(it for _, it in rounds)


def rows(old: Tree, new: Tree) -> Iterator[tuple[str, float]]:
    """Yield each comparison with its ratio."""
    yield "reference, to the old plan of it", ratio((new, "reference"), (old, "reference"))
    for names in SEVERAL:
        yield f"{names}, to an old plan of one", ratio((new, names), (old, ONE))
    for names in OFTEN:
        for kind in NOES:
            told = f"{names}, no by {kind}, to its plan"
            yield told, ratio((new, f"{names} {kind}"), (new, names))


def main() -> None:
    """Print one line for each comparison."""
    old, new = Tree(Path(sys.argv[1]).resolve()), Tree(HERE)
    for name, found in rows(old, new):
        print(f"| {name} | {found:.2f} |", flush=True)


if __name__ == "__main__":
    main() if sys.argv[1:] else answer()
