"""What a clinic keeps of visits that are missed, called off or moved at short notice."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from meso_schedule.availability.open_days import OpenDays
from meso_schedule.base.models import Model
from meso_schedule.base.times import Clock
from meso_schedule.book.prices import prices_of, terms_by_protocol
from meso_schedule.book.state import CourseConsultation, CourseSession, CourseState
from meso_schedule.clinic.cancelling import Cause, Keep
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.bill import Money

_CONSULTATION = "the consultation"


class KeptOfVisit(Model):
    """What is kept of one session.

    Args:
        session: What tells it from all others, such as `2` or `B2`.
        fee: The amount, tax within; None where the session counts as had instead.
    """

    session: str
    currency: str
    fee: Money | None

    @property
    def facts(self) -> dict[str, Any]:
        """What the event says of it."""
        if self.fee is None:
            return {"forfeited": True}
        return {"currency": self.currency, "fee": self.fee}

    def __str__(self) -> str:
        if self.fee is None:
            return f"session {self.session} counts as had"
        what = self.session if self.session == _CONSULTATION else f"session {self.session}"
        return f"{self.fee} {self.currency} for {what}"


def kept_of_visit(
    state: CourseState,
    clinic: Clinic | None,
    sessions: Sequence[CourseSession],
    cause: Cause,
    asked_at: tuple[date, Clock],
) -> list[KeptOfVisit | None]:
    """Return what is kept of each session of a visit; None for nothing.

    An amount is kept once a visit, a share of each session's price, tax within.

    Args:
        state: The course before.
        clinic: Whose terms hold.
        sessions: Those of one visit.
        cause: What becomes of it.
        asked_at: The day and the time of asking, in the clinic's zone.
    """
    is_settled = sessions[0].status == "missed"
    if clinic is None or clinic.cancelling is None or is_settled:
        return [None] * len(sessions)
    open_days, first = OpenDays(clinic), sessions[0]
    start = open_days.visit_start(first.date, first.start)
    moment = open_days.visit_start(*asked_at)
    keep = clinic.cancelling.keep(cause, clinic.notice, start, moment)
    return list(_kept(state, keep, sessions)) if keep else [None] * len(sessions)


def kept_of_consultation(
    visit: CourseConsultation,
    clinic: Clinic | None,
    asked_at: tuple[date, Clock],
    *,
    called_off: bool,
) -> KeptOfVisit | None:
    """Return what is kept of a consultation by its own terms; None for nothing.

    Args:
        visit: The consultation.
        clinic: Whose terms hold.
        asked_at: The day and the time of asking, in the clinic's zone.
        called_off: Whether the patient said so before.
    """
    if clinic is None or clinic.consultation is None or visit.currency is None:
        return None
    open_days = OpenDays(clinic)
    start = open_days.visit_start(visit.date, visit.start)
    moment = open_days.visit_start(*asked_at)
    cause: Cause = "late" if called_off else "missed"
    keep = clinic.consultation.cancelling.keep(cause, clinic.notice, start, moment)
    price = visit.price or Decimal(0)
    # Its price is what it counts as when it counts as had.
    fee = keep and (keep.asked.of(price, visit.currency) if keep.asked else price)
    if not fee:
        return None
    return KeptOfVisit(session=_CONSULTATION, currency=visit.currency, fee=fee)


def _kept(
    state: CourseState, keep: Keep, sessions: Sequence[CourseSession]
) -> Iterator[KeptOfVisit | None]:
    prices = prices_of(state)
    for place, session in enumerate(sessions):
        terms = terms_by_protocol(state).get(session.protocol)
        price = prices.get((session.protocol, session.number))
        fee: Decimal | None = None
        if terms and price and keep.asked and price.low == price.high:
            # An amount stands for the whole visit.
            fee = keep.asked.of(price.low, terms.currency) if not (place and keep.amount) else fee
        if terms is None or (keep.asked and not fee):
            yield None
        else:
            mark = state.mark(session.number, session.protocol)
            yield KeptOfVisit(session=mark, currency=terms.currency, fee=fee)
