"""What a clinic does otherwise than a rule file, without a copy of it."""

from collections.abc import Iterator

from meso_schedule.base.errors import Fault
from meso_schedule.base.models import MAX_SESSIONS, MOST_TURNOVER, Count, Model
from meso_schedule.base.times import DAY_MINUTES

_MOST = {"usual": MAX_SESSIONS, "turnover": MOST_TURNOVER}


class OwnWay(Model):
    """How a clinic gives one treatment; what is left out is the rule's.

    Args:
        minutes: Chair time of a session.
        before: Minutes of it at the start without the practitioner.
        after: Minutes of it at the end without the practitioner.
        turnover: Minutes of the room after the patient has left.
        usual: How many sessions a course has where nothing is asked.
    """

    minutes: Count | None = None
    before: Count | None = None
    after: Count | None = None
    turnover: Count | None = None
    usual: Count | None = None

    def faults(self, place: str) -> Iterator[Fault]:
        """Find minutes that no day holds, and numbers of sessions that no course has."""
        for name in ("minutes", "before", "after", "turnover", "usual"):
            value = getattr(self, name)
            least = 1 if name in ("minutes", "usual") else 0
            most = _MOST.get(name, DAY_MINUTES)
            if value is not None and not least <= value <= most:
                problem = f"{value} is out of range."
                remedy = f"Write a whole number from {least} to {most}."
                yield Fault("bad_number", problem, None, f"{place}.{name}", str(value), remedy)
        idle = (self.before or 0) + (self.after or 0)
        if self.minutes and idle >= self.minutes:
            problem = f"before and after leave nothing of {self.minutes} minutes."
            remedy = "Write fewer minutes without the practitioner."
            yield Fault("bad_minutes", problem, None, f"{place}.minutes", str(self.minutes), remedy)
