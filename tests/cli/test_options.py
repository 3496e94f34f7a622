"""Options that follow from the fields of a request: which command takes which, and what it says."""

from typing import Any

import pytest
from typer.main import get_command

from meso_schedule.cli.app import build
from meso_schedule.course.request import CourseRequest


def options_of(*words: str) -> dict[str, Any]:
    """Return the options of a command by the names of its parameters."""
    command: Any = get_command(build(words))
    for word in words:
        command = command.commands[word]
    return {it.name: it for it in command.params if it.opts[0].startswith("--")}


# What files say only, and what is an argument.
NOT_TYPED = {"busy", "protocol"}


@pytest.mark.parametrize("words", [("plan",), ("courses", "open")])
def test_every_field_can_be_typed(words: tuple[str, ...]) -> None:
    offered = options_of(*words)
    for name, field in CourseRequest.model_fields.items():
        if name in NOT_TYPED:
            continue
        made = offered[name]
        spelled = f"--{name.replace('_', '-')}"
        assert made.opts == ([spelled, "--improved"] if name == "improved_on" else [spelled])
        assert str(made.help).startswith(str(field.description).removesuffix("."))
        assert made.multiple == ("tuple" in str(field.annotation))
        assert made.is_flag == (field.annotation is bool)


def test_what_protocols_side_by_side_are_asked() -> None:
    own = {"clinic", "rules", "format", "language"}
    assert set(options_of("compare")) - own == {
        *("start", "start_within", "until", "sessions", "late", "as_of", "days", "between"),
        "variants",
        *("away", "currency", "no_prices"),
    }
    assert "12 months" in options_of("compare")["until"].help


def test_what_a_course_under_way_may_be_asked_anew() -> None:
    own = {"release", "yes", "urgent", "book", "head_file", "who", "key", "revision", "clinic"}
    assert set(options_of("courses", "replan")) - own - {
        "format",
        "busy",
        "zone",
        "patient",
        "as_of",
    } == {
        *("start", "finish_by", "event", "late", "top_ups", "until"),
        *("days", "between", "prefer", "at", "practitioner", "away", "no_improvement"),
    }
