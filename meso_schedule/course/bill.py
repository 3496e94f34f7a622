"""What is paid: amounts, the lines of a bill, when they are due."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import PlainSerializer, WithJsonSchema

from meso_schedule.base.dates import Day
from meso_schedule.base.models import Model
from meso_schedule.base.money import Share

# Amounts leave as text with the digits of their currency.
Money = Annotated[
    Decimal,
    PlainSerializer(lambda amount: format(amount, "f"), return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$"}),
]


class MoneyRange(Model):
    """An amount, or the least and the most it can be."""

    low: Money
    high: Money


class CostLine(Model):
    """One line of the bill; `unit` and `amount` are the low end of a range.

    `label` is the letter of its protocol in the bill of a combined plan.
    """

    label: str | None = None
    kind: Literal["session", "package", "course", "agreed"]
    quantity: int
    sessions: int
    unit: Money
    amount: Money
    unit_high: Money
    amount_high: Money


class TaxPart(Model):
    """The tax in the total."""

    name: str
    rate: Share
    included: bool
    amount: Money


class Payment(Model):
    """An amount and the day it is due."""

    due: Day
    amount: Money


class MonthCost(Model):
    """The sessions of a calendar month and their equal share of the total."""

    month: str
    sessions: int
    low: Money
    high: Money


class CumulativeCost(Model):
    """The equal shares of the total up to a session; `label` is the letter of its protocol."""

    session: int
    label: str | None = None
    low: Money
    high: Money


class CostEstimate(Model):
    """What the sessions cost.

    Args:
        basis: Whose prices: the clinic's, or published ones; mixed where protocols differ.
        low: The total, tax included; with `high` a range where prices are a range.
        remaining: The equal shares of the sessions still to come; None while none is held.
        published_course: The published price of a whole course in this currency.
        lines: The cheapest mix of packages and single sessions.
        deposit: Due on the day of planning; None for a range or where none is asked.
        instalments: The rest in equal parts, due on the first sessions; None as for the deposit.
        by_month: The total by calendar month.
        cumulative: The total as the sessions go by.
    """

    currency: str
    basis: Literal["clinic", "published", "mixed"]
    low: Money
    high: Money
    remaining: MoneyRange | None = None
    published_course: MoneyRange | None
    lines: tuple[CostLine, ...]
    tax: TaxPart | None
    deposit: Payment | None
    instalments: tuple[Payment, ...] | None
    by_month: tuple[MonthCost, ...]
    cumulative: tuple[CumulativeCost, ...]


class TreatmentCost(Model):
    """What one protocol of a combined plan costs."""

    label: str
    protocol: str
    cost: CostEstimate | None
    top_up_cost: CostEstimate | None


class Received(Model):
    """Money that came in or, as a refund, went back."""

    on: Day
    amount: Money
    refund: bool


class DuePart(Model):
    """What is not paid yet of an amount agreed; `due` is None while its session has no day."""

    due: Day | None
    amount: Money


class Statement(Model):
    """How a booked course stands in money.

    Args:
        agreed: What it costs, fees included; None for a range, or where it is not known.
        paid: What came in, less what went back.
        left: What is still to pay; negative where more was paid; None as for `agreed`.
        due: When that falls due.
    """

    currency: str
    agreed: Money | None
    paid: Decimal
    left: Decimal | None
    received: tuple[Received, ...]
    due: tuple[DuePart, ...]
