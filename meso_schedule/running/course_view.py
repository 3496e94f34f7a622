"""What is seen of a course when it is thought over what to write, and writing it once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Protocol, TypeVar

from meso_schedule.availability.busy_spans import AskedBusy
from meso_schedule.base.busy_times import BusySource, BusyTime
from meso_schedule.base.times import MIDNIGHT, QUARTER, Clock
from meso_schedule.book.absences import with_absences
from meso_schedule.book.book import Book
from meso_schedule.book.book_errors import RefusedError, erased, stopped
from meso_schedule.book.records import Record
from meso_schedule.book.state import CourseState
from meso_schedule.book.writing import Context, Receipt
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.running.course_progress import CourseProgress, progress_of
from meso_schedule.running.elsewhere import elsewhere

# How often a write is tried while others may be quicker; then they wait.
FREELY = 3
_TRIES = {"stale": FREELY + 1, "just_taken": 2}


@dataclass(frozen=True)
class CourseView:
    """What is seen of a course when it is thought over what to write.

    Args:
        today: The day of asking.
        moment: The moment of asking, in the clinic's zone.
        beside: The other courses of the same patient.
        clinic: The clinic in use, with what others have booked of it.
    """

    state: CourseState
    today: date
    clinic: Clinic | None
    book: Book
    moment: datetime
    beside: Sequence[CourseState] = ()

    @property
    def asked_at(self) -> Clock:
        """The time of asking, in the clinic's zone."""
        return Clock.parse(f"{self.moment:%H:%M}")

    @property
    def past_hours(self) -> tuple[BusySource, ...]:
        """The hours of the day of asking that are past, in which nothing can be put any more.

        None where that is another day than the moment's, or where a session of the course has
        begun on it that nobody recorded: it stays.
        """
        own = (it.start for it in self.state.upcoming if it.date == self.today)
        has_begun = any(start is None or start.minutes <= self.asked_at.minutes for start in own)
        return () if has_begun else hours_past(self.today, self.moment)

    def check_ahead(self, day: date, start: Clock | None) -> None:
        """Refuse a time of the day of asking that is past; the quarter hour that runs is not.

        Raises:
            RefusedError: With the time.
        """
        is_today = day == self.today == self.moment.date()
        if is_today and start and start.minutes + QUARTER <= self.asked_at.minutes:
            raise RefusedError(
                "in_the_past",
                f"{start} on {day} is past: it is {self.asked_at}.",
                "Give a later time, or another day; what took place is held, not moved.",
                field="at",
                value=start,
            )

    @cached_property
    def now(self) -> CourseProgress:
        """The course as the planner sees it."""
        return progress_of(self.state, self.today, elsewhere=elsewhere(self.beside))

    def after(self, state: CourseState) -> CourseProgress:
        """Return the course as the planner sees it once something was written to it."""
        return progress_of(state, self.today, self.now)


def hours_past(today: date, moment: datetime) -> tuple[BusySource, ...]:
    """Return the hours of the day of asking that are past.

    None where that is another day than the moment's.

    Args:
        today: The day of asking.
        moment: The moment of asking, in the clinic's zone.
    """
    asked_at = Clock.parse(f"{moment:%H:%M}")
    if moment.date() != today or asked_at == MIDNIGHT:
        return ()
    midnight = datetime.combine(today, time())
    return (AskedBusy([BusyTime(midnight, midnight + timedelta(minutes=asked_at.minutes))]),)


class Drafted(Protocol):
    """What is about to be written; a question where it does more than was asked for."""

    @property
    def records(self) -> Sequence[Record]: ...

    @property
    def question(self) -> str | None: ...


Seen = TypeVar("Seen", bound=CourseView)
Made = TypeVar("Made", bound=Drafted)
Given = TypeVar("Given")


def write_once(
    seen: Seen,
    draft: Callable[[Seen], Made],
    context: Callable[[Seen], Context],
    agree: Callable[[Seen, str], None],
    *,
    is_stopped_too: bool = False,
) -> tuple[Seen, Made, Receipt | None]:
    """Write what a draft says to a course, thought over again where another was quicker.

    Args:
        seen: The course as it is.
        draft: Says what to write; nothing is written where it has no records.
        context: Who writes, and the revision that was seen: where that is another than the
            view's, nothing is thought over again.
        agree: Refuses, or not, to do what a question of the draft asks; asked once.
        is_stopped_too: Whether it may be written to a course that was stopped.

    Returns:
        What was seen last, what was to be written, and the receipt; None where that was nothing.

    Raises:
        RefusedError: When what is recorded does not allow it, or others were quicker each time.
    """
    agreed: list[str] = []

    def tried(now: Seen, *, is_held: bool) -> tuple[Seen, Made, Receipt | None]:
        refuse_erased(now.state)
        if now.state.stopped and not is_stopped_too:
            raise stopped(now.state.course, now.state.stopped.on)
        made = draft(now)
        if not made.records:
            return now, made, None
        if made.question and made.question not in agreed:
            if is_held:
                raise _AskedError(made.question)
            agree(now, made.question)
            agreed.append(made.question)
        return now, made, now.book.append(now.state.course, *made.records, context=context(now))

    tries = 1
    while True:
        try:
            return _held(seen, tried) if tries > FREELY else tried(seen, is_held=False)
        except _AskedError as asked:
            agree(seen, asked.question)
            agreed.append(asked.question)
            continue
        except RefusedError as error:
            is_pinned = context(seen).revision != seen.state.revision
            if is_pinned or tries >= _TRIES.get(error.code, 0):
                raise
        tries += 1
        seen = seen_again(seen)


class _AskedError(Exception):
    """Something has to be agreed to, for which others do not wait."""

    def __init__(self, question: str) -> None:
        self.question = question


def _held(
    seen: Seen, tried: Callable[..., tuple[Seen, Made, Receipt | None]]
) -> tuple[Seen, Made, Receipt | None]:
    """Think it over while every other writer waits, so that nobody can be quicker."""
    with seen.book.alone() as alone:
        now, made, receipt = tried(seen_again(replace(seen, book=alone)), is_held=True)
    return replace(now, book=seen.book), made, receipt


def seen_again(seen: Seen) -> Seen:
    """Return a course as it is by now."""
    course = seen.state.course
    clinic = with_bookings(seen.clinic, seen.book, seen.today, course)
    return replace(seen, state=seen.book.course(course), clinic=clinic)


def twice(write: Callable[[], Given]) -> Given:
    """Plan and book; once more where another took a time that was free."""
    try:
        return write()
    except RefusedError as error:
        if error.code != "just_taken":
            raise
    return write()


def as_booked_by(book: Book, clinic: Clinic | None) -> Clinic | None:
    """Return a clinic as its file says, with the absences and closures that a book has of it."""
    return clinic and with_absences(clinic, book.absences())


def with_bookings(
    clinic: Clinic | None, book: Book, today: date, without: str | None = None
) -> Clinic | None:
    """Return a clinic with its absences, and what is booked of its practitioners and rooms.

    Args:
        clinic: As its file says.
        book: Where it is booked.
        today: The first day that matters.
        without: The course whose own visits make room for themselves.
    """
    clinic = as_booked_by(book, clinic)
    if clinic is None or not clinic.practitioners:
        return clinic
    return clinic.with_booked(book.occupancy(today, without=without))


def refuse_erased(state: CourseState) -> None:
    """Refuse a course that was erased.

    Raises:
        RefusedError: With exit code 4.
    """
    if state.is_erased:
        raise erased(state.course)
