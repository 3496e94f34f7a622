"""`schema`: the JSON Schema of what goes in and comes out."""

import json
from typing import Annotated

import typer

from meso_schedule.cli.environment import write_json
from meso_schedule.cli.usage import Command
from meso_schedule.course.schemas import SCHEMAS
from meso_schedule.course.schemas import schema as schema_of


def _complete(incomplete: str) -> list[str]:
    return [name for name in SCHEMAS if name.startswith(incomplete)]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("schema", cls=Command)(schema)


def schema(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            help=f"{', '.join(SCHEMAS)}; left out, all of them by name.",
            autocompletion=_complete,
            show_default=False,
        ),
    ] = None,
) -> None:
    """Print the JSON Schema of rule files, clinic files, requests or plans."""
    document = {entry: schema_of(entry) for entry in SCHEMAS} if name is None else schema_of(name)
    write_json(json.dumps(document, indent=2))
