"""How long the runs are: short with the suite, long by `MESO_LONG=1`."""

import os
from collections.abc import Sequence
from itertools import product
from typing import Any

IS_LONG = os.environ.get("MESO_LONG") == "1"


def length(short: int, long: int) -> int:
    """Return the length of a run."""
    return long if IS_LONG else short


def sampled(cases: Sequence[Any], every: int) -> Sequence[Any]:
    """Return every one of some cases, or with the suite one of so many."""
    return cases[:: length(every, 1)]


def crossed(*lists: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return each entry with each of the other lists; with the suite each at least once."""
    if IS_LONG:
        return list(product(*lists))
    longest = max(map(len, lists))
    return [tuple(entries[turn % len(entries)] for entries in lists) for turn in range(longest)]
