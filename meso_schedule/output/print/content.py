"""What stands on the sheet, every word of it: the template only lays it out."""

from collections.abc import Iterator, Mapping
from typing import Any

from meso_schedule.base.phrases import phrase
from meso_schedule.course.course_plan import CareSpan, CoursePlan, Session
from meso_schedule.course.plan_json import plan_digest
from meso_schedule.output.print.glyphs import cleaned, printed
from meso_schedule.output.print.sheet_months import badge, calendar
from meso_schedule.output.words.details import (
    ACTIONS,
    TOTAL,
    basis_text,
    bill_lines,
    in_order,
    month_lines,
    payment_lines,
    sessions_text,
)
from meso_schedule.output.words.history_text import history_blocks
from meso_schedule.output.words.language import Language
from meso_schedule.output.words.sections import Entry, Name, sections
from meso_schedule.output.words.session_table import notes_text, price_header
from meso_schedule.output.words.treatments import (
    costs_of,
    name_of,
    pays_rest,
    title_of,
)

Table = dict[str, Any]

# The template puts the numbers of the pages in their places.
_PAGE, _PAGES = "{page}", "{pages}"


def sheet_content(plan: CoursePlan, language: Language) -> Table:
    """Return all that a sheet says, ready to be printed."""
    say = language.say
    treatment = title_of(plan, language)
    footer = phrase("page {page} of {pages}", page=_PAGE, pages=_PAGES)
    content = {
        "lang": language.code,
        "title": treatment,
        "clinic": _letterhead(plan),
        "about": _about(plan, language),
        "so_far": list(_so_far(plan, language)),
        "visits": _visits(plan, language),
        "calendar": {
            "title": say(phrase("Calendar")),
            "closed_title": say(phrase("Closed days nearby")),
            **calendar(plan, language),
        },
        "costs": list(_costs(plan, language)),
        "care": _care(plan, language),
        "lists": list(_lists(plan, language, _FORMS)),
        "small": list(_lists(plan, language, _SMALL_FORMS)),
        "disclaimer": say(plan.disclaimer),
        "digest": say(phrase("plan {digest}", digest=plan_digest(plan))),
        "footer": say(footer),
    }
    made: Table = _printed(content)
    # It is shown by the window of a reader, which breaks no lines.
    return {**made, "subject": cleaned(f"{treatment} ({plan.reference})")}


def _printed(value: Any) -> Any:
    if isinstance(value, str):
        return printed(value)
    if isinstance(value, dict):
        return {key: _printed(entry) for key, entry in value.items()}
    return [_printed(entry) for entry in value] if isinstance(value, list) else value


def _letterhead(plan: CoursePlan) -> Table:
    clinic = plan.clinic
    lines = (clinic.address or "").splitlines()
    if len(lines) > 1:
        lines = [told for line in lines if (told := line.strip(" ,"))]
    address = ", ".join(lines)
    return {
        "name": clinic.name or "",
        "lines": [line for line in (address, clinic.phone, clinic.email) if line],
    }


def _about(plan: CoursePlan, language: Language) -> list[list[str]]:
    """Return for whom, when and by which rules it was planned."""
    rules = [
        phrase(
            "{id}, version {version}, {digest}", id=p.id, version=p.version, digest=p.digest[:19]
        )
        for p in plan.protocols
    ]
    planned = phrase("{day}, times in {zone}", day=language.day(plan.as_of), zone=plan.timezone)
    entries = [
        (phrase("Patient"), plan.patient or ""),
        (phrase("Reference"), plan.reference),
        (phrase("Planned on"), language.say(planned)),
        (phrase("Rules"), "; ".join(map(language.say, rules))),
    ]
    return [[language.say(label), words] for label, words in entries if words]


def _so_far(plan: CoursePlan, language: Language) -> Iterator[Table]:
    """Yield what was held, and when the next session is due."""
    for title, lines in history_blocks(plan, language):
        yield {"form": "pairs", "title": title, "entries": [list(line) for line in lines]}


