"""What waits for improvement, on which day it is otherwise, and when that is asked, in words."""

from collections.abc import Iterator

from meso_schedule.base.phrases import Phrase, phrase
from meso_schedule.course.course_plan import CoursePlan, DueAssessment, Session
from meso_schedule.output.words.language import ENGLISH, Language


def waits_text(plan: CoursePlan, visit: Session, language: Language) -> Phrase | None:
    """Say what a session waits for, and where it is otherwise; None where it waits for nothing."""
    other = plan.otherwise(visit)
    if other is None:
        return phrase("only if the skin has improved") if visit.provisional else None
    day = language.near(other.date, visit.date.year)
    if visit.provisional:
        return phrase("only if the skin has improved, else on {day}", day=day)
    return phrase("on {day} if the skin has not improved", day=day)


def question_of(due: DueAssessment) -> Phrase:
    """Say what is asked on a day."""
    number = f"{due.label or ''}{due.after_session}"
    if due.decides:
        return phrase(
            "has the skin improved? The days after session {number} depend on it", number=number
        )
    return phrase("the result is judged, after session {number}", number=number)


def assessment_lines(plan: CoursePlan, language: Language = ENGLISH) -> Iterator[tuple[str, str]]:
    """Yield what is asked of the skin and when, and when photos are taken for it."""
    for due in plan.assessments:
        yield language.day(due.date), language.say(question_of(due))
    if plan.photos:
        days = language.apart(map(language.day, plan.photos))
        yield language.say(phrase("Photos to compare")), days
