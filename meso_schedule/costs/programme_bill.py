"""What treatments cost together: the sum of what each costs, where currencies agree."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from meso_schedule.course.bill import (
    CostEstimate,
    CostLine,
    CumulativeCost,
    MoneyRange,
    MonthCost,
    Payment,
    TaxPart,
)


class Bill(NamedTuple):
    """What the sessions of one protocol cost, on their days in order.

    Args:
        label: The letter of the protocol; None where it stands alone.
    """

    label: str | None
    dates: Sequence[date]
    cost: CostEstimate | None


def total_of(parts: Sequence[Bill]) -> CostEstimate | None:
    """Return what all parts cost together; None where a price is missing or currencies differ.

    Args:
        parts: Those that have sessions.
    """
    if parts and parts[0].label is None:
        return parts[0].cost
    costs = [bill.cost for bill in parts if bill.cost]
    if not costs or len(costs) < len(parts) or len({cost.currency for cost in costs}) > 1:
        return None
    bases = {cost.basis for cost in costs}
    return CostEstimate.made(
        currency=costs[0].currency,
        basis=costs[0].basis if len(bases) == 1 else "mixed",
        low=sum((cost.low for cost in costs), Decimal(0)),
        high=sum((cost.high for cost in costs), Decimal(0)),
        remaining=_remaining(costs),
        published_course=None,
        lines=tuple(_lines(parts)),
        tax=_tax([cost.tax for cost in costs if cost.tax]),
        deposit=_deposit([cost.deposit for cost in costs if cost.deposit]),
        instalments=_instalments(costs),
        by_month=_by_month(costs),
        cumulative=_cumulative(parts),
    )


def _lines(parts: Sequence[Bill]) -> Iterator[CostLine]:
    for label, _, cost in parts:
        for line in cost.lines if cost else ():
            yield line.model_copy(update={"label": label})


def _remaining(costs: Sequence[CostEstimate]) -> MoneyRange | None:
    """Return the shares of all sessions still to come; None while none is held."""
    if all(cost.remaining is None for cost in costs):
        return None
    shares = [cost.remaining or MoneyRange.made(low=cost.low, high=cost.high) for cost in costs]
    return MoneyRange.made(
        low=sum((share.low for share in shares), Decimal(0)),
        high=sum((share.high for share in shares), Decimal(0)),
    )


def _tax(taxes: Sequence[TaxPart]) -> TaxPart | None:
    if not taxes:
        return None
    amount = sum((tax.amount for tax in taxes), Decimal(0))
    return taxes[0].model_copy(update={"amount": amount})


def _deposit(deposits: Sequence[Payment]) -> Payment | None:
    if not deposits:
        return None
    return Payment.made(
        due=min(d.due for d in deposits), amount=sum((d.amount for d in deposits), Decimal(0))
    )


def _instalments(costs: Sequence[CostEstimate]) -> tuple[Payment, ...] | None:
    """Return the parts of all, those due on one day together."""
    if all(cost.instalments is None for cost in costs):
        return None
    due: dict[date, Decimal] = {}
    for cost in costs:
        for part in cost.instalments or ():
            due[part.due] = due.get(part.due, Decimal(0)) + part.amount
    return tuple(Payment.made(due=day, amount=due[day]) for day in sorted(due))


def _by_month(costs: Sequence[CostEstimate]) -> tuple[MonthCost, ...]:
    months: dict[str, list[MonthCost]] = {}
    for cost in costs:
        for entry in cost.by_month:
            months.setdefault(entry.month, []).append(entry)
    return tuple(
        MonthCost.made(
            month=month,
            sessions=sum(entry.sessions for entry in entries),
            low=sum((entry.low for entry in entries), Decimal(0)),
            high=sum((entry.high for entry in entries), Decimal(0)),
        )
        for month, entries in sorted(months.items())
    )


def _cumulative(parts: Sequence[Bill]) -> tuple[CumulativeCost, ...]:
    """Return how the total grows, session by session in the order of their dates."""
    shares: list[tuple[date, str | None, int, Decimal, Decimal]] = []
    for label, dates, cost in parts:
        low = high = Decimal(0)
        for day, entry in zip(dates, cost.cumulative if cost else (), strict=True):
            shares.append((day, label, entry.session, entry.low - low, entry.high - high))
            low, high = entry.low, entry.high
    low = high = Decimal(0)
    grown = []
    for _, label, number, more_low, more_high in sorted(shares):
        low, high = low + more_low, high + more_high
        grown.append(CumulativeCost.made(session=number, label=label, low=low, high=high))
    return tuple(grown)
