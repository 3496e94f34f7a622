"""Parts of a plan in words: cost, care, results, facts, other calendars."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from meso_schedule.base.phrases import Phrase, counted, joined, phrase
from meso_schedule.course.bill import CostEstimate, CostLine, MoneyRange
from meso_schedule.course.course_plan import CareSpan, CoursePlan, ResultSpan
from meso_schedule.output.terminal.layout import WIDE, Cell, Page, cell
from meso_schedule.output.words.language import ENGLISH, Language
from meso_schedule.output.words.text import as_day, numbers_text

TOTAL = phrase("Total")
_UNITS = ("mm", "ml", "mg", "minutes")


def cost_title(cost: CostEstimate, *, is_top_up: bool = False) -> Phrase:
    """Return the heading of what the course, or its top-ups, cost."""
    if is_top_up:
        return phrase("Cost of the top-ups in {currency}", currency=cost.currency)
    return phrase("Cost in {currency}", currency=cost.currency)


def basis_text(cost: CostEstimate) -> Phrase:
    """Say whose prices they are."""
    if cost.basis == "mixed":
        return phrase("the clinic's prices and published ones")
    return phrase("the clinic's prices") if cost.basis == "clinic" else phrase("published prices")


def add_cost(
    page: Page, cost: CostEstimate, title: Phrase, language: Language, *, is_rest: bool
) -> None:
    """Add what sessions cost, when it is due, and how it adds up over months and sessions."""
    page.block(f"{language.say(title)}, {language.say(basis_text(cost))}")
    page.pairs(cost_lines(cost, language, is_rest=is_rest), align_right=True)
    if page.width >= WIDE:
        sums = [
            (
                f"{it.label or ''}{it.session}",
                language.sums(MoneyRange.made(low=it.low, high=it.high)),
            )
            for it in cost.cumulative
        ]
        grown = language.apart(
            language.say(phrase("{name}: {text}", name=mark, text=total)) for mark, total in sums
        )
        page.pairs([(language.say(phrase("Up to session")), grown)])


def cost_lines(
    cost: CostEstimate, language: Language = ENGLISH, *, is_rest: bool
) -> list[tuple[str, str]]:
    """Return what sessions cost, when it is due and how it falls on months, line by line."""
    lines = [
        *bill_lines(cost, language),
        *payment_lines(cost, language, is_rest=is_rest),
        *month_lines(cost, language),
    ]
    return [(language.say(label), language.sums(sums)) for label, sums in lines]


def bill_lines(cost: CostEstimate, language: Language) -> Iterator[tuple[Phrase, MoneyRange]]:
    """Yield what is sold, its tax and the total."""
    for line in cost.lines:
        whole = MoneyRange.made(low=line.amount, high=line.amount_high)
        words = _line_label(line, language)
        named = phrase("{name}: {text}", name=line.label, text=words) if line.label else words
        yield named, whole
    if cost.tax:
        tax = cost.tax
        rate = language.share(tax.rate)
        inside = phrase("{name} {rate}, included", name=tax.name, rate=rate)
        added = phrase("{name} {rate}, added", name=tax.name, rate=rate)
        yield inside if tax.included else added, _alone(tax.amount)
    yield TOTAL, MoneyRange.made(low=cost.low, high=cost.high)
    if cost.remaining:
        yield phrase("Of it for sessions still to come"), cost.remaining
    if cost.published_course:
        yield phrase("Published price of a course"), cost.published_course


def _alone(amount: Decimal) -> MoneyRange:
    return MoneyRange.made(low=amount, high=amount)


def _line_label(line: CostLine, language: Language) -> Phrase:
    unit = language.sums(MoneyRange.made(low=line.unit, high=line.unit_high))
    if line.kind == "agreed":
        return phrase("Price by agreement")
    if line.kind == "course":
        return phrase("Whole course")
    if line.kind == "package":
        if line.quantity == 1:
            return phrase("Package of {count} sessions", count=line.sessions)
        return phrase(
            "{quantity} x package of {count} sessions, each {unit}",
            quantity=line.quantity,
            count=line.sessions,
            unit=unit,
        )
    sessions = counted(line.quantity, "{count} session", "{count} sessions")
    if line.quantity == 1:
        return sessions
    return phrase("{sessions}, each {unit}", sessions=sessions, unit=unit)


def payment_lines(
    cost: CostEstimate, language: Language, *, is_rest: bool
) -> Iterator[tuple[Phrase, MoneyRange]]:
    """Yield the deposit and the instalments with the days on which they are due.

    Args:
        cost: What sessions cost.
        language: Its words, dates and numbers.
        is_rest: Whether what follows the deposit is the rest, not paid in parts.
    """
    if cost.deposit:
        day = language.day(cost.deposit.due)
        yield phrase("Deposit, due {day}", day=day), _alone(cost.deposit.amount)
    for number, part in enumerate(cost.instalments or (), 1):
        day = language.day(part.due)
        # Some languages have a plural form for the first alone.
        label = counted(
            number, "Instalment {count}, due {day}", "Instalment {count}, due {day}", day=day
        )
        yield phrase("Rest, due {day}", day=day) if is_rest else label, _alone(part.amount)


def month_lines(cost: CostEstimate, language: Language) -> Iterator[tuple[Phrase, MoneyRange]]:
    """Yield how the total falls on the months."""
    for entry in cost.by_month:
        year, month = map(int, entry.month.split("-"))
        label = phrase(
            "{month}, {sessions}",
            month=language.month(year, month),
            sessions=counted(entry.sessions, "{count} session", "{count} sessions"),
        )
        yield label, MoneyRange.made(low=entry.low, high=entry.high)


def care_lines(
    care: Sequence[CareSpan], actions: Sequence[str], language: Language = ENGLISH
) -> Iterator[tuple[str, Cell]]:
    """Yield each piece of care with all its days, the one that begins first at the top."""
    pieces: dict[tuple[str, str], list[CareSpan]] = {}
    for span in care:
        if span.action in actions:
            pieces.setdefault((span.action, span.what), []).append(span)
    for (action, what), spans in pieces.items():
        label = "-" if action == "expect" else language.say(ACTIONS[action])
        yield label, cell(language.say(what), _care_times(spans, language))


def _care_times(spans: Sequence[CareSpan], language: Language) -> str:
    """Write when care of one kind is due; how long it lasts once, where that is always the same."""
    alike = len({span.lasts for span in spans}) == 1
    told, year = [], None
    for span in spans:
        days = care_time(span, language, year, with_length=not alike)
        told.append(
            language.say(phrase("{days} ({sessions})", days=days, sessions=sessions_text(span)))
        )
        year = span.last.year
    times = language.apart(told)
    if not (alike and spans[0].lasts):
        return times
    often = sum(len(span.marks) for span in spans) > 1
    lasts = phrase("each time {lasts}", lasts=spans[0].lasts) if often else spans[0].lasts
    return language.say(phrase("{name}: {text}", name=lasts, text=times))


def care_time(
    span: CareSpan, language: Language, beside: int | None = None, *, with_length: bool = True
) -> str:
    """Write when care is due, and how long it lasts as published."""
    when = language.moments(span.first, span.last, beside)
    return f"{when}, {language.say(lasts_text(span))}" if with_length and span.lasts else when


def lasts_text(span: CareSpan) -> str:
    """Say how long care lasts; around each session, where one span holds those of several."""
    return phrase("each time {lasts}", lasts=span.lasts) if len(span.marks) > 1 else span.lasts


def in_order(spans: Iterable[CareSpan]) -> list[CareSpan]:
    """Sort care as the patient meets it; what holds from the morning on stands first."""
    return sorted(spans, key=_begin)


def _begin(span: CareSpan) -> tuple[date, str]:
    timed = isinstance(span.first, datetime)
    return as_day(span.first), span.first.isoformat() if timed else ""


ACTIONS = {"avoid": phrase("Avoid"), "expect": phrase("Expect"), "do": phrase("Do")}


def sessions_text(span: CareSpan) -> Phrase:
    """Name the sessions that care belongs to, neighbours of one treatment joined."""
    if len(span.marks) == 1:
        return session_text(span.marks[0])
    letters: dict[str, list[int]] = {}
    for label in span.labels:
        letters.setdefault(label[0], []).append(int(label[1:]))
    told = [
        phrase("{letter}{numbers}", letter=letter, numbers=numbers_text(numbers))
        for letter, numbers in sorted(letters.items())
    ]
    numbers = joined(told, "; ") if told else numbers_text(span.sessions)
    return phrase("sessions {numbers}", numbers=numbers)


def session_text(mark: str) -> Phrase:
    """Name one session."""
    return phrase("session {number}", number=mark)


def result_spans(results: ResultSpan) -> Iterator[tuple[Phrase, date, date | None]]:
    """Yield what is to be seen, from which day, and up to which where it is a span."""
    settled = phrase("Swelling settled by") if results.swells else phrase("Effect settled by")
    yield settled, results.first, None
    if results.last and results.earliest:
        yield phrase("Results end between"), results.earliest, results.last
    elif results.last:
        yield phrase("Last until about"), results.last, None
    if due := results.top_up_due:
        yield phrase("Top-up due"), due.earliest, due.latest


def fact_lines(
    facts: Mapping[str, str | Sequence[str]], language: Language = ENGLISH
) -> Iterator[tuple[str, str]]:
    """Yield facts with their names in words and their units."""
    for name, entries in facts.items():
        told = [entries] if isinstance(entries, str) else entries
        yield language.say(fact_label(name)), ", ".join(map(language.fact, told))


def fact_label(name: str) -> str:
    """Write the name of a fact in words, with its unit.

    >>> fact_label("depth_mm")
    'Depth (mm)'
    """
    what, _, unit = name.rpartition("_")
    label = f"{what} ({unit})" if what and unit in _UNITS else name
    return label.replace("_", " ").capitalize()


def alternative_lines(plan: CoursePlan, language: Language = ENGLISH) -> Iterator[tuple[str, str]]:
    """Yield the best calendar of each other first day."""
    for entry in plan.alternatives:
        first = entry.dates[0]
        days = [language.near(day, first.year) for day in entry.dates]
        named = [f"{mark} {day}" for mark, day in zip(entry.labels, days, strict=False)]
        yield language.day(first), ", ".join(named or days[1:])
