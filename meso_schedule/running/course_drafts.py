"""What a book writes of each thing that is asked of a course."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from meso_schedule.base.busy_times import BusySource
from meso_schedule.base.errors import InputError
from meso_schedule.base.free_text import RECORDED
from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.payloads import KeptProtocol
from meso_schedule.book.records import (
    Adopted,
    Cancelled,
    Contact,
    Extended,
    Note,
    Paused,
    Record,
    Resumed,
    Screened,
)
from meso_schedule.book.state import CourseState
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.planner.given_here import given_at
from meso_schedule.rules.protocol import Protocol
from meso_schedule.running import corrections, replanning, undoing
from meso_schedule.running.account import corrected_too_much
from meso_schedule.running.course_progress import CourseProgress, progress_of
from meso_schedule.running.course_view import CourseView
from meso_schedule.running.names import Named
from meso_schedule.running.settlement import Settlement
from meso_schedule.running.visits import session_to_move


@dataclass(frozen=True, slots=True)
class CourseDraft:
    """What is about to be written.

    Args:
        records: The events; none where nothing needs to be written.
        question: What has to be agreed to, where it does more than was asked for.
        later: Where the course stands after it, where that was found out.
        about: The protocols whose next session it decides.
        settled: What the course comes to, where it ends.
        replanned: The new calendar, where one was asked for.
        corrects: The kind of the event that was wrong.
    """

    records: Sequence[Record]
    question: str | None = None
    later: CourseProgress | None = None
    about: Sequence[str] = ()
    settled: Settlement | None = None
    replanned: replanning.Replanned | None = None
    corrects: str | None = None


def replanned(
    seen: CourseView,
    *,
    changes: Mapping[str, Any],
    release: Sequence[str],
    busy: Sequence[BusySource],
    urgent: bool = False,
) -> replanning.Replanned:
    """Plan a course anew.

    Args:
        changes: What is asked from now on, as the book keeps it.
        release: Sessions that may move although they were fixed, as people write them.
        busy: Calendars whose events leave no room.
        urgent: Whether what the clinic keeps free for urgent cases is offered.
    """
    clinic = seen.clinic
    if clinic and urgent:
        clinic = clinic.model_copy(update={"reserve": None})
    named = [_released(seen, text) for text in release]
    return replanning.replanned(
        seen.now,
        clinic=clinic,
        changes=changes,
        busy=(*busy, *seen.past_hours),
        release=[(one.protocol, one.number) for one in named],
        asked_at=seen.asked_at,
    )


def _released(seen: CourseView, text: str) -> Named:
    """Return a session that may move, as people write it.

    Raises:
        RefusedError: When it is not to come.
    """
    named = session_to_move(seen.now, text, "release")
    if named.booked not in (*seen.state.upcoming, *named.treatment.movable):
        problem = f"Session {named.mark} is not to come: it needs no leave to move."
        remedy = "Leave it out, or look the sessions up with 'courses show'."
        raise RefusedError("no_such_session", problem, remedy, field="release", value=named.mark)
    return named


def adopted(
    seen: CourseView, *, named: Callable[[str], Protocol], reason: str | None
) -> CourseDraft:
    """Let a course go on under its protocols as the rule files are now.

    Args:
        named: Returns a protocol by its id.
    """
    before, clinic = seen.state.protocols, seen.clinic or Clinic.default()
    kept = tuple(KeptProtocol.of(given_at(clinic, named(old.id))) for old in before)
    if kept == before:
        return CourseDraft(())
    later = progress_of(seen.state.model_copy(update={"protocols": kept}), seen.today)
    for one in later.treatments:
        _check_sessions(one.protocol, one.request.sessions)
    return CourseDraft([Adopted(protocols=kept, reason=reason, forecast=later.forecast)])


def _check_sessions(protocol: Protocol, sessions: int | None) -> None:
    counts = protocol.sessions
    if sessions and not counts.minimum <= sessions <= counts.maximum:
        raise InputError.of(
            "bad_sessions",
            f"{protocol.id} now takes {counts.minimum} to {counts.maximum} sessions; the course"
            f" has {sessions}.",
            field="rules",
            remedy="Keep the rules the course has, or stop it and open a new one.",
        )


def extended(seen: CourseView, *, until: date, reason: str) -> CourseDraft:
    """Let a course be used up to a later day than was agreed."""
    valid = [one for one in seen.now.treatments if one.validity.until or one.validity.length]
    if not valid:
        raise InputError.of(
            "no_validity",
            "The course may be used as long as one likes.",
            field="until",
            value=until,
            remedy="Leave it as it is.",
        )
    last = max((one.valid_until for one in valid if one.valid_until), default=None)
    if last and until <= last:
        raise InputError.of(
            "contradiction",
            f"The course is valid until {last} already.",
            field="until",
            value=until,
            remedy="Give a later day.",
        )
    return CourseDraft([Extended(until=until, reason=reason)])


def paused(seen: CourseView, *, on: date | None, reason: str | None, end: bool) -> CourseDraft:
    """Let a course rest, its booked visits given up, or go on."""
    day = on or seen.today
    if not end and reason is None:
        raise InputError.of(
            "missing_argument",
            "A pause needs a reason, such as an illness or a pregnancy.",
            field="reason",
            remedy="Give a reason.",
        )
    if end and reason is not None:
        raise InputError.of(
            "contradiction",
            "The reason of a pause is told when it begins.",
            field="reason",
            value=reason,
            remedy="Leave it out, or write a note.",
        )
    if end:
        return CourseDraft([Resumed(on=day)])
    return CourseDraft([Paused(on=day, reason=reason or ""), *_given_up(seen.state)])


def _given_up(state: CourseState) -> Iterator[Cancelled]:
    """Yield the events that give up the sessions to come."""
    numbers: dict[str, list[int]] = {}
    for session in state.upcoming:
        numbers.setdefault(session.protocol, []).append(session.number)
    for name, own in numbers.items():
        yield Cancelled(numbers=tuple(own), protocol=name)


def contacted(seen: CourseView, *, phone: str | None, email: str | None) -> CourseDraft:
    """Say how the patient is reached; what is left out stays, an empty text takes it out."""
    told = {"phone": phone, "email": email}
    if phone is None and email is None:
        raise InputError.of(
            "missing_argument",
            "Nothing says how the patient is reached.",
            field="phone",
            remedy='Give phone or email; "" takes out what was known.',
        )
    Contact.read({name: it for name, it in told.items() if it})
    known = {"phone": seen.state.phone, "email": seen.state.email}
    stays = {name: it if told[name] is None else told[name] for name, it in known.items()}
    return CourseDraft([Contact.read({name: it for name, it in stays.items() if it}, RECORDED)])


def noted(_: CourseView, *, text: str) -> CourseDraft:
    """Write a note."""
    return CourseDraft([Note(text=text)])


def screened(
    seen: CourseView,
    *,
    screening: Mapping[str, str],
    cleared_by: str | None,
    consent: date | None,
    on: date | None,
) -> CourseDraft:
    """Record answers to the screening questions, or the consent."""
    record = answered(screening, cleared_by, consent, on or seen.today)
    if record is None:
        raise InputError.of(
            "missing_argument",
            "Nothing was answered.",
            field="screening",
            remedy="Give answers, or the day of the consent.",
        )
    return CourseDraft([record])


def answered(
    screening: Mapping[str, str], cleared_by: str | None, consent: date | None, on: date
) -> Screened | None:
    """Return the event of what was answered; None where nothing was.

    Raises:
        InputError: For an answer that is none, or a clinician who clears what was not asked.
    """
    if not screening and consent is None:
        refuse_clearing(cleared_by, "Give answers too, or leave it out.")
        return None
    told = [{"question": name, "answer": it} for name, it in screening.items()]
    agreed = {"cleared_by": cleared_by, "consent": consent and str(consent)}
    given = {name: it for name, it in agreed.items() if it is not None}
    return Screened.read({"on": str(on), "screening": told, **given})


def refuse_clearing(cleared_by: str | None, remedy: str) -> None:
    """Refuse to clear answers that there are not.

    Raises:
        InputError: When a clinician is named.
    """
    if cleared_by is not None:
        raise InputError.of(
            "contradiction",
            "There are no answers to clear.",
            field="cleared_by",
            value=cleared_by,
            remedy=remedy,
        )


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
    question = corrected_too_much(seen.state, after) if kind == "paid" else None
    return CourseDraft([record], question, corrects=kind)


def undone(seen: CourseView, *, reason: str | None) -> undoing.Undone:
    """Take back what was recorded last."""
    return undoing.undone(
        seen.book.history(seen.state.course),
        reason or "undone",
        as_of=seen.today,
        target=seen.book.shown,
    )
