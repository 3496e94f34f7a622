"""What to pay and when, in one line."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from meso_schedule.base.phrases import phrase
from meso_schedule.course.bill import DuePart, Payment
from meso_schedule.course.course_plan import CoursePlan
from meso_schedule.output.words.language import Language
from meso_schedule.output.words.patient import bill_of
from meso_schedule.output.words.text import sentence

# More days than these are told by the first and the last of them.
_FEW = 3


def paying(plan: CoursePlan, language: Language) -> tuple[str, list[str]]:
    """Return what to pay and when, and what there is to say of the sum; nothing without a price."""
    bill = bill_of(plan, language)
    due = due_text(_due(plan), plan.as_of.year, language)
    notes = ", ".join(bill.notes) if bill else ""
    return due, [sentence(notes)] if notes else []


def due_text(parts: Iterable[Payment | DuePart], year: int, language: Language) -> str:
    """Write amounts and their days, those of one amount together.

    Args:
        parts: What is due.
        year: The year of asking, which is not written.
        language: Its words, dates and numbers.
    """
    return language.apart(map(language.say, _parts(parts, year, language)))


def _parts(parts: Iterable[Payment | DuePart], year: int, language: Language) -> Iterator[str]:
    days: dict[Decimal, list[date]] = {}
    for part in parts:
        if part.due is None:
            yield phrase("{amount} with a later session", amount=language.amount(part.amount))
        else:
            days.setdefault(part.amount, []).append(part.due)
    for amount, due in days.items():
        yield _part(language.amount(amount), due, year, language)


def _due(plan: CoursePlan) -> list[Payment | DuePart]:
    if plan.account:
        return list(plan.account.due)
    if plan.cost is None:
        return []
    return [it for it in (plan.cost.deposit, *(plan.cost.instalments or ())) if it]


def _part(amount: str, due: list[date], year: int, language: Language) -> str:
    if len(due) > _FEW:
        days = language.span_near(due[0], due[-1], year)
        return phrase("{count} x {amount}, {days}", count=len(due), amount=amount, days=days)
    days = ", ".join(language.near(day, year) for day in due)
    return phrase("{amount} on {day}", amount=amount, day=days)
