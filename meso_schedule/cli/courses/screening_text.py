"""What was answered before a course, and what other courses of the patient say, in lines."""

from collections.abc import Iterator, Sequence

from meso_schedule.book.screening import KeptAnswer, questions_of
from meso_schedule.book.state import CourseState
from meso_schedule.output.words.text import count_text, day_text
from meso_schedule.running.elsewhere import answers_in


def open_lines(state: CourseState) -> Iterator[str]:
    """Say which questions of a course were not answered."""
    if left := unanswered(state):
        yield f"Not answered: {' '.join(left)}"


def unanswered(state: CourseState) -> list[str]:
    """Return the screening questions of a course that were not answered."""
    answered = {entry.question for entry in state.screening}
    questions = questions_of(kept.read() for kept in state.protocols)
    return [question for question in questions if question not in answered]


def answer_row(entry: KeptAnswer) -> tuple[str, str]:
    """Return an answer with its day, and who cleared it."""
    cleared = f", cleared by {entry.cleared_by}" if entry.cleared_by else ""
    return day_text(entry.on), f"{entry.question} {entry.answer.capitalize()}{cleared}."


def beside_text(state: CourseState) -> str:
    """Name another course of the same patient, and what is left of it."""
    names = ", ".join(kept.id for kept in state.protocols)
    left = f", {count_text(len(state.upcoming), 'visit')} to come" if state.upcoming else ""
    return f"{state.course}, {names}, {state.status}{left}"


def beside_lines(courses: Sequence[CourseState]) -> Iterator[str]:
    """Say which other courses the patient has, and what was answered yes there."""
    for state in courses:
        yield (
            f"Course {beside_text(state)}, is of the same patient: its visits count as treatments"
            " given elsewhere."
        )
    for entry in answers_in(courses):
        if entry.answer == "yes":
            day, said = answer_row(entry)
            yield f"Answered there on {day}: {said}"
