"""A course opened in a book that programs keep."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from meso_schedule.base.busy_times import BusySource
from meso_schedule.book.book import Book
from meso_schedule.book.patient_identity import Patient
from meso_schedule.book.records import Contact, Opened, Record, Screened
from meso_schedule.book.state import CourseState
from meso_schedule.book.writing import Context, Receipt
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.course_plan import CoursePlan
from meso_schedule.course.request import CourseRequest
from meso_schedule.planner.given_here import check_treats, given_at
from meso_schedule.planner.planning import plan_combined
from meso_schedule.rules.protocol import Protocol
from meso_schedule.running.course_drafts import answered
from meso_schedule.running.course_view import hours_past, twice, with_bookings
from meso_schedule.running.elsewhere import check_cleared, elsewhere
from meso_schedule.running.hardly_meant import hardly_begun
from meso_schedule.running.kept_book import agree_to, today_of
from meso_schedule.running.opening import opening


class CourseOpening(NamedTuple):
    """What is asked of a course that is opened.

    Args:
        known: Protocols besides the packaged ones that treatments given elsewhere may name.
    """

    protocols: list[Protocol]
    request: CourseRequest
    busy: Sequence[BusySource]
    known: Mapping[str, Protocol]
    reached: Contact
    language: str | None
    screening: Mapping[str, str]
    cleared_by: str | None
    consent: date | None

    @property
    def told(self) -> dict[str, Any]:
        """What is asked, by which the same is known again; what is left out is not in it."""
        return {
            "protocols": [it.digest for it in self.protocols],
            "request": self.request.model_dump(mode="json", exclude_none=True),
            "phone": self.reached.phone,
            "email": self.reached.email,
            "language": self.language,
            "screening": dict(self.screening) or None,
            "cleared_by": self.cleared_by,
            "consent": self.consent,
        }


class NewCourse(NamedTuple):
    """What a course is opened with.

    Args:
        protocols: The recipes, as the clinic gives them.
        known: Protocols besides the packaged ones that treatments given elsewhere may name.
        busy: Calendars whose events leave no room.
        others: The other courses of the patient, whose sessions keep their distance.
        screened: What was answered before it; None for nothing.
        reached: How the patient is reached.
        language: The language in which the patient is written to.
    """

    protocols: Sequence[Protocol]
    request: CourseRequest
    known: Mapping[str, Protocol]
    busy: Sequence[BusySource]
    others: Sequence[CourseState]
    screened: Screened | None
    reached: Contact
    language: str | None

    def planned(
        self, book: Book, clinic: Clinic | None, by: Context
    ) -> tuple[CoursePlan, Opened, list[Record]]:
        """Return its plan beside what is booked by now, and the events that open and book it.

        Raises:
            NoCalendarFits: When there is no calendar.
        """
        beside, request, today = elsewhere(self.others), self.request, today_of(by)
        # Where nobody is named a course may be written down once its session has begun.
        past = hours_past(today, by.at) if clinic and clinic.practitioners else ()
        now = with_bookings(clinic, book, min([today, *request.starts]))
        made = plan_combined(
            self.protocols,
            beside.beside(request),
            clinic=now,
            as_of=today,
            busy=(*self.busy, *past),
            known={**beside.known, **self.known},
        )
        opened, *booked = opening(
            self.protocols,
            request,
            made,
            self.known,
            now,
            reached=self.reached,
            language=self.language,
        )
        return made, opened, [*([self.screened] if self.screened else []), *booked]


def opened_in(
    book: Book, clinic: Clinic | None, asked: CourseOpening, by: Context, *, yes: bool
) -> Receipt:
    """Plan and book; the plan is made anew where another took a time that was free."""
    recipes, today = asked.protocols, today_of(by)
    known = {**asked.known, **{it.id: it for it in recipes}}
    if clinic:
        check_treats(clinic, known)
        recipes = [given_at(clinic, recipe) for recipe in recipes]
    screened = answered(asked.screening, asked.cleared_by, asked.consent, today)
    others = others_of(book, asked.request, asked.reached.phone, clinic)
    if doubt := doubt_of(asked.request, others, today, _named):
        agree_to(doubt, yes=yes)
    check_cleared(others, recipes, screened, asked.cleared_by)
    new = NewCourse(
        recipes, asked.request, known, asked.busy, others, screened, asked.reached, asked.language
    )

    def booked() -> Receipt:
        _, opened, more = new.planned(book, clinic, by)
        return book.open_course(opened, *more, context=by)

    return twice(booked)


def others_of(
    book: Book, request: CourseRequest, phone: str | None, clinic: Clinic | None
) -> list[CourseState]:
    """Return the other courses of a patient."""
    home = clinic.home_country if clinic else None
    return book.courses_of(Patient(request.patient, phone, request.reference), home)


def doubt_of(
    request: CourseRequest,
    others: Sequence[CourseState],
    today: date,
    named: Callable[[Sequence[CourseState]], str],
) -> str | None:
    """Ask about a course beside one under way, and a start long past; None for any other.

    Args:
        request: What is asked.
        others: The other courses of the patient.
        today: The day of asking.
        named: Says which are under way.
    """
    doubts = [*hardly_begun(request, today)]
    if under_way := [it for it in others if it.status in ("running", "paused")]:
        doubts.append(f"The patient has a course already: {named(under_way)}.")
    return f"{' '.join(doubts)} Open {'another' if under_way else 'it'}?" if doubts else None


def _named(courses: Sequence[CourseState]) -> str:
    return ", ".join(it.course for it in courses)
