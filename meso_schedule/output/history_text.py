"""Sessions held, their verdicts, and when the next one is due, in words."""

from collections.abc import Iterator

from meso_schedule.course import CoursePlan
from meso_schedule.output.language import ENGLISH, Language
from meso_schedule.output.text import sentence
from meso_schedule.phrases import phrase

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


def history_blocks(plan: CoursePlan, language: Language = ENGLISH) -> Iterator[tuple[str, Lines]]:
    """Yield, each under its title, the sessions held and when the next one is due."""
    following = plan.next_session
    number = following.number if following else 0
    for title, lines in (
        (phrase("Held so far"), list(history_lines(plan, language))),
        (phrase("Next: session {number}", number=number), list(next_lines(plan, language))),
    ):
        if lines:
            yield language.say(title), lines


def history_lines(plan: CoursePlan, language: Language = ENGLISH) -> Iterator[tuple[str, str]]:
    """Yield each session held with its day, its verdict and the reason."""
    for entry in plan.history:
        number = str(entry.number) if entry.counts else f"({entry.number})"
        label = phrase(
            "{number}, {day}, {verdict}",
            number=number,
            day=language.day(entry.date),
            verdict=VERDICTS[entry.verdict],
        )
        yield language.say(label), sentence(language.say(entry.reason))


def next_lines(plan: CoursePlan, language: Language = ENGLISH) -> Iterator[tuple[str, str]]:
    """Yield when the next session is due, and by which rule."""
    following = plan.next_session
    if following is None:
        return
    days = [
        (phrase("Not before"), following.earliest),
        (phrase("Best on"), following.recommended),
        (phrase("Past due after"), following.latest),
        (phrase("Lapsed after"), following.lapse),
    ]
    for label, day in days:
        if day:
            yield language.say(label), language.day(day)
    status = language.say(STATUS[following.status])
    yield status.capitalize(), sentence(language.say(following.reason))
