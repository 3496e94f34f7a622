"""Find every event that is not what was written, and everything that does not follow from it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from meso_schedule.base.models import Instant, Model
from meso_schedule.book.book_errors import BookFault
from meso_schedule.book.correction_guards import contradictions
from meso_schedule.book.digests import GENESIS
from meso_schedule.book.events import Event, Head
from meso_schedule.book.folding import fold
from meso_schedule.book.reading import entries_of
from meso_schedule.book.state import Entry
from meso_schedule.book.storage import migrations
from meso_schedule.book.storage.event_log import (
    all_events,
    book_id,
    course_ids,
    events_of,
    read_head,
)
from meso_schedule.book.storage.interface import Storage
from meso_schedule.book.storage.keys import has_odd_secret, misplaced
from meso_schedule.book.storage.projection import differs, projected
from meso_schedule.book.storage.quarters_taken import is_as_shared_out
from meso_schedule.book.storage.queries import absences
from meso_schedule.book.storage.transaction import Transaction
from meso_schedule.course.course_plan import Finding

# The code of an event that an earlier version let through, and the rules of today would not.
UNRULY = "against_the_rules"


class Problem(Model):
    """Something in a book that is not what was written, or should never have been.

    Args:
        code: Short name for programs, such as `changed`.
        sequence: The event; None when it is none.
        course: The course; None when it is none.
    """

    code: str
    message: str
    sequence: int | None = None
    course: str | None = None


class LastBackup(Model):
    """A backup of a book.

    Args:
        at: When it was made.
        head: The end of what was copied.
    """

    at: Instant
    head: Head


class Verification(Model):
    """What verifying a book has found.

    Args:
        head: The end of the book as it is.
        courses: How many courses there are.
        problems: What is wrong; nothing in a sound book.
        findings: Facts to be told, such as a clock that went back.
        kept: The end that is kept outside of the book; None when none is.
        backup: The last backup that is known where the end is kept; None when none is.
    """

    head: Head
    courses: int
    problems: tuple[Problem, ...] = ()
    findings: tuple[Finding, ...] = ()
    kept: Head | None = None
    backup: LastBackup | None = None

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    @property
    def is_as_written(self) -> bool:
        """Whether all is as it was written, be it by the rules of today or not."""
        return all(problem.code == UNRULY for problem in self.problems)


class _Check:
    """One walk along the chain."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.findings: list[Finding] = []
        self.head = Head(count=0, hash=GENESIS)
        self._last_at: datetime | None = None
        self._revisions: dict[str, int] = defaultdict(int)
        self._gone: dict[str, Event] = {}
        self._told: dict[str, Event] = {}
        self._erased: set[str] = set()

    def see(self, event: Event) -> None:
        is_next = event.sequence == self.head.count + 1
        if not is_next:
            self._missing(self.head.count + 1, event.sequence - 1)
        self._see_link(event, is_next=is_next)
        self._see_payload(event)
        self._see_time(event)
        self.head = Head(count=event.sequence, hash=event.hash)

    def end(self, head: Head) -> None:
        for course in sorted(self._gone.keys() - self._erased):
            event = self._gone[course]
            self._add("gone", f"The payload of event {event.sequence} is gone.", event)
        for course in sorted(self._erased & self._told.keys()):
            event = self._told[course]
            self._add("not_erased", f"Event {event.sequence} was not erased.", event)
        if head.count > self.head.count:
            self._missing(self.head.count + 1, head.count)
        elif head != self.head:
            what = f"The book says it ends with event {head.count} of another hash or place."
            self.problems.append(Problem(code="head", message=what, sequence=self.head.count))

    def _missing(self, first: int, last: int) -> None:
        what = (
            f"Event {first} is missing."
            if first == last
            else f"Events {first} to {last} are missing."
        )
        self.problems.append(Problem(code="missing", message=what, sequence=first))

    def _see_link(self, event: Event, *, is_next: bool) -> None:
        self._revisions[event.course] += 1
        in_order = event.revision >= self._revisions[event.course]
        self._revisions[event.course] = event.revision
        if not in_order:
            what = f"Event {event.sequence} is out of order in its course."
            self._add("reordered", what, event)
        elif is_next and event.linked_to(self.head.hash) != event.hash:
            what = f"Event {event.sequence} or the one before it was changed."
            self._add("changed", what, event)

    def _see_payload(self, event: Event) -> None:
        if not event.is_as_written:
            self._add("changed", f"The payload of event {event.sequence} was changed.", event)
        elif event.is_erased:
            self._gone.setdefault(event.course, event)
        elif event.kind != "erased":
            self._told.setdefault(event.course, event)
        if event.kind == "erased":
            self._erased.add(event.course)

    def _see_time(self, event: Event) -> None:
        try:
            at = event.time
            went_back = self._last_at is not None and at < self._last_at
        except ValueError:
            self._add("changed", f"The time of event {event.sequence} was changed.", event)
            return
        if went_back:
            message = f"Event {event.sequence} was written down before the one before it."
            self.findings.append(Finding(kind="clock_went_back", message=message))
        self._last_at = at

    def _add(self, code: str, message: str, event: Event) -> None:
        problem = Problem(code=code, message=message, sequence=event.sequence, course=event.course)
        self.problems.append(problem)


