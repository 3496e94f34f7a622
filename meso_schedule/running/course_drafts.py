"""What a book writes of each thing that programs ask of a course."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from meso_schedule.base.busy_times import BusySource
from meso_schedule.base.errors import InputError
from meso_schedule.base.times import Clock
from meso_schedule.book.amounts import check_paid
from meso_schedule.book.prices import terms_by_protocol
from meso_schedule.book.records import Paid, Record
from meso_schedule.clinic.cancelling import Cause
from meso_schedule.course.improvement import Answer
from meso_schedule.running import corrections, replanning
from meso_schedule.running.account import corrected_too_much, reckoned_in, too_much
from meso_schedule.running.course_progress import with_forecasts
from meso_schedule.running.course_view import CourseView
from meso_schedule.running.fee_terms import kept_by_terms, kept_facts, kept_question
from meso_schedule.running.given_values import amount_of
from meso_schedule.running.hardly_meant import hardly_held
from meso_schedule.running.moving import move_of
from meso_schedule.running.names import treatment_named
from meso_schedule.running.settlement import check_stop, ending
from meso_schedule.running.visit_records import (
    assessment,
    held_records,
    missed_records,
    moved_record,
)
from meso_schedule.running.visits import (
    session_to_move,
    sessions_to_hold,
    sessions_to_miss,
    waiting_for_improvement,
)


@dataclass(frozen=True, slots=True)
class CourseDraft:
    """What is about to be written.

    Args:
        records: The events; none where nothing needs to be written.
        question: What has to be agreed to, where it does more than was asked for.
        replanned: The new calendar, where one was asked for.
    """

    records: Sequence[Record]
    question: str | None = None
    replanned: replanning.Replanned | None = None


def held(
    seen: CourseView,
    *,
    on: date | None,
    session: str | None,
    treatment: str | None,
    at: Clock | None,
    reason: str | None,
    lot: str | None,
    improved: Answer | None,
) -> CourseDraft:
    """Record a visit, and what was assessed at it."""
    now, day = seen.now, on or seen.today
    named = sessions_to_hold(now, day, session=session, treatment=treatment)
    told: list[Record] = [*held_records(named, day, at, reason, lot)]
    if improved is not None:
        treatments = [one.treatment for one in named]
        waiting = waiting_for_improvement(treatments, day, is_held=True)
        told.append(assessment(now, waiting, day, improved))
    records, _ = with_forecasts(now, told)
    return CourseDraft(records, hardly_held(named))


def missed(
    seen: CourseView,
    *,
    on: date | None,
    session: str | None,
    treatment: str | None,
    reason: str | None,
    fee: Decimal | str | None,
    called_off: bool,
    waive: str | None,
) -> CourseDraft:
    """Record a visit that did not take place, and what is kept of it."""
    if fee is not None and waive is not None:
        raise InputError.of(
            "contradiction",
            "A fee and a reason to waive it exclude each other.",
            field="waive",
            value=waive,
            remedy="Give one of them.",
        )
    named = sessions_to_miss(seen.now, on, session=session, treatment=treatment)
    states = [one.treatment.state.find_session(one.number) for one in named]
    booked = [it for it in states if it]
    cause: Cause = "late" if called_off else "missed"
    kept = [] if fee is not None else kept_by_terms(seen, booked, cause, waive)
    facts = [kept_facts(of_it, waive) for of_it in kept] or [{} for _ in named]
    if fee is not None:
        terms = terms_by_protocol(seen.state).get(named[0].protocol)
        code = terms.currency if terms else reckoned_in(seen.state, seen.clinic)
        facts[0] = {"currency": code, "fee": amount_of(fee, code, "fee")}
    day = on or booked[0].date
    records = missed_records(named, day, facts, reason=reason, called_off=called_off)
    return CourseDraft(records, kept_question(kept, waive))


def moved(
    seen: CourseView,
    *,
    session: str,
    to: date,
    at: Clock | None,
    late: bool,
    reason: str | None,
    waive: str | None,
    alone: bool,
    busy: Sequence[BusySource],
) -> CourseDraft:
    """Move a session to a day that the patient asks for, and those that must follow."""
    if late and reason is None:
        raise InputError.of(
            "missing_argument",
            "A day past the window needs a reason.",
            field="reason",
            remedy="Give a reason.",
        )
    named = session_to_move(seen.now, session)
    one, number = named
    made = move_of(seen.now, one, number, to, at=at, late=late, clinic=seen.clinic, busy=busy)
    kept = kept_by_terms(seen, [made.session], "moved", waive)
    record = moved_record(named, made, kept_facts(kept[0], waive), reason=reason, late=late)
    follow = None
    if made.upsets and not alone:
        follow = replanning.following_moves(
            seen.now,
            record,
            made.late_days,
            clinic=seen.clinic,
            busy=busy,
            asked_at=seen.asked_at,
        )
    questions = [kept_question(kept, waive), _must_follow(follow)]
    others = follow.records if follow else ()
    return CourseDraft([record, *others], " ".join(filter(None, questions)) or None, follow)


def _must_follow(follow: replanning.Replanned | None) -> str | None:
    if follow is None:
        return None
    marks = [f"{it.label or ''}{follow.number_of(it)}" for it in follow.made.changes]
    return f"Other sessions must follow: {', '.join(marks)}. Book them all?"


def assessed(
    seen: CourseView, *, improved: Answer, on: date | None, treatment: str | None
) -> CourseDraft:
    """Record whether the skin has improved."""
    now, day = seen.now, on or seen.today
    among = [treatment_named(now, treatment)] if treatment else now.treatments
    record = assessment(now, waiting_for_improvement(among, day), day, improved)
    records, _ = with_forecasts(now, [record])
    return CourseDraft(records)


def replanned(
    seen: CourseView,
    *,
    changes: Mapping[str, Any],
    release: Sequence[str],
    busy: Sequence[BusySource],
    yes: bool,
) -> CourseDraft:
    """Plan a course anew, and book it where that is agreed to."""
    named = [session_to_move(seen.now, text, "release") for text in release]
    made = replanning.replanned(
        seen.now,
        clinic=seen.clinic,
        changes=changes,
        busy=busy,
        release=[(one.protocol, one.number) for one in named],
        asked_at=seen.asked_at,
    )
    return CourseDraft(made.records if yes else (), replanned=made)


def paid(
    seen: CourseView,
    *,
    amount: Decimal | str,
    on: date | None,
    currency: str | None,
    refund: bool,
    source: str | None,
    method: str | None,
) -> CourseDraft:
    """Record money that came in, or went back."""
    code = reckoned_in(seen.state, seen.clinic, currency)
    record = Paid(
        on=on or seen.today,
        amount=amount_of(amount, code, "amount"),
        currency=code,
        refund=refund,
        carried=source,
        method=method,
    )
    check_paid(record, seen.state)
    return CourseDraft([record], None if refund else too_much(seen.state, record.amount, code))


def ended(
    seen: CourseView, *, on: date | None, reason: str | None, used: Decimal | str | None
) -> CourseDraft:
    """End a course, and settle it."""
    before, code = check_stop(seen.state, used)
    agreed = amount_of(used, code, "used") if used is not None and code else None
    day = on or (before.on if before else seen.today)
    why = reason or (before.reason if before else None)
    record, _ = ending(seen.state, seen.clinic, day, why, agreed)
    return CourseDraft([record])


def corrected(
    seen: CourseView,
    *,
    revision: int,
    reason: str,
    changes: Mapping[str, str | None],
    returned: bool,
) -> CourseDraft:
    """Say that an event was recorded wrongly."""
    if changes and returned:
        raise InputError.of(
            "contradiction",
            "A correction says what it should have been, or that it did happen.",
            field="changes",
            remedy="Give one of them.",
        )
    record, kind, after = corrections.corrected(
        seen.book.history(seen.state.course),
        revision,
        reason,
        changes,
        as_of=seen.today,
        target=seen.book.shown,
        clinic=seen.clinic,
        returns=returned,
    )
    return CourseDraft([record], corrected_too_much(seen.state, after) if kind == "paid" else None)
