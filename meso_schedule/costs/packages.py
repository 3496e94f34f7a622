"""The cheapest mix of single sessions and packages."""

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

_STEP = 16


def cheapest_mix(
    session: Decimal, packages: Sequence[tuple[int, Decimal]], count: int
) -> list[int]:
    """Return how many single sessions, then how many of each package, hold exactly `count`.

    The cheapest mix wins, then the one with the fewest lines, then the one with the most
    of the packages named first.

    Args:
        session: The price of a single session.
        packages: Sessions and price of each package.
        count: How many sessions are needed.

    >>> cheapest_mix(Decimal(180), [(6, Decimal(960)), (3, Decimal(500))], 10)
    [1, 1, 1]
    """
    answer = mixes([*packages, (1, session)], count)[count]
    assert answer is not None, "single sessions fill any count"
    counts = [-negative for negative in answer[2]]
    return [counts[-1], *counts[:-1]]


# What a mix costs, its lines, and how many of each item it takes: kept negative, so that the
# smallest has the most of the first.
Mix = tuple[Decimal, int, tuple[int, ...]]


def mixes(items: Sequence[tuple[int, Decimal]], most: int) -> list[Mix | None]:
    """Return the best mix of each number of sessions from 0 to `most`; None where there is none."""
    # Text, since equal amounts may differ in their digits; in steps, since many numbers are asked.
    told = tuple([(size, str(price)) for size, price in items])
    return _mixes(told, -(-most // _STEP) * _STEP)[: most + 1]


@lru_cache(maxsize=64)
def _mixes(items: tuple[tuple[int, str], ...], most: int) -> list[Mix | None]:
    best: list[Mix | None] = [(Decimal(0), 0, ()), *[None] * most]
    for size, price in [(size, Decimal(price)) for size, price in items]:
        sold: list[Mix | None] = [None] * (most + 1)
        for held in range(size, most + 1):
            options: list[Mix] = []
            if before := best[held - size]:
                options.append((before[0] + price, before[1] + 1, (*before[2], -1)))
            if before := sold[held - size]:
                *others, own = before[2]
                options.append((before[0] + price, before[1], (*others, own - 1)))
            sold[held] = min(options, default=None)
        unsold = [mix and (mix[0], mix[1], (*mix[2], 0)) for mix in best]
        pairs = zip(sold, unsold, strict=True)
        best = [min(filter(None, pair), default=None) for pair in pairs]
    return best
