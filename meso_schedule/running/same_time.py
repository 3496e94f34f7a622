"""Sessions of a plan at the time of another, where nobody knows who and what they take."""

from collections.abc import Iterator
from datetime import date

from meso_schedule.base.phrases import phrase
from meso_schedule.base.times import parse_clock
from meso_schedule.book.book import Book
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.course_plan import CoursePlan, Finding, Session

_TAKING_PLACE = ("booked", "held")


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
    for line in book.diary(days[0], days[-1]):
        if line.start and line.minutes and line.status in _TAKING_PLACE:
            begin = parse_clock(line.start)
            booked.setdefault(line.date, []).append((begin, begin + line.minutes))
    found = tuple(_findings(plan, booked))
    return plan.model_copy(update={"findings": (*plan.findings, *found)}) if found else plan


def _findings(plan: CoursePlan, booked: dict[date, list[tuple[int, int]]]) -> Iterator[Finding]:
    for visit in plan.visits:
        if any(_touches(visit, *span) for span in booked.get(visit.date, ())):
            assert visit.start, "a session that touches another has a time"
            message = phrase(
                "Session {session} on {day} at {time} has the time of another session in the book.",
                session=visit.mark,
                day=visit.date,
                time=f"{visit.start:%H:%M}",
            )
            yield Finding.made(
                kind="same_time", session=visit.number, label=visit.label, message=message
            )


def _touches(visit: Session, first: int, last: int) -> bool:
    if visit.start is None or visit.end is None:
        return False
    begin = 60 * visit.start.hour + visit.start.minute
    length = int((visit.end - visit.start).total_seconds()) // 60
    return begin < last and first < begin + length
