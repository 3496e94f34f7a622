"""What a book writes of the consultation before a course."""

from datetime import date
from decimal import Decimal
from typing import Any

from meso_schedule.base.errors import InputError
from meso_schedule.book.records import Consulted
from meso_schedule.book.state import CourseConsultation, CourseState
from meso_schedule.running.account import reckoned_in
from meso_schedule.running.course_view import CourseView
from meso_schedule.running.given_values import amount_of
from meso_schedule.running.visit_fees import KeptOfVisit, kept_of_consultation


def refuse_session(**given: object) -> None:
    """Refuse what belongs to a session beside the consultation, which is none.

    Raises:
        InputError: With the first that was given.
    """
    for name, value in given.items():
        if value is not None:
            raise InputError.of(
                "contradiction",
                "The consultation is no session.",
                field=name,
                value=value,
                remedy=f"Leave {name} or consultation out.",
            )


def held_consultation(day: date, reason: str | None) -> Consulted:
    """Return the event of a consultation that took place."""
    return Consulted(on=day, reason=reason)


def missed_consultation(
    seen: CourseView,
    *,
    on: date | None,
    reason: str | None,
    fee: Decimal | str | None,
    called_off: bool,
    waive: str | None,
) -> tuple[Consulted, KeptOfVisit | None]:
    """Return the event of a consultation that did not take place, and what its terms keep.

    Raises:
        InputError: When there is none, or nothing is kept that could be waived.
    """
    visit, kept = consultation_of(seen.state), None
    facts: dict[str, Any]
    if fee is not None:
        code = visit.currency or reckoned_in(seen.state, seen.clinic)
        facts = {"currency": code, "fee": amount_of(fee, code, "fee")}
    else:
        moment = seen.today, seen.asked_at
        kept = kept_of_consultation(visit, seen.clinic, moment, called_off=called_off)
        facts = _facts(kept, waive)
    return Consulted(on=on or seen.today, missed=True, reason=reason, **facts), kept


def kept_words(kept: KeptOfVisit | None, waive: str | None) -> str:
    """Say what the terms keep of a consultation; nothing where they keep nothing."""
    if kept is None:
        return ""
    return f"Waived ({waive}): {kept}." if waive else f"By the clinic's terms: {kept}."


def kept_asked(kept: KeptOfVisit | None, waive: str | None) -> str | None:
    """Ask about what the terms keep, which was not asked for."""
    return f"{kept_words(kept, waive)} Record it?" if kept and not waive else None


def consultation_of(state: CourseState) -> CourseConsultation:
    """Return the consultation of a course.

    Raises:
        InputError: When it has none.
    """
    if state.consultation is None:
        raise InputError.of(
            "no_consultation",
            "The course has no consultation.",
            field="consultation",
            remedy="Leave consultation out.",
        )
    return state.consultation


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
