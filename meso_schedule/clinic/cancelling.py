"""What a clinic keeps of a visit that is missed, called off or moved at short notice."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator

from meso_schedule.base.dates import TextValue
from meso_schedule.base.errors import Fault
from meso_schedule.base.models import Many, Model
from meso_schedule.base.money import ShareOrAmount, decimals_fault
from meso_schedule.clinic.notice_period import NoticePeriod

# Not come at all, called off, or put to another day.
Cause = Literal["missed", "late", "moved"]
_SESSION = "session"


@dataclass(frozen=True, slots=True)
class Keep(TextValue):
    """What is kept of a visit: an amount, a share of its price, or the session as one had."""

    asked: ShareOrAmount | None

    pattern: ClassVar[str] = f"^{_SESSION}$|{ShareOrAmount.pattern}"
    example: ClassVar[str] = "50%"

    @classmethod
    def parse(cls, text: object) -> Self:
        """Read `session`, a share or an amount.

        Raises:
            FormatError: When it is none of them.
        """
        return cls(None if text == _SESSION else ShareOrAmount.parse(text))

    @classmethod
    def _accept(cls, value: object) -> Self:
        return value if isinstance(value, cls) else cls.parse(value)

    def __str__(self) -> str:
        return str(self.asked or _SESSION)

    @property
    def amount(self) -> Decimal | None:
        """The amount; None for a share or a session."""
        return self.asked.amount if self.asked else None


class Step(Model):
    """What is kept from a moment on.

    Args:
        inside: How long before the visit that begins; left out, with the clinic's notice.
    """

    inside: NoticePeriod | None = None
    keep: Keep


def _step(value: object) -> object:
    return value if isinstance(value, dict | Step) else {"keep": value}


Steps = Many[Annotated[Step, BeforeValidator(_step)]]


class Cancelling(Model):
    """What is kept of a visit, tax within; beside what is kept of a course that is stopped.

    Args:
        missed: Where the patient did not come.
        late: Where the visit was called off inside the notice.
        moved: Where it was moved inside the notice.
    """

    missed: Steps = ()
    late: Steps = ()
    moved: Steps = ()

    def keep(
        self, cause: Cause, notice: NoticePeriod | None, start: datetime, asked_at: datetime
    ) -> Keep | None:
        """Return what is kept of a visit; None for nothing.

        Args:
            cause: What became of it.
            notice: That of the clinic.
            start: When the visit begins, in the clinic's zone.
            asked_at: When it was called off or moved, in the clinic's zone.
        """
        kept = None
        for step in getattr(self, cause):
            inside = step.inside or notice
            if cause == "missed" or (inside and inside.holds(start, asked_at)):
                kept = step.keep
        return kept

    def faults(
        self, notice: NoticePeriod | None, currency: str | None, place: str = "cancelling"
    ) -> Iterator[Fault]:
        """Find steps out of order or without a notice, and amounts that are none."""
        for cause in ("missed", "late", "moved"):
            before = None
            steps: tuple[Step, ...] = getattr(self, cause)
            for number, step in enumerate(steps, 1):
                key = f"{place}.{cause}" + (f"[{number}]" if len(steps) > 1 else "")
                yield from _amount_faults(step.keep, currency, key)
                if cause == "missed" and (step.inside or number > 1):
                    problem = "A visit is missed once, at its start."
                    remedy = "Write what is kept, without steps."
                    yield Fault("contradiction", problem, None, key, str(step.keep), remedy)
                elif cause != "missed":
                    yield from _step_faults(step, before, notice, key)
                before = step.inside or notice


def _amount_faults(keep: Keep, currency: str | None, place: str) -> Iterator[Fault]:
    if keep.amount is not None and currency is None:
        problem, remedy = "An amount needs a currency.", 'Add for example currency = "GBP".'
        yield Fault("missing_key", problem, None, "currency", None, remedy)
    elif keep.amount is not None and currency is not None:
        yield from decimals_fault(keep.amount, currency, place)


def _step_faults(
    step: Step, before: NoticePeriod | None, notice: NoticePeriod | None, place: str
) -> Iterator[Fault]:
    inside = step.inside or notice
    if step.inside:
        yield from step.inside.faults(f"{place}.inside")
    if inside is None:
        problem = "Nothing says how long before a visit that begins."
        remedy = 'Write inside = "24 hours", or notice = "24 hours" for the clinic.'
        yield Fault("missing_key", problem, None, "notice", None, remedy)
    elif before and before.nominal_hours <= inside.nominal_hours:
        problem = f"The step inside {inside} comes after that inside {before}."
        remedy = "Write the longest first, each once."
        yield Fault("out_of_order", problem, None, place, str(inside), remedy)
