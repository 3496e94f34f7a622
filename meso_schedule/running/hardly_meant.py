"""What was hardly meant, and is asked about before it is written."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from meso_schedule.course.request import CourseRequest
from meso_schedule.output.words.text import day_text
from meso_schedule.running.names import Named

# How far back a start lies that was hardly meant.
_LONG = timedelta(weeks=4)


def hardly_begun(asked: CourseRequest, as_of: date) -> Iterator[str]:
    """Tell of a start long past that no session held explains.

    Args:
        asked: What is asked of a course.
        as_of: The day of asking.
    """
    start = min(asked.starts, default=as_of)
    if not asked.held and (start.year < as_of.year or start < as_of - _LONG):
        yield f"The course begins on {day_text(start)}, before {day_text(as_of)}."


def hardly_held(held: Sequence[Named]) -> str | None:
    """Ask about a session that is neither due next nor one of the course's; None for any other."""
    for one in held:
        numbers = [it.number for it in one.treatment.state.sessions]
        last = max([*numbers, one.treatment.next_visit])
        if one.number > last:
            return f"The course has no session {one.mark}: its last is {last}. Record it?"
    return None
