"""A plan as the JSON document that programs read, and the digest that tells it from others."""

from hashlib import sha256
from typing import Any

from pydantic import ValidationError

from meso_schedule.base.errors import InputError
from meso_schedule.base.harmless import json_harmless
from meso_schedule.base.model_faults import model_faults
from meso_schedule.base.text_files import decode, parse_json
from meso_schedule.course.course_plan import CoursePlan

_DIGITS = 12


def plan_json(plan: CoursePlan) -> str:
    """Return the JSON document of a plan; it ends in a line end."""
    return f"{json_harmless(plan.model_dump_json(indent=2))}\n"


def read_plan(text: str | bytes, source: str = "plan") -> CoursePlan:
    """Return the plan of a JSON document; each output makes the same of it as of the first one.

    Args:
        text: What `to_json` or `model_dump_json` has written.
        source: What faults are said to be in.

    Raises:
        UnreadableFileError: When it is no JSON.
        InputError: With every fault of its content.
    """
    whole = decode(text, source) if isinstance(text, bytes) else text
    return checked_plan(parse_json(whole, source), source)


def checked_plan(data: Any, source: str) -> CoursePlan:
    """Return the plan of a parsed JSON document.

    Args:
        data: The document.
        source: What faults are said to be in.

    Raises:
        InputError: With every fault of its content.
    """
    try:
        return CoursePlan.model_validate(data)
    except ValidationError as error:
        raise InputError(model_faults(CoursePlan, error)).at(source) from None


def plan_digest(plan: CoursePlan) -> str:
    """Return the first digits of the SHA-256 of a plan's JSON document."""
    return sha256(plan_json(plan).encode()).hexdigest()[:_DIGITS]
