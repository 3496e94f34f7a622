"""Set several protocols side by side over the same months."""

from collections.abc import Sequence
from datetime import date

from meso_schedule.bill import CostEstimate, MoneyRange
from meso_schedule.care import care_spans, swelling_days
from meso_schedule.clinic import Clinic
from meso_schedule.costs import estimate_cost
from meso_schedule.course import Session
from meso_schedule.dates import Interval
from meso_schedule.errors import InputError, NoCalendarFits
from meso_schedule.planner import plan_course
from meso_schedule.request import CourseRequest
from meso_schedule.rules import Protocol
from meso_schedule.validation import Model, Sentence

PERIOD = Interval.parse("12 months")


class ComparisonRow(Model):
    """One protocol over the period.

    Args:
        visits: Course sessions and top-ups inside the period.
        first: The first visit; None when no calendar fits.
        last: The last visit inside the period.
        cost: What these visits cost; None when no price is known.
        currency: The currency of the cost.
        chair_minutes: Time in the chair, all visits together.
        swelling_days: Days on which swelling is to be expected.
        problem: Why there is no calendar, or None.
    """

    protocol: str
    name: str
    visits: int
    first: date | None
    last: date | None
    cost: MoneyRange | None
    currency: str | None
    chair_minutes: int
    swelling_days: int
    problem: Sentence | None = None


class Comparison(Model):
    """Several protocols over the same days, both ends included."""

    start: date
    until: date
    rows: tuple[ComparisonRow, ...]


def compare(
    protocols: Sequence[Protocol],
    request: CourseRequest | None = None,
    *,
    clinic: Clinic | None = None,
    as_of: date,
) -> Comparison:
    """Return visits, span, cost, chair time and days with swelling of each protocol.

    Args:
        protocols: What to compare, at least one.
        request: What is asked of each; its `until` ends the period, else 12 months from start.
        clinic: Hours and prices.
        as_of: The day of asking.

    Raises:
        InputError: When the request does not go with one of the protocols.
    """
    if not protocols:
        raise InputError.of(
            "missing_argument",
            "No protocol is given.",
            field="protocol",
            remedy="Give at least one.",
        )
    request = request or CourseRequest()
    if request.held:
        raise InputError.of(
            "contradiction",
            "Sessions held belong to one course, and several protocols are compared.",
            field="held",
            value=", ".join(map(str, request.held)),
            remedy="Leave held out, or plan one protocol.",
        )
    clinic = clinic or Clinic.default()
    start = request.start or as_of
    until = request.until or PERIOD.after(start)
    if until < start:
        raise InputError.of(
            "dates_crossed",
            f"until {until} lies before the start, {start}.",
            field="until",
            value=until,
            remedy=f"Choose a day after {start}.",
        )
    if request.top_ups:
        raise InputError.of(
            "contradiction",
            "The period decides how many top-ups are compared.",
            field="top_ups",
            value=request.top_ups,
            remedy="Leave top_ups out; give until to end the period.",
        )
    rows = [_row(protocol, request, clinic, as_of, until) for protocol in protocols]
    return Comparison(start=start, until=until, rows=tuple(rows))


def _row(
    protocol: Protocol, request: CourseRequest, clinic: Clinic, as_of: date, until: date
) -> ComparisonRow:
    asked = request.model_copy(update={"until": until if protocol.top_up else None})
    try:
        plan = plan_course(protocol, asked, clinic=clinic, as_of=as_of)
    except NoCalendarFits as error:
        return _row_of(protocol, (), None, problem=error.headline)
    course = [session for session in plan.sessions if session.date <= until]
    costs = [
        estimate_cost(
            protocol,
            [session.date for session in part],
            clinic=clinic,
            currency=request.currency,
            as_of=as_of,
        )
        for part in (course, plan.top_ups)
        if not request.no_prices
    ]
    return _row_of(protocol, (*course, *plan.top_ups), _sum(costs))


def _row_of(
    protocol: Protocol,
    visits: Sequence[Session],
    cost: tuple[MoneyRange, str] | None,
    problem: str | None = None,
) -> ComparisonRow:
    return ComparisonRow(
        protocol=protocol.id,
        name=protocol.name,
        visits=len(visits),
        first=visits[0].date if visits else None,
        last=visits[-1].date if visits else None,
        cost=cost[0] if cost else None,
        currency=cost[1] if cost else None,
        chair_minutes=len(visits) * protocol.sessions.minutes,
        swelling_days=swelling_days(care_spans(protocol, visits)),
        problem=problem,
    )


def _sum(costs: Sequence[CostEstimate | None]) -> tuple[MoneyRange, str] | None:
    known = [cost for cost in costs if cost]
    if not known:
        return None
    low, high = sum(cost.low for cost in known), sum(cost.high for cost in known)
    return MoneyRange.model_validate({"low": low, "high": high}), known[0].currency
