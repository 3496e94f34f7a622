"""What a call list shows: whom to call about which session, by urgency, and who is not kept."""

from meso_schedule.base.dates import Day
from meso_schedule.base.models import Model
from meso_schedule.base.times import Clock


class CallPlace(Model):
    """Where a session is.

    Args:
        practitioner: Who gives it, by the id; None where nobody is named.
        called: The same by name.
    """

    date: Day
    start: Clock | None
    practitioner: str | None
    called: str | None

    @property
    def moment(self) -> tuple[str, str]:
        """What places stand in order by."""
        return str(self.date), str(self.start or "")


class CallLine(Model):
    """A session about which a patient is called, or the consultation or a test before it.

    Args:
        number: 0 of a consultation, or a test.
        mark: `4`, or `B2` of several treatments; `consultation` of one, a test with what it is.
        before: Where it is booked; None of a session that had no day, as one that was missed.
        after: Where it goes; None where it is let go, of another visit that has no day.
        why: In a sentence for staff.
    """

    patient: str | None
    phone: str | None
    course: str
    protocol: str
    number: int
    mark: str
    before: CallPlace | None
    after: CallPlace | None
    why: str

    @property
    def who(self) -> str:
        """The patient, else the course."""
        return self.patient or self.course

    @property
    def gone(self) -> str:
        """What becomes of it where it goes nowhere."""
        return "let go" if self.number else "no day found"

    @property
    def urgency(self) -> tuple[str, str]:
        """The moment by which the patient must know: the earlier of both places."""
        return min(it.moment for it in (self.before, self.after) if it)


class NotKept(Model):
    """A course that has no calendar any more.

    Args:
        reasons: Why, a line each; what belongs to the line before is indented.
    """

    who: str
    course: str
    reasons: tuple[str, ...]


class CallList(Model):
    """Whom to call, the most urgent first.

    Args:
        title: What it is about.
        clinic: The clinic's name.
        summary: How many fall away, are kept, and are called.
        made_on: The day of asking.
        country: Where the clinic is, if known; the clock of outputs is that of the country.
    """

    title: str
    clinic: str
    summary: str
    made_on: Day
    country: str | None
    lines: tuple[CallLine, ...]
    not_kept: tuple[NotKept, ...]

    @property
    def consultations(self) -> tuple[CallLine, ...]:
        """Those of the lines that are about a consultation."""
        return tuple(it for it in self.lines if it.mark == "consultation")
