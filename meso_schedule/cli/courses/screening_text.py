"""What was answered before a course, and what other courses of the patient say, in lines."""

from collections.abc import Iterator, Sequence

from meso_schedule.base.phrases import Phrase, counted, joined, phrase
from meso_schedule.book.screening import KeptAnswer, questions_of
from meso_schedule.book.state import CourseState
from meso_schedule.output.words.language import ENGLISH, Language
from meso_schedule.running.elsewhere import answers_in


def open_lines(state: CourseState, language: Language = ENGLISH) -> Iterator[str]:
    """Say which questions of a course were not answered."""
    if left := unanswered(state):
        yield language.say(phrase("Not answered: {questions}", questions=joined(left, " ")))


def unanswered(state: CourseState) -> list[str]:
    """Return the screening questions of a course that were not answered."""
    answered = {entry.question for entry in state.screening}
    questions = questions_of(kept.read() for kept in state.protocols)
    return [question for question in questions if question not in answered]


def answer_row(entry: KeptAnswer, language: Language) -> tuple[str, str]:
    """Return an answer with its day, and who cleared it."""
    answer = phrase("Yes") if entry.answer == "yes" else phrase("No")
    told = joined([entry.question, joined([answer, _cleared(entry)], "")], " ")
    return language.day(entry.on), f"{language.say(told)}."


def _cleared(entry: KeptAnswer) -> str:
    return phrase(", cleared by {name}", name=entry.cleared_by) if entry.cleared_by else ""


STATUS_WORDS = {
    "running": phrase("running"),
    "paused": phrase("paused"),
    "finished": phrase("finished"),
    "stopped": phrase("stopped"),
}


def beside_text(state: CourseState) -> Phrase:
    """Name another course of the same patient, and what is left of it."""
    count = len(state.upcoming)
    left = [counted(count, "{count} visit to come", "{count} visits to come")] if count else []
    status = STATUS_WORDS.get(state.status, state.status)
    return joined([state.course, *(kept.id for kept in state.protocols), status, *left])


def beside_lines(courses: Sequence[CourseState], language: Language = ENGLISH) -> Iterator[str]:
    """Say which other courses the patient has, and what was answered yes there."""
    for state in courses:
        words = phrase(
            "Course {course}, is of the same patient: its visits count as treatments given"
            " elsewhere.",
            course=beside_text(state),
        )
        yield language.say(words)
    for entry in answers_in(courses):
        if entry.answer == "yes":
            words = phrase(
                "Answered there on {day}: {question} Yes{cleared}.",
                day=language.day(entry.on),
                question=entry.question,
                cleared=_cleared(entry),
            )
            yield language.say(words)
