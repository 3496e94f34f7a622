"""What a command reads, works out and lays out once, it does not do again."""

from collections import Counter as Count
from typing import Any

import pytest

from meso_schedule import CourseRequest, Protocol
from meso_schedule.book import payloads
from meso_schedule.running import course_progress, treatment_progress
from tests.cli.courses.desk import Counter
from tests.cli.courses.several import open_two


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> "Count[object]":
    """Count protocols and requests that are read, and treatments that are judged."""
    found: Count[object] = Count()
    read, validate, running = (
        Protocol.model_validate_json,
        CourseRequest.model_validate,
        treatment_progress.running,
    )

    def reading(text: str, **more: Any) -> Protocol:
        protocol = read(text, **more)
        found[protocol.id] += 1
        return protocol

    def validating(values: Any, **more: Any) -> CourseRequest:
        found["request"] += 1
        return validate(values, **more)

    def judging(part: Any, *others: Any) -> Any:
        found[part.revision, part.protocols[0].id] += 1
        return running(part, *others)

    payloads._protocol.cache_clear()
    monkeypatch.setattr(Protocol, "model_validate_json", reading)
    monkeypatch.setattr(CourseRequest, "model_validate", validating)
    monkeypatch.setattr(course_progress, "running", judging)
    return found


def test_a_visit_of_two_treatments(counter: Counter, done: "Count[object]") -> None:
    course = open_two(counter)
    counter.set_day("2027-01-04")
    payloads._protocol.cache_clear()
    done.clear()
    counter.done("courses", "hold", course)
    ids = ("hyaluronic-acid", "mesobotox")
    # Before the visit, after its first treatment, and after its second.
    judged = [(revision, name) for revision in (2, 3, 4) for name in ids]
    assert done == {"request": 1, **dict.fromkeys((*ids, *judged), 1)}
