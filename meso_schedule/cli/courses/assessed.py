"""What is recorded and told of an assessment: whether the skin has improved."""

from collections.abc import Sequence
from datetime import date

from meso_schedule.book.records import Assessed
from meso_schedule.course.improvement import Answer
from meso_schedule.output.words.text import day_text
from meso_schedule.running.course_progress import CourseProgress
from meso_schedule.running.treatment_progress import TreatmentProgress

_FOUND: dict[Answer, str] = {
    "yes": "improved",
    "no": "not improved",
    "unclear": "unclear whether improved",
}


def assessment(
    course: CourseProgress, treatments: Sequence[TreatmentProgress], day: date, answer: Answer
) -> Assessed:
    """Return the event that says of treatments whether the skin has improved."""
    return Assessed(on=day, improved=answer, protocols=ids_of(course, treatments))


def assessed_text(record: Assessed) -> str:
    """Say what was assessed."""
    of = f" of {', '.join(record.protocols)}" if record.protocols else ""
    return f"the skin{of} was assessed on {day_text(record.on)}: {_FOUND[record.improved]}."


def ids_of(now: CourseProgress, treatments: Sequence[TreatmentProgress]) -> tuple[str, ...] | None:
    """Return what an event names of treatments; None in a course of one."""
    return tuple(one.protocol.id for one in treatments) if now.is_combined else None
