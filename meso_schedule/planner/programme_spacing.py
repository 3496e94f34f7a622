"""What treatments of one calendar keep free for one another."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations

from meso_schedule.availability.named_treatments import check_names, treatment_of
from meso_schedule.availability.treatment_spacing import Block, Pair, blocks_around, pair_of
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.request import CourseRequest
from meso_schedule.planner.setup import Setup
from meso_schedule.rules.protocol import Protocol

# The distance between two treatments, by their places.
Pairs = Mapping[tuple[int, int], Pair]


def pairs_between(
    protocols: Sequence[Protocol],
    request: CourseRequest,
    clinic: Clinic,
    known: Mapping[str, Protocol],
) -> Pairs:
    """Return the distance between any two, by their places.

    Raises:
        UnknownNameError: When a rule of the clinic names a treatment that nobody knows.
    """
    pairs = list(combinations(range(len(protocols)), 2))
    if not pairs:
        return {}
    check_names(clinic, known)
    treatments = [treatment_of(protocol, request.area) for protocol in protocols]
    return {
        (one, other): pair_of(treatments[one], treatments[other], clinic) for one, other in pairs
    }


def without_days_of(setup: Setup, blocks: Sequence[Block]) -> Setup:
    """Return what is asked with more days kept free for treatments of the same plan."""
    if not blocks:
        return setup
    availability = setup.availability.without(blocks)
    every, beside = (*setup.blocks, *blocks), (*setup.beside, *blocks)
    return replace(setup, availability=availability, blocks=every, beside=beside)


def blocks_of(pairs: Pairs, place: int, other: int, days: Sequence[date]) -> Iterator[Block]:
    """Yield the days that the sessions of another protocol keep free for one."""
    pair = seen_from(pairs, place, other)
    for day in days:
        yield from blocks_around(pair, day)


def seen_from(pairs: Pairs, place: int, other: int) -> Pair:
    """Return the distance between two protocols, the one at `place` first."""
    return pairs[place, other] if place < other else pairs[other, place].turned


def held_blocks(setups: Sequence[Setup], pairs: Pairs, place: int) -> Iterator[Block]:
    """Yield the days that the sessions held of all others keep free for one."""
    for other, setup in enumerate(setups):
        if other != place and setup.standing:
            held = [entry.date for entry in setup.standing.history]
            yield from blocks_of(pairs, place, other, held)
