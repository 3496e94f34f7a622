"""A test that a rule wants before its first session."""

from datetime import date, timedelta

from meso_schedule.base.free_text import Text
from meso_schedule.base.intervals import Offset
from meso_schedule.rules.rule_tables import Sourced


class PriorTest(Sourced):
    """A test before the course, such as a patch test: a dated visit of its own.

    Args:
        before: How long before the first session it is to be done at the latest.
    """

    what: Text
    before: Offset

    def last_day(self, first: date) -> date:
        """Return the last day that leaves it its time before a day; hours are whole days.

        Args:
            first: The day of the first session.
        """
        number, unit = self.before.parts
        if unit == "hour":
            return first - timedelta(days=-(-number // 24))
        return Offset.parse(f"-{number} {unit}s").from_day(first)
