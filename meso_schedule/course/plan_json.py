"""A plan as the JSON document that programs read, and the digest that tells it from others."""

from hashlib import sha256

from meso_schedule.base.harmless import json_harmless
from meso_schedule.course.course_plan import CoursePlan

_DIGITS = 12


def plan_json(plan: CoursePlan) -> str:
    """Return the JSON document of a plan; it ends in a line end."""
    return f"{json_harmless(plan.model_dump_json(indent=2))}\n"


def plan_digest(plan: CoursePlan) -> str:
    """Return the first digits of the SHA-256 of a plan's JSON document."""
    return sha256(plan_json(plan).encode()).hexdigest()[:_DIGITS]
