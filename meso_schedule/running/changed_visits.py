"""Whom to tell: the visits whose day or time became another since a day."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal

from meso_schedule.base.dates import Day
from meso_schedule.base.models import Model
from meso_schedule.base.phrases import Phrase, phrase
from meso_schedule.base.times import Clock
from meso_schedule.book.absences import with_absences
from meso_schedule.book.book import Book
from meso_schedule.book.events import Event
from meso_schedule.book.folding import fold
from meso_schedule.book.lines import CONSULTATION, TEST
from meso_schedule.book.reading import entries_of
from meso_schedule.book.state import CourseConsultation, CourseSession, CourseState, Entry
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.running.prior_tests import DatedTest, prior_tests

Coming = CourseSession | CourseConsultation | DatedTest


class ChangedVisit(Model):
    """A visit that the patient has to be told of.

    Args:
        language: The code of the language in which the patient is written to, where it is known.
        session: Its number in the course, of several treatments with their letter; of a
            consultation or a test before session 1 as its protocol.
        kind: What became of it; a new one had no day before.
        before: The day it had; None of a new one.
        after: The day it has; None of one that is dropped.
    """

    course: str
    patient: str | None
    phone: str | None
    email: str | None
    language: str | None
    protocol: str
    session: str
    kind: Literal["moved", "new", "dropped"]
    before: Day | None
    start_before: Clock | None
    after: Day | None
    start_after: Clock | None

    @property
    def message(self) -> Phrase:
        """What the patient is told."""
        before = _when(self.before, self.start_before)
        after = _when(self.after, self.start_after)
        if self.kind == "moved":
            return phrase(
                "Your appointment on {before} is now on {after}.", before=before, after=after
            )
        if self.kind == "new":
            return phrase("You have a new appointment on {after}.", after=after)
        return phrase("Your appointment on {before} does not take place.", before=before)


def _when(day: date | None, start: Clock | None) -> Phrase | date | None:
    return phrase("{day} at {time}", day=day, time=start) if start else day


def changed_visits(
    book: Book, clinic: Clinic | None, since: date, today: date
) -> list[ChangedVisit]:
    """Return the visits to come that became others since a day, and those that are off.

    What a course was opened with has been told; what became of it since has not.

    Args:
        book: The courses.
        clinic: As its file says; tests before session 1 are on its open days.
        since: The first day of which the changes count.
        today: The day of asking; what lies before it is told to nobody.
    """
    in_use = with_absences(clinic or Clinic.default(), book.absences())
    found = [
        visit
        for course in book.courses_with_moves(since)
        for visit in _of_course(book, course, in_use, since, today)
    ]
    return sorted(found, key=lambda it: (it.patient or "", it.course, it.after or it.before))


def _of_course(
    book: Book, course: str, clinic: Clinic, since: date, today: date
) -> Iterator[ChangedVisit]:
    events = book.history(course)
    entries = entries_of(events, book.shown)
    now = fold(course, entries)
    if now.is_erased:
        return
    before = fold(course, entries[: _told(events, entries, since)])
    old, new = _coming(before, clinic), _coming(now, clinic)
    for name in sorted(old.keys() | new.keys()):
        was, is_now = old.get(name), new.get(name)
        if _is_told(name, was, is_now, now, today):
            yield _changed(now, name, was, is_now)


def _told(events: Sequence[Event], entries: Sequence[Entry], since: date) -> int:
    """Return how many events were known to the patient: those before the day, and the opening."""
    opening = next(
        (place for place, event in enumerate(events) if place and event.part == 0), len(events)
    )
    earlier = next(
        (place for place, entry in enumerate(entries) if entry.today >= since), len(entries)
    )
    return max(opening, earlier)


def _coming(state: CourseState, clinic: Clinic) -> dict[tuple[str, int], Coming]:
    found: dict[tuple[str, int], Coming] = {(it.protocol, it.number): it for it in state.upcoming}
    if (visit := state.consulting) and visit.status == "booked":
        found[CONSULTATION, 0] = visit
    found |= {(TEST, -it.place): it for it in prior_tests(state, clinic)}
    return found


def _is_told(
    name: tuple[str, int], was: Coming | None, now: Coming | None, state: CourseState, today: date
) -> bool:
    if now is not None:
        is_other = was is None or (was.date, was.start) != (now.date, now.start)
        return is_other and now.date >= today
    assert was is not None, "one of them is there"
    entered = state.consultation if name[1] == 0 else state.find_session(name[1], name[0])
    is_recorded = entered is not None and entered.status in ("held", "missed")
    return was.date >= today and not is_recorded


def _changed(
    state: CourseState,
    name: tuple[str, int],
    was: Coming | None,
    now: Coming | None,
) -> ChangedVisit:
    return ChangedVisit(
        course=state.course,
        patient=state.patient,
        phone=state.phone,
        email=state.email,
        language=state.language,
        protocol=name[0],
        session=state.mark(name[1], name[0]) if name[1] > 0 else name[0],
        kind="moved" if was and now else "new" if now else "dropped",
        before=was.date if was else None,
        start_before=was.start if was else None,
        after=now.date if now else None,
        start_after=now.start if now else None,
    )
