"""What stands on the sheet, every word of it: the template only lays it out."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from meso_schedule.base.phrases import Phrase, days, phrase
from meso_schedule.course.bill import CostEstimate, MoneyRange
from meso_schedule.course.course_plan import CoursePlan, Session
from meso_schedule.course.history import HeldSession
from meso_schedule.course.plan_json import plan_digest
from meso_schedule.output.feed_code import feed_code
from meso_schedule.output.print.glyphs import cleaned, printed
from meso_schedule.output.print.sheet_months import badge, calendar
from meso_schedule.output.words.details import (
    TOTAL,
    basis_text,
    bill_lines,
    month_lines,
    payment_lines,
)
from meso_schedule.output.words.history_text import history_blocks
from meso_schedule.output.words.language import Language
from meso_schedule.output.words.patient import (
    TO_PAY,
    bill_of,
    care_rules,
    clock_text,
    special,
    told_with,
    visit_days,
    when_to_call,
    whom_to_call,
)
from meso_schedule.output.words.sections import Entry, Name, sections
from meso_schedule.output.words.session_table import NOTES, price_header
from meso_schedule.output.words.sources import without_links
from meso_schedule.output.words.treatments import costs_of, pays_rest, title_of

Table = dict[str, Any]

# The template puts the numbers of the pages in their places.
_PAGE, _PAGES = "{page}", "{pages}"


def sheet_content(plan: CoursePlan, language: Language) -> Table:
    """Return all that a sheet says: first what the patient needs, then what the file does."""
    say = language.say
    treatment = title_of(plan, language)
    footer = phrase("page {page} of {pages}", page=_PAGE, pages=_PAGES)
    months = calendar(plan, language)
    content = {
        "lang": language.code,
        "title": treatment,
        "clinic": _letterhead(plan, language),
        "about": _pairs(_whom(plan), language),
        "next": _next(plan, language),
        "visits": _visits(plan, language),
        "calendar": {"title": say(phrase("Calendar")), **months},
        "care": _care(plan, language),
        "pay": _pay(plan, language),
        "made": _pairs(_made(plan, language), language),
        "so_far": list(_so_far(plan, language)),
        "dates": _dates(plan, language),
        "closed_title": say(phrase("Closed days nearby")),
        "costs": list(_costs(plan, language)),
        "lists": list(_lists(plan, language, _FORMS)),
        "small": list(_lists(without_links(plan), language, _SMALL_FORMS)),
        "disclaimer": say(plan.disclaimer),
        "digest": say(phrase("plan {digest}", digest=plan_digest(plan))),
        "footer": say(footer),
    }
    made: Table = as_printed(content)
    # It is shown by the window of a reader, which breaks no lines.
    return {
        **made,
        "code": _code(plan, language),
        "subject": cleaned(f"{treatment} ({plan.reference})"),
    }


def as_printed(value: Any) -> Any:
    """Return plain data with each of its texts as it is printed."""
    if isinstance(value, str):
        return printed(value)
    if isinstance(value, dict):
        return {key: as_printed(entry) for key, entry in value.items()}
    return [as_printed(entry) for entry in value] if isinstance(value, list | tuple) else value


def address_line(address: str | None) -> str:
    """Return an address, however many lines it has, as one."""
    lines = (address or "").splitlines()
    if len(lines) > 1:
        lines = [told for line in lines if (told := line.strip(" ,"))]
    return ", ".join(lines)


def _letterhead(plan: CoursePlan, language: Language) -> Table:
    clinic = plan.clinic
    address = address_line(clinic.address)
    call = whom_to_call(plan)
    # What stands beside "to change or cancel" is not said again.
    email = clinic.email if clinic.phone else ""
    return {
        "name": clinic.name or "",
        "lines": [line for line in (address, email) if line],
        "call": [language.say(call[0]), call[1]] if call else [],
    }


def _code(plan: CoursePlan, language: Language) -> Table:
    """Return the code of the course's feed; only what is said beside it is printed as text."""
    code = feed_code(plan, language)
    if code is None:
        return {}
    return {**code._asdict(), "picture": code.picture.decode(), "told": printed(code.told)}


def _pairs(entries: Iterable[tuple[Phrase, str]], language: Language) -> list[list[str]]:
    return [[language.say(label), words] for label, words in entries if words]


def _whom(plan: CoursePlan) -> Iterator[tuple[Phrase, str]]:
    yield phrase("Patient"), plan.patient or ""
    yield phrase("Reference"), plan.reference


def _made(plan: CoursePlan, language: Language) -> Iterator[tuple[Phrase, str]]:
    """Yield when and by which rules it was planned."""
    rules = [
        phrase(
            "{id}, version {version}, {digest}", id=p.id, version=p.version, digest=p.digest[:19]
        )
        for p in plan.protocols
    ]
    planned = phrase("{day}, times in {zone}", day=language.day(plan.as_of), zone=plan.timezone)
    yield phrase("Planned on"), language.say(planned)
    yield phrase("Rules"), language.apart(map(language.say, rules))


def _next(plan: CoursePlan, language: Language) -> Table:
    """Return the next visit: nothing after the last."""
    visits = next(iter(visit_days(plan)), None)
    if visits is None:
        return {}
    day = language.full_day(visits[0].date)
    return {
        "title": language.say(phrase("Your next appointment")),
        "day": ", ".join(filter(None, [day, clock_text(visits, language)])),
        "beside": list(map(language.say, told_with(plan, visits))),
    }


