"""`courses`: the running courses of the book.

A module `x_command` holds the command `x` and its neighbours, as the table below says.
`book_writer` opens the book, knows who writes and when, and writes once.
"""

from collections.abc import Sequence
from importlib import import_module

import typer

from meso_schedule.cli.usage import CourseCommand, Group

# Each command, and the function that does it; only the one that was typed is loaded.
_COMMANDS = {
    "open": "open_command.open_course",
    "free": "free_command.free",
    "list": "list_command.list_courses",
    "find": "list_command.find_courses",
    "due": "due_command.list_due",
    "show": "show_command.show_course",
    "hold": "hold_command.hold",
    "miss": "hold_command.miss",
    "move": "move_command.move",
    "assess": "assess_command.assess",
    "improve": "assess_command.improve",
    "review": "assess_command.review",
    "screen": "screen_command.screen",
    "replan": "replan_command.replan",
    "pay": "pay_command.pay",
    "receipt": "receipt_command.receipt",
    "stop": "pay_command.stop",
    "extend": "pause_command.extend",
    "pause": "pause_command.pause",
    "contact": "note_command.contact",
    "note": "note_command.note",
    "correct": "note_command.correct",
    "changed": "changed_command.list_changed",
    "undo": "undo_command.undo",
    "adopt": "replan_command.adopt",
    "assign": "assign_command.assign",
    "print": "print_course_command.print_course",
    "publish": "publish_command.publish",
    "history": "show_command.show_history",
    "export": "export_command.export_courses",
    "import": "export_command.import_courses",
    "erase": "export_command.erase_course",
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
        group.command(name, cls=CourseCommand)(command)
    app.add_typer(group, name="courses")
