"""What a diary shows: the days of a clinic, who comes, what clashes, and what nobody has booked."""

from meso_schedule.base.dates import Day
from meso_schedule.base.models import Model, Sentence
from meso_schedule.base.times import Clock, TimeRange


class Person(Model):
    """A practitioner: the id, and the name."""

    id: str
    name: str


class DiaryEntry(Model):
    """A session of a diary.

    Args:
        number: That of the session in the course; 0 of a visit before session 1.
        test: What is tested, of a test before session 1.
        minutes: How long it takes; None where nobody knows.
        practitioner: Who gives it; None where the clinic names nobody.
        rooms: Those that would do.
        room: The one that it has as things stand; None where it has none, or is over.
        called: Who gives it, by name, and in which room, where there are several.
        clashes: What else is booked at its time with the same people, or where nobody is named.
        revision: That of the course.
        before: Minutes at its beginning without the practitioner.
        after: Minutes at its end without the practitioner.
    """

    date: Day
    start: Clock | None
    minutes: int | None
    course: str
    patient: str | None
    phone: str | None
    protocol: str
    number: int
    test: str | None = None
    status: str
    provisional: bool
    practitioner: str | None
    rooms: tuple[str, ...]
    room: str | None = None
    called: str | None = None
    clashes: tuple[Sentence, ...] = ()
    revision: int = 0
    before: int = 0
    after: int = 0

    @property
    def span(self) -> TimeRange | None:
        """Its time; None where it has none, or did not take place."""
        if self.start is None or self.status == "missed":
            return None
        first = self.start.minutes
        return TimeRange(first, min(first + (self.minutes or 1), 24 * 60))

    @property
    def hands_on(self) -> TimeRange | None:
        """The time of it that takes who gives it; None where it has no time."""
        if self.span is None:
            return None
        first = self.span.start + self.before
        return TimeRange(first, max(first + 1, self.span.end - self.after))

    @property
    def what(self) -> str:
        """The session, or what it is before session 1."""
        return f"{self.protocol}, session {self.number}" if self.number else self.short

    @property
    def short(self) -> str:
        """The same in a narrow column."""
        if self.test:
            return f"{self.protocol}: {self.test}"
        return f"{self.protocol} {self.number or ''}".strip()

    @property
    def who(self) -> str:
        """The patient, else the course."""
        return self.patient or self.course


class DiaryDay(Model):
    """A day of a diary.

    Args:
        shut: Why the clinic is closed; empty where it is open.
        free: Opening hours in which nothing is booked.
        minutes: In the chair, as far as they are known.
    """

    date: Day
    entries: tuple[DiaryEntry, ...]
    shut: tuple[str, ...]
    free: tuple[TimeRange, ...]
    minutes: int

    @property
    def missed(self) -> int:
        """How many were missed."""
        return sum(entry.status == "missed" for entry in self.entries)

    @property
    def consultations(self) -> int:
        """How many are consultations, those that were missed aside."""
        return sum(
            not (entry.number or entry.test) and entry.status != "missed" for entry in self.entries
        )

    @property
    def tests(self) -> int:
        """How many are tests before session 1."""
        return sum(entry.test is not None for entry in self.entries)

    @property
    def sessions(self) -> int:
        """How many are sessions, those that were missed aside."""
        return len(self.entries) - self.missed - self.consultations - self.tests


class DiarySheet(Model):
    """The days of a diary, one after another.

    Args:
        clinic: The clinic's name.
        timezone: The zone of all times.
        made_on: The day of asking.
        people: The practitioners whose columns a grid has.
        country: Where the clinic is, if known; the clock of outputs is that of the country.
    """

    clinic: str
    timezone: str
    made_on: Day
    days: tuple[DiaryDay, ...]
    people: tuple[Person, ...] = ()
    country: str | None = None

    @property
    def entries(self) -> tuple[DiaryEntry, ...]:
        """The sessions of all days, by date and time."""
        return tuple(entry for day in self.days for entry in day.entries)
