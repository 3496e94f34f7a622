"""One plan as text for a terminal, or for a text file."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from meso_schedule.base.phrases import phrase
from meso_schedule.course.course_plan import CoursePlan, Session
from meso_schedule.output.terminal import layout as terminal
from meso_schedule.output.terminal.first_screen import add_first_screen
from meso_schedule.output.terminal.layout import Cell, Column, Page, cell, text
from meso_schedule.output.terminal.month_view import add_months
from meso_schedule.output.words.details import add_cost
from meso_schedule.output.words.history_text import history_blocks
from meso_schedule.output.words.language import ENGLISH, Language
from meso_schedule.output.words.sections import Name, Section, sections, without_first
from meso_schedule.output.words.session_table import (
    LATE,
    NOTES,
    PROVISIONAL,
    TOP_UP,
    TREATMENT,
    WHY,
    SessionColumn,
    date_notes,
    price_header,
    session_columns,
)
from meso_schedule.output.words.text import day_runs, sentence
from meso_schedule.output.words.treatments import costs_of, pays_rest, title_of

# What the first screen leaves out, by the options that add it.
PARTS: Mapping[str, tuple[Name, ...]] = {
    "why": ("reasons",),
    "care": ("care", "expected", "assessments", "results", "questions"),
    "sources": ("assumptions", "sources"),
}
# The sections that stand beside the sessions, not after the costs.
_TOLD_ABOVE = ("preparation", "reasons")


def screen_text(
    plan: CoursePlan,
    *,
    width: int,
    colour: bool = False,
    calendar: bool = False,
    parts: Collection[str] = (),
    course: str | None = None,
    called: Mapping[str, str] | None = None,
    language: Language = ENGLISH,
) -> str:
    """Return the first screen of a plan, and below it what is asked for besides.

    Args:
        plan: The plan.
        width: Columns of the terminal.
        colour: Whether the terminal shows colours; signs carry the meaning either way.
        calendar: Whether a month view is wanted too.
        parts: Those of `PARTS` that are wanted too.
        course: The id under which it was booked; None of a plan.
        called: What practitioners and rooms are called, by their ids, where that is to be told.
        language: Its words, dates and numbers.
    """
    page = Page(width, colour=colour)
    add_first_screen(page, plan, language, course, called)
    if calendar:
        add_months(page, plan, language)
    add_parts(page, plan, language, parts)
    return str(page)


def add_parts(page: Page, plan: CoursePlan, language: Language, parts: Collection[str]) -> None:
    """Add below a first screen what is asked for besides, and the alternatives of a plan."""
    names = [name for part, names in PARTS.items() if part in parts for name in names]
    _add_sections(page, sections(plan, language, "alternatives", *names))


def plan_text(
    plan: CoursePlan,
    *,
    width: int,
    colour: bool = False,
    calendar: bool = False,
    language: Language = ENGLISH,
) -> str:
    """Return a plan as text.

    Args:
        plan: The plan.
        width: Columns of the terminal.
        colour: Whether the terminal shows colours; signs carry the meaning either way.
        calendar: Whether a month view is wanted too.
        language: Its words, dates and numbers.
    """
    say = language.say
    page = Page(width, colour=colour)
    _add_heading(page, plan, language)
    _add_sections(page, sections(plan, language, "preparation"))
    _add_history(page, plan, language)
    _add_visits(page, plan, language)
    if calendar:
        add_months(page, plan, language)
    if terminal.NARROW <= width < terminal.WIDE:
        _add_sections(page, sections(plan, language, "reasons"))
    if plan.closed:
        runs = day_runs((day.date, day.told) for day in plan.closed)
        page.block(say(phrase("Closed days nearby")))
        page.pairs([(language.span(first, last), say(reason)) for first, last, reason in runs])
    for title, cost in costs_of(plan):
        add_cost(page, cost, title, language, is_rest=pays_rest(plan, cost))
    rest = sections(without_first(plan), language)
    _add_sections(page, (it for it in rest if it.name not in _TOLD_ABOVE))
    page.block()
    page.paragraph(say(plan.disclaimer), "dim")
    return str(page)


def _add_heading(page: Page, plan: CoursePlan, language: Language) -> None:
    say = language.say
    clinic = (plan.clinic.name, plan.clinic.address, plan.clinic.phone, plan.clinic.email)
    rules = [
        phrase(
            "{id}, version {version}, {digest}", id=p.id, version=p.version, digest=p.digest[:19]
        )
        for p in plan.protocols
    ]
    planned = phrase("{day}, times in {zone}", day=language.day(plan.as_of), zone=plan.timezone)
    entries = [
        (phrase("Reference"), plan.reference),
        (phrase("Patient"), plan.patient or ""),
        (phrase("Clinic"), ", ".join(part for part in clinic if part)),
        (phrase("Planned on"), say(planned)),
        (phrase("Rules"), language.apart(map(say, rules))),
    ]
    page.block(title_of(plan, language))
    page.pairs((say(label), body) for label, body in entries if body)
    page.bullets([sentence(say(it.message)) for it in plan.findings if it.is_said_first])


def _add_history(page: Page, plan: CoursePlan, language: Language) -> None:
    for title, lines in history_blocks(plan, language):
        page.block(title)
        page.pairs(lines)


def _add_visits(page: Page, plan: CoursePlan, language: Language) -> None:
    columns = session_columns(plan, language)
    if terminal.NARROW <= page.width < terminal.WIDE:
        columns = [column for column in columns if column.header not in (WHY, NOTES, TREATMENT)]
    folded = (WHY, NOTES, price_header(plan))
    setting = [
        Column(language.say(column.header), column.is_number, column.header in folded)
        for column in columns
    ]
    course = phrase("Still to come") if plan.history else ""
    for title, visits in ((course, plan.sessions), (phrase("Top-ups"), plan.top_ups)):
        if visits:
            page.block(language.say(title))
            page.table(setting, list(_rows(plan, columns, visits, page.width, language)))
    if signs := list(_legend(plan)):
        page.block()
        page.paragraph(", ".join(f"{sign} {language.say(words)}" for sign, words in signs), "dim")


def _rows(
    plan: CoursePlan,
    columns: Sequence[SessionColumn],
    visits: Sequence[Session],
    width: int,
    language: Language,
) -> Iterator[list[Cell]]:
    """Yield one line a visit: treatments that share a day stand in it one below the other."""
    for _, group in groupby(visits, key=lambda visit: visit.date):
        first, *others = (_cells(plan, columns, visit, width, language) for visit in group)
        for more in others:
            more[1] = more[1][1:] or cell("")  # the date is said once
            first = [(*above, *below) for above, below in zip(first, more, strict=True)]
        yield first


def _cells(
    plan: CoursePlan,
    columns: Sequence[SessionColumn],
    visit: Session,
    width: int,
    language: Language,
) -> list[Cell]:
    style = "red" if visit.late_days else "yellow" if visit.provisional else ""
    number, day, *others = (column.shown(visit) for column in columns)
    notes = date_notes(plan, visit, language) if terminal.NARROW <= width < terminal.WIDE else []
    below = [text(note, style) for note in notes]
    return [cell(text(number, style)), cell(text(day, style), *below), *map(cell, others)]


def _legend(plan: CoursePlan) -> Iterator[tuple[str, str]]:
    if any(visit.provisional for visit in plan.visits):
        yield PROVISIONAL, phrase("provisional, only if the skin has improved")
    if any(visit.late_days for visit in plan.visits):
        yield LATE, phrase("later than the window, as allowed")
    if any(visit.top_up for visit in plan.visits):
        yield TOP_UP, phrase("top-up")


def _add_sections(page: Page, told: Iterable[Section]) -> None:
    for section in told:
        page.block(section.title)
        page.pairs(section.pairs)
        page.bullets(section.lines)
