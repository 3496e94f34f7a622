"""What the sessions of a plan use up, as their rules say."""

from collections.abc import Sequence

from meso_schedule.course.products import ProductNeed
from meso_schedule.planner.parts import Part


def products_of(parts: Sequence[Part]) -> tuple[ProductNeed, ...]:
    """Return what the course sessions to come of each treatment use up."""
    return tuple(
        ProductNeed.made(
            label=part.setup.label,
            protocol=part.setup.protocol.id,
            name=product.name,
            amount=product.amount,
            unit=product.unit,
            sessions=len(part.sessions),
            total=product.amount * len(part.sessions),
            source=part.setup.protocol.origin(product),
        )
        for part in parts
        for product in part.setup.protocol.products
        if part.sessions
    )
