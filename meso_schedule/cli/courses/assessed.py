"""What is told of an assessment: whether the skin has improved."""

from meso_schedule.book.records import Assessed
from meso_schedule.course.improvement import Answer
from meso_schedule.output.words.text import day_text

_FOUND: dict[Answer, str] = {
    "yes": "improved",
    "no": "not improved",
    "unclear": "unclear whether improved",
}


def assessed_text(record: Assessed) -> str:
    """Say what was assessed."""
    of = f" of {', '.join(record.protocols)}" if record.protocols else ""
    return f"the skin{of} was assessed on {day_text(record.on)}: {_FOUND[record.improved]}."
