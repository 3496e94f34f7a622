"""What is to be told of money: prices missing or unused, a budget that cuts, cheaper packages."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from meso_schedule.base.phrases import Phrase, joined, phrase
from meso_schedule.costs.estimate import cheaper_course, total_cost
from meso_schedule.costs.tariffs import Tariff, wanted_currency
from meso_schedule.course.bill import CostEstimate
from meso_schedule.course.course_plan import Finding
from meso_schedule.planner.parts import Part
from meso_schedule.planner.setup import Setup
from meso_schedule.rules.protocol import Protocol


def money_findings(
    setup: Setup, tariff: Tariff | None, cost: CostEstimate | None
) -> Iterator[Finding]:
    """Say where prices are missing, unused or unlike the published ones."""
    protocol, clinic = setup.protocol, setup.clinic
    wanted = wanted_currency(protocol, clinic, setup.request.currency)
    if tariff is None:
        yield Finding.made(kind="no_price", message=_no_price(protocol, wanted))
    elif protocol.id in clinic.prices and tariff.basis == "published":
        message = phrase(
            "The clinic's price is in {own}; the published one in {wanted} is shown.",
            own=clinic.currency,
            wanted=wanted,
        )
        yield Finding.made(kind="clinic_price_unused", message=message)
    elif clinic.prices and tariff.basis == "published":
        message = phrase(
            "The clinic's prices are for {names}; the published one is shown.",
            names=joined(sorted(clinic.prices)),
        )
        yield Finding.made(kind="no_clinic_price", message=message)
    if cost and tariff:
        yield from _agreed_findings(setup, tariff)
    if tariff and cost:
        yield from _quantity_findings(tariff, cost)
        yield from _single_findings(tariff, cost)
    prices = tariff.price_list if tariff else None
    deposit = prices.deposit.amount if prices and prices.deposit else None
    if cost and deposit is not None and deposit > cost.low:
        message = phrase(
            "The deposit, {deposit}, is more than the total: the total is due.", deposit=deposit
        )
        yield Finding.made(kind="deposit_cut", message=message)
    course = cost.published_course if cost else None
    if cost and course and (cost.high < course.low or cost.low > course.high):
        message = phrase(
            "The sum lies outside the published price of a course, {low} to {high} {currency}.",
            low=course.low,
            high=course.high,
            currency=cost.currency,
        )
        yield Finding.made(kind="outside_published", message=message)


def _agreed_findings(setup: Setup, tariff: Tariff) -> Iterator[Finding]:
    """Say why a price is another than that of the list: by agreement, by an option, untaxed."""
    request, prices = setup.request, setup.clinic.prices.get(setup.protocol.id)
    if tariff.agreed is not None:
        message = phrase("The price was agreed: {reason}.", reason=request.reason)
        yield Finding.made(kind="agreed_price", message=message)
    elif prices and (option := prices.find_option(request.option, request.area)):
        yield Finding.made(kind="option", message=phrase("Priced as {option}.", option=option))
    if request.tax_exempt and setup.clinic.tax and tariff.basis == "clinic":
        tax = setup.clinic.tax.name
        message = phrase("No {tax} is charged: {reason}.", tax=tax, reason=request.tax_exempt)
        yield Finding.made(kind="tax_exempt", message=message)


def validity_findings(part: Part) -> Iterator[Finding]:
    """Say until when the course may be used, while it has sessions to come."""
    if part.sessions and (until := part.setup.valid_until(part.sessions[0].date)):
        message = phrase("The course is valid until {day}.", day=until)
        yield Finding.made(kind="valid_until", message=message)


def budget_findings(setup: Setup, tariff: Tariff | None) -> Iterator[Finding]:
    """Say that the budget cuts the course, and what the whole of it would cost."""
    asked = setup.request.sessions or setup.protocol.sessions.usual
    if tariff is None or setup.sessions >= asked:
        return
    whole = total_cost([(tariff, asked + setup.repeats)])
    told = {"count": setup.sessions, "asked": asked, "currency": tariff.currency}
    if whole.low == whole.high:
        message = phrase(
            "The budget pays for {count} of {asked} sessions;"
            " all {asked} would cost {amount} {currency}.",
            **told,
            amount=whole.high,
        )
    else:
        message = phrase(
            "The budget pays for {count} of {asked} sessions;"
            " all {asked} would cost {low} to {high} {currency}.",
            **told,
            low=whole.low,
            high=whole.high,
        )
    yield Finding.made(kind="budget_cut", message=message)


def _quantity_findings(tariff: Tariff, cost: CostEstimate) -> Iterator[Finding]:
    """Say that more sessions would cost less, as a package does."""
    count = len(cost.cumulative)
    if found := cheaper_course(tariff, count):
        more, amount = found
        message = phrase(
            "{more} sessions would cost {amount} {currency}, less than these {count}: {total}.",
            more=more,
            amount=amount,
            currency=cost.currency,
            count=count,
            total=cost.low,
        )
        yield Finding.made(kind="package_cheaper", message=message)


def _single_findings(tariff: Tariff, cost: CostEstimate) -> Iterator[Finding]:
    """Say what the sessions would cost one by one, where the course costs less."""
    if tariff.session is None or tariff.basis != "clinic" or cost.low != cost.high:
        return
    single = replace(tariff, agreed=None, price_list=None)
    count = len(cost.cumulative)
    singly = total_cost([(single, count)])
    if singly.low == singly.high and singly.low > cost.low:
        message = phrase(
            "By the single session these {count} would cost {amount} {currency}.",
            count=count,
            amount=singly.low,
            currency=cost.currency,
        )
        yield Finding.made(kind="single_price", message=message)


def _no_price(protocol: Protocol, wanted: str | None) -> Phrase:
    known = dict.fromkeys(price.currency for price in protocol.prices)
    if not wanted:
        return phrase("No price is known for {id}: no cost is given.", id=protocol.id)
    if not known:
        return phrase(
            "No price in {currency} is known for {id}: no cost is given.",
            currency=wanted,
            id=protocol.id,
        )
    return phrase(
        "No price in {currency} is known for {id}: no cost is given. Prices are known in {known}.",
        currency=wanted,
        id=protocol.id,
        known=joined(known),
    )


def money_findings_of_all(parts: Sequence[Part]) -> Iterator[Finding]:
    """Say why the whole has no total, where it has none."""
    currencies = sorted({part.cost.currency for part in parts if part.cost})
    if len(currencies) > 1:
        message = phrase(
            "Prices are in {currencies}: no total is given. Ask for one currency.",
            currencies=joined(currencies),
        )
        yield Finding.made(kind="currencies_differ", message=message)
    elif currencies and any(part.cost is None for part in parts):
        message = phrase("No total is given: not every treatment has a price.")
        yield Finding.made(kind="no_total", message=message)