def _visits(plan: CoursePlan, language: Language) -> Table:
    """Return the table of the sessions: its heads by column, and its rows."""
    heads = {
        "number": phrase("No."),
        "date": phrase("Date"),
        "time": phrase("Time"),
        "gap": phrase("Days since last"),
        "window": phrase("Can move"),
        "backup": phrase("Backup"),
        "price": price_header(plan),
        "done": phrase("Done"),
    }
    if not any(visit.start for visit in plan.visits):
        del heads["time"]
    if not any(visit.price for visit in plan.visits):
        del heads["price"]
    return {
        "title": language.say(phrase("Still to come") if plan.history else phrase("Sessions")),
        "heads": [[name, language.say(head)] for name, head in heads.items()],
        "rows": [_row(plan, visit, language) for visit in plan.visits],
    }


def _row(plan: CoursePlan, visit: Session, language: Language) -> Table:
    window, year = visit.window, visit.date.year
    return {
        **badge(visit),
        "date": language.full_day(visit.date),
        "time": f"{visit.start:%H:%M}" if visit.start else "",
        "gap": "" if visit.interval_days is None else str(visit.interval_days),
        "window": language.span_near(window.earliest, window.latest, year),
        "backup": language.near(visit.backup, year) if visit.backup else "",
        "price": language.sums(visit.price),
        "note": _note(plan, visit, language),
    }


def _note(plan: CoursePlan, visit: Session, language: Language) -> str:
    """Say what is special about a session, and what a provisional one waits for."""
    words = [language.say(name_of(plan, visit))] if visit.label else []
    words += [language.say(phrase("top-up"))] if visit.top_up else []
    if visit.provisional:
        words.append(language.say(phrase("provisional, only if the skin has improved")))
    certain = visit.model_copy(update={"provisional": False})
    return "; ".join(filter(None, [*words, notes_text(certain, language)]))


def _costs(plan: CoursePlan, language: Language) -> Iterator[Table]:
    for title, cost in costs_of(plan):
        yield {
            "title": f"{language.say(title)}, {language.say(basis_text(cost))}",
            **{
                part: [[language.say(label), sums, label == TOTAL] for label, sums in lines]
                for part, lines in (
                    ("bill", bill_lines(cost, language)),
                    ("due", payment_lines(cost, language, is_rest=pays_rest(plan, cost))),
                    ("months", month_lines(cost, language)),
                )
            },
        }


def _care(plan: CoursePlan, language: Language) -> Table:
    """Return what to do and to avoid, in the order the patient meets it."""
    spans = in_order(span for span in plan.care if span.action != "expect")
    return {
        "title": language.say(phrase("Before and after")),
        "rows": [_care_row(span, language) for span in spans],
    }


def _care_row(span: CareSpan, language: Language) -> list[str]:
    return [
        language.moments(span.first, span.last),
        language.say(ACTIONS[span.action]),
        language.say(span.what),
        language.say(sessions_text(span)),
    ]


# How each section is laid out: in the size of the text, and in small print.
_FORMS: Mapping[Name, str] = {
    "expected": "entries",
    "results": "pairs",
    "alternatives": "pairs",
    "questions": "questions",
    "findings": "points",
    "spacing": "points",
    "notices": "points",
}
_SMALL_FORMS: Mapping[Name, str] = {"facts": "facts", "assumptions": "run", "sources": "run"}


def _lists(plan: CoursePlan, language: Language, forms: Mapping[Name, str]) -> Iterator[Table]:
    for section in sections(plan, language, *forms):
        entries = list(map(_parts, section.entries))
        yield {"form": forms[section.name], "title": section.title, "entries": entries}


def _parts(entry: Entry) -> list[str]:
    if isinstance(entry, str):
        return [entry]
    label, body = entry
    return [label, body] if isinstance(body, str) else [part.words for part in body]
