"""Facts to be told with a plan: never an error, never dropped."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from meso_schedule.costs import Tariff, wanted_currency
from meso_schedule.course import (
    ClosedDay,
    CostEstimate,
    Finding,
    Session,
)
from meso_schedule.tasks import Setup


def request_findings(setup: Setup) -> Iterator[Finding]:
    """Say what is unusual about what was asked."""
    protocol, request = setup.protocol, setup.request
    if setup.clinic.is_default:
        message = "No clinic file: Monday to Friday 09:00-17:00, no holidays, times in UTC."
        yield Finding(kind="no_clinic", message=message)
    if protocol.replaces_packaged:
        message = f"The rules of {protocol.id} come from a given file, not from the packaged one."
        yield Finding(kind="replaced_protocol", message=message)
    if setup.start < setup.as_of:
        message = f"The start, {setup.start}, lies before the day of planning, {setup.as_of}."
        yield Finding(kind="start_before_as_of", session=1, message=message)
    asked = request.sessions or protocol.sessions.usual
    if setup.sessions < asked:
        message = f"The budget pays for {setup.sessions} of {asked} sessions."
        yield Finding(kind="budget_cut", message=message)
    if protocol.no_published_interval:
        names = ", ".join(protocol.no_published_interval)
        message = f"No interval of their own is published for {names}: the general one is used."
        yield Finding(kind="no_published_interval", message=message)


def session_findings(visits: Sequence[Session]) -> Iterator[Finding]:
    """Say which sessions are late or provisional."""
    for session in visits:
        if session.late_days:
            message = (
                f"Session {session.number} is {session.late_days} days past its window,"
                f" which ends on {session.window.latest}."
            )
            yield Finding(kind="late", session=session.number, message=message)
    provisional = [str(session.number) for session in visits if session.provisional]
    if provisional:
        message = f"Provisional until improvement is recorded: session {', '.join(provisional)}."
        yield Finding(kind="provisional", session=int(provisional[0]), message=message)


def money_findings(
    setup: Setup, tariff: Tariff | None, cost: CostEstimate | None
) -> Iterator[Finding]:
    """Say where prices are missing, unused or unlike the published ones."""
    protocol, clinic = setup.protocol, setup.clinic
    wanted = wanted_currency(protocol, clinic, setup.request.currency)
    if tariff is None:
        inside = f" in {wanted}" if wanted else ""
        known = ", ".join(dict.fromkeys(price.currency for price in protocol.prices))
        hint = f" Prices are known in {known}." if known else ""
        message = f"No price{inside} is known for {protocol.id}: no cost is given.{hint}"
        yield Finding(kind="no_price", message=message)
    elif protocol.id in clinic.prices and tariff.basis == "published":
        message = (
            f"The clinic's price is in {clinic.currency}; the published one in {wanted} is shown."
        )
        yield Finding(kind="clinic_price_unused", message=message)
    elif clinic.prices and tariff.basis == "published":
        known = ", ".join(sorted(clinic.prices))
        message = f"The clinic's prices are for {known}; the published one is shown."
        yield Finding(kind="no_clinic_price", message=message)
    prices = tariff.price_list if tariff else None
    deposit = prices.deposit if prices else None
    if cost and deposit and not deposit.endswith("%") and Decimal(deposit) > cost.low:
        message = f"The deposit, {deposit}, is more than the total: the total is due."
        yield Finding(kind="deposit_cut", message=message)
    if cost and (course := cost.published_course):
        published = f"{course.low} to {course.high} {cost.currency}"
        if cost.high < course.low or cost.low > course.high:
            message = f"The sum lies outside the published price of a course, {published}."
            yield Finding(kind="outside_published", message=message)


def holiday_findings(closed: Sequence[ClosedDay]) -> Iterator[Finding]:
    """Say which holidays may still move."""
    for day in closed:
        if "(estimated)" in day.reason:
            message = f"The date of {day.reason} on {day.date} is not certain yet."
            yield Finding(kind="estimated_holiday", message=message)
