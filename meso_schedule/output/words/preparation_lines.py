"""What comes before session 1 in words: a consultation, tests."""

from collections.abc import Iterator

from meso_schedule.base.phrases import Phrase, joined, phrase
from meso_schedule.course.course_plan import CoursePlan, PlannedConsultation
from meso_schedule.output.words.language import Language


def preparation_lines(plan: CoursePlan, language: Language) -> Iterator[str]:
    """Yield each visit before session 1 with its day and what belongs to it."""
    if visit := plan.consultation:
        told = joined(_parts(visit))
        time = f" {language.clock(visit.start)}" if visit.start else ""
        when = f"{language.day(visit.date)}{time}"
        yield language.say(phrase("{name}: {text}", name=when, text=told))
    for test in plan.tests:
        words = phrase("{what}, {before} before session 1", what=test.what, before=test.before)
        mark = f"{test.label} " if test.label else ""
        when = f"{mark}{language.day(test.date)}"
        yield language.say(phrase("{name}: {text}", name=when, text=words))


def _parts(visit: PlannedConsultation) -> Iterator[Phrase | str]:
    yield phrase("consultation, {minutes} minutes", minutes=visit.minutes)
    if visit.price is not None:
        yield phrase("{amount} {currency}", amount=visit.price, currency=visit.currency)
    if visit.redeemed:
        yield phrase("counts against the course")
    yield from filter(None, [visit.practitioner, visit.room])
    yield phrase("{interval} to think before session 1", interval=visit.reflection)
