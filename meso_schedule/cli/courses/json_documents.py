"""Courses for programs: plain data, without the text of the protocols they keep."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from meso_schedule.book.events import Event, record_of
from meso_schedule.book.payloads import KeptForecast
from meso_schedule.book.prices import priced
from meso_schedule.book.state import CourseState
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.running.account import account_of
from meso_schedule.running.course_progress import CourseProgress
from meso_schedule.running.course_spacing import all_too_close
from meso_schedule.running.forecasts import forecast_of
from meso_schedule.running.limits import beyond_limits, missed_limits
from meso_schedule.running.treatment_progress import TreatmentProgress

_BRIEF = ("id", "version", "digest")
# What only a course of several treatments says.
_OF_SEVERAL = ("improvements", "treatment_terms", "pushed")


def course_document(state: CourseState) -> dict[str, Any]:
    """Return the state of a course; of several treatments with their letters."""
    document = priced(state).model_dump(mode="json")
    protocols = [{name: kept[name] for name in _BRIEF} for kept in document["protocols"]]
    if len(protocols) > 1:
        protocols = [{"label": state.label_of(kept["id"]), **kept} for kept in protocols]
        document["sessions"] = [
            {"label": state.label_of(session["protocol"]), **session}
            for session in document["sessions"]
        ]
    else:
        for name in _OF_SEVERAL:
            del document[name]
    return {**document, "protocols": protocols, "status": state.status}


def show_document(course: CourseProgress, clinic: Clinic | None = None) -> dict[str, Any]:
    """Return everything that can be told of a course on a day."""
    account = account_of(course.state, course.as_of)
    document: dict[str, Any] = {
        **course_document(course.state),
        "as_of": str(course.as_of),
        "next": _forecast(course.forecast),
        "history": [entry for one in course.treatments for entry in _history(one)],
        "account": account.model_dump(mode="json") if account else None,
        "past_limits": [entry.model_dump(mode="json") for entry in beyond_limits(course)],
        "missed_limits": [
            {"label": one.label, **limit.model_dump(mode="json")}
            for one, limit in missed_limits(course, clinic)
        ],
    }
    if course.is_combined:
        document["history"].sort(key=lambda entry: entry["date"])
        document["treatments"] = [_treatment(one) for one in course.treatments]
        document["too_close"] = [
            entry.model_dump(mode="json") for entry in all_too_close(course, clinic)
        ]
    return document


def _treatment(one: TreatmentProgress) -> dict[str, Any]:
    terms = one.state.terms
    return {
        "label": one.label,
        "protocol": one.protocol.id,
        "name": one.protocol.name,
        "next": _forecast(forecast_of(one)),
        "terms": terms.model_dump(mode="json") if terms else None,
    }


def _forecast(forecast: KeptForecast) -> dict[str, Any] | None:
    return forecast.model_dump(mode="json") if forecast.number else None


def _history(one: TreatmentProgress) -> list[dict[str, Any]]:
    if one.standing is None:
        return []
    entries = [entry.model_dump(mode="json") for entry in one.standing.history]
    if one.label is None:
        return entries
    return [{**entry, "label": one.label, "protocol": one.protocol.id} for entry in entries]


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
