"""Sessions held, their verdicts, and when the next one is due, in words."""

from collections.abc import Iterator

from meso_schedule.base.phrases import phrase
from meso_schedule.course.course_plan import CoursePlan
from meso_schedule.course.history import Forecast, HeldSession
from meso_schedule.output.words.language import ENGLISH, Language
from meso_schedule.output.words.text import sentence

VERDICTS = {
    "on schedule": phrase("on schedule"),
    "too soon": phrase("too soon"),
    "late": phrase("late"),
    "lapsed": phrase("lapsed"),
}
STATUS = {
    "not yet": phrase("not due yet"),
    "due": phrase("due now"),
    "overdue": phrase("overdue"),
    "lapsed": phrase("lapsed"),
}


Lines = list[tuple[str, str]]


def history_blocks(
    plan: CoursePlan, language: Language = ENGLISH, *, verdicts: bool = True
) -> Iterator[tuple[str, Lines]]:
    """Yield, each under its title, the sessions held and when the next ones are due.

    Args:
        plan: The plan.
        language: Its words and dates.
        verdicts: Whether a verdict is named: not to a patient, who need not be late by own fault.
    """
    if lines := list(history_lines(plan, language, verdicts=verdicts)):
        yield language.say(phrase("Held so far")), lines
    for label, following in _next_sessions(plan):
        title = phrase("Next: session {number}", number=f"{label}{following.number}")
        yield language.say(title), list(next_lines(following, language))


def history_brief(plan: CoursePlan, language: Language) -> Iterator[str]:
    """Yield the sessions held in one line, and in one more for each when the next is due."""
    if plan.history:
        held = ", ".join(_held_brief(entry, language) for entry in plan.history)
        yield language.say(phrase("Held: {sessions}", sessions=held))
    for label, following in _next_sessions(plan):
        title = phrase("Next: session {number}", number=f"{label}{following.number}")
        told = [f"{label.lower()} {day}" for label, day in _next_days(following, language)]
        yield f"{language.say(title)}, {', '.join(told)}"


def _held_brief(entry: HeldSession, language: Language) -> str:
    day = language.dated(entry.date)
    return f"{entry.mark} {day}" if entry.counts else f"({entry.mark}) {day}"


def _next_sessions(plan: CoursePlan) -> Iterator[tuple[str, Forecast]]:
    """Yield the next session of each treatment, with its letter in a combined plan."""
    if plan.next_session:
        yield "", plan.next_session
    for part in plan.treatments:
        if part.next_session:
            yield part.label, part.next_session


def history_lines(
    plan: CoursePlan, language: Language = ENGLISH, *, verdicts: bool = True
) -> Iterator[tuple[str, str]]:
    """Yield each session held with its day, its verdict and the reason."""
    for entry in plan.history:
        number = entry.mark if entry.counts else f"({entry.mark})"
        label = phrase(
            "{number}, {day}, {verdict}",
            number=number,
            day=language.day(entry.date),
            verdict=VERDICTS[entry.verdict],
        )
        if not verdicts:
            label = phrase("{number}, {day}", number=number, day=language.day(entry.date))
        yield language.say(label), sentence(language.say(entry.reason))


def next_lines(following: Forecast, language: Language = ENGLISH) -> Iterator[tuple[str, str]]:
    """Yield when the next session is due, and by which rule."""
    yield from _next_days(following, language)
    status = language.say(STATUS[following.status])
    yield status.capitalize(), sentence(language.say(following.reason))


def _next_days(following: Forecast, language: Language) -> Iterator[tuple[str, str]]:
    days = [
        (phrase("Not before"), following.earliest),
        (phrase("Best on"), following.recommended),
        (phrase("Past due after"), following.latest),
        (phrase("Lapsed after"), following.lapse),
    ]
    for label, day in days:
        if day:
            yield language.say(label), language.day(day)
