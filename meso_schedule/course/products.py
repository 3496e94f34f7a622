"""What the sessions of a plan use up."""

from decimal import Decimal
from typing import Annotated

from pydantic import PlainSerializer

from meso_schedule.base.models import Model

Quantity = Annotated[Decimal, PlainSerializer(lambda amount: format(amount, "f"), when_used="json")]


class ProductNeed(Model):
    """How much of a product the course sessions to come use up; top-ups are outside it.

    Args:
        label: The letter of the treatment in a combined plan.
        protocol: The id of the protocol whose sessions use it.
        amount: What a session uses.
        sessions: How many there are.
        total: What they use up together.
        source: Where the amount is from.
    """

    label: str | None = None
    protocol: str
    name: str
    amount: Quantity
    unit: str
    sessions: int
    total: Quantity
    source: str
