"""What a patient meets first: the next visit, whom to call, three rules, what to pay."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from meso_schedule.base.phrases import Phrase, counted, phrase
from meso_schedule.course.bill import CostEstimate, DuePart, MoneyRange, Payment, Statement
from meso_schedule.course.course_plan import CareSpan, CoursePlan, Session
from meso_schedule.output.words.details import basis_text, in_order
from meso_schedule.output.words.language import Language
from meso_schedule.output.words.treatments import name_of
from meso_schedule.output.words.waiting import waits_text

TO_PAY = phrase("To pay")


def visit_days(plan: CoursePlan) -> list[list[Session]]:
    """Return the sessions to come, those of one day together."""
    return [list(visits) for _, visits in groupby(plan.visits, key=lambda visit: visit.date)]


def clock_text(visits: Iterable[Session], language: Language) -> str:
    """Write when the sessions of one day begin: the first, where they follow one another."""
    return next((language.clock(visit.start) for visit in visits if visit.start), "")


def told_with(plan: CoursePlan, visits: list[Session]) -> Iterator[Phrase]:
    """Yield what is told beside the next visit: which sessions they are, and how long they take."""
    for visit in visits:
        if visit.top_up:
            yield phrase("top-up")
        elif visit.label:
            yield phrase("{number}, {name}", number=visit.mark, name=name_of(plan, visit))
        else:
            total = plan.sessions[-1].number
            yield phrase("session {number} of {total}", number=visit.mark, total=total)
    if visits[0].start and visits[-1].end:
        minutes = (visits[-1].end - visits[0].start).seconds // 60
        yield phrase("about {time}", time=counted(minutes, "{count} minute", "{count} minutes"))


def special(plan: CoursePlan, visits: list[Session], language: Language) -> list[str]:
    """Return what a patient should know of the sessions of a day.

    Nothing is late to a patient: what a closed day has caused is no fault of theirs. Treatments
    that share a day stand there by their marks alone.
    """
    told = [name_of(plan, visit) for visit in visits if visit.label and len(visits) == 1]
    for visit in visits:
        if visit.top_up:
            told.append(phrase("top-up"))
        if waits := waits_text(plan, visit, language):
            told.append(waits)
        if visit.backup:
            day = language.near(visit.backup, visit.date.year)
            told.append(phrase("spare day {day}", day=day))
    return list(dict.fromkeys(map(language.say, told)))


def whom_to_call(plan: CoursePlan) -> tuple[Phrase, str] | None:
    """Return until when a visit can be changed, and how the clinic is reached; None if unknown."""
    clinic = plan.clinic
    reach = clinic.phone or clinic.email
    if not reach:
        return None
    if clinic.notice is None:
        return phrase("To change or cancel"), reach
    return phrase("To change or cancel, until {notice} before", notice=clinic.notice), reach


def when_to_call(plan: CoursePlan, language: Language) -> str:
    """Say when to call after a treatment, the clinic's own words first; nothing if unknown whom."""
    if plan.clinic.call_us or whom_to_call(plan) is None:
        return plan.clinic.call_us or ""
    return language.say(phrase("if anything worries you."))


class CareRule(NamedTuple):
    """A rule of care, said once for all sessions.

    Args:
        lasts: How long it holds around each.
        what: What to do, to avoid or to expect.
        next_days: The days or hours of the next time, where it is to be prepared for.
    """

    lasts: str
    what: str
    next_days: str


class CareRules(NamedTuple):
    """The rules of care of one kind, under their heading."""

    title: Phrase
    rules: list[CareRule]


_BEFORE, _AFTER = phrase("Before each session"), phrase("After each session")
_NORMAL = phrase("This is normal")


def care_rules(plan: CoursePlan, language: Language) -> Iterator[CareRules]:
    """Yield what to keep to before each session, after it, and what is normal."""
    spans: dict[tuple[str, str, str], CareSpan] = {}
    for span in in_order(plan.care):
        spans.setdefault((span.action, span.what, span.lasts), span)
    for title in (_BEFORE, _AFTER, _NORMAL):
        own = [span for span in spans.values() if _title_of(span) == title]
        if own:
            yield CareRules(title, [_rule(span, language) for span in own])


def _title_of(span: CareSpan) -> Phrase:
    return _NORMAL if span.action == "expect" else _BEFORE if span.before else _AFTER


