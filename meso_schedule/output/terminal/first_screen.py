"""The first screen of a plan: the appointments, what to decide, what to pay, what to heed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import zip_longest

from meso_schedule.base.phrases import Phrase, counted, phrase
from meso_schedule.base.phrases import days as days_text
from meso_schedule.course.bill import MoneyRange
from meso_schedule.course.course_plan import CareSpan, CoursePlan, Session
from meso_schedule.output.terminal.layout import (
    GAP,
    Cell,
    Column,
    Page,
    cell,
    clipped,
    display_width,
    text,
)
from meso_schedule.output.words.decisions import brief, decisions, other_notes
from meso_schedule.output.words.details import in_order
from meso_schedule.output.words.history_text import history_brief
from meso_schedule.output.words.language import Language
from meso_schedule.output.words.patient import clock_text, visit_days
from meso_schedule.output.words.paying import paying
from meso_schedule.output.words.preparation_lines import preparation_lines
from meso_schedule.output.words.session_table import NOTES, number_text
from meso_schedule.output.words.text import day_runs
from meso_schedule.output.words.treatments import title_of

# So many lines has a terminal, and so many sessions a usual course.
LINES = 24
USUAL = 6
# The lines that tell what was booked, one of them empty.
_RECEIPT = 3

Pair = tuple[str, str]


def add_first_screen(
    page: Page,
    plan: CoursePlan,
    language: Language,
    course: str | None = None,
    called: Mapping[str, str] | None = None,
) -> None:
    """Add what somebody at the desk needs at once; of a usual course it fits on one screen.

    Args:
        page: The page, empty so far.
        plan: The plan.
        language: Its words, dates and numbers.
        course: The id under which it was booked, which is told below it; None of a plan.
        called: What practitioners and rooms are called, by their ids; those left out are not
            told.
    """
    _add_head(page, plan, language)
    visits = visit_days(plan)
    page.block()
    if visits:
        _add_appointments(page, plan, visits, language, called or {})
        page.block()
    page.pairs(("!", told) for told in decisions(plan, language))
    most = LINES + max(0, len(visits) - USUAL) - (_RECEIPT if course else 0)
    more = _more_of_course(language, course) if course else _more_of_plan(language)
    add_briefly(page, list(to_know(plan, language)), more, most)


def _add_head(page: Page, plan: CoursePlan, language: Language) -> None:
    whose = "   ".join(filter(None, [plan.patient, plan.reference]))
    page.ends(title_of(plan, language), whose, "bold")
    if plan.visits:
        page.ends(_span(plan, language), _total(plan, language))
    for told in (*history_brief(plan, language), *preparation_lines(plan, language)):
        page.paragraph(told)


def _span(plan: CoursePlan, language: Language) -> str:
    count = counted(len(plan.sessions), "{count} session", "{count} sessions")
    told = [language.say(count)] if plan.sessions else []
    if plan.top_ups:
        more = counted(len(plan.top_ups), "{count} top-up", "{count} top-ups")
        told.append(language.say(more))
    first, last = plan.visits[0].date, plan.visits[-1].date
    return f"{' + '.join(told)}, {language.day(first)} {language.dash} {language.day(last)}"


def _total(plan: CoursePlan, language: Language) -> str:
    if plan.account and plan.account.agreed is not None:
        agreed = plan.account.agreed
        return language.price(MoneyRange.made(low=agreed, high=agreed), plan.account.currency)
    if plan.cost is None:
        return ""
    return language.price(
        MoneyRange.made(low=plan.cost.low, high=plan.cost.high), plan.cost.currency
    )


def _add_appointments(
    page: Page,
    plan: CoursePlan,
    visits: Sequence[list[Session]],
    language: Language,
    called: Mapping[str, str],
) -> None:
    rows = []
    year = 0
    for together, following in zip_longest(visits, visits[1:]):
        day = together[0].date
        closed = closed_between(plan, day, following[0].date) if following else None
        rows.append(_row(plan, together, year, closed, language, called=called))
        year = day.year
    add_appointments(page, rows, language)


def add_appointments(page: Page, rows: Sequence[Sequence[Cell]], language: Language) -> None:
    """Add one line a visit: number, day, time, who gives it, what it could be, notes.

    Times and who gives it are left out where no visit has them.
    """
    headers = [phrase("No."), phrase("Day"), phrase("Time"), phrase("With")]
    headers += [phrase("Could also be"), NOTES]
    columns = [Column(language.say(header)) for header in headers]
    columns[0] = columns[0]._replace(is_number=True)
    columns[3] = columns[3]._replace(folds=True)
    columns[-1] = columns[-1]._replace(folds=True)
    idle = [place for place in (2, 3) if not any(row[place] for row in rows)]
    kept = [place for place in range(len(columns)) if place not in idle]
    told = [[row[place] for place in kept] for row in rows]
    page.table([columns[place] for place in kept], told, ruled=False)


def closed_between(plan: CoursePlan, before: date, after: date) -> tuple[date, date] | None:
    """Return the longest closed time between two days, of more days than one."""
    days = ((it.date, "") for it in plan.closed if before < it.date < after)
    runs = [(first, last) for first, last, _ in day_runs(days) if first != last]
    return max(runs, key=lambda run: run[1] - run[0], default=None)


def _row(
    plan: CoursePlan,
    together: list[Session],
    year: int,
    closed: tuple[date, date] | None,
    language: Language,
    *,
    called: Mapping[str, str],
) -> list[Cell]:
    """Return the line of the sessions of one day."""
    first = together[0]
    style = "red" if first.late_days else "yellow" if first.provisional else ""
    notes = dict.fromkeys(map(language.say, visit_notes(plan, together, language)))
    if closed and not notes:
        days = language.span(*closed, year=False)
        notes[language.say(phrase("then closed {days}", days=days))] = None
    return [
        cell(text(" ".join(map(number_text, together)), style)),
        cell(text(language.weekday_near(first.date, year), style)),
        told_cell(clock_text(together, language)),
        told_cell(given_text(((it.practitioner, it.room) for it in together), called)),
        cell(could_be(together, language)),
        cell(", ".join(notes)),
    ]


def told_cell(words: str) -> Cell:
    """Return words as a cell; one without words is none."""
    return cell(words) if words else cell()


def given_text(givings: Iterable[tuple[str | None, str | None]], called: Mapping[str, str]) -> str:
    """Say who gives the sessions of a visit, and where.

    Args:
        givings: Practitioner and room of each, by their ids.
        called: What they are called; those left out are not told.
    """
    ids = zip(*givings, strict=True)
    return ", ".join(dict.fromkeys(called[it] for kind in ids for it in kind if it in called))


def could_be(together: Sequence[Session], language: Language) -> str:
    """Write the later days on which all of them could be for this patient."""
    told = {(visit.backup, visit.slack_days) for visit in together}
    first = together[0]
    if len(told) > 1 or first.backup is None:
        return "-"
    year = first.date.year
    last = date.fromordinal(first.date.toordinal() + (first.slack_days or 0))
    if last <= first.backup:
        return language.weekday_near(first.backup, year)
    return language.span(first.backup, last, year=False)


def visit_notes(
    plan: CoursePlan, together: Sequence[Session], language: Language
) -> Iterator[Phrase]:
    """Yield what is to be known of the sessions of one day, and where else they could be."""
    for visit in together:
        if visit.top_up:
            yield phrase("top-up")
        other = plan.otherwise(visit)
        day = language.short_day(other.date) if other else ""
        if visit.provisional and other:
            yield phrase("if the skin improves, else {day}", day=day)
        elif visit.provisional:
            yield phrase("if the skin improves")
        elif other:
            yield phrase("else {day}", day=day)
        if visit.late_days:
            yield phrase("{days} late", days=days_text(visit.late_days))


def to_know(plan: CoursePlan, language: Language) -> Iterator[Pair]:
    """Yield what to pay and when, the care in one line an item, and what there is to note."""
    due, priced = paying(plan, language)
    if due:
        yield language.say(phrase("Pay")), due
    for span in _care(plan):
        when = phrase("Before") if span.before else phrase("After")
        rule = phrase("avoid: {what}", what=brief(language.say(span.what)))
        if span.action == "do":
            rule = phrase("do: {what}", what=brief(language.say(span.what)))
        yield language.say(when), f"{language.say(span.lasts)}, {language.say(rule)}"
    for told in [*priced, *other_notes(plan, language)]:
        yield language.say(phrase("Note")), told


def _care(plan: CoursePlan) -> Iterator[CareSpan]:
    seen = set[tuple[str, str]]()
    for span in in_order(plan.care):
        if span.action != "expect" and (span.what, span.lasts) not in seen:
            seen.add((span.what, span.lasts))
            yield span


def more_parts(language: Language) -> Pair:
    """Return how to see more than the first screen."""
    say = language.say
    parts = [("--why", phrase("reasons")), ("--care", phrase("dates")), ("--sources", "")]
    options = ", ".join(f"{name} {say(words)}".rstrip() for name, words in parts)
    return say(phrase("More")), f"{options}, --full {say(phrase('all of it'))}"


def _more_of_plan(language: Language) -> list[Pair]:
    """Return how to see more, and what to type next."""
    same = language.say(phrase("the same words"))
    following = f"courses open ({same}), --output sheet.pdf"
    return [more_parts(language), (language.say(phrase("Next")), following)]


def _more_of_course(language: Language, course: str) -> list[Pair]:
    """Return the same of what has just been booked."""
    shown, following = f"courses show {course}", f"courses print {course}"
    return [
        (language.say(phrase("More")), f"meso-schedule {shown}"),
        (language.say(phrase("Next")), f"meso-schedule {following} --output sheet.pdf"),
    ]


def add_briefly(page: Page, told: Sequence[Pair], more: Sequence[Pair], most: int) -> None:
    """Add entries of one line each, as many as there is room for, then how to see the rest.

    Args:
        page: The page so far.
        told: What is told; entries are cut to one line.
        more: How to see more, and what to type next; of this nothing is cut.
        most: How many lines the page is to have.
    """
    below = Page(page.width)
    below.pairs(more)
    shown = told[: max(1, most - page.height - below.height)]
    (label, words), *others = more
    if left := len(told) - len(shown):
        words = f"{words} (+{left})"
    labels = [it for it, _ in (*shown, *more)]
    room = page.width - max(map(display_width, labels)) - GAP - 2
    page.pairs([*_one_line_each(shown, room), (label, words), *others])


def _one_line_each(entries: Sequence[Pair], room: int) -> Iterator[Pair]:
    """Yield each entry cut to one line, a label that comes again only once."""
    told = ""
    for label, body in entries:
        yield "" if label == told else label, clipped(body, room)
        told = label
