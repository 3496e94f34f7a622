"""Which sessions a visit is made of: those that are held or missed together."""

from collections.abc import Sequence
from datetime import date

from meso_schedule.book.book_errors import RefusedError
from meso_schedule.book.state import CourseSession
from meso_schedule.running.course_progress import CourseProgress, next_visit
from meso_schedule.running.forecasts import forecast_of
from meso_schedule.running.names import Named, session_named, treatment_named
from meso_schedule.running.treatment_progress import TreatmentProgress


def sessions_to_hold(
    course: CourseProgress, day: date, *, session: str | None = None, treatment: str | None = None
) -> tuple[Named, ...]:
    """Return the sessions that a visit on a day holds.

    Args:
        course: A course of several treatments.
        day: The day of the visit: what is booked on it is meant, else what is booked next, and
            where nothing is booked, what is due.
        session: The only session held, as people write it.
        treatment: The only treatment given, likewise.

    Raises:
        InputError: When a name is not known.
        RefusedError: When nothing is booked or due.
    """
    among = _asked(course, treatment)
    if session is not None:
        return (session_named(course, session, "session", _may_be_held, among),)
    coming = sorted((entry for one in among for entry in one.ahead), key=lambda it: it.date)
    visit = {entry.protocol for entry in next_visit(coming, day)}
    chosen = [one for one in among if one.protocol.id in visit]
    chosen = chosen or [one for one in among if _is_due(one, day)]
    if not chosen and len(among) == 1:
        chosen = list(among)
    if not chosen:
        raise RefusedError(
            "nothing_due",
            f"Nothing is booked, and no treatment is due on {day}.",
            "Say which one was given, with treatment or session.",
            field="treatment",
        )
    return tuple(Named(one, one.next_visit) for one in chosen)


def sessions_to_miss(
    course: CourseProgress,
    day: date | None = None,
    *,
    session: str | None = None,
    treatment: str | None = None,
) -> tuple[Named, ...]:
    """Return the sessions that are missed together: those of the next visit, left to itself.

    Args:
        course: The course.
        day: The day of the visit; left out, the next one.
        session: The only session missed, as people write it.
        treatment: The only treatment missed, likewise.

    Raises:
        InputError: When a name is not known.
        RefusedError: When no such session is booked, or none on the day.
    """
    among = _asked(course, treatment)
    if session is not None:
        named = session_named(course, session, "session", _is_there, among)
        found = [named] if _is_there(*named) else []
    else:
        coming = [
            entry
            for entry in course.state.upcoming
            if any(one.protocol.id == entry.protocol for one in among)
        ]
        visit = next_visit(coming, day)
        if day is not None and visit and visit[0].date != day:
            raise _nothing_booked(course, visit[0], day)
        found = [Named(course.of(it.protocol), it.number) for it in visit]
    if not found:
        raise RefusedError(
            "no_such_session",
            "No such session is booked.",
            "Look the sessions up with 'courses show'.",
            field="session",
            value=session,
        )
    return tuple(found)


def _nothing_booked(course: CourseProgress, following: CourseSession, day: date) -> RefusedError:
    mark = course.state.mark(following.number, following.protocol)
    return RefusedError(
        "nothing_booked",
        f"Nothing is booked on {day}; session {mark} is booked for {following.date}.",
        "Give the day of the visit that was missed, or leave it out for the next one.",
        field="on",
        value=day,
    )


def session_to_move(course: CourseProgress, session: str, field: str = "session") -> Named:
    """Return a session to come that has a day, as people write it.

    Raises:
        InputError: When it cannot be read, or could be a session of several treatments.
    """
    return session_named(course, session, field, _is_coming)


def _asked(course: CourseProgress, treatment: str | None) -> tuple[TreatmentProgress, ...]:
    return course.treatments if treatment is None else (treatment_named(course, treatment),)


def _is_due(course: TreatmentProgress, day: date) -> bool:
    earliest = forecast_of(course).earliest
    return earliest is not None and earliest <= day


def _may_be_held(course: TreatmentProgress, number: int) -> bool:
    known = course.state.find_session(number)
    return known.status != "held" if known else number == course.next_visit


def _is_there(course: TreatmentProgress, number: int) -> bool:
    return course.state.find_session(number) is not None


def _is_coming(course: TreatmentProgress, number: int) -> bool:
    there = (*course.state.upcoming, *course.movable)
    return any(entry.number == number for entry in there)


def waiting_for_improvement(
    treatments: Sequence[TreatmentProgress],
    on: date,
    *,
    is_first: bool = False,
    is_held: bool = False,
) -> tuple[TreatmentProgress, ...]:
    """Return the treatments of which it can be said on a day whether the skin has improved.

    Args:
        treatments: Those asked about; at least one.
        on: The day on which it was seen.
        is_first: Whether it may not be said of one that is known to have improved.
        is_held: Whether a session of each is held on the day.

    Raises:
        RefusedError: When none does; the sentence says why.
    """
    refused = [
        (_refusal(course, on, is_first=is_first, is_held=is_held), course) for course in treatments
    ]
    if waiting := tuple(course for error, course in refused if error is None):
        return waiting
    # That no session was held says more than that another treatment waits for nothing.
    errors = [error for error, course in refused if error and course.protocol.has_taper]
    raise errors[0] if errors else _no_taper(treatments, on)


def _no_taper(treatments: Sequence[TreatmentProgress], on: date) -> RefusedError:
    names = " or ".join(course.protocol.id for course in treatments)
    return RefusedError(
        "no_taper",
        f"No phase of {names} waits for improvement.",
        "Write a note instead.",
        field="on",
        value=on,
    )


def _refusal(
    course: TreatmentProgress, on: date, *, is_first: bool, is_held: bool
) -> RefusedError | None:
    if not course.protocol.has_taper:
        return _no_taper([course], on)
    if is_first and (before := course.improved_on):
        return RefusedError(
            "already_recorded",
            f"Improvement was recorded for {before}.",
            "Correct that event.",
            field="on",
            value=on,
        )
    first = min((session.date for session in course.state.held), default=None)
    if not is_held and (first is None or on < first):
        return _nothing_held(on)
    return None


def _nothing_held(on: date) -> RefusedError:
    return RefusedError(
        "nothing_held",
        f"No session was held by {on}.",
        "Record the sessions held first.",
        field="on",
        value=on,
    )


def reviewed_of(treatments: Sequence[TreatmentProgress], on: date) -> tuple[TreatmentProgress, ...]:
    """Return the treatments that a review on a day is of: those that ask for one, else all begun.

    Args:
        treatments: Those asked about; at least one.
        on: The day of the review.

    Raises:
        RefusedError: When no session of any was held by then.
    """
    begun = [one for one in treatments if one.held and one.held[0].date <= on]
    if not begun:
        raise _nothing_held(on)
    return tuple(one for one in begun if one.asks_for_review) or tuple(begun)
