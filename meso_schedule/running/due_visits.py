"""Whom to call: the sessions and top-ups that are due, by month."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Literal

from meso_schedule.base.dates import Day
from meso_schedule.base.models import Model
from meso_schedule.book.book import Book
from meso_schedule.book.lines import CourseLine
from meso_schedule.running.course_progress import progress_of
from meso_schedule.running.forecasts import forecast_of
from meso_schedule.running.treatment_progress import TreatmentProgress

_OPEN = ("running", "finished")


class DueVisit(Model):
    """The session of a treatment that is due next, or the top-up after its last.

    Args:
        session: Its number in the course, of several treatments with their letter.
        what: Whether the course holds it, or it keeps up the result of one that is over.
        booked_on: The day that is agreed for it.
        valid_until: The last day on which the course may be used; None where it has none.
        overdue: Whether its last day has passed, and none is agreed from now on.
    """

    course: str
    patient: str | None
    phone: str | None
    email: str | None
    protocol: str
    name: str
    session: str
    what: Literal["session", "top-up"]
    earliest: Day
    recommended: Day
    latest: Day
    booked_on: Day | None
    valid_until: Day | None
    overdue: bool

    def is_agreed(self, today: date) -> bool:
        """Tell whether a day is agreed for it from the day of asking on."""
        return self.booked_on is not None and self.booked_on >= today

    def due_on(self, today: date) -> date:
        """Return the day that is agreed, else the one to aim at, none before that of asking."""
        return max(self.booked_on or self.recommended, today)


def due_visits(
    book: Book, today: date, until: date = date.max, *, unbooked: bool = False
) -> list[DueVisit]:
    """Return what is due of all courses that neither rest nor were stopped, by day.

    A top-up is not due where the patient has a later course of the same treatment.

    Args:
        book: The courses.
        today: The day of asking.
        until: The last day that it may be due on.
        unbooked: Only what has no day agreed from the day of asking on.
    """
    lines = book.courses()
    later = _latest_courses(lines)
    states = book.each(it.course for it in lines if it.status in _OPEN)
    courses = (progress_of(state, today) for state in states)
    due = (_due_next(one, today) for course in courses for one in course.treatments)
    wanted = [
        it
        for it in due
        if it
        and (it.what == "session" or later.get((it.patient, it.protocol), it.course) == it.course)
        and it.due_on(today) <= until
        and not (unbooked and it.is_agreed(today))
    ]
    return sorted(wanted, key=lambda it: (_month(it, today), it.latest, it.course, it.session))


def by_month(visits: Iterable[DueVisit], today: date) -> list[tuple[date, list[DueVisit]]]:
    """Return visits by the month that they are due in, each with its first day."""
    return [(month, list(own)) for month, own in groupby(visits, lambda it: _month(it, today))]


def _month(visit: DueVisit, today: date) -> date:
    return visit.due_on(today).replace(day=1)


def _latest_courses(lines: Iterable[CourseLine]) -> dict[tuple[str | None, str], str]:
    """Return the course that was opened last, of each patient with a name and each treatment."""
    known = (it for it in lines if it.patient and it.status != "erased")
    return {
        (line.patient, protocol): line.course
        for line in sorted(known, key=lambda it: it.opened_on)
        for protocol in line.protocols.split()
    }


def _due_next(one: TreatmentProgress, today: date) -> DueVisit | None:
    due = forecast_of(one, beyond=True)
    if not (due.number and due.earliest and due.recommended and due.latest):
        return None
    state = one.state
    booked = next((it.date for it in one.ahead if it.status == "booked"), None)
    count = one.request.sessions or one.protocol.sessions.usual
    return DueVisit(
        course=state.course,
        patient=state.patient,
        phone=state.phone,
        email=state.email,
        protocol=one.protocol.id,
        name=str(one.protocol.name),
        session=one.mark(due.number),
        what="top-up" if due.number - one.offset > count else "session",
        earliest=due.earliest,
        recommended=due.recommended,
        latest=due.latest,
        booked_on=booked,
        valid_until=one.valid_until,
        overdue=due.latest < today and (booked is None or booked < today),
    )
