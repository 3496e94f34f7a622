"""Courses for programs: plain data, without the text of the protocols they keep."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from meso_schedule.book.events import Event, record_of
from meso_schedule.book.payloads import KeptForecast
from meso_schedule.book.prices import priced, wish_of
from meso_schedule.book.state import CourseState
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.course_plan import Session
from meso_schedule.running.account import account_of
from meso_schedule.running.course_progress import CourseProgress
from meso_schedule.running.course_spacing import all_too_close
from meso_schedule.running.forecasts import forecast_of
from meso_schedule.running.limits import beyond_limits, held_beyond, missed_limits
from meso_schedule.running.treatment_progress import TreatmentProgress

_BRIEF = ("id", "version", "digest")
# What only a course of several treatments says.
_OF_SEVERAL = ("improvements", "treatment_terms", "pushed", "treatments", "too_close")


def course_document(state: CourseState) -> dict[str, Any]:
    """Return the state of a course; of several treatments with their letters."""
    return _with_own(state, _document(state))


def _document(state: CourseState) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for name, value in priced(state).model_dump(mode="json").items():
        if name == "treatment_terms":
            document["terms"] = None  # of several, each has its own
        document[name] = value
    document["status"] = state.status
    document["protocols"] = [
        _labelled(state, kept["id"], {name: kept[name] for name in _BRIEF})
        for kept in document["protocols"]
    ]
    document["sessions"] = [
        _labelled(state, session["protocol"], session) for session in document["sessions"]
    ]
    return document


def _with_own(state: CourseState, document: dict[str, Any]) -> dict[str, Any]:
    """Return a document with what is told of one treatment, or of each of several."""
    if len(state.protocols) > 1:
        return {name: it for name, it in document.items() if name != "valid_until"}
    return _of_one(state, document)


def _labelled(state: CourseState, protocol: str, entry: dict[str, Any]) -> dict[str, Any]:
    label = state.label_of(protocol)
    return {"label": label, **entry} if label else entry


def _of_one(state: CourseState, document: dict[str, Any]) -> dict[str, Any]:
    """Return what is told of a course of one treatment: what it is asked and costs is its own."""
    wish = wish_of(state, state.protocol_id(None))
    own = {"sessions": wish.sessions, "start": wish.start and str(wish.start)}
    request = {name: it for name, it in document["request"].items() if name != "protocol"}
    request |= {name: it for name, it in own.items() if it}
    document["request"] = dict(sorted(request.items()))
    document["terms"] = next(iter(document["treatment_terms"].values()), None)
    return {name: it for name, it in document.items() if name not in _OF_SEVERAL}


def show_document(
    course: CourseProgress,
    clinic: Clinic | None = None,
    others: Sequence[CourseState] = (),
    otherwise: Sequence[Session] = (),
) -> dict[str, Any]:
    """Return everything that can be told of a course on a day."""
    account = account_of(course.state, course.as_of)
    document: dict[str, Any] = {
        **_document(course.state),
        "as_of": str(course.as_of),
        "next": _forecast(course.forecast),
        "history": [entry for one in course.treatments for entry in _history(one)],
        "account": account.model_dump(mode="json") if account else None,
        "beside": beside_documents(others),
        "without_improvement": [
            {"label": it.label, "number": it.number, "protocol": it.protocol, "date": str(it.date)}
            for it in otherwise
        ],
        "past_limits": [entry.model_dump(mode="json") for entry in beyond_limits(course)],
        "held_past_limits": [entry.model_dump(mode="json") for entry in held_beyond(course)],
        "missed_limits": [
            {"label": one.label, **limit.model_dump(mode="json")}
            for one, limit in missed_limits(course, clinic)
        ],
        "valid_until": _day(course.treatments[0].valid_until),
        "treatments": [_treatment(one) for one in course.treatments],
        "too_close": [entry.model_dump(mode="json") for entry in all_too_close(course, clinic)],
    }
    document["findings"] += [
        it.model_dump(mode="json") for one in course.treatments for it in one.maximum_findings
    ]
    document["history"].sort(key=lambda entry: entry["date"])
    return _with_own(course.state, document)


def beside_documents(courses: Sequence[CourseState]) -> list[dict[str, Any]]:
    """Return the other courses of a patient, with what was answered there."""
    return [
        {
            "course": state.course,
            "protocols": [kept.id for kept in state.protocols],
            "status": state.status,
            "upcoming": [str(session.date) for session in state.upcoming],
            "screening": [entry.model_dump(mode="json") for entry in state.screening],
        }
        for state in courses
    ]


def _treatment(one: TreatmentProgress) -> dict[str, Any]:
    return {
        "label": one.label,
        "protocol": one.protocol.id,
        "name": one.protocol.name,
        "next": _forecast(forecast_of(one)),
        "terms": one.terms.model_dump(mode="json") if one.terms else None,
        "valid_until": _day(one.valid_until),
    }


def _day(day: date | None) -> str | None:
    return str(day) if day else None


def _forecast(forecast: KeptForecast) -> dict[str, Any] | None:
    return forecast.model_dump(mode="json") if forecast.number else None


def _history(one: TreatmentProgress) -> list[dict[str, Any]]:
    if one.standing is None:
        return []
    name = {"label": one.label, "protocol": one.protocol.id} if one.label else {}
    return [{**entry.model_dump(mode="json"), **name} for entry in one.standing.history]


def event_document(event: Event, target: str) -> dict[str, Any]:
    """Return an event: when, who and what."""
    document: dict[str, Any] = {
        "sequence": event.sequence,
        "revision": event.revision,
        "at": event.at,
        "who": event.who,
        "kind": event.kind,
        "content": None,
    }
    if not event.is_erased:
        document["content"] = event_content(event, target)
    return document


def event_content(event: Event, target: str) -> dict[str, Any]:
    """Return what an event says; of protocols, which ones."""
    content = record_of(event, target).content
    protocols = content.get("protocols")
    if protocols and isinstance(protocols[0], dict):
        content["protocols"] = [{name: kept[name] for name in _BRIEF} for kept in protocols]
    return content


def lines_document(lines: Sequence[Any]) -> list[dict[str, Any]]:
    """Return named rows: days and amounts as text."""
    return [{name: _plain(value) for name, value in row._asdict().items()} for row in lines]


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int):
        return value
    return str(value) if isinstance(value, date) else format(value, "f")
