"""Parts of a plan in words: cost, care, results, facts, other calendars."""

from collections.abc import Iterator, Mapping, Sequence

from meso_schedule.course import (
    CareSpan,
    CostEstimate,
    CostLine,
    CoursePlan,
    MoneyRange,
    ResultSpan,
)
from meso_schedule.output.terminal import WIDE, Cell, Page, cell
from meso_schedule.output.text import (
    MONTH_NAMES,
    count_text,
    day_text,
    moments_text,
    money_text,
    numbers_text,
    short_day,
    span_text,
)

_UNITS = ("mm", "ml", "mg", "minutes")


def add_cost(page: Page, cost: CostEstimate, title: str) -> None:
    """Add what sessions cost, when it is due, and how it adds up over months and sessions."""
    whose = "the clinic's prices" if cost.basis == "clinic" else "published prices"
    page.block(f"{title} in {cost.currency}, {whose}")
    page.pairs(cost_lines(cost), align_right=True)
    if page.width >= WIDE:
        sums = [
            f"{entry.session}: {money_text(MoneyRange(low=entry.low, high=entry.high))}"
            for entry in cost.cumulative
        ]
        page.pairs([("Up to session", "; ".join(sums))])


def cost_lines(cost: CostEstimate) -> list[tuple[str, str]]:
    """Return what sessions cost, when it is due and how it falls on months, line by line."""
    return [*_bill(cost), *_payments(cost), *_months(cost)]


def _bill(cost: CostEstimate) -> Iterator[tuple[str, str]]:
    for line in cost.lines:
        yield _line_label(line), money_text(MoneyRange(low=line.amount, high=line.amount_high))
    if cost.tax:
        how = "included" if cost.tax.included else "added"
        yield f"{cost.tax.name} {cost.tax.rate}, {how}", format(cost.tax.amount, "f")
    yield "Total", money_text(MoneyRange(low=cost.low, high=cost.high))
    if cost.published_course:
        yield "Published price of a course", money_text(cost.published_course)


def _line_label(line: CostLine) -> str:
    unit = money_text(MoneyRange(low=line.unit, high=line.unit_high))
    if line.kind == "course":
        return "Whole course"
    if line.kind == "package":
        what = f"Package of {line.sessions} sessions"
        return what if line.quantity == 1 else f"{line.quantity} x {what.lower()}, each {unit}"
    return "1 session" if line.quantity == 1 else f"{line.quantity} sessions, each {unit}"


def _payments(cost: CostEstimate) -> Iterator[tuple[str, str]]:
    if cost.deposit:
        yield f"Deposit, due {day_text(cost.deposit.due)}", format(cost.deposit.amount, "f")
    for number, part in enumerate(cost.instalments or (), 1):
        yield f"Instalment {number}, due {day_text(part.due)}", format(part.amount, "f")


def _months(cost: CostEstimate) -> Iterator[tuple[str, str]]:
    for entry in cost.by_month:
        year, month = entry.month.split("-")
        label = f"{MONTH_NAMES[int(month) - 1]} {year}, {count_text(entry.sessions, 'session')}"
        yield label, money_text(MoneyRange(low=entry.low, high=entry.high))


def care_lines(care: Sequence[CareSpan], actions: Sequence[str]) -> Iterator[tuple[str, Cell]]:
    """Yield each piece of care with all its days, the one that begins first at the top."""
    spans: dict[tuple[str, str], list[str]] = {}
    for span in care:
        sessions = "session" if len(span.sessions) == 1 else "sessions"
        when = f"{moments_text(span.first, span.last)} ({sessions} {numbers_text(span.sessions)})"
        spans.setdefault((span.action, span.what), []).append(when)
    for (action, what), days in spans.items():
        if action in actions:
            label = "-" if action == "expect" else action.capitalize()
            yield label, cell(what, "; ".join(days))


def result_lines(results: ResultSpan) -> Iterator[tuple[str, str]]:
    """Yield when results show, how long they last and when a top-up is due."""
    yield "Show from", day_text(results.first)
    if results.last:
        yield "Last until about", day_text(results.last)
    if due := results.top_up_due:
        yield "Top-up due", span_text(due.earliest, due.latest)


def fact_lines(facts: Mapping[str, str | Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Yield facts with their names in words and their units."""
    for name, entries in facts.items():
        what, _, unit = name.rpartition("_")
        label = f"{what} ({unit})" if what and unit in _UNITS else name
        yield (
            label.replace("_", " ").capitalize(),
            entries if isinstance(entries, str) else ", ".join(entries),
        )


def alternative_lines(plan: CoursePlan) -> Iterator[tuple[str, str]]:
    """Yield the best calendar of each other first day."""
    for entry in plan.alternatives:
        yield day_text(entry.dates[0]), ", ".join(short_day(day) for day in entry.dates[1:])
