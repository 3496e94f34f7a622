"""Sessions of a plan at the time of another, where nobody knows who and what they take."""

from collections.abc import Iterator
from datetime import date

from meso_schedule.base.phrases import phrase
from meso_schedule.base.times import clock_text, parse_clock
from meso_schedule.book.book import Book
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.course_plan import CoursePlan, Finding, Session

_TAKING_PLACE = ("booked", "held")
# What has no time begins when the day is over, and touches nothing of it.
_END = "24:00"


def beside_booked(plan: CoursePlan, clinic: Clinic | None, book: Book) -> CoursePlan:
    """Return a plan that tells which of its sessions have the time of a session in the book.

    Where the clinic names who treats, no two can take the same person, and nothing is told.

    Args:
        plan: The plan.
        clinic: Where its sessions are.
        book: What else is booked; the course itself is not in it yet.
    """
    days = sorted(visit.date for visit in plan.visits if visit.start)
    if not days or (clinic and clinic.practitioners):
        return plan
    booked: dict[date, list[tuple[int, int]]] = {}
    lines = book.diary(days[0], days[-1])
    for line in (it for it in lines if it.minutes and it.status in _TAKING_PLACE):
        begin = parse_clock(line.start or _END)
        booked.setdefault(line.date, []).append((begin, begin + (line.minutes or 0)))
    found = tuple(_findings(plan, booked))
    return plan.model_copy(update={"findings": (*plan.findings, *found)}) if found else plan


def _findings(plan: CoursePlan, booked: dict[date, list[tuple[int, int]]]) -> Iterator[Finding]:
    for visit in plan.visits:
        first, last = _span(visit)
        if any(first < end and begin < last for begin, end in booked.get(visit.date, ())):
            message = phrase(
                "Session {session} on {day} at {time} has the time of another session in the book.",
                session=visit.mark,
                day=visit.date,
                time=clock_text(first),
            )
            yield Finding.made(
                kind="same_time", session=visit.number, label=visit.label, message=message
            )


def _span(visit: Session) -> tuple[int, int]:
    """Return the minutes of the day that a session takes; none of one without a time."""
    begin, end = visit.start, visit.end
    first = 60 * begin.hour + begin.minute if begin else 0
    return first, first + int((end - begin).total_seconds()) // 60 if begin and end else 0
