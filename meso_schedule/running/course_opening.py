"""A course opened in a book that programs keep."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from meso_schedule.base.busy_times import BusySource
from meso_schedule.book.book import Book
from meso_schedule.book.patient_identity import Patient
from meso_schedule.book.records import Contact
from meso_schedule.book.state import CourseState
from meso_schedule.book.writing import Context, Receipt
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.request import CourseRequest
from meso_schedule.planner.given_here import check_treats, given_at
from meso_schedule.planner.planning import plan_combined
from meso_schedule.rules.protocol import Protocol
from meso_schedule.running.course_drafts import answered
from meso_schedule.running.course_view import twice, with_bookings
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


def opened_in(
    book: Book, clinic: Clinic | None, asked: CourseOpening, by: Context, *, yes: bool
) -> Receipt:
    """Plan and book; the plan is made anew where another took a time that was free."""
    request, recipes, today = asked.request, asked.protocols, today_of(by)
    own = {**asked.known, **{it.id: it for it in recipes}}
    if clinic:
        check_treats(clinic, own)
        recipes = [given_at(clinic, recipe) for recipe in recipes]
    screened = answered(asked.screening, asked.cleared_by, asked.consent, today)
    beside = _others(book, request, asked.reached.phone, today, yes=yes)
    check_cleared(beside, recipes, screened, asked.cleared_by)
    others = elsewhere(beside)
    every, wish = {**others.known, **own}, others.beside(request)
    said = [screened] if screened else []

    def planned() -> Receipt:
        now = with_bookings(clinic, book, min(today, request.start or today))
        made = plan_combined(recipes, wish, clinic=now, as_of=today, busy=asked.busy, known=every)
        reached, language = asked.reached, asked.language
        opened, *more = opening(
            recipes, request, made, own, now, reached=reached, language=language
        )
        return book.open_course(opened, *said, *more, context=by)

    return twice(planned)


def _others(
    book: Book, request: CourseRequest, phone: str | None, today: date, *, yes: bool
) -> list[CourseState]:
    """Return the other courses of a patient, whose sessions keep their distance."""
    others = book.courses_of(Patient(request.patient, phone, request.reference))
    doubts = [*hardly_begun(request, today)]
    if running := [it.course for it in others if it.status in ("running", "paused")]:
        doubts.append(f"The patient has a course already: {', '.join(running)}.")
    if doubts:
        agree_to(f"{' '.join(doubts)} Open {'another' if running else 'it'}?", yes=yes)
    return others
