"""Set several protocols side by side over the same months."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import NamedTuple

from meso_schedule.base.errors import InputError
from meso_schedule.base.intervals import Interval
from meso_schedule.base.phrases import joined, phrase
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.costs.estimate import estimate_cost, taxed_part
from meso_schedule.course.bill import CostEstimate, MoneyRange
from meso_schedule.course.comparison import Comparison, ComparisonRow
from meso_schedule.course.course_plan import CoursePlan, Session
from meso_schedule.course.no_calendar import NoCalendarFits, NoCalendarFound, ProhibitedError
from meso_schedule.course.request import CourseRequest
from meso_schedule.planner.care import combined_care, swelling_days
from meso_schedule.planner.given_here import given_at
from meso_schedule.planner.planning import plan_combined
from meso_schedule.rules.protocol import Protocol
from meso_schedule.rules.rule_tables import OtherProcedure

PERIOD = Interval.parse("12 months")
TWO_PERIODS = Interval.parse("24 months")


def compare(
    protocols: Sequence[Protocol | Sequence[Protocol]],
    request: CourseRequest | None = None,
    *,
    clinic: Clinic | None = None,
    as_of: date,
    wishes: Sequence[Sequence[str]] = (),
    visit_by_visit: bool = False,
    others: Sequence[OtherProcedure] = (),
) -> Comparison:
    """Return visits, span, cost, chair time and days with swelling of each protocol.

    Args:
        protocols: What to compare, at least one; several in one entry make one calendar.
        request: What is asked of each; its `until` ends the period, else 12 months from start.
        clinic: Hours and prices.
        as_of: The day of asking.
        wishes: For each entry, what is wished of each of its protocols: `hyaluronic-acid*3`.
        visit_by_visit: Whether each visit is set beside the same one of the first entry, as for the
            published schedules of one treatment.
        others: What is no course, to be told beside those that the protocols name themselves.

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
    request, clinic = request or CourseRequest(), clinic or Clinic.default()
    start = request.start or as_of
    until = request.until or PERIOD.after(start)
    _check_asked(request, start, until)
    asked = [
        _Asked([given_at(clinic, it) for it in _listed(entry)], wish, request, clinic, as_of)
        for entry, wish in zip_longest(protocols, wishes, fillvalue=())
    ]
    rows = [_row(one, start, until) for one in asked]
    if visit_by_visit:
        rows = [row.model_copy(update={"days_later": _days_later(row, rows[0])}) for row in rows]
    named = (it for one in asked for own in one.protocols for it in own.alternatives)
    told = {it.id: it for it in (*others, *named)}
    return Comparison(start=start, until=until, rows=tuple(rows), others=tuple(told.values()))


def _check_asked(request: CourseRequest, start: date, until: date) -> None:
    """Refuse what no comparison can be asked."""
    if request.held:
        raise InputError.of(
            "contradiction",
            "Sessions held belong to one course, and several protocols are compared.",
            field="held",
            value=", ".join(map(str, request.held)),
            remedy="Leave held out, or plan one protocol.",
        )
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


def _days_later(row: ComparisonRow, first: ComparisonRow) -> tuple[int, ...]:
    return tuple((own - other).days for own, other in zip(row.dates, first.dates, strict=False))


class _Asked(NamedTuple):
    """One row: its protocols, what is wished of each, and what is asked of all rows."""

    protocols: Sequence[Protocol]
    wishes: Sequence[str]
    request: CourseRequest
    clinic: Clinic
    as_of: date

    def plan(self, until: date) -> CoursePlan:
        """Return the plan with all top-ups up to a day."""
        has_top_ups = any(protocol.top_up for protocol in self.protocols)
        changes = {"until": until if has_top_ups else None, "protocol": tuple(self.wishes)}
        asked = self.request.model_copy(update=changes)
        return plan_combined(self.protocols, asked, clinic=self.clinic, as_of=self.as_of)


def _listed(entry: Protocol | Sequence[Protocol]) -> Sequence[Protocol]:
    return entry if isinstance(entry, Sequence) else [entry]


def _row(asked: _Asked, start: date, until: date) -> ComparisonRow:
    name = phrase("{names}", names=joined((p.name for p in asked.protocols), " + "))
    row = ComparisonRow(
        protocol="+".join(protocol.id for protocol in asked.protocols),
        protocols=tuple(protocol.id for protocol in asked.protocols),
        name=name,
        visits=0,
        first=None,
        last=None,
        cost=None,
        currency=None,
        chair_minutes=0,
        swelling_days=0,
    )
    try:
        plan = asked.plan(until)
        years = [_cost(asked, asked.plan(year), year) for year in _years(start)]
    except (NoCalendarFits, ProhibitedError) as error:
        return row.model_copy(update={"problem": error.headline})
    except NoCalendarFound as error:
        return row.model_copy(update={"problem": str(error)})
    cost = _cost(asked, plan, until)
    own = [(p, [v for v in _within(plan, until) if v.protocol == p.id]) for p in asked.protocols]
    days = sorted({visit.date for _, visits in own for visit in visits})
    measured = {
        "visits": len(days),
        "dates": tuple(days),
        "first": days[0] if days else None,
        "last": days[-1] if days else None,
        "cost": cost[0] if cost else None,
        "currency": cost[1] if cost else None,
        "cost_12_months": years[0][0] if years[0] else None,
        "cost_24_months": years[1][0] if years[1] else None,
        "chair_minutes": sum(len(visits) * p.sessions.minutes for p, visits in own),
        "swelling_days": swelling_days(combined_care(own)),
    }
    return row.model_copy(update=measured)


def _years(start: date) -> list[date]:
    return [period.after(start) for period in (PERIOD, TWO_PERIODS)]


def _within(plan: CoursePlan, until: date) -> list[Session]:
    return [visit for visit in plan.visits if visit.date <= until]


def _cost(asked: _Asked, plan: CoursePlan, until: date) -> tuple[MoneyRange, str] | None:
    """Return what all visits up to a day cost; None where a price is missing."""
    if asked.request.no_prices:
        return None
    costs: list[CostEstimate] = []
    # The courses are one bill, which is taxed once, and so are the top-ups.
    before = [Decimal(0), Decimal(0)]
    for protocol in asked.protocols:
        found: list[CostEstimate | None] = []
        for bill, part in enumerate((plan.sessions, plan.top_ups)):
            dates = [
                visit.date
                for visit in part
                if visit.protocol == protocol.id and visit.date <= until
            ]
            if dates:
                found.append(_estimate(asked, protocol, dates, before[bill]))
                before[bill] += taxed_part(found[-1])
        if found and not any(found):
            return None
        costs += [cost for cost in found if cost]
    if not costs or len({cost.currency for cost in costs}) > 1:
        return None
    low, high = sum(cost.low for cost in costs), sum(cost.high for cost in costs)
    return MoneyRange.model_validate({"low": low, "high": high}), costs[0].currency


def _estimate(
    asked: _Asked, protocol: Protocol, dates: Sequence[date], before: Decimal
) -> CostEstimate | None:
    return estimate_cost(
        protocol,
        dates,
        clinic=asked.clinic,
        asked=asked.request,
        as_of=asked.as_of,
        before=before,
    )
