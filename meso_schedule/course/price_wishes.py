"""What is asked of the price: one agreed by hand, an option of the price list, no tax."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Self

from meso_schedule.base.dates import TextValue
from meso_schedule.base.errors import Fault
from meso_schedule.base.money import parse_amount
from meso_schedule.course.wishes import is_known

_OWN = re.compile("([a-z0-9-]+):(.*)")


@dataclass(frozen=True, slots=True)
class AgreedPrice(TextValue):
    """What a course costs by agreement: `540.00`; of several protocols `mesobotox:540.00`."""

    amount: Decimal
    protocol: str | None = None

    pattern: ClassVar[str] = r"^([a-z0-9-]+:)?[0-9]{1,12}(\.[0-9]{1,12})?$"
    example: ClassVar[str] = "540.00"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an amount, with the id of a protocol in front or without.

        Raises:
            FormatError: When there is no such amount.
        """
        named = _OWN.fullmatch(text.strip())
        return cls(parse_amount(named[2]), named[1]) if named else cls(parse_amount(text))

    def __str__(self) -> str:
        return f"{self.protocol}:{self.amount}" if self.protocol else str(self.amount)


def own_price_faults(asked: Mapping[str, Any]) -> Iterator[Fault]:
    """Find what is asked of the price and contradicts itself.

    Args:
        asked: The fields of a request, by name.
    """
    if asked["price"] and not asked["reason"]:
        problem, remedy = "A price agreed by hand needs a reason.", "Give reason, in a few words."
        yield Fault("missing_argument", problem, None, "reason", None, remedy)
    if asked["reason"] and not asked["price"]:
        problem, remedy = "The reason is that of a price.", "Give price too, or leave reason out."
        yield Fault("contradiction", problem, None, "reason", asked["reason"], remedy)
    if asked["price"] and asked["budget"] is not None:
        problem, remedy = "price and budget exclude each other.", "Give one of them."
        yield Fault("contradiction", problem, None, "budget", str(asked["budget"]), remedy)


def agreed_faults(ids: Sequence[str], prices: Sequence[AgreedPrice]) -> Iterator[Fault]:
    """Find prices of which nobody can tell what they are for, or of one course twice.

    Args:
        ids: The protocols asked for.
        prices: What is agreed.
    """
    for place, price in enumerate(prices):
        if not is_known(price.protocol, ids):
            problem = f"{price} names none of the protocols."
            remedy = f"Write which one it is for, for example {ids[0]}:{price.amount}."
            yield Fault("bad_price", problem, None, "price", str(price), remedy)
        whose = price.protocol or ids[0]
        if any((other.protocol or ids[0]) == whose for other in prices[:place]):
            problem, remedy = f"Two prices are agreed for {whose}.", "Keep one of them."
            yield Fault("contradiction", problem, None, "price", str(price), remedy)
