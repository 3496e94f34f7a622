"""People and rooms for sessions that were booked before anybody was named for them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple

from meso_schedule.base.errors import InputError
from meso_schedule.book.absences import with_absences
from meso_schedule.book.book import Book
from meso_schedule.book.records import Booked, Cancelled, Record
from meso_schedule.book.state import CourseSession, CourseState
from meso_schedule.book.takings import BookedVisit, occupancy_of, visits_of
from meso_schedule.book.writing import Context
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.no_calendar import NoCalendarFits
from meso_schedule.running.course_view import CourseView, write_once
from meso_schedule.running.replanning import Replanned, replanned


class Assignment(NamedTuple):
    """What a course gets.

    Args:
        state: The course as it is.
        made: Its calendar with people and rooms; None where there is none.
        refusal: Why there is none.
    """

    state: CourseState
    made: Replanned | None = None
    refusal: NoCalendarFits | None = None


def unassigned(book: Book, as_of: date) -> list[CourseState]:
    """Return the courses with booked sessions that nobody is named for, first come first."""
    running = (it for it in book.courses() if it.status == "running" and it.booked_on)
    states = book.each(line.course for line in running)
    found = [state for state in states if any(_lacks(it, as_of) for it in state.upcoming)]
    return sorted(found, key=lambda state: (state.opened_on, state.course))


def _lacks(session: CourseSession, as_of: date) -> bool:
    return session.status == "booked" and session.takes is None and session.date >= as_of


def assignments(
    views: Iterable[CourseView], visits: Sequence[BookedVisit], clinic: Clinic
) -> Iterator[Assignment]:
    """Yield what each course gets beside what is booked and what those before it got.

    Each is planned exactly: it moves as few sessions as it can. All together are not.

    Args:
        views: The courses, in their order.
        visits: What is booked.
        clinic: Who and what there is.
    """
    taken, latest = list(visits), dict[str, CourseState]()
    for view in views:
        state = view.state
        others = [visit for visit in taken if visit.course != state.course]
        beside = tuple(latest.get(it.course, it) for it in view.beside)
        now = clinic.with_booked(occupancy_of(others))
        try:
            made = replanned(
                replace(view, beside=beside).now,
                clinic=now,
                busy=view.past_hours,
                asked_at=view.asked_at,
            )
        except NoCalendarFits as error:
            yield Assignment(state, refusal=error)
            continue
        latest[state.course] = with_booked(state, made.records)
        taken = [*others, *visits_of(latest[state.course])]
        yield Assignment(state, made)


def with_booked(state: CourseState, records: Iterable[Record]) -> CourseState:
    """Return a course with the days that records book and cancel; all else stays as it is."""
    sessions = {(it.protocol, it.number): it for it in state.sessions}
    for record in records:
        if isinstance(record, Cancelled):
            for number in record.numbers:
                sessions.pop((state.protocol_id(record.protocol), number), None)
        for slot in record.sessions if isinstance(record, Booked) else ():
            name = state.protocol_id(slot.protocol), slot.number
            told = {key: getattr(slot, key) for key in type(slot).model_fields if key != "protocol"}
            sessions[name] = CourseSession.made(
                protocol=name[0], status="booked", revision=state.revision, **told
            )
    return state.model_copy(update={"sessions": tuple(sessions.values())})


def staffed(clinic: Clinic | None) -> Clinic:
    """Return a clinic that names people.

    Raises:
        InputError: When it names nobody.
    """
    if clinic is None or not clinic.practitioners:
        raise InputError.of(
            "no_capacity",
            "The clinic file names no practitioners: there is nobody to name.",
            field="clinic",
            remedy="Write [[practitioners]] with id and name into the clinic file.",
        )
    return clinic


def views_of(
    book: Book, clinic: Clinic, as_of: date, moment: datetime, course: str | None = None
) -> list[CourseView]:
    """Return what is seen of the courses with sessions that nobody is named for.

    Args:
        course: Only this one.
    """
    clinic = with_absences(clinic, book.absences())
    states = [it for it in unassigned(book, as_of) if course in (None, it.course)]
    return [
        CourseView(it, as_of, clinic, book, moment, beside)
        for it, beside in zip(states, book.beside_each(states, clinic.home_country), strict=True)
    ]


def proposed(views: Sequence[CourseView]) -> Iterator[Assignment]:
    """Yield what each course would get."""
    for view in views[:1]:
        assert view.clinic, "somebody is named"
        yield from assignments(views, view.book.visits(view.today), view.clinic)


class _Assigning(NamedTuple):
    """What is written to one course."""

    made: Assignment
    question: None = None

    @property
    def records(self) -> Sequence[Record]:
        """The new bookings; none where there is no calendar."""
        return self.made.made.records if self.made.made else ()


def booked(views: Iterable[CourseView], by: Context) -> Iterator[Assignment]:
    """Book each in its turn; planned anew where another program was quicker."""

    def draft(seen: CourseView) -> _Assigning:
        assert seen.clinic, "somebody is named"
        return _Assigning(next(assignments([seen], seen.book.visits(seen.today), seen.clinic)))

    for view in views:
        _, made, _ = write_once(
            view, draft, lambda seen: by._replace(revision=seen.state.revision), lambda *_: None
        )
        yield made.made
