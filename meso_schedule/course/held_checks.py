"""Sessions held as people write them, and what no record of them can say."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Annotated

from pydantic import BeforeValidator

from meso_schedule.base.errors import Fault
from meso_schedule.base.models import iso_date
from meso_schedule.course.wishes import HeldDay


def _held(value: object) -> date | HeldDay:
    if isinstance(value, HeldDay):
        return value
    if isinstance(value, str) and ":" in value:
        return HeldDay.parse(value)
    return iso_date(value)


# A day on which a session was held; of several protocols, with the id of its own.
Held = Annotated[date | HeldDay, BeforeValidator(_held)]


def day_of(held: date | HeldDay) -> date:
    """Return the day of a session held."""
    return held.day if isinstance(held, HeldDay) else held


def whose(held: date | HeldDay) -> str | None:
    """Return the id of the protocol of a session held, where it is written."""
    return held.protocol if isinstance(held, HeldDay) else None


def held_faults(
    held: Sequence[date], as_of: date, improved_on: date | None = None
) -> Iterator[Fault]:
    """Find what no sessions held can be: none, ahead of the day of asking, twice, out of order."""
    yield from order_faults(held)
    for name, day in (("held", max(held, default=None)), ("improved_on", improved_on)):
        if day and day > as_of:
            problem = f"{day} lies after the day of asking, {as_of}."
            yield Fault("not_yet", problem, None, name, str(day), "Record what has happened only.")
    if improved_on and (not held or improved_on < held[0]):
        problem = f"No session was held by {improved_on}, the day of the improvement."
        remedy = "Give the sessions held, or leave improved_on out."
        yield Fault("contradiction", problem, None, "improved_on", str(improved_on), remedy)


def order_faults(held: Sequence[date]) -> Iterator[Fault]:
    """Find days that stand twice or out of order."""
    for before, day in pairwise(held):
        if day == before:
            problem, remedy = f"{day} is given twice.", "Give each session once."
            yield Fault("duplicate_session", problem, None, "held", str(day), remedy)
        elif day < before:
            problem, remedy = f"{day} stands after {before}.", "Give the earlier day first."
            yield Fault("wrong_order", problem, None, "held", str(day), remedy)
