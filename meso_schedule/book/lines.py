"""The lines of the list of courses and of the diary."""

from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

Show = Literal["all", "due", "overdue", "unbooked"]

# What stands for the protocol of a visit before session 1 in the diary; its number is 0.
CONSULTATION = "consultation"
TEST = "test"


class CourseLine(NamedTuple):
    """A course in the list of courses; the columns of its table are these fields.

    Args:
        status: running, finished, stopped or erased.
        protocols: Their ids, separated by spaces.
        next_number: The session due next; None when none is.
        earliest: The first day it may be on.
        latest: The last day it may be on.
        booked_on: The first day that is booked; of several treatments, of the one due first.
    """

    course: str
    revision: int
    status: str
    patient: str | None
    protocols: str
    opened_on: date
    sessions_held: int
    last_held: date | None
    next_number: int | None
    next_protocol: str | None
    earliest: date | None
    recommended: date | None
    latest: date | None
    booked_on: date | None


class DiaryLine(NamedTuple):
    """A session in the diary; `low` to `high` is what it was to bring in when it was booked.

    Args:
        protocol: Its id; `consultation` of a consultation, `test` of a test.
        number: That of the session in the course; 0 of a visit before session 1.
        test: What is tested, of a test before session 1.
    """

    date: date
    start: str | None
    course: str
    patient: str | None
    protocol: str
    number: int
    status: str
    minutes: int | None
    provisional: bool
    pinned: bool
    currency: str | None
    low: Decimal | None
    high: Decimal | None
    test: str | None = None

    @property
    def is_consultation(self) -> bool:
        """Whether it is the consultation before session 1."""
        return self.number == 0 and self.test is None
