"""How the criteria of a repair become one number, and what a bound of it says of each."""

from math import ceil
from typing import NamedTuple

from meso_schedule.capacity.places import RepairMeasure
from meso_schedule.capacity.quarter_prices import Weights

_NAMES = RepairMeasure._fields
# So little that they only decide between calendars that cost the same otherwise.
_SMALL = {"moved": 1e-3, "moved_days": 1e-4, "moved_minutes": 1e-7, "handovers": 1e-9}


class Scale(NamedTuple):
    """How courses not kept, late days and sessions changed become one number.

    Args:
        late: How many sessions changed a late day is worth: more than there are.
        kept: How many a course that can't be kept is worth: more than all of both.
        most_changed: How many sessions there are.
        most_late: By how many days all of them together can be late.
    """

    late: int
    kept: int
    most_changed: int
    most_late: int

    @classmethod
    def of(cls, sessions: int, late_days: int) -> "Scale":
        """Return one for so many sessions and, together, so many days late."""
        late = 10 ** len(str(2 * sessions))
        return cls(late, late * 10 ** len(str(2 * late_days)), sessions, late_days)

    @property
    def pure(self) -> Weights:
        """The weights of the criteria that are proven."""
        return (float(self.kept), float(self.late), 1.0, 0.0, 0.0, 0.0, 0.0)

    @property
    def weights(self) -> Weights:
        """The same, with a little for all others."""
        return (*self.pure[:3], *(_SMALL[name] for name in _NAMES[3:]))

    @property
    def goals(self) -> list[dict[int, int]]:
        """What is chosen by, one after another."""
        days = 10_000
        return [{0: self.kept, 1: self.late, 2: 1}, {3: days, 4: 1}, {5: 100, 6: 1}]

    def least(self, bound: float) -> RepairMeasure:
        """Return what a bound says of each criterion."""
        total = max(0, ceil(bound - 1e-4))
        kept, rest = divmod(total, self.kept)
        if rest > self.most_late * self.late + self.most_changed:  # so one more is not kept
            kept, rest = kept + 1, 0
        late, changed = divmod(rest, self.late)
        if changed > self.most_changed:
            late, changed = late + 1, 0
        return RepairMeasure(not_kept=kept, late_days=late, changed=changed)
