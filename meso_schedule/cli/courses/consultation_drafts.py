"""What `hold` and `miss` write of a consultation."""

from datetime import date
from typing import Any

from meso_schedule.base.errors import InputError
from meso_schedule.book.records import Consulted
from meso_schedule.book.state import CourseConsultation
from meso_schedule.cli.courses.book_writer import Draft, Situation
from meso_schedule.cli.courses.inputs import read_amount, read_currency
from meso_schedule.output.words.text import day_text
from meso_schedule.running.visit_fees import KeptOfVisit, kept_of_consultation


def refuse_session(**given: str | None) -> None:
    """Refuse what belongs to a session beside the consultation, which is none."""
    for name, value in given.items():
        if value is not None:
            raise InputError.of(
                "contradiction",
                "The consultation is no session.",
                field=name,
                value=value,
                remedy=f"Leave {name} or consultation out.",
            )


def held_consultation(day: date, reason: str | None) -> Draft:
    """Record that the consultation took place."""
    record = Consulted(on=day, reason=reason)
    return Draft([record], f"the consultation was held on {day_text(day)}.")


def missed_consultation(
    seen: Situation,
    day: date,
    reason: str | None,
    *,
    fee: str | None,
    called_off: bool,
    waive: str | None,
) -> Draft:
    """Record that it did not take place, and what is kept of it."""
    visit = _booked(seen)
    kept = None
    facts: dict[str, Any] = {"waived": waive}
    if fee is not None:
        code = visit.currency or read_currency(seen.state, seen.clinic, None)
        facts = {"currency": code, "fee": read_amount(fee, code, "fee")}
    else:
        moment = seen.today, seen.asked_at
        kept = kept_of_consultation(visit, seen.clinic, moment, called_off=called_off)
        facts = _facts(kept, waive)
    what = "called off" if called_off else "missed"
    told = f" By the clinic's terms: {kept}." if kept and not waive else ""
    told = f" Waived ({waive}): {kept}." if kept and waive else told
    return Draft(
        [Consulted(on=day, missed=True, reason=reason, **facts)],
        f"the consultation of {day_text(visit.date)} was {what}.{told}",
        facts={"kept": [kept.model_dump(mode="json")]} if kept else {},
        question=f"{told.strip()} Record it?" if kept and not waive else None,
    )


def _booked(seen: Situation) -> CourseConsultation:
    visit = seen.state.consultation
    if visit is None:
        raise InputError.of(
            "no_consultation",
            "The course has no consultation.",
            field="consultation",
            remedy="Leave consultation out.",
        )
    return visit


def _facts(kept: KeptOfVisit | None, waive: str | None) -> dict[str, Any]:
    if kept is None and waive is not None:
        raise InputError.of(
            "contradiction",
            "Nothing is kept of this visit that could be waived.",
            field="waive",
            value=waive,
            remedy="Leave it out.",
        )
    if kept is None:
        return {}
    return {"waived": waive} if waive else kept.facts
