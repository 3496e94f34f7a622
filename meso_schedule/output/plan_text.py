"""One plan as text for a terminal, or for a text file."""

from collections.abc import Iterator, Sequence

from meso_schedule.course import CoursePlan, Session
from meso_schedule.output import terminal
from meso_schedule.output.columns import (
    LATE,
    PROVISIONAL,
    TOP_UP,
    SessionColumn,
    is_top_up,
    notes_text,
    session_columns,
    why_text,
)
from meso_schedule.output.month_view import add_months
from meso_schedule.output.plan_details import (
    add_cost,
    alternative_lines,
    care_lines,
    fact_lines,
    result_lines,
)
from meso_schedule.output.terminal import Cell, Column, Page, cell, text
from meso_schedule.output.text import day_runs, day_text, sentence, span_text

_FOLDED = ("Notes", "Why", "Price")


def plan_text(plan: CoursePlan, *, width: int, colour: bool = False, calendar: bool = False) -> str:
    """Return a plan as text.

    Args:
        plan: The plan.
        width: Columns of the terminal.
        colour: Whether the terminal shows colours; signs carry the meaning either way.
        calendar: Whether a month view is wanted too.
    """
    page = Page(width, colour=colour)
    _add_heading(page, plan)
    _add_visits(page, plan)
    if calendar:
        add_months(page, plan)
    if terminal.NARROW <= width < terminal.WIDE:
        page.block("Why these days")
        page.pairs([(str(visit.number), why_text(visit)) for visit in plan.visits])
    if plan.closed:
        runs = day_runs((day.date, day.reason) for day in plan.closed)
        page.block("Closed days nearby")
        page.pairs([(span_text(first, last), reason) for first, last, reason in runs])
    if plan.cost:
        add_cost(page, plan.cost, "Cost")
    if plan.top_up_cost:
        add_cost(page, plan.top_up_cost, "Cost of the top-ups")
    _add_details(page, plan)
    _add_lists(page, plan)
    page.block()
    page.paragraph(plan.disclaimer, "dim")
    return str(page)


def _add_heading(page: Page, plan: CoursePlan) -> None:
    clinic = (plan.clinic.name, plan.clinic.address, plan.clinic.phone, plan.clinic.email)
    rules = [f"{p.id}, version {p.version}, {p.digest[:19]}" for p in plan.protocols]
    entries = [
        ("Reference", plan.reference),
        ("Patient", plan.patient or ""),
        ("Clinic", ", ".join(part for part in clinic if part)),
        ("Planned on", f"{day_text(plan.as_of)}, times in {plan.timezone}"),
        ("Rules", "; ".join(rules)),
    ]
    page.block(", ".join(stamp.name for stamp in plan.protocols))
    page.pairs(entry for entry in entries if entry[1])


def _add_visits(page: Page, plan: CoursePlan) -> None:
    columns = session_columns(plan)
    if terminal.NARROW <= page.width < terminal.WIDE:
        columns = [column for column in columns if column.header not in ("Why", "Notes")]
    setting = [
        Column(column.header, column.is_number, column.header.startswith(_FOLDED))
        for column in columns
    ]
    for title, visits in (("", plan.sessions), ("Top-ups", plan.top_ups)):
        if visits:
            page.block(title)
            page.table(setting, [_cells(columns, visit, page.width) for visit in visits])
    if signs := list(_legend(plan)):
        page.block()
        page.paragraph(", ".join(signs), "dim")


def _cells(columns: Sequence[SessionColumn], visit: Session, width: int) -> list[Cell]:
    style = "red" if visit.late_days else "yellow" if visit.provisional else ""
    number, day, *others = (column.shown(visit) for column in columns)
    notes = notes_text(visit) if terminal.NARROW <= width < terminal.WIDE else ""
    below = [text(notes, style)] if notes else []
    return [cell(text(number, style)), cell(text(day, style), *below), *map(cell, others)]


def _legend(plan: CoursePlan) -> Iterator[str]:
    if any(visit.provisional for visit in plan.visits):
        yield f"{PROVISIONAL} provisional, only if the skin has improved"
    if any(visit.late_days for visit in plan.visits):
        yield f"{LATE} later than the window, as allowed"
    if any(is_top_up(visit) for visit in plan.visits):
        yield f"{TOP_UP} top-up"


def _add_details(page: Page, plan: CoursePlan) -> None:
    for title, actions in (("Before and after", ("avoid", "do")), ("What to expect", ("expect",))):
        if care := list(care_lines(plan.care, actions)):
            page.block(title)
            page.pairs(care)
    if plan.results:
        page.block("Results")
        page.pairs(result_lines(plan.results))
    if plan.facts:
        page.block("The treatment")
        page.pairs(fact_lines(plan.facts))
    if plan.alternatives:
        page.block("Other calendars")
        page.pairs(alternative_lines(plan))


def _add_lists(page: Page, plan: CoursePlan) -> None:
    lists = (
        ("Ask before the first session", [entry.question for entry in plan.screening]),
        ("To note", [sentence(finding.message) for finding in plan.findings]),
        ("Notices", plan.notices),
        ("Assumptions", [sentence(words) for words in plan.assumptions]),
        ("Sources", [f"{entry.key}: {entry.citation} [{entry.grade}]" for entry in plan.sources]),
    )
    for title, entries in lists:
        if entries:
            page.block(title)
            page.bullets(entries)
