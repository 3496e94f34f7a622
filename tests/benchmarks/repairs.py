"""Measure repairs of clinics drawn at random: `python -m tests.benchmarks.repairs [FILE]`.

Each instance is a clinic of two to ten people that has been running for months; somebody who is
booked is away for one to five days of work, so that at most 45 sessions fall away. It is repaired
with only the patients called who are hit, with others called too, and one by one. What each took is
a line of `FILE`, from which a later run goes on; `MESO_INSTANCES` says how many there are,
`MESO_WITH_OTHERS` that of every so many others are called too. Seconds are those of the processor.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any
from unittest.mock import patch

from meso_schedule import Clinic
from meso_schedule.book.takings import share_out
from meso_schedule.running import repair
from meso_schedule.running.proposal import Proposal
from tests.benchmarks.drawn_clinics import MONDAY, NOW, DrawnClinic

INSTANCES = int(os.environ.get("MESO_INSTANCES", "200"))
WITH_OTHERS = int(os.environ.get("MESO_WITH_OTHERS", "1"))
MOST_LOST = 45
# People are drawn like that, so that a few instances already hold small and large clinics.
PEOPLE = (2, 6, 3, 8, 4, 10, 5, 7, 2, 9, 3, 4)
FULL = (0.7, 0.8, 0.9, 0.6, 0.85)
AWAY = (3, 1, 5, 2, 3, 4, 1)
CALLS_OFF, MOST_SECONDS = 2, 180

Line = Mapping[str, Any]


def line_of(seed: int, folder: Path) -> Line:
    """Return what the repairs of an instance came to."""
    people, full = PEOPLE[seed % len(PEOPLE)], FULL[seed % len(FULL)]
    drawn = DrawnClinic(people, full, seed)
    absence, lost = drawn.absence(AWAY[seed % len(AWAY)], MOST_LOST)
    clinic = Clinic.read(drawn.table())
    told: dict[str, Any] = {
        "seed": seed,
        "people": people,
        "courses": len(drawn.running),
        "lost": lost,
    }
    with drawn.book(folder / f"{seed}.book") as book:
        assert not share_out(book.visits(MONDAY)).without
        made = repair.proposals(book, clinic, absence, now=NOW, as_of=MONDAY)
        told["full"] = round(drawn.full(range(14)), 2)
        told["hit"] = _told(lambda: next(made))
        if seed % WITH_OTHERS == 0:
            told["others"] = _told(lambda: next(made))
        with patch.object(repair, "has_solver", lambda: False):
            turn = repair.proposals(book, clinic, absence, now=NOW, as_of=MONDAY)
            told["turn"] = _told(lambda: next(turn))
    return told


def _told(make: Callable[[], Proposal]) -> Line:
    begin = process_time()
    made = make()
    proof = made.proof
    return {
        "seconds": round(process_time() - begin, 2),
        "method": made.method,
        "not_kept": len(made.not_kept),
        "impossible": sum(it.is_impossible for it in made.not_kept),
        "calls": sum(len(it.calls) for it in made.courses if not it.refusal),
        "others": made.others,
        "least": list(proof.least[:3]) if proof else None,
        "proven": bool(proof and proof.is_proven),
    }


def shares(lines: Sequence[Line]) -> Iterator[str]:
    """Yield what is said of all instances."""
    hit = [it["hit"] for it in lines]
    lost = [it["lost"] for it in lines]
    yield f"{len(lines)} instances, {min(lost)} to {max(lost)} sessions lost"
    proven = _share(it["proven"] for it in hit)
    yield f"only those hit: proven {proven} (95 % wanted), {_seconds(hit)} (20 wanted)"
    pairs = [(it["turn"], it["hit"]) for it in lines]
    saved = [turn["not_kept"] - own["not_kept"] for turn, own in pairs]
    yield f"against one by one: {sum(saved)} courses more kept, in {_share(saved)}"
    own = [it["others"] for it in lines if "others" in it]
    if not own:
        return
    quick = _share(it["seconds"] <= MOST_SECONDS for it in own)
    yield f"with others: {_seconds(own)}, at most {MOST_SECONDS} s in {quick}"
    kept = [bool(it["least"]) and it["not_kept"] == it["least"][0] for it in own]
    yield f"courses not kept proven {_share(kept)} (95 % wanted)"
    near = [
        same and it["calls"] - it["least"][2] <= CALLS_OFF
        for same, it in zip(kept, own, strict=True)
    ]
    yield f"calls within {CALLS_OFF} of the bound {_share(near)} (70 % wanted)"
    for name in ("hit", "turn"):
        more = sum(
            it[name]["not_kept"] - it["others"]["not_kept"] for it in lines if "others" in it
        )
        yield f"courses kept with others that {name} does not: {more}"


def _seconds(own: Sequence[Line]) -> str:
    found = [it["seconds"] for it in own]
    return f"{median(found):.1f} s median, {max(found):.1f} at most"


def _share(found: Any) -> str:
    every = [bool(it) for it in found]
    return f"{sum(every)} of {len(every)}"


def main(path: Path) -> None:
    """Print a line for each instance, then the shares."""
    lines = [json.loads(it) for it in path.read_text().splitlines()] if path.exists() else []
    known = {it["seed"] for it in lines}
    for seed in range(INSTANCES):
        if seed in known:
            continue
        with TemporaryDirectory() as folder:
            lines.append(line_of(seed, Path(folder)))
        with path.open("a") as out:
            print(json.dumps(lines[-1]), file=out)
        print(json.dumps(lines[-1]), flush=True)
    print(*shares(lines), sep="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "repairs.jsonl"))
