"""What is answered to the screening questions of a course, and what an answer asks for."""

from collections.abc import Iterable, Sequence
from typing import Literal

from meso_schedule.base.dates import Day
from meso_schedule.base.errors import Fault, InputError, shortened
from meso_schedule.base.free_text import Line
from meso_schedule.base.models import InputModel, Model
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.rules.protocol import Protocol


class ScreeningAnswer(InputModel):
    """What a patient answered to a screening question.

    Args:
        question: The question, as the plan words it.
    """

    question: Line
    answer: Literal["yes", "no"]


class KeptAnswer(Model):
    """An answer as it stands in a course.

    Args:
        on: The day it was given.
        cleared_by: Who had the course go on after a yes that asks for it.
        revision: The course revision that entered it.
    """

    question: str
    answer: Literal["yes", "no"]
    on: Day
    cleared_by: str | None = None
    revision: int


def questions_of(protocols: Iterable[Protocol]) -> dict[str, bool]:
    """Return the questions of protocols, and whether a yes asks for a clinician's word."""
    questions: dict[str, bool] = {}
    for protocol in protocols:
        for care in protocol.care:
            if care.action == "ask":
                questions[care.what] = questions.get(care.what, False) or care.stop
    return questions


def check_screening(
    answers: Sequence[ScreeningAnswer | KeptAnswer],
    protocols: Iterable[Protocol],
    cleared_by: str | None,
) -> None:
    """Refuse answers to questions that nobody asks, and a yes that waits for a clinician's word.

    Args:
        answers: What was answered.
        protocols: Whose questions they are.
        cleared_by: The clinician who has the course go on.

    Raises:
        InputError: For a question that the protocols do not ask.
        RefusedError: For a yes to a question that stops the course until somebody clears it.
    """
    questions = questions_of(protocols)
    if unknown := list(_unknown(answers, questions)):
        raise InputError(unknown)
    for entry in answers:
        if entry.answer == "yes" and questions[entry.question] and cleared_by is None:
            raise not_cleared(entry.question)


def _unknown(
    answers: Sequence[ScreeningAnswer | KeptAnswer], questions: Iterable[str]
) -> Iterable[Fault]:
    known = list(questions)
    for number, entry in enumerate(answers, 1):
        if entry.question not in known:
            yield Fault(
                "unknown_question",
                f"The course does not ask {shortened(entry.question)}.",
                field=f"screening[{number}].question",
                value=entry.question,
                remedy=f"It asks: {' '.join(known) or 'nothing'}",
            )


def not_cleared(question: str) -> RefusedError:
    """Return the error of a yes that waits for a clinician's word."""
    return RefusedError(
        "not_cleared",
        f"A yes to {shortened(question)} stops the course until a clinician clears it.",
        "Give --cleared-by NAME once one has; else book nothing, and stop a course under way.",
        field="cleared_by",
        value=question,
    )
