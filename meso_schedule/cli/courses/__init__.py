"""`courses`: the running courses of the book."""

from collections.abc import Sequence
from importlib import import_module

import typer

from meso_schedule.cli.usage import Command, Group

# Each command, and the function that does it; only the one that was typed is loaded.
_COMMANDS = {
    "open": "opening.open_course",
    "list": "reading.list_courses",
    "show": "reading.show_course",
    "hold": "holding.hold",
    "miss": "holding.miss",
    "move": "visits.move",
    "improve": "visits.improve",
    "replan": "planning.replan",
    "pay": "paying.pay",
    "stop": "paying.stop",
    "note": "dealings.note",
    "correct": "dealings.correct",
    "adopt": "planning.adopt",
    "print": "printing.print_course",
    "history": "reading.show_history",
    "export": "files.export_courses",
    "import": "files.import_courses",
    "erase": "files.erase_course",
}


def register(app: typer.Typer, words: Sequence[str] = ()) -> None:
    """Add the group of commands to the application.

    Args:
        app: The application.
        words: What was typed after the group's name; when it begins with a command, that one
            alone is built.
    """
    group = typer.Typer(cls=Group, help="Open, follow, change and print running courses.")
    for name in [word for word in words[:1] if word in _COMMANDS] or _COMMANDS:
        module, _, function = _COMMANDS[name].partition(".")
        command = getattr(import_module(f"{__name__}.{module}"), function)
        group.command(name, cls=Command)(command)
    app.add_typer(group, name="courses")