def _visits(plan: CoursePlan, language: Language) -> Table:
    """Return the appointments, those that were kept ticked."""
    heads = {
        "done": phrase("Done"),
        "number": phrase("No."),
        "date": phrase("Date"),
        "time": phrase("Time"),
        "note": NOTES,
    }
    if not any(it.start for it in plan.visits) and not any(it.start for it in plan.history):
        del heads["time"]
    held = [_held_row(entry, language) for entry in plan.history]
    return {
        "title": language.say(phrase("Appointments")),
        "heads": [[name, language.say(head)] for name, head in heads.items()],
        "rows": held + [_row(plan, visits, language) for visits in visit_days(plan)],
    }


def _held_row(entry: HeldSession, language: Language) -> Table:
    sign = {"number": entry.mark, "kind": "session", "provisional": False}
    return {
        "badges": [{**sign, "label": entry.label or ""}],
        "held": True,
        "date": language.full_day(entry.date),
        "time": language.clock(entry.start) if entry.start else "",
        "note": language.say(phrase("held")),
    }


def _row(plan: CoursePlan, visits: list[Session], language: Language) -> Table:
    return {
        "badges": list(map(badge, visits)),
        "held": False,
        "date": language.full_day(visits[0].date),
        "time": clock_text(visits, language),
        "note": language.apart(special(plan, visits, language)),
    }


def _care(plan: CoursePlan, language: Language) -> Table:
    """Return the rules of care, and when to call."""
    when = when_to_call(plan, language)
    return {
        "columns": [
            {"title": language.say(title), "rules": list(map(list, rules))}
            for title, rules in care_rules(plan, language)
        ],
        "call": [language.say(phrase("Call us")), when] if when else [],
    }


def _pay(plan: CoursePlan, language: Language) -> Table:
    bill = bill_of(plan, language)
    if bill is None:
        return {}
    return {
        "title": language.say(TO_PAY),
        "total": bill.total,
        "notes": bill.notes,
        "parts": [{"paid": part.is_paid, "told": part.told} for part in bill.parts],
    }


def _so_far(plan: CoursePlan, language: Language) -> Iterator[Table]:
    """Yield what was held, and when the next session is due."""
    for title, lines in history_blocks(plan, language, verdicts=False):
        yield {"form": "pairs", "title": title, "entries": [list(line) for line in lines]}


def _dates(plan: CoursePlan, language: Language) -> Table:
    """Return what belongs to each date for the file: its heads by column, and its rows.

    What is booked is an appointment: it has no window to choose from.
    """
    heads = {
        "number": phrase("No."),
        "date": phrase("Date"),
        "gap": phrase("Days since last"),
        "window": phrase("Can move"),
        "backup": phrase("Backup"),
        "price": price_header(plan),
    }
    if plan.booked:
        del heads["window"]
    if not any(visit.price for visit in plan.visits):
        del heads["price"]
    return {
        "title": language.say(phrase("Dates and prices") if "price" in heads else phrase("Dates")),
        "heads": [[name, language.say(head)] for name, head in heads.items()],
        "rows": [_dates_row(visit, language) for visit in plan.visits],
    }


def _dates_row(visit: Session, language: Language) -> Table:
    window, year = visit.window, visit.date.year
    past = phrase("{days} past the window, as allowed", days=days(visit.late_days))
    return {
        "number": visit.mark,
        "date": language.near(visit.date, 0),
        "gap": "" if visit.interval_days is None else str(visit.interval_days),
        "window": language.span_near(window.earliest, window.latest, year),
        "backup": language.near(visit.backup, year) if visit.backup else "",
        "price": language.sums(visit.price),
        "note": language.say(past) if visit.late_days else "",
    }


def _costs(plan: CoursePlan, language: Language) -> Iterator[Table]:
    """Yield the bills: of a combined plan that of the whole, where there is one."""
    for title, cost in costs_of(plan):
        if plan.cost is None or cost in (plan.cost, plan.top_up_cost):
            yield {
                "title": f"{language.say(title)}, {language.say(basis_text(cost))}",
                **{
                    part: [
                        [language.say(label), language.sums(sums), label == TOTAL]
                        for label, sums in lines
                    ]
                    for part, lines in (
                        ("bill", bill_lines(cost, language)),
                        ("due", _due_lines(plan, cost, language)),
                        ("months", month_lines(cost, language)),
                    )
                },
            }


def _due_lines(
    plan: CoursePlan, cost: CostEstimate, language: Language
) -> Iterator[tuple[Phrase, MoneyRange]]:
    """Yield what is due when; of a booked course its account has told what still is."""
    if not plan.account:
        yield from payment_lines(cost, language, is_rest=pays_rest(plan, cost))


# How each section is laid out: in the size of the text, and in small print.
_FORMS: Mapping[Name, str] = {
    "preparation": "points",
    "care": "entries",
    "expected": "entries",
    "results": "pairs",
    "alternatives": "pairs",
    "questions": "questions",
    "findings": "points",
    "spacing": "points",
    "notices": "points",
}
_SMALL_FORMS: Mapping[Name, str] = {
    "facts": "facts",
    "products": "facts",
    "assumptions": "run",
    "sources": "run",
}


def _lists(plan: CoursePlan, language: Language, forms: Mapping[Name, str]) -> Iterator[Table]:
    # The list of appointments has said of each on which day it is otherwise.
    untold = tuple(finding for finding in plan.findings if finding.kind != "undecided")
    for section in sections(plan.model_copy(update={"findings": untold}), language, *forms):
        entries = [_parts(entry, language) for entry in section.entries]
        yield {"form": forms[section.name], "title": section.title, "entries": entries}


def _parts(entry: Entry, language: Language) -> list[str]:
    if isinstance(entry, str):
        return [entry]
    label, body = entry
    if isinstance(body, str):
        return [label, body]
    what, *when = [part.words for part in body]
    told = language.say(phrase("{name}: {text}", name=label, text=what))
    return [what if label == "-" else told, *when]
