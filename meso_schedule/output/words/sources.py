"""What a plan rests on: how well its schedule is supported, what trials found, the sources."""

from collections.abc import Iterator

from meso_schedule.base.phrases import phrase
from meso_schedule.course.course_plan import CoursePlan, ProtocolStamp
from meso_schedule.output.words.language import Language
from meso_schedule.output.words.text import sentence

_SCHEDULES = {
    "high": phrase("schedule as studied"),
    "moderate": phrase("schedule as articles or several clinics describe it"),
    "low": phrase("schedule of one page"),
    None: phrase("schedule assumed"),
}
_BENEFITS = {
    "shown": phrase("benefit: shown"),
    "mixed": phrase("benefit: mixed results"),
    "disputed": phrase("benefit: disputed"),
    "not shown": phrase("benefit: none shown"),
    "not studied": phrase("benefit: not studied"),
}
_LEGEND = phrase("A grade says how well the schedule is supported, never that the treatment works.")


def source_lines(plan: CoursePlan, language: Language) -> Iterator[str]:
    """Yield what the schedule of each protocol rests on, what it brings, and each source."""
    for stamp in plan.protocols:
        if words := standing_words(stamp, language):
            yield language.say(phrase("{name}: {text}", name=stamp.name, text=words))
    for source in plan.sources:
        link = f", {source.link}" if source.link else ""
        told = f"{language.say(source.citation)}{link} [{language.say(source.grade)}]"
        yield language.say(phrase("{name}: {text}", name=source.key, text=told))
    if plan.sources:
        yield sentence(language.say(_LEGEND))


def without_links(plan: CoursePlan) -> CoursePlan:
    """Return a plan for paper: place and year find a source there, and no address is followed."""
    bare = tuple(source.model_copy(update={"link": None}) for source in plan.sources)
    return plan.model_copy(update={"sources": bare})


def standing_words(stamp: ProtocolStamp, language: Language) -> str | None:
    """Say `schedule as studied; benefit: none shown`; nothing where the benefit is not told."""
    if stamp.benefit is None:
        return None
    told = (_SCHEDULES[stamp.schedule], _BENEFITS[stamp.benefit])
    return language.apart(map(language.say, told))
