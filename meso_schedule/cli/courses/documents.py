"""Courses for programs: plain data, without the text of the protocols they keep."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from meso_schedule.running.courses import Running
    from meso_schedule.store.events import Event
    from meso_schedule.store.state import CourseState

_BRIEF = ("id", "version", "digest")


def course_document(state: "CourseState") -> dict[str, Any]:
    """Return the state of a course."""
    document = state.model_dump(mode="json")
    protocols = [{name: kept[name] for name in _BRIEF} for kept in document["protocols"]]
    return {**document, "protocols": protocols, "status": state.status}


def show_document(course: "Running") -> dict[str, Any]:
    """Return everything that can be told of a course on a day."""
    from meso_schedule.running.courses import forecast_of
    from meso_schedule.running.money import account_of

    account = account_of(course.state, course.as_of)
    standing = course.standing
    forecast = forecast_of(course)
    return {
        **course_document(course.state),
        "as_of": str(course.as_of),
        "next": forecast.model_dump(mode="json") if forecast.number else None,
        "history": [entry.model_dump(mode="json") for entry in standing.history]
        if standing
        else [],
        "account": account.model_dump(mode="json") if account else None,
    }


def event_document(event: "Event", target: str) -> dict[str, Any]:
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


def event_content(event: "Event", target: str) -> dict[str, Any]:
    """Return what an event says; of protocols, which ones."""
    from meso_schedule.store.events import record_of

    content = record_of(event, target).content
    if protocols := content.get("protocols"):
        content["protocols"] = [{name: kept[name] for name in _BRIEF} for kept in protocols]
    return content


def lines_document(lines: Sequence[Any]) -> list[dict[str, Any]]:
    """Return named rows: days and amounts as text."""
    return [{name: _plain(value) for name, value in row._asdict().items()} for row in lines]


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int):
        return value
    return str(value) if isinstance(value, date) else format(value, "f")
