"""`clinic`: clinic files, checked."""

import typer

from meso_schedule.cli.clinic_check_command import check_clinic
from meso_schedule.cli.usage import Command, Group


def register(app: typer.Typer) -> None:
    """Add the group of commands to the application."""
    group = typer.Typer(cls=Group, help="Check a clinic file.")
    for name, command in (("check", check_clinic),):
        group.command(name, cls=Command)(command)
    app.add_typer(group, name="clinic")
