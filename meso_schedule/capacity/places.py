"""Where a session is, and what a repair is measured by."""

from collections.abc import Sequence
from typing import NamedTuple


class Placement(NamedTuple):
    """When a session is, and with whom.

    Args:
        day: As an ordinal.
        minute: When it begins, after midnight.
        practitioner: Who gives it.
    """

    day: int
    minute: int
    practitioner: str


Calendar = tuple[Placement, ...]


class RepairMeasure(NamedTuple):
    """What a repair is measured by, what counts most first.

    Args:
        not_kept: Courses that can't be kept.
        late_days: Days past their windows, beyond those that were booked late.
        changed: Sessions with another day, time or practitioner: those to call about.
        moved: Sessions with another day or time.
        moved_days: The days by which they move.
        moved_minutes: The minutes by which their times differ.
        handovers: Sessions that are given by somebody else.
    """

    not_kept: int = 0
    late_days: int = 0
    changed: int = 0
    moved: int = 0
    moved_days: int = 0
    moved_minutes: int = 0
    handovers: int = 0

    def plus(self, other: "RepairMeasure") -> "RepairMeasure":
        """Return the sum of both, criterion by criterion."""
        return RepairMeasure(*(one + more for one, more in zip(self, other, strict=True)))


# Dropping a session counts as moving it by more days than any moves.
_FAR = 400


def dropped(sessions: int) -> RepairMeasure:
    """Return what dropping sessions costs: a call each, and more than any move."""
    return RepairMeasure(changed=sessions, moved=sessions, moved_days=_FAR * sessions)


# So many criteria, from the first on, are bounded.
PROVEN = 3


def change_between(before: Sequence[Placement], after: Sequence[Placement]) -> RepairMeasure:
    """Return what moving sessions costs, lateness aside."""
    pairs = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    return RepairMeasure(
        changed=len(pairs),
        moved=sum(old[:2] != new[:2] for old, new in pairs),
        moved_days=sum(abs(new.day - old.day) for old, new in pairs),
        moved_minutes=sum(abs(new.minute - old.minute) for old, new in pairs),
        handovers=sum(old.practitioner != new.practitioner for old, new in pairs),
    )
