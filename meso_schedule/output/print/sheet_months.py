"""The months of the sheet: each day with its marks, and what the marks mean."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import Any

from meso_schedule.base.phrases import phrase
from meso_schedule.base.times import WEEKDAYS
from meso_schedule.course.course_plan import CoursePlan, Session
from meso_schedule.output.words.calendar_marks import MEANINGS, months_of
from meso_schedule.output.words.language import Language
from meso_schedule.output.words.text import day_runs
from meso_schedule.output.words.treatments import legend_of

Table = dict[str, Any]


def calendar(plan: CoursePlan, language: Language) -> Table:
    """Return the months that have a session, what their marks mean, and why days are closed."""
    shown = months_of(plan)
    grounds = _grounds(plan)
    made = [_month(plan, grounds, year, month, language) for year, month in shown]
    used = {mark for month in made for day in month["days"] for mark in _marks(day)}
    return {
        "weekdays": list(language.weekdays),
        "months": made,
        "legend": [
            *([label, name] for label, name in legend_of(plan, language)),
            *(
                [mark, language.say(told)]
                for mark, told in MEANINGS.items()
                if mark in used and not (mark == "session" and plan.treatments)
            ),
        ],
        "closed": list(_closed(plan, shown, language)),
    }


def badge(visit: Session) -> Table:
    """Return the sign of a session: its number, and what its shape is to say."""
    kind = "top-up" if visit.top_up else "session"
    return {
        "number": visit.mark,
        "kind": kind,
        "provisional": visit.provisional,
        "label": visit.label or "",
    }


def _month(
    plan: CoursePlan, grounds: dict[date, str], year: int, month: int, language: Language
) -> Table:
    first_weekday, length = monthrange(year, month)
    days = [date(year, month, day) for day in range(1, length + 1)]
    return {
        "title": language.month(year, month),
        "blank": first_weekday,
        "days": [
            {
                "ground": grounds.get(day) or _every_week(plan, day),
                "badges": [badge(visit) for visit in plan.visits if visit.date == day],
            }
            for day in days
        ],
    }


def _grounds(plan: CoursePlan) -> dict[date, str]:
    """Return the kind of each special day."""
    kinds = {"holiday": "holiday", "closure": "closed"}
    closed = {day.date: kinds[day.kind] for day in plan.closed}
    return closed | dict.fromkeys(plan.openings, "open")


def _every_week(plan: CoursePlan, day: date) -> str:
    return "" if plan.clinic.hours.get(WEEKDAYS[day.weekday()]) else "off"


def _marks(day: Table) -> Iterator[str]:
    yield day["ground"]
    for sign in day["badges"]:
        yield sign["kind"]
        if sign["provisional"]:
            yield "provisional"


def _closed(plan: CoursePlan, shown: list[tuple[int, int]], language: Language) -> Iterator[str]:
    days = [day for day in plan.closed if (day.date.year, day.date.month) in shown]
    for first, last, reason in day_runs((day.date, day.told) for day in days):
        day = language.span_near(first, last, plan.as_of.year)
        yield language.say(phrase("{day}: {reason}", day=day, reason=reason))
