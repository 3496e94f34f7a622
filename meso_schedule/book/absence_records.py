"""Events of the clinic: a practitioner who is not there, or the clinic that is closed."""

from collections.abc import Iterator

from meso_schedule.base.errors import Fault
from meso_schedule.base.free_text import Text
from meso_schedule.base.identifiers import Identifier
from meso_schedule.base.models import IsoDate
from meso_schedule.book.record import Record


class Absent(Record):
    """Whole days on which a practitioner is not there; left out, on which the clinic is closed.

    It counts for everything booked later as if it stood in the clinic file. Each has an id of
    its own, made as that of a course.
    """

    kind = "absent"

    practitioner: Identifier | None = None
    first: IsoDate
    last: IsoDate
    reason: Text | None = None

    def own_faults(self) -> Iterator[Fault]:
        yield from super().own_faults()
        if self.last < self.first:
            problem = f"It ends on {self.last}, before it starts on {self.first}."
            remedy = "Write the earlier day first."
            yield Fault("bad_range", problem, None, "last", str(self.last), remedy)


class AbsenceEnded(Record):
    """The days that follow are as the clinic file says.

    Args:
        on: From this day on.
    """

    kind = "absence_ended"

    on: IsoDate
