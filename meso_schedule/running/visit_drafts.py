"""What a book writes of visits, and of what clinicians say at them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from meso_schedule.base.busy_times import BusySource
from meso_schedule.base.errors import InputError
from meso_schedule.base.times import Clock
from meso_schedule.book.prices import terms_by_protocol
from meso_schedule.book.records import Consulted, Improved, Moved, Record, Reviewed
from meso_schedule.clinic.cancelling import Cause
from meso_schedule.course.improvement import Answer, Outcome
from meso_schedule.course.no_calendar import NoCalendarFits
from meso_schedule.running import replanning
from meso_schedule.running.consultation_records import (
    check_moving,
    missed_consultation,
    moved_consultation,
    refuse_session,
)
from meso_schedule.running.course_drafts import CourseDraft
from meso_schedule.running.course_progress import CourseProgress, with_forecasts
from meso_schedule.running.course_view import CourseView
from meso_schedule.running.fee_terms import fee_facts, kept_by_terms, kept_facts, kept_question
from meso_schedule.running.forecasts import following
from meso_schedule.running.hardly_meant import hardly_held
from meso_schedule.running.moving import Move, move_of
from meso_schedule.running.names import Named, treatment_named
from meso_schedule.running.payment_drafts import ended
from meso_schedule.running.room import check_giver, offering
from meso_schedule.running.treatment_progress import TreatmentProgress
from meso_schedule.running.visit_fees import KeptOfVisit
from meso_schedule.running.visit_records import (
    assessment,
    held_records,
    ids_of,
    missed_records,
    moved_record,
)
from meso_schedule.running.visits import (
    reviewed_of,
    session_to_move,
    sessions_to_hold,
    sessions_to_miss,
    waiting_for_improvement,
)


@dataclass(frozen=True, slots=True)
class VisitDraft(CourseDraft):
    """What is about to be written of a visit.

    Args:
        sessions: Those that are held, missed or moved by hand; none where it is the consultation.
        kept: What the clinic's terms keep of each.
        move: Where the one that is moved goes.
        cannot_follow: Why none of those after it can move with it, where they should.
    """

    sessions: Sequence[Named] = ()
    kept: Sequence[KeptOfVisit | None] = ()
    move: Move | None = None
    cannot_follow: NoCalendarFits | None = None


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
    consultation: bool,
    ask: Callable[[TreatmentProgress], Answer | None] = lambda _: None,
) -> VisitDraft:
    """Record a visit, and what was assessed at it; or the consultation.

    Args:
        ask: Tells of a treatment whose next sessions depend on it whether the skin has improved,
            where `improved` is left out.
    """
    if consultation:
        refuse_session(session=session, treatment=treatment, at=at, improved=improved, lot=lot)
        return VisitDraft([Consulted(on=on or seen.today, reason=reason)])
    now, day = seen.now, on or seen.today
    named = sessions_to_hold(now, day, session=session, treatment=treatment)
    visit: list[Record] = [*held_records(named, day, at, reason, lot)]
    treatments = [one.treatment for one in named]
    if improved is not None:
        waiting = waiting_for_improvement(treatments, day, is_held=True)
        visit.append(assessment(now, waiting, day, improved))
    records, later = with_forecasts(now, visit)
    if improved is None and later:
        deciding = [one for one in treatments if later.of(one.protocol.id).decides]
        answers = [(one, ask(one)) for one in deciding]
        if said := [assessment(now, [one], day, answer) for one, answer in answers if answer]:
            records, later = with_forecasts(now, [*visit, *said])
    return VisitDraft(records, hardly_held(named), later=later, sessions=named)


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
    consultation: bool,
) -> VisitDraft:
    """Record a visit, or the consultation, that did not take place, and what is kept of it."""
    if fee is not None and waive is not None:
        raise InputError.of(
            "contradiction",
            "A fee and a reason to waive it exclude each other.",
            field="waive",
            value=waive,
            remedy="Give one of them.",
        )
    if consultation:
        refuse_session(session=session, treatment=treatment)
        record, of_it = missed_consultation(
            seen, on=on, reason=reason, fee=fee, called_off=called_off, waive=waive
        )
        return VisitDraft([record], kept_question([of_it], waive), kept=[of_it])
    named = sessions_to_miss(seen.now, on, session=session, treatment=treatment)
    booked = [it for it in (one.booked for one in named) if it]
    cause: Cause = "late" if called_off else "missed"
    kept: list[KeptOfVisit | None] = [None] * len(named)
    if fee is None:
        kept = kept_by_terms(seen, booked, cause, waive)
    facts = [kept_facts(of_it, waive) for of_it in kept]
    if fee is not None:
        terms = terms_by_protocol(seen.state).get(named[0].protocol)
        facts[0] = fee_facts(seen, terms.currency if terms else None, fee)
    day = on or booked[0].date
    records = missed_records(named, day, facts, reason=reason, called_off=called_off)
    return VisitDraft(records, kept_question(kept, waive), sessions=named, kept=kept)


def moved(
    seen: CourseView,
    *,
    session: str | None,
    to: date,
    at: Clock | None,
    late: bool,
    reason: str | None,
    waive: str | None,
    alone: bool,
    consultation: bool,
    busy: Sequence[BusySource],
    practitioner: str | None = None,
    urgent: bool = False,
) -> VisitDraft:
    """Move a session to a day that the patient asks for, and those that must follow."""
    check_moving(session, consultation=consultation, waive=waive, late=late)
    if consultation:
        protocol = seen.now.treatments[0].protocol
        clinic = offering(seen.clinic, practitioner, protocol, urgent=urgent)
        going = moved_consultation(seen.now, to, at, clinic=clinic, busy=busy)
        seen.check_ahead(to, going.start)
        return VisitDraft([going.model_copy(update={"reason": reason})])
    if late and reason is None:
        raise InputError.of(
            "missing_argument",
            "A day past the window needs a reason.",
            field="reason",
            remedy="Give a reason.",
        )
    named = session_to_move(seen.now, session or "")
    one, number = named
    check_giver(one, number, practitioner)
    clinic = offering(seen.clinic, practitioner, one.protocol, urgent=urgent)
    made = move_of(seen.now, one, number, to, at=at, late=late, clinic=clinic, busy=busy)
    seen.check_ahead(to, made.start)
    kept = kept_by_terms(seen, [made.session], "moved", waive)
    record = moved_record(named, made, kept_facts(kept[0], waive), reason=reason, late=late)
    follow = None if alone else _following(seen, record, made, busy)
    others, cannot = (None, follow) if isinstance(follow, NoCalendarFits) else (follow, None)
    questions = [kept_question(kept, waive), _must_follow(others)]
    return VisitDraft(
        [record, *(others.records if others else ())],
        " ".join(filter(None, questions)) or None,
        replanned=others,
        sessions=[named],
        kept=kept,
        move=made,
        cannot_follow=cannot,
    )


def _following(
    seen: CourseView, record: Moved, made: Move, busy: Sequence[BusySource]
) -> replanning.Replanned | NoCalendarFits | None:
    if not made.upsets:
        return None
    then = replace(seen, state=following(seen.state, record))
    return replanning.following_moves(
        seen.now,
        record,
        made.late_days,
        clinic=seen.clinic,
        busy=(*busy, *then.past_hours),
        asked_at=seen.asked_at,
    )


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
    waiting = waiting_for_improvement(_among(now, treatment), day)
    return _deciding(now, assessment(now, waiting, day, improved), waiting)


def improved(seen: CourseView, *, on: date | None, treatment: str | None) -> CourseDraft:
    """Record that the skin has improved."""
    now, day = seen.now, on or seen.today
    waiting = waiting_for_improvement(_among(now, treatment), day, is_first=True)
    return _deciding(now, Improved(on=day, protocols=ids_of(now, waiting)), waiting)


def reviewed(
    seen: CourseView, *, who: str, outcome: Outcome, on: date | None, treatment: str | None
) -> CourseDraft:
    """Record a clinician's review; where the course ends by it, what it comes to."""
    if outcome == "stop" and treatment is not None:
        raise InputError.of(
            "contradiction",
            "A course stops as a whole.",
            field="treatment",
            value=treatment,
            remedy="Leave treatment out, or replan the course with fewer sessions of it.",
        )
    now, day = seen.now, on or seen.today
    asked = reviewed_of(_among(now, treatment), day)
    record = Reviewed(on=day, who=who, outcome=outcome, protocols=ids_of(now, asked))
    if outcome == "stop":
        end = ended(seen, on=day, reason=f"reviewed by {who}", used=None)
        return replace(end, records=[record, *end.records])
    return _deciding(now, record, asked)


def _among(now: CourseProgress, treatment: str | None) -> Sequence[TreatmentProgress]:
    return [treatment_named(now, treatment)] if treatment else now.treatments


def _deciding(
    now: CourseProgress, record: Record, treatments: Sequence[TreatmentProgress]
) -> CourseDraft:
    records, later = with_forecasts(now, [record])
    return CourseDraft(records, later=later, about=[one.protocol.id for one in treatments])
