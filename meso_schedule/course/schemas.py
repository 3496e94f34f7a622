"""The JSON Schema (draft 2020-12) of what goes in and comes out."""

from typing import Any

from pydantic import BaseModel

from meso_schedule.base.errors import UnknownNameError
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.course_plan import CoursePlan
from meso_schedule.course.request import CourseRequest
from meso_schedule.rules.protocol import Protocol

_MODELS: dict[str, type[BaseModel]] = {
    "protocol": Protocol,
    "clinic": Clinic,
    "request": CourseRequest,
    "plan": CoursePlan,
}
SCHEMAS = tuple(_MODELS)


def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of rule files, clinic files, requests or plans.

    Args:
        name: `protocol`, `clinic`, `request` or `plan`.

    Raises:
        UnknownNameError: When it is none of them.
    """
    if name not in _MODELS:
        raise UnknownNameError("schema", name, SCHEMAS, "name")
    mode: Any = "serialization" if name == "plan" else "validation"
    made = _brief(_MODELS[name].model_json_schema(mode=mode))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def _brief(part: Any) -> Any:
    """Keep of each description what it is, not how the Python class is called."""
    if isinstance(part, list):
        return [_brief(entry) for entry in part]
    if not isinstance(part, dict):
        return part
    return {
        key: entry.split("\n\n")[0]
        if key == "description" and isinstance(entry, str)
        else _brief(entry)
        for key, entry in part.items()
    }
