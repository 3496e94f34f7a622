"""What a clinic's first visit for new patients is like, and what it costs."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field

from meso_schedule.base.errors import Fault
from meso_schedule.base.intervals import Interval, distance_faults
from meso_schedule.base.models import Amount, Count, Model
from meso_schedule.base.money import decimals_fault
from meso_schedule.clinic.cancelling import Cancelling, Steps
from meso_schedule.clinic.notice_period import NoticePeriod

_MAX_MINUTES = 24 * 60


def _redeemed(value: object) -> object:
    """Read a length as one, so that no other reading is told of besides."""
    return Interval.parse(value) if isinstance(value, str) else value


# Whether the price of a consultation counts against a course: always, or one begun so soon.
Redeemed = Annotated[Interval | bool, Field(union_mode="left_to_right"), BeforeValidator(_redeemed)]


class ConsultationTerms(Model):
    """A first visit, before session 1.

    Args:
        minutes: How long it takes.
        price: What it costs, as the clinic's other prices.
        reflection: How long after it session 1 may be at the earliest.
        redeemed: Whether its price counts against a course: always, or one begun so soon.
        missed: What is kept where the patient did not come.
        late: What is kept where it was called off inside the notice.
    """

    minutes: Count
    price: Amount = Decimal(0)
    reflection: Interval = Interval(0, 0)
    redeemed: Redeemed = False
    missed: Steps = ()
    late: Steps = ()

    @property
    def cancelling(self) -> Cancelling:
        """What is kept of it, in place of what is kept of a session."""
        return Cancelling(missed=self.missed, late=self.late)

    def is_redeemed(self, on: date, begun: date) -> bool:
        """Tell whether the price of one on a day counts against a course begun on another."""
        if isinstance(self.redeemed, bool):
            return self.redeemed
        return begun <= self.redeemed.after(on)

    def faults(self, notice: NoticePeriod | None, currency: str | None) -> Iterator[Fault]:
        """Find lengths that nobody would mean, and amounts that are none."""
        if not 1 <= self.minutes <= _MAX_MINUTES:
            problem, remedy = "It is out of range.", f"Write 1 to {_MAX_MINUTES}."
            value = str(self.minutes)
            yield Fault("bad_number", problem, None, "consultation.minutes", value, remedy)
        if self.price and currency is None:
            problem, remedy = "A price needs a currency.", 'Add for example currency = "GBP".'
            yield Fault("missing_key", problem, None, "currency", None, remedy)
        elif currency is not None:
            yield from decimals_fault(self.price, currency, "consultation.price")
        yield from distance_faults(self.reflection, "consultation.reflection")
        if isinstance(self.redeemed, Interval):
            yield from distance_faults(self.redeemed, "consultation.redeemed")
        yield from self.cancelling.faults(notice, currency, "consultation")
