"""What is due next in a treatment, and what would be once something more is recorded."""

from collections.abc import Sequence
from datetime import date, timedelta

from meso_schedule.book.payloads import KeptForecast
from meso_schedule.book.records import Held, Improved, Moved, Record, Reviewed
from meso_schedule.book.state import CourseSession, CourseState, KeptAssessment, KeptReview
from meso_schedule.running.treatment_progress import TreatmentProgress


def forecast_of(course: TreatmentProgress, *, beyond: bool = False) -> KeptForecast:
    """Return what is due next, by its number in the book; all empty when nothing more is.

    Args:
        course: The treatment.
        beyond: Whether a top-up that nobody asked for counts.
    """
    if course.state.stopped:
        return KeptForecast()
    if course.standing is None:
        return _first_forecast(course)
    following = course.standing.forecast
    if following is None:
        return KeptForecast()
    if not (beyond or _is_wanted(course, following.number, following.earliest)):
        return KeptForecast()
    return KeptForecast(
        number=following.number + course.offset,
        protocol=course.protocol.id,
        earliest=following.earliest,
        recommended=following.recommended,
        latest=following.latest,
    )


def earliest_forecast(treatments: Sequence[TreatmentProgress]) -> KeptForecast:
    """Return what is due of the treatment whose next session is overdue first."""
    due = [forecast for forecast in map(forecast_of, treatments) if forecast.number]
    return min(due, key=lambda forecast: str(forecast.latest), default=KeptForecast())


def _is_wanted(course: TreatmentProgress, number: int, earliest: date) -> bool:
    """Tell whether a session belongs to the course or to the top-ups asked for."""
    request = course.request
    count = request.sessions or course.protocol.sessions.usual
    if request.until:
        return number <= count or earliest <= request.until
    return number <= count + (request.top_ups or 0)


def _first_forecast(course: TreatmentProgress) -> KeptForecast:
    booked = course.state.find_session(1)
    request, pushed = course.request, course.state.pushed
    start = request.start or course.state.opened_on
    latest = start + timedelta(days=request.within + pushed)
    recommended = start
    if request.start is None and booked:  # planned back from an event
        latest = recommended = max(start, booked.date)
    return KeptForecast(
        number=1,
        protocol=course.protocol.id,
        earliest=start,
        recommended=recommended,
        latest=latest,
    )


def following(state: CourseState, record: Record) -> CourseState:
    """Return a course as it would be with a session held or moved, or a word said, besides."""
    update: dict[str, object] = {"revision": state.revision + 1}
    revision = state.revision + 1
    if isinstance(record, Improved):
        word = KeptAssessment(
            protocols=record.protocols,
            on=record.on,
            improved=record.answer,
            entered=revision,
            since=revision,
        )
        update["assessments"] = (*state.assessments, word)
    if isinstance(record, Reviewed):
        kept = KeptReview(revision=revision, reviewed=record)
        update["reviews"] = (*state.reviews, kept)
    if isinstance(record, Held):
        held = CourseSession(
            protocol=state.protocol_id(record.protocol),
            number=record.number,
            status="held",
            date=record.on,
            revision=state.revision + 1,
        )
        before = state.find_session(record.number, record.protocol)
        others = [session for session in state.sessions if session is not before]
        update["sessions"] = (*others, held)
    if isinstance(record, Moved):
        placed = {"start": record.start, "pinned": record.pinned, "takes": record.takes}
        moved = {**placed, "date": record.to, "status": "booked"}
        update["sessions"] = tuple(
            session.model_copy(update=moved)
            if (session.protocol, session.number)
            == (state.protocol_id(record.protocol), record.number)
            else session
            for session in state.sessions
        )
    return state.model_copy(update=update)
