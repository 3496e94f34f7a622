"""`courses`: the running courses of the book."""

from collections.abc import Callable

import typer

from meso_schedule.cli.usage import Command, Group


def register(app: typer.Typer) -> None:
    """Add the group of commands to the application."""
    from meso_schedule.cli.courses import (
        dealings,
        files,
        opening,
        planning,
        printing,
        reading,
        visits,
    )

    group = typer.Typer(cls=Group, help="Open, follow, change and print running courses.")
    commands: dict[str, Callable[..., None]] = {
        "open": opening.open_course,
        "list": reading.list_courses,
        "show": reading.show_course,
        "hold": visits.hold,
        "miss": visits.miss,
        "move": visits.move,
        "improve": visits.improve,
        "replan": planning.replan,
        "pay": dealings.pay,
        "stop": dealings.stop,
        "note": dealings.note,
        "correct": dealings.correct,
        "adopt": planning.adopt,
        "print": printing.print_course,
        "history": reading.show_history,
        "export": files.export_courses,
        "import": files.import_courses,
        "erase": files.erase_course,
    }
    for name, command in commands.items():
        group.command(name, cls=Command)(command)
    app.add_typer(group, name="courses")
