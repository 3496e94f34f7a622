"""Protocols side by side: what is answered."""

from datetime import date

from meso_schedule.base.models import Model, Sentence
from meso_schedule.course.bill import MoneyRange
from meso_schedule.rules.rule_tables import OtherProcedure


class ComparisonRow(Model):
    """One protocol, or several in one calendar, over the period.

    Args:
        protocol: Its id; of a combined calendar, the ids joined by `+`.
        protocols: Its ids one by one.
        visits: Days with course sessions or top-ups inside the period.
        first: The first visit; None when no calendar fits.
        last: The last visit inside the period.
        cost: What these visits cost; None when no price is known.
        currency: The currency of the cost.
        cost_12_months: What all visits of the first 12 months cost, top-ups included.
        cost_24_months: What those of the first 24 months cost.
        chair_minutes: Time in the chair, all visits together.
        swelling_days: Days on which swelling is to be expected.
        dates: The days of these visits.
        days_later: Of published schedules of one treatment, by how many days each visit is later
            than the same visit of the first row; fewer where one of the two has fewer visits.
        problem: Why there is no calendar, or None.
    """

    protocol: str
    protocols: tuple[str, ...]
    name: Sentence
    visits: int
    first: date | None
    last: date | None
    cost: MoneyRange | None
    currency: str | None
    cost_12_months: MoneyRange | None = None
    cost_24_months: MoneyRange | None = None
    chair_minutes: int
    swelling_days: int
    dates: tuple[date, ...] = ()
    days_later: tuple[int, ...] = ()
    problem: Sentence | None = None


class Comparison(Model):
    """Several protocols over the same days, both ends included.

    Args:
        others: What the sources of these protocols name beside them: no courses, so without dates.
    """

    start: date
    until: date
    rows: tuple[ComparisonRow, ...]
    others: tuple[OtherProcedure, ...] = ()