def verify(storage: Storage, within: Transaction, known: Head | None = None) -> Verification:
    """Check a whole book.

    Args:
        storage: Where it is kept.
        within: A reading transaction of it.
        known: The end of the book as it was noted before; it must still be in it.
    """
    check = _Check()
    count = 0
    try:
        with storage.translated():
            _see_all(check, storage, within, known)
            courses = course_ids(within)
            count = len(courses) - len(absences(within))
            check.problems += _projection_problems(within, courses)
            check.problems += _occupancy_problems(within)
    except BookFault as error:
        check.problems.append(Problem(code=error.code, message=error.problem))
    return Verification(
        head=check.head,
        courses=count,
        problems=tuple(check.problems),
        findings=tuple(check.findings),
    )


def _see_all(check: _Check, storage: Storage, within: Transaction, known: Head | None) -> None:
    check.problems += [
        Problem(code="database", message=found) for found in storage.problems(within.connection)
    ]
    check.problems += _migration_problems(within)
    book_id(within)
    if has_odd_secret(within):
        what = "The secret by which its keys are looked up was changed."
        check.problems.append(Problem(code="keys", message=what))
    check.problems += [
        Problem(
            code="keys",
            message=f"The key of event {sequence} cannot be looked up, or was none.",
            sequence=sequence,
        )
        for sequence in misplaced(within)
    ]
    for event in all_events(within):
        check.see(event)
        if known and event.sequence == known.count and event.hash != known.hash:
            check.problems.append(_other_book(known))
    check.end(read_head(within))
    if known and known.count > check.head.count:
        check.problems.append(_other_book(known))


def _other_book(known: Head) -> Problem:
    what = f"The book does not hold the event {known.count} that was noted."
    return Problem(code="cut_off", message=what, sequence=known.count)


def _migration_problems(within: Transaction) -> Iterator[Problem]:
    if migrations.applied(within) != migrations.record(migrations.newest()):
        yield Problem(code="migrations", message="The record of the migrations was changed.")


def _projection_problems(within: Transaction, courses: list[str]) -> Iterator[Problem]:
    for course in sorted(projected(within).difference(courses)):
        what = f"The list of courses has {course}, of which there is no event."
        yield Problem(code="list", message=what, course=course)
    for course in courses:
        try:
            events = events_of(within, course)
            entries = entries_of(events, within.shown)
        except BookFault as error:
            yield Problem(code=error.code, message=error.problem, course=course)
            continue
        state = fold(course, entries)
        if not state.is_erased:
            yield from _unruly(course, events, entries)
        if differs(within, state):
            what = f"List or diary do not say of {course} what its events say: rebuild them."
            yield Problem(code="list", message=what, course=course)


def _occupancy_problems(within: Transaction) -> Iterator[Problem]:
    if not is_as_shared_out(within):
        what = "What is taken of people, rooms and devices is not what visits take: rebuild it."
        yield Problem(code="list", message=what)


def _unruly(course: str, events: Sequence[Event], entries: Sequence[Entry]) -> Iterator[Problem]:
    """Name the events that the rules of today would refuse, as the corrections leave them."""
    sequences = {event.revision: event.sequence for event in events}
    for revision, error in contradictions(course, entries).items():
        what = (
            f"Event {sequences[revision]}, revision {revision} of course {course}, would be"
            f" refused today: {error.faults[0].message} Correct it."
        )
        yield Problem(code=UNRULY, message=what, sequence=sequences[revision], course=course)
