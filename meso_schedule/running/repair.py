"""What becomes of booked sessions that an absence, a closure or a changed clinic file hits.

All courses that are hit are planned at once, by the search of `capacity`, with a bound on what any
repair costs. Where its solver is not installed they take their turn, the one whose first lost
session is nearest before all others: each is planned exactly beside those before it, all together
are not.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING

from meso_schedule.base.dates import DateRange
from meso_schedule.base.errors import InputError, shortened
from meso_schedule.book.absence_records import Absent
from meso_schedule.book.absences import BookedAbsence, is_hit, with_absences
from meso_schedule.book.book import Book
from meso_schedule.book.digests import canonical
from meso_schedule.book.records import Record
from meso_schedule.book.state import CourseSession, CourseState
from meso_schedule.capacity.places import PROVEN, RepairMeasure
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.running.course_view import CourseView
from meso_schedule.running.not_allowed import (
    Whys,
    all_not_allowed,
    consultations_not_allowed,
    lost_of,
    views_of,
    visits_today,
)
from meso_schedule.running.not_moved import as_if_held, consultations_of, past_of, unrecorded
from meso_schedule.running.repair_in_turn import in_turn
from meso_schedule.running.repaired_course import Hit, Loss, Repaired

if TYPE_CHECKING:
    from meso_schedule.running.repair_at_once import AtOnce

_DIGITS = 8
# So long a proposal can be booked.
_DAYS = 7
_ID = re.compile(r"[0-9]{6}-[0-9]{1,12}-[0-9a-f]{8}")


def has_solver() -> bool:
    """Tell whether the extra `capacity` is installed."""
    return find_spec("highspy") is not None


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known of how good a repair is.

    Args:
        measure: What it costs.
        least: What none costs less than: courses not kept, late days, sessions changed.
    """

    measure: RepairMeasure
    least: RepairMeasure

    @property
    def is_proven(self) -> bool:
        """Whether no repair is better by the criteria that are bounded."""
        return self.measure[:PROVEN] <= self.least[:PROVEN]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A repair that can be booked as long as nothing of it changes.

    Args:
        absence: What is written of the clinic; None where its file says it.
        courses: In the order of their turn; after them others that make place for them.
        revision: How many events the book had.
        as_of: The day of asking.
        proof: What is known of how good it is; None where nothing is.
        waited: How many courses took their turn after the others were planned at once; None where
            all took their turn.
        whys: By course, why its sessions are no longer allowed, where the file says it.
        past: Of the courses that are hit, the sessions that are past and not recorded.
        consultations: The courses whose consultation falls away; it is moved by hand.
    """

    absence: Absent | None
    courses: tuple[Repaired, ...]
    revision: int
    as_of: date
    proof: Proof | None = None
    waited: int | None = None
    whys: Mapping[str, Whys] = field(default_factory=dict)
    past: tuple[Hit, ...] = ()
    consultations: tuple[CourseState, ...] = ()

    @property
    def method(self) -> str:
        """How it was found."""
        return "one by one" if self.waited is None else "column generation"

    @property
    def hit(self) -> list[Repaired]:
        """The courses of which sessions fall away."""
        return [it for it in self.courses if it.lost]

    @property
    def others(self) -> int:
        """How many are called who are not hit."""
        return len(self.courses) - len(self.hit)

    @property
    def not_kept(self) -> list[Repaired]:
        """The courses that can't be kept."""
        return [it for it in self.courses if it.refusal]

    @property
    def id(self) -> str:
        """What it is booked by: the day, the end of the book, and a digest of all it writes."""
        absence = self.absence.told if self.absence else None
        told = [absence, *([it.state.course, _told(it.records)] for it in self.courses)]
        digest = hashlib.sha256(canonical(told).encode()).hexdigest()[:_DIGITS]
        return f"{self.as_of:%y%m%d}-{self.revision}-{digest}"

    @property
    def changes(self) -> list[tuple[str | None, Sequence[Record], int | None]]:
        """What is written to the book, all or none."""
        own = ((it.state.course, it.records, it.state.revision) for it in self.courses)
        first = [self.absence] if self.absence else []
        return [*((None, [it], None) for it in first), *(it for it in own if it[1])]


def _told(records: Iterable[Record]) -> list[object]:
    return [[record.kind, record.told] for record in records]


