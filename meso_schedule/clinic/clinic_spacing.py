"""A clinic's own spacing rules, which take the place of those in rule files."""

from collections.abc import Iterator, Sequence

from meso_schedule.base.errors import Fault
from meso_schedule.base.free_text import Text
from meso_schedule.base.identifiers import FAMILIES, Identifier
from meso_schedule.base.intervals import Interval, side_faults
from meso_schedule.base.models import Flag, Model
from meso_schedule.base.readable_fields import read_entries


class ClinicSpacing(Model):
    """The distance a clinic keeps between two treatments; it replaces what rule files say of them.

    Args:
        first: A family or the id of a protocol.
        other: Another one.
        same_area: Whether it holds only where both treat the same area.
        minimum: After `first`, before `other`; left out or `0 days`, none.
        minimum_before: After `other`, before `first`; left out or `0 days`, none.
        same_day: Whether both may share a visit.
        reason: Why, in the clinic's words.
    """

    first: Identifier
    other: Identifier
    same_area: Flag = True
    minimum: Interval | None = None
    minimum_before: Interval | None = None
    same_day: Flag = False
    reason: Text | None = None

    @property
    def names(self) -> tuple[str, str]:
        """The two treatments, whichever is named first."""
        return (self.first, self.other) if self.first <= self.other else (self.other, self.first)


def spacing_faults(rules: Sequence[ClinicSpacing | None] | None) -> Iterator[Fault]:
    """Find negative gaps, rules of a protocol with itself and rules that contradict each other."""
    seen: dict[tuple[object, ...], str] = {}
    for place, rule in read_entries(rules, "spacing"):
        yield from side_faults(rule.minimum, rule.minimum_before, place)
        if rule.first == rule.other and rule.first not in FAMILIES:
            problem, remedy = (
                "The rule names one protocol twice.",
                "Name two protocols, or families.",
            )
            yield Fault("names_itself", problem, None, f"{place}.other", rule.other, remedy)
        before = seen.setdefault((*rule.names, rule.same_area), place)
        if before != place:
            problem = f"{before} is for the same two treatments."
            remedy = "Keep one of them; minimum_before is for the other way round."
            names = f"{rule.first} {rule.other}"
            yield Fault("contradiction", problem, None, place, names, remedy)
