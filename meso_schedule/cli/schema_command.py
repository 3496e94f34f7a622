"""`schema`: the JSON Schema of what goes in and comes out."""

import json
from typing import Annotated, Any

import typer

from meso_schedule.base.errors import UnknownNameError
from meso_schedule.cli.environment import write_json
from meso_schedule.cli.usage import Command
from meso_schedule.clinic.clinic import Clinic
from meso_schedule.course.course_plan import CoursePlan
from meso_schedule.course.request import CourseRequest
from meso_schedule.rules.protocol import Protocol

NAMES = ("protocol", "clinic", "request", "plan")


def _complete(incomplete: str) -> list[str]:
    return [name for name in NAMES if name.startswith(incomplete)]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("schema", cls=Command)(schema)


def schema(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            help=f"{', '.join(NAMES)}; left out, all of them by name.",
            autocompletion=_complete,
            show_default=False,
        ),
    ] = None,
) -> None:
    """Print the JSON Schema of rule files, clinic files, requests or plans."""
    if name is not None and name not in NAMES:
        raise UnknownNameError("schema", name, NAMES, "name")
    document = {entry: _schema(entry) for entry in NAMES} if name is None else _schema(name)
    write_json(json.dumps(document, indent=2))


def _schema(name: str) -> dict[str, Any]:
    from pydantic import BaseModel

    models: dict[str, type[BaseModel]] = {
        "protocol": Protocol,
        "clinic": Clinic,
        "request": CourseRequest,
        "plan": CoursePlan,
    }
    made = models[name].model_json_schema(mode="serialization" if name == "plan" else "validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_brief(made)}


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
