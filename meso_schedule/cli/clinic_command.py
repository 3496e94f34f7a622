"""`clinic`: clinic files begun and checked, what is booked of its hours, and repairing it."""

import typer

from meso_schedule.cli.absence_command import absent, closed
from meso_schedule.cli.clinic_check_command import check_clinic
from meso_schedule.cli.clinic_new_command import new_clinic
from meso_schedule.cli.load_command import load
from meso_schedule.cli.usage import Command, Group


def register(app: typer.Typer) -> None:
    """Add the group of commands to the application."""
    group = typer.Typer(
        cls=Group, help="Begin or check a clinic file, see how full it is, repair it."
    )
    for name, command in (
        ("new", new_clinic),
        ("check", check_clinic),
        ("load", load),
        ("absent", absent),
        ("closed", closed),
    ):
        group.command(name, cls=Command)(command)
    app.add_typer(group, name="clinic")