def proposals(
    book: Book,
    clinic: Clinic,
    absence: Absent,
    *,
    now: datetime,
    as_of: date,
    late: int = 0,
    others: int | None = None,
) -> Iterator[Proposal]:
    """Yield what becomes of the courses that an absence hits, if only their patients are called.

    Then the same if others may be called too, unless none may; each is made as it is asked for.

    Args:
        book: Where they are booked.
        clinic: As its file says.
        absence: Who is not there, or that the clinic is closed, and when.
        now: The moment of asking.
        as_of: The day of asking; sessions before it stay.
        late: How many days late sessions may be, where the course itself allows fewer.
        others: How many other patients may be called; None for any.

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
    revision, visits = book.head().count, book.visits(as_of)
    clinic = with_absences(clinic, [*book.absences(), _known(absence)])

    def view_of(name: str) -> CourseView:
        state = book.course(name)
        seen = as_if_held(state, unrecorded(state, as_of, now))
        return CourseView(seen, as_of, clinic, book, now, book.beside(state))

    hit = by_turn(_hit(book, absence, as_of, view_of))
    loss, fallen = Loss(hit, visits, clinic, late), consultations_of(book, absence, as_of, now)
    for courses, proof, waited in _repairs(loss, view_of, others):
        yield Proposal(
            absence,
            courses,
            revision,
            as_of,
            proof,
            waited,
            past=past_of(book, hit, now),
            consultations=fallen,
        )


def proposals_of_file(
    book: Book,
    clinic: Clinic,
    *,
    now: datetime,
    as_of: date,
    late: int = 0,
    others: int | None = None,
) -> Iterator[Proposal]:
    """Yield what becomes of courses with sessions that a clinic file no longer allows.

    Args:
        book: Where they are booked.
        clinic: As its file says.
        now: The moment of asking.
        as_of: The day of asking; sessions before it stay.
        late: How many days late sessions may be, where the course itself allows fewer.
        others: How many other patients may be called; None for any.
    """
    revision, clinic = book.head().count, with_absences(clinic, book.absences())
    views = {it.state.course: it for it in views_of(book, clinic, now=now, as_of=as_of)}
    whys = all_not_allowed(list(views.values()))
    hit = by_turn([Hit(views[it], lost_of(views[it].state, own)) for it, own in whys.items()])
    visits = [visit for view in views.values() for visit in visits_today(view)]
    loss = Loss(hit, visits, clinic, late)
    beside = consultations_not_allowed(list(views.values()), now)
    for courses, proof, waited in _repairs(loss, views.__getitem__, others):
        past = past_of(book, hit, now)
        yield Proposal(None, courses, revision, as_of, proof, waited, whys, past, beside)


def proposal(
    book: Book, clinic: Clinic, absence: Absent, *, now: datetime, as_of: date, late: int = 0
) -> Proposal:
    """Return what becomes of the courses that an absence hits if only their patients are called.

    The arguments and errors are those of `proposals`.
    """
    return next(proposals(book, clinic, absence, now=now, as_of=as_of, late=late))


def _known(absence: Absent) -> BookedAbsence:
    return BookedAbsence.made(
        id="",
        practitioner=absence.practitioner,
        first=absence.first,
        last=absence.last,
        reason=absence.reason,
    )


def _repairs(
    loss: Loss, view_of: Callable[[str], CourseView], others: int | None
) -> Iterator[tuple[tuple[Repaired, ...], Proof | None, int | None]]:
    if loss.clinic.practitioners and has_solver():
        # What the extra brings is loaded only here.
        from meso_schedule.running.chosen_calendars import OtherPatients
        from meso_schedule.running.repair_at_once import repaired_at_once

        if alone := repaired_at_once(loss):
            yield alone.courses, _proof(alone), alone.waited
            if others == 0:
                return
            allowed = OtherPatients(view_of, others)
            if beside := repaired_at_once(loss, others=allowed, known=alone.found):
                yield beside.courses, _proof(beside), beside.waited
            return
    courses = tuple(in_turn(loss))
    # Where nobody is named courses do not stand in one another's way.
    measure = _measure(courses)
    yield courses, None if loss.clinic.practitioners else Proof(measure, measure), None


def _measure(courses: Sequence[Repaired]) -> RepairMeasure:
    kept = [it for it in courses if not it.refusal]
    changed = sum(len(it.calls) for it in kept)
    return RepairMeasure(not_kept=len(courses) - len(kept), changed=changed)


def _proof(made: "AtOnce") -> Proof | None:
    if made.least is None:
        return None
    own = _measure(made.courses)
    measure = made.found.measure._replace(not_kept=own.not_kept, changed=own.changed)
    return Proof(measure, made.least)


def _hit(
    book: Book, absence: Absent, as_of: date, view_of: Callable[[str], CourseView]
) -> list[Hit]:
    """Return the courses that an absence hits."""
    days = DateRange(max(absence.first, as_of), absence.last)
    lines = [it for it in book.diary(days.first, days.last) if it.status == "booked"]
    views = (view_of(name) for name in dict.fromkeys(it.course for it in lines))
    return [
        Hit(view, lost)
        for view in views
        if (lost := tuple(_lost(view.state, absence.practitioner, days)))
    ]


def by_turn(hit: Iterable[Hit]) -> list[Hit]:
    """Return courses in the order of their turn: the one whose first loss is nearest first."""
    return sorted(
        hit, key=lambda it: (it.lost[0].date, str(it.lost[0].start), it.view.state.course)
    )


def _lost(state: CourseState, practitioner: str | None, days: DateRange) -> Iterator[CourseSession]:
    for it in state.upcoming:
        giver = it.takes.practitioner if it.takes else None
        if it.status == "booked" and is_hit(practitioner, days, it.date, giver):
            yield it


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
