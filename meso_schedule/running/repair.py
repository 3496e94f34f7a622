"""What becomes of the booked sessions that an absence or a closure of the clinic hits.

Courses take their turn, the one whose first lost session is nearest before all others. Each is
planned exactly beside what is booked and what those before it got; all together are not.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from meso_schedule.base.dates import DateRange
from meso_schedule.base.errors import InputError, shortened
from meso_schedule.book.absence_records import Absent
from meso_schedule.book.absences import BookedAbsence, is_hit, with_absences
from meso_schedule.book.book import Book
from meso_schedule.book.digests import canonical
from meso_schedule.book.records import Cancelled, Record
from meso_schedule.book.state import CourseSession, CourseState
from meso_schedule.book.takings import BookedVisit, occupancy_of, visits_of
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.no_calendar import NoCalendarFits
from meso_schedule.running.assigning import with_booked
from meso_schedule.running.course_view import CourseView
from meso_schedule.running.replanning import replanned

_DIGITS = 8
# So long a proposal can be booked.
_DAYS = 7
_ID = re.compile(r"[0-9]{6}-[0-9]{1,12}-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Call:
    """A session that changes its day, its time or who gives it.

    Args:
        before: As it was booked.
        after: As it is to be; None where it is taken off the calendar.
    """

    before: CourseSession
    after: CourseSession | None


@dataclass(frozen=True, slots=True)
class Repaired:
    """What becomes of a course that is hit.

    Args:
        state: The course as it is.
        lost: Its sessions that fall away.
        records: What is written to it.
        refusal: Why no calendar keeps it; its sessions from the first lost one on are let go.
    """

    state: CourseState
    lost: tuple[CourseSession, ...]
    records: tuple[Record, ...]
    refusal: NoCalendarFits | None = None

    @property
    def calls(self) -> list[Call]:
        """The sessions about which the patient is called, by their days."""
        later = {
            (it.protocol, it.number): it for it in with_booked(self.state, self.records).sessions
        }
        pairs = (Call(it, later.get((it.protocol, it.number))) for it in self.state.upcoming)
        return [it for it in pairs if it.before.status == "booked" and _differs(it)]


def _differs(call: Call) -> bool:
    before, after = call.before, call.after
    return after is None or _place(before) != _place(after)


def _place(session: CourseSession) -> tuple[date, object, str | None]:
    giver = session.takes.practitioner if session.takes else None
    return session.date, session.start, giver


@dataclass(frozen=True, slots=True)
class Proposal:
    """A repair that can be booked as long as nothing of it changes.

    Args:
        absence: What is written of the clinic.
        courses: In the order of their turn.
        revision: How many events the book had.
        as_of: The day of asking.
    """

    absence: Absent
    courses: tuple[Repaired, ...]
    revision: int
    as_of: date

    @property
    def id(self) -> str:
        """What it is booked by: the day, the end of the book, and a digest of all it writes."""
        told = [self.absence.told, *([it.state.course, _told(it.records)] for it in self.courses)]
        digest = hashlib.sha256(canonical(told).encode()).hexdigest()[:_DIGITS]
        return f"{self.as_of:%y%m%d}-{self.revision}-{digest}"

    @property
    def changes(self) -> list[tuple[str | None, Sequence[Record], int | None]]:
        """What is written to the book, all or none."""
        own = [
            (it.state.course, it.records, it.state.revision) for it in self.courses if it.records
        ]
        return [(None, [self.absence], None), *own]


def _told(records: Iterable[Record]) -> list[object]:
    return [[record.kind, record.told] for record in records]


def proposal(
    book: Book, clinic: Clinic, absence: Absent, *, now: datetime, as_of: date, late: int = 0
) -> Proposal:
    """Return what becomes of the courses that an absence hits.

    Args:
        book: Where they are booked.
        clinic: As its file says.
        absence: Who is not there, or that the clinic is closed, and when.
        now: The moment of asking.
        as_of: The day of asking; sessions before it stay.
        late: How many days late sessions may be, where the course itself allows fewer.

    Raises:
        InputError: For an absence that lies wholly in the past.
    """
    if absence.last < as_of:
        raise InputError.of(
            "past",
            f"The absence ends on {absence.last}, before the day of asking, {as_of}.",
            field="days",
            value=absence.last,
            remedy="Name days that are still to come.",
        )
    revision = book.head().count
    days = DateRange(max(absence.first, as_of), absence.last)
    known = BookedAbsence.made(
        id="",
        practitioner=absence.practitioner,
        first=absence.first,
        last=absence.last,
        reason=absence.reason,
    )
    clinic = with_absences(clinic, [*book.absences(), known])
    lines = [it for it in book.diary(days.first, days.last) if it.status == "booked"]
    states = (book.course(name) for name in dict.fromkeys(it.course for it in lines))
    hit = [
        (CourseView(state, as_of, clinic, book, now, book.beside(state)), lost)
        for state in states
        if (lost := tuple(_lost(state, absence.practitioner, days)))
    ]
    hit.sort(key=lambda it: (it[1][0].date, str(it[1][0].start), it[0].state.course))
    courses = tuple(_repairs(hit, book.visits(as_of), clinic, late))
    return Proposal(absence, courses, revision, as_of)


def _lost(state: CourseState, practitioner: str | None, days: DateRange) -> Iterator[CourseSession]:
    for it in state.upcoming:
        giver = it.takes.practitioner if it.takes else None
        if it.status == "booked" and is_hit(practitioner, days, it.date, giver):
            yield it


def _repairs(
    hit: Sequence[tuple[CourseView, tuple[CourseSession, ...]]],
    visits: Sequence[BookedVisit],
    clinic: Clinic,
    late: int,
) -> Iterator[Repaired]:
    taken, latest = list(visits), dict[str, CourseState]()
    for view, lost in hit:
        state = view.state
        others = [visit for visit in taken if visit.course != state.course]
        beside = tuple(latest.get(it.course, it) for it in view.beside)
        now = clinic.with_booked(occupancy_of(others)) if clinic.practitioners else clinic
        found = _repaired(replace(view, beside=beside), lost, now, late)
        latest[state.course] = with_booked(state, found.records)
        taken = [*others, *visits_of(latest[state.course])]
        yield found


def _repaired(
    view: CourseView, lost: tuple[CourseSession, ...], clinic: Clinic, late: int
) -> Repaired:
    """Return the calendar of a course that moves as few sessions as it can, or lets them go."""
    more = {"late": late} if late > view.now.asked.late else {}
    try:
        made = replanned(
            view.now,
            clinic=clinic,
            changes=more,
            release=[(it.protocol, it.number) for it in lost],
            asked_at=view.asked_at,
        )
    except NoCalendarFits as error:
        return Repaired(view.state, lost, tuple(_let_go(view, lost[0].date)), error)
    return Repaired(view.state, lost, made.records)


def _let_go(view: CourseView, first: date) -> Iterator[Record]:
    """Take the sessions from a day on off the calendar; nothing is half kept."""
    gone = (
        (one, tuple(it.number for it in one.state.upcoming if it.date >= first))
        for one in view.now.treatments
    )
    yield from (
        Cancelled(numbers=numbers, protocol=one.protocol.id, forecast=view.now.forecast)
        for one, numbers in gone
        if numbers
    )


def is_same(one: str, other: str) -> bool:
    """Tell whether two ids are of proposals that write the same, whenever they were made."""
    return one.rpartition("-")[2] == other.rpartition("-")[2]


def revision_of(proposal: str) -> int:
    """Return the end of the book on which a proposal was made.

    Raises:
        InputError: When it is the id of none.
    """
    if not _ID.fullmatch(proposal):
        raise InputError.of(
            "bad_proposal",
            f"{shortened(proposal)} is no proposal.",
            field="proposal",
            value=proposal,
            remedy="Write it as the preview told it.",
        )
    return int(proposal.split("-")[1])


def is_old(proposal: str, as_of: date) -> bool:
    """Tell whether a proposal was made more than seven days ago."""
    made = datetime.strptime(proposal[:6], "%y%m%d").date()  # noqa: DTZ007
    return not 0 <= (as_of - made).days <= _DAYS
