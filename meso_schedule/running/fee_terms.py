"""What is said and written of what is kept of a visit by the clinic's terms."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from meso_schedule.base.errors import InputError
from meso_schedule.book.amounts import currencies_of
from meso_schedule.book.state import CourseSession
from meso_schedule.clinic.cancelling import Cause
from meso_schedule.running.course_view import CourseView
from meso_schedule.running.given_values import amount_of
from meso_schedule.running.visit_fees import KeptOfVisit, kept_of_visit


def kept_by_terms(
    seen: CourseView, sessions: Sequence[CourseSession], cause: Cause, waive: str | None
) -> list[KeptOfVisit | None]:
    """Return what the clinic's terms keep of each session of a visit.

    Raises:
        InputError: When it is waived, and nothing is kept.
    """
    asked_at = seen.today, seen.asked_at
    kept = kept_of_visit(seen.state, seen.clinic, sessions, cause, asked_at)
    check_waived(kept, waive)
    return kept


def check_waived(kept: Sequence[KeptOfVisit | None], waive: str | None) -> None:
    """Refuse to waive what is not kept.

    Raises:
        InputError: When a reason is given, and nothing is kept.
    """
    if waive is not None and not any(kept):
        raise InputError.of(
            "contradiction",
            "Nothing is kept of this visit that could be waived.",
            field="waive",
            value=waive,
            remedy="Leave it out.",
        )


def fee_facts(seen: CourseView, currency: str | None, fee: Decimal | str) -> dict[str, Any]:
    """Return what an event says of a fee that was asked for.

    Raises:
        InputError: When it is no amount, or nothing says in which currency.
    """
    code = currency or next(iter(currencies_of(seen.state)), None)
    code = code or (seen.clinic.currency if seen.clinic else None)
    if code is None:
        raise InputError.of(
            "missing_argument",
            "No currency is known in which it could be kept.",
            field="fee",
            value=fee,
            remedy="Give a clinic file that names one, or leave it out.",
        )
    return {"currency": code, "fee": amount_of(fee, code, "fee")}


def kept_facts(kept: KeptOfVisit | None, waive: str | None) -> dict[str, Any]:
    """Return what an event says of what is kept, or why it is not."""
    if kept is None:
        return {}
    return {"waived": waive} if waive else kept.facts


def kept_told(kept: Sequence[KeptOfVisit | None]) -> dict[str, Any]:
    """Return the same for programs."""
    told = [it.model_dump(mode="json") for it in kept if it]
    return {"kept": told} if told else {}


def kept_text(kept: Sequence[KeptOfVisit | None], waive: str | None) -> str:
    """Say what is kept; nothing where nothing is."""
    told = " and ".join(str(it) for it in kept if it)
    if not told:
        return ""
    return f" Waived ({waive}): {told}." if waive else f" By the clinic's terms: {told}."


def kept_question(kept: Sequence[KeptOfVisit | None], waive: str | None) -> str | None:
    """Ask about what the terms keep, which was not typed."""
    return f"{kept_text(kept, waive).strip()} Record it?" if any(kept) and not waive else None