def _rule(span: CareSpan, language: Language) -> CareRule:
    what = {
        "avoid": phrase("avoid: {what}", what=span.what),
        "do": phrase("do: {what}", what=span.what),
        "expect": span.what,
    }[span.action]
    days = language.moments(span.first, span.last)
    told = phrase("next: {days}", days=days) if span.before else ""
    return CareRule(*map(language.say, (span.lasts, what, told)))


class BillPart(NamedTuple):
    """An amount that was paid, or is to be."""

    is_paid: bool
    told: str


class PatientBill(NamedTuple):
    """What a course costs, in a line, and its parts with what is paid.

    Args:
        total: The whole sum, with its currency; nothing where it is not known.
        notes: The tax in it, what a package saves, whose prices they are, what is left.
        parts: What was paid, and what is due.
    """

    total: str
    notes: list[str]
    parts: list[BillPart]


def bill_of(plan: CoursePlan, language: Language) -> PatientBill | None:
    """Return what is to pay; None where nothing is known of it.

    Of a booked course it is what the account says: nothing is asked for twice.
    """
    account, cost = plan.account, plan.cost
    notes = list(_notes(plan, cost, language)) if cost else []
    if account:
        notes += _standing(account, language)
        known = MoneyRange.made(low=account.agreed, high=account.agreed) if account.agreed else None
        parts = [*_received(account, language), *_due(account.due, language)]
        return _bill(known, account.currency, notes, parts, language)
    if cost is None:
        return None
    due = [it for it in (cost.deposit, *(cost.instalments or ())) if it]
    total = MoneyRange.made(low=cost.low, high=cost.high)
    return _bill(total, cost.currency, notes, list(_due(due, language)), language)


def _bill(
    total: MoneyRange | None,
    currency: str,
    notes: Iterable[Phrase],
    parts: list[BillPart],
    language: Language,
) -> PatientBill:
    told = language.price(total, currency) if total else ""
    return PatientBill(told, list(map(language.say, notes)), parts)


def _notes(plan: CoursePlan, cost: CostEstimate, language: Language) -> Iterator[Phrase]:
    if cost.basis != "clinic":
        yield basis_text(cost)
    if cost.tax:
        amount = language.amount(cost.tax.amount)
        yield phrase("{tax} of {amount} included", tax=cost.tax.name, amount=amount)
    for line in cost.lines:
        if line.kind == "package":
            yield counted(
                line.quantity, "package of {size}", "{count} packages of {size}", size=line.sessions
            )
    if saved := _saved(plan, cost):
        yield phrase("{amount} less than single sessions", amount=language.amount(saved))


def _saved(plan: CoursePlan, cost: CostEstimate) -> Decimal:
    """Return what packages save; nothing where that is not plain."""
    single = {it.label: it.price for it in plan.sessions if it.price}
    if cost.tax and not cost.tax.included:
        return Decimal(0)
    return sum(
        (
            line.quantity * line.sessions * single[line.label].low - line.amount
            for line in cost.lines
            if line.kind == "package" and line.label in single
        ),
        Decimal(0),
    )


def _standing(account: Statement, language: Language) -> Iterator[Phrase]:
    paid = phrase("paid so far: {amount}", amount=language.amount(account.paid))
    if account.left is None:
        yield paid
    elif account.left > 0:
        yield paid
        yield phrase("left to pay: {amount}", amount=language.amount(account.left))
    elif account.left == 0:
        yield phrase("all is paid")
    else:
        yield paid
        yield phrase("goes back to you: {amount}", amount=language.amount(-account.left))


def _received(account: Statement, language: Language) -> Iterator[BillPart]:
    for it in account.received:
        amount, day = language.amount(it.amount), language.dated(it.on)
        told = phrase("{amount} paid on {day}", amount=amount, day=day)
        back = phrase("{amount} paid back on {day}", amount=amount, day=day)
        yield BillPart(True, language.say(back if it.refund else told))


def _due(parts: Iterable[Payment | DuePart], language: Language) -> Iterator[BillPart]:
    for part in parts:
        amount = language.amount(part.amount)
        told = phrase("{amount} with a later session", amount=amount)
        if part.due:
            told = phrase("{amount} on {day}", amount=amount, day=language.dated(part.due))
        yield BillPart(False, language.say(told))
