"""The sections of a plan beside its calendar and its costs: one list of them, in one order."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from meso_schedule.base.phrases import Phrase, phrase
from meso_schedule.course.course_plan import CoursePlan
from meso_schedule.output.terminal.layout import Cell
from meso_schedule.output.words.details import alternative_lines, care_lines
from meso_schedule.output.words.language import ENGLISH, Language
from meso_schedule.output.words.preparation_lines import preparation_lines
from meso_schedule.output.words.session_table import why_text
from meso_schedule.output.words.sources import source_lines
from meso_schedule.output.words.text import sentence
from meso_schedule.output.words.treatments import (
    facts_of,
    product_lines,
    result_lines_of,
    spacing_lines,
)
from meso_schedule.output.words.waiting import assessment_lines

Name = Literal[
    "preparation",
    "care",
    "expected",
    "assessments",
    "results",
    "facts",
    "products",
    "reasons",
    "alternatives",
    "questions",
    "findings",
    "spacing",
    "notices",
    "assumptions",
    "sources",
]
# A line, or a label and what belongs to it.
Entry = str | tuple[str, str | Cell]


class Section(NamedTuple):
    """A section that has something to say.

    Args:
        title: Its heading, in the language of the output.
        entries: Lines, or labels and what belongs to them.
    """

    name: Name
    title: str
    entries: list[Entry]

    @property
    def lines(self) -> list[str]:
        """The entries that are lines."""
        return [entry for entry in self.entries if isinstance(entry, str)]

    @property
    def pairs(self) -> list[tuple[str, str | Cell]]:
        """The entries that have a label."""
        return [entry for entry in self.entries if not isinstance(entry, str)]


def sections(plan: CoursePlan, language: Language = ENGLISH, *among: Name) -> Iterator[Section]:
    """Yield the sections that have something to say, in their order.

    Args:
        plan: The plan.
        language: Its words, dates and numbers.
        among: The only sections to yield; left out, all.
    """
    for name, (title, told) in _SECTIONS.items():
        if among and name not in among:
            continue
        if entries := list(told(plan, language)):
            yield Section(name, language.say(title), entries)


def without_first(plan: CoursePlan) -> CoursePlan:
    """Return a plan without the findings that an output has told at its head."""
    left = tuple(finding for finding in plan.findings if not finding.is_said_first)
    return plan.model_copy(update={"findings": left})


# Each section: its heading, and what stands in it.
_SECTIONS: Mapping[Name, tuple[Phrase, Callable[[CoursePlan, Language], Iterable[Entry]]]] = {
    "preparation": (phrase("Before session 1"), preparation_lines),
    "care": (
        phrase("Before and after"),
        lambda plan, language: care_lines(plan.care, ("avoid", "do"), language),
    ),
    "expected": (
        phrase("What to expect"),
        lambda plan, language: care_lines(plan.care, ("expect",), language),
    ),
    "assessments": (phrase("Assessment"), assessment_lines),
    "results": (phrase("Results"), result_lines_of),
    "facts": (phrase("The treatment"), facts_of),
    "products": (phrase("What the sessions use up"), product_lines),
    "reasons": (
        phrase("Why these days"),
        lambda plan, language: ((it.mark, why_text(it, language)) for it in plan.visits),
    ),
    "alternatives": (phrase("Other calendars"), alternative_lines),
    "questions": (
        phrase("Ask before the first session"),
        lambda plan, language: (language.say(it.question) for it in plan.screening),
    ),
    "findings": (
        phrase("To note"),
        lambda plan, language: (sentence(language.say(it.message)) for it in plan.findings),
    ),
    "spacing": (phrase("Between treatments"), spacing_lines),
    "notices": (phrase("Notices"), lambda plan, language: map(language.say, plan.notices)),
    "assumptions": (
        phrase("Assumptions"),
        lambda plan, language: (sentence(language.say(words)) for words in plan.assumptions),
    ),
    "sources": (phrase("Sources"), source_lines),
}
